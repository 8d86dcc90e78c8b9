//! Questions, answered: which of a question's choices the runs bear out.
//!
//! Owns the taking of the figure or moment that is asked for, and the test of each choice. Exactly one choice must be
//! borne out by the lesson as written: [`Scenario::check_questions`] asserts it. With something turned, it may be
//! another one, or none.

use std::sync::Arc;

use miette::NamedSource;

use super::anchor;
use super::assert::Measured;
use super::error::{Located, ScenarioErrors, Source};
use super::expect::{Amount, Bound};
use super::figures;
use super::narration::{Question, When};
use super::outline::Node;
use super::run::RunOptions;
use super::spec::Scenario;
use crate::instant::{SimDuration, SimTime};

/// Answers are written with one decimal of a millisecond: so far a time may be from its rounding.
const ROUNDING: SimDuration = SimDuration::from_micros(50);

/// What the runs answer to a question.
#[derive(Clone, Debug, PartialEq)]
pub struct Answer {
    /// The choice that the runs bear out; none if none or several are.
    pub right: Option<usize>,
    /// How many choices they bear out.
    pub borne_out: usize,
    /// What the runs say, in a sentence: "Makespan: 195.9 ms in async, 115.0 ms in threads".
    pub says: String,
}

/// What one run says.
struct Said {
    run: String,
    amount: Option<Amount>,
    slack: SimDuration,
}

impl Scenario {
    /// What the runs answer. `self` is the scenario as it is shown, with variant and values set. Of the runs in `known`
    /// none is run again.
    pub fn answer(
        &self,
        question: &Question,
        options: &RunOptions,
        known: &[&Measured],
    ) -> Result<Answer, ScenarioErrors> {
        let variant = question.figure.as_ref().and_then(|f| f.variant.clone());
        let asked_run = match (&question.figure, &question.moment) {
            (Some(figure), _) => figure.run.clone(),
            (None, Some(moment)) => Some(moment.run.clone().unwrap_or_else(|| self.runs[0].id.clone())),
            (None, None) => None,
        };
        let changed = match &variant {
            Some(variant) => Some(self.with_variant(variant)?),
            None => None,
        };
        let told = changed.as_ref().unwrap_or(self);
        let options = RunOptions { variant: variant.or_else(|| options.variant.clone()), ..options.clone() };
        let mut said = Vec::new();
        for run in told.runs.iter().filter(|run| asked_run.as_ref().is_none_or(|asked| *asked == run.id)) {
            let is_it = |m: &&&Measured| changed.is_none() && m.trace.tables().run.run == run.id;
            let executed;
            let measured = match known.iter().find(is_it) {
                Some(measured) => measured,
                None => {
                    executed = Measured::of(told.execute(&run.id, &options, None), told.costs_of(&options));
                    &executed
                }
            };
            let slack = measured.slack() + ROUNDING;
            said.push(Said { run: run.id.clone(), amount: take(question, measured), slack });
        }
        let right: Vec<usize> = question
            .choices
            .iter()
            .enumerate()
            .filter(|(_, choice)| holds(&choice.when, question, &said))
            .map(|(n, _)| n)
            .collect();
        let only = if let [only] = right[..] { Some(only) } else { None };
        Ok(Answer { right: only, borne_out: right.len(), says: sentence(question, &said) })
    }

    /// Asks every question of the lesson as written. What is wrong: a question of whose choices not exactly one is borne
    /// out.
    pub fn check_questions(&self) -> Result<Vec<Located>, ScenarioErrors> {
        let mut wrong = Vec::new();
        let source: Source = Arc::new(NamedSource::new(&self.file, self.text.clone()));
        let outline = Node::of(&self.text);
        for (i, step) in self.narration.iter().enumerate() {
            let Some(question) = &step.question else { continue };
            let options = RunOptions { variant: step.variant.clone(), ..RunOptions::default() };
            let answer = self.as_asked(&options)?.answer(question, &options, &[])?;
            if answer.right.is_some() {
                continue;
            }
            let path = format!("narration.{i}.question.choices");
            let span = outline.as_ref().map_or(0..0, |outline| outline.span_of(&path));
            let (borne_out, all) = (answer.borne_out, question.choices.len());
            let message = format!("the runs bear out {borne_out} of {all} answers, not one. {}", answer.says);
            wrong.push(Located::at(&source, span, message).help("change `when` so that it holds for one answer"));
        }
        Ok(wrong)
    }
}

/// The figure or moment that a question asks for, in this run.
fn take(question: &Question, measured: &Measured) -> Option<Amount> {
    if let Some(anchor) = &question.moment {
        let moment = anchor::find(anchor, &measured.trace)?;
        return Some(Amount::Time(moment.time.since(SimTime::ZERO)));
    }
    measured.figure(&question.figure.as_ref()?.metric)
}

fn holds(when: &When, question: &Question, said: &[Said]) -> bool {
    let unit = question.unit();
    let meets = |said: &Said, bound: Bound, amount: &Amount, slack: SimDuration| {
        let amount = amount.in_unit(unit).expect("an amount was checked with its scenario");
        said.amount.as_ref().is_some_and(|a| a.meets(bound, &amount, slack))
    };
    if said.is_empty() {
        return false;
    }
    let all = |bound, amount| said.iter().all(|s| meets(s, bound, amount, s.slack));
    match when {
        When::Is(amount) => all(Bound::Equals, amount),
        When::AtLeast(amount) => all(Bound::AtLeast, amount),
        When::AtMost(amount) => all(Bound::AtMost, amount),
        // Strictly between: what is equal to one of the two, within the slack, is at the edge.
        When::Between(low, high) => {
            let outside = |s: &Said| meets(s, Bound::AtMost, low, s.slack) || meets(s, Bound::AtLeast, high, s.slack);
            said.iter().all(|s| s.amount.is_some() && !outside(s))
        }
        When::Never => said.iter().all(|s| s.amount.is_none()),
        When::Least(run) => {
            let Some(own) = said.iter().find(|s| s.run == *run).and_then(|s| s.amount.as_ref()) else { return false };
            let later = |s: &Said| s.amount.as_ref().is_none_or(|a| !a.meets(Bound::AtMost, own, s.slack));
            said.iter().filter(|s| s.run != *run).all(later)
        }
        When::Same => said.windows(2).all(|pair| match (&pair[0].amount, &pair[1].amount) {
            (Some(a), Some(b)) => a.meets(Bound::Equals, b, pair[0].slack.max(pair[1].slack)),
            (None, None) => true,
            (Some(_), None) | (None, Some(_)) => false,
        }),
        When::Each(each) => each.iter().all(|(run, amount)| {
            let found = said.iter().find(|s| s.run == run);
            found.is_some_and(|s| meets(s, Bound::Equals, amount, s.slack))
        }),
    }
}

/// "Makespan: 195.900 ms in async, 115.000 ms in threads."
fn sentence(question: &Question, said: &[Said]) -> String {
    let amounts: Vec<String> = said
        .iter()
        .map(|s| match (&s.amount, &question.moment) {
            (Some(amount), Some(_)) => format!("at {} in {}", amount.short(), s.run),
            (Some(amount), None) => format!("{} in {}", amount.short(), s.run),
            (None, _) => format!("never in {}", s.run),
        })
        .collect();
    let amounts = if amounts.is_empty() { "none of these runs is there".to_owned() } else { amounts.join(", ") };
    match &question.figure {
        Some(figure) => format!("{}: {amounts}.", figures::title_of(&figure.metric)),
        None => format!("It comes {amounts}."),
    }
}
