//! Sharing an idea.

use domain::round::{Prompt, RoundState, Theme};
use serde::Serialize;

use super::{Campaign, Chrome, FieldError, View, Visit, sample_prompts, sample_themes};

/// The form for a new contribution.
#[derive(Clone, Debug, Serialize)]
pub struct Share {
    /// The tenant's frame.
    pub site: Chrome,
    /// This visit.
    pub visit: Visit,
    /// Which conversation.
    pub campaign: Campaign,
    /// What it asks.
    pub prompts: Vec<Prompt>,
    /// The themes to choose from; may be empty.
    pub themes: Vec<Theme>,
    /// What stands in the form.
    pub form: IdeaForm,
    /// The conversation closed while this was being written: show the words so that they can be kept.
    pub closed_meanwhile: bool,
}

/// What stands in the form of an idea.
#[derive(Clone, Debug, Serialize)]
pub struct IdeaForm {
    /// The chosen prompt's key, or empty.
    pub prompt: String,
    /// The words.
    pub body: String,
    /// The chosen theme's value, or empty.
    pub theme: String,
    /// The chosen feeling's value, or empty.
    pub feeling: String,
    /// The most characters the words may have.
    pub limit: u32,
    /// What is wrong with it.
    pub errors: Vec<FieldError>,
}

impl IdeaForm {
    /// With nothing in it.
    pub fn empty() -> IdeaForm {
        IdeaForm {
            prompt: String::new(),
            body: String::new(),
            theme: String::new(),
            feeling: String::new(),
            limit: u32::try_from(domain::text::MAX_BODY_CHARACTERS).unwrap_or(u32::MAX),
            errors: Vec::new(),
        }
    }

    pub(crate) fn sample(body: &str, errors: &[(&str, &str)]) -> IdeaForm {
        IdeaForm {
            prompt: if body.is_empty() { String::new() } else { "blocks".into() },
            body: body.into(),
            theme: if body.is_empty() { String::new() } else { "kit".into() },
            feeling: if body.is_empty() { String::new() } else { "worried".into() },
            limit: 3_000,
            errors: errors
                .iter()
                .map(|(field, text)| FieldError { field: (*field).into(), text: (*text).into() })
                .collect(),
        }
    }
}

impl View for Share {
    const TEMPLATE: &'static str = "share.html";

    fn samples(chrome: &Chrome) -> Vec<(&'static str, Share)> {
        let share = |state, form, closed_meanwhile| Share {
            site: chrome.clone(),
            visit: Visit::sample(true, "/conversations/first/share"),
            campaign: Campaign::sample(state),
            prompts: sample_prompts(),
            themes: sample_themes(),
            form,
            closed_meanwhile,
        };
        let open = RoundState::Open;
        let written = "The lift by the pharmacy has been out since spring. Porters push beds around the whole building.";
        let mut no_options = share(open, IdeaForm::sample("", &[]), false);
        no_options.themes.clear();
        vec![
            ("new", share(open, IdeaForm::sample("", &[]), false)),
            ("no-options", no_options),
            (
                "nothing-filled-in",
                share(
                    open,
                    IdeaForm::sample(
                        "",
                        &[
                            ("prompt", "Choose which question you are answering"),
                            ("body", "Write your idea before you share it"),
                        ],
                    ),
                    false,
                ),
            ),
            (
                "too-long",
                share(
                    open,
                    IdeaForm::sample(
                        &written.repeat(40),
                        &[("body", "Your idea is 3,840 characters long. Make it 3,000 or fewer.")],
                    ),
                    false,
                ),
            ),
            ("closed-meanwhile", share(RoundState::Closed, IdeaForm::sample(written, &[]), true)),
        ]
    }
}
