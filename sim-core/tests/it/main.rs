//! Whole runs and whole traces.

mod support;

mod aborts;
mod analysis_findings;
mod analysis_index;
mod analysis_metrics;
mod costs;
mod determinism;
mod devices;
mod endings;
mod foreign_wakes;
mod golden_orders;
mod locks;
mod own_policy;
mod own_view;
mod panics;
mod random_runs;
mod replay;
mod riskiest_bet;
mod run_ends;
mod runs_read;
mod third_party;
mod thread_policies;
mod timers;
mod trace_file;
mod trace_legal;
mod trace_random;
mod trace_snapshot;
mod trace_text;
mod wakers;
