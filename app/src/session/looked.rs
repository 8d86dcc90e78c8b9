//! What was looked at, in order: back and forward through it, as in a browser.
//!
//! Owns the order only: it keeps selections and gives them back. A thing that is looked at again is a step of its own,
//! unless it is the one that is looked at now.

use super::Session;
use super::selection::Selection;

/// So many steps are kept.
const MOST: usize = 200;

/// What was looked at, and where in it the person is.
#[derive(Clone, Debug, Default)]
pub struct Looked {
    steps: Vec<Selection>,
    /// How many of the steps lie behind the one that is looked at, it included.
    here: usize,
}

impl Looked {
    /// Takes note of what is selected now. What lay ahead is forgotten when something new is looked at.
    pub(super) fn note(&mut self, selection: Selection) {
        let Some(thing) = selection.thing() else { return };
        let same = self.current().and_then(|s| s.thing()) == Some(thing);
        if same {
            return;
        }
        self.steps.truncate(self.here);
        if self.steps.len() == MOST {
            self.steps.remove(0);
        }
        self.steps.push(selection);
        self.here = self.steps.len();
    }

    /// Every step, in order.
    pub(super) fn all(&self) -> &[Selection] {
        &self.steps
    }

    /// Puts another selection for each, or takes it away.
    pub(super) fn replace(&mut self, by: impl Fn(Selection) -> Option<Selection>) {
        let (behind, ahead) = self.steps.split_at(self.here);
        let moved = |steps: &[Selection]| steps.iter().filter_map(|s| by(*s)).collect::<Vec<_>>();
        let (behind, ahead) = (moved(behind), moved(ahead));
        self.here = behind.len();
        self.steps = behind;
        self.steps.extend(ahead);
        // What stood between two looks at one thing may be gone.
        let mut place = 1;
        while place < self.steps.len() {
            if self.steps[place].thing() == self.steps[place - 1].thing() {
                self.steps.remove(place);
                self.here -= usize::from(place < self.here);
            } else {
                place += 1;
            }
        }
    }

    /// The step that is looked at, or was last.
    pub fn current(&self) -> Option<Selection> {
        self.here.checked_sub(1).map(|i| self.steps[i])
    }

    /// The step before; the last one itself if nothing is `selected` any more.
    pub fn previous(&self, selected: Selection) -> Option<Selection> {
        let back = if selected.thing().is_some() { 2 } else { 1 };
        self.here.checked_sub(back).map(|i| self.steps[i])
    }

    /// The step after.
    pub fn next(&self) -> Option<Selection> {
        self.steps.get(self.here).copied()
    }

    /// The things that were looked at last, the latest first, each once.
    pub fn latest(&self, most: usize) -> Vec<Selection> {
        let mut latest: Vec<Selection> = Vec::new();
        for step in self.steps.iter().rev() {
            if latest.len() < most && latest.iter().all(|s| s.thing() != step.thing()) {
                latest.push(*step);
            }
        }
        latest
    }

    fn go_back(&mut self, selected: Selection) -> Option<Selection> {
        let step = self.previous(selected)?;
        if selected.thing().is_some() {
            self.here -= 1;
        }
        Some(step)
    }

    fn go_forward(&mut self) -> Option<Selection> {
        let step = self.next()?;
        self.here += 1;
        Some(step)
    }
}

impl Session {
    /// What was looked at.
    pub fn looked(&self) -> &Looked {
        &self.looked
    }

    pub(super) fn look_back(&mut self) {
        if let Some(step) = self.looked.go_back(self.selection) {
            self.select(step);
        }
    }

    pub(super) fn look_forward(&mut self) {
        if let Some(step) = self.looked.go_forward() {
            self.select(step);
        }
    }
}

#[cfg(test)]
mod tests {
    use sim_core::analysis::track::TrackKind;
    use sim_core::trace::{ResourceId, TaskId};

    use super::*;

    fn task(id: u32) -> Selection {
        Selection::Track { run: 0, track: TrackKind::Task(TaskId(id)) }
    }

    fn looked(steps: &[Selection]) -> Looked {
        let mut looked = Looked::default();
        steps.iter().for_each(|s| looked.note(*s));
        looked
    }

    #[test]
    fn back_and_forward_go_through_what_was_looked_at() {
        let lock = Selection::Resource { run: 0, resource: ResourceId(0) };
        let mut looked = looked(&[task(0), lock, task(1)]);
        assert_eq!(looked.go_back(task(1)), Some(lock));
        assert_eq!(looked.go_back(lock), Some(task(0)));
        assert_eq!(looked.go_back(task(0)), None);
        assert_eq!(looked.go_forward(), Some(lock));
        assert_eq!(looked.go_forward(), Some(task(1)));
        assert_eq!(looked.go_forward(), None);
    }

    #[test]
    fn something_new_forgets_what_lay_ahead() {
        let mut looked = looked(&[task(0), task(1), task(2)]);
        looked.go_back(task(2));
        looked.go_back(task(1));
        looked.note(task(3));
        assert_eq!((looked.next(), looked.previous(task(3))), (None, Some(task(0))));
    }

    #[test]
    fn after_the_selection_was_cleared_back_shows_it_again() {
        let mut looked = looked(&[task(0), task(1)]);
        looked.note(Selection::Nothing);
        assert_eq!(looked.go_back(Selection::Nothing), Some(task(1)));
        looked.note(task(1));
        assert_eq!(looked.go_back(task(1)), Some(task(0)));
    }

    #[test]
    fn looking_at_the_same_thing_again_is_no_step() {
        let looked = looked(&[task(0), task(0), task(1), task(0)]);
        assert_eq!(looked.steps.len(), 3);
        assert_eq!(looked.latest(9), [task(0), task(1)]);
    }

    #[test]
    fn only_so_many_steps_are_kept() {
        let steps: Vec<_> = (0..500).map(task).collect();
        let looked = looked(&steps);
        assert_eq!((looked.steps.len(), looked.current()), (MOST, Some(task(499))));
    }
}
