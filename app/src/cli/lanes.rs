//! A run as a picture in characters: a row for each worker, task or thread, time from left to right.
//!
//! ```text
//! hb    ·····█·····░░░░░░░░░░░░░░░█···  █ runs  ▒ in a poll, off its core  ░ wants to run  · waits
//! ```

use sim_core::SimTime;
use sim_core::analysis::index::Index;
use sim_core::analysis::track::{Span, SpanState, Track, TrackKind};
use sim_core::trace::tables::ThreadKind;
use sim_core::trace::{Family, Tables, ThreadId};

/// Columns of the picture.
const COLUMNS: usize = 72;

/// At most so many rows; more are said to be left out.
const MOST_ROWS: usize = 12;

/// What the bars of a crowd mean.
pub const CROWD_LEGEND: &str = "▁ few … █ all of them at a time";

const LEGEND: &str = "█ runs   ▒ in a poll, off its core   ░ wants to run   · waits";
const OTHER_LEGEND: &str = "█ runs   ▒ has a worker, off its core   ░ wants to run   · waits";
const POOL_LEGEND: &str = "█ runs   ▒ waits, and keeps its thread   ░ wants to run   · waits";

/// What the characters mean in these runs.
pub fn legend(families: &[Family]) -> &'static str {
    let keeps = |family: &Family| match family {
        Family::Pool | Family::Sequential => true,
        Family::Async | Family::Threads | Family::Callbacks | Family::Coroutines | Family::Actors => false,
    };
    // Of futures and threads beside others, what holds of both is said: not all of them are polled.
    let polled = |family: &Family| matches!(family, Family::Async | Family::Threads);
    if families.iter().any(keeps) {
        POOL_LEGEND
    } else if families.iter().all(polled) {
        LEGEND
    } else {
        OTHER_LEGEND
    }
}

/// The rows of a run, up to `end`. Below what the scenario lists stand the actors that own locks and devices: without them
/// nobody sees why the others wait. `crowds` are the names of tasks whose many instances are one picture.
pub fn lanes(index: &Index, tables: &Tables, end: SimTime, crowds: &[String]) -> Vec<String> {
    let in_crowd = |track: &Track, crowd: &String| {
        let nth = track.name.strip_prefix(crowd.as_str()).and_then(|rest| rest.strip_prefix('.'));
        track.plain && nth.is_some_and(|nth| nth.parse::<u32>().is_ok())
    };
    let shown = |track: &&Track| match track.kind {
        TrackKind::Worker(_) => true,
        // Where a poll goes on that its worker has left: no worker's row shows it.
        TrackKind::Thread(id) if is_left(tables, id) => true,
        TrackKind::Task(_) | TrackKind::Thread(_) => track.plain && !crowds.iter().any(|crowd| in_crowd(track, crowd)),
        TrackKind::Core(_) | TrackKind::Device(_) | TrackKind::Counter(_) => false,
    };
    let owner = |track: &&Track| match track.kind {
        TrackKind::Task(_) => tables.run.family() == Family::Actors && !track.plain,
        TrackKind::Worker(_) | TrackKind::Thread(_) => false,
        TrackKind::Core(_) | TrackKind::Device(_) | TrackKind::Counter(_) => false,
    };
    let owners = index.tracks.iter().filter(owner);
    let tracks: Vec<&Track> = index.tracks.iter().filter(shown).chain(owners).collect();
    let mut named: Vec<(String, String)> =
        tracks.iter().take(MOST_ROWS).map(|track| (track.name.clone(), row(track.spans(), end))).collect();
    for crowd in crowds {
        let members: Vec<&Track> = index.tracks.iter().filter(|track| in_crowd(track, crowd)).collect();
        named.extend(shares(crowd, &members, end));
    }
    let width = named.iter().map(|(name, _)| name.chars().count()).max().unwrap_or(0).min(22);
    let line = |(name, row): &(String, String)| format!("  {:<width$} {row}", short(name, width)).trim_end().to_owned();
    let mut rows: Vec<String> = named.iter().map(line).collect();
    if tracks.len() > MOST_ROWS {
        rows.push(format!("  … and {} more", tracks.len() - MOST_ROWS));
    }
    if !rows.is_empty() {
        rows.push(format!("  {:<width$} {}", "", axis(end)));
    }
    rows
}

/// Whether a thread that has a row of its own was a worker's at first.
fn is_left(tables: &Tables, id: ThreadId) -> bool {
    tables.threads.get(id.index()).is_some_and(|info| matches!(info.kind, ThreadKind::Worker(_)))
}

