//! What each page shows, as plain data: one file a page, one struct a template.
//!
//! A view says what *this* person may see and do here; templates ask no questions about permission. Every view
//! brings samples of all its states. They are rendered in tests and audited for accessibility, so a new state
//! without a sample is a state that nobody looked at.
//!
//! To add a page: a file here with a struct and `impl View`, its template under `templates/`, and one line in
//! [`all_samples`].

use minijinja::Value;
use minijinja::value::Serde;
use serde::Serialize;

mod activity;
mod begin;
pub mod blocks;
mod choices;
mod come_back;
mod confirm;
pub mod console;
mod contribution;
mod conversation;
mod countdown;
mod dates;
mod edit;
mod enter;
mod erase;
mod home;
mod information;
mod join;
mod keys;
mod leave;
mod ledger;
mod login;
mod mailbox;
mod message;
mod mine;
mod mine_moderation;
mod post;
mod preview;
mod published_report;
mod report;
mod share;
mod sign_up;
mod site;
mod standing;
mod stop_emails;
mod ways;
mod withdraw;

pub use activity::{ActivityPage, ActivityPlace};
pub use begin::{Begin, Employer, WayIn, Workplace};
pub use choices::FieldError;
pub(crate) use choices::{sample_prompts, sample_themes};
pub use come_back::ComeBack;
pub use confirm::{Confirm, ConfirmWith};
pub use contribution::{CommentForm, Contribution, MergedIdea, ReplyTo};
pub use conversation::{Conversation, Filters, Live};
pub use countdown::Countdown;
pub use dates::{DateChanged, Dates};
pub use edit::Edit;
pub use enter::Enter;
pub use erase::Erase;
pub use home::{Counts, Home, OtherCampaign};
pub use information::{
    Accessibility, Anonymity, CookieFact, Cookies, Facts, Operators, Owner, Page, Privacy,
};
pub use join::Join;
pub use keys::{CohortKey, DayCount, KeyCounts, Keys};
pub use leave::Leave;
pub use ledger::{Ledger, LedgerLine, ReasonInWords};
pub use login::Login;
pub use mailbox::{Mailbox, MailboxEmail};
pub use message::{Message, MessageKind};
pub use mine::{Mine, MyComment, MyIdea, MyKept, MyRefused, MyVote};
pub use mine_moderation::{MyModerated, MyModeration, MySaid, MyStanding, MyStop};
pub use post::{Author, Card, Comment};
pub use preview::{Preview, PreviewPerson};
pub use published_report::{PublishedReport, ReportEntry, ReportLink, ReportPiece};
pub use report::{ReasonChoice, Report};
pub use share::{IdeaForm, Share};
pub use sign_up::SignUp;
pub use site::{Campaign, Chrome, Contact, Link, Logo, Site, Visit, sample_sites};
pub use standing::{Standing, StandingKind};
pub use stop_emails::{StopEmails, StopState};
pub use ways::{Here, Ways};
pub use withdraw::{PostKind, Withdraw};

/// One page: a template and the data it is filled with.
pub trait View: Serialize + Sized {
    /// The template's path under `templates/`.
    const TEMPLATE: &'static str;

