//! The console's part of the URL map. What a route needs stands beside it, and nowhere else: the guard keeps it.

use actions::policy::Action::{
    Ask, Change, Create, Delete, Escalate, Export, Extend, Grant, Hide, Import, Launch, Read, Suspend,
};
use actions::policy::{Action, Kind};
use poem::{EndpointExt, IntoEndpoint};

use super::{Entry, get, post};
use crate::console::Guarded;
use crate::pages::console::{
    account, answers, audit, campaigns, content, dates, decisions, draft_emails, draft_launch, draft_look,
    draft_pages, draft_people, draft_rounds, drafts, emails, emails_form, emails_one, figures, logins,
    moderation, people, platform, policy, prove, round_types, settings, sign_in, start, support,
    tenant_delete, tenants, toolkit, toolkit_files, toolkit_one, welcome,
};
use crate::pages::single_sign_on;

/// A page for those who may do `action` to `kind`.
fn page<E: IntoEndpoint + 'static>(path: &'static str, kind: Kind, action: Action, endpoint: E) -> Entry
where
    E::Endpoint: 'static,
{
    guarded(get(path, endpoint), (kind, action))
}

/// A form for those who may do `action` to `kind`.
fn form<E: IntoEndpoint + 'static>(path: &'static str, kind: Kind, action: Action, endpoint: E) -> Entry
where
    E::Endpoint: 'static,
{
    guarded(post(path, endpoint), (kind, action))
}

fn guarded(entry: Entry, need: (Kind, Action)) -> Entry {
    Entry { endpoint: Guarded { inner: entry.endpoint, need }.boxed(), need: Some(need), ..entry }
}

