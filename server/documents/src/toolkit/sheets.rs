//! What is typeset: posters, the leaflet, pictures, the page of questions.

use chrono::Datelike;
use domain::tenant_pack::EntryRoute;
use serde::Serialize;

use super::copy::Copy;
use super::facts::{ToolkitFault, ToolkitLogo};
use super::words::{Line, Moved, NO_NAMES, Words, on_one_line};
use crate::code_sheet::qr_file;
use crate::logo::Grounded;
use crate::typesetting::{Template, Typeset, typeset};

/// Longest purpose on a poster, a leaflet or a picture, in characters.
const PURPOSE_CHARACTERS: usize = 200;
/// Longest account of what happens next on a leaflet, in characters.
const NEXT_CHARACTERS: usize = 320;

/// Width and height of A4 and A3, in millimetres.
pub(super) const A4: PaperSize = PaperSize { width: 210, height: 297 };
pub(super) const A3: PaperSize = PaperSize { width: 297, height: 420 };

/// In millimetres.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub(super) struct PaperSize {
    width: u32,
    height: u32,
}

/// What a picture for social media says loud.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub(super) struct Loud {
    pub(super) title: String,
    pub(super) lines: Vec<String>,
}

/// A heading of the leaflet with what stands under it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
struct Part {
    title: &'static str,
    lines: Vec<Line>,
}

#[derive(Clone, Debug, Serialize)]
pub(crate) struct Colours {
    brand: String,
    panel: String,
    line: String,
}

impl Colours {
    /// Dark areas with white text, pale areas with dark text, lines.
    pub(crate) fn of(palette: &domain::branding::Palette) -> Self {
        let brand = palette.brand;
        Self { brand: brand.to_string(), panel: brand.tint(90).to_string(), line: brand.tint(78).to_string() }
    }
}

#[derive(Clone, Debug, Serialize)]
pub(crate) struct LogoValues {
    alt: String,
    /// Width and height in pixels.
    size: (u32, u32),
    /// So light that it would vanish on white.
    light: bool,
}

impl LogoValues {
    pub(crate) fn of(logo: &ToolkitLogo, grounded: &Grounded) -> Self {
        let size = (grounded.png.width(), grounded.png.height());
        Self { alt: on_one_line(&logo.alt), size, light: grounded.is_light }
    }
}

/// What the sources read as `values`.
#[derive(Clone, Debug, Serialize)]
struct Values<'a> {
    page: PaperSize,
    document_title: String,
    made_on: (i32, u32, u32),
    colours: Colours,
    logo: Option<LogoValues>,
    service: String,
    tenant: String,
    organisation: Option<String>,
    title: String,
    purpose: String,
    no_names: &'static str,
    until: String,
    moved: Option<&'a Moved>,
    steps: Vec<Line>,
    scan: &'static str,
    hint: &'static str,
    qr: String,
    qr_alt: String,
    address: String,
    promises: [(&'static str, &'static str); 3],
    back: Vec<Part>,
    help: Line,
    questions: Line,
    keys: Option<String>,
    version: String,
    loud: Option<Loud>,
    copy: Option<Copy>,
}

