//! Pages and forms, one subject a file. Each works without JavaScript: a form is sent, something happens, the browser is sent on.

pub(crate) mod activity;
pub(crate) mod begin;
pub(crate) mod cards;
pub(crate) mod come_back;
pub(crate) mod confirm;
pub(crate) mod console;
pub(crate) mod contribution;
pub(crate) mod conversation;
pub(crate) mod countdown;
pub(crate) mod dates;
pub(crate) mod email_reports;
pub(crate) mod enter;
pub(crate) mod files;
pub(crate) mod home;
pub(crate) mod information;
pub(crate) mod issue;
pub(crate) mod join;
pub(crate) mod keys;
pub(crate) mod leave;
pub(crate) mod login;
pub(crate) mod mailbox;
pub(crate) mod mine;
pub(crate) mod mine_moderation;
pub(crate) mod onward;
pub(crate) mod posts;
pub(crate) mod published_report;
pub(crate) mod report;
pub(crate) mod share;
pub(crate) mod sign_up;
pub(crate) mod single_sign_on;
pub(crate) mod stop_emails;
mod tries;
pub(crate) mod votes;

/// What a campaign's front page says under the lead.
fn home_body(campaign: &actions::Campaign) -> String {
    crate::text_html::markdown_html(&format!("## What happens next\n\n{}", campaign.what_next))
}
