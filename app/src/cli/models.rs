//! `wakeline models`: every model with what it stands for.

use std::io::Write;

use sim_core::model::MODELS;

use super::Failure;
use super::wrap::wrap;

/// Writes a paragraph a model: its id, what it is, and the real system that it follows.
pub fn models(out: &mut impl Write) -> Result<(), Failure> {
    for model in MODELS {
        writeln!(out, "{}", model.id)?;
        for line in wrap(model.line, 4).iter().chain(&wrap(&format!("Follows {}.", model.stands_for), 4)) {
            writeln!(out, "{line}")?;
        }
    }
    Ok(())
}
