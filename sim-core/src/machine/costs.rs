//! What each step of the simulated system costs, as a table with sources.
//!
//! Owns the prices and the named profiles. Knows nothing of who charges them. What is special about a model is
//! [`per_model`]'s; where each figure comes from stands in `docs/costs.md`.

pub mod items;
pub mod per_model;

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::instant::SimDuration;
use per_model::ModelCosts;

/// The price of each primitive step. Composite figures (a hop, a round trip) are sums of these and never charged besides.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Costs {
    /// The profile's name: "zero", "jimblandy", "cited" or a file's.
    pub name: String,
    /// One poll, with taking the task from its queue. Never zero: a self-waking task must not stop the clock.
    #[serde(with = "duration")]
    pub poll: SimDuration,
    /// Waking a task that was not awake.
    #[serde(with = "duration")]
    pub wake: SimDuration,
    /// Cloning a waker.
    #[serde(with = "duration")]
    pub waker_clone: SimDuration,
    /// Dropping a waker.
    #[serde(with = "duration")]
    pub waker_drop: SimDuration,
    /// Spawning a task.
    #[serde(with = "duration")]
    pub task_spawn: SimDuration,
    /// Creating a thread.
    #[serde(with = "duration")]
    pub thread_spawn: SimDuration,
    /// A context switch, paid by the thread that comes onto the core.
    #[serde(with = "duration")]
    pub thread_switch: SimDuration,
    /// Entering the kernel: a thread that blocks, yields, submits I/O or unparks another.
    #[serde(with = "duration")]
    pub syscall: SimDuration,
    /// Turning a driver once: asking the system what has come, and looking at the timers. Once round, in an event loop.
    #[serde(with = "duration")]
    pub driver_turn: SimDuration,
    /// An uncontended lock, permit or channel operation.
    #[serde(with = "duration")]
    pub sync_op: SimDuration,
    /// Arming a timer from a task.
    #[serde(with = "duration")]
    pub timer: SimDuration,
    /// Bytes of a task's block besides its future.
    pub task_bytes: u64,
    /// Bytes of addresses reserved for a thread's stack.
    pub stack_reserved: u64,
    /// Bytes resident for a thread that waits.
    pub stack_resident: u64,
    /// What other prices a model has, by its id: a wake in Go is not tokio's.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub models: BTreeMap<String, ModelCosts>,
}

const KIB: u64 = 1024;

const fn ns(n: u64) -> SimDuration {
    SimDuration::from_nanos(n)
}

impl Costs {
    /// The textbook: everything is free but a poll, which takes 1 ns. Memory as in [`Costs::cited`], of each model, too.
    pub fn zero() -> Costs {
        let cited = Costs::cited();
        let memory = cited.models.iter().filter_map(|(id, own)| Some((id.clone(), own.memory()?)));
        Costs {
            name: "zero".to_owned(),
            poll: ns(1),
            wake: ns(0),
            waker_clone: ns(0),
            waker_drop: ns(0),
            task_spawn: ns(0),
            thread_spawn: ns(0),
            thread_switch: ns(0),
            syscall: ns(0),
            driver_turn: ns(0),
            sync_op: ns(0),
            timer: ns(0),
            models: memory.collect(),
            ..cited
        }
    }

    /// The bill of Jim Blandy's context-switch README: task switch 0.2 µs, thread switch 1.7 µs, spawn 0.3 and 17 µs,
    /// 0.4 KiB resident a task, 20 KiB a thread (9.5 user and 10 kernel), 2 MiB reserved by Rust's `std`. It knows tasks
    /// and threads: every model has the same prices.
    pub fn jimblandy() -> Costs {
        Costs {
            name: "jimblandy".to_owned(),
            poll: ns(200),
            task_spawn: ns(300),
            thread_spawn: ns(17_000),
            thread_switch: ns(1_700),
            task_bytes: 4 * KIB / 10,
            stack_reserved: 2 * KIB * KIB,
            stack_resident: 20 * KIB,
            models: BTreeMap::new(),
            ..Costs::zero()
        }
    }

    /// Medians measured on an EPYC VM, Linux 6.18, of tokio's current_thread and of `std`'s threads: poll through tokio's queue 60; waker clone and drop 14 together;
    /// a wake 7; a thread switch by futex 2,400; a syscall 150; a turn of tokio's driver 386; an uncontended std Mutex 15; `Sleep` register and
    /// drop 560. Spawns are what is left of spawn and join (370 and 32,000) without their polls and switches.
    /// A tokio task's block is 128 B; a parked thread has 37 KiB resident in all, of 2 MiB reserved by Rust's `std`.
    pub fn cited() -> Costs {
        Costs {
            name: "cited".to_owned(),
            poll: ns(60),
            wake: ns(7),
            waker_clone: ns(7),
            waker_drop: ns(7),
            task_spawn: ns(230),
            thread_spawn: ns(27_200),
            thread_switch: ns(2_400),
            syscall: ns(150),
            driver_turn: ns(386),
            sync_op: ns(15),
            timer: ns(560),
            task_bytes: 128,
            stack_reserved: 2 * KIB * KIB,
            stack_resident: 37 * KIB,
            models: per_model::cited(),
        }
    }

    /// The prices that this model pays: its own where it has any, and no other model's beside.
    pub fn for_model(&self, id: &str) -> Costs {
        let mut costs = Costs { models: BTreeMap::new(), ..self.clone() };
        if let Some(own) = self.models.get(id) {
            own.put_over(&mut costs);
        }
        costs
    }

    /// The names that [`Costs::by_name`] knows.
    pub const NAMES: [&'static str; 3] = ["cited", "zero", "jimblandy"];

    /// A profile by its name.
    pub fn by_name(name: &str) -> Option<Costs> {
        match name {
            "cited" => Some(Costs::cited()),
            "zero" | "textbook" => Some(Costs::zero()),
            "jimblandy" => Some(Costs::jimblandy()),
            _ => None,
        }
    }
}

impl Default for Costs {
    fn default() -> Costs {
        Costs::cited()
    }
}

/// Durations in files are texts with a unit; a bare number is told that it lacks one.
mod duration {
    use std::fmt;

    use serde::de::{Error, Visitor};
    use serde::{Deserializer, Serializer};

    use crate::instant::{DurationError, SimDuration};

    pub fn serialize<S: Serializer>(d: &SimDuration, to: S) -> Result<S::Ok, S::Error> {
        to.collect_str(d)
    }

    pub fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<SimDuration, D::Error> {
        from.deserialize_any(Text)
    }

    struct Text;

    impl Visitor<'_> for Text {
        type Value = SimDuration;

        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("a duration with its unit, such as \"60ns\"")
        }

        fn visit_str<E: Error>(self, text: &str) -> Result<SimDuration, E> {
            text.parse().map_err(E::custom)
        }

        fn visit_u64<E: Error>(self, number: u64) -> Result<SimDuration, E> {
            Err(E::custom(DurationError::NoUnit(number.to_string())))
        }

        fn visit_f64<E: Error>(self, number: f64) -> Result<SimDuration, E> {
            Err(E::custom(DurationError::NoUnit(number.to_string())))
        }
    }
}
