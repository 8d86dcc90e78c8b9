//! A run as a picture in characters: a row for each worker, task or thread, time from left to right.
//!
//! ```text
//! hb    ·····█·····░░░░░░░░░░░░░░░█···  █ runs  ▒ in a poll, off its core  ░ wants to run  · waits
//! ```

use sim_core::SimTime;
use sim_core::analysis::index::Index;
use sim_core::analysis::track::{Span, SpanState, Track, TrackKind};

/// Columns of the picture.
const COLUMNS: usize = 72;

/// At most so many rows; more are said to be left out.
const MOST_ROWS: usize = 12;

/// What the characters mean.
pub const LEGEND: &str = "█ runs   ▒ in a poll, off its core   ░ wants to run   · waits";

/// The rows of a run, up to `end`.
pub fn lanes(index: &Index, end: SimTime) -> Vec<String> {
    let shown = |track: &&Track| match track.kind {
        TrackKind::Worker(_) => true,
        TrackKind::Task(_) | TrackKind::Thread(_) => track.plain,
        TrackKind::Core(_) | TrackKind::Device(_) | TrackKind::Counter(_) => false,
    };
    let tracks: Vec<&Track> = index.tracks.iter().filter(shown).collect();
    let width = tracks.iter().take(MOST_ROWS).map(|t| t.name.chars().count()).max().unwrap_or(0).min(18);
    let mut rows: Vec<String> = tracks
        .iter()
        .take(MOST_ROWS)
        .map(|t| format!("  {:<width$} {}", short(&t.name, width), row(&t.spans, end)))
        .collect();
    if tracks.len() > MOST_ROWS {
        rows.push(format!("  … and {} more", tracks.len() - MOST_ROWS));
    }
    if !rows.is_empty() {
        rows.push(format!("  {:<width$} {}", "", axis(end)));
    }
    rows
}

fn short(name: &str, width: usize) -> String {
    if name.chars().count() <= width { name.to_owned() } else { name.chars().take(width - 1).chain(['…']).collect() }
}

/// A row's states: in each column the most telling of those that fall into it.
fn row(spans: &[Span], end: SimTime) -> String {
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
        SpanState::Polling(_) | SpanState::Running(_) | SpanState::Polls(_) => (4, '█'),
        SpanState::PollingOffCore(_) | SpanState::PollsOffCore(_) => (3, '▒'),
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
        assert_eq!(row(&spans, at(72)), format!("{}█{}", "░".repeat(36), "░".repeat(35)));
    }
}
