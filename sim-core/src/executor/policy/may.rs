//! may 0.3.51, stackful coroutines for Rust (`src/scheduler.rs`), with one worker: its stealing is left out.

use super::{Came, Move, Next, QueueSpec, Ready, Reason, TaskPolicy};
use crate::trace::event::End;
use crate::trace::ids::WorkerId;

const LOCAL: usize = 0;
const GLOBAL: usize = 1;

/// What is woken or yields goes to the back of the local queue (`schedule`); what is spawned, to the global one
/// (`schedule_global`), which is emptied into the local one only when that one is empty (`collect_global`).
#[derive(Debug, Default)]
pub struct May;

impl TaskPolicy for May {
    fn name(&self) -> &'static str {
        "coroutines_may"
    }

    fn describe(&self) -> String {
        "may's scheduler: a local queue, and a global one for what is spawned".to_owned()
    }

    fn queues(&self, _: u32) -> Vec<QueueSpec> {
        let queue = |name: &str| QueueSpec::kept(name, WorkerId(0));
        vec![queue("local queue"), queue("global queue")]
    }

    fn place(&mut self, came: &Came, _: &Ready<'_>, _: &mut Vec<Move>) -> (usize, End) {
        let inside = came.on.is_some() && came.why != Reason::Spawned;
        (if inside { LOCAL } else { GLOBAL }, End::Back)
    }

    fn unpark(&mut self, _: usize, _: &Came, ready: &Ready<'_>) -> Option<WorkerId> {
        ready.first_parked()
    }

    fn next(&mut self, _: WorkerId, ready: &Ready<'_>, _: &mut dyn FnMut(u64) -> u64) -> Next {
        if ready.len(LOCAL) > 0 {
            return Next::Poll { queue: LOCAL, end: End::Front };
        }
        match ready.len(GLOBAL) {
            0 => Next::Park,
            count => {
                let (from, to) = ((GLOBAL, End::Front), (LOCAL, End::Back));
                Next::Move(Move { from, to, count, stolen: false })
            }
        }
    }
}
