//! The steps of a draft that are about the campaign itself. Each is a plain form; whatever button is pressed, what was typed is kept.

use actions::{Draft, EditRefusal, Step};
use chrono::NaiveDateTime;
use domain::campaign_draft::{CampaignDraft, DraftRound};
use domain::moderation::ModerationMode;
use domain::round_type::RoundType;
use domain::tenant_pack::{EntryRoute, MAX_SMALLEST_GROUP, MIN_SMALLEST_GROUP, PromptFile};
use poem::http::StatusCode;
use poem::web::Path;
use poem::{Response, Result, handler};

use super::campaigns::PART;
use super::dates::{local_time, time_field};
use super::edit_refused;
use crate::console::{Staff, StaffForm};
use crate::fault::PageError;
use crate::views::FieldError;
use crate::views::console::{DraftFrame, DraftPurpose, DraftRounds, DraftStep, PromptForm, RoundForm, STEPS};

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
    let blockers = blockers.map_err(|refusal| edit_refused(refusal, None))?;
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

#[handler]
pub(crate) async fn show_rounds(staff: Staff, Path(id): Path<String>) -> Result<Response> {
    let draft = load(&staff, &id).await?;
    let asked = staff.query.get("round").unwrap_or_default();
    let round =
        draft.campaign.rounds.iter().find(|round| round.slug == asked).or(draft.campaign.rounds.first());
    let round = round.map(round_form).unwrap_or_default();
    rounds_page(&staff, &draft, StatusCode::OK, round, Vec::new()).await
}

#[handler]
pub(crate) async fn save_rounds(form: StaffForm, Path(id): Path<String>) -> Result<Response> {
    let draft = load(&form.staff, &id).await?;
    let mut typed = draft.campaign.clone();
    let slug = form.field("round");
    let place = typed.rounds.iter().position(|round| round.slug == slug);
    let mut errors = Vec::new();
    if let Some(place) = place {
        errors = read_round(&form, &mut typed.rounds[place]);
    }
    let mut show = slug.to_owned();
    let asked = form.field("do");
    match (asked, place) {
        ("add-round", _) => {
            typed.add_round();
            show = typed.rounds.last().map(|round| round.slug.clone()).unwrap_or_default();
        }
        ("remove-round", Some(place)) if typed.rounds.len() > 1 => {
            typed.rounds.remove(place);
            show = String::new();
            errors.clear();
        }
        ("add-question", Some(place)) => typed.rounds[place].add_prompt(),
        (remove, Some(place)) => {
            if let Some(question) = remove.strip_prefix("remove-question-") {
                typed.rounds[place].prompts.retain(|prompt| prompt.slug != question);
            }
        }
        (_, None) => {}
    }
    if errors.is_empty() {
        errors.extend(save(&form, &draft, &typed).await?);
    }
    let mut draft = draft;
    if errors.is_empty() {
        errors = match (asked, place) {
            ("next" | "save", Some(place)) => {
                let mut remarks = remarks(&typed.rounds[place]);
                remarks.extend(remarks_on_type(&form.staff, &typed.rounds[place]).await);
                remarks
            }
            _ => Vec::new(),
        };
        if errors.is_empty() {
            return Ok(onward(&form, &draft, Step::Rounds, &format!("&round={show}")));
        }
        // It was saved: the form goes on from there.
        let id = draft.id.to_string();
        draft = load(&form.staff, &id).await?;
    }
    let round = typed.rounds.iter().find(|round| round.slug == show).map(round_form).unwrap_or_default();
    let (opens, closes) = (form.field("opens").to_owned(), form.field("closes").to_owned());
    let mut round = RoundForm { opens, closes, ..round };
    if errors.iter().any(|error| error.field == "settings") {
        round.settings = form.field("settings").to_owned();
    }
    rounds_page(&form.staff, &draft, StatusCode::UNPROCESSABLE_ENTITY, round, errors).await
}

/// Puts a form's fields into `round`; gives what cannot be read.
fn read_round(form: &StaffForm, round: &mut DraftRound) -> Vec<FieldError> {
    let text = |name: &str| form.field(name).trim().to_owned();
    let mut errors = Vec::new();
    let mut time = |name: &str| match (form.field(name).trim(), local_time(form.field(name))) {
        ("", _) => None,
        (_, None) => {
            errors.push(error(name, NO_TIME));
            None
        }
        (_, time) => time,
    };
    (round.opens, round.closes) = (time("opens"), time("closes"));
    round.title = text("title");
    read_type(form, round, &mut errors);
    round.moderation = if text("moderation") == "pre" { ModerationMode::Pre } else { ModerationMode::Post };
    round.set_themes(form.field("themes"));
    for prompt in &mut round.prompts {
        let field = |name: &str| text(&format!("{}-{name}", prompt.slug));
        let or = |typed: String, otherwise: &String| if typed.is_empty() { otherwise.clone() } else { typed };
        let usual = domain::round::VoteWording::default();
        prompt.text = field("text");
        prompt.hint = Some(field("hint")).filter(|hint| !hint.is_empty());
        prompt.votes.agree = or(field("agree"), &usual.agree);
        prompt.votes.disagree = or(field("disagree"), &usual.disagree);
        prompt.votes.pass = or(field("pass"), &usual.pass);
    }
    errors
}

