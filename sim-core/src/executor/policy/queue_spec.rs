//! The queues that a policy wants.

use crate::trace::ids::WorkerId;
use crate::trace::tables::Takers;

/// A queue that a policy wants.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct QueueSpec {
    /// Its name, for people.
    pub name: String,
    /// The worker whose own it is; none for one that all serve.
    pub owner: Option<WorkerId>,
    /// Who takes tasks from it.
    pub takers: Takers,
}

impl QueueSpec {
    /// One that all workers serve.
    pub fn shared(name: impl Into<String>) -> QueueSpec {
        QueueSpec { name: name.into(), owner: None, takers: Takers::AnyWorker }
    }

    /// A worker's own, from which nobody else takes.
    pub fn kept(name: impl Into<String>, owner: WorkerId) -> QueueSpec {
        QueueSpec { name: name.into(), owner: Some(owner), takers: Takers::Owner }
    }

    /// A worker's own, from which the others steal.
    pub fn stolen_from(name: impl Into<String>, owner: WorkerId) -> QueueSpec {
        QueueSpec { name: name.into(), owner: Some(owner), takers: Takers::AnyWorker }
    }
}
