//! Where in its program each task and thread stands, since when, and what it does there.
//!
//! Owns the way from the state after an event to lines of code. A run from Rust has no programs: nobody stands anywhere.

use crate::instant::SimTime;
use crate::trace::code::{Round, StepAt};
use crate::trace::ids::*;
use crate::trace::snapshot::{Standing, TaskState, ThreadState};
use crate::trace::tables::{Tables, TaskKind, ThreadKind};
use crate::trace::{Event, Family, Snapshot, Trace};

/// What a task or thread does, as far as its colour goes.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Doing {
    /// It does not exist yet.
    NotStarted,
    /// It wants to run.
    Wants,
    /// It runs, on a core.
    Runs,
    /// It is in a poll whose thread is on no core.
    OffCore,
    /// It waits.
    Waits,
    /// It has ended as it should.
    Finished,
    /// It was dropped before its end.
    Cancelled,
    /// It panicked.
    Panicked,
}

impl Doing {
    /// What this task or thread does.
    pub fn of(actor: Actor, tables: &Tables, state: &Snapshot) -> Doing {
        match actor {
            Actor::Task(id) => match state.task(id).map_or(TaskState::NotSpawned, |t| t.state) {
                TaskState::NotSpawned => Doing::NotStarted,
                TaskState::Ready => Doing::Wants,
                TaskState::Polling(_) | TaskState::WithoutWorker(_) if on_core(id, tables, state) => Doing::Runs,
                TaskState::Polling(_) | TaskState::WithoutWorker(_) => Doing::OffCore,
                TaskState::Pending => Doing::Waits,
                TaskState::Completed => Doing::Finished,
                TaskState::Cancelled => Doing::Cancelled,
                TaskState::Panicked => Doing::Panicked,
            },
            Actor::Thread(id) => match state.thread(id).map_or(ThreadState::NotCreated, |t| t.state) {
                ThreadState::NotCreated => Doing::NotStarted,
                ThreadState::Runnable => Doing::Wants,
                ThreadState::Running(_) => Doing::Runs,
                ThreadState::Blocked(_) => Doing::Waits,
                ThreadState::Exited { panicked: false } => Doing::Finished,
                ThreadState::Exited { panicked: true } => Doing::Panicked,
            },
            Actor::Run | Actor::Worker(_) | Actor::Timer(_) | Actor::Device(_) | Actor::Foreign => Doing::NotStarted,
        }
    }

    /// The state's word, for a task or for a thread.
    pub const fn text(self, actor: Actor) -> &'static str {
        let thread = matches!(actor, Actor::Thread(_));
        match self {
            Doing::NotStarted => "not started",
            Doing::Wants if thread => "Runnable",
            Doing::Wants => "Ready",
            Doing::Runs if thread => "Running",
            Doing::Runs => "Polling",
            Doing::OffCore => "Polling, off core",
            Doing::Waits if thread => "Blocked",
            Doing::Waits => "Pending",
            Doing::Finished if thread => "Exited",
            Doing::Finished => "Completed",
            Doing::Cancelled => "Cancelled",
            Doing::Panicked => "Panicked",
        }
    }
}

fn on_core(task: TaskId, tables: &Tables, state: &Snapshot) -> bool {
    let thread = state.polled_on(tables, task).and_then(|thread| state.thread(thread));
    thread.is_none_or(|thread| matches!(thread.state, ThreadState::Running(_)))
}

/// A step that someone stands at.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Stand {
    /// The task or thread: perhaps a helper thread of the one that was asked for.
    pub who: Actor,
    /// The step.
    pub at: StepAt,
    /// The line that stands for it, in its program.
    pub line: usize,
    /// In which round of each loop around it, the outermost first.
    pub rounds: Vec<Round>,
    /// Since when.
    pub since: SimTime,
    /// The event with which it began.
    pub event: usize,
    /// What it does there.
    pub doing: Doing,
}

/// The steps that a task or thread stands at, its own branches first, then those of its helper threads.
pub fn stands(actor: Actor, tables: &Tables, state: &Snapshot) -> Vec<Stand> {
    std::iter::once(actor).chain(helpers(actor, tables)).flat_map(|who| own(who, tables, state)).collect()
}

fn own(who: Actor, tables: &Tables, state: &Snapshot) -> Vec<Stand> {
    let doing = Doing::of(who, tables, state);
    let stand = |standing: &Standing| {
        let step = tables.step(standing.at.step())?;
        let Standing { at, since, event } = *standing;
        Some(Stand { who, at, line: step.line as usize, rounds: step.rounds(at.round()), since, event, doing })
    };
    state.stands(who).into_iter().flat_map(|stands| stands.iter().filter_map(stand)).collect()
}

/// The helpers of a task or thread of the workload: those that go through a part of its program.
fn helpers(actor: Actor, tables: &Tables) -> Vec<Actor> {
    let id = match actor {
        Actor::Task(id) => return helper_tasks(id, tables),
        Actor::Thread(id) => id,
        Actor::Run | Actor::Worker(_) | Actor::Timer(_) | Actor::Device(_) | Actor::Foreign => return Vec::new(),
    };
    let Some(info) = tables.threads.get(id.index()).filter(|info| info.kind != ThreadKind::Helper) else {
        return Vec::new();
    };
    let threads = tables.threads.iter().enumerate().skip(id.index());
    let own = threads.filter(|(_, other)| other.kind == ThreadKind::Helper && other.path == info.path);
    own.map(|(i, _)| Actor::Thread(ThreadId::from_index(i))).collect()
}

