//! Reading PDF files and QR codes with other people's programs.

use hayro::hayro_interpret::InterpreterSettings;
use hayro::hayro_syntax::Pdf;
use hayro::vello_cpu::color::palette::css::WHITE;
use hayro::{RenderCache, RenderSettings};
use image::{GrayImage, Luma};
use lopdf::{Dictionary, Document, Object, decode_text_string};

/// Points in an inch.
const POINTS: f64 = 72.0;

/// A PDF file.
pub(crate) struct Paper(Document);

impl Paper {
    pub(crate) fn read(bytes: &[u8]) -> Self {
        Self(Document::load_mem(bytes).unwrap())
    }

    fn catalog(&self) -> &Dictionary {
        self.0.catalog().unwrap()
    }

    fn child<'a>(&'a self, of: &'a Dictionary, key: &str) -> &'a Dictionary {
        of.get_deref(key.as_bytes(), &self.0).unwrap().as_dict().unwrap()
    }

    fn is_true(&self, of: &str, key: &str) -> bool {
        self.child(self.catalog(), of).get(key.as_bytes()).unwrap().as_bool().unwrap()
    }

    pub(crate) fn is_tagged(&self) -> bool {
        self.is_true("MarkInfo", "Marked") && self.catalog().has(b"StructTreeRoot")
    }

    pub(crate) fn shows_its_title(&self) -> bool {
        self.is_true("ViewerPreferences", "DisplayDocTitle")
    }

    pub(crate) fn language(&self) -> String {
        decode_text_string(self.catalog().get(b"Lang").unwrap()).unwrap()
    }

    pub(crate) fn title(&self) -> String {
        let about = self.child(&self.0.trailer, "Info");
        decode_text_string(about.get(b"Title").unwrap()).unwrap()
    }

    fn dictionaries(&self) -> impl Iterator<Item = &Dictionary> {
        self.0.objects.values().filter_map(|object| object.as_dict().ok())
    }

    /// Each font's name, and whether its letters are in the file.
    pub(crate) fn fonts(&self) -> Vec<(String, bool)> {
        let descriptors = self.dictionaries().filter(|found| found.has_type(b"FontDescriptor"));
        let named = descriptors.map(|found| {
            let name =
                String::from_utf8_lossy(found.get(b"FontName").unwrap().as_name().unwrap()).into_owned();
            (name, found.has(b"FontFile3") || found.has(b"FontFile2"))
        });
        named.collect()
    }

    /// How many parts of the document are of a kind, such as `H1`.
    pub(crate) fn tags(&self, kind: &str) -> usize {
        let is = |found: &&Dictionary| {
            found.get(b"S").and_then(Object::as_name).is_ok_and(|name| name == kind.as_bytes())
        };
        self.dictionaries().filter(|found| found.has(b"P")).filter(is).count()
    }

    /// What is said of its pictures.
    pub(crate) fn descriptions(&self) -> Vec<String> {
        let pictures = self.dictionaries().filter_map(|found| found.get(b"Alt").ok());
        let mut said: Vec<String> = pictures.map(|alt| decode_text_string(alt).unwrap()).collect();
        said.sort();
        said
    }

    /// Width and height of each page in millimetres.
    pub(crate) fn sizes(&self) -> Vec<(u32, u32)> {
        let side = |object: &Object| (f64::from(object.as_float().unwrap()) / POINTS * 25.4).round() as u32;
        let size = |page| {
            let page = self.0.get_dictionary(page).unwrap();
            let corners = page.get_deref(b"MediaBox", &self.0).unwrap().as_array().unwrap();
            (side(&corners[2]), side(&corners[3]))
        };
        self.0.get_pages().into_values().map(size).collect()
    }

    /// What each page says.
    pub(crate) fn texts(&self) -> Vec<String> {
        self.0.get_pages().into_keys().map(|page| self.0.extract_text(&[page]).unwrap()).collect()
    }

    pub(crate) fn text(&self) -> String {
        self.texts().concat()
    }
}

/// Whether a text says it, wherever its lines break.
pub(crate) fn holds(text: &str, said: &str) -> bool {
    let solid = |text: &str| text.chars().filter(|c| !c.is_whitespace()).collect::<String>();
    solid(text).contains(&solid(said))
}

/// A page of a PDF file, drawn with so many pixels to the inch.
pub(crate) fn drawn(pdf: &[u8], page: usize, pixels: f64) -> GrayImage {
    let pdf = Pdf::new(pdf.to_vec()).unwrap();
    let scale = (pixels / POINTS) as f32;
    let settings =
        RenderSettings { x_scale: scale, y_scale: scale, bg_color: WHITE, ..RenderSettings::default() };
    let page = &pdf.pages()[page];
    let drawn = hayro::render(page, &RenderCache::new(), &InterpreterSettings::default(), &settings);
    let (width, height) = (u32::from(drawn.width()), u32::from(drawn.height()));
    let pixels = drawn.take_unpremultiplied();
    GrayImage::from_fn(width, height, |x, y| {
        let pixel = pixels[(y * width + x) as usize];
        Luma(
            [((u32::from(pixel.r) * 299 + u32::from(pixel.g) * 587 + u32::from(pixel.b) * 114) / 1000) as u8],
        )
    })
}

/// What the QR codes of a picture hold, read by another program than the one that made them.
pub(crate) fn qr_codes(picture: &GrayImage) -> Vec<String> {
    let (width, height) = (picture.width() as usize, picture.height() as usize);
    let light = |x: usize, y: usize| picture.get_pixel(x as u32, y as u32).0[0];
    let mut prepared = rqrr::PreparedImage::prepare_from_greyscale(width, height, light);
    prepared.detect_grids().iter().map(|grid| grid.decode().unwrap().1).collect()
}
