//! Causal arrows, routed between rows.
//!
//! The route: from a ring at the source straight to the target's row, then along that row's edge, head on the effect.
//! So the level part is the latency. A source that is out of sight is named where the arrow begins, at the edge of the
//! target's row. Drawn: the selected row's arrows and those of the hovered span; all of them while they are few and far
//! apart; else a tick at the wake, as long as ticks can be told apart. Of a selected row's arrows, those are drawn that do not run over each
//! other, the one at the cursor first.

use sim_core::analysis::index::Index;
use sim_core::analysis::track::{Link, LinkKind, Span, Track, TrackKind};
use sim_core::instant::SimTime;

use super::axis::Axis;
use super::rows::{Face, Row, RowKind, Rows};
use super::scene::{Arrow, Scene, Tick};
use super::walk::nanos;

/// So many arrows in view are all drawn.
const MOST_ARROWS: usize = 40;
/// Arrows nearer than this are not all drawn.
const LEAST_GAP: f32 = 12.0;
/// Where a row's links are nearer than this on average, they are not drawn at all: the row is one stretch of them.
const LEAST_TICK_GAP: f32 = 3.0;

/// What links are laid out with.
#[derive(Clone, Copy)]
pub struct LinkInput<'a> {
    /// The run, from 0.
    pub run: usize,
    /// Its rows and links.
    pub index: &'a Index,
    /// All rows, for where they are.
    pub rows: &'a Rows,
    /// The first row's top, on the surface.
    pub origin: f32,
    /// The axis.
    pub axis: Axis,
    /// The rows in sight, as heights on the surface.
    pub sight: (f32, f32),
    /// The row that is selected.
    pub selected_track: Option<TrackKind>,
    /// How many events of the run have happened at the cursor.
    pub events: usize,
    /// The arrow that is selected.
    pub selected_link: Option<Link>,
    /// The span under the pointer, and its row.
    pub hovered: Option<(TrackKind, Span)>,
}

