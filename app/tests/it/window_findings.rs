//! Findings and predictions, by label and key.

use egui::accesskit::Role;
use egui_kittest::kittest::{By, NodeT, Queryable};
use wakeline::session::{Command, Cursor, FindingId, Tab};

use crate::support::Window;

/// A lesson of the library, all of it simulated and diagnosed.
fn lesson(id: &str) -> Window {
    let mut window = Window::open(1280.0, 800.0);
    window.apply(Command::OpenScenario(id.to_owned()));
    window.finish_loading();
    window
}

/// Where the first proof of a finding is.
fn proof(window: &Window, run: usize, place: usize) -> Cursor {
    window.session(|s| {
        let run = &s.runs()[run];
        Cursor::after(&run.trace, run.findings()[place].proof[0])
    })
}

#[test]
fn f5_runs_to_the_next_finding_and_shift_f5_back() {
    let mut window = Window::with_blocked_executor(1280.0, 800.0);
    window.press("Home");
    let there = proof(&window, 0, 0);
    window.press("F5");
    assert_eq!(window.session(|s| s.cursor()), there);
    assert_eq!(window.session(|s| s.finding()), Some(FindingId { run: 0, place: 0 }));
    let selected = window.session(|s| s.selected_track().map(|(run, track)| (run, track.name.clone())));
    assert_eq!(selected, Some((0, "hog".to_owned())), "whom it is about is selected");
    window.press("F5");
    assert_eq!(window.session(|s| s.cursor()), there, "there is no other");
    window.press("End");
    window.press("Shift+F5");
    assert_eq!(window.session(|s| s.cursor()), there);
}

#[test]
fn a_finding_is_explained_and_each_of_its_proofs_is_a_way_to_go() {
    let mut window = Window::with_blocked_executor(1280.0, 800.0);
    window.harness.get_by_label("Findings, 1").click();
    window.harness.run();
    assert_eq!(window.session(|s| s.tab()), Tab::Findings);
    window.harness.get_by_label_contains("Finding in run A, warning: One poll of hog took 100ms").click();
    window.harness.run();
    assert_eq!(window.session(|s| s.cursor()), proof(&window, 0, 0));
    window.harness.get_by_label_contains("hog: PollEnded").click();
    window.harness.run();
    let last = window.session(|s| s.runs()[0].findings()[0].proof.last().copied()).expect("it has proofs");
    let there = window.session(|s| Cursor::after(&s.runs()[0].trace, last));
    assert_eq!(window.session(|s| s.cursor()), there);
    window.press("E");
    assert_eq!(window.session(|s| s.tab()), Tab::Findings, "E never leads away from what is wrong");
}

#[test]
fn findings_and_experiment_are_open_side_by_side() {
    let mut window = Window::with_blocked_executor(1440.0, 900.0);
    let is_open = |window: &Window, name: &str| {
        let tabs = window.harness.query_all(By::new().role(Role::Tab));
        let mut named = tabs.filter(|tab| tab.accesskit_node().label().is_some_and(|said| said.starts_with(name)));
        named.next().is_some_and(|tab| tab.accesskit_node().toggled() == Some(egui::accesskit::Toggled::True))
    };
    window.apply(Command::ShowTab(Tab::Experiment));
    assert!(is_open(&window, "Experiment") && is_open(&window, "Events"));
    window.press("E");
    window.harness.run();
    assert!(is_open(&window, "Experiment") && is_open(&window, "Findings"));
}

#[test]
fn a_run_without_findings_says_so() {
    let mut window = lesson("join-not-parallel");
    window.press("F5");
    assert_eq!(window.session(|s| (s.tab(), s.finding())), (Tab::Findings, None));
    // Its first step asks something: until that is done with, that there is none may be a hint.
    window.apply(Command::Reveal);
    window.harness.get_by_label("Findings, 0");
}

#[test]
fn a_circle_of_waits_is_found_in_both_runs_and_each_leads_to_its_own() {
    let mut window = lesson("two-deadlocks");
    let runs: Vec<usize> = window.session(|s| s.findings().iter().map(|(id, _)| id.run).collect());
    assert_eq!(runs, [0, 1]);
    window.apply(Command::ShowFinding(FindingId { run: 1, place: 0 }));
    assert_eq!(window.session(|s| s.focus()), 1);
    assert_eq!(window.session(|s| s.cursor()), proof(&window, 1, 0));
}

#[test]
fn a_prediction_is_made_by_key_or_click_and_stays() {
    let mut window = lesson("blocked-executor");
    let asked = window.session(|s| s.document().map(|d| d.steps.iter().position(|step| step.says.question.is_some())));
    let step = asked.flatten().expect("the lesson has a question");
    for _ in 0..step {
        window.press("PageDown");
    }
    window.finish_loading();
    assert_eq!(window.session(|s| s.answer()), None);
    assert_eq!(window.harness.query_all_by_label_contains(": right").count(), 0, "nothing is given away");
    window.press("1");
    assert_eq!(window.session(|s| s.answer()), Some(0));
    window.harness.get_by_label_contains("your answer, not right");
    window.harness.get_by_label_contains(": right");
    window.press("2");
    assert_eq!(window.session(|s| s.answer()), Some(0), "the first answer was the prediction");
    window.press("PageUp");
    window.press("PageDown");
    assert_eq!(window.session(|s| s.answer()), Some(0));
}

#[test]
fn every_step_of_every_lesson_goes_to_a_moment_of_its_own_run() {
    let lessons: Vec<String> =
        Window::open(640.0, 400.0).session(|s| s.library().iter().map(|e| e.id.clone()).collect());
    // Ten thousand connections take their time; its steps are those of the check of scenarios.
    for id in lessons.iter().filter(|id| *id != "c10k") {
        let session = wakeline::session::jobs::library;
        let mut session = wakeline::session::Session::new(session(), std::sync::Arc::new(|| ()));
        session.apply(Command::OpenScenario(id.clone()));
        session.finish_loading();
        let steps = session.document().map_or(0, |d| d.steps.len());
        for step in 0..steps {
            assert_eq!(session.step(), step, "{id}");
            let says = session.document().map(|d| d.steps[step].says.clone()).expect("it is open");
            if let Some(at) = &says.at {
                let run = session.focused().expect("a run is looked at");
                let moment = sim_core::scenario::anchor::find(at, &run.trace);
                let moment = moment.unwrap_or_else(|| panic!("{id}, step {}: its moment never comes", step + 1));
                assert_eq!(session.cursor().time, moment.time.min(session.end()), "{id}, step {}", step + 1);
            }
            if let Some(name) = &says.select {
                let selected = session.selected_track().map(|(_, t)| t.name.clone());
                assert_eq!(selected.as_ref(), Some(name), "{id}, step {}", step + 1);
            }
            if says.question.is_some() {
                let right = session.right_answer().and_then(|answer| answer.right);
                assert!(right.is_some(), "{id}, step {}: {:?}", step + 1, session.right_answer());
            }
            session.apply(Command::NextStep);
            session.finish_loading();
        }
    }
}
