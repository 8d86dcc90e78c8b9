//! Tasks: one slot a task, and what is known of one before it exists.

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;

use super::policy::Wishes;
use super::waker::{Cell, TaskState};
use crate::trace::snapshot;
use crate::trace::tables::TaskKind;

pub(crate) type TaskFuture = Pin<Box<dyn Future<Output = ()>>>;

/// 32 bytes: two tasks to a cache line, which is what a poll of many tasks costs.
pub(crate) struct Task {
    /// Absent after the task has ended. Neither moved nor dropped while it is polled.
    pub future: Option<TaskFuture>,
    pub cell: Option<Arc<Cell>>,
    /// Whether the task itself pays for its creation, and has not yet.
    pub unpaid: bool,
    pub priority: i32,
    /// What it is in place of its cell's state: how it ended, or, while it is being dropped, where it stood.
    pub fixed: Option<TaskState>,
}

impl Task {
    pub fn state(&self) -> TaskState {
        self.fixed.unwrap_or_else(|| self.cell().state())
    }

    #[inline(always)]
    pub fn cell(&self) -> &Cell {
        self.cell.as_ref().expect("a task that has not ended has its cell")
    }

    /// The same, to keep.
    pub fn shared_cell(&self) -> Arc<Cell> {
        Arc::clone(self.cell.as_ref().expect("a task that has not ended has its cell"))
    }

    /// Its state, in the words of a trace; `inside` is what it is if it is being polled.
    pub fn shown(&self, inside: Option<snapshot::TaskState>) -> snapshot::TaskState {
        match self.state() {
            TaskState::Ready => snapshot::TaskState::Ready,
            TaskState::Polling | TaskState::Woken | TaskState::Aborted => {
                inside.expect("a task that is polled has a thread inside its poll")
            }
            TaskState::Pending | TaskState::Dropping => snapshot::TaskState::Pending,
            TaskState::Completed => snapshot::TaskState::Completed,
            TaskState::Cancelled => snapshot::TaskState::Cancelled,
            TaskState::Panicked => snapshot::TaskState::Panicked,
        }
    }
}

/// What to know of a task before it exists.
pub(crate) struct NewTask {
    pub name: String,
    pub path: String,
    pub kind: TaskKind,
    pub priority: i32,
    pub wishes: Wishes,
    pub future_bytes: usize,
    pub place: Option<&'static std::panic::Location<'static>>,
}
