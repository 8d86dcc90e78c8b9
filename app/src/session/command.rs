//! Everything a person can do, as one closed enum, and the table of names and keys.
//!
//! Owns titles and default keys: the `?` overlay, the palette and the key handling all read [`BINDINGS`]. Knows no
//! widget and no toolkit: a key is written as people write it ("Ctrl+Z").

use std::path::PathBuf;

use sim_core::analysis::track::TrackKind;
use sim_core::instant::SimTime;
use sim_core::scenario::RunSpec;

use super::breakpoints::Breakpoint;
use super::event_filter::EventQuery;
use super::find::FindingId;
use super::keymap;
use super::rows::{RowGroup, RowSort};
use super::selection::Selection;
use super::settings::{CostsChoice, Motion, ThemeChoice, UiScale};
use super::span_of_time::DragMeans;
use super::tab::Tab;

/// One act of a person. Panels emit these; [`super::Session::apply`] alone changes anything.
#[derive(Clone, PartialEq, Debug)]
pub enum Command {
    /// Step to the next event of the lesson level, in the focused run.
    StepForward,
    /// Step back to the event of the lesson level before.
    StepBack,
    /// Step to the next poll; on a thread run, the next dispatch.
    PollForward,
    /// Step back to the poll or dispatch before.
    PollBack,
    /// Go to before the first event.
    ToStart,
    /// Go to the last event of the focused run.
    ToEnd,
    /// Go to a time: every event up to it has happened.
    Seek(SimTime),
    /// Go to just after this event of a run, and focus that run.
    SeekEvent {
        /// The run, from 0.
        run: usize,
        /// The event's number, from 0.
        event: usize,
    },
    /// Go to the start of the next span of the selected track.
    NextSpan,
    /// Go to the start of the span before, of the selected track.
    PreviousSpan,
    /// Go to what caused the selected track's last wake.
    WakeCause,
    /// Go to what the last wake led to.
    WakeEffect,
    /// Go to the lesson's next step.
    NextStep,
    /// Go to the lesson's step before.
    PreviousStep,
    /// Run to the next breakpoint or finding of the focused run.
    NextFinding,
    /// Run back to the breakpoint or finding before.
    PreviousFinding,
    /// Stop at each poll or dispatch of the selected row, or no more.
    BreakAtSelected,
    /// Set a breakpoint, or take it away.
    ToggleBreakpoint(Breakpoint),
    /// Take every breakpoint away.
    ClearBreakpoints,
    /// Go to the proof of a finding, and select whom it is about.
    ShowFinding(FindingId),
    /// Open a list under the timeline.
    ShowTab(Tab),
    /// From the events to the findings and back.
    SwitchTab,
    /// List other events, or search for another text.
    FilterEvents(Box<EventQuery>),
    /// Go to the event of a row of the list.
    SeekRow(usize),
    /// Search the events.
    FocusSearch,
    /// Go to the next event that holds the text.
    NextHit,
    /// Go to the event before that holds the text.
    PreviousHit,
    /// Answer the question of the lesson's step, by the answer's place from 0.
    Predict(usize),
    /// Shows what the question keeps covered, and its answer.
    Reveal,
    /// Go to a step of the lesson, by its place from 0.
    GoToStep(usize),
    /// Set a value of the scenario and run it again: `PATH=VALUE`, as on the command line.
    Turn {
        /// Which value: "runs.async.workers".
        path: String,
        /// What it is to be.
        value: String,
    },
    /// Let a value be as the scenario's file has it, and run it again.
    TurnBack(String),
    /// Run the scenario as one of its variants, or as it is written.
    TryVariant(Option<String>),
    /// Give the scenario these runs, and run it again.
    SetRuns(Vec<RunSpec>),
    /// Run it as the lesson's step has it.
    AsInLesson,
    /// Another seed: another world.
    AnotherWorld,
    /// A file has changed on the disk.
    FileChanged(PathBuf),
    /// Go to a time and bring it into view.
    GoTo(SimTime),
    /// Play, or pause.
    PlayPause,
    /// Play twice as fast.
    Faster,
    /// Play half as fast.
    Slower,
    /// Set how many virtual nanoseconds pass in a second.
    SetSpeed(f64),
    /// Enlarge around the cursor.
    ZoomIn,
    /// Shrink around the cursor.
    ZoomOut,
    /// Enlarge by a factor around a time.
    ZoomAt {
        /// More than 1 shows less time, larger.
        factor: f64,
        /// The time that stays where it is, in nanoseconds.
        at: f64,
    },
    /// Move the view later by this share of its length; negative is earlier.
    Pan(f64),
    /// Move the view later.
    PanRight,
    /// Move the view earlier.
    PanLeft,
    /// Show this stretch of time, in nanoseconds.
    ShowRange {
        /// Its start.
        from: f64,
        /// Its end.
        to: f64,
    },
    /// Pull an edge of the view; the other one stays. A long pull is taken back as one.
    PullView {
        /// The edge that stays, in nanoseconds.
        fixed: f64,
        /// Where the other one is now; it may be before the first.
        to: f64,
    },
    /// Put the cursor in the middle; when it is there, show the whole.
    CentreThenFit,
    /// Show the whole of every run.
    Fit,
    /// Take back the last change of the view.
    UndoView,
    /// Select what was looked at before.
    LookBack,
    /// Select what was looked at after that again.
    LookForward,
    /// Look at this run: steps, events and keys act on it.
    FocusRun(usize),
    /// Look at the next run.
    FocusNextRun,
    /// Select a thing.
    Select(Selection),
    /// Select a stretch of time, its ends in either order.
    SelectTime {
        /// One end.
        from: SimTime,
        /// The other.
        to: SimTime,
    },
    /// Make the selected span a stretch of time; show that stretch if there is one.
    SelectionToTime,
    /// Choose what dragging in the rows does.
    SetDragMeans(DragMeans),
    /// Mark where the cursor is, or take the mark away that is there.
    SwitchMark,
    /// Go to the next mark.
    NextMark,
    /// Go to the mark before.
    PreviousMark,
    /// Go to this mark, counted from 0 in order of time.
    GoToMark(usize),
    /// Select nothing.
    ClearSelection,
    /// Back to the list of scenarios.
    ShowLibrary,
    /// Back to what is open, or to what was open last.
    Resume,
    /// Look for a scenario of the library.
    FindScenario,
    /// Choose a file to open.
    ChooseFile,
    /// Begin a scenario of one's own: asks where to.
    NewScenario,
    /// Write the starter scenario to a path where nothing is yet, and open it.
    CreateScenario(PathBuf),
    /// Take a file from the list of recent files.
    ForgetFile(PathBuf),
    /// Open a scenario of the library.
    OpenScenario(String),
    /// Open a scenario file or a saved trace.
    OpenFile(PathBuf),
    /// Run the scenario again, or read the file again.
    Reload,
    /// Stop the simulation; what is recorded stays.
    CancelLoading,
    /// Let the view go with the cursor while it plays, or not.
    ToggleFollow,
    /// Show or hide the palette of commands.
    ShowCommands,
    /// Show or hide the palette of places: tasks, threads, findings, scenarios, times.
    ShowPlaces,
    /// Begin to present the lesson, or end it.
    Present,
    /// While presenting: black the screen out, or light it again.
    BlackOut,
    /// Light to dark and back.
    SwitchTheme,
    /// Choose a look.
    SetTheme(ThemeChoice),
    /// Everything one size larger.
    ScaleUp,
    /// Everything one size smaller.
    ScaleDown,
    /// Everything in its usual size.
    ScaleUsual,
    /// Choose how large everything is.
    SetScale(UiScale),
    /// Choose whether things move that need not.
    SetMotion(Motion),
    /// Choose what a step costs, and run again.
    SetCosts(CostsChoice),
    /// Every setting as it was at first.
    ResetSettings,
    /// Show or hide the settings.
    ShowSettings,
    /// The window's oldest notice has been read.
    DismissNotice,
    /// Show or hide the keys.
    ShowKeys,
    /// The timeline alone, without side panels and dock; or all of them again.
    SwitchWide,
    /// Fold a run to its head, or open it.
    FoldRun(usize),
    /// Fold one of a run's groups of rows away, or open it.
    FoldGroup {
        /// The run, from 0.
        run: usize,
        /// The group.
        group: RowGroup,
    },
    /// Fold a run's tasks and threads into one picture, or show each.
    FoldCrowd(usize),
    /// Pin a row above the others, or let it go.
    PinRow {
        /// The run, from 0.
        run: usize,
        /// The row.
        track: TrackKind,
    },
    /// Sort a run's tasks and threads.
    SortRows {
        /// The run, from 0.
        run: usize,
        /// By what.
        by: RowSort,
    },
    /// List only the tasks and threads of a run whose names contain this.
    FilterRows {
        /// The run, from 0.
        run: usize,
        /// A part of their names; empty: all.
        text: String,
    },
    /// Fold the focused run to its head, or open it.
    FoldFocusedRun,
    /// Fold the focused run's tasks and threads into one picture, or show each.
    FoldFocusedCrowd,
    /// Sort the focused run's tasks and threads by the next measure.
    SortOn,
    /// Pin the selected row, or let it go.
    PinSelected,
    /// Leave.
    Quit,
}

