//! Whether a workload's steps name what exists, and cannot multiply without end.

use std::collections::{BTreeMap, BTreeSet};

use super::check::Checker;
use super::spec::Scenario;
use crate::model::{Family, MODELS, Model};
use crate::program::ast::visit;
use crate::program::{Op, Program, ResourceSpec};

/// At most so many tasks of one name.
const MAX_COUNT: u32 = 1_000_000;

/// At most so many tasks or threads in a run: an actor's id has 29 bits, and a person has one life.
const MAX_TASKS: u64 = 10_000_000;

/// Checks tasks, resources and every step.
pub(super) fn workload(checker: &mut Checker<'_>) {
    let scenario = checker.scenario;
    let workload = &scenario.workload;
    if workload.tasks.is_empty() {
        checker.wrong("workload.tasks", "there is nothing to run", "add a task");
    }
    for (name, resource) in workload.resources.iter() {
        let path = format!("workload.resources.{name}");
        checker.name(&path, name);
        if let ResourceSpec::Semaphore { permits: 0 }
        | ResourceSpec::Channel { capacity: 0 }
        | ResourceSpec::Barrier { parties: 0 } = resource
        {
            checker.wrong(&path, format!("a {} of none lets nobody through", resource.kind()), "write 1 or more");
        }
    }
    for (name, task) in workload.tasks.iter() {
        let path = format!("workload.tasks.{name}");
        checker.name(&path, name);
        if task.count == 0 || task.count > MAX_COUNT {
            let message = format!("{} tasks of one name cannot be run", task.count);
            checker.wrong(&format!("{path}.count"), message, format!("write 1 to {MAX_COUNT}"));
        }
        if !(-20..=19).contains(&task.nice) {
            checker.wrong(&format!("{path}.nice"), format!("there is no nice value {}", task.nice), "write -20 to 19");
        }
        if let Some(shard) = task.shard {
            shard_exists(checker, &path, shard);
        }
        if let Some(shares) = task.shares.filter(|shares| !(1..=1000).contains(shares)) {
            checker.wrong(&format!("{path}.shares"), format!("there are no {shares} shares"), "write 1 to 1000");
        }
        let spawned: BTreeSet<&str> = spawned_in(&task.ops).collect();
        let futures: BTreeSet<&str> = futures_in(&task.ops).collect();
        Steps { checker, spawned, futures }.body(&format!("{path}.ops"), &task.ops);
    }
    spawn_cycles(checker);
}

/// A task can only live on a worker that every run has in which tasks live on one.
fn shard_exists(checker: &mut Checker<'_>, path: &str, shard: u32) {
    let scenario = checker.scenario;
    let cores = scenario.machine.cores;
    let mut runs = scenario.runs.iter().filter(|run| run.model.has_shards());
    let Some(run) = runs.find(|run| shard >= run.model.workers_for(run.workers, cores)) else { return };
    let message = match run.model.workers_for(run.workers, cores) {
        1 => format!("there is no worker {shard} in the run `{}`: its only one is worker 0", run.id),
        workers => format!("there is no worker {shard} in the run `{}`: it has {workers}, from 0 on", run.id),
    };
    checker.wrong(&format!("{path}.shard"), message, "write a smaller number, or give the run more workers");
}

/// So many models that can are named to who chose one that cannot.
const NAMED: usize = 4;

/// What to do about a step that this model cannot do.
fn instead(model: &Model, op: &Op) -> String {
    let can = MODELS.into_iter().filter(|other| (other.refuses)(op).is_none());
    let can: Vec<_> = can.take(NAMED).map(|other| format!("`{}`", other.id)).collect();
    let has_offload = matches!(op, Op::BlockInPlace(d) if (model.refuses)(&Op::Offload(*d)).is_none());
    let or = if has_offload { "write Offload, which it has" } else { "leave the step out" };
    format!("give that run a model that can, such as {}, or {or}", can.join(", "))
}

/// The steps of one task.
struct Steps<'c, 's> {
    checker: &'c mut Checker<'s>,
    /// Tasks that it spawns.
    spawned: BTreeSet<&'s str>,
    /// Futures that it makes.
    futures: BTreeSet<&'s str>,
}

impl Steps<'_, '_> {
    fn body(&mut self, path: &str, program: &Program) {
        for (i, op) in program.iter().enumerate() {
            let path = format!("{path}.{i}");
            self.op(&path, op);
            for (below, body) in op.bodies() {
                self.body(&format!("{path}.{below}"), body);
            }
        }
    }

