//! Workloads drawn at random, over every step that a file can write, under every model: each run ends, tells only what
//! can happen and all that the machine knows, is the same a second time, and loses nothing of the work.
//!
//! Two kinds are drawn. A tame one cannot fail, be cancelled or wait for what never comes: every model sets each of its
//! markers, and needs neither less time than its longest task nor more than all of it one after another. A wild one may
//! do anything.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::panic::{AssertUnwindSafe, catch_unwind};

use sim_core::analysis::metrics::Metrics;
use sim_core::model::{MODELS, Model, Setup};
use sim_core::program::ast::visit;
use sim_core::program::{Op, Program};
use sim_core::scenario::Scenario;
use sim_core::trace::digest::digest;
use sim_core::trace::event::{EndReason, Event};
use sim_core::{Costs, Device, Latency, Limits, Machine, Scheduler, SimDuration, Trace};

use crate::lesson::assert_legal;
use crate::own_view;

/// So many of each kind under every model, or as many as WAKELINE_WORKLOADS says.
const WORKLOADS: u64 = 24;

/// Far above what such a workload takes: whoever comes here goes round and round.
const MOST_STEPS: u64 = 300_000;

/// The named device takes so long.
const DISK: SimDuration = SimDuration::from_millis(2);

/// xorshift, of the test's own.
struct Dice(u64);

impl Dice {
    fn new(seed: u64) -> Dice {
        Dice((seed + 1).wrapping_mul(0x9E37_79B9_7F4A_7C15))
    }

    fn below(&mut self, n: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 >> 16) % n
    }

    fn pick(&mut self, of: &[&str]) -> String {
        of[self.below(of.len() as u64) as usize].to_owned()
    }

    /// In µs.
    fn time(&mut self) -> u64 {
        match self.below(3) {
            0 => self.below(100),
            1 => self.below(3_000),
            _ => self.below(30_000),
        }
    }
}

/// A workload in the making.
struct Draft {
    dice: Dice,
    marks: u32,
    lets: u32,
    /// Whether blocking calls let another thread go on with the worker: only few models know that.
    in_place: bool,
    /// Tasks that may be spawned by the one that is written.
    children: Vec<&'static str>,
}

const RESOURCES: &str = r#"{"m": mutex, "s": std_mutex, "rw": rw_lock, "sem": semaphore(permits: 2),
    "c": channel(capacity: 1), "u": unbounded_channel, "n": notify, "b": barrier(parties: 2)}"#;

const TASKS: [&str; 6] = ["a", "b", "c", "x", "y", "z"];

