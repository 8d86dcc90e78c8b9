//! What can be loaded: a scenario of the library, a scenario file, a saved trace.
//!
//! Owns the way from a name or path to reports. Runs on the loader's thread.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use sim_core::instant::SimTime;
use sim_core::trace::{Trace, TracePart};

use super::document::{Document, Entry, Moment, Origin, Problem, RunTitle, Step};
use super::fixture;
use super::loader::{Job, Outlet, Report};

/// The scenarios that the program carries.
pub fn library() -> Vec<Entry> {
    vec![Entry {
        id: "blocked-executor".into(),
        number: 26,
        part: "F".into(),
        part_title: "Fairness".into(),
        title: "Blocked executor".into(),
        idea: "One blocking call stops every task on the worker.".into(),
    }]
}

/// Runs a scenario of the library.
pub fn scenario(id: String) -> Job {
    Box::new(move |outlet| {
        let step = |title: &str, text: &str, run, ms: u64, select: &str| Step {
            title: title.into(),
            text: text.into(),
            run,
            select: select.into(),
            at: Moment::At(SimTime::from_nanos(ms * 100_000)),
        };
        let document = Document {
            origin: Origin::Library(id),
            title: "Blocked executor".into(),
            subtitle: "26 · Fairness".into(),
            idea: "One blocking call stops every task on the worker.".into(),
            steps: vec![
                step("Two tasks, one worker", "{hb} beats every `10 ms`. {hog} waits for I/O, too.", 0, 0, "hb"),
                step("hog blocks", "At `15 ms` {hog} calls a blocking function inside its poll.", 0, 150, "hog"),
                step(
                    "Ready is not running",
                    "At `20.1 ms` the I/O is done and wakes {hb}. A wake only queues a task; someone must still \
                     poll it. The one worker is inside {hog}'s poll.",
                    0,
                    821,
                    "hb",
                ),
            ],
        };
        let titles = vec![
            RunTitle { title: "async, 1 worker".into(), threads: false },
            RunTitle { title: "threads, 1 core".into(), threads: true },
        ];
        if outlet.send(Report::Opened(Arc::new(document), titles)) {
            stream(outlet, 0, &fixture::async_run());
            stream(outlet, 1, &fixture::thread_run());
        }
    })
}

/// Opens a file: a scenario or a saved trace.
pub fn file(path: PathBuf) -> Job {
    Box::new(move |outlet| {
        outlet.send(Report::Failed(vec![missing(&path)]));
    })
}

fn missing(path: &Path) -> Problem {
    Problem::of_file(path.display().to_string(), "This file cannot be opened.", "Check the path.")
}

/// Hands over a trace that is complete already.
fn stream(outlet: &Outlet, run: usize, trace: &Trace) {
    let mut tables = Some(trace.tables().clone());
    for chunk in trace.chunks() {
        let part = TracePart { chunk: Arc::clone(chunk), tables: tables.take().unwrap_or_default() };
        if !outlet.send(Report::Part { run, part }) {
            return;
        }
    }
    outlet.send(Report::RunEnded { run, notice: None });
}
