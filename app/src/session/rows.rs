//! How each run's rows are arranged: folded, grouped, pinned, filtered, sorted.
//!
//! Owns the choices and the lists that follow from them. Knows no heights: [`crate::timeline::rows`] stacks the rows.

use sim_core::analysis::index::Index;
use sim_core::analysis::track::{Track, TrackKind};

pub use crate::timeline::rows::{Arranged, RowGroup, Why};

/// More tasks and threads than this are one picture, unless a person unfolds it.
pub const MOST_ROWS: usize = 40;

/// What tasks and threads are sorted by.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default)]
pub enum RowSort {
    /// Their creation.
    #[default]
    Creation,
    /// Their names; numbers in them count as numbers.
    Name,
    /// Who finishes first.
    FirstFinish,
    /// Who wanted to run longest without running.
    LongestWait,
    /// Who was polled, or put on a core, most often.
    MostRuns,
}

impl RowSort {
    /// Every one.
    pub const ALL: [RowSort; 5] =
        [RowSort::Creation, RowSort::Name, RowSort::FirstFinish, RowSort::LongestWait, RowSort::MostRuns];

    /// Its name, after "by".
    pub const fn title(self) -> &'static str {
        match self {
            RowSort::Creation => "creation",
            RowSort::Name => "name",
            RowSort::FirstFinish => "first finish",
            RowSort::LongestWait => "longest wait",
            RowSort::MostRuns => "most turns",
        }
    }

    /// The next one, round and round.
    pub fn next(self) -> RowSort {
        let place = RowSort::ALL.iter().position(|s| *s == self).unwrap_or(0);
        RowSort::ALL[(place + 1) % RowSort::ALL.len()]
    }
}

/// How the rows of one run are arranged.
#[derive(Clone, Debug, Default)]
pub struct RowPlan {
    collapsed: bool,
    hidden: Vec<RowGroup>,
    /// Whether a crowd is one picture: as a person said, or by itself.
    folded: Option<bool>,
    pins: Vec<TrackKind>,
    filter: String,
    sort: RowSort,
    order: Vec<u32>,
    total: usize,
    pinned: Vec<(u32, Why)>,
    known: Known,
    revision: u64,
}

/// What the lists were made for.
#[derive(Clone, PartialEq, Debug, Default)]
struct Known {
    tracks: usize,
    events: usize,
    filter: String,
    sort: RowSort,
}

impl RowPlan {
    /// Whether only the run's head is shown.
    pub fn is_collapsed(&self) -> bool {
        self.collapsed
    }

    /// Whether this group is folded away.
    pub fn is_hidden(&self, group: RowGroup) -> bool {
        self.hidden.contains(&group)
    }

    /// Whether tasks and threads are one picture.
    pub fn is_folded(&self) -> bool {
        self.order.len() > 1 && self.folded.unwrap_or(self.order.len() > MOST_ROWS)
    }

    /// Whether a person pinned this row.
    pub fn is_pinned(&self, track: TrackKind) -> bool {
        self.pins.contains(&track)
    }

    /// What the rows' names must contain; empty: all are shown.
    pub fn filter(&self) -> &str {
        &self.filter
    }

    /// What they are sorted by.
    pub fn sort(&self) -> RowSort {
        self.sort
    }

    /// The listed tasks and threads, in their order, by their places among the run's tracks.
    pub fn order(&self) -> &[u32] {
        &self.order
    }

    /// How many tasks and threads there are, listed or not.
    pub fn total(&self) -> usize {
        self.total
    }

    /// Changes whenever another track is at some place of the order.
    pub fn revision(&self) -> u64 {
        self.revision
    }

