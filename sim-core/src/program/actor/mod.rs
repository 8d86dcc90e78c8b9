//! What actors have: a mailbox each, and owners of what cannot be shared.

mod letter;
mod mailbox;
mod owner;

pub(super) use letter::{Letter, Tag};
pub(super) use mailbox::Mailbox;
pub(super) use owner::{Asked, serve_device, serve_lock};

use std::future::Future;
use std::pin::pin;
use std::task::Poll;

use super::shared::{Failure, fail};
use crate::instant::SimTime;
use crate::time::sleep_until;

/// `receive … after`: what the wait gives, or a failure once the time is up. Nothing is called back: an answer that comes
/// later stands in the mailbox, and nobody takes it.
pub(super) async fn before<T>(deadline: Option<SimTime>, wait: impl Future<Output = T>) -> Result<T, Failure> {
    let Some(deadline) = deadline else { return Ok(wait.await) };
    let (mut wait, mut timer) = (pin!(wait), pin!(sleep_until(deadline)));
    let first = std::future::poll_fn(|cx| {
        if let Poll::Ready(value) = wait.as_mut().poll(cx) {
            return Poll::Ready(Some(value));
        }
        timer.as_mut().poll(cx).map(|()| None)
    });
    match first.await {
        Some(value) => Ok(value),
        None => Err(fail("the time was up").err().unwrap_or(Failure)),
    }
}
