//! What a run's tasks are, and which words tell of them.
//!
//! A goroutine is not polled, and an actor has turns: whoever writes for people asks here. Knows no model.

use std::borrow::Cow;

use super::event::Event;

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

    /// Several of those: "workers".
    pub const fn workers(self) -> &'static str {
        match self {
            Family::Pool | Family::Sequential => "threads",
            Family::Async | Family::Threads | Family::Callbacks | Family::Coroutines | Family::Actors => "workers",
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

impl Family {
    /// The name of an event for people: what the catalogue calls a poll is a callback, a run or a turn. Only futures have
    /// wakers: of the others someone knows that they wait.
    pub fn event_name(self, catalogue: &'static str) -> &'static str {
        let [started, ended] = match self {
            Family::Async | Family::Threads => return catalogue,
            Family::Pool | Family::Sequential | Family::Coroutines => ["RunStarted", "RunPaused"],
            Family::Callbacks => ["CallbackStarted", "CallbackEnded"],
            Family::Actors => ["TurnStarted", "TurnEnded"],
        };
        match catalogue {
            "PollStarted" => started,
            "PollEnded" => ended,
            "WakerCloned" => "WaiterAdded",
            "WakerDropped" => "WaiterRemoved",
            _ => catalogue,
        }
    }

    /// What an event says, for a person who has not seen it before.
    pub fn explanation(self, event: &Event) -> Cow<'static, str> {
        let [started, ended] = match self {
            Family::Async | Family::Threads => return Cow::Borrowed(event.explanation()),
            Family::Pool | Family::Sequential => {
                ["a thread took the task and runs it", "the task ended, and its thread is free for another"]
            }
            Family::Callbacks => ["the event loop called the task's next callback", "the callback returned"],
            Family::Coroutines => [
                "a worker switched to the goroutine's stack, and its code goes on",
                "the goroutine left its worker, which is free for another",
            ],
            Family::Actors => ["a worker gave the actor its turn", "the actor's turn is over"],
        };
        match event {
            Event::PollStarted { .. } => Cow::Borrowed(started),
            Event::PollEnded { .. } => Cow::Borrowed(ended),
            Event::WakerCloned { .. } => Cow::Owned(self.reword("one more place can make the task ready")),
            Event::WakerDropped { .. } => Cow::Owned(self.reword("one place fewer can make the task ready")),
            _ => Cow::Owned(self.reword(event.explanation())),
        }
    }

    /// Whether its tasks are futures, which are polled and have wakers.
    pub const fn has_wakers(self) -> bool {
        match self {
            Family::Async => true,
            Family::Threads
            | Family::Pool
            | Family::Sequential
            | Family::Callbacks
            | Family::Coroutines
            | Family::Actors => false,
        }
    }

    /// What a task did that makes itself able to run: "woke itself".
    pub const fn woke_itself(self) -> &'static str {
        match self {
            Family::Async | Family::Threads => "woke itself",
            Family::Callbacks => "queued by itself",
            Family::Pool | Family::Sequential | Family::Coroutines | Family::Actors => "made itself ready",
        }
    }

    /// What stepping from one stretch to the next is called: "poll".
    pub const fn step(self) -> &'static str {
        match self {
            Family::Async => "poll",
            Family::Threads => "context switch",
            Family::Pool | Family::Sequential => "run of a task",
            Family::Callbacks => "callback",
            Family::Coroutines => "run of a goroutine",
            Family::Actors => "turn of an actor",
        }
    }
}

/// Phrases that only hold for a poll, and what holds instead. Before the words: the longer first.
const PHRASES: [(&str, &str); 20] = [
    ("someone called the task's waker: it wants to be polled", "what it waited for has come: it wants to run"),
    ("calls of wakers", "how often something made a task able to run"),
    ("Calls of wakers", "How often something made a task able to run"),
    ("calls of its waker", "how often something made it able to run"),
    ("Calls of its waker", "How often something made it able to run"),
    ("by itself, inside its own poll", "by itself, while it ran"),
    ("Nothing can preempt a poll: it is polled when one of them returns", "It runs when one of them has done"),
    ("Nothing can preempt a poll", "It runs when that has done"),
    ("It can do nothing else until that poll returns", "It can do nothing else until then"),
    ("its code runs until it returns Ready or Pending", "its code runs"),
    ("Its future returned Ready", "It came to its end"),
    ("when one of the polls returns", "when one of them has done"),
    ("'s poll returns", " has done"),
    ("'s poll", ""),
    ("is Ready and waits to be polled", "is Ready and waits for its turn"),
    ("workers are inside polls", "workers are inside tasks"),
    ("between two polls", "between two tasks"),
    ("Between polls", "Between two tasks"),
    ("between polls", "between two tasks"),
    ("the executor's own code", "its own code"),
];

