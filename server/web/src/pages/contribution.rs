//! One contribution with its comments.

use actions::{ActionError, CommentForm, ContributionView, Placed};
use domain::contribution::{PostRefusal, PostState};
use domain::ids::PostId;
use domain::round::{RoundRefusal, RoundState};
use domain::text::MAX_BODY_CHARACTERS;
use poem::http::StatusCode;
use poem::web::Path;
use poem::{Response, Result, handler};

use super::cards::{self, Reader};
use crate::fault::PageError;
use crate::posted::Posted;
use crate::views::{self, Contribution, FieldError, Live, MergedIdea, ReplyTo};
use crate::visitor::{Participant, Visitor};

#[handler]
pub(crate) async fn show(visitor: Visitor, Path((slug, id)): Path<(String, String)>) -> Result<Response> {
    let reader = visitor.reader(&slug)?;
    let reply = reader.query.get("reply").and_then(|id| id.parse().ok());
    let page = page(&reader, post_id(&id)?, reply, empty_form()).await?;
    reader.show(&page)
}

#[handler]
pub(crate) async fn add_comment(
    posted: Posted,
    Path((slug, id)): Path<(String, String)>,
) -> Result<Response> {
    let body = posted.field("body").to_owned();
    let reply_to = match posted.field("reply_to") {
        "" => None,
        id => Some(post_id(id)?),
    };
    let participant = posted.visitor.participant(&slug);
    let writer = participant.map_err(|error| keeping(error, &body))?;
    let contribution = post_id(&id)?;
    let form = CommentForm { reply_to, body: body.clone() };
    let added =
        writer.state.actions().add_comment(writer.tenant(), &writer.session, contribution, &form).await;
    match added {
        Ok(Some(Placed::Now(comment))) => {
            let place =
                format!("/conversations/{slug}/contributions/{contribution}?done=commented#post-{comment}");
            Ok(writer.see_other(&place))
        }
        Ok(Some(Placed::WithModerator(_))) => {
            Ok(writer.see_other(&format!("/conversations/{slug}/mine?done=held")))
        }
        Ok(Some(Placed::WithTheNextGroup)) => {
            Ok(writer.see_other(&format!("/conversations/{slug}/mine?done=kept")))
        }
        Ok(None) => Err(PageError::NotFound.into()),
        Err(ActionError::Post(refusal)) => {
            let closed_meanwhile = refusal == PostRefusal::Round(RoundRefusal::Closed);
            let errors = if closed_meanwhile { Vec::new() } else { vec![body_error(&refusal)] };
            let form = views::CommentForm { body, errors, closed_meanwhile, ..empty_form() };
            let status =
                if closed_meanwhile { StatusCode::CONFLICT } else { StatusCode::UNPROCESSABLE_ENTITY };
            let page = page(&writer, contribution, reply_to, form).await?;
            writer.show_with(status, &page)
        }
        Err(error) => Err(keeping(error.into(), &body).into()),
    }
}

async fn page(
    reader: &Participant,
    id: PostId,
    reply: Option<PostId>,
    form: views::CommentForm,
) -> Result<Contribution> {
    let actions = reader.state.actions();
    let after = reader.query.get("after").and_then(|after| after.parse().ok()).unwrap_or(0);
    let shown = actions.show_contribution(reader.tenant(), &reader.session, id, after).await;
    let shown: ContributionView = shown.map_err(PageError::from)?.ok_or(PageError::NotFound)?;
    let now = actions.now();
    let state = shown.round.state(now);
    let as_reader = Reader::new(reader.tenant(), &reader.round, reader.session.participant, now);
    let answered = reply.and_then(|id| {
        shown
            .comments
            .iter()
            .find(|comment| comment.post.id == id && comment.post.state == PostState::Visible)
    });
    let own_comments = shown.comments.iter().filter(|c| c.post.author == Some(reader.session.participant));
    let visit = reader.to_visit(&format!("/conversations/{}", reader.campaign.slug));
    Ok(Contribution {
        site: reader.dressed.chrome.clone(),
        // A form that came back with an error has the address of the form: the page it belongs to is its parent.
        visit: views::Visit { here: visit.here.trim_end_matches("/comments").to_owned(), ..visit },
        campaign: cards::campaign(reader.tenant(), &reader.campaign, &shown.round, now),
        may_take_part: state == RoundState::Open,
        comments_closed: shown.contribution.post.locked,
        merged: shown.merged_into.map(|target| MergedIdea {
            target: target.to_string(),
            html: crate::text_html::post_html(&shown.contribution.post.body),
        }),
        prompts: reader.round.prompts.to_vec(),
        card: as_reader.whole(&shown.contribution),
        comments: as_reader.threaded(&shown.contribution, &shown.comments),
        next: shown.next.map(|next| next.to_string()),
        reply: answered.map(|comment| ReplyTo {
            id: comment.post.id.to_string(),
            name: domain::voice::name(comment.post.voice),
        }),
        form,
        live: matches!(state, RoundState::Open | RoundState::Paused).then(|| Live {
            revision: shown.round.revision,
            own: own_comments.map(|comment| comment.post.id.to_string()).collect(),
        }),
    })
}

fn empty_form() -> views::CommentForm {
    views::CommentForm {
        body: String::new(),
        limit: u32::try_from(MAX_BODY_CHARACTERS).unwrap_or(u32::MAX),
        errors: Vec::new(),
        closed_meanwhile: false,
    }
}

/// An id in an address. What is no id is not found, like an id of nothing.
pub(super) fn post_id(text: &str) -> Result<PostId, PageError> {
    text.parse().map_err(|_| PageError::NotFound)
}

/// The refusal as an error of the field that it is about.
pub(super) fn body_error(refusal: &PostRefusal) -> FieldError {
    let field = match refusal {
        PostRefusal::Text(_) => "body",
        PostRefusal::UnknownPrompt => "prompt",
        PostRefusal::UnknownTheme => "theme",
        PostRefusal::UnknownFeeling => "feeling",
        _ => "",
    };
    FieldError { field: field.to_owned(), text: refusal.to_string() }
}

/// `error`, with what somebody typed for them to keep.
pub(super) fn keeping(error: PageError, body: &str) -> PageError {
    let kept = Some(body.to_owned()).filter(|body| !body.trim().is_empty());
    match error {
        PageError::EnterFirst { .. } => PageError::EnterFirst { kept },
        PageError::Refused { why, .. } => PageError::Refused { why, kept },
        PageError::Busy(why) => PageError::Refused { why, kept },
        PageError::Closed { .. } => PageError::Closed { kept },
        other => other,
    }
}
