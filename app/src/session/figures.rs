//! What the runs add up to, side by side: each figure with its definition, and the better one where better has a meaning.
//!
//! Owns which figures are compared and how they are written. They are taken once from a run that has ended, on the
//! loader's thread: see [`RunFigures::of`].

use sim_core::analysis::metrics::{Metrics, Value, definition, longest_poll};
use sim_core::clock::{LengthUnit, write_length};
use sim_core::instant::{SimDuration, SimTime};
pub use sim_core::scenario::figures::title;
use sim_core::scenario::{Measure, Scenario};
use sim_core::trace::event::EndReason;
use sim_core::trace::{Family, Trace};

use super::{Growth, Run, run_letter};
use crate::timeline::axis::with_thousands;

/// The figures that every comparison shows, after the makespan and the lateness of beats.
const USUAL: [&str; 16] = [
    "unfinished",
    "wait_max",
    "busy",
    "polls",
    "switches",
    "switch_cost",
    LONGEST_POLL,
    "wait_p99",
    "wait_p50",
    "work",
    "overhead",
    "utilisation",
    "wakes",
    "threads",
    "memory_tasks",
    "memory_stacks",
];

/// A figure of the whole run that no scenario can name.
const LONGEST_POLL: &str = "longest_poll";

/// What is said where a run has no such figure.
const NONE: &str = "–";

/// The figures of one run that has ended.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct RunFigures {
    figures: Vec<(String, Known)>,
}

/// A figure, or why there is none.
#[derive(Clone, PartialEq, Debug)]
enum Known {
    Value(Value),
    /// It would come after every other: what waits for ever.
    Never(String),
    Missing(&'static str),
}

impl RunFigures {
    /// Takes them from the whole recording.
    pub fn of(trace: &Trace) -> RunFigures {
        let metrics = Metrics::of(trace);
        let mut ids = vec!["makespan".to_owned()];
        let (beats, others) = spoken_of(trace).into_iter().partition(|id: &String| id.starts_with("lateness"));
        ids.extend::<Vec<String>>(beats);
        ids.extend(USUAL.map(str::to_owned));
        ids.extend::<Vec<String>>(others);
        let mut figures: Vec<(String, Known)> = Vec::new();
        for id in ids {
            if !figures.iter().any(|(known, _)| *known == id) {
                let known = known(&id, trace, &metrics);
                figures.push((id, known));
            }
        }
        RunFigures { figures }
    }

