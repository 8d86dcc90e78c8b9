//! What can be loaded: a scenario of the library, a scenario file, a saved trace.
//!
//! Owns the way from a name or path to reports. Runs on the loader's thread.

use std::io::Read;
use std::path::{Path, PathBuf};
use std::rc::Rc;
use std::sync::Arc;

use miette::Diagnostic;
use sim_core::analysis::findings::{Thresholds, diagnose};
use sim_core::scenario::{Going, Located, Measured, RunOptions, Scenario, ScenarioErrors};
use sim_core::trace::file::FileError;
use sim_core::trace::tables::RunInfo;
use sim_core::trace::{Trace, TracePart};

use super::costs::CostsFrom;
use super::document::{Document, DocumentKind, Entry, Origin, Problem, RunTitle, Step};
use super::figures::RunFigures;
use super::knobs::{Wanted, dials};
use super::loader::{Job, Outlet, Report};
use super::told::{self, Base};
use crate::library::{embedded, find, lessons};

/// The scenarios that the program carries, in the order of the curriculum.
pub fn library() -> Vec<Entry> {
    let (mut lessons, _) = lessons();
    lessons.sort_by_key(|s| (s.part, s.number));
    lessons.iter().filter_map(entry).collect()
}

/// None for one without a place in the curriculum: what is carried has one.
fn entry(scenario: &Scenario) -> Option<Entry> {
    let (number, part) = (scenario.number?, scenario.part?);
    Some(Entry {
        id: scenario.id.clone(),
        number,
        part: format!("{part:?}"),
        part_title: part.title().to_owned(),
        title: scenario.title.clone(),
        idea: scenario.idea.clone(),
        steps: scenario.narration.len(),
    })
}

/// Loads what is asked for, with these costs unless it asks for its own. `base` is what is known of the lesson as
/// written, to compare with.
pub fn job(ask: Wanted, base: Option<Arc<Base>>, costs: CostsFrom) -> Job {
    let costs = if ask.sets.iter().any(|s| s.starts_with("costs=")) { CostsFrom::Scenario } else { costs };
    Box::new(move |outlet| {
        let problems = match &ask.origin {
            Origin::Library(id) => {
                let text = embedded().into_iter().find(|e| e.id == id).map(|e| e.text);
                open_scenario(outlet, &ask, find(id, &[]), text, (base, costs))
            }
            Origin::File(path) if is_trace(path) => open_trace(outlet, &ask.origin, path),
            Origin::File(path) => {
                let text = std::fs::read_to_string(path).ok();
                open_scenario(outlet, &ask, Scenario::read(path, &[]), text.as_deref(), (base, costs))
            }
        };
        if let Err(problems) = problems {
            outlet.send(Report::Failed(problems));
        }
    })
}

fn open_scenario(
    outlet: &Outlet,
    ask: &Wanted,
    scenario: Result<Scenario, ScenarioErrors>,
    text: Option<&str>,
    (base, costs): (Option<Arc<Base>>, CostsFrom),
) -> Result<(), Vec<Problem>> {
    let told = |errors: ScenarioErrors| errors.errors().iter().map(|e| problem(e, text)).collect::<Vec<_>>();
    let scenario = scenario.map_err(told)?;
    // A variant that the file does not have any more is left aside.
    let variant = ask.variant.clone().filter(|id| scenario.variant(id).is_some());
    let (costs, costs_problem) = match costs.read() {
        Ok(costs) => (costs, String::new()),
        Err(why) => (None, why),
    };
    let options = RunOptions { variant, costs, ..RunOptions::default() };
    let mut asked = scenario.as_asked(&options).map_err(told)?;
    if !ask.sets.is_empty() {
        asked = asked.with(&ask.sets).map_err(told)?;
    }
    let titles =
        asked.runs.iter().map(|run| RunTitle { title: asked.run_title(run), threads: run.model.is_thread_a_task() });
    let mut document = document(&ask.origin, &scenario, &asked, options.variant.clone());
    document.sets.clone_from(&ask.sets);
    (document.costs, document.costs_problem) = (asked.costs_of(&options), costs_problem);
    if !outlet.send(Report::Opened(Arc::new(document), titles.collect())) {
        return Ok(());
    }
    let mut measured = Vec::new();
    for (n, run) in asked.runs.iter().enumerate() {
        let parts = outlet.clone();
        let sink = Box::new(move |part| parts.send(Report::Part { run: n, part: Box::new(part) }));
        let trace = asked.execute(&run.id, &options, Some(sink));
        if !outlet.send(Report::RunEnded { run: n, notice: None }) {
            return Ok(());
        }
        // What is wrong with it is told when it is known: a person need not wait for the diagnosis.
        let figures = RunFigures::of(&trace);
        let of = Measured::of(trace, asked.costs_of(&options));
        if !outlet.send(Report::Diagnosed { run: n, findings: of.findings.clone() }) {
            return Ok(());
        }
        if !outlet.send(Report::Measured { run: n, figures }) {
            return Ok(());
        }
        measured.push(of);
    }
    let asker = outlet.clone();
    let going: Going = Rc::new(move || !asker.is_cancelled());
    let asked = told::Asked { written: &scenario, shown: &asked, options: &options };
    if let Some(told) = told::told(asked, &measured, base, &going) {
        outlet.send(Report::Told(Box::new(told)));
    }
    Ok(())
}

