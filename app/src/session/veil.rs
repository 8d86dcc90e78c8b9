//! What is kept covered while a prediction is asked for: what would give the answer away.
//!
//! Owns the rule. A question that asks for a moment which has come already, or for something that is not in the runs
//! shown, covers nothing. Any other covers what comes after the step's moment, and one that asks for a figure the
//! figures, too. An answer, or [`super::Command::Reveal`], lifts it for good.

use sim_core::instant::SimTime;
use sim_core::scenario::anchor;
use sim_core::scenario::narration::Question;

use super::document::{Origin, Step};
use super::present::Part;
use super::{Presenting, Session};

/// What lies after a moment by less than this share of the runs' length is not seen apart from it.
const SEEN_APART: u64 = 1_000;

/// What is said of changes that would give a prediction away.
const PREDICT_FIRST: &str = "Answer the question or press Reveal first: a change would give the answer away.";

/// What a step's question keeps covered while it is open.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub(super) struct Covered {
    /// What comes after this moment.
    after: Option<SimTime>,
    /// The figures of the whole runs, and what was found in them.
    figures: bool,
}

/// Questions that were revealed: their document and step.
pub(super) type Revealed = std::collections::BTreeSet<(Origin, usize)>;

impl Session {
    /// From when on what happened is covered; none if nothing is. Where the cursor has been moved to can be seen.
    pub fn veil(&self) -> Option<SimTime> {
        let from = self.covered.after.filter(|_| self.keeps_covered())?;
        Some(from.max(self.cursor.time))
    }

    /// Whether the figures of the whole runs are covered, and what was found in them.
    pub fn hides_figures(&self) -> bool {
        self.covered.figures && self.keeps_covered()
    }

