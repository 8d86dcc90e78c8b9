//! What is said about a thing under the pointer.

use egui::Ui;
use sim_core::analysis::findings::Finding;
use sim_core::analysis::track::{Link, LinkKind, Span, SpanState, Track};
use sim_core::clock::{Clock, write_length};
use sim_core::trace::Family;

use crate::session::Run;
use crate::timeline::words::{row_name, span_labels, state_word, wait_words};

use super::theme::Theme;
use super::timeline_hover::owner_of_request;
use super::tip::{self, figures, title};

/// Names a span: whose, which state, from when to when.
pub fn span(ui: &mut Ui, (run, clock): (&Run, Clock), track: &Track, span: &Span, theme: &Theme) {
    title(ui, &format!("{}: {}", row_name(track), state(run, span)), theme);
    let times = clock.range(span.start, span.end);
    figures(ui, &format!("{times}, {}", write_length(span.length())), theme);
}

fn state(run: &Run, span: &Span) -> String {
    let tables = run.trace.tables();
    match span.state {
        SpanState::Pending(wait) => format!("Pending, waits for {}", wait_words(tables, wait)),
        SpanState::Blocked(wait) => format!("Blocked, waits for {}", wait_words(tables, Some(wait))),
        SpanState::Serves(request) => match owner_of_request(&run.trace, span.event) {
            Some(owner) => format!("works on {request}, of {owner}"),
            None => format!("works on {request}"),
        },
        SpanState::Level(n) => format!("{n} waiting"),
        SpanState::Ready => wants(tables.run.family()),
        SpanState::Runnable => "Runnable: wants a core".to_owned(),
        SpanState::Occupied(_) | SpanState::Polls(_) | SpanState::PollsOffCore(_) => {
            span_labels(&run.trace, run.index.moves(), span).into_iter().next().unwrap_or_default()
        }
        SpanState::Polling(_)
        | SpanState::PollingOffCore(_)
        | SpanState::WithoutWorker(_)
        | SpanState::WithoutWorkerOffCore(_)
        | SpanState::Running(_) => tables.run.family().reword(state_word(span.state)),
    }
}

/// What it is to be Ready.
fn wants(family: Family) -> String {
    let what = match family {
        Family::Async => "wants to be polled, no worker is free",
        Family::Pool => "stands in the queue, no thread is free",
        Family::Threads | Family::Sequential => "wants to run, the thread is not free",
        Family::Callbacks => "its callback is due, the loop is not free",
        Family::Coroutines | Family::Actors => "wants to run, no worker is free",
    };
    format!("Ready: {what}")
}

/// Names an arrow: what caused what, and how long it took.
pub fn link(ui: &mut Ui, (run, clock): (&Run, Clock), link: &Link, theme: &Theme) {
    let name = |track| run.index.track(track).map_or(String::new(), row_name);
    let from = link.from.map_or("the run or a timer".to_owned(), name);
    let to = name(link.to);
    let words = match link.kind {
        LinkKind::WakeToPoll => {
            let then = run.family().reword("it is polled").replace("is run", "runs");
            format!("{from} wakes {to}; then {then}")
        }
        LinkKind::UnblockToDispatch => format!("{from} unblocks {to}; then it gets a core"),
        LinkKind::SendToReceive => format!("{from} sends; {to} receives"),
        LinkKind::SpawnToFirst => format!("{from} spawns {to}"),
    };
    title(ui, &words, theme);
    let latency = write_length(link.to_time.since(link.from_time));
    let times = format!("{} → {}", clock.write(link.from_time), clock.say(link.to_time));
    figures(ui, &format!("{times}, {latency}"), theme);
    tip::line(ui, "Click: go to the effect", theme);
}

/// Names a problem.
pub fn finding(ui: &mut Ui, finding: &Finding, theme: &Theme) {
    title(ui, &format!("{}: {}", finding.severity.text(), finding.title), theme);
    let click = "Click: go to where it begins, and read why";
    tip::line(ui, click, theme);
}
