//! `wakeline events`: every event of a run, a line each; or one hash of them all.

use std::io::Write;
use std::path::Path;

use sim_core::Trace;
use sim_core::trace::file::FileError;
use sim_core::trace::text::line;
use sim_core::trace::{Moves, Names};

use super::args::{EventsArgs, WorldArgs};
use super::asked::{in_world, with_run};
use super::{Failure, Wrong};

/// Does what `events` asks.
pub fn events(ask: &EventsArgs, out: &mut impl Write) -> Result<(), Failure> {
    let trace = trace(ask)?;
    if ask.digest {
        writeln!(out, "{}", trace.digest())?;
        return Ok(());
    }
    let moves = Moves::of(&trace);
    for (n, time, event) in trace.events_from(0) {
        writeln!(out, "{}", line(n, time, &event, Names::at(trace.tables(), &moves, n)))?;
    }
    Ok(())
}

fn trace(ask: &EventsArgs) -> Result<Trace, Failure> {
    let path = Path::new(&ask.source);
    if path.extension().is_some_and(|end| end == "wkl") {
        not_for_a_trace(ask)?;
        let (trace, damage) = Trace::load(path).map_err(|error| {
            let why = match error {
                // Its own words name the file once more.
                FileError::Io { error, .. } => error.to_string(),
                other => other.to_string(),
            };
            Wrong::failure(format!("{} cannot be read: {why}", path.display()), "a trace is what `run --trace` saves")
        })?;
        if let Some(damage) = damage {
            // What is whole is listed all the same.
            let _ = writeln!(std::io::stderr(), "{}: {damage}", path.display());
        }
        return Ok(trace);
    }
    let (scenario, options) = in_world(&ask.source, &ask.world)?;
    let scenario = with_run(scenario, ask.run.as_deref())?;
    let run = ask.run.clone().unwrap_or_else(|| scenario.runs[0].id.clone());
    Ok(scenario.execute(&run, &options, None))
}

/// A trace has happened: there is no run to choose in it, and nothing to change.
fn not_for_a_trace(ask: &EventsArgs) -> Result<(), Failure> {
    let WorldArgs { variant, seed, set, costs } = &ask.world;
    let given = [
        ("--run", ask.run.is_some()),
        ("--variant", variant.is_some()),
        ("--seed", seed.is_some()),
        ("--set", !set.is_empty()),
        ("--costs", costs.is_some()),
    ];
    match given.iter().find(|(_, given)| *given) {
        Some((option, _)) => Err(Wrong::failure(
            format!("{} is a recorded trace: {option} is for a scenario", ask.source),
            "leave it out, or name the scenario that was recorded",
        )),
        None => Ok(()),
    }
}
