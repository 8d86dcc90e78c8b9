//! A small workload as data: what its tasks do, step by step.
//!
//! Every workload comes to its end on every fair executor, so that no real runtime ever hangs: the root never waits for
//! another task but for one that waits for nobody; when all has come to rest it sets free whoever still waits. Locks are
//! taken in the order of their numbers, and nobody joins while holding one.

use serde::{Deserialize, Serialize};

/// What the tasks share, and the root's steps.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Workload {
    /// The capacity of each channel; none: unbounded.
    pub channels: Vec<Option<usize>>,
    pub locks: usize,
    pub notifies: usize,
    pub root: Vec<Op>,
}

/// A step. Channels, locks and notifies are named by their place.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub enum Op {
    Spawn(Vec<Op>),
    /// The oldest child that was not joined.
    Join,
    /// The handle of the oldest child that was not joined: some runtimes cancel the child.
    Drop,
    /// The runtime's own yield.
    Yield,
    /// A wake of oneself.
    YieldSelf,
    /// So many messages, one after another.
    Send(usize, usize),
    Recv(usize, usize),
    Lock(usize, Vec<Op>),
    NotifyOne(usize),
    NotifyWaiters(usize),
    Wait(Wait),
    /// Biased: the first that is ready, in this order.
    Select(Wait, Wait),
    /// On another thread, while this one waits.
    Elsewhere(Vec<Outside>),
}

/// Something to wait for, alone or in a select.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub enum Wait {
    Recv(usize),
    Send(usize),
    Notified(usize),
    /// Taken, and given back at once.
    Lock(usize),
    Yield,
    /// Milliseconds.
    Sleep(u64),
}

/// What another thread does.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub enum Outside {
    Spawn(Vec<Op>),
    Send(usize),
    NotifyOne(usize),
}

/// What a runtime can do, of what a workload asks.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Can {
    /// It has a clock that can stand still; without one a sleep is a yield.
    pub sleep: bool,
    /// What another thread can do to it; the rest of what such a thread would do is done in place.
    pub elsewhere: Elsewhere,
}

/// What another thread can do to a runtime.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Elsewhere {
    SpawnAndWake,
    Wake,
    Nothing,
}

impl Workload {
    /// Whether it is certain to end, and asks for nothing that is not there.
    pub fn is_sound(&self) -> bool {
        self.root.iter().all(|op| self.sound(op, None)) && root_is_free(self, &self.root)
    }

    /// `held` is the highest lock that the task holds.
    fn sound(&self, op: &Op, held: Option<usize>) -> bool {
        let all = |ops: &[Op], held| ops.iter().all(|op| self.sound(op, held));
        let lockable = |lock: usize| lock < self.locks && held.is_none_or(|held| held < lock);
        let wait = |wait: &Wait| match *wait {
            Wait::Recv(channel) | Wait::Send(channel) => channel < self.channels.len(),
            Wait::Notified(notify) => notify < self.notifies,
            Wait::Lock(lock) => lockable(lock),
            Wait::Yield | Wait::Sleep(_) => true,
        };
        match op {
            Op::Spawn(ops) => all(ops, None),
            Op::Join => held.is_none(),
            Op::Drop | Op::Yield | Op::YieldSelf => true,
            Op::Send(channel, _) | Op::Recv(channel, _) => *channel < self.channels.len(),
            Op::Lock(lock, ops) => lockable(*lock) && all(ops, Some(*lock)),
            Op::NotifyOne(notify) | Op::NotifyWaiters(notify) => *notify < self.notifies,
            Op::Wait(one) => wait(one),
            Op::Select(first, second) => wait(first) && wait(second),
            Op::Elsewhere(steps) => steps.iter().all(|step| match step {
                Outside::Spawn(ops) => all(ops, None),
                Outside::Send(channel) => *channel < self.channels.len(),
                Outside::NotifyOne(notify) => *notify < self.notifies,
            }),
        }
    }

    /// Whether the task of these steps waits for no other but for such as itself.
    pub fn is_free(&self, ops: &[Op]) -> bool {
        ops.iter().all(|op| match op {
            Op::Spawn(ops) => self.is_free(ops),
            Op::Send(channel, _) => self.channels[*channel].is_none(),
            Op::Wait(Wait::Yield | Wait::Sleep(_)) => true,
            Op::Join | Op::Drop | Op::Yield | Op::YieldSelf | Op::NotifyOne(_) | Op::NotifyWaiters(_) => true,
            Op::Elsewhere(_) => true,
            Op::Wait(Wait::Recv(_) | Wait::Send(_) | Wait::Notified(_) | Wait::Lock(_)) => false,
            Op::Recv(..) | Op::Lock(..) | Op::Select(..) => false,
        })
    }
}

/// The root may spawn tasks that wait, as long as it joins only those that do not.
pub fn root_is_free(workload: &Workload, root: &[Op]) -> bool {
    let mut children = root.iter().filter_map(|op| if let Op::Spawn(ops) = op { Some(ops) } else { None });
    root.iter().all(|op| match op {
        Op::Spawn(_) => true,
        Op::Join => children.next().is_none_or(|child| workload.is_free(child)),
        Op::Drop => {
            children.next();
            true
        }
        other => workload.is_free(std::slice::from_ref(other)),
    })
}
