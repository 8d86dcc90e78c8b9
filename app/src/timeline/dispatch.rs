//! Threads put on cores, told one by one: a thread may run and block again within one instant, and then has no span.

use sim_core::instant::SimTime;
use sim_core::trace::event::kind;
use sim_core::trace::{CoreId, Event, ThreadId, Trace};

use super::axis::Axis;

/// A thread put on a core.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Dispatch {
    /// When.
    pub time: SimTime,
    /// Onto which core.
    pub core: CoreId,
    /// Which thread.
    pub thread: ThreadId,
    /// Whether that is a context switch.
    pub switch: bool,
}

/// With more events in view, dispatches are not told one by one.
const MOST_EVENTS: usize = 4_000;

/// The dispatches in view, in order; none where there are too many to tell apart. Those of no length are among them:
/// a thread that runs and blocks within one instant has no span.
pub fn dispatches_in_view(trace: &Trace, axis: &Axis) -> Vec<Dispatch> {
    let at = |ns: f64| SimTime::from_nanos(ns.max(0.0) as u64);
    let first = if axis.start <= 0.0 { 0 } else { trace.events_until(at(axis.start)) };
    let last = trace.events_until(at(axis.end()));
    if last.saturating_sub(first) > MOST_EVENTS {
        return Vec::new();
    }
    let found =
        (first..last).filter(|n| trace.record(*n).kind() == kind::Dispatched).filter_map(|n| match trace.event(n) {
            Some(Event::Dispatched { thread, onto, .. }) => {
                Some(Dispatch { time: trace.time(n), core: onto.core, thread, switch: onto.switch })
            }
            _ => None,
        });
    found.collect()
}
