//! Which row of the index each thing has: found at once, by its id.

use std::collections::BTreeMap;

use super::track::{CounterKind, TrackKind};

/// Which row each thing has.
#[derive(Clone, Debug, Default)]
pub(super) struct Places {
    cores: Vec<Option<u32>>,
    workers: Vec<Option<u32>>,
    devices: Vec<Option<u32>>,
    tasks: Vec<Option<u32>>,
    threads: Vec<Option<u32>>,
    counters: BTreeMap<CounterKind, u32>,
}

impl Places {
    pub fn get(&self, kind: TrackKind) -> Option<usize> {
        let (rows, id) = match kind {
            TrackKind::Core(id) => (&self.cores, id.index()),
            TrackKind::Worker(id) => (&self.workers, id.index()),
            TrackKind::Device(id) => (&self.devices, id.index()),
            TrackKind::Task(id) => (&self.tasks, id.index()),
            TrackKind::Thread(id) => (&self.threads, id.index()),
            TrackKind::Counter(kind) => return self.counters.get(&kind).map(|row| *row as usize),
        };
        rows.get(id).copied().flatten().map(|row| row as usize)
    }

    pub fn set(&mut self, kind: TrackKind, row: usize) {
        let row = u32::try_from(row).expect("an index has fewer than 2^32 rows");
        let (rows, id) = match kind {
            TrackKind::Core(id) => (&mut self.cores, id.index()),
            TrackKind::Worker(id) => (&mut self.workers, id.index()),
            TrackKind::Device(id) => (&mut self.devices, id.index()),
            TrackKind::Task(id) => (&mut self.tasks, id.index()),
            TrackKind::Thread(id) => (&mut self.threads, id.index()),
            TrackKind::Counter(kind) => {
                self.counters.insert(kind, row);
                return;
            }
        };
        if id >= rows.len() {
            rows.resize(id + 1, None);
        }
        rows[id] = Some(row);
    }
}
