//! The typefaces and the sizes that text comes in.
//!
//! A weight is a family of its own: Inter in three, JetBrains Mono in two. Both are embedded, cut down to what is
//! needed, without ligatures.

use std::sync::Arc;

use egui::{FontData, FontDefinitions, FontFamily, FontId};

const MEDIUM: &str = "medium";
const SEMIBOLD: &str = "semibold";
const MONO_MEDIUM: &str = "mono-medium";

/// The embedded fonts.
pub fn definitions() -> FontDefinitions {
    let faces: [(&str, &[u8]); 5] = [
        ("inter", include_bytes!("../../../assets/fonts/Inter-Regular.otf")),
        ("inter-medium", include_bytes!("../../../assets/fonts/Inter-Medium.otf")),
        ("inter-semibold", include_bytes!("../../../assets/fonts/Inter-SemiBold.otf")),
        ("mono", include_bytes!("../../../assets/fonts/JetBrainsMono-Regular.ttf")),
        ("mono-medium", include_bytes!("../../../assets/fonts/JetBrainsMono-Medium.ttf")),
    ];
    let mut fonts = FontDefinitions::empty();
    for (name, bytes) in faces {
        fonts.font_data.insert(name.to_owned(), Arc::new(FontData::from_static(bytes)));
    }
    for (family, chain) in [
        (FontFamily::Proportional, ["inter", "mono"]),
        (FontFamily::Name(MEDIUM.into()), ["inter-medium", "mono"]),
        (FontFamily::Name(SEMIBOLD.into()), ["inter-semibold", "mono"]),
        (FontFamily::Monospace, ["mono", "inter"]),
        (FontFamily::Name(MONO_MEDIUM.into()), ["mono-medium", "inter-medium"]),
    ] {
        fonts.families.insert(family, chain.map(str::to_owned).to_vec());
    }
    fonts
}

/// Running text.
pub fn regular(size: f32) -> FontId {
    FontId::new(size, FontFamily::Proportional)
}

/// Text with some weight: names, buttons.
pub fn medium(size: f32) -> FontId {
    FontId::new(size, FontFamily::Name(MEDIUM.into()))
}

/// Heads.
pub fn semibold(size: f32) -> FontId {
    FontId::new(size, FontFamily::Name(SEMIBOLD.into()))
}

/// Times, ids, code.
pub fn mono(size: f32) -> FontId {
    FontId::new(size, FontFamily::Monospace)
}

/// Times that matter.
pub fn mono_medium(size: f32) -> FontId {
    FontId::new(size, FontFamily::Name(MONO_MEDIUM.into()))
}

/// The clock.
pub const CLOCK: f32 = 20.0;
/// Titles.
pub const TITLE: f32 = 18.0;
/// Heads of panels.
pub const HEAD: f32 = 16.0;
/// The lesson's text.
pub const NARRATION: f32 = 15.0;
/// Running text.
pub const BODY: f32 = 14.0;
/// Rows.
pub const ROW: f32 = 13.0;
/// Labels.
pub const LABEL: f32 = 12.0;
/// The smallest there is.
pub const LEAST: f32 = 11.0;
