//! Tab goes through the window as it is read: panel by panel, in each line by line from left to right.
//!
//! The toolkit goes through controls in the order in which they are made: panels at the edges before what they leave
//! room for, and what is laid out from the right before what stands left of it. Owns the order; a place that names no
//! panels, and an open menu, keep the toolkit's.

use std::ops::Range;

use egui::accesskit::{Action, ActionRequest, TreeId};
use egui::{Context, Event, Id, Key, Modifiers, Plugin, Rect, Ui, WidgetRect};

/// What has the focus is in sight if so much of it is, or all of it.
const IN_SIGHT: f32 = 24.0;

/// How the controls of a panel are read.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Reading {
    /// Line by line, each from left to right.
    Lines,
    /// In the order in which they are made: columns side by side.
    AsMade,
}

/// A panel: which of the controls are its own, in the order in which they are made, and how it is read.
///
/// Where something stands would not do: what is scrolled out of a panel's sight lies under another one. What is a panel
/// of its own within another is named after that.
pub type Region = (Range<usize>, Reading);

/// Makes a panel, and answers which controls that made.
pub fn during<R>(ui: &mut Ui, add: impl FnOnce(&mut Ui) -> R) -> (R, Range<usize>) {
    let layer = ui.layer_id();
    let made = |ui: &Ui| ui.ctx().viewport(|viewport| viewport.this_pass.widgets.get_layer(layer).count());
    let from = made(ui);
    let shown = add(ui);
    (shown, from..made(ui))
}

/// The plugin that moves the focus.
#[derive(Default)]
pub struct TabOrder {
    /// The panels of the last frame, in the order in which they are read.
    regions: Vec<Region>,
    /// How often Tab was pressed since, backwards being less than nothing.
    steps: i32,
}

/// Takes Tab over, for a window.
pub fn install(ctx: &Context) {
    ctx.add_plugin(TabOrder::default());
}

/// Says which panels this frame has, in the order in which they are read.
pub fn set_regions(ctx: &Context, regions: Vec<Region>) {
    ctx.plugin::<TabOrder>().lock().regions = regions;
}

impl Plugin for TabOrder {
    fn debug_name(&self) -> &'static str {
        "tab order"
    }

    fn input_hook(&mut self, ctx: &Context, input: &mut egui::RawInput) {
        if self.regions.is_empty() || egui::Popup::is_any_open(ctx) {
            return;
        }
        input.events.retain(|event| match event {
            Event::Key { key: Key::Tab, pressed: true, modifiers, .. } => {
                let step = match *modifiers {
                    Modifiers::NONE => 1,
                    Modifiers::SHIFT => -1,
                    _ => return true,
                };
                self.steps += step;
                false
            }
            _ => true,
        });
    }

    fn on_begin_pass(&mut self, ui: &mut Ui) {
        let steps = std::mem::take(&mut self.steps);
        if steps == 0 {
            return;
        }
        let order = order(ui, &self.regions);
        let focused = ui.ctx().memory(|m| m.focused());
        let place = focused.and_then(|id| order.iter().position(|other| *other == id));
        if let Some(next) = step(place, steps, order.len()) {
            ui.ctx().memory_mut(|m| m.request_focus(order[next]));
            bring_into_sight(ui.ctx(), order[next]);
        }
    }
}

/// What is scrolled out of sight is asked for as a screen reader asks: whatever it stands in scrolls to it.
fn bring_into_sight(ctx: &Context, id: Id) {
    let place = ctx.viewport(|viewport| viewport.prev_pass.widgets.get(id).copied());
    if place.is_none_or(|widget| is_in_sight(&widget)) {
        return;
    }
    let (action, target_node, target_tree) = (Action::ScrollIntoView, id.accesskit_id(), TreeId::ROOT);
    let request = ActionRequest { action, target_node, target_tree, data: None };
    ctx.input_mut(|input| input.events.push(Event::AccessKitActionRequest(request)));
    ctx.request_repaint();
}