/// What the console serves where named people's accounts are: their work on the identity side.
pub(super) fn identity_table() -> Vec<Entry> {
    vec![
        get("/console/sign-in", sign_in::show),
        post("/console/sign-in", sign_in::send),
        post("/console/sign-in/passkey", sign_in::use_passkey),
        get("/console/sign-in/organisation/:organisation", single_sign_on::begin_sign_in),
        get("/console/welcome", welcome::show),
        post("/console/welcome", welcome::set_password),
        post("/console/welcome/passkey", welcome::make_passkey),
        page("/console", Kind::Console, Read, start::show),
        form("/console/sign-out", Kind::Console, Read, sign_in::leave),
        page("/console/prove", Kind::Console, Read, prove::show),
        form("/console/prove", Kind::Console, Read, prove::send),
        form("/console/prove/passkey", Kind::Console, Read, prove::use_passkey),
        page("/console/account", Kind::Console, Read, account::show),
        form("/console/account/sessions", Kind::Console, Read, account::end_session),
        form("/console/account/passkeys/remove", Kind::Console, Read, account::remove_passkey),
        form("/console/account/recovery-codes", Kind::Console, Read, account::new_recovery_codes),
        page("/console/account/ways", Kind::Console, Read, account::show_ways),
        form("/console/account/ways/passkey", Kind::Console, Read, account::add_passkey),
        form("/console/account/ways/password", Kind::Console, Read, account::change_password),
        form("/console/account/ways/app", Kind::Console, Read, account::set_up_app),
        page("/console/people", Kind::Account, Read, people::list),
        page("/console/people/invite", Kind::Account, Create, people::show_invite),
        form("/console/people/invite", Kind::Account, Create, people::invite),
        page("/console/people/:id", Kind::Account, Read, people::show),
        form("/console/people/:id/roles", Kind::Role, Grant, people::set_roles),
        form("/console/people/:id/suspend", Kind::Account, Suspend, people::suspend),
        form("/console/people/:id/withdraw", Kind::Account, Suspend, people::withdraw),
        form("/console/people/:id/resume", Kind::Account, Suspend, people::resume),
        form("/console/people/:id/reset", Kind::Role, Grant, people::reset),
        page("/console/policy", Kind::Policy, Read, policy::show),
        form("/console/policy", Kind::Policy, Change, policy::change),
        page("/console/platform", Kind::Platform, Read, platform::show),
        get("/console/support/arrive", support::show_arrival),
        post("/console/support/arrive", support::arrive),
        page("/console/support", Kind::Support, Read, support::list),
        form("/console/support/:id/end", Kind::Support, Suspend, support::end),
        form("/console/tenants/:slug/support", Kind::Support, Grant, support::open),
        page("/console/tenants", Kind::Tenant, Read, tenants::list),
        form("/console/tenants", Kind::Tenant, Create, tenants::create),
        page("/console/tenants/:slug", Kind::Tenant, Read, tenants::show),
        page("/console/tenants/:slug/settings", Kind::Tenant, Export, tenants::settings),
        form("/console/tenants/:slug/lead", Kind::Tenant, Create, tenants::invite_lead),
        form("/console/tenants/:slug/suspend", Kind::Tenant, Suspend, tenants::suspend),
        form("/console/tenants/:slug/resume", Kind::Tenant, Suspend, tenants::resume),
        form("/console/tenants/:slug/flags", Kind::Tenant, Suspend, tenants::switch),
        page("/console/tenants/:slug/delete", Kind::Tenant, Delete, tenant_delete::show),
        form("/console/tenants/:slug/delete", Kind::Tenant, Delete, tenant_delete::send),
        page("/console/campaigns", Kind::Campaign, Read, campaigns::list),
        page("/console/campaigns/new", Kind::Campaign, Create, campaigns::show_new),
        form("/console/campaigns/new", Kind::Campaign, Create, campaigns::start),
        page("/console/drafts/:id/purpose", Kind::Campaign, Change, drafts::show_purpose),
        form("/console/drafts/:id/purpose", Kind::Campaign, Change, drafts::save_purpose),
        page("/console/drafts/:id/rounds", Kind::Campaign, Change, draft_rounds::show),
        form("/console/drafts/:id/rounds", Kind::Campaign, Change, draft_rounds::send),
        page("/console/drafts/:id/people", Kind::Campaign, Change, draft_people::show),
        form("/console/drafts/:id/people", Kind::Organisation, Change, draft_people::save),
        form("/console/drafts/:id/roll", Kind::Roll, Import, draft_people::import_roll),
        form("/console/drafts/:id/roll/settle", Kind::Roll, Import, draft_people::settle_roll),
        page("/console/drafts/:id/branding", Kind::Campaign, Change, draft_look::show_branding),
        form("/console/drafts/:id/branding", Kind::Branding, Change, draft_look::save_branding),
        form("/console/drafts/:id/logo", Kind::Branding, Change, draft_look::save_logo),
        page("/console/look", Kind::Branding, Read, draft_look::look),
        page("/console/look.css", Kind::Branding, Read, draft_look::look_css),
        page("/console/drafts/:id/pages", Kind::Campaign, Change, draft_pages::show),
        form("/console/drafts/:id/pages", Kind::Branding, Change, draft_pages::save),
        page("/console/settings/branding", Kind::Branding, Read, settings::show_branding),
        form("/console/settings/branding", Kind::Branding, Change, settings::save_branding),
        form("/console/settings/logo", Kind::Branding, Change, settings::save_logo),
        page("/console/settings/pages", Kind::Branding, Read, settings::show_pages),
        form("/console/settings/pages", Kind::Branding, Change, settings::save_pages),
        page("/console/drafts/:id/emails", Kind::Campaign, Change, draft_emails::show_emails),
        form("/console/drafts/:id/emails", Kind::Campaign, Change, draft_emails::save_emails),
        page("/console/drafts/:id/check", Kind::Campaign, Change, draft_launch::show),
        page("/console/drafts/:id/preview", Kind::Campaign, Change, draft_launch::preview),
        form("/console/drafts/:id/launch", Kind::Campaign, Launch, draft_launch::launch),
        form("/console/drafts/:id/discard", Kind::Campaign, Change, draft_launch::discard),
        page("/console/campaigns/:campaign/dates", Kind::Campaign, Read, dates::show),
        form("/console/campaigns/:campaign/dates", Kind::Campaign, Extend, dates::change),
        page("/console/campaigns/:campaign/emails", Kind::Campaign, Read, emails::list),
        page("/console/campaigns/:campaign/emails/:email", Kind::Campaign, Read, emails_one::show),
        form("/console/campaigns/:campaign/emails/:email", Kind::Campaign, Change, emails_one::do_to),
        form(
            "/console/campaigns/:campaign/emails/:email/test",
            Kind::Campaign,
            Change,
            emails_one::send_test,
        ),
        page("/console/campaigns/:campaign/emails/:email/change", Kind::Campaign, Change, emails_form::show),
        form("/console/campaigns/:campaign/emails/:email/change", Kind::Campaign, Change, emails_form::send),
        page("/console/campaigns/:campaign/new-email", Kind::Campaign, Change, emails_form::show_new),
        form("/console/campaigns/:campaign/new-email", Kind::Campaign, Change, emails_form::add),
        page("/console/campaigns/:campaign/logins", Kind::Roll, Read, logins::show),
        form("/console/campaigns/:campaign/logins", Kind::Roll, Import, logins::send),
        page("/console/campaigns/:campaign/toolkit", Kind::Campaign, Read, toolkit::list),
        page("/console/campaigns/:campaign/toolkit/:organisation", Kind::Campaign, Read, toolkit_one::show),
        page(
            "/console/campaigns/:campaign/toolkit/:organisation/pieces/:piece",
            Kind::Campaign,
            Read,
            toolkit_one::fetch_piece,
        ),
        form(
            "/console/campaigns/:campaign/toolkit/:organisation/make",
            Kind::Campaign,
            Change,
            toolkit_one::make,
        ),
        form(
            "/console/campaigns/:campaign/toolkit/:organisation/letters",
            Kind::Roll,
            Import,
            toolkit_one::letters,
        ),
        page(
            "/console/campaigns/:campaign/files/:id/:number",
            Kind::Campaign,
            Read,
            toolkit_files::fetch_toolkit,
        ),
        form(
            "/console/campaigns/:campaign/files/:id/drop",
            Kind::Campaign,
            Change,
            toolkit_files::drop_toolkit,
        ),
        page(
            "/console/campaigns/:campaign/letters/:id/:number",
            Kind::Roll,
            Import,
            toolkit_files::fetch_letters,
        ),
        form(
            "/console/campaigns/:campaign/letters/:id/drop",
            Kind::Roll,
            Import,
            toolkit_files::drop_letters,
        ),
        page("/console/campaigns/:campaign/figures", Kind::Figures, Read, figures::show),
        page("/console/campaigns/:campaign/figures/export", Kind::Figures, Export, figures::export),
        page("/console/audit", Kind::Audit, Read, audit::show),
        page("/console/audit/export", Kind::Audit, Export, audit::export),
    ]
}

