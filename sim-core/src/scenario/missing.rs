//! Which fields a struct of the file still lacks: all of them, where the parser stops at the first.
//!
//! Owns the table of the fields that cannot be left out, which a test holds to the types.

use super::outline::{Node, Shape};

/// What cannot be left out, by the name of the type.
const NEEDED: [(&str, &[&str]); 14] = [
    ("Scenario", &["schema", "id", "title", "idea", "workload", "runs"]),
    ("Workload", &["tasks"]),
    ("TaskSpec", &["ops"]),
    ("DeviceSpec", &["latency"]),
    ("RunSpec", &["id", "model"]),
    ("Knob", &["path", "label", "values"]),
    ("Variant", &["id", "title", "set"]),
    ("Expectation", &["run", "metric"]),
    ("Step", &["title", "text"]),
    ("Stretch", &["from", "to"]),
    ("Question", &["ask", "choices", "because"]),
    ("Figure", &["metric"]),
    ("Choice", &["says", "when"]),
    ("Anchor", &["task"]),
];

/// Every field that the struct of type `outer` around this byte lacks; at least the `first`, which the parser named.
pub(super) fn fields(text: &str, at: usize, outer: &str, first: &'static str) -> Vec<&'static str> {
    let needed = NEEDED.iter().find(|(name, _)| *name == outer).map_or(&[][..], |(_, needed)| *needed);
    let outline = Node::of(text);
    let Some(around) = outline.as_ref().and_then(|outline| innermost(outline, at)) else { return vec![first] };
    let lacks = |field: &&str| around.children.iter().all(|child| child.key != **field);
    let all: Vec<&'static str> = needed.iter().copied().filter(lacks).collect();
    // A table that knows less than the parser is not believed.
    if all.contains(&first) { all } else { vec![first] }
}

/// "field `id`", "fields `id`, `title` and `idea`".
pub(super) fn named(fields: &[&str]) -> String {
    let quoted: Vec<String> = fields.iter().map(|field| format!("`{field}`")).collect();
    match quoted.as_slice() {
        [] => "fields".to_owned(),
        [only] => format!("field {only}"),
        [most @ .., last] => format!("fields {} and {last}", most.join(", ")),
    }
}

/// The innermost struct in which this byte stands.
fn innermost(node: &Node, at: usize) -> Option<&Node> {
    if !node.span.contains(&at) {
        return None;
    }
    let inside = node.children.iter().find_map(|child| innermost(&child.node, at));
    inside.or(matches!(node.shape, Shape::Parens { .. }).then_some(node))
}

#[cfg(test)]
mod tests {
    use serde::de::DeserializeOwned;

    use super::super::narration::{Choice, Figure, Question, Stretch};
    use super::super::read::options;
    use super::super::spec::{DeviceSpec, Knob, RunSpec, Scenario, Variant};
    use super::super::{Anchor, Expectation, Step};
    use super::*;
    use crate::program::{TaskSpec, Workload};

    /// A value for each field of the table.
    const VALUES: &[(&str, &str)] = &[
        ("schema", "1"),
        ("id", r#""a""#),
        ("title", r#""a""#),
        ("idea", r#""a""#),
        ("workload", "(tasks: {})"),
        ("runs", "[]"),
        ("tasks", "{}"),
        ("ops", "[]"),
        ("latency", r#""1ms""#),
        ("model", "async_fifo"),
        ("path", r#""a""#),
        ("label", r#""a""#),
        ("values", "range(1, 2)"),
        ("set", "[]"),
        ("run", r#""a""#),
        ("metric", r#""makespan""#),
        ("text", r#""a""#),
        ("from", r#""1ms""#),
        ("to", r#""1ms""#),
        ("ask", r#""a""#),
        ("choices", "[]"),
        ("because", r#""a""#),
        ("says", r#""a""#),
        ("when", "never"),
        ("task", r#""a""#),
    ];

    fn holds<T: DeserializeOwned>(name: &str) {
        let (_, needed) = NEEDED.iter().find(|(of, _)| *of == name).expect("it is in the table");
        let value = |field: &str| VALUES.iter().find(|(of, _)| *of == field).expect("it has a value").1;
        let read = |fields: &[&str]| {
            let fields: Vec<String> = fields.iter().map(|field| format!("{field}: {}", value(field))).collect();
            options().from_str::<T>(&format!("({})", fields.join(", "))).map(drop).map_err(|e| e.to_string())
        };
        assert_eq!(read(needed), Ok(()), "{name} needs more");
        for left_out in *needed {
            let rest: Vec<&str> = needed.iter().copied().filter(|field| field != left_out).collect();
            assert!(read(&rest).is_err(), "{name} does not need {left_out}");
        }
    }

    #[test]
    fn the_table_has_all_that_cannot_be_left_out_and_no_more() {
        holds::<Scenario>("Scenario");
        holds::<Workload>("Workload");
        holds::<TaskSpec>("TaskSpec");
        holds::<DeviceSpec>("DeviceSpec");
        holds::<RunSpec>("RunSpec");
        holds::<Knob>("Knob");
        holds::<Variant>("Variant");
        holds::<Expectation>("Expectation");
        holds::<Step>("Step");
        holds::<Stretch>("Stretch");
        holds::<Question>("Question");
        holds::<Figure>("Figure");
        holds::<Choice>("Choice");
        holds::<Anchor>("Anchor");
    }

    #[test]
    fn all_that_a_struct_lacks_is_told_and_nothing_of_the_structs_around_it() {
        let text = "(schema: 1, runs: [(workers: 2)])";
        let at = text.find(")]").expect("it is there");
        assert_eq!(fields(text, at, "RunSpec", "id"), ["id", "model"]);
        assert_eq!(fields(text, text.len() - 1, "Scenario", "id"), ["id", "title", "idea", "workload"]);
        assert_eq!(named(&["id", "title", "idea"]), "fields `id`, `title` and `idea`");
    }
}
