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

pub use tree::Can;
use tree::Workload;

use super::modes::{MODES, Mode, mode};
use super::ours;

/// How many workloads all modes run together.
const WORKLOADS: usize = 10_000;

/// The markers of both, if they differ.
fn difference(mode: &Mode, workload: &Workload) -> Option<(String, String)> {
    let root = interpret::root(workload, mode.can);
    let real = mode.real?(&root);
    let (executor, root_is) = mode.ours?;
    let ours = ours::run(executor(), &root, root_is);
    (real != ours).then_some((real, ours))
}

/// Runs so many workloads in this mode, up to the first that differs; tells of the smallest like it.
pub fn first_difference(mode: &Mode, count: usize) -> Option<String> {
    // Each mode draws its own.
    let first = mode.name.bytes().fold(0, |seed: u64, byte| seed.wrapping_mul(31).wrapping_add(u64::from(byte)));
    let mut workloads = (0..count as u64).map(|i| generate::workload(first.wrapping_add(i), mode.can));
    workloads.find(|workload| difference(mode, workload).is_some()).map(|workload| told(mode, workload))
}

fn told(mode: &Mode, workload: Workload) -> String {
    let smallest = shrink::shrink(workload, mode.can, |workload| difference(mode, workload).is_some());
    let (real, ours) = difference(mode, &smallest).expect("the smallest differs, too");
    let text = ron::to_string(&smallest).expect("a workload can be written");
    format!("{} runs otherwise than its model:\n{text}\nreal: {real}\nours: {ours}", mode.name)
}

#[test]
fn ten_thousand_random_workloads_run_in_the_real_order() {
    let modes: Vec<&Mode> = MODES.iter().filter(|mode| mode.real.is_some() && mode.ours.is_some()).collect();
    let each = WORKLOADS.div_ceil(modes.len());
    let began = Instant::now();
    std::thread::scope(|scope| {
        for mode in &modes {
            scope.spawn(move || {
                if let Some(told) = first_difference(mode, each) {
                    panic!("{told}");
                }
            });
        }
    });
    let names: Vec<&str> = modes.iter().map(|mode| mode.name).collect();
    let count = each * modes.len();
    // Past the test runner, which keeps what a test that passes prints.
    let (names, took) = (names.join(", "), began.elapsed().as_secs_f64());
    writeln!(std::io::stderr(), "{count} random workloads, {each} each on {names}: 0 differences, in {took:.1} s")
        .unwrap();
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
        let markers = real(&interpret::root(&generate::workload(seed, all), all));
        seen.extend(markers.split(' ').map(|marker| marker.split(':').next_back().unwrap().to_owned()));
    }
    let expected = "begin busy elsewhere end first free join lock recv second self send spawn unlock waited yield";
    assert_eq!(seen.into_iter().collect::<Vec<_>>().join(" "), expected);
}
