//! The threads that wait for a core, counted by priority: who has the highest is known without looking at them all.

use std::collections::{BTreeMap, VecDeque};

use super::ThreadView;

/// How many wait, by priority; none that is zero.
#[derive(Default)]
pub(super) struct Levels(BTreeMap<i32, usize>);

impl Levels {
    pub fn joins(&mut self, thread: ThreadView) {
        *self.0.entry(thread.priority).or_default() += 1;
    }

    pub fn leaves(&mut self, thread: ThreadView) {
        let waiting = self.0.get_mut(&thread.priority).expect("a thread joins before it leaves");
        *waiting -= 1;
        if *waiting == 0 {
            self.0.remove(&thread.priority);
        }
    }

    /// The highest priority that waits.
    pub fn highest(&self) -> Option<i32> {
        self.0.last_key_value().map(|(priority, _)| *priority)
    }

    /// The place of the first of the highest priority, who leaves.
    pub fn take(&mut self, queue: &VecDeque<ThreadView>) -> Option<usize> {
        let highest = self.highest()?;
        let place = queue.iter().position(|thread| thread.priority == highest)?;
        self.leaves(queue[place]);
        Some(place)
    }
}
