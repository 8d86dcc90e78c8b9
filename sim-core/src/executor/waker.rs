//! The waker: a reference-counted cell a task, behind a hand-written vtable that sees every clone, wake and drop.
//!
//! A waker may outlive its run and may be called from a real OS thread that knows nothing of it: the cell holds no
//! pointer into the simulation. Such a wake is queued in [`Link`], and reported as not deterministic.

use std::mem::ManuallyDrop;
use std::sync::atomic::{AtomicBool, AtomicU8, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{RawWaker, RawWakerVTable, Waker};

use super::core;
use crate::trace::ids::TaskId;

/// What all wakers of a run share.
#[derive(Default)]
pub(crate) struct Link {
    foreign: Mutex<Vec<TaskId>>,
    any: AtomicBool,
}

impl Link {
    /// The wakes that real OS threads asked for since the last call.
    pub fn take_foreign(&self) -> Vec<TaskId> {
        self.any.store(false, Ordering::Relaxed);
        std::mem::take(&mut self.foreign.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// Whether a worker must look up between two polls: there are such wakes, or [`Link::call`] was called.
    #[inline(always)]
    pub fn calls(&self) -> bool {
        self.any.load(Ordering::Relaxed)
    }

    /// Makes workers look up before their next poll.
    pub fn call(&self) {
        self.any.store(true, Ordering::Relaxed);
    }

    fn wake_from_outside(&self, task: TaskId) {
        self.foreign.lock().unwrap_or_else(PoisonError::into_inner).push(task);
        self.any.store(true, Ordering::Release);
    }
}

/// What a waker points to: the task's state, where a wake finds it at once. Written only on the run's own thread; atomic,
/// without any order, because a waker may be sent to others, which read only `task` and `link`.
pub(crate) struct Cell {
    pub task: TaskId,
    state: AtomicU8,
    pub link: Arc<Link>,
}

/// Where a task stands. One byte, so that a poll changes one place.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[repr(u8)]
pub(crate) enum TaskState {
    /// In a queue.
    Ready,
    /// In a poll.
    Polling,
    /// In a poll, and woken since it began: it is requeued when the poll ends.
    Woken,
    /// In a poll, and to be dropped when the poll ends; by whom is in `Core::aborts`.
    Aborted,
    /// Waiting for a wake.
    Pending,
    /// Being dropped: no wake can bring it back.
    Dropping,
    /// Its future returned its value.
    Completed,
    /// Its future was dropped before.
    Cancelled,
    /// Its future panicked.
    Panicked,
}

impl TaskState {
    const ALL: [TaskState; 9] = [
        TaskState::Ready,
        TaskState::Polling,
        TaskState::Woken,
        TaskState::Aborted,
        TaskState::Pending,
        TaskState::Dropping,
        TaskState::Completed,
        TaskState::Cancelled,
        TaskState::Panicked,
    ];

    /// Whether nothing can happen to it any more.
    pub fn is_end(self) -> bool {
        matches!(self, TaskState::Completed | TaskState::Cancelled | TaskState::Panicked)
    }

    /// Whether a worker is inside its poll.
    pub fn is_polling(self) -> bool {
        matches!(self, TaskState::Polling | TaskState::Woken | TaskState::Aborted)
    }
}

impl Cell {
    pub fn new(task: TaskId, link: Arc<Link>) -> Cell {
        Cell { task, state: AtomicU8::new(TaskState::Ready as u8), link }
    }

    #[inline(always)]
    pub fn state(&self) -> TaskState {
        TaskState::ALL[usize::from(self.state.load(Ordering::Relaxed))]
    }

    /// Whether it is in this state: as [`Cell::state`], without a detour.
    #[inline(always)]
    pub fn is(&self, state: TaskState) -> bool {
        self.state.load(Ordering::Relaxed) == state as u8
    }

    #[inline(always)]
    pub fn set(&self, state: TaskState) {
        self.state.store(state as u8, Ordering::Relaxed);
    }
}

const VTABLE: RawWakerVTable = RawWakerVTable::new(clone, wake, wake_by_ref, drop_waker);

/// The waker to poll a task with: it is only lent, so making it changes no count.
#[inline]
pub(crate) fn lend(cell: *const Cell) -> ManuallyDrop<Waker> {
    // SAFETY: the vtable's functions keep the count of the Arc that the pointer came from, which the
    // caller keeps alive; this waker is never dropped.
    ManuallyDrop::new(unsafe { Waker::from_raw(RawWaker::new(cell.cast(), &VTABLE)) })
}

/// Wakers of the task that are alive besides the executor's own reference.
pub(crate) fn alive(cell: &Arc<Cell>) -> usize {
    Arc::strong_count(cell) - 1
}

unsafe fn clone(data: *const ()) -> RawWaker {
    let data = data.cast::<Cell>();
    // SAFETY: every waker's pointer came from `Arc::as_ptr` or `Arc::into_raw`, and its waker holds a count (or is lent by
    // one that does), so the cell is alive.
    unsafe {
        Arc::increment_strong_count(data);
        core::waker_cloned(&*data);
    }
    RawWaker::new(data.cast(), &VTABLE)
}

unsafe fn wake(data: *const ()) {
    // SAFETY: as in `clone`; `wake` uses up the waker, so its count is given back after.
    unsafe {
        wake_by_ref(data);
        drop_waker(data);
    }
}

#[inline]
unsafe fn wake_by_ref(data: *const ()) {
    // SAFETY: as in `clone`.
    let cell = unsafe { &*data.cast::<Cell>() };
    if !core::wake(cell) {
        cell.link.wake_from_outside(cell.task);
    }
}

unsafe fn drop_waker(data: *const ()) {
    // SAFETY: as in `clone`; this is the last use of the waker, and gives its count back.
    let cell = unsafe { Arc::from_raw(data.cast::<Cell>()) };
    core::waker_dropped(&cell);
}
