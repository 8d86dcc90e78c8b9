//! A run's events of the lesson level, with their times. Of many the first and the last; a crowd is told as one.

use std::collections::BTreeMap;
use std::io::{self, Write};

use sim_core::trace::text::describe;
use sim_core::trace::{Level, Moves, Names};
use sim_core::{SimTime, Trace};

use super::short::clock;
use super::wrap::WIDTH;

/// Events that are listed of all runs together, and of one; the middle of a longer story is left out.
const MOST_EVENTS: usize = 84;
const MOST_OF_A_RUN: usize = 48;

/// The last of them.
const LAST_EVENTS: usize = 8;

/// What many do alike: from when to when, who, what, how often.
struct Together {
    from: SimTime,
    to: SimTime,
    who: String,
    event: String,
    detail: Option<String>,
    times: usize,
}

/// Lists the events of one of so many runs. `crowds` are the names of tasks that are told as one; `how` lists all events.
pub fn happened(trace: &Trace, runs: usize, crowds: &[String], how: &str, out: &mut impl Write) -> io::Result<()> {
    if !crowds.is_empty() {
        return together(trace, crowds, how, out);
    }
    one_by_one(trace, (MOST_EVENTS / runs.max(1)).clamp(LAST_EVENTS, MOST_OF_A_RUN), how, out)
}

fn one_by_one(trace: &Trace, most: usize, how: &str, out: &mut impl Write) -> io::Result<()> {
    let lesson: Vec<usize> =
        trace.events_from(0).filter(|(_, _, event)| event.level() == Level::Lesson).map(|(n, _, _)| n).collect();
    let last_events = LAST_EVENTS.min(most / 2);
    let (first, last) = if lesson.len() <= most {
        (lesson.as_slice(), &[][..])
    } else {
        (&lesson[..most - last_events], &lesson[lesson.len() - last_events..])
    };
    let (moves, mut before) = (Moves::of(trace), None);
    for n in first.iter().chain(last) {
        if last.first() == Some(n) {
            let left_out = lesson.len() - first.len() - last.len();
            writeln!(out, "{:>13} {left_out} more; {how} lists all", "…")?;
        }
        let Some(event) = trace.event(*n) else { continue };
        let row = describe(&event, Names::at(trace.tables(), &moves, *n));
        let time = clock(trace.time(*n));
        // A time that is the same as the line before is not said again.
        let shown = if before.as_ref() == Some(&time) { "" } else { time.as_str() };
        line(shown, &row.who, row.event, &row.detail, out)?;
        before = Some(time);
    }
    Ok(())
}

fn line(time: &str, who: &str, event: &str, detail: &str, out: &mut impl Write) -> io::Result<()> {
    let line = format!("{time:>13} {who:<12} {event:<16} {}", to_the_microsecond(detail));
    let line = line.trim_end();
    if line.chars().count() <= WIDTH {
        return writeln!(out, "{line}");
    }
    let cut: String = line.chars().take(WIDTH - 1).collect();
    writeln!(out, "{cut}…")
}

/// What a crowd does is one line each time it does it: until it pauses for a tenth of the run.
fn together(trace: &Trace, crowds: &[String], how: &str, out: &mut impl Write) -> io::Result<()> {
    let moves = Moves::of(trace);
    let pause = trace.end().as_nanos() / 10;
    let mut told: Vec<Together> = Vec::new();
    let mut latest: BTreeMap<(String, &str), usize> = BTreeMap::new();
    for (n, time, event) in trace.events_from(0).filter(|(_, _, event)| event.level() == Level::Lesson) {
        let row = describe(&event, Names::at(trace.tables(), &moves, n));
        let who = crowd_of(&row.who, crowds);
        let place = latest.get(&(who.clone(), row.event)).copied();
        match place.map(|place| &mut told[place]) {
            Some(group) if time.as_nanos() - group.to.as_nanos() <= pause => {
                group.to = time;
                group.times += 1;
                if group.detail.as_ref() != Some(&row.detail) {
                    group.detail = None;
                }
            }
            Some(_) | None => {
                latest.insert((who.clone(), row.event), told.len());
                let (event, detail) = (row.event.to_owned(), Some(row.detail));
                told.push(Together { from: time, to: time, who, event, detail, times: 1 });
            }
        }
    }
    for Together { from, to, who, event, detail, times } in told {
        let detail = detail.unwrap_or_default();
        let until = if to > from { format!(" until {}", clock(to)) } else { String::new() };
        let detail = match (times, detail.is_empty()) {
            (1, _) => detail,
            (_, true) => format!("{times} times{until}"),
            (_, false) => format!("{times} times{until}: {detail}"),
        };
        line(&clock(from), &who, &event, &detail, out)?;
    }
    writeln!(out, "{:>13} {how} lists every one", "…")
}

/// "conn.17" is one of the crowd "conn"; workers are a crowd beside a crowd.
fn crowd_of(who: &str, crowds: &[String]) -> String {
    for (name, crowd) in [("worker", "workers"), ("pool", "pool")] {
        let nth = who.strip_prefix(name).and_then(|rest| rest.strip_prefix(' '));
        if nth.is_some_and(|n| n.parse::<u32>().is_ok()) {
            return crowd.to_owned();
        }
    }
    match who.rsplit_once('.') {
        Some((name, nth)) if nth.parse::<u32>().is_ok() && crowds.iter().any(|crowd| crowd == name) => name.to_owned(),
        _ => who.to_owned(),
    }
}

/// Nanoseconds of a moment in a sentence are cut: "until 115.000001 ms".
fn to_the_microsecond(text: &str) -> String {
    let mut words: Vec<String> = text.split(' ').map(str::to_owned).collect();
    for i in 1..words.len() {
        let is_moment = words[i] == "ms" && words[i - 1].parse::<f64>().is_ok();
        if let Some(dot) = words[i - 1].find('.').filter(|dot| is_moment && words[i - 1].len() > dot + 4) {
            words[i - 1].truncate(dot + 4);
        }
    }
    words.join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_of_a_crowd_is_told_with_its_crowd() {
        let crowds = ["conn".to_owned()];
        assert_eq!(crowd_of("conn.17", &crowds), "conn");
        assert_eq!(crowd_of("conn.x", &crowds), "conn.x");
        assert_eq!(crowd_of("hog.1", &crowds), "hog.1");
        assert_eq!(crowd_of("worker 3", &crowds), "workers");
        assert_eq!(crowd_of("pool 3", &crowds), "pool");
    }

    #[test]
    fn moments_in_sentences_have_no_nanoseconds() {
        assert_eq!(to_the_microsecond("sleeps, until 115.000001 ms"), "sleeps, until 115.000 ms");
        assert_eq!(to_the_microsecond("pi is 3.14159"), "pi is 3.14159");
    }
}
