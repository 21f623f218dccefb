//! Changing one's own words.

use domain::round::{RoundState, Theme};
use serde::Serialize;

use super::{Campaign, Chrome, IdeaForm, PostKind, View, Visit, sample_themes};

/// The form for changing an idea or a comment.
#[derive(Clone, Debug, Serialize)]
pub struct Edit {
    /// The tenant's frame.
    pub site: Chrome,
    /// This visit.
    pub visit: Visit,
    /// Which conversation.
    pub campaign: Campaign,
    /// The post's id.
    pub post: String,
    /// An idea or a comment: comments have words only.
    pub kind: PostKind,
    /// The contribution to go back to.
    pub contribution: String,
    /// The themes to choose from; may be empty.
    pub themes: Vec<Theme>,
    /// What stands in the form.
    pub form: IdeaForm,
    /// The conversation closed while this was being written: show the words so that they can be kept.
    pub closed_meanwhile: bool,
}

impl View for Edit {
    const TEMPLATE: &'static str = "edit.html";

    fn samples(chrome: &Chrome) -> Vec<(&'static str, Edit)> {
        let edit = |kind, state, form| Edit {
            site: chrome.clone(),
            visit: Visit::sample(true, "/conversations/first/posts/7d0f5c1e/edit"),
            campaign: Campaign::sample(state),
            post: "7d0f5c1e".into(),
            kind,
            contribution: "7d0f5c1e".into(),
            themes: sample_themes(),
            form,
            closed_meanwhile: state == RoundState::Closed,
        };
        let open = RoundState::Open;
        let words = "The lift by the pharmacy has been out since spring.";
        vec![
            ("idea", edit(PostKind::Contribution, open, IdeaForm::sample(words, &[]))),
            ("comment", edit(PostKind::Comment, open, IdeaForm::sample(words, &[]))),
            (
                "emptied",
                edit(
                    PostKind::Comment,
                    open,
                    IdeaForm::sample("", &[("body", "Write something, or take the comment back instead")]),
                ),
            ),
            (
                "closed-meanwhile",
                edit(PostKind::Contribution, RoundState::Closed, IdeaForm::sample(words, &[])),
            ),
        ]
    }
}