fn is_in_sight(widget: &WidgetRect) -> bool {
    let (whole, seen) = (widget.rect.size(), widget.interact_rect.size());
    seen.x >= whole.x.min(IN_SIGHT) && seen.y >= whole.y.min(IN_SIGHT)
}

/// So many steps from a place, round and round; from nowhere to the first or last.
fn step(from: Option<usize>, steps: i32, count: usize) -> Option<usize> {
    let count = i32::try_from(count).ok().filter(|n| *n > 0)?;
    let from = match from {
        Some(place) => i32::try_from(place).ok()?,
        None if steps > 0 => -1,
        None => count,
    };
    usize::try_from((from + steps).rem_euclid(count)).ok()
}

/// Whatever can have the focus, in the order in which it is read.
fn order(ui: &Ui, regions: &[Region]) -> Vec<Id> {
    let panels = ui.layer_id();
    let made: Vec<_> = ui.ctx().viewport(|viewport| {
        let layers = viewport.prev_pass.widgets.layers();
        let all = layers.flat_map(|(layer, widgets)| widgets.iter().enumerate().map(|(n, w)| (*layer, n, *w)));
        all.filter(|(.., w)| w.enabled && w.visible && w.sense.is_focusable()).collect()
    });
    let reached = made.into_iter().filter(|(layer, ..)| ui.ctx().memory(|m| m.allows_interaction(*layer)));
    let placed = reached.map(|(layer, n, w)| ((layer == panels).then_some(n), w.id, Place::of(&w)));
    read(&placed.collect::<Vec<_>>(), regions)
}

/// Where something stands, and how much of that is seen.
#[derive(Clone, Copy, Debug)]
struct Place {
    whole: Rect,
    seen: Rect,
}

impl Place {
    fn of(widget: &WidgetRect) -> Place {
        let (whole, seen) = (widget.rect, widget.interact_rect);
        if seen.height() >= 1.0 {
            return Place { whole, seen };
        }
        // Scrolled out of sight it is read at the edge behind which it lies: before, or after, all that is in sight
        // there, and never among what does not scroll.
        let edge = if whole.bottom() > seen.bottom() { seen.bottom() - 1.0 } else { seen.top() };
        Place { whole, seen: Rect::from_x_y_ranges(whole.x_range(), edge..=edge) }
    }
}

/// These, each with its place among the panels' controls, as they are read. What is in no panel comes last.
fn read<T: Copy>(made: &[(Option<usize>, T, Place)], regions: &[Region]) -> Vec<T> {
    let mut panels: Vec<Vec<(T, Place)>> = vec![Vec::new(); regions.len() + 1];
    for (number, what, place) in made {
        let panel = number.and_then(|n| regions.iter().rposition(|(own, _)| own.contains(&n)));
        panels[panel.unwrap_or(regions.len())].push((*what, *place));
    }
    for (panel, (_, reading)) in panels.iter_mut().zip(regions) {
        match reading {
            Reading::Lines => {
                // What lies behind the same edge stays as it is read among itself.
                lines(panel, |place| place.whole);
                lines(panel, |place| place.seen);
            }
            Reading::AsMade => {}
        }
    }
    panels.into_iter().flatten().map(|(what, _)| what).collect()
}

