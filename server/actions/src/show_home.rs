//! A tenant's campaigns with their state and figures.

use chrono::{DateTime, Utc};
use domain::figures::in_whole_groups;
use domain::round::{Round, RoundState};
use domain::time_zone::local_date;
use storage::conversation::Reading;

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
    /// People who had come in when today's figure was made, in whole groups; nothing while there is no whole group.
    pub joined: Option<i64>,
}

impl Tenant {
    /// The campaign that counts at `now`: one that is open, else the next to open, else the last that closed.
    pub fn campaign_at(&self, now: DateTime<Utc>) -> Option<&Campaign> {
        let state = |campaign: &&Campaign| campaign.round_at(now).state(now);
        let is_open = |campaign: &&Campaign| matches!(state(campaign), RoundState::Open | RoundState::Paused);
        let open = self.campaigns.iter().find(is_open);
        let next = || self.campaigns.iter().find(|campaign| state(campaign) == RoundState::Upcoming);
        open.or_else(next).or(self.campaigns.last())
    }
}

impl Actions {
    /// Every campaign of `tenant`, by opening time.
    ///
    /// # Errors
    /// Database faults.
    pub async fn show_home(&self, tenant: &Tenant) -> Result<Vec<CampaignView>, ActionError> {
        let now = self.clock.now();
        let reading = self.conversation.read(tenant.id).await?;
        let mut views = Vec::with_capacity(tenant.campaigns.len());
        for campaign in &tenant.campaigns {
            let Some(round) = reading.round(campaign.round_at(now).id).await? else { continue };
            let board = self.conversation.board_at(&reading, round.id, round.revision).await?;
            let joined = self.joined(tenant, &reading, campaign).await?;
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

    /// How many came in, as counted once a day: a figure that moved with each person would tell when each came.
    async fn joined(
        &self,
        tenant: &Tenant,
        reading: &Reading,
        campaign: &Campaign,
    ) -> Result<Option<i64>, ActionError> {
        let today = local_date(self.clock.now(), tenant.zone);
        let known = self
            .joined_figures()
            .get(&campaign.id)
            .filter(|(day, _)| *day == today)
            .map(|(_, joined)| *joined);
        let joined = match known {
            Some(joined) => joined,
            None => {
                let joined = reading.participation(campaign.id).await?.joined;
                self.joined_figures().insert(campaign.id, (today, joined));
                joined
            }
        };
        Ok(Some(in_whole_groups(joined, campaign.smallest_group)).filter(|joined| *joined > 0))
    }
}
