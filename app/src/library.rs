//! The scenarios that come with the program, embedded in it.
//!
//! Owns finding one: by id among the embedded ones, or as a file when a path is given. Knows no window and no terminal.

use std::path::Path;

use include_dir::{Dir, include_dir};
use sim_core::scenario::error::advice;
use sim_core::scenario::{Located, Scenario, ScenarioErrors};

static SCENARIOS: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/../scenarios");

/// A scenario that comes with the program: its name for errors, and its text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Embedded {
    /// "blocked-executor", the file's name without its end.
    pub id: &'static str,
    /// "scenarios/blocked-executor.ron"
    pub file: &'static str,
    /// The whole file.
    pub text: &'static str,
}

/// Every embedded scenario, in order of file name.
pub fn embedded() -> Vec<Embedded> {
    let mut found: Vec<Embedded> = SCENARIOS
        .files()
        .filter_map(|file| {
            let path = file.path();
            let is_scenario = path.extension().is_some_and(|end| end == "ron");
            let id = path.file_stem().and_then(|stem| stem.to_str())?;
            is_scenario.then_some(Embedded { id, file: path.to_str()?, text: file.contents_utf8()? })
        })
        .collect();
    found.sort_by_key(|scenario| scenario.id);
    found
}

/// The text of the embedded scenario of this id.
pub fn text(id: &str) -> Option<&'static str> {
    SCENARIOS.get_file(format!("{id}.ron"))?.contents_utf8()
}

/// Every embedded scenario, read, in order of the curriculum. What cannot be read stands beside.
pub fn lessons() -> (Vec<Scenario>, Vec<ScenarioErrors>) {
    let (mut lessons, mut errors) = (Vec::new(), Vec::new());
    for Embedded { file, text, .. } in embedded() {
        match Scenario::parse(file, text, &[]) {
            Ok(scenario) => lessons.push(scenario),
            Err(error) => errors.push(error),
        }
    }
    lessons.sort_by_key(|scenario| scenario.number);
    (lessons, errors)
}

/// The scenario that a person asked for: a file if there is one of that name, else the embedded one of that id.
pub fn find(asked: &str, sets: &[String]) -> Result<Scenario, ScenarioErrors> {
    let path = Path::new(asked);
    if path.exists() {
        return Scenario::read(path, sets);
    }
    let embedded = embedded();
    if let Some(scenario) = embedded.iter().find(|scenario| scenario.id == asked) {
        return Scenario::parse(scenario.file, scenario.text, sets);
    }
    // "scenarios/c10k.ron" from another directory, or a slip in it: its id is what can be compared.
    let id = path.file_stem().map_or(asked.to_owned(), |stem| stem.to_string_lossy().into_owned());
    let help = advice(&id, embedded.iter().map(|scenario| scenario.id), "scenario");
    Err(Located::in_file(asked, "there is no such file, and no scenario of that name").help(help).into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_scenario_is_found_by_its_id() {
        assert_eq!(find("blocked-executor", &[]).unwrap().id, "blocked-executor");
    }

    #[test]
    fn every_embedded_scenario_is_found_by_id_and_can_be_read() {
        for scenario in embedded() {
            assert_eq!(text(scenario.id), Some(scenario.text));
        }
        let (lessons, errors) = lessons();
        assert_eq!((lessons.len(), errors.len()), (embedded().len(), 0));
        assert!(lessons.is_sorted_by_key(|lesson| lesson.number));
    }

    #[test]
    fn a_slip_in_the_id_is_answered_with_the_nearest() {
        let errors = find("blocked-exekutor", &[]).unwrap_err();
        assert_eq!(errors.errors()[0].help.as_deref(), Some("did you mean `blocked-executor`?"));
        assert!(find("nowhere/blocked-executer.ron", &[]).unwrap_err().errors()[0].help.is_some());
    }
}
