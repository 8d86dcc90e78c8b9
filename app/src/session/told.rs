//! What the runs say to the lesson: which answers they bear out, and what changed from the lesson as written.
//!
//! Made on the loader's thread, when every run has ended.

use std::sync::Arc;

use sim_core::scenario::{Answer, Measured, RunOptions, Scenario};

use super::change::{Change, LessonFigures, changes};

/// What the lesson as written comes to: that with which runs are compared in which something is turned.
#[derive(Clone, PartialEq, Debug)]
pub struct Base {
    /// The text of the scenario.
    text: String,
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

/// Takes it from the runs of `shown`, which is `written` with variant and values set.
pub fn told(
    written: &Scenario,
    shown: &Scenario,
    options: &RunOptions,
    measured: &[Measured],
    base: Option<Arc<Base>>,
) -> Told {
    let figures: Vec<LessonFigures> = measured.iter().map(|m| figures_of(written, m)).collect();
    let as_written = shown.text == written.text;
    let base = base.filter(|base| base.text == written.text).unwrap_or_else(|| {
        let figures = if as_written { figures.clone() } else { base_figures(written) };
        Arc::new(Base { text: written.text.clone(), figures })
    });
    let known: Vec<&Measured> = measured.iter().collect();
    let answers = written.narration.iter().map(|step| {
        let question = step.question.as_ref()?;
        shown.answer(question, options, &known).ok()
    });
    Told { changes: changes(&base.figures, &figures), answers: answers.collect(), base }
}

/// The lesson as written, run for its figures alone.
fn base_figures(written: &Scenario) -> Vec<LessonFigures> {
    let options = RunOptions::default();
    let run = |id: &str| Measured::of(written.execute(id, &options, None), written.costs_of(&options));
    written.runs.iter().map(|r| figures_of(written, &run(&r.id))).collect()
}

fn figures_of(written: &Scenario, measured: &Measured) -> LessonFigures {
    LessonFigures::of(written, &measured.trace.tables().run.run, measured)
}
