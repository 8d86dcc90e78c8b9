//! What actors send each other beside the messages of the program.

use super::mailbox::Mailbox;
use crate::machine::place::OpPlace;
use crate::machine::resource::WaitKey;
use crate::trace::event::Mode;
use crate::trace::ids::Actor;

/// By which an actor knows the answer that it waits for: `make_ref()`.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub(in crate::program) struct Tag(pub u64);

/// One letter.
pub(in crate::program) enum Letter {
    /// What was asked for, or that a child has ended.
    Answer(Tag),
    /// To the owner of a device: do this, and answer.
    Read { tag: Tag, from: Mailbox, place: OpPlace },
    /// To the owner of a lock: give me so much of it.
    Take { tag: Tag, from: Mailbox, by: Actor, key: WaitKey, need: u32, mode: Mode },
    /// To the owner of a lock: here it is again, or: I do not want it any more.
    GiveBack { tag: Tag, by: Actor, need: u32, mode: Mode },
    /// To the supervisor: this child has crashed.
    Crashed(Tag),
}

impl Letter {
    /// Whether it answers this.
    pub fn answers(&self, tag: Tag) -> bool {
        matches!(self, Letter::Answer(own) if *own == tag)
    }
}
