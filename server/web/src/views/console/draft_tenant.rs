//! The steps that are about the tenant itself, and count for all of its campaigns: organisations and rolls, colours and logo, pages.

use serde::Serialize;

use super::draft::outdated;
use super::{Desk, DraftFrame};
use crate::views::{Chrome, FieldError, View, Visit};

/// Organisations, ways in, the roll.
#[derive(Clone, Debug, Serialize)]
pub struct DraftPeople {
    /// The tenant's frame.
    pub site: Chrome,
    /// This visit.
    pub visit: Visit,
    /// The console's frame.
    pub desk: Desk,
    /// The draft's frame.
    pub draft: DraftFrame,
    /// Every organisation.
    pub organisations: Vec<OrganisationLine>,
    /// The form of one of them, or of a new one.
    pub form: OrganisationForm,
    /// What came of a roll's file that waits to be confirmed.
    pub report: Option<RollReport>,
    /// Whether a roll can come in: the dates are known.
    pub takes_roll: bool,
    /// Whether this person may bring one in.
    pub may_import: bool,
    /// What is wrong.
    pub errors: Vec<FieldError>,
}

/// An organisation.
#[derive(Clone, Debug, Serialize)]
pub struct OrganisationLine {
    /// Its short name.
    pub slug: String,
    /// Its name.
    pub name: String,
    /// Where its people come in.
    pub link: String,
    /// How its people come in, in words.
    pub route: String,
    /// How many are on the roll of this campaign.
    pub on_roll: i64,
    /// About how many work there.
    pub people: Option<u32>,
}

/// An organisation's fields.
#[derive(Clone, Debug, Default, Serialize)]
pub struct OrganisationForm {
    /// Its short name; empty for a new one.
    pub slug: String,
    /// As typed.
    pub name: String,
    /// `invited` or `sign-up`.
    pub route: String,
    /// As typed.
    pub people: String,
    /// Domains, divided by spaces or commas.
    pub domains: String,
    /// Whether any address will do.
    pub any_email: bool,
}

/// What came of a roll's file.
#[derive(Clone, Debug, Serialize)]
pub struct RollReport {
    /// What to confirm or discard.
    pub import: String,
    /// Good rows.
    pub held: usize,
    /// Bad rows, each reason once.
    pub problems: Vec<RollProblem>,
    /// How many more there are, for reasons that are not listed.
    pub more_problems: usize,
    /// Whether a row names an organisation that is not known.
    pub unknown: bool,
    /// How many bad rows there are.
    pub bad: usize,
    /// People who stand more than once, with the lines; the first of them.
    pub duplicates: Vec<String>,
    /// How many more there are.
    pub more_duplicates: usize,
    /// Columns that were not read.
    pub ignored: Vec<String>,
}

/// Why rows cannot be used.
#[derive(Clone, Debug, Serialize)]
pub struct RollProblem {
    /// The first of the lines.
    pub lines: Vec<u64>,
    /// How many more there are.
    pub more: usize,
    /// Why.
    pub reason: String,
}

/// Colours and logo.
#[derive(Clone, Debug, Serialize)]
pub struct DraftBranding {
    /// The tenant's frame.
    pub site: Chrome,
    /// This visit.
    pub visit: Visit,
    /// The console's frame.
    pub desk: Desk,
    /// The draft's frame.
    pub draft: DraftFrame,
    /// As typed.
    pub form: BrandingForm,
    /// Comes back with each of both forms, so that nobody overwrites what somebody else changed.
    pub seen: String,
    /// What is stored, where somebody else has changed it meanwhile: what and its words.
    pub stored: Vec<(String, String)>,
    /// How it will look.
    pub look: Look,
    /// Whether this person may change it.
    pub may_change: bool,
    /// What is wrong.
    pub errors: Vec<FieldError>,
}

/// The form of how a tenant looks.
#[derive(Clone, Debug, Default, Serialize)]
pub struct BrandingForm {
    /// The service's name.
    pub service_name: String,
    /// `#rrggbb`.
    pub brand: String,
    /// `#rrggbb`, or empty for the brand colour.
    pub link: String,
    /// The same.
    pub button: String,
    /// At the foot of every page.
    pub footer: String,
    /// What the logo shows, in words.
    pub logo_alt: String,
}

