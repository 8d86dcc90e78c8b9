//! `wakeline check`: scenarios read, run and held to what they expect; a line a scenario.

use std::collections::BTreeSet;
use std::io::Write;
use std::path::{Path, PathBuf};

use sim_core::Costs;
use sim_core::scenario::narration::{Anchor, Step};
use sim_core::scenario::{Scenario, anchor};
use sim_core::trace::Trace;

use super::args::CheckArgs;
use super::asked::costs;
use super::{Failure, Wrong, print_errors};
use crate::library;

/// What became of one scenario.
enum Verdict {
    Fine,
    /// An expectation fails, or a moment of its lesson does not come.
    Fails,
    /// It cannot be read.
    Wrong,
}

/// Does what `check` asks. Every scenario is looked at, whatever became of those before it.
pub fn check(ask: &CheckArgs, out: &mut impl Write) -> Result<(), Failure> {
    let mut found = Vec::new();
    for path in &ask.paths {
        found.extend(files_of(path)?);
    }
    let instead = ask.costs.as_deref().map(costs).transpose()?;
    let (mut fails, mut wrong) = (0, 0);
    for asked in &found {
        match one(asked, instead.as_ref(), out)? {
            Verdict::Fine => {}
            Verdict::Fails => fails += 1,
            Verdict::Wrong => wrong += 1,
        }
        out.flush()?;
    }
    if found.len() > 1 {
        writeln!(
            out,
            "{} scenarios, {fails} with an expectation that fails, {wrong} that cannot be read",
            found.len()
        )?;
    }
    match (wrong, fails) {
        (0, 0) => Ok(()),
        (0, _) => Err(Failure::Expectation),
        (_, _) => Err(Wrong::failure(format!("{wrong} of {} scenarios cannot be read", found.len()), "see above")),
    }
}

/// A directory stands for the scenario files in it, in order of name.
fn files_of(asked: &str) -> Result<Vec<String>, Failure> {
    let path = Path::new(asked);
    if !path.is_dir() {
        return Ok(vec![asked.to_owned()]);
    }
    let fail = |error: std::io::Error| Wrong::failure(format!("{asked} cannot be listed: {error}"), "name a directory");
    let mut files: Vec<PathBuf> = Vec::new();
    for entry in std::fs::read_dir(path).map_err(fail)? {
        let file = entry.map_err(fail)?.path();
        if file.extension().is_some_and(|end| end == "ron") {
            files.push(file);
        }
    }
    files.sort();
    if files.is_empty() {
        return Err(Wrong::failure(format!("there is no scenario in {asked}"), "a scenario is a .ron file"));
    }
    Ok(files.iter().map(|file| file.display().to_string()).collect())
}

fn one(asked: &str, instead: Option<&Costs>, out: &mut impl Write) -> Result<Verdict, Failure> {
    let scenario: Scenario = match library::find(asked, &[]) {
        Ok(scenario) => scenario,
        Err(errors) => {
            writeln!(out, "✗ {asked}: cannot be read")?;
            print_errors(&errors);
            return Ok(Verdict::Wrong);
        }
    };
    let (mut runs, mut events) = (0, 0);
    let mut lost = BTreeSet::new();
    let verdicts = scenario.assert_at(instead, |measured| {
        runs += 1;
        events += measured.trace.len();
        lost.extend(lost_steps(&scenario, &measured.trace));
    })?;
    // What its lesson asks is asked of the costs that it is told in.
    let unanswered = if instead.is_some() { Vec::new() } else { scenario.check_questions()? };
    let failed: Vec<_> = verdicts.iter().filter(|verdict| !verdict.met).collect();
    let fine = failed.is_empty() && lost.is_empty() && unanswered.is_empty();
    let glyph = if fine { '✓' } else { '✗' };
    let held = verdicts.len() - failed.len();
    let id = &scenario.id;
    writeln!(out, "{glyph} {id}: {runs} runs, {events} events, {held} of {} expectations hold", verdicts.len())?;
    for verdict in &failed {
        writeln!(out, "    {}", verdict.says)?;
    }
    for error in &unanswered {
        writeln!(out, "    {}:{}:{}: {}", error.file(), error.line, error.column, error.message)?;
    }
    for step in &lost {
        let title = &scenario.narration[*step].title;
        writeln!(out, "    step {} of the lesson, \"{title}\": its moment does not come in this run", step + 1)?;
    }
    Ok(if fine { Verdict::Fine } else { Verdict::Fails })
}

/// The steps of the lesson that speak of a moment of this run which does not come.
fn lost_steps(scenario: &Scenario, trace: &Trace) -> Vec<usize> {
    let info = &trace.tables().run;
    let is_lost = |step: &Step| {
        let of_variant = step.variant.as_deref().unwrap_or_default() == info.variant;
        let told = |at: &Anchor| *at.run.as_ref().unwrap_or(&scenario.runs[0].id) == info.run;
        of_variant && step.at.as_ref().is_some_and(|at| told(at) && anchor::find(at, trace).is_none())
    };
    let steps = scenario.narration.iter().enumerate();
    steps.filter(|(_, step)| is_lost(step)).map(|(n, _)| n).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use sim_core::scenario::RunOptions;

    #[test]
    fn a_step_whose_moment_does_not_come_is_found_in_its_run_and_variant() {
        let text = r#"(
            schema: 1, id: "one", number: 1, part: A, title: "One", idea: "One.", costs: "zero",
            workload: (tasks: {"t": (ops: [Io("1ms"), Mark("done")])}),
            runs: [(id: "async", model: async_fifo), (id: "threads", model: thread_per_task)],
            variants: [(id: "two", title: "two", set: ["machine.cores=2"])],
            narration: [
                (title: "Comes", text: "It comes.", at: (task: "t", mark: "done")),
                (title: "Never", text: "It never comes.", at: (task: "t", mark: "done", nth: 2)),
                (title: "Below", text: "Nor this.", at: (run: "threads", task: "t", op: "Io", edge: end, nth: 2)),
                (title: "Changed", text: "Nor this.", variant: "two", at: (task: "t", op: "Io", nth: 2)),
            ],
        )"#;
        let scenario = Scenario::parse("one.ron", text, &[]).unwrap();
        let lost = |run: &str, variant: Option<&str>| {
            let options = RunOptions { variant: variant.map(str::to_owned), ..RunOptions::default() };
            let asked = scenario.as_asked(&options).unwrap();
            lost_steps(&scenario, &asked.execute(run, &options, None))
        };
        assert_eq!(lost("async", None), [1]);
        assert_eq!(lost("threads", None), [2]);
        assert_eq!(lost("async", Some("two")), [3]);
        assert!(lost("threads", Some("two")).is_empty());
    }
}