    fn get(&self, id: &str) -> Option<&Known> {
        self.figures.iter().find(|(known, _)| known == id).map(|(_, known)| known)
    }
}

/// The figures that the run's scenario expects something of. Markers are moments, and seen on the timeline.
fn spoken_of(trace: &Trace) -> Vec<String> {
    let info = &trace.tables().run;
    // With a value changed, what is told of it may fit no more; what it expects something of is asked for as before.
    let Ok((scenario, _)) = Scenario::parse_all(&info.scenario, &info.source, &[]) else { return Vec::new() };
    let is_figure =
        |id: &String| matches!(Measure::parse(id), Ok(Measure::Metric(..))) && !id.trim().starts_with("mark");
    scenario.expectations.into_iter().map(|e| e.metric).filter(is_figure).collect()
}

fn known(id: &str, trace: &Trace, metrics: &Metrics) -> Known {
    let threads = trace.tables().run.threads;
    match id {
        "polls" | "wakes" | LONGEST_POLL | "memory_tasks" if threads => {
            return Known::Missing("There are no tasks in this run, only threads, and they have no wakers.");
        }
        "makespan" | "mean_finish" if metrics.unfinished > 0 => return never(trace, metrics),
        "wait_max" | "wait_p99" | "wait_p50" | "wait_p90" if metrics.wait.count == 0 => {
            return Known::Missing("Nobody ran in this run.");
        }
        "wake_max" | "wake_p99" | "wake_p50" | "wake_p90" if metrics.wake_wait.count == 0 => {
            return Known::Missing("Nobody was woken in this run.");
        }
        LONGEST_POLL => {
            let longest = longest_poll(trace).map(|length| Known::Value(Value::Duration(length)));
            return longest.unwrap_or(Known::Missing("No task of this run had a worker."));
        }
        _ => {}
    }
    metrics.get(id).map_or(Known::Missing("What this speaks of did not happen in this run."), Known::Value)
}

fn never(trace: &Trace, metrics: &Metrics) -> Known {
    let last = trace.len().checked_sub(1).and_then(|n| trace.event(n));
    let stuck = matches!(last, Some(sim_core::trace::Event::RunEnded { reason: EndReason::Stuck }));
    let family = trace.tables().run.family();
    let (noun, verb) = if metrics.unfinished == 1 { (family.noun(), "waits") } else { (family.nouns(), "wait") };
    if stuck {
        Known::Never(format!("{} {noun} of the workload {verb} for ever.", metrics.unfinished))
    } else {
        Known::Missing("The run was cut off before all of the workload had ended.")
    }
}

/// A row of the comparison.
#[derive(Clone, PartialEq, Debug)]
pub struct FigureRow {
    /// What it is, for people.
    pub title: String,
    /// What exactly is counted.
    pub definition: String,
    /// In order of the runs.
    pub cells: Vec<Cell>,
}

/// One run's figure.
#[derive(Clone, PartialEq, Debug)]
pub struct Cell {
    /// The figure, or "–".
    pub text: String,
    /// Why there is none, or how it differs from the others.
    pub note: String,
    /// Whether it is the best of several, and being best means something.
    pub best: bool,
}

/// The comparison: a row for each figure that some run has.
pub fn rows(runs: &[Run]) -> Vec<FigureRow> {
    let measured = runs.iter().filter_map(|run| run.figures.as_ref());
    let mut ids: Vec<&str> = vec!["makespan"];
    for id in measured.flat_map(|f| &f.figures).map(|(id, _)| id.as_str()).chain(USUAL) {
        if !ids.contains(&id) {
            ids.push(id);
        }
    }
    ids.into_iter().filter(|id| is_news(id, runs)).map(|id| row(id, runs)).collect()
}

/// Whether a figure says anything: nobody wants to read that nobody was left over.
fn is_news(id: &str, runs: &[Run]) -> bool {
    let nothing = |run: &Run| match run.figures.as_ref().and_then(|f| f.get(id)) {
        Some(Known::Value(Value::Count(0))) => id == "unfinished",
        Some(Known::Value(_) | Known::Never(_)) => false,
        Some(Known::Missing(_)) => true,
        None => id == "unfinished",
    };
    !runs.iter().all(nothing)
}

fn row(id: &str, runs: &[Run]) -> FigureRow {
    let (title, definition) = words(id, runs);
    let known: Vec<Option<&Known>> = runs.iter().map(|run| run.figures.as_ref().and_then(|f| f.get(id))).collect();
    let longest = known.iter().filter_map(|k| length(*k)).max().unwrap_or_default();
    let unit = LengthUnit::of(longest);
    let sizes: Vec<Option<f64>> = known.iter().map(|k| size(*k)).collect();
    let best = best(id, &sizes, noise(runs));
    let cells = runs.iter().enumerate().map(|(n, run)| {
        let (text, note) = match known[n] {
            Some(Known::Value(value)) => (write(id, *value, unit), differences(id, n, &known)),
            Some(Known::Never(why)) => ("never".to_owned(), why.clone()),
            Some(Known::Missing(why)) => (NONE.to_owned(), (*why).to_owned()),
            None => unknown(id, run),
        };
        Cell { text, note, best: best.is_some_and(|most| sizes[n].is_some_and(|size| size <= most)) }
    });
    FigureRow { title, definition, cells: cells.collect() }
}

/// What stands for the figure of a run that is not measured.
fn unknown(id: &str, run: &Run) -> (String, String) {
    match run.growth {
        Growth::Waiting => (NONE.to_owned(), "This run has not begun yet.".to_owned()),
        Growth::Growing if id == "makespan" => {
            (write_length(run.end().since(SimTime::ZERO)), "So far: the simulation goes on.".to_owned())
        }
        Growth::Growing => ("…".to_owned(), "This is known when the run has ended.".to_owned()),
        Growth::Complete => ("…".to_owned(), "This is being counted.".to_owned()),
        Growth::Stopped => (NONE.to_owned(), "The simulation was stopped before the run's end.".to_owned()),
    }
}

fn words(id: &str, runs: &[Run]) -> (String, String) {
    let families: Vec<Family> = runs.iter().map(Run::family).collect();
    let turns = turns_besides(&families);
    if !turns.is_empty() && (id == "polls" || id == LONGEST_POLL) {
        let also = if families.contains(&Family::Async) { ", or polls" } else { "" };
        let stretch = format!("from when a worker takes a task to when it gives it up: its {turns}{also}");
        return match id == LONGEST_POLL {
            true => ("Longest turn".to_owned(), format!("The longest stretch of any task {stretch}.")),
            false => (turns_title(&families), format!("How many stretches {stretch}.")),
        };
    }
    if id == LONGEST_POLL {
        let definition = "The longest poll of any task, from the call to the return, time off the core included.";
        return ("Longest poll".to_owned(), definition.to_owned());
    }
    // Of what is not said of one run, futures are spoken of only where there are some.
    let said = |text: String| match families.iter().find(|family| **family != Family::Threads) {
        Some(family) if !families.contains(&Family::Async) => family.reword(&text),
        Some(_) | None => text,
    };
    let name = match id {
        "busy" => "Core busy".to_owned(),
        _ => Measure::parse(id).map_or_else(|_| id.to_owned(), |measure| title_among(id, &measure, &families)),
    };
    (said(name), said(definition(id).map_or(String::new(), |d| sentence(d.definition))))
}

/// What people call a figure of runs of these families: "request: polls / callbacks, or times on a core".
pub fn title_among(id: &str, measure: &Measure, families: &[Family]) -> String {
    let kinds = turns_title(families);
    match measure {
        Measure::PolledBy(who, nth) if kinds.contains([',', '/']) || kinds == "Turns" => {
            format!("{who}: turn {nth} by")
        }
        Measure::PolledBy(who, nth) => {
            let of_tasks = families.iter().find(|family| **family != Family::Threads);
            format!("{who}: {} {nth} by", of_tasks.map_or("run", |family| family.turn()))
        }
        Measure::Metric(..) => match measure.subject() {
            Some(("polls", who)) => match (families.contains(&Family::Threads), families.iter().all(is_threads)) {
                (_, true) => format!("{who}: times on a core"),
                (true, false) => format!("{who}: {}, or times on a core", kinds.to_lowercase()),
                (false, false) => format!("{who}: {}", kinds.to_lowercase()),
            },
            Some(_) | None => title(id, measure),
        },
        Measure::Findings(_)
        | Measure::Events(_)
        | Measure::Ended
        | Measure::Marks
        | Measure::BlockedAtEnd
        | Measure::SpawnBill
        | Measure::PollBill => title(id, measure),
    }
}

fn is_threads(family: &Family) -> bool {
    *family == Family::Threads
}

/// What the stretches of tasks on workers are called where runs of these families stand beside each other.
pub fn turns_title(families: &[Family]) -> String {
    let turns = turns_besides(families);
    match (families.contains(&Family::Async), turns.contains(',')) {
        (_, false) if turns.is_empty() => "Polls".to_owned(),
        (true, false) => format!("Polls / {turns}"),
        (false, false) => sentence(&turns).trim_end_matches('.').to_owned(),
        (true, true) => "Polls / turns".to_owned(),
        (false, true) => "Turns".to_owned(),
    }
}

/// What the runs have whose tasks are not polled: "callbacks, turns".
fn turns_besides(families: &[Family]) -> String {
    let mut turns: Vec<&str> = Vec::new();
    for family in families.iter().filter(|family| !matches!(family, Family::Async | Family::Threads)) {
        if !turns.contains(&family.turns()) {
            turns.push(family.turns());
        }
    }
    turns.join(", ")
}

fn sentence(text: &str) -> String {
    let mut letters = text.chars();
    let first = letters.next().map(char::to_uppercase).into_iter().flatten();
    first.chain(letters).chain(['.']).collect()
}

/// Whether less of it is better; of the other figures neither more nor less is.
pub fn less_is_better(id: &str) -> bool {
    let name = id.split('(').next().unwrap_or(id);
    let names = ["makespan", "mean_finish", "finish", "lateness", "unfinished", "overhead", "utilisation_overhead"];
    // Not those after a wake: they leave the first wait out, and who waits least there may wait longest before.
    let spreads = ["wait_", "memory_"];
    let others = [LONGEST_POLL, "switch_cost", "redundant_wakes", "spawn_bill", "poll_bill", "blocked_at_end"];
    names.contains(&name) || others.contains(&name) || spreads.iter().any(|s| id.starts_with(s))
}

/// Lengths of time that differ by no more are equal. Under textbook costs a poll takes a nanosecond, which is there to
/// move the clock and means nothing.
fn noise(runs: &[Run]) -> f64 {
    let polls = |run: &Run| size(run.figures.as_ref().and_then(|f| f.get("polls"))).unwrap_or(0.0);
    let textbook = runs.iter().all(|run| run.trace.tables().run.costs == "zero");
    if textbook { 1_000.0 + runs.iter().map(polls).fold(0.0, f64::max) } else { 0.0 }
}

/// Up to which size a figure is as good as the least of all, if some are worse.
fn best(id: &str, sizes: &[Option<f64>], noise: f64) -> Option<f64> {
    let known: Vec<f64> = sizes.iter().flatten().copied().collect();
    let least = known.iter().copied().reduce(f64::min)?;
    let is_time = !id.starts_with("memory") && id != "unfinished" && id != "redundant_wakes";
    let most = least + if is_time { noise } else { 0.0 };
    (less_is_better(id) && known.iter().any(|size| *size > most)).then_some(most)
}

fn size(known: Option<&Known>) -> Option<f64> {
    match known? {
        Known::Value(Value::Duration(length)) => Some(length.as_nanos() as f64),
        Known::Value(Value::Count(n) | Value::Bytes(n)) => Some(*n as f64),
        Known::Value(Value::Ratio(share)) => Some(*share),
        Known::Never(_) => Some(f64::INFINITY),
        Known::Missing(_) => None,
    }
}

fn length(known: Option<&Known>) -> Option<SimDuration> {
    match known? {
        Known::Value(Value::Duration(length)) => Some(*length),
        Known::Value(Value::Count(_) | Value::Bytes(_) | Value::Ratio(_)) | Known::Never(_) | Known::Missing(_) => None,
    }
}

/// A figure; lengths of a row are all in one unit, so that they can be compared at a glance.
fn write(id: &str, value: Value, unit: LengthUnit) -> String {
    match value {
        Value::Duration(length) => unit.write(length),
        Value::Count(n) => with_thousands(&n.to_string()),
        Value::Ratio(mean) if id.contains("mean") => format!("{mean:.2}"),
        Value::Ratio(share) => format!("{:.1} %", share * 100.0),
        Value::Bytes(n) => sim_core::scenario::Amount::Bytes(n).to_string(),
    }
}

/// The figure exactly, and how it differs from those of the other runs.
fn differences(id: &str, of: usize, known: &[Option<&Known>]) -> String {
    let Some(Known::Value(own)) = known[of] else { return String::new() };
    let mut lines = Vec::new();
    if let Value::Duration(length) = own {
        lines.push(format!("{} ns", with_thousands(&length.as_nanos().to_string())));
    }
    if known.len() > 2 && known.iter().all(|other| size(*other).is_some() && size(*other) == size(known[of])) {
        lines.push("The same in all runs.".to_owned());
        return lines.join("\n");
    }
    for (n, other) in known.iter().enumerate().filter(|(n, _)| *n != of) {
        if let (Some(here), Some(there)) = (size(known[of]), size(*other))
            && there.is_finite()
        {
            lines.push(difference(id, *own, here - there, here / there, n));
        }
    }
    lines.join("\n")
}

fn difference(id: &str, of: Value, by: f64, ratio: f64, other: usize) -> String {
    let letter = run_letter(other);
    if by == 0.0 {
        return format!("As in run {letter}.");
    }
    let than = if by > 0.0 { "more" } else { "less" };
    let by = by.abs();
    let amount = match of {
        Value::Duration(_) => write_length(SimDuration::from_nanos(by as u64)),
        Value::Count(_) => with_thousands(&format!("{by:.0}")),
        Value::Bytes(_) => write(id, Value::Bytes(by as u64), LengthUnit::Nanos),
        Value::Ratio(_) if id.contains("mean") => format!("{by:.2}"),
        Value::Ratio(_) => format!("{:.1} points", by * 100.0),
    };
    let times = if ratio.is_finite() && ratio >= 1.05 { format!(", {ratio:.1} times as much") } else { String::new() };
    format!("{amount} {than} than run {letter}{times}.")
}

#[cfg(test)]
mod tests {
    use super::super::{Command, fixture};
    use super::*;

