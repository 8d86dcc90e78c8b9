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
    /// What each run comes to while one value is turned from end to end.
    Sweep,
    /// What is selected: a tab only where it has no place at the side.
    Inspector,
    /// Who wants to run, runs and waits: a tab only in a window that is too low for a place of its own.
    Stage,
}

impl Tab {
    /// Every tab, in order.
    pub const ALL: [Tab; 8] = [
        Tab::Stage,
        Tab::Events,
        Tab::Findings,
        Tab::Program,
        Tab::Compare,
        Tab::Experiment,
        Tab::Sweep,
        Tab::Inspector,
    ];

    /// Its name.
    pub const fn title(self) -> &'static str {
        match self {
            Tab::Events => "Events",
            Tab::Findings => "Findings",
            Tab::Program => "Program",
            Tab::Compare => "Compare",
            Tab::Experiment => "Experiment",
            Tab::Sweep => "Sweep",
            Tab::Inspector => "Inspector",
            Tab::Stage => "Stage",
        }
    }
}

/// Which tabs were opened, the latest last: each group shows the one of its own that was opened last.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct Tabs {
    opened: Vec<Tab>,
}

impl Default for Tabs {
    fn default() -> Tabs {
        Tabs { opened: vec![Tab::Events] }
    }
}

impl Tabs {
    /// Opens it in its group; what is open in the other groups stays.
    pub fn open(&mut self, tab: Tab) {
        self.opened.retain(|other| *other != tab);
        self.opened.push(tab);
    }

    /// The one that was opened last.
    pub fn last(&self) -> Tab {
        self.opened.last().copied().unwrap_or(Tab::Events)
    }
}

impl Session {
    /// The tab that was opened last.
    pub fn tab(&self) -> Tab {
        self.tabs.last()
    }

    /// Which of a group's tabs is open: the one that was opened last, or the first; none if the group is empty.
    pub fn open_tab(&self, group: &[Tab]) -> Option<Tab> {
        let latest = self.tabs.opened.iter().rev().find(|tab| group.contains(tab));
        latest.or(group.first()).copied()
    }

    /// How often a tab was asked for, by key, by pointer or from another panel: when it changes, the tab is shown.
    pub fn tab_asked(&self) -> u32 {
        self.tab_asked
    }

    pub(super) fn show_tab(&mut self, tab: Tab) {
        self.tabs.open(tab);
        self.tab_asked += 1;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::session::Command;
    use std::sync::Arc;

    #[test]
    fn a_tab_that_is_opened_leaves_those_of_the_other_groups_open() {
        let mut session = Session::new(Vec::new(), Arc::new(|| {}));
        let groups = [[Tab::Events, Tab::Findings], [Tab::Program, Tab::Experiment], [Tab::Stage, Tab::Compare]];
        let open = |session: &Session| groups.map(|group| session.open_tab(&group).unwrap());
        assert_eq!(open(&session), [Tab::Events, Tab::Program, Tab::Stage]);
        session.tabs.open(Tab::Findings);
        session.tabs.open(Tab::Experiment);
        assert_eq!(open(&session), [Tab::Findings, Tab::Experiment, Tab::Stage]);
        session.tabs.open(Tab::Events);
        assert_eq!(open(&session), [Tab::Events, Tab::Experiment, Tab::Stage]);
        assert_eq!(session.open_tab(&Tab::ALL), Some(Tab::Events), "one group shows what was opened last");
    }

    #[test]
    fn whoever_asks_what_is_wrong_is_shown_it_however_often_they_ask() {
        let mut session = crate::session::fixture::session();
        for _ in 0..3 {
            session.apply(Command::ShowFindings);
            assert_eq!(session.tab(), Tab::Findings);
        }
    }
}
