//! What was asked for: a scenario in the world that the arguments describe, and its runs.

use std::path::PathBuf;

use sim_core::Costs;
use sim_core::model::{MODELS, Model};
use sim_core::scenario::error::advice;
use sim_core::scenario::{Measured, RunOptions, Scenario, profile};

use super::args::WorldArgs;
use super::{Failure, Wrong};
use crate::calibrate::profile::NAME;
use crate::session::knobs::write_runs;
use crate::{library, settings};

/// A run that was asked for, with its id.
pub struct Asked {
    /// The run's id.
    pub id: String,
    /// The run and what it adds up to.
    pub measured: Measured,
}

/// The scenario that was asked for, with what was set in it and its variant applied, and how its runs are run.
pub fn in_world(asked: &str, world: &WorldArgs) -> Result<(Scenario, RunOptions), Failure> {
    let scenario = library::find(asked, &world.set)?;
    known("variant", world.variant.as_deref(), scenario.variants.iter().map(|v| v.id.as_str()))?;
    let costs = world.costs.as_deref().map(costs).transpose()?;
    let options = RunOptions { variant: world.variant.clone(), seed: world.seed, costs };
    Ok((scenario.as_asked(&options)?, options))
}

/// The scenario with the run that was named: one of its own, or one of the model of that name, put beside them with as
/// many workers as they have.
pub fn with_run(scenario: Scenario, named: Option<&str>) -> Result<Scenario, Failure> {
    let Some(name) = named.filter(|name| scenario.run(name).is_none()) else { return Ok(scenario) };
    let Some(model) = Model::find(name) else {
        let runs = scenario.runs.iter().map(|run| run.id.as_str());
        let names: Vec<&str> = runs.chain(MODELS.into_iter().map(|model| model.id)).collect();
        let message = format!("there is no run and no model called `{name}`");
        return Err(Wrong::failure(message, advice(name, names, "run or model")));
    };
    let mut runs = scenario.runs.clone();
    runs.push(scenario.run_of_model(name, model));
    Ok(scenario.with(&[format!("runs={}", write_runs(&runs))])?)
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

/// The profile that `--costs` names: one that comes with the program, this computer's, or a file's.
pub fn costs(asked: &str) -> Result<Costs, Failure> {
    if let Some(costs) = Costs::by_name(asked) {
        return Ok(costs);
    }
    let file = costs_file(asked);
    if file.exists() {
        return Ok(profile::read(&file)?);
    }
    if asked == NAME {
        return Err(Wrong::failure("this computer has not been measured yet", "run `wakeline calibrate` first"));
    }
    let message = format!("`{asked}` is no cost profile, and no file of that name is there");
    let names = Costs::NAMES.into_iter().chain([NAME]);
    Err(Wrong::failure(message, advice(asked, names, "cost profile")))
}

/// The file of a profile that does not come with the program.
pub fn costs_file(asked: &str) -> PathBuf {
    let measured = settings::calibrated_file().filter(|_| asked == NAME);
    measured.unwrap_or_else(|| PathBuf::from(asked))
}
