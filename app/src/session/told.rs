//! What the runs say to the lesson: which answers they bear out, and what changed from the lesson as written.
//!
//! Made on the loader's thread, when every run has ended.

use std::sync::Arc;

use sim_core::Costs;
use sim_core::scenario::{Answer, Going, Measured, RunOptions, Scenario};

use super::change::{Change, LessonFigures, changes};
use super::costs::own_costs;

/// What the lesson as written comes to: that with which runs are compared in which something is turned.
#[derive(Clone, PartialEq, Debug)]
pub struct Base {
    /// The text of the scenario.
    text: String,
    /// What its runs were charged: a file beside it may have changed when it has not.
    costs: Costs,
    /// The figures of each run.
    figures: Vec<LessonFigures>,
}

/// What the runs say.
#[derive(Clone, PartialEq, Debug)]
pub struct Told {
    /// What the lesson as written comes to.
    pub base: Arc<Base>,
    /// What differs from it.
    pub changes: Vec<Change>,
    /// For each step what the runs answer to its question; none where it has none, or where it makes no sense any more.
    pub answers: Vec<Option<Answer>>,
}

/// The lesson, and what is shown of it.
#[derive(Clone, Copy)]
pub struct Asked<'a> {
    /// As its file has it.
    pub written: &'a Scenario,
    /// With variant and values set.
    pub shown: &'a Scenario,
    /// How that was run.
    pub options: &'a RunOptions,
}

/// Takes it from the runs of what is shown. None if it was not to go on: `base` and other variants may have to be run.
pub fn told(asked: Asked<'_>, measured: &[Measured], base: Option<Arc<Base>>, going: &Going) -> Option<Told> {
    let Asked { written, shown, options } = asked;
    let figures: Vec<LessonFigures> = measured.iter().map(|m| figures_of(written, m)).collect();
    let costs = own_costs(written);
    let as_written = shown.text == written.text && options.costs.as_ref().is_none_or(|c| *c == costs);
    let base = base.filter(|base| base.text == written.text && base.costs == costs).unwrap_or_else(|| {
        let figures = if as_written { figures.clone() } else { base_figures(written, going) };
        Arc::new(Base { text: written.text.clone(), costs, figures })
    });
    let known: Vec<&Measured> = measured.iter().collect();
    let mut answers = Vec::new();
    for step in written.narration.iter().take_while(|_| going()) {
        let answer = |question| shown.answer_while(question, options, &known, going).ok();
        answers.push(step.question.as_ref().and_then(answer));
    }
    // Whatever was run until it was stopped is no whole run.
    going().then(|| Told { changes: changes(&base.figures, &figures), answers, base })
}

/// The lesson as written, run for its figures alone.
fn base_figures(written: &Scenario, going: &Going) -> Vec<LessonFigures> {
    let options = RunOptions::default();
    let run = |id: &str| Measured::of(written.execute_while(id, &options, going), written.costs_of(&options));
    written.runs.iter().take_while(|_| going()).map(|r| figures_of(written, &run(&r.id))).collect()
}

fn figures_of(written: &Scenario, measured: &Measured) -> LessonFigures {
    LessonFigures::of(written, &measured.trace.tables().run.run, measured)
}

#[cfg(test)]
mod tests {
    use std::cell::Cell;
    use std::rc::Rc;

    use super::*;

    #[test]
    fn what_is_stopped_tells_nothing_and_runs_no_further() {
        let text = include_str!("../../../scenarios/backpressure.ron");
        let written = Scenario::parse("x.ron", text, &[]).unwrap();
        let options = RunOptions { variant: Some("one".to_owned()), ..RunOptions::default() };
        let shown = written.as_asked(&options).unwrap();
        let asked = Asked { written: &written, shown: &shown, options: &options };
        let counted = Rc::new(Cell::new(0));
        let count = Rc::clone(&counted);
        let going: Going = Rc::new(move || {
            count.set(count.get() + 1);
            count.get() < 2
        });
        assert_eq!(told(asked, &[], None, &going), None);
        assert!(counted.get() < 8, "it was asked {} times, and each time said no", counted.get());
        let going: Going = Rc::new(|| true);
        let told = told(asked, &[], None, &going).expect("nobody stops it");
        assert_eq!((told.base.figures.len(), told.answers.len()), (2, written.narration.len()));
    }
}