/// The console's work on the conversation side: looking after what people write, and codes that let them in.
pub(super) fn conversation_table() -> Vec<Entry> {
    vec![
        page("/console/round-types", Kind::Platform, Read, round_types::list),
        form("/console/round-types/withdraw", Kind::Platform, Change, round_types::withdraw),
        form("/console/round-types/upgrade", Kind::Platform, Change, round_types::upgrade),
        page("/console/campaigns/:campaign/answers", Kind::Content, Export, answers::list),
        page("/console/campaigns/:campaign/answers/:round/:sheet", Kind::Content, Export, answers::export),
        page("/console/campaigns/:campaign/content", Kind::Content, Export, content::export),
        form(
            "/console/campaigns/:campaign/toolkit/:organisation/codes",
            Kind::Roll,
            Import,
            toolkit_one::print_codes,
        ),
        page("/console/campaigns/:campaign/moderation", Kind::Post, Read, moderation::list),
        form("/console/campaigns/:campaign/moderation/next", Kind::Post, Change, decisions::take_next),
        page("/console/campaigns/:campaign/moderation/:post", Kind::Post, Read, moderation::show),
        form("/console/campaigns/:campaign/moderation/:post/claim", Kind::Post, Change, decisions::claim),
        form("/console/campaigns/:campaign/moderation/:post/keep", Kind::Post, Change, decisions::keep),
        form("/console/campaigns/:campaign/moderation/:post/amend", Kind::Post, Change, decisions::amend),
        form("/console/campaigns/:campaign/moderation/:post/merge", Kind::Post, Change, decisions::merge),
        form("/console/campaigns/:campaign/moderation/:post/lock", Kind::Post, Change, decisions::lock),
        form("/console/campaigns/:campaign/moderation/:post/hide", Kind::Post, Hide, decisions::hide),
        form("/console/campaigns/:campaign/moderation/:post/restore", Kind::Post, Hide, decisions::restore),
        form("/console/campaigns/:campaign/moderation/:post/ask", Kind::Post, Ask, decisions::ask),
        form(
            "/console/campaigns/:campaign/moderation/:post/suspend",
            Kind::Participant,
            Suspend,
            decisions::suspend,
        ),
        form(
            "/console/campaigns/:campaign/moderation/:post/end-suspension",
            Kind::Participant,
            Suspend,
            decisions::end_suspension,
        ),
        form(
            "/console/campaigns/:campaign/moderation/:post/escalate",
            Kind::Participant,
            Escalate,
            decisions::escalate,
        ),
    ]
}
