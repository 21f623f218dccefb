//! Tenants' logos: whatever is uploaded is drawn anew as a small PNG, so that no tenant's file ever reaches a browser.
//!
//! What a file is, its content says, not its name. Metadata, animation and colour profiles are dropped. Of an SVG nothing is
//! loaded from elsewhere, no script runs, and pictures inside it are left out. There are no fonts here, so **text in an SVG is
//! left out**, too: turn text into outlines before saving the logo, or save it as PNG.

mod favicon;
mod svg;

use std::io::Cursor;

use image::codecs::png::{PngDecoder, PngEncoder};
use image::imageops::{self, FilterType};
use image::{DynamicImage, ExtendedColorType, ImageDecoder, ImageEncoder, Limits, RgbaImage};
use resvg::tiny_skia::{Color, IntSize, Pixmap, PixmapPaint, Transform};
use thiserror::Error;

pub use favicon::{FAVICON_PIXELS, favicon};

/// Largest file that is looked at, in bytes.
pub const MAX_INPUT_BYTES: usize = 1 << 20;
/// Most pixels of a PNG that are decoded: 8 million, at most 64 MB while decoding.
pub const MAX_INPUT_PIXELS: u64 = 8_000_000;
/// Most memory for one PNG while decoding, in bytes.
const MAX_DECODING_BYTES: u64 = 96 << 20;
/// Width of the largest logo that is kept, in pixels.
pub const MAX_WIDTH: u32 = 800;
/// Height of the largest logo that is kept, in pixels.
pub const MAX_HEIGHT: u32 = 240;

const PNG_SIGNATURE: &[u8] = b"\x89PNG\r\n\x1a\n";

/// A PNG file that this room drew: 8-bit RGBA, no metadata.
#[derive(Clone, PartialEq, Eq)]
pub struct Png {
    bytes: Vec<u8>,
    width: u32,
    height: u32,
}

impl Png {
    /// The file.
    pub fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// The file, owned.
    pub fn into_bytes(self) -> Vec<u8> {
        self.bytes
    }

    /// Width in pixels.
    pub fn width(&self) -> u32 {
        self.width
    }

    /// Height in pixels.
    pub fn height(&self) -> u32 {
        self.height
    }
}

impl std::fmt::Debug for Png {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Png({} × {}, {} bytes)", self.width, self.height, self.bytes.len())
    }
}

/// Why a logo is refused. Each says what to do.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum LogoRefusal {
    /// More than [`MAX_INPUT_BYTES`].
    #[error("Use a smaller file. This one has {} KiB and the most is {} KiB.", .bytes.div_ceil(1024), MAX_INPUT_BYTES / 1024)]
    TooLarge {
        /// Its size.
        bytes: usize,
    },
    /// Neither format, by content.
    #[error("Use a PNG or SVG file. This is neither.")]
    NotPngOrSvg,
    /// A PNG with more than [`MAX_INPUT_PIXELS`].
    #[error(
        "Use a smaller picture. This one has {width} × {height} pixels and the most is {MAX_INPUT_PIXELS} in all."
    )]
    TooManyPixels {
        /// Its width.
        width: u32,
        /// Its height.
        height: u32,
    },
    /// A PNG that cannot be decoded.
    #[error("Save the PNG again. It cannot be read.")]
    BrokenPng,
    /// An SVG that is not well-formed, not UTF-8 or has no size.
    #[error("Save the SVG again. It cannot be read: {0}.")]
    BrokenSvg(String),
    /// An SVG that declares entities.
    #[error("Save the SVG without entities (<!ENTITY …>), or use a PNG.")]
    Entities,
    /// An SVG that uses what is not drawn here.
    #[error("Save the SVG without {0}, or use a PNG.")]
    UnsupportedSvg(&'static str),
    /// An SVG that would take too long to draw.
    #[error("Use a simpler SVG, or a PNG. This one has too many {0}.")]
    TooComplex(&'static str),
    /// Nothing can be seen.
    #[error(
        "Nothing would be seen of this logo. Text and pictures inside an SVG are left out: turn text into outlines, or use a PNG."
    )]
    Blank,
}

