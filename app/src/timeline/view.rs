//! Which stretch of time is looked at, and what was looked at before.
//!
//! Knows no pixels: zooming and panning are told in shares of the stretch. Times are nanoseconds as f64, exact to
//! 2^53 ns (104 days), which is beyond what a trace can hold.

/// The stretch of time in view.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct View {
    /// Where it starts, in nanoseconds; may lie before the run's start.
    pub start: f64,
    /// How long it is, in nanoseconds; more than zero.
    pub length: f64,
}

/// The shortest stretch that can be looked at: at 1,000 px, 50 px a nanosecond.
const SHORTEST: f64 = 20.0;
/// The same where the whole run is shorter than that.
const LEAST: f64 = 1.0;
/// How much further than the whole can be zoomed out.
const LONGEST_SHARE: f64 = 2.0;
/// What is left free at the right when the whole is shown.
const MARGIN_SHARE: f64 = 0.1;
/// The same for a run that ended stuck.
const STUCK_SHARE: f64 = 0.6;

impl View {
    /// All of a run that lasts `total` nanoseconds.
    pub fn whole(total: f64) -> View {
        View { start: 0.0, length: (total * (1.0 + MARGIN_SHARE)).max(LEAST) }
    }

    /// All of a run that is stuck at its end: with room to see that nothing happens any more.
    pub fn whole_stuck(total: f64) -> View {
        View { start: 0.0, length: (total * (1.0 + STUCK_SHARE)).max(LEAST) }
    }

    /// From one time to a later one.
    pub fn of(from: f64, to: f64) -> View {
        View { start: from.min(to), length: (to - from).abs().max(LEAST) }
    }

    /// The end of the stretch.
    pub fn end(self) -> f64 {
        self.start + self.length
    }

    /// Larger by `factor`, with time `at` staying where it is.
    pub fn zoomed(self, factor: f64, at: f64, total: f64) -> View {
        let shortest = total.clamp(LEAST, SHORTEST);
        let longest = (total * LONGEST_SHARE).max(shortest);
        let length = (self.length / factor.clamp(1e-6, 1e6)).clamp(shortest, longest);
        let share = (at - self.start) / self.length;
        View { start: at - share * length, length }.held(total)
    }

    /// Later by this share of the length.
    pub fn panned(self, share: f64, total: f64) -> View {
        View { start: self.start + share * self.length, ..self }.held(total)
    }

    /// Moved, if need be, so that `time` is in view, a quarter from the edge it came from.
    pub fn showing(self, time: f64, total: f64) -> View {
        let slack = self.length * 0.02;
        if time < self.start + slack.min(time) {
            View { start: time - self.length * 0.25, ..self }.held(total)
        } else if time > self.end() - slack {
            View { start: time - self.length * 0.75, ..self }.held(total)
        } else {
            self
        }
    }

    /// Changed, if need be, so that `time` is in view together with the span around it. A span that is longer than the
    /// view is shown from a quarter before to a quarter after; one that only lies aside moves the view.
    pub fn holding(self, time: f64, (from, to): (f64, f64), total: f64) -> View {
        let shown = self.showing(time, total);
        let length = to - from;
        if from >= shown.start && to <= shown.end() {
            return shown;
        }
        if length * 1.25 > shown.length {
            return View { start: from - length * 0.25, length: (length * 1.5).max(total.clamp(LEAST, SHORTEST)) }
                .held(total);
        }
        shown.centred((from + to) / 2.0, total)
    }

    /// With `time` in the middle.
    pub fn centred(self, time: f64, total: f64) -> View {
        View { start: time - self.length / 2.0, ..self }.held(total)
    }

    /// At least a tenth of the view keeps showing the run.
    pub(crate) fn held(self, total: f64) -> View {
        let least = if self.length >= total { -self.length * 0.1 } else { -self.length * 0.5 };
        let most = (total - self.length * 0.5).max(least + self.length * 0.1);
        View { start: self.start.clamp(least, most), ..self }
    }
}

