//! The story in a few lines: of each run who was late, what is wrong with it, and how it ended.

use std::io::{self, Write};

use sim_core::analysis::findings::FindingKind;
use sim_core::scenario::{Amount, Measure, Scenario};
use sim_core::trace::Family;
use sim_core::trace::event::{EndReason, kind};
use sim_core::{SimDuration, SimTime};

use super::asked::Asked;
use super::wrap::wrap;

/// Below this a beat is on time: what polls cost under textbook costs.
const ON_TIME: SimDuration = SimDuration::from_micros(1);

/// From so many threads on, what they need is a part of the story.
const MANY_THREADS: u64 = 100;

/// Writes the few lines.
pub fn short(scenario: &Scenario, runs: &[Asked], out: &mut impl Write) -> io::Result<()> {
    let width = runs.iter().map(|run| run.id.chars().count()).max().unwrap_or(0);
    writeln!(out, "\nIn short")?;
    for run in runs {
        let mut said = beats(scenario, run);
        said.push(ending(run));
        said.extend(markers(runs, run));
        said.extend(bill(runs, run));
        let findings = run.measured.findings.iter().take(3);
        let mut lines = wrap(&said.join(" "), width + 4);
        for finding in findings {
            lines.extend(wrap(&format!("{} {}", finding.severity.glyph(), finding.title), width + 4));
        }
        for (i, line) in lines.iter().enumerate() {
            let name = if i == 0 { run.id.as_str() } else { "" };
            writeln!(out, "  {name:<width$}  {}", line.trim_start())?;
        }
    }
    Ok(())
}

/// Of each heartbeat that the scenario expects something of, how late it was.
fn beats(scenario: &Scenario, run: &Asked) -> Vec<String> {
    let mut said = Vec::new();
    for expectation in &scenario.expectations {
        let Ok(measure) = Measure::parse(&expectation.metric) else { continue };
        let Some(("lateness", who)) = measure.subject() else { continue };
        let sentence = match run.measured.take(&measure) {
            Some(Amount::Time(late)) if late > ON_TIME => format!("{who} is late by {}.", brief(late)),
            Some(_) => format!("{who} is on time, every time."),
            None => continue,
        };
        if !said.contains(&sentence) {
            said.push(sentence);
        }
    }
    said
}

fn ending(run: &Asked) -> String {
    let metrics = &run.measured.metrics;
    let at = brief(metrics.run_end);
    let unfinished = metrics.unfinished;
    match run.measured.ended() {
        Some(EndReason::Finished)
            if never_polled(run) > 0 && run.measured.trace.tables().run.model == "no_executor" =>
        {
            let futures = match never_polled(run) {
                1 => "1 future".to_owned(),
                n => format!("{n} futures"),
            };
            format!("Nothing was done: main ends at {at}, {futures} never polled.")
        }
        Some(EndReason::Finished) if metrics.run_end > metrics.makespan + ON_TIME => {
            let helpers = match run.measured.trace.tables().run.family() {
                Family::Threads => "helper threads",
                Family::Pool => "helper tasks",
                Family::Async | Family::Sequential | Family::Callbacks => "branches",
                Family::Coroutines => "helper goroutines",
                Family::Actors => "helper actors",
            };
            format!("All is done after {}; {helpers} that nobody waits for run on to {at}.", brief(metrics.makespan))
        }
        Some(EndReason::Finished) => format!("All is done after {}.", brief(metrics.makespan)),
        Some(EndReason::Stuck) => format!("It hangs from {at} on: {}.", hanging(run)),
        Some(EndReason::StepLimit | EndReason::TimeLimit) => {
            format!("It was stopped at {at} by a limit, with {unfinished} unfinished.")
        }
        Some(EndReason::Interrupted) | None => format!("It was cut off at {at}."),
    }
}

fn never_polled(run: &Asked) -> usize {
    run.measured.findings.iter().filter(|finding| finding.kind == FindingKind::NeverPolled).count()
}

