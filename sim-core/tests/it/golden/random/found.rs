//! Workloads in which a model once ran otherwise than its runtime.

use super::super::modes::mode;
use super::difference;
use super::tree::{Op, Outside, Wait, Workload};

/// The mode and the workload.
const FOUND: [(&str, &str); 2] = [
    // Found while an unpark from another thread did not count as a tick; r02 of the recorded workloads is the proof of that rule.
    (
        "tokio_ct_main_realclock",
        "(channels:[None],locks:1,notifies:1,root:[Spawn([]),Spawn([YieldSelf,Yield,YieldSelf,Spawn([Wait(Recv(0))])]),
        Yield,Spawn([Wait(Notified(0)),Lock(0,[Spawn([Lock(0,[Spawn([Recv(0,1),Lock(0,[])])]),Lock(0,[])]),Yield]),
        Spawn([Yield]),Lock(0,[Wait(Yield),Elsewhere([Spawn([])]),Send(0,1)])])])",
    ),
    // A LIFO poll goes on with what tokio's own operations have left of the budget.
    (
        "tokio_mt1_task",
        "(channels:[None],locks:2,notifies:1,root:[Spawn([Spawn([Recv(0,126)])]),Spawn([Spawn([Wait(Yield),
        Wait(Lock(0)),Lock(1,[Spawn([Send(0,125),Lock(0,[])])])]),Spawn([Yield,Send(0,1)]),Wait(Yield)])])",
    ),
];

#[test]
fn what_once_differed_does_not_any_more() {
    for (name, text) in FOUND {
        let workload = ron::from_str(text).expect("a workload is written as RON");
        for executor in mode(name).ours {
            assert_eq!(difference(mode(name), *executor, &workload), None, "{name}: {text}");
        }
    }
}

/// The tick after which a LocalSet looks at its remote queue first goes round after 255 (`LocalSet::tick`, a `u8`).
#[test]
fn a_local_set_looks_at_its_remote_queue_in_time_when_its_tick_has_gone_round() {
    let mode = mode("tokio_localset_task_realclock");
    for others in (240..300).step_by(5) {
        let mut root = vec![Op::Spawn(vec![Op::YieldSelf]); others];
        let woken = Op::Spawn(vec![Op::YieldSelf, Op::Wait(Wait::Notified(0))]);
        let wakes = Op::Spawn(vec![Op::YieldSelf, Op::Elsewhere(vec![Outside::NotifyOne(0)])]);
        root.splice(0..0, [woken, wakes]);
        root.extend([Op::YieldSelf, Op::YieldSelf]);
        let workload = Workload { channels: Vec::new(), locks: 0, notifies: 1, root };
        assert_eq!(difference(mode, mode.ours[0], &workload), None, "{others} others");
    }
}
