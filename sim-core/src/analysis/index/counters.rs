//! The rows of counters: queues and channels, by how many stand in them.

use super::Index;
use crate::analysis::track::{Begins, CounterKind, SpanState};
use crate::instant::SimTime;
use crate::trace::tables::Tables;

/// The value of a counter that no row shows yet.
#[derive(Clone, Copy, Debug)]
pub(super) struct Level {
    value: u32,
    since: SimTime,
    event: usize,
}

impl Index {
    /// A counter gets its row when it has stood above zero for a while: most runs need only one or two of them.
    pub(super) fn count(&mut self, tables: &Tables, n: usize, kind: CounterKind, value: u32) {
        let time = self.snapshot.time;
        let level = self.levels.entry(kind).or_insert(Level { value: 0, since: SimTime::ZERO, event: n });
        if level.value == value {
            return;
        }
        let before = std::mem::replace(level, Level { value, since: time, event: n });
        if self.places.get(kind.into()).is_none() && !self.add_counter(tables, kind, before, time) {
            return;
        }
        let track = self.track_or_new(kind.into(), String::new);
        track.go(time, n, Some(SpanState::Level(value)), Begins::Not);
    }

    pub(super) fn add_counter(&mut self, tables: &Tables, kind: CounterKind, level: Level, until: SimTime) -> bool {
        if level.value == 0 || level.since == until {
            return false;
        }
        let track = self.track_or_new(kind.into(), || counter_name(kind, tables));
        track.go(SimTime::ZERO, 0, Some(SpanState::Level(0)), Begins::Not);
        track.go(level.since, level.event, Some(SpanState::Level(level.value)), Begins::Not);
        true
    }
}

fn counter_name(kind: CounterKind, tables: &Tables) -> String {
    match kind {
        CounterKind::ReadyQueue => "ready queue".to_owned(),
        CounterKind::RunQueue => "run queue".to_owned(),
        CounterKind::Channel(resource) => tables.resource_name(resource),
    }
}