/// Who waits for ever, and whether a tool that looks at threads would see it.
fn hanging(run: &Asked) -> String {
    let count = |n: u64, what: &str| format!("{n} {what}{}", if n == 1 { "" } else { "s" });
    let unfinished = run.measured.metrics.unfinished;
    let verb = if unfinished == 1 { "waits" } else { "wait" };
    let family = run.measured.trace.tables().run.family();
    if run.measured.trace.tables().run.threads {
        return format!("{} {verb}, blocked, for what will never come", count(unfinished, family.noun()));
    }
    let seen = match family {
        Family::Sequential => "and the one thread there is is blocked",
        Family::Pool => "and each of them blocks a thread of the pool, or stands in its queue",
        Family::Async | Family::Threads | Family::Callbacks | Family::Coroutines | Family::Actors => {
            match (workers_blocked_in_a_poll(run), family) {
                (false, _) => "and no thread is blocked",
                (true, Family::Callbacks) => "and the event loop is blocked inside a callback",
                (true, Family::Coroutines | Family::Actors) => "and a worker is blocked inside one",
                (true, Family::Async | Family::Threads | Family::Pool | Family::Sequential) => {
                    "and a worker is blocked inside a poll"
                }
            }
        }
    };
    format!("{} {verb} for what will never come, {seen}", count(unfinished, family.noun()))
}

/// Whether a task was in its poll when the run ended: then it blocks its worker.
fn workers_blocked_in_a_poll(run: &Asked) -> bool {
    let mut polled = 0u64;
    for (_, _, event) in run.measured.trace.events_from(0) {
        match event.kind() {
            kind::PollStarted => polled += 1,
            kind::PollEnded => polled -= 1,
            _ => {}
        }
    }
    polled > 0
}

/// The markers, where they are few and not the same in every run.
fn markers(runs: &[Asked], run: &Asked) -> Option<String> {
    let all: Vec<String> = runs.iter().map(|run| run.measured.marks()).collect();
    let differ = all.iter().any(|marks| *marks != all[0]);
    let few = all.iter().all(|marks| marks.chars().count() <= 40);
    let mine = run.measured.marks();
    (differ && few)
        .then(|| if mine.is_empty() { "It set no marker.".to_owned() } else { format!("It marked: {mine}.") })
}

/// What ten thousand of them need, where there are many.
fn bill(runs: &[Asked], run: &Asked) -> Option<String> {
    let metrics = &run.measured.metrics;
    let most = runs.iter().map(|run| run.measured.metrics.threads_created).max().unwrap_or(0);
    let memory = Amount::Bytes(metrics.memory.tasks + metrics.memory.stack_resident);
    let reserved = Amount::Bytes(metrics.memory.stack_reserved);
    let (threads, switches) = (metrics.threads_created, metrics.switches.all);
    let bill = || {
        format!(
            "It takes {threads} threads, {switches} context switches, {memory} of memory and {reserved} reserved for stacks."
        )
    };
    (most >= MANY_THREADS).then(bill)
}

/// A length of time for a sentence: "94.9 ms", to the microsecond at most.
pub fn brief(length: SimDuration) -> String {
    let text = clock(SimTime::ZERO + length);
    format!("{} ms", text.trim_end_matches('0').trim_end_matches('.'))
}

/// A moment for the story, in ms: to the microsecond. The nanoseconds of textbook polls are in the list of events.
pub fn clock(time: SimTime) -> String {
    let us = time.as_nanos() / 1_000;
    format!("{}.{:03}", us / 1_000, us % 1_000)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lengths_are_as_short_as_they_are_exact() {
        let ns = SimDuration::from_nanos;
        assert_eq!([brief(ns(94_900_000)), brief(ns(100_000_000)), brief(ns(0))], ["94.9 ms", "100 ms", "0 ms"]);
        assert_eq!(brief(ns(15_000_001)), "15 ms");
    }
}
