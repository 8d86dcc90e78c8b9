//! What is to be painted: plain data in points, made by [`super::layout`] and [`super::links`].
//!
//! Owns the shapes' meaning, not their colours. Items overlap in the order of the fields of [`Scene`].

use sim_core::analysis::findings::Severity;

/// A rectangle, in points.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Area {
    /// Left edge.
    pub x0: f32,
    /// Top edge.
    pub y0: f32,
    /// Right edge.
    pub x1: f32,
    /// Bottom edge.
    pub y1: f32,
}

impl Area {
    /// The width; never negative.
    pub fn width(&self) -> f32 {
        (self.x1 - self.x0).max(0.0)
    }

    /// The middle, from top to bottom.
    pub fn middle(&self) -> f32 {
        (self.y0 + self.y1) / 2.0
    }

    /// Whether a point lies in it.
    pub fn contains(&self, x: f32, y: f32) -> bool {
        (self.x0..=self.x1).contains(&x) && (self.y0..=self.y1).contains(&y)
    }
}

/// What a bar says: hue and pattern follow from it.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug)]
pub enum Fill {
    /// Ready, Runnable: wants to run.
    Ready,
    /// Polling, Running: runs.
    Running,
    /// In a poll, off its core.
    OffCore,
}

/// A state with a body.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Bar {
    /// Where, cut to the view.
    pub area: Area,
    /// What it says.
    pub fill: Fill,
    /// The x of the span's true start, which may lie out of sight: patterns hang on it, so that panning does not
    /// make them shimmer.
    pub anchor: f32,
}

/// Several things too thin to draw, as one column.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Column {
    /// Where; its height is the share of time it stands for.
    pub area: Area,
    /// What it says.
    pub fill: Fill,
}

/// A wait: a dotted line.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Rail {
    /// From here.
    pub x0: f32,
    /// To here.
    pub x1: f32,
    /// At this height.
    pub y: f32,
    /// The x of the wait's true start.
    pub anchor: f32,
}

/// A request on a device's row: a solid line.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Request {
    /// From here.
    pub x0: f32,
    /// To here.
    pub x1: f32,
    /// At this height.
    pub y: f32,
    /// Whether its start is in sight: it has a cap there.
    pub starts: bool,
    /// Whether its end is in sight.
    pub ends: bool,
}

/// A figure over time, as steps: one column of the area under it.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Level {
    /// The column.
    pub area: Area,
}

/// A small sign.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug)]
pub enum Sign {
    /// Waits for I/O.
    Io,
    /// Waits for a timer.
    Timer,
    /// Waits for a lock or permit.
    Lock,
    /// In a blocking call.
    Call,
    /// Waits for a channel.
    Channel,
    /// Waits to be notified.
    Notify,
    /// Waits for another's end.
    Join,
    /// A worker with nothing to poll.
    Park,
    /// Nothing will wake it.
    Nobody,
    /// It has its result.
    Finished,
    /// It was dropped before it had one.
    Cancelled,
    /// It panicked.
    Panicked,
    /// A context switch.
    Switch,
}

/// A sign somewhere.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Mark {
    /// Its middle.
    pub x: f32,
    /// Its middle.
    pub y: f32,
    /// Which.
    pub sign: Sign,
}

/// What a text stands on, and so how it looks.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Ground {
    /// On a bar, on a plate of its fill.
    Bar(Fill),
    /// In a gap of a rail.
    Rail,
    /// Beside the sign of an end: finished.
    Finished,
    /// Beside the sign of an end: cancelled, panicked.
    Ended,
    /// In an empty stretch of a row.
    Empty,
    /// On a rail, on a plate: how long something took.
    Latency,
}

/// A text, cut to what fits.
#[derive(Clone, PartialEq, Debug)]
pub struct Label {
    /// Its left edge.
    pub x: f32,
    /// Its middle.
    pub y: f32,
    /// The text.
    pub text: String,
    /// What it stands on.
    pub ground: Ground,
}

/// A causal arrow, routed: ring at the source, straight to the target row, along its edge, head on the effect.
#[derive(Clone, PartialEq, Debug)]
pub struct Arrow {
    /// Its corners, from the source on; two or three.
    pub corners: Vec<(f32, f32)>,
    /// Whether the source is in sight and gets a ring.
    pub ring: bool,
    /// Whether it is the one that is selected.
    pub selected: bool,
    /// Which link of its run, by place in the index.
    pub link: usize,
    /// The run, from 0.
    pub run: usize,
    /// Who the source is, if its row is not in sight.
    pub name: Option<String>,
}

/// A wake that is not drawn as an arrow.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Tick {
    /// Where.
    pub x: f32,
    /// Its top.
    pub y0: f32,
    /// Its foot.
    pub y1: f32,
}

/// A finding on a row: a line above its span, and its sign before it.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Finding {
    /// From here.
    pub x0: f32,
    /// To here.
    pub x1: f32,
    /// The row's top.
    pub top: f32,
    /// The middle of its sign.
    pub sign: (f32, f32),
    /// How bad it is.
    pub severity: Severity,
    /// The run, from 0.
    pub run: usize,
    /// Which finding of its run.
    pub place: usize,
}

/// Everything to be painted in the rows.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Scene {
    /// Waits.
    pub rails: Vec<Rail>,
    /// Requests of devices.
    pub requests: Vec<Request>,
    /// Figures over time.
    pub levels: Vec<Level>,
    /// States with a body; Ready before what runs.
    pub bars: Vec<Bar>,
    /// Density of what is too thin.
    pub columns: Vec<Column>,
    /// Wakes without an arrow.
    pub ticks: Vec<Tick>,
    /// Arrows.
    pub arrows: Vec<Arrow>,
    /// Signs.
    pub marks: Vec<Mark>,
    /// Texts.
    pub labels: Vec<Label>,
    /// What is wrong.
    pub findings: Vec<Finding>,
}

/// Measures text as the painter will draw it.
pub trait Measure {
    /// The width in points of a label of the timeline.
    fn width(&self, text: &str) -> f32;
}

/// Measures every letter alike: for tests.
#[derive(Clone, Copy, Debug)]
pub struct EvenLetters(pub f32);

impl Measure for EvenLetters {
    fn width(&self, text: &str) -> f32 {
        text.chars().count() as f32 * self.0
    }
}
