//! What is said of the thing under the pointer in the rows: what it is, whose, from when to when.
//!
//! Owns which thing is meant, and where its text may stand; the wording of states is in [`super::hover`].

use egui::{Pos2, Rect, Response};
use sim_core::analysis::track::{Class, CounterKind, Link, SpanState, Track, TrackKind};
use sim_core::clock::{Clock, write_length};
use sim_core::instant::{SimDuration, SimTime};
use sim_core::trace::event::kind;
use sim_core::trace::{CoreId, Event, Trace};

use crate::session::Run;
use crate::timeline::axis::with_thousands;
use crate::timeline::hit;
use crate::timeline::rows::Row;
use crate::timeline::scene::{Finding, Scene, Sign};
use crate::timeline::words::{self, row_name};

use super::theme::Theme;
use super::timeline_panel::Panel;
use super::{hover, tip};

/// A sign is hit from so far.
const REACH: f32 = 5.0;
/// So many events around a pixel are looked at.
const MOST: usize = 10_000;

impl Panel<'_> {
    pub(super) fn say_finding(&self, response: &Response, found: &Finding, theme: &Theme) {
        if self.session.hides_figures() {
            return;
        }
        let finding = &self.session.runs()[found.run].findings()[found.place];
        let at = response.hover_pos().map_or(found.sign.0, |at| at.x);
        let thing = Rect::from_x_y_ranges(at - 8.0..=at + 8.0, found.top - 2.0..=found.top + 18.0);
        tip::beside(response, thing, |ui| hover::finding(ui, finding, theme));
    }

    pub(super) fn say_link(&self, response: &Response, run: usize, link: &Link, at: Pos2, theme: &Theme) {
        let thing = Rect::from_center_size(at, egui::vec2(16.0, 20.0));
        tip::beside(response, thing, |ui| {
            hover::link(ui, (&self.session.runs()[run], self.session.clock()), link, theme)
        });
    }

    pub(super) fn say_row(
        &self,
        response: &Response,
        scene: &Scene,
        row: &Row,
        track: &Track,
        at: Pos2,
        theme: &Theme,
    ) {
        let run = self.run(row);
        let rect = self.rect_of(row);
        let thing = Rect::from_x_y_ranges(at.x - 8.0..=at.x + 8.0, rect.y_range());
        let switch = scene.marks.iter().find(|m| {
            let near = (m.x - at.x).abs() <= REACH && (m.y - at.y).abs() <= REACH;
            m.sign == Sign::Switch && near && rect.y_range().expand(2.0).contains(m.y)
        });
        let clock = self.session.clock();
        if let (Some(mark), TrackKind::Core(core)) = (switch, track.kind)
            && let Some(text) = self.switch_words(run, core, mark.x)
        {
            tip::beside(response, thing, |ui| {
                tip::title(ui, "Context switch", theme);
                text.iter().for_each(|line| tip::figures(ui, line, theme));
            });
        } else if let Some(text) = self.crowd_words(run, track, at.x) {
            tip::beside(response, thing, |ui| {
                tip::title(ui, &text[0], theme);
                text[1..].iter().for_each(|line| tip::figures(ui, line, theme));
            });
        } else if let Some(lines) = device_words(run, track, self.axis.moment_from_x(at.x), self.known(), clock) {
            tip::beside(response, thing, |ui| {
                tip::title(ui, &lines[0], theme);
                lines[1..].iter().for_each(|line| tip::figures(ui, line, theme));
            });
        } else if let Some(span) = hit::span_at(track, &self.axis, at.x) {
            tip::beside(response, thing, |ui| hover::span(ui, (run, clock), track, &self.as_known(span), theme));
        } else if let Some((title, figures)) = gap_words(run, track, self.axis.moment_from_x(at.x), self.known(), clock)
        {
            tip::beside(response, thing, |ui| {
                tip::title(ui, &title, theme);
                if !figures.is_empty() {
                    tip::figures(ui, &figures, theme);
                }
            });
        }
    }

    /// The context switch on a core at an x: to whom, when, and what it cost.
    fn switch_words(&self, run: &Run, core: CoreId, x: f32) -> Option<Vec<String>> {
        let trace = &run.trace;
        let near = |x: f32| self.axis.moment_from_x(x);
        let (first, last) = (trace.events_before(near(x - REACH)), trace.events_until(near(x + REACH)));
        let switches = (first..last.min(first + MOST)).filter_map(|n| match trace.event(n) {
            Some(Event::Dispatched { thread, cost, onto }) if onto.switch && onto.core == core => {
                Some((n, thread, cost))
            }
            _ => None,
        });
        let distance = |n: usize| (self.axis.x(trace.time(n)) - x).abs();
        let (n, thread, cost) = switches.min_by(|a, b| distance(a.0).total_cmp(&distance(b.0)))?;
        let name = run.names(n).thread(thread);
        let mut lines = vec![format!("{}: {name} gets {core}", self.session.clock().say(trace.time(n)))];
        if !cost.is_zero() {
            lines.push(format!("it costs {}", write_length(cost)));
        }
        Some(lines)
    }

    /// What a pixel says in which several spans lie that are too thin to tell apart.
    fn crowd_words(&self, run: &Run, track: &Track, x: f32) -> Option<Vec<String>> {
        if matches!(track.kind, TrackKind::Device(_) | TrackKind::Counter(_)) {
            return None;
        }
        let (from, to) = (self.axis.moment_from_x(x - 0.5), self.axis.moment_from_x(x + 0.5));
        let spans = &track.spans;
        let places = spans.begun_before(from)..spans.begun_before(SimTime::from_nanos(to.as_nanos() + 1));
        if places.len() < 4 {
            return None;
        }
        let sums = spans.sums(places.clone());
        // What begins here and ends elsewhere is cut at the edge.
        let last = spans.get(places.end - 1).filter(|last| last.end > to);
        let over = last.and_then(|last| Some((last.state.class()?, last.end.since(to).as_nanos())));
        let of = |class: Class| {
            let beyond = over.filter(|(of, _)| *of == class).map_or(0, |(_, ns)| ns);
            sums.nanos[class as usize].saturating_sub(beyond)
        };
        let ran = SimDuration::from_nanos(of(Class::Running) + of(Class::OffCore));
        let wanted = SimDuration::from_nanos(of(Class::Ready));
        let count = sums.count[Class::Running as usize] + sums.count[Class::OffCore as usize];
        let polls = matches!(track.kind, TrackKind::Task(_) | TrackKind::Worker(_));
        let what = match (polls, count) {
            (true, 1) => run.family().turn(),
            (true, _) => run.family().turns(),
            (false, 1) => "run",
            (false, _) => "runs",
        };
        let mut lines = vec![format!("{}: {} {what} here", row_name(track), with_thousands(&count.to_string()))];
        lines.push(self.session.clock().range(from, to));
        let ready = if run.threads { "Runnable" } else { "Ready" };
        lines.push(format!("{} in all, {ready} {}", write_length(ran), write_length(wanted)));
        Some(lines)
    }
}

