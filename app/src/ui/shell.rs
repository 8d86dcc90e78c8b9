//! The whole window: takes reports and keys, divides the surface, shows the panels, and applies what they emit.

use std::sync::Arc;
use std::time::{Duration, Instant, SystemTime};

use egui::{CentralPanel, Context, Frame, Panel, Ui};

use crate::session::progress::Stamp;
use crate::session::{Command, Entry, Place, Session};
use crate::watch::Watch;

use super::dock::{self, Beside};
use super::events::{self, EventsState};
use super::library::{self, LibraryState};
use super::patterns::Patterns;
use super::stage::{self, StageState};
use super::theme::Theme;
use super::timeline_panel::{self, TimelineState};
use super::widgets::Emit;
use super::{failed, fonts, inspector, keys, lesson, mishap, status, top};

/// Taking in what the background has sent may take so much of a frame.
const PUMP_BUDGET: Duration = Duration::from_millis(7);
/// Narrower windows have the lesson as a strip, and the inspector as a tab.
const NARROW: f32 = 1100.0;
/// The dock's height as a share of the window's: whole rows of it.
const DOCK_SHARE: f32 = 0.24;

/// The window's contents: a session, and what panels remember.
pub struct Shell {
    /// What is open.
    pub session: Session,
    timeline: TimelineState,
    events: EventsState,
    stage: StageState,
    /// What the start screen remembers.
    pub library: LibraryState,
    patterns: Option<Patterns>,
    watch: Option<Box<dyn Watch>>,
    shown_theme: Option<bool>,
}

impl Shell {
    /// A window on the library.
    pub fn new(ctx: &Context, entries: Vec<Entry>) -> Shell {
        ctx.set_fonts(fonts::definitions());
        let waker = ctx.clone();
        Shell {
            session: Session::new(entries, Arc::new(move || waker.request_repaint())),
            timeline: TimelineState::default(),
            events: EventsState::default(),
            stage: StageState::default(),
            library: LibraryState::default(),
            patterns: None,
            watch: None,
            shown_theme: None,
        }
    }

    /// Looks at the file that is open from now on: when it changes on the disk, it is read again.
    pub fn watch_files(&mut self, watch: Box<dyn Watch>) {
        self.watch = Some(watch);
    }

    /// Takes in what the background has sent, and lets time pass.
    pub fn advance(&mut self, ctx: &Context) {
        self.session.set_now(Stamp::of(SystemTime::now()));
        let begun = Instant::now();
        while self.session.pump() {
            if begun.elapsed() > PUMP_BUDGET {
                ctx.request_repaint();
                break;
            }
        }
        if let Some(watch) = &mut self.watch {
            watch.follow(self.session.file());
            if let Some(file) = watch.changed() {
                self.session.apply(Command::FileChanged(file));
            }
        }
        while self.session.look_through_events(|| begun.elapsed() < PUMP_BUDGET) {
            if begun.elapsed() >= PUMP_BUDGET {
                ctx.request_repaint();
                break;
            }
        }
        if self.session.playback().playing {
            self.session.pass(ctx.input(|i| f64::from(i.unstable_dt)));
            ctx.request_repaint();
        }
    }

    /// Shows one frame.
    pub fn ui(&mut self, ui: &mut Ui) {
        let ctx = ui.ctx().clone();
        self.advance(&ctx);
        let mut commands = Vec::new();
        keys::take(&ctx, &mut commands);
        drops(&ctx, &mut commands);
        self.apply(commands.drain(..));
        let theme = self.style(&ctx);
        let patterns = Patterns::of(&ctx, &mut self.patterns);
        let mut emit = Emit { theme, commands: &mut commands };
        match self.session.place().clone() {
            Place::Library => {
                panel(ui, theme, |ui| library::library_ui(ui, &self.session, &mut self.library, &patterns, &mut emit));
            }
            Place::Failed(problems) => {
                panel(ui, theme, |ui| failed::failed_ui(ui, &self.session, &problems, &mut emit))
            }
            Place::Open => self.open_ui(ui, &patterns, &mut emit),
        }
        library::drop::drop_ui(&ctx, theme);
        keys::overlay_ui(&ctx, &self.session, theme, &mut commands);
        if !commands.is_empty() {
            // What was asked for is shown in the next frame.
            ctx.request_repaint();
        }
        self.apply(commands.into_iter());
    }

    fn apply(&mut self, commands: impl Iterator<Item = Command>) {
        for command in commands {
            self.session.apply(command);
        }
    }

