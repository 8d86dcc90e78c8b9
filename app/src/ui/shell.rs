//! The whole window: takes reports and keys, divides the surface, shows the panels, and applies what they emit.

use std::ops::Range;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, Instant, SystemTime};

use egui::accesskit::Action;
use egui::{CentralPanel, Context, Frame, Id, Panel, PanelState, Rect, Stroke, Ui};

use crate::session::progress::Stamp;
use crate::session::settings::{Motion, Shade, ThemeChoice};
use crate::session::{Command, Entry, Overlay, Place, Session, Tab, keymap};
use crate::watch::Watch;

use super::dock::{self, Beside, Fold, FoldState, Within};
use super::events::{self, EventsState};
use super::inspector::{Inspecting, InspectorState};
use super::library::{self, LibraryState};
use super::measures::{NARROW, TAB};
use super::palette::PaletteState;
use super::patterns::Patterns;
use super::room::{First, KEPT, Lower, Wishes};
use super::stage::{self, StageState};
use super::tab_order::{self, Reading};
use super::theme::Theme;
use super::timeline_panel::{self, TimelineState};
use super::widgets::Emit;
use super::{
    compare, failed, fonts, inspector, keys, lesson, mishap, notices, palette, presenter, row_room, settings,
    spotlight, status, top,
};

/// Taking in what the background has sent may take so much of a frame.
const PUMP_BUDGET: Duration = Duration::from_millis(7);
/// The dock's height as a share of the window's: whole rows of it.
const DOCK_SHARE: f32 = 0.24;
/// The same where curves are looked at.
const SWEEP_SHARE: f32 = 0.46;
/// The name by which the toolkit knows the dock.
const DOCK: &str = "dock";
/// With more rows than these in a run, the Stage takes less.
const CROWDED: usize = 40;
/// How long the toolkit's own controls take to change, in seconds.
const ANIMATION: f32 = 1.0 / 12.0;
/// By how much everything is larger before an audience.
const PRESENTED: f32 = 1.6;
/// The height in points that a presentation needs.
const PRESENTED_NEEDS: f32 = 570.0;
/// How much of the window the Stage may take there; with several boxes a run a little more.
const PRESENTED_STAGE: f32 = 0.37;
const PRESENTED_MOST: f32 = 0.47;

/// The window's contents: a session, and what panels remember.
pub struct Shell {
    /// What is open.
    pub session: Session,
    timeline: TimelineState,
    events: EventsState,
    inspector: InspectorState,
    stage: StageState,
    fold: FoldState,
    /// What the start screen remembers.
    pub library: LibraryState,
    palette: PaletteState,
    patterns: Option<Patterns>,
    watch: Option<Box<dyn Watch>>,
    shown_theme: Option<(ThemeChoice, Motion)>,
    /// The dock's height, if a person has pulled at it.
    pub dock_height: Option<f32>,
    /// The file in which a person can name keys of their own.
    pub keys_file: Option<PathBuf>,
}

