//! Every colour, by what it means: light, dark, and both in high contrast. Nowhere else is there a colour.
//!
//! Hue belongs to data, chrome is neutral. Blue executes, amber wants to, grey waits, purple causes, vermillion is
//! wrong, green is finished.

use egui::{Color32, CornerRadius, Stroke, Visuals};

use crate::session::settings::ThemeChoice;

/// The colours of one look.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Theme {
    /// Whether the ground is dark.
    pub dark: bool,
    /// How wide the edges of bars and controls are.
    pub edge: f32,
    /// Behind the panels.
    pub window: Color32,
    /// A panel.
    pub panel: Color32,
    /// Heads of groups.
    pub raised: Color32,
    /// Lines between things.
    pub line: Color32,
    /// Lines that are edges.
    pub strong_line: Color32,
    /// The selected row.
    pub selected: Color32,
    /// Lines of the time axis.
    pub grid: Color32,
    /// Text that matters most.
    pub text1: Color32,
    /// Text.
    pub text2: Color32,
    /// Text that matters least.
    pub text3: Color32,
    /// The cursor, the primary button, focus.
    pub ink: Color32,
    /// Text on ink.
    pub on_ink: Color32,
    /// Polling, Running.
    pub running: Color32,
    /// Text on that.
    pub on_running: Color32,
    /// The stripes of a poll that is off its core.
    pub off_core: Color32,
    /// Ready, Runnable.
    pub ready: Color32,
    /// Its hatch.
    pub ready_hatch: Color32,
    /// Its edge.
    pub ready_edge: Color32,
    /// Text on it.
    pub on_ready: Color32,
    /// Ready where it is too small to hatch.
    pub ready_small: Color32,
    /// Ready as an area with an edge: how many are.
    pub ready_area: Color32,
    /// The dotted rail of a wait, and its sign.
    pub rail: Color32,
    /// Text on a rail.
    pub on_rail: Color32,
    /// Finished.
    pub finished: Color32,
    /// A ground that says finished.
    pub finished_tint: Color32,
    /// Cancelled.
    pub cancelled: Color32,
    /// Wakes and unblocks.
    pub wake: Color32,
    /// What is wrong.
    pub finding: Color32,
    /// A ground that says what is wrong.
    pub finding_tint: Color32,
    /// A place that a person has marked.
    /// A mark, and what a search has found.
    pub mark: Color32,
    /// Text on that.
    pub on_mark: Color32,
}

const fn rgb(hex: u32) -> Color32 {
    Color32::from_rgb((hex >> 16) as u8, (hex >> 8) as u8, hex as u8)
}

/// A colour with this many percent of itself, premultiplied in gamma space as the painter blends.
const fn share(hex: u32, percent: u32) -> Color32 {
    let (r, g, b) = ((hex >> 16) & 0xff, (hex >> 8) & 0xff, hex & 0xff);
    let parts = [r * percent / 100, g * percent / 100, b * percent / 100, 255 * percent / 100];
    Color32::from_rgba_premultiplied(parts[0] as u8, parts[1] as u8, parts[2] as u8, parts[3] as u8)
}

/// Dark on light.
pub const LIGHT: Theme = Theme {
    dark: false,
    edge: 1.0,
    window: rgb(0xF1F3F5),
    panel: rgb(0xFFFFFF),
    raised: rgb(0xF7F8FA),
    line: rgb(0xDDE1E6),
    strong_line: rgb(0xC3CAD2),
    selected: rgb(0xE9EDF1),
    grid: rgb(0xEAEDF0),
    text1: rgb(0x12171D),
    text2: rgb(0x414B57),
    text3: rgb(0x5F6B78),
    ink: rgb(0x12171D),
    on_ink: rgb(0xFFFFFF),
    running: rgb(0x0072B2),
    on_running: rgb(0xFFFFFF),
    off_core: rgb(0x5CA9D6),
    ready: rgb(0xF5B93D),
    ready_hatch: share(0xB97A00, 55),
    ready_edge: rgb(0x9A6400),
    on_ready: rgb(0x2A1C00),
    // A shade darker than the bar: it stands on white without an edge.
    ready_small: rgb(0xC08300),
    ready_area: rgb(0xF5B93D),
    rail: rgb(0x76818D),
    on_rail: rgb(0x4A5561),
    finished: rgb(0x00714F),
    finished_tint: rgb(0xE3F3ED),
    cancelled: rgb(0x414B57),
    wake: rgb(0xA23B7E),
    finding: rgb(0xB84300),
    finding_tint: rgb(0xFCEEE5),
    mark: rgb(0xF0E442),
    on_mark: rgb(0x12171D),
};

