//! Calling guests: fresh memory, limits, and checks of what comes back.

use std::collections::BTreeMap;
use std::sync::{Arc, PoisonError, RwLock};
use std::time::Instant;

use tokio::sync::{Semaphore, SemaphorePermit};
use tokio::time::{error::Elapsed, timeout};
use wasmtime::component::{ComponentExportIndex, ComponentNamedList, Instance, Lift, Linker, Lower};
use wasmtime::{Engine, Store, UpdateDeadline};

use crate::artefact::{Digest, Shelf};
use crate::call::{CallData, Log};
use crate::contract::{Ctx, Participant};
use crate::engine::{self, Counting, EngineFault, Ticker};
use crate::failure::{CallFailure, Cause};
use crate::limits::{Budget, Class, HANDLES};
use crate::memory_state::MemoryState;
use crate::output::check_description;
use crate::plugin::{LoadRefusal, Plugin};
use crate::round_v1;
use crate::state::{Changes, RoundState};
use crate::view::{Access, View};

/// How finely guests are told the time, seconds.
const HOUR: u64 = 60 * 60;

/// Runs round types.
pub struct Host {
    small: Pool,
    large: Pool,
    loaded: RwLock<BTreeMap<Digest, Arc<Plugin>>>,
    ticker: Ticker,
}

/// What guests of one class run on.
struct Pool {
    engine: Engine,
    linker: Linker<CallData>,
    places: Semaphore,
}

/// What every call of a round needs.
#[derive(Clone)]
pub struct Call {
    /// The round type.
    pub plugin: Arc<Plugin>,
    /// Where the call stands.
    pub ctx: Ctx,
    /// What the round remembers: a snapshot of this moment.
    pub state: Arc<dyn RoundState>,
    /// Chance for this call alone, from which new keys are made. Kept with the record of the call, to replay it.
    pub chance: u64,
    /// Where the guest's words to its author go.
    pub log: Log,
}

impl Call {
    /// A call of `plugin` where `ctx` says. Whatever time `ctx` has, the guest is told its hour.
    pub fn new(plugin: Arc<Plugin>, mut ctx: Ctx, state: Arc<dyn RoundState>, chance: u64) -> Self {
        ctx.now -= ctx.now % HOUR;
        Self { plugin, ctx, state, chance, log: Log::dropped() }
    }
}

impl Host {
    /// A host with room for both classes, and its ticking thread.
    ///
    /// # Errors
    /// This machine cannot run guests.
    pub fn new() -> Result<Self, EngineFault> {
        let (small, large) = (Pool::new(Class::Small)?, Pool::new(Class::Large)?);
        let ticker = Ticker::start(vec![small.engine.clone(), large.engine.clone()])?;
        Ok(Self { small, large, loaded: RwLock::default(), ticker })
    }

    /// The round type `digest` from `shelf`, loaded once for all.
    ///
    /// # Errors
    /// [`LoadRefusal`], by name.
    pub async fn load(
        &self,
        shelf: &Shelf,
        digest: Digest,
        class: Class,
    ) -> Result<Arc<Plugin>, LoadRefusal> {
        let loaded = self.loaded.read().unwrap_or_else(PoisonError::into_inner).get(&digest).cloned();
        if let Some(plugin) = loaded.filter(|plugin| plugin.class() == class) {
            return Ok(plugin);
        }
        let code = shelf.take(digest, class)?;
        let pool = self.pool(class);
        let mut plugin = Plugin::load(&pool.engine, &pool.linker, (digest, class), &code)?;
        plugin.description = self.describe(&plugin).await.map_err(LoadRefusal::Mute)?;
        let plugin = Arc::new(plugin);
        let mut loaded = self.loaded.write().unwrap_or_else(PoisonError::into_inner);
        loaded.insert(digest, Arc::clone(&plugin));
        Ok(plugin)
    }

    /// Every round type that is loaded, for the operator's page.
    pub fn loaded(&self) -> Vec<Arc<Plugin>> {
        self.loaded.read().unwrap_or_else(PoisonError::into_inner).values().cloned().collect()
    }

    /// Forgets the round type `digest`. Calls under way end as they would.
    pub fn withdraw(&self, digest: Digest) {
        self.loaded.write().unwrap_or_else(PoisonError::into_inner).remove(&digest);
    }

    async fn describe(&self, plugin: &Plugin) -> Result<crate::contract::Description, CallFailure> {
        let mut running = self.begin(plugin, Grant::without_state()).await?;
        let called = timeout(Budget::PAGE.time, async {
            let guest = running.guest().await?;
            guest.candour_round_round().call_describe(&mut running.store).await
        })
        .await;
        let description = running.end(called)?;
        check_description(&description)?;
        Ok(description)
    }

    fn pool(&self, class: Class) -> &Pool {
        match class {
            Class::Small => &self.small,
            Class::Large => &self.large,
        }
    }

