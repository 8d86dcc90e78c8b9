//! `tracing` goes into the trace: spans and events that user code emits while it runs stand on its track, with
//! virtual time.
//!
//! Owns the subscriber and keeps a span stack a thread: two suspended polls must not mix theirs, as a stack kept by
//! OS thread would.

use std::cell::Cell;
use std::collections::BTreeMap;
use std::fmt::Write as _;

use tracing::field::{Field, Visit};
use tracing::span::{Attributes, Id, Record};
use tracing::subscriber::Interest;
use tracing::{Event as TracingEvent, Metadata, Subscriber};

use super::sim;
use crate::trace::event::Event;

/// Runs `f` with everything that it emits through `tracing` going into the current simulation's trace.
pub(crate) fn captured<R>(f: impl FnOnce() -> R) -> R {
    tracing::subscriber::with_default(Capture::default(), f)
}

#[derive(Default)]
struct Capture {
    inner: std::sync::Mutex<Spans>,
}

#[derive(Default)]
struct Spans {
    last: u64,
    open: BTreeMap<u64, (String, usize)>,
}

thread_local! {
    /// Recording an event may drop or clone things that emit events themselves: one level is enough.
    static BUSY: Cell<bool> = const { Cell::new(false) };
}

impl Capture {
    fn spans(&self) -> std::sync::MutexGuard<'_, Spans> {
        self.inner.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
    }

    fn name(&self, id: &Id) -> Option<String> {
        self.spans().open.get(&id.into_u64()).map(|(name, _)| name.clone())
    }
}

impl Subscriber for Capture {
    /// Asked again each time: whether there is something to record differs between runs, of which several may go on
    /// at once, and an answer that is kept holds for all of them.
    fn register_callsite(&self, _: &'static Metadata<'static>) -> Interest {
        Interest::sometimes()
    }

    fn enabled(&self, _: &Metadata<'_>) -> bool {
        sim::try_with(|sim| sim.kernel.try_borrow().is_ok_and(|kernel| kernel.recording)).unwrap_or(false)
    }

    fn new_span(&self, attributes: &Attributes<'_>) -> Id {
        let name = worded(attributes.metadata().name(), |visit| attributes.record(visit));
        let mut spans = self.spans();
        spans.last += 1;
        let id = spans.last;
        spans.open.insert(id, (name, 1));
        Id::from_u64(id)
    }

    fn record(&self, _: &Id, _: &Record<'_>) {}

    fn record_follows_from(&self, _: &Id, _: &Id) {}

    fn event(&self, event: &TracingEvent<'_>) {
        let text = worded(event.metadata().level().as_str(), |visit| event.record(visit));
        note(|kernel, by| {
            let text = kernel.intern(&text);
            kernel.record(Event::Traced { by, text });
        });
    }

    fn enter(&self, span: &Id) {
        let Some(name) = self.name(span) else { return };
        note(|kernel, by| {
            let name = kernel.intern(&name);
            kernel.record(Event::SpanEntered { by, name });
        });
    }

    fn exit(&self, span: &Id) {
        let Some(name) = self.name(span) else { return };
        note(|kernel, by| {
            let name = kernel.intern(&name);
            kernel.record(Event::SpanExited { by, name });
        });
    }

    fn clone_span(&self, id: &Id) -> Id {
        if let Some((_, count)) = self.spans().open.get_mut(&id.into_u64()) {
            *count += 1;
        }
        id.clone()
    }

    fn try_close(&self, id: Id) -> bool {
        let mut spans = self.spans();
        let Some((_, count)) = spans.open.get_mut(&id.into_u64()) else { return false };
        *count -= 1;
        let closed = *count == 0;
        if closed {
            spans.open.remove(&id.into_u64());
        }
        closed
    }
}

/// Never suspends: libraries emit events under locks of their own.
fn note(f: impl FnOnce(&mut super::kernel::Kernel, crate::trace::ids::Actor)) {
    if BUSY.replace(true) {
        return;
    }
    sim::try_with(|sim| {
        if let Ok(mut kernel) = sim.kernel.try_borrow_mut() {
            f(&mut kernel, sim.actor.get());
        }
    });
    BUSY.set(false);
}

/// "name field=value …"; an event's message stands first.
fn worded(name: &str, record: impl FnOnce(&mut dyn Visit)) -> String {
    let mut fields = Fields { message: String::new(), rest: String::new() };
    record(&mut fields);
    [name.to_owned(), fields.message, fields.rest].into_iter().filter(|s| !s.is_empty()).collect::<Vec<_>>().join(" ")
}

struct Fields {
    message: String,
    rest: String,
}

impl Visit for Fields {
    fn record_debug(&mut self, field: &Field, value: &dyn std::fmt::Debug) {
        let written = if field.name() == "message" {
            write!(self.message, "{value:?}")
        } else {
            let gap = if self.rest.is_empty() { "" } else { " " };
            write!(self.rest, "{gap}{}={value:?}", field.name())
        };
        written.expect("writing to a String does not fail");
    }

    fn record_str(&mut self, field: &Field, value: &str) {
        if field.name() == "message" { self.message.push_str(value) } else { self.record_debug(field, &value) }
    }
}
