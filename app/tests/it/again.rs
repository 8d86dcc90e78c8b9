//! A document that is run or read once more: what a person has set up stays where it was, by name and not by number.

use std::path::PathBuf;

use sim_core::analysis::inspect::Thing;
use sim_core::analysis::track::TrackKind;
use sim_core::instant::SimTime;
use sim_core::model::Model;
use sim_core::trace::ResourceId;
use tempfile::TempDir;
use wakeline::session::breakpoints::Breakpoint;
use wakeline::session::knobs::with_run;
use wakeline::session::settings::CostsChoice;
use wakeline::session::{Command, Place, Selection, Session, jobs};

const BEFORE: &str = r#"(
    schema: 1,
    id: "names",
    number: 1,
    part: A,
    title: "Names",
    idea: "What has a name keeps it.",
    costs: "zero",
    workload: (
        tasks: {
            "one": (ops: [Lock("left", [Work("1ms")]), Io("20ms")]),
            "two": (ops: [Lock("right", [Work("1ms")]), Io("10ms")]),
        },
        resources: {"left": mutex, "right": mutex},
    ),
    runs: [(id: "async", model: async_fifo, workers: 1), (id: "threads", model: thread_per_task)],
)"#;

/// As before, with a task and a lock in front of the others, and the runs the other way round.
fn with_more_in_front() -> String {
    let text = BEFORE.replace("tasks: {", "tasks: {\n            \"new\": (ops: [Lock(\"first\", [Work(\"1ms\")])]),");
    let text = text.replace("resources: {", "resources: {\"first\": mutex, ");
    let runs = "(id: \"threads\", model: thread_per_task), (id: \"async\", model: async_fifo, workers: 1)";
    let runs_before = "(id: \"async\", model: async_fifo, workers: 1), (id: \"threads\", model: thread_per_task)";
    text.replace(runs_before, runs)
}

struct Edited {
    session: Session,
    file: PathBuf,
    _folder: TempDir,
}

impl Edited {
    fn open(text: &str) -> Edited {
        let folder = tempfile::tempdir().expect("a folder for the test");
        let file = folder.path().join("names.ron");
        std::fs::write(&file, text).expect("it can be written");
        let mut session = Session::new(jobs::library(), std::sync::Arc::new(|| ()));
        session.apply(Command::OpenFile(file.clone()));
        session.finish_loading();
        assert_eq!(*session.place(), Place::Open, "it can be opened");
        Edited { session, file, _folder: folder }
    }

    fn apply(&mut self, command: Command) {
        self.session.apply(command);
    }

    /// The file has another text, and whoever watches it says so.
    fn change(&mut self, text: &str) {
        std::fs::write(&self.file, text).expect("it can be written");
        self.session.apply(Command::FileChanged(self.file.clone()));
    }

    fn write(&mut self, text: &str) {
        self.change(text);
        self.session.finish_loading();
        assert!(self.session.mishap().is_empty(), "{:?}", self.session.mishap());
    }

    fn run(&self, id: &str) -> usize {
        self.session.runs().iter().position(|r| r.id() == id).expect("there is such a run")
    }

    fn track(&self, run: &str, name: &str) -> (usize, TrackKind) {
        let run = self.run(run);
        let is_workload = |k| matches!(k, TrackKind::Task(_) | TrackKind::Thread(_));
        let tracks = &self.session.runs()[run].index.tracks;
        let found = tracks.iter().find(|t| is_workload(t.kind) && t.name == name).map(|t| t.kind);
        (run, found.expect("there is such a row"))
    }

    fn select(&mut self, run: &str, name: &str) {
        let (run, track) = self.track(run, name);
        self.apply(Command::Select(Selection::Track { run, track }));
    }

    fn lock(&self, run: &str, name: &str) -> Selection {
        let run = self.run(run);
        let tables = self.session.runs()[run].trace.tables();
        let ids = (0..tables.resources.len()).map(ResourceId::from_index);
        let resource = ids.into_iter().find(|id| tables.resource_name(*id) == name).expect("there is such a lock");
        Selection::Resource { run, resource }
    }

