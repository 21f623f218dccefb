//! Brings a database to what a tenant pack says. Applying the same pack again changes nothing; nothing is ever deleted. Each side keeps its
//! own copy, so that each can be served without the other.

use chrono::{DateTime, Utc};
use documents::logo::{LogoRefusal, favicon, sanitise_logo};
use domain::tenant_pack::{CampaignFile, TenantPack, round_times};
use storage::StoredTenant;
use thiserror::Error;

use crate::tenant::{StoredPack, campaign_id, organisation_id, round_id};
use crate::{ActionError, Actions, Enrolment, Tenant};

/// What applying a pack did.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Applied {
    /// The tenant was not there before.
    New,
    /// Something in the pack had changed.
    Changed,
    /// It was all as the pack says.
    Unchanged,
}

/// Why a pack is not applied; nothing has changed then.
#[derive(Debug, Error)]
pub enum ApplyRefusal {
    /// The logo cannot be used.
    #[error("branding.logo: {0}")]
    Logo(#[from] LogoRefusal),
    /// The pack does not pass its own checks.
    #[error("{0}")]
    Pack(String),
    /// A fault.
    #[error(transparent)]
    Action(#[from] ActionError),
}

impl From<storage::StorageError> for ApplyRefusal {
    fn from(error: storage::StorageError) -> Self {
        Self::Action(error.into())
    }
}

impl Actions {
    /// Applies a pack that [`domain::tenant_pack::read`] has checked to the conversation side.
    ///
    /// # Errors
    /// An [`ApplyRefusal`].
    pub async fn apply_tenant_pack(&self, pack: &TenantPack) -> Result<Applied, ApplyRefusal> {
        let stored = stored_tenant(pack)?;
        let applied = applied(self.conversation.read(stored.id).await?.tenant().await?, &stored);
        if applied == Applied::Unchanged {
            return Ok(applied);
        }
        let slug = &pack.tenant.slug;
        let mut write = self.conversation.write(stored.id).await?;
        write.put_tenant(slug, &stored).await?;
        for organisation in &pack.tenant.organisations {
            write.put_organisation(organisation_id(slug, &organisation.slug), &organisation.slug).await?;
        }
        for campaign in pack.campaigns.values() {
            let id = campaign_id(slug, &campaign.slug);
            write.put_campaign(id, &campaign.slug).await?;
            for round in &campaign.rounds {
                let times = round_times(round, pack.zone).map_err(ApplyRefusal::Pack)?;
                let round_id = round_id(slug, &campaign.slug, &round.slug);
                write.put_round(round_id, id, &round.slug, round.round_type, times).await?;
            }
        }
        write.commit().await?;
        self.tenants.forget().await;
        Ok(applied)
    }
}

impl Enrolment {
    /// Applies a pack that [`domain::tenant_pack::read`] has checked to the identity side.
    ///
    /// # Errors
    /// An [`ApplyRefusal`].
    pub async fn apply_tenant_pack(&self, pack: &TenantPack) -> Result<Applied, ApplyRefusal> {
        let stored = stored_tenant(pack)?;
        let applied = applied(self.identity.read(stored.id).await?.tenant().await?, &stored);
        if applied == Applied::Unchanged {
            return Ok(applied);
        }
        let slug = &pack.tenant.slug;
        let write = self.identity.write(stored.id).await?;
        write.put_tenant(&pack.tenant, &stored).await?;
        for organisation in &pack.tenant.organisations {
            write.put_organisation(organisation_id(slug, &organisation.slug), organisation).await?;
        }
        for campaign in pack.campaigns.values() {
            let closes_at = last_closing(pack, campaign)?;
            write.put_campaign(campaign_id(slug, &campaign.slug), &campaign.slug, closes_at).await?;
        }
        write.commit().await?;
        self.tenants.forget().await;
        Ok(applied)
    }
}

fn applied(earlier: Option<StoredTenant>, stored: &StoredTenant) -> Applied {
    match earlier {
        None => Applied::New,
        Some(earlier) if earlier.digest == stored.digest => Applied::Unchanged,
        Some(_) => Applied::Changed,
    }
}

fn last_closing(pack: &TenantPack, campaign: &CampaignFile) -> Result<DateTime<Utc>, ApplyRefusal> {
    let mut last = DateTime::UNIX_EPOCH;
    for round in &campaign.rounds {
        last = last.max(round_times(round, pack.zone).map_err(ApplyRefusal::Pack)?.1);
    }
    Ok(last)
}

fn stored_tenant(pack: &TenantPack) -> Result<StoredTenant, ApplyRefusal> {
    let logo = pack.logo.as_deref().map(sanitise_logo).transpose()?;
    let fault = |error: serde_json::Error| ApplyRefusal::Pack(error.to_string());
    let json = serde_json::to_string(&StoredPack::of(pack)).map_err(fault)?;
    let reread: StoredPack = serde_json::from_str(&json).map_err(fault)?;
    let tenant = Tenant::from_pack(reread, None, Vec::new(), String::new()).map_err(ApplyRefusal::Pack)?;
    let brand = tenant.palette.brand;
    let favicon = favicon([brand.0, brand.1, brand.2], logo.as_ref());
    let logo = logo.map(|png| png.into_bytes());
    let favicon = favicon.into_bytes();
    let digest = credentials::digest(&[json.as_bytes(), logo.as_deref().unwrap_or_default(), &favicon]);
    Ok(StoredTenant { id: tenant.id, pack: json, digest, logo, favicon })
}
