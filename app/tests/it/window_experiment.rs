//! Changing one thing: what is run again, what stays, and what is told of it.

use std::path::PathBuf;

use egui_kittest::kittest::{NodeT, Queryable};
use sim_core::model::Model;
use wakeline::session::change::Turn;
use wakeline::session::knobs::with_run;
use wakeline::session::settings::CostsChoice;
use wakeline::session::{Command, Place, Session, Tab, jobs};

use crate::support::Window;

fn open(id: &str) -> Session {
    let mut session = Session::new(jobs::library(), std::sync::Arc::new(|| ()));
    session.apply(Command::OpenScenario(id.to_owned()));
    session.finish_loading();
    session
}

fn turn(session: &mut Session, path: &str, value: &str) {
    session.apply(Command::Turn { path: path.to_owned(), value: value.to_owned() });
    session.finish_loading();
}

fn go_to_question(session: &mut Session) {
    session.apply(Command::GoToStep(3));
    session.finish_loading();
    assert!(session.question().is_some());
}

#[test]
fn a_variant_tells_what_changed_and_leads_back() {
    let mut session = open("blocked-executor");
    assert!(session.changes().is_empty() && !session.is_changed());
    session.apply(Command::TryVariant(Some("two-workers".to_owned())));
    session.finish_loading();
    let told = |s: &Session, what: &str| {
        let change = s.changes().iter().find(|c| c.run == 0 && c.what == what);
        change.map(|c| (c.before.clone(), c.now.clone(), c.turn))
    };
    let expected = ("195.9 ms".to_owned(), "115.0 ms".to_owned(), Turn::Better);
    assert_eq!(told(&session, "Makespan"), Some(expected));
    let expected = ("94.9 ms".to_owned(), "0.0 ms".to_owned(), Turn::Better);
    assert_eq!(told(&session, "hb is late by, at worst"), Some(expected));
    assert_eq!(told(&session, "LongPoll"), Some(("1".to_owned(), "none".to_owned(), Turn::Better)));
    assert!(session.changes().iter().all(|c| c.run == 0), "threads do not care for workers");
    session.apply(Command::AsInLesson);
    session.finish_loading();
    assert!(session.changes().is_empty() && !session.is_changed());
}

#[test]
fn the_right_answer_is_what_the_runs_say() {
    let mut session = open("blocked-executor");
    go_to_question(&mut session);
    let right = |s: &Session| s.right_answer().and_then(|a| a.right);
    assert_eq!(right(&session), Some(1));
    session.apply(Command::Reveal);
    turn(&mut session, "runs.async.workers", "2");
    assert_eq!(right(&session), Some(0), "with two workers the beat comes on time");
    turn(&mut session, "workload.tasks.hog.ops.1.0", "50ms");
    turn(&mut session, "runs.async.workers", "1");
    assert_eq!(right(&session), None, "it is late by another time");
    let says = session.right_answer().map(|a| a.says.clone());
    assert_eq!(says.as_deref(), Some("It comes at 65.1 ms in async."));
}

#[test]
fn with_something_turned_a_question_is_a_new_one() {
    let mut session = open("blocked-executor");
    go_to_question(&mut session);
    session.apply(Command::Predict(1));
    turn(&mut session, "runs.async.workers", "2");
    assert_eq!(session.answer(), None);
    session.apply(Command::Predict(0));
    session.apply(Command::AsInLesson);
    session.finish_loading();
    assert_eq!(session.answer(), Some(1), "the first prediction is kept");
}

#[test]
fn running_again_keeps_the_place_and_the_old_picture_until_the_new_one_is_there() {
    let mut session = open("blocked-executor");
    go_to_question(&mut session);
    session.apply(Command::Reveal);
    session.apply(Command::ZoomIn);
    let (cursor, view) = (session.cursor(), session.view());
    let selected = session.selected_track().map(|(run, t)| (run, t.name.clone()));
    let events = session.runs()[0].trace.len();
    session.apply(Command::Turn { path: "runs.async.workers".to_owned(), value: "2".to_owned() });
    assert_eq!(session.runs()[0].trace.len(), events, "nothing is thrown away");
    assert!(session.running_again().is_some());
    session.finish_loading();
    assert_eq!(session.runs()[0].title, "async, 2 workers");
    assert_eq!((session.cursor().time, session.view()), (cursor.time, view));
    assert_eq!(session.selected_track().map(|(run, t)| (run, t.name.clone())), selected);
}

