//! The story of a scenario in text: what is to be learned, what came of it in short, each run as a picture and as
//! events, the figures side by side, what is wrong, and the lesson.

use std::io::{self, Write};
use std::path::Path;

use sim_core::SimTime;
use sim_core::analysis::findings::Finding;
use sim_core::analysis::index::Index;
use sim_core::scenario::narration::{Question, plain};
use sim_core::scenario::{RunOptions, Scenario, Step, anchor};
use sim_core::trace::Family;

use super::asked::Asked;
use super::figures::figures;
use super::happened::happened;
use super::lanes::{CROWD_LEGEND, lanes, legend};
use super::short::{clock, short};
use super::wrap::{WIDTH, wrap};

/// From so many on, tasks of one name are shown as one.
const CROWD: u32 = 13;

/// Tells the whole story. `asked` is how the scenario was asked for, its id or file: what can be typed next leads to it.
pub fn story(scenario: &Scenario, asked: &str, runs: &[Asked], out: &mut impl Write) -> io::Result<()> {
    let asked = named(scenario, asked);
    head(scenario, runs, out)?;
    short(scenario, runs, out)?;
    let crowds = crowds(scenario);
    let end = runs.iter().map(|run| run.measured.trace.end()).max().unwrap_or(SimTime::ZERO);
    for run in runs {
        let info = &run.measured.trace.tables().run;
        writeln!(out)?;
        for line in wrap(&format!("{} ({}, {})", info.title, run.id, info.policy), 0) {
            writeln!(out, "{line}")?;
        }
        let index = Index::build(&run.measured.trace);
        for lane in lanes(&index, info.family(), end, &crowds) {
            writeln!(out, "{lane}")?;
        }
    }
    let families: Vec<Family> = runs.iter().map(|run| run.measured.trace.tables().run.family()).collect();
    writeln!(out, "  {}", if crowds.is_empty() { legend(&families) } else { CROWD_LEGEND })?;
    for run in runs {
        let info = &run.measured.trace.tables().run;
        writeln!(out, "\nWhat happened: {} (times in ms)", info.title)?;
        let variant = scenario_variant(info).map_or(String::new(), |variant| format!(" --variant {variant}"));
        let how = format!("wakeline events {asked} --run {}{variant}", run.id);
        happened(&run.measured.trace, runs.len(), &crowds, &how, out)?;
    }
    table(scenario, runs, out)?;
    findings(runs, out)?;
    lesson(scenario, runs, out)?;
    next(scenario, &asked, runs, out)
}

/// What to type for the scenario: its id if its file is called so, the file otherwise.
fn named(scenario: &Scenario, asked: &str) -> String {
    let has_its_name = Path::new(asked).file_stem().is_some_and(|stem| *stem == *scenario.id);
    match asked {
        _ if has_its_name => scenario.id.clone(),
        spaced if spaced.contains(char::is_whitespace) => format!("'{spaced}'"),
        file => file.to_owned(),
    }
}

/// Tasks that are there so often that each of them is nobody.
fn crowds(scenario: &Scenario) -> Vec<String> {
    let tasks = scenario.workload.tasks.iter();
    tasks.filter(|(_, task)| task.count >= CROWD).map(|(name, _)| name.to_owned()).collect()
}

/// What can be looked at next: the variants.
fn next(scenario: &Scenario, asked: &str, runs: &[Asked], out: &mut impl Write) -> io::Result<()> {
    let shown = runs.first().and_then(|run| scenario_variant(&run.measured.trace.tables().run));
    let others: Vec<_> = scenario.variants.iter().filter(|variant| Some(variant.id.as_str()) != shown).collect();
    if others.is_empty() {
        return Ok(());
    }
    writeln!(out, "\nTry next")?;
    for variant in others {
        writeln!(out, "  wakeline run {asked} --variant {:<16} {}", variant.id, variant.title)?;
    }
    Ok(())
}

fn head(scenario: &Scenario, runs: &[Asked], out: &mut impl Write) -> io::Result<()> {
    let place = format!("{} · {}", scenario.number, scenario.part.title());
    let gap = WIDTH.saturating_sub(scenario.title.chars().count() + place.chars().count()).max(2);
    writeln!(out, "{}{:gap$}{place}", scenario.title, "")?;
    for line in wrap(&scenario.idea, 0) {
        writeln!(out, "{line}")?;
    }
    let Some(first) = runs.first() else { return Ok(()) };
    let info = &first.measured.trace.tables().run;
    let costs = if info.costs == "zero" { "textbook costs".to_owned() } else { format!("{} costs", info.costs) };
    let cores = if info.cores == 1 { "1 core".to_owned() } else { format!("{} cores", info.cores) };
    write!(out, "{cores} · {costs} · seed {}", info.seed)?;
    match scenario_variant(info) {
        Some(variant) => writeln!(out, " · variant {variant}"),
        None => writeln!(out),
    }
}

