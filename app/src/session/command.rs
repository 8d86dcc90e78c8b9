//! Everything a person can do, as one closed enum. Names and keys are [`super::bindings`]'s.

use std::path::PathBuf;

use sim_core::analysis::track::TrackKind;
use sim_core::instant::SimTime;
use sim_core::scenario::RunSpec;

use super::breakpoints::Breakpoint;
use super::event_filter::EventQuery;
use super::find::FindingId;
use super::rows::{RowGroup, RowSort};
use super::selection::Selection;
use super::settings::{CostsChoice, Motion, ThemeChoice, UiScale};
use super::span_of_time::DragMeans;
use super::sweep::SweepAsk;
use super::tab::Tab;

pub use super::bindings::{BINDINGS, Binding, Group, key_for_people};

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
    /// Open the list of what is wrong.
    ShowFindings,
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
    /// Set up what is swept.
    SetUpSweep(Box<SweepAsk>),
    /// Run the scenario at each value of the sweep.
    StartSweep,
    /// Stop the sweep; what it has found stays.
    CancelSweep,
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
