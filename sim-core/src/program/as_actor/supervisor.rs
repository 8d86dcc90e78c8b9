//! Supervisors: who starts an actor again that has crashed, and when they give up.
//!
//! Each task of the workload that says `restart: n` has one, whose children are all its instances: one for one, so only
//! who crashed is started again, and one that ends well is not (`transient`).
//!
//! - Erlang (OTP 25, `supervisor.erl`): `n` is its intensity, in a period of 5 s, the default one, counted in whole seconds
//!   for all children together (`add_restart`). One crash more, and it gives up (`reached_max_restart_intensity`): it ends
//!   its other children, the last that was started first (`terminate_children`), and itself. Here it does not wait for the
//!   end of each. What is spawned later has no supervisor.
//! - Akka (2.6, `FaultHandling.scala`): `OneForOneStrategy(maxNrOfRetries = n)`, without a time range: so often for each
//!   child over its life (`requestRestartPermission`), and then that child alone is stopped. Akka's default, no limit,
//!   cannot be said: a task without `restart` is stopped (`stoppingStrategy`). What is started again keeps its mailbox.

use super::*;

/// The time in which so many restarts are too many (`supervisor.erl`, `period`), in seconds.
const PERIOD: u64 = 5;

/// That a child lives.
pub(super) struct Lives {
    supervisor: Rc<Supervisor>,
    child: Actor,
}

impl Drop for Lives {
    fn drop(&mut self) {
        self.supervisor.children.borrow_mut().retain(|child| Actor::Task(*child) != self.child);
    }
}

/// A supervisor, as its children know it.
pub(super) struct Supervisor {
    mailbox: Mailbox,
    kind: Kind,
    /// So many restarts are allowed.
    intensity: u32,
    /// Its children that have crashed, by what they told it.
    crashed: RefCell<BTreeMap<Tag, Start>>,
    /// Its children that live, the last that was started at the end.
    children: RefCell<Vec<TaskId>>,
    /// In which second of the run it has started a child again, the latest first, as far as that still counts.
    restarts: RefCell<Vec<u64>>,
    gone: Cell<bool>,
}

impl Supervisor {
    pub(super) fn new(name: &str, kind: Kind, intensity: u32) -> Rc<Supervisor> {
        Rc::new(Supervisor {
            mailbox: Mailbox::of(name),
            kind,
            intensity,
            crashed: RefCell::default(),
            children: RefCell::default(),
            restarts: RefCell::default(),
            gone: Cell::new(false),
        })
    }

    /// Nobody can crash any more.
    pub(super) fn close(&self) {
        self.mailbox.close();
    }

    /// It has a child more.
    pub(super) fn has(&self, child: TaskId) {
        if !self.gone.get() {
            self.children.borrow_mut().push(child);
        }
    }

    /// The running actor, a child, lives until this is dropped.
    pub(super) fn lives(self: &Rc<Supervisor>) -> Lives {
        Lives { supervisor: Rc::clone(self), child: sim::with(|sim| sim.actor.get()) }
    }

    /// A child has crashed.
    pub(super) fn told(&self, tag: Tag, child: Start) {
        if self.gone.get() {
            return child.has_failed();
        }
        self.crashed.borrow_mut().insert(tag, child);
        self.mailbox.put(Letter::Crashed(tag));
    }

    /// Its code.
    pub(super) async fn supervise(self: Rc<Supervisor>) {
        while let Some(letter) = self.mailbox.next().await {
            let Letter::Crashed(tag) = letter else { unreachable!("only crashes are told to the supervisor") };
            let child = self.crashed.borrow_mut().remove(&tag);
            let Some(child) = child else { continue };
            match (self.may_restart(&child), self.kind) {
                (true, _) => Start { restarts: child.restarts + 1, ..child }.now().leave(),
                (false, Kind::Akka) => child.has_failed(),
                (false, Kind::Erlang) => return self.gives_up(child),
            }
        }
    }

    fn may_restart(&self, child: &Start) -> bool {
        match self.kind {
            Kind::Akka => child.restarts < self.intensity,
            Kind::Erlang => {
                let second = now().as_nanos() / 1_000_000_000;
                let mut restarts = self.restarts.borrow_mut();
                restarts.retain(|then| then + PERIOD >= second);
                restarts.insert(0, second);
                restarts.len() <= self.intensity as usize
            }
        }
    }

    fn gives_up(&self, child: Start) {
        self.gone.set(true);
        child.has_failed();
        let children = self.children.take();
        children.into_iter().rev().for_each(|child| core::with(|exec| exec.abort(child)));
        // Those that had crashed before it could look are not started again either.
        let crashed = self.crashed.take();
        crashed.into_values().for_each(Start::has_failed);
    }
}