/// How colours will look: a part of the page that is drawn anew while colours are chosen.
#[derive(Clone, Debug, Serialize)]
pub struct Look {
    /// The tenant's frame.
    pub site: Chrome,
    /// Where the sample's colours are served, without the base.
    pub css: String,
    /// The service's name.
    pub service_name: String,
    /// The colours.
    pub colours: Vec<LookColour>,
}

/// A colour as asked for and as used.
#[derive(Clone, Debug, Serialize)]
pub struct LookColour {
    /// What it is for.
    pub what: String,
    /// As asked for.
    pub asked: String,
    /// As used.
    pub used: String,
    /// White words on what was asked for: "1.7".
    pub asked_ratio: String,
    /// White words on what is used.
    pub used_ratio: String,
    /// Whether it had to be darkened.
    pub darkened: bool,
}

/// The tenant's own pages.
#[derive(Clone, Debug, Serialize)]
pub struct DraftPages {
    /// The tenant's frame.
    pub site: Chrome,
    /// This visit.
    pub visit: Visit,
    /// The console's frame.
    pub desk: Desk,
    /// The draft's frame.
    pub draft: DraftFrame,
    /// Every page: short name, title, whether the navigation shows it.
    pub pages: Vec<(String, String, bool)>,
    /// The form of one of them, or of a new one.
    pub form: PageForm,
    /// Comes back with the form, so that nobody overwrites what somebody else changed.
    pub seen: String,
    /// What is stored, where somebody else has changed it meanwhile.
    pub stored: Option<PageForm>,
    /// What is wrong.
    pub errors: Vec<FieldError>,
}

/// A page's fields.
#[derive(Clone, Debug, Default, Serialize)]
pub struct PageForm {
    /// Its short name; empty for a new one.
    pub slug: String,
    /// As typed.
    pub title: String,
    /// As typed, Markdown.
    pub markdown: String,
    /// Whether the navigation shows it.
    pub in_navigation: bool,
}

impl Look {
    fn sample(chrome: &Chrome) -> Self {
        let colour = |what: &str, asked: &str, used: &str, darkened| LookColour {
            what: what.into(),
            asked: asked.into(),
            used: used.into(),
            asked_ratio: "1.7".into(),
            used_ratio: "5.1".into(),
            darkened,
        };
        Self {
            site: chrome.clone(),
            css: "/console/look.css?brand=%23f5bd3b".into(),
            service_name: "Our Open Conversations".into(),
            colours: vec![
                colour("Header and large areas", "#f5bd3b", "#8a6b21", true),
                colour("Links", "#f5bd3b", "#7f621f", true),
                colour("The main button", "#14493f", "#14493f", false),
            ],
        }
    }
}

impl View for DraftPeople {
    const TEMPLATE: &'static str = "console/draft-people.html";

    fn samples(chrome: &Chrome) -> Vec<(&'static str, Self)> {
        let line = |slug: &str, route: &str, on_roll, people| OrganisationLine {
            slug: slug.into(),
            name: "Northfield Community Trust".into(),
            link: format!("https://example.org/join/first?organisation={slug}"),
            route: route.into(),
            on_roll,
            people,
        };
        let page = |organisations, takes_roll| DraftPeople {
            site: chrome.clone(),
            visit: Visit::sample(false, "/console/drafts/1/people"),
            desk: Desk::sample("/console/campaigns"),
            draft: DraftFrame::sample("people"),
            organisations,
            form: OrganisationForm { route: "invited".into(), ..OrganisationForm::default() },
            report: None,
            takes_roll,
            may_import: true,
            errors: vec![],
        };
        let two = vec![
            line("north", "Invited: you send each login details", 120, None),
            line("south", "They sign up themselves", 0, Some(4_500)),
        ];
        let mut report = page(two.clone(), true);
        report.report = Some(RollReport {
            import: "0f8fad5b-d9cb-469f-a165-70867728950e".into(),
            held: 118,
            problems: vec![RollProblem { lines: vec![7, 19], more: 64, reason: "No email address.".into() }],
            more_problems: 3,
            unknown: true,
            bad: 66,
            duplicates: vec!["line 2 is the same person as line(s) 8; the first is kept".into()],
            more_duplicates: 1,
            ignored: vec!["Date of birth".into()],
        });
        let mut refused = page(two.clone(), false);
        refused.form = OrganisationForm {
            slug: "south".into(),
            name: "South Trust".into(),
            route: "sign-up".into(),
            people: "many".into(),
            domains: "trust".into(),
            any_email: true,
        };
        refused.errors = vec![FieldError {
            field: "people".into(),
            text: "Write a number, such as 4500, or leave it empty.".into(),
        }];
        vec![
            ("empty", page(vec![], false)),
            ("two", page(two, true)),
            ("report", report),
            ("refused", refused),
        ]
    }
}

