//! The table of commands with their names and keys.
//!
//! Owns titles and default keys: the `?` overlay, the palette and the key handling all read [`BINDINGS`]. Knows no
//! widget and no toolkit: a key is written as people write it ("Ctrl+Z").

use super::settings::{CostsChoice, Motion, ThemeChoice};
use super::span_of_time::DragMeans;
use super::{Command, Tab, keymap};

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
        bind(C::ShowTab(Tab::Sweep), G::Window, "Sweep: each run's curves while one value is turned", &[]),
        bind(C::StartSweep, G::Step, "Start the sweep", &[]),
        bind(C::CancelSweep, G::Step, "Cancel the sweep", &[]),
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
        bind(C::ShowFindings, G::Window, "Findings: what is wrong", &["E"]),
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
        bind(C::SetCosts(CostsChoice::Calibrated), G::Window, "Costs: this computer's", &[]),
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
    use sim_core::instant::SimTime;

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
