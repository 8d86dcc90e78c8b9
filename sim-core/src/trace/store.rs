//! The trace itself: records in chunks of 1 MiB, and the side tables.
//!
//! Owns storage, growth and streaming. Chunks are recycled: fresh memory costs more than recording into it
//! (11 ns against 1.6 ns a record), so a dropped chunk's memory serves the next.

use std::sync::{Arc, Mutex};

use super::event::{Event, Record};
use super::family::Family;
use super::ids::{Actor, QueueId, StrId, ThreadId};
use super::tables::{Decision, Drivers, RowCounts, Tables, Takers};
use crate::instant::SimTime;

/// Records in a full chunk: 1 MiB of them.
pub const CHUNK_RECORDS: usize = 65_536;

/// At most so many spare chunks are kept for later runs (64 MiB).
const SPARE_CHUNKS: usize = 64;

static SPARE: Mutex<Vec<Vec<Record>>> = Mutex::new(Vec::new());

/// A stretch of records. Every chunk of a trace but the last is full.
#[derive(Debug)]
pub struct Chunk {
    records: Vec<Record>,
}

impl Chunk {
    /// An empty chunk with room for [`CHUNK_RECORDS`], recycled where one is spare.
    pub fn with_room() -> Chunk {
        let spare = SPARE.lock().unwrap_or_else(std::sync::PoisonError::into_inner).pop();
        let records = spare.unwrap_or_else(|| Vec::with_capacity(CHUNK_RECORDS));
        assert!(records.capacity() == CHUNK_RECORDS, "a chunk has room for just its records");
        Chunk { records }
    }

    /// A chunk of just these records, with no room to spare.
    pub fn of(records: Vec<Record>) -> Chunk {
        Chunk { records }
    }

    /// The records, oldest first.
    pub fn records(&self) -> &[Record] {
        &self.records
    }

    /// Whether there is no room for one more.
    #[inline]
    pub fn is_full(&self) -> bool {
        self.records.len() == CHUNK_RECORDS
    }

    /// Adds a record. Panics if the chunk is full.
    pub fn push(&mut self, record: Record) {
        assert!(!self.is_full(), "a full chunk was pushed to");
        self.records.push(record);
    }
}

impl Drop for Chunk {
    fn drop(&mut self) {
        let mut records = std::mem::take(&mut self.records);
        if records.capacity() != CHUNK_RECORDS {
            return;
        }
        records.clear();
        let mut spare = SPARE.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        if spare.len() < SPARE_CHUNKS {
            spare.push(records);
        }
    }
}

/// The next stretch of a growing trace: what a running simulation streams to whoever watches it.
#[derive(Debug, Clone)]
pub struct TracePart {
    /// The records, a whole chunk but for the last part.
    pub chunk: Arc<Chunk>,
    /// The rows that the tables gained since the part before.
    pub tables: Tables,
}

/// The append-only truth of a run.
#[derive(Clone, Debug, Default)]
pub struct Trace {
    tables: Tables,
    chunks: Vec<Arc<Chunk>>,
    len: usize,
}

impl Trace {
    /// A trace with these tables and no events yet.
    pub fn new(tables: Tables) -> Trace {
        Trace { tables, chunks: Vec::new(), len: 0 }
    }

    /// How many events it holds.
    pub fn len(&self) -> usize {
        self.len
    }

    /// Whether nothing has happened.
    pub fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// Names and details of the run's things.
    pub fn tables(&self) -> &Tables {
        &self.tables
    }

    /// The chunks, oldest first: every one but the last is full.
    pub fn chunks(&self) -> &[Arc<Chunk>] {
        &self.chunks
    }

    /// Event `n` (from 0) as it is stored. Panics beyond the end.
    #[inline]
    pub fn record(&self, n: usize) -> Record {
        self.chunks[n / CHUNK_RECORDS].records[n % CHUNK_RECORDS]
    }

    /// When event `n` happened. Panics beyond the end.
    pub fn time(&self, n: usize) -> SimTime {
        self.record(n).time()
    }

    /// Event `n`. None if a newer version wrote a kind that this one does not know. Panics beyond the end.
    #[inline]
    pub fn event(&self, n: usize) -> Option<Event> {
        Event::decode(self.record(n), &self.tables.wide)
    }

