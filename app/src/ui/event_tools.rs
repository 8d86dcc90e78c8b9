//! What stands above the list of events: the search field, and the filter behind its funnel.

use egui::{
    Align2, Key, Popup, PopupCloseBehavior, Pos2, Rect, RichText, ScrollArea, Sense, Shape, Stroke, StrokeKind, Ui,
    WidgetInfo, pos2, vec2,
};
use sim_core::trace::{Event, Level};

use crate::session::event_filter::{EventQuery, Hits, When, Who};
use crate::session::{Command, Run, Session};
use crate::timeline::axis::with_thousands;

use super::fonts;
use super::theme::Theme;
use super::widgets::{self, Emit};

const FUNNEL: f32 = 26.0;
const FIELD: f32 = 132.0;
/// What the field keeps where the head has more to say.
const LEAST_FIELD: f32 = 84.0;
/// The narrowest group of tabs in which the field has room.
const FIELD_FROM: f32 = 360.0;

/// What the tools remember between frames.
#[derive(Clone, Default, Debug)]
pub struct ToolsState {
    /// How often the field had been asked for.
    asked: u32,
}

/// Shows the tools at the right of a head, and leaves the room from `free` on to its note where it can; answers where
/// they begin.
pub fn tools_ui(
    ui: &mut Ui,
    (head, free): (Rect, f32),
    session: &Session,
    state: &mut ToolsState,
    emit: &mut Emit<'_>,
) -> f32 {
    let mut right = head.right() - 10.0;
    let funnel = Rect::from_center_size(pos2(right - FUNNEL / 2.0, head.center().y), vec2(FUNNEL, FUNNEL));
    right = funnel.left() - 4.0;
    if head.width() >= FIELD_FROM {
        let width = (right - 8.0 - free).clamp(LEAST_FIELD, FIELD);
        let field = Rect::from_min_max(pos2(right - width, head.top() + 3.0), pos2(right, head.bottom() - 4.0));
        field_ui(ui, field, session, state, emit);
        right = field.left() - 8.0;
    }
    // After the field, so that Tab goes from left to right.
    funnel_ui(ui, funnel, session, emit);
    right
}

/// How far the search is, in words; none while nothing is searched for.
pub fn hits_text(hits: Option<Hits>) -> Option<String> {
    let Hits { here, count, searching } = hits?;
    let number = with_thousands(&count.to_string());
    Some(match (here, searching) {
        (_, true) => format!("searching… {number}"),
        (Some(here), false) => format!("{} of {number}", with_thousands(&here.to_string())),
        (None, false) if count == 0 => "not found".to_owned(),
        (None, false) if count == 1 => "1 hit".to_owned(),
        (None, false) => format!("{number} hits"),
    })
}

fn field_ui(ui: &mut Ui, rect: Rect, session: &Session, state: &mut ToolsState, emit: &mut Emit<'_>) {
    let theme = emit.theme;
    let query = session.event_query();
    let mut text = query.text.clone();
    let hint = "Search (/)";
    let edit = egui::TextEdit::singleline(&mut text)
        .id(ui.scope_id().with("search"))
        .hint_text(RichText::new(hint).font(fonts::regular(fonts::LABEL)).color(theme.text3))
        .font(fonts::regular(fonts::LABEL))
        .margin(egui::Margin { left: 24, right: 6, top: 4, bottom: 4 })
        .desired_width(rect.width());
    let response = widgets::inside(ui, rect, |ui| ui.add(edit));
    let value = text.clone();
    response.widget_info(|| {
        let mut info = WidgetInfo::text_edit(true, value.clone(), value.clone(), hint);
        info.label = Some("Search the events".to_owned());
        info
    });
    magnifier(ui, pos2(response.rect.left() + 13.0, response.rect.center().y), theme);
    if state.asked != session.search_asked() {
        state.asked = session.search_asked();
        response.request_focus();
    }
    if response.lost_focus() && ui.input(|i| i.key_pressed(Key::Enter)) {
        let back = ui.input(|i| i.modifiers.shift);
        emit.emit(if back { Command::PreviousHit } else { Command::NextHit });
        response.request_focus();
    }
    if response.has_focus() {
        let own = egui::EventFilter { horizontal_arrows: true, vertical_arrows: true, escape: true, tab: false };
        ui.memory_mut(|m| m.set_focus_lock_filter(response.id, own));
        if ui.input(|i| i.key_pressed(Key::Escape)) {
            text.clear();
            response.surrender_focus();
        }
    }
    if text != query.text {
        emit.emit(Command::FilterEvents(Box::new(EventQuery { text, ..query.clone() })));
    }
    response.on_hover_text("Search the events (/). Enter goes to the next hit, Shift+Enter to the one before.");
}

