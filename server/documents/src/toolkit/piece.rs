//! The pieces: what each is called, and how it is made.

use super::facts::{ToolkitFacts, ToolkitFault};
use super::plain_text::plain_text;
use super::sheets::{A3, A4};
use super::words::Words;
use super::{email_draft, html};
use crate::calendar::{self, calendar_with_reminders};

const PDF: &str = "application/pdf";
const PNG: &str = "image/png";
const TEXT: &str = "text/plain; charset=utf-8";
const HTML: &str = "text/html; charset=utf-8";

/// One file of a toolkit.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ToolkitPiece {
    /// For a wall.
    PosterA4,
    /// For a larger wall.
    PosterA3,
    /// Two sides of A5.
    Leaflet,
    /// For screens in corridors and canteens, 1920 × 1080 pixels.
    Screen,
    /// For social media, 1080 × 1080 pixels: what it is.
    SquareInvitation,
    /// The same size: that it is anonymous.
    SquareAnonymity,
    /// The same size: until when.
    SquareClosing,
    /// What the pictures say, for those who cannot see them.
    PictureWords,
    /// An email to everybody, plain.
    EmailText,
    /// The same as HTML.
    EmailHtml,
    /// The same as a draft that a mail program opens.
    EmailDraft,
    /// A page for the intranet.
    ArticleHtml,
    /// The same, plain.
    ArticleText,
    /// A few lines under everybody's emails.
    SignatureHtml,
    /// The same, plain.
    SignatureText,
    /// Questions that managers ask, one side of A4.
    ManagersPdf,
    /// The same, plain.
    ManagersText,
    /// A piece of HTML that shows the days that are left.
    Countdown,
    /// The dates with reminders.
    Calendar,
}

impl ToolkitPiece {
    /// Every piece, in the order of a list.
    pub const ALL: [Self; 19] = [
        Self::PosterA4,
        Self::PosterA3,
        Self::Leaflet,
        Self::Screen,
        Self::SquareInvitation,
        Self::SquareAnonymity,
        Self::SquareClosing,
        Self::PictureWords,
        Self::EmailText,
        Self::EmailHtml,
        Self::EmailDraft,
        Self::ArticleHtml,
        Self::ArticleText,
        Self::SignatureHtml,
        Self::SignatureText,
        Self::ManagersPdf,
        Self::ManagersText,
        Self::Countdown,
        Self::Calendar,
    ];

