//! Whether one event is what is asked for: whom it is about, and which words it holds.

use std::ops::Range;

use sim_core::analysis::track::TrackKind;
use sim_core::trace::text::{describe, subject};
use sim_core::trace::{Actor, Event};

use super::Run;

/// Whether event `n` belongs to a row of the timeline: it is about it, or happens on it.
pub(super) fn is_about(run: &Run, n: usize, event: &Event, track: TrackKind) -> bool {
    let tables = run.trace.tables();
    let about = subject(event);
    let thread_of = |worker, n| run.index.thread_of_worker(tables, worker, n);
    match track {
        TrackKind::Task(task) => about == Actor::Task(task),
        TrackKind::Thread(thread) => match about {
            // One that leaves the thread does that on it, too.
            Actor::Worker(worker) => [n, n.saturating_sub(1)].iter().any(|n| thread_of(worker, *n) == Some(thread)),
            other => other == Actor::Thread(thread),
        },
        TrackKind::Worker(worker) => {
            let polls = match *event {
                Event::PollStarted { at, .. } | Event::PollEnded { at, .. } => at.worker == worker,
                // The rest is told by whom it is about.
                _ => false,
            };
            let thread = thread_of(worker, n).map(Actor::Thread);
            polls || about == Actor::Worker(worker) || Some(about) == thread
        }
        TrackKind::Core(core) => match *event {
            Event::Dispatched { onto, .. } => onto.core == core,
            Event::SwitchedOut { core: left, .. } => left == core,
            Event::Migrated { cores, .. } => cores.from == core || cores.to == core,
            // Nothing else happens to a core.
            _ => false,
        },
        TrackKind::Device(device) => match *event {
            Event::IoCompleted { device: done, .. } => done == device,
            Event::IoSubmitted { request, .. }
            | Event::IoStarted { request, .. }
            | Event::IoDelivered { request, .. }
            | Event::IoCancelled { request, .. } => {
                tables.requests.get(request.index()).is_some_and(|info| info.device == device)
            }
            // Nothing else happens to a device.
            _ => false,
        },
        TrackKind::Counter(_) => true,
    }
}

/// Where a text holds another, capitals or not; `lower` is written without capitals.
pub fn find_text(text: &str, lower: &str) -> Option<Range<usize>> {
    if lower.is_empty() {
        return None;
    }
    text.char_indices().map(|(start, _)| start).find_map(|start| {
        let mut wanted = lower.chars();
        let mut next = wanted.next();
        for (offset, letter) in text[start..].char_indices() {
            for small in letter.to_lowercase() {
                if Some(small) != next {
                    return None;
                }
                next = wanted.next();
            }
            if next.is_none() {
                return Some(start..start + offset + letter.len_utf8());
            }
        }
        None
    })
}

/// Whether an event's words hold a text that is written without capitals.
pub(super) fn holds(run: &Run, n: usize, lower: &str) -> bool {
    let Some(event) = run.trace.event(n) else { return false };
    let words = describe(&event, run.names(n));
    [words.who.as_str(), words.event, &words.detail].iter().any(|text| find_text(text, lower).is_some())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_is_found_with_capitals_or_without() {
        assert_eq!(find_text("PollStarted", "start"), Some(4..9));
        assert_eq!(find_text("94.9 µs, ÄRGER", "ärg"), Some(10..14));
        assert_eq!(find_text("hb", "hog"), None);
        assert_eq!(find_text("hb", ""), None);
    }
}