fn helper_tasks(id: TaskId, tables: &Tables) -> Vec<Actor> {
    let Some(info) = tables.tasks.get(id.index()).filter(|info| info.kind == TaskKind::Plain) else {
        return Vec::new();
    };
    let tasks = tables.tasks.iter().enumerate().skip(id.index());
    let own = tasks.filter(|(_, other)| other.kind == TaskKind::Helper && other.path == info.path);
    own.map(|(i, _)| Actor::Task(TaskId::from_index(i))).collect()
}

/// Whether it only goes through a part of another's program.
pub fn is_helper(actor: Actor, tables: &Tables) -> bool {
    match actor {
        Actor::Task(id) => tables.tasks.get(id.index()).is_some_and(|task| task.kind == TaskKind::Helper),
        Actor::Thread(id) => tables.threads.get(id.index()).is_some_and(|thread| thread.kind == ThreadKind::Helper),
        Actor::Run | Actor::Worker(_) | Actor::Timer(_) | Actor::Device(_) | Actor::Foreign => false,
    }
}

/// A program at some event: who goes through it, and where the one that is shown stands.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Sheet {
    /// The program.
    pub program: ProgramId,
    /// How many tasks or threads go through it, in the whole run; helpers are not counted.
    pub crew: usize,
    /// The one that is shown; none if nobody ever does.
    pub shown: Option<Actor>,
    /// What that one does.
    pub doing: Doing,
    /// The steps that it stands at.
    pub stands: Vec<Stand>,
    /// How many stand at each line; empty for a crew of one.
    pub here: Vec<u32>,
}

/// Every program of a run, in the order of the workload. Of many that go through one, that of this name is shown; else
/// the first that goes on at this moment, else the first.
pub fn sheets(tables: &Tables, state: &Snapshot, name: Option<&str>) -> Vec<Sheet> {
    let mut crews: Vec<Vec<Actor>> = vec![Vec::new(); tables.programs.len()];
    for (actor, program) in &tables.runners {
        if let Some(crew) = crews.get_mut(program.index())
            && !is_helper(*actor, tables)
        {
            crew.push(*actor);
        }
    }
    let sheet = |(i, crew): (usize, &Vec<Actor>)| {
        let goes_on =
            |who: &Actor| state.stands(*who).is_some_and(|stands| !stands.is_empty()) && !state.has_ended(*who);
        let named = crew.iter().find(|who| name.is_some_and(|name| is_called(**who, name, tables)));
        let program = ProgramId::from_index(i);
        let is_here = |stand: &Stand| tables.step(stand.at.step()).is_some_and(|step| step.program == program);
        let here = |who: Actor| stands(who, tables, state).into_iter().filter(is_here).collect::<Vec<_>>();
        let caller = || tables.runners.iter().map(|(who, _)| *who).find(|who| goes_on(who) && !here(*who).is_empty());
        let goes = named.or_else(|| crew.iter().find(|who| goes_on(who))).or(crew.first()).copied();
        // A program that is called has no crew of its own: who called it goes through it.
        let is_called = goes.is_none() && tables.run.family() == Family::Sequential;
        let shown = if is_called { caller() } else { goes };
        Sheet {
            program,
            crew: crew.len(),
            shown,
            doing: shown.map_or(Doing::NotStarted, |who| Doing::of(who, tables, state)),
            stands: shown.map_or_else(Vec::new, here),
            here: Vec::new(),
        }
    };
    let mut sheets: Vec<Sheet> = crews.iter().enumerate().map(sheet).collect();
    count_here(&mut sheets, tables, state);
    sheets
}

fn count_here(sheets: &mut [Sheet], tables: &Tables, state: &Snapshot) {
    for (sheet, program) in sheets.iter_mut().zip(&tables.programs) {
        if sheet.crew > 1 {
            sheet.here = vec![0; program.lines.len()];
        }
    }
    for (actor, _) in &tables.runners {
        for standing in state.stands(*actor).into_iter().flat_map(|stands| stands.iter()) {
            let Some(step) = tables.step(standing.at.step()) else { continue };
            let sheet = sheets.get_mut(step.program.index());
            if let Some(count) = sheet.and_then(|sheet| sheet.here.get_mut(step.line as usize)) {
                *count += 1;
            }
        }
    }
}

fn is_called(actor: Actor, name: &str, tables: &Tables) -> bool {
    let id = match actor {
        Actor::Task(id) => tables.tasks.get(id.index()).map(|task| task.name),
        Actor::Thread(id) => tables.threads.get(id.index()).map(|thread| thread.name),
        Actor::Run | Actor::Worker(_) | Actor::Timer(_) | Actor::Device(_) | Actor::Foreign => None,
    };
    id.is_some_and(|id| tables.text(id) == name)
}

/// The name of the task whose program this one goes through: a helper thread's is the thread's that it helps.
pub fn whose(actor: Actor, tables: &Tables) -> String {
    match actor {
        Actor::Thread(id) if is_helper(actor, tables) => tables.text(tables.threads[id.index()].path).to_owned(),
        Actor::Task(id) if is_helper(actor, tables) => tables.text(tables.tasks[id.index()].path).to_owned(),
        other => tables.actor_name(other),
    }
}

/// When a task or thread, or a helper of it, begins a step next: the event, of number `from` or later. Else when it
/// began it first; none if it never does.
pub fn next_begin(trace: &Trace, actor: Actor, step: StepId, from: usize) -> Option<usize> {
    let tables = trace.tables();
    let helpers = helpers(actor, tables);
    let begins = |(n, _, event): (usize, SimTime, Event)| match event {
        Event::StepBegan { by, at } if at.step() == step && (by == actor || helpers.contains(&by)) => Some(n),
        _ => None,
    };
    trace.events_from(from.min(trace.len())).find_map(begins).or_else(|| trace.events_from(0).find_map(begins))
}