/// Light on dark.
pub const DARK: Theme = Theme {
    dark: true,
    edge: 1.0,
    window: rgb(0x0C0F13),
    panel: rgb(0x14181E),
    raised: rgb(0x1A1F27),
    line: rgb(0x29303A),
    strong_line: rgb(0x3C4653),
    selected: rgb(0x212833),
    grid: rgb(0x1E242C),
    text1: rgb(0xEDF1F5),
    text2: rgb(0xB4BEC9),
    text3: rgb(0x8E9AA8),
    ink: rgb(0xEDF1F5),
    on_ink: rgb(0x0C0F13),
    running: rgb(0x56B4E9),
    on_running: rgb(0x06202F),
    off_core: rgb(0x2C7FAE),
    ready: rgb(0x3F2D00),
    ready_hatch: share(0xE69F00, 60),
    ready_edge: rgb(0xF5B93D),
    on_ready: rgb(0xFFD27A),
    ready_small: rgb(0xC98A00),
    ready_area: rgb(0xC98A00),
    rail: rgb(0x6D7987),
    on_rail: rgb(0xA3AEBB),
    finished: rgb(0x3CC79A),
    finished_tint: rgb(0x10291F),
    cancelled: rgb(0xB4BEC9),
    wake: rgb(0xE08CC0),
    finding: rgb(0xFF8A4C),
    finding_tint: rgb(0x2B1A10),
    mark: rgb(0xF0E442),
    on_mark: rgb(0x12171D),
};

/// Dark on light, for eyes that need more: no tints, lines as strong as text, edges of 2 points. What is selected or
/// under the pointer keeps a ground of its own, or nobody would see it.
pub const CONTRAST: Theme = Theme {
    dark: false,
    edge: 2.0,
    window: rgb(0xFFFFFF),
    panel: rgb(0xFFFFFF),
    raised: rgb(0xFFFFFF),
    line: rgb(0x000000),
    strong_line: rgb(0x000000),
    selected: rgb(0xDADADA),
    grid: rgb(0xBDBDBD),
    text1: rgb(0x000000),
    text2: rgb(0x000000),
    text3: rgb(0x262626),
    ink: rgb(0x000000),
    on_ink: rgb(0xFFFFFF),
    running: rgb(0x00517F),
    on_running: rgb(0xFFFFFF),
    off_core: rgb(0xA6DBFF),
    ready: rgb(0xFFC84D),
    ready_hatch: share(0x5A3A00, 80),
    ready_edge: rgb(0x000000),
    on_ready: rgb(0x000000),
    ready_small: rgb(0x8F5D00),
    ready_area: rgb(0xFFC84D),
    rail: rgb(0x000000),
    on_rail: rgb(0x000000),
    finished: rgb(0x004D35),
    finished_tint: rgb(0xFFFFFF),
    cancelled: rgb(0x000000),
    wake: rgb(0x7D1457),
    finding: rgb(0x8F2C00),
    finding_tint: rgb(0xFFFFFF),
    mark: rgb(0xFFE600),
    on_mark: rgb(0x000000),
};

/// Light on dark, for eyes that need more.
pub const CONTRAST_DARK: Theme = Theme {
    dark: true,
    edge: 2.0,
    window: rgb(0x000000),
    panel: rgb(0x000000),
    raised: rgb(0x000000),
    line: rgb(0xFFFFFF),
    strong_line: rgb(0xFFFFFF),
    selected: rgb(0x3A3A3A),
    grid: rgb(0x4F4F4F),
    text1: rgb(0xFFFFFF),
    text2: rgb(0xFFFFFF),
    text3: rgb(0xE0E0E0),
    ink: rgb(0xFFFFFF),
    on_ink: rgb(0x000000),
    running: rgb(0x7CCBFA),
    on_running: rgb(0x000000),
    off_core: rgb(0x00466E),
    ready: rgb(0x241A00),
    ready_hatch: share(0xFFB92E, 85),
    ready_edge: rgb(0xFFC84D),
    on_ready: rgb(0xFFE2A6),
    ready_small: rgb(0xFFC84D),
    ready_area: rgb(0x8A6A1E),
    rail: rgb(0xFFFFFF),
    on_rail: rgb(0xFFFFFF),
    finished: rgb(0x6BEBC0),
    finished_tint: rgb(0x000000),
    cancelled: rgb(0xFFFFFF),
    wake: rgb(0xFFB3E0),
    finding: rgb(0xFFAA80),
    finding_tint: rgb(0x000000),
    mark: rgb(0xFFE600),
    on_mark: rgb(0x000000),
};

