//! Workload, Program and Op: what has to be done, as data.
//!
//! Owns the ops and their meaning under async and under threads. Knows nothing of how they are run: the interpreters
//! read this. A name in an op is checked by [`crate::scenario`] before anything runs.
//!
//! | op | as an async task | as a thread |
//! |---|---|---|
//! | Work | holds the worker and its core | holds the core |
//! | Io, IoOn, Sleep | Pending until woken | Blocked: frees the core |
//! | Block | blocks the worker's thread inside the poll | Blocked: frees the core |
//! | BlockInPlace | the same, while the worker goes on on another thread | Blocked: frees the core |
//! | Join | branches in one task | helper threads, joined |
//! | Select, Timeout | losers are dropped at their await | helper threads; a loser runs on to its end |
//! | Cancel | dropped at its await | ignored, with a note |
//! | Lock and its like | FIFO hand-off | barging |

use std::ops::Deref;
use std::sync::Arc;

use serde::{Deserialize, Deserializer};

use super::durations::duration;
use super::named::Named;
use crate::executor::policy::Wishes;
use crate::instant::SimDuration;
use crate::machine::spec::Latency;

/// What has to be done, told without naming a concurrency model.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Workload {
    /// The tasks, by name. Those that no op spawns exist from the start.
    pub tasks: Named<TaskSpec>,
    /// What tasks share, by name.
    #[serde(default)]
    pub resources: Named<ResourceSpec>,
}

impl Workload {
    /// The tasks that some task's op spawns, each once, in order of mention: they do not exist at the start.
    pub fn spawned(&self) -> Vec<&str> {
        let mut names: Vec<&str> = Vec::new();
        for (_, task) in self.tasks.iter() {
            visit(&task.ops, &mut |op| {
                if let Op::Spawn(name) = op
                    && !names.contains(&name.as_str())
                {
                    names.push(name);
                }
            });
        }
        names
    }
}

/// One task, or many that are alike.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TaskSpec {
    /// Its steps.
    pub ops: Program,
    /// How many such tasks there are. More than one are named "name.0", "name.1", …
    #[serde(default = "one")]
    pub count: u32,
    /// Larger goes first, where the model looks at priorities: threads do, and `async_priority`; among actors above 0 is
    /// Erlang's `high` and below 0 its `low`. 0 is usual.
    #[serde(default)]
    pub priority: i32,
    /// As a thread under fair shares: the larger, the smaller its share. −20 to 19; 0 is usual.
    #[serde(default)]
    pub nice: i32,
    /// How often its supervisor starts it again after it has failed, where the model has supervisors: among actors. All
    /// instances of a task have one supervisor. Under Erlang it is the supervisor's intensity: so many restarts of them
    /// together in 5 s, and at one more it ends all that are left, and itself. Under Akka it is `maxNrOfRetries`: so many
    /// restarts of each, and at one more that one alone stops. 0: it stays ended.
    #[serde(default)]
    pub restart: u32,
    /// The core that it lives on, from 0, where the model keeps tasks on their cores; dealt out in turn if left out.
    #[serde(default)]
    pub shard: Option<u32>,
    /// Its part of its core, 1 to 1,000, where the model shares a core by weight: glommio does.
    #[serde(default)]
    pub shares: Option<u32>,
}

impl TaskSpec {
    /// What it wishes of its runtime.
    pub(crate) fn wishes(&self) -> Wishes {
        Wishes { shard: self.shard, shares: self.shares }
    }
}

fn one() -> u32 {
    1
}

/// Something that tasks share.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum ResourceSpec {
    /// A lock that an async task awaits: handed to the first in line. A thread blocks for it.
    Mutex,
    /// `std`'s lock: taking it blocks the thread, also inside a poll.
    StdMutex,
    /// Many readers or one writer.
    RwLock,
    /// So many permits.
    Semaphore {
        /// How many.
        permits: u32,
    },
    /// A channel that holds so many messages; a send to a full one waits.
    Channel {
        /// How many.
        capacity: u32,
    },
    /// A channel that never fills.
    UnboundedChannel,
    /// Wakes one waiter, or keeps one permit for the next.
    Notify,
    /// Lets nobody through until so many have come.
    Barrier {
        /// How many.
        parties: u32,
    },
}

