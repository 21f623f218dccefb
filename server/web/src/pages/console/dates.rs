//! A campaign's dates: shown to those who may read campaigns, changed by those who may extend them; first what a change would do, then the change.

use actions::policy::{Action, Kind};
use actions::{DatesPreview, DatesRefusal, EditRefusal, RoundDates};
use chrono::NaiveDateTime;
use domain::planned_email::EmailFile;
use domain::sending::{held_at_its_time, planned_for};
use domain::tenant_pack::{CampaignFile, RoundFile, round_times};
use domain::time_zone::in_words;
use domain::timetable::{DateChange, DateRefusal, DateWish, DatesChanged};
use poem::http::StatusCode;
use poem::web::Path;
use poem::{Response, Result, handler};

use super::{edit_refused, stored_pack};
use crate::console::{Staff, StaffForm};
use crate::fault::PageError;
use crate::pages::cards::date_changed;
use crate::views::FieldError;
use crate::views::console::{DatedEmail, DatedRound, DatesForm, DatesPage, DatesToConfirm};

const PART: &str = "/console/campaigns";
/// How browsers write a local time in a form; they leave the seconds out.
const FIELD: &str = "%Y-%m-%dT%H:%M";
/// The same with seconds.
const EXACT: &str = "%Y-%m-%dT%H:%M:%S";

#[handler]
pub(crate) async fn show(staff: Staff, Path(slug): Path<String>) -> Result<Response> {
    page(&staff, &slug, StatusCode::OK, DatesForm::default(), Vec::new(), None).await
}

#[handler]
pub(crate) async fn change(form: StaffForm, Path(slug): Path<String>) -> Result<Response> {
    let field = |name: &str| form.field(name).trim().to_owned();
    let asked = DatesForm {
        round: field("round"),
        what: field("what"),
        closes: field("closes"),
        reason: field("reason"),
        announcement: field("announcement"),
    };
    let staff = &form.staff;
    let wish = match asked.what.as_str() {
        "pause" => DateWish::Pause,
        "resume" => DateWish::Resume,
        _ => match local_time(&asked.closes) {
            Some(closes) => DateWish::Close(closes),
            None => {
                let errors = vec![error("closes", "Give the day and the time at which it is to close.")];
                return page(staff, &slug, StatusCode::UNPROCESSABLE_ENTITY, asked, errors, None).await;
            }
        },
    };
    let change = DateChange { wish, reason: asked.reason.clone(), announcement: asked.announcement.clone() };
    let seen = local_time(form.field("seen"));
    let round = RoundDates { campaign: &slug, round: &asked.round, seen };
    let tenant = staff.tenant();
    let outcome = match form.field("step") {
        "back" => return page(staff, &slug, StatusCode::OK, asked, Vec::new(), None).await,
        "confirm" => match staff.state.sides.change_dates(staff.actor(), tenant, &round, &change).await {
            Ok(_) => return Ok(form.see_other(&format!("{PART}/{slug}/dates?done=changed"))),
            Err(refusal) => Err(refusal),
        },
        _ => staff.state.enrolment().preview_dates(tenant, &round, &change).await,
    };
    match outcome {
        Ok(preview) => {
            let preview = to_confirm(staff, &preview);
            page(staff, &slug, StatusCode::OK, asked, Vec::new(), preview).await
        }
        Err(DatesRefusal::Edit(refusal @ (EditRefusal::Action(_) | EditRefusal::Unknown))) => {
            Err(edit_refused(refusal, None).into())
        }
        Err(refusal) => {
            let errors = vec![error(field_of(&refusal), &refusal.to_string())];
            page(staff, &slug, StatusCode::UNPROCESSABLE_ENTITY, asked, errors, None).await
        }
    }
}

fn error(field: &str, text: &str) -> FieldError {
    FieldError { field: field.to_owned(), text: text.to_owned() }
}

/// Which field of the form a refusal is about.
fn field_of(refusal: &DatesRefusal) -> &'static str {
    match refusal {
        DatesRefusal::Rule(DateRefusal::Reason) => "reason",
        DatesRefusal::Rule(DateRefusal::Announcement) => "announcement",
        DatesRefusal::Rule(DateRefusal::NotOpen | DateRefusal::NotPaused) => "what",
        _ => "closes",
    }
}

/// A local time as a form's field brings it.
pub(super) fn local_time(text: &str) -> Option<NaiveDateTime> {
    let read = |format| NaiveDateTime::parse_from_str(text.trim(), format).ok();
    read(FIELD).or_else(|| read(EXACT))
}

/// A local time as a form's field takes it.
pub(super) fn time_field(local: NaiveDateTime) -> String {
    local.format(FIELD).to_string()
}

fn to_confirm(staff: &Staff, preview: &DatesPreview) -> Option<DatesToConfirm> {
    let last = preview.after.changes.last()?;
    Some(DatesToConfirm {
        what: date_changed(staff.tenant(), last).what,
        seen: preview.before.closes.format(EXACT).to_string(),
        held: preview.will_be_held.clone(),
        released: preview.will_go.clone(),
    })
}

async fn page(
    staff: &Staff,
    slug: &str,
    status: StatusCode,
    form: DatesForm,
    errors: Vec<FieldError>,
    preview: Option<DatesToConfirm>,
) -> Result<Response> {
    let campaign = stored_pack(staff).await?.campaigns.remove(slug).ok_or(PageError::NotFound)?;
    let rounds =
        campaign.rounds.iter().map(|round| dated_round(staff, round)).collect::<Result<Vec<_>, _>>()?;
    let done = staff.query.get("done").map(|_| "The dates are changed. Every page and file says so now.");
    let view = DatesPage {
        site: staff.dressed.chrome.clone(),
        visit: staff.visit(done),
        desk: staff.desk(PART),
        slug: slug.to_owned(),
        title: campaign.title.clone(),
        rounds,
        emails: campaign.emails.iter().map(|email| dated_email(staff, &campaign, email)).collect(),
        may_change: staff.may(Kind::Campaign, Action::Extend),
        form,
        errors,
        preview,
    };
    staff.show_with(status, &view)
}

fn dated_round(staff: &Staff, round: &RoundFile) -> Result<DatedRound, PageError> {
    let tenant = staff.tenant();
    let (opens_at, closes_at) = round_times(round, tenant.zone).map_err(PageError::Fault)?;
    let past = |one: &DatesChanged| date_changed(tenant, one);
    Ok(DatedRound {
        slug: round.slug.clone(),
        title: round.title.clone(),
        state: round.state(tenant.zone, staff.state.now()).map_err(PageError::Fault)?,
        opens: in_words(opens_at, tenant.zone),
        closes: in_words(closes_at, tenant.zone),
        closes_field: time_field(round.closes),
        changes: round.changes.iter().rev().map(past).collect(),
    })
}

fn dated_email(staff: &Staff, campaign: &CampaignFile, email: &EmailFile) -> DatedEmail {
    let zone = staff.tenant().zone;
    let sending = &staff.tenant().sending;
    let at = planned_for(email, sending, zone);
    DatedEmail {
        title: email.title.clone(),
        kind: email.kind.label().to_owned(),
        when: at.map_or_else(|| time_field(email.send_at), |at| in_words(at, zone)),
        past: at.is_some_and(|at| at <= staff.state.now()),
        held: held_at_its_time(email, campaign, sending, zone).map(|why| why.to_string()),
    }
}
