//! A window without a screen: driven by label and key, and drawn by the product's own renderer.

use std::cell::RefCell;
use std::path::{Path, PathBuf};
use std::rc::Rc;
use std::time::Instant;

use egui::{Color32, Modifiers, TexturesDelta, Vec2};
use egui_kittest::{Harness, HarnessBuilder, TestRenderer};
use wakeline::session::{Command, Session, jobs};
use wakeline::ui::Shell;
use wakeline::ui::library::chooser::Chooser;
use wakeline::ui::raster::{Picture, Raster};
use wakeline::ui::widgets::key_of;

/// A window, and hands to use it.
pub struct Window {
    pub harness: Harness<'static>,
    shell: Rc<RefCell<Option<Shell>>>,
    raster: Rc<RefCell<Raster>>,
    began: Rc<RefCell<Vec<(u64, Instant)>>>,
}

struct Textures(Rc<RefCell<Raster>>);

impl TestRenderer for Textures {
    fn handle_delta(&mut self, delta: &mut TexturesDelta) {
        self.0.borrow_mut().update(delta);
        delta.clear();
    }
}

impl Window {
    /// The window as it opens: on the list of scenarios.
    pub fn open(width: f32, height: f32) -> Window {
        let shell = Rc::new(RefCell::new(None));
        let raster = Rc::new(RefCell::new(Raster::default()));
        let began = Rc::new(RefCell::new(Vec::new()));
        let (made, shown, begins) = (Rc::clone(&shell), Rc::clone(&shell), Rc::clone(&began));
        let harness = HarnessBuilder::default()
            .with_size(Vec2::new(width, height))
            // Chips move, pictures of crowds refine, lists follow: each takes a few frames.
            .with_max_steps(60)
            .renderer(Textures(Rc::clone(&raster)))
            .with_context_setup(move |ctx| *made.borrow_mut() = Some(Shell::new(ctx, jobs::library())))
            .build_ui(move |ui| {
                begins.borrow_mut().push((ui.ctx().cumulative_frame_nr(), Instant::now()));
                if let Some(shell) = shown.borrow_mut().as_mut() {
                    shell.ui(ui);
                }
            });
        Window { harness, shell, raster, began }
    }

    /// The window with the tests' own scenario open and all of it simulated: blocked-executor, with three steps.
    pub fn with_blocked_executor(width: f32, height: f32) -> Window {
        let mut window = Window::open(width, height);
        let file = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/it/blocked.ron");
        window.apply(Command::OpenFile(file));
        window.finish_loading();
        window
    }

    /// When each frame began since this was asked last: every event is a frame of its own, and one may have two passes.
    pub fn frames_begun(&self) -> Vec<Instant> {
        let mut began = self.began.take();
        began.dedup_by_key(|(frame, _)| *frame);
        began.into_iter().map(|(_, at)| at).collect()
    }

    /// Reads the session.
    pub fn session<R>(&self, read: impl FnOnce(&mut Session) -> R) -> R {
        read(&mut self.shell.borrow_mut().as_mut().expect("the window is open").session)
    }

    /// Where new scenarios are offered a place.
    pub fn set_folder(&mut self, folder: PathBuf) {
        self.shell.borrow_mut().as_mut().expect("the window is open").library.set_folder(folder);
    }

    /// How a file is chosen.
    pub fn set_chooser(&mut self, chooser: Chooser) {
        self.shell.borrow_mut().as_mut().expect("the window is open").library.set_chooser(chooser);
    }

    /// Does what a panel could ask for.
    pub fn apply(&mut self, command: Command) {
        self.session(|s| s.apply(command));
        self.harness.run();
    }

    /// Waits for the background thread.
    pub fn finish_loading(&mut self) {
        self.session(Session::finish_loading);
        self.harness.run();
    }

    /// Waits for the pictures of the start screen.
    pub fn finish_thumbnails(&mut self) {
        if let Some(Shell { session, library, .. }) = self.shell.borrow_mut().as_mut() {
            library.finish_thumbnails(session);
        }
        self.harness.run();
    }

    /// Presses a key, written as people write it.
    pub fn press(&mut self, key: &str) {
        let (modifiers, key) = key_of(key).unwrap_or_else(|| panic!("{key} is no key"));
        if modifiers == Modifiers::NONE {
            self.harness.key_press(key);
        } else {
            self.harness.key_press_modifiers(modifiers, key);
        }
        self.harness.run_steps(2);
    }

    /// What can be seen when the window stands still.
    pub fn picture(&mut self) -> Picture {
        self.harness.run();
        self.picture_now()
    }

    /// What can be seen at this moment.
    pub fn picture_now(&mut self) -> Picture {
        let output = self.harness.output();
        let density = self.harness.ctx.pixels_per_point();
        let size = self.harness.ctx.content_rect().size() * density;
        let primitives = self.harness.ctx.tessellate(output.shapes.clone(), density);
        self.raster.borrow().paint(
            &primitives,
            [size.x.round() as usize, size.y.round() as usize],
            density,
            Color32::BLACK,
        )
    }
}

/// Compares a picture with the one kept under this name; `BLESS=1` keeps it.
pub fn assert_picture(name: &str, picture: &Picture) {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/it/pictures").join(format!("{name}.png"));
    let (width, height) = (picture.width as u32, picture.height as u32);
    let image = image::RgbaImage::from_raw(width, height, picture.to_rgba()).expect("as many pixels as the size says");
    if std::env::var_os("BLESS").is_some() {
        image.save(&path).expect("the picture can be written");
        return;
    }
    let kept =
        image::open(&path).unwrap_or_else(|e| panic!("{}: {e}; make it with BLESS=1", path.display())).to_rgba8();
    assert_eq!(kept.dimensions(), image.dimensions(), "{name} has another size");
    let pixels = kept.pixels().map(|p| Color32::from_rgba_premultiplied(p[0], p[1], p[2], p[3])).collect();
    let different = different_pixels(&Picture { pixels, width: picture.width, height: picture.height }, picture);
    if different > 0 {
        let new = path.with_extension("png.new");
        image.save_with_format(&new, image::ImageFormat::Png).expect("the picture can be written");
        panic!("{name}: {different} pixels differ; look at {} and bless it with BLESS=1", new.display());
    }
}

/// How many pixels differ by more than the last bits: where a letter stands in its texture depends on what was shown
/// before, and moves those.
pub fn different_pixels(one: &Picture, other: &Picture) -> usize {
    let differs = |a: &Color32, b: &Color32| a.to_array().iter().zip(b.to_array()).any(|(a, b)| a.abs_diff(b) > 2);
    one.pixels.iter().zip(&other.pixels).filter(|(a, b)| differs(a, b)).count()
}

/// A file that is dropped onto the window.
#[derive(Debug)]
pub struct Dropped(pub PathBuf);

impl egui::DroppedFile for Dropped {
    fn path(&self) -> &Path {
        &self.0
    }

    fn bytes(&self) -> Result<Vec<u8>, String> {
        std::fs::read(&self.0).map_err(|error| error.to_string())
    }
}
