//! What a run's tasks are, and which words tell of them.
//!
//! A goroutine is not polled, and an actor has turns: whoever writes for people asks here. Knows no model.

/// What the tasks of a run are.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, serde::Serialize, serde::Deserialize)]
pub enum Family {
    /// Futures that an executor polls.
    #[default]
    Async,
    /// Code that OS threads run and block in: a thread a task.
    Threads,
    /// Code that a fixed number of OS threads run and block in, one task after another.
    Pool,
    /// Code that one OS thread goes through, one task after another; what a task starts is a call.
    Sequential,
    /// Callbacks of an event loop.
    Callbacks,
    /// Coroutines with stacks of their own.
    Coroutines,
    /// Actors that send each other messages.
    Actors,
}

impl Family {
    /// One of its tasks: "goroutine".
    pub const fn noun(self) -> &'static str {
        match self {
            Family::Async | Family::Pool | Family::Sequential | Family::Callbacks => "task",
            Family::Threads => "thread",
            Family::Coroutines => "goroutine",
            Family::Actors => "actor",
        }
    }

    /// Several of its tasks: "goroutines".
    pub const fn nouns(self) -> &'static str {
        match self {
            Family::Async | Family::Pool | Family::Sequential | Family::Callbacks => "tasks",
            Family::Threads => "threads",
            Family::Coroutines => "goroutines",
            Family::Actors => "actors",
        }
    }

    /// One of those that its tasks run on: "worker".
    pub const fn worker(self) -> &'static str {
        match self {
            Family::Pool | Family::Sequential => "thread",
            Family::Async | Family::Threads | Family::Callbacks | Family::Coroutines | Family::Actors => "worker",
        }
    }

    /// A stretch of a task on a worker, from taking it to giving it up: "poll". The event is `PollStarted` under every
    /// model.
    pub const fn turn(self) -> &'static str {
        match self {
            Family::Async => "poll",
            Family::Threads | Family::Pool | Family::Sequential | Family::Coroutines => "run",
            Family::Callbacks => "callback",
            Family::Actors => "turn",
        }
    }

    /// Several such stretches: "polls".
    pub const fn turns(self) -> &'static str {
        match self {
            Family::Async => "polls",
            Family::Threads | Family::Pool | Family::Sequential | Family::Coroutines => "runs",
            Family::Callbacks => "callbacks",
            Family::Actors => "turns",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn several_of_a_thing_are_the_thing_with_an_s() {
        use Family as F;
        for family in [F::Async, F::Threads, F::Pool, F::Sequential, F::Callbacks, F::Coroutines, F::Actors] {
            assert_eq!(family.nouns(), format!("{}s", family.noun()));
            assert_eq!(family.turns(), format!("{}s", family.turn()));
        }
    }
}
