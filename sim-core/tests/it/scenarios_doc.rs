//! docs/scenarios.md is of the files that are read: each field, each step, each resource, each figure; and its example
//! runs. Set `WAKELINE_BLESS=1` to write the tables of steps and of figures anew, and review the difference.

use std::path::Path;

use ron::extensions::Extensions;
use serde::de::DeserializeOwned;
use sim_core::analysis::metrics::DEFINITIONS;
use sim_core::model::MODELS;
use sim_core::program::{Op, ResourceSpec, TaskSpec, Workload};
use sim_core::scenario::measure::OWN;
use sim_core::scenario::narration::{Choice, Figure, Question, Stretch};
use sim_core::scenario::outline::{Found, Node};
use sim_core::scenario::{Anchor, DeviceSpec, Expectation, Knob, MachineSpec, RunSpec, Scenario, Step, Unit, Variant};

fn doc() -> String {
    let file = std::fs::read_to_string(path()).expect("the document is there");
    // A checkout may have turned line ends into those of its platform.
    file.replace("\r\n", "\n")
}

fn path() -> std::path::PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/scenarios.md")
}

/// The lines of the table whose first column is called so, below its head.
fn lines(first: &str) -> Vec<String> {
    let head = format!("| {first} |");
    let doc = doc();
    let below = doc.lines().skip_while(|line| !line.starts_with(&head)).skip(2);
    below.take_while(|line| line.starts_with('|')).map(str::to_owned).collect()
}

/// Its rows: each cell without its backquotes.
fn table(first: &str) -> Vec<Vec<String>> {
    let cells = |line: &String| line.trim_matches('|').split('|').map(|c| c.trim().replace('`', "")).collect();
    let rows: Vec<Vec<String>> = lines(first).iter().map(cells).collect();
    assert!(!rows.is_empty(), "there is no table of {first}");
    rows
}

/// Whether the table is this; blessing makes it so.
fn is_table(first: &str, rows: &[String]) {
    if std::env::var_os("WAKELINE_BLESS").is_some() {
        let (doc, head) = (doc(), format!("\n| {first} |"));
        let at = doc.find(&head).expect("the table has a head");
        let below = at + 1 + doc[at + 1..].match_indices('\n').nth(1).expect("and a line below").0 + 1;
        let end = below + lines(first).iter().map(|line| line.len() + 1).sum::<usize>();
        let written: String = rows.iter().map(|row| format!("{row}\n")).collect();
        std::fs::write(path(), format!("{}{written}{}", &doc[..below], &doc[end..])).expect("it is writable");
    }
    assert_eq!(lines(first), rows);
}

fn read<T: DeserializeOwned>(text: &str) -> Result<T, ron::error::Error> {
    let options = ron::Options::default().with_default_extension(Extensions::IMPLICIT_SOME);
    options.from_str(text).map_err(|spanned| spanned.code)
}

/// The table has every field of the type and no other; what it gives for an example can be read, and the struct without
/// a field just where the table does not say that it is needed.
fn fields_are_told<T: DeserializeOwned>(what: &str) {
    let rows = table(&format!("field of {what}"));
    let mut told: Vec<&str> = rows.iter().map(|row| row[0].as_str()).collect();
    let Err(ron::error::Error::NoSuchStructField { expected, .. }) = read::<T>("(no_such_field: 1)") else {
        panic!("{what} takes a field that there is not");
    };
    let mut known = expected.to_vec();
    told.sort_unstable();
    known.sort_unstable();
    assert_eq!(told, known, "{what}");
    let of = |rows: &mut dyn Iterator<Item = &Vec<String>>| {
        let fields: Vec<String> = rows.map(|row| format!("{}: {}", row[0], row[1])).collect();
        read::<T>(&format!("({})", fields.join(", "))).map(drop)
    };
    assert_eq!(of(&mut rows.iter()), Ok(()), "{what}");
    for left_out in &rows {
        let without = of(&mut rows.iter().filter(|row| *row != left_out));
        assert_eq!(without.is_err(), left_out[2] == "needed", "{what} without {}: {without:?}", left_out[0]);
        assert!(left_out[3].len() > 5, "{what}: what is {}?", left_out[0]);
    }
}