    /// Its part of an address; no two have the same.
    pub fn slug(self) -> &'static str {
        match self {
            Self::PosterA4 => "poster-a4",
            Self::PosterA3 => "poster-a3",
            Self::Leaflet => "leaflet",
            Self::Screen => "screen",
            Self::SquareInvitation => "square-invitation",
            Self::SquareAnonymity => "square-anonymity",
            Self::SquareClosing => "square-closing",
            Self::PictureWords => "picture-words",
            Self::EmailText => "email-text",
            Self::EmailHtml => "email-html",
            Self::EmailDraft => "email-draft",
            Self::ArticleHtml => "article-html",
            Self::ArticleText => "article-text",
            Self::SignatureHtml => "signature-html",
            Self::SignatureText => "signature-text",
            Self::ManagersPdf => "managers-pdf",
            Self::ManagersText => "managers-text",
            Self::Countdown => "countdown",
            Self::Calendar => "calendar",
        }
    }

    /// The piece with this slug.
    pub fn of_slug(slug: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|piece| piece.slug() == slug)
    }

    /// What people call it.
    pub fn label(self) -> &'static str {
        match self {
            Self::PosterA4 => "Poster, A4",
            Self::PosterA3 => "Poster, A3",
            Self::Leaflet => "Leaflet, A5, two sides",
            Self::Screen => "Picture for screens",
            Self::SquareInvitation => "Picture for social media: what it is",
            Self::SquareAnonymity => "Picture for social media: no names",
            Self::SquareClosing => "Picture for social media: when it closes",
            Self::PictureWords => "Descriptions of the pictures (alt text)",
            Self::EmailText => "Email to everybody, plain text",
            Self::EmailHtml => "Email to everybody, HTML",
            Self::EmailDraft => "Email to everybody, a draft to open",
            Self::ArticleHtml => "Intranet page, HTML",
            Self::ArticleText => "Intranet page, plain text",
            Self::SignatureHtml => "Lines under emails, HTML",
            Self::SignatureText => "Lines under emails, plain text",
            Self::ManagersPdf => "Questions that managers ask, A4",
            Self::ManagersText => "Questions that managers ask, plain text",
            Self::Countdown => "Countdown to embed",
            Self::Calendar => "Dates for a calendar, with reminders",
        }
    }

    /// Its media type.
    pub fn media_type(self) -> &'static str {
        match self {
            Self::PosterA4 | Self::PosterA3 | Self::Leaflet | Self::ManagersPdf => PDF,
            Self::Screen | Self::SquareInvitation | Self::SquareAnonymity | Self::SquareClosing => PNG,
            Self::PictureWords
            | Self::EmailText
            | Self::ArticleText
            | Self::SignatureText
            | Self::ManagersText => TEXT,
            Self::EmailHtml | Self::ArticleHtml | Self::SignatureHtml | Self::Countdown => HTML,
            Self::EmailDraft => "message/rfc822",
            Self::Calendar => calendar::MEDIA_TYPE,
        }
    }

    /// What its file is called: "poster-a4-uhb-v3.pdf".
    pub fn file_name(self, facts: &ToolkitFacts) -> String {
        let (stem, ending) = self.file();
        format!("{stem}-{}-v{}.{ending}", facts.organisation_slug, facts.version.number)
    }

    fn file(self) -> (&'static str, &'static str) {
        match self {
            Self::PosterA4 | Self::PosterA3 | Self::Leaflet => (self.slug(), "pdf"),
            Self::Screen | Self::SquareInvitation | Self::SquareAnonymity | Self::SquareClosing => {
                (self.slug(), "png")
            }
            Self::PictureWords => (self.slug(), "txt"),
            Self::EmailText => ("email", "txt"),
            Self::EmailHtml => ("email", "html"),
            Self::EmailDraft => ("email", "eml"),
            Self::ArticleHtml => ("intranet-page", "html"),
            Self::ArticleText => ("intranet-page", "txt"),
            Self::SignatureHtml => ("email-signature", "html"),
            Self::SignatureText => ("email-signature", "txt"),
            Self::ManagersPdf => ("questions-of-managers", "pdf"),
            Self::ManagersText => ("questions-of-managers", "txt"),
            Self::Countdown => ("countdown", "html"),
            Self::Calendar => ("dates", "ics"),
        }
    }

    /// Makes the file.
    ///
    /// # Errors
    /// A [`ToolkitFault`], which says what to put right.
    pub fn make(self, facts: &ToolkitFacts) -> Result<Vec<u8>, ToolkitFault> {
        facts.check()?;
        let words = Words::of(facts)?;
        Ok(match self {
            Self::PosterA4 => words.poster(A4)?.pdf()?,
            Self::PosterA3 => words.poster(A3)?.pdf()?,
            Self::Leaflet => words.leaflet()?.pdf()?,
            Self::Screen => words.screen()?.png(),
            Self::SquareInvitation => words.square(words.loud_invitation())?.png(),
            Self::SquareAnonymity => words.square(words.loud_anonymity())?.png(),
            Self::SquareClosing => words.square(words.loud_closing())?.png(),
            Self::PictureWords => plain_text(&words.pictures()).into_bytes(),
            Self::EmailText => plain_text(&words.email()).into_bytes(),
            Self::EmailHtml => html::email(&words.email(), facts).into_bytes(),
            Self::EmailDraft => {
                let copy = words.email();
                let (text, page) = (plain_text(&copy), html::email(&copy, facts));
                email_draft::email_draft(facts, &words.subject(), &text, &page)
            }
            Self::ArticleHtml => html::article(&words.article(), facts).into_bytes(),
            Self::ArticleText => plain_text(&words.article()).into_bytes(),
            Self::SignatureHtml => html::signature(&words.signature(), facts).into_bytes(),
            Self::SignatureText => plain_text(&words.signature()).into_bytes(),
            Self::ManagersPdf => words.questions_of_managers()?.pdf()?,
            Self::ManagersText => plain_text(&words.managers()).into_bytes(),
            Self::Countdown => html::countdown(&words).into_bytes(),
            Self::Calendar => {
                calendar_with_reminders(&facts.campaign_title, &facts.entry_link, &facts.rounds).into_bytes()
            }
        })
    }
}
