//! A workload as code: what its tasks look like as async functions, and as functions that threads run.
//!
//! Owns the words, an arm an op, for both shapes side by side. They are Rust in their keywords and their order, and no
//! more exact than a person needs: a length is written with its unit, a lock by its name. Which step a line stands for
//! is a row of the trace's own table, so that a recording shows its programs without this module.
//!
//! Steps are numbered through all programs, each before those inside it: `first_steps` is where each begins.

use crate::instant::SimDuration;
use crate::machine::spec::Latency;
use crate::trace::code::{CodeLine, Loop, ProgramInfo, StepInfo};
use crate::trace::ids::{ProgramId, StepId};

use super::ast::{Op, Program, ResourceSpec, Workload};

/// What a task is, in the model that runs it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Shape {
    /// An `async fn`, awaited.
    Async,
    /// A function that a thread of its own runs.
    Threads,
}

/// The programs of a workload, in the order of the file, and all their steps.
pub fn listings(workload: &Workload, shape: Shape) -> (Vec<ProgramInfo>, Vec<StepInfo>) {
    let spawned = workload.spawned();
    let (mut programs, mut steps) = (Vec::new(), Vec::new());
    for (name, task) in workload.tasks.iter() {
        let program = ProgramId::from_index(programs.len());
        let first = StepId::from_index(steps.len());
        let mut writer =
            Writer { workload, shape, program, lines: Vec::new(), steps, depth: 0, branch: first, loops: Vec::new() };
        writer.function(name, &task.ops);
        steps = writer.steps;
        let from_start = !spawned.contains(&name);
        programs.push(ProgramInfo { name: name.to_owned(), count: task.count, from_start, lines: writer.lines });
    }
    (programs, steps)
}

/// The first step of each task's program, in the order of the file.
pub(super) fn first_steps(workload: &Workload) -> Vec<(&str, StepId)> {
    let mut next = 0;
    let first = |(name, task): (_, &super::TaskSpec)| {
        let first = StepId::from_index(next);
        next += task.ops.iter().map(Op::steps).sum::<usize>();
        (name, first)
    };
    workload.tasks.iter().map(first).collect()
}

struct Writer<'w> {
    workload: &'w Workload,
    shape: Shape,
    program: ProgramId,
    lines: Vec<CodeLine>,
    steps: Vec<StepInfo>,
    depth: u32,
    /// The first step of the branch that is being written.
    branch: StepId,
    /// The loops around what is being written.
    loops: Vec<Loop>,
}

