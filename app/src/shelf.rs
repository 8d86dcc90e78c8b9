//! The scenarios that the program carries in itself.
//!
//! Owns where they come from. Knows nothing of what they say: that is [`sim_core::scenario`]'s.

use include_dir::{Dir, include_dir};

static SCENARIOS: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/../scenarios");

/// Every scenario file as its name and text, in order of name.
pub fn files() -> impl Iterator<Item = (&'static str, &'static str)> {
    SCENARIOS.files().filter(|f| f.path().extension().is_some_and(|e| e == "ron")).filter_map(|f| {
        let name = f.path().file_stem()?.to_str()?;
        Some((name, f.contents_utf8()?))
    })
}

/// The text of the scenario of this name.
pub fn text(name: &str) -> Option<&'static str> {
    files().find(|(n, _)| *n == name).map(|(_, text)| text)
}
