//! Asking a moderator to look at a post, and what moderators have done, for everybody to read.

use actions::{ActionError, Post};
use domain::ids::PostId;
use domain::moderation::{MAX_NOTE_CHARACTERS, ModerationRefusal, Reason};
use poem::http::StatusCode;
use poem::web::Path;
use poem::{Response, Result, handler};

use super::cards;
use super::contribution::post_id;
use crate::fault::PageError;
use crate::posted::Posted;
use crate::text_html::post_html;
use crate::views::{FieldError, Ledger, LedgerLine, PostKind, ReasonChoice, ReasonInWords, Report};
use crate::visitor::{Participant, Visitor};

#[handler]
pub(crate) async fn show(visitor: Visitor, Path((slug, id)): Path<(String, String)>) -> Result<Response> {
    let reader = visitor.reader(&slug)?;
    let post = reported(&reader, post_id(&id)?).await?;
    page(&reader, StatusCode::OK, &post, "", "", Vec::new()).await
}

#[handler]
pub(crate) async fn send(posted: Posted, Path((slug, id)): Path<(String, String)>) -> Result<Response> {
    let (reason, note) = (posted.field("reason").to_owned(), posted.field("note").to_owned());
    let reader = posted.visitor.participant(&slug)?;
    let post = reported(&reader, post_id(&id)?).await?;
    let sent =
        reader.state.actions().report_post(reader.tenant(), &reader.session, post.id, &reason, &note).await;
    let place = post.contribution.unwrap_or(post.id);
    match sent {
        Ok(Some(())) => {
            Ok(reader.see_other(&format!("/conversations/{slug}/contributions/{place}?done=reported")))
        }
        Ok(None) => Err(PageError::NotFound.into()),
        Err(ActionError::Moderation(
            refusal @ (ModerationRefusal::NoReason
            | ModerationRefusal::Words(_)
            | ModerationRefusal::ReportedAlready
            | ModerationRefusal::TooManyReports),
        )) => {
            let field = if matches!(refusal, ModerationRefusal::Words(_)) { "note" } else { "reason" };
            let errors = vec![FieldError { field: field.into(), text: refusal.to_string() }];
            page(&reader, StatusCode::UNPROCESSABLE_ENTITY, &post, &reason, &note, errors).await
        }
        Err(error) => Err(PageError::from(error).into()),
    }
}

async fn reported(reader: &Participant, id: PostId) -> Result<Post, PageError> {
    let post = reader.state.actions().readable_post(reader.tenant(), &reader.session, id).await?;
    post.ok_or(PageError::NotFound)
}

async fn page(
    reader: &Participant,
    status: StatusCode,
    post: &Post,
    reason: &str,
    note: &str,
    errors: Vec<FieldError>,
) -> Result<Response> {
    let actions = reader.state.actions();
    let round = actions.current_round(reader.tenant(), &reader.campaign).await.map_err(PageError::from)?;
    let round = round.ok_or(PageError::NotFound)?;
    let view = Report {
        site: reader.dressed.chrome.clone(),
        visit: reader.to_visit(&format!("/conversations/{}", reader.campaign.slug)),
        campaign: cards::campaign(reader.tenant(), &reader.campaign, &round, actions.now()),
        post: post.id.to_string(),
        kind: if post.contribution.is_some() { PostKind::Comment } else { PostKind::Contribution },
        contribution: post.contribution.unwrap_or(post.id).to_string(),
        html: post_html(&post.body),
        reasons: ReasonChoice::all(),
        chosen: reason.to_owned(),
        note: note.to_owned(),
        limit: MAX_NOTE_CHARACTERS,
        errors,
    };
    reader.show_with(status, &view)
}

/// What is done, as the ledger says it; what is not in here is not shown.
const DEEDS: [(&str, &str); 10] = [
    ("post.hold", "Held back by a rule until a moderator looked"),
    ("post.report", "Reports by people who read a post"),
    ("post.keep", "Looked at and kept as it was"),
    ("post.amend", "Changed by a moderator"),
    ("post.hide", "Hidden by a moderator"),
    ("post.appeal", "Authors who asked for another look"),
    ("post.restore", "Brought back"),
    ("post.merge", "Put together with an idea that says about the same"),
    ("thread.lock", "Comments closed under an idea"),
    ("participant.suspend", "People stopped from writing for a time"),
];

#[handler]
pub(crate) async fn ledger(visitor: Visitor, Path(slug): Path<String>) -> Result<Response> {
    let campaign = visitor.tenant().campaign(&slug).ok_or(PageError::NotFound)?.clone();
    let counts = visitor.state.actions().show_ledger(visitor.tenant(), &campaign).await;
    let counts = counts.map_err(PageError::from)?;
    let lines = DEEDS.iter().flat_map(|(what, words)| {
        let of_this = counts.iter().filter(move |count| count.what == *what);
        of_this.map(|count| LedgerLine {
            what: (*words).to_owned(),
            reason: count.reason.unwrap_or_default().to_owned(),
            times: count.times,
        })
    });
    let view = Ledger {
        site: visitor.dressed.chrome.clone(),
        visit: visitor.to_visit(&format!("/conversations/{slug}")),
        slug: slug.clone(),
        title: campaign.title.clone(),
        lines: lines.collect(),
        reasons: Reason::ALL
            .map(|reason| ReasonInWords { label: reason.label(), words: reason.to_author() })
            .to_vec(),
        support: visitor.tenant().contacts.support.clone(),
        support_name: visitor.tenant().contacts.support_name.clone(),
    };
    visitor.show(&view)
}
