//! Lines and steps in the making, for any shape.
//!
//! Owns indentation, the numbers of steps, and which line, branch and loops each step has.

use crate::trace::code::{CodeLine, Loop, StepInfo};
use crate::trace::ids::{ProgramId, StepId};

use super::Words;
use crate::program::ast::{Op, Program, Workload};

/// One program that is being written.
pub(super) struct Writer<'w> {
    /// What the program is a part of.
    pub workload: &'w Workload,
    words: &'static dyn Words,
    program: ProgramId,
    lines: Vec<CodeLine>,
    steps: Vec<StepInfo>,
    depth: u32,
    /// The first step of the branch that is being written.
    branch: StepId,
    /// The loops around what is being written.
    loops: Vec<Loop>,
    /// What the body that is being written calls at its end, in a shape where it calls something.
    calls: String,
}

impl<'w> Writer<'w> {
    /// A program's first line comes next; `steps` are those of the programs before it.
    pub fn new(
        workload: &'w Workload,
        words: &'static dyn Words,
        program: ProgramId,
        steps: Vec<StepInfo>,
    ) -> Writer<'w> {
        let branch = StepId::from_index(steps.len());
        let (lines, loops, calls) = (Vec::new(), Vec::new(), "done".to_owned());
        Writer { workload, words, program, lines, steps, depth: 0, branch, loops, calls }
    }

    /// The program's lines, and the steps of it and those before it.
    pub fn finish(self) -> (Vec<CodeLine>, Vec<StepInfo>) {
        (self.lines, self.steps)
    }

    /// A whole program.
    pub fn function(&mut self, name: &str, program: &Program) {
        self.open(&self.words.head(name), None);
        self.body(program);
        self.close(self.words.tail());
    }

    /// Steps that go on in the branch that is being written.
    pub fn body(&mut self, program: &Program) {
        self.words.body(self, program);
    }

    /// Steps that are a branch of their own.
    pub fn branch(&mut self, program: &Program) {
        let outer = std::mem::replace(&mut self.branch, StepId::from_index(self.steps.len()));
        self.body(program);
        self.branch = outer;
    }

    /// One step, which is numbered already.
    pub fn step(&mut self, op: &Op, step: StepId) {
        match self.words.leaf(self, op) {
            Some(text) => self.line(&text, Some(step)),
            None => self.words.block(self, op, step),
        }
    }

    /// A guard that is held to the end of a block.
    pub fn held(&mut self, name: &str, take: &str, body: &Program, step: StepId) {
        self.open("{", None);
        self.line(&format!("let _{name} = {take}"), Some(step));
        self.body(body);
        self.close("}");
    }

    /// Steps between two lines.
    pub fn around(&mut self, open: &str, body: &Program, close: &str, step: StepId) {
        self.open(open, Some(step));
        self.body(body);
        self.close(close);
    }

    /// Steps between two lines, gone through several times.
    pub fn repeated(&mut self, times: u32, open: &str, body: &Program, close: &str, step: StepId) {
        self.looped(step, times, |w| w.around(open, body, close, step));
    }

    /// What `write` writes is gone through several times.
    pub fn looped(&mut self, step: StepId, times: u32, write: impl FnOnce(&mut Self)) {
        self.loops.push(Loop { step, times });
        write(self);
        self.loops.pop();
    }

    /// What the body that is being written calls at its end.
    pub fn calls(&self) -> &str {
        &self.calls
    }

    /// The bodies that `write` writes call this at their end.
    pub fn calling(&mut self, name: &str, write: impl FnOnce(&mut Self)) {
        let outer = std::mem::replace(&mut self.calls, name.to_owned());
        write(self);
        self.calls = outer;
    }

    /// The lines from here on are one deeper.
    pub fn deeper(&mut self) {
        self.depth += 1;
    }

    /// Bodies that go on beside each other, each between `start` and `end`: on one line if it is but one step.
    pub fn branches(&mut self, start: &str, end: &str, bodies: &[Program]) {
        for body in bodies {
            let only = if body.len() == 1 { self.words.leaf(self, &body[0]) } else { None };
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
    }

    /// A branch that is one step, on this line.
    pub fn only(&mut self, op: &Op, text: &str) {
        let outer = std::mem::replace(&mut self.branch, StepId::from_index(self.steps.len()));
        let step = self.next_step(op);
        self.line(text, Some(step));
        self.branch = outer;
    }

    /// The line of a step that is one line.
    pub fn leaf(&self, op: &Op) -> String {
        self.words.leaf(self, op).unwrap_or_else(|| panic!("{} is more than a line", op.name()))
    }

    /// Whether there are several tasks of this name.
    pub fn is_many(&self, task: &str) -> bool {
        self.count(task) > 1
    }

    /// How many tasks there are of this name.
    pub fn count(&self, task: &str) -> u32 {
        self.workload.tasks.get(task).map_or(1, |spec| spec.count)
    }

    /// A line, and those after it one deeper.
    pub fn open(&mut self, text: &str, step: Option<StepId>) {
        self.line(text, step);
        self.depth += 1;
    }

    /// A line that ends what `open` began.
    pub fn close(&mut self, text: &str) {
        self.depth -= 1;
        self.line(text, None);
    }

    /// The first line of a step stands for it.
    pub fn line(&mut self, text: &str, step: Option<StepId>) {
        if let Some(step) = step {
            let line = &mut self.steps[step.index()].line;
            if *line == UNWRITTEN {
                *line = u32::try_from(self.lines.len()).expect("a program has fewer than 2^32 lines");
            }
        }
        self.lines.push(CodeLine { depth: self.depth, text: text.to_owned(), step });
    }

    /// Numbers the step that comes next: once for each, in their order.
    pub fn next_step(&mut self, op: &Op) -> StepId {
        let step = StepId::from_index(self.steps.len());
        let (program, branch, loops) = (self.program, self.branch, self.loops.clone());
        self.steps.push(StepInfo { program, line: UNWRITTEN, text: self.name(op), branch, loops });
        step
    }

    /// The step alone, as a word in a sentence.
    fn name(&self, op: &Op) -> String {
        let Some(line) = self.words.leaf(self, op) else { return self.words.block_name(self, op) };
        let code = line.split(" //").next().unwrap_or(&line).split(" %").next().unwrap_or(&line);
        code.trim_start_matches("// ").trim_end_matches([';', ',']).to_owned()
    }
}

const UNWRITTEN: u32 = u32::MAX;
