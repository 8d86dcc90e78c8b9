//! What lies under the timeline: tabs, in one group or in three.

use super::Session;

/// A panel that a tab opens.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Tab {
    /// What happened.
    Events,
    /// What is wrong.
    Findings,
    /// The workload as code.
    Program,
    /// The runs' figures side by side.
    Compare,
    /// What can be turned, and what came of it.
    Experiment,
    /// What is selected: a tab only where it has no place at the side.
    Inspector,
}

impl Tab {
    /// Every tab, in order.
    pub const ALL: [Tab; 6] = [Tab::Events, Tab::Findings, Tab::Program, Tab::Compare, Tab::Experiment, Tab::Inspector];

    /// Its name.
    pub const fn title(self) -> &'static str {
        match self {
            Tab::Events => "Events",
            Tab::Findings => "Findings",
            Tab::Program => "Program",
            Tab::Compare => "Compare",
            Tab::Experiment => "Experiment",
            Tab::Inspector => "Inspector",
        }
    }
}

impl Session {
    /// The tab that was opened last.
    pub fn tab(&self) -> Tab {
        self.tab
    }
}