/// Draws the logo anew as a PNG of at most [`MAX_WIDTH`] × [`MAX_HEIGHT`] pixels: a larger PNG is scaled down, an SVG fills one of
/// the two.
///
/// # Errors
/// A [`LogoRefusal`] for the person who uploaded it.
pub fn sanitise_logo(bytes: &[u8]) -> Result<Png, LogoRefusal> {
    if bytes.len() > MAX_INPUT_BYTES {
        return Err(LogoRefusal::TooLarge { bytes: bytes.len() });
    }
    let drawn = if bytes.starts_with(PNG_SIGNATURE) {
        scaled_down(decoded(bytes)?, MAX_WIDTH, MAX_HEIGHT)
    } else {
        svg::drawn(svg_text(bytes)?)?
    };
    if drawn.pixels().iter().all(|pixel| pixel.alpha() == 0) {
        return Err(LogoRefusal::Blank);
    }
    Ok(encoded(drawn))
}

fn svg_text(bytes: &[u8]) -> Result<&str, LogoRefusal> {
    let text = std::str::from_utf8(bytes).map_err(|_| LogoRefusal::NotPngOrSvg)?;
    let text = text.trim_start_matches('\u{FEFF}').trim_start();
    match text.starts_with('<') && (text.contains("<svg") || text.contains(":svg")) {
        true => Ok(text),
        false => Err(LogoRefusal::NotPngOrSvg),
    }
}

fn decoded(bytes: &[u8]) -> Result<RgbaImage, LogoRefusal> {
    let mut limits = Limits::default();
    limits.max_alloc = Some(MAX_DECODING_BYTES);
    let decoder = PngDecoder::with_limits(Cursor::new(bytes), limits).map_err(|_| LogoRefusal::BrokenPng)?;
    let (width, height) = decoder.dimensions();
    if u64::from(width) * u64::from(height) > MAX_INPUT_PIXELS {
        return Err(LogoRefusal::TooManyPixels { width, height });
    }
    DynamicImage::from_decoder(decoder).map(DynamicImage::into_rgba8).map_err(|_| LogoRefusal::BrokenPng)
}

/// The picture, made smaller where it does not fit, with colours multiplied by alpha: scaled otherwise, the colour of invisible
/// pixels would bleed into the edges.
fn scaled_down(mut picture: RgbaImage, max_width: u32, max_height: u32) -> Pixmap {
    for pixel in picture.pixels_mut() {
        let [colours @ .., alpha] = &mut pixel.0;
        for colour in colours {
            *colour = ((u16::from(*colour) * u16::from(*alpha) + 127) / 255) as u8;
        }
    }
    let (width, height) = picture.dimensions();
    let scale = (f64::from(max_width) / f64::from(width)).min(f64::from(max_height) / f64::from(height));
    if scale < 1.0 {
        let side = |pixels: u32, max: u32| ((f64::from(pixels) * scale).round() as u32).clamp(1, max);
        let (width, height) = (side(width, max_width), side(height, max_height));
        picture = imageops::resize(&picture, width, height, FilterType::Triangle);
    }
    let size = IntSize::from_wh(picture.width(), picture.height()).expect("a decoded picture has pixels");
    Pixmap::from_vec(picture.into_raw(), size).expect("four bytes a pixel")
}

/// A logo of ours on a ground of its own: paper and printers do odd things with what is half transparent.
pub(crate) struct Grounded {
    pub(crate) png: Png,
    /// So light that its ground is the brand colour; white else.
    pub(crate) is_light: bool,
}

/// Puts a logo of ours on white, or on `brand` if it would vanish there; none for a damaged file.
pub(crate) fn grounded(png: &[u8], brand: [u8; 3]) -> Option<Grounded> {
    let picture = decoded(png).ok()?;
    let (width, height) = picture.dimensions();
    let picture = scaled_down(picture, width, height);
    let is_light = favicon::is_light(&picture);
    let [red, green, blue] = if is_light { brand } else { [u8::MAX; 3] };
    let mut ground = Pixmap::new(width, height)?;
    ground.fill(Color::from_rgba8(red, green, blue, u8::MAX));
    ground.draw_pixmap(0, 0, picture.as_ref(), &PixmapPaint::default(), Transform::identity(), None);
    Some(Grounded { png: encoded(ground), is_light })
}

pub(crate) fn encoded(drawn: Pixmap) -> Png {
    let (width, height) = (drawn.width(), drawn.height());
    let mut bytes = Vec::new();
    PngEncoder::new(&mut bytes)
        .write_image(&drawn.take_demultiplied(), width, height, ExtendedColorType::Rgba8)
        .expect("writing to memory, with four bytes a pixel, cannot fail");
    Png { bytes, width, height }
}

#[cfg(test)]
mod tests;
