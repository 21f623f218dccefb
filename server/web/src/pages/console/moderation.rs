//! The moderators' queue and the page of a case. What is decided there: `decisions.rs`.

use std::collections::HashMap;

use actions::policy::{Action, Kind};
use actions::{
    Campaign, CaseNote, CaseView, MAX_SUSPENSIONS, ModeratedPost, QUEUE_PAGE, Queue, QueuedPost,
    StandingSuspension,
};
use chrono::NaiveDate;
use domain::contribution::PostState;
use domain::ids::PostId;
use domain::moderation::{
    CaseState, Claim, MAX_NOTE_CHARACTERS, NoteKind, Reason, Rule, SUSPENSION_DAYS, SecondLook, Step, after,
    appealed_against,
};
use domain::time_zone::{day_in_words, local_date, local_time};
use domain::voice;
use domain::vote::VoteCounts;
use poem::http::StatusCode;
use poem::web::Path;
use poem::{Response, Result, handler};

use crate::console::Staff;
use crate::fault::PageError;
use crate::pages::cards::excerpt;
use crate::pages::contribution::post_id;
use crate::text_html::post_html;
use crate::views::ReasonChoice;
use crate::views::console::{
    CaseActs, CaseFinding, CasePost, CaseReport, CaseSaid, CaseSimilar, CaseThread, CaseTyped, ClaimedBy,
    DecidedBefore, HiddenBy, ModerationCase, ModerationQueue, QueueFilter, QueueLine, SuspendedLine,
};

const PART: &str = "/console/campaigns";

/// The campaign called `slug`.
pub(super) fn campaign<'a>(staff: &'a Staff, slug: &str) -> Result<&'a Campaign, PageError> {
    staff.tenant().campaign(slug).ok_or(PageError::NotFound)
}

#[handler]
pub(crate) async fn list(staff: Staff, Path(slug): Path<String>) -> Result<Response> {
    let campaign = campaign(&staff, &slug)?;
    let filter = staff.query.get("show").and_then(CaseState::from_slug);
    let page: u64 = staff.query.get("page").and_then(|page| page.parse().ok()).unwrap_or(1).max(1);
    let queue = staff.state.actions().list_moderation_queue(staff.tenant(), campaign, filter, page - 1).await;
    let queue: Queue = queue.map_err(PageError::from)?;
    let count = |state: CaseState| queue.counts.get(&state).copied().unwrap_or_default();
    let mut filters = vec![QueueFilter { value: "", label: "Waiting for you", count: queue.waiting() }];
    let states = CaseState::ALL.iter().map(|state| QueueFilter {
        value: state.slug(),
        label: state.label(),
        count: count(*state),
    });
    filters.extend(states.filter(|one| one.count > 0 || Some(one.value) == filter.map(CaseState::slug)));
    let suspended = match staff.may(Kind::Participant, Action::Suspend) {
        true => {
            staff.state.actions().list_suspensions(staff.tenant(), campaign).await.map_err(PageError::from)?
        }
        false => Vec::new(),
    };
    let today = local_date(staff.state.now(), staff.tenant().zone);
    let view = ModerationQueue {
        site: staff.dressed.chrome.clone(),
        visit: staff.visit(staff.query.get("done").and_then(done)),
        desk: staff.desk(PART),
        slug,
        title: campaign.title.clone(),
        filter: filter.map(CaseState::slug).unwrap_or_default().to_owned(),
        filters,
        cases: queue.cases.iter().map(|queued| line(&staff, queued, &queue.reasons)).collect(),
        suspended: suspended.into_iter().map(|one| suspended_line(one, today)).collect(),
        most_suspended: MAX_SUSPENSIONS,
        page,
        more: queue.more && page * QUEUE_PAGE < u64::MAX,
        may_decide: staff.may(Kind::Post, Action::Change),
        before: decided_before(&staff, campaign).await?,
    };
    staff.show(&view)
}

#[handler]
pub(crate) async fn show(staff: Staff, Path((slug, id)): Path<(String, String)>) -> Result<Response> {
    let said = staff.query.get("done").and_then(done);
    let filter = staff.query.get("show").unwrap_or_default().to_owned();
    page(&staff, &slug, &id, &filter, said, None).await
}

/// What is said once after something was done.
fn done(done: &str) -> Option<&'static str> {
    Some(match done {
        "keep" => "Kept.",
        "amend" => "Changed. Its author sees the old and the new words.",
        "hide" => "Hidden. Its author is told why.",
        "restore" => "Brought back.",
        "ask" => "Asked. The answer comes into the queue.",
        "merge" => "Put together.",
        "lock" => "Comments closed.",
        "unlock" => "Comments open again.",
        "suspend" => "Its author cannot write for now.",
        "end-suspension" => "Its author can write again.",
        "escalate" => "On record.",
        "claim" => "Yours for five minutes.",
        "nothing" => "Nothing else waits that is free.",
        _ => return None,
    })
}