    /// For stacking the rows.
    pub fn arranged(&self) -> Arranged<'_> {
        Arranged {
            collapsed: self.collapsed,
            hidden: &self.hidden,
            order: Some(&self.order),
            pinned: &self.pinned,
            folded: self.is_folded(),
        }
    }

    /// Folds the run to its head, or opens it.
    pub fn switch_collapsed(&mut self) {
        self.collapsed = !self.collapsed;
    }

    /// Folds a group away, or opens it.
    pub fn switch_group(&mut self, group: RowGroup) {
        if self.is_hidden(group) {
            self.hidden.retain(|g| *g != group);
        } else {
            self.hidden.push(group);
        }
    }

    /// Folds tasks and threads into one picture, or shows each.
    pub fn switch_folded(&mut self) {
        self.folded = Some(!self.is_folded());
    }

    /// Pins a row, or lets it go.
    pub fn switch_pin(&mut self, track: TrackKind) {
        if self.is_pinned(track) {
            self.pins.retain(|t| *t != track);
        } else if RowGroup::of(track) == RowGroup::Workload {
            self.pins.push(track);
        }
    }

    /// Lists only rows whose names contain this.
    pub fn set_filter(&mut self, filter: String) {
        self.filter = filter;
    }

    /// Sorts the rows.
    pub fn set_sort(&mut self, sort: RowSort) {
        self.sort = sort;
    }

    /// Makes a row visible that is about to be looked at: its group and run are opened.
    pub fn reveal(&mut self, track: TrackKind) {
        self.collapsed = false;
        self.hidden.retain(|g| *g != RowGroup::of(track));
    }

    /// The rows that a person pinned.
    pub(super) fn pins(&self) -> &[TrackKind] {
        &self.pins
    }

    /// The same choices for another recording of the same run, in which a row `is` this one now.
    pub(super) fn kept(self, is: impl Fn(TrackKind) -> Option<TrackKind>) -> RowPlan {
        let pins = self.pins.iter().filter_map(|track| is(*track)).collect();
        RowPlan { pins, order: Vec::new(), total: 0, pinned: Vec::new(), known: Known::default(), ..self }
    }

    /// Brings the lists up to date.
    pub(super) fn refresh(&mut self, index: &Index, selected: Option<TrackKind>) {
        // By creation, more events of known tracks change nothing.
        let events = if self.sort == RowSort::Creation { 0 } else { index.events() };
        let known = Known { tracks: index.tracks.len(), events, filter: self.filter.clone(), sort: self.sort };
        if self.known != known {
            self.known = known;
            self.list(index);
        }
        self.pin(index, selected);
    }

    fn list(&mut self, index: &Index) {
        let is_workload = |t: &Track| RowGroup::of(t.kind) == RowGroup::Workload;
        let tracks = &index.tracks;
        self.total = tracks.iter().filter(|t| is_workload(t)).count();
        let listed = (0..tracks.len()).filter(|n| is_workload(&tracks[*n]) && self.passes(&tracks[*n]));
        let mut order: Vec<u32> = listed.map(|n| n as u32).collect();
        let track = |n: &u32| &tracks[*n as usize];
        match self.sort {
            RowSort::Creation => {}
            RowSort::Name => order.sort_by_cached_key(|n| natural(&track(n).name)),
            RowSort::FirstFinish => order.sort_by_key(|n| track(n).end.map_or(u64::MAX, |(at, ..)| at.as_nanos())),
            RowSort::LongestWait => order.sort_by_cached_key(|n| std::cmp::Reverse(track(n).longest_wait())),
            RowSort::MostRuns => order.sort_by_key(|n| std::cmp::Reverse(track(n).runs)),
        }
        self.order = order;
        self.revision += 1;
    }

    fn passes(&self, track: &Track) -> bool {
        let wanted = self.filter.trim();
        wanted.is_empty() || track.name.to_lowercase().contains(&wanted.to_lowercase())
    }

    /// Beside a crowd's picture stand its slowest and what is selected; without one they have rows anyway.
    fn pin(&mut self, index: &Index, selected: Option<TrackKind>) {
        let place = |track: TrackKind| index.row(track).map(|row| row as u32);
        let mut pinned: Vec<(u32, Why)> = self.pins.iter().filter_map(|t| Some((place(*t)?, Why::Pinned))).collect();
        if self.is_folded() {
            let slowest = index.slowest_link().map(|link| (link.to, Why::Slowest));
            let selected = selected.map(|track| (track, Why::Selected));
            for (track, why) in slowest.into_iter().chain(selected) {
                let passes = why == Why::Selected || index.track(track).is_some_and(|t| self.passes(t));
                let is_workload = RowGroup::of(track) == RowGroup::Workload && passes;
                if let Some(row) = place(track).filter(|row| is_workload && pinned.iter().all(|(r, _)| r != row)) {
                    pinned.push((row, why));
                }
            }
        }
        self.pinned = pinned;
    }
}