fn scenario_variant(info: &sim_core::trace::tables::RunInfo) -> Option<&str> {
    Some(info.variant.as_str()).filter(|variant| !variant.is_empty())
}

fn table(scenario: &Scenario, runs: &[Asked], out: &mut impl Write) -> io::Result<()> {
    let rows = figures(scenario, runs);
    let title = rows.iter().map(|row| row.title.chars().count()).max().unwrap_or(0);
    let width = |i: usize| {
        let values = rows.iter().map(|row| row.values[i].chars().count());
        values.chain([runs[i].id.chars().count()]).max().unwrap_or(0)
    };
    write!(out, "\n{:<title$}", "Figures")?;
    for (i, run) in runs.iter().enumerate() {
        write!(out, "  {:>w$}", run.id, w = width(i))?;
    }
    writeln!(out)?;
    for row in &rows {
        write!(out, "{:<title$}", row.title)?;
        for (i, value) in row.values.iter().enumerate() {
            write!(out, "  {value:>w$}", w = width(i))?;
        }
        writeln!(out)?;
    }
    Ok(())
}

fn findings(runs: &[Asked], out: &mut impl Write) -> io::Result<()> {
    writeln!(out, "\nFindings")?;
    for run in runs {
        if run.measured.findings.is_empty() {
            writeln!(out, "  {}: none", run.id)?;
        }
        for Finding { kind, severity, title, explanation, span, .. } in &run.measured.findings {
            let at = clock(span.0);
            let head = format!("  {} {} {}: {title} (from {at} ms)", run.id, severity.glyph(), kind.id());
            for line in wrap(&head, 2) {
                writeln!(out, "{line}")?;
            }
            for line in wrap(explanation, 6) {
                writeln!(out, "{line}")?;
            }
        }
    }
    Ok(())
}

fn lesson(scenario: &Scenario, runs: &[Asked], out: &mut impl Write) -> io::Result<()> {
    if scenario.narration.is_empty() {
        return Ok(());
    }
    writeln!(out, "\nThe lesson")?;
    for (i, step) in scenario.narration.iter().enumerate() {
        let when = moment(step, runs).map_or(String::new(), |time| format!(" (at {} ms)", clock(time)));
        writeln!(out, "\n  {}. {}{when}", i + 1, step.title)?;
        for line in wrap(&plain(&step.text), 5) {
            writeln!(out, "{line}")?;
        }
        let Some(question) = &step.question else { continue };
        for line in wrap(&format!("Predict: {}", plain(&question.ask)), 5) {
            writeln!(out, "{line}")?;
        }
        let right = answer(scenario, step, question, runs);
        for (n, choice) in question.choices.iter().enumerate() {
            let mark = if right == Some(n) { "✓" } else { "·" };
            writeln!(out, "       {mark} {}", plain(&choice.says))?;
        }
        for line in wrap(&plain(&question.because), 7) {
            writeln!(out, "{line}")?;
        }
    }
    Ok(())
}

/// Which answer the runs bear out. Of a step that speaks of another variant than the one that was run, nobody knows.
fn answer(scenario: &Scenario, step: &Step, question: &Question, runs: &[Asked]) -> Option<usize> {
    let shown = runs.first().and_then(|run| scenario_variant(&run.measured.trace.tables().run));
    let options = RunOptions { variant: step.variant.clone(), ..RunOptions::default() };
    let found = match (shown, step.variant.as_deref()) {
        (shown, told) if shown == told => {
            let known: Vec<_> = runs.iter().map(|run| &run.measured).collect();
            scenario.answer(question, &options, &known)
        }
        (None, _) => scenario.as_asked(&options).and_then(|told| told.answer(question, &options, &[])),
        (Some(_), _) => return None,
    };
    found.ok()?.right
}

/// When a step's moment is, if its run was run, in the variant that it speaks of.
fn moment(step: &Step, runs: &[Asked]) -> Option<SimTime> {
    let at = step.at.as_ref()?;
    let run = match &at.run {
        Some(id) => runs.iter().find(|run| run.id == *id)?,
        None => runs.first()?,
    };
    let trace = &run.measured.trace;
    let is_told = step.variant.as_deref().unwrap_or_default() == trace.tables().run.variant;
    if is_told { anchor::find(at, trace).map(|moment| moment.time) } else { None }
}