/// The requests that a device works on at a time, one by one while they are few; none if there is only one. What goes
/// on at `known` is told as far as it has come.
fn device_words(run: &Run, track: &Track, time: SimTime, known: SimTime, clock: Clock) -> Option<Vec<String>> {
    const TOLD: usize = 4;
    const BACK: usize = 256;
    let level = track.load.get(track.load.partition_point(|s| s.start <= time).checked_sub(1)?)?;
    let SpanState::Level(count @ 2..) = level.state else { return None };
    let mut lines = vec![format!("{}: {} requests at once", row_name(track), with_thousands(&count.to_string()))];
    let begun = track.spans.partition_point(|s| s.start <= time);
    let near = track.spans.range(begun.saturating_sub(BACK)..begun).filter(|s| s.end > time);
    let each: Vec<String> = near
        .map(|span| {
            let owner = owner_of_request(&run.trace, span.event).unwrap_or_else(|| "a request".to_owned());
            format!("{owner}: {}", clock.range(span.start, span.end.min(known)))
        })
        .collect();
    if each.len() <= TOLD {
        lines.extend(each);
    } else {
        lines.push(clock.range(level.start, level.end.min(known)));
    }
    Some(lines)
}

/// What is said where a row is empty: of a core, how long it has nothing to do, as far as that is `known`.
fn gap_words(run: &Run, track: &Track, time: SimTime, known: SimTime, clock: Clock) -> Option<(String, String)> {
    let after = track.spans.partition_point(|s| s.start <= time);
    let from = after.checked_sub(1).and_then(|n| track.spans.get(n)).map_or(SimTime::ZERO, |s| s.end);
    let to = track.spans.get(after).map_or(run.end(), |s| s.start).min(known);
    let stretch = format!("{}, {}", clock.range(from, to), write_length(to.since(from)));
    let name = row_name(track);
    let beyond = time > run.end();
    let (what, figures) = match track.kind {
        _ if beyond && run.is_stuck() => ("stuck for ever".to_owned(), format!("at {}", clock.say(run.end()))),
        _ if beyond && !run.may_grow() => ("the run has ended".to_owned(), format!("at {}", clock.say(run.end()))),
        _ if beyond => ("not simulated yet".to_owned(), String::new()),
        TrackKind::Core(_) => ("idle".to_owned(), stretch),
        TrackKind::Worker(_) => (run.family().reword("polls nothing"), stretch),
        TrackKind::Device(_) => ("no request".to_owned(), stretch),
        TrackKind::Task(_) | TrackKind::Thread(_) => match (track.created, track.end) {
            (Some((created, _)), _) if time < created => {
                let word = if matches!(track.kind, TrackKind::Task(_)) { "not spawned yet" } else { "not created yet" };
                let until = if created <= known { format!("until {}", clock.say(created)) } else { String::new() };
                (word.to_owned(), until)
            }
            (_, Some((ended, how, _))) if time >= ended => {
                (words::end_word(track.kind, how).to_owned(), format!("at {}", clock.say(ended)))
            }
            _ => return None,
        },
        TrackKind::Counter(CounterKind::Channel(_)) => ("empty".to_owned(), stretch),
        TrackKind::Counter(CounterKind::ReadyQueue | CounterKind::RunQueue) => ("nobody waits".to_owned(), stretch),
    };
    Some((format!("{name}: {what}"), figures))
}