#[test]
fn the_latest_turn_wins() {
    let mut session = open("blocked-executor");
    for workers in ["2", "3", "4"] {
        session.apply(Command::Turn { path: "runs.async.workers".to_owned(), value: workers.to_owned() });
    }
    session.apply(Command::Turn { path: "costs".to_owned(), value: "jimblandy".to_owned() });
    session.finish_loading();
    assert_eq!(session.runs()[0].title, "async, 4 workers");
    assert_eq!(session.wanted().sets, ["runs.async.workers=4", "costs=jimblandy"]);
    session.apply(Command::TurnBack("costs".to_owned()));
    turn(&mut session, "runs.async.workers", "1");
    assert!(session.wanted().sets.is_empty() && !session.is_changed(), "turned back, it is the lesson");
}

#[test]
fn a_cancelled_turn_leaves_what_was_shown() {
    let mut session = open("blocked-executor");
    session.apply(Command::Turn { path: "workload.tasks.hog.ops.1.0".to_owned(), value: "50ms".to_owned() });
    session.apply(Command::CancelLoading);
    session.finish_loading();
    assert!(session.running_again().is_none() && *session.place() == Place::Open);
    let shown = session.shown().map(|s| s.text.clone());
    let sets = session.wanted().sets.clone();
    // Either it was cancelled in time, or it had been done: what is asked for is what is shown.
    assert_eq!(sets.is_empty(), shown.as_ref() == session.written().map(|w| &w.text));
}

#[test]
fn a_turn_that_makes_no_scenario_says_so_and_leaves_the_picture() {
    let mut session = open("blocked-executor");
    turn(&mut session, "runs.async.workers", "0");
    assert_eq!(session.mishap().len(), 1);
    assert!(session.mishap()[0].message.contains("0 workers"), "{:?}", session.mishap());
    assert_eq!(session.runs().len(), 2);
    assert!(session.wanted().sets.is_empty());
    turn(&mut session, "runs.async.workers", "2");
    assert!(session.mishap().is_empty());
}

#[test]
fn a_run_is_added_and_removed_again() {
    let mut session = open("blocked-executor");
    let shown = session.shown().expect("a scenario is open").clone();
    let runs = shown.runs.clone();
    session.apply(Command::SetRuns(with_run(&shown, Model::find("async_stealing").unwrap())));
    session.finish_loading();
    assert_eq!(session.runs().len(), 3);
    assert_eq!(session.runs()[2].title, "async, stealing, 1 worker");
    session.apply(Command::SetRuns(runs[..1].to_vec()));
    assert_eq!(session.runs().len(), 3, "a scenario compares: one run is not enough");
    session.apply(Command::SetRuns(runs));
    session.finish_loading();
    assert_eq!(session.runs().len(), 2);
}

#[test]
fn a_step_of_the_lesson_is_told_as_written() {
    let mut session = open("blocked-executor");
    turn(&mut session, "runs.async.workers", "3");
    session.apply(Command::NextStep);
    session.finish_loading();
    assert!(!session.is_changed());
    assert_eq!((session.step(), session.runs()[0].title.as_str()), (1, "async, 1 worker"));
}

#[test]
fn what_another_step_takes_back_is_said_until_the_next() {
    let mut session = open("blocked-executor");
    let told = "Your changes were reset: this step is told of the lesson as written.";
    turn(&mut session, "runs.async.workers", "3");
    for (command, notices) in [(Command::NextStep, vec![told]), (Command::NextStep, vec![])] {
        session.apply(command);
        session.finish_loading();
        assert_eq!(session.notices(), notices);
    }
    session.apply(Command::TryVariant(Some("two-workers".to_owned())));
    session.finish_loading();
    session.apply(Command::PreviousStep);
    session.finish_loading();
    assert_eq!(session.notices(), [told]);
}

