//! The transitions that are allowed: for each event, the states that its subject may be in before it.
//!
//! Data only, one line a rule. An event that is not listed is legal in every state.

use crate::trace::event::{Event, PollFrom, PollResult, SwitchReason, WakeEffect};
use crate::trace::ids::*;
use crate::trace::snapshot::{FutureState, Task, TaskState, Thread, ThreadState};

/// Where a task is in its life, as far as rules go.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum TaskPhase {
    NotSpawned,
    Ready,
    Polling,
    Pending,
    Ended,
    Freed,
}

/// Where a thread is in its life, as far as rules go.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum ThreadPhase {
    NotCreated,
    Runnable,
    Running,
    Blocked,
    Exited,
}

pub(super) fn task_phase(task: Option<&Task>) -> TaskPhase {
    match task {
        None => TaskPhase::NotSpawned,
        Some(task) if task.freed => TaskPhase::Freed,
        Some(task) => match task.state {
            TaskState::NotSpawned => TaskPhase::NotSpawned,
            TaskState::Ready => TaskPhase::Ready,
            TaskState::Polling(_) | TaskState::WithoutWorker(_) => TaskPhase::Polling,
            TaskState::Pending => TaskPhase::Pending,
            TaskState::Completed | TaskState::Cancelled | TaskState::Panicked => TaskPhase::Ended,
        },
    }
}

pub(super) fn thread_phase(thread: Option<&Thread>) -> ThreadPhase {
    match thread.map(|t| t.state) {
        None | Some(ThreadState::NotCreated) => ThreadPhase::NotCreated,
        Some(ThreadState::Runnable) => ThreadPhase::Runnable,
        Some(ThreadState::Running(_)) => ThreadPhase::Running,
        Some(ThreadState::Blocked(_)) => ThreadPhase::Blocked,
        Some(ThreadState::Exited { .. }) => ThreadPhase::Exited,
    }
}

/// The task that an event is about, and the phases in which it is legal.
#[rustfmt::skip]
pub(super) fn task_rule(event: Event) -> Option<(TaskId, &'static [TaskPhase])> {
    use Event as E;
    use TaskPhase::*;
    const ALIVE: &[TaskPhase] = &[Ready, Polling, Pending];
    const KNOWN: &[TaskPhase] = &[Ready, Polling, Pending, Ended];
    Some(match event {
        E::TaskSpawned { task, .. } => (task, &[NotSpawned]),
        E::Queued { task, .. } => (task, &[Ready]),
        E::Dequeued { task, .. } => (task, &[Ready, Ended]),
        // A root may be polled without having been woken.
        E::PollStarted { task, from: PollFrom::Direct, .. } => (task, &[Pending]),
        E::PollStarted { task, .. } => (task, &[Ready]),
        E::PollEnded { task, result: PollResult::Pending, .. } => (task, &[Polling]),
        E::PollEnded { task, result: PollResult::RequeuedBack | PollResult::RequeuedFront, .. } => (task, &[Polling]),
        E::PollEnded { task, result: PollResult::PreemptedBack | PollResult::PreemptedFront, .. } => (task, &[Polling]),
        E::PollEnded { task, result: PollResult::Ready | PollResult::Panicked | PollResult::Cut, .. } => (task, &[Polling, Ended]),
        E::Woken { task, effect: WakeEffect::Queued, .. } => (task, &[Pending]),
        E::Woken { task, effect: WakeEffect::Redundant, .. } => (task, &[Ready, Polling]),
        E::Woken { task, effect: WakeEffect::OwnPoll | WakeEffect::DuringPoll, .. } => (task, &[Polling]),
        E::Woken { task, effect: WakeEffect::Stale, .. } => (task, &[Ended, Ready, Pending]),
        E::WakerCloned { task, .. } | E::WakerDropped { task, .. } => (task, KNOWN),
        E::BudgetExhausted { task, .. } => (task, &[Polling]),
        E::TaskCompleted { task, .. } => (task, &[Polling, Ended]),
        E::TaskCancelled { task, .. } => (task, ALIVE),
        E::TaskFreed { task, .. } => (task, &[Ended]),
        E::TaskDetached { task, .. } | E::AbortRequested { task, .. } => (task, KNOWN),
        E::TaskAllocated { task, .. } => (task, KNOWN),
        _ => return None,
    })
}

/// The thread that an event is about, and the phases in which it is legal.
#[rustfmt::skip]
pub(super) fn thread_rule(event: Event) -> Option<(ThreadId, &'static [ThreadPhase])> {
    use Event as E;
    use ThreadPhase::*;
    Some(match event {
        E::ThreadCreated { thread, .. } => (thread, &[NotCreated]),
        E::ThreadRunnable { thread, .. } => (thread, &[Runnable]),
        E::Dispatched { thread, .. } | E::Migrated { thread, .. } => (thread, &[Runnable]),
        E::SwitchedOut { thread, reason: SwitchReason::Blocked, .. } => (thread, &[Blocked]),
        E::SwitchedOut { thread, reason: SwitchReason::Preempted | SwitchReason::Yielded, .. } => (thread, &[Running]),
        E::SwitchedOut { thread, reason: SwitchReason::Exited, .. } => (thread, &[Exited]),
        E::ThreadBlocked { thread, .. } | E::ThreadExited { thread, .. } => (thread, &[Running]),
        E::WorkerMoved { thread, .. } => (thread, &[Runnable, Running]),
        E::ThreadUnblocked { thread, .. } => (thread, &[Blocked]),
        E::StackReserved { thread, .. } | E::StackTouched { thread, .. } => (thread, &[Runnable, Running, Blocked]),
        E::PriorityLent { thread, .. } | E::PriorityReturned { thread, .. } => (thread, &[Runnable, Running, Blocked]),
        _ => return None,
    })
}

/// The named future that an event is about, and the states in which it is legal.
pub(super) fn future_rule(event: Event) -> Option<(FutureId, &'static [FutureState])> {
    Some(match event {
        Event::FutureCreated { future, .. } => (future, &[FutureState::NotCreated]),
        Event::FuturePolled { future, .. } => (future, &[FutureState::Created]),
        Event::FutureCompleted { future, .. } => (future, &[FutureState::Polled]),
        Event::FutureDropped { future, .. } => (future, &[FutureState::Created, FutureState::Polled]),
        _ => return None,
    })
}

/// Who acts in an event that only running code can cause: a task inside its poll, a thread on a core. What a drop may
/// cause is not listed: a task that is cancelled drops what it holds without being polled.
pub(super) fn acting(event: Event) -> Option<Actor> {
    use Event as E;
    Some(match event {
        E::AcquireWaiting { by, .. } | E::SendWaiting { by, .. } | E::RecvWaiting { by, .. } => by,
        E::NotifyWaiting { by, .. } | E::NotifyReceived { by, .. } | E::JoinWaiting { by, .. } => by,
        E::TimerSet { by, .. } | E::IoSubmitted { by, .. } | E::Offloaded { by, .. } => by,
        E::WorkBegan { by, .. } | E::BlockBegan { by, .. } | E::BlockEnded { by } => by,
        E::FuturePolled { by, .. } | E::FutureCompleted { by, .. } => by,
        E::StepBegan { by, .. } => by,
        _ => return None,
    })
}
