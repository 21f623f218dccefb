//! Operators admit round types, withdraw them, and see how each behaves.

use domain::tenant_pack::PLATFORM;
use plugin_host::{BUILT_IN, Digest, Manifest, ManifestRefusal, SignedManifest};
use storage::conversation::StoredRoundType;
use thiserror::Error;

use super::{CallFigures, RoundTypeFault};
use crate::actor::record;
use crate::tenant::tenant_id;
use crate::{ActionError, Actions, Actor, RoundInfo, Tenant};

/// The language in which round types are listed.
const LANGUAGE: &str = "en-GB";

/// A component as operators see it.
#[derive(Clone, Debug)]
pub struct ListedRoundType {
    /// Its identity: SHA-256, hexadecimal.
    pub digest: String,
    /// Its name.
    pub name: String,
    /// Its version, as its publisher counts.
    pub version: String,
    /// What people read of it.
    pub title: String,
    /// Whether it came with Candour.
    pub built_in: bool,
    /// Whether rounds that open now take it.
    pub current: bool,
    /// Whether it was withdrawn: no round runs it.
    pub withdrawn: bool,
    /// How it has behaved in this process since it was loaded.
    pub figures: Option<CallFigures>,
    /// The rounds that run it.
    pub rounds: Vec<RunningRound>,
}

/// A round that runs a component.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RunningRound {
    /// The tenant's short name.
    pub tenant: String,
    /// The campaign's short name.
    pub campaign: String,
    /// The round's short name.
    pub round: String,
    /// Whether a later component of its type is there.
    pub can_be_upgraded: bool,
}

