//! What each command does. The only place where the session changes by a person's will.

use super::command::Command;
use super::home::Ask;
use super::knobs::Wanted;
use super::rows::RowPlan;
use super::standing::Trail;
use super::step::{self, Cursor, Stop};
use super::{Overlay, Place, Presenting, Selection, Session, Tab, document::Step};
use crate::timeline::view::{Kind, View};
use sim_core::scenario::anchor;

/// One press of a zoom key.
const ZOOM_STEP: f64 = 1.5;
/// One press of a pan key, as a share of the view.
const PAN_STEP: f64 = 0.2;

/// What is said when a step of the lesson takes back what was turned.
const RESET: &str = "Your changes were reset: this step is told of the lesson as written.";

impl Session {
    /// Does what a person asked for.
    pub fn apply(&mut self, command: Command) {
        use Command as C;
        if command != C::Present && self.presenting == Presenting::Left {
            self.presenting = Presenting::Off;
        }
        if self.why_not(&command).is_some() {
            return;
        }
        if !is_gradual(&command) {
            self.history.settle();
        }
        // What is asked to be seen needs its panel.
        self.wide &= self.place != Place::Open || !asks_for_panel(&command);
        match command {
            C::StepForward => self.step_cursor(Stop::Lesson, Way::Forward),
            C::StepBack => self.step_cursor(Stop::Lesson, Way::Back),
            C::PollForward => self.step_cursor(self.coarse_stop(), Way::Forward),
            C::PollBack => self.step_cursor(self.coarse_stop(), Way::Back),
            C::ToStart => self.jump(Cursor::default()),
            C::ToEnd => self.go_to_end(),
            C::Seek(time) => {
                self.playback.pause();
                self.go_oneself();
                self.go_to_time(time);
            }
            C::SeekEvent { run, event } => self.seek_event(run, event),
            C::NextSpan => self.step_span(Way::Forward),
            C::PreviousSpan => self.step_span(Way::Back),
            C::WakeCause => self.follow_cause(),
            C::WakeEffect => self.follow_effect(),
            C::NextStep => self.next_step(),
            C::PreviousStep => self.previous_step(),
            C::NextFinding => self.run_on(),
            C::PreviousFinding => self.run_back(),
            C::BreakAtSelected => self.break_at_selected(),
            C::ToggleBreakpoint(breakpoint) => self.toggle_breakpoint(breakpoint),
            C::ClearBreakpoints => self.breakpoints.clear(),
            C::ShowFinding(id) => self.show_finding(id),
            C::ShowTab(tab) => self.show_tab(tab),
            C::ShowFindings => self.show_tab(Tab::Findings),
            C::GoToStep(step) => self.go_to_step(step),
            C::Turn { path, value } => self.turn(&path, &value),
            C::TurnBack(path) => self.turn_back(&path),
            C::TryVariant(variant) => self.try_variant(variant),
            C::SetRuns(runs) => self.set_runs(&runs),
            C::AsInLesson => self.as_in_lesson(),
            C::AnotherWorld => self.another_world(),
            C::SetUpSweep(ask) => self.set_up_sweep(*ask),
            C::StartSweep => self.start_sweep(),
            C::CancelSweep => self.cancel_sweep(),
            C::FileChanged(path) => self.file_changed(&path),
            C::GoTo(time) => {
                self.go_to_time(time);
                self.jump(self.cursor);
            }
            C::FilterEvents(query) => self.events.set_query(*query),
            C::SeekRow(row) => self.seek_row(row),
            C::FocusSearch if self.place == Place::Library => self.ask(Ask::Search),
            C::FocusSearch => {
                self.show_tab(Tab::Events);
                self.events.ask_for_search();
            }
            C::NextHit => self.next_hit(),
            C::PreviousHit => self.previous_hit(),
            C::Predict(choice) => self.predict(choice),
            C::Reveal => self.reveal(),
            C::PlayPause => self.play_or_pause(),
            C::Faster => self.playback.set_speed(self.playback.speed * 2.0),
            C::Slower => self.playback.set_speed(self.playback.speed / 2.0),
            C::SetSpeed(speed) => self.playback.set_speed(speed),
            C::FocusRun(run) => self.focus_run(run),
            C::FocusNextRun => self.focus_run((self.focus + 1) % self.runs.len().max(1)),
            C::Select(selection) => self.select(selection),
            C::LookBack => self.look_back(),
            C::LookForward => self.look_forward(),
            C::SelectTime { from, to } => self.select_time(from, to),
            C::SelectionToTime => {
                if let Some(span) = self.selection_to_time() {
                    let (from, to) = (span.from.as_nanos() as f64, span.to.as_nanos() as f64);
                    let margin = (to - from) * 0.05;
                    self.look(C::ShowRange { from: from - margin, to: to + margin });
                }
            }
            C::SwitchMark => self.switch_mark(),
            C::NextMark => self.next_mark(),
            C::PreviousMark => self.previous_mark(),
            C::GoToMark(place) => self.go_to_mark(place),
            C::ClearSelection => self.clear(),
            C::ZoomIn | C::ZoomOut | C::ZoomAt { .. } | C::Pan(_) | C::PanRight | C::PanLeft => self.look(command),
            C::PullView { .. } => self.look(command),
            C::ShowRange { .. } | C::CentreThenFit | C::Fit | C::UndoView => self.look(command),
            C::ShowLibrary => {
                self.playback.pause();
                self.place = Place::Library;
            }
            C::Resume => self.resume(),
            C::OpenScenario(id) => self.open_scenario(id),
            C::FindScenario => self.ask(Ask::Search),
            C::ChooseFile => self.ask(Ask::ChooseFile),
            C::NewScenario => self.ask(Ask::NewScenario),
            C::CreateScenario(path) => self.create_scenario(path),
            C::ForgetFile(path) => self.forget_file(&path),
            C::OpenFile(path) => self.open_file(path),
            C::Reload => self.reload(),
            C::CancelLoading => {
                if let Some(loader) = &self.loader {
                    loader.cancel();
                }
            }
            C::ToggleFollow => self.toggle_follow(),
            C::ShowCommands => self.toggle_overlay(Overlay::Commands),
            // On the start screen, its own search finds more: ideas, findings, words.
            C::ShowPlaces if self.place == Place::Library => self.ask(Ask::Search),
            C::ShowPlaces => self.toggle_overlay(Overlay::Places),
            C::Present => self.toggle_presenting(),
            C::BlackOut => self.toggle_black(),
            C::SwitchTheme | C::SetTheme(_) | C::ScaleUp | C::ScaleDown | C::ScaleUsual => self.choose(command),
            C::SetScale(_) | C::SetMotion(_) | C::SetDragMeans(_) | C::SetCosts(_) => self.choose(command),
            C::ResetSettings => self.choose(command),
            C::ShowSettings => {
                self.look_for_calibrated();
                self.toggle_overlay(Overlay::Settings);
            }
            C::DismissNotice => {
                if !self.notices.is_empty() {
                    self.notices.remove(0);
                }
            }
            C::ShowKeys => self.toggle_overlay(Overlay::Keys),
            C::SwitchWide => self.wide = !self.wide,
            C::FoldRun(_) | C::FoldGroup { .. } | C::FoldCrowd(_) | C::PinRow { .. } => self.arrange(command),
            C::SortRows { .. } | C::FilterRows { .. } | C::FoldFocusedRun => self.arrange(command),
            C::FoldFocusedCrowd | C::SortOn | C::PinSelected => self.arrange(command),
            C::Quit => self.quitting = true,
        }
        self.looked.note(self.selection);
        self.settle();
    }

