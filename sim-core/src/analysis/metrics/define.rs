//! How figures are named: in scenario files, in reports, and on hover.
//!
//! The grammar of names is told at [`Metrics::get`].

use serde::Serialize;

use super::{Metrics, Percentiles, TaskMetrics};
use crate::instant::{SimDuration, SimTime};

/// A figure.
#[derive(Clone, Copy, PartialEq, Debug, Serialize)]
pub enum Value {
    /// A length of time, or a moment as the time since the start.
    Duration(SimDuration),
    /// A number of things.
    Count(u64),
    /// A share, 1 being all; or a mean number of things.
    Ratio(f64),
    /// An amount of memory.
    Bytes(u64),
}

/// In what a figure is measured.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Unit {
    /// A length of time.
    Duration,
    /// A number of things.
    Count,
    /// A share, or a mean number.
    Ratio,
    /// An amount of memory.
    Bytes,
}

/// What a figure is called and means.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Definition {
    /// Its name in scenario files and reports, with its parameters: "makespan", "finish(who)".
    pub id: &'static str,
    /// Its name for people.
    pub title: &'static str,
    /// What exactly is counted.
    pub definition: &'static str,
    /// In what it is measured.
    pub unit: Unit,
}

macro_rules! definitions {
    ($($id:literal $unit:ident $title:literal: $definition:literal;)*) => {
        /// Every figure, in the order in which a table shows them.
        pub const DEFINITIONS: &[Definition] =
            &[$(Definition { id: $id, title: $title, definition: $definition, unit: Unit::$unit }),*];
    };
}

definitions! {
    "makespan" Duration "Makespan": "end of the last task that is not a helper";
    "run_end" Duration "End of the run": "when the last event happened";
    "unfinished" Count "Unfinished": "tasks and threads of the workload that had not ended when the run did";
    "mean_finish" Duration "Mean finish": "mean of the moments at which the workload's tasks ended";
    "last_first_run" Duration "Last to start": "when the last of the workload's tasks ran for the first time";
    "utilisation" Ratio "Utilisation": "time with a thread on a core, over cores × makespan";
    "utilisation_work" Ratio "Utilisation, work": "time in which the workload computed, over cores × makespan";
    "utilisation_overhead" Ratio "Utilisation, overhead": "time on a core without computing (switches, polls, spawns), over cores × makespan";
    "busy" Duration "Busy core time": "time with a thread on a core until the makespan, summed over the cores";
    "work" Duration "Computing": "the part of the busy core time in which the workload computed";
    "overhead" Duration "Overhead": "the rest of the busy core time";
    "polls" Count "Polls": "calls of poll on tasks";
    "wakes" Count "Wakes": "calls of wakers";
    "redundant_wakes" Count "Redundant wakes": "wakes of a task that was Ready already";
    "self_wakes" Count "Self-wakes": "wakes of a task by itself, in its own poll";
    "stale_wakes" Count "Stale wakes": "wakes of a task that had ended";
    "switches" Count "Context switches": "dispatches onto a core that had run before, if another thread was on it last or it stood empty in between";
    "switches_blocked" Count "… after a block": "context switches where the thread before had blocked";
    "switches_preempted" Count "… after a preemption": "context switches where the thread before was preempted";
    "switches_yielded" Count "… after a yield": "context switches where the thread before had yielded";
    "switches_exited" Count "… after an end": "context switches where the thread before had ended";
    "switch_cost" Duration "Cost of switching": "what all dispatches took together";
    "tasks" Count "Tasks": "tasks spawned, the main future included";
    "threads" Count "Threads": "threads created, workers and pool threads included";
    "memory_tasks" Bytes "Tasks' memory": "the most bytes of tasks at a time, by the cost model";
    "memory_stacks_reserved" Bytes "Stacks, reserved": "the most bytes of addresses reserved for stacks at a time";
    "memory_stacks" Bytes "Stacks, resident": "the most bytes of stacks in memory at a time";
    "memory_futures" Bytes "Futures": "the most bytes of live tasks' futures, as this compiler laid them out";
    "wait_p50" Duration "Wait to run, median": "half of the waits from being able to run (spawn included) to running are at most this long";
    "wait_p90" Duration "Wait to run, p90": "90 % of the waits from being able to run (spawn included) to running are at most this long";
    "wait_p99" Duration "Wait to run, p99": "99 % of the waits from being able to run (spawn included) to running are at most this long";
    "wait_max" Duration "Wait to run, longest": "the longest wait from being able to run (spawn included) to running";
    "wake_p50" Duration "Wait after a wake, median": "half of the waits from a wake to its poll, or an unblock to its dispatch, are at most this long; the first wait, after a spawn, is left out";
    "wake_p90" Duration "Wait after a wake, p90": "90 % of the waits from a wake to its poll, or an unblock to its dispatch, are at most this long; the first wait, after a spawn, is left out";
    "wake_p99" Duration "Wait after a wake, p99": "99 % of the waits from a wake to its poll, or an unblock to its dispatch, are at most this long; the first wait, after a spawn, is left out";
    "wake_max" Duration "Wait after a wake, longest": "the longest wait from a wake to its poll, or an unblock to its dispatch; the first wait, after a spawn, is left out";
    "ready_peak" Count "Ready queue, peak": "the most tasks that were Ready at a time";
    "ready_mean" Ratio "Ready queue, mean": "the mean number of Ready tasks until the makespan";
    "runnable_peak" Count "Run queue, peak": "the most threads that were Runnable at a time";
    "runnable_mean" Ratio "Run queue, mean": "the mean number of Runnable threads until the makespan";
    "peak(channel)" Count "Channel, peak": "the most messages that were in the channel at a time";
    "finish(who)" Duration "Finish": "when it ended";
    "first_run(who)" Duration "First run": "when it was first polled or dispatched";
    "polls(who)" Count "Polls of": "how often it was polled, or put on a core";
    "wakes(who)" Count "Wakes of": "calls of its waker";
    "longest_poll(who)" Duration "Longest poll": "its longest poll, or stretch on a core";
    "ready(who)" Duration "Time ready": "how long it was Ready, or Runnable";
    "running(who)" Duration "Time running": "how long it was Polling, or Running";
    "waiting(who)" Duration "Time waiting": "how long it was Pending, or Blocked";
    "mark(text)" Duration "Marker": "when the first marker with this text was set";
    "marks(text)" Count "Markers": "how many markers have this text";
    "lateness(who, period)" Duration "Lateness": "the greatest of a marker − (the marker before + the period)";
}

