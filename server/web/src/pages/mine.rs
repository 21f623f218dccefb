//! What one wrote and voted: to see, to take away, to erase.

use actions::{Campaign, Kept, KeptAct, Mine as Listed, OwnVote, Post, Refused};
use domain::contribution::PostState;
use domain::ids::RoundId;
use domain::round::Feeling;
use domain::time_zone::local_date;
use domain::voice;
use domain::vote::VoteValue;
use poem::http::{StatusCode, header};
use poem::web::Path;
use poem::{Response, Result, handler};
use serde::Serialize;

use super::cards::{self, Reader, excerpt};
use super::leave::forgetting;
use crate::fault::PageError;
use crate::posted::Posted;
use crate::views::{Erase, Mine, MyComment, MyIdea, MyKept, MyModeration, MyRefused, MyVote};
use crate::visitor::{Participant, Visitor};

#[handler]
pub(crate) async fn show(visitor: Visitor, Path(slug): Path<String>) -> Result<Response> {
    let owner = visitor.reader(&slug)?;
    let moderation = super::mine_moderation::part(&owner).await?;
    page(&owner, StatusCode::OK, moderation).await
}

/// "My ideas", with what moderators did.
pub(super) async fn page(
    owner: &Participant,
    status: StatusCode,
    moderation: MyModeration,
) -> Result<Response> {
    let actions = owner.state.actions();
    let mine = actions.list_mine(owner.tenant(), &owner.session, &owner.round).await;
    let mine: Listed = mine.map_err(PageError::from)?.ok_or(PageError::NotFound)?;
    let kept = actions.show_kept(owner.tenant(), &owner.session).await.map_err(PageError::from)?;
    let refused = actions.show_refused(owner.tenant(), &owner.session).await.map_err(PageError::from)?;
    let now = actions.now();
    let reader = Reader::new(owner.tenant(), &owner.round, owner.session.participant, now);
    let (comments, ideas): (Vec<_>, Vec<_>) = mine.posts.iter().partition(|post| post.contribution.is_some());
    let view = Mine {
        site: owner.dressed.chrome.clone(),
        visit: owner.to_visit(&format!("/conversations/{}/mine", owner.campaign.slug)),
        campaign: cards::campaign(owner.tenant(), &owner.campaign, &mine.round, now),
        prompts: owner.round.prompts.to_vec(),
        kept: kept.iter().map(my_kept).collect(),
        refused: refused.into_iter().map(my_refused).collect(),
        moderation,
        ideas: ideas
            .into_iter()
            .map(|post| MyIdea {
                id: post.id.to_string(),
                prompt: reader.prompt(post.prompt),
                state: post.state,
                excerpt: excerpt(&post.body),
                when: reader.when(post.written_on),
                votes: post.votes,
                comments: post.comments,
            })
            .collect(),
        comments: comments
            .into_iter()
            .map(|post| MyComment {
                id: post.id.to_string(),
                contribution: post.contribution.unwrap_or(post.id).to_string(),
                state: post.state,
                excerpt: excerpt(&post.body),
                when: reader.when(post.written_on),
            })
            .collect(),
        votes: mine
            .votes
            .iter()
            .map(|vote| MyVote {
                contribution: vote.post.contribution.unwrap_or(vote.post.id).to_string(),
                prompt: reader.prompt(vote.post.prompt),
                answer: vote.value,
                excerpt: excerpt(&vote.post.body),
            })
            .collect(),
        votes_total: mine.votes.len() as u64,
    };
    owner.show_with(status, &view)
}

fn my_kept(Kept { what, about }: &Kept) -> MyKept {
    let (kind, text) = in_words(what);
    MyKept { kind: kind.to_owned(), text: excerpt(text), about: about.as_deref().map(excerpt) }
}

