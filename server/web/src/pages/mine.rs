//! What one wrote and voted.

use poem::web::Path;
use poem::{Response, Result, handler};

use super::cards::{self, Reader, excerpt};
use crate::fault::PageError;
use crate::views::{Mine, MyComment, MyIdea, MyVote};
use crate::visitor::Visitor;

#[handler]
pub(crate) async fn show(visitor: Visitor, Path(slug): Path<String>) -> Result<Response> {
    let owner = visitor.reader(&slug)?;
    let actions = &owner.state.actions;
    let mine = actions.list_mine(owner.tenant(), &owner.session, &owner.round).await;
    let mine = mine.map_err(PageError::from)?.ok_or(PageError::NotFound)?;
    let now = actions.now();
    let reader = Reader::new(owner.tenant(), &owner.round, owner.session.participant, now);
    let (comments, ideas): (Vec<_>, Vec<_>) = mine.posts.iter().partition(|post| post.contribution.is_some());
    owner.show(&Mine {
        site: owner.dressed.chrome.clone(),
        visit: owner.to_visit(&format!("/conversations/{slug}/mine")),
        campaign: cards::campaign(owner.tenant(), &owner.campaign, &mine.round, now),
        prompts: owner.round.prompts.clone(),
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
    })
}
