//! Every colour, by what it means, light and dark. Nowhere else is there a colour.
//!
//! Hue belongs to data, chrome is neutral. Blue executes, amber wants to, grey waits, purple causes, vermillion is
//! wrong, green is finished.

use egui::{Color32, CornerRadius, Stroke, Visuals};

/// The colours of one look.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Theme {
    /// Whether the ground is dark.
    pub dark: bool,
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
    ready_small: rgb(0xF5B93D),
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

impl Theme {
    /// Pending and Blocked where they are an area, not a rail.
    pub fn waiting(&self) -> Color32 {
        if self.dark { rgb(0x252D37) } else { rgb(0xE6EAEE) }
    }

    /// The theme that a person chose.
    pub fn of(dark: bool) -> &'static Theme {
        if dark { &DARK } else { &LIGHT }
    }

    /// What the toolkit's own controls look like.
    pub fn visuals(&self) -> Visuals {
        let mut visuals = if self.dark { Visuals::dark() } else { Visuals::light() };
        visuals.panel_fill = self.panel;
        visuals.window_fill = self.panel;
        visuals.window_stroke = Stroke::new(1.0, self.strong_line);
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
            widget.bg_stroke = Stroke::new(1.0, edge);
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

    fn luminance(color: Color32) -> f32 {
        let linear = egui::Rgba::from(color);
        0.2126 * linear.r() + 0.7152 * linear.g() + 0.0722 * linear.b()
    }

    fn contrast(a: Color32, b: Color32) -> f32 {
        let (a, b) = (luminance(a), luminance(b));
        (a.max(b) + 0.05) / (a.min(b) + 0.05)
    }

    #[test]
    fn every_text_can_be_read_on_every_ground_it_stands_on() {
        for theme in [LIGHT, DARK] {
            for ground in [theme.window, theme.panel, theme.raised, theme.selected] {
                for text in [theme.text1, theme.text2, theme.text3, theme.on_rail, theme.finding, theme.finished] {
                    let ratio = contrast(text, ground);
                    assert!(ratio >= 4.5, "{text:?} on {ground:?}: {ratio:.2}");
                }
            }
            for (text, ground) in [
                (theme.on_running, theme.running),
                (theme.on_ready, theme.ready),
                (theme.on_ink, theme.ink),
                (theme.on_mark, theme.mark),
                (theme.finding, theme.finding_tint),
                (theme.text1, theme.finished_tint),
            ] {
                assert!(contrast(text, ground) >= 4.5, "{text:?} on {ground:?}");
            }
        }
    }
}
