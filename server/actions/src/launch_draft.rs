//! A draft becomes a campaign: into the pack, with cohorts, keys, the smallest group of figures and the audit entry, in one transaction.

use credentials::KeyLogEntry;
use domain::ids::DraftId;
use thiserror::Error;

use crate::actor::record;
use crate::check_draft::Blocker;
use crate::{ActionError, Actor, Campaign, Draft, EditRefusal, Enrolment, LaunchRefusal, Sides, Tenant};

/// Said where a pack with a campaign of the same short name was applied meanwhile.
const TAKEN: &str = "There is a campaign with this short name already. Clone this draft under another title.";

/// Why a draft is not launched; nothing has changed then.
#[derive(Debug, Error)]
pub enum LaunchDraftRefusal {
    /// Something is missing.
    #[error("this campaign is not ready")]
    NotReady(Vec<Blocker>),
    /// It cannot be edited.
    #[error(transparent)]
    Edit(#[from] EditRefusal),
    /// Its keys cannot be made.
    #[error(transparent)]
    Launch(#[from] LaunchRefusal),
}

impl From<ActionError> for LaunchDraftRefusal {
    fn from(error: ActionError) -> Self {
        Self::Edit(error.into())
    }
}

impl From<storage::StorageError> for LaunchDraftRefusal {
    fn from(error: storage::StorageError) -> Self {
        Self::Edit(error.into())
    }
}

impl Sides {
    /// Launches a draft of this `version`. Gives the campaign's short name.
    ///
    /// # Errors
    /// A [`LaunchDraftRefusal`].
    pub async fn launch_draft(
        &self,
        actor: &Actor,
        tenant: &Tenant,
        id: DraftId,
        version: i64,
    ) -> Result<String, LaunchDraftRefusal> {
        let (slug, _) = self.enrolment()?.launch_draft(actor, tenant, id, version).await?;
        self.take_over_soon(tenant.id).await;
        Ok(slug)
    }
}

impl Enrolment {
    /// The identity side's part: what keeps, whatever becomes of the other.
    ///
    /// # Errors
    /// A [`LaunchDraftRefusal`].
    pub async fn launch_draft(
        &self,
        actor: &Actor,
        tenant: &Tenant,
        id: DraftId,
        version: i64,
    ) -> Result<(String, Vec<KeyLogEntry>), LaunchDraftRefusal> {
        let mut edit = self.begin_edit(tenant.id).await?;
        let stored = edit.write.draft(id).await?.ok_or(EditRefusal::Unknown)?;
        let draft = Draft::of(stored)?;
        if !edit.write.remove_draft(id, version).await? {
            return Err(EditRefusal::Outdated.into());
        }
        // The organisations as they are in the pack that is held, not as some page had them.
        let tenant = self.as_held(tenant, &edit)?;
        let blockers = self.blockers(&edit.write, &tenant, edit.pack.clone(), &draft).await?;
        if !blockers.is_empty() {
            return Err(LaunchDraftRefusal::NotReady(blockers));
        }
        let file = draft.campaign.to_file().map_err(|_| EditRefusal::Outdated)?;
        let campaign =
            Campaign::from_file(&tenant.slug, file.clone(), tenant.zone).map_err(EditRefusal::Refused)?;
        if edit.pack.campaigns.contains_key(&file.slug) {
            return Err(EditRefusal::Refused(TAKEN.to_owned()).into());
        }
        edit.pack.campaigns.insert(file.slug.clone(), file);
        edit.put().await?;
        let log = self.launch_in(&edit.write, &tenant, &campaign).await?;
        let cohorts = log.iter().filter(|entry| entry.campaign == campaign.id).count();
        let detail = format!("{cohorts} cohorts; figures show groups of {} or more", campaign.smallest_group);
        let now = self.clock.now();
        record(edit.write.audit_trail(), actor, now, "campaign.launch", &campaign.slug, &detail).await?;
        edit.write.commit().await?;
        self.tenants.forget().await;
        Ok((campaign.slug, log))
    }
}
