//! The platform's tenants: made, suspended, let go, with parts switched off. For operators, in the platform's own tenant.

mod undelivered;

use std::sync::Arc;

use actions::policy::{Action, Kind};
use actions::{
    AccountRefusal, Invited, MAX_SUPPORT_HOURS, NewTenant, NewTenantRefusal, StandingChange, StandingRefusal,
    Tenant,
};
use domain::tenant_pack::{Flag, GRACE_DAYS, Standing};
use poem::http::StatusCode;
use poem::web::Path;
use poem::{Response, Result, handler};

use super::drafts::error;
use super::entering::{MAX_SHOWN, refused};
use super::people::welcome;
use super::{download, edit_refused};
use crate::console::{Staff, StaffForm};
use crate::fault::PageError;
use crate::views::FieldError;
use crate::views::console::{LeadForm, Switch, TenantField, TenantForm, TenantLine, TenantPage, Tenants};

pub(super) const PATH: &str = "/console/tenants";
/// Said where an invitation was made and its email is not taken.
const UNSENT: &str = "They are invited, but the email did not leave: we cannot send email just now. Invite them again in a few minutes.";

#[handler]
pub(crate) async fn list(staff: Staff) -> Result<Response> {
    only_at_the_platform(&staff)?;
    list_page(&staff, StatusCode::OK, &NewTenant::default(), Vec::new()).await
}

#[handler]
pub(crate) async fn create(form: StaffForm) -> Result<Response> {
    only_at_the_platform(&form.staff)?;
    form.staff.require_recent_proof(PATH).await?;
    let text = |name| form.field(name).trim().to_owned();
    let new = NewTenant {
        slug: text("slug"),
        name: text("name"),
        short_name: text("short_name"),
        host: text("host").to_ascii_lowercase(),
        questions: text("questions"),
        support: text("support"),
        support_name: text("support_name"),
    };
    let staff = &form.staff;
    match staff.state.sides.create_tenant(staff.actor(), &new).await {
        Ok(()) => Ok(form.see_other(&format!("{PATH}/{}?done=made", new.slug))),
        Err(NewTenantRefusal::Action(fault)) => Err(PageError::from(fault).into()),
        Err(refusal) => {
            let why = match refusal {
                NewTenantRefusal::Fields(wrong) => {
                    wrong.into_iter().map(|(field, words)| error(field, &words)).collect()
                }
                NewTenantRefusal::Problems(problems) => {
                    problems.into_iter().map(|problem| error("slug", &problem.reason)).collect()
                }
                refusal => vec![error("slug", &refusal.to_string())],
            };
            list_page(staff, StatusCode::UNPROCESSABLE_ENTITY, &new, why).await
        }
    }
}

#[handler]
pub(crate) async fn show(staff: Staff, Path(slug): Path<String>) -> Result<Response> {
    let tenant = find(&staff, &slug).await?;
    one_page(&staff, StatusCode::OK, &tenant, Told::default()).await
}

/// Invites the tenant's first comms lead.
#[handler]
pub(crate) async fn invite_lead(form: StaffForm, Path(slug): Path<String>) -> Result<Response> {
    let (staff, at) = (&form.staff, path(&slug));
    let tenant = find(staff, &slug).await?;
    staff.require_recent_proof(&at).await?;
    let (name, email) = (form.field("name").trim(), form.field("email").trim());
    let instead = form.field("instead").parse().ok();
    let (accounts, welcome) = (staff.state.accounts(), welcome(staff, &tenant));
    let invited = accounts.invite_first_lead(staff.actor(), &tenant, (name, email), instead, &welcome).await;
    let (status, field, text) = match invited {
        Ok(Invited { unsent: None, .. }) => return Ok(form.see_other(&format!("{at}?done=invited"))),
        Ok(Invited { unsent: Some(_), .. }) => (StatusCode::SERVICE_UNAVAILABLE, "", UNSENT.to_owned()),
        // The page has no form any more to say it beside.
        Err(refusal @ AccountRefusal::LeadThere) => {
            return Err(PageError::Refused { why: refusal.to_string(), kept: None }.into());
        }
        Err(refusal) => match refused(refusal)? {
            known @ (_, "name" | "email", _) => known,
            (status, _, text) => (status, "", text),
        },
    };
    let lead = LeadForm {
        name: name.chars().take(MAX_SHOWN).collect(),
        email: email.chars().take(MAX_SHOWN).collect(),
        error: Some(FieldError { field: field.to_owned(), text }),
        ..LeadForm::default()
    };
    one_page(staff, status, &tenant, Told { lead, ..Told::default() }).await
}

