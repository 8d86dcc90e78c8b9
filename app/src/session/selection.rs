//! What is selected: a row, or an arrow.

use sim_core::analysis::track::{Link, TrackKind};

/// What a person looks at.
#[derive(Clone, Copy, PartialEq, Debug, Default)]
pub enum Selection {
    /// Nothing.
    #[default]
    Nothing,
    /// A row of a run.
    Track {
        /// The run, from 0.
        run: usize,
        /// The row.
        track: TrackKind,
    },
    /// A causal arrow of a run.
    Link {
        /// The run, from 0.
        run: usize,
        /// The arrow.
        link: Link,
    },
}

impl Selection {
    /// The row that is selected; an arrow selects the row it leads to.
    pub fn track(&self) -> Option<(usize, TrackKind)> {
        match *self {
            Selection::Nothing => None,
            Selection::Track { run, track } => Some((run, track)),
            Selection::Link { run, link } => Some((run, link.to)),
        }
    }

    /// The arrow that is selected.
    pub fn link(&self) -> Option<(usize, Link)> {
        match *self {
            Selection::Link { run, link } => Some((run, link)),
            Selection::Nothing | Selection::Track { .. } => None,
        }
    }
}
