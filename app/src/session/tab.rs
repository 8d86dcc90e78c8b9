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
    /// Who wants to run, runs and waits: a tab only in a window that is too low for a place of its own.
    Stage,
}

impl Tab {
    /// Every tab, in order.
    pub const ALL: [Tab; 7] =
        [Tab::Stage, Tab::Events, Tab::Findings, Tab::Program, Tab::Compare, Tab::Experiment, Tab::Inspector];

    /// Its name.
    pub const fn title(self) -> &'static str {
        match self {
            Tab::Events => "Events",
            Tab::Findings => "Findings",
            Tab::Program => "Program",
            Tab::Compare => "Compare",
            Tab::Experiment => "Experiment",
            Tab::Inspector => "Inspector",
            Tab::Stage => "Stage",
        }
    }
}

impl Session {
    /// The tab that was opened last.
    pub fn tab(&self) -> Tab {
        self.tab
    }

    /// How often a tab was asked for, by key, by pointer or from another panel: when it changes, the tab is shown.
    pub fn tab_asked(&self) -> u32 {
        self.tab_asked
    }

    pub(super) fn show_tab(&mut self, tab: Tab) {
        self.tab = tab;
        self.tab_asked += 1;
    }
}
