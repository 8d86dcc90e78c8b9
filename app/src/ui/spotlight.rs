//! The light on what a step names: everything else lies under panel colour, and what is named has a frame of ink.
//!
//! Painted over the rows and the Stage; takes no clicks.

use std::collections::BTreeSet;

use egui::{Color32, Rangef, Rect, Stroke, StrokeKind, Ui, pos2};
use sim_core::analysis::track::TrackKind;

use crate::session::Session;
use crate::timeline::axis::Axis;
use crate::timeline::rows::RowKind;

use super::measures::{LABELS, RIGHT_MARGIN};
use super::stage::{LineShown, StageState};
use super::theme::Theme;
use super::timeline_panel::TimelineState;

/// How much of the panel's colour lies over what is not named.
const SHADE: f32 = 0.42;
/// The frame, in pixels of the screen.
const FRAME: f32 = 2.5;
/// Rows between two named ones, up to so many, are in the light with them: a frame around each would be noise.
const BETWEEN: usize = 1;

type Lit = BTreeSet<(usize, TrackKind)>;

/// Puts what is not named in the shade.
pub fn spotlight_ui(ui: &Ui, session: &Session, rows: &TimelineState, stage: &StageState, theme: &Theme) {
    let lit = session.spotlight();
    if lit.is_empty() {
        return;
    }
    let shade = theme.panel.gamma_multiply(SHADE);
    let lines = stage.lines();
    let framed = framed_rows(&rows.places, &lit);
    let heads: Vec<Rect> =
        rows.places.iter().filter(|(run, kind, _)| is_head(*kind, *run, &lit)).map(|p| p.2).collect();
    let mut holes: Vec<Rect> = framed.iter().copied().chain(heads).collect();
    let on_stage: Vec<Rect> = lines.iter().enumerate().filter_map(|(run, line)| framed_line(run, line, &lit)).collect();
    holes.extend(&on_stage);
    let whole = |rects: Vec<Rect>| rects.into_iter().reduce(Rect::union);
    let areas = [whole(rows.places.iter().map(|p| p.2).collect()), whole(lines.iter().map(|l| l.rect).collect())];
    for area in areas.into_iter().flatten() {
        for rect in around(area, &holes) {
            ui.painter().rect_filled(rect, 0.0, shade);
        }
    }
    if let Some(area) = areas[0] {
        cursor_ui(ui, session, area, theme.ink);
    }
    let stroke = Stroke::new(FRAME / ui.pixels_per_point(), theme.ink);
    for rect in framed.into_iter().chain(on_stage) {
        ui.painter().rect_stroke(rect.shrink2(egui::vec2(4.0, 0.0)), 5.0, stroke, StrokeKind::Inside);
    }
}

fn is_head(kind: RowKind, run: usize, lit: &Lit) -> bool {
    kind == RowKind::Head && lit.iter().any(|(of, _)| *of == run)
}

/// The rows in the light, those that stand together in one piece.
fn framed_rows(places: &[(usize, RowKind, Rect)], lit: &Lit) -> Vec<Rect> {
    let mut framed: Vec<(usize, usize, Rect)> = Vec::new();
    for (n, (run, kind, rect)) in places.iter().enumerate() {
        let RowKind::Track { kind, .. } = kind else { continue };
        if !lit.contains(&(*run, *kind)) || rect.height() < 4.0 {
            continue;
        }
        match framed.last_mut() {
            Some((of, last, whole)) if of == run && n - *last <= BETWEEN + 1 => {
                (*last, *whole) = (n, whole.union(*rect));
            }
            _ => framed.push((*run, n, *rect)),
        }
    }
    framed.into_iter().map(|(.., rect)| rect).collect()
}

/// The part of a run's line on the Stage that is in the light: from its name to the last column with somebody named.
fn framed_line(run: usize, line: &LineShown, lit: &Lit) -> Option<Rect> {
    let named = |n: &usize| line.tracks[*n].iter().any(|track| lit.contains(&(run, *track)));
    let last = (0..3).rev().find(named)?;
    Some(line.rect.with_max_x(line.columns[last].right() + 8.0))
}