/// The document of a scenario. `shown` has its variant and values set.
fn document(origin: &Origin, scenario: &Scenario, shown: &Scenario, variant: Option<String>) -> Document {
    let run_of = |step: &sim_core::scenario::Step| {
        let id = step.at.as_ref().and_then(|at| at.run.as_deref());
        id.and_then(|id| shown.runs.iter().position(|r| r.id == id)).unwrap_or(0)
    };
    let steps = scenario.narration.iter().map(|step| Step { run: run_of(step), says: step.clone() });
    Document {
        origin: origin.clone(),
        kind: DocumentKind::Scenario,
        title: scenario.title.clone(),
        subtitle: subtitle(origin, scenario),
        idea: scenario.idea.clone(),
        steps: steps.collect(),
        variant,
        sets: Vec::new(),
        // A recording's scenario may name a file that is not here.
        costs: sim_core::Costs::default(),
        costs_problem: String::new(),
        written: Some(Arc::new(scenario.clone())),
        shown: Some(Arc::new(shown.clone())),
        dials: dials(scenario, shown),
    }
}

/// A scenario of one's own has no place in the curriculum: its file says more.
fn subtitle(origin: &Origin, scenario: &Scenario) -> String {
    scenario.place().unwrap_or_else(|| match origin {
        Origin::File(path) => file_name(path),
        Origin::Library(id) => id.clone(),
    })
}

/// The last part of a path.
pub fn file_name(path: &Path) -> String {
    path.file_name().map_or(String::new(), |n| n.to_string_lossy().into_owned())
}

/// A located error as the window shows it.
fn problem(error: &Located, text: Option<&str>) -> Problem {
    let length = error.labels().and_then(|mut l| l.next()).map_or(1, |l| l.len());
    let line = text.and_then(|t| t.lines().nth(error.line - 1));
    let known = error.labels().is_some();
    Problem {
        message: error.message.clone(),
        file: error.file().to_owned(),
        place: known.then_some((error.line, error.column)),
        excerpt: line.filter(|_| known).map(|line| (line.to_owned(), length)),
        label: error.label.clone(),
        help: error.help.clone().unwrap_or_default(),
    }
}

/// Whether a file is a saved trace, by what it begins with, or else by its name.
pub fn is_trace(path: &Path) -> bool {
    let mut begin = [0; 8];
    let read = std::fs::File::open(path).and_then(|mut f| f.read_exact(&mut begin));
    (read.is_ok() && &begin == b"WAKELINE") || path.extension().is_some_and(|e| e == "wkl")
}

fn open_trace(outlet: &Outlet, origin: &Origin, path: &Path) -> Result<(), Vec<Problem>> {
    let (trace, damage) = Trace::load(path).map_err(|error| vec![trace_problem(path, &error)])?;
    let info = &trace.tables().run;
    let title = RunTitle { title: or_else(&info.title, "recorded run"), threads: info.threads };
    let document = trace_document(origin, path, info);
    if outlet.send(Report::Opened(Arc::new(document), vec![title])) {
        stream(outlet, 0, &trace);
        end(outlet, 0, &trace, damage.map(|d| d.to_string()));
    }
    Ok(())
}