    pub(super) fn reload(&mut self) {
        if self.wanted != Wanted::default() {
            self.load_wanted(self.wanted.clone());
        }
    }

    fn clear(&mut self) {
        if self.overlay != Overlay::Nothing || self.place != Place::Open {
            self.overlay = Overlay::Nothing;
        } else if self.presenting.is_on() {
            self.toggle_presenting();
        } else if self.selected_time.is_some() {
            self.selected_time = None;
        } else {
            self.selection = Selection::Nothing;
        }
    }

    fn coarse_stop(&self) -> Stop {
        if self.focused().is_some_and(|r| r.threads) { Stop::Dispatch } else { Stop::Poll }
    }

    /// Goes to a place and brings it into view.
    pub(super) fn jump(&mut self, cursor: Cursor) {
        self.playback.pause();
        self.go_oneself();
        self.cursor = cursor;
        self.trail = Trail::default();
        self.view = self.view.showing(cursor.time.as_nanos() as f64, self.total());
    }

    pub(super) fn seek_event(&mut self, run: usize, event: usize) {
        let Some(of) = self.runs.get(run).filter(|r| event < r.trace.len()) else { return };
        let cursor = Cursor::after(&of.trace, event);
        self.focus = run;
        self.jump(cursor);
    }

    fn play_or_pause(&mut self) {
        if self.playback.playing {
            return self.playback.pause();
        }
        // Play at the end begins again.
        if self.cursor.time >= self.end() && !self.is_loading() {
            self.jump(Cursor::default());
        }
        self.go_oneself();
        self.playback.playing = !self.runs.is_empty();
        self.follow.cursor = true;
    }