#[test]
fn a_variant_of_the_lesson_itself_is_no_change_of_anybody() {
    for entry in jobs::library() {
        let mut session = open(&entry.id);
        for _ in 1..entry.steps {
            session.apply(Command::NextStep);
            session.finish_loading();
            assert!(session.notices().is_empty() && !session.is_told_of_another(), "{}", entry.id);
        }
    }
}

#[test]
fn a_text_says_that_it_speaks_of_the_lesson_as_written_while_something_is_turned() {
    let said = "The text speaks of the lesson as written.";
    for (width, height) in [(1440.0, 900.0), (1024.0, 768.0)] {
        let mut window = Window::open(width, height);
        window.apply(Command::OpenScenario("blocked-executor".to_owned()));
        window.finish_loading();
        let count = |window: &Window| window.harness.query_all_by_label_contains(said).count();
        assert_eq!(count(&window), 0);
        window.apply(Command::Turn { path: "runs.async.workers".to_owned(), value: "2".to_owned() });
        window.finish_loading();
        assert_eq!(count(&window), 1, "at {width}");
        window.apply(Command::Present);
        assert_eq!(count(&window), 1, "before an audience, too");
        window.apply(Command::Present);
        window.apply(Command::AsInLesson);
        window.finish_loading();
        assert_eq!(count(&window), 0);
    }
}

#[test]
fn a_file_that_changes_is_read_again_and_an_error_in_it_leaves_the_last_good_picture() {
    let own = include_str!("blocked.ron");
    let folder = tempfile::tempdir().expect("a folder for the test");
    let file = folder.path().join("changes.ron");
    let write = |text: &str| std::fs::write(&file, text).expect("the file can be written");
    write(own);
    let mut session = Session::new(jobs::library(), std::sync::Arc::new(|| ()));
    let now = |session: &mut Session, text: &str| {
        write(text);
        session.apply(Command::FileChanged(file.clone()));
        session.finish_loading();
    };
    session.apply(Command::OpenFile(file.clone()));
    session.finish_loading();
    session.apply(Command::NextStep);
    session.finish_loading();
    let (cursor, title) = (session.cursor(), session.document().map(|d| d.title.clone()));
    now(&mut session, &own.replace("workload:", "worklaod:"));
    assert_eq!(*session.place(), Place::Open);
    let place = session.mishap()[0].place.expect("it is located");
    assert_eq!(own.lines().nth(place.0 - 1).map(|l| l.contains("workload:")), Some(true));
    assert_eq!(session.document().map(|d| d.title.clone()), title);
    now(&mut session, &own.replace("workers: 1", "workers: 2"));
    assert!(session.mishap().is_empty());
    assert_eq!(session.runs()[0].title, "async, 2 workers");
    assert_eq!((session.cursor().time, session.step()), (cursor.time, 1));
    session.apply(Command::FileChanged(PathBuf::from("other.ron")));
    assert!(!session.is_loading(), "another file is nobody's business");
}

#[test]
fn the_panel_has_the_variants_the_changes_and_the_way_back() {
    let mut window = Window::open(1440.0, 900.0);
    window.apply(Command::OpenScenario("blocked-executor".to_owned()));
    window.finish_loading();
    window.harness.get_by_label("2 workers").click();
    window.harness.run_steps(2);
    window.finish_loading();
    window.harness.get_by_label("Makespan: 195.9 ms → 115.0 ms, better");
    window.harness.get_by_label("Reset all").click_accesskit();
    window.harness.run_steps(2);
    window.finish_loading();
    assert_eq!(window.harness.query_all_by_label("Reset all").count(), 0);
}

