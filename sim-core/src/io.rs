//! I/O: a request to a device, awaited by a task or blocking a thread. How long it takes is the device's affair.

use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll};

use crate::executor::budget;
use crate::instant::SimDuration;
use crate::machine::blocking;
use crate::machine::devices::Progress;
use crate::machine::home::Home;
use crate::machine::place::OpPlace;
use crate::machine::sim;
use crate::machine::spec::Latency;
use crate::machine::threads::Ask;
use crate::machine::waiting::Wake;
use crate::trace::event::BlockReason;
use crate::trace::ids::{DeviceId, RequestId};

/// An I/O request: to which device, and how long it takes if that is not the device's own latency.
///
/// ```
/// use sim_core::io::Request;
/// use sim_core::{Costs, Device, Executor, Machine, SimDuration, mark};
///
/// let ms = SimDuration::from_millis;
/// let devices = vec![Device::new("disk", ms(8)).at_most(1), Device::new("network", ms(30))];
/// let machine = Machine::new().costs(Costs::zero()).devices(devices);
/// let outcome = machine.run_async(Executor::fifo(1), move || async move {
///     let read = || Request::new().to("disk").submit();
///     futures::join!(read(), read()); // the disk does one at a time
///     mark("read");
///     Request::new().to("network").taking(ms(5)).submit().await;
///     mark("sent");
/// });
/// assert!(outcome.trace.markers().map(|m| m.time.as_millis()).eq([16, 21]));
/// ```
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Request {
    device: Option<String>,
    latency: Option<Latency>,
    /// Where in a Program it is asked for.
    place: Option<OpPlace>,
}

impl Request {
    /// A request to the machine's first device.
    pub fn new() -> Request {
        Request::default()
    }

    /// The request to the device of this name. Submitting it panics if the machine has none such.
    pub fn to(mut self, device: impl Into<String>) -> Request {
        self.device = Some(device.into());
        self
    }

    /// The request taking this long.
    pub fn taking(mut self, latency: impl Into<Latency>) -> Request {
        self.latency = Some(latency.into());
        self
    }

    /// The request of this place in a Program: by it the world decides.
    pub(crate) fn placed(mut self, place: OpPlace) -> Request {
        self.place = Some(place);
        self
    }

    /// Submits the request at the first poll; Ready when the answer was delivered. Dropping it gives the answer up.
    pub fn submit(self) -> Io {
        Io { request: self, id: None, done: false }
    }

    /// Submits the request and blocks the thread until the answer is there. Inside a poll that thread is the worker's.
    pub fn submit_blocking(self) {
        blocking::on_stack(self.submit_step());
    }

    /// As [`Request::submit_blocking`], for a thread that holds no stack.
    pub(crate) async fn submit_step(self) {
        if !blocking::may_wait() {
            return;
        }
        let request = sim::with(|sim| {
            let (by, thread) = (sim.actor.get(), sim.thread());
            let device = self.device();
            let mut kernel = sim.kernel.borrow_mut();
            sim.owe(kernel.costs.syscall);
            let request = kernel.submit(device, self.latency, by, self.place.as_ref(), Some(Wake::Thread(thread)));
            kernel.block(thread, BlockReason::Io, request.0);
            request
        });
        blocking::give_up(Ask::Block).await;
        sim::with(|sim| sim.kernel.borrow_mut().poll_request(request, None));
    }

    /// Submits the request and goes on: `wake` is told when the answer is there.
    pub(crate) fn submit_and_tell(self, wake: Wake) -> RequestId {
        let device = self.device();
        sim::with(|sim| {
            let by = sim.actor.get();
            let mut kernel = sim.kernel.borrow_mut();
            sim.owe(kernel.costs.syscall);
            kernel.submit(device, self.latency, by, self.place.as_ref(), Some(wake))
        })
    }

    fn device(&self) -> DeviceId {
        let found = sim::with(|sim| sim.kernel.borrow().device_by_name(self.device.as_deref()));
        found.unwrap_or_else(|| {
            panic!("the machine has no device called `{}`", self.device.as_deref().unwrap_or_default())
        })
    }
}

/// A request to the machine's first device that takes `latency`, awaited. Takes virtual and `std` durations alike.
pub fn io(latency: impl Into<SimDuration>) -> Io {
    Request::new().taking(latency.into()).submit()
}

/// A request to the machine's first device that takes `latency`, blocking the thread. Inside a poll that thread is the
/// worker's.
pub fn io_blocking(latency: impl Into<SimDuration>) {
    Request::new().taking(latency.into()).submit_blocking();
}

/// Ready when the answer to its request was delivered.
#[derive(Debug)]
pub struct Io {
    request: Request,
    id: Option<Home<RequestId>>,
    done: bool,
}

impl Future for Io {
    type Output = ();

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
        budget::spend(cx, |cx| self.look(cx))
    }
}

impl Io {
    fn look(&mut self, cx: &mut Context<'_>) -> Poll<()> {
        if self.done {
            return Poll::Ready(());
        }
        let Some(id) = self.id else {
            let device = self.request.device();
            let wake = Wake::Task(cx.waker().clone());
            self.id = Some(sim::with(|sim| {
                let by = sim.actor.get();
                let mut kernel = sim.kernel.borrow_mut();
                sim.owe(kernel.costs.syscall);
                Home::of(kernel.submit(device, self.request.latency, by, self.request.place.as_ref(), Some(wake)))
            }));
            return Poll::Pending;
        };
        let id = id.get();
        let progress = sim::with(|sim| sim.kernel.borrow_mut().poll_request(id, Some(cx.waker())));
        match progress {
            Progress::NotYet => Poll::Pending,
            Progress::Moved => {
                let wake = Wake::Task(cx.waker().clone());
                let old = sim::with(|sim| sim.kernel.borrow_mut().move_request(id, wake));
                drop(old);
                Poll::Pending
            }
            Progress::Done => {
                self.done = true;
                Poll::Ready(())
            }
        }
    }
}

impl Drop for Io {
    fn drop(&mut self) {
        let (Some(id), false) = (self.id.and_then(Home::here), self.done) else { return };
        sim::with(|sim| {
            let old = sim.kernel.borrow_mut().cancel_request(id, sim.actor.get());
            drop(old);
        });
    }
}
