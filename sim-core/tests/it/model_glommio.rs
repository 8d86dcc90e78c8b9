//! glommio's queues share a core by weight, as its `src/executor/mod.rs` says.

use sim_core::scenario::Scenario;

use crate::lesson::text_with;
use crate::model_coroutines::{lesson_of, measured};

fn marks(workload: &str) -> String {
    measured(&lesson_of("glommio", "cores: 1", "workers: 1", workload)).marks()
}

#[test]
fn a_queue_of_half_the_shares_has_half_the_time() {
    let steps = |name: &str| format!(r#"ops: [Repeat(6, [Work("100ms"), Mark("{name}"), Yield])]"#);
    let (a, b) = (steps("A"), steps("B"));
    let marks = marks(&format!(r#"tasks: {{"a": (shares: 1000, {a}), "b": (shares: 500, {b})}}"#));
    assert_eq!(marks, "A B A A B A A B A B B B");
}

#[test]
fn who_comes_to_an_empty_queue_goes_before_those_that_have_had_their_share() {
    // The third's timer is due at 250 ms, and is looked at when the 100 ms of whoever runs then are over, at 300 ms. By
    // then the small queue has come to a hundred times what the large one has: the third begins just behind the large one.
    let workload = r#"tasks: {
        "large": (shares: 1000, ops: [Repeat(5, [Work("100ms"), Mark("L"), Yield])]),
        "small": (shares: 10, ops: [Repeat(2, [Work("100ms"), Mark("S"), Yield])]),
        "third": (shares: 500, ops: [Sleep("150ms"), Mark("T")]),
    }"#;
    assert_eq!(marks(workload), "L S L L T L L S");
}

#[test]
fn shares_are_one_to_a_thousand() {
    for shares in [0, 1001] {
        let workload = format!(r#"tasks: {{"t": (shares: {shares}, ops: [Yield])}}"#);
        let text = text_with("cores: 1", "workers: 1", &workload);
        let errors = Scenario::parse("lesson.ron", &text, &[]).unwrap_err().to_string();
        assert!(errors.contains(&format!("there are no {shares} shares")), "{errors}");
    }
}
