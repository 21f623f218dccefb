//! What every step of a draft has in common, and the first one. Each is a plain form; whatever button is pressed, what was typed is kept.

use actions::{Draft, EditRefusal, Step};
use domain::campaign_draft::CampaignDraft;
use domain::tenant_pack::{EntryRoute, MAX_SMALLEST_GROUP, MIN_SMALLEST_GROUP};
use poem::http::StatusCode;
use poem::web::Path;
use poem::{Response, Result, handler};

use super::campaigns::PART;
use super::edit_refused;
use crate::console::{Staff, StaffForm};
use crate::fault::PageError;
use crate::views::FieldError;
use crate::views::console::{DraftFrame, DraftPurpose, DraftStep, STEPS};

/// Said about a time that cannot be read.
pub(super) const NO_TIME: &str = "Write the day and the time, such as 2 March 2026, 09:00.";

/// The draft that the address names.
pub(super) async fn load(staff: &Staff, id: &str) -> Result<Draft, PageError> {
    let id = id.parse().map_err(|_| PageError::NotFound)?;
    staff.state.enrolment().draft(staff.tenant(), id).await?.ok_or(PageError::NotFound)
}

/// What every step shows around its own.
pub(super) async fn frame(staff: &Staff, draft: &Draft, step: &str) -> Result<DraftFrame, PageError> {
    let blockers = staff.state.enrolment().check_draft(staff.tenant(), draft).await;
    let mut blockers = blockers.map_err(|refusal| edit_refused(refusal, None))?;
    blockers.extend(staff.state.sides.activity_blockers(draft).await);
    let no_roll = !empty_rolls(staff, draft).await?.is_empty();
    let blocked = |slug: &str| {
        let open = match slug {
            "people" => no_roll,
            "emails" => draft.campaign.emails.is_empty(),
            _ => false,
        };
        open || blockers.iter().any(|blocker| blocker.step.slug() == slug)
    };
    let steps = STEPS.iter().map(|(slug, title)| DraftStep {
        slug: (*slug).to_owned(),
        title: (*title).to_owned(),
        done: if *slug == "check" { false } else { !blocked(slug) },
    });
    let place = STEPS.iter().position(|(slug, _)| *slug == step).unwrap_or_default();
    Ok(DraftFrame {
        id: draft.id.to_string(),
        at: format!("/console/drafts/{}", draft.id),
        title: draft.campaign.title.clone(),
        version: draft.version,
        steps: steps.collect(),
        next: STEPS[(place + 1).min(STEPS.len() - 1)].0.to_owned(),
        step: step.to_owned(),
    })
}

/// Names of organisations whose people come in by an invitation alone, and of whom nobody is on the list.
pub(super) async fn empty_rolls(staff: &Staff, draft: &Draft) -> Result<Vec<String>, PageError> {
    let on_roll = staff.state.enrolment().on_roll(staff.tenant(), &draft.campaign.slug).await?;
    let empty = staff.tenant().organisations.iter().filter(|organisation| {
        organisation.entry_route == EntryRoute::Invited
            && organisation.single_sign_on.is_none()
            && !on_roll.iter().any(|(id, count)| *id == organisation.id && *count > 0)
    });
    Ok(empty.map(|organisation| organisation.name.clone()).collect())
}

/// Said once after a step was saved.
pub(super) fn saved(staff: &Staff) -> Option<&'static str> {
    staff.query.get("done").map(|_| "Saved.")
}

pub(super) fn error(field: &str, text: &str) -> FieldError {
    FieldError { field: field.to_owned(), text: text.to_owned() }
}

/// The version that a form brings back.
pub(super) fn version(form: &StaffForm) -> i64 {
    form.field("version").parse().unwrap_or_default()
}

/// Where a form goes on: to the next step, or back to its own.
pub(super) fn onward(form: &StaffForm, draft: &Draft, step: Step, query: &str) -> Response {
    let own = step.slug();
    let place = STEPS.iter().position(|(slug, _)| *slug == own).unwrap_or_default();
    match form.field("do") {
        "next" => form.see_other(&format!("/console/drafts/{}/{}", draft.id, STEPS[place + 1].0)),
        _ => form.see_other(&format!("/console/drafts/{}/{own}?done=saved{query}", draft.id)),
    }
}

/// Saves what was typed; what somebody else's change stops is for the page to say.
pub(super) async fn save(
    form: &StaffForm,
    draft: &Draft,
    typed: &CampaignDraft,
) -> Result<Option<FieldError>, PageError> {
    let staff = &form.staff;
    let saved = staff.state.enrolment().save_draft(staff.tenant(), draft.id, version(form), typed).await;
    match saved {
        Ok(()) => Ok(None),
        Err(refusal @ EditRefusal::Outdated) => Ok(Some(error("", &refusal.to_string()))),
        Err(refusal) => Err(edit_refused(refusal, None)),
    }
}

#[handler]
pub(crate) async fn show_purpose(staff: Staff, Path(id): Path<String>) -> Result<Response> {
    let draft = load(&staff, &id).await?;
    let campaign = draft.campaign.clone();
    purpose_page(&staff, &draft, StatusCode::OK, &campaign, campaign.smallest_group.to_string(), Vec::new())
        .await
}

#[handler]
pub(crate) async fn save_purpose(form: StaffForm, Path(id): Path<String>) -> Result<Response> {
    let draft = load(&form.staff, &id).await?;
    let mut typed = draft.campaign.clone();
    let text = |name: &str| form.field(name).trim().replace("\r\n", "\n");
    (typed.title, typed.purpose, typed.what_next) = (text("title"), text("purpose"), text("what_next"));
    let mut errors = Vec::new();
    let group = form.field("smallest_group").trim();
    match group.parse() {
        Ok(group) if (MIN_SMALLEST_GROUP..=MAX_SMALLEST_GROUP).contains(&group) => {
            typed.smallest_group = group
        }
        _ => errors.push(error(
            "smallest_group",
            &format!("Give a number from {MIN_SMALLEST_GROUP} to {MAX_SMALLEST_GROUP}."),
        )),
    }
    if typed.title.is_empty() {
        errors.push(error("title", "Give it a title."));
    }
    if errors.is_empty() {
        errors.extend(save(&form, &draft, &typed).await?);
    }
    if errors.is_empty() {
        return Ok(onward(&form, &draft, Step::Purpose, ""));
    }
    purpose_page(&form.staff, &draft, StatusCode::UNPROCESSABLE_ENTITY, &typed, group.to_owned(), errors)
        .await
}

async fn purpose_page(
    staff: &Staff,
    draft: &Draft,
    status: StatusCode,
    typed: &CampaignDraft,
    smallest_group: String,
    errors: Vec<FieldError>,
) -> Result<Response> {
    let view = DraftPurpose {
        site: staff.dressed.chrome.clone(),
        visit: staff.visit(saved(staff)),
        desk: staff.desk(PART),
        draft: frame(staff, draft, Step::Purpose.slug()).await?,
        title: typed.title.clone(),
        purpose: typed.purpose.clone(),
        what_next: typed.what_next.clone(),
        smallest_group,
        errors,
    };
    staff.show_with(status, &view)
}
