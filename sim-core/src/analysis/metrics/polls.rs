//! The longest poll of a run.

use crate::instant::{SimDuration, SimTime};
use crate::trace::{Event, Trace};

/// The longest poll of any task, from the call of poll to its return, time off the core included; of a poll that never
/// returned, up to the end of the run. None if nothing was polled.
pub fn longest_poll(trace: &Trace) -> Option<SimDuration> {
    let mut begun: Vec<Option<SimTime>> = Vec::new();
    let mut longest = None;
    for (_, time, event) in trace.events_from(0) {
        match event {
            Event::PollStarted { task, .. } => {
                if begun.len() <= task.index() {
                    begun.resize(task.index() + 1, None);
                }
                begun[task.index()] = Some(time);
            }
            Event::PollEnded { task, .. } => {
                let since = begun.get_mut(task.index()).and_then(Option::take);
                longest = longest.max(since.map(|since| time.since(since)));
            }
            // Nothing else begins a poll or ends one.
            _ => {}
        }
    }
    let open = begun.into_iter().flatten().map(|since| trace.end().since(since)).max();
    longest.max(open)
}
