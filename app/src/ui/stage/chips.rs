//! Those who stand on the Stage: each is drawn where it stands, or on its way there from where it stood.

use std::sync::Arc;

use egui::text::{LayoutJob, TextWrapping};
use egui::{Color32, FontId, Galley, Id, Pos2, Rangef, Rect, Sense, Stroke, StrokeKind, Ui, WidgetInfo, pos2, vec2};

use crate::session::stage::Standing;
use crate::session::{Command, Selection};
use crate::timeline::scene::{Fill, Sign};
use crate::timeline::words::middle_cut;
use sim_core::analysis::track::TrackKind;
use sim_core::clock::write_length;
use sim_core::instant::SimDuration;
use sim_core::trace::Family;

use super::super::paint::{body_ui, rail_ui};
use super::super::patterns::Patterns;
use super::super::theme::Theme;
use super::super::widgets::Emit;
use super::super::{fonts, icons};

/// How long the way to a new place takes, in seconds.
const WAY: f32 = 0.16;

/// One who wants to run, or runs.
pub struct Chip<'a> {
    /// The run, from 0.
    pub run: usize,
    /// What the run's tasks are.
    pub family: Family,
    /// Its row.
    pub track: TrackKind,
    /// What is written on it.
    pub name: &'a str,
    /// For how long it has been so, in nanoseconds.
    pub age: u64,
    /// Whether it wants to, does, or waits.
    pub standing: Standing,
    /// Where it stands.
    pub rect: Rect,
    /// The whole Stage: in another place, nobody has moved.
    pub stage: Rect,
}

/// Around and between name and age.
const BESIDE: f32 = 30.0;

