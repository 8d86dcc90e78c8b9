//! The palette: a field to type into, and what matches. One list of commands, one of places.
//!
//! What it offers is [`crate::session::palette`]'s. Remembers what was typed, where in the list one is, and what was
//! chosen lately.

use egui::{Align2, Context, Key, Modifiers, Rect, ScrollArea, Sense, TextEdit, Ui, WidgetInfo, pos2, vec2};

use crate::session::command::key_for_people;
use crate::session::palette::{Offer, PlacesKey, matching};
use crate::session::{Command, Overlay, Session};

use super::fonts;
use super::theme::Theme;
use super::widgets::{self, Emit};

const WIDTH: f32 = 620.0;
const ROW: f32 = 32.0;
/// So many rows are in sight.
const ROWS: f32 = 11.0;
/// So many choices are remembered.
const RECENT: usize = 20;
/// So many rows are a page.
const PAGE: isize = 10;

/// What the palette remembers.
#[derive(Default)]
pub struct PaletteState {
    open: Overlay,
    typed: String,
    offers: Vec<Offer>,
    /// So many of the offers are of this list; what stands after them is there for what was typed.
    own: usize,
    /// What the offers were made for.
    places: PlacesKey,
    /// What matches, by its place among the offers; anew when something else is typed.
    found: Option<Vec<usize>>,
    at: usize,
    recent: Vec<String>,
}

impl PaletteState {
    /// Answers whether the palette has been opened just now.
    fn opened(&mut self, session: &Session) -> bool {
        let fresh = self.open != session.overlay();
        if fresh {
            self.open = session.overlay();
            self.typed.clear();
            self.found = None;
        }
        self.follow(session, fresh);
        fresh
    }

    /// The offers are those of the runs that are open now: their numbers mean those.
    fn follow(&mut self, session: &Session, fresh: bool) {
        let offers = match self.open {
            Overlay::Commands => session.commands_offered(),
            Overlay::Places => {
                let key = session.places_key();
                if !fresh && key == self.places {
                    return;
                }
                self.places = key;
                session.places_offered()
            }
            Overlay::Nothing | Overlay::Keys | Overlay::Settings => Vec::new(),
        };
        if !fresh && offers == self.offers {
            return;
        }
        let chosen = self.found.as_ref().and_then(|found| self.offers.get(*found.get(self.at)?)).cloned();
        (self.own, self.offers, self.found) = (offers.len(), offers, None);
        self.search(session);
        // Whoever stands at one goes on standing at it.
        let same = |n: &usize| {
            chosen.as_ref().is_some_and(|c| (&c.title, &c.beside) == (&self.offers[*n].title, &self.offers[*n].beside))
        };
        self.at = self.found.iter().flatten().position(same).unwrap_or(0);
    }

    /// To be called in frames in which the palette is not shown.
    pub fn close(&mut self) {
        if self.open != Overlay::Nothing {
            *self = PaletteState { recent: std::mem::take(&mut self.recent), ..PaletteState::default() };
        }
    }

    fn search(&mut self, session: &Session) {
        if self.found.is_some() {
            return;
        }
        self.offers.truncate(self.own);
        let mut found = matching(&self.offers, &self.typed, &self.recent);
        if self.open == Overlay::Places {
            if let Some(offer) = session.place_typed(&self.typed) {
                self.offers.push(offer);
                found.insert(0, self.offers.len() - 1);
            }
            // Whoever looks for a command among the places finds it all the same.
            if found.is_empty() {
                self.offers.truncate(self.own);
                self.offers.extend(session.commands_offered());
                let commands = matching(&self.offers[self.own..], &self.typed, &self.recent);
                found = commands.into_iter().map(|n| self.own + n).collect();
            }
        }
        self.found = Some(found);
        self.at = 0;
    }

    fn chosen(&mut self, offer: usize) -> Command {
        let Offer { title, command, .. } = self.offers[offer].clone();
        self.recent.retain(|t| *t != title);
        self.recent.insert(0, title);
        self.recent.truncate(RECENT);
        command
    }
}

/// Shows the palette.
pub fn palette_ui(ctx: &Context, session: &Session, state: &mut PaletteState, emit: &mut Emit<'_>) {
    let fresh = state.opened(session);
    let theme = emit.theme;
    let moved = moves(ctx);
    state.search(session);
    let count = state.found.as_ref().map_or(0, Vec::len);
    state.at = state.at.saturating_add_signed(moved).min(count.saturating_sub(1));
    let pressed = ctx.input_mut(|i| i.consume_key(Modifiers::NONE, Key::Enter));
    let mut chosen = state.found.as_ref().and_then(|f| f.get(state.at)).copied().filter(|_| pressed);
    let frame = egui::Frame::new()
        .fill(theme.panel)
        .stroke(egui::Stroke::new(theme.edge, theme.strong_line))
        .corner_radius(8)
        .inner_margin(8);
    let size = ctx.content_rect().size();
    let width = WIDTH.min(size.x - 48.0);
    let area = egui::Modal::default_area(egui::Id::unique("palette")).anchor(Align2::CENTER_TOP, vec2(0.0, 56.0));
    let modal = egui::Modal::new(egui::Id::unique("palette")).area(area).frame(frame).show(ctx, |ui| {
        ui.set_width(width);
        ui.spacing_mut().item_spacing.y = 4.0;
        field_ui(ui, state, fresh, width);
        // What was typed in this frame is looked for in this frame.
        state.search(session);
        let height = (ROW * ROWS).min(size.y - 160.0).max(ROW * 2.0);
        if let Some(clicked) = list_ui(ui, state, moved != 0, height, theme) {
            chosen = Some(clicked);
        }
    });
    let command = match state.open {
        Overlay::Commands => Command::ShowCommands,
        Overlay::Places | Overlay::Nothing | Overlay::Keys | Overlay::Settings => Command::ShowPlaces,
    };
    // What would do nothing says why, and stays to be read.
    if let Some(offer) = chosen.filter(|offer| state.offers[*offer].why_not.is_none()) {
        // Closed first: what is chosen may open something else there.
        emit.emit(command);
        let command = state.chosen(offer);
        emit.emit(command);
    } else if modal.should_close() {
        emit.emit(command);
    }
}

