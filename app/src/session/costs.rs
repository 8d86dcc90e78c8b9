//! Which costs runs are run with: those chosen in the settings, or the scenario's own.
//!
//! Owns the way from a choice to a profile, and whether other costs than the lesson's are in force. Profiles are compared
//! whole: two files may give theirs one name.

use std::path::{Path, PathBuf};

use sim_core::Costs;
use sim_core::scenario::{RunOptions, Scenario, profile};

use super::Session;
use super::document::Document;
use super::jobs::file_name;
use super::settings::CostsChoice;

/// Where a profile comes from.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum CostsFrom {
    /// The scenario names it.
    Scenario,
    /// It comes with the program.
    Named(&'static str),
    /// A file.
    File(PathBuf),
    /// This computer's, of which nothing is known yet.
    Unmeasured,
}

impl CostsFrom {
    /// The profile; none for the scenario's own. An error is a sentence.
    pub fn read(&self) -> Result<Option<Costs>, String> {
        match self {
            CostsFrom::Scenario => Ok(None),
            CostsFrom::Named(name) => Ok(Costs::by_name(name)),
            CostsFrom::File(path) => profile::read(path).map(Some).map_err(|errors| {
                let error = &errors.errors()[0];
                let place = format!("{}:{}:{}", file_name(path), error.line, error.column);
                format!(
                    "The costs chosen in Settings cannot be used, and the scenario's own are. {place}: {}.",
                    error.message
                )
            }),
            CostsFrom::Unmeasured => Err("This computer has not been measured yet, and the scenario's own costs are \
                                          used: run `wakeline calibrate` in a terminal."
                .to_owned()),
        }
    }
}

/// The costs that a scenario has.
pub fn own_costs(scenario: &Scenario) -> Costs {
    scenario.costs_of(&RunOptions::default())
}

impl Session {
    /// Whoever owns the settings says where this computer's profile lies, if it is there.
    pub fn set_calibrated(&mut self, file: Option<PathBuf>) {
        self.calibrated = file;
    }

    /// This computer's profile, if it has been there when the settings were last opened.
    pub fn calibrated(&self) -> Option<&Path> {
        self.calibrated.as_deref().filter(|_| self.is_calibrated)
    }

    /// Looks whether this computer has been measured meanwhile.
    pub(super) fn look_for_calibrated(&mut self) {
        self.is_calibrated = self.calibrated.as_ref().is_some_and(|file| file.exists());
    }

    /// Where the costs of the next run come from.
    pub(super) fn costs_from(&self) -> CostsFrom {
        match &self.settings.costs {
            CostsChoice::Scenario => CostsFrom::Scenario,
            CostsChoice::Textbook => CostsFrom::Named("zero"),
            CostsChoice::Jimblandy => CostsFrom::Named("jimblandy"),
            CostsChoice::Cited => CostsFrom::Named("cited"),
            CostsChoice::Calibrated => match self.calibrated.as_ref().filter(|file| file.exists()) {
                Some(file) => CostsFrom::File(file.clone()),
                None => CostsFrom::Unmeasured,
            },
            CostsChoice::File(file) => CostsFrom::File(file.clone()),
        }
    }

    /// The name of the costs that the runs shown were run with, as they have recorded it.
    pub fn costs_used(&self) -> Option<&str> {
        let run = self.runs().first()?;
        Some(run.trace.tables().run.costs.as_str()).filter(|costs| !costs.is_empty())
    }

    /// Whether those are not the scenario's, but chosen in the settings for all scenarios.
    pub fn are_costs_of_settings(&self) -> bool {
        self.shown().zip(self.document()).is_some_and(|(shown, document)| document.costs != own_costs(shown))
    }

    /// Whether those are other than in the lesson as written.
    pub fn are_costs_turned(&self) -> bool {
        self.written().zip(self.document()).is_some_and(|(written, document)| document.costs != own_costs(written))
    }

    /// Of what is about to be shown.
    pub(super) fn say_costs_problem(&mut self, document: &Document) {
        if !document.costs_problem.is_empty() {
            self.notice(document.costs_problem.clone());
        }
    }