#[test]
fn every_field_is_told_with_an_example_and_whether_it_is_needed() {
    fields_are_told::<Scenario>("a scenario");
    fields_are_told::<MachineSpec>("a machine");
    fields_are_told::<DeviceSpec>("a device");
    fields_are_told::<Workload>("a workload");
    fields_are_told::<TaskSpec>("a task");
    fields_are_told::<RunSpec>("a run");
    fields_are_told::<Variant>("a variant");
    fields_are_told::<Knob>("a knob");
    fields_are_told::<Expectation>("an expectation");
    fields_are_told::<Step>("a narrated step");
    fields_are_told::<Anchor>("a moment");
    fields_are_told::<Question>("a question");
    fields_are_told::<Figure>("a figure");
    fields_are_told::<Choice>("a choice");
    fields_are_told::<Stretch>("a stretch of time");
}

// One test for both: where they are blessed, one after the other writes the document.
#[test]
fn every_step_and_every_figure_is_told_as_the_program_tells_it() {
    steps_are_told();
    figures_are_told();
}

fn steps_are_told() {
    let row = |kind: &sim_core::program::OpKind| {
        let step = kind.example();
        let without = MODELS.iter().filter(|model| (model.refuses)(&step).is_some());
        let without: Vec<String> = without.map(|model| format!("`{}`", model.id)).collect();
        format!("| `{}` | `{}` | {} | {} |", kind.name, kind.written, kind.does, without.join(", "))
    };
    is_table("step", &Op::KINDS.iter().map(row).collect::<Vec<_>>());
}

fn figures_are_told() {
    let form = |unit: Unit| match unit {
        Unit::Count => "a number: `12`",
        Unit::Time => "a time: `\"42ms\"`",
        Unit::Share => "a share: `\"21%\"`",
        Unit::Bytes => "a size: `\"4 MiB\"`",
        Unit::Text => "a text: `\"stuck\"`",
    };
    let metrics = DEFINITIONS.iter().map(|d| (d.id, d.unit.into(), d.definition));
    let row = |(id, unit, what): (&str, Unit, &str)| format!("| `{id}` | {} | {what} |", form(unit));
    is_table("figure", &metrics.chain(OWN).map(row).collect::<Vec<_>>());
}

#[test]
fn every_kind_of_resource_is_told() {
    let told = table("resource");
    let names: Vec<&str> = told.iter().map(|row| row[0].as_str()).collect();
    let Err(ron::error::Error::NoSuchEnumVariant { expected, .. }) = read::<ResourceSpec>("no_such_kind") else {
        panic!("there is a resource of no kind");
    };
    assert_eq!(names, expected);
    for row in &told {
        assert_eq!(read::<ResourceSpec>(&row[1]).unwrap().kind(), row[0]);
        let known = |step: &str| Op::KINDS.iter().any(|kind| kind.name == step);
        assert!(row[2].split(", ").all(known), "{}: {}", row[0], row[2]);
    }
}

#[test]
fn the_example_runs_and_meets_what_it_expects() {
    let doc = doc();
    let (_, after) = doc.split_once("```ron\n").expect("it shows a scenario");
    let (text, _) = after.split_once("```").expect("it ends");
    let scenario = Scenario::parse("slow-query.ron", text, &[]).unwrap_or_else(|errors| panic!("{errors}"));
    let verdicts = scenario.assert(|_| ()).expect("every run runs");
    assert!(!verdicts.is_empty() && verdicts.iter().all(|verdict| verdict.met), "{verdicts:?}");
    let outline = Node::of(text).expect("it is RON");
    for row in table("path") {
        let Found::Value(node) = outline.find(&row[0]) else { panic!("{} leads nowhere", row[0]) };
        assert_eq!(text[node.span.clone()], row[1]);
    }
}