/// Where a task keeps its thread to its end.
const KEEPS: [(&str, &str); 6] = [
    ("In its poll", "Keeps its thread"),
    ("Polling, off core", "Keeps its thread"),
    ("in a poll, off core", "waits, off core"),
    ("blocks the thread inside its poll", "waits, and keeps its thread"),
    ("inside its poll", "inside it"),
    ("All workers", "All threads"),
];

const WORDS: [(&str, &str); 6] = [
    ("polled", "run"),
    ("polling", "running"),
    ("Polling", "Running"),
    ("polls", "runs"),
    ("Polls", "Runs"),
    ("poll", "run"),
];

const THREADS: [(&str, &str); 2] = [("workers", "threads"), ("worker", "thread")];

impl Family {
    /// Words that were written of futures and their executor, said of this family's tasks: "polls hb" is "runs hb".
    pub fn reword(self, text: &str) -> String {
        match self {
            Family::Async | Family::Threads => text.to_owned(),
            Family::Pool | Family::Sequential => {
                let text = replaced(text, &KEEPS, Bounds::Any);
                let text = replaced(&replaced(&text, &PHRASES, Bounds::Any), &WORDS, Bounds::Words);
                replaced(&text, &THREADS, Bounds::Words)
            }
            Family::Callbacks | Family::Coroutines | Family::Actors => {
                let text = replaced(&replaced(text, &PHRASES, Bounds::Any), &WORDS, Bounds::Words);
                replaced(&text, &[("tasks", self.nouns()), ("task", self.noun())], Bounds::Words)
            }
        }
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Bounds {
    Any,
    /// Not within another word.
    Words,
}

fn replaced(text: &str, pairs: &[(&str, &str)], bounds: Bounds) -> String {
    let mut said = String::with_capacity(text.len());
    let mut rest = text;
    while !rest.is_empty() {
        let begins = bounds == Bounds::Any || !said.ends_with(|c: char| c.is_alphanumeric() || c == '_');
        let ends = |after: &str| bounds == Bounds::Any || !after.starts_with(|c: char| c.is_alphanumeric() || c == '_');
        let found = pairs.iter().find_map(|(from, to)| rest.strip_prefix(from).filter(|r| ends(r)).map(|r| (*to, r)));
        match found.filter(|_| begins) {
            Some((to, after)) => {
                said.push_str(to);
                rest = after;
            }
            None => {
                let next = rest.chars().next().map_or(0, char::len_utf8);
                said.push_str(&rest[..next]);
                rest = &rest[next..];
            }
        }
    }
    said
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

    #[test]
    fn an_event_is_named_and_explained_in_the_familys_own_words() {
        use Family as F;
        for family in [F::Pool, F::Sequential, F::Callbacks, F::Coroutines, F::Actors] {
            for (name, ..) in Event::CATALOGUE {
                assert!(!family.event_name(name).contains("Poll") || name.starts_with("Future"), "{name}");
                assert!(!family.event_name(name).contains("Waker"), "{name}");
            }
        }
        assert_eq!(F::Callbacks.event_name("PollStarted"), "CallbackStarted");
        assert_eq!(F::Async.event_name("PollStarted"), "PollStarted");
        let parked = Event::WorkerParked { worker: crate::trace::WorkerId(0), thread: crate::trace::ThreadId(0) };
        assert_eq!(F::Callbacks.explanation(&parked), "nothing to run: the worker's thread goes to sleep");
        assert_eq!(F::Async.explanation(&parked), parked.explanation());
    }

    #[test]
    fn what_is_said_of_polls_is_said_of_a_pool_in_its_own_words() {
        let said = |text| Family::Pool.reword(text);
        assert_eq!(
            said("worker 0 polls it, and the workers are pollution"),
            "thread 0 runs it, and the threads are pollution"
        );
        assert_eq!(said("Polling 5 ms, off core"), "Running 5 ms, off core");
        assert_eq!(said("Polling, off core"), "Keeps its thread");
        assert_eq!(said("Its future returned Ready, after 1 poll."), "It came to its end, after 1 run.");
        assert_eq!(Family::Async.reword("polls it"), "polls it");
        assert_eq!(Family::Coroutines.reword("a worker polls it"), "a worker runs it");
        assert_eq!(Family::Coroutines.reword("2 tasks wait, one task runs"), "2 goroutines wait, one goroutine runs");
        assert_eq!(Family::Actors.reword("between two polls"), "between two actors");
        assert_eq!(Family::Callbacks.reword("no task is left"), "no task is left");
    }
}
