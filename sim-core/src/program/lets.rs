//! What Let keeps under a name until Await or Drop: a future where there are such things, a closure elsewhere.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::future::poll_fn;
use std::task::Poll;

use super::ast::Program;
use super::at::At;
use super::shared::{Outcome, fail};
use super::steps::{Body, Runner, branch};

/// Closures: inert until they are called, each once.
#[derive(Default)]
pub(super) struct Closures(RefCell<BTreeMap<String, (Program, At)>>);

impl Closures {
    /// Keeps these steps.
    pub fn keep(&self, name: &str, program: &Program, at: At) {
        self.0.borrow_mut().insert(name.to_owned(), (program.clone(), at));
    }

    /// Gives up what is kept under this name.
    pub fn give_up(&self, name: &str) {
        self.0.borrow_mut().remove(name);
    }

    /// Goes through what is kept under this name, here.
    pub async fn call(&self, me: &impl Runner, name: &str) -> Outcome {
        let kept = self.0.borrow_mut().remove(name);
        match kept {
            Some((program, at)) => branch(me, &program, at).await,
            None => fail(&format!("there is nothing called {name}")),
        }
    }
}

/// Futures; none while one is being polled. They hold their task, which holds them: the end of the task takes them
/// apart ([`Futures::clear`]).
#[derive(Default)]
pub(super) struct Futures(RefCell<BTreeMap<String, Option<Body>>>);

impl Futures {
    /// Keeps this future.
    pub fn keep(&self, name: &str, future: Body) {
        let old = self.0.borrow_mut().insert(name.to_owned(), Some(future));
        drop(old);
    }

    /// Gives up the future of this name.
    pub fn give_up(&self, name: &str) {
        let future = self.0.borrow_mut().remove(name);
        drop(future);
    }

    /// Gives up all of them.
    pub fn clear(&self) {
        let all = self.0.take();
        drop(all);
    }

    /// Polls the future where it is kept: whoever stops awaiting it leaves it there.
    pub async fn wait(&self, name: &str) -> Outcome {
        poll_fn(|cx| {
            // Taken out while it is polled: the poll may suspend, and may look into the same map.
            let Some(mut future) = self.0.borrow_mut().get_mut(name).and_then(Option::take) else {
                return Poll::Ready(fail(&format!("there is no future called {name}")));
            };
            let poll = future.as_mut().poll(cx);
            match poll {
                Poll::Pending => {
                    self.0.borrow_mut().insert(name.to_owned(), Some(future));
                }
                Poll::Ready(_) => {
                    self.0.borrow_mut().remove(name);
                    drop(future);
                }
            }
            poll
        })
        .await
    }
}
