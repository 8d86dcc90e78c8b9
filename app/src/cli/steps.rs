//! `wakeline steps`: every step that a task can have, with what it does and who cannot do it.

use std::io::Write;

use sim_core::model::MODELS;
use sim_core::program::Op;

use super::Failure;
use super::wrap::wrap;

/// Writes a paragraph a step: as a file writes it, what it does, and which models have no such step.
pub fn steps(out: &mut impl Write) -> Result<(), Failure> {
    for kind in Op::KINDS {
        writeln!(out, "{}", kind.written)?;
        for line in wrap(kind.does, 4) {
            writeln!(out, "{line}")?;
        }
        let step = kind.example();
        let without = MODELS.iter().filter(|model| (model.refuses)(&step).is_some()).map(|model| model.id);
        let without: Vec<&str> = without.collect();
        if !without.is_empty() {
            for line in wrap(&format!("Not in {}.", without.join(", ")), 4) {
                writeln!(out, "{line}")?;
            }
        }
    }
    Ok(())
}
