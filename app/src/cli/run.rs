//! `wakeline run`: a scenario's runs, told in text, as JSON, or as their markers alone.

use std::io::Write;
use std::path::{Path, PathBuf};

use sim_core::Costs;
use sim_core::scenario::error::advice;
use sim_core::scenario::{Measured, RunOptions, Scenario, read};

use super::args::{Format, RunArgs, WorldArgs};
use super::{Failure, Wrong, report, story};
use crate::library;

/// A run that was asked for, with its id.
pub struct Asked {
    /// The run's id.
    pub id: String,
    /// The run and what it adds up to.
    pub measured: Measured,
}

/// Does what `run` asks.
pub fn run(ask: &RunArgs, out: &mut impl Write) -> Result<(), Failure> {
    let (scenario, options) = in_world(&ask.scenario, &ask.world)?;
    known("run", ask.run.as_deref(), scenario.runs.iter().map(|r| r.id.as_str()))?;
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
        Format::Text => story::story(&scenario, &runs, out)?,
        Format::Json => report::report(&scenario, &options, &runs, out)?,
    }
    Ok(())
}

/// The scenario that was asked for, with what was set in it and its variant applied, and how its runs are run.
pub fn in_world(asked: &str, world: &WorldArgs) -> Result<(Scenario, RunOptions), Failure> {
    let scenario = library::find(asked, &world.set)?;
    known("variant", world.variant.as_deref(), scenario.variants.iter().map(|v| v.id.as_str()))?;
    let costs = world.costs.as_deref().map(costs).transpose()?;
    let options = RunOptions { variant: world.variant.clone(), seed: world.seed, costs };
    Ok((scenario.as_asked(&options)?, options))
}

/// A name that was given must be one of those there are.
pub fn known<'n>(what: &str, name: Option<&str>, names: impl Iterator<Item = &'n str>) -> Result<(), Failure> {
    let Some(name) = name else { return Ok(()) };
    let names: Vec<&str> = names.collect();
    if names.contains(&name) {
        return Ok(());
    }
    Err(Wrong::failure(format!("there is no {what} called `{name}` in this scenario"), advice(name, names, what)))
}

fn costs(asked: &str) -> Result<Costs, Failure> {
    match Costs::by_name(asked) {
        Some(costs) => Ok(costs),
        None if Path::new(asked).exists() => Ok(read::costs(Path::new(asked))?),
        None => {
            let message = format!("`{asked}` is no cost profile, and no file of that name is there");
            Err(Wrong::failure(message, advice(asked, Costs::NAMES, "cost profile")))
        }
    }
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
