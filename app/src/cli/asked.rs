//! What was asked for: a scenario in the world that the arguments describe, and its runs.

use std::path::Path;

use sim_core::Costs;
use sim_core::scenario::error::advice;
use sim_core::scenario::{Measured, RunOptions, Scenario, read};

use super::args::WorldArgs;
use super::{Failure, Wrong};
use crate::library;

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
