//! Login details of a campaign's people: how many have theirs, and a button that sends the others theirs. It lists nobody.

use actions::policy::{Action, Kind};
use actions::{Campaign, LoginsCount, SendLoginsRefusal};
use poem::http::StatusCode;
use poem::web::Path;
use poem::{Response, Result, handler};

use super::campaigns::{PART, own_link};
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
        Ok(()) => Ok(form.see_other(&format!("{}?done=sent", path(&slug)))),
        Err(SendLoginsRefusal::Action(fault)) => Err(PageError::from(fault).into()),
        Err(refusal) => page(staff, &slug, StatusCode::UNPROCESSABLE_ENTITY, Some(refusal.to_string())).await,
    }
}

fn find<'a>(staff: &'a Staff, slug: &str) -> Result<&'a Campaign, PageError> {
    staff.tenant().campaign(slug).ok_or(PageError::NotFound)
}

async fn page(staff: &Staff, slug: &str, status: StatusCode, problem: Option<String>) -> Result<Response> {
    let campaign = find(staff, slug)?;
    let counts = staff.state.enrolment().count_logins(staff.tenant(), campaign).await;
    let counts = counts.map_err(PageError::from)?;
    let least = i64::from(campaign.smallest_group);
    let done = staff.query.get("done").map(|_| {
        "The emails are on their way. That can take some minutes: load this page again to see how far they are."
    });
    let view = LoginsPage {
        site: staff.dressed.chrome.clone(),
        visit: staff.visit(done),
        desk: staff.desk(PART),
        slug: slug.to_owned(),
        title: campaign.title.clone(),
        lines: counts.iter().map(|count| line(count, least)).collect(),
        links: staff
            .tenant()
            .organisations
            .iter()
            .map(|organisation| (organisation.name.clone(), own_link(staff, slug, organisation)))
            .collect(),
        some_without: counts.iter().any(|count| count.with_details < count.on_roll),
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

fn line(count: &LoginsCount, least: i64) -> LoginsLine {
    // Nobody can be told apart in a group that has at least so many people.
    let named = |people: i64| match people {
        0 => "nobody".to_owned(),
        few if few < least => format!("fewer than {least}"),
        many => many.to_string(),
    };
    LoginsLine {
        organisation: count.organisation.clone(),
        on_roll: named(count.on_roll),
        with_details: match count.with_details == count.on_roll {
            true => "everybody".to_owned(),
            false => named(count.with_details),
        },
    }
}
