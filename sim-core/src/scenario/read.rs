//! From a file to a [`Scenario`]: size, encoding, RON, types; then the checks.
//!
//! Owns the limits; `words` translates what `ron` says. A file of no bytes, of binary data, of 100 MB or nested
//! a million deep is an error like any other.

use std::fs::File;
use std::io::Read;
use std::ops::Range;
use std::path::Path;
use std::sync::Arc;

use miette::NamedSource;
use ron::error::Position;
use ron::extensions::Extensions;
use serde::Deserialize;

use super::check::{check, check_parts, other_schema};
use super::error::{Located, ScenarioErrors, Source};
use super::outline::{MAX_DEPTH, Node};
use super::profile::Profiles;
use super::set::set;
use super::spec::{SCHEMA, Scenario};
use super::words;

/// A scenario file is at most so long: 1 MiB. The longest of ours has 8 KiB.
pub const MAX_BYTES: u64 = 1 << 20;

impl Scenario {
    /// Reads a file, with `sets` ("PATH=VALUE") applied in order before it is read.
    pub fn read(path: &Path, sets: &[String]) -> Result<Scenario, ScenarioErrors> {
        let file = path.display().to_string();
        let fail = |message: String| ScenarioErrors::from(Located::in_file(&file, message));
        let bytes = read_limited(path).map_err(fail)?;
        Scenario::from_bytes(&file, bytes, sets)
    }

    /// Reads a scenario from the bytes of a file of that name.
    pub fn from_bytes(file: &str, bytes: Vec<u8>, sets: &[String]) -> Result<Scenario, ScenarioErrors> {
        let fail = |message: String| ScenarioErrors::from(Located::in_file(file, message));
        if bytes.len() as u64 > MAX_BYTES {
            let length = bytes.len();
            return Err(fail(format!("is too large for a scenario: {length} bytes, at most {MAX_BYTES} are read")));
        }
        let text = String::from_utf8(bytes).map_err(|e| {
            let valid = e.utf8_error().valid_up_to();
            fail(format!("is not a scenario: byte {valid} is not UTF-8 text"))
        })?;
        // Some editors mark UTF-8 with a byte order mark, which is no part of the text.
        Scenario::parse(file, text.strip_prefix('\u{feff}').unwrap_or(&text), sets)
    }

    /// Reads a scenario from a text; `file` is the name that errors give it.
    pub fn parse(file: &str, text: &str, sets: &[String]) -> Result<Scenario, ScenarioErrors> {
        let (scenario, errors) = Scenario::parse_all(file, text, sets)?;
        if errors.is_empty() { Ok(scenario) } else { Err(ScenarioErrors::new(file, errors)) }
    }

    /// As [`Scenario::parse`], with what is wrong beside what could be read.
    pub fn parse_all(file: &str, text: &str, sets: &[String]) -> Result<(Scenario, Vec<Located>), ScenarioErrors> {
        if text.trim().is_empty() {
            return Err(Located::in_file(file, "is empty: a scenario file begins with `(schema: 1, id: …`").into());
        }
        let source: Source = Arc::new(NamedSource::new(file, text.to_owned()));
        let scenario = Scenario::from_source(&source, file)?;
        let errors = check(&scenario, &source);
        if sets.is_empty() || !errors.is_empty() {
            return Ok((scenario, errors));
        }
        Ok((scenario.with(sets)?, errors))
    }

    /// `file`: where it was read from, for what it names beside it.
    fn from_source(source: &Source, file: &str) -> Result<Scenario, ScenarioErrors> {
        let mut scenario: Scenario = read_ron(source)?;
        scenario.file = file.to_owned();
        scenario.text = source.inner().clone();
        scenario.profiles = Profiles::of(&scenario);
        Ok(scenario)
    }

