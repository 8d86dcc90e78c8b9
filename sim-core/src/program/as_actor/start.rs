//! How an actor begins, and how it tells of its end.

use super::*;

/// Whom an actor tells of its end.
#[derive(Clone)]
pub(super) struct Report {
    pub(super) to: Mailbox,
    pub(super) tag: Tag,
    /// What it came to; none: it was killed.
    pub(super) outcome: Rc<Cell<Option<Outcome>>>,
}

/// A spawned actor, as the one that spawned it knows it.
pub(super) struct Child {
    pub(super) handle: JoinHandle<()>,
    pub(super) report: Report,
}

/// An actor of the workload that is to be started.
pub(super) struct Start {
    pub(super) world: Rc<World>,
    pub(super) task: String,
    pub(super) name: String,
    pub(super) at: At,
    pub(super) ends: Ends,
    pub(super) report: Option<Report>,
    /// The mailbox that it had before it was started again: in Akka it keeps it.
    pub(super) mailbox: Option<Mailbox>,
    /// How often it was started again.
    pub(super) restarts: u32,
}

impl Start {
    /// `spawn`.
    pub(super) fn now(self) -> JoinHandle<()> {
        let shared = Rc::clone(&self.world.shared);
        let (row, _) = shared.code(&self.task);
        let program = shared.spec(&self.task).ops.clone();
        let supervisor = self.world.supervisors.get(&self.task).cloned();
        let told = Told { report: self.report.clone() };
        let builder = TaskBuilder::new(self.name.clone()).priority(shared.spec(&self.task).priority);
        let of = supervisor.clone();
        let handle = builder.future(IsFuture::No).spawn_any(async move {
            let (env, lives) = (self.env(), of.as_ref().map(Supervisor::lives));
            let (mailbox, scope) = (env.mailbox.clone(), Scope(env));
            scope.0.ends.note_held();
            let me = Turn { env: Rc::clone(&scope.0), deadline: None };
            let outcome = steps(me, program, self.at.clone()).await;
            drop((scope, lives));
            match of.filter(|_| outcome.is_err()) {
                Some(supervisor) => {
                    told.hand_on();
                    let tag = self.world.tag();
                    supervisor.told(tag, Start { mailbox: Some(mailbox), ..self });
                }
                None => told.ends(outcome),
            }
        });
        let task = handle.id().expect("an actor is a task");
        supervisor.into_iter().for_each(|supervisor| supervisor.has(task));
        shared::goes_through(Actor::Task(task), row);
        handle
    }

    fn env(&self) -> Rc<Env> {
        let mut env = Env::new(&self.world, &self.name, self.ends.clone());
        if let (Some(mailbox), Kind::Akka) = (&self.mailbox, self.world.kind) {
            Rc::get_mut(&mut env).expect("it is nobody else's yet").mailbox = mailbox.clone();
        }
        env
    }

    /// It has crashed, and nobody starts it again.
    pub(super) fn has_failed(self) {
        Told { report: self.report }.ends(Err(shared::Failure));
    }
}

/// Tells of the end of an actor, however it ends.
pub(super) struct Told {
    pub(super) report: Option<Report>,
}

impl Told {
    pub(super) fn ends(self, outcome: Outcome) {
        self.report.iter().for_each(|report| report.outcome.set(Some(outcome.clone())));
    }

    /// Another will tell: it is started again.
    pub(super) fn hand_on(mut self) {
        self.report = None;
    }
}

impl Drop for Told {
    fn drop(&mut self) {
        self.report.iter().for_each(|report| report.to.put(Letter::Answer(report.tag)));
    }
}

pub(super) fn starts(world: &Rc<World>, task: &str, ends: &Ends, from: Option<&OpPlace>) -> Vec<Start> {
    let shared = &world.shared;
    let spec = shared.spec(task);
    let (_, first) = shared.code(task);
    let one = |nth| {
        let name = shared.next_name(task);
        let at = At::start(shared::place_of(&name, task, nth, from), first);
        let ends = shared.ends_of(task, ends);
        Start {
            world: Rc::clone(world),
            task: task.to_owned(),
            name,
            at,
            ends,
            report: None,
            mailbox: None,
            restarts: 0,
        }
    };
    (0..spec.count).map(one).collect()
}