fn trace_problem(path: &Path, error: &FileError) -> Problem {
    let help = match error {
        FileError::Io { .. } => "Check that the file is there and can be read.",
        FileError::NotATrace => "A recording is saved with `trace.save(\"x.wkl\")` or `wakeline run … --trace x.wkl`.",
        FileError::TooNew { .. } => "",
    };
    let message = match error {
        FileError::Io { error, .. } => format!("It cannot be read: {error}"),
        other => other.to_string(),
    };
    Problem::of_file(path.display().to_string(), message, help)
}

/// A trace carries its scenario: opened alone, it has its lesson, as far as that speaks of this run.
fn trace_document(origin: &Origin, path: &Path, info: &RunInfo) -> Document {
    // What is told of a variant may not fit its changed values; it is its lesson all the same.
    let scenario = Scenario::parse_all(&info.scenario, &info.source, &[]).ok().map(|(scenario, _)| scenario);
    let (kind, name) = (DocumentKind::Recording, file_name(path));
    let Some(scenario) = scenario else {
        let (title, subtitle) = (name, "recording".to_owned());
        return Document { origin: origin.clone(), kind, title, subtitle, ..Document::default() };
    };
    let variant = Some(info.variant.clone()).filter(|v| !v.is_empty());
    let mut document = Document { kind, ..document(origin, &scenario, &scenario, variant.clone()) };
    // A recording is what it is: nothing of it can be turned.
    (document.written, document.shown) = (None, None);
    let own = scenario.runs.iter().position(|r| r.id == info.run);
    document.steps.retain(|s| Some(s.run) == own && s.says.variant == variant);
    for step in &mut document.steps {
        step.run = 0;
        // Its answer is found by running the scenario: a recording alone does not say.
        step.says.question = None;
    }
    document.subtitle = format!("{} · {name}", document.subtitle);
    document
}

fn or_else(text: &str, other: &str) -> String {
    if text.is_empty() { other } else { text }.to_owned()
}

/// Hands over a trace that is complete already.
fn stream(outlet: &Outlet, run: usize, trace: &Trace) {
    let mut tables = Some(trace.tables().clone());
    for chunk in trace.chunks() {
        let part = TracePart { chunk: Arc::clone(chunk), tables: tables.take().unwrap_or_default() };
        if !outlet.send(Report::Part { run, part: Box::new(part) }) {
            return;
        }
    }
}

/// Reports a run's end, and then what is wrong with it: a person need not wait for the diagnosis. Answers false when
/// nobody wants more.
fn end(outlet: &Outlet, run: usize, trace: &Trace, notice: Option<String>) -> bool {
    outlet.send(Report::RunEnded { run, notice })
        && outlet.send(Report::Diagnosed { run, findings: diagnose(trace, &Thresholds::default()) })
        && outlet.send(Report::Measured { run, figures: RunFigures::of(trace) })
}

/// The path of a file, as a person may write it: quotes and spaces around it are left out, `~` is their own folder.
pub fn path_from_text(text: &str) -> PathBuf {
    let text = text.trim().trim_matches(['"', '\'']);
    match (text.strip_prefix('~'), std::env::home_dir()) {
        (Some(""), Some(home)) => home,
        (Some(rest), Some(home)) if rest.starts_with(std::path::is_separator) => home.join(&rest[1..]),
        _ => text.into(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_scenario_that_is_carried_is_in_the_library() {
        assert_eq!(library().len(), embedded().len());
    }

    #[test]
    fn a_path_is_read_as_people_write_it() {
        assert_eq!(path_from_text("  \"a b.ron\" "), PathBuf::from("a b.ron"));
        assert_eq!(path_from_text("~other/x.ron"), PathBuf::from("~other/x.ron"));
        if let Some(home) = std::env::home_dir() {
            assert_eq!(path_from_text("~/x.ron"), home.join("x.ron"));
        }
    }

    #[test]
    fn an_error_of_a_file_is_located_with_its_line() {
        let text = "(\n    schema: 1,\n    idd: \"x\",\n)";
        let errors = Scenario::parse("x.ron", text, &[]).expect_err("a field is misspelt");
        let problem = problem(&errors.errors()[0], Some(text));
        assert_eq!(problem.place.map(|(line, _)| line), Some(3));
        assert_eq!(problem.excerpt.map(|(line, _)| line).as_deref(), Some("    idd: \"x\","));
    }
}
