//! Pages and forms, one subject a file. Each works without JavaScript: a form is sent, something happens, the browser is sent on.

mod cards;
pub(crate) mod contribution;
pub(crate) mod conversation;
pub(crate) mod enter;
pub(crate) mod files;
pub(crate) mod home;
pub(crate) mod information;
pub(crate) mod leave;
pub(crate) mod mine;
pub(crate) mod posts;
pub(crate) mod share;
pub(crate) mod votes;

/// What a campaign's front page says under the lead.
fn home_body(campaign: &actions::Campaign) -> String {
    crate::text_html::markdown_html(&format!("## What happens next\n\n{}", campaign.what_next))
}
