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
    pub(super) restarts: u32,
}

impl Start {
    /// `spawn`.
    pub(super) fn now(self) -> JoinHandle<()> {
        let shared = &self.world.shared;
        let (row, _) = shared.code(&self.task);
        let program = shared.spec(&self.task).ops.clone();
        let builder = TaskBuilder::new(self.name.clone()).priority(shared.spec(&self.task).priority);
        let handle = builder.future(IsFuture::No).spawn_any(async move {
            let told = Told { report: self.report.clone() };
            let scope = Scope(Env::new(&self.world, &self.name, self.ends.clone()));
            scope.0.ends.note_held();
            let me = Turn { env: Rc::clone(&scope.0), deadline: None };
            let outcome = steps(me, program, self.at.clone()).await;
            drop(scope);
            if outcome.is_err() && self.restarts > 0 {
                told.hand_on();
                let (world, tag) = (Rc::clone(&self.world), self.world.tag());
                world.crashed.borrow_mut().insert(tag, Start { restarts: self.restarts - 1, ..self });
                world.supervisor.put(Letter::Crashed(tag));
            } else {
                told.ends(outcome);
            }
        });
        let task = handle.id().expect("an actor is a task");
        shared::goes_through(Actor::Task(task), row);
        handle
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
        let restarts = spec.restart;
        Start { world: Rc::clone(world), task: task.to_owned(), name, at, ends, report: None, restarts }
    };
    (0..spec.count).map(one).collect()
}