#[test]
fn a_name_and_a_moment_in_the_text_lead_to_what_they_name() {
    let mut window = Window::open(1440.0, 900.0);
    window.apply(Command::OpenScenario("blocked-executor".to_owned()));
    window.finish_loading();
    window.press("PageDown");
    window.harness.get_by_label("10.0 ms").click();
    window.harness.run_steps(2);
    assert_eq!(window.session(|s| s.cursor().time.as_nanos()), 10_000_000);
    window.harness.get_by_label("hog").click();
    window.harness.run_steps(2);
    let selected = window.session(|s| s.selected_track().map(|(run, t)| (run, t.name.clone())));
    assert_eq!(selected, Some((0, "hog".to_owned())));
}

#[test]
fn the_experiment_turns_knobs_seed_and_costs() {
    let mut window = Window::open(1440.0, 900.0);
    window.apply(Command::OpenScenario("blocked-executor".to_owned()));
    window.finish_loading();
    window.harness.get_by_label("Knobs").click_accesskit();
    window.harness.run_steps(3);
    window.harness.get_by_label("length of the blocking call: 50ms").click_accesskit();
    window.harness.run_steps(2);
    window.finish_loading();
    assert_eq!(window.session(|s| s.wanted().sets.clone()), ["workload.tasks.hog.ops.1.0=50ms"]);
    window.harness.get_by_label("Another world").click_accesskit();
    window.harness.run_steps(2);
    window.finish_loading();
    assert_eq!(window.session(|s| s.shown().map(|s| s.seed)), Some(8));
    window.harness.get_by_label("Costs: jimblandy").click_accesskit();
    window.harness.run_steps(2);
    window.finish_loading();
    assert_eq!(window.session(|s| s.shown().map(|s| s.costs.clone())).as_deref(), Some("jimblandy"));
    window.harness.get_by_label("Reset all").click_accesskit();
    window.harness.run_steps(2);
    window.finish_loading();
    assert!(!window.session(|s| s.is_changed()));
}

#[test]
fn a_chip_changes_the_model_of_its_run() {
    let mut window = Window::open(1440.0, 900.0);
    window.apply(Command::OpenScenario("blocked-executor".to_owned()));
    window.finish_loading();
    window.harness.get_by_label("Change run A").click();
    window.harness.run_steps(3);
    window.harness.get_by_label("async, stealing").click();
    window.harness.run_steps(2);
    window.finish_loading();
    assert_eq!(window.session(|s| s.runs()[0].title.clone()), "async, stealing, 1 worker");
    window.harness.get_by_label("One worker more").click();
    window.harness.run_steps(2);
    window.finish_loading();
    assert_eq!(window.session(|s| s.runs()[0].title.clone()), "async, stealing, 2 workers");
}

#[test]
fn the_experiment_has_a_tab_with_everything_that_can_be_turned() {
    let mut window = Window::open(1440.0, 900.0);
    window.apply(Command::OpenScenario("blocked-executor".to_owned()));
    window.finish_loading();
    window.apply(Command::ShowTab(wakeline::session::Tab::Experiment));
    window.harness.get_by_label("length of the blocking call: 10ms").click_accesskit();
    window.harness.run_steps(2);
    window.finish_loading();
    assert_eq!(window.session(|s| s.turned()), 1);
    assert_eq!(
        window.harness.query_all_by_label_contains("Makespan: 195.9 ms →").count(),
        2,
        "there and in the lesson"
    );
}

#[test]
fn who_stands_at_the_moment_of_a_step_stands_at_it_again() {
    let mut session = open("blocked-executor");
    let moment = |s: &Session| {
        let at = s.document().and_then(|d| d.steps[0].says.at.clone()).expect("the step has a moment");
        sim_core::scenario::anchor::find(&at, &s.runs()[0].trace).map(|moment| moment.event + 1)
    };
    assert_eq!(Some(session.cursor().events), moment(&session));
    turn(&mut session, "runs.async.workers", "3");
    assert_eq!(session.cursor().time.as_nanos(), 0);
    assert_eq!(Some(session.cursor().events), moment(&session), "not at the end of that instant");
}

