//! A picture of the window without a display or a GPU: the same panels, drawn by [`crate::ui::raster`].
//!
//! Owns the frames until the window stands still. What is to be seen is told as [`Command`]s, as a person would.

use egui::{Context, Pos2, RawInput, Rect, Vec2};

use crate::session::{Command, jobs};
use crate::ui::Shell;
use crate::ui::raster::{Picture, Raster};
use crate::ui::theme::Theme;

/// The window needs a few frames until every panel knows its size; more than these are never needed.
const FRAMES: usize = 12;

/// A window that only exists as a picture.
pub struct Studio {
    ctx: Context,
    shell: Shell,
    raster: Raster,
    size: [usize; 2],
    frames: usize,
}

impl Studio {
    /// The window as it opens, this many pixels wide and high.
    pub fn open(size: [usize; 2]) -> Studio {
        let ctx = Context::default();
        let shell = Shell::new(&ctx, jobs::library());
        Studio { ctx, shell, raster: Raster::default(), size, frames: 0 }
    }

    /// The window's contents, to be brought to what is to be seen.
    pub fn shell(&mut self) -> &mut Shell {
        &mut self.shell
    }

    /// Does what a person could ask for, and waits for what it starts.
    pub fn apply(&mut self, command: Command) {
        self.shell.session.apply(command);
        self.shell.session.finish_loading();
    }

    /// Waits for the pictures of the start screen.
    pub fn finish_thumbnails(&mut self) {
        let Shell { session, library, .. } = &mut self.shell;
        library.finish_thumbnails(session);
    }

    /// The window when it stands still.
    pub fn picture(&mut self) -> Picture {
        let mut shapes = Vec::new();
        for _ in 0..FRAMES {
            shapes = self.frame();
        }
        let primitives = self.ctx.tessellate(shapes, 1.0);
        let ground = Theme::of(self.shell.session.is_dark()).window;
        self.raster.paint(&primitives, self.size, 1.0, ground)
    }

    fn frame(&mut self) -> Vec<egui::epaint::ClippedShape> {
        let [width, height] = self.size;
        let input = RawInput {
            screen_rect: Some(Rect::from_min_size(Pos2::ZERO, Vec2::new(width as f32, height as f32))),
            time: Some(self.frames as f64 / 60.0),
            focused: true,
            ..RawInput::default()
        };
        self.frames += 1;
        let shell = &mut self.shell;
        let mut output = self.ctx.run_ui(input, |ui| shell.ui(ui));
        self.raster.update(&output.textures_delta);
        self.raster.free(&output.textures_delta.free.iter().copied().collect::<Vec<_>>());
        output.textures_delta.clear();
        output.shapes
    }
}
