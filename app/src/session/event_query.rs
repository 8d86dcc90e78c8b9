//! What is asked of the list of events, and its rows.

use sim_core::trace::Level;

/// What is asked of the list.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct EventQuery {
    /// Down to which level events are listed.
    pub level: Level,
    /// Whose events are listed.
    pub who: Who,
    /// Only events of these kinds, by their number in the catalogue, in order; none means every kind.
    pub kinds: Vec<u8>,
    /// The events of which time are listed.
    pub when: When,
    /// The text that is marked; empty marks nothing.
    pub text: String,
}

/// Whose events are listed.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Who {
    /// Everybody's.
    Everyone,
    /// Only those of the selected row, if it is of the run whose events are listed.
    Selected,
}

/// The events of which time are listed.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum When {
    /// Of the whole run.
    Always,
    /// Only those in the selected stretch of time, if one is selected.
    Selected,
}

impl Default for EventQuery {
    fn default() -> EventQuery {
        EventQuery {
            level: Level::Lesson,
            who: Who::Everyone,
            kinds: Vec::new(),
            when: When::Always,
            text: String::new(),
        }
    }
}

impl EventQuery {
    /// Whether events are left out that a lesson would show.
    pub fn leaves_out(&self) -> bool {
        self.who == Who::Selected || !self.kinds.is_empty() || self.when == When::Selected
    }
}

/// The events that are listed, by row.
#[derive(Clone, Copy, PartialEq, Debug)]
pub enum Rows<'a> {
    /// Every event: row and number are the same.
    Every(usize),
    /// These events.
    These(&'a [u32]),
}

impl Rows<'_> {
    /// How many rows there are.
    pub fn len(&self) -> usize {
        match self {
            Rows::Every(count) => *count,
            Rows::These(events) => events.len(),
        }
    }

    /// Whether there is no row.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The number of a row's event.
    pub fn event(&self, row: usize) -> Option<usize> {
        match self {
            Rows::Every(count) => (row < *count).then_some(row),
            Rows::These(events) => events.get(row).map(|e| *e as usize),
        }
    }

    /// Those of the first `events` events.
    pub(super) fn until(self, events: usize) -> Self {
        let count = self.before(events);
        match self {
            Rows::Every(_) => Rows::Every(count),
            Rows::These(rows) => Rows::These(&rows[..count]),
        }
    }

    /// How many rows are of the first `events` events.
    pub fn before(&self, events: usize) -> usize {
        match self {
            Rows::Every(count) => events.min(*count),
            Rows::These(rows) => rows.partition_point(|e| (*e as usize) < events),
        }
    }
}
