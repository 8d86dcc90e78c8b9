//! What is said about a thing under the pointer.

use egui::{Response, RichText, Ui};
use sim_core::analysis::findings::Finding;
use sim_core::analysis::track::{Link, LinkKind, Span, SpanState, Track};

use crate::session::Run;
use crate::timeline::axis::{write_clock, write_length};
use crate::timeline::words::{row_name, span_labels, state_word, wait_words};

use super::fonts;
use super::theme::Theme;

/// Names a span: whose, which state, from when to when.
pub fn span_ui(response: &Response, run: &Run, track: &Track, span: &Span, theme: &Theme) {
    response.clone().on_hover_ui_at_pointer(|ui| {
        title(ui, &format!("{}: {}", row_name(track), state(run, span)), theme);
        let times = format!("{} – {} ms", write_clock(span.start), write_clock(span.end));
        let length = write_length(span.length().as_nanos());
        if !matches!(span.state, SpanState::Level(_)) {
            figures(ui, &format!("{times}, {length}"), theme);
        } else {
            figures(ui, &times, theme);
        }
    });
}

fn state(run: &Run, span: &Span) -> String {
    let tables = run.trace.tables();
    match span.state {
        SpanState::Pending(wait) => format!("Pending, waits for {}", wait_words(tables, wait)),
        SpanState::Blocked(wait) => format!("Blocked, waits for {}", wait_words(tables, Some(wait))),
        SpanState::Serves(request) => format!("works on {request}"),
        SpanState::Level(n) => format!("{n} waiting"),
        SpanState::Ready => "Ready: wants to be polled, no worker is free".to_owned(),
        SpanState::Runnable => "Runnable: wants a core".to_owned(),
        SpanState::Occupied(_) | SpanState::Polls(_) | SpanState::PollsOffCore(_) => {
            span_labels(&run.trace, span).into_iter().next().unwrap_or_default()
        }
        SpanState::Polling(_) | SpanState::PollingOffCore(_) | SpanState::Running(_) => {
            state_word(span.state).to_owned()
        }
    }
}

/// Names an arrow: what caused what, and how long it took.
pub fn link_ui(response: &Response, run: &Run, link: &Link, theme: &Theme) {
    response.clone().on_hover_ui_at_pointer(|ui| {
        let name = |track| run.index.track(track).map_or(String::new(), row_name);
        let from = link.from.map_or("the run or a timer".to_owned(), name);
        let to = name(link.to);
        let words = match link.kind {
            LinkKind::WakeToPoll => format!("{from} wakes {to}; then it is polled"),
            LinkKind::UnblockToDispatch => format!("{from} unblocks {to}; then it gets a core"),
            LinkKind::SendToReceive => format!("{from} sends; {to} receives"),
            LinkKind::SpawnToFirst => format!("{from} spawns {to}"),
        };
        title(ui, &words, theme);
        let latency = write_length(link.to_time.since(link.from_time).as_nanos());
        figures(ui, &format!("{} → {} ms, {latency}", write_clock(link.from_time), write_clock(link.to_time)), theme);
        ui.label(RichText::new("Click: go to the effect").font(fonts::regular(fonts::LEAST)).color(theme.text1));
    });
}

/// Names a problem.
pub fn finding_ui(response: &Response, finding: &Finding, theme: &Theme) {
    response.clone().on_hover_ui_at_pointer(|ui| {
        title(ui, &format!("{}: {}", finding.severity.text(), finding.title), theme);
        let click = "Click: go to where it begins, and read why";
        ui.label(RichText::new(click).font(fonts::regular(fonts::LEAST)).color(theme.text1));
    });
}

fn title(ui: &mut Ui, text: &str, theme: &Theme) {
    ui.label(RichText::new(text).font(fonts::medium(fonts::ROW)).color(theme.text1));
}

fn figures(ui: &mut Ui, text: &str, theme: &Theme) {
    ui.label(RichText::new(text).font(fonts::mono(fonts::LABEL)).color(theme.text1));
}
