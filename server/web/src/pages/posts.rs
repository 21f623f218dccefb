//! Changing and taking back one's own words.

use actions::{ActionError, Edited, Post};
use domain::contribution::{ContributionForm, PostRefusal};
use domain::ids::PostId;
use domain::round::{Feeling, RoundRefusal};
use poem::http::StatusCode;
use poem::web::Path;
use poem::{Response, Result, handler};

use super::cards;
use super::contribution::{body_error, keeping, post_id};
use super::share::idea_form;
use crate::fault::PageError;
use crate::posted::Posted;
use crate::text_html::post_html;
use crate::views::{Edit, FieldError, PostKind, Withdraw};
use crate::visitor::{Participant, Visitor};

#[handler]
pub(crate) async fn show_edit(
    visitor: Visitor,
    Path((slug, id)): Path<(String, String)>,
) -> Result<Response> {
    let writer = visitor.reader(&slug)?;
    let post = own(&writer, post_id(&id)?).await?;
    let form = ContributionForm {
        prompt: String::new(),
        body: post.body.clone(),
        theme: post.theme.clone().unwrap_or_default(),
        feeling: post.feeling.map(Feeling::slug).unwrap_or_default().to_owned(),
    };
    edit_page(&writer, StatusCode::OK, post.id, kind(&post), post.contribution, form, Vec::new(), false).await
}

#[handler]
pub(crate) async fn edit(posted: Posted, Path((slug, id)): Path<(String, String)>) -> Result<Response> {
    let field = |name: &str| posted.field(name).to_owned();
    let form = ContributionForm {
        prompt: String::new(),
        body: field("body"),
        theme: field("theme"),
        feeling: field("feeling"),
    };
    let writer = posted.visitor.participant(&slug).map_err(|error| keeping(error, &form.body))?;
    let id = post_id(&id)?;
    let actions = writer.state.actions();
    let edited =
        actions.edit_post(writer.tenant(), &writer.session, id, &form.body, &form.theme, &form.feeling).await;
    match edited {
        Ok(Some(Edited { visible: false, .. })) => {
            Ok(writer.see_other(&format!("/conversations/{slug}/mine?done=held")))
        }
        Ok(Some(Edited { place, .. })) => {
            Ok(writer
                .see_other(&format!("/conversations/{slug}/contributions/{place}?done=edited#post-{id}")))
        }
        Ok(None) => Err(PageError::NotFound.into()),
        Err(ActionError::Post(PostRefusal::Round(RoundRefusal::Closed))) => {
            let kind = PostKind::Contribution;
            edit_page(&writer, StatusCode::CONFLICT, id, kind, None, form, Vec::new(), true).await
        }
        Err(ActionError::Post(
            refusal @ (PostRefusal::Text(_) | PostRefusal::UnknownTheme | PostRefusal::UnknownFeeling),
        )) => {
            let post = own(&writer, id).await?;
            let errors = vec![body_error(&refusal)];
            let status = StatusCode::UNPROCESSABLE_ENTITY;
            edit_page(&writer, status, id, kind(&post), post.contribution, form, errors, false).await
        }
        Err(error) => Err(keeping(error.into(), &form.body).into()),
    }
}

#[handler]
pub(crate) async fn show_withdraw(
    visitor: Visitor,
    Path((slug, id)): Path<(String, String)>,
) -> Result<Response> {
    let writer = visitor.reader(&slug)?;
    let actions = writer.state.actions();
    let post = actions.post_to_withdraw(writer.tenant(), &writer.session, post_id(&id)?).await;
    let post = found(post)?;
    let round = current_round(&writer).await?;
    writer.show(&Withdraw {
        site: writer.dressed.chrome.clone(),
        visit: writer.to_visit(&format!("/conversations/{slug}")),
        campaign: cards::campaign(writer.tenant(), &writer.campaign, &round, writer.state.actions().now()),
        post: post.id.to_string(),
        kind: kind(&post),
        contribution: post.contribution.unwrap_or(post.id).to_string(),
        html: post_html(&post.body),
    })
}

#[handler]
pub(crate) async fn withdraw(posted: Posted, Path((slug, id)): Path<(String, String)>) -> Result<Response> {
    let writer = posted.visitor.participant(&slug)?;
    let withdrawn =
        writer.state.actions().withdraw_post(writer.tenant(), &writer.session, post_id(&id)?).await;
    withdrawn.map_err(PageError::from)?.ok_or(PageError::NotFound)?;
    Ok(writer.see_other(&format!("/conversations/{slug}/mine?done=withdrawn")))
}

/// A post of one's own. Somebody else's is not there, as far as this page is concerned.
async fn own(writer: &Participant, id: PostId) -> Result<Post, PageError> {
    found(writer.state.actions().own_post(writer.tenant(), &writer.session, id).await)
}

fn found(post: Result<Option<Post>, ActionError>) -> Result<Post, PageError> {
    match post {
        Ok(post) => post.ok_or(PageError::NotFound),
        Err(ActionError::Post(PostRefusal::NotYours)) => Err(PageError::NotFound),
        Err(error) => Err(error.into()),
    }
}

async fn current_round(writer: &Participant) -> Result<domain::round::Round, PageError> {
    let actions = writer.state.actions();
    actions.current_round(writer.tenant(), &writer.campaign).await?.ok_or(PageError::NotFound)
}

fn kind(post: &Post) -> PostKind {
    if post.contribution.is_some() { PostKind::Comment } else { PostKind::Contribution }
}

#[expect(clippy::too_many_arguments, reason = "the page's parts, each of another kind")]
async fn edit_page(
    writer: &Participant,
    status: StatusCode,
    id: PostId,
    kind: PostKind,
    contribution: Option<PostId>,
    form: ContributionForm,
    errors: Vec<FieldError>,
    closed_meanwhile: bool,
) -> Result<Response> {
    let round = current_round(writer).await?;
    let view = Edit {
        site: writer.dressed.chrome.clone(),
        visit: writer.to_visit(&format!("/conversations/{}", writer.campaign.slug)),
        campaign: cards::campaign(writer.tenant(), &writer.campaign, &round, writer.state.actions().now()),
        post: id.to_string(),
        kind,
        contribution: contribution.unwrap_or(id).to_string(),
        themes: writer.round.themes.to_vec(),
        form: idea_form(form, errors),
        closed_meanwhile,
    };
    writer.show_with(status, &view)
}
