//! Whom the lesson's step speaks of: what stands in the light before an audience.
//!
//! Owns finding the rows that a text names, and the state that a name is in at the cursor.

use std::cell::{RefCell, RefMut};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use sim_core::analysis::track::TrackKind;
use sim_core::scenario::narration::{Piece, pieces};
use sim_core::trace::snapshot::{TaskState, ThreadState};

use super::{Run, Session};

/// The state of whom a text names, as far as it has a colour.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Named {
    /// Polling, Running.
    Runs,
    /// Ready, Runnable.
    WantsToRun,
    /// Pending, Blocked.
    Waits,
    /// Completed, Exited.
    Finished,
    /// Cancelled, or ended by a panic.
    Lost,
    /// It has none: it is not there yet, or is no task and no thread.
    Stateless,
}

/// A row of a run.
type Row = (usize, TrackKind);

/// Whom the step names, found once for a step and once for a place of the cursor: both are asked for in every frame,
/// and a run may have a hundred thousand rows.
#[derive(Debug, Default)]
pub(super) struct KeptLight(RefCell<Light>);

#[derive(Debug, Default)]
struct Light {
    /// What was opened so many times, the step, and how many rows each run had.
    step: Option<(u64, usize, Vec<usize>)>,
    /// The rows of a name.
    called: BTreeMap<String, Arc<[Row]>>,
    /// The rows in the light, when each run had so many events behind it.
    lit: Option<(Vec<usize>, Arc<BTreeSet<Row>>)>,
}

impl Session {
    /// The rows that the step names, each with its run: the tasks and threads, and who runs them at the cursor. None if
    /// it names none: then nothing is put in the shade.
    pub fn spotlight(&self) -> Arc<BTreeSet<(usize, TrackKind)>> {
        let events: Vec<usize> = self.runs.iter().map(|run| run.snapshot().events).collect();
        if let Some((_, lit)) = self.light().lit.as_ref().filter(|(at, _)| *at == events) {
            return Arc::clone(lit);
        }
        let lit = Arc::new(self.light_up());
        self.light().lit = Some((events, Arc::clone(&lit)));
        lit
    }

    fn light_up(&self) -> BTreeSet<Row> {
        let Some(step) = self.document().and_then(|d| d.steps.get(self.step)) else { return BTreeSet::new() };
        let names = pieces(&step.says.text).into_iter().filter_map(|piece| match piece {
            Piece::Name(name) => Some(name),
            Piece::Plain(_) | Piece::Code(_) => None,
        });
        let mut lit = BTreeSet::new();
        for name in names.chain(step.says.select.as_deref()) {
            lit.extend(self.rows_called(name, step.run).iter().copied());
        }
        let runners: Vec<_> =
            lit.iter().filter_map(|(run, track)| Some((*run, self.runs.get(*run)?.runner(*track)?))).collect();
        lit.extend(runners);
        lit
    }

    /// What is kept, emptied if it is of another step or of other runs.
    fn light(&self) -> RefMut<'_, Light> {
        let now = (self.opened, self.step, self.runs.iter().map(|run| run.index.tracks.len()).collect());
        let mut light = self.kept_light.0.borrow_mut();
        if light.step.as_ref() != Some(&now) {
            *light = Light { step: Some(now), ..Light::default() };
        }
        light
    }

    /// The rows of this name: of the run that the step speaks of, or else of the others; or all rows of the run that is
    /// called so.
    fn rows_called(&self, name: &str, run: usize) -> Arc<[Row]> {
        if let Some(rows) = self.light().called.get(name) {
            return Arc::clone(rows);
        }
        let rows: Arc<[Row]> = self.find_rows_called(name, run).into();
        self.light().called.insert(name.to_owned(), Arc::clone(&rows));
        rows
    }

    fn find_rows_called(&self, name: &str, run: usize) -> Vec<Row> {
        let rows = |run: usize, wanted: &dyn Fn(&str) -> bool| -> Vec<Row> {
            let tracks = self.runs.get(run).map_or(&[][..], |r| &r.index.tracks);
            tracks.iter().filter(|t| wanted(&t.name)).map(|t| (run, t.kind)).collect()
        };
        let own = rows(run, &|n| n == name);
        if !own.is_empty() {
            return own;
        }
        if let Some(called) = self.runs.iter().position(|r| r.title.split(',').next() == Some(name)) {
            return rows(called, &|_| true);
        }
        (0..self.runs.len()).flat_map(|run| rows(run, &|n| n == name)).collect()
    }

    /// The state at the cursor of whom the step calls so.
    pub fn state_of_named(&self, name: &str) -> Named {
        let run = self.document().and_then(|d| d.steps.get(self.step)).map_or(0, |step| step.run);
        let rows = self.rows_called(name, run);
        let states = rows.iter().filter_map(|(run, track)| Some(self.runs.get(*run)?.named(*track)));
        states.into_iter().find(|state| *state != Named::Stateless).unwrap_or(Named::Stateless)
    }
}