    /// Every state of this page, named, on the given site.
    fn samples(chrome: &Chrome) -> Vec<(&'static str, Self)>;
}

/// One sample of one page, ready to render.
pub struct Sample {
    /// `template/state`, for example `conversation/open`.
    pub name: String,
    /// The template's path under `templates/`.
    pub template: &'static str,
    /// What the template is filled with.
    pub value: Value,
}

/// Every sample of every page, on the given site.
pub fn all_samples(chrome: &Chrome) -> Vec<Sample> {
    let mut samples = Vec::new();
    collect::<Home>(chrome, &mut samples);
    collect::<console::DatesPage>(chrome, &mut samples);
    collect::<console::Campaigns>(chrome, &mut samples);
    collect::<console::LoginsPage>(chrome, &mut samples);
    collect::<console::EmailsPage>(chrome, &mut samples);
    collect::<console::EmailPage>(chrome, &mut samples);
    collect::<console::EmailAsked>(chrome, &mut samples);
    collect::<console::EmailPlanForm>(chrome, &mut samples);
    collect::<console::ToolkitPage>(chrome, &mut samples);
    collect::<console::ToolkitOne>(chrome, &mut samples);
    collect::<console::NewCampaign>(chrome, &mut samples);
    collect::<console::DraftPurpose>(chrome, &mut samples);
    collect::<console::DraftRounds>(chrome, &mut samples);
    collect::<console::DraftPeople>(chrome, &mut samples);
    collect::<console::DraftBranding>(chrome, &mut samples);
    collect::<console::DraftPages>(chrome, &mut samples);
    collect::<console::DraftEmails>(chrome, &mut samples);
    collect::<console::DraftCheck>(chrome, &mut samples);
    collect::<Page>(chrome, &mut samples);
    collect::<PublishedReport>(chrome, &mut samples);
    collect::<Anonymity>(chrome, &mut samples);
    collect::<Privacy>(chrome, &mut samples);
    collect::<Cookies>(chrome, &mut samples);
    collect::<Accessibility>(chrome, &mut samples);
    collect::<Enter>(chrome, &mut samples);
    collect::<Begin>(chrome, &mut samples);
    collect::<Login>(chrome, &mut samples);
    collect::<SignUp>(chrome, &mut samples);
    collect::<Confirm>(chrome, &mut samples);
    collect::<Standing>(chrome, &mut samples);
    collect::<StopEmails>(chrome, &mut samples);
    collect::<Mailbox>(chrome, &mut samples);
    collect::<Join>(chrome, &mut samples);
    collect::<ComeBack>(chrome, &mut samples);
    collect::<Keys>(chrome, &mut samples);
    collect::<Countdown>(chrome, &mut samples);
    collect::<Conversation>(chrome, &mut samples);
    collect::<Contribution>(chrome, &mut samples);
    collect::<ActivityPage>(chrome, &mut samples);
    collect::<Share>(chrome, &mut samples);
    collect::<Edit>(chrome, &mut samples);
    collect::<Withdraw>(chrome, &mut samples);
    collect::<Mine>(chrome, &mut samples);
    collect::<Report>(chrome, &mut samples);
    collect::<Ledger>(chrome, &mut samples);
    collect::<Erase>(chrome, &mut samples);
    collect::<Leave>(chrome, &mut samples);
    collect::<Message>(chrome, &mut samples);
    collect::<console::SignIn>(chrome, &mut samples);
    collect::<console::Welcome>(chrome, &mut samples);
    collect::<console::RecoveryCodes>(chrome, &mut samples);
    collect::<console::Prove>(chrome, &mut samples);
    collect::<console::Again>(chrome, &mut samples);
    collect::<console::Account>(chrome, &mut samples);
    collect::<console::Ways>(chrome, &mut samples);
    collect::<console::People>(chrome, &mut samples);
    collect::<console::Invite>(chrome, &mut samples);
    collect::<console::PersonPage>(chrome, &mut samples);
    collect::<console::Start>(chrome, &mut samples);
    collect::<console::Audit>(chrome, &mut samples);
    collect::<console::ModerationQueue>(chrome, &mut samples);
    collect::<console::ModerationCase>(chrome, &mut samples);
    collect::<console::Figures>(chrome, &mut samples);
    collect::<console::PolicyPage>(chrome, &mut samples);
    collect::<console::Platform>(chrome, &mut samples);
    collect::<console::RoundTypes>(chrome, &mut samples);
    collect::<console::AnswerSheets>(chrome, &mut samples);
    collect::<console::Tenants>(chrome, &mut samples);
    collect::<console::TenantPage>(chrome, &mut samples);
    collect::<console::TenantDelete>(chrome, &mut samples);
    collect::<console::Support>(chrome, &mut samples);
    collect::<console::Arrive>(chrome, &mut samples);
    samples
}

fn collect<V: View>(chrome: &Chrome, into: &mut Vec<Sample>) {
    let page = V::TEMPLATE.trim_end_matches(".html");
    into.extend(V::samples(chrome).into_iter().map(|(state, view)| Sample {
        name: format!("{page}/{state}"),
        template: V::TEMPLATE,
        value: Value::from(Serde(&view)),
    }));
}
