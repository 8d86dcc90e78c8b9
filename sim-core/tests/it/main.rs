//! Whole runs and whole traces: recorded by hand, run from Rust, run from scenario files.

mod support;

mod analysis_findings;
mod analysis_index;
mod analysis_metrics;
mod riskiest_bet;
mod trace_file;
mod trace_legal;
mod trace_random;
mod trace_snapshot;
mod trace_text;