/// The definition of a metric, by an id with or without actual parameters: "makespan", "finish(hb)".
pub fn definition(id: &str) -> Option<&'static Definition> {
    let wanted = parse(id)?;
    DEFINITIONS
        .iter()
        .find(|d| parse(d.id).is_some_and(|known| known.name == wanted.name && known.arity() == wanted.arity()))
}

struct Call<'a> {
    name: &'a str,
    who: Option<&'a str>,
    period: Option<&'a str>,
}

impl Call<'_> {
    fn arity(&self) -> usize {
        usize::from(self.who.is_some()) + usize::from(self.period.is_some())
    }
}

fn parse(id: &str) -> Option<Call<'_>> {
    let id = id.trim();
    let Some((name, rest)) = id.split_once('(') else { return Some(Call { name: id, who: None, period: None }) };
    let arguments = rest.strip_suffix(')')?;
    let name = name.trim();
    match arguments.rsplit_once(',') {
        // Only a lateness has two: a marker's text may well hold a comma.
        Some((who, period)) if name == "lateness" => {
            Some(Call { name, who: Some(who.trim()), period: Some(period.trim()) })
        }
        Some(_) | None => Some(Call { name, who: Some(arguments.trim()), period: None }),
    }
}

impl Metrics {
    /// The figure of that name; none if there is no such figure, or nothing it speaks of happened.
    ///
    /// ```text
    /// metric   = name | name "(" who ")" | name "(" who "," duration ")"
    /// who      = the path or name of a task or thread, the name of a channel, or the text of a marker
    /// ```
    /// For example `makespan`, `finish(hb)`, `polls(hog)`, `mark(A1)`, `lateness(hb, 10.1ms)`. Where several tasks have the
    /// name, `finish` is the last one's, `first_run` the first one's, `longest_poll` the longest, and the rest is summed.
    ///
    /// ```
    /// use sim_core::analysis::metrics::{Metrics, Value};
    /// assert_eq!(Metrics::default().get("polls"), Some(Value::Count(0)));
    /// assert_eq!(Metrics::default().get("finish(hb)"), None);
    /// ```
    pub fn get(&self, id: &str) -> Option<Value> {
        let call = parse(id)?;
        match (call.who, call.period) {
            (None, None) => self.of_run(call.name),
            (Some(who), None) => self.of_thing(call.name, who),
            (Some(who), Some(period)) => self.lateness(who, period.parse().ok()?).map(Value::Duration),
            (None, Some(_)) => None,
        }
    }

