//! Choosing: the settings, the keys, and what a search is for.

use std::rc::Rc;

use super::settings::{CostsChoice, Settings, Shade, ThemeChoice, UiScale};
use super::{Command, Keymap, Session};

impl Session {
    /// What the person has chosen.
    pub fn settings(&self) -> &Settings {
        &self.settings
    }

    /// Begins with what was chosen before.
    pub fn set_settings(&mut self, settings: Settings) {
        self.settings = settings;
    }

    /// The look that is shown: never [`ThemeChoice::System`].
    pub fn theme(&self) -> ThemeChoice {
        self.settings.theme.resolved(self.system)
    }

    /// Whether the window is dark.
    pub fn is_dark(&self) -> bool {
        self.settings.theme.shade(self.system) == Shade::Dark
    }

    /// Whoever owns the window says whether the system is dark.
    pub fn set_system(&mut self, system: Shade) {
        self.system = system;
    }

    /// Which key means what.
    pub fn keymap(&self) -> &Rc<Keymap> {
        &self.keymap
    }

    /// Begins with keys of the person's own.
    pub fn set_keymap(&mut self, keymap: Keymap) {
        self.keymap = Rc::new(keymap);
    }

    /// Changes a setting.
    pub(super) fn choose(&mut self, command: Command) {
        use Command as C;
        let settings = &mut self.settings;
        match command {
            C::SwitchTheme => settings.theme = settings.theme.switched(self.system),
            C::SetTheme(theme) => settings.theme = theme,
            C::ScaleUp => settings.scale = settings.scale.larger(),
            C::ScaleDown => settings.scale = settings.scale.smaller(),
            C::ScaleUsual => settings.scale = UiScale::default(),
            C::SetScale(scale) => settings.scale = scale,
            C::SetMotion(motion) => settings.motion = motion,
            C::SetDragMeans(means) => settings.drag = means,
            C::SetCosts(costs) => self.set_costs(costs),
            C::ResetSettings => {
                self.set_costs(CostsChoice::default());
                self.settings = Settings::default();
            }
            _ => {}
        }
    }

    fn set_costs(&mut self, costs: CostsChoice) {
        if self.settings.costs != costs {
            self.settings.costs = costs;
            self.costs_changed();
        }
    }
}
