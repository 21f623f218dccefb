//! What a toolkit says, and what would keep it from being made.

use chrono::{DateTime, NaiveDate, Utc};
use chrono_tz::Tz;
use domain::branding::{Colour, Palette};
use domain::tenant_pack::EntryRoute;
use thiserror::Error;

use crate::calendar::CalendarRound;
use crate::logo::{self, Grounded};
use crate::typesetting::{TypesettingFault, has_letter};

/// Everything that the pieces of a toolkit say. All of them are made of this and of nothing else, so they cannot disagree.
#[derive(Clone, Debug)]
pub struct ToolkitFacts {
    /// Who holds the conversation.
    pub tenant_name: String,
    /// What their site is called.
    pub service_name: String,
    /// The tenant's logo, if there is one.
    pub logo: Option<ToolkitLogo>,
    /// The tenant's colours, already readable.
    pub palette: Palette,
    /// The site, without a slash at its end: the countdown and the page about anonymity are under it.
    pub site: String,
    /// The campaign's part of addresses.
    pub campaign_slug: String,
    /// What the conversation is called.
    pub campaign_title: String,
    /// What it is for, as on its page.
    pub purpose: String,
    /// What happens with what people say, as on its page.
    pub what_next: String,
    /// The organisation's part of file names.
    pub organisation_slug: String,
    /// Whose people are asked.
    pub organisation_name: String,
    /// How they come in.
    pub route: EntryRoute,
    /// Where they come in, as they would type it.
    pub entry_address: String,
    /// The same as a link; QR codes hold it.
    pub entry_link: String,
    /// The dates, and how often they have changed.
    pub rounds: Vec<CalendarRound>,
    /// The tenant's time zone.
    pub zone: Tz,
    /// If the closing was moved.
    pub moved: Option<MovedClosing>,
    /// The head of the public key log as it is printed; none before there are keys.
    pub key_log_head: Option<String>,
    /// Who helps: independent of the employer.
    pub support_name: String,
    /// Their email address.
    pub support_address: String,
    /// The email address for questions about the conversation.
    pub questions_address: String,
    /// Which toolkit this is.
    pub version: ToolkitVersion,
}

/// A logo as [`crate::logo::sanitise_logo`] drew it.
#[derive(Clone, PartialEq, Eq)]
pub struct ToolkitLogo {
    /// The file.
    pub png: Vec<u8>,
    /// What is to be seen on it, for those who cannot.
    pub alt: String,
}

impl std::fmt::Debug for ToolkitLogo {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "ToolkitLogo({}, {} bytes)", self.alt, self.png.len())
    }
}

/// A closing that is not the one that was announced.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MovedClosing {
    /// What was announced.
    pub former_closes_at: DateTime<Utc>,
    /// Why it was moved, as everybody reads it.
    pub reason: String,
}

/// Which toolkit: each set of facts that was handed out has a number of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ToolkitVersion {
    /// Counts from 1.
    pub number: u32,
    /// When the facts became these.
    pub made_on: NaiveDate,
}

