//! One organisation's comms toolkit, piece by piece.

use serde::Serialize;

use super::Desk;
use crate::views::{Chrome, FieldError, View, Visit};

/// The page.
#[derive(Clone, Debug, Serialize)]
pub struct ToolkitOne {
    /// The tenant's frame.
    pub site: Chrome,
    /// This visit.
    pub visit: Visit,
    /// The console's frame.
    pub desk: Desk,
    /// The campaign's short name.
    pub slug: String,
    /// What it is called.
    pub title: String,
    /// The organisation's short name.
    pub organisation_slug: String,
    /// Its name.
    pub organisation: String,
    /// Which version is current, since when, and why.
    pub version: String,
    /// The pieces by what they are for.
    pub groups: Vec<ToolkitGroup>,
    /// Whether this person may have all of it made as one file.
    pub may_make: bool,
    /// Whether this person may have letters made, and this organisation's people get login details.
    pub may_print: bool,
    /// Whether this person may have sealed codes made here.
    pub may_print_codes: bool,
    /// How many codes were asked for, as typed.
    pub codes: String,
    /// How many may be.
    pub most_codes: usize,
    /// What is to be put right.
    pub errors: Vec<FieldError>,
}

/// Pieces for the same.
#[derive(Clone, Debug, Serialize)]
pub struct ToolkitGroup {
    /// What they are for.
    pub heading: String,
    /// The pieces.
    pub pieces: Vec<ToolkitPieceLink>,
}

/// A piece to download.
#[derive(Clone, Debug, Serialize)]
pub struct ToolkitPieceLink {
    /// Its part of the address.
    pub slug: String,
    /// What people call it.
    pub label: String,
    /// What kind of file it is.
    pub kind: String,
}

impl View for ToolkitOne {
    const TEMPLATE: &'static str = "console/toolkit-one.html";

    fn samples(chrome: &Chrome) -> Vec<(&'static str, Self)> {
        let piece = |slug: &str, label: &str, kind: &str| ToolkitPieceLink {
            slug: slug.into(),
            label: label.into(),
            kind: kind.into(),
        };
        let group = |heading: &str, pieces| ToolkitGroup { heading: heading.into(), pieces };
        let invited = ToolkitOne {
            site: chrome.clone(),
            visit: Visit::sample(false, "/console/campaigns/second/toolkit/uhb"),
            desk: Desk::sample("/console/campaigns"),
            slug: "second".into(),
            title: "Our second Open Conversation".into(),
            organisation_slug: "uhb".into(),
            organisation: "University Hospitals Birmingham NHS Foundation Trust".into(),
            version: "Version 2, 6 May 2024: the closing moved".into(),
            groups: vec![
                group(
                    "To print",
                    vec![
                        piece("poster-a4", "Poster, A4", "PDF"),
                        piece("leaflet", "Leaflet, A5, two sides", "PDF"),
                    ],
                ),
                group(
                    "For screens and social media",
                    vec![
                        piece("screen", "Picture for screens", "PNG"),
                        piece("picture-words", "Descriptions of the pictures (alt text)", "text file"),
                    ],
                ),
                group("Dates and countdown", vec![piece("countdown", "Countdown to embed", "HTML file")]),
            ],
            may_make: true,
            may_print: true,
            may_print_codes: true,
            codes: String::new(),
            most_codes: 2_000,
            errors: vec![],
        };
        let sign_up = ToolkitOne {
            organisation: "Birmingham City Council".into(),
            may_print: false,
            ..invited.clone()
        };
        let looks = ToolkitOne { may_make: false, may_print_codes: false, ..sign_up.clone() };
        let unfit = "Use a shorter address: a QR code for 158 bytes is too dense. 152 are the most.";
        let wrong = |field: &str, text: &str| vec![FieldError { field: field.into(), text: text.into() }];
        let refused = ToolkitOne { errors: wrong("", unfit), ..invited.clone() };
        let too_many = ToolkitOne {
            codes: "20000".into(),
            errors: wrong("codes", "Ask for 1 to 2,000 codes at once."),
            ..sign_up.clone()
        };
        vec![
            ("invited", invited),
            ("sign-up", sign_up),
            ("looks", looks),
            ("refused", refused),
            ("too-many-codes", too_many),
        ]
    }
}