impl Words<'_> {
    pub(super) fn poster(&self, page: PaperSize) -> Result<Typeset, ToolkitFault> {
        self.typeset(Template::Poster, "Poster", |values| values.page = page)
    }

    pub(super) fn leaflet(&self) -> Result<Typeset, ToolkitFault> {
        self.typeset(Template::Leaflet, "Leaflet", |values| values.back = self.back_of_leaflet())
    }

    pub(super) fn screen(&self) -> Result<Typeset, ToolkitFault> {
        self.typeset(Template::Screen, "Screen", |_| ())
    }

    pub(super) fn square(&self, loud: Loud) -> Result<Typeset, ToolkitFault> {
        self.typeset(Template::Square, "Picture", |values| values.loud = Some(loud))
    }

    pub(super) fn questions_of_managers(&self) -> Result<Typeset, ToolkitFault> {
        self.typeset(Template::Questions, "Questions that managers ask", |values| {
            values.copy = Some(self.managers())
        })
    }

    /// The picture that invites.
    pub(super) fn loud_invitation(&self) -> Loud {
        Loud { title: on_one_line(&self.facts.campaign_title), lines: vec![self.purpose(160), self.until()] }
    }

    /// The picture that says that it is anonymous.
    pub(super) fn loud_anonymity(&self) -> Loud {
        let [(_, no_names), (_, kept_apart), (_, check)] = self.promises();
        Loud { title: no_names.to_owned(), lines: vec![kept_apart.to_owned(), check.to_owned()] }
    }

    /// The picture that says until when.
    pub(super) fn loud_closing(&self) -> Loud {
        let mut lines = vec![on_one_line(&self.facts.campaign_title)];
        lines.extend(self.moved.as_ref().map(|moved| moved.why.clone()));
        Loud { title: self.until(), lines }
    }

    fn back_of_leaflet(&self) -> Vec<Part> {
        let part = |title, lines: Vec<Line>| Part { title, lines };
        let dates = vec![
            Line::of(format!("It opens on {}.", self.opens)),
            Line::of(format!("It closes on {}.", self.closes)),
        ];
        vec![
            part("Is it really anonymous?", self.believe()),
            part("When is it open?", dates),
            part(
                "Do I have to answer everything?",
                vec![Line::of(
                    "No. You can just read. You can just vote. Say as much or as little as you like.",
                )],
            ),
            part(
                "I have no email address",
                vec![Line::of("Ask for a code on paper: ").email(&self.facts.support_address)],
            ),
            part("What happens next?", vec![Line::of(self.next(NEXT_CHARACTERS))]),
            part("Who can help?", vec![self.help(), self.questions()]),
        ]
    }

    /// What screens say besides.
    fn hint(&self) -> &'static str {
        match self.facts.route {
            EntryRoute::Invited => "You need your login details.",
            EntryRoute::SignUp => "You need an email address.",
        }
    }

    fn typeset(
        &self,
        template: Template,
        kind: &str,
        fill: impl FnOnce(&mut Values),
    ) -> Result<Typeset, ToolkitFault> {
        let mut values = self.values(kind)?;
        fill(&mut values);
        let facts = self.facts;
        let grounded = facts.logo.as_ref().map(|logo| logo.grounded(&facts.palette)).transpose()?;
        values.logo =
            facts.logo.as_ref().zip(grounded.as_ref()).map(|(logo, grounded)| LogoValues::of(logo, grounded));
        Ok(typeset(template, &values, grounded.map(|grounded| grounded.png.into_bytes()))?)
    }

    fn values(&self, kind: &str) -> Result<Values<'_>, ToolkitFault> {
        let facts = self.facts;
        let title = on_one_line(&facts.campaign_title);
        let made_on = facts.version.made_on;
        Ok(Values {
            page: A4,
            document_title: format!("{kind}: {title}"),
            made_on: (made_on.year(), made_on.month(), made_on.day()),
            colours: Colours::of(&facts.palette),
            logo: None,
            service: on_one_line(&facts.service_name),
            tenant: on_one_line(&facts.tenant_name),
            organisation: self.organisation(),
            title,
            no_names: NO_NAMES,
            purpose: self.purpose(PURPOSE_CHARACTERS),
            until: self.until(),
            moved: self.moved.as_ref(),
            steps: self.steps(),
            scan: self.scan(),
            hint: self.hint(),
            qr: qr_file(&facts.entry_link)
                .map_err(|_| ToolkitFault::LinkTooLong { bytes: facts.entry_link.len() })?,
            qr_alt: self.qr_alt(),
            address: on_one_line(&facts.entry_address),
            promises: self.promises(),
            back: Vec::new(),
            help: self.help(),
            questions: self.questions(),
            keys: self.keys(),
            version: self.version(),
            loud: None,
            copy: None,
        })
    }
}
