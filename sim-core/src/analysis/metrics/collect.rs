//! Folds the figures out of a trace: one pass for the makespan, to which others are clipped, and one for the rest.

use std::collections::BTreeMap;

use super::cores::Cores;
use super::units::Units;
use super::*;
use crate::trace::event::{Event, PollResult};
use crate::trace::ids::*;
use crate::trace::snapshot::Snapshot;
use crate::trace::tables::{Tables, TaskKind, ThreadKind};

pub(super) fn collect(trace: &Trace) -> Metrics {
    let mut fold = Fold::new(trace);
    for (n, time, event) in trace.events_from(0) {
        fold.event(n, time, event);
    }
    fold.finish(trace)
}

struct Fold<'a> {
    tables: &'a Tables,
    snapshot: Snapshot,
    makespan: SimTime,
    cores: Cores,
    units: Units,
    ready: Area,
    runnable: Area,
    memory: Memory,
    live_futures: u64,
    channels: BTreeMap<ResourceId, u64>,
    marks: Vec<Mark>,
}

/// A number of things over time.
#[derive(Clone, Copy, Default)]
struct Area {
    peak: u32,
    sum: u128,
}

impl Area {
    fn depth(self, over: SimTime) -> Depth {
        let over = over.as_nanos().max(1) as f64;
        Depth { peak: u64::from(self.peak), mean: self.sum as f64 / over }
    }
}