#[test]
fn what_would_give_a_prediction_away_is_hidden_until_it_is_revealed() {
    const COVER: &str = "Hidden until you answer or press Reveal";
    let mut window = Window::open(1280.0, 800.0);
    window.apply(Command::OpenScenario("blocked-executor".to_owned()));
    window.finish_loading();
    window.apply(Command::GoToStep(3));
    window.apply(Command::ShowTab(Tab::Compare));
    let is_there = |window: &Window, label: &str| window.harness.query_by_label_contains(label).is_some();
    assert!(is_there(&window, COVER));
    assert!(!is_there(&window, "Makespan, run A"), "a figure of the whole run is the answer");
    window.harness.get_by_label("Reveal the answer").click();
    window.harness.run_steps(3);
    assert!(!is_there(&window, COVER));
    assert!(is_there(&window, "Makespan, run A"));
    assert!(is_there(&window, "94.9 ms late: right"), "the right answer is shown");
    assert_eq!(window.session(|s| s.answer()), None);
}

#[test]
fn where_the_timeline_stands_alone_the_cover_can_be_lifted_in_it() {
    let mut window = Window::open(1280.0, 800.0);
    window.apply(Command::OpenScenario("blocked-executor".to_owned()));
    window.finish_loading();
    window.apply(Command::GoToStep(3));
    window.apply(Command::SwitchWide);
    window.harness.get_by_label("Hidden until you answer or press Reveal (5)");
    window.harness.get_by_label("Reveal").click();
    window.harness.run_steps(3);
    assert_eq!(window.session(|s| (s.veil(), s.is_revealed(), s.is_wide())), (None, true, true));
    assert!(window.harness.query_by_label("Reveal").is_none());
}

#[test]
fn what_is_asked_for_in_the_wide_layout_is_shown() {
    let mut window = Window::with_blocked_executor(1280.0, 800.0);
    for (key, tab) in [("/", Tab::Events), ("E", Tab::Findings)] {
        window.press("Z");
        assert!(window.session(|s| s.is_wide()));
        window.press(key);
        assert_eq!(window.session(|s| (s.is_wide(), s.tab())), (false, tab), "{key}");
        window.press("Esc");
    }
}

#[test]
fn no_step_of_a_lesson_stands_past_the_end_of_its_runs() {
    for entry in jobs::library() {
        let mut session = open(&entry.id);
        for step in 0..entry.steps {
            session.apply(Command::GoToStep(step));
            session.finish_loading();
            let (now, end) = (session.cursor().time, session.end());
            assert!(now <= end, "{}, step {}: {now} of {end}", entry.id, step + 1);
        }
    }
}

#[test]
fn a_knob_stays_under_the_pointer_when_it_is_turned() {
    let mut window = Window::open(1280.0, 800.0);
    window.apply(Command::OpenScenario("blocked-executor".to_owned()));
    window.finish_loading();
    window.harness.get_by_label("Knobs").click();
    window.harness.run_steps(3);
    let name = "length of the blocking call: 50ms";
    window.harness.get_by_label(name).scroll_to_me();
    window.harness.run_steps(20);
    let before = window.harness.get_by_label(name).rect();
    window.harness.get_by_label(name).click();
    window.harness.run_steps(3);
    window.finish_loading();
    window.harness.run_steps(20);
    assert!(window.session(|s| s.is_changed()));
    assert_eq!(window.harness.get_by_label(name).rect(), before);
    let told = |window: &Window| window.harness.get_by_label("What changed").rect().bottom();
    let hidden = told(&window);
    window.harness.get_by_label("See what changed").click();
    window.harness.run_steps(20);
    assert!(told(&window) < hidden && told(&window) < 540.0, "who asks is brought there");
}

#[test]
fn every_step_begins_at_its_top() {
    let mut window = Window::open(1280.0, 640.0);
    window.apply(Command::OpenScenario("blocked-executor".to_owned()));
    window.finish_loading();
    window.apply(Command::GoToStep(3));
    window.harness.run_steps(3);
    let top = |window: &Window| window.harness.get_by_label("Ready is not running").rect().top();
    let before = top(&window);
    window.harness.get_by_label("Knobs").scroll_to_me();
    window.harness.run_steps(20);
    assert!(top(&window) < before, "it is scrolled");
    for step in [2, 3] {
        window.apply(Command::GoToStep(step));
        window.harness.run_steps(3);
    }
    assert_eq!(top(&window), before);
}

