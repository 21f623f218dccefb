//! Login letters as PDF: two on an A4 page, to cut in the middle; black on white.
//!
//! An organisation may have tens of thousands of people, so a book is made in parts, and takes no more memory for forty thousand letters
//! than for [`LETTERS_A_PART`]. Like the pages of [`crate::login_letters`], a part holds live login details.

use serde::Serialize;

use crate::code_sheet::qr_file;
use crate::login_letters::{Letter, LetterHead};
use crate::toolkit::{
    Colours, LogoValues, ToolkitFault, ToolkitLogo, check_letters, check_link, on_one_line,
};
use crate::typesetting::{Template, typeset};
use domain::branding::Palette;

/// Most letters in one file, 100 pages of them: typst needs about a megabyte for each while it sets them.
pub const LETTERS_A_PART: usize = 200;

/// What all letters of a book have in common.
#[derive(Clone, Debug)]
pub struct LetterBook {
    head: LetterHead,
    colours: Colours,
    logo_values: Option<LogoValues>,
    logo: Option<Vec<u8>>,
}

/// What the source reads.
#[derive(Serialize)]
struct Values<'a> {
    document_title: String,
    made_on: Option<(i32, u32, u32)>,
    colours: &'a Colours,
    logo: Option<&'a LogoValues>,
    title: &'a str,
    invitation: String,
    opens: String,
    closes: String,
    scan: &'static str,
    scan_end: &'static str,
    address: &'a str,
    only_you: &'static str,
    help: String,
    keys: String,
    tenant: &'a str,
    qr_alt: &'static str,
    part: String,
    letters: Vec<LetterValues>,
}

#[derive(Serialize)]
struct LetterValues {
    email: String,
    code: String,
    qr: String,
}

impl LetterBook {
    /// The book of these letters; `palette` colours the tile behind a logo that would vanish on paper.
    ///
    /// # Errors
    /// A [`ToolkitFault`] if our font cannot draw what they say, or the logo is damaged.
    pub fn new(head: LetterHead, palette: Palette, logo: Option<ToolkitLogo>) -> Result<Self, ToolkitFault> {
        let LetterHead { tenant_name, campaign_title, organisation_name, opens, closes, .. } = &head;
        let LetterHead { entry_address, key_log_head, support_name, support_address, .. } = &head;
        let told =
            [tenant_name, campaign_title, organisation_name, opens, closes, entry_address, key_log_head];
        told.into_iter().chain([support_name, support_address]).try_for_each(|text| check_letters(text))?;
        let logo = logo.map(|logo| logo.grounded(&palette).map(|grounded| (logo, grounded))).transpose()?;
        let colours = Colours::of(&palette);
        let logo_values = logo.as_ref().map(|(logo, grounded)| LogoValues::of(logo, grounded));
        let logo = logo.map(|(_, grounded)| grounded.png.into_bytes());
        Ok(Self { head, colours, logo_values, logo })
    }

    /// What a part's file is called, by the organisation's short name: "letters-uhb-0001.pdf".
    pub fn file_name(organisation: &str, number: u32) -> String {
        format!("letters-{organisation}-{number:04}.pdf")
    }

    /// A part of the book, as a tagged PDF; parts count from 1, and each letter says which of which part it is.
    ///
    /// # Errors
    /// [`ToolkitFault::TooManyLetters`], [`ToolkitFault::LinkTooLong`], [`ToolkitFault::NoLetter`].
    pub fn part(&self, number: u32, letters: &[Letter]) -> Result<Vec<u8>, ToolkitFault> {
        if letters.len() > LETTERS_A_PART {
            return Err(ToolkitFault::TooManyLetters { found: letters.len() });
        }
        let letters = letters.iter().map(values_of).collect::<Result<_, _>>()?;
        Ok(typeset(Template::Letters, &self.values(number, letters), self.logo.clone())?.pdf()?)
    }

    fn values(&self, number: u32, letters: Vec<LetterValues>) -> Values<'_> {
        let head = &self.head;
        Values {
            document_title: format!("Login details, part {number}: {}", on_one_line(&head.campaign_title)),
            made_on: None,
            colours: &self.colours,
            logo: self.logo_values.as_ref(),
            title: &head.campaign_title,
            invitation: format!(
                "{} invites you. Say what is wrong at work and what would make it better. Your name is not attached to anything you \
                 write.",
                head.organisation_name
            ),
            opens: format!("Opens {}.", head.opens),
            closes: format!("Closes {}.", head.closes),
            scan: "Scan the square with your phone and press the button. Or go to",
            scan_end: " and type:",
            address: &head.entry_address,
            only_you: "These details are only for you, and they work once. Do not pass them on.",
            help: format!(
                "Stuck? {} can help: {}. They do not work for your employer.",
                head.support_name, head.support_address
            ),
            keys: format!("If you want to check our keys: {}", head.key_log_head),
            tenant: &head.tenant_name,
            qr_alt: "QR code that opens your own login page",
            part: number.to_string(),
            letters,
        }
    }
}

fn values_of(letter: &Letter) -> Result<LetterValues, ToolkitFault> {
    [&letter.email, &letter.code].into_iter().try_for_each(|text| check_letters(text))?;
    check_link(&letter.link)?;
    let too_long = |_| ToolkitFault::LinkTooLong { bytes: letter.link.len() };
    Ok(LetterValues {
        email: on_one_line(&letter.email),
        code: letter.code.clone(),
        qr: qr_file(&letter.link).map_err(too_long)?,
    })
}

#[cfg(test)]
mod tests;
