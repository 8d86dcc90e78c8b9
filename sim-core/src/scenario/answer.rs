//! Questions, answered: which of a question's choices the runs bear out.
//!
//! Owns the taking of the figure or moment that is asked for, and the test of each choice. Exactly one choice must be
//! borne out by the lesson as written: [`Scenario::check_questions`] asserts it. With something turned, it may be
//! another one, or none.

use std::rc::Rc;
use std::sync::Arc;

use miette::NamedSource;

use super::anchor;
use super::assert::Measured;
use super::error::{Located, ScenarioErrors, Source};
use super::expect::{Amount, Bound};
use super::figures;
use super::narration::{Question, When};
use super::outline::Node;
use super::run::{Going, RunOptions};
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
        self.answer_while(question, options, known, &(Rc::new(|| true) as Going))
    }

    /// The same, as long as `going`: what is answered after it has said no means nothing.
    pub fn answer_while(
        &self,
        question: &Question,
        options: &RunOptions,
        known: &[&Measured],
        going: &Going,
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
                    executed = Measured::of(told.execute_while(&run.id, &options, going), told.costs_of(&options));
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

#[cfg(test)]
mod tests {
    use super::*;

    /// A scenario of one sleeper with this question.
    fn scenario(question: &str) -> Scenario {
        let text = format!(
            r##"(
            schema: 1, id: "one", number: 1, part: A, title: "One", idea: "One.", costs: "zero",
            workload: (tasks: {{"t": (ops: [Work("2ms"), Io("3ms"), Mark("done")])}}),
            runs: [(id: "async", model: async_fifo), (id: "threads", model: thread_per_task)],
            variants: [(id: "long", title: "long", set: [r#"workload.tasks.t.ops.1=Io("8ms")"#])],
            narration: [(title: "Asks", text: "It asks.", question: (ask: "What?", {question}, because: "So."))],
        )"##
        );
        Scenario::parse("one.ron", &text, &[]).unwrap_or_else(|errors| panic!("{errors}"))
    }

    fn answer(question: &str, sets: &[&str]) -> Answer {
        let scenario = scenario(question);
        let sets: Vec<String> = sets.iter().map(|s| (*s).to_owned()).collect();
        let shown = if sets.is_empty() { scenario } else { scenario.with(&sets).unwrap() };
        let question = shown.narration[0].question.clone().unwrap();
        shown.answer(&question, &RunOptions::default(), &[]).unwrap()
    }

    const WHEN: &str = r#"moment: (run: "async", task: "t", mark: "done"), choices: [
        (says: "early", when: at_most("1ms")), (says: "in time", when: is("5ms")), (says: "late", when: at_least("6ms")),
        (says: "between", when: between("1ms", "5ms")), (says: "never", when: never)]"#;

    #[test]
    fn the_run_decides_which_answer_is_right() {
        let right = |sets: &[&str]| answer(WHEN, sets).right;
        assert_eq!(right(&[]), Some(1));
        assert_eq!(right(&["workload.tasks.t.ops.1.0=9ms"]), Some(2));
        assert_eq!(right(&["workload.tasks.t.ops.1.0=1ms"]), Some(3));
        assert_eq!(right(&["workload.tasks.t.ops.2=Mark(\"gone\")"]), Some(4));
        assert_eq!(right(&["workload.tasks.t.ops.1.0=3.5ms"]), None, "none of them is");
        assert_eq!(answer(WHEN, &[]).says, "It comes at 5.0 ms in async.");
    }

    #[test]
    fn runs_are_compared_with_each_other() {
        let question = r#"figure: (metric: "polls"), choices: [(says: "async", when: least("async")),
            (says: "same", when: same), (says: "each", when: each({"async": 2, "threads": 2}))]"#;
        let same = answer(question, &[]);
        assert_eq!((same.right, same.borne_out), (None, 0), "{}", same.says);
        let question = r#"figure: (metric: "makespan"), choices: [(says: "async", when: least("async")),
            (says: "same", when: same), (says: "each", when: each({"async": "5ms", "threads": "6ms"}))]"#;
        assert_eq!(answer(question, &[]).right, Some(1));
    }

    #[test]
    fn a_question_about_a_variant_is_answered_by_it() {
        let question = r#"figure: (variant: "long", metric: "makespan"), choices: [(says: "as before", when: is("5ms")),
            (says: "longer", when: is("10ms"))]"#;
        let answer = answer(question, &[]);
        assert_eq!((answer.right, answer.says.as_str()), (Some(1), "Makespan: 10.0 ms in async, 10.0 ms in threads."));
    }

    #[test]
    fn a_question_that_the_runs_do_not_answer_with_one_is_an_error_at_its_choices() {
        let none = scenario(
            r#"figure: (metric: "makespan"), choices: [(says: "a", when: is("1ms")), (says: "b", when: never)]"#,
        );
        let wrong = none.check_questions().unwrap();
        assert_eq!(wrong.len(), 1);
        assert!(wrong[0].message.contains("bear out 0 of 2 answers"), "{}", wrong[0].message);
        assert_eq!(none.text.lines().nth(wrong[0].line - 1).map(|l| l.contains("choices")), Some(true));
        let two = scenario(
            r#"figure: (metric: "makespan"), choices: [(says: "a", when: is("5ms")), (says: "b", when: same)]"#,
        );
        assert!(two.check_questions().unwrap()[0].message.contains("bear out 2 of 2"));
    }
}
