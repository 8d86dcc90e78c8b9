//! Lengths that several panels keep, so that what belongs together stands in line.

/// Narrower windows have the lesson as a strip, and the inspector as a tab.
pub const NARROW: f32 = 1100.0;
/// Row labels take so much; the Stage's columns start there, too.
pub const LABELS: f32 = 148.0;
/// Free at the right of the rows.
pub const RIGHT_MARGIN: f32 = 16.0;
/// Ticks stand at least so far apart.
pub const TICK_GAP: f32 = 52.0;
/// The height of the tabs.
pub const TAB: f32 = 32.0;
