//! Owners: the one actor that has a lock, or speaks to a device. Others ask it by message.

use std::collections::VecDeque;

use super::letter::{Letter, Tag};
use super::mailbox::Mailbox;
use crate::io::Request;
use crate::machine::home::Home;
use crate::machine::resource::WaitKey;
use crate::machine::sim;
use crate::trace::event::Mode;
use crate::trace::ids::{Actor, ResourceId};

/// The owner of a device: one letter at a time, until nobody can write any more.
pub(in crate::program) async fn serve_device(mailbox: Mailbox, device: String) {
    while let Some(letter) = mailbox.next().await {
        match letter {
            Letter::Read { tag, from, place } => {
                Request::new().to(&device).placed(place).submit().await;
                from.put(Letter::Answer(tag));
            }
            Letter::Answer(_) | Letter::Take { .. } | Letter::GiveBack { .. } | Letter::Crashed(_) => {
                unreachable!("only reads are sent to the owner of a device")
            }
        }
    }
}

/// Who stands in the owner's line.
struct Asker {
    tag: Tag,
    from: Mailbox,
    by: Actor,
    key: WaitKey,
    need: u32,
    mode: Mode,
}

/// The owner of a lock or of permits: gives them to those who ask, in their order.
pub(in crate::program) async fn serve_lock(mailbox: Mailbox, lock: Home<ResourceId>) {
    let mut line: VecDeque<Asker> = VecDeque::new();
    while let Some(letter) = mailbox.next().await {
        match letter {
            Letter::Take { tag, from, by, key, need, mode } => {
                line.push_back(Asker { tag, from, by, key, need, mode });
            }
            Letter::GiveBack { tag, by, need, mode } => match line.iter().position(|asker| asker.tag == tag) {
                Some(place) => drop(line.remove(place)),
                None => sim::with(|sim| sim.kernel.borrow_mut().owner_takes_back(lock.get(), by, need, mode)),
            },
            Letter::Answer(_) | Letter::Read { .. } | Letter::Crashed(_) => {
                unreachable!("only asking and giving back are sent to the owner of a lock")
            }
        }
        while let Some(first) = line.front() {
            let (key, by, need, mode) = (first.key, first.by, first.need, first.mode);
            if !sim::with(|sim| sim.kernel.borrow_mut().owner_gives(lock.get(), key, by, need, mode)) {
                break;
            }
            let first = line.pop_front().expect("it was seen there");
            first.from.put(Letter::Answer(first.tag));
        }
    }
}

/// What was asked of a lock's owner, until it is given.
pub(in crate::program) struct Asked {
    owner: Mailbox,
    lock: Home<ResourceId>,
    tag: Tag,
    by: Actor,
    key: WaitKey,
    need: u32,
    mode: Mode,
    is_over: bool,
}

impl Asked {
    /// Sends the owner the question; the answer comes to `from`.
    pub fn send(owner: &Mailbox, from: &Mailbox, lock: Home<ResourceId>, tag: Tag, need: u32, mode: Mode) -> Asked {
        let by = sim::with(|sim| sim.actor.get());
        let key = sim::with(|sim| sim.kernel.borrow_mut().owner_asked(lock.get(), by, need, mode));
        owner.put(Letter::Take { tag, from: from.clone(), by, key, need, mode });
        Asked { owner: owner.clone(), lock, tag, by, key, need, mode, is_over: false }
    }

    /// The answer has come: it is held until dropped.
    pub fn given(mut self) -> Owned {
        self.is_over = true;
        Owned {
            owner: self.owner.clone(),
            lock: self.lock,
            tag: self.tag,
            by: self.by,
            need: self.need,
            mode: self.mode,
        }
    }
}

/// It does not want it any more: if the owner gives it all the same, it comes back at once.
impl Drop for Asked {
    fn drop(&mut self) {
        let (false, Some(lock)) = (self.is_over, self.lock.here()) else { return };
        sim::with(|sim| sim.kernel.borrow_mut().owner_forgets(lock, self.key, self.by));
        self.owner.put(Letter::GiveBack { tag: self.tag, by: self.by, need: self.need, mode: self.mode });
    }
}

/// What its owner has given; sent back when dropped.
pub(in crate::program) struct Owned {
    owner: Mailbox,
    lock: Home<ResourceId>,
    tag: Tag,
    by: Actor,
    need: u32,
    mode: Mode,
}

impl Drop for Owned {
    fn drop(&mut self) {
        if self.lock.here().is_some() {
            self.owner.put(Letter::GiveBack { tag: self.tag, by: self.by, need: self.need, mode: self.mode });
        }
    }
}