    /// A place and fresh limits for one guest, with what `grant` allows.
    pub(crate) async fn begin<'a>(
        &'a self,
        plugin: &'a Plugin,
        grant: Grant,
    ) -> Result<Running<'a>, CallFailure> {
        let Grant { state, access, chance, participant, log, budget } = grant;
        let pool = self.pool(plugin.class());
        let Ok(Ok(place)) = timeout(budget.time, pool.places.acquire()).await else {
            let busy = CallFailure::Unavailable(Cause::Busy);
            plugin.counters.count_failure(&busy);
            return Err(busy);
        };
        let started = Instant::now();
        let view = View::new(state, access, chance, &budget);
        let memory = plugin.class().size().memory;
        let mut store = Store::new(&pool.engine, CallData::new(view, memory, log, participant, &budget));
        store.limiter(|data| &mut data.memory);
        store.set_hostcall_fuel(budget.copied);
        store.set_max_component_handles(HANDLES);
        store.set_epoch_deadline(1);
        store.epoch_deadline_callback(|mut store| {
            store.data_mut().spend_tick()?;
            Ok(UpdateDeadline::Yield(1))
        });
        let counting = self.ticker.count();
        Ok(Running { store, plugin, guest: None, started, _place: place, _counting: counting })
    }
}

impl Pool {
    fn new(class: Class) -> Result<Self, EngineFault> {
        let engine = engine::running(class)?;
        let mut linker = Linker::new(&engine);
        round_v1::link(&mut linker)?;
        let places = Semaphore::new(class.size().at_once as usize);
        Ok(Self { engine, linker, places })
    }
}

/// What one call may do and use.
pub(crate) struct Grant {
    pub state: Arc<dyn RoundState>,
    pub access: Access,
    pub chance: u64,
    pub participant: Option<String>,
    pub log: Log,
    pub budget: Budget,
}

impl Grant {
    pub(crate) fn of(call: &Call, access: Access, who: Option<&Participant>, budget: Budget) -> Self {
        let participant = who.map(|who| who.token.clone());
        Self {
            state: Arc::clone(&call.state),
            access,
            chance: call.chance,
            participant,
            log: call.log.clone(),
            budget,
        }
    }

    pub(crate) fn without_state() -> Self {
        Self {
            state: Arc::new(MemoryState::new().snapshot()),
            access: Access::None,
            chance: 0,
            participant: None,
            log: Log::dropped(),
            budget: Budget::PAGE,
        }
    }
}

/// A guest in fresh memory, for one call, or for the two that a form takes.
pub(crate) struct Running<'a> {
    pub store: Store<CallData>,
    plugin: &'a Plugin,
    guest: Option<Instance>,
    /// When the present call began.
    started: Instant,
    _place: SemaphorePermit<'a>,
    _counting: Counting,
}

impl Running<'_> {
    /// Calls one function of the guest. Its beginning is its own code: under the first call's limits.
    pub(crate) async fn call<P, R>(
        &mut self,
        export: &ComponentExportIndex,
        parameters: P,
    ) -> wasmtime::Result<R>
    where
        P: ComponentNamedList + Lower + Send + Sync,
        R: Send + Sync + 'static,
        (R,): ComponentNamedList + Lift,
    {
        let guest = match self.guest {
            Some(guest) => guest,
            None => self.plugin.pre.instance_pre().instantiate_async(&mut self.store).await?,
        };
        self.guest = Some(guest);
        let function = guest.get_typed_func::<P, (R,)>(&mut self.store, export)?;
        Ok(function.call_async(&mut self.store, parameters).await?.0)
    }

    /// The guest, in fresh memory, with the types of all its functions checked.
    async fn guest(&mut self) -> wasmtime::Result<round_v1::RoundPlugin> {
        self.plugin.pre.instantiate_async(&mut self.store).await
    }

    /// Counts the call, and gives its result.
    pub(crate) fn end<T>(&mut self, called: Result<wasmtime::Result<T>, Elapsed>) -> Result<T, CallFailure> {
        let result = sort_out(called);
        let memory = self.store.data().memory.used();
        self.plugin.counters.count(self.started.elapsed(), memory, &result);
        result
    }

    /// What follows is another call of the same guest, with limits of its own; only its memory is what it was.
    pub(crate) fn go_on(&mut self, access: Access, budget: &Budget) {
        self.started = Instant::now();
        self.store.data_mut().go_on(access, budget);
    }

    /// What the guest would change, and what it read.
    pub(crate) fn into_changes(self) -> Changes {
        self.store.into_data().view.into_changes()
    }
}

fn sort_out<T>(called: Result<wasmtime::Result<T>, Elapsed>) -> Result<T, CallFailure> {
    match called {
        Ok(Ok(value)) => Ok(value),
        Ok(Err(error)) => Err(CallFailure::of_run(&error)),
        Err(Elapsed { .. }) => Err(CallFailure::Unavailable(Cause::TimeOut)),
    }
}

#[cfg(test)]
mod tests;
