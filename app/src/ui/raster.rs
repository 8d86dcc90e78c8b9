//! Draws the window without a display or a GPU: triangles, one pixel at a time.
//!
//! Blends as the toolkit's shaders do: texel × colour, premultiplied, in gamma space. Exact rather than fast: tests
//! compare its pictures, and the command line draws with it.

use std::collections::BTreeMap;

use egui::epaint::{ClippedPrimitive, ImageData, ImageDelta, Primitive, Vertex};
use egui::{Color32, Mesh, Pos2, Rect, TextureFilter, TextureId, TextureOptions, TextureWrapMode, TexturesDelta};

/// A picture: rows of premultiplied RGBA pixels.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Picture {
    /// Pixels in a row.
    pub width: usize,
    /// Rows.
    pub height: usize,
    /// The pixels, row by row.
    pub pixels: Vec<Color32>,
}

impl Picture {
    /// The pixels as bytes: red, green, blue, alpha.
    pub fn to_rgba(&self) -> Vec<u8> {
        self.pixels.iter().flat_map(|p| p.to_array()).collect()
    }
}

struct Texture {
    size: [usize; 2],
    pixels: Vec<Color32>,
    options: TextureOptions,
}

/// The renderer: keeps the toolkit's textures between frames.
#[derive(Default)]
pub struct Raster {
    textures: BTreeMap<TextureId, Texture>,
}

impl Raster {
    /// Takes in what has changed of the textures, before painting.
    pub fn update(&mut self, delta: &TexturesDelta) {
        for (id, delta) in delta_sets(delta) {
            self.set(id, delta);
        }
    }

    /// Forgets textures that are no longer needed, after painting.
    pub fn free(&mut self, ids: &[TextureId]) {
        for id in ids {
            self.textures.remove(id);
        }
    }

    fn set(&mut self, id: TextureId, delta: &ImageDelta) {
        let ImageData::Color(image) = &delta.image;
        match delta.pos {
            None => {
                let texture = Texture { size: image.size, pixels: image.pixels.clone(), options: delta.options };
                self.textures.insert(id, texture);
            }
            Some([x, y]) => {
                let Some(texture) = self.textures.get_mut(&id) else { return };
                let width = image.size[0];
                for (row, pixels) in image.pixels.chunks(width.max(1)).enumerate() {
                    let start = (y + row) * texture.size[0] + x;
                    texture.pixels[start..start + width].copy_from_slice(pixels);
                }
            }
        }
    }

    /// Paints primitives onto a ground of one colour.
    pub fn paint(&self, primitives: &[ClippedPrimitive], size: [usize; 2], density: f32, ground: Color32) -> Picture {
        let mut picture = Picture { width: size[0], height: size[1], pixels: vec![ground; size[0] * size[1]] };
        for primitive in primitives {
            if let Primitive::Mesh(mesh) = &primitive.primitive {
                self.mesh(&mut picture, mesh, primitive.clip_rect, density);
            }
        }
        picture
    }

    fn mesh(&self, picture: &mut Picture, mesh: &Mesh, clip: Rect, density: f32) {
        let Some(texture) = self.textures.get(&mesh.texture_id) else { return };
        let edge = |v: f32, most: usize| (v * density).round().clamp(0.0, most as f32) as usize;
        let clip = Clip {
            x0: edge(clip.min.x, picture.width),
            y0: edge(clip.min.y, picture.height),
            x1: edge(clip.max.x, picture.width),
            y1: edge(clip.max.y, picture.height),
        };
        for corners in mesh.indices.chunks_exact(3) {
            let corner = |i: usize| {
                let mut vertex = mesh.vertices[corners[i] as usize];
                vertex.pos = (vertex.pos.to_vec2() * density).to_pos2();
                vertex
            };
            triangle(picture, texture, [corner(0), corner(1), corner(2)], clip);
        }
    }
}

fn delta_sets(delta: &TexturesDelta) -> impl Iterator<Item = (TextureId, &ImageDelta)> {
    delta.set.iter().flat_map(|(id, deltas)| deltas.iter().map(move |d| (*id, d)))
}

#[derive(Clone, Copy)]
struct Clip {
    x0: usize,
    y0: usize,
    x1: usize,
    y1: usize,
}

