//! A channel, bounded or not, many senders and many receivers, for tasks and threads.

use std::collections::VecDeque;
use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use super::permits;
use crate::executor::budget;
use crate::machine::blocking::{Grant, How, may_wait, on_stack};
use crate::machine::home::Home;
use crate::machine::resource::WaitFor;
use crate::machine::sim;
use crate::trace::ids::ResourceId;
use crate::trace::tables::ResourceKind;

/// The other side is gone; the message comes back.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct SendError<T>(pub T);

/// The channel is empty, and every sender is gone.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct RecvError;

impl<T> fmt::Display for SendError<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("every receiver of the channel is gone")
    }
}

impl<T: fmt::Debug> std::error::Error for SendError<T> {}

impl fmt::Display for RecvError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the channel is empty and every sender is gone")
    }
}

impl std::error::Error for RecvError {}

struct Shared<T> {
    resource: Home<ResourceId>,
    bounded: bool,
    state: Mutex<State<T>>,
}

struct State<T> {
    messages: VecDeque<T>,
    senders: usize,
    receivers: usize,
}

impl<T> Shared<T> {
    fn lock(&self) -> MutexGuard<'_, State<T>> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn close(&self) {
        let Some(resource) = self.resource.here() else { return };
        sim::with(|sim| {
            let told = sim.kernel.borrow_mut().close(resource, sim.actor.get());
            sim.tell(told);
        });
    }

    async fn send(&self, value: T, how: How) -> Result<(), SendError<T>> {
        if self.lock().receivers == 0 {
            return Err(SendError(value));
        }
        let room = sim::with(|sim| {
            let mut kernel = sim.kernel.borrow_mut();
            sim.owe(kernel.costs.sync_op);
            kernel.try_take_room(self.resource.get())
        });
        let mut waited = None;
        if !room {
            waited = Grant::new(self.resource, WaitFor::Room, how).await;
            if self.lock().receivers == 0 || gave_up(how) {
                return Err(SendError(value));
            }
        }
        self.lock().messages.push_back(value);
        sim::with(|sim| {
            let told = sim.kernel.borrow_mut().fill_room(self.resource.get(), sim.actor.get(), waited);
            sim.tell(told);
        });
        Ok(())
    }

    async fn recv(&self, how: How) -> Result<T, RecvError> {
        let mut shown = None;
        loop {
            let told = sim::with(|sim| {
                let mut kernel = sim.kernel.borrow_mut();
                sim.owe(kernel.costs.sync_op);
                kernel.take_message(self.resource.get(), sim.actor.get(), shown)
            });
            if let Some(told) = told {
                let value = self.lock().messages.pop_front().expect("the kernel counts the messages");
                sim::with(|sim| sim.tell(told));
                return Ok(value);
            }
            if let Some(waited) = shown {
                // It was told of a message, and another was faster.
                sim::with(|sim| sim.kernel.borrow_mut().wait_cancelled(self.resource.get(), waited));
            }
            if self.lock().senders == 0 || gave_up(how) {
                return Err(RecvError);
            }
            shown = Grant::new(self.resource, WaitFor::Message, how).await;
        }
    }
}

/// Whether the thread did not wait, because it unwinds from a panic.
fn gave_up(how: How) -> bool {
    how == How::Thread && !may_wait()
}

/// Sends into a channel. The channel closes when the last sender is dropped.
pub struct Sender<T>(Arc<Shared<T>>);

/// Receives from a channel. Sending fails when the last receiver is dropped.
pub struct Receiver<T>(Arc<Shared<T>>);