impl View for DraftBranding {
    const TEMPLATE: &'static str = "console/draft-branding.html";

    fn samples(chrome: &Chrome) -> Vec<(&'static str, Self)> {
        let page = |may_change, errors| DraftBranding {
            site: chrome.clone(),
            visit: Visit::sample(false, "/console/drafts/1/branding"),
            desk: Desk::sample("/console/campaigns"),
            draft: DraftFrame::sample("branding"),
            form: BrandingForm {
                service_name: "Our Open Conversations".into(),
                brand: "#f5bd3b".into(),
                link: String::new(),
                button: "#14493f".into(),
                footer: "For everyone who works here.".into(),
                logo_alt: String::new(),
            },
            seen: "3f".into(),
            stored: vec![],
            look: Look::sample(chrome),
            may_change,
            errors,
        };
        let wrong =
            FieldError { field: "brand".into(), text: "Write it as #rrggbb, such as #14493f.".into() };
        let mut settings = page(true, vec![]);
        settings.draft = DraftFrame::of_settings("branding");
        let mut late = page(true, vec![outdated()]);
        late.stored = vec![
            ("Name of the service".into(), "Our Open Conversations".into()),
            ("Brand colour".into(), "#14493f".into()),
            ("At the foot of every page".into(), "For everybody who works or volunteers here.".into()),
        ];
        vec![
            ("somebody-was-faster", late),
            ("settings", settings),
            ("darkened", page(true, vec![])),
            ("refused", page(true, vec![wrong])),
            ("reading-only", page(false, vec![])),
        ]
    }
}

impl View for Look {
    const TEMPLATE: &'static str = "console/look.html";

    /// Its states are those of the page that it is a part of.
    fn samples(_chrome: &Chrome) -> Vec<(&'static str, Self)> {
        Vec::new()
    }
}

impl View for DraftPages {
    const TEMPLATE: &'static str = "console/draft-pages.html";

    fn samples(chrome: &Chrome) -> Vec<(&'static str, Self)> {
        let page = |pages, form, errors| DraftPages {
            site: chrome.clone(),
            visit: Visit::sample(false, "/console/drafts/1/pages"),
            desk: Desk::sample("/console/campaigns"),
            draft: DraftFrame::sample("pages"),
            pages,
            form,
            seen: "3f".into(),
            stored: None,
            errors,
        };
        let about = ("about".to_owned(), "About".to_owned(), true);
        let form = PageForm {
            slug: "about".into(),
            title: "About".into(),
            markdown: "## Why\n\nBecause.".into(),
            in_navigation: true,
        };
        let wrong = FieldError { field: "title".into(), text: "Give the page a title.".into() };
        let mut late = page(vec![about.clone()], form.clone(), vec![outdated()]);
        late.stored =
            Some(PageForm { markdown: "## Why we ask\n\nBecause you know best.".into(), ..form.clone() });
        let mut settings = page(vec![about.clone()], PageForm::default(), vec![]);
        settings.draft = DraftFrame::of_settings("pages");
        vec![
            ("settings", settings),
            ("none", page(vec![], PageForm::default(), vec![])),
            ("one", page(vec![about.clone()], form, vec![])),
            ("somebody-was-faster", late),
            ("refused", page(vec![about], PageForm::default(), vec![wrong])),
        ]
    }
}
