//! A moderator takes a case for five minutes, so that nobody else decides it meanwhile; or takes the next one that is free.

use domain::ids::PostId;
use domain::moderation::{CaseState, Claim, ModerationRefusal, SecondLook};

use super::{is_of, moderator};
use crate::{ActionError, Actions, Actor, Campaign, Tenant};

/// How many free cases are tried before it is said that there is none: others take some of them at the same moment.
const TRIES: u64 = 20;

impl Actions {
    /// Takes the case of `post`, or goes on holding it. Nothing if it has none.
    ///
    /// # Errors
    /// [`ModerationRefusal::ClaimedBy`], or a fault.
    pub(super) async fn claim_case(
        &self,
        tenant: &Tenant,
        actor: &Actor,
        campaign: &Campaign,
        post: PostId,
    ) -> Result<Option<()>, ActionError> {
        let write = self.conversation.write(tenant.id).await?;
        let Some(found) = write.post(post).await? else { return Ok(None) };
        if !is_of(&write, campaign, &found).await? {
            return Ok(None);
        }
        let now = self.clock.now();
        let claim = Claim::new(moderator(actor)?, &actor.name, now);
        if write.claim_case(post, &claim, now).await? {
            write.commit().await?;
            return Ok(Some(()));
        }
        let Some(case) = write.case(post).await? else { return Ok(None) };
        let name = case.claim.map(|claim| claim.name).unwrap_or_default();
        Err(ModerationRefusal::ClaimedBy { name }.into())
    }

    /// Takes the next case that is free: in `state`, or the most urgent of all that wait; no appeal against what `actor` did, if another could
    /// look at it. Nothing if there is none.
    ///
    /// # Errors
    /// Database faults.
    pub(super) async fn claim_next(
        &self,
        tenant: &Tenant,
        actor: &Actor,
        campaign: &Campaign,
        state: Option<CaseState>,
        second_look: SecondLook,
    ) -> Result<Option<PostId>, ActionError> {
        let now = self.clock.now();
        let chosen = state.as_slice();
        let states = if chosen.is_empty() { &CaseState::WAITING[..] } else { chosen };
        let write = self.conversation.write(tenant.id).await?;
        let claim = Claim::new(moderator(actor)?, &actor.name, now);
        let not_hidden_by = actor.account.filter(|_| second_look == SecondLook::Possible);
        for post in write.free_cases(campaign.id, states, now, not_hidden_by, TRIES).await? {
            if write.claim_case(post, &claim, now).await? {
                write.commit().await?;
                return Ok(Some(post));
            }
        }
        Ok(None)
    }
}
