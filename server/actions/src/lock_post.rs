//! A post under its round's lock: the beginning of every change to one.

use domain::contribution::{Ownership, PostState};
use domain::ids::PostId;
use domain::round::Round;
use storage::conversation::{Post, Reading, Writing};

use crate::ActionError;
use crate::keep_act::Author;

/// Takes the round of the post `id` and gives both as they stand from then on. Nothing if there is no such post, or not in the
/// author's campaign.
pub(crate) async fn lock_post(
    write: &mut Writing,
    author: Author,
    id: PostId,
) -> Result<Option<(Round, Post)>, ActionError> {
    let Some(found) = write.post(id).await? else { return Ok(None) };
    let Some(round) = write.take_round(found.round).await? else { return Ok(None) };
    // Read again: another change may have come between the first look and the lock.
    let post = write.post(id).await?.filter(|_| round.campaign == author.campaign);
    Ok(post.map(|post| (round, post)))
}

/// What decides whether a post may be changed by its author.
pub(crate) async fn ownership(reading: &Reading, post: &Post) -> Result<Ownership, ActionError> {
    let case = match post.state {
        PostState::Hidden => reading.case(post.id).await?,
        PostState::Visible | PostState::Withdrawn => None,
    };
    let undecided = case.is_some_and(|case| case.state.leaves_words_to_author());
    Ok(Ownership { author: post.author, state: post.state, undecided })
}
