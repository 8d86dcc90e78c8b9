//! The scenarios that ship: every run of every variant is legal, ends, and is the same every time.

use std::path::Path;

use crate::lesson::assert_legal;
use sim_core::scenario::{RunOptions, Scenario};

/// Every shipped scenario, in order of file name.
pub fn shipped() -> Vec<Scenario> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../scenarios");
    let mut files: Vec<_> = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.retain(|file| file.extension().is_some_and(|end| end == "ron"));
    files.sort();
    let read = |file: &std::path::PathBuf| Scenario::read(file, &[]).unwrap_or_else(|errors| panic!("{errors}"));
    files.iter().map(read).collect()
}

/// Each scenario as written and as each of its variants, with the variant's id.
fn variants(scenario: &Scenario) -> Vec<(RunOptions, Scenario)> {
    let ids = std::iter::once(None).chain(scenario.variants.iter().map(|v| Some(v.id.clone())));
    ids.map(|variant| {
        let options = RunOptions { variant, ..RunOptions::default() };
        let asked = scenario.as_asked(&options).unwrap();
        (options, asked)
    })
    .collect()
}

#[test]
fn every_run_of_every_variant_is_legal() {
    let shipped = shipped();
    assert!(shipped.len() >= 13);
    for scenario in &shipped {
        for (options, asked) in variants(scenario) {
            for run in &asked.runs {
                let what = format!("{} {} {:?}", scenario.id, run.id, options.variant);
                assert_legal(&asked.execute(&run.id, &options, None), &what);
            }
        }
    }
}

#[test]
fn the_same_run_is_the_same_a_hundred_times() {
    for scenario in shipped() {
        // A hundred connections are as good a witness as ten thousand, and are done a hundred times in a second.
        let scenario = match scenario.id.as_str() {
            "c10k" => scenario.with(&["workload.tasks.conn.count=100".to_owned()]).unwrap(),
            _ => scenario,
        };
        for (options, asked) in variants(&scenario) {
            for run in &asked.runs {
                let digest = asked.execute(&run.id, &options, None).digest();
                for nth in 2..=100 {
                    let again = asked.execute(&run.id, &options, None).digest();
                    assert_eq!(again, digest, "{} {} {:?}, time {nth}", scenario.id, run.id, options.variant);
                }
            }
        }
    }
}

#[test]
fn file_names_are_ids_and_places_in_the_curriculum_are_taken_once() {
    let shipped = shipped();
    let number = |scenario: &Scenario| scenario.number.unwrap_or_else(|| panic!("{} has no number", scenario.id));
    let mut numbers: Vec<u32> = shipped.iter().map(number).collect();
    numbers.sort_unstable();
    numbers.dedup();
    assert_eq!(numbers.len(), shipped.len());
    for scenario in &shipped {
        assert!(scenario.place().is_some(), "{} has no place in the curriculum", scenario.id);
        assert_eq!(Path::new(&scenario.file).file_stem().unwrap().to_str(), Some(scenario.id.as_str()));
    }
}