fn my_refused(Refused { kept: Kept { what, about }, why }: Refused) -> MyRefused {
    let (kind, text) = in_words(&what);
    MyRefused {
        kind: kind.to_owned(),
        text: text.to_owned(),
        about: about.as_deref().map(excerpt),
        why: why.to_string(),
    }
}

/// What it is, and its words.
fn in_words(what: &KeptAct) -> (&'static str, &str) {
    match what {
        KeptAct::Idea { body, .. } => ("Idea", body),
        KeptAct::Comment { body } => ("Comment", body),
        KeptAct::Vote(VoteValue::Agree) => ("Vote", "You agree"),
        KeptAct::Vote(VoteValue::Disagree) => ("Vote", "You disagree"),
        KeptAct::Vote(VoteValue::Pass) => ("Vote", "You pass"),
        KeptAct::Activity { words, .. } if words.is_empty() => {
            ("Answers", "What you answered in the activity")
        }
        KeptAct::Activity { words, .. } => ("Answers in the activity", words),
    }
}

#[handler]
pub(crate) async fn put_away(posted: Posted, Path(slug): Path<String>) -> Result<Response> {
    let owner = posted.visitor.participant(&slug)?;
    let put_away = owner.state.actions().put_away_refused(owner.tenant(), &owner.session).await;
    put_away.map_err(PageError::from)?;
    Ok(owner.see_other(&format!("/conversations/{slug}/mine?done=put-away")))
}

#[handler]
pub(crate) async fn drop_kept(posted: Posted, Path(slug): Path<String>) -> Result<Response> {
    let place = posted.field("place").parse().map_err(|_| PageError::NotFound)?;
    let owner = posted.visitor.participant(&slug)?;
    let actions = owner.state.actions();
    let dropped =
        actions.drop_kept_act(owner.tenant(), &owner.session, place).await.map_err(PageError::from)?;
    // Who has been let in meanwhile finds it among what they shared, where it can still be taken back.
    let done = if dropped { "?done=dropped" } else { "" };
    Ok(owner.see_other(&format!("/conversations/{slug}/mine{done}")))
}

/// Everything of one's own, as a file.
#[derive(Serialize)]
struct Export<'a> {
    conversation: &'a str,
    made_on: String,
    posts: Vec<ExportedPost>,
    votes: Vec<ExportedVote>,
    /// What was answered in activities, as their round types keep it.
    activities: Vec<ExportedAnswer>,
    /// What waits to appear.
    waiting: Vec<ExportedKept>,
    /// What was sent while waiting and could not be done.
    not_done: Vec<ExportedRefused>,
}

#[derive(Serialize)]
struct ExportedPost {
    kind: &'static str,
    question: Option<String>,
    words: String,
    earlier_words: Vec<String>,
    theme: Option<String>,
    feeling: Option<&'static str>,
    display_name: String,
    state: &'static str,
    day: String,
}

#[derive(Serialize)]
struct ExportedVote {
    answer: &'static str,
    /// Nothing where readers see no words any more.
    about: Option<String>,
}

#[derive(Serialize)]
struct ExportedAnswer {
    round: String,
    what: String,
    answer: String,
}

#[derive(Serialize)]
struct ExportedKept {
    kind: &'static str,
    words: Option<String>,
    answer: Option<&'static str>,
    about: Option<String>,
}

#[derive(Serialize)]
struct ExportedRefused {
    #[serde(flatten)]
    what: ExportedKept,
    why: String,
}

