//! An appeal is decided by somebody else than whoever hid the post, where there is somebody. Accounts are the identity side's and cases the
//! other's, so both are asked here.

use domain::ids::PostId;
use domain::moderation::{CaseState, SecondLook, appealed_against};
use policy::{Action, Kind};

use super::{Decision, moderator};
use crate::{ActionError, Actions, Actor, Campaign, Sides, Tenant};

impl Sides {
    /// Whether anybody but `actor` could give a hidden post a second look.
    ///
    /// # Errors
    /// Database faults.
    pub async fn second_look(&self, tenant: &Tenant, actor: &Actor) -> Result<SecondLook, ActionError> {
        let Some(accounts) = &self.accounts else { return Ok(SecondLook::Impossible) };
        Ok(match accounts.someone_else_may(tenant, actor, Kind::Post, Action::Hide).await? {
            true => SecondLook::Possible,
            false => SecondLook::Impossible,
        })
    }

    /// Decides the case of `post`, which the moderator saw at version `seen`; no appeal against what they did themselves, if there is somebody
    /// else. Nothing if there is no such post.
    ///
    /// # Errors
    /// A [`ModerationRefusal`](domain::moderation::ModerationRefusal) or, for amended words, a
    /// [`PostRefusal`](domain::contribution::PostRefusal); or a fault.
    pub async fn decide_case(
        &self,
        tenant: &Tenant,
        actor: &Actor,
        campaign: &Campaign,
        post: PostId,
        seen: i32,
        decision: &Decision,
    ) -> Result<Option<()>, ActionError> {
        let actions = self.leave_own_appeal(tenant, actor, post).await?;
        actions.decide_case(tenant, actor, campaign, post, seen, decision).await
    }

    /// Asks the author of `post` something; not where they appeal against what `actor` did: that is somebody else's until it is decided. Nothing
    /// if there is no such post.
    ///
    /// # Errors
    /// A [`ModerationRefusal`](domain::moderation::ModerationRefusal), or a fault.
    pub async fn ask_author(
        &self,
        tenant: &Tenant,
        actor: &Actor,
        campaign: &Campaign,
        post: PostId,
        seen: i32,
        question: &str,
    ) -> Result<Option<()>, ActionError> {
        let actions = self.leave_own_appeal(tenant, actor, post).await?;
        actions.ask_author(tenant, actor, campaign, post, seen, question).await
    }

    /// Takes the case of `post`, or goes on holding it; no appeal that `actor` has to leave to others, for nobody else could decide it meanwhile.
    /// Nothing if it has none.
    ///
    /// # Errors
    /// A [`ModerationRefusal`](domain::moderation::ModerationRefusal), or a fault.
    pub async fn claim_case(
        &self,
        tenant: &Tenant,
        actor: &Actor,
        campaign: &Campaign,
        post: PostId,
    ) -> Result<Option<()>, ActionError> {
        self.leave_own_appeal(tenant, actor, post).await?.claim_case(tenant, actor, campaign, post).await
    }

    /// Takes the next case that is free: in `state`, or the most urgent of all that wait; no appeal that `actor` has to leave to others. Nothing
    /// if there is none.
    ///
    /// # Errors
    /// Database faults.
    pub async fn claim_next(
        &self,
        tenant: &Tenant,
        actor: &Actor,
        campaign: &Campaign,
        state: Option<CaseState>,
    ) -> Result<Option<PostId>, ActionError> {
        let second_look = self.second_look(tenant, actor).await?;
        self.moderated()?.claim_next(tenant, actor, campaign, state, second_look).await
    }

    /// Refuses an appeal against what `actor` did. What is found here holds until the decision: whatever changes the case in between changes
    /// its version, and who decides has seen one. Who only takes a case decides nothing by it.
    async fn leave_own_appeal(
        &self,
        tenant: &Tenant,
        actor: &Actor,
        post: PostId,
    ) -> Result<&Actions, ActionError> {
        let actions = self.moderated()?;
        let case = actions.conversation.read(tenant.id).await?.case(post).await?;
        let against = case.as_ref().and_then(|case| appealed_against(case.state, case.hidden_by.as_ref()));
        // Whether there is somebody else is asked of the other side only where it matters.
        if let (Some(case), Some(_)) = (&case, against) {
            let second_look = self.second_look(tenant, actor).await?;
            second_look.leaves(case.state, case.hidden_by.as_ref(), moderator(actor)?)?;
        }
        Ok(actions)
    }

    fn moderated(&self) -> Result<&Actions, ActionError> {
        let here = self.conversation.as_ref();
        here.ok_or_else(|| ActionError::Fault("moderating needs the conversation side".to_owned()))
    }
}