    /// Why nothing can be changed while the step's question keeps something covered: other runs would give its answer
    /// away, and leave it without one. None if nothing is covered.
    pub fn why_not_change(&self) -> Option<&'static str> {
        let covers = self.covered.after.is_some() || self.covered.figures;
        (covers && self.keeps_covered()).then_some(PREDICT_FIRST)
    }

    /// Whether the step's question was revealed, not answered.
    pub fn is_revealed(&self) -> bool {
        self.document().is_some_and(|d| self.revealed.contains(&(d.origin.clone(), self.step)))
    }

    /// Shows what the question keeps covered, and its answer.
    pub(super) fn reveal(&mut self) {
        let asked = self.document().filter(|_| self.question().is_some()).map(|d| (d.origin.clone(), self.step));
        if self.answer().is_none() {
            self.revealed.extend(asked);
        }
    }

    /// Finds out what the step's question keeps covered: when another step is shown, or other runs.
    pub(super) fn note_covered(&mut self) {
        self.covered = self.covering().unwrap_or_default();
    }

    /// Covers everything of runs that begin to come, if the step's question is about them: from when on it covers is known
    /// when they have ended.
    pub(super) fn cover_what_comes(&mut self) {
        let asks = |(_, question): (&Step, &Question)| question.moment.is_some() || question.figure.is_some();
        let everything = Covered { after: Some(SimTime::ZERO), figures: true };
        self.covered = if self.asked_here().is_some_and(asks) { everything } else { Covered::default() };
    }

    /// Whether the question is open. Before an audience it is until its answer is told, whatever was answered before, or
    /// it is revealed. With something turned, the lesson's question is not what is looked at.
    fn keeps_covered(&self) -> bool {
        let Some(document) = self.document() else { return false };
        if !document.sets.is_empty() || document.variant.as_deref() != self.told_variant() {
            return false;
        }
        match self.presenting {
            Presenting::On { part, .. } => part != Part::Answer && !self.is_revealed(),
            Presenting::Off | Presenting::Left => {
                let answered =
                    |(asked, step): &(super::Wanted, usize)| *step == self.step && asked.origin == document.origin;
                !self.is_revealed() && !self.answers.keys().any(answered)
            }
        }
    }

    /// The step's question, unless it is about another variant.
    fn asked_here(&self) -> Option<(&Step, &Question)> {
        let document = self.document()?;
        let step = document.steps.get(self.step)?;
        let question = step.says.question.as_ref()?;
        let is_elsewhere = |variant: &String| document.variant.as_ref() != Some(variant);
        let elsewhere = question.figure.as_ref().and_then(|f| f.variant.as_ref()).is_some_and(is_elsewhere);
        (!elsewhere).then_some((step, question))
    }

    fn covering(&self) -> Option<Covered> {
        let (step, question) = self.asked_here()?;
        let now = self.moment_of(step).map_or(self.cursor.time, |moment| moment.time);
        let ahead = self.lies_ahead(step, question, now);
        Some(Covered { after: ahead.then_some(now), figures: ahead || question.figure.is_some() })
    }

    /// Whether a part of the answer comes after `now`. A figure is of whole runs.
    fn lies_ahead(&self, step: &Step, question: &Question, now: SimTime) -> bool {
        let apart = |time: SimTime| time > now && time.since(now).as_nanos() > self.end().as_nanos() / SEEN_APART;
        let asked = match (&question.moment, &question.figure) {
            (Some(moment), _) => moment.run.as_ref(),
            (None, Some(figure)) => figure.run.as_ref(),
            (None, None) => return false,
        };
        let mut runs = self.runs().iter().enumerate().filter(|(n, run)| match (asked, &question.moment) {
            (Some(id), _) => run.id() == id,
            (None, Some(_)) => *n == 0,
            (None, None) => true,
        });
        match &question.moment {
            Some(moment) => runs.any(|(_, run)| apart(anchor::find(moment, &run.trace).map_or(run.end(), |m| m.time))),
            None => runs.any(|(_, run)| apart(run.end())) || step.says.at.is_none(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::document::RunTitle;
    use super::super::loader::Report;
    use super::super::{Command, fixture, jobs};
    use super::*;
    use std::sync::Arc;

    fn at_step(id: &str, step: usize) -> Session {
        let mut session = Session::new(jobs::library(), Arc::new(|| ()));
        session.apply(Command::OpenScenario(id.to_owned()));
        session.finish_loading();
        session.apply(Command::GoToStep(step));
        session.finish_loading();
        session
    }

    fn micros(session: &Session) -> Option<u64> {
        session.veil().map(|time| time.as_nanos() / 1_000)
    }

    #[test]
    fn what_comes_after_the_moment_is_covered_until_the_question_is_answered() {
        let mut session = at_step("blocked-executor", 3);
        assert_eq!(micros(&session), Some(82_100));
        assert!(session.hides_figures());
        session.apply(Command::Predict(0));
        assert_eq!((session.veil(), session.hides_figures()), (None, false), "a wrong answer is an answer");
        session.apply(Command::Turn { path: "runs.async.workers".to_owned(), value: "2".to_owned() });
        session.finish_loading();
        assert_eq!(session.veil(), None, "it does not come back with something turned");
    }

    #[test]
    fn reveal_lifts_the_cover_and_leaves_everything_where_it_is() {
        let mut session = at_step("blocked-executor", 3);
        let before = (session.cursor(), session.view(), session.selection(), session.step());
        session.apply(Command::Reveal);
        assert_eq!((session.veil(), session.hides_figures()), (None, false));
        assert_eq!((session.cursor(), session.view(), session.selection(), session.step()), before);
        session.apply(Command::NextStep);
        session.apply(Command::PreviousStep);
        assert_eq!(session.veil(), None, "it stays lifted");
        assert_eq!(session.answer(), None, "nobody has answered");
    }

    #[test]
    fn nothing_can_be_changed_while_a_prediction_is_open() {
        let mut session = at_step("blocked-executor", 3);
        let runs = session.shown().expect("it is a scenario").runs.clone();
        let value = "2".to_owned();
        let changes = [
            Command::Turn { path: "runs.async.workers".to_owned(), value },
            Command::TryVariant(Some("offload".to_owned())),
            Command::SetRuns(runs[..1].to_vec()),
            Command::AnotherWorld,
        ];
        let before = session.wanted().clone();
        for change in changes.clone() {
            assert_eq!(session.why_not(&change), Some(PREDICT_FIRST));
            session.apply(change);
            session.finish_loading();
            assert_eq!((session.wanted(), micros(&session)), (&before, Some(82_100)));
        }
        session.apply(Command::Reveal);
        assert!(changes.iter().all(|change| session.why_not(change).is_none()));
    }

    #[test]
    fn who_goes_on_by_themselves_sees_as_far_as_they_went() {
        let mut session = at_step("blocked-executor", 3);
        session.apply(Command::Seek(SimTime::from_nanos(90_000_000)));
        assert_eq!(micros(&session), Some(90_000));
        session.apply(Command::ToStart);
        assert_eq!(micros(&session), Some(82_100), "the step's moment has been shown");
        session.apply(Command::GoToStep(2));
        assert_eq!(session.veil(), None, "a step without a question covers nothing");
    }

    #[test]
    fn before_an_audience_it_is_covered_until_the_answer_is_told() {
        let mut session = at_step("blocked-executor", 3);
        session.apply(Command::Present);
        for covered in [true, true, false] {
            assert_eq!(session.veil().is_some(), covered);
            session.apply(Command::NextStep);
        }
    }

    #[test]
    fn a_question_of_another_variant_covers_nothing() {
        let session = at_step("backpressure", 2);
        assert!(session.question().is_some_and(|q| q.figure.as_ref().is_some_and(|f| f.variant.is_some())));
        assert_eq!((session.veil(), session.hides_figures()), (None, false));
    }

    #[test]
    fn who_comes_back_to_a_question_finds_it_covered_as_before() {
        let before = at_step("blocked-executor", 3);
        let mut session = fixture::library();
        session.return_to(before.keep().expect("something is open"));
        session.finish_loading();
        assert_eq!((session.step(), micros(&session)), (3, Some(82_100)));
        assert!(session.hides_figures());
    }

    #[test]
    fn runs_that_grow_towards_a_question_are_covered_until_it_is_known_from_when_on() {
        let before = at_step("blocked-executor", 3);
        let document = Arc::new(before.document().expect("it is open").clone());
        let mut session = fixture::library();
        session.set_progress(before.progress().clone());
        let (hold, held) = crossbeam_channel::bounded::<()>(0);
        let (sent, has_sent) = crossbeam_channel::bounded(1);
        session.start(Box::new(move |outlet| {
            let title = RunTitle { title: "async, 1 worker".to_owned(), threads: false };
            outlet.send(Report::Opened(document, vec![title]));
            fixture::parts(outlet, 0, &fixture::async_run());
            sent.send(()).expect("the test waits");
            held.recv().expect_err("nothing is ever sent");
        }));
        has_sent.recv().expect("the job runs");
        while session.pump() {}
        assert!(session.end() > SimTime::from_nanos(115_000_000));
        assert_eq!((session.step(), micros(&session), session.hides_figures()), (3, Some(0), true));
        drop(hold);
        session.finish_loading();
        assert!(!session.runs()[0].may_grow(), "it was stopped");
        assert!(session.veil().is_some_and(|veil| veil < session.end()), "what has come is covered still");
        session.apply(Command::Reveal);
        assert_eq!((session.veil(), session.hides_figures()), (None, false));
    }
}