/// Why a piece cannot be made. Each says what to put right.
#[derive(Debug, Error)]
pub enum ToolkitFault {
    /// The campaign has no dates.
    #[error("Give the conversation a round: a poster says when it opens and closes.")]
    NoRounds,
    /// Our font cannot draw it, or it cannot be seen.
    #[error("Write “{text}” without “{}”: posters cannot show it.", .character.escape_debug())]
    NoLetter {
        /// The character.
        character: char,
        /// Where it stands.
        text: String,
    },
    /// A QR code would be too dense to be read from a poster.
    #[error(
        "Use a shorter address: a QR code for {bytes} bytes is too dense. {MAX_LINK_BYTES} are the most."
    )]
    LinkTooLong {
        /// How long the link is.
        bytes: usize,
    },
    /// No email can come from there.
    #[error("Write “{0}” as an email address, such as help@example.org.")]
    NoAddress(String),
    /// The logo's file is damaged.
    #[error("Upload the logo again: its file cannot be read.")]
    BrokenLogo,
    /// More letters than [`crate::letter_book::LETTERS_A_PART`].
    #[error(
        "{found} letters are too many for one file: {} are the most.",
        crate::letter_book::LETTERS_A_PART
    )]
    TooManyLetters {
        /// How many there were.
        found: usize,
    },
    /// A mistake of ours.
    #[error(transparent)]
    Typesetting(#[from] TypesettingFault),
    /// The same, of the zip file.
    #[error("the zip file cannot be written: {0}")]
    Zip(#[from] zip::result::ZipError),
}

/// The longest link in a QR code, in bytes: up to version 8 at level M, 49 modules a side.
pub const MAX_LINK_BYTES: usize = 152;

impl ToolkitFacts {
    /// When it opens: when its first round does.
    ///
    /// # Errors
    /// [`ToolkitFault::NoRounds`].
    pub fn opens_at(&self) -> Result<DateTime<Utc>, ToolkitFault> {
        self.rounds.iter().map(|round| round.opens_at).min().ok_or(ToolkitFault::NoRounds)
    }

    /// When it closes: when its last round does.
    ///
    /// # Errors
    /// [`ToolkitFault::NoRounds`].
    pub fn closes_at(&self) -> Result<DateTime<Utc>, ToolkitFault> {
        self.rounds.iter().map(|round| round.closes_at).max().ok_or(ToolkitFault::NoRounds)
    }

    /// What would make a piece impossible, before anybody waits for it.
    ///
    /// # Errors
    /// The first [`ToolkitFault`] that is found.
    pub fn check(&self) -> Result<(), ToolkitFault> {
        self.opens_at()?;
        self.drawn().into_iter().try_for_each(check_letters)?;
        check_address(&self.support_address)?;
        check_address(&self.questions_address)?;
        check_link(&self.entry_link)?;
        self.logo.as_ref().map_or(Ok(()), |logo| logo.grounded(&self.palette).map(drop))
    }

    /// What is typeset; the rest is only text.
    fn drawn(&self) -> Vec<&str> {
        let mut drawn = vec![
            &*self.tenant_name,
            &self.service_name,
            &self.site,
            &self.campaign_title,
            &self.purpose,
            &self.what_next,
            &self.organisation_name,
            &self.entry_address,
            &self.support_name,
            &self.support_address,
            &self.questions_address,
        ];
        drawn.extend(self.key_log_head.as_deref());
        drawn.extend(self.moved.as_ref().map(|moved| &*moved.reason));
        drawn
    }
}

impl ToolkitLogo {
    /// As it is typeset.
    pub(crate) fn grounded(&self, palette: &Palette) -> Result<Grounded, ToolkitFault> {
        let Colour(red, green, blue) = palette.brand;
        logo::grounded(&self.png, [red, green, blue]).ok_or(ToolkitFault::BrokenLogo)
    }
}

/// Refuses a text with a character that our font lacks: on paper it would be an empty box. Any blank is drawn as a space.
pub(crate) fn check_letters(text: &str) -> Result<(), ToolkitFault> {
    let missing = text.chars().find(|&character| !character.is_whitespace() && !has_letter(character));
    missing.map_or(Ok(()), |character| Err(ToolkitFault::NoLetter { character, text: text.to_owned() }))
}

/// A QR code that can be read from a distance.
pub(crate) fn check_link(link: &str) -> Result<(), ToolkitFault> {
    let bytes = link.len();
    if bytes > MAX_LINK_BYTES { Err(ToolkitFault::LinkTooLong { bytes }) } else { Ok(()) }
}

/// Enough of RFC 5322 to stand in a header: one @, and nothing that ends a line or an address.
fn check_address(address: &str) -> Result<(), ToolkitFault> {
    let plain =
        |c: char| c.is_ascii_graphic() && !matches!(c, '<' | '>' | ',' | ';' | ':' | '"' | '(' | ')' | '\\');
    let fits = address.chars().all(plain) && address.matches('@').count() == 1;
    match address.split_once('@') {
        Some((name, host)) if fits && !name.is_empty() && !host.is_empty() => Ok(()),
        _ => Err(ToolkitFault::NoAddress(address.to_owned())),
    }
}