/// What is left of an area around holes that do not share a height.
fn around(area: Rect, holes: &[Rect]) -> Vec<Rect> {
    let mut holes: Vec<Rect> = holes.iter().map(|h| h.intersect(area)).filter(Rect::is_positive).collect();
    holes.sort_by(|a, b| a.top().total_cmp(&b.top()));
    let mut rest = Vec::new();
    let mut top = area.top();
    for hole in &holes {
        rest.push(Rect::from_x_y_ranges(area.x_range(), Rangef::new(top, hole.top())));
        rest.push(Rect::from_x_y_ranges(Rangef::new(area.left(), hole.left()), hole.y_range()));
        rest.push(Rect::from_x_y_ranges(Rangef::new(hole.right(), area.right()), hole.y_range()));
        top = hole.bottom();
    }
    rest.push(Rect::from_x_y_ranges(area.x_range(), Rangef::new(top, area.bottom())));
    rest.retain(Rect::is_positive);
    rest
}

/// The cursor's line is never in the shade.
fn cursor_ui(ui: &Ui, session: &Session, area: Rect, ink: Color32) {
    let view = session.view();
    let (left, right) = (area.left() + LABELS, area.right() - RIGHT_MARGIN);
    let x = Axis { left, right, start: view.start, length: view.length }.x(session.cursor().time);
    if x >= left - 1.0 && x <= right + 1.0 {
        let x = (x * ui.pixels_per_point()).round() / ui.pixels_per_point();
        let line = Rect::from_min_max(pos2(x - 0.75, area.top()), pos2(x + 0.75, area.bottom()));
        ui.painter().rect_filled(line, 0.0, ink);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use sim_core::trace::ids::{CoreId, TaskId, WorkerId};

    fn row(n: usize, run: usize, kind: TrackKind) -> (usize, RowKind, Rect) {
        let top = n as f32 * 20.0;
        let rect = Rect::from_min_max(pos2(0.0, top), pos2(100.0, top + 20.0));
        (run, RowKind::Track { index: n, kind }, rect)
    }

    fn task(n: u32) -> TrackKind {
        TrackKind::Task(TaskId(n))
    }

    #[test]
    fn rows_that_are_named_together_share_a_frame_and_runs_do_not() {
        let places = [
            row(0, 0, TrackKind::Worker(WorkerId(0))),
            row(1, 0, TrackKind::Core(CoreId(0))),
            row(2, 0, task(0)),
            row(3, 0, task(1)),
            row(4, 0, task(2)),
            row(5, 0, task(3)),
            row(6, 1, task(0)),
        ];
        let lit = [(0, TrackKind::Worker(WorkerId(0))), (0, task(0)), (0, task(3)), (1, task(0))].into();
        let tops: Vec<_> = framed_rows(&places, &lit).iter().map(|r| (r.top(), r.bottom())).collect();
        assert_eq!(tops, [(0.0, 60.0), (100.0, 120.0), (120.0, 140.0)]);
    }

    #[test]
    fn the_shade_covers_everything_but_the_holes_once() {
        let area = Rect::from_min_max(pos2(0.0, 0.0), pos2(100.0, 100.0));
        let holes = [
            Rect::from_min_max(pos2(0.0, 60.0), pos2(50.0, 80.0)),
            Rect::from_min_max(pos2(10.0, 20.0), pos2(90.0, 40.0)),
        ];
        let rest = around(area, &holes);
        for x in 0..20 {
            for y in 0..20 {
                let at = pos2(x as f32 * 5.0 + 2.5, y as f32 * 5.0 + 2.5);
                let covered = rest.iter().filter(|r| r.contains(at)).count();
                let open = holes.iter().any(|h| h.contains(at));
                assert_eq!(covered, usize::from(!open), "{at:?}");
            }
        }
    }
}