fn magnifier(ui: &Ui, at: Pos2, theme: &Theme) {
    let stroke = Stroke::new(1.5, theme.text3);
    ui.painter().circle_stroke(at - vec2(1.0, 1.0), 4.0, stroke);
    ui.painter().line_segment([at + vec2(2.0, 2.0), at + vec2(5.0, 5.0)], stroke);
}

fn funnel_ui(ui: &mut Ui, rect: Rect, session: &Session, emit: &mut Emit<'_>) {
    let theme = emit.theme;
    let query = session.event_query();
    let response = ui.interact(rect, ui.scope_id().with("funnel"), Sense::click());
    let on = query.leaves_out() || query.level != Level::Lesson;
    let said = if on { "Filter the events: something is set" } else { "Filter the events" };
    response.widget_info(|| WidgetInfo::labeled(egui::Role::Button, true, said));
    let lit = response.hovered()
        || response.has_focus()
        || Popup::is_id_open(ui.ctx(), Popup::default_response_id(&response));
    if lit {
        ui.painter().rect_filled(rect, 6.0, theme.selected);
    }
    if response.has_focus() {
        ui.painter().rect_stroke(rect, 6.0, Stroke::new(2.0, theme.ink), StrokeKind::Inside);
    }
    funnel(ui, rect.center(), on, theme);
    Popup::menu(&response)
        .close_behavior(PopupCloseBehavior::CloseOnClickOutside)
        .align(egui::RectAlign::TOP_END)
        .align_alternatives(&[egui::RectAlign::BOTTOM_END])
        .show(|ui| filter_ui(ui, session, emit));
    response.on_hover_text(said);
}

/// Filled when something is set, an outline otherwise.
fn funnel(ui: &Ui, at: Pos2, on: bool, theme: &Theme) {
    let points = [(-6.0, -5.0), (6.0, -5.0), (1.5, 0.5), (1.5, 6.0), (-1.5, 4.0), (-1.5, 0.5)];
    let points: Vec<Pos2> = points.iter().map(|(x, y)| at + vec2(*x, *y)).collect();
    if on {
        let upper = vec![points[0], points[1], points[2], points[5]];
        let lower = vec![points[5], points[2], points[3], points[4]];
        ui.painter().add(Shape::convex_polygon(upper, theme.ink, Stroke::NONE));
        ui.painter().add(Shape::convex_polygon(lower, theme.ink, Stroke::NONE));
    }
    ui.painter().add(Shape::closed_line(points, Stroke::new(1.5, if on { theme.ink } else { theme.text2 })));
}

