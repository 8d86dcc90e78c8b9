//! What bounds every run: the steps of a program that takes no time, and the last moment of a trace.

use sim_core::program::Workload;
use sim_core::trace::Trace;
use sim_core::trace::event::{EndReason, Event};
use sim_core::{Executor, Limits, SimDuration, time};

use crate::support::{count, textbook};

fn ended(trace: &Trace, how: EndReason) -> bool {
    count(trace, |e| matches!(e, Event::RunEnded { reason } if reason == how)) == 1
}

#[test]
fn steps_that_take_no_time_meet_the_step_limit_in_every_model() {
    let bodies = [
        r#"Mark("x")"#,
        r#"Notify("n")"#,
        r#"NotifyAll("n")"#,
        r#"Lock("m", [])"#,
        r#"Send("c"), Recv("c")"#,
        r#"Send("u"), Recv("u")"#,
        r#"Let("f", [Mark("x")]), Drop("f")"#,
        r#"Let("f", [Mark("x")]), Await("f")"#,
        r#"Try([Fail("x")], [])"#,
    ];
    for body in bodies {
        let text = format!(
            r#"(tasks: {{"a": (ops: [Repeat(3000000, [{body}])])}},
            resources: {{"n": notify, "m": mutex, "c": channel(capacity: 4), "u": unbounded_channel}})"#
        );
        let workload: Workload = ron::from_str(&text).unwrap();
        let machine = || textbook(1).limits(Limits { steps: 1_000, ..Limits::default() });
        for trace in
            [machine().run_workload_async(Executor::fifo(1), &workload), machine().run_workload_threads(&workload)]
        {
            assert!(ended(&trace, EndReason::StepLimit), "{body}");
            assert!(trace.len() < 20_000, "{body}: {} events", trace.len());
        }
    }
}

#[test]
fn sleeps_beyond_the_last_moment_of_a_trace_end_the_run() {
    let outcome =
        textbook(1).limits(Limits { steps: 20_000, ..Limits::default() }).run_async(Executor::fifo(1), || async {
            for _ in 0..100_000 {
                time::sleep(SimDuration::from_secs(86_400)).await;
            }
        });
    assert_eq!(outcome.end, EndReason::TimeLimit);
}
