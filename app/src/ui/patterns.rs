//! The patterns that say a state besides its hue: hatch, pinstripe, dotted rail.
//!
//! Each is a small texture that repeats, drawn at the screen's own pixels, white with alpha: the mesh brings the colour.
//! Pattern coordinates hang on the span, so that panning moves the pattern with it.

use egui::{Color32, ColorImage, Context, TextureHandle, TextureOptions, TextureWrapMode};

/// The hatch repeats after so many points.
pub const HATCH_PERIOD: f32 = 6.0;
/// The pinstripe repeats after so many points.
pub const STRIPE_PERIOD: f32 = 5.0;
/// The dotted rail repeats after so many points.
pub const DOT_PERIOD: f32 = 6.0;

/// The textures, for one screen density.
#[derive(Clone)]
pub struct Patterns {
    /// Lines at 45°.
    pub hatch: TextureHandle,
    /// Upright lines.
    pub stripe: TextureHandle,
    /// Dots in a line.
    pub dots: TextureHandle,
    density: f32,
}

impl Patterns {
    /// The patterns at the screen's density; made anew when it changes.
    pub fn of(ctx: &Context, kept: &mut Option<Patterns>) -> Patterns {
        let density = ctx.pixels_per_point();
        match kept {
            Some(patterns) if patterns.density == density => patterns.clone(),
            _ => kept.insert(Patterns::new(ctx, density)).clone(),
        }
    }

    fn new(ctx: &Context, density: f32) -> Patterns {
        let options = TextureOptions { wrap_mode: TextureWrapMode::Repeat, ..TextureOptions::LINEAR };
        let texture = |name: &str, period: f32, alpha: &dyn Fn(f32, f32) -> f32| {
            ctx.load_texture(name, image(period, density, alpha), options)
        };
        Patterns {
            hatch: texture("hatch", HATCH_PERIOD, &|x, y| line((x + y).rem_euclid(HATCH_PERIOD), 1.6 * 1.414)),
            stripe: texture("stripe", STRIPE_PERIOD, &|x, _| line(x, 1.5)),
            dots: texture("dots", DOT_PERIOD, &|x, _| line(x, 2.0)),
            density,
        }
    }
}

/// 1 inside a line from 0 to `width`, 0 outside.
fn line(x: f32, width: f32) -> f32 {
    if x < width { 1.0 } else { 0.0 }
}

/// One period of a pattern; each pixel is the mean of 8 × 8 samples.
fn image(period: f32, density: f32, alpha: &dyn Fn(f32, f32) -> f32) -> ColorImage {
    const SAMPLES: usize = 8;
    let side = (period * density).round().max(1.0) as usize;
    let to_points = period / side as f32;
    let pixels = (0..side * side).map(|i| {
        let (px, py) = ((i % side) as f32, (i / side) as f32);
        let mean = (0..SAMPLES * SAMPLES)
            .map(|s| {
                let at = |p: f32, s: usize| (p + (s as f32 + 0.5) / SAMPLES as f32) * to_points;
                alpha(at(px, s % SAMPLES), at(py, s / SAMPLES))
            })
            .sum::<f32>()
            / (SAMPLES * SAMPLES) as f32;
        Color32::from_white_alpha((mean * 255.0).round() as u8)
    });
    ColorImage::new([side, side], pixels.collect())
}
