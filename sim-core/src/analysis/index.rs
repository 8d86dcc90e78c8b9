//! The index that the timeline is drawn from: a row for each thing with its states over time, and the links.
//!
//! Folds a [`Snapshot`] and notes, after each event, the state of the rows that the event may have touched: what a row
//! shows and what the snapshot says are the same truth. Grows with its trace. Knows no pixels.

mod counters;

pub use super::links::Links;
use super::places::Places;
pub use super::spans::{Spans, Sums, SumsBefore};
use super::sums::SumIndex;
use super::track::*;
use crate::instant::SimTime;
use crate::trace::event::Event;
use crate::trace::snapshot::{MAX_CORES, Snapshot, TaskState, ThreadState};
use crate::trace::tables::{Tables, TaskKind, ThreadKind};
use crate::trace::{Moves, Trace, ids::*};
use counters::Level;
use std::collections::BTreeMap;

/// Rows, spans and links of a trace.
#[derive(Clone, Debug, Default)]
pub struct Index {
    /// The rows, from top to bottom: cores, workers, devices, the workload's tasks and threads in order of creation,
    /// helpers and pool threads, counters.
    pub tracks: Vec<Track>,
    /// When the trace ends so far.
    pub end: SimTime,
    links: Links,
    places: Places,
    snapshot: Snapshot,
    levels: BTreeMap<CounterKind, Level>,
    /// Ready tasks and Runnable threads, as they were counted last.
    counted: (u32, u32),
    moves: Moves,
    serving: BTreeMap<RequestId, (DeviceId, usize)>,
    started: bool,
    sums: SumIndex,
}

impl Index {
    /// The index of a whole trace.
    pub fn build(trace: &Trace) -> Index {
        let mut index = Index::default();
        index.extend(trace);
        index
    }

    /// Takes in what the trace has gained since. The trace must be the same one, grown.
    pub fn extend(&mut self, trace: &Trace) {
        let tables = trace.tables();
        if !self.started {
            self.started = true;
            self.snapshot = Snapshot::initial(tables);
        }
        self.add_machine_rows(tables);
        let from = self.snapshot.events;
        for (n, record) in trace.records_from(from).enumerate() {
            let event = Event::decode(record, &tables.wide);
            let left = match event {
                Some(Event::WorkerMoved { worker, .. }) => self.snapshot.thread_of(tables, worker),
                _ => None,
            };
            self.snapshot.apply(tables, record);
            self.sums.note(&self.snapshot, event);
            if let Some(event) = event {
                self.moves.note(tables, from + n, event);
                if let Some((number, to)) = self.links.note(tables, &self.snapshot, from + n, record.time(), event)
                    && let Some(row) = self.places.get(to)
                {
                    self.tracks[row].links.push(number);
                }
                self.touch(tables, from + n, event);
                if let Event::WorkerMoved { worker, thread } = event {
                    self.move_worker(tables, from + n, worker, left, thread);
                }
            }
        }
        self.end = trace.end();
        self.settle(tables);
    }

    /// How many events it has taken in.
    pub fn events(&self) -> usize {
        self.snapshot.events
    }

    /// The state at the end of what it has taken in.
    pub fn last_snapshot(&self) -> &Snapshot {
        &self.snapshot
    }

    /// What any stretch of time adds up to.
    pub fn sums(&self) -> &SumIndex {
        &self.sums
    }

    /// The row of a thing, if it has one.
    pub fn track(&self, kind: TrackKind) -> Option<&Track> {
        self.row(kind).map(|row| &self.tracks[row])
    }

    /// Which row, from the top, a thing has.
    pub fn row(&self, kind: TrackKind) -> Option<usize> {
        self.places.get(kind)
    }

    /// All links, by the number of the event of the effect.
    pub fn links(&self) -> &Links {
        &self.links
    }

