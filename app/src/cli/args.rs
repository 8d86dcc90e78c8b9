//! The arguments, as clap reads them and `--help` explains them.

use std::path::PathBuf;

use clap::{Parser, Subcommand, ValueEnum};

use crate::session::settings::ThemeChoice;

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
    /// Draw the window as a picture, without a display
    Shot(ShotArgs),
    /// Measure what polls, wakes, spawns and switches cost on this computer, and write a cost profile
    Calibrate(CalibrateArgs),
    /// Turn one value of a scenario from one end to the other, and show what each run comes to: curves, or a table
    Sweep(SweepArgs),
    /// List the concurrency models that a run can name, with the real system that each follows
    Models,
    /// List the steps that a task of a scenario file can have, with what each does
    Steps,
}

/// How the answer is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Format {
    /// For people
    Text,
    /// For programs: documented in docs/json.md, stable
    Json,
}

/// The world of a run: what is changed in the scenario before it runs.
#[derive(Debug, Default, clap::Args)]
pub struct WorldArgs {
    /// The lesson with something changed: the id of one of its variants
    #[arg(long, value_name = "ID")]
    pub variant: Option<String>,
    /// The seed of every decision; the scenario's own otherwise
    #[arg(long, value_name = "N")]
    pub seed: Option<u64>,
    /// Change one value of the scenario before it is read (see below); may be given many times
    #[arg(long, value_name = "PATH=VALUE")]
    pub set: Vec<String>,
    /// What each step costs: a profile (cited, zero, jimblandy; calibrated, once `wakeline calibrate` has run) or a RON
    /// file with one; the scenario's own otherwise
    #[arg(long, value_name = "NAME|FILE")]
    pub costs: Option<String>,
}

/// How `--set` reads its paths: printed below the options.
const SET_HELP: &str = "\
How --set works:
  PATH leads through the file by names and numbers, with dots between. A name is a field, an entry
  of a map, or the element of a list that has it as its id; a number is a place in a list, from 0.
  VALUE is written as in the file; around a text, quotes may be left out. A field that was left out
  of the file is added. Values are set in the order given, then the file is checked as usual.

    --set machine.cores=4                          four cores
    --set runs.async.workers=2                     two workers in the run with the id async
    --set workload.tasks.hog.ops.1.0=50ms          the length of the second step of hog
    --set 'workload.tasks.hog.ops.1=Offload(\"50ms\")'";

/// What `run` is asked.
#[derive(Debug, clap::Args)]
#[command(after_help = SET_HELP)]
pub struct RunArgs {
    /// A scenario: a .ron file, or the id of one that comes with the program
    pub scenario: String,
    /// Only this run ("async", "threads"), or the workload under this model (see `models`), with as many workers as the
    /// scenario's async run where both take several; all runs otherwise
    #[arg(long, value_name = "ID")]
    pub run: Option<String>,
    /// The world that it runs in
    #[command(flatten)]
    pub world: WorldArgs,
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
            world: WorldArgs::default(),
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
    /// Hold every expectation to these costs, a profile or a RON file with one, instead of those that it names
    #[arg(long, value_name = "NAME|FILE")]
    pub costs: Option<String>,
}

/// What `events` is asked.
#[derive(Debug, clap::Args)]
#[command(after_help = SET_HELP)]
pub struct EventsArgs {
    /// A scenario (file or id) or a recorded trace (.wkl)
    #[arg(value_name = "SCENARIO|TRACE")]
    pub source: String,
    /// Which run of the scenario, or the model to run it under (see `models`); the first run otherwise
    #[arg(long, value_name = "ID")]
    pub run: Option<String>,
    /// The world that the scenario runs in; a recorded trace has had its own
    #[command(flatten)]
    pub world: WorldArgs,
    /// Only one hash of the whole trace: the same for the same scenario, seed and decisions, on every machine
    #[arg(long)]
    pub digest: bool,
}

impl EventsArgs {
    /// The events of this trace or scenario.
    pub fn of(source: &str) -> EventsArgs {
        EventsArgs { source: source.to_owned(), run: None, world: WorldArgs::default(), digest: false }
    }
}