/// By how many rows the arrows of this frame move.
fn moves(ctx: &Context) -> isize {
    ctx.input_mut(|i| {
        let mut count = |key| i.count_and_consume_key(Modifiers::NONE, key) as isize;
        let rows = count(Key::ArrowDown) - count(Key::ArrowUp);
        rows + PAGE * (count(Key::PageDown) - count(Key::PageUp))
    })
}

fn field_ui(ui: &mut Ui, state: &mut PaletteState, fresh: bool, width: f32) {
    let hint = match state.open {
        Overlay::Commands => "A command: type a few letters of it",
        Overlay::Places | Overlay::Nothing | Overlay::Keys | Overlay::Settings => {
            "A task, thread, finding or scenario; a time like 82.1 ms; an event like #59"
        }
    };
    let edit = TextEdit::singleline(&mut state.typed)
        .hint_text(hint)
        .font(fonts::regular(fonts::NARRATION))
        .desired_width(width)
        .margin(vec2(8.0, 7.0));
    let response = ui.add(edit);
    response.widget_info(|| WidgetInfo::labeled(egui::Role::TextInput, true, hint));
    if fresh || !response.has_focus() {
        response.request_focus();
    }
    if response.changed() {
        state.found = None;
    }
}

/// The list; answers what was clicked.
fn list_ui(ui: &mut Ui, state: &PaletteState, moved: bool, height: f32, theme: &Theme) -> Option<usize> {
    let found = state.found.as_deref().unwrap_or_default();
    if found.is_empty() {
        let text = egui::RichText::new("Nothing is called that. Fewer letters find more.");
        ui.label(text.font(fonts::regular(fonts::BODY)).color(theme.text2));
        return None;
    }
    let mut clicked = None;
    let scroll = ScrollArea::vertical().id_salt("offers").auto_shrink([false, true]);
    let mut scroll = scroll.max_height(height).min_scrolled_height(height);
    if moved {
        let top = (state.at as f32 * ROW - height + ROW * 2.0).max(0.0);
        scroll = scroll.vertical_scroll_offset(top);
    }
    ui.spacing_mut().item_spacing.y = 0.0;
    scroll.show_rows(ui, ROW, found.len(), |ui, range| {
        for row in range {
            if offer_ui(ui, &state.offers[found[row]], row == state.at, theme).clicked() {
                clicked = Some(found[row]);
            }
        }
    });
    clicked
}

fn offer_ui(ui: &mut Ui, offer: &Offer, current: bool, theme: &Theme) -> egui::Response {
    let (rect, response) = ui.allocate_exact_size(vec2(ui.available_width(), ROW), Sense::click());
    let beside = offer.why_not.unwrap_or(&offer.beside);
    let said = format!("{}, {beside}", offer.title);
    let can = offer.why_not.is_none();
    response.widget_info(|| WidgetInfo::selected(egui::Role::ListItem, can, current, &said));
    if current || response.hovered() {
        ui.painter().rect_filled(rect, 5.0, theme.selected);
    }
    if current {
        ui.painter().rect_filled(Rect::from_min_size(rect.min, vec2(3.0, rect.height())), 0.0, theme.ink);
    }
    let mut right = rect.right() - 10.0;
    if let Some(key) = &offer.key {
        let font = fonts::mono(fonts::LABEL);
        let galley = ui.painter().layout_no_wrap(key_for_people(key), font, theme.text1);
        let cap = Rect::from_min_max(
            pos2(right - galley.size().x - 12.0, rect.top() + 5.0),
            pos2(right, rect.bottom() - 5.0),
        );
        ui.painter().rect(cap, 4.0, theme.raised, egui::Stroke::new(1.0, theme.strong_line), egui::StrokeKind::Inside);
        ui.painter().galley((cap.center() - galley.size() / 2.0).round(), galley, theme.text1);
        right = cap.left() - 10.0;
    }
    let beside = ui.painter().layout_no_wrap(beside.to_owned(), fonts::regular(fonts::LABEL), theme.text3);
    let at = pos2(rect.left() + 12.0, rect.center().y);
    let room = (right - at.x - beside.size().x - 16.0).max((right - at.x) * 0.5);
    let font = fonts::medium(fonts::BODY);
    let color = if can { theme.text1 } else { theme.text3 };
    let used = widgets::text_cut(ui.painter(), at, &offer.title, font, color, room);
    if used + beside.size().x + 16.0 <= right - at.x {
        let at = pos2(right - beside.size().x, (rect.center().y - beside.size().y / 2.0).round());
        ui.painter().galley(at, beside, theme.text3);
    }
    response
}
