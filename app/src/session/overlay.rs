//! What lies over the window: the keys, the settings, the palette. One at a time.
//!
//! Owns which it is, and what the window has to say of itself.

use super::Session;

/// What lies over the window.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum Overlay {
    /// Nothing.
    #[default]
    Nothing,
    /// The list of keys.
    Keys,
    /// The settings.
    Settings,
    /// The palette of commands.
    Commands,
    /// The palette of places: tasks, threads, findings, scenarios, times.
    Places,
}

impl Session {
    /// What lies over the window.
    pub fn overlay(&self) -> Overlay {
        self.overlay
    }

    /// Whether the keys are shown.
    pub fn shows_keys(&self) -> bool {
        self.overlay == Overlay::Keys
    }

    /// Shows this; if it is shown, hides it.
    pub(super) fn toggle_overlay(&mut self, overlay: Overlay) {
        self.overlay = if self.overlay == overlay { Overlay::Nothing } else { overlay };
    }

    /// What the window has to say of itself, the oldest first.
    pub fn notices(&self) -> &[String] {
        &self.notices
    }

    /// Says something of the window itself, until the person has read it.
    pub fn notice(&mut self, text: String) {
        if !self.notices.contains(&text) {
            self.notices.push(text);
        }
    }

    /// Says something that is only true of what is shown now: it goes with the next step, run or scenario.
    pub(super) fn passing_notice(&mut self, text: String) {
        if !self.notices.contains(&text) {
            self.passing.push(text.clone());
            self.notices.push(text);
        }
    }

    /// What was said of what is not shown any more goes; what is said of files and settings stays until it is closed.
    pub(super) fn pass_notices(&mut self) {
        let passing = std::mem::take(&mut self.passing);
        self.notices.retain(|text| !passing.contains(text));
    }
}
