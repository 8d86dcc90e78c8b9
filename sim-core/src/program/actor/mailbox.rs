//! An actor's mailbox: a channel that never fills, of which its actor may take any letter, not only the first.
//!
//! As Erlang's selective receive: every letter that comes makes a waiting actor run and look; what it does not want stays
//! (ERTS 13, `erl_message.c`).

use std::collections::VecDeque;
use std::future::Future;
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, Wake as WakeSelf};

use super::letter::{Letter, Tag};
use crate::io::Request;
use crate::machine::blocking::How;
use crate::machine::home::Home;
use crate::machine::resource::{WaitFor, WaitKey};
use crate::machine::sim;
use crate::machine::waiting::Wake;
use crate::sync::permits;
use crate::trace::ids::ResourceId;
use crate::trace::tables::ResourceKind;

/// A mailbox, wherever its address is known.
#[derive(Clone)]
pub(in crate::program) struct Mailbox(Arc<Inner>);

struct Inner {
    name: String,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    /// Seen from the first letter on.
    channel: Option<Home<ResourceId>>,
    letters: VecDeque<Letter>,
    /// The wait of its actor, while it waits.
    wait: Option<WaitKey>,
    closed: bool,
}

impl Mailbox {
    /// The mailbox of the actor of this name.
    pub fn of(actor: &str) -> Mailbox {
        Mailbox(Arc::new(Inner { name: format!("mailbox of {actor}"), state: Mutex::default() }))
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.0.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn channel(&self) -> Home<ResourceId> {
        let known = self.lock().channel;
        known.unwrap_or_else(|| {
            let channel = permits::create(ResourceKind::Channel, &self.0.name, None);
            self.lock().channel = Some(channel);
            channel
        })
    }

    /// Sends: never waits. Once the run is over, nobody reads it.
    pub fn put(&self, letter: Letter) {
        if sim::with(|sim| sim.is_ending()) {
            return;
        }
        let channel = self.channel().get();
        self.lock().letters.push_back(letter);
        sim::with(|sim| {
            let told = {
                let mut kernel = sim.kernel.borrow_mut();
                sim.owe(kernel.costs.sync_op);
                kernel.fill_room(channel, sim.actor.get(), None)
            };
            sim.tell(told);
        });
    }

    /// `receive {Tag, _} -> … end`: waits for this answer, past all other letters.
    pub async fn answer(&self, tag: Tag) {
        self.answer_of(&[tag]).await;
    }

    /// Waits for the first of these answers.
    pub async fn answer_of(&self, tags: &[Tag]) -> Tag {
        let letter =
            Take { mailbox: self, wanted: |letter: &Letter| tags.iter().any(|tag| letter.answers(*tag)) }.await;
        let tag = letter.and_then(|letter| tags.iter().copied().find(|tag| letter.answers(*tag)));
        tag.expect("an actor's own mailbox is open while it lives")
    }

    /// `receive Letter -> … end`. None: nobody can send any more.
    pub async fn next(&self) -> Option<Letter> {
        Take { mailbox: self, wanted: |_: &Letter| true }.await
    }

    /// The wait that is shown is over, if there is one. A letter that ended it is still there.
    fn end_wait(&self, channel: ResourceId) {
        let Some(key) = self.lock().wait.take() else { return };
        let (old, told) = sim::with(|sim| sim.kernel.borrow_mut().give_up(channel, key, WaitFor::Message));
        drop((old, told));
    }

    /// Nobody can send any more: who waits is told so.
    pub fn close(&self) {
        self.lock().closed = true;
        let Some(channel) = self.lock().channel.and_then(Home::here) else { return };
        sim::with(|sim| {
            let told = sim.kernel.borrow_mut().close(channel, sim.actor.get());
            sim.tell(told);
        });
    }

    /// Submits a request whose answer comes as a letter.
    pub fn ask_device(&self, request: Request, tag: Tag) {
        let answer = Wake::Task(Arc::new(AnswerTo { mailbox: self.clone(), tag }).into());
        request.submit_and_tell(answer);
    }
}

/// A `receive`: of the letters that are wanted, the first.
struct Take<'m, W> {
    mailbox: &'m Mailbox,
    wanted: W,
}

impl<W: Fn(&Letter) -> bool> Take<'_, W> {
    fn find(&self) -> Option<Letter> {
        let mut state = self.mailbox.lock();
        let place = state.letters.iter().position(&self.wanted)?;
        state.letters.remove(place)
    }

    /// What ends the wait that the trace shows is that the letter is received.
    fn receive(&self, channel: ResourceId) {
        let wait = self.mailbox.lock().wait.take();
        sim::with(|sim| {
            let by = sim.actor.get();
            let mut kernel = sim.kernel.borrow_mut();
            sim.owe(kernel.costs.sync_op);
            let told = wait.and_then(|key| kernel.poll_grant(key));
            if let (None, Some(key)) = (told, wait) {
                // It looked for another reason.
                let (old, _) = kernel.give_up(channel, key, WaitFor::Message);
                drop(kernel);
                drop(old);
                kernel = sim.kernel.borrow_mut();
            }
            // Nobody waits for room in a mailbox.
            let _ = kernel.take_message(channel, by, told.flatten());
        });
    }
}

impl<W: Fn(&Letter) -> bool> Future for Take<'_, W> {
    type Output = Option<Letter>;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Letter>> {
        let channel = self.mailbox.channel().get();
        if let Some(letter) = self.find() {
            self.receive(channel);
            return Poll::Ready(Some(letter));
        }
        let waits = self.mailbox.lock().wait;
        let told = waits.is_some_and(|key| sim::with(|sim| sim.kernel.borrow().granted.contains_key(&key.0)));
        if told {
            // What came is not what it waits for.
            self.mailbox.end_wait(channel);
        }
        if self.mailbox.lock().closed {
            return Poll::Ready(None);
        }
        if told || waits.is_none() {
            let wake = Wake::Task(cx.waker().clone());
            let wait = |sim: &sim::Sim| {
                sim.kernel.borrow_mut().wait_on(channel, sim.actor.get(), WaitFor::Message, How::Task, wake)
            };
            let key = sim::with(wait);
            self.mailbox.lock().wait = Some(key);
        }
        Poll::Pending
    }
}

impl<W> Drop for Take<'_, W> {
    fn drop(&mut self) {
        let channel = self.mailbox.lock().channel.and_then(Home::here);
        channel.into_iter().for_each(|channel| self.mailbox.end_wait(channel));
    }
}

/// The driver's side of a request: it sends the answer.
struct AnswerTo {
    mailbox: Mailbox,
    tag: Tag,
}

impl WakeSelf for AnswerTo {
    fn wake(self: Arc<AnswerTo>) {
        self.mailbox.put(Letter::Answer(self.tag));
    }
}
