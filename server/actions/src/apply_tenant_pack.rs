//! Brings a database to what a tenant pack says. Applying the same pack again changes nothing; nothing is ever deleted. Each side keeps its
//! own copy, so that each can be served without the other.

use chrono::{DateTime, Utc};
use documents::logo::{LogoRefusal, favicon, sanitise_logo};
use domain::tenant_pack::{CampaignFile, TenantPack, round_times};
use storage::conversation::{self, NewRound};
use storage::{StoredTenant, identity};
use thiserror::Error;

use crate::mailings::keep_gone_emails;
use crate::tenant::{StoredPack, campaign_id, organisation_id, round_id};
use crate::{ActionError, Actions, Enrolment, Tenant, Tenants, keep_smallest_groups};

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
    /// Somebody has changed settings by page, and the folder does not know.
    #[error(
        "{slug} was changed by page since its folder was applied: write the folder anew with `candour tenants export {slug} FOLDER`, or \
         overwrite what was changed with --replace"
    )]
    ChangedByPage {
        /// Which tenant.
        slug: String,
    },
    /// Another tenant is served there.
    #[error("tenant.toml: host `{host}` is the address of {tenant}: choose another one")]
    HostTaken {
        /// Which host name.
        host: String,
        /// Whose it is.
        tenant: String,
    },
    /// There is a tenant of this short name, and another one was to be made.
    #[error("there is a tenant with the short name {slug} already")]
    Taken {
        /// Which short name.
        slug: String,
    },
    /// It would change the smallest group of a campaign whose figures have begun.
    #[error(
        "campaigns/{campaign}/campaign.toml: the smallest group that figures show is {settled} since the launch and stays so, and not {asked}: from figures of two \
         sizes, small groups could be worked out. Write {settled}, or run another campaign with {asked}"
    )]
    SmallestGroup {
        /// Which campaign.
        campaign: String,
        /// What holds, people.
        settled: u32,
        /// What the pack says, people.
        asked: u32,
    },
    /// It would take an email off the plan that has gone to people.
    #[error(
        "campaigns/{campaign}/campaign.toml: the email {email} has gone to people, so it stays in the plan: others are kept apart from it. Put it back under \
         that short name"
    )]
    EmailHasGone {
        /// Which campaign.
        campaign: String,
        /// The email's short name.
        email: String,
    },
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
        let mut write = self.conversation.write(stored.id).await?;
        write.take_tenants().await?;
        refuse_taken_hosts(&Tenants::of_conversation(self.conversation.clone()), pack).await?;
        write_conversation(&mut write, pack, &stored).await?;
        write.commit().await?;
        self.tenants.forget().await;
        Ok(applied)
    }
}

impl Enrolment {
    /// Applies a folder's pack that [`domain::tenant_pack::read`] has checked to the identity side. A pack that was changed by page since its
    /// folder was last applied is overwritten only if `replace` says so.
    ///
    /// # Errors
    /// An [`ApplyRefusal`].
    pub async fn apply_tenant_pack(&self, pack: &TenantPack, replace: bool) -> Result<Applied, ApplyRefusal> {
        let stored = stored_tenant(pack)?;
        let write = self.identity.write(stored.id).await?;
        write.take_tenants().await?;
        let earlier = write.take_tenant().await?;
        let from_folder = write.folder_digest().await?;
        let by_page = match (&earlier, &from_folder) {
            (Some(earlier), Some(from_folder)) => earlier.digest != *from_folder,
            _ => false,
        };
        let applied = applied(earlier, &stored);
        if applied != Applied::Unchanged {
            if by_page && !replace {
                return Err(ApplyRefusal::ChangedByPage { slug: pack.tenant.slug.clone() });
            }
            self.refuse_taken_hosts(pack).await?;
            write_identity(&write, pack, &stored).await?;
        }
        write.mark_from_folder().await?;
        write.commit().await?;
        self.tenants.forget().await;
        Ok(applied)
    }

    /// Makes a tenant of `pack`: of two who make one of the same short name, or at the same address, at once, one does.
    ///
    /// # Errors
    /// An [`ApplyRefusal`].
    pub(crate) async fn make_tenant(&self, pack: &TenantPack) -> Result<(), ApplyRefusal> {
        let stored = stored_tenant(pack)?;
        let write = self.identity.write(stored.id).await?;
        write.take_tenants().await?;
        self.refuse_taken_hosts(pack).await?;
        if write.take_tenant().await?.is_some() {
            return Err(ApplyRefusal::Taken { slug: pack.tenant.slug.clone() });
        }
        write_identity(&write, pack, &stored).await?;
        write.mark_from_folder().await?;
        write.commit().await?;
        self.tenants.forget().await;
        Ok(())
    }

