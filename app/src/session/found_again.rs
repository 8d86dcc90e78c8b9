//! The same thing in another recording of the same run: by the run's id, by what it is, by its name, and by which of
//! that name it is. Numbers mean something else when a task has come or gone before it.

use std::collections::{BTreeMap, HashMap};
use std::mem::Discriminant;

use sim_core::analysis::inspect::Thing;
use sim_core::analysis::track::{CounterKind, TrackKind};
use sim_core::trace::ResourceId;

use super::Run;

/// What a thing is, as far as it stays the same: what was a task can be a thread in a run of another model.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
enum Sort {
    Core,
    Worker,
    Device,
    Workload,
    Counter(Discriminant<CounterKind>),
    Resource,
}

impl Sort {
    fn of(thing: Thing) -> Sort {
        match thing {
            Thing::Track(TrackKind::Core(_)) => Sort::Core,
            Thing::Track(TrackKind::Worker(_)) => Sort::Worker,
            Thing::Track(TrackKind::Device(_)) => Sort::Device,
            Thing::Track(TrackKind::Task(_) | TrackKind::Thread(_)) => Sort::Workload,
            Thing::Track(TrackKind::Counter(kind)) => Sort::Counter(std::mem::discriminant(&kind)),
            Thing::Resource(_) => Sort::Resource,
        }
    }
}

/// The name of a thing of a run; none if the run has no such thing.
pub(super) fn name_in(run: &Run, thing: Thing) -> Option<String> {
    match thing {
        Thing::Track(track) => Some(run.index.track(track)?.name.clone()),
        Thing::Resource(id) if id.index() < run.trace.tables().resources.len() => {
            Some(run.trace.tables().resource_name(id))
        }
        Thing::Resource(_) => None,
    }
}

/// Which things of the runs before are which of the runs now.
pub(super) struct FoundAgain {
    runs: Vec<Option<usize>>,
    things: BTreeMap<(usize, Thing), Thing>,
}

impl FoundAgain {
    /// Looks for these things of the runs before, each with its run's place, in the runs now.
    pub fn new(before: &[Run], now: &[Run], wanted: &[(usize, Thing)]) -> FoundAgain {
        let place = |run: &Run| now.iter().position(|r| r.id() == run.id());
        let runs: Vec<Option<usize>> = before.iter().map(place).collect();
        let mut things = BTreeMap::new();
        for (n, run) in before.iter().enumerate() {
            let of_run: Vec<Thing> = wanted.iter().filter(|(r, _)| *r == n).map(|(_, thing)| *thing).collect();
            if let Some(new) = runs[n].map(|n| &now[n]).filter(|_| !of_run.is_empty()) {
                let found = find(run, new, &of_run);
                things.extend(found.into_iter().map(|(old, new)| ((n, old), new)));
            }
        }
        FoundAgain { runs, things }
    }

    /// The place that a run has now.
    pub fn run(&self, before: usize) -> Option<usize> {
        self.runs.get(before).copied().flatten()
    }

    /// The run's place and the thing, as they are now.
    pub fn thing(&self, run: usize, thing: Thing) -> Option<(usize, Thing)> {
        Some((self.run(run)?, *self.things.get(&(run, thing))?))
    }

    /// The same of a row.
    pub fn track(&self, run: usize, track: TrackKind) -> Option<(usize, TrackKind)> {
        match self.thing(run, Thing::Track(track))? {
            (run, Thing::Track(track)) => Some((run, track)),
            (_, Thing::Resource(_)) => None,
        }
    }
}

/// All of a name, in order.
type Namesakes = HashMap<(Sort, String), Vec<Thing>>;

/// One walk through each recording, however many things are looked for.
fn find(before: &Run, now: &Run, wanted: &[Thing]) -> Vec<(Thing, Thing)> {
    let named = |thing: Thing| Some((Sort::of(thing), name_in(before, thing)?));
    let mut old: Namesakes = wanted.iter().filter_map(|thing| Some((named(*thing)?, Vec::new()))).collect();
    let mut new = old.clone();
    gather(before, &mut old);
    gather(now, &mut new);
    let again = |thing: &Thing| {
        let name = named(*thing)?;
        let nth = old.get(&name)?.iter().position(|t| t == thing)?;
        Some((*thing, *new.get(&name)?.get(nth)?))
    };
    wanted.iter().filter_map(again).collect()
}

fn gather(run: &Run, namesakes: &mut Namesakes) {
    let tracks = run.index.tracks.iter().map(|t| (Thing::Track(t.kind), t.name.clone()));
    let tables = run.trace.tables();
    let resources = (0..tables.resources.len()).map(ResourceId::from_index);
    let resources = resources.map(|id| (Thing::Resource(id), tables.resource_name(id)));
    for (thing, name) in tracks.chain(resources) {
        if let Some(of_name) = namesakes.get_mut(&(Sort::of(thing), name)) {
            of_name.push(thing);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::session::fixture;
    use sim_core::trace::TaskId;

    fn task(id: u32) -> Thing {
        Thing::Track(TrackKind::Task(TaskId(id)))
    }

    #[test]
    fn of_two_things_of_one_name_each_is_found_again() {
        let before = [fixture::spawned(&["twin", "other", "twin"])];
        let now = [fixture::spawned(&["new", "twin", "twin", "twin"])];
        let again = FoundAgain::new(&before, &now, &[(0, task(0)), (0, task(1)), (0, task(2))]);
        let place = |id: u32| again.thing(0, task(id));
        assert_eq!([place(0), place(1), place(2)], [Some((0, task(1))), None, Some((0, task(2)))]);
    }
}