    fn op(&mut self, path: &str, op: &Op) {
        for run in &self.checker.scenario.runs {
            if let Some(why) = (run.model.refuses)(op) {
                let message = format!(
                    "the run `{}` cannot do this: {} has no {}, because {why}",
                    run.id,
                    run.model.id,
                    op.name()
                );
                self.checker.wrong(path, message, instead(run.model, op));
            }
        }
        let name_path = format!("{path}.0");
        match op {
            Op::Lock(name, _) => self.resource(&name_path, name, op, &["mutex", "std_mutex"]),
            Op::Read(name, _) | Op::Write(name, _) => self.resource(&name_path, name, op, &["rw_lock"]),
            Op::Acquire(name, _) => self.resource(&name_path, name, op, &["semaphore"]),
            Op::Send(name) | Op::Recv(name) => self.resource(&name_path, name, op, &["channel", "unbounded_channel"]),
            Op::Notify(name) | Op::NotifyAll(name) | Op::Wait(name) => {
                self.resource(&name_path, name, op, &["notify"]);
            }
            Op::Barrier(name) => self.resource(&name_path, name, op, &["barrier"]),
            Op::IoOn(name) => {
                let devices = &self.checker.scenario.machine.devices;
                if devices.get(name).is_none() {
                    self.checker.unknown(&name_path, "device", name, devices.names());
                }
            }
            Op::Spawn(name) => {
                let tasks = &self.checker.scenario.workload.tasks;
                if tasks.get(name).is_none() {
                    self.checker.unknown(&name_path, "task", name, tasks.names());
                }
            }
            Op::JoinTask(name) | Op::Cancel(name) | Op::Detach(name) => {
                if !self.spawned.contains(name.as_str()) {
                    self.checker.unknown(&name_path, "task spawned here", name, self.spawned.iter().copied());
                }
            }
            Op::Await(name) | Op::Drop(name) => {
                if !self.futures.contains(name.as_str()) {
                    self.checker.unknown(&name_path, "future made here", name, self.futures.iter().copied());
                }
            }
            Op::Let(name, _) => self.checker.name(&name_path, name),
            Op::Select(bodies) if bodies.is_empty() => {
                self.checker.wrong(path, "a Select of nothing never ends", "give it branches");
            }
            Op::Work(_)
            | Op::Io(_)
            | Op::Sleep(_)
            | Op::Block(_)
            | Op::BlockInPlace(_)
            | Op::Yield
            | Op::Offload(_)
            | Op::Join(_)
            | Op::Select(_)
            | Op::Timeout(..)
            | Op::Repeat(..)
            | Op::Try(..)
            | Op::Mark(_)
            | Op::Fail(_) => {}
        }
    }

    fn resource(&mut self, path: &str, name: &str, op: &Op, kinds: &[&str]) {
        let resources = &self.checker.scenario.workload.resources;
        match resources.get(name) {
            None => {
                let fitting = resources.iter().filter(|(_, r)| kinds.contains(&r.kind())).map(|(name, _)| name);
                self.checker.unknown(path, &format!("resource for {}", op.name()), name, fitting);
            }
            Some(resource) if !kinds.contains(&resource.kind()) => {
                let message = format!("{} cannot be used with `{name}`, a {}", op.name(), resource.kind());
                self.checker.wrong(path, message, format!("it takes a {}", kinds.join(" or ")));
            }
            Some(_) => {}
        }
    }
}

/// Tasks that spawn each other never end; tasks that spawn many, each of which spawns many, never fit.
fn spawn_cycles(checker: &mut Checker<'_>) {
    let scenario = checker.scenario;
    let tasks = &scenario.workload.tasks;
    let mut counts: BTreeMap<&str, u64> = BTreeMap::new();
    for (name, _) in tasks.iter() {
        let path = format!("workload.tasks.{name}.ops");
        match count(scenario, name, &mut Vec::new(), &mut counts) {
            Err(cycle) => {
                let message = format!("`{name}` spawns itself without end: {}", cycle.join(" → "));
                checker.wrong(&path, message, "a task may not come to spawn a task of its own name");
            }
            Ok(n) if n > MAX_TASKS => {
                let message = format!("`{name}` would come to {n} tasks");
                checker.wrong(&path, message, format!("at most {MAX_TASKS} can be run"));
            }
            Ok(_) => {}
        }
    }
}

/// How many tasks come of all instances of this one. An error is a cycle, by its names.
fn count<'s>(
    scenario: &'s Scenario,
    name: &'s str,
    above: &mut Vec<&'s str>,
    counts: &mut BTreeMap<&'s str, u64>,
) -> Result<u64, Vec<&'s str>> {
    if let Some(n) = counts.get(name) {
        return Ok(*n);
    }
    above.push(name);
    if let Some(at) = above[..above.len() - 1].iter().position(|n| *n == name) {
        return Err(above[at..].to_vec());
    }
    let Some(task) = scenario.workload.tasks.get(name) else {
        above.pop();
        return Ok(0);
    };
    let mut each: u64 = 1;
    for (child, times) in spawns(&task.ops, 1) {
        each = each.saturating_add(count(scenario, child, above, counts)?.saturating_mul(times));
    }
    above.pop();
    let all = each.saturating_mul(u64::from(task.count));
    counts.insert(name, all);
    Ok(all)
}

