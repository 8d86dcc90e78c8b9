//! A long poll whose worker waited for a core: there are more workers than cores.

use sim_core::analysis::findings::{FindingKind, Thresholds, diagnose};
use sim_core::{Executor, spawn, work};

use crate::support::{legal, millis, textbook};

#[test]
fn a_poll_whose_worker_had_no_core_is_not_told_as_long_computing() {
    let outcome = legal(textbook(1).run_async(Executor::fifo(4), || async {
        let tasks: Vec<_> = (0..8).map(|_| spawn(async { work(millis(5)) })).collect();
        for task in tasks {
            task.await.unwrap();
        }
    }));
    let mut findings = diagnose(&outcome.trace, &Thresholds::default());
    findings.retain(|f| f.kind == FindingKind::LongPoll);
    assert!(!findings.is_empty());
    for finding in findings {
        assert!(!finding.explanation.contains("it computed all that time"), "{}", finding.explanation);
        assert!(finding.explanation.contains("more workers (4) than cores (1)"), "{}", finding.explanation);
    }
}
