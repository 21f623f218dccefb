//! What moderators decide on the page of a case: each a plain form, after which the next free case is theirs.

use actions::{ActionError, Decision, SuspensionForm};
use domain::ids::PostId;
use domain::moderation::CaseState;
use poem::web::Path;
use poem::{Response, Result, handler};

use super::moderation::{campaign, page};
use crate::console::StaffForm;
use crate::fault::PageError;
use crate::pages::contribution::post_id;
use crate::views::console::CaseTyped;

type Place = Path<(String, String)>;

#[handler]
pub(crate) async fn take_next(sent: StaffForm, Path(slug): Path<String>) -> Result<Response> {
    campaign(&sent.staff, &slug)?;
    to_next(&sent, &slug, "", None).await
}

#[handler]
pub(crate) async fn claim(sent: StaffForm, Path((slug, id)): Place) -> Result<Response> {
    let (staff, post) = (&sent.staff, post_id(&id)?);
    let claimed = staff.state.sides.claim_case(staff.tenant(), staff.actor(), campaign(staff, &slug)?, post);
    answered(&sent, &slug, &id, "claim", claimed.await, Then::Stay).await
}

#[handler]
pub(crate) async fn keep(sent: StaffForm, Path((slug, id)): Place) -> Result<Response> {
    decide(&sent, &slug, &id, "keep", Decision::Keep).await
}

#[handler]
pub(crate) async fn amend(sent: StaffForm, Path((slug, id)): Place) -> Result<Response> {
    let decision =
        Decision::Amend { body: sent.field("body").to_owned(), note: sent.field("note").to_owned() };
    decide(&sent, &slug, &id, "amend", decision).await
}

#[handler]
pub(crate) async fn hide(sent: StaffForm, Path((slug, id)): Place) -> Result<Response> {
    let decision =
        Decision::Hide { reason: sent.field("reason").to_owned(), note: sent.field("note").to_owned() };
    decide(&sent, &slug, &id, "hide", decision).await
}

#[handler]
pub(crate) async fn restore(sent: StaffForm, Path((slug, id)): Place) -> Result<Response> {
    decide(&sent, &slug, &id, "restore", Decision::Restore { note: sent.field("note").to_owned() }).await
}

async fn decide(
    sent: &StaffForm,
    slug: &str,
    id: &str,
    form: &'static str,
    decision: Decision,
) -> Result<Response> {
    let (staff, post) = (&sent.staff, post_id(id)?);
    let (actor, campaign) = (staff.actor(), campaign(staff, slug)?);
    let sides = &staff.state.sides;
    let decided = sides.decide_case(staff.tenant(), actor, campaign, post, seen(sent), &decision).await;
    answered(sent, slug, id, form, decided, Then::Next).await
}

#[handler]
pub(crate) async fn ask(sent: StaffForm, Path((slug, id)): Place) -> Result<Response> {
    let (staff, post) = (&sent.staff, post_id(&id)?);
    let (actor, campaign) = (staff.actor(), campaign(staff, &slug)?);
    let note = sent.field("note");
    let sides = &staff.state.sides;
    let asked = sides.ask_author(staff.tenant(), actor, campaign, post, seen(&sent), note).await;
    answered(&sent, &slug, &id, "ask", asked, Then::Next).await
}

#[handler]
pub(crate) async fn merge(sent: StaffForm, Path((slug, id)): Place) -> Result<Response> {
    let (staff, post) = (&sent.staff, post_id(&id)?);
    let (actor, campaign) = (staff.actor(), campaign(staff, &slug)?);
    // What is no id is no idea: the same refusal as for one that is not there.
    let target = sent.field("target").parse().unwrap_or(PostId(uuid::Uuid::nil()));
    let actions = staff.state.actions();
    let merged =
        actions.merge_contributions(staff.tenant(), actor, campaign, post, seen(&sent), target).await;
    answered(&sent, &slug, &id, "merge", merged, Then::Next).await
}

#[handler]
pub(crate) async fn lock(sent: StaffForm, Path((slug, id)): Place) -> Result<Response> {
    let (staff, post) = (&sent.staff, post_id(&id)?);
    let (actor, campaign) = (staff.actor(), campaign(staff, &slug)?);
    let close = sent.field("lock") == "yes";
    let actions = staff.state.actions();
    let locked = actions.lock_thread(staff.tenant(), actor, campaign, post, seen(&sent), close).await;
    answered(&sent, &slug, &id, if close { "lock" } else { "unlock" }, locked, Then::Stay).await
}

