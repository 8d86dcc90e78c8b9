//! The arguments, as clap reads them and `--help` explains them.

use std::path::PathBuf;

use clap::{Parser, Subcommand, ValueEnum};

/// The lesson that is told when nobody asked for one.
pub const FIRST_LESSON: &str = "blocked-executor";

/// See how concurrent programs really run: one workload as async tasks and as threads, on one simulated computer, every
/// poll, wake and context switch recorded.
///
/// Without a command, opens the window: on the library of lessons, or on FILE.
#[derive(Debug, Parser)]
#[command(name = "wakeline", version, args_conflicts_with_subcommands = true, max_term_width = 100)]
pub struct Args {
    /// A scenario (a .ron file, or the id of one that comes with the program) or a recorded trace (.wkl)
    pub file: Option<String>,
    /// What to do in the terminal
    #[command(subcommand)]
    pub command: Option<Command>,
}

/// What to do in the terminal.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Tell a scenario's story in text: its runs side by side, their figures and findings
    Run(RunArgs),
    /// Read scenarios, run every run of every variant, and assert what they expect; a line a scenario
    Check(CheckArgs),
    /// List the events of a scenario's run, or of a recorded trace
    Events(EventsArgs),
}

/// How the answer is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Format {
    /// For people
    Text,
    /// For programs: documented in README.md, stable
    Json,
}

/// What `run` is asked.
#[derive(Debug, clap::Args)]
pub struct RunArgs {
    /// A scenario: a .ron file, or the id of one that comes with the program
    pub scenario: String,
    /// Only this run ("async", "threads"); all of them otherwise
    #[arg(long, value_name = "ID")]
    pub run: Option<String>,
    /// The lesson with something changed: the id of one of its variants
    #[arg(long, value_name = "ID")]
    pub variant: Option<String>,
    /// The seed of every decision; the scenario's own otherwise
    #[arg(long, value_name = "N")]
    pub seed: Option<u64>,
    /// Change one value of the scenario before it is read: machine.cores=4, runs.async.workers=2,
    /// workload.tasks.hog.ops.1.0=50ms
    #[arg(long, value_name = "PATH=VALUE")]
    pub set: Vec<String>,
    /// What each step costs: a profile (cited, zero, jimblandy) or a file with a table; the scenario's own otherwise
    #[arg(long, value_name = "cited|zero|jimblandy|FILE")]
    pub costs: Option<String>,
    /// How the answer is written
    #[arg(long, value_enum, default_value = "text")]
    pub format: Format,
    /// Save the run as a trace that `wakeline OUT.wkl` opens; of several runs, one file each: OUT.async.wkl
    #[arg(long, value_name = "OUT.wkl")]
    pub trace: Option<PathBuf>,
    /// Only the run's markers, in order, on one line
    #[arg(long)]
    pub marks: bool,
}

impl RunArgs {
    /// The story of this scenario, all else as usual.
    pub fn of(scenario: &str) -> RunArgs {
        RunArgs {
            scenario: scenario.to_owned(),
            run: None,
            variant: None,
            seed: None,
            set: Vec::new(),
            costs: None,
            format: Format::Text,
            trace: None,
            marks: false,
        }
    }
}

/// What `check` is asked.
#[derive(Debug, clap::Args)]
pub struct CheckArgs {
    /// Scenario files, ids, or directories of scenario files
    #[arg(required = true, value_name = "PATH")]
    pub paths: Vec<String>,
}

/// What `events` is asked.
#[derive(Debug, clap::Args)]
pub struct EventsArgs {
    /// A scenario (file or id) or a recorded trace (.wkl)
    #[arg(value_name = "SCENARIO|TRACE")]
    pub source: String,
    /// Which run of the scenario; the first otherwise
    #[arg(long, value_name = "ID")]
    pub run: Option<String>,
    /// Only one hash of the whole trace: the same for the same scenario, seed and decisions, on every machine
    #[arg(long)]
    pub digest: bool,
}

impl EventsArgs {
    /// The events of this trace or scenario.
    pub fn of(source: &str) -> EventsArgs {
        EventsArgs { source: source.to_owned(), run: None, digest: false }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::CommandFactory;

    #[test]
    fn the_arguments_are_consistent() {
        Args::command().debug_assert();
    }

    #[test]
    fn a_file_alone_is_for_the_window() {
        let args = Args::parse_from(["wakeline", "x.wkl"]);
        assert_eq!((args.file.as_deref(), args.command.is_none()), (Some("x.wkl"), true));
        let args = Args::parse_from(["wakeline", "run", "c10k", "--set", "a=1", "--set", "b=2", "--costs", "zero"]);
        let Some(Command::Run(ask)) = args.command else { panic!("run is a command") };
        assert_eq!((ask.set.len(), ask.costs.as_deref()), (2, Some("zero")));
    }
}
