//! Why something is not running, in the runs of the lessons that ship.

use sim_core::analysis::index::Index;
use sim_core::analysis::inspect::{self, Here, Inspection, Thing};
use sim_core::analysis::track::TrackKind;
use sim_core::scenario::RunOptions;
use sim_core::trace::keyframes::Keyframes;
use sim_core::trace::*;

use crate::scenario_shipped::shipped;
use crate::support::*;

/// A recording that can be asked at any moment.
pub struct Asked {
    pub trace: Trace,
    index: Index,
    keyframes: Keyframes,
}

impl Asked {
    pub fn of(trace: Trace) -> Asked {
        let (index, keyframes) = (Index::build(&trace), Keyframes::build(&trace));
        Asked { trace, index, keyframes }
    }

    /// A lesson's run, as written.
    pub fn lesson(id: &str, run: &str) -> Asked {
        Asked::variant(id, run, None)
    }

    fn variant(id: &str, run: &str, variant: Option<&str>) -> Asked {
        let scenario = shipped().into_iter().find(|s| s.id == id).expect("a lesson that ships");
        let options = RunOptions { variant: variant.map(str::to_owned), ..RunOptions::default() };
        Asked::of(scenario.as_asked(&options).unwrap().execute(run, &options, None))
    }

    /// What is said of a thing at a time, with every event up to it.
    pub fn at(&self, millis: f64, thing: Thing) -> Inspection {
        let events = self.trace.events_until(ms(millis));
        let state = self.keyframes.seek(&self.trace, events);
        let here = Here::new(&self.trace, &self.index, &state, ms(millis));
        inspect::inspect(&here, thing).expect("the recording knows it")
    }

    /// What is said of a thing after the first `events` events.
    pub fn after(&self, events: usize, thing: Thing) -> Inspection {
        let state = self.keyframes.seek(&self.trace, events);
        let here = Here::new(&self.trace, &self.index, &state, state.time);
        inspect::inspect(&here, thing).expect("the recording knows it")
    }

    /// The task or thread of that name.
    pub fn named(&self, name: &str) -> Thing {
        let is_it = |k: TrackKind| matches!(k, TrackKind::Task(_) | TrackKind::Thread(_));
        let found = self.index.tracks.iter().find(|t| t.name == name && is_it(t.kind));
        Thing::Track(found.unwrap_or_else(|| panic!("nothing is called {name}")).kind)
    }

    /// The answer about the task or thread of that name, at a time.
    pub fn why(&self, millis: f64, name: &str) -> String {
        self.at(millis, self.named(name)).answer.to_string()
    }

    fn every_thing(&self) -> Vec<Thing> {
        let rows = self.index.tracks.iter().map(|t| Thing::Track(t.kind));
        let resources = (0..self.trace.tables().resources.len()).map(|i| Thing::Resource(ResourceId::from_index(i)));
        rows.chain(resources).collect()
    }
}

#[test]
fn dump() {
    for (id, run, times) in [
        ("blocked-executor", "async", vec![0.0, 10.05, 82.1, 130.0, 196.0]),
        ("blocked-executor", "threads", vec![10.05, 82.1, 116.0]),
        ("two-deadlocks", "async", vec![2.0, 6.0]),
        ("two-deadlocks", "threads", vec![6.0]),
        ("backpressure", "async", vec![0.5, 4.5]),
        ("poll-wake-poll", "async", vec![0.0, 2.0]),
    ] {
        let asked = Asked::lesson(id, run);
        for at in times {
            println!("=== {id} {run} at {at}");
            for thing in asked.every_thing() {
                println!("{}\n", asked.at(at, thing).text());
            }
        }
    }
}