/// Line by line: what begins above the middle of what stands in a line is in that line.
fn lines<T>(panel: &mut [(T, Place)], rect: impl Fn(&Place) -> Rect) {
    panel.sort_by(|(_, a), (_, b)| rect(a).top().total_cmp(&rect(b).top()));
    let mut begin = 0;
    while begin < panel.len() {
        let mut middle = f32::INFINITY;
        let mut end = begin;
        while end < panel.len() && rect(&panel[end].1).top() < middle {
            middle = middle.min(rect(&panel[end].1).center().y);
            end += 1;
        }
        // What has no height is a line of its own.
        let end = end.max(begin + 1);
        panel[begin..end].sort_by(|(_, a), (_, b)| rect(a).left().total_cmp(&rect(b).left()));
        begin = end;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use egui::{pos2, vec2};

    fn at(x: f32, y: f32, width: f32, height: f32) -> Place {
        let whole = Rect::from_min_size(pos2(x, y), vec2(width, height));
        Place { whole, seen: whole }
    }

    #[test]
    fn a_panel_is_read_line_by_line_whatever_was_made_first() {
        let made = [
            ("settings", at(90.0, 4.0, 8.0, 20.0)),
            ("play", at(50.0, 5.0, 8.0, 20.0)),
            ("back", at(0.0, 5.0, 8.0, 18.0)),
            ("canvas", at(30.0, 30.0, 60.0, 200.0)),
            ("row", at(0.0, 30.0, 20.0, 20.0)),
            ("menu", at(22.0, 33.0, 5.0, 10.0)),
            ("next row", at(0.0, 50.0, 20.0, 20.0)),
        ];
        let made: Vec<_> = made.into_iter().enumerate().map(|(n, (what, rect))| (Some(n), what, rect)).collect();
        assert_eq!(
            read(&made, &[(0..7, Reading::Lines)]),
            ["back", "play", "settings", "row", "menu", "canvas", "next row"]
        );
    }

    #[test]
    fn one_panel_is_read_after_the_other_and_what_is_in_none_comes_last() {
        let made = [
            (None, "toast", at(500.0, 0.0, 10.0, 10.0)),
            (Some(0), "b", at(60.0, 0.0, 10.0, 10.0)),
            (Some(1), "c", at(50.0, 0.0, 10.0, 10.0)),
            (Some(2), "a, scrolled away", at(0.0, 5_000.0, 10.0, 10.0)),
        ];
        let regions = [(2..3, Reading::Lines), (0..2, Reading::AsMade)];
        assert_eq!(read(&made, &regions), ["a, scrolled away", "b", "c", "toast"]);
    }

    #[test]
    fn what_does_not_scroll_keeps_its_place_however_far_the_rest_is_scrolled() {
        let clip = Rect::from_min_max(pos2(0.0, 100.0), pos2(80.0, 200.0));
        let order = |scrolled: f32| {
            let fixed = |y: f32| at(0.0, y, 80.0, 30.0);
            let lines = ["a", "b", "c", "d", "e", "f"].into_iter().enumerate().map(|(n, what)| {
                let rect = Rect::from_min_size(pos2(5.0, 100.0 + 40.0 * n as f32 - scrolled), vec2(60.0, 20.0));
                let seen = rect.intersect(clip);
                let hidden = WidgetRect {
                    id: Id::NULL,
                    parent_id: Id::NULL,
                    layer_id: egui::LayerId::background(),
                    rect,
                    interact_rect: seen,
                    sense: egui::Sense::CLICK,
                    enabled: true,
                    visible: true,
                };
                (Some(0), what, Place::of(&hidden))
            });
            let fixed = [(Some(0), "foot", fixed(200.0)), (Some(0), "head", fixed(70.0))];
            read(&fixed.into_iter().chain(lines).collect::<Vec<_>>(), &[(0..1, Reading::Lines)])
        };
        for scrolled in [0.0, 30.0, 75.0, 140.0] {
            assert_eq!(order(scrolled), ["head", "a", "b", "c", "d", "e", "f", "foot"], "scrolled by {scrolled}");
        }
    }

    #[test]
    fn tab_goes_round_in_both_directions() {
        assert_eq!((step(None, 1, 3), step(None, -1, 3), step(None, 1, 0)), (Some(0), Some(2), None));
        assert_eq!((step(Some(2), 1, 3), step(Some(0), -1, 3), step(Some(1), 2, 3)), (Some(0), Some(2), Some(0)));
    }
}
