//! Whole runs and whole traces.

mod lesson;
mod support;

mod analysis_findings;
mod analysis_index;
mod analysis_metrics;
mod own_view;
mod program_branches;
mod program_channels;
mod program_failures;
mod program_futures;
mod program_locks;
mod program_signals;
mod program_tasks;
mod program_waits;
mod riskiest_bet;
mod run_ends;
mod runs_read;
mod scenario_arithmetic;
mod scenario_errors;
mod scenario_hostile;
mod scenario_shipped;
mod scenario_world;
mod trace_file;
mod trace_legal;
mod trace_random;
mod trace_snapshot;
mod trace_text;