fn triangle(picture: &mut Picture, texture: &Texture, mut v: [Vertex; 3], clip: Clip) {
    let mut area = cross(v[0].pos, v[1].pos, v[2].pos);
    if area == 0.0 {
        return;
    }
    if area < 0.0 {
        v.swap(1, 2);
        area = -area;
    }
    let least = |f: fn(&Vertex) -> f32| v.iter().map(f).fold(f32::INFINITY, f32::min);
    let most = |f: fn(&Vertex) -> f32| v.iter().map(f).fold(f32::NEG_INFINITY, f32::max);
    let x0 = (least(|v| v.pos.x).floor().max(0.0) as usize).max(clip.x0);
    let x1 = (most(|v| v.pos.x).ceil().max(0.0) as usize).min(clip.x1);
    let y0 = (least(|v| v.pos.y).floor().max(0.0) as usize).max(clip.y0);
    let y1 = (most(|v| v.pos.y).ceil().max(0.0) as usize).min(clip.y1);
    for y in y0..y1 {
        for x in x0..x1 {
            let at = Pos2::new(x as f32 + 0.5, y as f32 + 0.5);
            let weight = |a: usize, b: usize| (cross(v[a].pos, v[b].pos, at), owns_edge(v[a].pos, v[b].pos));
            let edges = [weight(1, 2), weight(2, 0), weight(0, 1)];
            // A pixel on an edge shared by two triangles is painted once.
            if edges.iter().all(|(w, owned)| *w > 0.0 || (*w == 0.0 && *owned)) {
                let share = edges.map(|(w, _)| w / area);
                let pixel = &mut picture.pixels[y * picture.width + x];
                *pixel = over(shade(texture, &v, share), *pixel);
            }
        }
    }
}

fn cross(a: Pos2, b: Pos2, p: Pos2) -> f32 {
    (b.x - a.x) * (p.y - a.y) - (b.y - a.y) * (p.x - a.x)
}

/// The top-left rule.
fn owns_edge(a: Pos2, b: Pos2) -> bool {
    (a.y == b.y && b.x > a.x) || b.y < a.y
}

fn shade(texture: &Texture, v: &[Vertex; 3], share: [f32; 3]) -> [f32; 4] {
    let mut color = [0.0; 4];
    let (mut u, mut w) = (0.0, 0.0);
    for (vertex, share) in v.iter().zip(share) {
        for (part, of) in color.iter_mut().zip(vertex.color.to_array()) {
            *part += share * f32::from(of);
        }
        u += share * vertex.uv.x;
        w += share * vertex.uv.y;
    }
    let texel = texture.sample(u, w);
    std::array::from_fn(|i| color[i] * texel[i] / 255.0)
}

fn over(source: [f32; 4], below: Color32) -> Color32 {
    let keep = 1.0 - source[3] / 255.0;
    let below = below.to_array();
    let mixed: [u8; 4] =
        std::array::from_fn(|i| (source[i] + f32::from(below[i]) * keep).round().clamp(0.0, 255.0) as u8);
    Color32::from_rgba_premultiplied(mixed[0], mixed[1], mixed[2], mixed[3])
}

impl Texture {
    fn sample(&self, u: f32, v: f32) -> [f32; 4] {
        let (x, y) = (u * self.size[0] as f32, v * self.size[1] as f32);
        if self.options.magnification == TextureFilter::Nearest {
            return self.texel(x.floor() as i64, y.floor() as i64);
        }
        let (x, y) = (x - 0.5, y - 0.5);
        let (left, top) = (x.floor(), y.floor());
        let (right_share, low_share) = (x - left, y - top);
        let mut sum = [0.0; 4];
        for (dx, dy) in [(0, 0), (1, 0), (0, 1), (1, 1)] {
            let share = (if dx == 1 { right_share } else { 1.0 - right_share })
                * (if dy == 1 { low_share } else { 1.0 - low_share });
            if share > 0.0 {
                let texel = self.texel(left as i64 + dx, top as i64 + dy);
                for (sum, part) in sum.iter_mut().zip(texel) {
                    *sum += share * part;
                }
            }
        }
        sum
    }

    fn texel(&self, x: i64, y: i64) -> [f32; 4] {
        let place = |v: i64, size: usize| match self.options.wrap_mode {
            TextureWrapMode::Repeat => v.rem_euclid(size as i64) as usize,
            TextureWrapMode::ClampToEdge | TextureWrapMode::MirroredRepeat => v.clamp(0, size as i64 - 1) as usize,
        };
        let (x, y) = (place(x, self.size[0]), place(y, self.size[1]));
        self.pixels[y * self.size[0] + x].to_array().map(f32::from)
    }
}