impl ResourceSpec {
    /// The kind as a scenario file writes it.
    pub const fn kind(&self) -> &'static str {
        match self {
            ResourceSpec::Mutex => "mutex",
            ResourceSpec::StdMutex => "std_mutex",
            ResourceSpec::RwLock => "rw_lock",
            ResourceSpec::Semaphore { .. } => "semaphore",
            ResourceSpec::Channel { .. } => "channel",
            ResourceSpec::UnboundedChannel => "unbounded_channel",
            ResourceSpec::Notify => "notify",
            ResourceSpec::Barrier { .. } => "barrier",
        }
    }
}

/// The steps of a task, in order. A step that fails ends the task, unless a [`Op::Try`] stands around it.
/// Cheap to clone: whoever runs it holds its own.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Program(Arc<[Op]>);

impl Deref for Program {
    type Target = [Op];
    fn deref(&self) -> &[Op] {
        &self.0
    }
}

impl From<Vec<Op>> for Program {
    fn from(ops: Vec<Op>) -> Program {
        Program(ops.into())
    }
}

impl<'de> Deserialize<'de> for Program {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Program, D::Error> {
        Vec::deserialize(deserializer).map(Program::from)
    }
}

/// Declares the steps, each with its documentation and how a file writes it, so that [`Op::KINDS`] says what stands here.
macro_rules! ops {
    ($($(#[doc = $does:literal])+ $name:ident $(($($field:tt)*))? = $written:literal,)*) => {
        /// One step.
        #[derive(Clone, Debug, PartialEq, Deserialize)]
        #[serde(deny_unknown_fields)]
        pub enum Op {
            $($(#[doc = $does])+ $name $(($($field)*))?,)*
        }

        impl Op {
            /// Every kind of step, in the order in which people read of them.
            pub const KINDS: &[OpKind] = &[$(OpKind {
                name: stringify!($name),
                written: $written,
                does: concat!($($does),+).trim_ascii_start(),
            },)*];

            /// The op's name, as a scenario file writes it.
            pub const fn name(&self) -> &'static str {
                match self {
                    $(Op::$name { .. } => stringify!($name),)*
                }
            }
        }
    };
}

ops! {
    /// Computes for this long.
    Work(#[serde(deserialize_with = "duration")] SimDuration) = r#"Work("10ms")"#,
    /// Waits for a request to the machine's plain I/O device, which answers any number at a time.
    Io(Latency) = r#"Io("10ms")"#,
    /// Waits for a request to the named device, which has its own latency and limit.
    IoOn(String) = r#"IoOn("disk")"#,
    /// Waits for a timer.
    Sleep(#[serde(deserialize_with = "duration")] SimDuration) = r#"Sleep("10ms")"#,
    /// Makes a blocking call: the thread under it sleeps.
    Block(#[serde(deserialize_with = "duration")] SimDuration) = r#"Block("10ms")"#,
    /// Makes a blocking call while another thread goes on with the worker, where the model can do that. A thread, and a
    /// goroutine, makes the call itself.
    BlockInPlace(#[serde(deserialize_with = "duration")] SimDuration) = r#"BlockInPlace("10ms")"#,
    /// Gives others their turn.
    Yield = r#"Yield"#,
    /// Has a blocking call of this length made on another thread, and waits for it. A thread makes the call itself.
    Offload(#[serde(deserialize_with = "duration")] SimDuration) = r#"Offload("10ms")"#,

    /// Holds the lock (mutex or std_mutex) while the steps run. Dropped in the middle, it gives the lock back.
    Lock(String, Program) = r#"Lock("table", [Work("1ms")])"#,
    /// Holds the rw_lock together with other readers while the steps run.
    Read(String, Program) = r#"Read("book", [Work("1ms")])"#,
    /// Holds the rw_lock alone while the steps run.
    Write(String, Program) = r#"Write("book", [Work("1ms")])"#,
    /// Holds one permit of the semaphore while the steps run.
    Acquire(String, Program) = r#"Acquire("slots", [Io("10ms")])"#,
    /// Puts one message into the channel; waits while it is full.
    Send(String) = r#"Send("orders")"#,
    /// Takes one message out of the channel; waits while it is empty. Fails when every sender has ended.
    Recv(String) = r#"Recv("orders")"#,
    /// Wakes one waiter of the notify, or leaves one permit.
    Notify(String) = r#"Notify("bell")"#,
    /// Wakes every waiter of the notify.
    NotifyAll(String) = r#"NotifyAll("bell")"#,
    /// Waits to be notified.
    Wait(String) = r#"Wait("bell")"#,
    /// Waits until the barrier's parties have come.
    Barrier(String) = r#"Barrier("start")"#,

    /// Starts the named task (all of its `count`). This task holds the handle under the same name.
    Spawn(String) = r#"Spawn("child")"#,
    /// Waits for the end of the tasks it spawned under this name.
    JoinTask(String) = r#"JoinTask("child")"#,
    /// Cancels the tasks it spawned under this name. A thread cannot be: the run notes it and goes on.
    Cancel(String) = r#"Cancel("child")"#,
    /// Drops the handle of the tasks it spawned under this name: they run on, and nobody waits for them.
    Detach(String) = r#"Detach("child")"#,

    /// Runs the bodies side by side, within this one task, until all have ended.
    Join(Vec<Program>) = r#"Join([[Io("10ms")], [Io("20ms")]])"#,
    /// Runs the bodies side by side until one has ended, trying them in this order; the others are dropped.
    Select(Vec<Program>) = r#"Select([[Io("10ms")], [Sleep("20ms")]])"#,
    /// Runs the steps for at most this long; then they are dropped, and this step fails.
    Timeout(#[serde(deserialize_with = "duration")] SimDuration, Program) = r#"Timeout("5ms", [Io("10ms")])"#,
    /// Runs the steps so many times.
    Repeat(u32, Program) = r#"Repeat(3, [Io("10ms"), Work("1ms")])"#,
    /// Runs the first steps; if one fails, goes on with the second.
    Try(Program, Program) = r#"Try([Fail("no")], [Mark("cured")])"#,

    /// Makes a future of the steps and keeps it under this name. Nothing of it runs yet.
    Let(String, Program) = r#"Let("answer", [Io("10ms")])"#,
    /// Awaits the future of this name, in place: a Select or Timeout around it that gives up leaves it as it stands.
    /// A thread runs its steps here.
    Await(String) = r#"Await("answer")"#,
    /// Drops the future of this name.
    Drop(String) = r#"Drop("answer")"#,

    /// Puts a named marker into the trace.
    Mark(String) = r#"Mark("beat")"#,
    /// Fails, with this text.
    Fail(String) = r#"Fail("no such row")"#,
}

/// What there is to say of a kind of step.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct OpKind {
    /// Its name, as a scenario file writes it: "Work".
    pub name: &'static str,
    /// One such step, as a file writes it: `Work("10ms")`.
    pub written: &'static str,
    /// What it does, in a sentence or two.
    pub does: &'static str,
}

impl OpKind {
    /// The step of [`OpKind::written`].
    pub fn example(&self) -> Op {
        ron::from_str(self.written).expect("each kind is written as a file writes it")
    }
}

impl Op {
    /// How many steps it is: itself and all inside it.
    pub fn steps(&self) -> usize {
        1 + self.inner().flat_map(|body| body.iter()).map(Op::steps).sum::<usize>()
    }

    /// The bodies nested in the op, in the order of the file.
    pub fn inner(&self) -> impl Iterator<Item = &Program> {
        self.bodies().into_iter().map(|(_, body)| body)
    }

    /// The bodies nested in the op, each with its place in the file: the path below the op, such as "1" or "0.2".
    pub fn bodies(&self) -> Vec<(String, &Program)> {
        match self {
            Op::Lock(_, body)
            | Op::Read(_, body)
            | Op::Write(_, body)
            | Op::Acquire(_, body)
            | Op::Timeout(_, body)
            | Op::Repeat(_, body)
            | Op::Let(_, body) => vec![("1".to_owned(), body)],
            Op::Try(first, second) => vec![("0".to_owned(), first), ("1".to_owned(), second)],
            Op::Join(bodies) | Op::Select(bodies) => {
                bodies.iter().enumerate().map(|(i, body)| (format!("0.{i}"), body)).collect()
            }
            Op::Work(_)
            | Op::Io(_)
            | Op::IoOn(_)
            | Op::Sleep(_)
            | Op::Block(_)
            | Op::BlockInPlace(_)
            | Op::Yield
            | Op::Offload(_)
            | Op::Send(_)
            | Op::Recv(_)
            | Op::Notify(_)
            | Op::NotifyAll(_)
            | Op::Wait(_)
            | Op::Barrier(_)
            | Op::Spawn(_)
            | Op::JoinTask(_)
            | Op::Cancel(_)
            | Op::Detach(_)
            | Op::Await(_)
            | Op::Drop(_)
            | Op::Mark(_)
            | Op::Fail(_) => Vec::new(),
        }
    }
}

/// Shows every op to `see`, nested ones after the op they stand in.
pub fn visit<'p>(program: &'p Program, see: &mut impl FnMut(&'p Op)) {
    for op in program.iter() {
        see(op);
        for (_, body) in op.bodies() {
            visit(body, see);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<Program, String> {
        ron::from_str(text).map_err(|e| e.to_string())
    }

    #[test]
    fn a_program_is_read_from_its_steps() {
        let program =
            read(r#"[Repeat(10, [Io("10ms"), Work("100us")]), Lock("table", [Sleep("1ms")]), Yield]"#).unwrap();
        let Op::Repeat(10, body) = &program[0] else { panic!("{program:?}") };
        assert_eq!(body[0], Op::Io(Latency::Fixed(SimDuration::from_millis(10))));
        assert_eq!(program[1], Op::Lock("table".into(), vec![Op::Sleep(SimDuration::from_millis(1))].into()));
    }

    #[test]
    fn a_duration_without_a_unit_is_refused_and_says_so() {
        let error = read("[Work(10)]").unwrap_err();
        assert!(error.contains("`10` has no unit: write for example \"10ms\""), "{error}");
        assert!(read(r#"[Work("10")]"#).unwrap_err().contains("no unit"));
        assert!(read("[Io(1.5)]").unwrap_err().contains("no unit"));
    }

    #[test]
    fn an_op_that_does_not_exist_names_those_that_do() {
        let error = read(r#"[Wrok("10ms")]"#).unwrap_err();
        assert!(error.contains("Wrok") && error.contains("`Work`"), "{error}");
    }

    #[test]
    fn every_kind_of_step_is_written_as_a_file_writes_it() {
        for kind in Op::KINDS {
            assert_eq!(kind.example().name(), kind.name);
            assert!(kind.does.ends_with('.'), "{}: {}", kind.name, kind.does);
        }
    }

    #[test]
    fn resources_are_read_with_their_sizes() {
        let text = r#"{"l": mutex, "s": semaphore(permits: 4), "c": channel(capacity: 2), "u": unbounded_channel}"#;
        let resources: Named<ResourceSpec> = ron::from_str(text).unwrap();
        assert_eq!(resources.get("s"), Some(&ResourceSpec::Semaphore { permits: 4 }));
        assert_eq!(resources.get("u").map(ResourceSpec::kind), Some("unbounded_channel"));
        assert!(ron::from_str::<ResourceSpec>("semaphore(permit: 4)").is_err());
    }

    #[test]
    fn a_spawned_task_is_known_as_one() {
        let workload: Workload = ron::from_str(
            r#"(tasks: {"main": (ops: [Repeat(2, [Spawn("child")]), JoinTask("child")]), "child": (ops: [Yield])})"#,
        )
        .unwrap();
        assert_eq!(workload.spawned(), ["child"]);
    }
}