/// A name as letters and numbers: "conn.9" stands before "conn.10".
fn natural(name: &str) -> Vec<(String, u64)> {
    let mut parts = vec![(String::new(), 0u64)];
    let mut in_number = false;
    for c in name.chars() {
        let last = parts.last_mut().expect("there is always one part");
        match c.to_digit(10) {
            Some(digit) => last.1 = last.1.saturating_mul(10).saturating_add(u64::from(digit)),
            None if in_number => parts.push((c.to_string(), 0)),
            None => last.0.push(c),
        }
        in_number = c.is_ascii_digit();
    }
    parts
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::session::fixture;
    use sim_core::trace::TaskId;

    const HB: TrackKind = TrackKind::Task(TaskId(0));
    const HOG: TrackKind = TrackKind::Task(TaskId(1));

    fn plan(index: &Index, change: impl FnOnce(&mut RowPlan)) -> (RowPlan, Vec<String>) {
        let mut plan = RowPlan::default();
        plan.refresh(index, None);
        change(&mut plan);
        plan.refresh(index, None);
        let names = plan.order.iter().map(|n| index.tracks[*n as usize].name.clone()).collect();
        (plan, names)
    }

    #[test]
    fn rows_are_sorted_by_what_was_asked_for() {
        let index = Index::build(&fixture::async_run());
        for (sort, expected) in [
            (RowSort::Creation, ["hb", "hog"]),
            (RowSort::Name, ["hb", "hog"]),
            (RowSort::FirstFinish, ["hog", "hb"]),
            (RowSort::LongestWait, ["hb", "hog"]),
            (RowSort::MostRuns, ["hb", "hog"]),
        ] {
            assert_eq!(plan(&index, |p| p.set_sort(sort)).1, expected, "{sort:?}");
        }
    }

    #[test]
    fn a_filter_keeps_the_rows_whose_names_contain_it() {
        let index = Index::build(&fixture::async_run());
        let (filtered, names) = plan(&index, |p| p.set_filter(" HO ".to_owned()));
        assert_eq!((names, filtered.total()), (vec!["hog".to_owned()], 2));
        let (none, names) = plan(&index, |p| p.set_filter("nobody".to_owned()));
        assert!(names.is_empty() && !none.is_folded());
    }

    #[test]
    fn another_order_has_another_revision_and_the_same_keeps_it() {
        let index = Index::build(&fixture::async_run());
        let (mut plan, _) = plan(&index, |_| {});
        let before = plan.revision();
        plan.refresh(&index, Some(HB));
        assert_eq!(plan.revision(), before);
        plan.set_sort(RowSort::FirstFinish);
        plan.refresh(&index, None);
        assert!(plan.revision() > before);
    }

    #[test]
    fn a_pinned_row_stays_above_and_a_worker_cannot_be_pinned() {
        let index = Index::build(&fixture::async_run());
        let worker = index.tracks.iter().find(|t| matches!(t.kind, TrackKind::Worker(_))).map(|t| t.kind);
        let (mut plan, _) = plan(&index, |p| {
            p.switch_pin(HOG);
            p.switch_pin(worker.expect("there is a worker"));
        });
        let row = index.row(HOG).expect("hog has a row") as u32;
        assert_eq!(plan.arranged().pinned, [(row, Why::Pinned)]);
        plan.switch_pin(HOG);
        plan.refresh(&index, None);
        assert!(plan.arranged().pinned.is_empty());
    }

    #[test]
    fn folded_the_slowest_and_the_selected_have_rows_of_their_own() {
        let index = Index::build(&fixture::async_run());
        let (mut plan, _) = plan(&index, RowPlan::switch_folded);
        plan.refresh(&index, Some(HOG));
        assert!(plan.is_folded());
        let whys: Vec<Why> = plan.arranged().pinned.iter().map(|(_, why)| *why).collect();
        assert_eq!(whys, [Why::Slowest, Why::Selected], "hb waited 94.9 ms, hog is selected");
        plan.refresh(&index, Some(HB));
        assert_eq!(plan.arranged().pinned.len(), 1, "one row is enough");
    }

    #[test]
    fn what_is_looked_at_is_unfolded() {
        let mut plan = RowPlan::default();
        plan.switch_collapsed();
        plan.switch_group(RowGroup::Workload);
        plan.switch_group(RowGroup::Counters);
        plan.reveal(HB);
        assert!(!plan.is_collapsed() && !plan.is_hidden(RowGroup::Workload) && plan.is_hidden(RowGroup::Counters));
    }

    #[test]
    fn numbers_in_names_count_as_numbers() {
        let mut names = ["conn.10", "conn.9", "a", "conn.9.b", "conn"];
        names.sort_by_cached_key(|n| natural(n));
        assert_eq!(names, ["a", "conn", "conn.9", "conn.9.b", "conn.10"]);
    }
}
