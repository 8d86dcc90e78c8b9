//! What each command does. The only place where the session changes by a person's will.

use super::command::Command;
use super::knobs::Ask;
use super::step::{self, Cursor, Stop};
use super::view::{Kind, View};
use super::{Origin, Place, Selection, Session, Tab, document::Step};
use sim_core::scenario::anchor;

/// One press of a zoom key.
const ZOOM_STEP: f64 = 1.5;
/// One press of a pan key, as a share of the view.
const PAN_STEP: f64 = 0.2;

impl Session {
    /// Does what a person asked for.
    pub fn apply(&mut self, command: Command) {
        use Command as C;
        match command {
            C::StepForward => self.step_cursor(Stop::Lesson, Way::Forward),
            C::StepBack => self.step_cursor(Stop::Lesson, Way::Back),
            C::PollForward => self.step_cursor(self.coarse_stop(), Way::Forward),
            C::PollBack => self.step_cursor(self.coarse_stop(), Way::Back),
            C::ToStart => self.jump(Cursor::default()),
            C::ToEnd => {
                let end = self.focused().map(|run| Cursor::at(&run.trace, run.end()));
                self.jump(end.unwrap_or_default());
            }
            C::Seek(time) => {
                self.playback.pause();
                self.go_to_time(time);
            }
            C::SeekEvent { run, event } => self.seek_event(run, event),
            C::NextSpan => self.step_span(Way::Forward),
            C::PreviousSpan => self.step_span(Way::Back),
            C::WakeCause => self.follow_cause(),
            C::WakeEffect => self.follow_effect(),
            C::NextStep => self.go_to_step(self.step + 1),
            C::PreviousStep => self.go_to_step(self.step.saturating_sub(1)),
            C::NextFinding => self.show_next_finding(),
            C::PreviousFinding => self.show_previous_finding(),
            C::ShowFinding(id) => self.show_finding(id),
            C::ShowTab(list) => self.tab = list,
            C::SwitchTab => {
                self.tab = if self.tab == Tab::Events { Tab::Findings } else { Tab::Events };
            }
            C::GoToStep(step) => self.go_to_step(step),
            C::Turn { path, value } => self.turn(&path, &value),
            C::TurnBack(path) => self.turn_back(&path),
            C::TryVariant(variant) => self.try_variant(variant),
            C::SetRuns(runs) => self.set_runs(&runs),
            C::AsInLesson => self.as_in_lesson(),
            C::AnotherWorld => self.another_world(),
            C::FileChanged(path) => self.file_changed(&path),
            C::GoTo(time) => {
                self.go_to_time(time);
                self.jump(self.cursor);
            }
            C::Predict(choice) => self.predict(choice),
            C::PlayPause => self.play_or_pause(),
            C::Faster => self.playback.set_speed(self.playback.speed * 2.0),
            C::Slower => self.playback.set_speed(self.playback.speed / 2.0),
            C::SetSpeed(speed) => self.playback.set_speed(speed),
            C::FocusRun(run) => self.focus_run(run),
            C::FocusNextRun => self.focus_run((self.focus + 1) % self.runs.len().max(1)),
            C::Select(selection) => self.select(selection),
            C::ClearSelection => self.clear(),
            C::ZoomIn | C::ZoomOut | C::ZoomAt { .. } | C::Pan(_) | C::PanRight | C::PanLeft => self.look(command),
            C::ShowRange { .. } | C::CentreThenFit | C::Fit | C::UndoView => self.look(command),
            C::ShowLibrary => {
                self.playback.pause();
                self.place = Place::Library;
            }
            C::Resume if !self.runs.is_empty() => self.place = Place::Open,
            C::Resume => {}
            C::OpenScenario(id) => self.load(Ask::plain(Origin::Library(id), None)),
            C::OpenFile(path) => self.load(Ask::plain(Origin::File(path), None)),
            C::Reload => self.reload(),
            C::CancelLoading => {
                if let Some(loader) = &self.loader {
                    loader.cancel();
                }
            }
            C::SwitchTheme => self.dark = !self.dark,
            C::ShowKeys => self.keys_shown = !self.keys_shown,
            C::Quit => self.quitting = true,
        }
        self.settle();
    }

    fn reload(&mut self) {
        if self.ask != Ask::default() {
            self.load(self.ask.clone());
        }
    }

    fn clear(&mut self) {
        if self.keys_shown {
            self.keys_shown = false;
        } else {
            self.selection = Selection::Nothing;
        }
    }

    fn coarse_stop(&self) -> Stop {
        if self.focused().is_some_and(|r| r.threads) { Stop::Dispatch } else { Stop::Poll }
    }

    fn step_cursor(&mut self, stop: Stop, way: Way) {
        let Some(run) = self.focused() else { return };
        let next = match way {
            Way::Forward => self.cursor.forward(&run.trace, stop),
            Way::Back => self.cursor.back(&run.trace, stop),
        };
        if let Some(cursor) = next {
            self.jump(cursor);
        }
    }

    /// Goes to a place and brings it into view.
    fn jump(&mut self, cursor: Cursor) {
        self.playback.pause();
        self.cursor = cursor;
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
        self.playback.playing = !self.runs.is_empty();
    }

    fn focus_run(&mut self, run: usize) {
        if run < self.runs.len() && run != self.focus {
            self.focus = run;
            self.go_to_time(self.cursor.time);
        }
    }

    fn select(&mut self, selection: Selection) {
        if let Some((run, _)) = selection.track() {
            self.focus_run(run);
        }
        self.selection = selection;
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
        self.step = step;
        let told = Ask::plain(document.origin.clone(), shown.says.variant.clone());
        let is_recording = document.written.is_none();
        if !is_recording && (self.ask != told || document.ask() != told) {
            // The step speaks of the scenario as its variant has it: it is shown when that has been run.
            self.step_wanted = Some(step);
            return self.load(told);
        }
        self.focus_run(shown.run);
        let selected = shown.says.select.as_deref().and_then(|name| self.track_named(shown.run, name));
        if let Some(track) = selected {
            self.selection = Selection::Track { run: shown.run, track };
        }
        if let Some(cursor) = self.moment_of(shown) {
            self.jump(cursor);
        }
        self.look_at_step(shown);
    }

    /// Where the moment is that a step speaks of: just after the event that stands for it, or so long after it.
    fn moment_of(&self, step: &Step) -> Option<Cursor> {
        let (at, run) = (step.says.at.as_ref()?, self.runs.get(step.run)?);
        // With other runs than the lesson's, a step's own may be gone.
        let is_told = at.run.as_ref().is_none_or(|id| run.id().is_empty() || run.id() == id);
        let trace = is_told.then_some(&run.trace)?;
        let moment = anchor::find(at, trace)?;
        Some(if at.after.is_zero() { Cursor::after(trace, moment.event) } else { Cursor::at(trace, moment.time) })
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
            self.history.remember(self.view, kind);
            self.view = view;
            self.fitted = view == self.whole();
        }
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Way {
    Forward,
    Back,
}