    /// All records from event `from` on.
    pub fn records_from(&self, from: usize) -> impl Iterator<Item = Record> + '_ {
        let first = (from / CHUNK_RECORDS).min(self.chunks.len());
        let skip = from - first * CHUNK_RECORDS;
        self.chunks[first..].iter().flat_map(|chunk| chunk.records.iter().copied()).skip(skip)
    }

    /// All events from `from` on, with their numbers and times; kinds unknown to this version are left out.
    pub fn events_from(&self, from: usize) -> impl Iterator<Item = (usize, SimTime, Event)> + '_ {
        self.records_from(from)
            .enumerate()
            .filter_map(move |(i, r)| Some((from + i, r.time(), Event::decode(r, &self.tables.wide)?)))
    }

    /// When the last event happened; the start if there is none.
    pub fn end(&self) -> SimTime {
        if self.is_empty() { SimTime::ZERO } else { self.time(self.len - 1) }
    }

    /// The markers that user code set with [`mark`](crate::mark), in order.
    ///
    /// ```
    /// use sim_core::{Costs, Executor, Machine, SimDuration, mark, work};
    ///
    /// let outcome = Machine::new().costs(Costs::zero()).run_async(Executor::fifo(1), || async {
    ///     work(SimDuration::from_millis(2));
    ///     mark("half");
    ///     work(SimDuration::from_millis(2));
    ///     mark("done");
    /// });
    /// let told: Vec<_> = outcome.trace.markers().map(|m| format!("{} at {}", m.text, m.time)).collect();
    /// assert_eq!(told, ["half at 2ms", "done at 4ms"]);
    /// ```
    pub fn markers(&self) -> impl Iterator<Item = Marker<'_>> {
        self.events_from(0).filter_map(|(_, time, event)| match event {
            Event::Marked { by, text } => Some(Marker { time, by, text: self.tables.text(text) }),
            _ => None,
        })
    }

    /// Every choice that was made, in order, as [`Machine::replay`](crate::Machine::replay) takes them: given back
    /// whole they make the same run again, edited they ask "what if".
    pub fn decisions(&self) -> Vec<(Decision, String)> {
        self.tables.decisions.iter().map(|d| (d.clone(), self.tables.text(d.path).to_owned())).collect()
    }

    /// How many events happened before `time`.
    pub fn events_before(&self, time: SimTime) -> usize {
        self.partition(|t| t < time)
    }

    /// How many events happened up to and at `time`.
    pub fn events_until(&self, time: SimTime) -> usize {
        self.partition(|t| t <= time)
    }

    fn partition(&self, before: impl Fn(SimTime) -> bool) -> usize {
        let chunk = self.chunks.partition_point(|c| c.records.last().is_some_and(|r| before(r.time())));
        let within = self.chunks.get(chunk).map_or(0, |c| c.records.partition_point(|r| before(r.time())));
        // The last chunk may not be full.
        (chunk * CHUNK_RECORDS + within).min(self.len)
    }

    /// Adds the next part of a stream. Panics if the part before was not a whole chunk.
    pub fn append(&mut self, part: TracePart) {
        assert!(self.len.is_multiple_of(CHUNK_RECORDS), "a part came after one that was not a whole chunk");
        self.tables.append(part.tables);
        if !part.chunk.records.is_empty() {
            self.len += part.chunk.records.len();
            self.chunks.push(part.chunk);
        }
    }

    /// Adds rows to the side tables, before the first event that names them.
    pub fn append_rows(&mut self, rows: Tables) {
        self.tables.append(rows);
    }

    /// Says what the run's tasks are.
    pub(super) fn set_family(&mut self, family: Family) {
        self.tables.run.family = family;
    }

    /// Says how nice a thread is; of one that there is not, nothing.
    pub(super) fn set_nice(&mut self, thread: ThreadId, nice: i32) {
        if let Some(info) = self.tables.threads.get_mut(thread.index()) {
            info.nice = nice;
        }
    }

    /// Says who takes from a queue; of one that there is not, nothing.
    pub(super) fn set_takers(&mut self, queue: QueueId, takers: Takers) {
        if let Some(info) = self.tables.queues.get_mut(queue.index()) {
            info.takers = takers;
        }
    }

    /// Says whose the run's drivers are.
    pub(super) fn set_drivers(&mut self, drivers: Drivers) {
        self.tables.run.drivers = drivers;
    }

    /// Bytes of memory held by records and side tables, about.
    pub fn memory_bytes(&self) -> usize {
        let chunks: usize = self.chunks.iter().map(|c| c.records.capacity() * size_of::<Record>()).sum();
        chunks + self.tables.memory_bytes()
    }
}

