//! Workloads in which a model once ran otherwise than its runtime.

use super::super::modes::mode;
use super::difference;

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
