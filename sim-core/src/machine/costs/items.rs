//! The prices as a list: for whoever shows or compares all of them.
//!
//! Owns their names and order. Each is a field of [`Costs`] and, where models differ in it, of [`ModelCosts`].

use std::fmt;

use super::Costs;
use super::per_model::ModelCosts;
use crate::instant::SimDuration;

/// One price.
#[derive(Clone, Copy)]
pub struct Item {
    /// The field's name, as a file writes it.
    pub id: &'static str,
    /// What is paid for.
    pub title: &'static str,
    /// The price in a profile.
    pub price: fn(&Costs) -> Price,
    /// The price that a model has of its own; none: the profile's.
    pub own: fn(&ModelCosts) -> Option<Price>,
}

/// How much something costs.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Price {
    /// So long.
    Time(SimDuration),
    /// So many bytes.
    Bytes(u64),
}

impl Price {
    /// Nanoseconds or bytes.
    pub const fn amount(self) -> u64 {
        match self {
            Price::Time(d) => d.as_nanos(),
            Price::Bytes(n) => n,
        }
    }
}

/// "2,400 ns", "128 B": as the table of `docs/costs.md` has it.
impl fmt::Display for Price {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let digits = self.amount().to_string();
        let mut text = String::new();
        for (at, digit) in digits.chars().enumerate() {
            if at > 0 && (digits.len() - at).is_multiple_of(3) {
                text.push(',');
            }
            text.push(digit);
        }
        text.push_str(match self {
            Price::Time(_) => " ns",
            Price::Bytes(_) => " B",
        });
        f.pad(&text)
    }
}

/// Every price, in the order in which people read them.
pub const ITEMS: [Item; 14] = [
    Item {
        id: "poll",
        title: "a poll, with taking the task from its queue",
        price: |c| Price::Time(c.poll),
        own: |m| m.poll.map(Price::Time),
    },
    Item { id: "wake", title: "a wake", price: |c| Price::Time(c.wake), own: |m| m.wake.map(Price::Time) },
    Item {
        id: "waker_clone",
        title: "cloning a waker",
        price: |c| Price::Time(c.waker_clone),
        own: |m| m.waker_clone.map(Price::Time),
    },
    Item {
        id: "waker_drop",
        title: "dropping a waker",
        price: |c| Price::Time(c.waker_drop),
        own: |m| m.waker_drop.map(Price::Time),
    },
    Item {
        id: "task_spawn",
        title: "spawning a task",
        price: |c| Price::Time(c.task_spawn),
        own: |m| m.task_spawn.map(Price::Time),
    },
    Item {
        id: "sync_op",
        title: "a lock, permit or channel operation",
        price: |c| Price::Time(c.sync_op),
        own: |m| m.sync_op.map(Price::Time),
    },
    Item {
        id: "timer",
        title: "arming a timer from a task",
        price: |c| Price::Time(c.timer),
        own: |m| m.timer.map(Price::Time),
    },
    Item { id: "thread_spawn", title: "creating a thread", price: |c| Price::Time(c.thread_spawn), own: |_| None },
    Item { id: "thread_switch", title: "a context switch", price: |c| Price::Time(c.thread_switch), own: |_| None },
    Item { id: "syscall", title: "entering the kernel", price: |c| Price::Time(c.syscall), own: |_| None },
    Item {
        id: "driver_turn",
        title: "turning a driver, or an event loop, once",
        price: |c| Price::Time(c.driver_turn),
        own: |m| m.driver_turn.map(Price::Time),
    },
    Item {
        id: "task_bytes",
        title: "a task's block, besides its future",
        price: |c| Price::Bytes(c.task_bytes),
        own: |m| m.task_bytes.map(Price::Bytes),
    },
    Item {
        id: "stack_reserved",
        title: "a thread's stack, reserved",
        price: |c| Price::Bytes(c.stack_reserved),
        own: |_| None,
    },
    Item {
        id: "stack_resident",
        title: "a waiting thread, resident",
        price: |c| Price::Bytes(c.stack_resident),
        own: |_| None,
    },
];