impl<'a> Fold<'a> {
    fn new(trace: &'a Trace) -> Fold<'a> {
        let tables = trace.tables();
        let makespan = makespan(trace);
        Fold {
            tables,
            snapshot: Snapshot::initial(tables),
            makespan,
            cores: Cores::new(tables, makespan),
            units: Units::new(tables),
            ready: Area::default(),
            runnable: Area::default(),
            memory: Memory::default(),
            live_futures: 0,
            channels: BTreeMap::new(),
            marks: Vec::new(),
        }
    }

    fn event(&mut self, n: usize, time: SimTime, event: Event) {
        let passed = time.min(self.makespan).since(self.snapshot.time.min(self.makespan));
        self.ready.sum += u128::from(passed.as_nanos()) * u128::from(self.snapshot.totals.ready);
        self.runnable.sum += u128::from(passed.as_nanos()) * u128::from(self.snapshot.totals.runnable);
        self.cores.note(self.tables, &self.snapshot, time, event);
        self.units.before(self.tables, &self.snapshot, time, event);
        self.count_futures(event);
        self.snapshot.apply_event(self.tables, time, event);
        self.units.after(&self.snapshot, time, event);
        self.peaks(event);
        if let Event::Marked { by, text } = event {
            let (by, text) = (self.tables.actor_name(by), self.tables.text(text).to_owned());
            self.marks.push(Mark { at: time, by, text, event: n });
        }
    }

    fn count_futures(&mut self, event: Event) {
        let bytes = |task: TaskId| self.tables.tasks.get(task.index()).map_or(0, |t| u64::from(t.future_bytes));
        let exists = |task: TaskId| self.snapshot.task(task).is_some();
        let lives = |task: TaskId| self.snapshot.task(task).is_some_and(|t| !t.state.is_end());
        match event {
            Event::TaskSpawned { task, .. } if !exists(task) => self.live_futures += bytes(task),
            Event::TaskCompleted { task, .. } | Event::TaskCancelled { task, .. } if lives(task) => {
                self.live_futures = self.live_futures.saturating_sub(bytes(task));
            }
            Event::PollEnded { task, result: PollResult::Ready | PollResult::Panicked, .. } if lives(task) => {
                self.live_futures = self.live_futures.saturating_sub(bytes(task));
            }
            // The rest neither makes a future nor drops one.
            _ => {}
        }
    }

    fn peaks(&mut self, event: Event) {
        let totals = &self.snapshot.totals;
        self.ready.peak = self.ready.peak.max(totals.ready);
        self.runnable.peak = self.runnable.peak.max(totals.runnable);
        self.memory.tasks = self.memory.tasks.max(totals.task_bytes);
        self.memory.stack_reserved = self.memory.stack_reserved.max(totals.stack_reserved);
        self.memory.stack_resident = self.memory.stack_resident.max(totals.stack_resident);
        self.memory.futures = self.memory.futures.max(self.live_futures);
        if let Event::Sent { resource, .. } = event {
            let length = self.snapshot.resources.get(resource.index()).map_or(0, |r| u64::from(r.length));
            let peak = self.channels.entry(resource).or_default();
            *peak = length.max(*peak);
        }
    }

    fn finish(mut self, trace: &Trace) -> Metrics {
        self.cores.end(trace.end());
        let (wait, wake_wait) = (
            percentiles(std::mem::take(&mut self.units.waits)),
            percentiles(std::mem::take(&mut self.units.wake_waits)),
        );
        let cores = self.core_use();
        let tasks = self.units.finish(&self.snapshot);
        let plain = || tasks.iter().filter(|t| t.plain);
        let finishes: Vec<u64> = plain().filter_map(|t| t.finish).map(SimTime::as_nanos).collect();
        let mean = finishes.iter().map(|f| u128::from(*f)).sum::<u128>() / (finishes.len() as u128).max(1);
        let totals = self.snapshot.totals;
        let channel =
            |(id, peak): (&ResourceId, &u64)| ChannelMetrics { name: self.tables.resource_name(*id), peak: *peak };
        Metrics {
            makespan: self.makespan.since(SimTime::ZERO),
            run_end: trace.end().since(SimTime::ZERO),
            unfinished: plain().filter(|t| t.finish.is_none()).count() as u64,
            mean_finish: SimDuration::from_nanos(mean as u64),
            last_first_run: plain().filter_map(|t| t.first_run).max().unwrap_or_default().since(SimTime::ZERO),
            cores,
            polls: totals.polls,
            wakes: Wakes {
                all: totals.wakes,
                redundant: totals.redundant_wakes,
                own: totals.self_wakes,
                stale: totals.stale_wakes,
            },
            switches: self.cores.switches,
            tasks_spawned: totals.tasks_spawned,
            threads_created: totals.threads_created,
            memory: self.memory,
            wait,
            wake_wait,
            ready: self.ready.depth(self.makespan),
            runnable: self.runnable.depth(self.makespan),
            channels: self.channels.iter().map(channel).collect(),
            tasks,
            marks: self.marks,
        }
    }

    fn core_use(&self) -> CoreUse {
        let count = u64::from(self.tables.run.cores.max(1));
        let (busy, work) = (self.cores.busy, self.cores.work);
        let overhead = busy.saturating_sub(work);
        let all = (count as f64 * self.makespan.as_nanos() as f64).max(1.0);
        let share = |part: SimDuration| part.as_nanos() as f64 / all;
        CoreUse {
            count,
            busy,
            work,
            overhead,
            utilisation: share(busy),
            utilisation_work: share(work),
            utilisation_overhead: share(overhead),
        }
    }
}

/// End of the last task or thread of the workload; the end of the trace if none ended.
fn makespan(trace: &Trace) -> SimTime {
    let tables = trace.tables();
    let mut last = None;
    for (_, time, event) in trace.events_from(0) {
        let counts = match event {
            Event::TaskCompleted { task, .. } | Event::TaskCancelled { task, .. } => is_plain_task(tables, task),
            Event::PollEnded { task, result: PollResult::Ready | PollResult::Panicked, .. } => {
                is_plain_task(tables, task)
            }
            Event::ThreadExited { thread, .. } => is_plain_thread(tables, thread),
            // Nothing else ends a task or thread.
            _ => false,
        };
        if counts {
            last = Some(time);
        }
    }
    last.unwrap_or(trace.end())
}

pub(super) fn is_plain_task(tables: &Tables, id: TaskId) -> bool {
    tables.tasks.get(id.index()).is_some_and(|t| match t.kind {
        TaskKind::Plain | TaskKind::Main => true,
        TaskKind::Blocking | TaskKind::Helper => false,
    })
}

pub(super) fn is_plain_thread(tables: &Tables, id: ThreadId) -> bool {
    tables.threads.get(id.index()).is_some_and(|t| match t.kind {
        ThreadKind::Plain => true,
        ThreadKind::Worker(_) | ThreadKind::Blocking | ThreadKind::Helper => false,
    })
}

/// By nearest rank: the smallest value that so many percent of all do not exceed.
fn percentiles(mut lengths: Vec<u64>) -> Percentiles {
    if lengths.is_empty() {
        return Percentiles::default();
    }
    lengths.sort_unstable();
    let rank = |percent: usize| SimDuration::from_nanos(lengths[(lengths.len() * percent).div_ceil(100) - 1]);
    Percentiles { count: lengths.len() as u64, p50: rank(50), p90: rank(90), p99: rank(99), max: rank(100) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn percentiles_are_values_that_occurred() {
        let spread = percentiles((1..=100).rev().collect());
        let nanos = [spread.p50, spread.p90, spread.p99, spread.max].map(SimDuration::as_nanos);
        assert_eq!(nanos, [50, 90, 99, 100]);
        assert_eq!(percentiles(vec![7]).p50.as_nanos(), 7);
    }
}