#[handler]
pub(crate) async fn suspend(sent: StaffForm, Path((slug, id)): Place) -> Result<Response> {
    let (staff, post) = (&sent.staff, post_id(&id)?);
    let (actor, campaign) = (staff.actor(), campaign(staff, &slug)?);
    let form = SuspensionForm {
        reason: sent.field("reason").to_owned(),
        note: sent.field("note").to_owned(),
        days: sent.field("days").to_owned(),
    };
    let actions = staff.state.actions();
    let done = actions.suspend_participant(staff.tenant(), actor, campaign, post, seen(&sent), &form).await;
    answered(&sent, &slug, &id, "suspend", done, Then::Stay).await
}

#[handler]
pub(crate) async fn end_suspension(sent: StaffForm, Path((slug, id)): Place) -> Result<Response> {
    let (staff, post) = (&sent.staff, post_id(&id)?);
    let (actor, campaign) = (staff.actor(), campaign(staff, &slug)?);
    let actions = staff.state.actions();
    let done = actions.end_suspension(staff.tenant(), actor, campaign, post, seen(&sent)).await;
    answered(&sent, &slug, &id, "end-suspension", done, Then::Stay).await
}

#[handler]
pub(crate) async fn escalate(sent: StaffForm, Path((slug, id)): Place) -> Result<Response> {
    let (staff, post) = (&sent.staff, post_id(&id)?);
    let (actor, campaign) = (staff.actor(), campaign(staff, &slug)?);
    let actions = staff.state.actions();
    let note = sent.field("note");
    let done = actions.escalate_post(staff.tenant(), actor, campaign, post, seen(&sent), note).await;
    answered(&sent, &slug, &id, "escalate", done, Then::Stay).await
}

/// Where a moderator goes on.
#[derive(Clone, Copy)]
enum Then {
    /// To the next free case.
    Next,
    /// To the same case.
    Stay,
}

/// The version of the case that the moderator saw; one that never was, if the form does not say.
fn seen(sent: &StaffForm) -> i32 {
    sent.field("seen").parse().unwrap_or(-1)
}

async fn answered(
    sent: &StaffForm,
    slug: &str,
    id: &str,
    form: &'static str,
    result: Result<Option<()>, ActionError>,
    then: Then,
) -> Result<Response> {
    let why = match result {
        Ok(Some(())) => {
            return match then {
                Then::Next => to_next(sent, slug, form, Some(id)).await,
                Then::Stay => Ok(sent.see_other(&place(sent, slug, id, form, None))),
            };
        }
        Ok(None) => return Err(PageError::NotFound.into()),
        Err(ActionError::Moderation(refusal)) => refusal.to_string(),
        Err(ActionError::Post(refusal)) => refusal.to_string(),
        Err(error) => return Err(PageError::from(error).into()),
    };
    let field = |name: &str| sent.field(name).to_owned();
    let typed = CaseTyped {
        form: form.to_owned(),
        body: field("body"),
        note: field("note"),
        reason: field("reason"),
    };
    page(&sent.staff, slug, id, sent.field("show"), None, Some((typed, why))).await
}

/// Takes the next free case and goes there, or to the queue if there is none; says that `done` was, to `last`.
async fn to_next(sent: &StaffForm, slug: &str, done: &str, last: Option<&str>) -> Result<Response> {
    let staff = &sent.staff;
    let filter = CaseState::from_slug(sent.field("show"));
    let sides = &staff.state.sides;
    let next = sides.claim_next(staff.tenant(), staff.actor(), campaign(staff, slug)?, filter).await;
    match next.map_err(PageError::from)? {
        Some(post) => Ok(sent.see_other(&place(sent, slug, &post.to_string(), done, last))),
        None => {
            let done = if done.is_empty() { "nothing" } else { done };
            Ok(sent.see_other(&format!("/console/campaigns/{slug}/moderation?done={done}{}", of_last(last))))
        }
    }
}

fn of_last(last: Option<&str>) -> String {
    last.map(|id| format!("&last={id}")).unwrap_or_default()
}

fn place(sent: &StaffForm, slug: &str, id: &str, done: &str, last: Option<&str>) -> String {
    let show = match CaseState::from_slug(sent.field("show")) {
        Some(state) => format!("&show={}", state.slug()),
        None => String::new(),
    };
    format!("/console/campaigns/{slug}/moderation/{id}?done={done}{show}{}", of_last(last))
}
