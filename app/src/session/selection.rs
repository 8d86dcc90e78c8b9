//! What is selected: a row, an arrow, or a thing without a row.

use sim_core::analysis::inspect::Thing;
use sim_core::analysis::track::{Link, TrackKind};
use sim_core::trace::ResourceId;

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
    /// A lock, channel or other shared thing of a run: it has no row.
    Resource {
        /// The run, from 0.
        run: usize,
        /// The thing.
        resource: ResourceId,
    },
}

impl Selection {
    /// The row that is selected; an arrow selects the row it leads to.
    pub fn track(&self) -> Option<(usize, TrackKind)> {
        match *self {
            Selection::Nothing | Selection::Resource { .. } => None,
            Selection::Track { run, track } => Some((run, track)),
            Selection::Link { run, link } => Some((run, link.to)),
        }
    }

    /// The arrow that is selected.
    pub fn link(&self) -> Option<(usize, Link)> {
        match *self {
            Selection::Link { run, link } => Some((run, link)),
            Selection::Nothing | Selection::Track { .. } | Selection::Resource { .. } => None,
        }
    }

    /// The thing that is looked at, with its run; an arrow leads to one.
    pub fn thing(&self) -> Option<(usize, Thing)> {
        match *self {
            Selection::Nothing => None,
            Selection::Track { run, track } => Some((run, Thing::Track(track))),
            Selection::Link { run, link } => Some((run, Thing::Track(link.to))),
            Selection::Resource { run, resource } => Some((run, Thing::Resource(resource))),
        }
    }

    /// The selection of a thing of a run.
    pub fn of(run: usize, thing: Thing) -> Selection {
        match thing {
            Thing::Track(track) => Selection::Track { run, track },
            Thing::Resource(resource) => Selection::Resource { run, resource },
        }
    }
}
