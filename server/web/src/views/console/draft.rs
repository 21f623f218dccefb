//! A campaign that is being prepared, step by step: what it is for, its rounds, its emails, what is still missing.

use serde::Serialize;

use super::Desk;
use crate::views::{Chrome, FieldError, View, Visit};

/// What every step shows around its own.
#[derive(Clone, Debug, Serialize)]
pub struct DraftFrame {
    /// The draft's id; empty where the same pages change a tenant's settings outside any draft.
    pub id: String,
    /// Where its pages are, without the site's base.
    pub at: String,
    /// What it is called.
    pub title: String,
    /// Comes back with every form, so that nobody overwrites what somebody else changed.
    pub version: i64,
    /// Every step.
    pub steps: Vec<DraftStep>,
    /// The short name of the step that comes next.
    pub next: String,
    /// The step's own short name.
    pub step: String,
}

/// A step.
#[derive(Clone, Debug, Serialize)]
pub struct DraftStep {
    /// Its short name in addresses.
    pub slug: String,
    /// What it is called.
    pub title: String,
    /// Whether nothing is missing in it.
    pub done: bool,
}

/// The steps: short name and title.
pub(crate) const STEPS: [(&str, &str); 7] = [
    ("purpose", "Purpose"),
    ("rounds", "Rounds and questions"),
    ("people", "People"),
    ("branding", "Look"),
    ("pages", "Pages"),
    ("emails", "Emails"),
    ("check", "Check and launch"),
];

/// Those of them that are a tenant's settings as well.
const SETTINGS: [&str; 2] = ["branding", "pages"];

impl DraftFrame {
    /// The frame of a tenant's settings, at `step` of [`SETTINGS`].
    pub(crate) fn of_settings(step: &str) -> Self {
        let steps = STEPS.iter().filter(|(slug, _)| SETTINGS.contains(slug));
        let steps = steps.map(|(slug, title)| DraftStep {
            slug: (*slug).into(),
            title: (*title).into(),
            done: false,
        });
        Self {
            id: String::new(),
            at: "/console/settings".into(),
            title: String::new(),
            version: 0,
            steps: steps.collect(),
            next: String::new(),
            step: step.into(),
        }
    }

    pub(crate) fn sample(step: &str) -> Self {
        let steps = STEPS.iter().enumerate().map(|(place, (slug, title))| DraftStep {
            slug: (*slug).into(),
            title: (*title).into(),
            done: place < 2,
        });
        let place = STEPS.iter().position(|(slug, _)| *slug == step).unwrap_or_default();
        Self {
            id: "0f8fad5b-d9cb-469f-a165-70867728950e".into(),
            at: "/console/drafts/0f8fad5b-d9cb-469f-a165-70867728950e".into(),
            title: "A third conversation".into(),
            version: 3,
            steps: steps.collect(),
            next: STEPS[(place + 1).min(STEPS.len() - 1)].0.into(),
            step: step.into(),
        }
    }
}

/// Purpose.
#[derive(Clone, Debug, Serialize)]
pub struct DraftPurpose {
    /// The tenant's frame.
    pub site: Chrome,
    /// This visit.
    pub visit: Visit,
    /// The console's frame.
    pub desk: Desk,
    /// The draft's frame.
    pub draft: DraftFrame,
    /// As typed.
    pub title: String,
    /// As typed.
    pub purpose: String,
    /// As typed.
    pub what_next: String,
    /// As typed.
    pub smallest_group: String,
    /// What is wrong.
    pub errors: Vec<FieldError>,
}

/// Rounds and questions.
#[derive(Clone, Debug, Serialize)]
pub struct DraftRounds {
    /// The tenant's frame.
    pub site: Chrome,
    /// This visit.
    pub visit: Visit,
    /// The console's frame.
    pub desk: Desk,
    /// The draft's frame.
    pub draft: DraftFrame,
    /// Every round: short name and title.
    pub rounds: Vec<(String, String)>,
    /// The one that is shown.
    pub round: RoundForm,
    /// What people can do in a round: name and title.
    pub choices: Vec<(String, String)>,
    /// Parts of the settings of what people do in this round, and what each means.
    pub parts: Vec<(String, String)>,
    /// What is wrong.
    pub errors: Vec<FieldError>,
}

/// A round's form.
#[derive(Clone, Debug, Default, Serialize)]
pub struct RoundForm {
    /// Its short name.
    pub slug: String,
    /// As typed.
    pub title: String,
    /// For a field of local time.
    pub opens: String,
    /// The same.
    pub closes: String,
    /// `pre` or `post`.
    pub moderation: String,
    /// What people do in it: the name of its type.
    pub round_type: String,
    /// What that is told: JSON, as typed.
    pub settings: String,
    /// Its questions.
    pub prompts: Vec<PromptForm>,
    /// One theme a line.
    pub themes: String,
}

/// A question's fields.
#[derive(Clone, Debug, Default, Serialize)]
pub struct PromptForm {
    /// Its short name.
    pub slug: String,
    /// The question.
    pub text: String,
    /// A line of help.
    pub hint: String,
    /// The words for agree.
    pub agree: String,
    /// The words for disagree.
    pub disagree: String,
    /// The words for pass.
    pub pass: String,
}

