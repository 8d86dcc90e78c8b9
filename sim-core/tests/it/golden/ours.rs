//! Our models, behind the same trait.

use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use futures::StreamExt as _;
use futures::stream::BoxStream;
use sim_core::sync::Notify;
use sim_core::{EndReason, Executor, JoinHandle, Limits, Machine, Outcome, SimDuration, SimTime, time};

use super::join_set::Set;
use super::real_tokio::RootIs;
use super::rt::*;
use crate::support::{legal, marks, textbook};

struct Ours;

struct Task(JoinHandle<()>);

impl Future for Task {
    type Output = ();

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
        Pin::new(&mut self.0).poll(cx).map(|ended| ended.expect("no task of a workload panics"))
    }
}

impl Join for Task {
    fn detach(self: Pin<Box<Self>>) {
        Pin::into_inner(self).0.detach();
    }
}

impl Runtime for Ours {
    fn spawn(&self, task: Boxed) -> Pin<Box<dyn Join>> {
        Box::pin(Task(sim_core::spawn(task)))
    }

    fn yield_native(&self) -> Boxed {
        Box::pin(sim_core::yield_now())
    }

    fn elsewhere(&self, code: Box<dyn FnOnce() + Send>) {
        sim_core::thread::spawn(code).join().expect("code elsewhere does not panic");
    }

    /// A millisecond is long after the last park that could come of itself.
    fn once_parked(&self, _: u64, code: Box<dyn FnOnce() + Send>) {
        drop(sim_core::thread::spawn(move || {
            sim_core::thread::sleep(SimDuration::from_millis(1));
            code();
        }));
    }

    fn compute(&self, micros: u64) {
        sim_core::work(SimDuration::from_micros(micros));
    }

    fn block_in_place(&self, code: Box<dyn FnOnce() + Send>) {
        sim_core::block_in_place(code);
    }

    fn spawn_blocking(&self, code: Box<dyn FnOnce() + Send>) {
        drop(sim_core::spawn_blocking(code));
    }

    fn gate(&self) -> Arc<dyn Gate> {
        Arc::new(Notify::new())
    }

    fn clock(&self) -> Option<&dyn Clock> {
        Some(self)
    }

    fn join_set(&self) -> Option<Box<dyn JoinSet>> {
        Some(Box::new(Set::default()))
    }

    fn marked(&self, text: &str) {
        sim_core::mark(text);
    }
}

impl Gate for Notify {
    fn open(&self) {
        self.notify_one();
    }

    fn wait(&self) {
        self.wait_blocking();
    }
}

/// A paused clock stands still between two timers, and ours moves by a nanosecond a poll: what is rounded down to the
/// millisecond is the same on both.
fn now() -> u64 {
    sim_core::now().as_millis()
}

fn at(ms: u64) -> SimTime {
    SimTime::from_nanos(ms * 1_000_000)
}

impl Clock for Ours {
    fn now(&self) -> u64 {
        now()
    }

    fn sleep_until(&self, ms: u64) -> Boxed {
        Box::pin(time::sleep_until(at(ms)))
    }

    fn sleep(&self, ms: u64) -> Boxed {
        Box::pin(time::sleep_until(at(now() + ms)))
    }

    fn timeout(&self, ms: u64, future: Boxed) -> Boxed<bool> {
        let limit = self.sleep(ms);
        // As tokio's: the future is polled first, and sets its timers first.
        Box::pin(async move {
            tokio::select! {
                biased;
                () = future => true,
                () = limit => false,
            }
        })
    }

    fn interval(&self, ms: u64) -> BoxStream<'static, ()> {
        let beats = futures::stream::unfold(now(), move |next| async move {
            time::sleep_until(at(next)).await;
            Some(((), next + ms))
        });
        beats.boxed()
    }
}

/// The markers of a run of ours, whose trace is legal and says the same. A run that does not come to its end says so
/// after its last marker.
pub fn run(executor: Executor, root: &Root, root_is: RootIs) -> String {
    let (markers, outcome) = run_on(textbook(1), executor, root, root_is);
    let outcome = legal(outcome);
    assert_eq!(marks(&outcome.trace), markers, "the trace tells other markers than the code");
    told(markers, outcome.end)
}

/// The same without a trace, which takes longer to check than the run takes.
pub fn run_untraced(executor: Executor, root: &Root, root_is: RootIs) -> String {
    let (markers, outcome) = run_on(textbook(1).without_recording(), executor, root, root_is);
    told(markers, outcome.end)
}

fn run_on(machine: Machine, executor: Executor, root: &Root, root_is: RootIs) -> (String, Outcome<()>) {
    let log = Log::default();
    let (given, kept) = (log.clone(), root.clone());
    // A wrong model may never come to an end.
    let limits = Limits { steps: 50_000, ..Limits::default() };
    let outcome = machine.limits(limits).run_async(executor, move || {
        let (root, rt) = (kept.clone(), Rt::new(Ours, &given));
        async move {
            match root_is {
                RootIs::Main => root(rt).await,
                RootIs::Task => rt.spawn(|rt| root(rt)).await,
            }
        }
    });
    (log.text(), outcome)
}

fn told(markers: String, end: EndReason) -> String {
    match end {
        EndReason::Finished => markers,
        end => format!("{markers} [{end:?}]"),
    }
}
