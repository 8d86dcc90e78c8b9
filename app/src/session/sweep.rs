//! The sweep: what is asked of it, how far it is, and what it has found.
//!
//! Owns the background work and its end. It runs beside whatever else the session does: what is open stays as it is.
//! What can be swept is [`super::sweep_choices`]'s; how, sim-core's.

use std::cell::Cell;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use crossbeam_channel::{Receiver, unbounded};
use sim_core::machine::costs::Costs;
use sim_core::scenario::set::set;
use sim_core::scenario::sweep::{At, Between, Curves, Figures, Over, Quantity, Scale, Sweep};
use sim_core::scenario::{RunOptions, Scenario, ScenarioErrors};

use super::loader::Wake;
use super::sweep_choices::{Choice, choices};
use super::{Session, Tab};

/// What is to be swept.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct SweepAsk {
    /// Which value of the scenario.
    pub path: String,
    /// What its values are.
    pub quantity: Quantity,
    /// From where to where.
    pub between: Between,
    /// The ids of the runs.
    pub runs: Vec<String>,
}

/// The sweep of what is open.
#[derive(Debug, Default)]
pub struct SweepState {
    /// None: as it is offered.
    ask: Option<SweepAsk>,
    work: Option<Work>,
    found: Option<Found>,
    problem: Option<String>,
    /// What is being swept, with which costs, until its curves are there.
    begun: Option<(Arc<Scenario>, Costs)>,
}

/// What a sweep has found, so far.
#[derive(Debug)]
pub struct Found {
    /// The curves.
    pub curves: Curves,
    /// What was swept.
    of: Arc<Scenario>,
    /// The costs it was swept with.
    costs: Costs,
    /// Whether what is shown is another scenario now, as of the how manieth opening.
    other: Cell<Option<(u64, bool)>>,
}

/// Under way.
#[derive(Debug)]
struct Work {
    reports: Receiver<Report>,
    cancelled: Arc<AtomicBool>,
}

#[derive(Debug)]
enum Report {
    Begun(Curves),
    Figures(At, Figures),
    Failed(ScenarioErrors),
}

impl Drop for Work {
    fn drop(&mut self) {
        self.cancelled.store(true, Ordering::Relaxed);
    }
}

impl SweepAsk {
    /// What is offered for this value.
    pub fn usual(choice: &Choice, runs: Vec<String>) -> SweepAsk {
        SweepAsk { path: choice.path.clone(), quantity: choice.quantity, between: choice.usual, runs }
    }

    /// The sweep it asks for. The error says why there is none.
    fn over(&self) -> Result<Over, String> {
        let (path, quantity, scale) = (self.path.clone(), self.quantity, self.between.scale);
        Ok(Over { path, quantity, scale, points: self.between.points()? })
    }

    /// How many values there are; none if the ends make no sweep.
    pub fn points(&self) -> Option<usize> {
        self.between.points().ok().map(|points| points.len())
    }
}

impl Session {
    /// Everything of what is open that can be swept; nothing of a recording.
    pub fn sweep_choices(&self) -> Vec<Choice> {
        self.shown().map_or(Vec::new(), |shown| choices(shown))
    }

    /// What is to be swept: as a person has set it up, or as it is offered. None for a recording.
    pub fn sweep_ask(&self) -> Option<SweepAsk> {
        let shown = self.shown()?;
        let all = || shown.runs.iter().map(|run| run.id.clone()).collect();
        let mut ask = match &self.sweep.ask {
            Some(ask) => ask.clone(),
            None => SweepAsk::usual(choices(shown).first()?, all()),
        };
        // A run that was taken away meanwhile cannot be swept.
        ask.runs.retain(|id| shown.run(id).is_some());
        Some(ask)
    }

    /// What has been found; while it is under way, so far.
    pub fn swept(&self) -> Option<&Found> {
        self.sweep.found.as_ref()
    }

    /// Why it could not be swept.
    pub fn sweep_problem(&self) -> Option<&str> {
        self.sweep.problem.as_deref()
    }

    /// Whether a sweep is under way.
    pub fn is_sweeping(&self) -> bool {
        self.sweep.work.is_some()
    }

