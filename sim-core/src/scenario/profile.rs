//! Cost profiles from files: the same fields as [`Costs`], in RON, with errors that have a place.
//!
//! Owns what a file may not say: a name that means another profile, a poll that is free, a model that there is not.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use miette::NamedSource;

use super::error::{Located, ScenarioErrors, Source, advice};
use super::outline::Node;
use super::read::{read_limited, read_ron};
use super::spec::Scenario;
use crate::machine::costs::Costs;
use crate::model::MODELS;

/// Reads a cost profile from a file.
pub fn read(path: &Path) -> Result<Costs, ScenarioErrors> {
    let file = path.display().to_string();
    let fail = |message: String| ScenarioErrors::from(Located::in_file(&file, message));
    let bytes = read_limited(path).map_err(fail)?;
    let text = String::from_utf8(bytes).map_err(|_| fail("is no cost profile: it is no UTF-8 text".to_owned()))?;
    parse(&file, text.strip_prefix('\u{feff}').unwrap_or(&text))
}

/// Reads a cost profile from a text; `file` is the name that errors give it.
pub fn parse(file: &str, text: &str) -> Result<Costs, ScenarioErrors> {
    if text.trim().is_empty() {
        return Err(Located::in_file(file, "is empty: a cost profile begins with `(name: \"…\", poll: …`").into());
    }
    let source: Source = Arc::new(NamedSource::new(file, text.to_owned()));
    let costs: Costs = read_ron(&source)?;
    let errors = check(&costs, &source);
    if errors.is_empty() { Ok(costs) } else { Err(ScenarioErrors::new(file, errors)) }
}

/// The profile as a file that [`parse`] reads.
pub fn write(costs: &Costs) -> String {
    let pretty = ron::ser::PrettyConfig::new().new_line("\n");
    let text = super::read::options().to_string_pretty(costs, pretty).expect("a profile is plain data");
    format!("{text}\n")
}

fn check(costs: &Costs, source: &Source) -> Vec<Located> {
    let outline = Node::of(source.inner());
    let span = |path: &str| outline.as_ref().map_or(0..0, |o| o.span_of(path));
    let mut errors = Vec::new();
    if costs.name.trim().is_empty() {
        let error = Located::at(source, span("name"), "the profile has no name");
        errors.push(error.help("runs show it, so give it one that says whose prices these are"));
    }
    if Costs::by_name(&costs.name).is_some() {
        let message = format!("`{}` is a profile that comes with the program", costs.name);
        errors.push(Located::at(source, span("name"), message).help("give yours another name"));
    }
    let own = costs.models.iter().map(|(id, own)| (format!("models.{id}.poll"), own.poll));
    for (path, poll) in std::iter::once(("poll".to_owned(), Some(costs.poll))).chain(own) {
        if poll.is_some_and(|poll| poll.is_zero()) {
            let error = Located::at(source, span(&path), "a poll cannot be free");
            errors.push(error.help("a task that wakes itself would stop the clock: write \"1ns\" or more"));
        }
    }
    // A model that is priced in the cited profile has prices in a file of it, too.
    let cited = Costs::cited().models;
    let known: Vec<&str> = MODELS.iter().map(|m| m.id).chain(cited.keys().map(String::as_str)).collect();
    for id in costs.models.keys().filter(|id| !known.contains(&id.as_str())) {
        let at = outline.as_ref().map_or(0..0, |o| o.key_span_of(&format!("models.{id}")));
        let error = Located::at(source, at, format!("there is no model called `{id}`"));
        errors.push(error.help(advice(id, known.iter().copied(), "model")));
    }
    errors
}

/// Profiles by the name that a scenario has for them: a profile's, or a file beside its own.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Profiles(BTreeMap<String, Result<Costs, Problem>>);

/// Why a file that a scenario names is of no use.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Problem {
    pub says: String,
    pub help: String,
}

impl Profiles {
    /// Reads every file that the scenario names. A text that came from no file has none beside it but those of the
    /// folder that the program was started in.
    pub(super) fn of(scenario: &Scenario) -> Profiles {
        let expected = scenario.expectations.iter().map(|e| &e.costs);
        let names = std::iter::once(&scenario.costs).chain(expected);
        let files = names.filter(|name| is_file(name));
        Profiles(files.map(|name| (name.clone(), beside(&scenario.file, name))).collect())
    }

    /// The profile of this name.
    pub fn find(&self, name: &str) -> Option<Costs> {
        Costs::by_name(name).or_else(|| self.0.get(name)?.clone().ok())
    }

    /// What is wrong with a name that a scenario has for a profile.
    pub(super) fn problem(&self, name: &str) -> Option<Problem> {
        match self.0.get(name) {
            Some(Ok(_)) => None,
            Some(Err(problem)) => Some(problem.clone()),
            None if Costs::by_name(name).is_some() => None,
            None => Some(Problem {
                says: format!("there is no cost profile called `{name}`"),
                help: match advice(name, Costs::NAMES, "cost profile") {
                    near if near.starts_with("did you mean") => near,
                    all => format!("{all}; a file of your own ends in .ron"),
                },
            }),
        }
    }
}

/// Whether a scenario means a file by this name: no profile's name has such an end.
fn is_file(name: &str) -> bool {
    Path::new(name).extension().is_some_and(|end| end == "ron")
}

fn beside(scenario: &str, name: &str) -> Result<Costs, Problem> {
    let folder = Path::new(scenario).parent().map_or_else(PathBuf::new, Path::to_owned);
    read(&folder.join(name)).map_err(|errors| {
        let error = &errors.errors()[0];
        let known = miette::Diagnostic::labels(error).is_some();
        let place = if known { format!(":{}:{}", error.line, error.column) } else { String::new() };
        let says = format!("{}{place}: {}", folder.join(name).display(), error.message);
        Problem { says, help: error.help.clone().unwrap_or_default() }
    })
}