/// What blocks the launch, and the launch.
#[derive(Clone, Debug, Serialize)]
pub struct DraftCheck {
    /// The tenant's frame.
    pub site: Chrome,
    /// This visit.
    pub visit: Visit,
    /// The console's frame.
    pub desk: Desk,
    /// The draft's frame.
    pub draft: DraftFrame,
    /// What blocks the launch: the step's short name, its title, and why.
    pub blockers: Vec<(String, String, String)>,
    /// What a launch would leave undone.
    pub warnings: Vec<LaunchWarning>,
    /// How many emails are planned.
    pub emails: usize,
    /// When the first round opens.
    pub opens: String,
    /// When the last one closes.
    pub closes: String,
    /// How many organisations take part.
    pub organisations: usize,
    /// The smallest group that figures show.
    pub smallest_group: u32,
    /// Whether this person may launch.
    pub may_launch: bool,
    /// What is wrong.
    pub errors: Vec<FieldError>,
}

impl View for DraftPurpose {
    const TEMPLATE: &'static str = "console/draft-purpose.html";

    fn samples(chrome: &Chrome) -> Vec<(&'static str, Self)> {
        let page = |errors| DraftPurpose {
            site: chrome.clone(),
            visit: Visit::sample(false, "/console/drafts/1/purpose"),
            desk: Desk::sample("/console/campaigns"),
            draft: DraftFrame::sample("purpose"),
            title: "A third conversation".into(),
            purpose: "Tell us what has changed.".into(),
            what_next: "We publish what you said.".into(),
            smallest_group: "10".into(),
            errors,
        };
        let wrong =
            FieldError { field: "smallest_group".into(), text: "Give a number from 5 to 1000.".into() };
        vec![("filled-in", page(vec![])), ("refused", page(vec![wrong, outdated()]))]
    }
}

/// What somebody reads who was too slow.
pub(super) fn outdated() -> FieldError {
    FieldError {
        field: String::new(),
        text:
            "Somebody else has changed this meanwhile. Look at what it says now, then make your change again."
                .into(),
    }
}

/// Something that a launch would leave undone.
#[derive(Clone, Debug, Serialize)]
pub struct LaunchWarning {
    /// Where it is done, without the site's base.
    pub path: String,
    /// What that place is called.
    pub place: String,
    /// What is undone.
    pub words: String,
}

impl View for DraftRounds {
    const TEMPLATE: &'static str = "console/draft-rounds.html";

    fn samples(chrome: &Chrome) -> Vec<(&'static str, Self)> {
        let prompt = |number: u32| PromptForm {
            slug: format!("question-{number}"),
            text: "What would help?".into(),
            agree: "Agree".into(),
            disagree: "Disagree".into(),
            pass: "Not sure".into(),
            ..PromptForm::default()
        };
        let page = |rounds: &[&str], errors: Vec<FieldError>, errors_in_settings: bool| DraftRounds {
            site: chrome.clone(),
            visit: Visit::sample(false, "/console/drafts/1/rounds"),
            desk: Desk::sample("/console/campaigns"),
            draft: DraftFrame::sample("rounds"),
            rounds: rounds.iter().map(|slug| ((*slug).to_owned(), "Open discussion".to_owned())).collect(),
            round: RoundForm {
                slug: "round".into(),
                title: "Open discussion".into(),
                opens: "2026-03-02T09:00".into(),
                closes: String::new(),
                moderation: "post".into(),
                round_type: if errors_in_settings { "quick-pulse" } else { "open-discussion" }.into(),
                settings: if errors_in_settings { "{ \"questions\": ".into() } else { String::new() },
                prompts: vec![prompt(1), prompt(2)],
                themes: "Rotas\nPay".into(),
            },
            choices: vec![
                ("open-discussion".into(), "Open discussion".into()),
                ("quick-pulse".into(), "Quick pulse".into()),
            ],
            parts: if errors_in_settings {
                vec![("questions".into(), "Each has an “id” and its “text”.".into())]
            } else {
                vec![]
            },
            errors,
        };
        let unread = FieldError { field: "settings".into(), text: "This is not JSON.".into() };
        let wrong = FieldError {
            field: "closes".into(),
            text: "Write the day and the time, such as 2 March 2026, 09:00.".into(),
        };
        vec![
            ("one-round", page(&["round"], vec![], false)),
            ("two-rounds", page(&["round", "round-2"], vec![], false)),
            ("refused", page(&["round"], vec![wrong], false)),
            ("settings-refused", page(&["round"], vec![unread], true)),
        ]
    }
}

impl View for DraftCheck {
    const TEMPLATE: &'static str = "console/draft-check.html";

    fn samples(chrome: &Chrome) -> Vec<(&'static str, Self)> {
        let page = |blockers: Vec<(String, String, String)>, may_launch| DraftCheck {
            site: chrome.clone(),
            visit: Visit::sample(false, "/console/drafts/1/check"),
            desk: Desk::sample("/console/campaigns"),
            draft: DraftFrame::sample("check"),
            blockers,
            warnings: vec![],
            emails: 4,
            opens: "Monday 2 March 2026 at 9:00am".into(),
            closes: "Monday 16 March 2026 at 11:59pm".into(),
            organisations: 2,
            smallest_group: 10,
            may_launch,
            errors: vec![],
        };
        let blocker = (
            "rounds".to_owned(),
            "Rounds and questions".to_owned(),
            "say when “Open discussion” opens".to_owned(),
        );
        let mut changed = page(vec![], true);
        changed.errors = vec![outdated()];
        let mut warned = page(vec![], true);
        warned.emails = 0;
        warned.warnings = vec![LaunchWarning {
            path: "/console/drafts/1/people".into(),
            place: "People".into(),
            words: "Nobody of “North Trust” is on the list.".into(),
        }];
        vec![
            ("warned", warned),
            ("ready", page(vec![], true)),
            ("blocked", page(vec![blocker], true)),
            ("may-not-launch", page(vec![], false)),
            ("changed-meanwhile", changed),
        ]
    }
}