    fn cells(runs: &[Run], title: &str) -> Vec<(String, bool)> {
        let row = rows(runs).into_iter().find(|row| row.title == title);
        let row = row.unwrap_or_else(|| panic!("there is no {title}"));
        row.cells.into_iter().map(|cell| (cell.text, cell.best)).collect()
    }

    fn text(text: &str, best: bool) -> (String, bool) {
        (text.to_owned(), best)
    }

    #[test]
    fn the_better_makespan_is_marked_and_more_polls_are_neither_better_nor_worse() {
        let session = fixture::session();
        let runs = session.runs();
        assert_eq!(cells(runs, "Makespan"), [text("195.9 ms", false), text("115.0 ms", true)]);
        assert_eq!(cells(runs, "Polls"), [text("13", false), text("–", false)]);
        assert_eq!(cells(runs, "Wait to run, longest"), [text("94.9 ms", false), text("0.0 ms", true)]);
        assert_eq!(cells(runs, "Longest poll"), [text("100.0 ms", false), text("–", false)]);
    }

    #[test]
    fn waiting_is_one_measure_with_one_name_here_and_in_a_sweep() {
        use sim_core::scenario::sweep::{Figure, Figures};
        let session = fixture::session();
        let named = definition("wait_p99").expect("it is defined");
        assert_eq!((Figure::Latency.title(), Figure::Latency.definition()), (named.title, named.definition));
        let row = rows(session.runs()).into_iter().find(|row| row.title == Figure::Latency.title()).expect("a row");
        for (run, cell) in session.runs().iter().zip(&row.cells) {
            let swept = Figures::of(&run.trace).get(Figure::Latency).expect("somebody waited");
            assert_eq!(cell.note.lines().next(), Some(format!("{} ns", with_thousands(&swept.to_string())).as_str()));
        }
        assert!(!less_is_better("wake_max"), "it leaves the first wait out");
    }

