//! What a person has set up goes along when the same document is run again: selection, what was looked at, pins,
//! breakpoints. What is not there any more is told.

use sim_core::analysis::inspect::Thing;
use sim_core::analysis::track::{Link, TrackKind};

use super::breakpoints::Breakpoint;
use super::found_again::{FoundAgain, name_in};
use super::{FindingId, Run, Selection, Session, run_letter};

/// So many things that are gone are named.
const MOST_NAMED: usize = 3;

/// What was set up for something that is gone.
struct Gone {
    run: usize,
    thing: Thing,
    what: &'static str,
}

impl Session {
    /// The things of these runs that a person has set something up for.
    pub(super) fn lasting(&self, runs: &[Run]) -> Vec<(usize, Thing)> {
        let mut things: Vec<(usize, Thing)> = self.selection.thing().into_iter().collect();
        things.extend(self.looked.all().iter().filter_map(Selection::thing));
        things.extend(self.breakpoints.iter().filter_map(|stop| stop.track()).map(|(run, t)| (run, Thing::Track(t))));
        for (n, run) in runs.iter().enumerate() {
            things.extend(run.rows.pins().iter().map(|track| (n, Thing::Track(*track))));
        }
        things.sort();
        things.dedup();
        things
    }

    /// Brings to the runs that are open now what was set up in those before.
    pub(super) fn take_along(&mut self, before: &mut [Run], again: &FoundAgain) {
        let mut gone = Vec::new();
        let lost = self.selection.thing().filter(|(run, thing)| again.thing(*run, *thing).is_none());
        // A step of the lesson that is about to be shown selects something itself.
        if let Some((run, thing)) = lost.filter(|_| self.step_wanted.is_none()) {
            gone.push(Gone { run, thing, what: "selection" });
        }
        for (n, old) in before.iter_mut().enumerate() {
            let track = |track: TrackKind| again.track(n, track).map(|(_, track)| track);
            let lost = old.rows.pins().iter().filter(|t| track(**t).is_none());
            gone.extend(lost.map(|t| Gone { run: n, thing: Thing::Track(*t), what: "pin" }));
            // The rows stay arranged as they were.
            if let Some(new) = again.run(n) {
                self.runs[new].rows = std::mem::take(&mut old.rows).kept(track);
            }
        }
        for stop in std::mem::take(&mut self.breakpoints) {
            match (stop, stop.track().map(|(run, track)| (run, track, again.track(run, track)))) {
                (_, Some((_, _, Some((run, track))))) => self.breakpoints.push(Breakpoint::Track { run, track }),
                (_, Some((run, track, None))) => {
                    gone.push(Gone { run, thing: Thing::Track(track), what: "breakpoint" });
                }
                (stop, None) => self.breakpoints.push(stop),
            }
        }
        self.finding = self.finding.and_then(|id| finding_again(id, before, &self.runs, again));
        self.focus = again.run(self.focus).unwrap_or(0);
        let runs = &self.runs;
        let moved = |selection: Selection| selection_again(selection, before, runs, again);
        self.looked.replace(moved);
        self.selection = moved(self.selection).unwrap_or_default();
        self.looked.note(self.selection);
        for text in gone_text(before, &gone, again) {
            self.passing_notice(text);
        }
    }
}

/// The same selection now; none if what was selected is gone.
fn selection_again(selection: Selection, before: &[Run], now: &[Run], again: &FoundAgain) -> Option<Selection> {
    let (run, thing) = selection.thing()?;
    let (new_run, new_thing) = again.thing(run, thing)?;
    let row = Selection::of(new_run, new_thing);
    let arrow = selection.link().and_then(|(_, link)| {
        let nth = links_into(before.get(run)?, link.to).position(|l| l == link)?;
        links_into(now.get(new_run)?, row.track()?.1).nth(nth)
    });
    // An arrow that is gone leaves the row it led to.
    Some(arrow.map_or(row, |link| Selection::Link { run: new_run, link }))
}

fn links_into(run: &Run, track: TrackKind) -> impl Iterator<Item = Link> {
    let index = &run.index;
    let places = index.track(track).map_or(&[][..], |track| index.links_into(track));
    places.iter().filter_map(|place| index.links().get(*place as usize))
}

/// The finding that says the same now.
fn finding_again(id: FindingId, before: &[Run], now: &[Run], again: &FoundAgain) -> Option<FindingId> {
    let found = before.get(id.run)?.findings();
    let finding = found.get(id.place)?;
    let same = |f: &sim_core::analysis::findings::Finding| (f.kind, &f.title) == (finding.kind, &finding.title);
    let nth = found[..id.place].iter().filter(|f| same(f)).count();
    let run = again.run(id.run)?;
    let of_now = now[run].findings().iter().enumerate();
    let place = of_now.filter(|(_, f)| same(f)).map(|(place, _)| place).nth(nth)?;
    Some(FindingId { run, place })
}

/// What is gone, a sentence a thing.
fn gone_text(before: &[Run], gone: &[Gone], again: &FoundAgain) -> Vec<String> {
    let mut once = Vec::new();
    for thing in gone.iter().map(|g| (g.run, g.thing)) {
        if !once.contains(&thing) {
            once.push(thing);
        }
    }
    let say = |(run, thing): &(usize, Thing)| {
        let name = name_in(before.get(*run)?, *thing)?;
        let whats: Vec<&str> = gone.iter().filter(|g| (g.run, g.thing) == (*run, *thing)).map(|g| g.what).collect();
        let are = if whats.len() == 1 { "is" } else { "are" };
        let letter = run_letter(*run);
        Some(match again.run(*run) {
            Some(_) => format!("There is no {name} in run {letter} any more: its {} {are} gone.", list(&whats)),
            None => format!("There is no run {letter} any more: the {} of {name} {are} gone.", list(&whats)),
        })
    };
    let mut texts: Vec<String> = once.iter().take(MOST_NAMED).filter_map(say).collect();
    if once.len() > MOST_NAMED {
        texts.push(format!("{} more things that were pinned or stopped at are gone.", once.len() - MOST_NAMED));
    }
    texts
}

/// "pin", "pin and breakpoint", "selection, pin and breakpoint".
fn list(words: &[&str]) -> String {
    match words {
        [] => String::new(),
        [only] => (*only).to_owned(),
        [others @ .., last] => format!("{} and {last}", others.join(", ")),
    }
}
