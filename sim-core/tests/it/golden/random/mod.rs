//! Beyond the recorded workloads: thousands of small ones, drawn from a seed, each run by the real runtime and by our
//! model of it. A difference is made as small as it gets and printed as RON, to become a test in `found`.

mod found;
mod generate;
mod interpret;
mod shrink;
mod tree;

use std::collections::BTreeSet;
use std::io::Write as _;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::Instant;

use sim_core::Executor;
use tree::Workload;
pub use tree::{Can, Elsewhere};

use super::modes::{Mode, mode, runtimes};
use super::ours;
use super::real_tokio::RootIs;

/// How many workloads run on each real runtime; `WAKELINE_WORKLOADS` says otherwise, and has each run in every mode.
const WORKLOADS: u64 = 10_000;
/// Of so many runs of ours one keeps its trace, to be checked. Prime, so that it is not always in the same modes.
const TRACED: u64 = 17;

/// A runtime of ours in a mode.
type Ours = fn() -> Executor;

/// The markers of the real runtime and of this model of it, if they differ.
fn difference(mode: &Mode, executor: Ours, workload: &Workload) -> Option<(String, String)> {
    assert!(workload.is_sound(), "this may never come to its end: {workload:?}");
    let root = interpret::root(workload, mode.can);
    let real = mode.real.expect("only what runs here can be compared")(&root, mode.root);
    let ours = ours::run(executor(), &root, mode.root);
    (real != ours).then_some((real, ours))
}

/// The first workload that this model runs otherwise than the runtime.
pub fn first_difference(mode: &Mode, executor: Ours) -> Option<Workload> {
    (0..WORKLOADS).map(generate::workload).find(|workload| difference(mode, executor, workload).is_some())
}

/// The smallest workload like it that the model still runs otherwise.
fn smallest(mode: &Mode, executor: Ours, workload: Workload) -> Workload {
    shrink::shrink(workload, |workload| difference(mode, executor, workload).is_some())
}

fn told(mode: &Mode, executor: Ours, workload: Workload) -> String {
    let smallest = smallest(mode, executor, workload);
    let (real, ours) = difference(mode, executor, &smallest).expect("the smallest differs, too");
    let text = ron::to_string(&smallest).expect("a workload can be written");
    format!("{} runs otherwise than its model:\n{text}\nreal: {real}\nours: {ours}", mode.name)
}

/// As short as the text of the smallest workload gets that shows this model to be wrong.
pub fn smallest_text(mode: &Mode, executor: Ours) -> String {
    let found = first_difference(mode, executor).expect("the model is wrong");
    ron::to_string(&smallest(mode, executor, found)).expect("a workload can be written")
}

/// In which modes a workload runs.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Modes {
    /// In one of each real runtime, in turn.
    OneEach,
    All,
}

impl Modes {
    fn of(self, seed: u64) -> Vec<&'static Mode> {
        match self {
            Modes::OneEach => runtimes().map(|modes| &modes[seed as usize % modes.len()]).collect(),
            Modes::All => runtimes().flatten().collect(),
        }
    }
}

/// Runs the workload of this seed. Answers those that differ.
fn run(seed: u64, modes: Modes) -> Vec<(&'static Mode, Ours)> {
    let workload = generate::workload(seed);
    let ours = if seed.is_multiple_of(TRACED) { ours::run } else { ours::run_untraced };
    let mut different = Vec::new();
    for mode in modes.of(seed) {
        let root = interpret::root(&workload, mode.can);
        let real = mode.real.expect("only what runs here can be compared")(&root, mode.root);
        let differs = |executor: &Ours| ours(executor(), &root, mode.root) != real;
        different.extend(mode.ours.iter().copied().filter(differs).map(|executor| (mode, executor)));
    }
    different
}

/// The first seed whose workload differs somewhere, of so many, and where. Spread over the computer's cores: seeds are
/// begun in order and ended once begun, so that it is the same one every time.
fn first_that_differs(count: u64, modes: Modes) -> Option<(u64, Vec<(&'static Mode, Ours)>)> {
    let (next, is_found, found) = (AtomicU64::new(0), AtomicBool::new(false), Mutex::new(Vec::new()));
    let compare = || {
        while !is_found.load(Ordering::Relaxed) {
            let seed = next.fetch_add(1, Ordering::Relaxed);
            if seed >= count {
                return;
            }
            let different = run(seed, modes);
            if !different.is_empty() {
                is_found.store(true, Ordering::Relaxed);
                found.lock().unwrap().push((seed, different));
            }
        }
    };
    let threads = std::thread::available_parallelism().map_or(1, usize::from);
    std::thread::scope(|scope| (0..threads).for_each(|_| drop(scope.spawn(compare))));
    found.into_inner().unwrap().into_iter().min_by_key(|(seed, _)| *seed)
}

#[test]
fn ten_thousand_random_workloads_run_on_each_real_runtime_in_its_order() {
    let asked = std::env::var("WAKELINE_WORKLOADS").ok().map(|n| n.parse().expect("WAKELINE_WORKLOADS is a number"));
    let (count, modes) = asked.map_or((WORKLOADS, Modes::OneEach), |count| (count, Modes::All));
    let began = Instant::now();
    if let Some((seed, different)) = first_that_differs(count, modes) {
        let told = different.into_iter().map(|(mode, executor)| told(mode, executor, generate::workload(seed)));
        panic!("{}", told.collect::<Vec<_>>().join("\n\n"));
    }
    let compared: usize = (0..count).flat_map(|seed| modes.of(seed)).map(|mode| mode.ours.len()).sum();
    let names = runtimes().map(|modes| modes[0].runtime).collect::<Vec<_>>().join(", ");
    let (each, took) = (runtimes().count(), began.elapsed().as_secs_f64());
    // Past the test runner, which keeps what a test that passes prints.
    writeln!(std::io::stderr(), "{count} random workloads, each on {each} real runtimes ({names}) and on our models of them: {compared} comparisons, 0 differences, in {took:.1} s").unwrap();
}

#[test]
fn a_workload_is_the_same_when_it_is_read_again() {
    for seed in 0..50 {
        let workload = generate::workload(seed);
        let text = ron::to_string(&workload).unwrap();
        assert_eq!(ron::from_str::<Workload>(&text).unwrap(), workload);
    }
}

#[test]
fn random_workloads_do_all_that_can_be_done() {
    let real = mode("tokio_ct_main").real.expect("tokio runs here");
    let mut seen = BTreeSet::new();
    for seed in 0..300 {
        let all = Can { sleep: true, elsewhere: Elsewhere::SpawnAndWake };
        let markers = real(&interpret::root(&generate::workload(seed), all), RootIs::Main);
        seen.extend(markers.split(' ').map(|marker| marker.split(':').next_back().unwrap().to_owned()));
    }
    let expected = "begin busy drop elsewhere end first free join lock recv second self send spawn unlock waited yield";
    assert_eq!(seen.into_iter().collect::<Vec<_>>().join(" "), expected);
}
