//! The record of what named people did.

use serde::Serialize;

use super::Desk;
use crate::views::{Chrome, View, Visit};

/// Which side's record.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum AuditSide {
    /// Accounts, campaigns, rolls, keys.
    Identity,
    /// What moderators did.
    Conversation,
}

impl AuditSide {
    /// Its name in addresses.
    pub fn slug(self) -> &'static str {
        match self {
            Self::Identity => "identity",
            Self::Conversation => "conversation",
        }
    }

    /// The side called `slug`; the identity side for any other word.
    pub fn from_slug(slug: &str) -> Self {
        if slug == Self::Conversation.slug() { Self::Conversation } else { Self::Identity }
    }
}

/// What each thing is called that the record holds. The exported record keeps the name on the left.
const DEEDS: &[(&str, &str)] = &[
    ("account.accept", "Accepted an invitation"),
    ("account.add-passkey", "Added a passkey"),
    ("account.change-password", "Changed their password"),
    ("account.end-session", "Signed out one of their devices"),
    ("account.invite", "Invited a colleague"),
    ("account.new-recovery-codes", "Made new recovery codes"),
    ("account.prove", "Showed again who they are"),
    ("account.remove-passkey", "Removed a passkey"),
    ("account.reset", "Sent new sign-in details"),
    ("account.resume", "Let somebody in again"),
    ("account.session-misused", "A sign-in was used in a way that it must not be"),
    ("account.set-up-password", "Set a password"),
    ("account.sign-in", "Signed in"),
    ("account.sign-in-refused", "Was not let in"),
    ("account.sign-out", "Signed out"),
    ("account.suspend", "Stopped somebody from signing in"),
    ("account.withdraw", "Withdrew an invitation"),
    ("audit.export", "Downloaded the record"),
    ("branding.change", "Changed the look"),
    ("branding.page", "Wrote or changed a page"),
    ("branding.remove-page", "Removed a page"),
    ("campaign.discard-draft", "Deleted a draft"),
    ("campaign.draft", "Began a draft"),
    ("campaign.extended", "Gave more time"),
    ("campaign.launch", "Launched a conversation"),
    ("campaign.paused", "Paused a conversation"),
    ("campaign.reopened", "Opened a conversation again"),
    ("campaign.resumed", "Ended a pause"),
    ("campaign.shortened", "Moved the end to an earlier time"),
    ("codes.print", "Had sealed codes made"),
    ("content.export", "Downloaded everything that was said"),
    ("answers.export", "Downloaded answers from an activity, without names"),
    ("email.cancel", "Took an email off"),
    ("email.pause", "Let an email rest"),
    ("email.plan", "Changed the plan of emails"),
    ("email.resume", "Let an email go on"),
    ("email.send-now", "Sent an email at once"),
    ("email.test", "Sent themselves a test of an email"),
    ("figures.export", "Downloaded the figures"),
    ("handout.drop", "Took a toolkit or letters off the list"),
    ("organisation.change", "Changed an organisation"),
    ("participant.end-suspension", "Let an author write again"),
    ("participant.suspend", "Stopped an author from writing"),
    ("policy.add", "Added a line to who may do what"),
    ("policy.change", "Changed who may do what"),
    ("policy.remove", "Removed a line from who may do what"),
    ("post.amend", "Changed the words of a post"),
    ("post.appeal", "Its author asked for another look"),
    ("post.ask", "Asked an author"),
    ("post.escalate", "Noted that somebody may not be safe"),
    ("post.hide", "Hid a post"),
    ("post.hold", "A rule held a post"),
    ("post.keep", "Kept a post"),
    ("post.merge", "Put two ideas together"),
    ("post.report", "A post was reported"),
    ("post.restore", "Brought a post back"),
    ("role.grant", "Gave a role"),
    ("role.revoke", "Took a role away"),
    ("roll.fetch-logins", "Downloaded letters with login details"),
    ("roll.import", "Brought people onto a list"),
    ("roll.print-logins", "Had letters with login details made"),
    ("roll.send-logins", "Sent login details"),
    ("support.arrive", "Came in as platform support"),
    ("support.end", "Ended a support access"),
    ("support.open", "Opened a support access"),
    ("tenant.create", "Made a tenant"),
    ("tenant.delete", "Set a tenant to be deleted"),
    ("tenant.erase", "Deleted a tenant for good"),
    ("tenant.export", "Downloaded a tenant’s settings"),
    ("tenant.flags", "Switched parts of the service on or off"),
    ("tenant.invite-lead", "Invited a tenant’s first comms lead"),
    ("tenant.resume", "Opened a tenant again"),
    ("tenant.suspend", "Suspended a tenant"),
    ("thread.lock", "Closed the comments"),
    ("thread.unlock", "Opened the comments again"),
    ("toolkit.make", "Had a toolkit made"),
];

