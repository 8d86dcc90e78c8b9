//! Stacks on which a thread's code can stop in the middle: pooled, guarded, their memory touched only where used.
//!
//! Owns the pool and the coroutine type. A stack is held only by code that has begun and has not ended.

use std::cell::RefCell;

use corosensei::stack::DefaultStack;
use corosensei::{CoroutineResult, Yielder};

use super::threads::Ask;

/// Code that can stop: it asks, and is resumed when what it asked for is there.
type Coroutine = corosensei::Coroutine<(), Ask, (), DefaultStack>;

/// How the code stops itself.
pub(crate) type Stop = Yielder<(), Ask>;

const MOST_SPARE: usize = 256;

thread_local! {
    static SPARE: RefCell<Vec<(usize, DefaultStack)>> = const { RefCell::new(Vec::new()) };
}

/// Code on its stack, begun or not.
pub(crate) struct Stacked {
    coroutine: Coroutine,
    bytes: usize,
    /// How it stops itself; null until it has begun. It stands on the stack itself, at one place all the time.
    pub stop: *const Stop,
}

impl Stacked {
    /// `code` on a stack of `bytes`, pooled where one is spare.
    pub fn new(bytes: usize, code: impl FnOnce(&Stop) + 'static) -> Stacked {
        let coroutine = Coroutine::with_stack(take(bytes), move |stop, ()| code(stop));
        Stacked { coroutine, bytes, stop: std::ptr::null() }
    }

    /// Runs the code until it asks for something; none: it has ended.
    pub fn resume(&mut self) -> Option<Ask> {
        match self.coroutine.resume(()) {
            CoroutineResult::Yield(ask) => Some(ask),
            CoroutineResult::Return(()) => None,
        }
    }

    /// Gives the stack of code that has ended back to the pool.
    pub fn recycle(self) {
        if !self.coroutine.done() {
            return;
        }
        let entry = (self.bytes, self.coroutine.into_stack());
        SPARE.with_borrow_mut(|spare| {
            if spare.len() < MOST_SPARE {
                spare.push(entry);
            }
        });
    }
}

fn take(bytes: usize) -> DefaultStack {
    let spare = SPARE.with_borrow_mut(|spare| {
        let place = spare.iter().rposition(|(size, _)| *size == bytes)?;
        Some(spare.swap_remove(place).1)
    });
    spare.unwrap_or_else(|| {
        DefaultStack::new(bytes).unwrap_or_else(|why| {
            panic!(
                "no memory for one more stack of {bytes} bytes ({why}): run fewer closures as threads at once, or write \
                 them as Programs, which need no stack while they wait"
            )
        })
    })
}