/// The form that invites a tenant's first comms lead, with what was `typed` or whom it invited last; none where somebody leads it.
async fn lead_form(staff: &Staff, tenant: &Tenant, typed: LeadForm) -> Result<Option<LeadForm>, PageError> {
    let accounts = staff.state.accounts();
    if !staff.may(Kind::Tenant, Action::Create) || accounts.has_lead(tenant).await? {
        return Ok(None);
    }
    let Some(last) = accounts.invited_lead(tenant).await? else { return Ok(Some(typed)) };
    let or = |typed: String, last: &str| if typed.is_empty() { last.to_owned() } else { typed };
    Ok(Some(LeadForm {
        name: or(typed.name, &last.name),
        email: or(typed.email, &last.email),
        instead: last.id.to_string(),
        invited: Some(format!("{} ({})", last.name, last.email)),
        error: typed.error,
    }))
}

#[handler]
pub(crate) async fn suspend(form: StaffForm, Path(slug): Path<String>) -> Result<Response> {
    let reason = form.field("reason").trim().to_owned();
    change(&form, &slug, StandingChange::Suspend { reason }).await
}

#[handler]
pub(crate) async fn resume(form: StaffForm, Path(slug): Path<String>) -> Result<Response> {
    change(&form, &slug, StandingChange::Resume).await
}

#[handler]
pub(crate) async fn switch(form: StaffForm, Path(slug): Path<String>) -> Result<Response> {
    let flags = form.form.all("off").filter_map(Flag::from_slug).collect();
    change(&form, &slug, StandingChange::SwitchOff(flags)).await
}

#[handler]
pub(crate) async fn settings(staff: Staff, Path(slug): Path<String>) -> Result<Response> {
    let tenant = find(&staff, &slug).await?;
    staff.require_recent_proof(&format!("{PATH}/{slug}")).await?;
    let exported = staff.state.enrolment().export_settings(staff.actor(), &tenant).await;
    let pack = exported.map_err(PageError::from)?;
    let pack = pack.ok_or(PageError::NotFound)?;
    let json = serde_json::json!({ "tenant": pack.tenant, "campaigns": pack.campaigns, "pages": pack.page_texts, "policy": pack.policy });
    let name = format!("settings-{slug}.json");
    Ok(download(&name, "application/json", format!("{json:#}\n")))
}

/// Operators work in the platform's own tenant; nobody else's has these pages, whatever its policy says.
pub(super) fn only_at_the_platform(staff: &Staff) -> Result<(), PageError> {
    if staff.tenant().is_platform() { Ok(()) } else { Err(PageError::NotFound) }
}

/// Where a tenant's page is.
pub(super) fn path(slug: &str) -> String {
    format!("{PATH}/{slug}")
}

/// A tenant's page with the link into its console, good once.
pub(super) async fn opened_page(staff: &Staff, tenant: &Tenant, link: String) -> Result<Response> {
    let told = Told { link: Some(link), ..Told::default() };
    one_page(staff, StatusCode::OK, tenant, told).await
}

/// A tenant's page that says why there is no support access.
pub(super) async fn refused_support(
    staff: &Staff,
    tenant: &Tenant,
    why: &str,
    problem: String,
) -> Result<Response> {
    let told = Told { why: why.to_owned(), support_problem: Some(problem), ..Told::default() };
    one_page(staff, StatusCode::UNPROCESSABLE_ENTITY, tenant, told).await
}

/// What a tenant's page says beside what stands.
#[derive(Default)]
struct Told {
    reason: String,
    problem: Option<String>,
    why: String,
    support_problem: Option<String>,
    link: Option<String>,
    lead: LeadForm,
}

pub(super) async fn find(staff: &Staff, slug: &str) -> Result<Arc<Tenant>> {
    only_at_the_platform(staff)?;
    let tenant = staff.state.sides.tenants().by_slug(slug).await.map_err(PageError::from)?;
    Ok(tenant.filter(|tenant| !tenant.is_platform()).ok_or(PageError::NotFound)?)
}

