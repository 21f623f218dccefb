//! What moderators did about one's own posts: shown on "My ideas", with answers and appeals.

use actions::{CaseNote, MyCase, MySuspension};
use domain::contribution::PostState;
use domain::moderation::{CaseState, MAX_NOTE_CHARACTERS, NoteKind, Rule};
use domain::time_zone::{day_in_words, local_date};
use poem::http::StatusCode;
use poem::web::Path;
use poem::{Response, Result, handler};

use super::contribution::{keeping, post_id};
use super::mine;
use crate::fault::PageError;
use crate::posted::Posted;
use crate::text_html::post_html;
use crate::views::{MyModerated, MyModeration, MySaid, MyStanding, MyStop};
use crate::visitor::Participant;

/// The part of "My ideas" that tells what moderators did.
pub(super) async fn part(owner: &Participant) -> Result<MyModeration, PageError> {
    let actions = owner.state.actions();
    let (cases, suspended) = actions.show_my_cases(owner.tenant(), &owner.session, &owner.round).await?;
    let today = local_date(actions.now(), owner.tenant().zone);
    let contacts = &owner.tenant().contacts;
    Ok(MyModeration {
        suspended: suspended.map(|MySuspension { suspension, reason }| MyStop {
            reason: reason.to_author(),
            note: suspension.note,
            until: suspension.until.map(|until| day_in_words(until, today)),
        }),
        cases: cases.into_iter().map(shown).collect(),
        support: contacts.support.clone(),
        support_name: contacts.support_name.clone(),
        limit: MAX_NOTE_CHARACTERS,
    })
}

fn shown(my: MyCase) -> MyModerated {
    let may_appeal = my.may_appeal();
    let MyCase { case, post, notes } = my;
    let hidden = post.state == PostState::Hidden;
    let standing = match case.state {
        CaseState::Hidden => MyStanding::Hidden,
        CaseState::Appealed => MyStanding::Appealed,
        CaseState::Merged => MyStanding::Merged,
        _ if hidden => MyStanding::Waiting,
        _ => MyStanding::Visible,
    };
    MyModerated {
        id: post.id.to_string(),
        comment: post.contribution.is_some(),
        standing,
        html: post_html(&post.body),
        held_for: if standing == MyStanding::Waiting {
            case.flags.iter().map(|rule: &Rule| rule.label()).collect()
        } else {
            Vec::new()
        },
        reason: case.reason.filter(|_| hidden).map(|reason| reason.to_author()),
        merged_into: case.merged_into.map(|target| target.to_string()),
        said: notes.into_iter().map(said).collect(),
        may_answer: case.state == CaseState::Asked,
        may_appeal,
        may_change: hidden && case.state.leaves_words_to_author(),
        may_take_back: hidden,
        error: None,
        typed: String::new(),
    }
}

fn said(note: CaseNote) -> MySaid {
    let who = match note.kind {
        NoteKind::Question => "A moderator asks",
        NoteKind::Answer => "You answered",
        NoteKind::Amendment => "A moderator changed it",
        NoteKind::Hidden => "A moderator hid it",
        NoteKind::Appeal => "You asked for another look",
        NoteKind::Restored => "A moderator brought it back",
        NoteKind::Merged => "A moderator put it together with another",
        NoteKind::Escalation => "A moderator passed it on",
    };
    MySaid { who, words: note.body, before: note.before.map(|before| post_html(&before)) }
}

#[handler]
pub(crate) async fn answer(posted: Posted, Path(slug): Path<String>) -> Result<Response> {
    say(posted, &slug, NoteKind::Answer).await
}

#[handler]
pub(crate) async fn appeal(posted: Posted, Path(slug): Path<String>) -> Result<Response> {
    say(posted, &slug, NoteKind::Appeal).await
}

async fn say(posted: Posted, slug: &str, kind: NoteKind) -> Result<Response> {
    let body = posted.field("body").to_owned();
    let post = post_id(posted.field("post"))?;
    let owner = posted.visitor.participant(slug).map_err(|error| keeping(error, &body))?;
    let (actions, tenant, session) = (owner.state.actions(), owner.tenant(), &owner.session);
    let (said, done) = match kind {
        NoteKind::Answer => (actions.answer_moderator(tenant, session, post, &body).await, "answered"),
        _ => (actions.appeal_hidden(tenant, session, post, &body).await, "appealed"),
    };
    match said.map_err(PageError::from) {
        Ok(said) => said.ok_or(PageError::NotFound)?,
        Err(PageError::Refused { why, kept }) => {
            let mut moderation = part(&owner).await?;
            let id = post.to_string();
            let form = moderation.cases.iter_mut().find(|case| case.id == id && case.may_say());
            // Where there is no form any more there is nothing to say it beside.
            let Some(case) = form else {
                return Err(keeping(PageError::Refused { why, kept }, &body).into());
            };
            (case.error, case.typed) = (Some(why), body);
            return mine::page(&owner, StatusCode::UNPROCESSABLE_ENTITY, moderation).await;
        }
        Err(error) => return Err(keeping(error, &body).into()),
    }
    Ok(owner.see_other(&format!("/conversations/{slug}/mine?done={done}")))
}
