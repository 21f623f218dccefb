//! Sheets and pictures by typst: the sources are ours, everybody else's words are data.
//!
//! A source (`../typst/*.typ`) reads its values from one JSON file that exists only in memory, so a name is never code. What a
//! source can reach is in [`desk`]: our sources, the values, a logo, our fonts; no file system, no network, no packages, no clock.
//! So equal values give equal bytes.
//!
//! PDF files keep to PDF/UA-1: typst refuses to write one without title, language, headings in order or a description of
//! a picture.

mod desk;
mod fonts;

use std::sync::LazyLock;

use serde::Serialize;
use thiserror::Error;
use typst::comemo;
use typst::diag::{SourceDiagnostic, Warned};
use typst::ecow::EcoVec;
use typst::foundations::Smart;
use typst::utils::Scalar;
use typst_layout::PagedDocument;
use typst_pdf::{PdfOptions, PdfStandard, PdfStandards};
use typst_render::RenderOptions;

use crate::logo;
use desk::Desk;
pub(crate) use fonts::has_letter;

/// One of our sources.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Template {
    /// What the others have in common; no document of its own.
    Parts,
    /// The poster, A4 or A3.
    Poster,
    /// The leaflet, two sides of A5.
    Leaflet,
    /// The picture for a screen on a wall.
    Screen,
    /// The pictures for social media.
    Square,
    /// Headings and text: questions and answers.
    Questions,
    /// Login letters.
    Letters,
}

impl Template {
    const ALL: [Self; 7] = [
        Self::Parts,
        Self::Poster,
        Self::Leaflet,
        Self::Screen,
        Self::Square,
        Self::Questions,
        Self::Letters,
    ];

    /// Where it is in the world of a sheet.
    fn path(self) -> &'static str {
        match self {
            Self::Parts => "/parts.typ",
            Self::Poster => "/poster.typ",
            Self::Leaflet => "/leaflet.typ",
            Self::Screen => "/screen.typ",
            Self::Square => "/square.typ",
            Self::Questions => "/questions.typ",
            Self::Letters => "/letters.typ",
        }
    }

    fn source(self) -> &'static str {
        match self {
            Self::Parts => include_str!("../typst/parts.typ"),
            Self::Poster => include_str!("../typst/poster.typ"),
            Self::Leaflet => include_str!("../typst/leaflet.typ"),
            Self::Screen => include_str!("../typst/screen.typ"),
            Self::Square => include_str!("../typst/square.typ"),
            Self::Questions => include_str!("../typst/questions.typ"),
            Self::Letters => include_str!("../typst/letters.typ"),
        }
    }
}

/// Why there is no sheet: a mistake of ours, as what can be wrong with values is refused before.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("{template:?} cannot be typeset: {reason}")]
pub struct TypesettingFault {
    template: Template,
    reason: String,
}

/// A document, typeset.
pub(crate) struct Typeset {
    template: Template,
    document: PagedDocument,
}

/// Sets `values` (read by the source as JSON) and `logo` (a PNG) with `template`.
///
/// # Errors
/// [`TypesettingFault`] if the source does not fit the values.
pub(crate) fn typeset(
    template: Template,
    values: &impl Serialize,
    logo: Option<Vec<u8>>,
) -> Result<Typeset, TypesettingFault> {
    let fault = |reason: String| TypesettingFault { template, reason };
    let values = serde_json::to_vec(values).map_err(|error| fault(error.to_string()))?;
    let desk = Desk::new(template, values, logo);
    let Warned { output, warnings } = typst::compile::<PagedDocument>(&desk);
    // Typst remembers every step, in case that a document is changed a little; ours are set once.
    comemo::evict(0);
    let document = output.map_err(|errors| fault(first(&errors)))?;
    // Only tests are that strict: a sheet that typst would have set otherwise is better than none.
    debug_assert!(warnings.is_empty(), "{}", first(&warnings));
    Ok(Typeset { template, document })
}

fn first(errors: &EcoVec<SourceDiagnostic>) -> String {
    errors.first().map_or_else(String::new, |error| error.message.to_string())
}

/// PDF/UA-1: accessible, as a validator understands it.
static ACCESSIBLE: LazyLock<PdfStandards> =
    LazyLock::new(|| PdfStandards::new(&[PdfStandard::Ua_1]).expect("one standard agrees with itself"));

impl Typeset {
    /// The document as a tagged PDF.
    ///
    /// # Errors
    /// [`TypesettingFault`] if it would not keep to PDF/UA-1.
    pub(crate) fn pdf(&self) -> Result<Vec<u8>, TypesettingFault> {
        let options = PdfOptions {
            creator: Smart::Custom(Some("Candour".to_owned())),
            standards: ACCESSIBLE.clone(),
            ..PdfOptions::default()
        };
        let pdf = typst_pdf::pdf(&self.document, &options);
        comemo::evict(0);
        pdf.map_err(|errors| TypesettingFault { template: self.template, reason: first(&errors) })
    }

    /// The first page as a PNG with a pixel for each point.
    pub(crate) fn png(&self) -> Vec<u8> {
        let options = RenderOptions { pixel_per_pt: Scalar::new(1.0), render_bleed: false };
        let page = self.document.pages().first().expect("a document has a page");
        let drawn = typst_render::render(page, &options);
        comemo::evict(0);
        logo::encoded(drawn).into_bytes()
    }
}
