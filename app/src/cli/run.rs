//! `wakeline run`: a scenario's runs, told in text, as JSON, or as their markers alone.

use std::io::Write;
use std::path::{Path, PathBuf};

use sim_core::scenario::Measured;

use super::args::{Format, RunArgs};
use super::asked::{self, Asked, in_world};
use super::{Failure, Wrong, report, story};

/// Does what `run` asks.
pub fn run(ask: &RunArgs, out: &mut impl Write) -> Result<(), Failure> {
    let (scenario, options) = in_world(&ask.scenario, &ask.world)?;
    let scenario = asked::with_run(scenario, ask.run.as_deref())?;
    let runs: Vec<Asked> = scenario
        .runs
        .iter()
        .filter(|run| ask.run.as_ref().is_none_or(|id| *id == run.id))
        .map(|run| {
            let trace = scenario.execute(&run.id, &options, None);
            Asked { id: run.id.clone(), measured: Measured::of(trace, scenario.costs_of(&options)) }
        })
        .collect();
    if let Some(path) = &ask.trace {
        save(&runs, path)?;
    }
    if ask.marks {
        return marks(&runs, out);
    }
    match ask.format {
        Format::Text => story::story(&scenario, &ask.scenario, &runs, out)?,
        Format::Json => report::report(&scenario, &options, &runs, out)?,
    }
    Ok(())
}

/// One run into the file that was named; of several, each into one of its own.
fn save(runs: &[Asked], path: &Path) -> Result<(), Failure> {
    for run in runs {
        let path = if runs.len() == 1 { path.to_owned() } else { with_run(path, &run.id) };
        run.measured.trace.save(&path).map_err(|error| {
            Wrong::failure(format!("the trace could not be saved as {}: {error}", path.display()), "name another file")
        })?;
    }
    Ok(())
}

/// "x.wkl" for the run "async" is "x.async.wkl".
fn with_run(path: &Path, run: &str) -> PathBuf {
    let end = path.extension().map_or("wkl".to_owned(), |end| end.to_string_lossy().into_owned());
    path.with_extension(format!("{run}.{end}"))
}

/// A run's markers on a line; of several runs, each with its id before.
fn marks(runs: &[Asked], out: &mut impl Write) -> Result<(), Failure> {
    for run in runs {
        let marks = run.measured.marks();
        if runs.len() == 1 { writeln!(out, "{marks}")? } else { writeln!(out, "{}: {marks}", run.id)? }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn of_several_runs_each_gets_a_file_of_its_own() {
        assert_eq!(with_run(Path::new("out/x.wkl"), "async"), Path::new("out/x.async.wkl"));
        assert_eq!(with_run(Path::new("x"), "async"), Path::new("x.async.wkl"));
    }
}
