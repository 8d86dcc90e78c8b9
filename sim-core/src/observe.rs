//! A named part of a task: when it is created, first polled, completed or dropped stands in the trace.

use std::future::Future;
use std::panic::Location;
use std::pin::Pin;
use std::task::{Context, Poll};

use pin_project_lite::pin_project;

use crate::machine::home::Home;
use crate::machine::sim;
use crate::trace::event::Event;
use crate::trace::ids::FutureId;
use crate::trace::tables::FutureInfo;

pin_project! {
    /// A future whose life stands in the trace under a name.
    pub struct Observed<F> {
        #[pin]
        future: F,
        id: Home<FutureId>,
        polled: bool,
        done: bool,
    }

    impl<F> PinnedDrop for Observed<F> {
        fn drop(this: Pin<&mut Self>) {
            let (future, done) = (this.id.here(), this.done);
            if let (Some(future), false) = (future, done) {
                sim::with(|sim| {
                    let by = sim.actor.get();
                    sim.kernel.borrow_mut().record(Event::FutureDropped { future, by });
                });
            }
        }
    }
}

/// Shows this future in the trace: created here, first polled, completed or dropped. Panics outside a run.
///
/// ```
/// use sim_core::trace::event::Event;
/// use sim_core::{Executor, Machine, SimDuration, io, observe, time};
///
/// let ms = SimDuration::from_millis;
/// let outcome = Machine::new().run_async(Executor::fifo(1), move || async move {
///     let _ = time::timeout(ms(5), observe("slow answer", io(ms(50)))).await;
/// });
/// let dropped = outcome.trace.events_from(0).find(|(_, _, event)| matches!(event, Event::FutureDropped { .. }));
/// let (_, when, _) = dropped.expect("the timeout dropped it");
/// assert_eq!(when.as_millis(), 5);
/// ```
#[track_caller]
pub fn observe<F: Future>(name: impl AsRef<str>, future: F) -> Observed<F> {
    let at = Location::caller();
    let id = sim::with(|sim| {
        let owner = sim.actor.get();
        let mut kernel = sim.kernel.borrow_mut();
        let name = kernel.intern(name.as_ref());
        let place = Some(kernel.place(at));
        let futures = &mut kernel.recorder.tables_mut().futures;
        let id = FutureId::from_index(futures.len());
        futures.push(FutureInfo { name, owner, place });
        kernel.record(Event::FutureCreated { future: id, by: owner });
        id
    });
    Observed { future, id: Home::of(id), polled: false, done: false }
}

impl<F: Future> Future for Observed<F> {
    type Output = F::Output;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<F::Output> {
        let this = self.project();
        let id = this.id.get();
        if !std::mem::replace(this.polled, true) {
            record(|by| Event::FuturePolled { future: id, by });
        }
        let polled = this.future.poll(cx);
        if polled.is_ready() {
            *this.done = true;
            record(|by| Event::FutureCompleted { future: id, by });
        }
        polled
    }
}

fn record(event: impl FnOnce(crate::trace::ids::Actor) -> Event) {
    sim::with(|sim| {
        let event = event(sim.actor.get());
        sim.kernel.borrow_mut().record(event);
    });
}
