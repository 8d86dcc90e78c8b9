//! The state after any event, found from the nearest kept snapshot before it.
//!
//! Owns how far apart snapshots are kept: every 4,096 events, or four times the number of things that a snapshot
//! speaks of where that is more, so that keyframes never cost more than a few bytes an event.

use super::snapshot::Snapshot;
use super::store::Trace;

/// Keyframes are at least so many events apart.
pub const LEAST_SPACING: usize = 4_096;

/// Keyframes are at least so many times as many events apart as there are things to copy.
pub const EVENTS_AN_ENTITY: usize = 4;

/// Kept snapshots of a trace.
#[derive(Clone, Debug)]
pub struct Keyframes {
    frames: Vec<Snapshot>,
    head: Snapshot,
}

impl Keyframes {
    /// The keyframes of a trace as long as it is now.
    pub fn build(trace: &Trace) -> Keyframes {
        let head = Snapshot::initial(trace.tables());
        let mut keyframes = Keyframes { frames: vec![head.clone()], head };
        keyframes.extend(trace);
        keyframes
    }

    /// Takes in what the trace has gained since. The trace must be the same one, grown.
    pub fn extend(&mut self, trace: &Trace) {
        let mut last = self.frames.last().map_or(0, |f| f.events);
        for record in trace.records_from(self.head.events) {
            self.head.apply(trace.tables(), record);
            let since = self.head.events - last;
            if since >= LEAST_SPACING && since >= EVENTS_AN_ENTITY * self.head.entities() {
                last = self.head.events;
                self.frames.push(self.head.clone());
            }
        }
    }

    /// The state after the first `n` events; after the last one if there are fewer.
    pub fn seek(&self, trace: &Trace, n: usize) -> Snapshot {
        let mut snapshot = self.before(n).clone();
        fold_to(&mut snapshot, trace, n);
        snapshot
    }

    /// Brings a snapshot of this trace to the state after the first `n` events: cheap for a step forwards.
    pub fn move_to(&self, trace: &Trace, snapshot: &mut Snapshot, n: usize) {
        if snapshot.events > n || self.before(n).events > snapshot.events {
            snapshot.clone_from(self.before(n));
        }
        fold_to(snapshot, trace, n);
    }

    /// How many snapshots are kept.
    pub fn len(&self) -> usize {
        self.frames.len()
    }

    /// Whether none is kept: never, the initial one always is.
    pub fn is_empty(&self) -> bool {
        self.frames.is_empty()
    }

    fn before(&self, n: usize) -> &Snapshot {
        if self.head.events <= n {
            return &self.head;
        }
        let after = self.frames.partition_point(|f| f.events <= n);
        &self.frames[after - 1]
    }
}

fn fold_to(snapshot: &mut Snapshot, trace: &Trace, n: usize) {
    let more = n.min(trace.len()).saturating_sub(snapshot.events);
    for record in trace.records_from(snapshot.events).take(more) {
        snapshot.apply(trace.tables(), record);
    }
}
