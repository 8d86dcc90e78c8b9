//! Workloads in which a model once ran otherwise than its runtime.

use super::super::modes::mode;
use super::difference;

/// The mode and the workload.
const FOUND: [(&str, &str); 0] = [];

#[test]
fn what_once_differed_does_not_any_more() {
    for (name, text) in FOUND {
        let workload = ron::from_str(text).expect("a workload is written as RON");
        assert_eq!(difference(mode(name), &workload), None, "{name}: {text}");
    }
}