    /// Why the costs chosen in the settings are not those of the runs shown; empty if they are.
    pub fn costs_problem(&self) -> &str {
        self.document().map_or("", |document| &document.costs_problem)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::session::{Command, jobs};
    use sim_core::SimDuration;

    fn opened(costs: CostsChoice) -> Session {
        let mut session = Session::new(jobs::library(), std::sync::Arc::new(|| ()));
        session.apply(Command::SetCosts(costs));
        session.apply(Command::OpenScenario("switch-bill".to_owned()));
        session.finish_loading();
        session
    }

    #[test]
    fn a_profile_from_a_file_is_a_change_even_under_the_name_of_the_scenarios_own() {
        let folder = tempfile::tempdir().expect("a folder for the test");
        let switches = |ns| Costs {
            name: "mine".to_owned(),
            thread_switch: SimDuration::from_nanos(ns),
            models: Default::default(),
            ..Costs::zero()
        };
        let text =
            include_str!("../../../scenarios/switch-bill.ron").replacen("costs: \"zero\"", "costs: \"own.ron\"", 1);
        let (own, other) = (folder.path().join("own.ron"), folder.path().join("other.ron"));
        std::fs::write(&own, profile::write(&switches(0))).unwrap();
        std::fs::write(&other, profile::write(&switches(1_700))).unwrap();
        let scenario = folder.path().join("bill.ron");
        std::fs::write(&scenario, text).unwrap();
        let mut session = Session::new(jobs::library(), std::sync::Arc::new(|| ()));
        session.apply(Command::OpenFile(scenario));
        session.finish_loading();
        assert_eq!((session.costs_used(), session.turned(), session.is_changed()), (Some("mine"), 0, false));
        session.apply(Command::SetCosts(CostsChoice::File(other)));
        session.finish_loading();
        assert_eq!((session.costs_used(), session.turned()), (Some("mine"), 1), "one name, other prices");
        assert!(session.is_changed() && session.are_costs_of_settings() && session.can_reset());
        assert!(session.changes().iter().any(|c| c.run == 1), "switches have their price: {:?}", session.changes());
        session.apply(Command::AsInLesson);
        session.finish_loading();
        assert_eq!((session.turned(), session.is_changed()), (0, false));
        assert_eq!(session.settings().costs, CostsChoice::Scenario);
    }

    #[test]
    fn a_profile_that_cannot_be_used_is_told_with_its_place_and_the_lesson_is_shown_as_it_is() {
        let folder = tempfile::tempdir().expect("a folder for the test");
        let file = folder.path().join("broken.ron");
        std::fs::write(&file, "(\n    name: \"x\",\n    pol: \"1ns\",\n)").unwrap();
        let session = opened(CostsChoice::File(file));
        assert_eq!((session.costs_used(), session.is_changed()), (Some("zero"), false));
        assert!(session.costs_problem().contains("broken.ron:3:5: a cost profile has no field `pol`"));
        assert_eq!(session.notices(), [session.costs_problem()]);
    }

    #[test]
    fn this_computer_is_asked_to_be_measured_and_then_counts() {
        let folder = tempfile::tempdir().expect("a folder for the test");
        let file = folder.path().join("calibrated.ron");
        let mut session = opened(CostsChoice::Calibrated);
        assert!(session.costs_problem().contains("wakeline calibrate"), "{}", session.costs_problem());
        session.set_calibrated(Some(file.clone()));
        let measured = Costs { name: "calibrated".to_owned(), ..Costs::cited() };
        std::fs::write(&file, profile::write(&measured)).unwrap();
        assert_eq!(session.calibrated(), None, "nobody has looked yet");
        session.apply(Command::ShowSettings);
        assert_eq!(session.calibrated(), Some(file.as_path()));
        session.apply(Command::ShowSettings);
        session.apply(Command::SetCosts(CostsChoice::Scenario));
        session.apply(Command::SetCosts(CostsChoice::Calibrated));
        session.finish_loading();
        assert_eq!((session.costs_used(), session.costs_problem()), (Some("calibrated"), ""));
        assert!(session.is_changed());
    }
}
