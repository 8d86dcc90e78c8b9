//! monoio 0.2.4 (`monoio/src/runtime.rs`): a thread a core, each with its own io_uring and timers.

use super::thread_per_core::Homes;
use super::{Came, Driver, Move, Next, QueueSpec, Ready, Reason, Rules, Sees, TaskPolicy, TimerStep};
use crate::executor::Executor;
use crate::instant::SimDuration;
use crate::trace::event::End;
use crate::trace::ids::{Actor, WorkerId};

/// A worker polls a round of tasks: at most twice as many as its queue held when the round began, and one more
/// (`Runtime::block_on`, 150–159: `max_round = self.context.tasks.len() * 2`, looked at after each). If some are left it
/// submits what they asked for and sees what devices have answered (173, `driver/uring/mod.rs`, `submit` and `tick`), but
/// neither timers nor wakes of other threads: `TimeDriver::submit` passes by its wheel (`time/driver/mod.rs`, 311). Those it
/// sees when its queue is empty and it parks (178): first the wakes of other threads, then answers, then timers
/// (`inner_park`, `park_internal`). Where such wakes have come it looks without waiting.
///
/// A task that wakes itself during its own poll goes to the queue's front and keeps the core (`scheduler.rs`, `yield_now`;
/// so until commit 9ad6702, after 0.2.4). Timers are of whole milliseconds, rounded up (`deadline_to_tick`).
///
/// With the feature `sync`, without which a wake from another thread is a panic (`task/harness.rs`, `wake_by_ref`). Left out:
/// a park for a timer begins at any moment of a millisecond and is for whole ones, so that it may end up to 1 ms late.
#[derive(Debug)]
pub struct Monoio {
    homes: Homes,
    cores: Vec<Round>,
}

/// How far a worker is.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
enum Round {
    /// It counts its queue.
    #[default]
    Begins,
    /// It may poll so many more, and one.
    Polls { left: usize },
    /// It has looked and found nothing, or the round is over.
    Ends,
    /// It is about to park, or has.
    Parks,
}

fn queue(worker: WorkerId) -> usize {
    2 * worker.index()
}

/// Where wakes of other threads lie until the worker parks (`UringInner::waker_receiver`).
fn inbox(worker: WorkerId) -> usize {
    2 * worker.index() + 1
}

impl Executor {
    /// monoio 0.2.4: a queue and a driver a worker, no stealing; a task that wakes itself goes on at once. Panics outside 1 to
    /// [`MAX_WORKERS`](crate::executor::MAX_WORKERS) workers.
    pub fn monoio(workers: u32) -> Executor {
        let cores = vec![Round::Begins; workers as usize];
        Executor::with_policy(workers, Box::new(Monoio { homes: Homes::default(), cores }))
    }
}

impl TaskPolicy for Monoio {
    fn name(&self) -> &'static str {
        "monoio"
    }

    fn describe(&self) -> String {
        "a queue and a driver a core, no stealing, self-wakes to the front".to_owned()
    }

    fn queues(&self, workers: u32) -> Vec<QueueSpec> {
        let own = |worker: WorkerId| {
            ["queue of", "wakes from elsewhere for"].map(|what| QueueSpec::kept(format!("{what} {worker}"), worker))
        };
        (0..workers).map(WorkerId).flat_map(own).collect()
    }

    fn rules(&self) -> Rules {
        Rules {
            driver: Driver::OfEachWorker,
            timer_step: TimerStep::RoundUp(SimDuration::from_millis(1)),
            ..Rules::default()
        }
    }

    fn place(&mut self, came: &Came, _: &Ready<'_>, _: &mut Vec<Move>) -> (usize, End) {
        let home = self.homes.of(came, self.cores.len() as u32);
        match came.why {
            Reason::WokenInPoll | Reason::Yielded => (queue(home), End::Front),
            // What is there from the start was spawned on its core.
            Reason::Spawned | Reason::Woken if came.on != Some(home) && came.by != Actor::Run => {
                (inbox(home), End::Back)
            }
            Reason::Spawned | Reason::Woken | Reason::Preempted => (queue(home), End::Back),
        }
    }

    fn unpark(&mut self, queue: usize, _: &Came, ready: &Ready<'_>) -> Option<WorkerId> {
        Some(WorkerId::from_index(queue / 2)).filter(|home| ready.is_parked(*home))
    }

    fn next(&mut self, worker: WorkerId, ready: &Ready<'_>, _: &mut dyn FnMut(u64) -> u64) -> Next {
        let (queue, inbox) = (queue(worker), inbox(worker));
        let held = ready.len(queue);
        let round = &mut self.cores[worker.index()];
        loop {
            match *round {
                Round::Begins => *round = Round::Polls { left: 2 * held },
                Round::Polls { left } if held > 0 => {
                    *round = left.checked_sub(1).map_or(Round::Ends, |left| Round::Polls { left });
                    return Next::Poll { queue, end: End::Front };
                }
                Round::Polls { .. } => *round = Round::Ends,
                Round::Ends if held > 0 => {
                    *round = Round::Begins;
                    return Next::See(Sees::Answers);
                }
                Round::Ends => {
                    *round = Round::Parks;
                    if ready.len(inbox) == 0 {
                        return Next::ParkInDriver;
                    }
                    return Next::Move(Move {
                        from: (inbox, End::Front),
                        to: (queue, End::Back),
                        count: ready.len(inbox),
                        stolen: false,
                    });
                }
                Round::Parks => {
                    *round = Round::Begins;
                    return Next::Turn;
                }
            }
        }
    }
}
