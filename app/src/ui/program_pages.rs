//! What the program panel shows, made from the runs: kept from frame to frame, as long as nothing changes.

use std::sync::Arc;

use egui::{Id, Ui};
use sim_core::analysis::stands::{Sheet, sheets};
use sim_core::trace::store::Chunk;

use crate::session::{Run, Session};

use super::program_lines::{self, Braces, Row};

/// The height of a line of code.
pub const LINE: f32 = 18.0;
/// Between two programs.
pub const GAP: f32 = 4.0;

/// Everything there is to show, and what it was made from.
pub struct Pages {
    name: Option<String>,
    /// Of each run: its first chunk, by which it is known, its events at the cursor, and how many runners it has so far.
    made_from: Vec<(Option<Arc<Chunk>>, usize, usize)>,
    /// By run and program.
    pub sheets: Vec<Vec<Sheet>>,
    /// With every brace on a line of its own.
    pub long: Vec<Block>,
    /// With braces beside other code.
    pub short: Vec<Block>,
}

impl Pages {
    fn of(session: &Session, name: Option<&str>) -> Pages {
        let made = session.runs().iter().map(|run| sheets(run.trace.tables(), run.snapshot(), name));
        let sheets: Vec<Vec<Sheet>> = made.collect();
        Pages {
            name: name.map(str::to_owned),
            made_from: session
                .runs()
                .iter()
                .map(source)
                .map(|(chunk, events, runners)| (chunk.cloned(), events, runners))
                .collect(),
            long: blocks(session, &sheets, Braces::OwnLine),
            short: blocks(session, &sheets, Braces::Beside),
            sheets,
        }
    }

    fn are_of(&self, session: &Session, name: Option<&str>) -> bool {
        let same = |((chunk, events, runners), run): (&(Option<Arc<Chunk>>, usize, usize), &Run)| {
            let (now, events_now, runners_now) = source(run);
            let same_run = match (chunk, now) {
                (Some(then), Some(now)) => Arc::ptr_eq(then, now),
                (None, None) => true,
                (Some(_), None) | (None, Some(_)) => false,
            };
            same_run && (*events, *runners) == (events_now, runners_now)
        };
        self.name.as_deref() == name
            && self.made_from.len() == session.runs().len()
            && self.made_from.iter().zip(session.runs()).all(same)
    }
}

fn source(run: &Run) -> (Option<&Arc<Chunk>>, usize, usize) {
    (run.trace.chunks().first(), run.snapshot().events, run.trace.tables().runners.len())
}

/// They are made anew only when something has changed: of 100,000 tasks that takes a while.
pub fn pages(ui: &Ui, session: &Session, name: Option<&str>) -> Arc<Pages> {
    let id = Id::unique("program pages");
    if let Some(kept) = ui.data(|data| data.get_temp::<Arc<Pages>>(id))
        && kept.are_of(session, name)
    {
        return kept;
    }
    let made = Arc::new(Pages::of(session, name));
    ui.data_mut(|data| data.insert_temp(id, Arc::clone(&made)));
    made
}

/// One program, as every run has it.
pub struct Block {
    /// Its place in the workload.
    pub program: usize,
    /// Each run's rows; none for a run that has no programs.
    pub rows: Vec<Vec<Row>>,
    /// Whether many go through it: then a line above says which of them is shown.
    pub many: bool,
}

impl Block {
    /// How much room it takes.
    pub fn height(&self) -> f32 {
        let rows = self.rows.iter().map(Vec::len).max().unwrap_or(0);
        (rows + usize::from(self.many)) as f32 * LINE
    }
}

fn blocks(session: &Session, sheets: &[Vec<Sheet>], braces: Braces) -> Vec<Block> {
    let count = session.runs().iter().map(|run| run.trace.tables().programs.len()).max().unwrap_or(0);
    let rows = |run: &Run, program: usize| {
        let lines = run.trace.tables().programs.get(program).map(|program| &program.lines);
        lines.map_or_else(Vec::new, |lines| program_lines::rows(lines, braces))
    };
    let block = |program| Block {
        program,
        rows: session.runs().iter().map(|run| rows(run, program)).collect(),
        many: sheets.iter().any(|sheets| sheets.get(program).is_some_and(|sheet| sheet.crew > 1)),
    };
    (0..count).map(block).collect()
}

/// How much room all of them take.
pub fn height(blocks: &[Block]) -> f32 {
    blocks.iter().map(|block| block.height() + GAP).sum()
}