/// What was done, in words; what has none here, as the record names it.
pub(crate) fn deed_words(what: &str) -> &str {
    DEEDS.iter().find(|(slug, _)| *slug == what).map_or(what, |(_, words)| words)
}

/// A page of the record.
#[derive(Clone, Debug, Serialize)]
pub struct Audit {
    /// The tenant's frame.
    pub site: Chrome,
    /// This visit.
    pub visit: Visit,
    /// The console's frame.
    pub desk: Desk,
    /// Which side's.
    pub side: AuditSide,
    /// Whether both sides' records are here.
    pub both: bool,
    /// What was done, newest first.
    pub lines: Vec<AuditLine>,
    /// Where older lines begin, if there are some.
    pub older: Option<i64>,
    /// What checking the whole record found, if that was asked for.
    pub checked: Option<AuditChecked>,
    /// Whether this person may carry it away.
    pub may_export: bool,
}

/// What checking a whole record found.
#[derive(Clone, Debug, Serialize)]
#[serde(tag = "found", rename_all = "snake_case")]
pub enum AuditChecked {
    /// The chain holds.
    Whole {
        /// How many lines there are.
        entries: u64,
        /// The chain's head, to note elsewhere: `number:digest`.
        head: String,
    },
    /// It does not.
    Broken {
        /// Where and why, in words.
        why: String,
    },
}

/// One deed.
#[derive(Clone, Debug, Serialize)]
pub struct AuditLine {
    /// Its place.
    pub number: i64,
    /// When, in the tenant's own time.
    pub at: String,
    /// Who.
    pub by: String,
    /// What was done, in words.
    pub what: String,
    /// The same as the exported record names it.
    pub machine: String,
    /// To which one.
    pub subject: String,
    /// What else there is to say.
    pub detail: String,
}

impl View for Audit {
    const TEMPLATE: &'static str = "console/audit.html";

    fn samples(chrome: &Chrome) -> Vec<(&'static str, Self)> {
        let line = |number, what: &str, subject: &str, detail: &str| AuditLine {
            number,
            at: "6 May 2024, 10:12".into(),
            by: "Alex Rowan".into(),
            what: deed_words(what).into(),
            machine: what.into(),
            subject: subject.into(),
            detail: detail.into(),
        };
        let full = Audit {
            site: chrome.clone(),
            visit: Visit::sample(false, "/console/audit"),
            desk: Desk::sample("/console/audit"),
            side: AuditSide::Identity,
            both: true,
            lines: vec![
                line(
                    2,
                    "campaign.extended",
                    "second-conversation",
                    "closes 7 May 23:59 → 9 May 23:59: more time was asked for",
                ),
                line(1, "role.grant", "Sam Birch", "moderator"),
                line(0, "account.sign-in", "Alex Rowan", "passkey"),
            ],
            older: Some(0),
            checked: None,
            may_export: true,
        };
        let empty = Audit { lines: vec![], older: None, may_export: false, ..full.clone() };
        let head = "2:6f0c9d3c1d5e0f4f7d9f25c7a4e0b6e2c6a1f5b8d3e4c7a9b0d1e2f3a4b5c6d7".into();
        let whole = Audit { checked: Some(AuditChecked::Whole { entries: 3, head }), ..full.clone() };
        let why =
            "entry 1 of the audit log: its digest does not fit what it says and the entry before".into();
        let checked = Some(AuditChecked::Broken { why });
        let broken = Audit { checked, side: AuditSide::Conversation, ..full.clone() };
        vec![("full", full), ("empty", empty), ("whole", whole), ("broken", broken)]
    }
}
