//! What is open and where the person is in it. No toolkit, no clock: whoever owns the window tells it how much time
//! has passed.
//!
//! Owns documents, runs, cursor, focus, selection, view, playback. There is one way in: [`Session::apply`] takes a
//! [`Command`]; panels read, and emit commands.

pub mod bindings;
pub mod breakpoints;
pub mod change;
pub mod command;
pub mod costs;
pub mod document;
pub mod event_filter;
pub mod event_match;
pub mod figures;
pub mod find_scenario;
#[cfg(test)]
pub mod fixture;
pub mod follow;
pub mod home;
pub mod jobs;
pub mod kept;
pub mod keymap;
pub mod knobs;
pub mod loader;
pub mod marks;
pub mod model_choices;
pub mod overlay;
pub mod palette;
pub mod playback;
pub mod present;
pub mod progress;
pub mod recent_files;
pub mod rows;
pub mod run;
pub mod selection;
pub mod settings;
pub mod span_of_time;
pub mod spotlight;
pub mod stage;
pub mod step;
pub mod sweep;
pub mod sweep_choices;
pub mod tab;
pub mod template;
pub mod thumbnails;
pub mod told;
pub mod veil;

mod again;
mod apply;
mod choose;
mod event_query;
pub mod find;
mod found_again;
pub mod lesson;
mod loading;
pub mod looked;
mod small_run;
pub mod standing;
mod take_along;
mod why_not;

use std::collections::BTreeMap;
use std::rc::Rc;
use std::sync::Arc;

use sim_core::analysis::track::{Link, Track, TrackKind};
use sim_core::clock::Clock;
use sim_core::instant::SimTime;

pub use crate::timeline::view::View;
pub use command::Command;
pub use document::{Document, Entry, Origin, Problem};
pub use find::FindingId;
pub use kept::Kept;
pub use keymap::Keymap;
pub use overlay::Overlay;
pub use present::Presenting;
pub use run::{Growth, Run, run_letter};
pub use selection::Selection;
pub use settings::Settings;
pub use span_of_time::{DragMeans, SpanOfTime};
pub use step::Cursor;
pub use tab::Tab;

use crate::timeline::view::ViewHistory;
use again::Pending;
use breakpoints::Breakpoint;
use event_filter::EventList;
use follow::Follow;
use home::Home;
use knobs::Wanted;
use loader::{Loader, Wake};
use looked::Looked;
use playback::Playback;
use settings::Shade;
use standing::Trail;
use told::Told;

/// What the window shows.
#[derive(Clone, PartialEq, Debug)]
pub enum Place {
    /// The list of scenarios.
    Library,
    /// What is open.
    Open,
    /// What could not be opened, and why.
    Failed(Vec<Problem>),
}

/// Everything a person has open.
pub struct Session {
    library: Vec<Entry>,
    place: Place,
    document: Option<Arc<Document>>,
    opened: u64,
    runs: Vec<Run>,
    focus: usize,
    cursor: Cursor,
    trail: Trail,
    selection: Selection,
    looked: Looked,
    selected_time: Option<SpanOfTime>,
    kept_sums: span_of_time::KeptSums,
    kept_light: spotlight::KeptLight,
    marks: marks::Marks,
    view: View,
    history: ViewHistory,
    fitted: bool,
    playback: Playback,
    step: usize,
    step_wanted: Option<usize>,
    answers: BTreeMap<(Wanted, usize), usize>,
    revealed: veil::Revealed,
    covered: veil::Covered,
    finding: Option<FindingId>,
    tabs: tab::Tabs,
    tab_asked: u32,
    settings: Settings,
    system: Shade,
    /// Where this computer's costs lie, and whether they were there when somebody looked.
    calibrated: Option<std::path::PathBuf>,
    is_calibrated: bool,
    keymap: Rc<Keymap>,
    overlay: Overlay,
    notices: Vec<String>,
    /// Those of them that go with the next step, run or scenario.
    passing: Vec<String>,
    presenting: Presenting,
    follow: Follow,
    breakpoints: Vec<Breakpoint>,
    returning: Option<Kept>,
    events: EventList,
    wide: bool,
    quitting: bool,
    wanted: Wanted,
    /// What has been asked of the same document, and is not there yet.
    pending: Option<Pending>,
    told: Option<Told>,
    /// Why what was asked for last could not be shown; what was open still is.
    mishap: Vec<Problem>,
    home: Home,
    sweep: sweep::SweepState,
    loader: Option<Loader>,
    wake: Wake,
}

