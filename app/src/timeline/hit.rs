//! What is under the pointer.

use sim_core::analysis::track::{Span, Track, TrackKind};

use super::axis::Axis;
use super::scene::{Arrow, Finding};
use super::walk::nanos;

/// A span thinner than this can still be hit from this far, in points.
const REACH: f32 = 3.0;

/// The span of a track at an x: the thinnest of those within reach, for a thin one lies on top.
pub fn span_at(track: &Track, axis: &Axis, x: f32) -> Option<Span> {
    let time = axis.time_from_x(x);
    let reach = f64::from(REACH) / axis.pixels_per_ns();
    let spans = &track.spans;
    // One that began long before may reach as far; a device's requests overlap, so that it need not be the last.
    let back = if matches!(track.kind, TrackKind::Device(_)) { MOST_NEAR } else { 1 };
    let first = spans.begun_before(nanos(time - reach)).saturating_sub(back);
    let near = spans.range(first..spans.len()).take_while(|s| s.start.as_nanos() as f64 <= time + reach);
    // Thousands may lie within reach of one pixel: the first few are as good an answer as any.
    near.take(2 * MOST_NEAR).filter(|s| s.end.as_nanos() as f64 >= time - reach).min_by_key(|s| s.length())
}

const MOST_NEAR: usize = 256;

/// The arrow at a point, by its place in the scene.
pub fn arrow_at(arrows: &[Arrow], x: f32, y: f32) -> Option<usize> {
    arrows.iter().position(|arrow| arrow.corners.windows(2).any(|w| near_line(w[0], w[1], (x, y))))
}

/// The finding whose sign or line is at a point.
pub fn finding_at(findings: &[Finding], x: f32, y: f32) -> Option<Finding> {
    let on_sign = |f: &&Finding| (f.sign.0 - x).abs() <= 8.0 && (f.sign.1 - y).abs() <= 8.0;
    let on_line = |f: &&Finding| (f.x0..=f.x1).contains(&x) && (f.top - 2.0..=f.top + REACH).contains(&y);
    findings.iter().find(on_sign).or_else(|| findings.iter().find(on_line)).copied()
}

/// All lines of an arrow are level or upright.
fn near_line(a: (f32, f32), b: (f32, f32), at: (f32, f32)) -> bool {
    let within = |from: f32, to: f32, v: f32| v >= from.min(to) - REACH && v <= from.max(to) + REACH;
    within(a.0, b.0, at.0) && within(a.1, b.1, at.1)
}

#[cfg(test)]
mod tests {
    use super::*;
    use sim_core::analysis::track::SpanState;
    use sim_core::instant::SimTime;
    use sim_core::trace::{TaskId, WorkerId};

    fn track(spans: &[(u64, u64, SpanState)]) -> Track {
        let at = SimTime::from_nanos;
        let mut track = Track::new(TrackKind::Task(TaskId(0)), "t".to_owned());
        track.spans =
            spans.iter().map(|&(from, to, state)| Span { start: at(from), end: at(to), state, event: 0 }).collect();
        track
    }

    #[test]
    fn a_thin_poll_is_hit_before_the_wait_beside_it() {
        let poll = SpanState::Polling(WorkerId(0));
        let track =
            track(&[(0, 1_000, SpanState::Pending(None)), (1_000, 1_001, poll), (1_001, 9_000, SpanState::Ready)]);
        let axis = Axis { left: 0.0, right: 900.0, start: 0.0, length: 9_000.0 };
        assert_eq!(span_at(&track, &axis, 101.5).map(|s| s.state), Some(poll));
        assert_eq!(span_at(&track, &axis, 50.0).map(|s| s.state), Some(SpanState::Pending(None)));
        assert_eq!(span_at(&track, &axis, 880.0).map(|s| s.state), Some(SpanState::Ready));
        assert_eq!(span_at(&track, &axis, 2_000.0), None);
    }

    #[test]
    fn an_arrow_is_hit_on_its_lines_only() {
        let corners = vec![(10.0, 0.0), (10.0, 50.0), (100.0, 50.0)];
        let arrows = [Arrow { corners, ring: true, selected: false, link: 0, run: 0, name: None }];
        assert_eq!(arrow_at(&arrows, 11.0, 20.0), Some(0));
        assert_eq!(arrow_at(&arrows, 60.0, 52.0), Some(0));
        assert_eq!(arrow_at(&arrows, 60.0, 20.0), None);
    }
}
