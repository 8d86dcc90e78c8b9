//! What the tasks of one run share, and what each of them holds: resources, ends of channels, names.
//!
//! Owns the way from a name in an op to the thing of the run. A name that is nothing here is a bug: programs are
//! checked before they run.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::rc::Rc;

use super::ast::{Op, ResourceSpec, TaskSpec, Workload, visit};
use super::listing::{Shape, first_steps, listings};
use super::slots::Slots;
use crate::machine::blocking::How;
use crate::machine::home::Home;
use crate::machine::place::OpPlace;
use crate::machine::resource::READERS;
use crate::machine::sim;
use crate::sync::permits::{self, Want};
use crate::sync::{Barrier, Notify, Receiver, Sender, named_channel};
use crate::trace::event::{ChannelEnd, Event, Mode};
use crate::trace::ids::{Actor, ProgramId, ResourceId, StepId};
use crate::trace::tables::ResourceKind;

/// A step failed; the text says why. It stands in the trace already.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct Failure;

/// The result of steps.
pub(super) type Outcome = Result<(), Failure>;

/// Notes in the trace that a step failed.
pub(super) fn fail(text: &str) -> Outcome {
    sim::with(|sim| {
        let by = sim.actor.get();
        let mut kernel = sim.kernel.borrow_mut();
        let text = kernel.intern(text);
        kernel.record(Event::Failed { by, text });
    });
    Err(Failure)
}

/// Counts a round of a Repeat as a step of the run: rounds that take no time would go on for ever. Answers whether the
/// run's steps are used up.
pub(super) fn round_is_too_much() -> bool {
    sim::with(|sim| {
        let mut kernel = sim.kernel.borrow_mut();
        kernel.count_step();
        !sim.is_ending() && kernel.steps >= kernel.limits.steps
    })
}

/// The whole Program of the `nth` instance of a task that is spawned at once. One that a step spawns is known by that
/// step: several steps may spawn such tasks, in any order.
pub(super) fn place_of(name: &str, task: &str, nth: u32, from: Option<&OpPlace>) -> OpPlace {
    OpPlace::of_task(&from.map_or_else(|| name.to_owned(), |from| from.spawned(task, nth)))
}

/// What all tasks of a run share.
pub(super) struct Shared {
    pub workload: Workload,
    pub how: How,
    things: BTreeMap<String, Thing>,
    /// Each task's program in the trace, and its first step.
    code: BTreeMap<String, (ProgramId, StepId)>,
    created: RefCell<BTreeMap<String, u32>>,
    pub slots: Rc<Slots>,
}

enum Thing {
    /// A lock or permits; whether its guard is taken by blocking even in a task.
    Permits {
        resource: Home<ResourceId>,
        blocking: bool,
    },
    Notify(Notify),
    Barrier(Barrier),
    /// Its ends are with the tasks.
    Channel,
}

/// The ends of channels that a task holds until its end: of those it uses, and those of the tasks it spawns, to whom
/// it has to pass them on.
#[derive(Clone, Default)]
pub(super) struct Ends {
    senders: BTreeMap<String, Sender<()>>,
    receivers: BTreeMap<String, Receiver<()>>,
}

impl Shared {
    /// Creates the run's resources, and writes its programs in this shape. Answers the resources and every end of every
    /// channel.
    pub fn new(workload: &Workload, how: How, shape: Shape) -> (Rc<Shared>, Ends) {
        let mut ends = Ends::default();
        let mut things = BTreeMap::new();
        for (name, spec) in workload.resources.iter() {
            things.insert(name.to_owned(), create(name, spec, how, shape, &mut ends));
        }
        let code = write_code(workload, shape);
        let shared =
            Shared { workload: workload.clone(), how, things, code, created: RefCell::default(), slots: Rc::default() };
        (Rc::new(shared), ends)
    }

    /// The task of that name.
    pub fn spec(&self, task: &str) -> &TaskSpec {
        self.workload.tasks.get(task).expect("a task of the workload: the scenario was checked")
    }

    /// The row of a task's program, and its first step.
    pub fn code(&self, task: &str) -> (ProgramId, StepId) {
        *self.code.get(task).expect("a task of the workload: the scenario was checked")
    }

    /// The name of the next instance of a task: "hb", or "conn.17" of many.
    pub fn next_name(&self, task: &str) -> String {
        let mut created = self.created.borrow_mut();
        let nth = created.entry(task.to_owned()).or_insert(0);
        *nth += 1;
        if self.spec(task).count == 1 && *nth == 1 { task.to_owned() } else { format!("{task}.{}", *nth - 1) }
    }

    /// How to take the lock or permit of this name, and whether to block for it.
    pub fn want(&self, name: &str, mode: Mode) -> (Want, bool) {
        let Some(Thing::Permits { resource, blocking }) = self.things.get(name) else {
            panic!("`{name}` is nothing that can be held: the scenario was checked")
        };
        let how = if *blocking { How::Thread } else { self.how };
        let is_rw = matches!(self.workload.resources.get(name), Some(ResourceSpec::RwLock));
        let count = if is_rw && mode == Mode::Exclusive { READERS } else { 1 };
        (Want { resource: *resource, count, mode, how }, *blocking)
    }

    /// The notify of this name.
    pub fn notify(&self, name: &str) -> &Notify {
        match self.things.get(name) {
            Some(Thing::Notify(notify)) => notify,
            _ => panic!("`{name}` is no notify: the scenario was checked"),
        }
    }

    /// The barrier of this name.
    pub fn barrier(&self, name: &str) -> &Barrier {
        match self.things.get(name) {
            Some(Thing::Barrier(barrier)) => barrier,
            _ => panic!("`{name}` is no barrier: the scenario was checked"),
        }
    }

