//! Someone who presses anything: keys, clicks, wheel, drags, resizes, dropped files, other scenarios, from a seed.
//!
//! The same hands for the short run of the tests and the long one of `cargo bench -p wakeline --bench monkey`.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};

use egui::{
    Event, Key, Modifiers, MouseWheelSource, MouseWheelUnit, PointerButton, Pos2, TouchPhase, Vec2, pos2, vec2,
};
use wakeline::session::command::BINDINGS;
use wakeline::session::{Command, Session, jobs};
use wakeline::ui::widgets::key_of;

use super::support::{Dropped, Window};

/// A person without a plan, who does the same for the same seed.
pub struct Monkey {
    window: Window,
    random: Random,
    files: Vec<PathBuf>,
    size: Vec2,
    /// What was done last, the newest at the end: for the report of a panic.
    pub log: Vec<String>,
    /// The longest that a frame took; while another program had the core does not count.
    pub slowest: (Duration, String),
    /// How many frames were shown.
    pub frames: u64,
}

/// One draw after the other, from a seed (SplitMix64).
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }

    fn below(&mut self, n: usize) -> usize {
        (self.next() % n.max(1) as u64) as usize
    }

    fn share(&mut self) -> f32 {
        (self.next() >> 40) as f32 / (1_u64 << 24) as f32
    }
}

impl Monkey {
    /// In front of the window as it opens. What is dropped lies in `folder`.
    pub fn new(seed: u64, folder: &Path) -> Monkey {
        let size = vec2(1280.0, 800.0);
        let mut window = Window::open(size.x, size.y);
        // It creates scenarios, too: each monkey finds an empty place for them.
        let new = folder.join("new");
        let _ = std::fs::remove_dir_all(&new);
        std::fs::create_dir_all(&new).expect("the folder of the tests can be made");
        window.set_folder(new);
        let files = files_to_drop(folder);
        let slowest = (Duration::ZERO, String::new());
        Monkey { window, random: Random(seed), files, size, log: Vec::new(), slowest, frames: 0 }
    }

    /// Does one thing, and looks at the frames that follow.
    pub fn act(&mut self) {
        let what = self.do_something();
        if self.log.len() == 40 {
            self.log.remove(0);
        }
        self.log.push(what.clone());
        // Mostly what was started is waited for, so that a seed says what happens; now and then life goes on meanwhile.
        if self.random.below(8) > 0 {
            self.window.session(Session::finish_loading);
        }
        for _ in 0..2 {
            self.frames(&what);
        }
    }

    /// The frames in which the window takes in what was done. What another program had the core for is not theirs.
    fn frames(&mut self, what: &str) {
        self.window.frames_begun();
        let (began, before) = (Instant::now(), OnCores::now());
        self.window.harness.step();
        let shapes = self.window.harness.output().shapes.clone();
        let primitives = self.window.harness.ctx.tessellate(shapes, self.window.harness.ctx.pixels_per_point());
        let (ended, after) = (Instant::now(), OnCores::now());
        std::hint::black_box(primitives);
        let begun = self.window.frames_begun();
        self.frames += begun.len() as u64;
        let begins = [began].into_iter().chain(begun.into_iter().skip(1));
        let edges: Vec<Instant> = begins.chain([ended]).collect();
        let longest = edges.windows(2).map(|pair| pair[1] - pair[0]).max().unwrap_or_default();
        let took = longest.saturating_sub(after.queued.saturating_sub(before.queued));
        if took > self.slowest.0 {
            let open = self.window.session(|s| {
                let title = s.document().map_or(String::new(), |d| d.title.clone());
                format!("{:?}, {title}, {:?}", s.place(), s.tab())
            });
            let computed = after.computed.saturating_sub(before.computed);
            self.slowest = (took, format!("{what} ({open}; all frames of it were {computed:?} on a core)"));
        }
    }

    fn do_something(&mut self) -> String {
        match self.random.below(100) {
            0..38 => self.press_a_key(),
            38..60 => self.click(),
            60..72 => self.wheel(),
            72..84 => self.drag(),
            84..88 => self.write(),
            88..92 => self.resize(),
            92..95 => self.drop_a_file(),
            95..98 => self.open_a_scenario(),
            _ => self.do_what_a_panel_could(),
        }
    }

    fn point(&mut self) -> Pos2 {
        pos2(self.random.share() * self.size.x, self.random.share() * self.size.y)
    }

    fn press_a_key(&mut self) -> String {
        let keys: Vec<&str> = BINDINGS.iter().flat_map(|b| b.keys.iter().copied()).collect();
        let others = ["Tab", "Shift+Tab", "Enter", "Space", "Down", "Up", "Backspace", "Ctrl+P", "Ctrl+Shift+P", "/"];
        let n = self.random.below(keys.len() + 2 * others.len());
        let key = keys.get(n).copied().unwrap_or_else(|| others[(n - keys.len()) / 2]);
        let (modifiers, named) = key_of(key).unwrap_or((Modifiers::NONE, Key::Tab));
        self.window.harness.key_press_modifiers(modifiers, named);
        format!("key {key}")
    }