impl Writer<'_> {
    fn function(&mut self, name: &str, program: &Program) {
        match self.shape {
            Shape::Async => self.open(&format!("async fn {name}() {{"), None),
            Shape::Threads => self.open(&format!("fn {name}() {{"), None),
        }
        self.body(program);
        self.close("}");
    }

    fn body(&mut self, program: &Program) {
        for op in program.iter() {
            let step = self.next_step(op);
            match self.leaf(op) {
                Some(text) => self.line(&text, Some(step)),
                None => self.block(op, step),
            }
        }
    }

    /// A step that is one line.
    fn leaf(&self, op: &Op) -> Option<String> {
        Some(match op {
            Op::Work(d) => format!("work({});", length(*d)),
            Op::Io(latency) => self.waits(format!("io({})", latency_text(latency))),
            Op::IoOn(device) => self.waits(format!("io_on({device:?})")),
            Op::Sleep(d) => self.waits(format!("sleep({})", length(*d))),
            Op::Block(d) => format!("block({});", length(*d)),
            Op::Yield => self.waits("yield_now()".to_owned()),
            Op::Offload(d) => self.either(
                format!("spawn_blocking(|| block({})).await;", length(*d)),
                format!("block({}); // a thread makes the call itself", length(*d)),
            ),
            Op::Send(channel) => self.waits_or_fails(format!("{channel}.send(())")),
            Op::Recv(channel) => self.waits_or_fails(format!("{channel}.recv()")),
            Op::Notify(name) => format!("{name}.notify_one();"),
            Op::NotifyAll(name) => format!("{name}.notify_waiters();"),
            Op::Wait(name) => self.either(format!("{name}.notified().await;"), format!("{name}.wait();")),
            Op::Barrier(name) => self.waits(format!("{name}.wait()")),
            Op::Spawn(task) => self.spawn(task),
            Op::JoinTask(task) if self.is_many(task) => self.either(
                format!("for task in {task} {{ task.await?; }}"),
                format!("for thread in {task} {{ thread.join()?; }}"),
            ),
            Op::JoinTask(task) => self.either(format!("{task}.await?;"), format!("{task}.join()?;")),
            Op::Cancel(task) => self.either(
                if self.is_many(task) {
                    format!("for task in &{task} {{ task.abort(); }}")
                } else {
                    format!("{task}.abort();")
                },
                format!("// nobody can stop a thread from outside: {task} runs on"),
            ),
            Op::Detach(task) => format!("drop({task}); // runs on"),
            Op::Await(name) => self.either(format!("{name}.await;"), format!("{name}();")),
            Op::Drop(name) => format!("drop({name});"),
            Op::Mark(text) => format!("mark({text:?});"),
            Op::Fail(text) => format!("return Err({text:?});"),
            Op::Lock(..) | Op::Read(..) | Op::Write(..) | Op::Acquire(..) => return None,
            Op::Join(_) | Op::Select(_) | Op::Timeout(..) | Op::Repeat(..) | Op::Try(..) | Op::Let(..) => return None,
        })
    }

    /// A step with others inside it.
    fn block(&mut self, op: &Op, step: StepId) {
        match op {
            Op::Lock(name, body) | Op::Read(name, body) | Op::Write(name, body) | Op::Acquire(name, body) => {
                self.held(name, &self.take(op), body, step);
            }
            Op::Join(bodies) => match self.shape {
                Shape::Async => self.branches("join!(", "async", ",", bodies, ");", step),
                Shape::Threads => self.branches("thread::scope(|s| {", "s.spawn(||", ");", bodies, "});", step),
            },
            Op::Select(bodies) => match self.shape {
                Shape::Async => self.branches("select!(", "async", ",", bodies, "); // the others are dropped", step),
                Shape::Threads => {
                    self.branches("first_of(|s| {", "s.spawn(||", ");", bodies, "}); // the others run on", step);
                }
            },
            Op::Timeout(d, body) => {
                let (open, close) = match self.shape {
                    Shape::Async => ("timeout({}, async {", "}).await?;"),
                    Shape::Threads => ("first_within({}, thread::spawn(|| {", "}))?; // if late, it runs on"),
                };
                self.around(&open.replacen("{}", &length(*d), 1), body, close, step);
            }
            Op::Repeat(times, body) => {
                self.loops.push(Loop { step, times: *times });
                self.around(&format!("for _ in 0..{times} {{"), body, "}", step);
                self.loops.pop();
            }
            Op::Try(first, second) => {
                self.around("let tried = try {", first, "};", step);
                self.open("if tried.is_err() {", Some(step));
                self.body(second);
                self.close("}");
            }
            Op::Let(name, body) => {
                let open = self.either(format!("let {name} = async {{"), format!("let {name} = || {{"));
                self.open(&open, Some(step));
                self.branch(body);
                self.close("};");
            }
            leaf => unreachable!("{} is one line", leaf.name()),
        }
    }

    /// A guard that is held to the end of a block.
    fn held(&mut self, name: &str, take: &str, body: &Program, step: StepId) {
        self.open("{", None);
        self.line(&format!("let _{name} = {take}"), Some(step));
        self.body(body);
        self.close("}");
    }

    fn around(&mut self, open: &str, body: &Program, close: &str, step: StepId) {
        self.open(open, Some(step));
        self.body(body);
        self.close(close);
    }

    /// Bodies that go on beside each other, each between `start` and `end`.
    fn branches(&mut self, open: &str, start: &str, end: &str, bodies: &[Program], close: &str, step: StepId) {
        self.open(open, Some(step));
        for body in bodies {
            let only = if body.len() == 1 { self.leaf(&body[0]) } else { None };
            if let Some(only) = only {
                let outer = std::mem::replace(&mut self.branch, StepId::from_index(self.steps.len()));
                let step = self.next_step(&body[0]);
                self.line(&format!("{start} {{ {only} }}{end}"), Some(step));
                self.branch = outer;
            } else {
                self.open(&format!("{start} {{"), None);
                self.branch(body);
                self.close(&format!("}}{end}"));
            }
        }
        self.close(close);
    }

    fn branch(&mut self, body: &Program) {
        let outer = std::mem::replace(&mut self.branch, StepId::from_index(self.steps.len()));
        self.body(body);
        self.branch = outer;
    }

    fn spawn(&self, task: &str) -> String {
        let spawn = self.either(format!("spawn({task}())"), format!("thread::spawn({task})"));
        match self.workload.tasks.get(task).map_or(1, |spec| spec.count) {
            1 => format!("let {task} = {spawn};"),
            count => format!("let {task} = [(); {count}].map(|_| {spawn});"),
        }
    }

    fn is_many(&self, task: &str) -> bool {
        self.workload.tasks.get(task).is_some_and(|spec| spec.count > 1)
    }

    fn waits(&self, call: String) -> String {
        self.either(format!("{call}.await;"), format!("{call};"))
    }

    fn waits_or_fails(&self, call: String) -> String {
        self.either(format!("{call}.await?;"), format!("{call}?;"))
    }

    fn either(&self, task: String, thread: String) -> String {
        match self.shape {
            Shape::Async => task,
            Shape::Threads => thread,
        }
    }

    fn open(&mut self, text: &str, step: Option<StepId>) {
        self.line(text, step);
        self.depth += 1;
    }

    fn close(&mut self, text: &str) {
        self.depth -= 1;
        self.line(text, None);
    }

    /// The first line of a step stands for it.
    fn line(&mut self, text: &str, step: Option<StepId>) {
        if let Some(step) = step {
            let line = &mut self.steps[step.index()].line;
            if *line == UNWRITTEN {
                *line = u32::try_from(self.lines.len()).expect("a program has fewer than 2^32 lines");
            }
        }
        self.lines.push(CodeLine { depth: self.depth, text: text.to_owned(), step });
    }

    fn next_step(&mut self, op: &Op) -> StepId {
        let step = StepId::from_index(self.steps.len());
        let (program, branch, loops) = (self.program, self.branch, self.loops.clone());
        self.steps.push(StepInfo { program, line: UNWRITTEN, text: self.name(op), branch, loops });
        step
    }

    /// The step alone, as a word in a sentence.
    fn name(&self, op: &Op) -> String {
        if let Some(line) = self.leaf(op) {
            let code = line.split(" //").next().unwrap_or(&line);
            return code.trim_start_matches("// ").trim_end_matches(';').to_owned();
        }
        let (task, thread) = match op {
            Op::Join(_) => ("join!", "thread::scope"),
            Op::Select(_) => ("select!", "first_of"),
            Op::Timeout(d, _) => {
                return self.either(format!("timeout({})", length(*d)), format!("first_within({})", length(*d)));
            }
            Op::Repeat(times, _) => return format!("for _ in 0..{times}"),
            Op::Try(..) => ("try", "try"),
            Op::Let(name, _) => return format!("let {name}"),
            held => return self.take(held).trim_end_matches(';').to_owned(),
        };
        self.either(task.to_owned(), thread.to_owned())
    }

    /// How a lock or permit is taken.
    fn take(&self, op: &Op) -> String {
        match op {
            Op::Lock(name, _) => match self.workload.resources.get(name) {
                // std's lock blocks the thread, in a task too.
                Some(ResourceSpec::StdMutex) => format!("{name}.lock();"),
                Some(_) | None => self.waits(format!("{name}.lock()")),
            },
            Op::Read(name, _) => self.waits(format!("{name}.read()")),
            Op::Write(name, _) => self.waits(format!("{name}.write()")),
            Op::Acquire(name, _) => self.waits(format!("{name}.acquire()")),
            other => unreachable!("{} holds nothing", other.name()),
        }
    }
}