/// A crowd as three rows: how many of it run, want to run and wait, as a share of them all.
fn shares(crowd: &str, members: &[&Track], end: SimTime) -> Vec<(String, String)> {
    let mut counts = [[0usize; COLUMNS]; 3];
    for track in members {
        for span in &track.spans {
            let class = match mark(span.state).1 {
                '█' | '▒' => 0,
                '░' => 1,
                '·' => 2,
                _ => continue,
            };
            // Counted at the middle of each column: there a task is in one state only.
            let middle = |column: usize| (2 * column as u64 + 1) * end.as_nanos() / (2 * COLUMNS as u64);
            let (first, last) = (column(span.start, end), column(span.end, end));
            for (column, count) in counts[class].iter_mut().enumerate().take(last + 1).skip(first) {
                if (span.start.as_nanos()..span.end.as_nanos()).contains(&middle(column)) {
                    *count += 1;
                }
            }
        }
    }
    let names = ["run", "want to run", "wait"];
    let title = format!("{} × {crowd}", members.len());
    let rows = names.iter().zip(&counts).map(|(name, counts)| {
        let row: String = counts.iter().map(|count| height(*count, members.len())).collect();
        (format!("  {name}"), row.trim_end().to_owned())
    });
    std::iter::once((title, String::new())).chain(rows).collect()
}

/// A bar as high as the share; one of ten thousand is seen as well.
fn height(count: usize, of: usize) -> char {
    match count {
        0 => ' ',
        _ => ['▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'][(count * 8 / of.max(1)).min(7)],
    }
}

fn short(name: &str, width: usize) -> String {
    if name.chars().count() <= width { name.to_owned() } else { name.chars().take(width - 1).chain(['…']).collect() }
}

/// A row's states: in each column the most telling of those that fall into it.
fn row(spans: impl Iterator<Item = Span>, end: SimTime) -> String {
    let mut columns = [(0, ' '); COLUMNS];
    for span in spans {
        let from = column(span.start, end);
        let to = column(span.end, end).max(from);
        let mark = mark(span.state);
        // A span that ends where a column begins is not in it.
        let last = if span.end > span.start && to > from && at_start_of(to, span.end, end) { to - 1 } else { to };
        for column in &mut columns[from..=last] {
            *column = (*column).max(mark);
        }
    }
    columns.iter().map(|(_, c)| *c).collect::<String>().trim_end().to_owned()
}

fn column(time: SimTime, end: SimTime) -> usize {
    let share = time.as_nanos() as u128 * COLUMNS as u128 / u128::from(end.as_nanos().max(1));
    (share as usize).min(COLUMNS - 1)
}

fn at_start_of(column: usize, time: SimTime, end: SimTime) -> bool {
    u128::from(time.as_nanos()) * COLUMNS as u128 == column as u128 * u128::from(end.as_nanos().max(1))
}

/// How telling a state is, and its character.
fn mark(state: SpanState) -> (u8, char) {
    match state {
        SpanState::Polling(_) | SpanState::WithoutWorker(_) | SpanState::Running(_) | SpanState::Polls(_) => (4, '█'),
        SpanState::PollingOffCore(_) | SpanState::WithoutWorkerOffCore(_) | SpanState::PollsOffCore(_) => (3, '▒'),
        SpanState::Ready | SpanState::Runnable => (2, '░'),
        SpanState::Pending(_) | SpanState::Blocked(_) => (1, '·'),
        SpanState::Occupied(_) | SpanState::Serves(_) | SpanState::Level(_) => (0, ' '),
    }
}

/// The first and the last moment below the rows.
fn axis(end: SimTime) -> String {
    let last = format!("{:.1} ms", end.as_millis_f64());
    format!("0{:>width$}", last, width = COLUMNS - 1)
}

#[cfg(test)]
mod tests {
    use super::*;
    use sim_core::trace::CoreId;

    fn at(ms: u64) -> SimTime {
        SimTime::from_nanos(ms * 1_000_000)
    }

    #[test]
    fn a_short_stretch_of_running_is_never_lost() {
        let span = |start, end, state| Span { start: at(start), end: at(end), state, event: 0 };
        let spans = vec![
            span(0, 36, SpanState::Runnable),
            span(36, 37, SpanState::Running(CoreId(0))),
            span(37, 72, SpanState::Runnable),
        ];
        assert_eq!(row(spans.into_iter(), at(72)), format!("{}█{}", "░".repeat(36), "░".repeat(35)));
    }

    #[test]
    fn the_legend_speaks_of_polls_only_where_there_are_none_but_polls() {
        assert!(legend(&[Family::Async, Family::Threads]).contains("in a poll"));
        assert!(!legend(&[Family::Callbacks, Family::Async, Family::Threads]).contains("poll"));
    }

    #[test]
    fn one_of_many_is_seen_and_all_are_a_full_bar() {
        assert_eq!([height(0, 10_000), height(1, 10_000), height(5_000, 10_000), height(3, 3)], [' ', '▁', '▅', '█']);
    }
}