/// What people do in the round, and what its type is told.
fn read_type(form: &StaffForm, round: &mut DraftRound, errors: &mut Vec<FieldError>) {
    let Ok(round_type) = RoundType::try_from(form.field("round_type").to_owned()) else { return };
    let typed = form.field("settings").trim();
    round.settings = None;
    if round_type != RoundType::OpenDiscussion && !typed.is_empty() {
        match serde_json::from_str(typed) {
            Ok(settings) => round.settings = Some(settings),
            Err(wrong) => errors.push(error("settings", &format!("This is not a JSON object: {wrong}."))),
        }
    }
    round.round_type = round_type;
}

/// What stands in the way of a launch, said at once though it is saved.
fn remarks(round: &DraftRound) -> Vec<FieldError> {
    let mut remarks = Vec::new();
    if let (Some(opens), Some(closes)) = (round.opens, round.closes)
        && closes <= opens
    {
        remarks.push(error("closes", "It is saved, but it closes before it opens. Give it a later time."));
    }
    let empty = round.prompts.iter().filter(|prompt| prompt.text.trim().is_empty());
    remarks.extend(empty.map(|prompt| {
        let words = "It is saved, but this question is empty. Write it, or remove it.";
        error(&format!("{}-text", prompt.slug), words)
    }));
    remarks
}

/// What the round's type says of its settings.
async fn remarks_on_type(staff: &Staff, round: &DraftRound) -> Vec<FieldError> {
    let Some(actions) = &staff.state.sides.conversation else { return Vec::new() };
    let problems = actions.settings_problems(&round.round_type, round.settings.as_ref()).await;
    problems.into_iter().map(|reason| error("settings", &format!("It is saved, but {reason}"))).collect()
}

/// What people can do in a round.
async fn choices(staff: &Staff, round: &RoundForm) -> Result<Vec<(String, String)>, PageError> {
    let mut choices =
        vec![(RoundType::OpenDiscussion.slug().to_owned(), "Talk: ideas, comments, votes".to_owned())];
    if let Some(actions) = &staff.state.sides.conversation {
        choices.extend(actions.round_type_choices().await?);
    }
    // What was chosen stays, also where it is not known here.
    if !round.round_type.is_empty() && !choices.iter().any(|(name, _)| *name == round.round_type) {
        choices.push((round.round_type.clone(), round.round_type.clone()));
    }
    Ok(choices)
}

fn round_form(round: &DraftRound) -> RoundForm {
    let field = |time: Option<NaiveDateTime>| time.map(time_field).unwrap_or_default();
    let prompt = |prompt: &PromptFile| PromptForm {
        slug: prompt.slug.clone(),
        text: prompt.text.clone(),
        hint: prompt.hint.clone().unwrap_or_default(),
        agree: prompt.votes.agree.clone(),
        disagree: prompt.votes.disagree.clone(),
        pass: prompt.votes.pass.clone(),
    };
    RoundForm {
        slug: round.slug.clone(),
        title: round.title.clone(),
        opens: field(round.opens),
        closes: field(round.closes),
        moderation: if round.moderation == ModerationMode::Pre { "pre" } else { "post" }.to_owned(),
        round_type: round.round_type.slug().to_owned(),
        settings: round
            .settings
            .as_ref()
            .and_then(|it| serde_json::to_string_pretty(it).ok())
            .unwrap_or_default(),
        prompts: round.prompts.iter().map(prompt).collect(),
        themes: round.themes.iter().map(|theme| theme.name.as_str()).collect::<Vec<_>>().join("\n"),
    }
}

async fn rounds_page(
    staff: &Staff,
    draft: &Draft,
    status: StatusCode,
    round: RoundForm,
    errors: Vec<FieldError>,
) -> Result<Response> {
    let rounds = draft.campaign.rounds.iter().map(|round| (round.slug.clone(), round.title.clone()));
    let view = DraftRounds {
        site: staff.dressed.chrome.clone(),
        visit: staff.visit(saved(staff)),
        desk: staff.desk(PART),
        draft: frame(staff, draft, Step::Rounds.slug()).await?,
        rounds: rounds.collect(),
        choices: choices(staff, &round).await?,
        round,
        errors,
    };
    staff.show_with(status, &view)
}