/// The views before this one, to go back to.
#[derive(Clone, Debug, Default)]
pub struct ViewHistory {
    views: Vec<View>,
    merging: Option<Kind>,
}

/// What changed the view: turning the wheel on is one change, not thirty.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Kind {
    /// A zoom.
    Zoom,
    /// A pan.
    Pan,
    /// A pull at an edge; the bits tell which edge stays.
    Pull(u64),
    /// A jump: each is a change of its own.
    Jump,
}

const MOST_VIEWS: usize = 100;

impl ViewHistory {
    /// Remembers `view` as it was before a change of this kind.
    pub fn remember(&mut self, view: View, kind: Kind) {
        if self.merging != Some(kind) || kind == Kind::Jump {
            if self.views.len() == MOST_VIEWS {
                self.views.remove(0);
            }
            self.views.push(view);
        }
        self.merging = Some(kind);
    }

    /// Any other act ends a run of zooms or pans.
    pub fn settle(&mut self) {
        self.merging = None;
    }

    /// Whether there is no change to take back.
    pub fn is_empty(&self) -> bool {
        self.views.is_empty()
    }

    /// The view before the last change.
    pub fn undo(&mut self) -> Option<View> {
        self.merging = None;
        self.views.pop()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn zooming_keeps_the_time_under_the_pointer() {
        let view = View::whole(1e8);
        let zoomed = view.zoomed(4.0, 2.5e7, 1e8);
        let share = |v: View| (2.5e7 - v.start) / v.length;
        assert!((share(view) - share(zoomed)).abs() < 1e-9);
        assert!((zoomed.length * 4.0 - view.length).abs() < 1e-3);
    }

    #[test]
    fn a_run_of_a_few_nanoseconds_takes_the_whole_width() {
        let whole = View::whole(3.0);
        assert!(whole.length < 4.0);
        assert!(whole.zoomed(2.0, 1.0, 3.0).length < whole.length, "and can be enlarged");
        assert_eq!(View::whole(1e8).zoomed(1e6, 5.0, 1e8).zoomed(1e6, 5.0, 1e8).length, SHORTEST);
    }

    #[test]
    fn the_run_cannot_be_lost_from_sight() {
        let view = View::whole(1e8).zoomed(100.0, 5e7, 1e8);
        for share in [-1e9, 1e9] {
            let far = view.panned(share, 1e8);
            assert!(far.end() > 0.0 && far.start < 1e8, "{far:?}");
        }
        assert!(View::whole(0.0).panned(5.0, 0.0).length > 0.0);
    }

    #[test]
    fn a_run_of_wheel_turns_is_undone_at_once() {
        let mut history = ViewHistory::default();
        let first = View::whole(100.0);
        history.remember(first, Kind::Zoom);
        history.remember(first.zoomed(2.0, 50.0, 100.0), Kind::Zoom);
        assert_eq!(history.undo(), Some(first));
        assert_eq!(history.undo(), None);
    }

    #[test]
    fn a_view_is_changed_only_if_the_span_around_a_moment_is_not_seen() {
        let view = View { start: 0.0, length: 100.0 };
        assert_eq!(view.holding(50.0, (40.0, 60.0), 1000.0), view);
        let moved = view.holding(95.0, (90.0, 120.0), 1000.0);
        assert_eq!(moved.length, view.length, "what fits moves the view");
        assert!(moved.start <= 90.0 && moved.end() >= 120.0);
        let larger = view.holding(50.0, (10.0, 400.0), 1000.0);
        assert!(larger.start <= 10.0 && larger.end() >= 400.0, "what does not fit enlarges it");
    }

    #[test]
    fn a_time_out_of_sight_is_brought_into_view() {
        let view = View { start: 0.0, length: 100.0 };
        assert_eq!(view.showing(50.0, 1000.0), view);
        let moved = view.showing(500.0, 1000.0);
        assert!(moved.start < 500.0 && moved.end() > 500.0);
        assert_eq!(view.showing(0.0, 1000.0), view, "the start of the run is at the very edge");
    }
}