impl Run {
    /// The worker that polls a task, or the core that a thread is on, where its state is.
    fn runner(&self, track: TrackKind) -> Option<TrackKind> {
        let state = self.snapshot();
        match track {
            TrackKind::Task(id) => match state.tasks.get(id.index())?.state {
                TaskState::Polling(worker) => Some(TrackKind::Worker(worker)),
                TaskState::WithoutWorker(thread) => Some(TrackKind::Thread(thread)),
                TaskState::NotSpawned
                | TaskState::Ready
                | TaskState::Pending
                | TaskState::Completed
                | TaskState::Cancelled
                | TaskState::Panicked => None,
            },
            TrackKind::Thread(id) => match state.threads.get(id.index())?.state {
                ThreadState::Running(core) => Some(TrackKind::Core(core)),
                ThreadState::NotCreated
                | ThreadState::Runnable
                | ThreadState::Blocked(_)
                | ThreadState::Exited { .. } => None,
            },
            TrackKind::Core(_) | TrackKind::Worker(_) | TrackKind::Device(_) | TrackKind::Counter(_) => None,
        }
    }

    fn named(&self, track: TrackKind) -> Named {
        let state = self.snapshot();
        match track {
            TrackKind::Task(id) => match state.tasks.get(id.index()).map(|t| t.state) {
                None | Some(TaskState::NotSpawned) => Named::Stateless,
                Some(TaskState::Polling(_) | TaskState::WithoutWorker(_)) => Named::Runs,
                Some(TaskState::Ready) => Named::WantsToRun,
                Some(TaskState::Pending) => Named::Waits,
                Some(TaskState::Completed) => Named::Finished,
                Some(TaskState::Cancelled | TaskState::Panicked) => Named::Lost,
            },
            TrackKind::Thread(id) => match state.threads.get(id.index()).map(|t| t.state) {
                None | Some(ThreadState::NotCreated) => Named::Stateless,
                Some(ThreadState::Running(_)) => Named::Runs,
                Some(ThreadState::Runnable) => Named::WantsToRun,
                Some(ThreadState::Blocked(_)) => Named::Waits,
                Some(ThreadState::Exited { panicked: false }) => Named::Finished,
                Some(ThreadState::Exited { panicked: true }) => Named::Lost,
            },
            TrackKind::Core(_) | TrackKind::Worker(_) | TrackKind::Device(_) | TrackKind::Counter(_) => {
                Named::Stateless
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::session::present::Part;
    use crate::session::{Command, fixture};

    /// Blocked executor at its fourth step: hb is Ready, hog is inside its poll.
    fn session() -> Session {
        let mut session = fixture::blocked_executor();
        (0..3).for_each(|_| session.apply(Command::NextStep));
        session
    }

    fn lit(session: &Session) -> Vec<(usize, String)> {
        let name = |(run, track): (usize, TrackKind)| {
            (run, session.runs()[run].index.track(track).map_or(String::new(), |t| t.name.clone()))
        };
        session.spotlight().iter().copied().map(name).collect()
    }

    #[test]
    fn who_is_named_stands_in_the_light_with_who_runs_them() {
        let names = lit(&session());
        let expected = [(0, "worker 0"), (0, "hb"), (0, "hog")].map(|(run, name)| (run, name.to_owned()));
        assert_eq!(names, expected, "the other run is not spoken of");
    }

    #[test]
    fn a_worker_is_named_like_a_task_in_the_run_that_is_spoken_of() {
        let rows = session().rows_called("worker 0", 0);
        assert!(matches!(rows[..], [(0, TrackKind::Worker(_))]), "{rows:?}");
    }

    #[test]
    fn the_light_follows_the_step_and_the_cursor() {
        let mut session = session();
        let before = session.spotlight();
        assert!(Arc::ptr_eq(&before, &session.spotlight()), "asked again, it is the same");
        session.apply(Command::ToStart);
        assert!(!lit(&session).contains(&(0, "worker 0".to_owned())), "nobody runs yet");
        session.apply(Command::GoToStep(3));
        assert_eq!(session.spotlight(), before);
        session.apply(Command::GoToStep(0));
        assert_ne!(session.spotlight(), before);
    }

    #[test]
    fn names_have_the_state_of_the_cursor() {
        let session = session();
        assert_eq!(session.state_of_named("hb"), Named::WantsToRun);
        assert_eq!(session.state_of_named("hog"), Named::Runs);
        assert_eq!(session.state_of_named("nobody"), Named::Stateless);
    }

    #[test]
    fn a_clicker_goes_through_the_lesson_by_question_and_answer() {
        let mut session = session();
        session.apply(Command::Present);
        let mut parts = vec![session.presenting().part()];
        for press in [Command::NextStep, Command::NextStep, Command::PreviousStep, Command::NextStep] {
            session.apply(press);
            parts.push(session.presenting().part());
        }
        assert_eq!(parts, [Part::Text, Part::Question, Part::Answer, Part::Question, Part::Answer]);
        assert_eq!(session.step(), 3);
        session.apply(Command::NextStep);
        assert_eq!((session.step(), session.presenting().part()), (4, Part::Text));
        session.apply(Command::BlackOut);
        assert!(session.presenting().is_black());
        session.apply(Command::NextStep);
        assert!(!session.presenting().is_black());
        assert_eq!(session.step(), 4, "the press only lit the screen");
        session.apply(Command::ClearSelection);
        assert!(!session.presenting().is_on());
    }

    #[test]
    fn at_the_desk_next_does_not_wait_for_an_answer() {
        let mut session = session();
        session.apply(Command::NextStep);
        assert_eq!(session.step(), 4);
        assert_eq!(session.answer(), None);
    }
}