impl Draft {
    fn workload(seed: u64, body: impl Fn(&mut Draft, u32) -> String) -> String {
        let (dice, in_place) = (Dice::new(seed), seed % 4 == 3);
        let mut draft = Draft { dice, marks: 0, lets: 0, in_place, children: Vec::new() };
        let mut tasks = String::new();
        for name in TASKS {
            draft.children = match name {
                "a" => vec!["x", "y"],
                "b" => vec!["z"],
                _ => Vec::new(),
            };
            let ops = body(&mut draft, 0);
            let dice = &mut draft.dice;
            // A parent is one: a fixed slot of its child is in use once.
            let count = if matches!(name, "a" | "b") { 1 } else { 1 + dice.below(3) / 2 };
            let shares = 1 + dice.below(1000);
            let (priority, nice) = (dice.below(4) as i64 - 1, dice.below(40) as i64 - 20);
            let rest = format!("count: {count}, shares: {shares}, priority: {priority}, nice: {nice}, restart: 1");
            writeln!(tasks, r#"        "{name}": ({rest}, ops: [{ops}]),"#).expect("a string grows");
        }
        format!("tasks: {{\n{tasks}    }}, resources: {RESOURCES}")
    }

    fn mark(&mut self) -> String {
        self.marks += 1;
        format!(r#"Mark("{}")"#, self.marks)
    }

    fn time(&mut self) -> String {
        format!(r#""{}us""#, self.dice.time())
    }

    /// A step that takes time and holds nothing.
    fn plain(&mut self) -> String {
        let time = self.time();
        match self.dice.below(8) {
            0 | 1 => format!("Work({time})"),
            2 => format!("Io({time})"),
            3 => r#"IoOn("disk")"#.to_owned(),
            4 => format!("Sleep({time})"),
            5 if self.in_place => format!("BlockInPlace({time})"),
            5 => format!("Block({time})"),
            6 => format!("Offload({time})"),
            _ => "Yield".to_owned(),
        }
    }

    /// Steps that always come to their end.
    fn tame(&mut self, depth: u32) -> String {
        let mut steps = Vec::new();
        for _ in 0..self.dice.below(4) {
            let step = match self.dice.below(if depth < 2 { 14 } else { 4 }) {
                0..=3 => self.plain(),
                4 => {
                    let lock = self.dice.pick(&[
                        r#"Lock("m""#,
                        r#"Lock("s""#,
                        r#"Read("rw""#,
                        r#"Write("rw""#,
                        r#"Acquire("sem""#,
                    ]);
                    let (time, mark) = (self.time(), self.mark());
                    format!(r#"{lock}, [Work({time}), {mark}])"#)
                }
                5 => format!(r#"Repeat(2, [{}])"#, self.tame(depth + 1)),
                6 => format!(r#"Try([{}], [Mark("never")])"#, self.tame(depth + 1)),
                7 => format!(r#"Timeout("1000s", [{}])"#, self.tame(depth + 1)),
                8 => format!(r#"Join([[{}], [{}]])"#, self.tame(depth + 1), self.tame(depth + 1)),
                9 => format!(r#"Select([[{}]])"#, self.tame(depth + 1)),
                10 => {
                    self.lets += 1;
                    let (name, body) = (format!("f{}", self.lets), self.tame(depth + 1));
                    format!(r#"Let("{name}", [{body}]), Await("{name}")"#)
                }
                11 => {
                    self.lets += 1;
                    format!(r#"Let("f{0}", [Mark("never")]), Drop("f{0}")"#, self.lets)
                }
                12 => r#"Send("u"), Recv("u")"#.to_owned(),
                _ if depth == 0 && !self.children.is_empty() => {
                    let child = self.children.remove(0);
                    format!(r#"Spawn("{child}"), {}, JoinTask("{child}")"#, self.plain())
                }
                _ => r#"Notify("n"), NotifyAll("n")"#.to_owned(),
            };
            steps.push(step);
            steps.push(self.mark());
        }
        steps.join(", ")
    }

    /// Steps that do anything.
    fn wild(&mut self, depth: u32) -> String {
        let steps: Vec<String> = (0..self.dice.below(5)).map(|_| self.wild_step(depth)).collect();
        steps.join(", ")
    }

    fn wild_step(&mut self, depth: u32) -> String {
        let time = self.time();
        let with_body = if depth < 3 { 13 } else { 0 };
        let which = self.dice.below(14 + with_body);
        let body = |draft: &mut Draft| draft.wild(depth + 1);
        match which {
            0..=3 => self.plain(),
            4..=7 => {
                let steps = [r#"Send("c")"#, r#"Send("u")"#, r#"Recv("c")"#, r#"Recv("u")"#, r#"Notify("n")"#];
                let more = [r#"NotifyAll("n")"#, r#"Wait("n")"#, r#"Barrier("b")"#];
                self.dice.pick(&[&steps[..], &more[..]].concat())
            }
            8 => r#"Fail("as the dice fell")"#.to_owned(),
            9..=11 if !self.children.is_empty() => {
                let child = self.children[self.dice.below(self.children.len() as u64) as usize];
                let end = self.dice.pick(&["JoinTask", "Cancel", "Detach", "JoinTask"]);
                format!(r#"Spawn("{child}"), {}, {end}("{child}")"#, self.plain())
            }
            9..=13 => self.mark(),
            14 => format!(r#"Lock("m", [{}])"#, body(self)),
            15 => format!(r#"Lock("s", [{}])"#, body(self)),
            16 => format!(r#"Read("rw", [{}])"#, body(self)),
            17 => format!(r#"Write("rw", [{}])"#, body(self)),
            18 => format!(r#"Acquire("sem", [{}])"#, body(self)),
            19 => format!("Join([[{}], [{}]])", body(self), body(self)),
            20 => format!("Select([[{}], [{}]])", body(self), body(self)),
            21 => format!("Timeout({time}, [{}])", body(self)),
            22 => format!("Repeat(3, [{}])", body(self)),
            23 => format!("Try([{}], [{}])", body(self), body(self)),
            24 => self.waits_twice(),
            _ => {
                self.lets += 1;
                let (name, body, end) = (format!("f{}", self.lets), body(self), self.dice.pick(&["Await", "Drop"]));
                format!(r#"Let("{name}", [{body}]), Try([Timeout({time}, [Await("{name}")])], []), {end}("{name}")"#)
            }
        }
    }
}

impl Draft {
    /// Branches that wait for the same thing side by side, some of them given up.
    fn waits_twice(&mut self) -> String {
        let wait = |draft: &mut Draft| {
            let time = draft.time();
            let steps = [
                r#"Recv("c")"#.to_owned(),
                r#"Recv("u")"#.to_owned(),
                r#"Send("c")"#.to_owned(),
                r#"Wait("n")"#.to_owned(),
                r#"Barrier("b")"#.to_owned(),
                format!(r#"Lock("m", [Sleep({time})])"#),
                format!(r#"Acquire("sem", [Sleep({time})])"#),
                format!(r#"Read("rw", [Sleep({time})])"#),
                format!(r#"Write("rw", [Sleep({time})])"#),
            ];
            let which = draft.dice.below(steps.len() as u64) as usize;
            steps[which].clone()
        };
        let step = wait(self);
        let branches: Vec<String> = (0..2 + self.dice.below(3))
            .map(|_| {
                let (before, within) = (self.plain(), self.time());
                // Now and then another wait, so that lines get mixed.
                let step = if self.dice.below(4) == 0 { wait(self) } else { step.clone() };
                match self.dice.below(4) {
                    0 => format!("[{step}]"),
                    1 => format!("[{before}, {step}]"),
                    2 => format!("[Repeat(2, [{step}])]"),
                    _ => format!("[Try([Timeout({within}, [{step}])], [{step}])]"),
                }
            })
            .collect();
        let (join, time) = (self.dice.pick(&["Join", "Join", "Select"]), self.time());
        let whole = format!("{join}([{}])", branches.join(", "));
        if self.dice.below(2) == 0 { whole } else { format!("Try([Timeout({time}, [{whole}])], [])") }
    }
}

fn scenario(workload: &str) -> Scenario {
    // Any two that can do all of it: what is drawn runs under every model that can.
    let other = if workload.contains("BlockInPlace") { "thread_per_task" } else { "async_fifo" };
    let text = format!(
        r#"(schema: 1, id: "drawn", number: 1, part: A, title: "Drawn", idea: "An idea.", costs: "zero",
    machine: (devices: {{"disk": (latency: "2ms", in_flight: 1)}}),
    workload: ({workload}),
    runs: [(id: "other", model: {other}), (id: "tokio", model: tokio_multi_thread)])"#
    );
    Scenario::parse("drawn.ron", &text, &[]).unwrap_or_else(|errors| panic!("{errors}\n{text}"))
}

/// What a run is on, drawn from the seed.
fn machine(model: &Model, seed: u64) -> (Machine, Setup) {
    let mut dice = Dice::new(seed ^ 0xA5A5);
    let quantum = SimDuration::from_millis(1 + dice.below(4));
    let schedulers = [Scheduler::RoundRobin(quantum), Scheduler::FifoPriority, Scheduler::Fair(quantum)];
    let limits = Limits { steps: MOST_STEPS, ..Limits::default() };
    let plain = Device::new("I/O", SimDuration::from_millis(1));
    let machine = Machine::new()
        .cores([1, 2, 4][dice.below(3) as usize])
        .scheduler(schedulers[dice.below(3) as usize])
        .devices(vec![plain, Device::new("disk", DISK).at_most(1)])
        .costs(if dice.below(2) == 0 { Costs::zero() } else { Costs::cited() })
        .seed(seed)
        .limits(limits);
    let machine = if dice.below(2) == 0 { machine.inheriting_priorities() } else { machine };
    (machine, Setup { workers: Some(if model.id == "thread_pool" { 64 } else { 1 + dice.below(4) as u32 }) })
}

/// What keeps a model from this workload.
fn refused(model: &Model, scenario: &Scenario) -> bool {
    let mut refused = false;
    for (_, task) in scenario.workload.tasks.iter() {
        visit(&task.ops, &mut |op: &Op| refused |= (model.refuses)(op).is_some());
    }
    refused
}

/// The workload under the model: watched, and twice by itself.
fn run(model: &Model, seed: u64, scenario: &Scenario) -> Trace {
    let (first, setup) = machine(model, seed);
    let watched = own_view::check_trace(first, |m| (model.run)(m, setup, &scenario.workload), |trace| trace);
    let [trace, again] = [(); 2].map(|()| (model.run)(machine(model, seed).0, setup, &scenario.workload));
    assert_legal(&trace, model.id);
    assert_eq!(digest(&trace), digest(&again), "the same again");
    same(&watched, &trace);
    for (n, time, event) in trace.events_from(0) {
        assert!(!matches!(event, Event::Panicked { .. }), "event {n} at {time}: {event:?}");
    }
    trace
}

/// Whoever watches a run has it go step by step, and changes nothing of it.
#[track_caller]
fn same(watched: &Trace, alone: &Trace) {
    if digest(watched) == digest(alone) {
        return;
    }
    let [watched, alone] = [watched, alone].map(sim_core::trace::text::text);
    let first = watched.lines().zip(alone.lines()).position(|(watched, alone)| watched != alone);
    let around = |text: &str| {
        let from = first.unwrap_or(0).saturating_sub(12);
        text.lines().skip(from).take(20).collect::<Vec<_>>().join("\n")
    };
    panic!("from line {first:?} on:\nwatched\n{}\nalone\n{}", around(&watched), around(&alone));
}

fn ended(trace: &Trace) -> EndReason {
    match trace.len().checked_sub(1).and_then(|n| trace.event(n)) {
        Some(Event::RunEnded { reason }) => reason,
        other => panic!("a run ends with its end, not with {other:?}"),
    }
}

fn workloads() -> u64 {
    std::env::var("WAKELINE_WORKLOADS").ok().and_then(|n| n.parse().ok()).unwrap_or(WORKLOADS)
}

/// How often each marker was set.
fn marks(trace: &Trace) -> BTreeMap<String, u32> {
    let mut marks = BTreeMap::new();
    for mark in trace.markers() {
        *marks.entry(mark.text.to_owned()).or_default() += 1;
    }
    marks
}

/// Runs so many workloads that are drawn so under every model that can; says under which what failed.
#[track_caller]
fn each(draw: fn(&mut Draft, u32) -> String, check: impl Fn(&Scenario, &Trace)) {
    let mut failed = Vec::new();
    for seed in 0..workloads() {
        let scenario = scenario(&Draft::workload(seed, draw));
        for model in MODELS.into_iter().filter(|model| !refused(model, &scenario)) {
            let went = catch_unwind(AssertUnwindSafe(|| check(&scenario, &run(model, seed, &scenario))));
            if went.is_err() {
                println!("under {}, seed {seed}:\n{}", model.id, scenario.text);
                failed.push((model.id, seed));
            }
        }
    }
    assert!(failed.is_empty(), "{failed:?}");
}

#[test]
fn what_may_do_anything_is_told_legally_and_ends() {
    each(Draft::wild, |_, trace| {
        let reason = ended(trace);
        assert!(matches!(reason, EndReason::Finished | EndReason::Stuck), "{reason:?}");
    });
}

#[test]
fn nothing_of_what_must_be_done_is_lost() {
    each(Draft::tame, |scenario, trace| {
        assert_eq!(ended(trace), EndReason::Finished);
        if trace.tables().run.model == "no_executor" {
            assert!(marks(trace).is_empty(), "who has no executor does nothing");
            return;
        }
        let (mut all, mut longest) = (Due::default(), 0);
        for (_, task) in scenario.workload.tasks.iter() {
            let one = Due::of(&task.ops);
            longest = longest.max(one.at_least);
            (0..task.count).for_each(|_| all.and(&one));
        }
        assert_eq!(marks(trace), all.marks);
        let took = Metrics::of(trace).makespan.as_nanos();
        // What steps cost, and timers that count in milliseconds.
        let at_most = all.in_turn + 2_000_000 * (all.steps + 10);
        assert!((longest..=at_most).contains(&took), "{longest} ≤ {took} ≤ {at_most}");
    });
}

/// What a tame program has to do.
#[derive(Default)]
struct Due {
    steps: u64,
    /// Nanoseconds, if its branches go side by side, and one after another.
    at_least: u64,
    in_turn: u64,
    marks: BTreeMap<String, u32>,
}

impl Due {
    fn of(program: &Program) -> Due {
        let mut due = Due::default();
        program.iter().for_each(|op| due.and(&Due::of_op(op)));
        due
    }

    fn of_op(op: &Op) -> Due {
        let mut due = Due { steps: 1, ..Due::default() };
        match op {
            // Node counts whole milliseconds, rounded down.
            Op::Sleep(d) => {
                due.takes(*d);
                due.at_least = due.at_least.saturating_sub(1_000_000);
            }
            Op::Work(d) | Op::Block(d) | Op::BlockInPlace(d) | Op::Offload(d) | Op::Io(Latency::Fixed(d)) => {
                due.takes(*d)
            }
            Op::IoOn(_) => due.takes(DISK),
            Op::Repeat(times, body) => (0..*times).for_each(|_| due.and(&Due::of(body))),
            // The other steps are for a failure, which does not come.
            Op::Try(body, _) => due.and(&Due::of(body)),
            Op::Let(_, body) if is_for_nobody(body) => {}
            Op::Join(bodies) => {
                let bodies: Vec<Due> = bodies.iter().map(Due::of).collect();
                bodies.iter().for_each(|body| due.and(body));
                due.at_least = bodies.iter().map(|body| body.at_least).max().unwrap_or(0);
            }
            Op::Mark(text) => due.marks.extend([(text.clone(), 1)]),
            other => other.inner().for_each(|body| due.and(&Due::of(body))),
        }
        due
    }

    fn takes(&mut self, length: SimDuration) {
        self.at_least += length.as_nanos();
        self.in_turn += length.as_nanos();
    }

    fn and(&mut self, then: &Due) {
        self.steps += then.steps;
        self.at_least += then.at_least;
        self.in_turn += then.in_turn;
        then.marks.iter().for_each(|(mark, times)| *self.marks.entry(mark.clone()).or_default() += times);
    }
}

/// Whether the steps are those of a future that is dropped.
fn is_for_nobody(body: &Program) -> bool {
    matches!(body[..], [Op::Mark(ref text)] if text == "never")
}