impl Chip<'_> {
    /// How wide a chip has to be for its whole name.
    pub fn width(ui: &Ui, name: &str, age: u64) -> f32 {
        let width = |text: String, font| ui.painter().layout_no_wrap(text, font, egui::Color32::WHITE).size().x;
        width(name.to_owned(), fonts::semibold(fonts::ROW))
            + width(write_length(SimDuration::from_nanos(age)), fonts::mono(fonts::LABEL))
            + BESIDE
    }

    /// Draws it.
    pub fn show(&self, ui: &mut Ui, patterns: &Patterns, emit: &mut Emit<'_>) {
        let theme = emit.theme;
        let rect = on_its_way(ui, self.run, self.track, self.rect, self.stage);
        let does = match self.standing {
            Standing::Wants => {
                self.body(ui, rect, Fill::Ready, (theme.ready, theme.on_ready), patterns, theme);
                "wants to run"
            }
            Standing::Runs => {
                self.body(ui, rect, Fill::Running, (theme.running, theme.on_running), patterns, theme);
                "runs"
            }
            Standing::OffCore => {
                self.body(ui, rect, Fill::OffCore, (theme.running, theme.on_running), patterns, theme);
                match self.family {
                    Family::Async | Family::Threads => "is inside its poll, off the core",
                    Family::Pool | Family::Sequential => "keeps its thread, off the core",
                    Family::Callbacks | Family::Coroutines | Family::Actors => "keeps its worker, off the core",
                }
            }
            Standing::Blocked(sign) => {
                self.rail(ui, rect, sign, patterns, theme);
                "is blocked, off the core"
            }
        };
        let said = format!("{} {does}", self.name);
        let hover = format!("{said}, for {}", write_length(SimDuration::from_nanos(self.age)));
        choose_ui(ui, self.rect, (&said, &hover), (self.run, self.track), emit);
    }

    /// A bar with name and age, each on a plate.
    fn body(
        &self,
        ui: &Ui,
        rect: Rect,
        fill: Fill,
        (plate, text): (Color32, Color32),
        patterns: &Patterns,
        theme: &Theme,
    ) {
        body_ui(ui.painter(), rect, fill, theme, patterns);
        let words = self.words(ui, rect.shrink2(vec2(8.0, 0.0)), text);
        for (galley, at) in words.into_iter().filter(|(galley, _)| !galley.is_empty()) {
            ui.painter().rect_filled(Rect::from_min_size(at, galley.size()).expand2(vec2(4.0, 0.0)), 2.0, plate);
            ui.painter().galley(at, galley, text);
        }
    }

    /// No bar: a sign, the name and the age, and a dotted rail between them, as in the rows.
    fn rail(&self, ui: &Ui, rect: Rect, sign: Sign, patterns: &Patterns, theme: &Theme) {
        icons::sign(ui.painter(), sign, pos2(rect.left() + 7.0, rect.center().y), theme);
        let [name, age] = self.words(ui, rect.with_min_x(rect.left() + 22.0), theme.text1);
        let free = Rangef::new(name.1.x + name.0.size().x + 8.0, age.1.x - 8.0);
        if free.span() >= 8.0 {
            rail_ui(ui.painter(), free, rect.center().y, theme, patterns);
        }
        for (galley, at) in [name, age] {
            ui.painter().galley(at, galley, theme.text1);
        }
    }

    /// The name at the left and the age at the right of `rect`, and where each begins. Where only one of them has room
    /// the age goes: who it is matters more, and the age is said on hover.
    fn words(&self, ui: &Ui, rect: Rect, color: Color32) -> [(Arc<Galley>, Pos2); 2] {
        let galley = |text: String, font| ui.painter().layout_no_wrap(text, font, color);
        let mut age = galley(write_length(SimDuration::from_nanos(self.age)), fonts::mono(fonts::LABEL));
        let mut room = rect.width() - age.size().x - BESIDE + 16.0;
        let who = self.name.rsplit_once(", poll ").map_or(self.name, |(task, _)| task);
        if galley(who.to_owned(), fonts::semibold(fonts::ROW)).size().x > room {
            age = galley(String::new(), fonts::mono(fonts::LABEL));
            room = rect.width();
        }
        let name = cut_in_the_middle(ui, self.name, fonts::semibold(fonts::ROW), room.max(20.0));
        let name = ui.painter().layout_job(LayoutJob {
            wrap: TextWrapping::truncate_at_width(room.max(20.0)),
            ..LayoutJob::simple_singleline(name, fonts::semibold(fonts::ROW), color)
        });
        let right = rect.right() - age.size().x;
        [(name, rect.left()), (age, right)].map(|(galley, x)| {
            let at = pos2(x, (rect.center().y - galley.size().y / 2.0).round());
            (galley, at)
        })
    }
}

/// A click on someone selects its row. What is said of it is longer under the pointer.
pub fn choose_ui(
    ui: &mut Ui,
    rect: Rect,
    (said, hover): (&str, &str),
    (run, track): (usize, TrackKind),
    emit: &mut Emit<'_>,
) {
    let id = ui.scope_id().with(("stage", run, track, rect.min.x as i32));
    let response = ui.interact(rect, id, Sense::click());
    response.widget_info(|| WidgetInfo::labeled(egui::Role::Button, true, said));
    if response.hovered() || response.has_focus() {
        let stroke = Stroke::new(if response.has_focus() { 2.0 } else { 1.5 }, emit.theme.ink);
        ui.painter().rect_stroke(rect.expand(1.0), 5.0, stroke, StrokeKind::Outside);
    }
    if response.on_hover_text(hover).clicked() {
        emit.emit(Command::Select(Selection::Track { run, track }));
    }
}

/// Where someone is drawn who stands in `rect`: between there and where it stood, for as long as things move at all.
pub fn on_its_way(ui: &Ui, run: usize, track: TrackKind, rect: Rect, stage: Rect) -> Rect {
    if ui.style().animation_time <= 0.0 {
        return rect;
    }
    let place = [stage.left(), stage.top(), stage.right(), stage.bottom()].map(|v| v.round() as i32);
    let id = Id::unique(("stage way", run, track, place));
    let go = |axis: &str, to: f32| ui.ctx().animate_value_with_time(id.with(axis), to, WAY);
    Rect::from_min_size(pos2(go("x", rect.left()), go("y", rect.top())), rect.size())
}