impl LinkInput<'_> {
    /// Adds the arrows and ticks of the run's links to the scene.
    pub fn lay_out(&self, scene: &mut Scene) {
        let before = scene.arrows.len();
        let visible = self.visible();
        // Beside a crowd most arrows have no row to lead to: the few that have would say too much.
        let crowd = self.rows.crowd_of(self.run).is_some();
        // Over lanes they would cover what they explain.
        let lanes = self.rows.has_lanes(self.run);
        let all = !crowd && !lanes && visible.len() <= MOST_ARROWS && self.far_apart(&visible);
        let clear = if all { Vec::new() } else { self.clear_of_each_other(&visible) };
        for (place, link) in visible {
            let selected = self.selected_link == Some(link);
            if all || selected || clear.contains(&place) {
                scene.arrows.extend(self.arrow(place, link, selected));
            } else {
                scene.ticks.extend(self.tick(link));
            }
        }
        self.thin_names(&mut scene.arrows[before..]);
    }

    /// Names of sources that would run into another arrow are left out: what stands beside them says the same.
    fn thin_names(&self, arrows: &mut [Arrow]) {
        let rings: Vec<(f32, f32)> = arrows.iter().map(|arrow| arrow.corners[0]).collect();
        for (n, arrow) in arrows.iter_mut().enumerate() {
            let Some(name) = &arrow.name else { continue };
            let (width, (x, y)) = (name.chars().count() as f32 * NAME_LETTER + NAME_GAP, rings[n]);
            // Where there is no room at its left, it stands at the right.
            let place = if x - width >= self.axis.left { (x - width)..x } else { x..(x + width) };
            let others = rings.iter().enumerate().filter(|(other, _)| *other != n);
            // One with a level part is worth it: somebody waited.
            let waited = arrow.corners.len() == 3;
            if !waited
                && others.into_iter().any(|(_, (at, height))| (height - y).abs() < NAME_HEIGHT && place.contains(at))
            {
                arrow.name = None;
            }
        }
    }

    /// The places of the selected row's links that do not run over each other; the one at the cursor is among them.
    fn clear_of_each_other(&self, visible: &[(usize, Link)]) -> Vec<usize> {
        let of_row = || visible.iter().filter(|(_, link)| self.selected_track == Some(link.to));
        let begun = of_row().filter(|(_, link)| link.from_event < self.events);
        let at_cursor = begun.max_by_key(|(_, link)| link.from_event);
        let hovered = visible.iter().filter(|(_, link)| self.is_hovered(link));
        let mut drawn: Vec<(f32, f32)> = Vec::new();
        let mut places = Vec::new();
        for (place, link) in hovered.chain(at_cursor).chain(of_row()) {
            let (from, to) = (self.axis.x(link.from_time), self.axis.x(link.to_time));
            if drawn.iter().all(|(f, t)| from - LEAST_GAP / 2.0 >= *t || to + LEAST_GAP / 2.0 <= *f) {
                drawn.push((from, to));
                places.push(*place);
            }
        }
        places
    }

    /// Whether the link leads to the span under the pointer, ends the wait that it is, or is caused in it.
    fn is_hovered(&self, link: &Link) -> bool {
        let Some((track, span)) = self.hovered else { return false };
        let within = |time| span.start <= time && time <= span.end;
        (link.to == track && (within(link.to_time) || within(link.from_time)))
            || (link.from == Some(track) && within(link.from_time))
    }

    /// The links whose effect, or at least whose level part, is in view.
    fn visible(&self) -> Vec<(usize, Link)> {
        let rows = self.rows.between(self.sight.0 - self.origin, self.sight.1 - self.origin);
        let mut visible = Vec::new();
        for row in rows.iter().filter(|row| row.run == self.run) {
            if let RowKind::Track { index, .. } = row.kind {
                self.of_row(&self.index.tracks[index], &mut visible);
            }
        }
        visible.sort_unstable_by_key(|(number, _)| *number);
        visible
    }

    /// The row's links, unless they are so many that not even ticks could be told apart.
    fn of_row(&self, track: &Track, visible: &mut Vec<(usize, Link)>) {
        let (from, end) = (nanos(self.axis.start), self.axis.end());
        let links = self.index.links_within(track, from, SimTime::MAX);
        let near = self.index.links_within(track, from, nanos(end)).len();
        if near as f32 * LEAST_TICK_GAP > self.axis.width() {
            return;
        }
        // One more, whose effect is out of sight: its cause may be in it.
        for number in &links[..(near + 1).min(links.len())] {
            let link = self.index.links().get(*number as usize);
            let link = link.filter(|l| is_drawn(l) && (l.from_time.as_nanos() as f64) <= end);
            visible.extend(link.map(|link| (*number as usize, link)));
        }
    }

    fn row(&self, track: TrackKind) -> Option<&Row> {
        self.rows.of_track(self.run, self.index.row(track)?)
    }

    fn far_apart(&self, links: &[(usize, Link)]) -> bool {
        let mut heads: Vec<f32> = links.iter().map(|(_, l)| self.axis.x(l.to_time)).collect();
        heads.sort_by(f32::total_cmp);
        // Arrows into different rows at one moment do not hide each other.
        heads.windows(2).all(|w| w[1] - w[0] >= LEAST_GAP || w[1] - w[0] < 0.5)
    }

    fn arrow(&self, place: usize, link: Link, selected: bool) -> Option<Arrow> {
        let target = self.row(link.to)?;
        let (top, bottom) = (self.origin + target.top, self.origin + target.bottom());
        let source = link.from.and_then(|from| self.row(from)).filter(|row| row.top != target.top);
        // A source that is scrolled away, or that has no row here, is told by its name.
        let away = link.from.filter(|from| *from != link.to && !source.is_some_and(|row| self.shows(row)));
        let name = away.and_then(|from| self.index.track(from)).map(|track| track.name.clone());
        let source = source.filter(|row| self.shows(row));
        let (from_x, to_x) = (self.axis.x(link.from_time), self.axis.x(link.to_time));
        let level = to_x - from_x;
        let (start, from_above) = match source {
            Some(row) => (self.origin + row.top + row.height / 2.0, row.top < target.top),
            // What has no row comes from the target row's own edge.
            None => (top + 1.0, true),
        };
        let edge = if from_above { bottom - 1.5 } else { top + 1.5 };
        let corners = match (level > 4.0, from_above) {
            (true, _) => vec![(from_x, start), (from_x, edge), (to_x, edge)],
            // Too short for a level part: straight onto the row.
            (false, true) => vec![(to_x, start), (to_x, if source.is_some() { top + 3.0 } else { bottom - 3.0 })],
            (false, false) => vec![(to_x, start), (to_x, bottom - 3.0)],
        };
        let ring = from_x >= self.axis.left && from_x <= self.axis.right;
        let name = name.filter(|_| ring);
        Some(Arrow { corners, ring, selected, link: place, run: self.run, name })
    }

    /// Whether the middle of a row is in sight: there the ring stands.
    fn shows(&self, row: &Row) -> bool {
        let middle = self.origin + row.top + row.height / 2.0;
        middle >= self.sight.0 && middle <= self.sight.1
    }

    fn tick(&self, link: Link) -> Option<Tick> {
        if link.kind != LinkKind::WakeToPoll && link.kind != LinkKind::UnblockToDispatch {
            return None;
        }
        let row = self.row(link.to).filter(|row| row.face == Face::Named)?;
        let x = self.axis.x(link.from_time);
        let top = self.origin + row.top;
        (x >= self.axis.left && x <= self.axis.right).then_some(Tick { x, y0: top, y1: top + 5.0 })
    }
}

