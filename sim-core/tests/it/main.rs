//! Whole runs and whole traces.

mod support;

mod analysis_findings;
mod analysis_index;
mod analysis_metrics;
mod own_view;
mod riskiest_bet;
mod runs_read;
mod trace_file;
mod trace_legal;
mod trace_random;
mod trace_snapshot;
mod trace_text;