    #[test]
    fn what_the_lesson_is_about_is_compared_in_its_variants_too() {
        let mut session = fixture::blocked_executor();
        session.apply(Command::TryVariant(Some("offload".to_owned())));
        session.finish_loading();
        assert_eq!(cells(session.runs(), "hb is late by, at worst")[0].0, "0 ns");
    }

    #[test]
    fn what_is_told_of_one_task_is_said_in_the_words_of_the_runs() {
        use Family::{Async, Callbacks, Threads};
        let said = |id: &str, families: &[Family]| title_among(id, &Measure::parse(id).expect("a measure"), families);
        assert_eq!(said("polls(a)", &[Async, Threads]), "a: polls, or times on a core");
        assert_eq!(said("polls(a)", &[Callbacks, Async, Threads]), "a: polls / callbacks, or times on a core");
        assert_eq!(said("polls(a)", &[Callbacks]), "a: callbacks");
        assert_eq!(said("polled_by(a, 3)", &[Callbacks]), "a: callback 3 by");
        assert_eq!(said("polled_by(a, 3)", &[Callbacks, Async]), "a: turn 3 by");
        assert_eq!(said("polled_by(a, 3)", &[Async]), "a: poll 3 by");
    }

    #[test]
    fn every_figure_is_defined_and_every_gap_is_explained() {
        let session = fixture::session();
        for row in rows(session.runs()) {
            assert!(row.definition.ends_with('.'), "{}", row.title);
            for cell in row.cells.iter().filter(|cell| cell.text == NONE) {
                assert!(cell.note.ends_with('.'), "{}", row.title);
            }
        }
    }