/// The first poll after a spawn needs no arrow: the row begins there. Nor does a worker that is unparked: the task's
/// arrow says why.
fn is_drawn(link: &Link) -> bool {
    match link.kind {
        LinkKind::WakeToPoll | LinkKind::SendToReceive => true,
        LinkKind::UnblockToDispatch => !matches!(link.to, TrackKind::Worker(_)),
        LinkKind::SpawnToFirst => false,
    }
}

/// A source's name: the width of a letter, what is free around it, its height.
const NAME_LETTER: f32 = 6.5;
const NAME_GAP: f32 = 14.0;
const NAME_HEIGHT: f32 = 12.0;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::session::fixture;
    use crate::timeline::rows::{Arranged, RunRows};
    use sim_core::trace::TaskId;

    const HB: TrackKind = TrackKind::Task(TaskId(0));
    /// So narrow that arrows would touch: only asked for ones are drawn.
    const CROWDED: Axis = Axis { left: 0.0, right: 100.0, start: 0.0, length: 200e6 };
    const WIDE: Axis = Axis { right: 1_000.0, ..CROWDED };

    /// The scene of hb's and hog's async run; `change` says what is looked at.
    fn scene(axis: Axis, change: impl FnOnce(&Index, &Rows, &mut LinkInput<'_>)) -> Scene {
        let session = fixture::session();
        let run = &session.runs()[0];
        let rows = Rows::new(&[RunRows {
            tracks: &run.index.tracks,
            tables: run.trace.tables(),
            arranged: Arranged::default(),
        }]);
        let (index, sight) = (&run.index, (0.0, 1_000.0));
        let (selected_track, selected_link, hovered) = (None, None, None);
        let mut input = LinkInput {
            run: 0,
            index,
            rows: &rows,
            origin: 0.0,
            axis,
            sight,
            selected_track,
            events: 0,
            selected_link,
            hovered,
        };
        change(index, &rows, &mut input);
        let mut scene = Scene::default();
        input.lay_out(&mut scene);
        scene
    }

    #[test]
    fn the_hovered_span_shows_the_arrow_that_begins_it_and_the_one_that_ends_it() {
        let hovering = |ms: u64| {
            scene(CROWDED, |index, _, input| {
                let at = SimTime::from_nanos(ms * 1_000_000);
                input.hovered = index.track(HB).and_then(|t| Some((HB, t.span_at(at)?)));
            })
        };
        let scene = hovering(60);
        assert_eq!(scene.arrows.len(), 1, "hb's wait is one arrow long");
        let level = &scene.arrows[0].corners;
        assert!((level[1].0 - 10.05).abs() < 0.1 && (level[2].0 - 57.5).abs() < 0.1, "{level:?}");
        assert_eq!(scene.ticks.len(), 10);
    }

    #[test]
    fn a_source_that_is_scrolled_away_is_named_at_the_edge_of_the_row() {
        let seen = scene(WIDE, |_, _, _| ());
        assert!(seen.arrows.iter().all(|a| a.name.is_none()));
        let mut top = 0.0;
        let away = scene(WIDE, |index, rows, input| {
            let row = index.row(HB).and_then(|row| rows.of_track(0, row)).expect("hb has a row");
            top = row.top;
            input.sight = (top - 2.0, 1_000.0);
        });
        assert!(away.arrows.iter().any(|a| a.name.is_none()), "names do not run into each other");
        let long = away.arrows.iter().find(|a| a.corners.len() == 3).expect("hb waits long");
        assert_eq!(long.name.as_deref(), Some("I/O device"));
        assert_eq!(long.corners[0].1, top + 1.0);
    }
}
