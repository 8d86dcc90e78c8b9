//! The simulated computer as a person orders it: cores, scheduler, devices, costs, seed, limits.
//!
//! Owns the builder. What runs on it, and how, is the models' affair.

use super::costs::Costs;
use super::policy::{Fair, FifoPriority, RoundRobin, ThreadPolicy};
use crate::instant::{SimDuration, SimTime};
use crate::trace::snapshot::SnapshotView;
use crate::trace::store::Sink;
use crate::trace::tables::{Decision, RunInfo};

/// The most cores a machine can have.
pub const MAX_CORES: u32 = 64;

/// Which policy chooses the next thread.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Scheduler {
    /// By priority; among equals in turn, a quantum each.
    RoundRobin(SimDuration),
    /// By priority, until the thread blocks.
    FifoPriority,
    /// Fair shares by nice weight, after Linux's EEVDF, with this slice; priorities above 0 come before all of them.
    Fair(SimDuration),
}

impl Default for Scheduler {
    /// Round robin with the 4 ms that equal threads get on Linux at 250 Hz.
    fn default() -> Scheduler {
        Scheduler::RoundRobin(SimDuration::from_millis(4))
    }
}

impl Scheduler {
    pub(crate) fn policy(self) -> Box<dyn ThreadPolicy> {
        match self {
            Scheduler::RoundRobin(quantum) => Box::new(RoundRobin::new(quantum)),
            Scheduler::FifoPriority => Box::<FifoPriority>::default(),
            Scheduler::Fair(slice) => Box::new(Fair::new(slice)),
        }
    }
}

/// How long a device takes for one request.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Latency {
    /// Always this long.
    Fixed(SimDuration),
    /// Anything from the first to the second, both included, equally likely.
    Uniform(SimDuration, SimDuration),
    /// Around the first, at most the second away, the nearer the likelier (the mean of two equal draws).
    Around(SimDuration, SimDuration),
}

impl Latency {
    /// How many values a draw chooses from; none for a fixed latency.
    pub(crate) fn range(self) -> Option<u64> {
        match self {
            Latency::Fixed(_) => None,
            Latency::Uniform(least, most) => Some(most.saturating_sub(least).as_nanos().saturating_add(1)),
            // Two draws in one number: each of 2·spread + 1 values, but at most 2^31, so that the product fits.
            Latency::Around(_, spread) => Some(Self::side(spread) * Self::side(spread)),
        }
    }

    /// The latency that a draw below [`Latency::range`] stands for.
    pub(crate) fn of_draw(self, draw: u64) -> SimDuration {
        match self {
            Latency::Fixed(d) => d,
            Latency::Uniform(least, _) => least + SimDuration::from_nanos(draw),
            Latency::Around(mean, spread) => {
                let side = Self::side(spread);
                // Where the spread has more values than a draw, a draw stands for several of them.
                let sum = u128::from(draw / side + draw % side) * u128::from(Self::values(spread));
                let offset = u64::try_from(sum / u128::from(side) / 2).expect("it is less than the values there are");
                (mean + SimDuration::from_nanos(offset)).saturating_sub(spread)
            }
        }
    }

    /// How many values lie within the spread of the mean.
    fn values(spread: SimDuration) -> u64 {
        spread.as_nanos().saturating_mul(2).saturating_add(1)
    }

    fn side(spread: SimDuration) -> u64 {
        Self::values(spread).min(1 << 31)
    }
}

impl From<SimDuration> for Latency {
    fn from(d: SimDuration) -> Latency {
        Latency::Fixed(d)
    }
}

impl From<std::time::Duration> for Latency {
    fn from(d: std::time::Duration) -> Latency {
        Latency::Fixed(d.into())
    }
}

/// A device that answers I/O requests.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Device {
    /// Its name, for people.
    pub name: String,
    /// How long a request takes, unless the request says otherwise.
    pub latency: Latency,
    /// How many requests it works on at a time; the others queue. None: all of them.
    pub in_flight: Option<u32>,
}