/// A channel that holds at most `capacity` messages: a sender waits, in line, for room. Panics for 0, and outside a run.
///
/// ```
/// use sim_core::{Costs, Executor, Machine, SimDuration, io, spawn, sync};
///
/// let outcome = Machine::new().costs(Costs::zero()).run_async(Executor::fifo(1), || async {
///     let (sender, receiver) = sync::channel(2);
///     spawn(async move {
///         for n in 1..=5 {
///             sender.send(n).await.unwrap(); // from the fourth on at the receiver's pace
///         }
///     });
///     let mut sum = 0;
///     while let Ok(n) = receiver.recv().await {
///         io(SimDuration::from_millis(10)).await;
///         sum += n;
///     }
///     sum
/// });
/// assert_eq!((outcome.output, outcome.trace.end().as_millis()), (Some(15), 50));
/// ```
pub fn channel<T>(capacity: u32) -> (Sender<T>, Receiver<T>) {
    assert!(capacity > 0, "a channel holds at least one message");
    named("channel", Some(capacity))
}

/// A channel without a bound: sending never waits.
pub fn unbounded<T>() -> (Sender<T>, Receiver<T>) {
    named("channel", None)
}

pub(crate) fn named<T>(name: &str, capacity: Option<u32>) -> (Sender<T>, Receiver<T>) {
    let resource = permits::create(ResourceKind::Channel, name, capacity);
    let state = State { messages: VecDeque::new(), senders: 1, receivers: 1 };
    let shared = Arc::new(Shared { resource, bounded: capacity.is_some(), state: Mutex::new(state) });
    (Sender(Arc::clone(&shared)), Receiver(shared))
}

impl<T> Sender<T> {
    /// Waits for room and sends.
    pub async fn send(&self, value: T) -> Result<(), SendError<T>> {
        self.send_as(value, How::Task).await
    }

    /// Waits as a task or a thread does, and sends.
    pub(crate) async fn send_as(&self, value: T, how: How) -> Result<(), SendError<T>> {
        // Without a bound nothing is waited for, and no budget is used (tokio 1.54.1, `sync/mpsc/unbounded.rs`).
        if self.0.bounded { budget::within(how, self.0.send(value, how)).await } else { self.0.send(value, how).await }
    }

    /// The channel's id in the trace.
    pub(crate) fn resource(&self) -> Home<ResourceId> {
        self.0.resource
    }

    /// Blocks the thread until there is room, and sends.
    pub fn send_blocking(&self, value: T) -> Result<(), SendError<T>> {
        on_stack(self.0.send(value, How::Thread))
    }
}

impl<T> Receiver<T> {
    /// Waits for a message.
    pub async fn recv(&self) -> Result<T, RecvError> {
        budget::within(How::Task, self.0.recv(How::Task)).await
    }

    /// Waits as a task or a thread does for a message.
    pub(crate) async fn recv_as(&self, how: How) -> Result<T, RecvError> {
        budget::within(how, self.0.recv(how)).await
    }

    /// The channel's id in the trace.
    pub(crate) fn resource(&self) -> Home<ResourceId> {
        self.0.resource
    }

    /// Blocks the thread until there is a message.
    pub fn recv_blocking(&self) -> Result<T, RecvError> {
        on_stack(self.0.recv(How::Thread))
    }
}

impl<T> Clone for Sender<T> {
    fn clone(&self) -> Sender<T> {
        self.0.lock().senders += 1;
        Sender(Arc::clone(&self.0))
    }
}

impl<T> Clone for Receiver<T> {
    fn clone(&self) -> Receiver<T> {
        self.0.lock().receivers += 1;
        Receiver(Arc::clone(&self.0))
    }
}

impl<T> Drop for Sender<T> {
    fn drop(&mut self) {
        let left = {
            let mut state = self.0.lock();
            state.senders -= 1;
            state.senders
        };
        if left == 0 {
            self.0.close();
        }
    }
}

impl<T> Drop for Receiver<T> {
    fn drop(&mut self) {
        // Nobody will take what is left: a sender inside it, say of an answer, must not stay open.
        let unread = {
            let mut state = self.0.lock();
            state.receivers -= 1;
            (state.receivers == 0).then(|| std::mem::take(&mut state.messages))
        };
        if let Some(unread) = unread {
            self.0.close();
            drop(unread);
        }
    }
}

impl<T> fmt::Debug for Sender<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Sender").field(&self.0.resource).finish()
    }
}

impl<T> fmt::Debug for Receiver<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Receiver").field(&self.0.resource).finish()
    }
}
