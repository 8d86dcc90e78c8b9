//! The story of a scenario in text: what is to be learned, each run as a picture and as events, the figures side by
//! side, what is wrong, and the lesson.

use std::io::{self, Write};

use sim_core::analysis::findings::Finding;
use sim_core::analysis::index::Index;
use sim_core::scenario::narration::{Choice, plain};
use sim_core::scenario::{Scenario, Step, anchor};
use sim_core::trace::Level;
use sim_core::trace::text::{describe, millis};
use sim_core::{SimTime, Trace};

use super::figures::figures;
use super::lanes::{LEGEND, lanes};
use super::run::Asked;
use super::wrap::{WIDTH, wrap};

/// Events of a run that are listed; the middle of a longer story is left out.
const MOST_EVENTS: usize = 48;

/// Tells the whole story.
pub fn story(scenario: &Scenario, runs: &[Asked], out: &mut impl Write) -> io::Result<()> {
    head(scenario, runs, out)?;
    let end = runs.iter().map(|run| run.measured.trace.end()).max().unwrap_or(SimTime::ZERO);
    for run in runs {
        let info = &run.measured.trace.tables().run;
        writeln!(out, "\n{} ({}, {})", info.title, run.id, info.policy)?;
        let index = Index::build(&run.measured.trace);
        for lane in lanes(&index, end) {
            writeln!(out, "{lane}")?;
        }
    }
    writeln!(out, "  {LEGEND}")?;
    for run in runs {
        writeln!(out, "\nWhat happened: {}", run.measured.trace.tables().run.title)?;
        events(&run.measured.trace, &scenario.id, &run.id, out)?;
    }
    table(scenario, runs, out)?;
    findings(runs, out)?;
    lesson(scenario, runs, out)
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

/// The lesson's events with their times; of many, the first and the last.
fn events(trace: &Trace, scenario: &str, run: &str, out: &mut impl Write) -> io::Result<()> {
    let lesson: Vec<usize> =
        trace.events_from(0).filter(|(_, _, event)| event.level() == Level::Lesson).map(|(n, _, _)| n).collect();
    let (first, last) = if lesson.len() <= MOST_EVENTS {
        (lesson.as_slice(), &[][..])
    } else {
        (&lesson[..MOST_EVENTS - 8], &lesson[lesson.len() - 8..])
    };
    let mut before = None;
    for n in first.iter().chain(last) {
        if last.first() == Some(n) {
            let left_out = lesson.len() - first.len() - last.len();
            writeln!(out, "{:>13} {left_out} more; wakeline events {scenario} --run {run} lists all", "…")?;
        }
        let Some(event) = trace.event(*n) else { continue };
        let row = describe(&event, trace.tables());
        let time = millis(trace.time(*n));
        // A time that is the same as the line before is not said again.
        let shown = if before.as_ref() == Some(&time) { "" } else { time.as_str() };
        let line = format!("{shown:>13} {:<12} {:<16} {}", row.who, row.event, row.detail);
        writeln!(out, "{}", line.trim_end())?;
        before = Some(time);
    }
    Ok(())
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
            let at = millis(span.0);
            writeln!(out, "  {} {} {}: {title} (from {at} ms)", run.id, severity.glyph(), kind.id())?;
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
        let when = moment(step, runs).map_or(String::new(), |time| format!(" (at {} ms)", millis(time)));
        writeln!(out, "\n  {}. {}{when}", i + 1, step.title)?;
        for line in wrap(&plain(&step.text), 5) {
            writeln!(out, "{line}")?;
        }
        let Some(question) = &step.question else { continue };
        for line in wrap(&format!("Predict: {}", plain(&question.ask)), 5) {
            writeln!(out, "{line}")?;
        }
        for choice in &question.choices {
            let mark = match choice {
                Choice::Right(_) => "✓",
                Choice::Wrong(_) => "·",
            };
            writeln!(out, "       {mark} {}", plain(choice.text()))?;
        }
        for line in wrap(&plain(&question.because), 7) {
            writeln!(out, "{line}")?;
        }
    }
    Ok(())
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