    /// The scenario with these values set, in order. What is told and expected of the scenario as written is kept as it
    /// was, and may no longer fit.
    pub fn with(&self, sets: &[String]) -> Result<Scenario, ScenarioErrors> {
        let mut text = self.text.clone();
        for assignment in sets {
            text = set(&text, assignment).map_err(|why| {
                ScenarioErrors::from(Located::in_file(&self.file, format!("cannot set {assignment}: {why}")))
            })?;
        }
        let sets: Vec<&str> = sets.iter().map(|set| told(set)).collect();
        let name = format!("{} (with {})", self.file, sets.join(", "));
        let source: Source = Arc::new(NamedSource::new(name, text));
        let changed = Scenario::from_source(&source, &self.file)?;
        let errors = check_parts(&changed, &source);
        if !errors.is_empty() {
            return Err(ScenarioErrors::new(source.name(), errors));
        }
        Ok(changed)
    }

    /// The scenario as the variant changes it. Panics if there is no such variant: ask [`Scenario::variant`] first.
    pub fn with_variant(&self, id: &str) -> Result<Scenario, ScenarioErrors> {
        self.with(&self.variant(id).expect("a variant of this scenario").set)
    }
}

pub(super) fn read_limited(path: &Path) -> Result<Vec<u8>, String> {
    let fail = |e: std::io::Error| format!("cannot be read: {e}");
    let mut bytes = Vec::new();
    // A device or a pipe has no length, and may have no end.
    File::open(path).map_err(fail)?.take(MAX_BYTES + 1).read_to_end(&mut bytes).map_err(fail)?;
    if bytes.len() as u64 > MAX_BYTES {
        return Err(format!("is too large: at most {MAX_BYTES} bytes are read, and the longest lesson needs 10,000"));
    }
    Ok(bytes)
}

/// Only the version, whatever else the file says: a newer file may have fields that this version does not know.
#[derive(Deserialize)]
struct Version {
    schema: u32,
}

pub(super) fn options() -> ron::Options {
    ron::Options::default().with_default_extension(Extensions::IMPLICIT_SOME).with_recursion_limit(MAX_DEPTH)
}

pub(super) fn read_ron<T: serde::de::DeserializeOwned>(source: &Source) -> Result<T, ScenarioErrors> {
    let text = source.inner();
    let mut deserializer = ron::Deserializer::from_str_with_options(text, &options())
        .map_err(|e| words::located(source, &e.code, bytes_between(text, &e.span.start, &e.span.end), ""))
        .map_err(|errors| ScenarioErrors::new(source.name(), errors))?;
    let result = serde_path_to_error::deserialize(&mut deserializer);
    let (code, path) = match result {
        Ok(value) => match deserializer.end() {
            Ok(()) => return Ok(value),
            Err(code) => (code, String::new()),
        },
        Err(error) => {
            let path = error.path().to_string();
            (error.into_inner(), path)
        }
    };
    if let Ok(Version { schema }) = options().from_str(text)
        && schema != SCHEMA
    {
        let span = Node::of(text).map_or(0..0, |outline| outline.span_of("schema"));
        return Err(Located::at(source, span, other_schema(schema)).into());
    }
    let spanned = deserializer.span_error(code);
    let span = bytes_between(text, &spanned.span.start, &spanned.span.end);
    Err(ScenarioErrors::new(source.name(), words::located(source, &spanned.code, span, &path)))
}

/// `ron` counts lines and characters; errors here are kept in bytes.
fn bytes_between(text: &str, start: &Position, end: &Position) -> Range<usize> {
    let byte = |position: &Position| {
        let line = text.split_inclusive('\n').take(position.line - 1).map(str::len).sum::<usize>();
        let chars = text[line..].char_indices().nth(position.col - 1);
        chars.map_or(text.len(), |(at, _)| line + at)
    };
    byte(start)..byte(end)
}
/// What was set, for a heading: only where, if what is set there is long.
fn told(set: &str) -> &str {
    const LONG: usize = 60;
    if set.chars().count() <= LONG { set } else { set.split('=').next().unwrap_or(set) }
}