    /// Run and name of what is looked at.
    fn named(&self, selection: Selection) -> Option<(String, String)> {
        let (run, thing) = selection.thing()?;
        let run = &self.session.runs()[run];
        let name = match thing {
            Thing::Track(track) => run.index.track(track)?.name.clone(),
            Thing::Resource(resource) => run.trace.tables().resource_name(resource),
        };
        Some((run.id().to_owned(), name))
    }
}

fn pair(run: &str, name: &str) -> Option<(String, String)> {
    Some((run.to_owned(), name.to_owned()))
}

#[test]
fn a_pin_stays_at_the_row_of_its_name() {
    let mut edited = Edited::open(BEFORE);
    let (run, track) = edited.track("async", "two");
    edited.apply(Command::PinRow { run, track });
    edited.write(&with_more_in_front());
    let pinned = |edited: &Edited, name: &str| {
        let (run, track) = edited.track("async", name);
        edited.session.runs()[run].rows.is_pinned(track)
    };
    assert_eq!(["new", "one", "two"].map(|name| pinned(&edited, name)), [false, false, true]);
}

#[test]
fn a_lock_that_is_selected_stays_selected() {
    let mut edited = Edited::open(BEFORE);
    edited.apply(Command::Select(edited.lock("async", "right")));
    edited.write(&with_more_in_front());
    assert_eq!(edited.named(edited.session.selection()), pair("async", "right"));
    assert_eq!(edited.session.focus(), 1, "the run that was focused is the second now");
}

#[test]
fn what_was_looked_at_before_can_be_gone_back_to() {
    let mut edited = Edited::open(BEFORE);
    edited.select("async", "one");
    edited.apply(Command::Select(edited.lock("async", "left")));
    edited.select("async", "two");
    edited.write(&with_more_in_front());
    let mut seen = vec![edited.named(edited.session.selection())];
    for _ in 0..2 {
        edited.apply(Command::LookBack);
        seen.push(edited.named(edited.session.selection()));
    }
    assert_eq!(seen, [pair("async", "two"), pair("async", "left"), pair("async", "one")]);
    edited.apply(Command::LookForward);
    assert_eq!(edited.named(edited.session.selection()), pair("async", "left"));
}

#[test]
fn breakpoints_and_marks_stay_with_their_run() {
    let mut edited = Edited::open(BEFORE);
    edited.select("threads", "two");
    edited.apply(Command::BreakAtSelected);
    edited.apply(Command::Seek(SimTime::from_nanos(2_000_000)));
    edited.apply(Command::SwitchMark);
    edited.write(&with_more_in_front());
    let (run, track) = edited.track("threads", "two");
    assert_eq!(edited.session.breakpoints(), [Breakpoint::Track { run, track }]);
    assert!(edited.session.notices().is_empty(), "{:?}", edited.session.notices());
    edited.apply(Command::FocusRun(edited.run("async")));
    edited.apply(Command::GoToMark(0));
    assert_eq!((edited.session.focus(), edited.session.cursor().time.as_nanos()), (run, 2_000_000));
}

#[test]
fn what_is_gone_is_told_and_the_rest_stays() {
    let mut edited = Edited::open(BEFORE);
    for name in ["one", "two"] {
        edited.select("async", name);
        edited.apply(Command::BreakAtSelected);
        edited.apply(Command::PinSelected);
    }
    edited.write(&BEFORE.replace("\"two\"", "\"deux\""));
    let (run, track) = edited.track("async", "one");
    assert_eq!(edited.session.breakpoints(), [Breakpoint::Track { run, track }]);
    assert!(edited.session.runs()[run].rows.is_pinned(track));
    let told = "There is no two in run A any more: its selection, pin and breakpoint are gone.";
    assert_eq!(edited.session.notices(), [told]);
    assert_eq!(edited.session.selection(), Selection::Nothing);
}

#[test]
fn what_is_told_of_a_run_goes_with_the_next_one_and_what_is_told_of_files_stays() {
    let mut edited = Edited::open(BEFORE);
    edited.session.notice("The settings could not be read.".to_owned());
    edited.select("async", "two");
    edited.write(&BEFORE.replace("\"two\"", "\"deux\""));
    assert_eq!(edited.session.notices().len(), 2);
    edited.write(BEFORE);
    assert_eq!(edited.session.notices(), ["The settings could not be read."], "there is a two again");
    edited.select("async", "two");
    edited.write(&BEFORE.replace("\"two\"", "\"deux\""));
    edited.apply(Command::OpenScenario("blocked-executor".to_owned()));
    edited.session.finish_loading();
    assert_eq!(edited.session.notices(), ["The settings could not be read."], "another scenario is open");
}

