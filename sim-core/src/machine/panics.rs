//! Panics of the program under study: caught, worded, and kept from standard error.

use std::any::Any;
use std::cell::RefCell;
use std::sync::Once;

use crate::trace::ids::Actor;

thread_local! {
    static PLACE: RefCell<Option<Place>> = const { RefCell::new(None) };
}

/// Where a panic was raised.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct Place {
    /// The file, as the compiler named it.
    pub file: String,
    pub line: u32,
    pub column: u32,
}

/// Keeps panics inside a simulation from being printed, and remembers their place. Panics elsewhere are untouched.
pub(crate) fn hush() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        let before = std::panic::take_hook();
        std::panic::set_hook(Box::new(move |info| {
            if super::sim::try_with(|_| ()).is_none() {
                return before(info);
            }
            PLACE.set(info.location().map(|at| Place {
                file: at.file().to_owned(),
                line: at.line(),
                column: at.column(),
            }));
        }));
    });
}

/// Where the panic that was just caught was raised, if it was in this simulation.
pub(crate) fn place() -> Option<Place> {
    PLACE.take()
}

/// The payload of a panic of `by` in words.
pub(crate) fn message(payload: &(dyn Any + Send), by: Actor) -> String {
    let text =
        payload.downcast_ref::<&str>().map(|s| (*s).to_owned()).or_else(|| payload.downcast_ref::<String>().cloned());
    let text = text.unwrap_or_else(|| "a value that is no text".to_owned());
    if text.contains("from within another executor") {
        return match by {
            Actor::Thread(_) => {
                "block_on was called on a simulated thread: it would stop the real one, on which everything runs, for \
                 ever. Use blocking calls (lock, recv_blocking, io_blocking), or spawn the future as a task."
            }
            Actor::Run | Actor::Task(_) | Actor::Worker(_) | Actor::Timer(_) | Actor::Device(_) | Actor::Foreign => {
                "block_on was called inside a poll: it would block this worker until a future is ready that only this \
                 worker can poll. Await the future instead, or give the blocking call to spawn_blocking."
            }
        }
        .to_owned();
    }
    text
}
