//! The conversation page: one page of the board with the reader's own votes.

use std::collections::HashMap;

use domain::board::{Page, Query};
use domain::ids::{PostId, RoundId};
use domain::round::Round;
use domain::vote::VoteValue;

use crate::keep_act::kept_votes;
use crate::{ActionError, Actions, Session, Tenant};

/// How often the board may move on while a page is made before the page is shown as it then is.
const ATTEMPTS: usize = 3;

/// A page of a conversation.
#[derive(Clone, Debug)]
pub struct ConversationView {
    /// The round, as stored.
    pub round: Round,
    /// The contributions.
    pub page: Page,
    /// The reader's votes on them; of somebody who waits to be let in, those that are kept.
    pub votes: HashMap<PostId, VoteValue>,
    /// How many of the reader's own posts a moderator has hidden or asked about.
    pub from_moderators: i64,
    /// Where the conversation came from, if from elsewhere.
    pub note: Option<std::sync::Arc<str>>,
}

impl Actions {
    /// The page of `round`'s board that `query` asks for.
    ///
    /// The board is in memory. One statement says whether it is still the present one and which votes the reader has on what it
    /// shows; only if something has changed since is the board brought up to date and the page made again.
    ///
    /// # Errors
    /// Database faults.
    pub async fn show_conversation(
        &self,
        tenant: &Tenant,
        session: &Session,
        round: RoundId,
        query: &Query,
    ) -> Result<Option<ConversationView>, ActionError> {
        let conversation = &self.conversation;
        let reading = conversation.read(tenant.id).await?;
        let mut board = conversation.board(tenant.id, round);
        for attempt in 1.. {
            let page = board.page(query, session.seed.cast_unsigned());
            let shown: Vec<PostId> = page.cards.iter().map(|card| card.id).collect();
            let Some(moment) = reading.moment(round, session.participant, &shown).await? else {
                return Ok(None);
            };
            if moment.round.revision <= board.revision || attempt == ATTEMPTS {
                let mut votes = moment.votes;
                if session.waiting {
                    votes.extend(kept_votes(&self.kept_acts(tenant, session).await?));
                }
                return Ok(Some(ConversationView {
                    round: moment.round,
                    page,
                    votes,
                    from_moderators: moment.from_moderators,
                    note: board.note.clone(),
                }));
            }
            board = conversation.board_at(&reading, round, moment.round.revision).await?;
        }
        Ok(None)
    }
}
