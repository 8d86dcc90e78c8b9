//! The window's name for the scenarios in the program: [`crate::library`] has them.

use crate::library::{self, Embedded};

/// Every scenario file as its name and text, in order of name.
pub fn files() -> impl Iterator<Item = (&'static str, &'static str)> {
    library::embedded().into_iter().map(|Embedded { id, text, .. }| (id, text))
}

/// The text of the scenario of this name.
pub fn text(name: &str) -> Option<&'static str> {
    library::text(name)
}