    #[test]
    fn what_differs_by_the_textbooks_nanoseconds_alone_is_equal() {
        assert_eq!(best("makespan", &[Some(32_000_004.0), Some(32_000_000.0)], 1_004.0), None);
        assert_eq!(best("makespan", &[Some(32_000_004.0), Some(32_000_000.0)], 0.0), Some(32_000_000.0));
        assert_eq!(best("makespan", &[Some(f64::INFINITY), Some(5.0), None], 0.0), Some(5.0));
        assert_eq!(best("polls", &[Some(4.0), Some(5.0)], 0.0), None, "fewer polls are neither better nor worse");
    }

    #[test]
    fn what_is_the_same_in_all_of_many_runs_is_said_once() {
        let polls = Known::Value(Value::Count(12));
        assert_eq!(differences("polls", 1, &[Some(&polls); 6]), "The same in all runs.");
        let other = Known::Value(Value::Count(13));
        let told = differences("polls", 0, &[Some(&polls), Some(&other), Some(&polls)]);
        assert_eq!(told, "1 less than run B.\nAs in run C.");
    }

    #[test]
    fn a_difference_is_told_in_the_figures_unit() {
        let session = fixture::session();
        let rows = rows(session.runs());
        assert_eq!(rows[0].cells[0].note, "195,900,000 ns\n80.9 ms more than run B, 1.7 times as much.");
        assert_eq!(rows[0].cells[1].note, "115,000,000 ns\n80.9 ms less than run A.");
    }

    #[test]
    fn a_run_that_grows_says_how_far_it_is_and_nothing_that_it_does_not_know() {
        let mut run = Run::new("async".to_owned(), false);
        run.growth = Growth::Growing;
        let rows = rows(&[run]);
        assert_eq!(rows[0].cells[0].note, "So far: the simulation goes on.");
        assert!(rows[1..].iter().all(|row| row.cells[0].text == "…"));
    }
}
