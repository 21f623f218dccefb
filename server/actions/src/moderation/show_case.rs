//! Everything about one case, for the moderator who decides it.

use analysis::likeness::most_alike;
use analysis::screening::{Finding, screen};
use domain::board::Query;
use domain::ids::PostId;
use domain::moderation::MAX_NOTES_PER_POST;
use domain::time_zone::local_date;
use domain::vote::VoteCounts;
use storage::conversation::{Case, CaseNote, ModeratedPost, Report, Suspension};

use crate::{ActionError, Actions, Campaign, Tenant};

/// The most reports that are shown.
const MAX_REPORTS: u64 = 50;
/// The most similar ideas that are shown.
const MAX_SIMILAR: usize = 5;
/// The most ideas that one is compared with, the newest.
const MAX_COMPARED: usize = 5_000;

/// Everything about one case.
#[derive(Clone, Debug)]
pub struct CaseView {
    /// The case.
    pub case: Case,
    /// The post.
    pub post: ModeratedPost,
    /// What the rules find in its words now.
    pub findings: Vec<Finding>,
    /// What was said about it, oldest first.
    pub notes: Vec<CaseNote>,
    /// Why people reported it.
    pub reports: Vec<Report>,
    /// The suspension of its author that was made for it, if it holds.
    pub suspension: Option<Suspension>,
    /// Visible ideas of the same round that say about the same, or have the words looked for.
    pub similar: Vec<SimilarIdea>,
}

/// An idea that another could be put together with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SimilarIdea {
    /// Which idea.
    pub id: PostId,
    /// What it says.
    pub body: String,
    /// Its votes.
    pub votes: VoteCounts,
}

impl Actions {
    /// The case of `post` with all there is to see; `search` looks for ideas to put it together with, and is left empty for those most like it.
    /// Nothing if there is no such post in the campaign.
    ///
    /// # Errors
    /// Database faults.
    pub async fn show_case(
        &self,
        tenant: &Tenant,
        campaign: &Campaign,
        post: PostId,
        search: &str,
    ) -> Result<Option<CaseView>, ActionError> {
        let reading = self.conversation.read(tenant.id).await?;
        let Some(post) = reading.moderated_post(post).await? else { return Ok(None) };
        let round = reading.round(post.round).await?.filter(|round| round.campaign == campaign.id);
        let Some(round) = round else { return Ok(None) };
        let today = local_date(self.clock.now(), tenant.zone);
        let case = match reading.case(post.id).await? {
            Some(case) => case,
            None => Case::unopened(post.id, round.id, today),
        };
        let rules = tenant.round(post.round).map_or(&[][..], |info| &info.moderation.hold);
        let findings = screen(&post.body, rules);
        let notes = reading.notes(post.id, MAX_NOTES_PER_POST).await?;
        let reports = reading.reports(post.id, MAX_REPORTS).await?;
        let suspension = reading.suspension_for(post.id, today).await?;
        let similar = match post.contribution {
            Some(_) => Vec::new(),
            None => {
                let board = self.conversation.board_at(&reading, post.round, round.revision).await?;
                similar(&board, &post, search)
            }
        };
        Ok(Some(CaseView { case, post, findings, notes, reports, suspension, similar }))
    }
}

fn similar(board: &domain::board::Board, post: &ModeratedPost, search: &str) -> Vec<SimilarIdea> {
    let idea =
        |card: &domain::board::Card| SimilarIdea { id: card.id, body: card.body.clone(), votes: card.votes };
    if !search.trim().is_empty() {
        let found = board.page(&Query { search: search.to_owned(), ..Query::default() }, 0);
        let others = found.cards.iter().filter(|card| card.id != post.id);
        return others.take(MAX_SIMILAR).map(|card| idea(card)).collect();
    }
    let others: Vec<_> = board
        .newest(MAX_COMPARED)
        .into_iter()
        .filter(|id| *id != post.id)
        .filter_map(|id| board.card(id))
        .collect();
    let alike = most_alike(&post.body, others.iter().map(|card| card.body.as_str()), MAX_SIMILAR);
    alike.into_iter().map(|place| idea(others[place])).collect()
}