#[test]
fn where_chance_plays_no_part_another_world_says_so() {
    let mut session = open("blocked-executor");
    let events = |s: &Session| s.runs().iter().flat_map(|r| r.trace.records_from(0)).collect::<Vec<_>>();
    let before = events(&session);
    session.apply(Command::AnotherWorld);
    session.finish_loading();
    assert!(events(&session) == before, "the very same events");
    assert!(session.is_another_world() && !session.is_left_to_chance());

    let mut session = open("c10k");
    let varied = session.library().iter().find(|e| e.id == "c10k").map_or(0, |e| e.steps);
    let mut chance = Vec::new();
    for step in 0..varied {
        session.apply(Command::GoToStep(step));
        session.finish_loading();
        chance.push(session.is_left_to_chance());
    }
    assert!(chance.contains(&true) && chance.contains(&false), "only where the answers vary: {chance:?}");
}

#[test]
fn a_reset_keeps_the_runs_that_were_added() {
    let mut session = open("blocked-executor");
    let runs =
        session.written().map(|w| with_run(w, Model::find("async_stealing").unwrap())).expect("it is a scenario");
    session.apply(Command::SetRuns(runs));
    session.finish_loading();
    assert!(!session.can_reset(), "nothing of the lesson is another");
    assert_eq!(session.why_not(&Command::AsInLesson), Some("It is as in the lesson."), "a run more is no change");
    turn(&mut session, "workload.tasks.hog.ops.1.0", "50ms");
    turn(&mut session, "runs.async.workers", "2");
    assert!(session.can_reset());
    assert_eq!(session.why_not(&Command::AsInLesson), None);
    session.apply(Command::AsInLesson);
    session.finish_loading();
    let titles: Vec<_> = session.runs().iter().map(|r| r.title.clone()).collect();
    assert_eq!(titles, ["async, 1 worker", "threads, 1 core", "async, stealing, 1 worker"]);
    assert!(session.changes().is_empty() && !session.can_reset());
}

#[test]
fn costs_chosen_in_the_settings_are_a_change_like_any_other() {
    let mut session = open("switch-bill");
    assert!(!session.is_changed());
    session.apply(Command::SetCosts(CostsChoice::Jimblandy));
    session.finish_loading();
    assert!(session.is_changed() && session.can_reset() && session.turned() == 1);
    assert_eq!(session.costs_used(), Some("jimblandy"));
    assert!(session.changes().iter().any(|c| c.run == 1), "switches have their price: {:?}", session.changes());
    // The lesson's own can be chosen beside them.
    turn(&mut session, "costs", "zero");
    assert_eq!((session.costs_used(), session.changes().len()), (Some("zero"), 0));
    session.apply(Command::TurnBack("costs".to_owned()));
    session.finish_loading();
    assert_eq!(session.costs_used(), Some("jimblandy"), "the settings say so again");
    session.apply(Command::AsInLesson);
    session.finish_loading();
    assert_eq!((session.costs_used(), session.is_changed()), (Some("zero"), false));
    assert_eq!(session.settings().costs, CostsChoice::Scenario);
    assert_eq!(session.notices().len(), 1, "what was changed elsewhere is said");
}

#[test]
fn the_costs_that_are_used_are_lit() {
    let mut window = Window::open(1440.0, 900.0);
    window.apply(Command::SetCosts(CostsChoice::Cited));
    window.apply(Command::OpenScenario("blocked-executor".to_owned()));
    window.finish_loading();
    window.harness.get_by_label("Knobs · 1 turned").click_accesskit();
    window.harness.run_steps(3);
    let lit = |window: &Window, name: &str| {
        window.harness.get_by_label(name).accesskit_node().toggled() == Some(egui::accesskit::Toggled::True)
    };
    assert!(lit(&window, "Costs: cited") && !lit(&window, "Costs: textbook"));
    window.harness.get_by_label("from Settings; textbook in the lesson");
}
