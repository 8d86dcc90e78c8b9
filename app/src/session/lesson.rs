//! The lesson's steps and questions: what a step's text leads to, which view shows its moment, what was predicted.

use sim_core::instant::{SimDuration, SimTime};
use sim_core::scenario::Answer;
use sim_core::scenario::narration::{Piece, Question, pieces};

use super::document::Step;
use super::{Command, Selection, Session};
use crate::timeline::view::{Kind, View};

/// A piece of a text, with what a click on it does.
#[derive(Clone, PartialEq, Debug)]
pub struct Word<'t> {
    /// The piece.
    pub piece: Piece<'t>,
    /// Where it leads; none for plain words.
    pub leads: Option<Command>,
}

impl Session {
    /// A text of the lesson in pieces: names lead to the rows they name, moments to their time.
    pub fn words<'t>(&self, text: &'t str) -> Vec<Word<'t>> {
        let run = self.document().and_then(|d| d.steps.get(self.step())).map_or(self.focus(), |step| step.run);
        let mut words: Vec<Word<'t>> = Vec::new();
        for piece in pieces(text) {
            let before = words.last().map(|word| word.piece);
            let leads = match piece {
                Piece::Plain(_) => None,
                Piece::Name(name) => self.row_named(run, name).or_else(|| self.run_named(name)),
                Piece::Code(code) => moment(before, code).map(Command::GoTo),
            };
            words.push(Word { piece, leads });
        }
        words
    }

    /// The row that a name means: a task or thread, the first of many, or a device.
    fn row_named(&self, run: usize, name: &str) -> Option<Command> {
        let tracks = &self.runs().get(run)?.index.tracks;
        let exact = || tracks.iter().find(|t| t.name == name).map(|t| t.kind);
        let many = format!("{name}.");
        let first = || tracks.iter().find(|t| t.name.starts_with(&many)).map(|t| t.kind);
        let track = self.track_named(run, name).or_else(exact).or_else(first)?;
        Some(Command::Select(Selection::Track { run, track }))
    }

    fn run_named(&self, name: &str) -> Option<Command> {
        self.runs().iter().position(|r| r.id() == name).map(Command::FocusRun)
    }

    /// The question of the step that is shown.
    pub fn question(&self) -> Option<&Question> {
        self.document()?.steps.get(self.step)?.says.question.as_ref()
    }

    /// Which answer was chosen for it, from 0; none while it is open. With something turned it is a new question.
    pub fn answer(&self) -> Option<usize> {
        self.answers.get(&(self.document()?.wanted(), self.step)).copied()
    }

    /// What the runs answer to it; none while they have not ended.
    pub fn right_answer(&self) -> Option<&Answer> {
        self.told.as_ref()?.answers.get(self.step)?.as_ref()
    }

    /// Whether the runs have not been asked yet, or were stopped before they could answer.
    pub fn told_is_missing(&self) -> bool {
        self.told.is_none()
    }

    /// The first answer stays: it was the prediction.
    pub(super) fn predict(&mut self, choice: usize) {
        // What has been revealed cannot be predicted any more.
        let known = !self.is_revealed() && self.question().is_some_and(|q| choice < q.choices.len());
        if let (true, Some(ask)) = (known, self.document().map(super::Document::wanted)) {
            self.answers.entry((ask, self.step)).or_insert(choice);
        }
    }

    /// Shows the stretch of time that a step asks for; or, if it asks for none and what it speaks of cannot be seen,
    /// one in which it can.
    pub(super) fn look_at_step(&mut self, step: &Step) {
        let total = self.total();
        let view = match step.says.view {
            Some(stretch) => View::of(stretch.from.as_nanos() as f64, stretch.to.as_nanos() as f64),
            None => {
                let now = self.cursor().time;
                let at = now.as_nanos() as f64;
                let (from, to) = self.selected_track().map_or((at, at), |(_, track)| {
                    let around = track.spans.iter().find(|s| s.start <= now && now < s.end);
                    around.map_or((at, at), |s| (s.start.as_nanos() as f64, s.end.as_nanos() as f64))
                });
                self.view.holding(at, (from, to), total)
            }
        };
        if view != self.view {
            self.history.remember(self.view, Kind::Jump);
            self.view = view;
            self.fitted = view == self.whole();
        }
    }
}

/// A length after "at" is a moment: "At `20.1 ms`". Any other is just a length.
fn moment(before: Option<Piece<'_>>, code: &str) -> Option<SimTime> {
    let Some(Piece::Plain(words)) = before else { return None };
    let last = words.trim_end().rsplit(|c: char| !c.is_alphanumeric()).next()?;
    let length: SimDuration = code.replace(' ', "").parse().ok()?;
    last.eq_ignore_ascii_case("at").then(|| SimTime::ZERO + length)
}