    fn open_ui(&mut self, ui: &mut Ui, patterns: &Patterns, emit: &mut Emit<'_>) {
        let theme = emit.theme;
        let plain = Frame::new().fill(theme.panel);
        let size = ui.max_rect().size();
        let bar =
            |id, height| Panel::top(id).exact_size(height).frame(plain).show_separator_line(false).resizable(false);
        bar("top", top::HEIGHT).show(ui, |ui| top::top_ui(ui, &self.session, emit));
        mishap::mishap_ui(ui, &self.session, emit);
        let foot = Panel::bottom("status").exact_size(status::HEIGHT).frame(plain).show_separator_line(false);
        foot.resizable(false).show(ui, |ui| status::status_ui(ui, &self.session, patterns, emit));
        let rows = events::rows_within(size.y * DOCK_SHARE).clamp(2, 6);
        // A window of another size has a dock of another height, unless a person pulls at its edge.
        let dock = Panel::bottom(egui::Id::unique(("dock", rows))).frame(plain).resizable(true);
        let dock = dock.default_size(events::height_of(rows));
        let inspector = if size.x < NARROW { Beside::No } else { Beside::Yes };
        let (session, events) = (&self.session, &mut self.events);
        dock.size_range(96.0..=(size.y * 0.6).max(97.0))
            .show(ui, |ui| dock::dock_ui(ui, session, events, inspector, emit));
        if inspector == Beside::Yes {
            let side = Panel::right("inspector").exact_size(inspector::WIDTH).frame(plain).resizable(false);
            side.show(ui, |ui| inspector::inspector_ui(ui, &self.session, emit));
        }
        if size.x < NARROW {
            let strip =
                Panel::top("strip").exact_size(lesson::strip_height(ui, &self.session)).frame(plain).resizable(false);
            strip.show(ui, |ui| lesson::strip_ui(ui, &self.session, emit));
        } else {
            let side = Panel::left("lesson").exact_size(lesson::WIDTH).frame(plain).resizable(false);
            side.show(ui, |ui| lesson::lesson_ui(ui, &self.session, emit));
        }
        let height = stage::height(&self.session, &mut self.stage, stage_room(size.y));
        let bottom = Panel::bottom("stage").exact_size(height).frame(plain).show_separator_line(false).resizable(false);
        let (session, state) = (&self.session, &mut self.stage);
        bottom.show(ui, |ui| stage::stage_ui(ui, session, state, patterns, emit));
        CentralPanel::default().frame(plain).show(ui, |ui| {
            timeline_panel::timeline_ui(ui, &self.session, &mut self.timeline, patterns, emit);
        });
    }

    /// Gives the toolkit the theme's colours, when it has changed.
    fn style(&mut self, ctx: &Context) -> &'static Theme {
        let dark = self.session.is_dark();
        let theme = Theme::of(dark);
        if self.shown_theme != Some(dark) {
            self.shown_theme = Some(dark);
            ctx.set_theme(if dark { egui::Theme::Dark } else { egui::Theme::Light });
            ctx.all_styles_mut(|style| {
                style.visuals = theme.visuals();
                style.spacing.tooltip_width = 420.0;
                style.spacing.scroll.fade.strength = 0.0;
                style.interaction.tooltip_delay = 0.35;
                style.interaction.selectable_labels = false;
                style.text_styles = [
                    (egui::TextStyle::Small, fonts::regular(fonts::LEAST)),
                    (egui::TextStyle::Body, fonts::regular(fonts::BODY)),
                    (egui::TextStyle::Button, fonts::medium(fonts::BODY)),
                    (egui::TextStyle::Heading, fonts::semibold(fonts::TITLE)),
                    (egui::TextStyle::Monospace, fonts::mono(fonts::ROW)),
                ]
                .into();
            });
        }
        theme
    }
}

/// How much of the window the Stage may take: in a low window the rows need it more.
fn stage_room(height: f32) -> f32 {
    (height * if height < 790.0 { 0.3 } else { 0.36 }).max(90.0)
}

fn panel(ui: &mut Ui, theme: &Theme, add: impl FnOnce(&mut Ui)) {
    CentralPanel::default().frame(Frame::new().fill(theme.panel)).show(ui, add);
}

/// A file dropped onto the window is opened.
fn drops(ctx: &Context, commands: &mut Vec<Command>) {
    let dropped = ctx.input(|i| i.raw.dropped_files.first().map(|f| f.path().to_owned()));
    commands.extend(dropped.map(Command::OpenFile));
}
