//! Which rows there is room for.
//!
//! Where there is too little, the rows of runs that nobody steps through make room, and say so in their heads: first what
//! stands beside their tasks, then names, so that many runs can still be compared. Before an
//! audience those do that the step does not speak of.

use sim_core::analysis::track::TrackKind;

use crate::session::{Run, Session};
use crate::timeline::rows::{Row, RowGroup, RowKind, Rows, RunRows, Why};

/// So many runs are seen beside each other with all of their rows; with more, the one that is stepped through is.
const ALL_OF: usize = 2;
/// Of so many runs the tasks are seen, as far as there is room.
pub const FEW: usize = 4;
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

/// So many of the wishes, the last, are for one run's rows and the others' heads.
pub const ONLY_HEADS: usize = 2;

/// What the rows could do with, the best first: each time the height that they would like, and the least with which they
/// can be read. None if they never fit.
pub fn wishes(session: &Session) -> Vec<(f32, f32)> {
    let is_crowd = |run: &Run| run.rows.is_folded();
    if session.runs().iter().any(|run| is_crowd(run) || run.index.tracks.len() > MANY) {
        return Vec::new();
    }
    let whole = rows_of(session);
    if session.runs().len() <= ALL_OF {
        return vec![(whole.height(), whole.closest())];
    }
    let heads = Sparing::All.rows(session, &whole);
    let mut wishes = Vec::new();
    if session.runs().len() <= FEW {
        // What the run in focus likes, and of the others their workload.
        let workload = Sparing::Machine.rows(session, &whole).closest();
        wishes.push((heads.height().max(workload), heads.closest().max(workload)));
    }
    let lanes = Sparing::LANES.map(|sparing| sparing.rows(session, &whole));
    wishes.extend(lanes.iter().map(|rows| (rows.height(), rows.easy())));
    wishes.extend(lanes.iter().map(|rows| (rows.height(), rows.closest())));
    let below = Sparing::AllBelow.rows(session, &whole);
    wishes.extend([&heads, &below].map(|rows| (rows.height(), rows.closest())));
    wishes
}

/// The rows in a place of this height.
pub fn rows_within(session: &Session, room: f32) -> Chosen {
    if session.presenting().is_on() {
        return Chosen::all(session, presented(session, room));
    }
    let whole = rows_of(session);
    if let Some(rows) = beside_crowds(session, &whole, room) {
        let count = |rows: &Rows, run: usize| rows.all().iter().filter(|row| row.run == run).count();
        let left_out = (0..session.runs().len()).map(|run| count(&whole, run) - count(&rows, run)).collect();
        return Chosen { rows: rows.fitted(room), left_out };
    }
    let may_spare = session.runs().len() > ALL_OF || (room < LOW && session.runs().len() > 1);
    let fits = |rows: &Rows| rows.closest() <= room;
    // Two runs are compared name by name: the wheel serves them better than lanes do.
    let many = session.runs().len() > ALL_OF;
    let usual = [Sparing::Beside, Sparing::Machine, Sparing::All];
    let open = |sparing: &&Sparing| many || usual.contains(sparing);
    let sparings: Vec<Rows> = match may_spare && !fits(&whole) {
        true => Sparing::ALL.iter().filter(open).map(|sparing| sparing.rows(session, &whole)).collect(),
        false => Vec::new(),
    };
    // Lanes that are told apart at a glance are worth the rows beside them; heads alone are the last resort.
    let rather = sparings.len().saturating_sub(ONLY_HEADS);
    let at_ease = sparings[..rather].iter().position(|rows| rows.easy() <= room);
    let spared = at_ease.or_else(|| sparings.iter().position(fits)).and_then(|n| sparings.into_iter().nth(n));
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

/// What is left out, most of all of the runs that nobody steps through.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Sparing {
    /// Figures, devices, and the cores under an executor.
    Beside,
    /// Everything but the workload.
    Machine,
    /// The same as `Beside`, and the workload is lanes.
    Lanes,
    /// The same as `Machine`, and the workload is lanes.
    LanesAlone,
    /// The same, and the run in focus has no figures and devices either.
    LanesBelow,
    /// Everything but their heads.
    All,
    /// The same, and the run in focus has no figures and devices either.
    AllBelow,
}