const UNWRITTEN: u32 = u32::MAX;

/// A latency as an argument: "10 ms", "5 ms..15 ms", "10 ms ± 2 ms".
fn latency_text(latency: &Latency) -> String {
    match latency {
        Latency::Fixed(d) => length(*d),
        Latency::Uniform(from, to) => format!("{}..{}", length(*from), length(*to)),
        Latency::Around(middle, spread) => format!("{} ± {}", length(*middle), length(*spread)),
    }
}

/// A length of time in full, with its unit: "10 ms", "0.1 ms", "50 µs", "1.55 µs".
fn length(d: SimDuration) -> String {
    let ns = d.as_nanos();
    let unit = match ns {
        1_000_000_000.. => ("s", 1_000_000_000),
        100_000.. => ("ms", 1_000_000),
        1_000.. => ("µs", 1_000),
        0.. => ("ns", 1),
    };
    let (whole, rest) = (ns / unit.1, ns % unit.1);
    let digits = unit.1.ilog10() as usize;
    let decimals = if digits == 0 { String::new() } else { format!(".{rest:0digits$}") };
    format!("{whole}{} {}", decimals.trim_end_matches('0').trim_end_matches('.'), unit.0)
}

#[cfg(test)]
#[path = "listing_tests.rs"]
mod tests;
