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
    /// Of each run: its events at the cursor.
    events: Vec<usize>,
    /// By run and program.
    pub sheets: Vec<Vec<Sheet>>,
    /// The code, which stays while the cursor moves.
    pub code: Arc<Code>,
}

/// The programs' lines.
pub struct Code {
    /// Of each run: its first chunk, by which it is known, and how many runners it has so far.
    made_from: Vec<(Option<Arc<Chunk>>, usize)>,
    /// With every brace on a line of its own.
    pub long: Vec<Block>,
    /// With braces beside other code.
    pub short: Vec<Block>,
    /// Of each run: how many letters its longest line has.
    pub longest: Vec<usize>,
}

impl Pages {
    fn of(session: &Session, name: Option<&str>, kept: Option<&Pages>) -> Pages {
        let made = session.runs().iter().map(|run| sheets(run.trace.tables(), run.snapshot(), name));
        let sheets: Vec<Vec<Sheet>> = made.collect();
        let code = kept.map(|kept| &kept.code).filter(|code| code.is_of(session)).cloned();
        Pages {
            name: name.map(str::to_owned),
            events: events(session).collect(),
            code: code.unwrap_or_else(|| Arc::new(Code::of(session, &sheets))),
            sheets,
        }
    }

    fn are_of(&self, session: &Session, name: Option<&str>) -> bool {
        self.name.as_deref() == name && self.code.is_of(session) && self.events.iter().copied().eq(events(session))
    }
}

impl Code {
    fn of(session: &Session, sheets: &[Vec<Sheet>]) -> Code {
        let source = |run: &Run| (run.trace.chunks().first().cloned(), run.trace.tables().runners.len());
        let (long, short) = (blocks(session, sheets, Braces::OwnLine), blocks(session, sheets, Braces::Beside));
        let letters = |run: usize| {
            let rows = short.iter().flat_map(|block| &block.rows[run]);
            rows.map(|row| 2 * row.depth as usize + row.text.chars().count()).max().unwrap_or(0)
        };
        let longest = (0..session.runs().len()).map(letters).collect();
        Code { made_from: session.runs().iter().map(source).collect(), long, short, longest }
    }

    fn is_of(&self, session: &Session) -> bool {
        let same = |((chunk, runners), run): (&(Option<Arc<Chunk>>, usize), &Run)| {
            let same_run = match (chunk, run.trace.chunks().first()) {
                (Some(then), Some(now)) => Arc::ptr_eq(then, now),
                (None, None) => true,
                (Some(_), None) | (None, Some(_)) => false,
            };
            same_run && *runners == run.trace.tables().runners.len()
        };
        self.made_from.len() == session.runs().len() && self.made_from.iter().zip(session.runs()).all(same)
    }
}

fn events(session: &Session) -> impl Iterator<Item = usize> {
    session.runs().iter().map(|run| run.snapshot().events)
}

/// They are made anew only when something has changed; the code only when that has.
pub fn pages(ui: &Ui, session: &Session, name: Option<&str>) -> Arc<Pages> {
    let id = Id::unique("program pages");
    let kept = ui.data(|data| data.get_temp::<Arc<Pages>>(id));
    if let Some(kept) = kept.as_ref().filter(|kept| kept.are_of(session, name)) {
        return Arc::clone(kept);
    }
    let made = Arc::new(Pages::of(session, name, kept.as_deref()));
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::session::{Command, fixture};

    #[test]
    fn the_code_stays_while_the_cursor_moves_and_not_longer() {
        let mut session = fixture::session();
        let first = Pages::of(&session, None, None);
        assert!(first.are_of(&session, None));
        (0..9).for_each(|_| session.apply(Command::StepForward));
        assert!(!first.are_of(&session, None), "somebody stands elsewhere now");
        let later = Pages::of(&session, None, Some(&first));
        assert!(Arc::ptr_eq(&first.code, &later.code));
        let other = fixture::session();
        assert!(!later.are_of(&other, None), "the same scenario run again is another run");
        assert!(!Arc::ptr_eq(&first.code, &Pages::of(&other, None, Some(&later)).code));
    }
}
