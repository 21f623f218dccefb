//! An operator lets a tenant go: a page that says what happens, and asks for its short name.

use actions::{StandingChange, StandingRefusal, Tenant};
use domain::tenant_pack::{GRACE_DAYS, Standing};
use poem::http::StatusCode;
use poem::web::Path;
use poem::{Response, Result, handler};

use super::edit_refused;
use super::tenants::{PATH, find, path};
use crate::console::{Staff, StaffForm};
use crate::views::console::TenantDelete;

#[handler]
pub(crate) async fn show(staff: Staff, Path(slug): Path<String>) -> Result<Response> {
    let tenant = find(&staff, &slug).await?;
    // Once is enough: its own page says when.
    if matches!(tenant.standing, Standing::Leaving { .. }) {
        return Ok(staff.see_other(&path(&slug)));
    }
    page(&staff, StatusCode::OK, &tenant, None)
}

#[handler]
pub(crate) async fn send(form: StaffForm, Path(slug): Path<String>) -> Result<Response> {
    let staff = &form.staff;
    let tenant = find(staff, &slug).await?;
    staff.require_recent_proof(&format!("{}/delete", path(&slug))).await?;
    let change = StandingChange::Leave { named: form.field("named").trim().to_owned() };
    match staff.state.sides.change_standing(staff.actor(), &tenant, change).await {
        Ok(()) => Ok(form.see_other(&format!("{}?done=changed", path(&slug)))),
        Err(StandingRefusal::Edit(refusal)) => Err(edit_refused(refusal, None).into()),
        Err(refusal) => page(staff, StatusCode::UNPROCESSABLE_ENTITY, &tenant, Some(refusal.to_string())),
    }
}

fn page(staff: &Staff, status: StatusCode, tenant: &Tenant, problem: Option<String>) -> Result<Response> {
    let view = TenantDelete {
        site: staff.dressed.chrome.clone(),
        visit: staff.visit(None),
        desk: staff.desk(PATH),
        slug: tenant.slug.clone(),
        name: tenant.name.clone(),
        campaigns: tenant.campaigns.iter().map(|campaign| campaign.title.clone()).collect(),
        grace_days: GRACE_DAYS,
        problem,
    };
    staff.show_with(status, &view)
}
