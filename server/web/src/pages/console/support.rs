//! Operators' access to a tenant: opened on the platform, seen and ended by the tenant.

use actions::policy::{Action, Kind};
use actions::{BegunSession, SHOWN_ACCESSES, SupportForm, SupportRefusal};
use domain::ids::ItemId;
use domain::time_zone::in_words;
use poem::http::StatusCode;
use poem::web::Path;
use poem::{Request, Response, Result, handler};

use super::entering::{come_in, device, refused};
use super::tenants;
use crate::console::{Staff, StaffForm};
use crate::fault::PageError;
use crate::posted::Posted;
use crate::views::console::{Arrive, Support, SupportLine};
use crate::visitor::{Visitor, setting};

const PATH: &str = "/console/support";

#[handler]
pub(crate) async fn list(staff: Staff) -> Result<Response> {
    let accesses = staff.state.accounts().list_support(staff.tenant()).await.map_err(PageError::from)?;
    let (now, zone) = (staff.state.now(), staff.tenant().zone);
    let line = |access: actions::SupportAccess| SupportLine {
        id: access.id.to_string(),
        name: access.name,
        reason: access.reason,
        from: in_words(access.begins_at, zone),
        until: in_words(access.ends_at, zone),
        lasts: access.ends_at > now,
    };
    let view = Support {
        site: staff.dressed.chrome.clone(),
        visit: staff.visit(staff.query.get("done").map(|_| "The access has ended.")),
        desk: staff.desk(PATH),
        most: SHOWN_ACCESSES,
        lines: accesses.into_iter().map(line).collect(),
        may_end: staff.may(Kind::Support, Action::Suspend),
    };
    staff.show(&view)
}

#[handler]
pub(crate) async fn end(form: StaffForm, Path(id): Path<String>) -> Result<Response> {
    let (staff, id) = (&form.staff, id.parse::<ItemId>().map_err(|_| PageError::NotFound)?);
    let ended = staff.state.accounts().end_support(staff.actor(), staff.tenant(), id).await;
    ended.map_err(PageError::from)?.ok_or(PageError::NotFound)?;
    Ok(form.see_other(&format!("{PATH}?done=ended")))
}

#[handler]
pub(crate) async fn open(form: StaffForm, Path(slug): Path<String>) -> Result<Response> {
    let staff = &form.staff;
    let tenant = tenants::find(staff, &slug).await?;
    staff.require_recent_proof(&tenants::path(&slug)).await?;
    let hours = form.field("hours").trim().parse().unwrap_or_default();
    let asked = SupportForm { reason: form.field("why").to_owned(), hours };
    let opened = staff.state.accounts().open_support(staff.actor(), staff.tenant(), &tenant, &asked).await;
    match opened {
        Ok(token) => {
            let base = staff.state.settings.addresses.identity(&tenant);
            tenants::opened_page(staff, &tenant, format!("{base}console/support/arrive?token={token}")).await
        }
        Err(SupportRefusal::Action(fault)) => Err(PageError::from(fault).into()),
        Err(refusal) => tenants::refused_support(staff, &tenant, &asked.reason, refusal.to_string()).await,
    }
}

/// Opening the link shows a button: nothing happens before it is pressed.
#[handler]
pub(crate) async fn show_arrival(visitor: Visitor) -> Result<Response> {
    let token = visitor.query.get("token").unwrap_or_default().to_owned();
    let (visitor, cookie) = visitor.with_visit_cookie();
    Ok(setting(arrival(&visitor, StatusCode::OK, token, None)?, cookie))
}

#[handler]
pub(crate) async fn arrive(request: &Request, posted: Posted) -> Result<Response> {
    let (visitor, token) = (&posted.visitor, posted.field("token"));
    let device = device(request.headers());
    match visitor.state.accounts().arrive_for_support(visitor.tenant(), token, &device).await {
        Ok(token) => {
            let session = BegunSession { token, name: String::new() };
            come_in(visitor, request.headers(), &session, "/console").await
        }
        Err(SupportRefusal::Action(fault)) => Err(PageError::from(fault).into()),
        Err(SupportRefusal::Account(refusal)) => {
            let (status, _, why) = refused(refusal)?;
            arrival(visitor, status, String::new(), Some(why))
        }
        Err(refusal) => {
            arrival(visitor, StatusCode::UNPROCESSABLE_ENTITY, String::new(), Some(refusal.to_string()))
        }
    }
}

fn arrival(
    visitor: &Visitor,
    status: StatusCode,
    token: String,
    problem: Option<String>,
) -> Result<Response> {
    let view = Arrive { site: visitor.dressed.chrome.clone(), visit: visitor.to_visit(""), token, problem };
    visitor.show_with(status, &view)
}