fn filter_ui(ui: &mut Ui, session: &Session, emit: &mut Emit<'_>) {
    let theme = emit.theme;
    let before = session.event_query();
    let mut query = before.clone();
    ui.set_width(280.0);
    // A menu hides the edges of what can be checked.
    let visuals = &mut ui.visuals_mut().widgets;
    for widget in [&mut visuals.inactive, &mut visuals.hovered, &mut visuals.active] {
        widget.bg_stroke = Stroke::new(1.0, theme.rail);
        widget.bg_fill = theme.panel;
    }
    heading(ui, "How much is listed", theme);
    for (level, text) in [
        (Level::Lesson, "What a lesson speaks of"),
        (Level::Detail, "Details too: queues, devices, cores"),
        (Level::All, "Everything, down to who could wake whom"),
    ] {
        ui.radio_value(&mut query.level, level, text);
    }
    heading(ui, "Whose", theme);
    let selected = session.selected_track().filter(|(run, _)| *run == session.focus());
    let whose = selected.map_or("Only the selected row's (none is selected)".to_owned(), |(_, track)| {
        format!("Only those of {}", crate::timeline::words::middle_cut(&track.name, 24))
    });
    let mut only = query.who == Who::Selected;
    ui.checkbox(&mut only, whose);
    query.who = if only { Who::Selected } else { Who::Everyone };
    let time = session.selected_time().map_or("Only the selected time (none is selected)".to_owned(), |span| {
        let clock = session.clock();
        format!("Only from {} to {}", clock.write(span.from), clock.say(span.to))
    });
    heading(ui, "When", theme);
    let mut only = query.when == When::Selected;
    ui.checkbox(&mut only, time);
    query.when = if only { When::Selected } else { When::Always };
    if let Some(run) = session.focused() {
        kinds_ui(ui, run, &mut query, theme);
    }
    if query.leaves_out() || query.level != Level::Lesson {
        ui.add_space(4.0);
        if widgets::text_button(ui, "Clear the filter", widgets::Weight::Framed, 120.0, theme).clicked() {
            query = EventQuery { text: query.text, ..EventQuery::default() };
        }
    }
    if query != *before {
        emit.emit(Command::FilterEvents(Box::new(query)));
    }
}

/// The kinds that there are in the run, and how many of each.
fn kinds_ui(ui: &mut Ui, run: &Run, query: &mut EventQuery, theme: &Theme) {
    heading(ui, "Only these kinds (none checked: all)", theme);
    let there = |kind: u8| run.kinds.get(usize::from(kind)).copied().unwrap_or(0);
    ScrollArea::vertical().id_salt("kinds").max_height(192.0).show(ui, |ui| {
        for (name, kind, level) in Event::CATALOGUE.iter().filter(|(_, kind, _)| there(*kind) > 0) {
            let chosen = query.kinds.binary_search(kind);
            if *level > query.level && chosen.is_err() {
                continue;
            }
            let mut on = chosen.is_ok();
            let name = run.family().event_name(name);
            let text = format!("{name}  {}", with_thousands(&there(*kind).to_string()));
            if ui.checkbox(&mut on, text).changed() {
                match chosen {
                    Ok(at) => drop(query.kinds.remove(at)),
                    Err(at) => query.kinds.insert(at, *kind),
                }
            }
        }
    });
}

fn heading(ui: &mut Ui, text: &str, theme: &Theme) {
    ui.add_space(4.0);
    ui.label(RichText::new(text).font(fonts::semibold(fonts::LABEL)).color(theme.text3));
}

/// A note of a head, in full and for where room is short.
pub struct Note {
    /// In full.
    pub long: String,
    /// The part that is always said.
    pub short: String,
}

impl Note {
    /// How wide the part is that is always said.
    pub fn least_width(&self, ui: &Ui) -> f32 {
        width_of(ui, &self.short)
    }
}

fn width_of(ui: &Ui, text: &str) -> f32 {
    ui.painter().layout_no_wrap(text.to_owned(), fonts::regular(fonts::LABEL), egui::Color32::WHITE).size().x
}

/// A note at the right end of a head: in full where there is room for it, and in full on hover.
pub fn note_ui(ui: &Ui, at: Pos2, left: f32, note: &Note, theme: &Theme) {
    let text = if at.x - width_of(ui, &note.long) > left { &note.long } else { &note.short };
    let place = ui.painter().text(at, Align2::RIGHT_CENTER, text, fonts::regular(fonts::LABEL), theme.text3);
    let response = ui.interact(place, ui.scope_id().with("note"), Sense::hover());
    response.widget_info(|| WidgetInfo::labeled(egui::Role::Label, true, &note.long));
    if *text != note.long {
        response.on_hover_text(&note.long);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_search_says_how_far_it_is() {
        let say = |here, count, searching| hits_text(Some(Hits { here, count, searching })).unwrap_or_default();
        assert_eq!(say(Some(3), 17, false), "3 of 17");
        assert_eq!(say(None, 1_700, false), "1,700 hits");
        assert_eq!(say(None, 0, false), "not found");
        assert_eq!(say(None, 4, true), "searching… 4");
        assert_eq!(hits_text(None), None);
    }
}
