//! What stretches of time add up to.

use sim_core::analysis::index::Index;
use sim_core::analysis::metrics::Metrics;
use sim_core::analysis::sums::Sums;
use sim_core::instant::{SimDuration, SimTime};
use sim_core::trace::event::*;
use sim_core::trace::keyframes::Keyframes;
use sim_core::trace::*;

use crate::support::*;

struct Asked {
    trace: Trace,
    index: Index,
    keyframes: Keyframes,
}

impl Asked {
    fn of(trace: Trace) -> Asked {
        Asked { index: Index::build(&trace), keyframes: Keyframes::build(&trace), trace }
    }

    fn between(&self, from: f64, to: f64) -> Sums {
        self.index.sums().between(&self.trace, &self.keyframes, ms(from), ms(to))
    }
}

/// Two tasks wake each other, many times; the second always waits its turn.
fn many_polls(rounds: u32) -> Trace {
    let mut script = Script::workers(1);
    let (a, b) = (script.spawn("a"), script.spawn("b"));
    for round in 0..rounds {
        let at = f64::from(round);
        script.at(at).poll(a).at(at + 0.25).poll_ends(a, PollResult::Pending);
        script.poll(b).at(at + 0.5).wake(a, Actor::Task(b)).poll_ends(b, PollResult::Pending).wake(b, Actor::Run);
    }
    script.at(f64::from(rounds));
    script.end(EndReason::Finished)
}

#[test]
fn a_stretch_counts_what_begins_in_it_and_cuts_what_lasts() {
    let asked = Asked::of(one_request());
    let all = asked.between(0.0, 14.0);
    assert_eq!((all.polls, all.wakes, all.completions), (2, 1, 1));
    assert_eq!(all.busy, SimDuration::from_millis(4));
    let middle = asked.between(1.0, 12.0);
    assert_eq!((middle.polls, middle.wakes), (0, 0), "what happens at the end does not belong to it");
    assert_eq!(middle.busy, SimDuration::from_millis(1));
    assert_eq!(asked.between(12.0, 13.0).wakes, 1);
    assert_eq!(asked.between(12.0, 13.0).busy_share(), 1.0);
}

#[test]
fn inside_the_only_poll_a_poll_runs_though_none_begins() {
    let asked = Asked::of(one_request());
    let inside = asked.between(0.5, 1.5);
    assert_eq!((inside.polls, inside.polls_ran), (0, 1));
    assert_eq!((inside.dispatches, inside.turns_ran), (0, 1));
    assert_eq!(inside.busy_share(), 1.0);
    let after = asked.between(2.0, 12.0);
    assert_eq!((after.polls_ran, after.turns_ran), (0, 0), "what ends where it begins takes none of it");
    let both = asked.between(1.0, 13.0);
    assert_eq!((both.polls, both.polls_ran, both.turns_ran), (1, 2, 2));
    assert_eq!(asked.between(14.0, 20.0).polls_ran, 0);
}

#[test]
fn the_whole_is_what_the_figures_say() {
    let trace = many_polls(2_000);
    let metrics = Metrics::of(&trace);
    let asked = Asked::of(trace);
    let all = asked.between(0.0, 2_001.0);
    assert_eq!((all.polls, all.wakes, all.switches), (metrics.polls, metrics.wakes.all, metrics.switches.all));
    assert_eq!(all.busy, metrics.cores.busy);
    assert_eq!(u64::from(all.ready.most), metrics.ready.peak);
    let ready: SimDuration = metrics.tasks.iter().map(|t| t.ready).sum();
    assert_eq!(all.ready.total, ready);
}

#[test]
fn neighbouring_stretches_add_up_wherever_they_are_cut() {
    let asked = Asked::of(many_polls(2_500));
    assert!(asked.trace.len() > 3 * 4_096, "there are several kept totals: {}", asked.trace.len());
    for (from, cut, to) in
        [(0.0, 1.0, 2.0), (0.3, 900.1, 2_400.7), (10.25, 10.25, 1_700.5), (2_000.0, 2_499.0, 2_600.0)]
    {
        let (whole, left, right) = (asked.between(from, to), asked.between(from, cut), asked.between(cut, to));
        assert_eq!(whole.polls, left.polls + right.polls);
        assert_eq!(whole.wakes, left.wakes + right.wakes);
        assert_eq!(whole.busy, left.busy + right.busy);
        assert_eq!(whole.ready.total, left.ready.total + right.ready.total);
        assert_eq!(whole.length, left.length + right.length);
        assert_eq!(whole.ready.most, left.ready.most.max(right.ready.most));
    }
}

#[test]
fn after_its_end_a_run_does_nothing() {
    let asked = Asked::of(one_request());
    let sums = asked.between(14.5, 20.0);
    assert_eq!((sums.polls, sums.busy, sums.ready.most), (0, SimDuration::ZERO, 0));
    assert_eq!(sums.length, ms(20.0).since(ms(14.5)));
    assert_eq!(asked.between(20.0, 14.5), sums, "either end may be given first");
    assert_eq!(asked.between(3.0, 3.0).busy_share(), 0.0);
    let empty = Asked::of(Trace::default());
    assert_eq!(empty.index.sums().between(&empty.trace, &empty.keyframes, SimTime::ZERO, ms(1.0)).polls, 0);
}

#[test]
fn a_queue_that_goes_on_is_counted_from_the_edge() {
    let asked = Asked::of(many_polls(10));
    let sums = asked.between(3.1, 3.2);
    assert_eq!((sums.polls, sums.ready.most), (0, 1));
    assert_eq!(sums.ready.total, SimDuration::from_micros(100));
}
