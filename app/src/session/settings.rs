//! What a person has chosen about the window: plain data, remembered between two starts.
//!
//! Owns the choices, their names and their limits. Knows no toolkit and no file: where they are kept is
//! [`crate::settings`]'s.

use std::path::PathBuf;

use serde::{Deserialize, Serialize};

use super::span_of_time::DragMeans;

/// Everything that can be chosen.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Settings {
    /// The look.
    pub theme: ThemeChoice,
    /// How large everything is.
    pub scale: UiScale,
    /// Whether things move that need not.
    pub motion: Motion,
    /// What dragging the rows does.
    pub drag: DragMeans,
    /// What a step costs.
    pub costs: CostsChoice,
}

/// Which look the window has.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
pub enum ThemeChoice {
    /// As the system is: light or dark.
    #[default]
    System,
    /// Dark on light.
    Light,
    /// Light on dark.
    Dark,
    /// Dark on light, without tints, every edge strong.
    Contrast,
    /// The same, light on dark.
    ContrastDark,
}

impl ThemeChoice {
    /// Every look, in the order they are offered.
    pub const ALL: [ThemeChoice; 5] =
        [ThemeChoice::System, ThemeChoice::Light, ThemeChoice::Dark, ThemeChoice::Contrast, ThemeChoice::ContrastDark];

    /// Its name.
    pub const fn title(self) -> &'static str {
        match self {
            ThemeChoice::System => "System",
            ThemeChoice::Light => "Light",
            ThemeChoice::Dark => "Dark",
            ThemeChoice::Contrast => "High contrast, light",
            ThemeChoice::ContrastDark => "High contrast, dark",
        }
    }

    /// The look that is shown: never [`ThemeChoice::System`].
    pub const fn resolved(self, system: Shade) -> ThemeChoice {
        match (self, system) {
            (ThemeChoice::System, Shade::Light) => ThemeChoice::Light,
            (ThemeChoice::System, Shade::Dark) => ThemeChoice::Dark,
            (chosen, _) => chosen,
        }
    }

    /// From light to dark or back, as contrasty as before.
    pub const fn switched(self, system: Shade) -> ThemeChoice {
        match self.resolved(system) {
            ThemeChoice::Light | ThemeChoice::System => ThemeChoice::Dark,
            ThemeChoice::Dark => ThemeChoice::Light,
            ThemeChoice::Contrast => ThemeChoice::ContrastDark,
            ThemeChoice::ContrastDark => ThemeChoice::Contrast,
        }
    }

    /// Whether its ground is dark.
    pub const fn shade(self, system: Shade) -> Shade {
        match self.resolved(system) {
            ThemeChoice::Light | ThemeChoice::Contrast | ThemeChoice::System => Shade::Light,
            ThemeChoice::Dark | ThemeChoice::ContrastDark => Shade::Dark,
        }
    }
}

/// What a ground is like.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum Shade {
    /// Light.
    #[default]
    Light,
    /// Dark.
    Dark,
}

/// How large everything is, in percent.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(from = "u16", into = "u16")]
pub struct UiScale(u16);

impl UiScale {
    /// The smallest.
    pub const LEAST: u16 = 80;
    /// The largest: for a projector.
    pub const MOST: u16 = 200;
    /// From one size to the next.
    pub const STEP: u16 = 10;

    /// So many percent, held within the limits.
    pub fn percent(percent: u16) -> UiScale {
        UiScale(percent.clamp(UiScale::LEAST, UiScale::MOST))
    }

    /// In percent.
    pub fn in_percent(self) -> u16 {
        self.0
    }

    /// By how much everything is enlarged.
    pub fn factor(self) -> f32 {
        f32::from(self.0) / 100.0
    }

    /// One size larger.
    pub fn larger(self) -> UiScale {
        UiScale::percent(self.0 + UiScale::STEP)
    }

    /// One size smaller.
    pub fn smaller(self) -> UiScale {
        UiScale::percent(self.0.saturating_sub(UiScale::STEP))
    }
}

impl Default for UiScale {
    fn default() -> UiScale {
        UiScale(100)
    }
}

impl From<u16> for UiScale {
    fn from(percent: u16) -> UiScale {
        UiScale::percent(percent)
    }
}

impl From<UiScale> for u16 {
    fn from(scale: UiScale) -> u16 {
        scale.0
    }
}

/// Whether things move that need not.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
pub enum Motion {
    /// Chips glide, empty stretches are swept over.
    #[default]
    Full,
    /// Everything is where it belongs at once.
    Reduced,
}

impl Motion {
    /// Both, in the order they are offered.
    pub const ALL: [Motion; 2] = [Motion::Full, Motion::Reduced];

    /// Its name.
    pub const fn title(self) -> &'static str {
        match self {
            Motion::Full => "Full",
            Motion::Reduced => "Reduced",
        }
    }
}

/// Which table says what each step costs.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
pub enum CostsChoice {
    /// The one that the scenario names: its narration speaks of that.
    #[default]
    Scenario,
    /// Textbook arithmetic: only a poll costs anything, and that next to nothing.
    Textbook,
    /// The curriculum's bill.
    Jimblandy,
    /// Measured costs, with their sources.
    Cited,
    /// This computer's, as `wakeline calibrate` has measured them.
    Calibrated,
    /// A file's.
    File(PathBuf),
}

impl CostsChoice {
    /// Every table that needs no file, in the order they are offered.
    pub const BUILT_IN: [CostsChoice; 4] =
        [CostsChoice::Scenario, CostsChoice::Textbook, CostsChoice::Jimblandy, CostsChoice::Cited];

    /// Its name.
    pub fn title(&self) -> String {
        match self {
            CostsChoice::Scenario => "Scenario's own".to_owned(),
            CostsChoice::Textbook => "Textbook".to_owned(),
            CostsChoice::Jimblandy => "jimblandy".to_owned(),
            CostsChoice::Cited => "Cited".to_owned(),
            CostsChoice::Calibrated => "This computer".to_owned(),
            CostsChoice::File(path) => path.file_name().map_or(String::new(), |n| n.to_string_lossy().into_owned()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_size_beyond_the_limits_is_held_within_them() {
        assert_eq!(UiScale::percent(5).in_percent(), 80);
        assert_eq!(UiScale::percent(900).in_percent(), 200);
        assert_eq!(UiScale::percent(200).larger(), UiScale::percent(200));
        assert_eq!(UiScale::percent(80).smaller(), UiScale::percent(80));
    }

    #[test]
    fn light_and_dark_are_switched_within_the_same_contrast() {
        assert_eq!(ThemeChoice::System.switched(Shade::Dark), ThemeChoice::Light);
        for theme in ThemeChoice::ALL {
            let switched = theme.switched(Shade::Light);
            assert_ne!(switched.shade(Shade::Light), theme.shade(Shade::Light));
            assert_eq!(switched.switched(Shade::Light), theme.resolved(Shade::Light));
        }
    }
}