/// What a program spawns, and how many times.
fn spawns(program: &Program, times: u64) -> Vec<(&str, u64)> {
    let mut found = Vec::new();
    visit_times(program, times, &mut |op, times| {
        if let Op::Spawn(name) = op {
            found.push((name.as_str(), times));
        }
    });
    found
}

/// As [`visit`], with how many times the step is gone through.
fn visit_times<'p>(program: &'p Program, times: u64, see: &mut impl FnMut(&'p Op, u64)) {
    for op in program.iter() {
        see(op, times);
        let times = if let Op::Repeat(n, _) = op { times.saturating_mul(u64::from(*n)) } else { times };
        for (_, body) in op.bodies() {
            visit_times(body, times, see);
        }
    }
}

fn spawned_in(program: &Program) -> impl Iterator<Item = &str> {
    spawns(program, 1).into_iter().map(|(name, _)| name)
}

fn futures_in(program: &Program) -> impl Iterator<Item = &str> {
    let mut names = Vec::new();
    visit(program, &mut |op| {
        if let Op::Let(name, _) = op {
            names.push(name.as_str());
        }
    });
    names.into_iter()
}

/// The futures that any task makes.
pub(super) fn futures(scenario: &Scenario) -> Vec<&str> {
    scenario.workload.tasks.iter().flat_map(|(_, task)| futures_in(&task.ops)).collect()
}

/// How many calls tasks may hand to threads made for blocking, and so the most of these threads that there can be: each
/// may find that those before have ended, or are still busy.
pub(super) fn offloads(scenario: &Scenario) -> u64 {
    let mut spawned_by: BTreeMap<&str, Vec<(&str, u64)>> = BTreeMap::new();
    for (parent, task) in scenario.workload.tasks.iter() {
        for (child, times) in spawns(&task.ops, 1) {
            spawned_by.entry(child).or_default().push((parent, times));
        }
    }
    let (mut known, mut calls) = (BTreeMap::new(), 0_u64);
    for (name, task) in scenario.workload.tasks.iter() {
        let tasks = instances(scenario, name, &spawned_by, &mut known);
        visit_times(&task.ops, tasks, &mut |op, times| {
            if matches!(op, Op::Offload(_) | Op::BlockInPlace(_)) {
                calls = calls.saturating_add(times);
            }
        });
    }
    // Who is started again calls again, and spawns again; under Erlang with no limit over a whole run.
    let restarts = scenario.runs.iter().any(|run| run.model.family == Family::Actors)
        && scenario.workload.tasks.iter().any(|(_, task)| task.restart > 0);
    if restarts && calls > 0 { u64::MAX } else { calls }
}

/// How many tasks of this name there come to be: those that are there from the start, or those that others spawn.
fn instances<'s>(
    scenario: &'s Scenario,
    name: &'s str,
    spawned_by: &BTreeMap<&'s str, Vec<(&'s str, u64)>>,
    known: &mut BTreeMap<&'s str, u64>,
) -> u64 {
    if let Some(n) = known.get(name) {
        return *n;
    }
    // Tasks that spawn each other in a circle are an error of their own.
    known.insert(name, 0);
    let times = spawned_by.get(name).map_or(1, |parents| {
        let of =
            |(parent, times): &(&'s str, u64)| instances(scenario, parent, spawned_by, known).saturating_mul(*times);
        parents.iter().map(of).fold(0, u64::saturating_add)
    });
    let count = scenario.workload.tasks.get(name).map_or(0, |task| u64::from(task.count));
    let all = times.saturating_mul(count);
    known.insert(name, all);
    all
}

/// The op or marker of a moment must be one of the task's.
pub(super) fn anchor(
    checker: &mut Checker<'_>,
    path: &str,
    told: &Scenario,
    (task, op, mark): (&str, Option<&str>, Option<&str>),
) {
    let name = task.split('.').next().unwrap_or(task);
    let Some(spec) = told.workload.tasks.get(name) else { return };
    let (mut ops, mut marks) = (BTreeSet::new(), BTreeSet::new());
    visit(&spec.ops, &mut |op| {
        ops.insert(op.name());
        if let Op::Mark(text) = op {
            marks.insert(text.as_str());
        }
    });
    match (op, mark) {
        (Some(_), Some(_)) => {
            checker.wrong(path, "a moment is of an op or of a marker, not of both", "leave one of them out");
        }
        (Some(op), None) if !ops.contains(op) => {
            checker.unknown(&format!("{path}.op"), &format!("step of {task}"), op, ops);
        }
        (None, Some(mark)) if !marks.contains(mark) => {
            checker.unknown(&format!("{path}.mark"), &format!("marker of {task}"), mark, marks);
        }
        (Some(_), None) | (None, Some(_)) | (None, None) => {}
    }
}
