//! Whole traces, recorded by hand: what is read from them.

mod support;

mod analysis_findings;
mod analysis_index;
mod analysis_metrics;
mod trace_file;
mod trace_legal;
mod trace_random;
mod trace_snapshot;