/// What `shot` is asked.
#[derive(Debug, clap::Args)]
pub struct ShotArgs {
    /// A scenario (file or id) or a recorded trace (.wkl); the library without one
    #[arg(required_unless_present = "library")]
    pub scenario: Option<String>,
    /// The picture, a PNG file
    #[arg(short, long, value_name = "OUT.png")]
    pub output: PathBuf,
    /// Where the cursor stands: a time (82.1ms), or the number of an event of the first run
    #[arg(long, value_name = "TIME|EVENT", conflicts_with = "library")]
    pub at: Option<String>,
    /// What is selected, by its name: a task, a thread, a worker, a core
    #[arg(long, value_name = "NAME", conflicts_with = "library")]
    pub select: Option<String>,
    /// The step of the lesson, 1 for the first; it moves the cursor, too, unless --at does
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..), conflicts_with = "library")]
    pub step: Option<u32>,
    /// The stretch of time that is selected, such as 1.04s..1.08s
    #[arg(long, value_name = "FROM..TO", conflicts_with = "library")]
    pub span: Option<String>,
    /// The timeline alone, without the panels beside and below it
    #[arg(long, conflicts_with = "library")]
    pub wide: bool,
    /// How large the window is, in pixels
    #[arg(long, value_name = "WxH", default_value = "1440x900", value_parser = size)]
    pub size: (usize, usize),
    /// Which look it has
    #[arg(long, value_enum, default_value = "light")]
    pub theme: ThemeArg,
    /// What each step costs: a profile or a RON file with one, as for `run`; the scenario's own otherwise
    #[arg(long, value_name = "NAME|FILE")]
    pub costs: Option<String>,
    /// As an audience sees it: everything larger, the narration on top, the rest dimmed
    #[arg(long, conflicts_with = "library")]
    pub presenter: bool,
    /// The list of scenarios
    #[arg(long)]
    pub library: bool,
}

/// What `calibrate` is asked.
#[derive(Debug, clap::Args)]
pub struct CalibrateArgs {
    /// The profile, a RON file for `--costs` and scenarios; among the settings otherwise, where the window and
    /// `--costs calibrated` find it
    #[arg(short, long, value_name = "FILE")]
    pub output: Option<PathBuf>,
    /// Two seconds instead of half a minute: rough
    #[arg(long)]
    pub quick: bool,
}

/// How `--over` reads what is turned: printed below the options.
const OVER_HELP: &str = "\
How --over works:
  PATH leads to a value of the file, as with --set. FROM and TO are whole numbers, or durations with
  a unit. After a colon: log or linear, and how many values; without it, they are round numbers.

    --over workload.tasks.conn.count=1..100000:log    1, 2, 5, 10, 20, 50 … tasks
    --over machine.cores=1..8                         1, 2, 3 … 8 cores
    --over workload.tasks.hog.ops.1.0=1ms..1s:log:7   seven lengths of the second step of hog";

/// What `sweep` is asked.
#[derive(Debug, clap::Args)]
#[command(after_help = OVER_HELP)]
pub struct SweepArgs {
    /// A scenario: a .ron file, or the id of one that comes with the program
    pub scenario: String,
    /// What is turned, and from where to where
    #[arg(long, value_name = "PATH=FROM..TO[:log|:linear][:N]")]
    pub over: String,
    /// Runs of the scenario, or models ("tokio_multi_thread"): all the scenario's runs otherwise
    #[arg(long, value_name = "RUN,…", value_delimiter = ',')]
    pub runs: Vec<String>,
    /// How many values; round numbers otherwise
    #[arg(long, value_name = "N")]
    pub steps: Option<usize>,
    /// The world that it runs in
    #[command(flatten)]
    pub world: WorldArgs,
    /// Write the figures (.csv) or the curves (.svg, .png) into a file
    #[arg(short, long, value_name = "OUT.csv|OUT.svg|OUT.png")]
    pub output: Option<PathBuf>,
    /// Which look the picture has
    #[arg(long, value_enum, default_value = "light")]
    pub theme: ThemeArg,
    /// How many runs at a time; as many as the computer has cores otherwise
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..=1024))]
    pub threads: Option<u32>,
}

/// A look of the window.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum ThemeArg {
    /// Dark on light
    Light,
    /// Light on dark
    Dark,
    /// Dark on light in high contrast
    Contrast,
    /// Light on dark in high contrast
    ContrastDark,
}

impl ThemeArg {
    /// The look as the window knows it.
    pub fn choice(self) -> ThemeChoice {
        match self {
            ThemeArg::Light => ThemeChoice::Light,
            ThemeArg::Dark => ThemeChoice::Dark,
            ThemeArg::Contrast => ThemeChoice::Contrast,
            ThemeArg::ContrastDark => ThemeChoice::ContrastDark,
        }
    }
}

/// The smallest and largest picture, in pixels a side.
const SIZES: std::ops::RangeInclusive<usize> = 320..=8192;

fn size(text: &str) -> Result<(usize, usize), String> {
    let read = text.split_once('x').and_then(|(w, h)| Some((w.parse().ok()?, h.parse().ok()?)));
    read.filter(|(w, h)| SIZES.contains(w) && SIZES.contains(h)).ok_or_else(|| {
        format!("expected WIDTHxHEIGHT such as 1440x900, each from {} to {}", SIZES.start(), SIZES.end())
    })
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
        assert_eq!((ask.world.set.len(), ask.world.costs.as_deref()), (2, Some("zero")));
    }
}