#[test]
fn what_is_told_of_a_run_goes_with_the_next_step() {
    let mut session = Session::new(jobs::library(), std::sync::Arc::new(|| ()));
    session.apply(Command::OpenScenario("blocked-executor".to_owned()));
    session.finish_loading();
    let shown = session.shown().expect("a scenario is open").clone();
    let runs = shown.runs.clone();
    session.apply(Command::SetRuns(with_run(&shown, Model::find("async_stealing").unwrap())));
    session.finish_loading();
    let (track, added) = (session.runs()[2].index.tracks.iter().find(|t| t.name == "hog").map(|t| t.kind), 2);
    session.apply(Command::Select(Selection::Track { run: added, track: track.expect("hog is in every run") }));
    session.apply(Command::SetRuns(runs));
    session.finish_loading();
    assert_eq!(session.notices(), ["There is no run C any more: the selection of hog is gone."]);
    session.apply(Command::NextStep);
    session.finish_loading();
    assert!(session.notices().iter().all(|text| !text.contains("run C")), "{:?}", session.notices());
}

#[test]
fn a_run_that_is_taken_away_takes_only_its_own_with_it() {
    let mut edited = Edited::open(BEFORE);
    let shown = edited.session.shown().expect("a scenario is open").clone();
    let runs = shown.runs.clone();
    edited.apply(Command::SetRuns(with_run(&shown, Model::find("async_stealing").unwrap())));
    edited.session.finish_loading();
    let third = edited.session.runs()[2].id().to_owned();
    edited.select(&third, "two");
    edited.apply(Command::BreakAtSelected);
    edited.apply(Command::Seek(SimTime::from_nanos(3_000_000)));
    edited.apply(Command::SwitchMark);
    edited.select("async", "one");
    edited.apply(Command::SetRuns(runs));
    edited.session.finish_loading();
    assert_eq!(edited.session.breakpoints(), []);
    assert_eq!(edited.session.notices(), ["There is no run C any more: the breakpoint of two is gone."]);
    assert_eq!(edited.named(edited.session.selection()), pair("async", "one"));
    edited.apply(Command::GoToMark(0));
    assert_eq!((edited.session.focus(), edited.session.cursor().time.as_nanos()), (0, 3_000_000));
}

#[test]
fn a_shorter_run_has_the_selected_time_and_the_view_within_it() {
    let mut edited = Edited::open(BEFORE);
    edited.apply(Command::SelectTime { from: SimTime::from_nanos(5_000_000), to: SimTime::from_nanos(19_000_000) });
    edited.apply(Command::ShowRange { from: 15e6, to: 20e6 });
    edited.write(&BEFORE.replace("Io(\"20ms\")", "Io(\"1ms\")").replace("Io(\"10ms\")", "Io(\"5ms\")"));
    let (end, span) = (edited.session.end(), edited.session.selected_time().expect("a part of it is left"));
    assert!(end.as_nanos() < 10_000_000 && span.to <= end, "{span:?} {end:?}");
    assert!(edited.session.view().start < end.as_nanos() as f64, "{:?}", edited.session.view());
}

#[test]
fn a_file_that_changes_while_the_start_screen_is_shown_is_read_again_on_return() {
    let mut edited = Edited::open(BEFORE);
    edited.select("async", "two");
    edited.apply(Command::Seek(SimTime::from_nanos(2_000_000)));
    edited.apply(Command::ShowLibrary);
    edited.change(&BEFORE.replace("workers: 1", "workers: 2"));
    edited.session.finish_loading();
    assert_eq!(*edited.session.place(), Place::Library, "nobody is thrown out of the start screen");
    edited.apply(Command::Resume);
    assert_eq!(*edited.session.place(), Place::Open, "what was shown is there at once");
    edited.session.finish_loading();
    assert_eq!(edited.session.runs()[0].title, "async, 2 workers");
    assert_eq!(edited.named(edited.session.selection()), pair("async", "two"));
    assert_eq!(edited.session.cursor().time.as_nanos(), 2_000_000);
    edited.apply(Command::ShowLibrary);
    edited.apply(Command::Resume);
    assert!(!edited.session.is_loading(), "it is read again once");
}

