//! Which components there are: those that came with Candour, and those that were used or admitted, as last read from the database.

use std::collections::HashMap;
use std::sync::{Arc, PoisonError, RwLock};

use chrono::{DateTime, Utc};
use domain::ids::RoundId;
use domain::tenant_pack::PLATFORM;
use plugin_host::{BUILT_IN, BuiltIn, Class, Digest, LoadRefusal, Manifest, Plugin, ShelfFault};
use storage::conversation::{RoundPin, StoredRoundType};

use super::{RoundTypeFault, RoundTypes};
use crate::ActionError;
use crate::tenant::tenant_id;

/// What a process remembers of components and pins. Pins move seldom: whoever writes finds out if one has.
#[derive(Default)]
pub(crate) struct Known {
    stored: RwLock<Arc<[StoredRoundType]>>,
    pins: RwLock<HashMap<RoundId, RoundPin>>,
    put_off: RwLock<HashMap<RoundId, DateTime<Utc>>>,
    /// What a digest stands for never changes, so it is read once.
    components: RwLock<HashMap<Digest, Arc<Component>>>,
}

impl Known {
    pub(crate) fn stored(&self) -> Arc<[StoredRoundType]> {
        Arc::clone(&self.stored.read().unwrap_or_else(PoisonError::into_inner))
    }

    pub(crate) fn pin(&self, round: RoundId) -> Option<RoundPin> {
        self.pins.read().unwrap_or_else(PoisonError::into_inner).get(&round).cloned()
    }

    /// Whether counting `round` failed a short while ago.
    pub(crate) fn is_put_off(&self, round: RoundId, now: DateTime<Utc>) -> bool {
        let put_off = self.put_off.read().unwrap_or_else(PoisonError::into_inner);
        put_off.get(&round).is_some_and(|until| now < *until)
    }

    pub(crate) fn put_off(&self, round: RoundId, until: DateTime<Utc>) {
        self.put_off.write().unwrap_or_else(PoisonError::into_inner).insert(round, until);
    }

    pub(crate) fn remember_pin(&self, round: RoundId, pin: RoundPin) {
        self.pins.write().unwrap_or_else(PoisonError::into_inner).insert(round, pin);
    }
}

/// A component: its identity, its class, and what it says about itself.
pub(crate) struct Component {
    pub digest: Digest,
    pub manifest: Manifest,
}

impl RoundTypes {
    pub(crate) fn known(&self) -> &Known {
        &self.0.known
    }

    /// Reads which components are admitted and withdrawn, and lets go of what is withdrawn.
    pub(crate) async fn refresh(&self) -> Result<(), ActionError> {
        let reading = self.0.conversation.read(tenant_id(PLATFORM)).await?;
        let stored: Arc<[StoredRoundType]> = reading.round_types().await?.into();
        drop(reading);
        if let Some(machine) = self.0.machine.get() {
            for gone in stored.iter().filter(|stored| stored.withdrawn_on.is_some()) {
                if let Ok(digest) = Digest::try_from(gone.digest.clone()) {
                    machine.host.withdraw(digest);
                }
            }
        }
        *self.0.known.stored.write().unwrap_or_else(PoisonError::into_inner) = stored;
        Ok(())
    }

    /// The component that a round of the type `name` runs when it opens now: of those that came with Candour the present one, else the one
    /// admitted last.
    pub(crate) fn current(&self, name: &str) -> Result<Component, RoundTypeFault> {
        let unknown = || RoundTypeFault::Unknown(name.to_owned());
        let stored = self.known().stored();
        if let Some(built_in) = BUILT_IN.iter().find(|built_in| built_in.name == name) {
            // Withdrawn or not: nothing else may take its name.
            return of_built_in(built_in);
        }
        let last = stored.iter().rev().find(|stored| stored.name == name && stored.withdrawn_on.is_none());
        of_stored(last.ok_or_else(unknown)?)
    }