    /// Those of `ends` that a task uses itself or has to pass on.
    pub fn ends_of(&self, task: &str, ends: &Ends) -> Ends {
        let (mut sends, mut receives) = (Vec::new(), Vec::new());
        let mut tasks = vec![task];
        let mut next = 0;
        while let Some(task) = tasks.get(next).copied() {
            next += 1;
            visit(&self.spec(task).ops, &mut |op| match op {
                Op::Send(name) => sends.push(name),
                Op::Recv(name) => receives.push(name),
                Op::Spawn(child) if !tasks.contains(&child.as_str()) => tasks.push(child),
                // The rest needs no end of a channel.
                _ => {}
            });
        }
        Ends { senders: pick(&ends.senders, sends), receivers: pick(&ends.receivers, receives) }
    }
}

fn pick<T: Clone>(all: &BTreeMap<String, T>, names: Vec<&String>) -> BTreeMap<String, T> {
    names.into_iter().filter_map(|name| all.get(name).map(|end| (name.clone(), end.clone()))).collect()
}

/// Puts the workload's programs into the trace, as code of the run's own shape.
fn write_code(workload: &Workload, shape: Shape) -> BTreeMap<String, (ProgramId, StepId)> {
    let (programs, steps) = listings(workload, shape);
    sim::with(|sim| {
        let mut kernel = sim.kernel.borrow_mut();
        let tables = kernel.recorder.tables_mut();
        (tables.programs, tables.steps) = (programs, steps);
    });
    let row = |(i, (name, first)): (usize, (&str, StepId))| (name.to_owned(), (ProgramId::from_index(i), first));
    first_steps(workload).into_iter().enumerate().map(row).collect()
}

/// Notes that a new task or thread goes through this program.
pub(super) fn goes_through(who: Actor, program: ProgramId) {
    sim::with(|sim| sim.kernel.borrow_mut().recorder.tables_mut().runners.push((who, program)));
}

fn create(name: &str, spec: &ResourceSpec, how: How, shape: Shape, ends: &mut Ends) -> Thing {
    let permits =
        |kind, capacity, blocking| Thing::Permits { resource: permits::create(kind, name, capacity), blocking };
    // A mailbox of Erlang's never fills.
    let bound = |capacity| if shape == Shape::Erlang { None } else { Some(capacity) };
    let mut channel = |capacity| {
        let (sender, receiver) = named_channel(name, capacity);
        ends.senders.insert(name.to_owned(), sender);
        ends.receivers.insert(name.to_owned(), receiver);
        Thing::Channel
    };
    match *spec {
        // One lock for all: whoever waits for it does not block the thread, and whoever comes may pass those in line.
        ResourceSpec::Mutex | ResourceSpec::StdMutex if shape == Shape::Goroutines => {
            permits(ResourceKind::BlockingMutex, Some(1), false)
        }
        // A lock is its owner's, and nobody's thread is blocked for it.
        ResourceSpec::StdMutex if matches!(shape, Shape::Erlang | Shape::Akka) => {
            permits(ResourceKind::Mutex, Some(1), false)
        }
        ResourceSpec::Mutex if how == How::Task => permits(ResourceKind::Mutex, Some(1), false),
        ResourceSpec::Mutex | ResourceSpec::StdMutex => permits(ResourceKind::BlockingMutex, Some(1), true),
        ResourceSpec::RwLock => permits(ResourceKind::RwLock, None, false),
        ResourceSpec::Semaphore { permits: n } => permits(ResourceKind::Semaphore, Some(n), false),
        ResourceSpec::Channel { capacity } => channel(bound(capacity)),
        ResourceSpec::UnboundedChannel => channel(None),
        ResourceSpec::Notify => Thing::Notify(Notify::named(name)),
        ResourceSpec::Barrier { parties } => Thing::Barrier(Barrier::named(name, parties)),
    }
}

impl Ends {
    /// Notes in the trace that the running task holds these ends.
    pub fn note_held(&self) {
        self.note_held_by(sim::with(|sim| sim.actor.get()));
    }

    /// Notes in the trace that this task holds these ends.
    pub fn note_held_by(&self, by: Actor) {
        let senders = self.senders.values().map(|s| (s.resource(), ChannelEnd::Sender));
        let receivers = self.receivers.values().map(|r| (r.resource(), ChannelEnd::Receiver));
        sim::with(|sim| {
            let mut kernel = sim.kernel.borrow_mut();
            for (resource, end) in senders.chain(receivers) {
                kernel.hold_end(resource.get(), by, end);
            }
        });
    }

    /// The channel of this name, which this task sends into.
    pub fn sending(&self, name: &str) -> Home<ResourceId> {
        self.senders.get(name).expect("a task holds the ends that its steps use").resource()
    }

    /// The channel of this name, which this task receives from.
    pub fn receiving(&self, name: &str) -> Home<ResourceId> {
        self.receivers.get(name).expect("a task holds the ends that its steps use").resource()
    }

    /// Sends one message.
    pub async fn send(&self, name: &str, how: How) -> Outcome {
        let sender = self.senders.get(name).expect("a task holds the ends that its steps use");
        match sender.send_as((), how).await {
            Ok(()) => Ok(()),
            Err(_) => fail(&format!("{name}: every receiver is gone")),
        }
    }

    /// Takes one message.
    pub async fn recv(&self, name: &str, how: How) -> Outcome {
        let receiver = self.receivers.get(name).expect("a task holds the ends that its steps use");
        match receiver.recv_as(how).await {
            Ok(()) => Ok(()),
            Err(_) => fail(&format!("{name}: every sender is gone")),
        }
    }
}