impl Shell {
    /// A window on the library.
    pub fn new(ctx: &Context, entries: Vec<Entry>) -> Shell {
        ctx.set_fonts(fonts::definitions());
        // How large everything is, is a setting: the keys for it are commands.
        ctx.options_mut(|options| options.zoom_with_keyboard = false);
        tab_order::install(ctx);
        let waker = ctx.clone();
        Shell {
            session: Session::new(entries, Arc::new(move || waker.request_repaint())),
            timeline: TimelineState::default(),
            events: EventsState::default(),
            inspector: InspectorState::default(),
            stage: StageState::default(),
            fold: FoldState::default(),
            library: LibraryState::default(),
            palette: PaletteState::default(),
            patterns: None,
            watch: None,
            shown_theme: None,
            dock_height: None,
            keys_file: None,
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
        keymap::show(self.session.keymap());
        self.session.set_system(match ctx.system_theme() {
            Some(egui::Theme::Dark) => Shade::Dark,
            Some(egui::Theme::Light) | None => Shade::Light,
        });
        let mut commands = Vec::new();
        keys::take(&ctx, &self.session, &mut commands);
        drops(&ctx, &mut commands);
        self.apply(commands.drain(..));
        let theme = self.style(&ctx);
        let patterns = Patterns::of(&ctx, &mut self.patterns);
        let mut emit = Emit { theme, commands: &mut commands };
        tab_order::set_regions(&ctx, Vec::new());
        match self.session.place().clone() {
            Place::Library => {
                panel(ui, theme, |ui| library::library_ui(ui, &self.session, &mut self.library, &patterns, &mut emit));
            }
            Place::Failed(problems) => {
                panel(ui, theme, |ui| failed::failed_ui(ui, &self.session, &problems, &mut emit))
            }
            Place::Open => {
                // However the window is divided: who listens hears where the cursor stands.
                events::announcement_ui(ui, &self.session);
                match self.session.presenting().is_on() {
                    true => self.presenter_ui(ui, &patterns, &mut emit),
                    false => self.open_ui(ui, &patterns, &mut emit),
                }
            }
        }
        library::drop::drop_ui(&ctx, theme);
        self.overlay_ui(&ctx, &mut Emit { theme, commands: &mut commands });
        if !commands.is_empty() {
            // What was asked for is shown in the next frame.
            ctx.request_repaint();
        }
        self.apply(commands.into_iter());
    }

    /// What lies over the panels.
    fn overlay_ui(&mut self, ctx: &Context, emit: &mut Emit<'_>) {
        let session = &self.session;
        if !matches!(session.overlay(), Overlay::Commands | Overlay::Places) {
            self.palette.close();
        }
        match session.overlay() {
            Overlay::Nothing => {}
            Overlay::Keys => {
                keys::overlay_ui(ctx, session, self.keys_file.as_deref(), emit.theme, emit.commands);
            }
            Overlay::Settings => settings::settings_ui(ctx, session, emit),
            Overlay::Commands | Overlay::Places => palette::palette_ui(ctx, session, &mut self.palette, emit),
        }
        notices::notices_ui(ctx, session, emit);
    }

    /// The lesson before an audience: the narration, the rows and the Stage, and nothing else.
    fn presenter_ui(&mut self, ui: &mut Ui, patterns: &Patterns, emit: &mut Emit<'_>) {
        if self.session.presenting().is_black() {
            return presenter::black_ui(ui);
        }
        let plain = Frame::new().fill(emit.theme.panel);
        let size = ui.max_rect().size();
        let told = presenter::Told::of(ui, &self.session, size, emit.theme);
        let head = Panel::top("told").exact_size(told.height(size.y)).frame(plain).show_separator_line(false);
        head.resizable(false).show(ui, |ui| told.show(ui, &self.session, emit));
        let room = size.y * PRESENTED_STAGE;
        let least = stage::least_height(&self.session, &mut self.stage).min(size.y * PRESENTED_MOST);
        let height = stage::height(&self.session, &mut self.stage, room).max(least);
        let stage = Panel::bottom("stage").exact_size(height).frame(plain).show_separator_line(false).resizable(false);
        stage.show(ui, |ui| stage::stage_ui(ui, &self.session, &mut self.stage, patterns, emit));
        CentralPanel::default().frame(plain).show(ui, |ui| {
            timeline_panel::timeline_ui(ui, &self.session, &mut self.timeline, patterns, emit);
        });
        spotlight::spotlight_ui(ui, &self.session, &self.timeline, &self.stage, emit.theme);
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
        let (_, top) = tab_order::during(ui, |ui| {
            bar("top", top::HEIGHT).show(ui, |ui| top::top_ui(ui, &self.session, emit));
        });
        let (_, told) = tab_order::during(ui, |ui| mishap::mishap_ui(ui, &self.session, emit));
        let foot = Panel::bottom("status").exact_size(status::HEIGHT).frame(plain).show_separator_line(false);
        foot.resizable(false).show(ui, |ui| status::status_ui(ui, &self.session, patterns, emit));
        let (mut lesson, mut beside) = (0..0, [0..0, 0..0, 0..0]);
        let stage_height = if self.session.is_wide() {
            beside[1] = self.sums_ui(ui, size, patterns, emit);
            let room = stage_room(&self.session, size.y);
            (!is_crowded(&self.session)).then(|| stage::height(&self.session, &mut self.stage, room))
        } else {
            if size.x < NARROW {
                let height = lesson::strip_height(ui, &self.session);
                (_, lesson) = tab_order::during(ui, |ui| {
                    bar("strip", height).show(ui, |ui| lesson::strip_ui(ui, &self.session, emit));
                });
            }
            let lower = self.share(ui.available_height(), size);
            beside = self.beside_ui(ui, size, lower, patterns, emit);
            match lower {
                Lower::Panels { stage, .. } => Some(stage),
                Lower::Tabs { .. } => None,
            }
        };
        let (_, stage) = tab_order::during(ui, |ui| {
            if let Some(height) = stage_height {
                let bottom = Panel::bottom("stage").exact_size(height).frame(plain).show_separator_line(false);
                let (session, state) = (&self.session, &mut self.stage);
                bottom.resizable(false).show(ui, |ui| stage::stage_ui(ui, session, state, patterns, emit));
            }
        });
        let (over_rows, timeline) = tab_order::during(ui, |ui| {
            let panel = CentralPanel::default().frame(plain);
            let shown =
                panel.show(ui, |ui| timeline_panel::timeline_ui(ui, &self.session, &mut self.timeline, patterns, emit));
            shown.inner
        });
        let [side, inspector, dock] = beside;
        let lines = [top, told, lesson, side, timeline, over_rows, stage, inspector].map(|own| (own, Reading::Lines));
        tab_order::set_regions(ui.ctx(), lines.into_iter().chain([(dock, Reading::AsMade)]).collect());
    }

    /// In the wide layout only what a selected stretch of time, and the whole run, add up to stands beside the timeline.
    fn sums_ui(&mut self, ui: &mut Ui, size: egui::Vec2, patterns: &Patterns, emit: &mut Emit<'_>) -> Range<usize> {
        if self.session.selected_time().is_none() || size.x < NARROW {
            return 0..0;
        }
        let plain = Frame::new().fill(emit.theme.panel);
        let mut inspecting = Inspecting { state: &mut self.inspector, patterns };
        let side = Panel::right("inspector").exact_size(inspector::WIDTH).frame(plain).resizable(false);
        let (_, controls) = tab_order::during(ui, |ui| {
            side.show(ui, |ui| {
                let half = (ui.available_height() * 0.47).floor();
                let whole = Panel::bottom("whole run").exact_size(half).frame(plain).show_separator_line(false);
                whole.resizable(false).show(ui, |ui| compare::whole_run_ui(ui, &self.session, emit));
                inspector::inspector_ui(ui, &self.session, &mut inspecting, emit);
            });
        });
        controls
    }

    /// What timeline, Stage and dock get of the height that is left.
    fn share(&mut self, room: f32, size: egui::Vec2) -> Lower {
        let session = &self.session;
        let most = stage::height(session, &mut self.stage, stage_room(session, size.y));
        let least = stage::least_height(session, &mut self.stage);
        let of_events = events::height_of(events::rows_within(size.y * DOCK_SHARE).clamp(2, 6));
        let axis = timeline_panel::ABOVE_ROWS;
        let (dock, first) = if session.tab() == Tab::Sweep {
            (size.y * SWEEP_SHARE, First::AllButDock)
        } else {
            (of_events, if session.runs().len() > row_room::FEW { First::Stage } else { First::Dock })
        };
        let wishes = |rows| Wishes { room, axis, rows, stage: (most.max(least), least), dock, first };
        let rows = row_room::wishes(session);
        let beside = |events: usize| rows.iter().position(|rows| wishes(*rows).has_room_beside(events));
        // The last wishes are only for heads: before that the dock gives way.
        let usual = beside(KEPT).filter(|n| *n + row_room::ONLY_HEADS < rows.len() || rows.len() == 1);
        let best = usual.or_else(|| beside(1)).map(|n| rows[n]).or(rows.last().copied());
        wishes(best.unwrap_or((f32::INFINITY, f32::INFINITY))).share()
    }

    /// What stands around timeline and Stage. Answers which controls are the lesson's, the inspector's, the dock's.
    fn beside_ui(
        &mut self,
        ui: &mut Ui,
        size: egui::Vec2,
        lower: Lower,
        patterns: &Patterns,
        emit: &mut Emit<'_>,
    ) -> [Range<usize>; 3] {
        let plain = Frame::new().fill(emit.theme.panel);
        let inspector = if size.x < NARROW { Beside::No } else { Beside::Yes };
        let (session, events) = (&self.session, &mut self.events);
        let mut inspecting = Inspecting { state: &mut self.inspector, patterns };
        let (_, of_dock) = tab_order::during(ui, |ui| match lower {
            Lower::Panels { dock: usual, .. } => {
                // As high as the window's size and its rows would have it, unless a person pulls at its edge: what the
                // toolkit remembers is of another frame.
                ui.data_mut(|data| data.remove::<PanelState>(ui.scope_id().with(DOCK)));
                let dock = Panel::bottom(DOCK).frame(plain).resizable(true);
                let dock = dock.default_size(self.dock_height.unwrap_or(usual));
                let dock = dock.size_range(usual.min(96.0)..=(size.y * 0.6).max(97.0));
                let within = Within { inspector, stage: None, inspecting: &mut inspecting };
                let dock = dock.show(ui, |ui| dock::dock_ui(ui, session, events, within, emit));
                let place = dock.response.rect;
                edge_focus_ui(ui, place, emit.theme);
                if edge_of(ui, place).is_some_and(|edge| is_pulled(ui, edge)) {
                    self.dock_height = Some(place.height());
                }
            }
            Lower::Tabs { dock } => {
                self.fold.follow(session);
                let height = if self.fold.fold == Fold::Open { dock } else { TAB };
                let panel = Panel::bottom("low dock").exact_size(height).frame(plain).resizable(false);
                let stage = Some((&mut self.stage, &mut self.fold));
                let within = Within { inspector, stage, inspecting: &mut inspecting };
                panel.show(ui, |ui| dock::dock_ui(ui, session, events, within, emit));
            }
        });
        let (mut of_lesson, mut of_inspector) = (0..0, 0..0);
        if inspector == Beside::Yes {
            (_, of_inspector) = tab_order::during(ui, |ui| {
                let side = Panel::right("inspector").exact_size(inspector::WIDTH).frame(plain).resizable(false);
                side.show(ui, |ui| inspector::inspector_ui(ui, session, &mut inspecting, emit));
            });
            (_, of_lesson) = tab_order::during(ui, |ui| {
                let side = Panel::left("lesson").exact_size(lesson::WIDTH).frame(plain).resizable(false);
                side.show(ui, |ui| lesson::lesson_ui(ui, session, emit));
            });
        }
        [of_lesson, of_inspector, of_dock]
    }

    /// How large everything is: as chosen, and larger before an audience.
    fn zoom(&self, ctx: &Context) -> f32 {
        let scale = self.session.settings().scale.factor();
        if !self.session.presenting().is_on() || *self.session.place() != Place::Open {
            return scale;
        }
        let height = ctx.content_rect().height() * ctx.zoom_factor();
        // In a low window a little less: what does not fit cannot be read at all. In steps, for letters of another size
        // are all drawn anew, and the height itself is rounded by the size that is chosen here.
        scale * (height / PRESENTED_NEEDS * 100.0).floor().clamp(100.0, PRESENTED * 100.0) / 100.0
    }

    /// Gives the toolkit the theme's colours, when it has changed.
    fn style(&mut self, ctx: &Context) -> &'static Theme {
        ctx.set_zoom_factor(self.zoom(ctx));
        let (choice, dark) = (self.session.theme(), self.session.is_dark());
        let theme = Theme::of(choice);
        let motion = self.session.settings().motion;
        if self.shown_theme != Some((choice, motion)) {
            self.shown_theme = Some((choice, motion));
            ctx.set_theme(if dark { egui::Theme::Dark } else { egui::Theme::Light });
            ctx.all_styles_mut(|style| {
                style.visuals = theme.visuals();
                style.visuals.text_cursor.blink = motion == Motion::Full;
                style.animation_time = if motion == Motion::Reduced { 0.0 } else { ANIMATION };
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

/// Whether a run has so many rows that they need the room.
fn is_crowded(session: &Session) -> bool {
    session.runs().iter().any(|run| run.index.tracks.len() > CROWDED)
}

/// How much of the window the Stage may take: in a low window, and with many rows, those need it more.
fn stage_room(session: &Session, height: f32) -> f32 {
    (height
        * if is_crowded(session) {
            0.27
        } else if height < 790.0 {
            0.3
        } else {
            0.36
        })
    .max(90.0)
}

/// What the dock is pulled at by.
fn edge_of(ui: &Ui, dock: Rect) -> Option<Id> {
    let is_edge =
        |rect: Rect| rect.height() < 12.0 && rect.width() >= dock.width() - 1.0 && rect.y_range().contains(dock.top());
    let is_edge = |widget: &&egui::WidgetRect| widget.sense.senses_drag() && is_edge(widget.rect);
    let layer = ui.layer_id();
    ui.ctx().viewport(|v| v.this_pass.widgets.get_layer(layer).find(is_edge).map(|widget| widget.id))
}

/// Whether a person pulls at this edge, or has just let go of it.
fn is_pulled(ui: &Ui, edge: Id) -> bool {
    let held = ui.ctx().dragged_id().or(ui.ctx().drag_stopped_id()) == Some(edge);
    let asked = [Action::Increment, Action::Decrement, Action::SetValue];
    held || ui.input(|i| asked.iter().any(|action| i.has_accesskit_action_request(edge, *action)))
}

/// The dock's edge can be pulled at by keys, too: it is seen when it has the focus.
fn edge_focus_ui(ui: &Ui, dock: Rect, theme: &Theme) {
    // To ask for its response would take the focus from a list that has just been clicked.
    let focused = ui.ctx().memory(|m| m.focused());
    if focused.is_some() && focused == edge_of(ui, dock) {
        ui.painter().hline(dock.x_range(), dock.top() + 1.0, Stroke::new(3.0, theme.ink));
    }
}

fn panel(ui: &mut Ui, theme: &Theme, add: impl FnOnce(&mut Ui)) {
    CentralPanel::default().frame(Frame::new().fill(theme.panel)).show(ui, add);
}

/// A file dropped onto the window is opened.
fn drops(ctx: &Context, commands: &mut Vec<Command>) {
    let dropped = ctx.input(|i| i.raw.dropped_files.first().map(|f| f.path().to_owned()));
    commands.extend(dropped.map(Command::OpenFile));
}
