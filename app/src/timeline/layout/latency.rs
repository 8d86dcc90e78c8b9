//! The longest latency of a run, named on the row that had it.

use sim_core::analysis::track::{Link, LinkKind};

use super::{Layout, PADDING, RowInput};
use crate::timeline::axis::write_length;
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
        let text = format!("{} {words}", write_length(link.to_time.since(link.from_time).as_nanos()));
        let x = self.axis.x(link.from_time) - self.measure.width(&text) - 2.0 * PADDING;
        if x < self.axis.left || x > self.axis.right {
            return;
        }
        let y = row.top + row.height / 2.0;
        scene.labels.push(Label { x, y, text, ground: Ground::Latency });
    }
}