impl Session {
    /// Nothing open yet. `wake` is called from the background when there is something to [`Session::pump`].
    pub fn new(library: Vec<Entry>, wake: Wake) -> Session {
        Session {
            library,
            place: Place::Library,
            document: None,
            opened: 0,
            runs: Vec::new(),
            focus: 0,
            cursor: Cursor::default(),
            trail: Trail::default(),
            selection: Selection::Nothing,
            looked: Looked::default(),
            selected_time: None,
            kept_sums: span_of_time::KeptSums::default(),
            kept_light: spotlight::KeptLight::default(),
            marks: marks::Marks::default(),
            view: View::whole(0.0),
            history: ViewHistory::default(),
            fitted: true,
            playback: Playback::default(),
            step: 0,
            step_wanted: None,
            answers: BTreeMap::new(),
            revealed: veil::Revealed::default(),
            covered: veil::Covered::default(),
            finding: None,
            tabs: tab::Tabs::default(),
            tab_asked: 0,
            settings: Settings::default(),
            system: Shade::default(),
            calibrated: None,
            is_calibrated: false,
            keymap: Rc::default(),
            overlay: Overlay::default(),
            notices: Vec::new(),
            passing: Vec::new(),
            presenting: Presenting::default(),
            follow: Follow::default(),
            breakpoints: Vec::new(),
            returning: None,
            events: EventList::default(),
            wide: false,
            quitting: false,
            wanted: Wanted::default(),
            pending: None,
            told: None,
            mishap: Vec::new(),
            home: Home::default(),
            sweep: sweep::SweepState::default(),
            loader: None,
            wake,
        }
    }

    /// The scenarios there are.
    pub fn library(&self) -> &[Entry] {
        &self.library
    }

    /// What the window shows.
    pub fn place(&self) -> &Place {
        &self.place
    }

    /// What is open.
    pub fn document(&self) -> Option<&Document> {
        self.document.as_deref()
    }

    /// How many times something was opened or run again: what was derived from the runs before serves no more.
    pub fn opened(&self) -> u64 {
        self.opened
    }

    /// The runs: A, B, ….
    pub fn runs(&self) -> &[Run] {
        &self.runs
    }

    /// The run that steps, keys and the event list act on.
    pub fn focus(&self) -> usize {
        self.focus
    }

    /// The run that is focused; none while nothing is open.
    pub fn focused(&self) -> Option<&Run> {
        self.runs.get(self.focus)
    }

    /// Where the person is.
    pub fn cursor(&self) -> Cursor {
        self.cursor
    }

    /// What is selected.
    pub fn selection(&self) -> Selection {
        self.selection
    }

    /// The stretch of time in view.
    pub fn view(&self) -> View {
        self.view
    }

    /// Whether it plays, and how fast.
    pub fn playback(&self) -> &Playback {
        &self.playback
    }

    /// The step of the lesson that is shown, from 0.
    pub fn step(&self) -> usize {
        self.step
    }

    /// Whether the timeline stands alone, without side panels and dock.
    pub fn is_wide(&self) -> bool {
        self.wide
    }

    /// Whether the person wants to leave.
    pub fn is_quitting(&self) -> bool {
        self.quitting
    }

    /// Whether something is being simulated or read.
    pub fn is_loading(&self) -> bool {
        self.loader.is_some()
    }

    /// The end of the longest run, as far as is known.
    pub fn end(&self) -> SimTime {
        self.runs.iter().map(Run::end).max().unwrap_or(SimTime::ZERO)
    }

    /// How moments of what is open are written.
    pub fn clock(&self) -> Clock {
        Clock::for_end(self.end())
    }

    /// The row that is selected, with its run.
    pub fn selected_track(&self) -> Option<(usize, &Track)> {
        let (run, kind) = self.selection.track()?;
        Some((run, self.runs.get(run)?.index.track(kind)?))
    }

    /// The view of everything.
    pub fn whole(&self) -> View {
        let stuck = self.runs.iter().any(Run::is_stuck);
        if stuck { View::whole_stuck(self.total()) } else { View::whole(self.total()) }
    }

    fn total(&self) -> f64 {
        self.end().as_nanos() as f64
    }

    fn go_to_time(&mut self, time: SimTime) {
        if let Some(run) = self.focused() {
            self.cursor = Cursor::at(&run.trace, time);
            self.trail = Trail::default();
        }
    }

    /// Brings every run's state to the cursor.
    fn settle(&mut self) {
        let selected = self.selection.track();
        let events: Vec<usize> = (0..self.runs.len()).map(|run| self.events_of(run)).collect();
        for (i, run) in self.runs.iter_mut().enumerate() {
            run.show(events[i]);
            let selected = selected.filter(|(of, _)| *of == i).map(|(_, track)| track);
            run.rows.refresh(&run.index, selected);
        }
    }

    /// The links into the selected row of its run.
    fn selected_links(&self) -> Option<(usize, Vec<Link>)> {
        let (run, kind) = self.selection.track()?;
        let index = &self.runs.get(run)?.index;
        let links = index.links_into(index.track(kind)?);
        Some((run, links.iter().filter_map(|l| index.links().get(*l as usize)).collect()))
    }

    fn track_named(&self, run: usize, name: &str) -> Option<TrackKind> {
        let tracks = &self.runs.get(run)?.index.tracks;
        let is_workload = |k| matches!(k, TrackKind::Task(_) | TrackKind::Thread(_));
        tracks.iter().find(|t| is_workload(t.kind) && t.name == name).map(|t| t.kind)
    }
}