    fn of_run(&self, name: &str) -> Option<Value> {
        use Value::{Bytes, Count, Duration, Ratio};
        Some(match name {
            "makespan" => Duration(self.makespan),
            "run_end" => Duration(self.run_end),
            "unfinished" => Count(self.unfinished),
            "mean_finish" => Duration(self.mean_finish),
            "last_first_run" => Duration(self.last_first_run),
            "utilisation" => Ratio(self.cores.utilisation),
            "utilisation_work" => Ratio(self.cores.utilisation_work),
            "utilisation_overhead" => Ratio(self.cores.utilisation_overhead),
            "busy" => Duration(self.cores.busy),
            "work" => Duration(self.cores.work),
            "overhead" => Duration(self.cores.overhead),
            "polls" => Count(self.polls),
            "wakes" => Count(self.wakes.all),
            "redundant_wakes" => Count(self.wakes.redundant),
            "self_wakes" => Count(self.wakes.own),
            "stale_wakes" => Count(self.wakes.stale),
            "switches" => Count(self.switches.all),
            "switches_blocked" => Count(self.switches.blocked),
            "switches_preempted" => Count(self.switches.preempted),
            "switches_yielded" => Count(self.switches.yielded),
            "switches_exited" => Count(self.switches.exited),
            "switch_cost" => Duration(self.switches.cost),
            "tasks" => Count(self.tasks_spawned),
            "threads" => Count(self.threads_created),
            "memory_tasks" => Bytes(self.memory.tasks),
            "memory_stacks_reserved" => Bytes(self.memory.stack_reserved),
            "memory_stacks" => Bytes(self.memory.stack_resident),
            "memory_futures" => Bytes(self.memory.futures),
            "ready_peak" => Count(self.ready.peak),
            "ready_mean" => Ratio(self.ready.mean),
            "runnable_peak" => Count(self.runnable.peak),
            "runnable_mean" => Ratio(self.runnable.mean),
            _ => return self.of_spread(name),
        })
    }

    fn of_spread(&self, name: &str) -> Option<Value> {
        let (which, rank) = name.split_once('_')?;
        let spread = match which {
            "wait" => &self.wait,
            "wake" => &self.wake_wait,
            _ => return None,
        };
        rank_of(spread, rank).map(Value::Duration)
    }

    fn of_thing(&self, name: &str, who: &str) -> Option<Value> {
        match name {
            "peak" => return self.channels.iter().find(|c| c.name == who).map(|c| Value::Count(c.peak)),
            "mark" => return self.marks.iter().find(|m| m.text == who).map(|m| moment(m.at)),
            "marks" => return Some(Value::Count(self.marks.iter().filter(|m| m.text == who).count() as u64)),
            _ => {}
        }
        let tasks = self.tasks_named(who);
        if tasks.is_empty() {
            return None;
        }
        let sum = |of: fn(&TaskMetrics) -> SimDuration| Some(Value::Duration(tasks.iter().map(|t| of(t)).sum()));
        match name {
            // One that has not ended has no finish, and nor has the lot of them.
            "finish" => tasks.iter().map(|t| t.finish).collect::<Option<Vec<_>>>()?.into_iter().max().map(moment),
            "first_run" => tasks.iter().filter_map(|t| t.first_run).min().map(moment),
            "polls" => Some(Value::Count(tasks.iter().map(|t| t.polls).sum())),
            "wakes" => Some(Value::Count(tasks.iter().map(|t| t.wakes).sum())),
            "longest_poll" => tasks.iter().map(|t| t.longest_poll).max().map(Value::Duration),
            "ready" => sum(|t| t.ready),
            "running" => sum(|t| t.running),
            "waiting" => sum(|t| t.waiting),
            _ => None,
        }
    }
}

fn rank_of(spread: &Percentiles, rank: &str) -> Option<SimDuration> {
    match rank {
        "p50" => Some(spread.p50),
        "p90" => Some(spread.p90),
        "p99" => Some(spread.p99),
        "max" => Some(spread.max),
        _ => None,
    }
}

fn moment(time: SimTime) -> Value {
    Value::Duration(time.since(SimTime::ZERO))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_figure_of_a_run_that_is_defined_is_there_in_its_unit() {
        let metrics = Metrics::default();
        for definition in DEFINITIONS.iter().filter(|d| !d.id.contains('(')) {
            let unit = match metrics.get(definition.id) {
                Some(Value::Duration(_)) => Unit::Duration,
                Some(Value::Count(_)) => Unit::Count,
                Some(Value::Ratio(_)) => Unit::Ratio,
                Some(Value::Bytes(_)) => Unit::Bytes,
                None => panic!("{} is defined and not there", definition.id),
            };
            assert_eq!(unit, definition.unit, "{}", definition.id);
        }
    }

    #[test]
    fn a_definition_is_found_with_actual_parameters() {
        assert_eq!(definition("finish(hb)").map(|d| d.id), Some("finish(who)"));
        assert_eq!(definition("lateness(hb, 10.1ms)").map(|d| d.id), Some("lateness(who, period)"));
        assert_eq!(definition("polls").map(|d| d.title), Some("Polls"));
        assert_eq!(definition("polls(x)").map(|d| d.title), Some("Polls of"));
        assert_eq!(definition("makespam"), None);
        assert_eq!(definition("makespan(x)"), None);
    }
}