    /// As this side's database has the tenants, not as the process knows them: that may be the other side's.
    async fn refuse_taken_hosts(&self, pack: &TenantPack) -> Result<(), ApplyRefusal> {
        refuse_taken_hosts(&Tenants::of_identity(self.identity.clone()), pack).await
    }
}

/// Refuses `pack` where another of `tenants` is served at one of its addresses. The list of tenants is held.
async fn refuse_taken_hosts(tenants: &Tenants, pack: &TenantPack) -> Result<(), ApplyRefusal> {
    let hosts = pack.tenant.hosts.iter().chain(&pack.tenant.identity_hosts);
    match tenants.taken(&pack.tenant.slug, hosts).await? {
        Some((host, tenant)) => Err(ApplyRefusal::HostTaken { host, tenant }),
        None => Ok(()),
    }
}

/// Writes `pack`, stored as `stored`, on the identity side.
pub(crate) async fn write_identity(
    write: &identity::Writing,
    pack: &TenantPack,
    stored: &StoredTenant,
) -> Result<(), ApplyRefusal> {
    keep_smallest_groups::on_identity(write, pack).await?;
    keep_gone_emails(write, pack).await?;
    let slug = &pack.tenant.slug;
    write.put_tenant(&pack.tenant, stored).await?;
    for organisation in &pack.tenant.organisations {
        write.put_organisation(organisation_id(slug, &organisation.slug), organisation).await?;
    }
    for campaign in pack.campaigns.values() {
        let closes_at = last_closing(pack, campaign)?;
        write.put_campaign(campaign_id(slug, &campaign.slug), &campaign.slug, closes_at).await?;
    }
    Ok(())
}

/// The same on the conversation side.
pub(crate) async fn write_conversation(
    write: &mut conversation::Writing,
    pack: &TenantPack,
    stored: &StoredTenant,
) -> Result<(), ApplyRefusal> {
    keep_smallest_groups::on_conversation(write, pack).await?;
    let slug = &pack.tenant.slug;
    write.put_tenant(slug, stored).await?;
    for organisation in &pack.tenant.organisations {
        write.put_organisation(organisation_id(slug, &organisation.slug), &organisation.slug).await?;
    }
    for campaign in pack.campaigns.values() {
        let id = campaign_id(slug, &campaign.slug);
        write.put_campaign(id, &campaign.slug).await?;
        for round in &campaign.rounds {
            let (opens_at, closes_at) = round_times(round, pack.zone).map_err(ApplyRefusal::Pack)?;
            let new = NewRound {
                id: round_id(slug, &campaign.slug, &round.slug),
                campaign: id,
                slug: &round.slug,
                round_type: &round.round_type,
                opens_at,
                closes_at,
                paused_at: round.paused_at(),
            };
            write.put_round(&new).await?;
        }
    }
    Ok(())
}

fn applied(earlier: Option<StoredTenant>, stored: &StoredTenant) -> Applied {
    match earlier {
        None => Applied::New,
        Some(earlier) if earlier.digest == stored.digest => Applied::Unchanged,
        Some(_) => Applied::Changed,
    }
}

pub(crate) fn last_closing(
    pack: &TenantPack,
    campaign: &CampaignFile,
) -> Result<DateTime<Utc>, ApplyRefusal> {
    let mut last = DateTime::UNIX_EPOCH;
    for round in &campaign.rounds {
        last = last.max(round_times(round, pack.zone).map_err(ApplyRefusal::Pack)?.1);
    }
    Ok(last)
}

pub(crate) fn stored_tenant(pack: &TenantPack) -> Result<StoredTenant, ApplyRefusal> {
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

/// The pack that `stored` holds. Its logo is the PNG that was drawn of the one that came.
pub(crate) fn unpack(stored: &StoredTenant) -> Result<TenantPack, ApplyRefusal> {
    let pack: StoredPack =
        serde_json::from_str(&stored.pack).map_err(|error| ApplyRefusal::Pack(error.to_string()))?;
    pack.into_pack(stored.logo.clone()).map_err(ApplyRefusal::Pack)
}
