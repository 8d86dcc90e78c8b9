//! The longest latency of a run, named on the row that had it.

use sim_core::analysis::track::{Link, LinkKind};
use sim_core::clock::write_length;

use super::{Layout, PADDING, RowInput};
use crate::timeline::scene::*;

impl Layout<'_> {
    /// Names how long an arrow took, before its start; nothing where there is no room.
    pub fn latency(&self, row: RowInput<'_>, link: &Link, scene: &mut Scene) {
        let words = match link.kind {
            LinkKind::WakeToPoll => "wake → poll",
            LinkKind::UnblockToDispatch => "unblock → dispatch",
            LinkKind::SendToReceive => "send → receive",
            LinkKind::SpawnToFirst => "spawn → first",
        };
        let text = format!("{} {words}", write_length(link.to_time.since(link.from_time)));
        let width = self.measure.width(&text) + 2.0 * PADDING;
        let (x, y) = (self.axis.x(link.from_time) - width, row.top + row.height / 2.0);
        let covered = |l: &Label| l.y == y && l.x < x + width && l.x + self.measure.width(&l.text) + PADDING > x;
        if x < self.axis.left || x > self.axis.right || scene.labels.iter().any(covered) {
            return;
        }
        scene.labels.push(Label { x, y, text, ground: Ground::Latency });
    }
}
