//! Sharing an idea.

use actions::{ActionError, Placed};
use domain::contribution::{ContributionForm, PostRefusal};
use domain::round::RoundRefusal;
use domain::text::{Body, MAX_BODY_CHARACTERS};
use poem::http::StatusCode;
use poem::web::Path;
use poem::{Response, Result, handler};

use super::cards;
use super::contribution::{body_error, keeping};
use crate::fault::PageError;
use crate::posted::Posted;
use crate::views::{FieldError, IdeaForm, Share};
use crate::visitor::{Participant, Visitor};

#[handler]
pub(crate) async fn show(visitor: Visitor, Path(slug): Path<String>) -> Result<Response> {
    let writer = visitor.reader(&slug)?;
    let round = stored_round(&writer).await?;
    round.require_open(writer.state.actions().now()).map_err(PageError::from)?;
    let prompt = writer.query.get("prompt").unwrap_or_default().to_owned();
    let form = ContributionForm { prompt, ..ContributionForm::default() };
    page(&writer, StatusCode::OK, form, Vec::new(), false).await
}

#[handler]
pub(crate) async fn send(posted: Posted, Path(slug): Path<String>) -> Result<Response> {
    let field = |name: &str| posted.field(name).to_owned();
    let form = ContributionForm {
        prompt: field("prompt"),
        body: field("body"),
        theme: field("theme"),
        feeling: field("feeling"),
    };
    let writer = posted.visitor.participant(&slug).map_err(|error| keeping(error, &form.body))?;
    let shared = writer
        .state
        .actions()
        .share_contribution(writer.tenant(), &writer.session, &writer.round, &form)
        .await;
    match shared {
        Ok(Some(Placed::Now(id))) => {
            Ok(writer.see_other(&format!("/conversations/{slug}/contributions/{id}?done=shared")))
        }
        Ok(Some(Placed::WithModerator(_))) => {
            Ok(writer.see_other(&format!("/conversations/{slug}/mine?done=held")))
        }
        Ok(Some(Placed::WithTheNextGroup)) => {
            Ok(writer.see_other(&format!("/conversations/{slug}/mine?done=kept")))
        }
        Ok(None) => Err(PageError::NotFound.into()),
        Err(ActionError::Post(PostRefusal::Round(RoundRefusal::Closed))) => {
            page(&writer, StatusCode::CONFLICT, form, Vec::new(), true).await
        }
        Err(ActionError::Post(refusal)) => {
            let errors = all_errors(&writer, &form, &refusal);
            page(&writer, StatusCode::UNPROCESSABLE_ENTITY, form, errors, false).await
        }
        Err(error) => Err(keeping(error.into(), &form.body).into()),
    }
}

/// The refusal, and what else is plainly wrong with the form, so that nobody has to send it twice.
fn all_errors(writer: &Participant, form: &ContributionForm, refusal: &PostRefusal) -> Vec<FieldError> {
    let mut errors = vec![body_error(refusal)];
    let unknown_prompt = !writer.round.prompts.iter().any(|prompt| prompt.slug == form.prompt);
    if unknown_prompt
        && *refusal == PostRefusal::UnknownPrompt
        && let Err(text) = Body::parse(&form.body)
    {
        errors.push(body_error(&PostRefusal::Text(text)));
    }
    errors
}

async fn stored_round(writer: &Participant) -> Result<domain::round::Round, PageError> {
    let actions = writer.state.actions();
    actions.current_round(writer.tenant(), &writer.campaign).await?.ok_or(PageError::NotFound)
}

async fn page(
    writer: &Participant,
    status: StatusCode,
    form: ContributionForm,
    errors: Vec<FieldError>,
    closed_meanwhile: bool,
) -> Result<Response> {
    let round = stored_round(writer).await?;
    let view = Share {
        site: writer.dressed.chrome.clone(),
        visit: writer.to_visit(&format!("/conversations/{}", writer.campaign.slug)),
        campaign: cards::campaign(writer.tenant(), &writer.campaign, &round, writer.state.actions().now()),
        prompts: writer.round.prompts.to_vec(),
        themes: writer.round.themes.to_vec(),
        form: idea_form(form, errors),
        closed_meanwhile,
    };
    writer.show_with(status, &view)
}

/// The form with what was typed in it.
pub(super) fn idea_form(form: ContributionForm, errors: Vec<FieldError>) -> IdeaForm {
    IdeaForm {
        prompt: form.prompt,
        body: form.body,
        theme: form.theme,
        feeling: form.feeling,
        limit: u32::try_from(MAX_BODY_CHARACTERS).unwrap_or(u32::MAX),
        errors,
    }
}
