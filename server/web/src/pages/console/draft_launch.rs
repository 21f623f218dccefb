//! The last step: what is still missing, how participants will see it, the launch, or throwing the draft away.

use actions::{Blocker, Draft, EditRefusal, LaunchDraftRefusal, Step};
use domain::board::Sort;
use domain::round::RoundState;
use domain::time_zone::in_words;
use poem::http::StatusCode;
use poem::web::Path;
use poem::{Response, Result, handler};

use super::campaigns::PART;
use super::drafts::{empty_rolls, error, frame, load, version};
use super::edit_refused;
use crate::console::{Staff, StaffForm};
use crate::fault::PageError;
use crate::views::console::{DraftCheck, LaunchWarning, STEPS};
use crate::views::{self, Conversation, FieldError, Filters, Visit};
use actions::policy::{Action, Kind};

#[handler]
pub(crate) async fn show(staff: Staff, Path(id): Path<String>) -> Result<Response> {
    let draft = load(&staff, &id).await?;
    page(&staff, &draft, StatusCode::OK, None, Vec::new()).await
}

#[handler]
pub(crate) async fn launch(form: StaffForm, Path(id): Path<String>) -> Result<Response> {
    let staff = &form.staff;
    let draft = load(staff, &id).await?;
    staff.require_recent_proof(&format!("/console/drafts/{}/check", draft.id)).await?;
    let status = StatusCode::UNPROCESSABLE_ENTITY;
    if !staff.state.sides.activity_blockers(&draft).await.is_empty() {
        return page(staff, &draft, status, None, Vec::new()).await;
    }
    match staff.state.sides.launch_draft(staff.actor(), staff.tenant(), draft.id, version(&form)).await {
        Ok(slug) => Ok(form.see_other(&format!("{PART}?done=launched&launched={slug}"))),
        Err(LaunchDraftRefusal::NotReady(blockers)) => {
            page(staff, &draft, status, Some(blockers), Vec::new()).await
        }
        Err(LaunchDraftRefusal::Edit(refusal @ EditRefusal::Outdated)) => {
            page(staff, &draft, status, None, vec![error("", &refusal.to_string())]).await
        }
        Err(LaunchDraftRefusal::Edit(refusal)) => Err(edit_refused(refusal, None).into()),
        Err(LaunchDraftRefusal::Launch(refusal)) => {
            Err(PageError::Refused { why: refusal.to_string(), kept: None }.into())
        }
    }
}

#[handler]
pub(crate) async fn discard(form: StaffForm, Path(id): Path<String>) -> Result<Response> {
    let staff = &form.staff;
    let draft = load(staff, &id).await?;
    let discarded =
        staff.state.enrolment().discard_draft(staff.actor(), staff.tenant(), draft.id, version(&form)).await;
    match discarded {
        Ok(()) => Ok(form.see_other(&format!("{PART}?done=discarded"))),
        Err(refusal) => Err(edit_refused(refusal, None).into()),
    }
}

async fn page(
    staff: &Staff,
    draft: &Draft,
    status: StatusCode,
    blockers: Option<Vec<Blocker>>,
    errors: Vec<FieldError>,
) -> Result<Response> {
    let enrolment = staff.state.enrolment();
    let blockers = match blockers {
        Some(blockers) => blockers,
        None => {
            let checked = enrolment.check_draft(staff.tenant(), draft).await;
            let mut blockers = checked.map_err(|refusal| edit_refused(refusal, None))?;
            blockers.extend(staff.state.sides.activity_blockers(draft).await);
            blockers
        }
    };
    let title =
        |step: Step| STEPS.iter().find(|(slug, _)| *slug == step.slug()).map_or("", |(_, title)| *title);
    let campaign = draft.as_campaign(staff.tenant());
    let rounds = campaign.as_ref().map(|campaign| &*campaign.rounds).unwrap_or_default();
    let words = |at| in_words(at, staff.tenant().zone);
    let view = DraftCheck {
        site: staff.dressed.chrome.clone(),
        visit: staff.visit(None),
        desk: staff.desk(PART),
        draft: frame(staff, draft, "check").await?,
        blockers: blockers
            .into_iter()
            .map(|blocker| (blocker.step.slug().to_owned(), title(blocker.step).to_owned(), blocker.reason))
            .collect(),
        opens: rounds.iter().map(|round| round.opens_at).min().map(words).unwrap_or_default(),
        closes: rounds.iter().map(|round| round.closes_at).max().map(words).unwrap_or_default(),
        warnings: warnings(staff, draft).await?,
        emails: draft.campaign.emails.len(),
        organisations: staff.tenant().organisations.len(),
        smallest_group: draft.campaign.smallest_group,
        may_launch: staff.may(Kind::Campaign, Action::Launch),
        errors,
    };
    staff.show_with(status, &view)
}

/// What a launch would leave undone, though nothing forbids it.
async fn warnings(staff: &Staff, draft: &Draft) -> Result<Vec<LaunchWarning>, PageError> {
    let empty = empty_rolls(staff, draft).await?.into_iter().map(|organisation| LaunchWarning {
        path: format!("/console/drafts/{}/people", draft.id),
        place: "People".to_owned(),
        words: format!(
            "Nobody of “{organisation}” is on the list. Its people are invited, so none of them can come in."
        ),
    });
    let mut warnings: Vec<_> = empty.collect();
    if !staff.state.accounts().someone_may(staff.tenant(), Kind::Post, Action::Hide).await? {
        warnings.push(LaunchWarning {
            path: "/console/people/invite".to_owned(),
            place: "Invite a moderator".to_owned(),
            words: "Nobody can look after what people write yet.".to_owned(),
        });
    }
    Ok(warnings)
}

/// The conversation as participants will see it, empty. Nothing in it can be sent.
#[handler]
pub(crate) async fn preview(staff: Staff, Path(id): Path<String>) -> Result<Response> {
    let draft = load(&staff, &id).await?;
    let asked = staff.query.get("round").unwrap_or_default();
    let campaign = draft.as_campaign(staff.tenant());
    let dated = campaign.as_ref().and_then(|campaign| {
        let round = campaign.rounds.iter().find(|round| round.slug == asked);
        round.or(campaign.rounds.first())
    });
    let Some(round) = dated else {
        let why = "Give the dates of every round first. Then you can see it as participants will.".to_owned();
        return Err(PageError::Refused { why, kept: None }.into());
    };
    let words = |at| in_words(at, staff.tenant().zone);
    let view = Conversation {
        site: staff.dressed.chrome.clone(),
        visit: Visit { preview: Some(format!("/console/drafts/{}/check", draft.id)), ..Visit::default() },
        campaign: views::Campaign {
            slug: draft.campaign.slug.clone(),
            title: draft.campaign.title.clone(),
            state: RoundState::Open,
            opens: words(round.opens_at),
            closes: words(round.closes_at),
            dates: views::Dates::default(),
        },
        may_take_part: true,
        first_idea: Some(views::IdeaForm::empty()),
        from_moderators: 0,
        intro: "Read what others say. Vote on what you know about. Add what is missing.".into(),
        prompts: round.prompts.to_vec(),
        themes: round.themes.to_vec(),
        filters: Filters { sort: Sort::default(), ..Filters::default() },
        cards: Vec::new(),
        total: 0,
        next: None,
        later_page: false,
        live: None,
        source_html: None,
    };
    staff.show(&view)
}
