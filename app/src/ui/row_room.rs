//! Which rows there is room for.
//!
//! Where there is too little, the rows of runs that nobody steps through make room, and say so in their heads. Before an
//! audience those do that the step does not speak of.

use sim_core::analysis::track::TrackKind;

use crate::session::{Run, Session};
use crate::timeline::rows::{Row, RowGroup, RowKind, Rows, RunRows, Why};

/// So many runs are seen beside each other with all of their rows; with more, the one that is stepped through is.
const ALL_OF: usize = 2;
/// Of so many runs the tasks are seen, as far as there is room.
const FEW: usize = 4;
/// In a place lower than this, also one of two makes room.
const LOW: f32 = 260.0;
/// With more rows than these nothing is shared: they never fit.
const MANY: usize = 200;

/// The rows of a session's runs.
fn rows_of(session: &Session) -> Rows {
    let runs = session.runs().iter().map(|r| RunRows {
        tracks: &r.index.tracks,
        tables: r.trace.tables(),
        arranged: r.rows.arranged(),
    });
    Rows::new(&runs.collect::<Vec<_>>())
}

/// Rows that were chosen, and how many of each run were left out.
pub struct Chosen {
    /// Those that are there.
    pub rows: Rows,
    /// For each run, how many are not.
    pub left_out: Vec<usize>,
}

impl Chosen {
    /// These, and no head says that any are missing.
    fn all(session: &Session, rows: Rows) -> Chosen {
        Chosen { rows, left_out: vec![0; session.runs().len()] }
    }
}

/// The height that the rows would like, and the least with which they can be read; none if they never fit.
pub fn wishes(session: &Session) -> Option<(f32, f32)> {
    let is_crowd = |run: &Run| run.rows.is_folded();
    if session.runs().iter().any(|run| is_crowd(run) || run.index.tracks.len() > MANY) {
        return None;
    }
    let whole = rows_of(session);
    if session.runs().len() <= ALL_OF {
        return Some((whole.height(), whole.closest()));
    }
    // What the run in focus likes, and of a few others their workload, of many their names.
    let heads = Sparing::All.rows(session, &whole);
    let workload = if session.runs().len() <= FEW { Sparing::Machine.rows(session, &whole).closest() } else { 0.0 };
    Some((heads.height().max(workload), heads.closest().max(workload)))
}

/// The rows in a place of this height.
pub fn rows_within(session: &Session, room: f32) -> Chosen {
    if session.presenting().is_on() {
        return Chosen::all(session, presented(session, room));
    }
    let whole = rows_of(session);
    let may_spare = session.runs().len() > ALL_OF || (room < LOW && session.runs().len() > 1);
    let fits = |rows: &Rows| rows.closest() <= room;
    let spared = Sparing::ALL.iter().filter(|_| may_spare && !fits(&whole)).map(|s| s.rows(session, &whole)).find(fits);
    let count = |rows: &Rows, run: usize| rows.all().iter().filter(|row| row.run == run).count();
    match spared {
        Some(rows) => {
            let left_out = (0..session.runs().len()).map(|run| count(&whole, run) - count(&rows, run)).collect();
            Chosen { rows: rows.fitted(room), left_out }
        }
        // The wheel reaches the rest; in a low place it has less to do when the rows are close together.
        None if room < LOW && !fits(&whole) => Chosen::all(session, whole.tight()),
        None => Chosen::all(session, whole.fitted(room)),
    }
}

/// What is left out of the runs that nobody steps through.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Sparing {
    /// Figures, devices, and the cores under an executor.
    Beside,
    /// Everything but the workload.
    Machine,
    /// Everything but their heads.
    All,
}

impl Sparing {
    const ALL: [Sparing; 3] = [Sparing::Beside, Sparing::Machine, Sparing::All];

    fn rows(self, session: &Session, whole: &Rows) -> Rows {
        whole.keeping(|row| row.run == session.focus() || self.keeps(session, row))
    }

    fn keeps(self, session: &Session, row: &Row) -> bool {
        let selected = session.selection().track();
        let wanted = row.why != Why::Listed || (row.track().is_some() && row.track().map(|t| (row.run, t)) == selected);
        match (row.kind, self) {
            (RowKind::Head, _) => true,
            _ if wanted => true,
            (_, Sparing::All) => false,
            (RowKind::Track { kind, .. }, Sparing::Machine) => RowGroup::of(kind) == RowGroup::Workload,
            (RowKind::Track { kind, .. }, Sparing::Beside) => match kind {
                TrackKind::Task(_) | TrackKind::Thread(_) | TrackKind::Worker(_) => true,
                TrackKind::Core(_) => session.runs()[row.run].threads,
                TrackKind::Device(_) | TrackKind::Counter(_) => false,
            },
            (RowKind::Group(_) | RowKind::Crowd | RowKind::States | RowKind::Use, Sparing::Beside) => true,
            (RowKind::Crowd, Sparing::Machine) => true,
            (RowKind::Group(group), Sparing::Machine) => group == RowGroup::Workload,
            (RowKind::States | RowKind::Use, Sparing::Machine) => false,
        }
    }
}

/// Before an audience: figures make room always; then cores under an executor and devices of runs that are not spoken
/// of; then what stands around a crowd; then everything but heads, crowds and the workload.
fn presented(session: &Session, room: f32) -> Rows {
    let lit = session.spotlight();
    let spoken_of = |run: usize| lit.is_empty() || lit.iter().any(|(of, _)| *of == run);
    let whole = rows_of(session);
    let keeping = |sparing: usize| {
        whole.keeping(|row| match row.kind {
            RowKind::Head | RowKind::Crowd => true,
            RowKind::States => sparing < 3,
            RowKind::Use => sparing < 2,
            RowKind::Group(_) => sparing < 1,
            RowKind::Track { kind, .. } => match kind {
                TrackKind::Task(_) | TrackKind::Thread(_) => true,
                TrackKind::Worker(_) => sparing < 3 || lit.contains(&(row.run, kind)),
                TrackKind::Core(_) => match session.runs()[row.run].threads {
                    true => sparing < 3,
                    false => sparing < 1 || (sparing < 2 && spoken_of(row.run)),
                },
                TrackKind::Device(_) => sparing < 1 || (sparing < 2 && spoken_of(row.run)),
                TrackKind::Counter(_) => false,
            },
        })
    };
    let fits = |rows: &Rows| rows.closest() <= room;
    let rows = (0..MOST_SPARING).map(keeping).find(fits).unwrap_or_else(|| keeping(MOST_SPARING).with_low_crowds());
    rows.fitted(room)
}

/// How often more rows make room before an audience.
const MOST_SPARING: usize = 3;