#[test]
fn an_error_in_a_file_that_changed_meanwhile_is_told_on_return() {
    let mut edited = Edited::open(BEFORE);
    edited.apply(Command::ShowLibrary);
    edited.change(&BEFORE.replace("workload:", "worklaod:"));
    edited.apply(Command::Resume);
    edited.session.finish_loading();
    assert_eq!((edited.session.mishap().len(), edited.session.runs().len()), (1, 2));
    assert_eq!(*edited.session.place(), Place::Open);
}

#[test]
fn who_goes_to_the_start_screen_while_it_is_run_again_stays_there() {
    for wrong in [false, true] {
        let mut edited = Edited::open(BEFORE);
        let workers = if wrong { "0" } else { "2" };
        edited.apply(Command::Turn { path: "runs.async.workers".into(), value: workers.into() });
        edited.apply(Command::ShowLibrary);
        edited.session.finish_loading();
        assert_eq!(*edited.session.place(), Place::Library);
        edited.apply(Command::Resume);
        assert_eq!((*edited.session.place() == Place::Open, edited.session.mishap().len()), (true, usize::from(wrong)));
        assert!(!edited.session.is_loading());
    }
}

#[test]
fn a_file_that_changed_while_another_could_not_be_opened_is_read_again_on_return() {
    let mut edited = Edited::open(BEFORE);
    edited.apply(Command::OpenFile("/no/such/file.ron".into()));
    edited.session.finish_loading();
    assert!(matches!(edited.session.place(), Place::Failed(_)));
    // The other file is watched now: nobody says that this one changes.
    std::fs::write(&edited.file, BEFORE.replace("workers: 1", "workers: 2")).expect("it can be written");
    edited.apply(Command::Resume);
    edited.session.finish_loading();
    assert_eq!(edited.session.runs()[0].title, "async, 2 workers");
}

/// The costs that the first run was simulated at.
fn costs(session: &Session) -> String {
    session.runs()[0].trace.tables().run.costs.clone()
}

#[test]
fn other_costs_hold_wherever_they_were_chosen() {
    let plain = BEFORE.replace("    costs: \"zero\",\n", "");
    let mut edited = Edited::open(&plain);
    let before = costs(&edited.session);
    edited.apply(Command::SetCosts(CostsChoice::Textbook));
    edited.session.finish_loading();
    assert_eq!(costs(&edited.session), "zero");
    edited.apply(Command::ShowLibrary);
    edited.apply(Command::SetCosts(CostsChoice::default()));
    assert!(!edited.session.is_loading() && *edited.session.place() == Place::Library);
    edited.apply(Command::Resume);
    edited.session.finish_loading();
    assert_eq!(costs(&edited.session), before);
    edited.apply(Command::OpenFile("/no/such/file.ron".into()));
    edited.session.finish_loading();
    edited.apply(Command::SetCosts(CostsChoice::Textbook));
    assert!(!edited.session.is_loading(), "what cannot be opened cannot be run again");
    edited.apply(Command::Resume);
    edited.session.finish_loading();
    assert_eq!(costs(&edited.session), "zero");
}

#[test]
fn other_costs_hold_for_what_is_still_coming() {
    let mut session = Session::new(jobs::library(), std::sync::Arc::new(|| ()));
    session.apply(Command::OpenScenario("c10k".into()));
    session.apply(Command::SetCosts(CostsChoice::Textbook));
    session.finish_loading();
    assert_eq!(costs(&session), "zero");
}

#[test]
fn a_recording_has_the_costs_it_was_recorded_with() {
    let mut edited = Edited::open(BEFORE);
    let recording = edited.file.with_extension("wkl");
    edited.session.runs()[0].trace.save(&recording).expect("it can be written");
    edited.apply(Command::OpenFile(recording));
    edited.session.finish_loading();
    edited.apply(Command::SetCosts(CostsChoice::Cited));
    assert!(!edited.session.is_loading(), "it is not read again");
    edited.apply(Command::ShowLibrary);
    edited.apply(Command::SetCosts(CostsChoice::Textbook));
    edited.apply(Command::Resume);
    assert!(!edited.session.is_loading());
}
