//! A scenario to begin with: a commented file that runs as it is, written to where a person says.
//!
//! Owns the text and the one rule of writing it: what is there is never overwritten.

use std::io::Write;
use std::path::{Path, PathBuf};

use super::document::Problem;

const TEXT: &str = include_str!("../../templates/starter.ron");

/// The starter scenario, with the id and title that its file's name suggests.
pub fn text(path: &Path) -> String {
    let stem = path.file_stem().map_or(String::new(), |stem| stem.to_string_lossy().into_owned());
    let words: Vec<&str> = stem.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()).collect();
    let id = if words.is_empty() { "my-scenario".to_owned() } else { words.join("-").to_lowercase() };
    let title = id.replace('-', " ");
    let mut letters = title.chars();
    let title: String = letters.next().into_iter().flat_map(char::to_uppercase).chain(letters).collect();
    TEXT.replace("STARTER_ID", &id).replace("STARTER_TITLE", &title)
}

/// Writes the starter scenario, where there is no file yet.
pub fn create(path: &Path) -> Result<(), Box<Problem>> {
    let wrong = |message: String, help: &str| Box::new(Problem::of_file(path.display().to_string(), message, help));
    if path.extension().is_none_or(|end| end != "ron") {
        return Err(wrong("A scenario's name ends in .ron.".to_owned(), "Write a name like my-scenario.ron."));
    }
    let file = std::fs::OpenOptions::new().write(true).create_new(true).open(path);
    let written = file.and_then(|mut file| file.write_all(text(path).as_bytes()));
    written.map_err(|error| match error.kind() {
        std::io::ErrorKind::AlreadyExists => {
            wrong("There is a file of that name already, and it stays as it is.".to_owned(), "Choose another name.")
        }
        std::io::ErrorKind::NotFound => wrong("There is no such folder.".to_owned(), "Name a folder that exists."),
        _ => wrong(format!("The file cannot be written: {error}."), "Choose another place."),
    })
}

/// A path to offer: a name that is free, in `folder`.
pub fn free_path(folder: &Path) -> PathBuf {
    let name = |n: u32| if n == 1 { "my-scenario.ron".to_owned() } else { format!("my-scenario-{n}.ron") };
    let free = (1..1000).map(|n| folder.join(name(n))).find(|path| !path.exists());
    free.unwrap_or_else(|| folder.join("my-scenario.ron"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use sim_core::scenario::Scenario;

    #[test]
    fn the_starter_scenario_is_valid_and_meets_its_expectations() {
        let path = Path::new("some/where/Slow Start 2.ron");
        let scenario = Scenario::parse("Slow Start 2.ron", &text(path), &[]).expect("the starter is valid");
        assert_eq!((scenario.id.as_str(), scenario.title.as_str()), ("slow-start-2", "Slow start 2"));
        assert_eq!(scenario.place(), None, "a scenario of one's own has no place in the curriculum");
        assert_eq!((scenario.workload.tasks.iter().count(), scenario.runs.len()), (2, 2));
        assert!(!scenario.narration.is_empty() && !scenario.expectations.is_empty());
        let verdicts = scenario.assert(|_| ()).expect("every run runs");
        assert!(verdicts.len() == 2 && verdicts.iter().all(|v| v.met), "{verdicts:?}");
    }

    #[test]
    fn what_is_there_is_never_overwritten() {
        let folder = tempfile::tempdir().expect("a folder for the test");
        let path = free_path(folder.path());
        assert_eq!(path, folder.path().join("my-scenario.ron"));
        assert_eq!(create(&path), Ok(()));
        std::fs::write(&path, "mine").expect("the file can be written");
        let problem = create(&path).expect_err("there is a file");
        assert!(problem.message.contains("already"), "{}", problem.message);
        assert_eq!(std::fs::read_to_string(&path).ok().as_deref(), Some("mine"));
        assert_eq!(free_path(folder.path()), folder.path().join("my-scenario-2.ron"));
    }

    #[test]
    fn a_folder_that_is_missing_and_a_name_without_its_end_are_told() {
        let folder = tempfile::tempdir().expect("a folder for the test");
        assert!(create(&folder.path().join("no/x.ron")).expect_err("no folder").message.contains("folder"));
        assert!(create(&folder.path().join("x.txt")).expect_err("no .ron").message.contains(".ron"));
    }
}
