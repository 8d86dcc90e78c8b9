//! Fixed slots for tasks, where there is no heap: each task has as many as the workload has of it.
//!
//! As embassy's `#[task(pool_size = N)]`: a slot is in use until its task has ended, and to spawn one more fails
//! (`SpawnError::Busy`).

use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;
use std::rc::Rc;

/// The slots of a run; none are counted until there are [`Slots::fixed`] ones.
#[derive(Default)]
pub(super) struct Slots {
    is_fixed: Cell<bool>,
    in_use: RefCell<BTreeMap<String, u32>>,
}

/// A slot in use: free again when dropped.
pub(super) struct Slot {
    slots: Rc<Slots>,
    task: String,
}

impl Slots {
    /// From now on there are only so many.
    pub fn fixed(&self) {
        self.is_fixed.set(true);
    }

    /// How many of so many instances of a task find a slot each, if there are that many slots of it.
    pub fn free(&self, task: &str, count: u32) -> u32 {
        if !self.is_fixed.get() {
            return count;
        }
        count.saturating_sub(self.in_use.borrow().get(task).copied().unwrap_or_default())
    }

    /// Takes a slot of this task.
    pub fn take(self: &Rc<Slots>, task: &str) -> Slot {
        *self.in_use.borrow_mut().entry(task.to_owned()).or_default() += 1;
        Slot { slots: Rc::clone(self), task: task.to_owned() }
    }
}

impl Drop for Slot {
    fn drop(&mut self) {
        if let Some(used) = self.slots.in_use.borrow_mut().get_mut(&self.task) {
            *used -= 1;
        }
    }
}
