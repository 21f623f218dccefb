//! Campaigns are prepared over days by several people: a draft keeps whatever is there, and nobody overwrites what somebody else changed.

use chrono::{DateTime, Utc};
use domain::campaign_draft::{CampaignDraft, free, slug_of};
use domain::ids::DraftId;
use storage::identity::StoredDraft;

use crate::actor::record;
use crate::tenant::campaign_id;
use crate::{ActionError, Actor, Campaign, EditRefusal, Enrolment, Tenant};

/// Most drafts of a tenant.
pub const MAX_DRAFTS: usize = 50;
/// What a campaign without a title in Latin letters is called in addresses.
const NAMELESS: &str = "conversation";

/// A draft, read.
#[derive(Clone, Debug)]
pub struct Draft {
    /// Which draft.
    pub id: DraftId,
    /// What it says.
    pub campaign: CampaignDraft,
    /// Rises with each change; forms bring it back.
    pub version: i64,
    /// When it was last changed.
    pub changed_at: DateTime<Utc>,
}

impl Draft {
    pub(crate) fn of(stored: StoredDraft) -> Result<Self, ActionError> {
        let campaign = serde_json::from_str(&stored.draft);
        let campaign = campaign.map_err(|error| ActionError::Fault(format!("draft: {error}")))?;
        Ok(Self { id: stored.id, campaign, version: stored.version, changed_at: stored.changed_at })
    }
}

impl Draft {
    /// The campaign that it will be, if every time is given and can be read.
    pub fn as_campaign(&self, tenant: &Tenant) -> Option<Campaign> {
        let file = self.campaign.to_file().ok()?;
        Campaign::from_file(&tenant.slug, file, tenant.zone).ok()
    }
}

fn json(draft: &CampaignDraft) -> Result<String, ActionError> {
    serde_json::to_string(draft).map_err(|error| ActionError::Fault(error.to_string()))
}

impl Enrolment {
    /// Every draft of `tenant`, the one last changed first.
    ///
    /// # Errors
    /// Database faults.
    pub async fn drafts(&self, tenant: &Tenant) -> Result<Vec<Draft>, ActionError> {
        self.identity.read(tenant.id).await?.drafts().await?.into_iter().map(Draft::of).collect()
    }

    /// One of them.
    ///
    /// # Errors
    /// Database faults.
    pub async fn draft(&self, tenant: &Tenant, id: DraftId) -> Result<Option<Draft>, ActionError> {
        self.identity.read(tenant.id).await?.draft(id).await?.map(Draft::of).transpose()
    }

    /// Starts a draft called `title`, empty or like the campaign called `like`.
    ///
    /// # Errors
    /// An [`EditRefusal`].
    pub async fn start_draft(
        &self,
        actor: &Actor,
        tenant: &Tenant,
        title: &str,
        like: Option<&str>,
    ) -> Result<DraftId, EditRefusal> {
        let title = title.trim();
        if title.is_empty() {
            return Err(EditRefusal::Refused("Give it a title. You can change it later.".to_owned()));
        }
        let edit = self.begin_edit(tenant.id).await?;
        let drafts = edit.write.drafts().await?;
        if drafts.len() >= MAX_DRAFTS {
            return Err(EditRefusal::Refused(format!(
                "There are {MAX_DRAFTS} drafts already. Discard one first."
            )));
        }
        let used = edit.write.campaigns().await?;
        // A campaign that was there before keeps its name for good: its keys and its roll are known by it.
        let taken = |slug: &str| {
            edit.pack.campaigns.contains_key(slug)
                || drafts.iter().any(|draft| draft.slug == slug)
                || used.iter().any(|row| row.id == campaign_id(&tenant.slug, slug))
        };
        let slug = free(&slug_of(title, NAMELESS), taken);
        let draft = match like {
            Some(like) => {
                let campaign = edit.pack.campaigns.get(like).ok_or(EditRefusal::Unknown)?;
                CampaignDraft::like(campaign, slug.clone(), title.to_owned())
            }
            None => CampaignDraft::new(slug.clone(), title.to_owned()),
        };
        let (id, now) = (DraftId::random(&*self.entropy), self.clock.now());
        edit.write.add_draft(id, &slug, &json(&draft)?, now).await?;
        let detail = like.map(|like| format!("like {like}")).unwrap_or_default();
        record(edit.write.audit_trail(), actor, now, "campaign.draft", &slug, &detail).await?;
        edit.write.commit().await?;
        Ok(id)
    }

    /// Writes a draft anew, if nobody else has since `version`.
    ///
    /// # Errors
    /// An [`EditRefusal`].
    pub async fn save_draft(
        &self,
        tenant: &Tenant,
        id: DraftId,
        version: i64,
        draft: &CampaignDraft,
    ) -> Result<(), EditRefusal> {
        let write = self.identity.write(tenant.id).await?;
        let stored = write.draft(id).await?.ok_or(EditRefusal::Unknown)?;
        if stored.slug != draft.slug || !write.put_draft(id, version, &json(draft)?, self.clock.now()).await?
        {
            return Err(EditRefusal::Outdated);
        }
        Ok(write.commit().await?)
    }

    /// Throws a draft away, with the people that were put on its roll.
    ///
    /// # Errors
    /// An [`EditRefusal`].
    pub async fn discard_draft(
        &self,
        actor: &Actor,
        tenant: &Tenant,
        id: DraftId,
        version: i64,
    ) -> Result<(), EditRefusal> {
        let edit = self.begin_edit(tenant.id).await?;
        let stored = edit.write.draft(id).await?.ok_or(EditRefusal::Unknown)?;
        if !edit.write.remove_draft(id, version).await? {
            return Err(EditRefusal::Outdated);
        }
        let people = match edit.pack.campaigns.contains_key(&stored.slug) {
            true => 0,
            false => edit.write.remove_unlaunched(campaign_id(&tenant.slug, &stored.slug)).await?,
        };
        let detail = format!("{people} people were taken off its roll");
        let now = self.clock.now();
        record(edit.write.audit_trail(), actor, now, "campaign.discard-draft", &stored.slug, &detail).await?;
        Ok(edit.write.commit().await?)
    }

    /// The campaign that a draft will be, known to this side so that it can have a roll.
    ///
    /// # Errors
    /// An [`EditRefusal`]: the dates come first, because they say until when a roll is kept.
    pub async fn draft_with_roll(&self, tenant: &Tenant, draft: &Draft) -> Result<Campaign, EditRefusal> {
        let first = || {
            EditRefusal::Refused(
                "Give the dates of every round first: they say for how long the list of people is kept."
                    .to_owned(),
            )
        };
        let file = draft.campaign.to_file().map_err(|_| first())?;
        let campaign = Campaign::from_file(&tenant.slug, file, tenant.zone).map_err(EditRefusal::Refused)?;
        let closes_at = campaign.rounds.iter().map(|round| round.closes_at).max().ok_or_else(first)?;
        let write = self.identity.write(tenant.id).await?;
        write.put_campaign(campaign.id, &campaign.slug, closes_at).await?;
        write.commit().await?;
        Ok(campaign)
    }
}
