//! What tasks and threads share and wait for. Every wait stands in the trace: who holds, who waits, in which order.
//!
//! The async kinds hand over to the first in line (as tokio's); the blocking kinds let whoever comes first take it
//! (barging, as a futex lock does). A thing is created inside the run that uses it.

mod barrier;
mod channel;
mod condvar;
pub(crate) mod go;
mod mutex;
mod notify;
pub(crate) mod permits;
mod rwlock;
mod semaphore;

pub use barrier::Barrier;
pub(crate) use channel::named as named_channel;
pub use channel::{Receiver, RecvError, SendError, Sender, channel, unbounded};
pub use condvar::Condvar;
pub use mutex::{BlockingMutex, BlockingMutexGuard, Mutex, MutexGuard};
pub use notify::Notify;
pub use rwlock::{ReadGuard, RwLock, WriteGuard};
pub use semaphore::{Permit, Semaphore};