impl Device {
    /// A device that answers each request after `latency`, any number at a time.
    pub fn new(name: impl Into<String>, latency: impl Into<Latency>) -> Device {
        Device { name: name.into(), latency: latency.into(), in_flight: None }
    }

    /// The same device working on at most `n` requests at a time.
    pub fn at_most(mut self, n: u32) -> Device {
        self.in_flight = Some(n.max(1));
        self
    }
}

/// What ends a run that does not end by itself.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Limits {
    /// Polls, dispatches, completions and timers together.
    pub steps: u64,
    /// The last moment of virtual time.
    pub time: SimTime,
}

impl Default for Limits {
    /// Ten million steps, about a gigabyte of trace; as much virtual time as a trace can hold. A longer run says so.
    fn default() -> Limits {
        Limits { steps: 10_000_000, time: SimTime::MAX }
    }
}

/// Is shown, after every step, how many events are recorded and what the machine knows of itself.
pub type Watcher = Box<dyn FnMut(usize, &SnapshotView)>;

/// A simulated computer, ready to run a root under one model.
///
/// ```
/// use sim_core::{Costs, Executor, Machine, SimDuration, work};
///
/// let outcome = Machine::new().costs(Costs::zero()).run_async(Executor::fifo(1), || async {
///     work(SimDuration::from_millis(3));
///     42
/// });
/// assert_eq!(outcome.output, Some(42));
/// assert_eq!(outcome.trace.end().as_nanos(), 3_000_001); // the work, and one poll
/// ```
pub struct Machine {
    pub(crate) cores: u32,
    pub(crate) scheduler: Scheduler,
    pub(crate) inherits: bool,
    pub(crate) devices: Vec<Device>,
    pub(crate) costs: Costs,
    pub(crate) seed: u64,
    pub(crate) limits: Limits,
    pub(crate) recording: bool,
    pub(crate) replay: Vec<(Decision, String)>,
    pub(crate) info: RunInfo,
    pub(crate) sink: Option<Sink>,
    pub(crate) watcher: Option<Watcher>,
    pub(crate) stack_bytes: usize,
}

impl Default for Machine {
    fn default() -> Machine {
        Machine::new()
    }
}

impl Machine {
    /// One core, round robin, one I/O device, cited costs, seed 0.
    pub fn new() -> Machine {
        Machine {
            cores: 1,
            scheduler: Scheduler::default(),
            inherits: false,
            devices: vec![Device::new("I/O", SimDuration::from_millis(1))],
            costs: Costs::cited(),
            seed: 0,
            limits: Limits::default(),
            recording: true,
            replay: Vec::new(),
            info: RunInfo::default(),
            sink: None,
            watcher: None,
            stack_bytes: 512 * 1024,
        }
    }

    /// This many cores. Panics outside 1 to [`MAX_CORES`].
    pub fn cores(mut self, cores: u32) -> Machine {
        assert!((1..=MAX_CORES).contains(&cores), "a machine has 1 to {MAX_CORES} cores, not {cores}");
        self.cores = cores;
        self
    }

    /// How the operating system chooses the next thread.
    pub fn scheduler(mut self, scheduler: Scheduler) -> Machine {
        self.scheduler = scheduler;
        self
    }