/// Whose request a device works on: told by the event just before it started.
pub(super) fn owner_of_request(trace: &Trace, started: usize) -> Option<String> {
    const BACK: usize = 2_000;
    let Some(Event::IoStarted { request, .. }) = trace.event(started) else { return None };
    let before = started.saturating_sub(BACK)..started;
    before.rev().filter(|n| trace.record(*n).kind() == kind::IoSubmitted).find_map(|n| match trace.event(n) {
        Some(Event::IoSubmitted { request: of, by }) if of == request => Some(trace.tables().actor_name(by)),
        _ => None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::session::fixture;
    use sim_core::trace::DeviceId;

    fn ms(tenths: u64) -> SimTime {
        SimTime::from_nanos(tenths * 100_000)
    }

    #[test]
    fn a_gap_ends_for_who_reads_of_it_where_the_cover_begins() {
        let session = fixture::session();
        let run = &session.runs()[0];
        let said = |known| {
            let idle = run.index.track(TrackKind::Core(CoreId(0))).expect("the run has a core");
            gap_words(run, idle, ms(500), known, Clock::Millis).expect("the worker is blocked").1
        };
        assert!(said(SimTime::MAX).contains("115.0"), "{}", said(SimTime::MAX));
        assert!(!said(ms(821)).contains("115.0") && said(ms(821)).contains("82.1"), "{}", said(ms(821)));
    }

    #[test]
    fn requests_end_for_who_reads_of_them_where_the_cover_begins() {
        let session = fixture::session();
        let run = &session.runs()[0];
        let said = |known| {
            let device = run.index.track(TrackKind::Device(DeviceId(0))).expect("the run has a device");
            device_words(run, device, ms(50), known, Clock::Millis).expect("two at once").join("\n")
        };
        assert!(said(SimTime::MAX).contains("15.0"), "{}", said(SimTime::MAX));
        assert!(!said(ms(60)).contains("15.0") && !said(ms(60)).contains("10.0"), "{}", said(ms(60)));
    }
}