impl Sparing {
    const ALL: [Sparing; 7] = [
        Sparing::Beside,
        Sparing::Machine,
        Sparing::Lanes,
        Sparing::LanesAlone,
        Sparing::LanesBelow,
        Sparing::All,
        Sparing::AllBelow,
    ];
    const LANES: [Sparing; 3] = [Sparing::Lanes, Sparing::LanesAlone, Sparing::LanesBelow];

    fn rows(self, session: &Session, whole: &Rows) -> Rows {
        let focus = session.focus();
        let kept = whole.keeping(|row| match row.run == focus {
            true => match self {
                Sparing::LanesBelow | Sparing::AllBelow => Sparing::Beside.keeps(session, row),
                Sparing::Beside | Sparing::Machine | Sparing::Lanes | Sparing::LanesAlone | Sparing::All => true,
            },
            false => self.keeps(session, row),
        });
        match self {
            Sparing::Beside | Sparing::Machine | Sparing::All | Sparing::AllBelow => kept,
            Sparing::Lanes | Sparing::LanesAlone | Sparing::LanesBelow => {
                kept.with_lanes(|row| row.run != focus && row.why == Why::Listed && is_head_or_workload(row))
            }
        }
    }

    fn keeps(self, session: &Session, row: &Row) -> bool {
        let selected = session.selection().track();
        let wanted = row.why != Why::Listed || (row.track().is_some() && row.track().map(|t| (row.run, t)) == selected);
        if row.kind == RowKind::Head || wanted {
            return true;
        }
        match self {
            Sparing::All | Sparing::AllBelow => false,
            Sparing::Machine | Sparing::LanesAlone | Sparing::LanesBelow => match row.kind {
                RowKind::Track { kind, .. } => RowGroup::of(kind) == RowGroup::Workload,
                RowKind::Group(group) => group == RowGroup::Workload,
                RowKind::Head | RowKind::Crowd => true,
                RowKind::States | RowKind::Use => false,
            },
            Sparing::Beside | Sparing::Lanes => match row.track() {
                Some(TrackKind::Task(_) | TrackKind::Thread(_) | TrackKind::Worker(_)) | None => true,
                Some(TrackKind::Core(_)) => session.runs()[row.run].threads,
                Some(TrackKind::Device(_) | TrackKind::Counter(_)) => false,
            },
        }
    }
}

fn is_head_or_workload(row: &Row) -> bool {
    row.kind == RowKind::Head || row.track().is_some_and(|track| RowGroup::of(track) == RowGroup::Workload)
}

/// How often more rows make room beside crowds.
const SPARINGS_BESIDE_CROWDS: usize = 4;

/// Two runs of which one is a crowd: both pictures are to be seen, so what stands around them makes room. Figures and
/// devices first, then how many are in which state, then workers and cores, those of the run in focus last; at last the pictures are low. None if
/// there are no such two runs, if everything fits, or if even so too little does.
fn beside_crowds(session: &Session, whole: &Rows, room: f32) -> Option<Rows> {
    let has_crowd = session.runs().iter().any(|run| run.rows.is_folded());
    let fits = |rows: &Rows| rows.closest() <= room;
    if !has_crowd || session.runs().len() != ALL_OF || fits(whole) {
        return None;
    }
    let selected = session.selection().track();
    let keeping = |sparing: usize| {
        whole.keeping(|row| match row.kind {
            RowKind::Head | RowKind::Crowd => true,
            RowKind::States => sparing < 2,
            RowKind::Use | RowKind::Group(_) => false,
            RowKind::Track { kind, .. } => {
                let is_kept = match kind {
                    TrackKind::Task(_) | TrackKind::Thread(_) => true,
                    TrackKind::Worker(_) | TrackKind::Core(_) => {
                        sparing < 3 || (sparing < SPARINGS_BESIDE_CROWDS && row.run == session.focus())
                    }
                    TrackKind::Device(_) | TrackKind::Counter(_) => false,
                };
                is_kept || row.why != Why::Listed || selected == Some((row.run, kind))
            }
        })
    };
    let low = || Some(keeping(SPARINGS_BESIDE_CROWDS).with_low_crowds()).filter(fits);
    (1..=SPARINGS_BESIDE_CROWDS).map(keeping).find(fits).or_else(low)
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
