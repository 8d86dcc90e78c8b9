//! Which commands have nothing to act on just now, and why. They do nothing, and the palette says so.
//!
//! Owns the reasons. What is not refused here may still change nothing: going to the end at the end.

use super::breakpoints::Breakpoint;
use super::rows::RowGroup;
use super::{Command, Overlay, Place, Selection, Session};

const NOTHING_OPEN: &str = "Open a scenario first.";
const NO_ROW: &str = "Select a task or thread first.";

impl Session {
    /// Why this command would do nothing; none if it has something to act on.
    pub fn why_not(&self, command: &Command) -> Option<&'static str> {
        if self.place != Place::Open && acts_on_runs(command) {
            return Some(NOTHING_OPEN);
        }
        self.why_not_here(command)
    }

    /// The same, of a command that fits the place.
    fn why_not_here(&self, command: &Command) -> Option<&'static str> {
        use Command as C;
        let unless = |can: bool, why: &'static str| (!can).then_some(why);
        let selected = self.selection.track().map(|(_, track)| track);
        match command {
            C::NextSpan | C::PreviousSpan => unless(selected.is_some(), "Select a row first."),
            C::WakeCause | C::WakeEffect => unless(selected.is_some(), NO_ROW),
            C::BreakAtSelected => unless(selected.is_some_and(Breakpoint::fits), NO_ROW),
            C::PinSelected => unless(selected.is_some_and(|t| RowGroup::of(t) == RowGroup::Workload), NO_ROW),
            C::SelectionToTime => {
                let can = self.selected_time().is_some() || selected.is_some();
                unless(can, "Select a row or a stretch of time first.")
            }
            C::ClearBreakpoints => unless(!self.breakpoints.is_empty(), "No breakpoint is set."),
            C::NextStep | C::PreviousStep => unless(self.has_lesson(), "It has no lesson."),
            C::AsInLesson => unless(self.can_reset() || self.is_loading(), "It is as in the lesson."),
            C::AnotherWorld if self.written().is_none() => Some("A recording is what it is."),
            C::Turn { .. } | C::TryVariant(_) | C::SetRuns(_) | C::AnotherWorld => self.why_not_change(),
            C::StartSweep => self.why_no_sweep(),
            C::CancelSweep => unless(self.is_sweeping(), "Nothing is being swept."),
            C::Predict(choice) => self.why_not_predict(*choice),
            C::Reveal => self.why_not_predict(0),
            C::UndoView => unless(!self.history.is_empty(), "The view was not changed."),
            C::NextMark | C::PreviousMark => unless(!self.marks().is_empty(), "Nothing is marked."),
            C::NextHit | C::PreviousHit => unless(self.hits().is_some(), "Nothing is searched for."),
            C::FocusNextRun => unless(self.runs.len() > 1, "There is only one run."),
            C::LookBack => unless(self.looked.previous(self.selection).is_some(), "Nothing was looked at before."),
            C::LookForward => unless(self.looked.next().is_some(), "Nothing was looked at after."),
            C::BlackOut => unless(self.presenting.is_on(), "Nothing is being presented."),
            C::ClearSelection => unless(self.has_something_to_clear(), "Nothing is selected."),
            C::Resume if self.place == Place::Open => Some("It is shown."),
            C::Resume => {
                let can = !self.runs.is_empty() || self.progress().last().is_some();
                unless(can, "Nothing was open before.")
            }
            C::Reload if self.place == Place::Library => Some(NOTHING_OPEN),
            C::FocusSearch if matches!(self.place, Place::Failed(_)) => Some(NOTHING_OPEN),
            C::CancelLoading => unless(self.is_loading(), "Nothing is being simulated."),
            C::DismissNotice => unless(!self.notices.is_empty(), "There is no notice."),
            _ => None,
        }
    }

    fn why_not_predict(&self, choice: usize) -> Option<&'static str> {
        match (self.question(), self.answer()) {
            (None, _) => Some("This step asks nothing."),
            (Some(question), _) if choice >= question.choices.len() => Some("There are not so many answers."),
            (Some(_), Some(_)) => Some("It is answered already."),
            (Some(_), None) if self.is_revealed() => Some("It is revealed already."),
            (Some(_), None) => None,
        }
    }

    fn has_lesson(&self) -> bool {
        self.document().is_some_and(|d| !d.steps.is_empty())
    }

    fn has_something_to_clear(&self) -> bool {
        let open = self.place == Place::Open;
        self.overlay != Overlay::Nothing
            || open && (self.presenting.is_on() || self.selected_time.is_some() || self.selection != Selection::Nothing)
    }
}