/// The page of a case; `refused` is what was typed into which form, and why it was not done.
pub(super) async fn page(
    staff: &Staff,
    slug: &str,
    id: &str,
    filter: &str,
    said: Option<&str>,
    refused: Option<(CaseTyped, String)>,
) -> Result<Response> {
    let campaign = campaign(staff, slug)?;
    let actions = staff.state.actions();
    let search = staff.query.get("like").unwrap_or_default().to_owned();
    let shown = actions.show_case(staff.tenant(), campaign, post_id(id)?, &search).await;
    let shown = shown.map_err(PageError::from)?.ok_or(PageError::NotFound)?;
    let queue = actions.list_moderation_queue(staff.tenant(), campaign, None, 0).await;
    let waiting = queue.map_err(PageError::from)?.waiting();
    let today = local_date(staff.state.now(), staff.tenant().zone);
    let claimed = claimed(staff, shown.case.claim.as_ref());
    let hidden_by = hidden_by(staff, &shown).await?;
    let contacts = &staff.tenant().contacts;
    let status = if refused.is_some() { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    let (typed, problem) = refused.map_or((CaseTyped::default(), None), |(typed, why)| (typed, Some(why)));
    let free = claimed.as_ref().is_none_or(|claimed| claimed.mine);
    let barred = hidden_by.as_ref().is_some_and(|hidden| hidden.barred);
    let can = match acts(staff, &shown) {
        _ if !free => CaseActs::default(),
        can if barred => CaseActs { suspend: can.suspend, escalate: can.escalate, ..CaseActs::default() },
        can => can,
    };
    let view = ModerationCase {
        site: staff.dressed.chrome.clone(),
        visit: staff.visit(said),
        desk: staff.desk(PART),
        script: crate::assets::url("moderation.js"),
        slug: slug.to_owned(),
        filter: filter.to_owned(),
        waiting,
        can,
        post: shown_post(campaign, &shown.post, today),
        state: shown.case.state.label(),
        version: shown.case.version,
        since: day_in_words(shown.case.opened_on, today),
        claimed,
        findings: shown
            .findings
            .iter()
            .map(|one| CaseFinding { rule: one.rule.label(), found: one.found.clone() })
            .collect(),
        reports: shown
            .reports
            .into_iter()
            .map(|report| CaseReport { reason: report.reason.label(), note: report.note })
            .collect(),
        reports_total: shown.case.reports,
        reason: shown.case.reason.map(|reason| reason.label()),
        said: shown.notes.into_iter().map(said_to_moderators).collect(),
        suspended: shown.suspension.map(|suspension| match suspension.until {
            Some(until) => format!("until {}", day_in_words(until, today)),
            None => "until a moderator ends it".to_owned(),
        }),
        similar: shown
            .similar
            .into_iter()
            .map(|idea| CaseSimilar {
                id: idea.id.to_string(),
                excerpt: excerpt(&idea.body),
                votes: votes(idea.votes),
            })
            .collect(),
        search,
        merged_into: shown.case.merged_into.map(|target| target.to_string()),
        reasons: ReasonChoice::all(),
        days: SUSPENSION_DAYS.to_vec(),
        limit: MAX_NOTE_CHARACTERS,
        support: contacts.support.clone(),
        support_name: contacts.support_name.clone(),
        problem,
        hidden_by,
        before: decided_before(staff, campaign).await?,
        typed,
    };
    staff.show_with(status, &view)
}

fn suspended_line(
    StandingSuspension { suspension, body }: StandingSuspension,
    today: NaiveDate,
) -> SuspendedLine {
    SuspendedLine {
        post: suspension.post.to_string(),
        excerpt: Some(excerpt(&body)).filter(|excerpt| !excerpt.is_empty()),
        reason: Reason::from_slug(&suspension.reason).map(Reason::label),
        until: suspension.until.map(|until| day_in_words(until, today)),
    }
}

/// What the address says was decided just before. Only a hiding is taken back by one press: all else needs a look, or a reason.
async fn decided_before(staff: &Staff, campaign: &Campaign) -> Result<Option<DecidedBefore>, PageError> {
    let Some(id) = staff.query.get("last").and_then(|id| id.parse().ok()) else { return Ok(None) };
    let shown = staff.state.actions().show_case(staff.tenant(), campaign, id, "").await?;
    Ok(shown.map(|shown| DecidedBefore {
        post: id.to_string(),
        undo: (shown.case.state == CaseState::Hidden && acts(staff, &shown).restore)
            .then_some(shown.case.version),
    }))
}

/// Who hid a post that its author appeals for, and whether whoever reads this has to leave it to somebody else.
async fn hidden_by(staff: &Staff, shown: &CaseView) -> Result<Option<HiddenBy>, PageError> {
    let Some(hidden) = appealed_against(shown.case.state, shown.case.hidden_by.as_ref()) else {
        return Ok(None);
    };
    let mine = Some(hidden.by) == staff.actor().account;
    let barred =
        mine && staff.state.sides.second_look(staff.tenant(), staff.actor()).await? == SecondLook::Possible;
    Ok(Some(HiddenBy { name: hidden.name.clone(), mine, barred }))
}

fn line(
    staff: &Staff,
    QueuedPost { case, post }: &QueuedPost,
    reasons: &HashMap<PostId, Vec<Reason>>,
) -> QueueLine {
    let reasons = reasons.get(&post.id).map(Vec::as_slice).unwrap_or_default();
    let today = local_date(staff.state.now(), staff.tenant().zone);
    QueueLine {
        post: post.id.to_string(),
        comment: post.contribution.is_some(),
        excerpt: excerpt(&post.body),
        state: case.state.label(),
        flags: case.flags.iter().map(|rule: &Rule| rule.label()).collect(),
        reports: case.reports,
        reasons: reasons.iter().map(|reason| reason.label()).collect(),
        urgent: reasons.contains(&Reason::Safeguarding),
        since: day_in_words(case.opened_on, today),
        claimed: claimed(staff, case.claim.as_ref()),
    }
}

/// Who works on a case now.
fn claimed(staff: &Staff, claim: Option<&Claim>) -> Option<ClaimedBy> {
    let claim = claim.filter(|claim| staff.state.now() < claim.until)?;
    Some(ClaimedBy {
        name: claim.name.clone(),
        mine: Some(claim.by) == staff.actor().account,
        until: local_time(claim.until, staff.tenant().zone).format("%H:%M").to_string(),
    })
}

/// What this person can do: what policy lets them, as far as it is possible now.
fn acts(staff: &Staff, shown: &CaseView) -> CaseActs {
    let (case, post) = (&shown.case, &shown.post);
    let may_suspend = staff.may(Kind::Participant, Action::Suspend) && post.has_author;
    if post.state == PostState::Withdrawn {
        // Its words are gone. Whoever wrote them can still be stopped, and the suspension that was made for them ended.
        return CaseActs { suspend: may_suspend, ..CaseActs::default() };
    }
    let can = |step| after(case.state, step).is_ok();
    let change = staff.may(Kind::Post, Action::Change);
    let hide = staff.may(Kind::Post, Action::Hide);
    let idea = post.contribution.is_none();
    CaseActs {
        // What never came to a moderator has no case to take.
        claim: change && case.version > 0,
        keep: change && can(Step::Keep),
        amend: change && can(Step::Amend),
        hide: hide && can(Step::Hide),
        restore: hide && can(Step::Restore),
        ask: staff.may(Kind::Post, Action::Ask) && post.has_author && can(Step::Ask),
        merge: change && idea && can(Step::Merge),
        lock: change && idea && post.state == PostState::Visible,
        suspend: may_suspend,
        escalate: staff.may(Kind::Participant, Action::Escalate),
    }
}

fn shown_post(campaign: &Campaign, post: &ModeratedPost, today: NaiveDate) -> CasePost {
    let prompts = campaign.rounds.iter().flat_map(|round| round.prompts.iter());
    let prompt = prompts.into_iter().find(|prompt| Some(prompt.id) == post.prompt);
    let thread = post.contribution.zip(post.thread.as_deref());
    CasePost {
        id: post.id.to_string(),
        comment: post.contribution.is_some(),
        name: voice::name(post.voice),
        html: post_html(&post.body),
        body: post.body.clone(),
        when: day_in_words(post.written_on, today),
        visible: post.state == PostState::Visible,
        edited: post.edited,
        amended: post.amended,
        prompt: prompt.map(|prompt| prompt.text.clone()),
        thread: thread.map(|(id, body)| CaseThread { id: id.to_string(), html: post_html(body) }),
        locked: post.locked,
        votes: votes(post.votes),
        comments: post.comments,
    }
}

fn votes(counts: VoteCounts) -> String {
    format!("{} agree, {} disagree, {} not sure", counts.agree, counts.disagree, counts.pass)
}

fn said_to_moderators(note: CaseNote) -> CaseSaid {
    let who = match note.kind {
        NoteKind::Question => "A moderator asked",
        NoteKind::Answer => "Its author answered",
        NoteKind::Amendment => "A moderator changed it",
        NoteKind::Hidden => "A moderator hid it",
        NoteKind::Appeal => "Its author asks for another look",
        NoteKind::Restored => "A moderator brought it back",
        NoteKind::Merged => "A moderator put it together with another",
        NoteKind::Escalation => "A moderator passed it on (its author does not see this)",
    };
    CaseSaid { who, words: note.body, before: note.before }
}
