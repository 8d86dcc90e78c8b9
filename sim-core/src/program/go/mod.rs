//! What goroutines have instead of handles: a context that is cancelled, and a group that is waited for.

mod context;
mod group;

pub(super) use context::{Context, WithTimeout, wait};
pub(super) use group::Group;

use super::ast::{Op, Program};

/// Whether Go has these bodies as the cases of one `select`: each is one step that a case can be.
pub(super) fn is_select(bodies: &[Program]) -> bool {
    let is_case = |op: &Op| matches!(op, Op::Send(_) | Op::Recv(_) | Op::Sleep(_) | Op::Wait(_));
    bodies.iter().all(|body| body.len() == 1 && is_case(&body[0]))
}
