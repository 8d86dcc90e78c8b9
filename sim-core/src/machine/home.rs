//! Which run a thing belongs to: locks, timers and handles are numbers of their run, and mean nothing in another.

use std::sync::atomic::{AtomicU64, Ordering};

use super::sim;

/// One run of this process.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct RunId(u64);

impl RunId {
    /// A run that is not any other of this process. Never shown: traces do not know it.
    pub fn next() -> RunId {
        static LAST: AtomicU64 = AtomicU64::new(0);
        RunId(LAST.fetch_add(1, Ordering::Relaxed))
    }
}

/// A thing and the run it belongs to.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct Home<T> {
    run: RunId,
    thing: T,
}

impl<T: Copy> Home<T> {
    /// The thing, of the current run. Panics outside one.
    #[track_caller]
    pub fn of(thing: T) -> Home<T> {
        Home { run: sim::with(|sim| sim.run), thing }
    }

    /// The thing. Panics in another run, and outside one.
    #[track_caller]
    pub fn get(self) -> T {
        self.here().expect(
            "this was made in another run, or the run is over: locks, channels, timers and handles stay in theirs",
        )
    }

    /// The thing, wherever one asks: only to name it.
    pub fn name(self) -> T {
        self.thing
    }

    /// The thing, if its run is the current one.
    pub fn here(self) -> Option<T> {
        sim::try_with(|sim| sim.run == self.run).unwrap_or(false).then_some(self.thing)
    }
}