    /// Why no sweep can begin; none if it can.
    pub(super) fn why_no_sweep(&self) -> Option<&'static str> {
        let Some(ask) = self.sweep_ask() else {
            return Some("A recording is what it is: open its scenario to sweep a value.");
        };
        if self.is_sweeping() {
            return Some("It is being swept.");
        }
        match (ask.runs.is_empty(), ask.between) {
            (true, _) => Some("Choose a run first."),
            (false, Between { from, to, .. }) if from >= to => Some("The first value must be less than the last."),
            (false, Between { from: 0, scale: Scale::Log, .. }) => Some("A log scale has no 0: begin at 1."),
            (false, _) => None,
        }
    }

    /// Whether what was swept is other than what is shown now.
    pub fn is_sweep_of_another(&self) -> bool {
        let (Some(found), Some(shown)) = (&self.sweep.found, self.shown()) else { return false };
        if let Some((_, other)) = found.other.get().filter(|(opened, _)| *opened == self.opened) {
            return other;
        }
        // The value that is swept may be any.
        let without = |scenario: &Scenario| {
            let over = &found.curves.over;
            set(&scenario.text, &over.assignment(over.points.first().copied().unwrap_or(1))).ok()
        };
        let costs = self.document().is_some_and(|document| document.costs != found.costs);
        let other = costs || without(&found.of) != without(shown);
        found.other.set(Some((self.opened, other)));
        other
    }

    pub(super) fn set_up_sweep(&mut self, ask: SweepAsk) {
        self.sweep.ask = Some(ask);
        self.sweep.problem = None;
    }

    pub(super) fn start_sweep(&mut self) {
        let (Some(ask), Some(shown)) = (self.sweep_ask(), self.shown().cloned()) else { return };
        let Ok(over) = ask.over() else { return };
        let used = self.document().map(|document| document.costs.clone()).unwrap_or_default();
        let variant = self.document().and_then(|document| document.variant.clone());
        let options = RunOptions { variant, seed: None, costs: Some(used.clone()) };
        self.show_tab(Tab::Sweep);
        self.sweep.problem = None;
        self.sweep.found = None;
        self.sweep.work = Some(Work::start((Arc::clone(&shown), options, over, ask.runs), Arc::clone(&self.wake)));
        self.sweep.begun = Some((shown, used));
    }

    pub(super) fn cancel_sweep(&mut self) {
        if let Some(work) = &self.sweep.work {
            work.cancelled.store(true, Ordering::Relaxed);
        }
    }

    /// Takes in what the sweep has found.
    pub(super) fn pump_sweep(&mut self) {
        while let Some(work) = &self.sweep.work {
            match work.reports.try_recv() {
                Ok(report) => self.sweep.take(report),
                Err(crossbeam_channel::TryRecvError::Empty) => return,
                Err(crossbeam_channel::TryRecvError::Disconnected) => self.sweep.work = None,
            }
        }
    }

    /// Waits for the end of the sweep: for tests and pictures, never for the window.
    pub fn finish_sweep(&mut self) {
        while let Some(report) = self.sweep.work.as_ref().and_then(|work| work.reports.recv().ok()) {
            self.sweep.take(report);
        }
        self.sweep.work = None;
    }
}

impl SweepState {
    fn take(&mut self, report: Report) {
        match report {
            Report::Begun(curves) => {
                let Some((of, costs)) = self.begun.take() else { return };
                self.found = Some(Found { curves, of, costs, other: Cell::default() });
            }
            Report::Figures(at, figures) => {
                if let Some(found) = &mut self.found {
                    found.curves.set(at, figures);
                }
            }
            Report::Failed(errors) => {
                let first = errors.errors().first();
                self.problem = first.map(|error| sentence(&error.message));
            }
        }
    }
}

impl Work {
    fn start((scenario, options, over, runs): (Arc<Scenario>, RunOptions, Over, Vec<String>), wake: Wake) -> Work {
        // What lies in it is small: a few numbers a run.
        let (sender, reports) = unbounded();
        let cancelled = Arc::new(AtomicBool::new(false));
        let stop = Arc::clone(&cancelled);
        let work = move || {
            // Nobody may be there to hear it any more: then it is cancelled, too.
            let tell = |report| {
                let _ = sender.send(report);
                wake();
            };
            let runs: Vec<&str> = runs.iter().map(String::as_str).collect();
            match Sweep::new(&scenario, options, over, &runs) {
                Ok(sweep) => {
                    tell(Report::Begun(sweep.curves()));
                    sweep.run(threads(), &stop, |at, figures| tell(Report::Figures(at, *figures)));
                }
                Err(errors) => tell(Report::Failed(errors)),
            }
            drop(sender);
            // The end of the channel is news, too.
            wake();
        };
        std::thread::Builder::new()
            .name("sweep".to_owned())
            .spawn(work)
            .expect("the operating system refuses a thread");
        Work { reports, cancelled }
    }
}

/// The window goes on meanwhile: one core is left to it, where there are more than two.
fn threads() -> usize {
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    if cores > 2 { cores - 1 } else { cores }
}

/// With a capital at its beginning and a full stop at its end.
fn sentence(text: &str) -> String {
    let mut letters = text.chars();
    let first = letters.next().map_or(String::new(), |letter| letter.to_uppercase().collect());
    let end = if text.ends_with(['.', '?', '!']) { "" } else { "." };
    format!("{first}{}{end}", letters.as_str())
}