impl Theme {
    /// Pending and Blocked where they are an area, not a rail.
    pub fn waiting(&self) -> Color32 {
        if self.dark { rgb(0x252D37) } else { rgb(0xE6EAEE) }
    }

    /// The colours of runs that are drawn as curves. What a state means is nothing there: a name and a sign stand by each.
    pub fn runs(&self) -> [Color32; 6] {
        [self.running, self.ready_small, self.wake, self.finished, self.finding, self.cancelled]
    }

    /// The theme that a person chose; what the system has is resolved before.
    pub fn of(choice: ThemeChoice) -> &'static Theme {
        match choice {
            ThemeChoice::System | ThemeChoice::Light => &LIGHT,
            ThemeChoice::Dark => &DARK,
            ThemeChoice::Contrast => &CONTRAST,
            ThemeChoice::ContrastDark => &CONTRAST_DARK,
        }
    }

    /// What the toolkit's own controls look like.
    pub fn visuals(&self) -> Visuals {
        let mut visuals = if self.dark { Visuals::dark() } else { Visuals::light() };
        visuals.panel_fill = self.panel;
        visuals.window_fill = self.panel;
        visuals.window_stroke = Stroke::new(self.edge, self.strong_line);
        visuals.window_shadow = egui::Shadow::NONE;
        visuals.popup_shadow = egui::Shadow::NONE;
        visuals.window_corner_radius = CornerRadius::same(8);
        visuals.menu_corner_radius = CornerRadius::same(6);
        visuals.extreme_bg_color = self.panel;
        visuals.faint_bg_color = self.raised;
        visuals.code_bg_color = self.raised;
        visuals.hyperlink_color = self.text1;
        visuals.warn_fg_color = self.finding;
        visuals.error_fg_color = self.finding;
        visuals.selection.bg_fill = self.selected;
        visuals.selection.stroke = Stroke::new(2.0, self.ink);
        visuals.weak_text_color = Some(self.text3);
        visuals.slider_trailing_fill = true;
        let radius = CornerRadius::same(6);
        let w = &mut visuals.widgets;
        for (widget, fill, edge) in [
            (&mut w.noninteractive, self.panel, self.line),
            (&mut w.inactive, self.panel, self.strong_line),
            (&mut w.hovered, self.selected, self.strong_line),
            (&mut w.active, self.selected, self.ink),
            (&mut w.open, self.selected, self.strong_line),
        ] {
            widget.bg_fill = fill;
            widget.weak_bg_fill = fill;
            widget.bg_stroke = Stroke::new(self.edge, edge);
            widget.fg_stroke = Stroke::new(1.0, self.text1);
            widget.corner_radius = radius;
            widget.expansion = 0.0;
        }
        w.noninteractive.fg_stroke.color = self.text2;
        visuals
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const THEMES: [(&str, Theme); 4] =
        [("light", LIGHT), ("dark", DARK), ("contrast", CONTRAST), ("contrast dark", CONTRAST_DARK)];

    fn luminance(color: Color32) -> f32 {
        let linear = egui::Rgba::from(color);
        0.2126 * linear.r() + 0.7152 * linear.g() + 0.0722 * linear.b()
    }

    fn contrast(a: Color32, b: Color32) -> f32 {
        let (a, b) = (luminance(a), luminance(b));
        (a.max(b) + 0.05) / (a.min(b) + 0.05)
    }

    /// How light a colour looks, from 0 to 100: what is left of it in grey print.
    fn lightness(color: Color32) -> f32 {
        let y = luminance(color);
        if y > 0.008_856 { 116.0 * y.cbrt() - 16.0 } else { 903.3 * y }
    }

    /// A colour over a ground.
    fn over(top: Color32, ground: Color32) -> Color32 {
        ground.blend(top)
    }

    fn check(name: &str, what: &str, (a, b): (Color32, Color32), least: f32) {
        let ratio = contrast(a, b);
        assert!(ratio >= least, "{name}: {what}, {a:?} on {b:?}, is {ratio:.2}:1 and should be {least}:1");
    }

    /// Every token is named here: a new one does not compile until it is said what it has to be told from.
    #[test]
    fn every_token_can_be_told_from_what_it_stands_on() {
        for (name, theme) in THEMES {
            let Theme {
                dark: _,
                edge,
                window,
                panel,
                raised,
                selected,
                // Its edge is what is told from the ground.
                ready_area: _,
                // Between things that are told apart without them.
                line,
                strong_line,
                grid,
                text1,
                text2,
                text3,
                ink,
                on_ink,
                running,
                on_running,
                off_core,
                ready,
                ready_hatch,
                ready_edge,
                on_ready,
                ready_small,
                rail,
                on_rail,
                finished,
                finished_tint,
                cancelled,
                wake,
                finding,
                finding_tint,
                mark,
                on_mark,
            } = theme;
            for ground in [window, panel, raised, selected] {
                for text in [text1, text2, text3, on_rail, finding, finished, cancelled] {
                    check(name, "text", (text, ground), 4.5);
                }
                check(name, "the ink", (ink, ground), 4.5);
                check(name, "an arrow", (wake, ground), 3.0);
            }
            for (text, ground) in [
                (on_running, running),
                (on_ready, ready),
                (on_ink, ink),
                (on_mark, mark),
                (finding, finding_tint),
                (text1, finding_tint),
                (finished, finished_tint),
                (text1, finished_tint),
            ] {
                check(name, "text on its ground", (text, ground), 4.5);
            }
            for ground in [panel, selected] {
                for shape in [running, ready_edge, rail] {
                    check(name, "a state", (shape, ground), 3.0);
                }
            }
            check(name, "Ready where it is small", (ready_small, panel), 3.0);
            check(name, "the hatch's edge", (ready_edge, ready), if dark_or_strong(&theme) { 3.0 } else { 2.8 });
            // Patterns repeat what a word beside them says; in high contrast they stand alone.
            let strong = edge > 1.0;
            check(name, "the pinstripe", (off_core, running), if strong { 3.0 } else { 1.9 });
            check(name, "the hatch", (over(ready_hatch, ready), ready), if strong { 3.0 } else { 1.4 });
            for edge in [line, strong_line] {
                check(name, "a line", (edge, panel), if strong { 7.0 } else { 1.2 });
            }
            check(name, "the grid", (grid, panel), 1.1);
        }
    }

    #[test]
    fn the_curves_of_runs_can_be_told_from_their_ground() {
        for (name, theme) in THEMES {
            for color in theme.runs() {
                check(name, "a curve", (color, theme.panel), 3.0);
            }
        }
    }

    fn dark_or_strong(theme: &Theme) -> bool {
        theme.dark || theme.edge > 1.0
    }

    #[test]
    fn in_high_contrast_every_text_is_seven_to_one() {
        for theme in [CONTRAST, CONTRAST_DARK] {
            for text in [theme.text1, theme.text2, theme.text3, theme.finding, theme.finished, theme.on_rail] {
                check("contrast", "text", (text, theme.panel), 7.0);
            }
        }
    }

    /// Executes, wants to, neither: by lightness, or because one is hatched so that its hatch shows in grey, too.
    #[test]
    fn states_are_told_apart_without_colour() {
        for (name, theme) in THEMES {
            let hatch = (lightness(over(theme.ready_hatch, theme.ready)) - lightness(theme.ready)).abs();
            let apart = |a: Color32, b: Color32| (lightness(a) - lightness(b)).abs();
            assert!(apart(theme.running, theme.panel) >= 20.0, "{name}: runs and does not");
            assert!(apart(theme.running, theme.ready) >= 20.0, "{name}: runs and wants to");
            assert!(apart(theme.ready_edge, theme.panel) >= 20.0, "{name}: wants to and does not");
            assert!(hatch >= 8.0, "{name}: the hatch shows");
        }
    }
}
