//! Beyond the recorded workloads: thousands of small ones, drawn from a seed, each run by the real runtime and by our
//! model of it. A difference is made as small as it gets and printed as RON, to become a test in `found`.

mod found;
mod generate;
mod interpret;
mod shrink;
mod tree;

use std::collections::BTreeSet;
use std::io::Write as _;
use std::time::Instant;

use sim_core::Executor;
pub use tree::Can;
use tree::Workload;

use super::modes::{MODES, Mode, mode};
use super::ours;
use super::real_tokio::RootIs;

/// How many workloads all modes run together; `WAKELINE_WORKLOADS` asks for more.
const WORKLOADS: usize = 10_000;

/// The markers of the real runtime and of this model of it, if they differ.
fn difference(mode: &Mode, executor: fn() -> Executor, workload: &Workload) -> Option<(String, String)> {
    assert!(workload.is_sound(mode.can), "this may never come to its end: {workload:?}");
    let root = interpret::root(workload, mode.can);
    let real = mode.real.expect("only what runs here can be compared")(&root, mode.root);
    let ours = ours::run(executor(), &root, mode.root);
    (real != ours).then_some((real, ours))
}

/// The first of so many workloads that this model runs otherwise than the runtime.
pub fn first_difference(mode: &Mode, executor: fn() -> Executor, count: usize) -> Option<Workload> {
    // Each mode draws its own.
    let first = mode.name.bytes().fold(0, |seed: u64, byte| seed.wrapping_mul(31).wrapping_add(u64::from(byte)));
    let mut workloads = (0..count as u64).map(|i| generate::workload(first.wrapping_add(i), mode.can));
    workloads.find(|workload| difference(mode, executor, workload).is_some())
}

/// The smallest workload like it that the model still runs otherwise.
fn smallest(mode: &Mode, executor: fn() -> Executor, workload: Workload) -> Workload {
    shrink::shrink(workload, mode.can, |workload| difference(mode, executor, workload).is_some())
}

fn told(mode: &Mode, executor: fn() -> Executor, workload: Workload) -> String {
    let smallest = smallest(mode, executor, workload);
    let (real, ours) = difference(mode, executor, &smallest).expect("the smallest differs, too");
    let text = ron::to_string(&smallest).expect("a workload can be written");
    format!("{} runs otherwise than its model:\n{text}\nreal: {real}\nours: {ours}", mode.name)
}

/// As short as the text of the smallest workload gets that shows this model to be wrong.
pub fn smallest_text(mode: &Mode, executor: fn() -> Executor) -> String {
    let found = first_difference(mode, executor, WORKLOADS).expect("the model is wrong");
    ron::to_string(&smallest(mode, executor, found)).expect("a workload can be written")
}

#[test]
fn ten_thousand_random_workloads_run_in_the_real_order() {
    let modes = MODES.iter().filter(|mode| mode.real.is_some());
    let pairs: Vec<_> = modes.flat_map(|mode| mode.ours.iter().map(move |executor| (mode, *executor))).collect();
    let asked = std::env::var("WAKELINE_WORKLOADS").ok().and_then(|n| n.parse().ok());
    let each = asked.unwrap_or(0).max(WORKLOADS).div_ceil(pairs.len());
    let began = Instant::now();
    let differences: Vec<String> = std::thread::scope(|scope| {
        let compare = |(mode, executor): (&'static Mode, fn() -> Executor)| {
            scope.spawn(move || first_difference(mode, executor, each).map(|found| told(mode, executor, found)))
        };
        let threads: Vec<_> = pairs.iter().copied().map(compare).collect();
        threads.into_iter().filter_map(|thread| thread.join().expect("a run panicked")).collect()
    });
    assert!(differences.is_empty(), "{}", differences.join("\n\n"));
    let names: BTreeSet<&str> = pairs.iter().map(|(mode, _)| mode.name).collect();
    let names = names.into_iter().collect::<Vec<_>>().join(", ");
    let (count, took) = (each * pairs.len(), began.elapsed().as_secs_f64());
    // Past the test runner, which keeps what a test that passes prints.
    writeln!(std::io::stderr(), "{count} random workloads, {each} on each pair of a real runtime and a model of it ({names}): 0 differences, in {took:.1} s").unwrap();
    assert!(count >= WORKLOADS);
}

#[test]
fn a_workload_is_the_same_when_it_is_read_again() {
    for seed in 0..50 {
        let workload = generate::workload(seed, Can { sleep: true, elsewhere: true });
        let text = ron::to_string(&workload).unwrap();
        assert_eq!(ron::from_str::<Workload>(&text).unwrap(), workload);
    }
}

#[test]
fn random_workloads_do_all_that_can_be_done() {
    let real = mode("tokio_ct_main").real.expect("tokio runs here");
    let mut seen = BTreeSet::new();
    for seed in 0..300 {
        let all = Can { sleep: true, elsewhere: true };
        let markers = real(&interpret::root(&generate::workload(seed, all), all), RootIs::Main);
        seen.extend(markers.split(' ').map(|marker| marker.split(':').next_back().unwrap().to_owned()));
    }
    let expected = "begin busy elsewhere end first free join lock recv second self send spawn unlock waited yield";
    assert_eq!(seen.into_iter().collect::<Vec<_>>().join(" "), expected);
}