/// A command with its name and keys.
#[derive(Clone, PartialEq, Debug)]
pub struct Binding {
    /// What it does.
    pub command: Command,
    /// Its name, for people.
    pub title: &'static str,
    /// The group it is listed under.
    pub group: Group,
    /// Its keys, the first of them shown on buttons: "Ctrl+Z".
    pub keys: &'static [&'static str],
}

/// Where a command is listed under `?`.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Group {
    /// Moving through the recording.
    Step,
    /// Looking at time.
    View,
    /// What is looked at.
    Select,
    /// The window.
    Window,
}

impl Group {
    /// Every group, in the order of the overlay.
    pub const ALL: [Group; 4] = [Group::Step, Group::View, Group::Select, Group::Window];

    /// The group's heading.
    pub const fn title(self) -> &'static str {
        match self {
            Group::Step => "Step and play",
            Group::View => "Zoom and pan",
            Group::Select => "Select and follow",
            Group::Window => "Window",
        }
    }
}

const fn bind(command: Command, group: Group, title: &'static str, keys: &'static [&'static str]) -> Binding {
    Binding { command, title, group, keys }
}

/// Every command that needs no more words, with its name and default keys. A key with more modifiers stands before
/// the same key with fewer: the first that matches is taken.
pub const BINDINGS: &[Binding] = {
    use Command as C;
    use Group as G;
    &[
        bind(C::StepForward, G::Step, "Step one event forward", &["Right", "Ctrl+Right"]),
        bind(C::StepBack, G::Step, "Step one event back", &["Left", "Ctrl+Left"]),
        bind(C::PollBack, G::Step, "Step one poll or context switch back", &["Shift+F10"]),
        bind(C::PollForward, G::Step, "Step one poll or context switch forward", &["F10"]),
        bind(C::PreviousFinding, G::Step, "Run back to the last breakpoint or finding", &["Shift+F5"]),
        bind(C::NextFinding, G::Step, "Run to the next breakpoint or finding", &["F5"]),
        bind(C::ToStart, G::Step, "Go to the start", &["Home"]),
        bind(C::ToEnd, G::Step, "Go to the end", &["End"]),
        bind(C::PlayPause, G::Step, "Play or pause", &["Space"]),
        bind(C::Faster, G::Step, "Play faster", &["Plus"]),
        bind(C::Slower, G::Step, "Play slower", &["Minus"]),
        bind(C::BreakAtSelected, G::Step, "Breakpoint at the selected row", &["F9"]),
        bind(C::ClearBreakpoints, G::Step, "Clear every breakpoint", &["Shift+F9"]),
        bind(C::NextStep, G::Step, "Next step of the lesson", &["PageDown"]),
        bind(C::PreviousStep, G::Step, "Previous step of the lesson", &["PageUp"]),
        bind(C::AsInLesson, G::Step, "Reset all to the lesson", &["Backspace"]),
        bind(C::AnotherWorld, G::Step, "Another world: the next seed", &[]),
        bind(C::Predict(0), G::Step, "Predict: first answer", &["1"]),
        bind(C::Predict(1), G::Step, "Predict: second answer", &["2"]),
        bind(C::Predict(2), G::Step, "Predict: third answer", &["3"]),
        bind(C::Predict(3), G::Step, "Predict: fourth answer", &["4"]),
        bind(C::Reveal, G::Step, "Reveal the answer", &["5"]),
        bind(C::ZoomIn, G::View, "Zoom in", &["W"]),
        bind(C::ZoomOut, G::View, "Zoom out", &["S"]),
        bind(C::PanLeft, G::View, "Pan earlier", &["A"]),
        bind(C::PanRight, G::View, "Pan later", &["D"]),
        bind(C::CentreThenFit, G::View, "Centre the cursor, then fit the whole", &["F"]),
        bind(C::Fit, G::View, "Show the whole", &["0"]),
        bind(C::UndoView, G::View, "Undo the last change of view", &["Ctrl+Z"]),
        bind(C::ToggleFollow, G::View, "Follow the cursor while playing", &["Shift+F"]),
        bind(C::NextSpan, G::Select, "Next span of the selected row", &["."]),
        bind(C::PreviousSpan, G::Select, "Previous span of the selected row", &[","]),
        bind(C::WakeCause, G::Select, "Follow the wake to its cause", &["["]),
        bind(C::WakeEffect, G::Select, "Follow the wake to its effect", &["]"]),
        bind(C::SelectionToTime, G::Select, "Select the span's time, then show it", &["R"]),
        bind(C::SwitchMark, G::Select, "Mark the cursor, or remove the mark", &["M"]),
        bind(C::PreviousMark, G::Select, "Go to the previous mark", &["Ctrl+Shift+M"]),
        bind(C::NextMark, G::Select, "Go to the next mark", &["Shift+M"]),
        bind(C::FocusSearch, G::Select, "Search the events", &["/", "Ctrl+F"]),
        bind(C::FocusNextRun, G::Select, "Look at the next run", &["N"]),
        bind(C::LookBack, G::Select, "Back to what was looked at before", &["Alt+Left"]),
        bind(C::LookForward, G::Select, "Forward to what was looked at after", &["Alt+Right"]),
        bind(C::ClearSelection, G::Select, "Clear the selection", &["Esc"]),
        bind(C::ShowPlaces, G::Window, "Go to a task, scenario, finding or time", &["Ctrl+P"]),
        bind(C::ShowCommands, G::Window, "All commands", &["Ctrl+Shift+P"]),
        bind(C::Present, G::Window, "Present the lesson", &["Shift+P"]),
        bind(C::BlackOut, G::Window, "While presenting: black out (also .)", &["B"]),
        bind(C::ShowLibrary, G::Window, "All scenarios", &["L"]),
        bind(C::Resume, G::Window, "Back to what was open last", &[]),
        bind(C::FindScenario, G::Window, "Find a scenario on the start screen", &[]),
        bind(C::ChooseFile, G::Window, "Open a file", &["Ctrl+O"]),
        bind(C::NewScenario, G::Window, "New scenario from the template", &["Ctrl+N"]),
        bind(C::SwitchTab, G::Window, "Events or findings", &["E"]),
        bind(C::Reload, G::Window, "Run again", &["Ctrl+R"]),
        bind(C::CancelLoading, G::Window, "Stop the simulation", &[]),
        bind(C::SwitchTheme, G::Window, "Light or dark", &["T"]),
        bind(C::SwitchWide, G::View, "Wide timeline, or all panels", &["Z"]),
        bind(C::FoldFocusedRun, G::View, "Fold the run to its head, or open it", &["H"]),
        bind(C::FoldFocusedCrowd, G::View, "Fold tasks into one picture, or show each", &["U"]),
        bind(C::SortOn, G::View, "Sort tasks by the next measure", &[]),
        bind(C::PinSelected, G::Select, "Pin the selected row, or let it go", &["P"]),
        bind(C::SetTheme(ThemeChoice::System), G::Window, "Look: as the system is", &[]),
        bind(C::SetTheme(ThemeChoice::Light), G::Window, "Look: light", &[]),
        bind(C::SetTheme(ThemeChoice::Dark), G::Window, "Look: dark", &[]),
        bind(C::SetTheme(ThemeChoice::Contrast), G::Window, "Look: high contrast, light", &[]),
        bind(C::SetTheme(ThemeChoice::ContrastDark), G::Window, "Look: high contrast, dark", &[]),
        bind(C::ScaleUp, G::Window, "Everything larger", &["Ctrl+Plus", "Ctrl+="]),
        bind(C::ScaleDown, G::Window, "Everything smaller", &["Ctrl+Minus"]),
        bind(C::ScaleUsual, G::Window, "Everything in its usual size", &["Ctrl+0"]),
        bind(C::SetMotion(Motion::Full), G::Window, "Motion: full", &[]),
        bind(C::SetMotion(Motion::Reduced), G::Window, "Motion: reduced", &[]),
        bind(C::SetDragMeans(DragMeans::Select), G::Window, "Dragging the rows selects time", &[]),
        bind(C::SetDragMeans(DragMeans::Pan), G::Window, "Dragging the rows pans", &[]),
        bind(C::SetCosts(CostsChoice::Scenario), G::Window, "Costs: the scenario's own", &[]),
        bind(C::SetCosts(CostsChoice::Textbook), G::Window, "Costs: textbook", &[]),
        bind(C::SetCosts(CostsChoice::Jimblandy), G::Window, "Costs: jimblandy", &[]),
        bind(C::SetCosts(CostsChoice::Cited), G::Window, "Costs: cited", &[]),
        bind(C::ResetSettings, G::Window, "Reset all settings", &[]),
        bind(C::ShowSettings, G::Window, "Settings", &["Ctrl+,"]),
        bind(C::DismissNotice, G::Window, "Close the notice", &[]),
        bind(C::ShowKeys, G::Window, "Keys", &["?", "F1"]),
        bind(C::Quit, G::Window, "Quit", &["Ctrl+Q"]),
    ]
};

impl Command {
    /// The command's name and keys, if it is in the table.
    pub fn binding(&self) -> Option<&'static Binding> {
        BINDINGS.iter().find(|b| b.command == *self)
    }

    /// The command's name, with its first key: "Go to the start (Home)". Empty for one that is not in the table.
    pub fn hint(&self) -> String {
        let Some(Binding { title, .. }) = self.binding() else { return String::new() };
        match keymap::shown().keys_of(self).first() {
            Some(key) => format!("{title} ({})", key_for_people(key)),
            None => (*title).to_owned(),
        }
    }
}

/// A key as it is shown: arrows as arrows.
pub fn key_for_people(key: &str) -> String {
    key.replace("Right", "→").replace("Left", "←").replace("Plus", "+").replace("Minus", "−")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_key_means_two_things() {
        let mut keys: Vec<_> = BINDINGS.iter().flat_map(|b| b.keys).collect();
        let all = keys.len();
        keys.sort();
        keys.dedup();
        assert_eq!(keys.len(), all);
    }

    #[test]
    fn a_hint_names_the_key() {
        assert_eq!(Command::StepForward.hint(), "Step one event forward (→)");
        assert_eq!(Command::Seek(SimTime::ZERO).hint(), "");
    }
}
