//! `sync.WaitGroup`, with the first error of those it waits for, as `errgroup.Group`; or a channel of results, of which
//! only the first is taken.
//!
//! Whoever waits for all is made ready once, when the last has come: not at the end of each (Go 1.19.8,
//! `sync/waitgroup.go`, `Add`).

use std::cell::{Cell, RefCell};
use std::collections::BTreeSet;
use std::rc::Rc;
use std::task::{Poll, Waker};

use super::Context;
use crate::executor::JoinHandle;
use crate::machine::sim;
use crate::program::shared::Outcome;
use crate::trace::event::Event;
use crate::trace::ids::Actor;

/// Goroutines that were started together.
#[derive(Clone, Default)]
pub(in crate::program) struct Group(Rc<Inner>);

#[derive(Default)]
struct Inner {
    left: RefCell<BTreeSet<Actor>>,
    first: RefCell<Option<Outcome>>,
    failed: Cell<bool>,
    waiter: RefCell<Option<Waiter>>,
    /// Kept, so that whoever gives up the group is seen to leave them to themselves.
    handles: RefCell<Vec<JoinHandle<()>>>,
    contexts: RefCell<Vec<Context>>,
}

struct Waiter {
    by: Actor,
    waker: Waker,
    wants: Wants,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Wants {
    All,
    First,
}

impl Group {
    /// `wg.Add(1)`, for this goroutine.
    pub fn add(&self, handle: JoinHandle<()>, context: Option<Context>) {
        let task = handle.id().expect("a goroutine is a task");
        self.0.left.borrow_mut().insert(Actor::Task(task));
        self.0.handles.borrow_mut().push(handle);
        self.0.contexts.borrow_mut().extend(context);
    }

    /// `wg.Done()`, or `results <- err`, by the goroutine that ends.
    pub fn done(&self, outcome: &Outcome) {
        let me = sim::with(|sim| sim.actor.get());
        self.0.failed.set(self.0.failed.get() || outcome.is_err());
        self.0.first.borrow_mut().get_or_insert_with(|| outcome.clone());
        self.0.left.borrow_mut().remove(&me);
        let Some(waiter) = self.0.waiter.take() else { return };
        let left = self.0.left.borrow().clone();
        sim::with(|sim| {
            let mut kernel = sim.kernel.borrow_mut();
            kernel.record(Event::Joined { target: me, by: waiter.by });
            if waiter.wants == Wants::First {
                left.iter().for_each(|target| kernel.record(Event::JoinCancelled { target: *target, by: waiter.by }));
            }
        });
        if left.is_empty() || waiter.wants == Wants::First {
            waiter.waker.wake();
        } else {
            self.0.waiter.replace(Some(waiter));
        }
    }

    /// `wg.Wait()`. Answers whether any of them failed.
    pub async fn wait(&self) -> bool {
        self.wait_for(Wants::All).await;
        self.0.failed.get()
    }

    /// `<-results`: what the first to end came to.
    pub async fn first(&self) -> Outcome {
        self.wait_for(Wants::First).await;
        self.0.first.borrow().clone().expect("one of them has ended")
    }

    async fn wait_for(&self, wants: Wants) {
        std::future::poll_fn(|cx| {
            let is_over = match wants {
                Wants::All => self.0.left.borrow().is_empty(),
                Wants::First => self.0.first.borrow().is_some(),
            };
            if is_over {
                return Poll::Ready(());
            }
            if self.0.waiter.borrow().is_none() {
                let by = sim::with(|sim| sim.actor.get());
                self.0.waiter.replace(Some(Waiter { by, waker: cx.waker().clone(), wants }));
                for target in self.0.left.borrow().iter().copied() {
                    sim::with(|sim| sim.kernel.borrow_mut().record(Event::JoinWaiting { target, by }));
                }
            }
            Poll::Pending
        })
        .await;
    }

    /// `cancel()` of the context that all of them were given.
    pub fn cancel(&self) {
        self.0.contexts.borrow().iter().for_each(Context::cancel);
    }
}