    /// Arranges the rows of a run.
    fn arrange(&mut self, command: Command) {
        use Command as C;
        let (focus, selected) = (self.focus, self.selection.track());
        let mut plan = |run: usize, change: &dyn Fn(&mut RowPlan)| {
            if let Some(run) = self.runs.get_mut(run) {
                change(&mut run.rows);
            }
        };
        match command {
            C::FoldRun(run) => plan(run, &RowPlan::switch_collapsed),
            C::FoldFocusedRun => plan(focus, &RowPlan::switch_collapsed),
            C::FoldGroup { run, group } => plan(run, &|p| p.switch_group(group)),
            C::FoldCrowd(run) => plan(run, &RowPlan::switch_folded),
            C::FoldFocusedCrowd => plan(focus, &RowPlan::switch_folded),
            C::PinRow { run, track } => plan(run, &|p| p.switch_pin(track)),
            C::PinSelected => {
                if let Some((run, track)) = selected {
                    plan(run, &|p| p.switch_pin(track));
                }
            }
            C::SortRows { run, by } => plan(run, &|p| p.set_sort(by)),
            C::SortOn => plan(focus, &|p| p.set_sort(p.sort().next())),
            C::FilterRows { run, text } => plan(run, &|p| p.set_filter(text.clone())),
            _ => {}
        }
    }

    pub(super) fn select(&mut self, selection: Selection) {
        if let Some((run, _)) = selection.thing() {
            self.focus_run(run);
        }
        if let Some((run, track)) = selection.track()
            && let Some(run) = self.runs.get_mut(run)
        {
            run.rows.reveal(track);
        }
        self.selection = selection;
        // Whoever looks at a thing looks at the stretch of time no more.
        self.selected_time = None;
    }

    fn step_span(&mut self, way: Way) {
        let Some((run, track)) = self.selected_track() else { return };
        let span = match way {
            Way::Forward => step::next_span(&track.spans, self.cursor),
            Way::Back => step::previous_span(&track.spans, &self.runs[run].trace, self.cursor),
        };
        if let Some(span) = span {
            self.seek_event(run, span.event);
        }
    }

    fn follow_cause(&mut self) {
        let found = match self.selection.link() {
            Some(found) => Some(found),
            None => self.selected_links().and_then(|(run, links)| {
                let link = step::last_link(links.iter().copied(), self.cursor);
                let link = link.or_else(|| step::pending_link(links.iter().copied(), self.cursor));
                Some((run, link?))
            }),
        };
        if let Some((run, link)) = found {
            self.selection = Selection::Link { run, link };
            self.seek_event(run, link.from_event);
        }
    }

    fn follow_effect(&mut self) {
        let found = match self.selection.link() {
            // From the effect on, the next arrow of the row.
            Some((run, link)) if self.cursor.events <= link.to_event => Some((run, link)),
            _ => self
                .selected_links()
                .and_then(|(run, links)| Some((run, step::pending_link(links.iter().copied(), self.cursor)?))),
        };
        if let Some((run, link)) = found {
            self.selection = Selection::Link { run, link };
            self.seek_event(run, link.to_event);
        }
    }