#[handler]
pub(crate) async fn export(visitor: Visitor, Path(slug): Path<String>) -> Result<Response> {
    let owner = visitor.reader(&slug)?;
    let actions = owner.state.actions();
    let mine = actions.export_mine(owner.tenant(), &owner.session).await.map_err(PageError::from)?;
    let today = local_date(actions.now(), owner.tenant().zone);
    let posts = mine.posts.into_iter();
    let file = Export {
        conversation: &owner.campaign.title,
        made_on: today.to_string(),
        posts: posts.map(|(post, earlier)| exported_post(post, earlier, &owner.campaign)).collect(),
        votes: mine.votes.into_iter().map(exported_vote).collect(),
        activities: mine.answers.into_iter().map(|answer| exported_answer(answer, &owner.campaign)).collect(),
        waiting: mine.kept.into_iter().map(exported_kept).collect(),
        not_done: mine.refused.into_iter().map(exported_refused).collect(),
    };
    let json = serde_json::to_string_pretty(&file).map_err(|error| PageError::Fault(error.to_string()))?;
    Ok(Response::builder()
        .content_type("application/json")
        .header(header::CONTENT_DISPOSITION, format!("attachment; filename=\"my-words-{slug}.json\""))
        .body(json))
}

fn exported_post(post: Post, earlier_words: Vec<String>, campaign: &Campaign) -> ExportedPost {
    let prompts = campaign.rounds.iter().flat_map(|round| round.prompts.iter());
    let question = prompts.into_iter().find(|prompt| Some(prompt.id) == post.prompt);
    ExportedPost {
        kind: if post.contribution.is_some() { "comment" } else { "idea" },
        question: question.map(|prompt| prompt.text.clone()),
        words: post.body,
        earlier_words,
        theme: post.theme,
        feeling: post.feeling.map(Feeling::label),
        display_name: voice::name(post.voice),
        state: match post.state {
            PostState::Visible => "visible",
            PostState::Hidden => "hidden by a moderator",
            PostState::Withdrawn => "taken back",
        },
        day: post.written_on.to_string(),
    }
}

fn exported_vote(OwnVote { post, value }: OwnVote) -> ExportedVote {
    let about = (post.state == PostState::Visible).then_some(post.body);
    ExportedVote { answer: answer(value), about }
}

fn exported_answer((round, what, answer): (RoundId, String, String), campaign: &Campaign) -> ExportedAnswer {
    let title = campaign.rounds.iter().find(|info| info.id == round).map(|info| info.title.clone());
    ExportedAnswer { round: title.unwrap_or_default(), what, answer }
}

fn exported_kept(Kept { what, about }: Kept) -> ExportedKept {
    let (kind, words, answer) = match what {
        KeptAct::Idea { body, .. } => ("idea", Some(body), None),
        KeptAct::Comment { body } => ("comment", Some(body), None),
        KeptAct::Vote(value) => ("vote", None, Some(answer(value))),
        KeptAct::Activity { words, .. } => ("answers in the activity", Some(words), None),
    };
    ExportedKept { kind, words, answer, about }
}

fn exported_refused(Refused { kept, why }: Refused) -> ExportedRefused {
    ExportedRefused { what: exported_kept(kept), why: why.to_string() }
}

fn answer(value: VoteValue) -> &'static str {
    match value {
        VoteValue::Agree => "agree",
        VoteValue::Disagree => "disagree",
        VoteValue::Pass => "pass",
    }
}

#[handler]
pub(crate) async fn show_erase(visitor: Visitor, Path(slug): Path<String>) -> Result<Response> {
    let owner = visitor.reader(&slug)?;
    let actions = owner.state.actions();
    let round = actions.current_round(owner.tenant(), &owner.campaign).await.map_err(PageError::from)?;
    let round = round.ok_or(PageError::NotFound)?;
    owner.show(&Erase {
        site: owner.dressed.chrome.clone(),
        visit: owner.to_visit(&format!("/conversations/{slug}/mine")),
        campaign: cards::campaign(owner.tenant(), &owner.campaign, &round, actions.now()),
    })
}

#[handler]
pub(crate) async fn erase(posted: Posted, Path(slug): Path<String>) -> Result<Response> {
    let owner: Participant = posted.visitor.participant(&slug)?;
    owner.state.actions().erase_mine(owner.tenant(), &owner.session).await.map_err(PageError::from)?;
    Ok(forgetting(&owner, "/?done=erased"))
}
