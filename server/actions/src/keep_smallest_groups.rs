//! The smallest group that a campaign's figures show is settled at its launch, or with its first figure: figures of two sizes of steps would tell
//! about fewer people than either. Each side keeps this for itself, whatever pack comes and wherever from.

use credentials::KeyLogEntry;
use domain::ids::CampaignId;
use domain::tenant_pack::TenantPack;
use storage::{StoredTenant, conversation, identity};

use crate::apply_tenant_pack::unpack;
use crate::show_keys::entries;
use crate::tenant::{campaign_id, tenant_id};
use crate::{Actions, ApplyRefusal};

impl Actions {
    /// Refuses `pack` if this side would: asked before the other side takes it.
    ///
    /// # Errors
    /// [`ApplyRefusal::SmallestGroup`], or a fault.
    pub(crate) async fn would_keep_smallest_groups(&self, pack: &TenantPack) -> Result<(), ApplyRefusal> {
        on_conversation(&self.conversation.read(tenant_id(&pack.tenant.slug)).await?, pack).await
    }
}

/// Refuses `pack` if it changes what is settled on the identity side.
pub(crate) async fn on_identity(reading: &identity::Reading, pack: &TenantPack) -> Result<(), ApplyRefusal> {
    let settled = reading.smallest_groups().await?;
    keep(pack, reading.tenant().await?.as_ref(), &entries(reading.key_log().await?)?, &settled)
}

/// The same on the conversation side.
pub(crate) async fn on_conversation(
    reading: &conversation::Reading,
    pack: &TenantPack,
) -> Result<(), ApplyRefusal> {
    let settled = reading.smallest_groups().await?;
    keep(pack, reading.tenant().await?.as_ref(), &entries(reading.key_log().await?)?, &settled)
}

fn keep(
    pack: &TenantPack,
    standing: Option<&StoredTenant>,
    log: &[KeyLogEntry],
    settled: &[(CampaignId, u32)],
) -> Result<(), ApplyRefusal> {
    let standing = standing.map(unpack).transpose()?;
    for campaign in pack.campaigns.values() {
        let id = campaign_id(&pack.tenant.slug, &campaign.slug);
        let earlier = standing.as_ref().and_then(|pack| pack.campaigns.get(&campaign.slug));
        let earlier = earlier.map(|earlier| earlier.smallest_group);
        if earlier == Some(campaign.smallest_group) {
            continue;
        }
        let stored = settled.iter().find(|(settled, _)| *settled == id).map(|(_, people)| *people);
        // Launched, but nothing has been counted on this side yet: what its pack said then.
        let said = || earlier.filter(|_| log.iter().any(|entry| entry.campaign == id));
        if let Some(settled) = stored.or_else(said).filter(|settled| *settled != campaign.smallest_group) {
            return Err(ApplyRefusal::SmallestGroup {
                campaign: campaign.slug.clone(),
                settled,
                asked: campaign.smallest_group,
            });
        }
    }
    Ok(())
}
