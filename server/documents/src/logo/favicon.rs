//! The small square that a browser shows on its tabs.

use resvg::tiny_skia::{Color, FillRule, Paint, PathBuilder, Pixmap, PixmapPaint, Transform};

use super::{Png, decoded, encoded, scaled_down};

/// Width and height of a favicon, in pixels.
pub const FAVICON_PIXELS: u32 = 64;
/// How far the logo, and the white panel behind it, stay from the edge, in pixels.
const LOGO_MARGIN: u32 = 10;
const PANEL_MARGIN: f32 = 5.0;
const CORNER_RADIUS: f32 = 12.0;
/// Logos lighter than this (mean luminance from 0 to 1) go straight on the colour: on white they would vanish.
const LIGHT_LOGO: f32 = 0.7;

/// A rounded square in the brand colour (sRGB), and on it the logo: on a white panel, unless the logo itself is light.
pub fn favicon(brand: [u8; 3], logo: Option<&Png>) -> Png {
    let mut drawn = Pixmap::new(FAVICON_PIXELS, FAVICON_PIXELS).expect("a favicon has pixels");
    fill_rounded_square(&mut drawn, 0.0, Color::from_rgba8(brand[0], brand[1], brand[2], 255));
    if let Some(logo) = logo {
        let picture = decoded(&logo.bytes).expect("a Png was encoded in this room");
        let side = FAVICON_PIXELS - 2 * LOGO_MARGIN;
        let small = scaled_down(picture, side, side);
        if !is_light(&small) {
            fill_rounded_square(&mut drawn, PANEL_MARGIN, Color::WHITE);
        }
        let middle = |pixels: u32| ((FAVICON_PIXELS - pixels) / 2) as i32;
        let (x, y) = (middle(small.width()), middle(small.height()));
        drawn.draw_pixmap(x, y, small.as_ref(), &PixmapPaint::default(), Transform::identity(), None);
    }
    encoded(drawn)
}

fn fill_rounded_square(drawn: &mut Pixmap, margin: f32, colour: Color) {
    let (near, far, radius) = (margin, FAVICON_PIXELS as f32 - margin, CORNER_RADIUS - margin);
    let mut outline = PathBuilder::new();
    outline.move_to(near + radius, near);
    outline.line_to(far - radius, near);
    outline.quad_to(far, near, far, near + radius);
    outline.line_to(far, far - radius);
    outline.quad_to(far, far, far - radius, far);
    outline.line_to(near + radius, far);
    outline.quad_to(near, far, near, far - radius);
    outline.line_to(near, near + radius);
    outline.quad_to(near, near, near + radius, near);
    outline.close();
    let mut paint = Paint::default();
    paint.set_color(colour);
    if let Some(path) = outline.finish() {
        drawn.fill_path(&path, &paint, FillRule::Winding, Transform::identity(), None);
    }
}

/// Whether a picture would vanish on white.
pub(super) fn is_light(picture: &Pixmap) -> bool {
    luminance(picture) >= LIGHT_LOGO
}

/// The mean luminance of what is visible (ITU-R BT.601 weights), from 0 to 1.
fn luminance(picture: &Pixmap) -> f32 {
    let weigh = |(light, alpha): (f32, f32), pixel: &resvg::tiny_skia::PremultipliedColorU8| {
        let [red, green, blue] = [pixel.red(), pixel.green(), pixel.blue()].map(f32::from);
        (light + 0.299 * red + 0.587 * green + 0.114 * blue, alpha + f32::from(pixel.alpha()))
    };
    let (light, alpha) = picture.pixels().iter().fold((0.0, 0.0), weigh);
    light / alpha.max(1.0)
}