async fn change(form: &StaffForm, slug: &str, change: StandingChange) -> Result<Response> {
    let (staff, at) = (&form.staff, format!("{PATH}/{slug}"));
    let tenant = find(staff, slug).await?;
    staff.require_recent_proof(&at).await?;
    match staff.state.sides.change_standing(staff.actor(), &tenant, change).await {
        Ok(()) => Ok(form.see_other(&format!("{at}?done=changed"))),
        Err(StandingRefusal::Edit(refusal)) => Err(edit_refused(refusal, None).into()),
        Err(refusal) => {
            let told = Told {
                reason: form.field("reason").to_owned(),
                problem: Some(refusal.to_string()),
                ..Told::default()
            };
            one_page(staff, StatusCode::UNPROCESSABLE_ENTITY, &tenant, told).await
        }
    }
}

async fn list_page(
    staff: &Staff,
    status: StatusCode,
    typed: &NewTenant,
    problems: Vec<FieldError>,
) -> Result<Response> {
    let tenants = staff.state.sides.tenants().all().await.map_err(PageError::from)?;
    let view = Tenants {
        site: staff.dressed.chrome.clone(),
        visit: staff.visit(None),
        desk: staff.desk(PATH),
        tenants: tenants.iter().map(|tenant| line(tenant)).collect(),
        form: staff.may(Kind::Tenant, Action::Create).then(|| form_of(typed)),
        problems,
    };
    staff.show_with(status, &view)
}

async fn one_page(staff: &Staff, status: StatusCode, tenant: &Tenant, told: Told) -> Result<Response> {
    let (reason, leaves_on) = match &tenant.standing {
        Standing::Active => (None, None),
        Standing::Suspended { reason } => (Some(reason.clone()), None),
        // With the year: it may be the next one.
        Standing::Leaving { on } => (None, Some(on.format("%-d %B %Y").to_string())),
    };
    let done = staff.query.get("done").map(|done| match done {
        "made" => "It is there. Now invite its first comms lead.",
        "invited" => "The invitation is on its way.",
        _ => "Done. Every page follows within seconds.",
    });
    let shown = |flag: Flag| Switch {
        slug: flag.slug().to_owned(),
        title: flag.title().to_owned(),
        off: tenant.switched_off.contains(&flag),
    };
    let view = TenantPage {
        site: staff.dressed.chrome.clone(),
        visit: staff.visit(done),
        desk: staff.desk(PATH),
        line: line(tenant),
        address: staff.state.settings.addresses.identity(tenant),
        lead: lead_form(staff, tenant, told.lead).await?,
        reason,
        leaves_on,
        grace_days: GRACE_DAYS,
        switches: Flag::ALL.into_iter().map(shown).collect(),
        problem: told.problem,
        typed: told.reason,
        may_support: staff.may(Kind::Support, Action::Grant),
        max_hours: MAX_SUPPORT_HOURS,
        why: told.why,
        support_problem: told.support_problem,
        link: told.link,
        undelivered: undelivered::of(staff, tenant).await?,
    };
    staff.show_with(status, &view)
}

fn line(tenant: &Tenant) -> TenantLine {
    TenantLine {
        slug: tenant.slug.clone(),
        name: tenant.name.clone(),
        host: tenant.hosts.first().cloned().unwrap_or_default(),
        standing: match tenant.standing {
            Standing::Active => "active",
            Standing::Suspended { .. } => "suspended",
            Standing::Leaving { .. } => "leaving",
        }
        .to_owned(),
        campaigns: tenant.campaigns.len(),
        platform: tenant.is_platform(),
    }
}

fn form_of(typed: &NewTenant) -> TenantForm {
    let field = |name: &str, label: &str, hint: &str, value: &String| TenantField {
        name: name.to_owned(),
        label: label.to_owned(),
        hint: hint.to_owned(),
        value: value.clone(),
    };
    TenantForm {
        fields: vec![
            field(
                "slug",
                "Short name",
                "For addresses: small letters, digits and hyphens, such as bsol.",
                &typed.slug,
            ),
            field("name", "Full name", "As its people know it, in full.", &typed.name),
            field("short_name", "The name that people use", "A word or two.", &typed.short_name),
            field(
                "host",
                "Address",
                "The host name at which it is served, such as conversations.example.org.",
                &typed.host,
            ),
            field("questions", "Email for questions", "Questions about its conversations.", &typed.questions),
            field(
                "support",
                "Email of independent support",
                "Trouble getting in. Not the employer.",
                &typed.support,
            ),
            field("support_name", "Who gives that support", "Their name.", &typed.support_name),
        ],
    }
}
