//! Messages: who waits when a channel is full or empty, and what the other end hears when one end is gone.

use crate::lesson::*;

fn producer_and_consumer(channel: &str) -> String {
    format!(
        r#"tasks: {{
            "producer": (ops: [Repeat(4, [Send("box")]), Mark("sent")]),
            "consumer": (ops: [Repeat(4, [Recv("box"), Io("5ms")]), Mark("received")]),
        }}, resources: {{"box": {channel}}}"#
    )
}

#[test]
fn a_send_waits_for_room_and_an_unbounded_channel_always_has_some() {
    // One message is taken at 0, 5, 10 and 15 ms; with room for one, the fourth is put in at 10 ms.
    let (tasks, threads) = both(&producer_and_consumer("channel(capacity: 1)"));
    assert_eq!((mark_at(&tasks, "sent"), mark_at(&threads, "sent")), (10.0, 10.0));
    assert_eq!((mark_at(&tasks, "received"), mark_at(&threads, "received")), (20.0, 20.0));
    let (tasks, threads) = both(&producer_and_consumer("unbounded_channel"));
    assert_eq!((mark_at(&tasks, "sent"), mark_at(&threads, "sent")), (0.0, 0.0));
    assert_eq!((tasks.metrics.channels[0].peak, threads.metrics.channels[0].peak), (4, 4));
}

#[test]
fn a_receive_fails_when_every_sender_has_ended() {
    let workload = r#"tasks: {
        "sender": (ops: [Io("3ms"), Send("box")]),
        "receiver": (ops: [Recv("box"), Mark("one"), Try([Recv("box"), Mark("two")], [Mark("over")])]),
    }, resources: {"box": unbounded_channel}"#;
    assert_eq!(marks(workload), ("one over".to_owned(), "one over".to_owned()));
}

#[test]
fn a_send_fails_when_every_receiver_has_ended() {
    let workload = r#"tasks: {
        "receiver": (ops: [Recv("box")]),
        "sender": (ops: [Send("box"), Io("1ms"), Send("box"), Mark("never")]),
    }, resources: {"box": channel(capacity: 1)}"#;
    let (tasks, threads) = both(workload);
    for run in [tasks, threads] {
        assert_eq!((run.marks().as_str(), told(&run, "Failed").len()), ("", 1));
        assert!(told(&run, "Failed")[0].contains("every receiver is gone"), "{:?}", told(&run, "Failed"));
    }
}
