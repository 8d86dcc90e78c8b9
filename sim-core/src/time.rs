//! Waiting for time to pass, in tasks: sleep, timeout, interval. Threads have [`crate::thread::sleep`].

use std::fmt;
use std::future::Future;
use std::pin::{Pin, pin};
use std::task::{Context, Poll};

use crate::executor::budget;
use crate::instant::{SimDuration, SimTime};
use crate::machine::devices::Progress;
use crate::machine::home::Home;
use crate::machine::sim;
use crate::machine::waiting::Wake;
use crate::trace::ids::TimerId;

/// Ready when its deadline has come. The timer is set at the first poll; dropping it gives the timer up.
#[derive(Debug)]
pub struct Sleep {
    until: Until,
    timer: Option<Home<TimerId>>,
}

#[derive(Clone, Copy, Debug)]
enum Until {
    After(SimDuration),
    At(SimTime),
}

/// Waits for `d`, counted from the first poll. Takes virtual and `std` durations alike.
///
/// ```
/// use std::time::Duration;
///
/// use sim_core::{Costs, Executor, Machine, time};
///
/// let run = || async { time::sleep(Duration::from_secs(3_600)).await };
/// let outcome = Machine::new().costs(Costs::zero()).run_async(Executor::fifo(1), run);
/// assert_eq!(outcome.trace.end().as_millis(), 3_600_000); // an hour, simulated in no time
/// ```
pub fn sleep(d: impl Into<SimDuration>) -> Sleep {
    Sleep { until: Until::After(d.into()), timer: None }
}

/// Waits until `deadline`; one that has passed is Ready at once.
pub fn sleep_until(deadline: SimTime) -> Sleep {
    Sleep { until: Until::At(deadline), timer: None }
}

impl Future for Sleep {
    type Output = ();

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
        budget::spend(cx, |cx| self.look(cx))
    }
}

impl Sleep {
    fn look(&mut self, cx: &mut Context<'_>) -> Poll<()> {
        sim::with(|sim| match self.timer {
            None => {
                let wake = Wake::Task(cx.waker().clone());
                let by = sim.actor.get();
                let mut kernel = sim.kernel.borrow_mut();
                let deadline = match self.until {
                    Until::After(d) => kernel.now + d,
                    Until::At(deadline) if deadline <= kernel.now => {
                        drop(kernel);
                        drop(wake);
                        return Poll::Ready(());
                    }
                    Until::At(deadline) => deadline,
                };
                sim.owe(kernel.costs.timer);
                self.timer = Some(Home::of(kernel.set_timer(deadline, by, Some(wake))));
                Poll::Pending
            }
            Some(timer) => {
                let timer = timer.get();
                let progress = sim.kernel.borrow_mut().poll_timer(timer, Some(cx.waker()));
                match progress {
                    Progress::NotYet => Poll::Pending,
                    Progress::Moved => {
                        let wake = Wake::Task(cx.waker().clone());
                        let old = sim.kernel.borrow_mut().move_timer(timer, wake);
                        drop(old);
                        Poll::Pending
                    }
                    Progress::Done => {
                        self.timer = None;
                        self.until = Until::At(SimTime::ZERO);
                        Poll::Ready(())
                    }
                }
            }
        })
    }
}

impl Drop for Sleep {
    fn drop(&mut self) {
        let Some(timer) = self.timer.and_then(Home::here) else { return };
        sim::with(|sim| {
            let old = sim.kernel.borrow_mut().cancel_timer(timer, sim.actor.get());
            drop(old);
        });
    }
}

/// The time was up before the future was ready.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Elapsed;

impl fmt::Display for Elapsed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the time was up before the future was ready")
    }
}

impl std::error::Error for Elapsed {}

/// The future's value, or [`Elapsed`] after `d`, the future dropped. The future is polled first: one that never yields
/// finishes, however late (as tokio's `timeout`).
///
/// ```
/// use sim_core::{Executor, Machine, SimDuration, io, time, work};
///
/// let ms = SimDuration::from_millis;
/// Machine::new().run_async(Executor::fifo(1), move || async move {
///     assert!(time::timeout(ms(5), io(ms(10))).await.is_err());
///     assert!(time::timeout(ms(5), io(ms(1))).await.is_ok());
///     // Nobody can interrupt a poll: this one ends 95 ms late, and is not timed out.
///     assert!(time::timeout(ms(5), async { work(SimDuration::from_millis(100)) }).await.is_ok());
/// });
/// ```
pub async fn timeout<F: Future>(d: impl Into<SimDuration>, future: F) -> Result<F::Output, Elapsed> {
    let mut sleep = pin!(sleep(d));
    let mut future = Box::pin(future);
    std::future::poll_fn(move |cx| {
        if let Poll::Ready(value) = future.as_mut().poll(cx) {
            return Poll::Ready(Ok(value));
        }
        sleep.as_mut().poll(cx).map(|()| Err(Elapsed))
    })
    .await
}

/// A beat every `period`.
#[derive(Debug)]
pub struct Interval {
    period: SimDuration,
    next: Option<SimTime>,
}

/// Beats every `period`, the first time at once. A beat that comes late does not shift the ones after it: they follow
/// each other until they have caught up. Panics if `period` is zero.
///
/// ```
/// use sim_core::{Costs, Executor, Machine, SimDuration, mark, time, work};
///
/// let ms = SimDuration::from_millis;
/// let outcome = Machine::new().costs(Costs::zero()).run_async(Executor::fifo(1), move || async move {
///     let mut beat = time::interval(ms(10));
///     for length in [1, 25, 1, 1] {
///         beat.tick().await;
///         mark("beat");
///         work(ms(length));
///     }
/// });
/// assert!(outcome.trace.markers().map(|m| m.time.as_millis()).eq([0, 10, 35, 36]));
/// ```
pub fn interval(period: impl Into<SimDuration>) -> Interval {
    let period = period.into();
    assert!(!period.is_zero(), "an interval needs a period longer than zero");
    Interval { period, next: None }
}

impl Interval {
    /// Waits for the next beat; answers when it was due.
    pub async fn tick(&mut self) -> SimTime {
        let due = self.next.unwrap_or_else(crate::code::now);
        sleep_until(due).await;
        self.next = Some(due + self.period);
        due
    }
}