    /// The component `digest`, whether any round would take it now or not.
    pub(crate) async fn component(&self, digest: Digest) -> Result<Arc<Component>, RoundTypeFault> {
        let components = &self.known().components;
        let known = components.read().unwrap_or_else(PoisonError::into_inner).get(&digest).cloned();
        if let Some(known) = known {
            return Ok(known);
        }
        let found = Arc::new(self.find_component(digest).await?);
        components.write().unwrap_or_else(PoisonError::into_inner).insert(digest, Arc::clone(&found));
        Ok(found)
    }

    async fn find_component(&self, digest: Digest) -> Result<Component, RoundTypeFault> {
        if let Some(built_in) = BuiltIn::find(digest) {
            return of_built_in(built_in);
        }
        let text = digest.to_string();
        let find = || self.known().stored().iter().find(|stored| stored.digest == text).map(of_stored);
        if let Some(found) = find() {
            return found;
        }
        // Another process has used it first.
        self.refresh().await.map_err(|fault| RoundTypeFault::Stored(fault.to_string()))?;
        find().unwrap_or_else(|| Err(RoundTypeFault::Unknown(text.clone())))
    }

    /// The component, ready to be called by rounds; compiled first where nobody has.
    pub(crate) async fn load(&self, component: &Component) -> Result<Arc<Plugin>, RoundTypeFault> {
        let text = component.digest.to_string();
        if self.known().stored().iter().any(|stored| stored.digest == text && stored.withdrawn_on.is_some()) {
            return Err(RoundTypeFault::Withdrawn(component.digest));
        }
        self.load_even_withdrawn(component).await
    }

    /// The same, also of one that rounds may not run any more: to get away from it.
    pub(crate) async fn load_even_withdrawn(
        &self,
        component: &Component,
    ) -> Result<Arc<Plugin>, RoundTypeFault> {
        let Component { digest, manifest } = component;
        let machine = self.machine().await?;
        let shelf = machine.compiler.shelf();
        match machine.host.load(shelf, *digest, manifest.class).await {
            Err(LoadRefusal::Shelf(ShelfFault::Missing | ShelfFault::Forged)) => {
                let bytes = self.bytes(*digest).await?;
                self.compile(&bytes, manifest.class).await?;
                self.load_compiled(*digest, manifest.class).await
            }
            loaded => Ok(loaded?),
        }
    }

    /// The component, which is compiled, ready to be called.
    pub(crate) async fn load_compiled(
        &self,
        digest: Digest,
        class: Class,
    ) -> Result<Arc<Plugin>, RoundTypeFault> {
        let machine = self.machine().await?;
        Ok(machine.host.load(machine.compiler.shelf(), digest, class).await?)
    }

    pub(crate) async fn compile(&self, component: &[u8], class: Class) -> Result<Digest, RoundTypeFault> {
        Ok(self.machine().await?.compiler.compile(component, class).await?)
    }

    /// The component's own bytes.
    pub(crate) async fn bytes(&self, digest: Digest) -> Result<Vec<u8>, RoundTypeFault> {
        if let Some(built_in) = BuiltIn::find(digest) {
            return Ok(built_in.component.to_vec());
        }
        let stored = |fault: storage::StorageError| RoundTypeFault::Stored(fault.to_string());
        let reading = self.0.conversation.read(tenant_id(PLATFORM)).await.map_err(stored)?;
        let bytes = reading.component(&digest.to_string()).await.map_err(stored)?;
        bytes.ok_or_else(|| RoundTypeFault::Unknown(digest.to_string()))
    }
}

fn of_built_in(built_in: &BuiltIn) -> Result<Component, RoundTypeFault> {
    let manifest = built_in.manifest().map_err(|refusal| RoundTypeFault::Stored(refusal.to_string()))?;
    Ok(Component { digest: manifest.digest, manifest })
}

fn of_stored(stored: &StoredRoundType) -> Result<Component, RoundTypeFault> {
    let manifest: Manifest = serde_json::from_str(&stored.manifest)
        .map_err(|error| RoundTypeFault::Stored(format!("manifest of {}: {error}", stored.digest)))?;
    Ok(Component { digest: manifest.digest, manifest })
}
