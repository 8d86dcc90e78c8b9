//! The start screen: every scenario as a card, what was open last, recent files, search, and one obvious thing to press.
//!
//! The plan: `sidebar` at the left where there is room, `head` over the rest, and under it, scrolled, either what
//! was found (`cards::found_ui`) or the card of what to go on with (`first`) and all parts with their cards.

mod cards;
pub mod chooser;
pub mod drop;
mod first;
mod head;
mod new_scenario;
mod recent;
mod search;
mod sidebar;
mod signs;
mod state;
mod thumbnail;

use egui::{Rect, ScrollArea, Ui, pos2, vec2};

use crate::session::Session;

use super::patterns::Patterns;
use super::widgets::{self, Emit};

pub(super) use head::{FieldWords, field_ui};
pub use state::LibraryState;

/// Around the cards.
const MARGIN: f32 = 24.0;
/// Between the cards.
const GAP: f32 = 12.0;
/// Wider than this nothing gets.
const WIDEST: f32 = 1640.0;
/// A window this narrow has no sidebar: its recent files stand under the cards.
const NARROW: f32 = 860.0;

/// Shows the start screen.
pub fn library_ui(ui: &mut Ui, session: &Session, state: &mut LibraryState, patterns: &Patterns, emit: &mut Emit<'_>) {
    let theme = emit.theme;
    state.begin_frame(ui.ctx(), session, emit);
    let whole = ui.max_rect();
    ui.painter().rect_filled(whole, 0.0, theme.window);
    let side = sidebar_width(whole.width());
    if side > 0.0 {
        let rect = Rect::from_min_size(whole.min, vec2(side, whole.height()));
        widgets::inside(ui, rect, |ui| sidebar::sidebar_ui(ui, session, state, emit));
    }
    let main = Rect::from_min_max(pos2(whole.left() + side, whole.top()), whole.max);
    widgets::inside(ui, main, |ui| main_ui(ui, session, state, patterns, emit));
    new_scenario::new_scenario_ui(ui.ctx(), session, state, emit);
}

fn sidebar_width(width: f32) -> f32 {
    match width {
        w if w < NARROW => 0.0,
        _ => 264.0,
    }
}

fn main_ui(ui: &mut Ui, session: &Session, state: &mut LibraryState, patterns: &Patterns, emit: &mut Emit<'_>) {
    let whole = ui.max_rect();
    let margin = if whole.width() < 700.0 { 16.0 } else { MARGIN };
    let width = (whole.width() - 2.0 * margin).min(WIDEST);
    let left = whole.left() + ((whole.width() - width) / 2.0).floor().max(margin);
    let column = |top: f32, bottom: f32| Rect::from_min_max(pos2(left, top), pos2(left + width, bottom));
    let head = column(whole.top(), whole.bottom());
    let used = widgets::inside(ui, head, |ui| {
        ui.spacing_mut().item_spacing = vec2(GAP, 8.0);
        head::head_ui(ui, session, state, emit);
        ui.min_rect().height()
    });
    let below = Rect::from_min_max(pos2(whole.left(), whole.top() + used), whole.max);
    widgets::inside(ui, below, |ui| {
        let scrolled = ScrollArea::vertical().id_salt("library").auto_shrink(false).show(ui, |ui| {
            let inner = Rect::from_min_size(pos2(left, ui.cursor().top()), vec2(width, 100_000.0));
            let shown = ui.scope_builder(egui::UiBuilder::new().max_rect(inner), |ui| {
                ui.spacing_mut().item_spacing = vec2(GAP, GAP);
                // Rings of what has the focus reach over the edge.
                ui.add_space(4.0);
                contents_ui(ui, session, state, patterns, emit);
                ui.add_space(MARGIN);
            });
            ui.advance_cursor_after_rect(shown.response.rect);
        });
        state.settle_part(scrolled.state.clamped_offset().y, scrolled.inner_rect, ui.ctx());
    });
}

fn contents_ui(ui: &mut Ui, session: &Session, state: &mut LibraryState, patterns: &Patterns, emit: &mut Emit<'_>) {
    state.heads.clear();
    if !state.looked_for.trim().is_empty() {
        return cards::found_ui(ui, session, state, patterns, emit);
    }
    first::first_ui(ui, session, state, patterns, emit);
    cards::parts_ui(ui, session, state, patterns, emit);
    if sidebar_width(ui.ctx().content_rect().width()) == 0.0 {
        recent::recent_ui(ui, session, state, emit);
    }
}