    /// The numbers of the links that lead to a row, by their effect.
    pub fn links_into<'a>(&self, track: &'a Track) -> &'a [u32] {
        &track.links
    }

    /// Those of them that take effect from `from` to `to`: few or many, found by two searches.
    pub fn links_within<'a>(&self, track: &'a Track, from: SimTime, to: SimTime) -> &'a [u32] {
        let first = track.links.partition_point(|l| self.links.effect(*l) < from);
        let last = track.links.partition_point(|l| self.links.effect(*l) <= to);
        &track.links[first.min(last)..last]
    }

    /// The wake or unblock in the workload that took longest to lead to a poll or dispatch; none: all were at once.
    pub fn slowest_link(&self) -> Option<Link> {
        self.links.slowest()
    }

    /// The links that this event is the effect of.
    pub fn links_to(&self, event: usize) -> impl Iterator<Item = Link> {
        self.links.to(event)
    }

    /// The thread that the worker was on after this event.
    pub fn thread_of_worker(&self, tables: &Tables, worker: WorkerId, event: usize) -> Option<ThreadId> {
        self.moves.thread_of(tables, worker, event)
    }

    /// Where workers went, and so what threads are called.
    pub fn moves(&self) -> &Moves {
        &self.moves
    }

    /// Bytes of memory that rows, spans and links take.
    pub fn memory_bytes(&self) -> usize {
        let tracks = self.tracks.iter().map(Track::memory_bytes).sum::<usize>();
        tracks + self.tracks.capacity() * size_of::<Track>() + self.links.memory_bytes()
    }

    fn add_machine_rows(&mut self, tables: &Tables) {
        for core in (0..(tables.run.cores as usize).min(MAX_CORES)).map(CoreId::from_index) {
            self.track_or_new(TrackKind::Core(core), || core.to_string());
        }
        for worker in (0..tables.workers.len()).map(WorkerId::from_index) {
            self.track_or_new(TrackKind::Worker(worker), || tables.worker_name(worker));
        }
        for device in (0..tables.devices.len()).map(DeviceId::from_index) {
            self.track_or_new(TrackKind::Device(device), || tables.device_name(device));
        }
    }

    fn track_or_new(&mut self, kind: TrackKind, name: impl FnOnce() -> String) -> &mut Track {
        let row = self.places.get(kind).unwrap_or_else(|| {
            self.places.set(kind, self.tracks.len());
            self.tracks.push(Track::new(kind, name()));
            self.tracks.len() - 1
        });
        &mut self.tracks[row]
    }

    /// Brings the rows up to date that the event may have changed.
    fn touch(&mut self, tables: &Tables, n: usize, event: Event) {
        use Event as E;
        match event {
            E::TaskSpawned { task, .. } => self.add_task(tables, n, task),
            E::PollStarted { task, at, .. } => {
                self.count_run(TrackKind::Task(task));
                self.show_task(tables, n, task, Begins::Anew);
                self.show_worker(tables, n, at.worker, Begins::Anew);
            }
            E::PollEnded { task, at, .. } => {
                self.show_task(tables, n, task, Begins::Not);
                self.show_worker(tables, n, at.worker, Begins::Not);
            }
            E::Queued { task, .. } | E::Woken { task, .. } => self.show_task(tables, n, task, Begins::Not),
            E::TaskCompleted { task, .. } | E::TaskCancelled { task, .. } => {
                self.show_task(tables, n, task, Begins::Not);
            }
            E::ThreadCreated { thread, .. } => self.add_thread(tables, n, thread),
            E::ThreadRunnable { thread, .. } | E::ThreadExited { thread, .. } => self.show_thread(tables, n, thread),
            E::ThreadBlocked { thread, .. } | E::ThreadUnblocked { thread, .. } => self.show_thread(tables, n, thread),
            E::Dispatched { thread, onto, .. } => {
                self.count_run(TrackKind::Thread(thread));
                self.show_thread(tables, n, thread);
                self.show_core(n, onto.core, Begins::Not);
            }
            E::SwitchedOut { thread, core, .. } => {
                self.show_thread(tables, n, thread);
                self.show_core(n, core, Begins::Not);
            }
            E::Sent { resource, .. } | E::Received { resource, .. } => {
                let length = self.snapshot.resources.get(resource.index()).map_or(0, |r| r.length);
                self.count(tables, n, CounterKind::Channel(resource), length);
            }
            E::IoStarted { request, .. } => self.serve(tables, n, request),
            // A device works on to the end even if nobody wants the answer any more.
            E::IoCompleted { request, .. } => self.serve_no_more(n, request),
            // The rest changes no row.
            _ => {}
        }
        let levels = (self.snapshot.totals.ready, self.snapshot.totals.runnable);
        if self.counted != levels {
            self.counted = levels;
            self.count(tables, n, CounterKind::ReadyQueue, levels.0);
            self.count(tables, n, CounterKind::RunQueue, levels.1);
        }
    }

    fn count_run(&mut self, kind: TrackKind) {
        if let Some(row) = self.places.get(kind) {
            self.tracks[row].runs += 1;
        }
    }

    fn add_task(&mut self, tables: &Tables, n: usize, id: TaskId) {
        let Some(info) = tables.tasks.get(id.index()) else { return };
        let time = self.snapshot.time;
        let track = self.track_or_new(TrackKind::Task(id), || tables.task_name(id));
        track.created.get_or_insert((time, n));
        track.plain = match info.kind {
            TaskKind::Plain | TaskKind::Main => true,
            TaskKind::Blocking | TaskKind::Helper => false,
        };
        self.show_task(tables, n, id, Begins::Not);
    }

    // A worker's thread has no row of its own: its worker has.
    fn add_thread(&mut self, tables: &Tables, n: usize, id: ThreadId) {
        let Some(info) = tables.threads.get(id.index()) else { return };
        let plain = match info.kind {
            ThreadKind::Worker(_) => return,
            ThreadKind::Plain => true,
            ThreadKind::Blocking | ThreadKind::Helper => false,
        };
        let time = self.snapshot.time;
        let track = self.track_or_new(TrackKind::Thread(id), || tables.thread_name(id));
        track.created.get_or_insert((time, n));
        track.plain = plain;
        self.show_thread(tables, n, id);
    }

    fn show_task(&mut self, tables: &Tables, n: usize, id: TaskId, begins: Begins) {
        let (Some(task), Some(row)) = (self.snapshot.task(id), self.places.get(TrackKind::Task(id))) else { return };
        let (state, end) = match task.state {
            TaskState::NotSpawned => (None, None),
            TaskState::Ready => (Some(SpanState::Ready), None),
            TaskState::Pending => (Some(SpanState::Pending(task.waits.first().map(|w| w.wait))), None),
            TaskState::Polling(worker) if self.is_on_core(tables, worker) => (Some(SpanState::Polling(worker)), None),
            TaskState::Polling(worker) => (Some(SpanState::PollingOffCore(worker)), None),
            TaskState::WithoutWorker(thread) if self.is_running(thread) => {
                (Some(SpanState::WithoutWorker(thread)), None)
            }
            TaskState::WithoutWorker(thread) => (Some(SpanState::WithoutWorkerOffCore(thread)), None),
            TaskState::Completed => (None, Some(TrackEnd::Finished)),
            TaskState::Cancelled => (None, Some(TrackEnd::Cancelled)),
            TaskState::Panicked => (None, Some(TrackEnd::Panicked)),
        };
        let time = self.snapshot.time;
        self.tracks[row].go(time, n, state, begins);
        self.tracks[row].end = self.tracks[row].end.or(end.map(|end| (time, end, n)));
    }

    fn show_worker(&mut self, tables: &Tables, n: usize, id: WorkerId, begins: Begins) {
        let Some(row) = self.places.get(TrackKind::Worker(id)) else { return };
        let on_core = self.is_on_core(tables, id);
        let state = self.snapshot.polled_by(id);
        let state = state.map(|task| if on_core { SpanState::Polls(task) } else { SpanState::PollsOffCore(task) });
        self.tracks[row].go(self.snapshot.time, n, state, begins);
    }

    // A trace without that thread's events says nothing of cores: then every poll counts as on one.
    fn is_on_core(&self, tables: &Tables, worker: WorkerId) -> bool {
        self.snapshot.thread_of(tables, worker).is_none_or(|thread| self.is_running(thread))
    }

    fn is_running(&self, thread: ThreadId) -> bool {
        self.snapshot.thread(thread).is_none_or(|t| matches!(t.state, ThreadState::Running(_)))
    }

    fn show_thread(&mut self, tables: &Tables, n: usize, id: ThreadId) {
        if let Some(worker) = self.snapshot.worker_on(id) {
            self.show_worker(tables, n, worker, Begins::Not);
        }
        if let Some(task) = self.snapshot.polled_by_thread(id) {
            self.show_task(tables, n, task, Begins::Not);
        }
        let (Some(thread), Some(row)) = (self.snapshot.thread(id), self.places.get(TrackKind::Thread(id))) else {
            return;
        };
        let (state, end) = match thread.state {
            ThreadState::NotCreated => (None, None),
            ThreadState::Runnable => (Some(SpanState::Runnable), None),
            ThreadState::Running(core) => (Some(SpanState::Running(core)), None),
            ThreadState::Blocked(wait) => (Some(SpanState::Blocked(wait)), None),
            ThreadState::Exited { panicked: false } => (None, Some(TrackEnd::Finished)),
            ThreadState::Exited { panicked: true } => (None, Some(TrackEnd::Panicked)),
        };
        let time = self.snapshot.time;
        self.tracks[row].go(time, n, state, Begins::Not);
        self.tracks[row].end = self.tracks[row].end.or(end.map(|end| (time, end, n)));
    }

    /// Also what it leaves behind has a row from now on: its poll goes on there.
    fn move_worker(&mut self, tables: &Tables, n: usize, worker: WorkerId, from: Option<ThreadId>, to: ThreadId) {
        if let Some(from) = from {
            self.track_or_new(TrackKind::Thread(from), || tables.thread_title(from));
            self.show_thread(tables, n, from);
        }
        self.show_worker(tables, n, worker, Begins::Not);
        self.show_thread(tables, n, to);
        // On its core a thread goes by another name from now on.
        for id in from.into_iter().chain([to]) {
            if let Some(ThreadState::Running(core)) = self.snapshot.thread(id).map(|t| t.state) {
                self.show_core(n, core, Begins::Anew);
            }
        }
    }

    fn show_core(&mut self, n: usize, id: CoreId, begins: Begins) {
        let Some(core) = self.snapshot.cores.get(id.index()) else { return };
        let (thread, time) = (core.thread, self.snapshot.time);
        let track = self.track_or_new(TrackKind::Core(id), || id.to_string());
        track.go(time, n, thread.map(SpanState::Occupied), begins);
    }

    fn serve(&mut self, tables: &Tables, n: usize, id: RequestId) {
        let Some(info) = tables.requests.get(id.index()) else { return };
        let Some(row) = self.places.get(TrackKind::Device(info.device)) else { return };
        let (time, track) = (self.snapshot.time, &mut self.tracks[row]);
        self.serving.insert(id, (info.device, track.spans.len()));
        track.spans.push(Span { start: time, end: time, state: SpanState::Serves(id), event: n });
        track.carry(time, n, track.in_flight() + 1);
    }

    fn serve_no_more(&mut self, n: usize, id: RequestId) {
        let Some((device, span)) = self.serving.remove(&id) else { return };
        let time = self.snapshot.time;
        self.end_service(device, span, time);
        if let Some(row) = self.places.get(TrackKind::Device(device)) {
            let track = &mut self.tracks[row];
            track.carry(time, n, track.in_flight().saturating_sub(1));
        }
    }

    fn end_service(&mut self, device: DeviceId, span: usize, end: SimTime) {
        if let Some(row) = self.places.get(TrackKind::Device(device)) {
            self.tracks[row].spans.end_at(span, end);
        }
    }

    /// What is still open ends where the trace ends so far; new rows go to their place.
    fn settle(&mut self, tables: &Tables) {
        let end = self.end;
        for (kind, level) in self.levels.clone() {
            if self.places.get(kind.into()).is_none() {
                self.add_counter(tables, kind, level, end);
            }
        }
        for (device, span) in self.serving.values().copied().collect::<Vec<_>>() {
            self.end_service(device, span, end);
        }
        self.tracks.iter_mut().for_each(|track| track.go_on_to(end));
        if self.snapshot.ended.is_some() {
            self.tracks.iter_mut().for_each(Track::shrink);
            self.links.shrink();
        }
        if !self.tracks.is_sorted_by_key(row_order) {
            self.tracks.sort_by_key(row_order);
            for (row, track) in self.tracks.iter().enumerate() {
                self.places.set(track.kind, row);
            }
        }
    }
}

fn row_order(track: &Track) -> (u8, usize, TrackKind) {
    let created = track.created.map_or(0, |(_, event)| event);
    let group = match track.kind {
        TrackKind::Core(_) => 0,
        TrackKind::Worker(_) => 1,
        TrackKind::Device(_) => 2,
        TrackKind::Task(_) | TrackKind::Thread(_) if track.plain => 3,
        TrackKind::Task(_) | TrackKind::Thread(_) => 4,
        TrackKind::Counter(_) => 5,
    };
    (group, created, track.kind)
}
