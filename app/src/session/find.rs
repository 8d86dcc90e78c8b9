//! From finding to finding: which one is looked at, and how the cursor gets to its proof.

use sim_core::analysis::findings::Finding;

use super::{Selection, Session, Tab};

/// A finding: its run, and its place among the run's.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct FindingId {
    /// The run, from 0.
    pub run: usize,
    /// The place, from 0.
    pub place: usize,
}

impl Session {
    /// The finding that is looked at.
    pub fn finding(&self) -> Option<FindingId> {
        self.finding
    }

    /// Every finding of every run, the focused run's first.
    pub fn findings(&self) -> Vec<(FindingId, &Finding)> {
        let runs = self.runs.len();
        let order = (0..runs).map(|i| (i + self.focus) % runs);
        let of = |run: usize| {
            let found = self.runs[run].findings().iter().enumerate();
            found.map(move |(place, finding)| (FindingId { run, place }, finding))
        };
        order.flat_map(of).collect()
    }

    /// Goes to the first event that proves a finding, and selects whom it is about.
    pub(super) fn show_finding(&mut self, id: FindingId) {
        let Some(run) = self.runs.get(id.run) else { return };
        let Some(finding) = run.findings().get(id.place) else { return };
        let (first, subject) = (finding.proof.first().copied(), finding.subjects.first().copied());
        self.show_tab(Tab::Findings);
        self.finding = Some(id);
        if let Some(track) = subject {
            self.selection = Selection::Track { run: id.run, track };
        }
        if let Some(event) = first {
            self.seek_event(id.run, event);
        }
    }

    /// The list of findings opens in any case: it says when there are none.
    pub(super) fn show_next_finding(&mut self) {
        let next = self.proofs().iter().position(|at| at.is_some_and(|at| at >= self.cursor.events));
        self.show_tab(Tab::Findings);
        next.into_iter().for_each(|place| self.show_finding(FindingId { run: self.focus, place }));
    }

    pub(super) fn show_previous_finding(&mut self) {
        let previous = self.proofs().iter().rposition(|at| at.is_some_and(|at| at + 1 < self.cursor.events));
        self.show_tab(Tab::Findings);
        previous.into_iter().for_each(|place| self.show_finding(FindingId { run: self.focus, place }));
    }

    /// The event that proves the finding that comes next.
    pub(super) fn next_proof(&self) -> Option<usize> {
        self.proofs().into_iter().flatten().find(|at| *at >= self.cursor.events)
    }

    /// The event that proves the finding before.
    pub(super) fn previous_proof(&self) -> Option<usize> {
        self.proofs().into_iter().flatten().rfind(|at| at + 1 < self.cursor.events)
    }

    /// The first event of each finding of the focused run.
    fn proofs(&self) -> Vec<Option<usize>> {
        let findings = self.focused().map_or(&[][..], |run| run.findings());
        findings.iter().map(|f| f.proof.first().copied()).collect()
    }
}
