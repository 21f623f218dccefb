//! Login details of a campaign's people: about how many have theirs, and a button that sends the others theirs. It lists nobody, and what it says of a
//! press is the same whether there was anybody left.

use actions::policy::{Action, Kind};
use actions::{LoginsCount, SendLoginsRefusal};
use poem::http::StatusCode;
use poem::web::Path;
use poem::{Response, Result, handler};

use super::campaigns::{PART, own_link};
use super::emails::{about, find};
use crate::console::{Staff, StaffForm};
use crate::fault::PageError;
use crate::views::console::{LoginsLine, LoginsPage};

/// Where the page of a campaign is.
fn path(slug: &str) -> String {
    format!("{PART}/{slug}/logins")
}

#[handler]
pub(crate) async fn show(staff: Staff, Path(slug): Path<String>) -> Result<Response> {
    page(&staff, &slug, StatusCode::OK, None).await
}

#[handler]
pub(crate) async fn send(form: StaffForm, Path(slug): Path<String>) -> Result<Response> {
    let staff = &form.staff;
    let campaign = find(staff, &slug)?;
    staff.require_recent_proof(&path(&slug)).await?;
    match staff.state.enrolment().send_logins(staff.actor(), staff.tenant(), campaign).await {
        Ok(()) => Ok(form.see_other(&format!("{}?done=asked", path(&slug)))),
        Err(SendLoginsRefusal::Action(fault)) => Err(PageError::from(fault).into()),
        Err(refusal) => page(staff, &slug, StatusCode::UNPROCESSABLE_ENTITY, Some(refusal.to_string())).await,
    }
}

async fn page(staff: &Staff, slug: &str, status: StatusCode, problem: Option<String>) -> Result<Response> {
    let campaign = find(staff, slug)?;
    let counts = staff.state.enrolment().count_logins(staff.tenant(), campaign).await;
    let counts = counts.map_err(PageError::from)?;
    let done = staff.query.get("done").map(|_| {
        "It is asked for. Whoever has no login details yet gets an email, in the hours in which emails go. Load this page again to see how far it is."
    });
    let view = LoginsPage {
        site: staff.dressed.chrome.clone(),
        visit: staff.visit(done),
        desk: staff.desk(PART),
        slug: slug.to_owned(),
        title: campaign.title.clone(),
        lines: counts.iter().map(line).collect(),
        links: staff
            .tenant()
            .organisations
            .iter()
            .map(|organisation| (organisation.name.clone(), own_link(staff, slug, organisation)))
            .collect(),
        may_send: staff.may(Kind::Roll, Action::Import),
        rests: staff
            .state
            .enrolment()
            .logins_rest(staff.tenant(), campaign)
            .await
            .map_err(PageError::from)?,
        problem,
    };
    staff.show_with(status, &view)
}

fn line(count: &LoginsCount) -> LoginsLine {
    LoginsLine {
        organisation: count.organisation.clone(),
        on_roll: about(count.on_roll, count.smallest_group),
        with_details: about(count.with_details, count.smallest_group),
    }
}
