//! A tenant's campaigns with their state and figures.

use domain::round::Round;

use crate::{ActionError, Actions, Campaign, Tenant};

/// A campaign with figures.
#[derive(Clone, Debug)]
pub struct CampaignView {
    /// The campaign.
    pub campaign: Campaign,
    /// Its current round, as stored.
    pub round: Round,
    /// Contributions that readers may see.
    pub contributions: usize,
    /// Visible comments.
    pub comments: i64,
    /// Votes on contributions.
    pub votes: i64,
    /// People who came in.
    pub joined: i64,
}

impl Actions {
    /// Every campaign of `tenant`, by opening time.
    ///
    /// # Errors
    /// Database faults.
    pub async fn show_home(&self, tenant: &Tenant) -> Result<Vec<CampaignView>, ActionError> {
        let now = self.clock.now();
        let reading = self.storage.conversation.read(tenant.id).await?;
        let mut views = Vec::with_capacity(tenant.campaigns.len());
        for campaign in &tenant.campaigns {
            let Some(round) = reading.round(campaign.round_at(now).id).await? else { continue };
            let board = self.storage.conversation.board_at(&reading, round.id, round.revision).await?;
            let joined = reading.participation(campaign.id).await?.joined;
            views.push(CampaignView {
                campaign: campaign.clone(),
                contributions: board.len(),
                comments: board.comments(),
                votes: board.votes(),
                joined,
                round,
            });
        }
        Ok(views)
    }
}