    pub(super) fn go_to_step(&mut self, step: usize) {
        let Some(document) = self.document.clone() else { return };
        let Some(shown) = document.steps.get(step) else { return };
        let is_turned = self.step_wanted.is_none() && self.can_drop_changes();
        let is_another = self.step != step;
        if is_another {
            self.pass_notices();
            self.present_from_text();
        }
        self.step = step;
        self.covered = super::veil::Covered::default();
        self.note_step();
        let told = Wanted::plain(document.origin.clone(), shown.says.variant.clone());
        let is_recording = document.written.is_none();
        if !is_recording && (self.wanted != told || document.wanted() != told) {
            // The step speaks of the scenario as its variant has it: it is shown when that has been run.
            self.step_wanted = Some(step);
            if is_turned && is_another {
                self.passing_notice(RESET.to_owned());
            }
            return self.load_wanted(told);
        }
        self.focus_run(shown.run);
        // Whom the step speaks of, if it does not say whom to select.
        let about = shown.says.select.as_deref().or(shown.says.at.as_ref().map(|at| at.task.as_str()));
        let selected = about.and_then(|name| self.track_named(shown.run, name));
        if let Some(track) = selected {
            self.selection = Selection::Track { run: shown.run, track };
        }
        if let Some(cursor) = self.moment_of(shown) {
            self.jump(cursor);
        }
        self.look_at_step(shown);
        self.note_covered();
    }

    /// Where the moment is that a step speaks of: just after the event that stands for it, or so long after it.
    pub(super) fn moment_of(&self, step: &Step) -> Option<Cursor> {
        let (at, run) = (step.says.at.as_ref()?, self.runs.get(step.run)?);
        // With other runs than the lesson's, a step's own may be gone.
        let is_told = at.run.as_ref().is_none_or(|id| run.id().is_empty() || run.id() == id);
        let trace = is_told.then_some(&run.trace)?;
        let moment = anchor::find(at, trace)?;
        if at.after.is_zero() {
            return Some(Cursor::after(trace, moment.event));
        }
        // After everything there is nothing to see.
        Some(Cursor::at(trace, moment.time.min(self.end())))
    }

    fn look(&mut self, command: Command) {
        use Command as C;
        let (total, here) = (self.total(), self.cursor.time.as_nanos() as f64);
        let centre = if here >= self.view.start && here <= self.view.end() {
            here
        } else {
            self.view.start + self.view.length / 2.0
        };
        let (view, kind) = match command {
            C::ZoomIn => (self.view.zoomed(ZOOM_STEP, centre, total), Kind::Zoom),
            C::ZoomOut => (self.view.zoomed(1.0 / ZOOM_STEP, centre, total), Kind::Zoom),
            C::ZoomAt { factor, at } => (self.view.zoomed(factor, at, total), Kind::Zoom),
            C::Pan(share) => (self.view.panned(share, total), Kind::Pan),
            C::PanRight => (self.view.panned(PAN_STEP, total), Kind::Pan),
            C::PanLeft => (self.view.panned(-PAN_STEP, total), Kind::Pan),
            C::ShowRange { from, to } => (View::of(from, to), Kind::Jump),
            C::PullView { fixed, to } => (View::of(fixed, to), Kind::Pull(fixed.to_bits())),
            C::Fit => (self.whole(), Kind::Jump),
            C::CentreThenFit => {
                let centred = self.view.centred(here, total);
                let there = (centred.start - self.view.start).abs() < self.view.length * 1e-3;
                (if there { self.whole() } else { centred }, Kind::Jump)
            }
            C::UndoView => {
                self.view = self.history.undo().unwrap_or(self.view);
                return;
            }
            _ => return,
        };
        if view != self.view {
            // A person who moves the view by hand looks at something.
            self.follow.cursor &= kind != Kind::Pan;
            self.follow.end = false;
            self.history.remember(self.view, kind);
            self.view = view;
            self.fitted = view == self.whole();
        }
    }
}

/// Whether one movement of a person may come as many of these.
fn is_gradual(command: &Command) -> bool {
    use Command as C;
    matches!(
        command,
        C::ZoomIn | C::ZoomOut | C::ZoomAt { .. } | C::Pan(_) | C::PanRight | C::PanLeft | C::PullView { .. }
    )
}

/// Whether what it asks to see stands in a panel that the wide timeline leaves out.
fn asks_for_panel(command: &Command) -> bool {
    use Command as C;
    matches!(command, C::ShowTab(_) | C::ShowFindings | C::FocusSearch | C::ShowFinding(_) | C::StartSweep)
}

/// Which way a step goes.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Way {
    /// Later.
    Forward,
    /// Earlier.
    Back,
}