    fn click(&mut self) -> String {
        let at = self.point();
        let button = if self.random.below(6) == 0 { PointerButton::Secondary } else { PointerButton::Primary };
        self.button(at, button, true);
        self.button(at, button, false);
        if self.random.below(5) == 0 {
            self.button(at, button, true);
            self.button(at, button, false);
        }
        format!("click at {at:?}")
    }

    fn button(&mut self, pos: Pos2, button: PointerButton, pressed: bool) {
        let modifiers = Modifiers::NONE;
        self.window.harness.event(Event::PointerMoved(pos));
        self.window.harness.event(Event::PointerButton { pos, button, pressed, modifiers });
    }

    fn wheel(&mut self) -> String {
        let at = self.point();
        let by = vec2(0.0, (self.random.share() - 0.5) * 600.0);
        let modifiers = [Modifiers::NONE, Modifiers::COMMAND, Modifiers::SHIFT][self.random.below(3)];
        self.window.harness.event(Event::PointerMoved(at));
        let (unit, phase) = (MouseWheelUnit::Point, TouchPhase::Move);
        let wheel = Event::MouseWheel { unit, delta: by, phase, modifiers, source: MouseWheelSource::Wheel };
        self.window.harness.event_modifiers(wheel, modifiers);
        format!("wheel {by:?} with {modifiers:?} at {at:?}")
    }

    fn drag(&mut self) -> String {
        let (from, to) = (self.point(), self.point());
        let button = if self.random.below(3) == 0 { PointerButton::Middle } else { PointerButton::Primary };
        self.button(from, button, true);
        for step in 1..=3 {
            self.window.harness.event(Event::PointerMoved(from + (to - from) * (step as f32 / 3.0)));
            self.frames("drag");
        }
        self.button(to, button, false);
        format!("drag from {from:?} to {to:?}")
    }

    fn write(&mut self) -> String {
        let texts = ["hb", "LongPoll", "0", "99999999999", "§$%", "select", "é́", "x.ron", "-1", " "];
        let text = texts[self.random.below(texts.len())];
        self.window.harness.event(Event::Text(text.to_owned()));
        format!("text {text:?}")
    }

    fn resize(&mut self) -> String {
        let sizes = [(640, 400), (800, 600), (1024, 768), (1280, 800), (1440, 900), (1920, 1080)];
        let (width, height) = sizes[self.random.below(sizes.len())];
        self.size = vec2(width as f32, height as f32);
        self.window.harness.set_size(self.size);
        format!("size {width}x{height}")
    }

    fn drop_a_file(&mut self) -> String {
        let path = self.files[self.random.below(self.files.len())].clone();
        let said = format!("drop {}", path.display());
        self.window.harness.input_mut().dropped_files.push(Arc::new(Dropped(path)));
        said
    }

    fn open_a_scenario(&mut self) -> String {
        let library = jobs::library();
        let id = library[self.random.below(library.len())].id.clone();
        self.window.session(|s| s.apply(Command::OpenScenario(id.clone())));
        format!("open {id}")
    }

    fn do_what_a_panel_could(&mut self) -> String {
        let command = BINDINGS[self.random.below(BINDINGS.len())].command.clone();
        let said = format!("{command:?}");
        self.window.session(|s| s.apply(command));
        said
    }
}

/// What the system says of this thread; elsewhere than on Linux nothing.
struct OnCores {
    /// How long it was on a core.
    computed: Duration,
    /// How long it has waited for a core that other programs had.
    queued: Duration,
}

impl OnCores {
    fn now() -> OnCores {
        let told = std::fs::read_to_string("/proc/thread-self/schedstat").unwrap_or_default();
        let mut nanos = told.split_whitespace().map(|n| Duration::from_nanos(n.parse().unwrap_or(0)));
        OnCores { computed: nanos.next().unwrap_or_default(), queued: nanos.next().unwrap_or_default() }
    }
}

/// A scenario, one with an error, one that is not there, and a recording that is none.
fn files_to_drop(folder: &Path) -> Vec<PathBuf> {
    let good = include_str!("blocked.ron");
    let wrong = good.replacen("ops:", "opps:", 1);
    for (name, text) in [("good.ron", good), ("wrong.ron", &wrong), ("none.wkl", "this is no recording")] {
        std::fs::write(folder.join(name), text).expect("a file can be written into the folder of the tests");
    }
    ["good.ron", "wrong.ron", "none.wkl", "missing.ron"].map(|name| folder.join(name)).to_vec()
}

#[test]
fn whatever_is_pressed_nothing_breaks() {
    let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("monkey");
    std::fs::create_dir_all(&folder).expect("the folder of the tests can be made");
    for seed in 1..=3 {
        let mut monkey = Monkey::new(seed, &folder);
        for _ in 0..120 {
            let acted = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| monkey.act()));
            assert!(acted.is_ok(), "seed {seed} breaks the window; the last acts: {:#?}", monkey.log);
        }
    }
}