    /// Whoever holds a lock that threads wait for runs with the highest priority among them: priority inheritance. A
    /// released lock is handed to the waiter of the highest priority then; without, whoever comes first takes it.
    ///
    /// ```
    /// use std::sync::Arc;
    ///
    /// use sim_core::sync::BlockingMutex;
    /// use sim_core::{Costs, Machine, Scheduler, SimDuration, thread, work};
    ///
    /// let ms = SimDuration::from_millis;
    /// let machine = || Machine::new().scheduler(Scheduler::FifoPriority).costs(Costs::zero());
    /// let root = move || {
    ///     let lock = Arc::new(BlockingMutex::new(()));
    ///     let other = Arc::clone(&lock);
    ///     let low = thread::ThreadBuilder::new("low").priority(1).spawn(move || {
    ///         let _held = other.lock();
    ///         work(ms(5));
    ///     });
    ///     let middle = thread::ThreadBuilder::new("middle").priority(2).spawn(move || {
    ///         thread::sleep(ms(2));
    ///         work(ms(20));
    ///     });
    ///     let high = thread::ThreadBuilder::new("high").priority(3).spawn(move || {
    ///         thread::sleep(ms(1));
    ///         let _held = lock.lock();
    ///         sim_core::now().as_millis()
    ///     });
    ///     let had_it_at = high.join().unwrap();
    ///     [low, middle].map(|thread| thread.join().unwrap());
    ///     had_it_at
    /// };
    /// assert_eq!(machine().run_threads(root).output, Some(25)); // "middle" keeps "low" off the core, and so "high" too
    /// assert_eq!(machine().inheriting_priorities().run_threads(root).output, Some(5));
    /// ```
    pub fn inheriting_priorities(mut self) -> Machine {
        self.inherits = true;
        self
    }

    /// These devices, in place of the one that stands for all I/O. The first serves requests that name none.
    pub fn devices(mut self, devices: Vec<Device>) -> Machine {
        assert!(!devices.is_empty(), "a machine has at least one device");
        self.devices = devices;
        self
    }

    /// What each step costs.
    pub fn costs(mut self, costs: Costs) -> Machine {
        self.costs = costs;
        self
    }

    /// The seed of every decision.
    pub fn seed(mut self, seed: u64) -> Machine {
        self.seed = seed;
        self
    }

    /// What ends a run that does not end by itself.
    pub fn limits(mut self, limits: Limits) -> Machine {
        self.limits = limits;
        self
    }

    /// Only the result counts: record no events. Sweeps and benches use it.
    pub fn without_recording(mut self) -> Machine {
        self.recording = false;
        self
    }

    /// Take these decisions again, in place of what the seed would draw: a whole list replays a run, an edited one
    /// asks "what if". [`Trace::decisions`](crate::Trace::decisions) gives them.
    ///
    /// ```
    /// use sim_core::{Device, Executor, Latency, Machine, SimDuration, io::Request};
    ///
    /// let ms = SimDuration::from_millis;
    /// let machine = || Machine::new().devices(vec![Device::new("network", Latency::Uniform(ms(1), ms(100)))]);
    /// let root = || async { Request::new().submit().await };
    ///
    /// let first = machine().seed(1).run_async(Executor::fifo(1), root).trace;
    /// let again = machine().replay(first.decisions()).run_async(Executor::fifo(1), root).trace;
    /// assert_eq!(again.digest(), first.digest());
    ///
    /// let mut what_if = first.decisions();
    /// what_if[0].0.taken = 0; // the quickest answer there is
    /// let other = machine().replay(what_if).run_async(Executor::fifo(1), root).trace;
    /// assert_eq!(other.end().as_millis(), 1);
    /// ```
    pub fn replay(mut self, decisions: Vec<(Decision, String)>) -> Machine {
        self.replay = decisions;
        self
    }

    /// Facts to stand in the trace's head: titles and ids. The machine fills in what it knows itself.
    pub fn info(mut self, info: RunInfo) -> Machine {
        self.info = info;
        self
    }

    /// Hands each megabyte of trace to `sink` as soon as it is recorded; a false answer ends the run.
    pub fn stream(mut self, sink: Sink) -> Machine {
        self.sink = Some(sink);
        self
    }

    /// Shows the machine's own view after every step, for comparing with what the trace says it must be. Slow: the
    /// driver is asked at every moment.
    pub fn watch(mut self, watcher: Watcher) -> Machine {
        self.watcher = Some(watcher);
        self
    }

    /// Bytes of real stack for each worker and each closure that runs as a thread (512 KiB unless said otherwise).
    pub fn stack_bytes(mut self, bytes: usize) -> Machine {
        self.stack_bytes = bytes;
        self
    }
}
