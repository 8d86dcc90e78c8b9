//! `wakeline events`: every event of a run, a line each; or one hash of them all.

use std::io::Write;
use std::path::Path;

use sim_core::Trace;
use sim_core::scenario::RunOptions;
use sim_core::trace::text::line;

use super::args::EventsArgs;
use super::run::known;
use super::{Failure, Wrong};
use crate::library;

/// Does what `events` asks.
pub fn events(ask: &EventsArgs, out: &mut impl Write) -> Result<(), Failure> {
    let trace = trace(ask)?;
    if ask.digest {
        writeln!(out, "{}", trace.digest())?;
        return Ok(());
    }
    for (n, time, event) in trace.events_from(0) {
        writeln!(out, "{}", line(n, time, &event, trace.tables()))?;
    }
    Ok(())
}

fn trace(ask: &EventsArgs) -> Result<Trace, Failure> {
    let path = Path::new(&ask.source);
    if path.extension().is_some_and(|end| end == "wkl") {
        let (trace, damage) = Trace::load(path).map_err(|error| {
            Wrong::failure(format!("{} cannot be read: {error}", path.display()), "a trace is what `run --trace` saves")
        })?;
        if let Some(damage) = damage {
            // What is whole is listed all the same.
            let _ = writeln!(std::io::stderr(), "{}: {damage}", path.display());
        }
        return Ok(trace);
    }
    let scenario = library::find(&ask.source, &[])?;
    known("run", ask.run.as_deref(), scenario.runs.iter().map(|r| r.id.as_str()))?;
    let run = ask.run.clone().unwrap_or_else(|| scenario.runs[0].id.clone());
    Ok(scenario.execute(&run, &RunOptions::default(), None))
}