/// A named moment, set by user code.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Marker<'a> {
    /// When.
    pub time: SimTime,
    /// Whose code set it.
    pub by: Actor,
    /// Its name.
    pub text: &'a str,
}

/// Writes a trace, event by event, and streams it if someone listens.
pub struct Recorder {
    tables: Tables,
    chunk: Chunk,
    done: Vec<Arc<Chunk>>,
    strings: std::collections::BTreeMap<String, StrId>,
    sink: Option<Sink>,
    streamed: RowCounts,
}

/// Takes each part of a growing trace; answers whether to go on.
pub type Sink = Box<dyn FnMut(TracePart) -> bool>;

impl Recorder {
    /// A recorder for a run with these tables; the string table must be empty or start with the empty text.
    pub fn new(mut tables: Tables, sink: Option<Sink>) -> Recorder {
        if tables.strings.is_empty() {
            tables.strings.push(String::new());
        }
        let strings = tables.strings.iter().enumerate().map(|(i, s)| (s.clone(), StrId::from_index(i))).collect();
        Recorder { tables, chunk: Chunk::with_room(), done: Vec::new(), strings, sink, streamed: RowCounts::default() }
    }

    /// Writes an event.
    #[inline(always)]
    pub fn record(&mut self, time: SimTime, event: Event) {
        let record = event.encode(time, &mut self.tables.wide);
        if self.is_full() {
            self.next_chunk();
        }
        let records = &mut self.chunk.records;
        let len = records.len();
        // SAFETY: there is room for one more: a full chunk was changed for an empty one above. `push` would look again,
        // and that look would be a tenth of what recording costs.
        unsafe {
            records.as_mut_ptr().add(len).write(record);
            records.set_len(len + 1);
        }
    }

    /// Whether the next event begins a new chunk.
    #[inline(always)]
    pub fn is_full(&self) -> bool {
        self.chunk.records.len() == self.chunk.records.capacity()
    }

    /// The id of a text, the same for the same text.
    pub fn intern(&mut self, text: &str) -> StrId {
        if let Some(id) = self.strings.get(text) {
            return *id;
        }
        let id = StrId::from_index(self.tables.strings.len());
        self.tables.strings.push(text.to_owned());
        self.strings.insert(text.to_owned(), id);
        id
    }

    /// The tables so far.
    pub fn tables(&self) -> &Tables {
        &self.tables
    }

    /// The tables, to add rows to.
    pub fn tables_mut(&mut self) -> &mut Tables {
        &mut self.tables
    }

    /// How many events are recorded.
    pub fn len(&self) -> usize {
        self.done.len() * CHUNK_RECORDS + self.chunk.records.len()
    }

    /// Whether nothing is recorded.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The last part is streamed; the whole is returned.
    pub fn finish(mut self) -> Trace {
        if !self.chunk.records.is_empty() {
            // A small trace must not hold a whole chunk's megabyte.
            let last = std::mem::replace(&mut self.chunk, Chunk::of(Vec::new()));
            let last = if last.records.len() < CHUNK_RECORDS / 2 { Chunk::of(last.records.clone()) } else { last };
            self.stream(last);
        }
        let len = self.done.iter().map(|c| c.records.len()).sum();
        Trace { tables: self.tables, chunks: self.done, len }
    }

    /// Streams what is recorded and begins a new chunk. Answers false when the listener wants no more.
    #[cold]
    pub fn next_chunk(&mut self) -> bool {
        let full = std::mem::replace(&mut self.chunk, Chunk::with_room());
        self.stream(full)
    }

    fn stream(&mut self, chunk: Chunk) -> bool {
        let chunk = Arc::new(chunk);
        self.done.push(Arc::clone(&chunk));
        let Some(sink) = &mut self.sink else { return true };
        let tables = self.tables.rows_since(self.streamed);
        self.streamed = self.tables.counts();
        sink(TracePart { chunk, tables })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::trace::event::EndReason;

    #[test]
    fn all_events_of_a_short_trace_happened_by_its_end() {
        let mut recorder = Recorder::new(Tables::default(), None);
        recorder.record(SimTime::from_nanos(5), Event::RunEnded { reason: EndReason::Finished });
        let trace = recorder.finish();
        assert_eq!((trace.events_before(trace.end()), trace.events_until(trace.end())), (0, 1));
        assert_eq!(trace.events_until(SimTime::MAX), 1);
    }
}
