//! Paints the small picture of a scenario's runs.
//!
//! Owns where its rows go; bars, hatches and rails are the timeline's own.

use egui::{Color32, Mesh, Painter, Rangef, Rect, Shape, pos2};

use crate::session::thumbnails::{Cell, Folded, SmallRow, SmallRows, SmallRun, Thumbnail};
use crate::timeline::scene::{Area, Bar, Fill, Rail, Scene};

use super::super::paint;
use super::super::patterns::Patterns;
use super::super::theme::Theme;

/// A row is no higher than this.
const HIGHEST_ROW: f32 = 16.0;
/// Between two runs.
const BETWEEN: f32 = 11.0;
/// A bar is no narrower than this.
const THINNEST: f32 = 1.5;
/// A rail is no shorter than this.
const SHORTEST_RAIL: f32 = 4.0;

/// Paints the runs of a picture, one under the other, into `rect`; answers the heights that each takes.
pub fn thumbnail_ui(
    painter: &Painter,
    rect: Rect,
    picture: &Thumbnail,
    theme: &Theme,
    patterns: &Patterns,
) -> Vec<Rangef> {
    let places = places(rect, picture);
    let mut scene = Scene::default();
    for (run, place) in picture.runs.iter().zip(&places) {
        match &run.rows {
            SmallRows::Each(rows) => each(rows, *place, rect.x_range(), &mut scene),
            SmallRows::Folded(folded) => folded_ui(painter, folded, run, *place, rect.x_range(), theme),
        }
    }
    for pair in places.windows(2) {
        let y = ((pair[0].max + pair[1].min) / 2.0).round();
        let line = Rect::from_min_max(pos2(rect.left(), y), pos2(rect.right(), y + 1.0));
        painter.rect_filled(line, 0.0, theme.line);
    }
    paint::scene_ui(&painter.with_clip_rect(rect.intersect(painter.clip_rect())), &scene, theme, patterns);
    places
}

/// The height of each run: as its rows need, all of them in the middle.
fn places(rect: Rect, picture: &Thumbnail) -> Vec<Rangef> {
    let room = rect.height() - BETWEEN * (picture.runs.len() as f32 - 1.0);
    let count = |run: &SmallRun| match &run.rows {
        SmallRows::Each(rows) => rows.len().max(1) as f32,
        // As much as a few rows.
        SmallRows::Folded(_) => 3.0,
    };
    let all: f32 = picture.runs.iter().map(count).sum();
    let row = (room / all).clamp(1.0, HIGHEST_ROW);
    let used = all * row + rect.height() - room;
    let mut top = rect.top() + ((rect.height() - used) / 2.0).max(0.0).floor();
    let mut places = Vec::new();
    for run in &picture.runs {
        let height = count(run) * row;
        places.push(Rangef::new(top, top + height));
        top += height + BETWEEN;
    }
    places
}

fn each(rows: &[SmallRow], place: Rangef, x: Rangef, scene: &mut Scene) {
    let height = place.span() / rows.len().max(1) as f32;
    let inset = if height >= 8.0 { 1.0 } else { 0.5 };
    let to_x = |share: f32| x.min + share * (x.span() - THINNEST);
    for (n, row) in rows.iter().enumerate() {
        let (y0, y1) = (place.min + n as f32 * height + inset, place.min + (n + 1) as f32 * height - inset);
        let y = (y0 + y1) / 2.0;
        let mut waits_from = to_x(row.from);
        let mut rail = |x0: f32, x1: f32| {
            if x1 - x0 >= SHORTEST_RAIL {
                scene.rails.push(Rail { x0, x1, y, anchor: x0 });
            }
        };
        let mut bars = Vec::new();
        for piece in &row.pieces {
            let x0 = to_x(piece.from);
            let x1 = to_x(piece.to).max(x0 + THINNEST);
            rail(waits_from, x0);
            waits_from = waits_from.max(x1);
            bars.push(Bar { area: Area { x0, y0, x1, y1 }, fill: piece.fill, anchor: x0 });
        }
        rail(waits_from, to_x(row.to));
        // What runs is never hidden by what wants to.
        bars.sort_by_key(|bar| bar.fill != Fill::Ready);
        scene.bars.extend(bars);
    }
}

fn folded_ui(painter: &Painter, folded: &Folded, run: &SmallRun, place: Rangef, x: Rangef, theme: &Theme) {
    let bands = folded.cells.len() / folded.columns.max(1);
    let (width, height) = (x.span() * run.end / folded.columns as f32, place.span() / bands.max(1) as f32);
    let mut mesh = Mesh::default();
    for (band, cells) in folded.cells.chunks(folded.columns).enumerate() {
        let y = place.min + band as f32 * height;
        let mut column = 0;
        for same in cells.chunk_by(|a, b| cell_color(*a, theme) == cell_color(*b, theme)) {
            let left = x.min + column as f32 * width;
            column += same.len();
            if let Some(color) = cell_color(same[0], theme) {
                let rect = Rect::from_min_max(pos2(left, y), pos2(x.min + column as f32 * width, y + height));
                mesh.add_colored_rect(rect, color);
            }
        }
    }
    painter.add(Shape::mesh(mesh));
}

/// Any poll shows at least at 55%, any Ready at 45%; what only waits is pale.
fn cell_color(cell: Cell, theme: &Theme) -> Option<Color32> {
    const FAINT: f32 = 0.002;
    let on = |color: Color32, share: f32, least: f32| theme.selected.lerp_to_gamma(color, share.clamp(least, 1.0));
    // In steps, so that cells that look alike are one rectangle.
    let step = |share: f32| (share * 8.0).round() / 8.0;
    if cell.running > FAINT {
        Some(on(theme.running, step(cell.running), 0.55))
    } else if cell.ready > FAINT {
        Some(on(theme.ready_area, step(cell.ready), 0.45))
    } else {
        (cell.waiting > FAINT).then_some(theme.selected)
    }
}