/// Why a round type is not admitted.
#[derive(Debug, Error)]
pub enum AdmitRefusal {
    /// Its manifest.
    #[error("the manifest: {0}")]
    Manifest(#[from] ManifestRefusal),
    /// It calls itself as one that came with Candour.
    #[error("`{0}` is the name of a round type that comes with Candour: give it another")]
    NameTaken(String),
    /// It cannot be compiled or loaded.
    #[error("the component: {0}")]
    Component(#[from] RoundTypeFault),
    /// A fault.
    #[error(transparent)]
    Fault(#[from] ActionError),
}

impl Actions {
    /// Every component that is here, by name.
    ///
    /// # Errors
    /// Database faults.
    pub async fn list_round_types(&self) -> Result<Vec<ListedRoundType>, ActionError> {
        self.round_types.refresh().await?;
        let stored = self.round_types.known().stored();
        let withdrawn = |digest: &str| {
            stored.iter().any(|stored| stored.digest == digest && stored.withdrawn_on.is_some())
        };
        let mut listed = Vec::new();
        for built_in in BUILT_IN {
            let manifest = built_in.manifest().map_err(|refusal| ActionError::Fault(refusal.to_string()))?;
            let digest = manifest.digest.to_string();
            listed.push(row(&manifest, true, withdrawn(&digest)));
        }
        for stored in stored.iter() {
            if listed.iter().any(|row: &ListedRoundType| row.digest == stored.digest) {
                continue;
            }
            let manifest: Manifest = serde_json::from_str(&stored.manifest)
                .map_err(|error| ActionError::Fault(format!("manifest of {}: {error}", stored.digest)))?;
            listed.push(row(&manifest, false, stored.withdrawn_on.is_some()));
        }
        let rounds = self.running_rounds().await?;
        let figures = self.round_types.figures();
        for row in &mut listed {
            row.current =
                self.round_types.current(&row.name).is_ok_and(|now| now.digest.to_string() == row.digest);
            row.figures =
                figures.iter().find(|(digest, _)| *digest == row.digest).map(|(_, figures)| *figures);
            let own = rounds.iter().filter(|(digest, _)| *digest == row.digest);
            row.rounds = own.map(|(_, round)| round.clone()).collect();
        }
        listed.sort_by(|one, other| one.name.cmp(&other.name));
        Ok(listed)
    }

    async fn running_rounds(&self) -> Result<Vec<(String, RunningRound)>, ActionError> {
        let mut rounds = Vec::new();
        for tenant in self.tenants.all().await?.iter() {
            let pins = self.conversation.read(tenant.id).await?.round_pins().await?;
            for (id, pin) in pins {
                let found = tenant.campaigns.iter().find_map(|campaign| {
                    Some((campaign, campaign.rounds.iter().find(|round| round.id == id)?))
                });
                let Some((campaign, round)) = found else { continue };
                let now = self.round_types.current(round.round_type.slug()).ok();
                let running = RunningRound {
                    tenant: tenant.slug.clone(),
                    campaign: campaign.slug.clone(),
                    round: round.slug.clone(),
                    can_be_upgraded: now.is_some_and(|now| now.digest.to_string() != pin.digest),
                };
                rounds.push((pin.digest, running));
            }
        }
        Ok(rounds)
    }

    /// Admits `component`, of which `manifest`, a file of a signed manifest, speaks: signed by a publisher whom this deployment trusts. It is
    /// compiled and loaded first. Rounds of its type that open from now on take it.
    ///
    /// # Errors
    /// An [`AdmitRefusal`].
    pub async fn admit_round_type(
        &self,
        actor: &Actor,
        component: &[u8],
        manifest: &[u8],
    ) -> Result<Digest, AdmitRefusal> {
        let signed = SignedManifest::read(manifest)?;
        let manifest = signed.open(self.round_types.publishers(), component)?;
        if BUILT_IN.iter().any(|built_in| built_in.name == manifest.name) {
            return Err(AdmitRefusal::NameTaken(manifest.name));
        }
        let digest = self.round_types.compile(component, manifest.class).await?;
        self.round_types.load_compiled(digest, manifest.class).await?;
        let text = serde_json::to_string(&manifest).map_err(|error| ActionError::Fault(error.to_string()))?;
        let now = self.clock.now();
        let stored = StoredRoundType {
            digest: digest.to_string(),
            name: manifest.name,
            publisher: Some(signed.publisher),
            manifest: text,
            admitted_on: now.date_naive(),
            withdrawn_on: None,
        };
        let write = self.conversation.write(tenant_id(PLATFORM)).await.map_err(ActionError::from)?;
        write.add_round_type(&stored, component).await.map_err(ActionError::from)?;
        let detail = format!("{}, signed by {}", stored.digest, stored.publisher.unwrap_or_default());
        record(write.audit_trail(), actor, now, "round-type.admit", &stored.name, &detail).await?;
        write.commit().await.map_err(ActionError::from)?;
        self.round_types.refresh().await?;
        Ok(digest)
    }

    /// Withdraws the component `digest`: within seconds no round runs it anywhere. Or admits it again. Gives whether it is there.
    ///
    /// # Errors
    /// Database faults.
    pub async fn withdraw_round_type(
        &self,
        actor: &Actor,
        digest: Digest,
        withdraw: bool,
    ) -> Result<bool, ActionError> {
        let Ok(component) = self.round_types.component(digest).await else { return Ok(false) };
        // One that came with Candour and was never used has no row to mark yet.
        self.keep_component(digest).await?;
        let now = self.clock.now();
        let write = self.conversation.write(tenant_id(PLATFORM)).await?;
        let on = withdraw.then(|| now.date_naive());
        let is_there = write.withdraw_round_type(&digest.to_string(), on).await?;
        let what = if withdraw { "round-type.withdraw" } else { "round-type.admit-again" };
        let name = &component.manifest.name;
        record(write.audit_trail(), actor, now, what, name, &digest.to_string()).await?;
        write.commit().await?;
        self.round_types.refresh().await?;
        Ok(is_there)
    }

    /// Puts on record that `actor` brought a round to another component.
    ///
    /// # Errors
    /// Database faults.
    pub async fn record_upgrade(
        &self,
        actor: &Actor,
        tenant: &Tenant,
        round: &RoundInfo,
        digest: Digest,
    ) -> Result<(), ActionError> {
        let now = self.clock.now();
        let write = self.conversation.write(tenant.id).await?;
        let detail = digest.to_string();
        record(write.audit_trail(), actor, now, "round.upgrade", &round.slug, &detail).await?;
        Ok(write.commit().await?)
    }
}

fn row(manifest: &Manifest, built_in: bool, withdrawn: bool) -> ListedRoundType {
    let texts = manifest.texts.get(LANGUAGE).or_else(|| manifest.texts.values().next());
    ListedRoundType {
        digest: manifest.digest.to_string(),
        name: manifest.name.clone(),
        version: manifest.version.clone(),
        title: texts.map(|texts| texts.title.clone()).unwrap_or_default(),
        built_in,
        current: false,
        withdrawn,
        figures: None,
        rounds: Vec::new(),
    }
}
