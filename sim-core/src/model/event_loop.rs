//! Callbacks on one thread that goes round and round: Node's event loop.

use super::{Family, Model, Workers, refuses_in_place};
use crate::executor::Executor;

pub(super) static MODEL: Model = Model {
    id: "event_loop",
    title: "event loop",
    line: "One thread calls callbacks, one at a time, in phases; a pool of 4 threads for calls that block.",
    stands_for: "Node 20.20.2 on libuv 1.46",
    family: Family::Callbacks,
    workers: Workers::One,
    run: |machine, _, workload| machine.run_workload_callbacks(Executor::event_loop(), workload),
    refuses: |op| refuses_in_place(op, "Node has no such call: one thread runs all JavaScript, and only the pool of libuv can block beside it, which is Offload"),
};
