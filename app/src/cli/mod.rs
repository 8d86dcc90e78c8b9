//! The command line: what can be asked, and with which exit code it is answered.
//!
//! Owns arguments and exit codes: 0 fine, 1 an expectation fails, 2 bad input. Errors go to stderr; a reader that goes
//! away (`| head`) ends the program quietly. What a command prints is its own file's.

mod args;
mod asked;
mod calibrate;
mod check;
mod events;
mod figures;
mod happened;
mod lanes;
mod models;
mod report;
mod run;
mod short;
mod shot;
mod steps;
mod story;
mod sweep;
mod sweep_table;
mod wrap;

use std::io::{self, BufWriter, Write};
use std::path::PathBuf;
use std::process::ExitCode;

use clap::Parser;
use miette::{Diagnostic, Report};
use sim_core::scenario::ScenarioErrors;

use args::{Args, Command};

/// Why a command could not do what was asked.
#[derive(Debug)]
pub enum Failure {
    /// What was given is wrong: exit code 2.
    Input(Box<dyn Diagnostic + Send + Sync>),
    /// A scenario cannot be used: exit code 2.
    Scenario(ScenarioErrors),
    /// An expectation fails: exit code 1. What failed is printed already.
    Expectation,
    /// The output could not be written.
    Output(io::Error),
}

impl From<io::Error> for Failure {
    fn from(error: io::Error) -> Failure {
        Failure::Output(error)
    }
}

impl From<ScenarioErrors> for Failure {
    fn from(errors: ScenarioErrors) -> Failure {
        Failure::Scenario(errors)
    }
}

/// What a person did wrong besides the file: a name, a number, a path.
#[derive(Debug, thiserror::Error, Diagnostic)]
#[error("{message}")]
pub struct Wrong {
    message: String,
    #[help]
    help: Option<String>,
}

impl Wrong {
    /// The failure that this is, with this advice.
    pub fn failure(message: impl Into<String>, help: impl Into<String>) -> Failure {
        let help = Some(help.into()).filter(|help: &String| !help.is_empty());
        Failure::Input(Box::new(Wrong { message: message.into(), help }))
    }
}

/// Reads the arguments and does what they ask. `open_window` shows the window on a file; its error says in one line why
/// there is none.
pub fn main(open_window: impl FnOnce(Option<PathBuf>) -> Result<(), String>) -> ExitCode {
    let args = match Args::try_parse() {
        Ok(args) => args,
        Err(help_or_error) => {
            let code = if help_or_error.use_stderr() { 2 } else { 0 };
            // Printing help into a closed pipe is no failure.
            let _ = help_or_error.print();
            return ExitCode::from(code);
        }
    };
    let mut out = BufWriter::new(io::stdout().lock());
    let done = match &args.command {
        None => window(args.file.as_deref(), &mut out, open_window),
        Some(Command::Run(ask)) => run::run(ask, &mut out),
        Some(Command::Check(ask)) => check::check(ask, &mut out),
        Some(Command::Events(ask)) => events::events(ask, &mut out),
        Some(Command::Shot(ask)) => shot::shot(ask),
        Some(Command::Calibrate(ask)) => calibrate::calibrate(ask, &mut out),
        Some(Command::Sweep(ask)) => sweep::sweep(ask, &mut out),
        Some(Command::Models) => models::models(&mut out),
        Some(Command::Steps) => steps::steps(&mut out),
    };
    let done = done.and_then(|()| out.flush().map_err(Failure::Output));
    exit_code(done)
}

fn exit_code(done: Result<(), Failure>) -> ExitCode {
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(Failure::Expectation) => ExitCode::from(1),
        Err(Failure::Output(error)) if error.kind() == io::ErrorKind::BrokenPipe => ExitCode::SUCCESS,
        Err(Failure::Output(error)) => {
            let _ = writeln!(io::stderr(), "the output could not be written: {error}");
            ExitCode::from(2)
        }
        Err(Failure::Input(error)) => {
            let _ = writeln!(io::stderr(), "{:?}", Report::new_boxed(error));
            ExitCode::from(2)
        }
        Err(Failure::Scenario(errors)) => {
            print_errors(&errors);
            ExitCode::from(2)
        }
    }
}

/// Each thing that is wrong with a scenario, with its place. A closed stderr hides the reason, not the exit code.
fn print_errors(errors: &ScenarioErrors) {
    let mut stderr = io::stderr().lock();
    let _ = writeln!(stderr, "{} cannot be used:", errors.file());
    for error in errors.errors() {
        let _ = writeln!(stderr, "{:?}", Report::new(error.clone()));
    }
}

/// The window; with no display, one line that says so, and the story in text.
fn window(
    file: Option<&str>,
    out: &mut impl Write,
    open: impl FnOnce(Option<PathBuf>) -> Result<(), String>,
) -> Result<(), Failure> {
    let why = if has_display() { open(file.map(PathBuf::from)) } else { Err("no display was found".to_owned()) };
    let Err(why) = why else { return Ok(()) };
    let asked = file.unwrap_or(args::FIRST_LESSON);
    if asked.ends_with(".wkl") {
        writeln!(out, "No window ({why}); these are the events of {asked} instead.\n")?;
        return events::events(&args::EventsArgs::of(asked), out);
    }
    writeln!(out, "No window ({why}); this is the story of {asked} in text instead.\n")?;
    run::run(&args::RunArgs::of(asked), out)
}

/// Whether there can be a window. Elsewhere than on Linux and its like there always can.
fn has_display() -> bool {
    let set = |name: &str| std::env::var_os(name).is_some_and(|value| !value.is_empty());
    !cfg!(all(unix, not(target_os = "macos"))) || set("WAYLAND_DISPLAY") || set("WAYLAND_SOCKET") || set("DISPLAY")
}