/// Whether a command is about the runs that are shown: elsewhere there are none.
fn acts_on_runs(command: &Command) -> bool {
    use Command as C;
    match command {
        C::StepForward | C::StepBack | C::PollForward | C::PollBack | C::ToStart | C::ToEnd => true,
        C::Seek(_) | C::SeekEvent { .. } | C::GoTo(_) | C::SeekRow(_) | C::NextSpan | C::PreviousSpan => true,
        C::WakeCause | C::WakeEffect | C::NextStep | C::PreviousStep | C::GoToStep(_) => true,
        C::Predict(_) | C::Reveal => true,
        C::NextFinding | C::PreviousFinding | C::ShowFinding(_) | C::NextHit | C::PreviousHit => true,
        C::BreakAtSelected | C::ToggleBreakpoint(_) | C::ClearBreakpoints => true,
        C::ShowTab(_) | C::ShowFindings | C::FilterEvents(_) => true,
        C::Turn { .. } | C::TurnBack(_) | C::TryVariant(_) | C::SetRuns(_) | C::AsInLesson | C::AnotherWorld => true,
        C::SetUpSweep(_) | C::StartSweep | C::CancelSweep => true,
        C::PlayPause | C::Faster | C::Slower | C::SetSpeed(_) | C::ToggleFollow => true,
        C::ZoomIn | C::ZoomOut | C::ZoomAt { .. } | C::Pan(_) | C::PanRight | C::PanLeft | C::PullView { .. } => true,
        C::ShowRange { .. } | C::CentreThenFit | C::Fit | C::UndoView => true,
        C::LookBack | C::LookForward | C::FocusRun(_) | C::FocusNextRun | C::Select(_) => true,
        C::SelectTime { .. } | C::SelectionToTime => true,
        C::SwitchMark | C::NextMark | C::PreviousMark | C::GoToMark(_) => true,
        C::Present | C::BlackOut | C::SwitchWide => true,
        C::FoldRun(_) | C::FoldGroup { .. } | C::FoldCrowd(_) | C::PinRow { .. } | C::SortRows { .. } => true,
        C::FilterRows { .. } | C::FoldFocusedRun | C::FoldFocusedCrowd | C::SortOn | C::PinSelected => true,
        // These have a meaning of their own on the start screen, or where something could not be opened.
        C::FocusSearch | C::ShowPlaces | C::ShowCommands | C::Reload | C::CancelLoading | C::ClearSelection => false,
        C::FileChanged(_) | C::ShowLibrary | C::Resume | C::FindScenario | C::ChooseFile | C::NewScenario => false,
        C::CreateScenario(_) | C::ForgetFile(_) | C::OpenScenario(_) | C::OpenFile(_) => false,
        C::SwitchTheme | C::SetTheme(_) | C::ScaleUp | C::ScaleDown | C::ScaleUsual | C::SetScale(_) => false,
        C::SetDragMeans(_) | C::SetMotion(_) | C::SetCosts(_) | C::ResetSettings | C::ShowSettings => false,
        C::DismissNotice | C::ShowKeys | C::Quit => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::session::command::BINDINGS;
    use crate::session::fixture;

    /// What a person would find when they come back.
    fn left(session: &Session) -> String {
        let rows: Vec<_> = session.runs().iter().map(|r| (r.rows.is_collapsed(), r.rows.is_folded())).collect();
        let lesson = (session.step(), session.progress().lesson("blocked-executor").map(|l| l.seen.clone()));
        let looked = (session.selection(), session.selected_time(), session.looked().current());
        let shown = (session.tab(), session.is_wide(), session.presenting(), session.marks().len());
        let place = (session.cursor(), session.focus(), session.view(), session.breakpoints().len());
        format!("{lesson:?} {looked:?} {shown:?} {place:?} {rows:?} {:?}", session.wanted())
    }

    #[test]
    fn on_the_start_screen_no_key_touches_what_is_hidden() {
        let mut session = fixture::blocked_executor();
        session.apply(Command::NextStep);
        session.finish_loading();
        session.apply(Command::SwitchMark);
        session.apply(Command::ShowLibrary);
        let before = left(&session);
        let leaves = [Command::Resume, Command::Quit];
        for binding in BINDINGS.iter().filter(|b| !leaves.contains(&b.command)) {
            session.apply(binding.command.clone());
            assert_eq!(*session.place(), Place::Library, "{}", binding.title);
            assert_eq!(left(&session), before, "{}", binding.title);
        }
        session.apply(Command::Resume);
        session.finish_loading();
        assert_eq!(left(&session), before);
    }

    #[test]
    fn what_there_is_nothing_to_act_on_for_says_why() {
        let mut session = fixture::blocked_executor();
        let why = |session: &Session, command: Command| session.why_not(&command);
        assert_eq!(why(&session, Command::BlackOut), Some("Nothing is being presented."));
        assert_eq!(why(&session, Command::NextMark), Some("Nothing is marked."));
        assert_eq!(why(&session, Command::StepForward), None);
        session.apply(Command::ShowLibrary);
        assert_eq!(why(&session, Command::StepForward), Some(NOTHING_OPEN));
        assert_eq!(why(&session, Command::Reload), Some(NOTHING_OPEN));
        assert_eq!(why(&session, Command::Resume), None);
    }

    #[test]
    fn what_is_revealed_is_neither_predicted_nor_revealed_again() {
        let mut session = fixture::blocked_executor();
        session.apply(Command::GoToStep(3));
        session.finish_loading();
        assert_eq!((session.why_not(&Command::Predict(0)), session.why_not(&Command::Reveal)), (None, None));
        session.apply(Command::Reveal);
        for command in [Command::Predict(0), Command::Reveal] {
            assert_eq!(session.why_not(&command), Some("It is revealed already."));
        }
    }
}