/// A name that keeps both its ends in this width; which poll it is goes first.
pub fn cut_in_the_middle(ui: &Ui, name: &str, font: FontId, width: f32) -> String {
    let whole = ui.painter().layout_no_wrap(name.to_owned(), font.clone(), egui::Color32::WHITE).size().x;
    if whole <= width {
        return name.to_owned();
    }
    if let Some((task, _)) = name.rsplit_once(", poll ") {
        return cut_in_the_middle(ui, task, font, width);
    }
    let letters = name.chars().count().max(1);
    let first = ((width / (whole / letters as f32)) as usize + 2).min(letters);
    let fits =
        |cut: &String| ui.painter().layout_no_wrap(cut.clone(), font.clone(), egui::Color32::WHITE).size().x <= width;
    (0..=first).rev().map(|fits| middle_cut(name, fits)).find(fits).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use egui::{Context, RawInput};
    use sim_core::trace::TaskId;

    /// Where someone is drawn in a frame at this time, standing at this x.
    fn drawn(ctx: &Context, time: f64, x: f32) -> f32 {
        let input = RawInput { time: Some(time), ..RawInput::default() };
        let mut drawn = 0.0;
        let mut output = ctx.run_ui(input, |ui| {
            let rect = Rect::from_min_size(pos2(x, 0.0), vec2(80.0, 20.0));
            let stage = Rect::from_min_size(Pos2::ZERO, vec2(800.0, 60.0));
            drawn = on_its_way(ui, 0, TrackKind::Task(TaskId(0)), rect, stage).left();
        });
        output.textures_delta.clear();
        drawn
    }

    /// What is written on a chip of this width.
    fn written(name: &str, width: f32) -> [String; 2] {
        let ctx = Context::default();
        ctx.set_fonts(fonts::definitions());
        let mut written = [String::new(), String::new()];
        // Fonts are there from the second frame on.
        for _ in 0..2 {
            let mut output = ctx.run_ui(RawInput::default(), |ui| {
                let rect = Rect::from_min_size(Pos2::ZERO, vec2(width, 20.0));
                let track = TrackKind::Task(TaskId(0));
                let family = Family::Async;
                let chip =
                    Chip { run: 0, family, track, name, age: 62_000_000, standing: Standing::Wants, rect, stage: rect };
                written = chip.words(ui, rect, Color32::WHITE).map(|(galley, _)| galley.text().to_owned());
            });
            output.textures_delta.clear();
        }
        written
    }

    #[test]
    fn in_a_narrow_chip_the_age_goes_before_the_name_and_a_cut_name_keeps_its_number() {
        assert_eq!(written("writer.3, poll 2", 240.0), ["writer.3, poll 2", "62.0 ms"]);
        assert_eq!(written("writer.3, poll 2", 80.0), ["writer.3", ""]);
        let [name, age] = written("connection_writer.3", 80.0);
        assert!(name.starts_with("con") && name.contains('…') && name.ends_with(".3"), "{name}");
        assert_eq!(age, "");
    }

    #[test]
    fn who_stands_elsewhere_after_a_step_is_seen_on_its_way() {
        let ctx = Context::default();
        assert_eq!(drawn(&ctx, 0.0, 100.0), 100.0);
        assert_eq!(drawn(&ctx, 1.0, 100.0), 100.0);
        drawn(&ctx, 1.02, 300.0);
        let on_the_way = drawn(&ctx, 1.08, 300.0);
        assert!(on_the_way > 100.0 && on_the_way < 300.0, "drawn at {on_the_way}");
        assert_eq!(drawn(&ctx, 2.0, 300.0), 300.0);
    }

    #[test]
    fn with_reduced_motion_nobody_is_seen_on_the_way() {
        let ctx = Context::default();
        ctx.all_styles_mut(|style| style.animation_time = 0.0);
        assert_eq!(drawn(&ctx, 0.0, 100.0), 100.0);
        assert_eq!(drawn(&ctx, 0.02, 300.0), 300.0);
    }
}
