//! The list of what is measured, in the order in which it is, each beside the same as cited.

use std::time::Duration;

use super::meter::{Meter, Sample};
use super::{memory, tasks, threads};

/// What is measured.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Figure {
    /// A yield of one task among a hundred, on tokio's current_thread.
    Yield,
    /// Waking a task that is awake.
    WakeOfWoken,
    /// Waking a task that waits.
    Wake,
    /// Cloning a waker and dropping the clone.
    Waker,
    /// Spawning a task and awaiting it.
    SpawnJoin,
    /// A yield on tokio's multi_thread with one worker.
    YieldOfWorker,
    /// Spawning a task and awaiting it there.
    SpawnJoinOfWorker,
    /// A message from task to task.
    ChannelHop,
    /// A `Sleep`, registered and dropped.
    Sleep,
    /// A mutex that nobody else wants.
    Mutex,
    /// A system call.
    Syscall,
    /// From one thread to another.
    Switch,
    /// Creating a thread and joining it.
    ThreadSpawnJoin,
}

impl Figure {
    /// All, in order.
    pub const ALL: [Figure; 13] = [
        Figure::Yield,
        Figure::WakeOfWoken,
        Figure::Wake,
        Figure::Waker,
        Figure::SpawnJoin,
        Figure::YieldOfWorker,
        Figure::SpawnJoinOfWorker,
        Figure::ChannelHop,
        Figure::Sleep,
        Figure::Mutex,
        Figure::Syscall,
        Figure::Switch,
        Figure::ThreadSpawnJoin,
    ];

    /// What people call it.
    pub const fn title(self) -> &'static str {
        match self {
            Figure::Yield => "tokio: yield among 100 tasks",
            Figure::WakeOfWoken => "tokio: wake of a woken task",
            Figure::Wake => "tokio: wake of a waiting task",
            Figure::Waker => "tokio: waker clone + drop",
            Figure::SpawnJoin => "tokio: spawn + join",
            Figure::YieldOfWorker => "tokio multi_thread(1): yield",
            Figure::SpawnJoinOfWorker => "tokio multi_thread(1): spawn + join",
            Figure::ChannelHop => "tokio: hop through a channel",
            Figure::Sleep => "tokio: Sleep register + drop",
            Figure::Mutex => "std Mutex, uncontended",
            Figure::Syscall => "system call",
            Figure::Switch if threads::ON_ONE_CORE => "thread to thread, one core",
            Figure::Switch => "thread to thread, any core",
            Figure::ThreadSpawnJoin => "std thread spawn + join",
        }
    }

    /// What is cited of the same, in nanoseconds (`docs/costs.md`); none where nothing is.
    pub const fn cited(self) -> Option<u64> {
        match self {
            Figure::Yield => Some(66),
            Figure::WakeOfWoken => Some(7),
            Figure::Waker => Some(14),
            Figure::SpawnJoin => Some(370),
            Figure::ChannelHop => Some(170),
            Figure::Sleep => Some(560),
            Figure::Mutex => Some(15),
            Figure::Syscall => Some(150),
            Figure::Switch => Some(2_400),
            Figure::ThreadSpawnJoin => Some(32_000),
            Figure::Wake | Figure::YieldOfWorker | Figure::SpawnJoinOfWorker => None,
        }
    }

    fn measure(self, meter: &mut Meter<'_>) -> Option<Sample> {
        match self {
            Figure::Yield => tasks::yields(meter),
            Figure::WakeOfWoken => tasks::wakes_of_woken(meter),
            Figure::Wake => tasks::wakes(meter),
            Figure::Waker => tasks::wakers(meter),
            Figure::SpawnJoin => tasks::spawns(meter),
            Figure::YieldOfWorker => tasks::yields_of_worker(meter),
            Figure::SpawnJoinOfWorker => tasks::spawns_of_worker(meter),
            Figure::ChannelHop => tasks::channel_hops(meter),
            Figure::Sleep => tasks::sleeps(meter),
            Figure::Mutex => threads::locks(meter),
            Figure::Syscall => threads::system_calls(meter),
            Figure::Switch => threads::switches(meter),
            Figure::ThreadSpawnJoin => threads::spawns(meter),
        }
    }
}

/// How long is measured.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Effort {
    /// Half a minute: two seconds a figure.
    Thorough,
    /// A second or two in all: rough.
    Quick,
}

impl Effort {
    const fn budget(self) -> Duration {
        match self {
            Effort::Thorough => Duration::from_secs(2),
            Effort::Quick => Duration::from_millis(60),
        }
    }
}

/// What was measured.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Measured {
    /// Each figure that could be measured.
    pub times: Vec<(Figure, Sample)>,
    /// Bytes of a waiting task; none where the system does not tell.
    pub task_bytes: Option<u64>,
    /// Bytes of a waiting thread; likewise.
    pub thread_bytes: Option<u64>,
}

impl Measured {
    /// The median of a figure, in nanoseconds.
    pub fn median(&self, of: Figure) -> Option<f64> {
        self.times.iter().find(|(figure, _)| *figure == of).map(|(_, sample)| sample.median)
    }
}

/// Measures everything. `progress` is told what is being measured, and which share of the whole is done.
pub fn measure(effort: Effort, progress: &mut dyn FnMut(&str, f64)) -> Measured {
    // Memory first: nothing has been freed yet that new tasks could lie in.
    progress("memory of tasks and threads", 0.0);
    let (task_bytes, thread_bytes) = (memory::of_task(), memory::of_thread());
    let mut times = Vec::new();
    for (done, figure) in Figure::ALL.into_iter().enumerate() {
        let share = |of_this: f64| (done as f64 + of_this) / Figure::ALL.len() as f64;
        progress(figure.title(), share(0.0));
        let mut tick = |of_this: f64| progress(figure.title(), share(of_this));
        times.extend(figure.measure(&mut Meter::new(effort.budget(), &mut tick)).map(|sample| (figure, sample)));
    }
    progress("done", 1.0);
    Measured { times, task_bytes, thread_bytes }
}
