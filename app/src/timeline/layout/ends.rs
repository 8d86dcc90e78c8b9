//! How a row ends: a sign and its word, or a wait that never does.

use sim_core::analysis::track::{SpanState, TrackEnd};

use super::{Layout, RowInput, SIGN_WIDTH, fill_of, wait_of};
use crate::timeline::scene::*;
use crate::timeline::words::{end_word, sign_of, wait_words};

impl Layout<'_> {
    /// After its end a row has one sign, its word where there is room, and then nothing.
    pub(super) fn end(&self, row: RowInput<'_>, scene: &mut Scene) {
        let Some((time, end, _)) = row.track.end else { return };
        let x = self.axis.x(time);
        if x < self.axis.left - 40.0 || x > self.axis.right {
            return;
        }
        let (sign, ground) = match end {
            TrackEnd::Finished => (Sign::Finished, Ground::Finished),
            TrackEnd::Cancelled => (Sign::Cancelled, Ground::Ended),
            TrackEnd::Panicked => (Sign::Panicked, Ground::Ended),
        };
        let y = row.top + row.height / 2.0;
        scene.marks.push(Mark { x: x + 10.0, y, sign });
        let word = end_word(row.track.kind, end);
        let left = x + 22.0;
        if left >= self.axis.left && left + self.measure.width(word) <= self.axis.right {
            scene.labels.push(Label { x: left, y, text: word.to_owned(), ground });
        }
    }

    /// What waits when its run is stuck goes on waiting: to the edge of the view, and says so.
    pub(super) fn for_ever(&self, row: RowInput<'_>, scene: &mut Scene) {
        let last = row.track.spans.last().filter(|s| row.stuck && row.track.open && says_for_ever(s.state));
        let Some(last) = last else { return };
        let (x0, x1, y) = (self.axis.x(last.end).max(self.axis.left), self.axis.right, row.top + row.height / 2.0);
        if x1 - x0 < SIGN_WIDTH {
            return;
        }
        let sign = x0 + 12.0 + SIGN_WIDTH / 2.0;
        let left = sign + SIGN_WIDTH / 2.0 + 4.0;
        let text = match last.state {
            SpanState::Ready => row.trace.tables().run.family().reword("is never polled again"),
            SpanState::Runnable => "never gets a core again".to_owned(),
            SpanState::PollingOffCore(_) | SpanState::PollsOffCore(_) => "never returns".to_owned(),
            SpanState::WithoutWorkerOffCore(_) => "never returns".to_owned(),
            state => format!("{}, for ever", wait_words(row.trace.tables(), wait_of(state))),
        };
        let fits = left + self.measure.width(&text) <= x1;
        let after = if fits { left + self.measure.width(&text) + 4.0 } else { left };
        scene.rails.push(Rail { x0, x1: sign - SIGN_WIDTH / 2.0 - 2.0, y, anchor: x0 });
        scene.rails.push(Rail { x0: after, x1, y, anchor: x0 });
        scene.marks.push(Mark { x: sign, y, sign: sign_of(wait_of(last.state)) });
        if fits {
            scene.labels.push(Label { x: left, y, text, ground: Ground::Rail });
        }
    }
}

/// What goes on without an end when nothing more happens; who runs would not let the run end.
fn says_for_ever(state: SpanState) -> bool {
    fill_of(state) != Some(Fill::Running)
}
