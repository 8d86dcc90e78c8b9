//! The inspector: what is selected, why it is not running, what it did before; every noun a link.
//!
//! Owns how it is laid out. What it says is [`sim_core::analysis::inspect`]'s; what a link does is a command's. This
//! file decides by what is selected which of the views is shown.

mod cards;
mod empty;
mod glyph;
mod head;
mod histogram;
mod rows;
mod sentence;

use std::rc::Rc;

use egui::{Margin, Rect, ScrollArea, Ui};
use sim_core::analysis::inspect::{self, Here, Histogram, Inspection, Thing};
use sim_core::clock::Clock;
use sim_core::instant::SimTime;

use crate::session::{Run, Selection, Session};

use super::patterns::Patterns;
use super::widgets::{self, Emit};

/// The panel's width.
pub const WIDTH: f32 = 304.0;
/// From this width on, three columns stand side by side.
const WIDE: f32 = 640.0;
/// The columns' shares of the width: the answer, the facts, the past.
const COLUMNS: [f32; 3] = [0.38, 0.29, 0.33];
const PADDING: f32 = 16.0;

/// What the panel remembers from frame to frame: what was said, as long as nothing has changed.
#[derive(Default)]
pub struct InspectorState {
    said: Option<(Asked, Rc<Inspection>)>,
    measured: Option<(Measured, Rc<Vec<Histogram>>)>,
}

/// What the panel is drawn with.
pub struct Inspecting<'a> {
    /// What it remembers.
    pub state: &'a mut InspectorState,
    /// The patterns of states.
    pub patterns: &'a Patterns,
}

/// All that an answer depends on.
#[derive(Clone, Copy, PartialEq)]
struct Asked {
    opened: u64,
    run: usize,
    thing: Thing,
    events: usize,
    known: usize,
    time: SimTime,
    clock: Clock,
}

/// All that a histogram depends on; of a growing run, the step of its growth.
#[derive(Clone, Copy, PartialEq)]
struct Measured {
    opened: u64,
    run: usize,
    thing: Thing,
    known: usize,
}

/// What the parts of the panel are drawn from.
struct Shown<'a> {
    session: &'a Session,
    run: usize,
    said: &'a Inspection,
    patterns: &'a Patterns,
}

/// Shows what is selected.
pub fn inspector_ui(ui: &mut Ui, session: &Session, inspecting: &mut Inspecting<'_>, emit: &mut Emit<'_>) {
    let Inspecting { state, patterns } = inspecting;
    if session.selected_time().is_some() {
        return super::selected_time::selected_time_ui(ui, session, emit);
    }
    let selected = match session.selection() {
        Selection::Nothing => None,
        Selection::Track { .. } | Selection::Link { .. } | Selection::Resource { .. } => session.selection().thing(),
    };
    let known = selected.and_then(|(run, thing)| Some((run, thing, state.said(session, run, thing)?)));
    let Some((run, thing, said)) = known else {
        return empty::empty_ui(ui, session, patterns, emit);
    };
    // What adds up whole runs would give a prediction away.
    let histograms = if session.hides_figures() { Rc::default() } else { state.measured(session, run, thing) };
    let shown = Shown { session, run, said: &said, patterns };
    if ui.max_rect().width() >= WIDE {
        wide_ui(ui, &shown, &histograms, emit);
    } else {
        narrow_ui(ui, &shown, &histograms, emit);
    }
}

/// All in one column.
fn narrow_ui(ui: &mut Ui, shown: &Shown<'_>, histograms: &[Histogram], emit: &mut Emit<'_>) {
    column_ui(ui, ("inspector", shown.said.thing), |ui| {
        head::head_ui(ui, shown, emit);
        cards::findings_ui(ui, shown, emit);
        rows::facts_ui(ui, shown, emit);
        divide(ui, emit);
        rows::history_ui(ui, shown, emit);
        for histogram in histograms {
            divide(ui, emit);
            histogram::histogram_ui(ui, histogram, shown.patterns, emit.theme);
        }
    });
}

/// Three columns side by side: the answer, the facts, the past.
fn wide_ui(ui: &mut Ui, shown: &Shown<'_>, histograms: &[Histogram], emit: &mut Emit<'_>) {
    let area = ui.max_rect();
    let edge = |n: usize| area.left() + (area.width() * COLUMNS[..n].iter().sum::<f32>()).round();
    let column = |n: usize| Rect::from_x_y_ranges(edge(n)..=edge(n + 1), area.y_range());
    widgets::inside(ui, column(0), |ui| {
        column_ui(ui, ("answer", shown.said.thing), |ui| {
            head::head_ui(ui, shown, emit);
            cards::findings_ui(ui, shown, emit);
        });
    });
    widgets::inside(ui, column(1), |ui| {
        column_ui(ui, ("facts", shown.said.thing), |ui| rows::facts_ui(ui, shown, emit));
    });
    widgets::inside(ui, column(2), |ui| {
        column_ui(ui, ("past", shown.said.thing), |ui| {
            rows::history_ui(ui, shown, emit);
            for histogram in histograms {
                divide(ui, emit);
                histogram::histogram_ui(ui, histogram, shown.patterns, emit.theme);
            }
        });
    });
}

fn column_ui(ui: &mut Ui, id: impl egui::AsIdSalt, add: impl FnOnce(&mut Ui)) {
    let clip = ui.max_rect().intersect(ui.clip_rect());
    ui.set_clip_rect(clip);
    ScrollArea::vertical().id_salt(id).auto_shrink(false).show(ui, |ui| {
        let margin = Margin { left: PADDING as i8, right: PADDING as i8, top: 14, bottom: 14 };
        egui::Frame::new().inner_margin(margin).show(ui, |ui| {
            ui.spacing_mut().item_spacing.y = 0.0;
            add(ui);
        });
    });
}

/// A line between two sections.
fn divide(ui: &mut Ui, emit: &Emit<'_>) {
    ui.add_space(8.0);
    widgets::rule(ui, emit.theme);
    ui.add_space(10.0);
}

impl InspectorState {
    fn said(&mut self, session: &Session, run: usize, thing: Thing) -> Option<Rc<Inspection>> {
        let of = session.runs().get(run)?;
        let (events, known, time) = (of.snapshot().events, of.trace.len(), session.cursor().time);
        let asked = Asked { opened: session.opened(), run, thing, events, known, time, clock: session.clock() };
        if let Some((before, said)) = &self.said
            && *before == asked
        {
            return Some(Rc::clone(said));
        }
        let here = Here::new(&of.trace, &of.index, of.snapshot(), time).told_by(session.clock());
        let said = Rc::new(inspect::inspect(&here, thing)?);
        self.said = Some((asked, Rc::clone(&said)));
        Some(said)
    }

    fn measured(&mut self, session: &Session, run: usize, thing: Thing) -> Rc<Vec<Histogram>> {
        let Some(of) = session.runs().get(run) else { return Rc::default() };
        let asked = Measured { opened: session.opened(), run, thing, known: growth_step(of) };
        if let Some((before, measured)) = &self.measured
            && *before == asked
        {
            return Rc::clone(measured);
        }
        let measured = Rc::new(inspect::histograms(&of.trace, &of.index, thing));
        self.measured = Some((asked, Rc::clone(&measured)));
        measured
    }
}

/// A growing run is measured anew when it has doubled, and when it is complete.
fn growth_step(run: &Run) -> usize {
    if run.may_grow() { run.trace.len().max(1).ilog2() as usize } else { usize::MAX - run.trace.len() }
}
