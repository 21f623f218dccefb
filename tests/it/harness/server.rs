//! Candour itself, started in this process on the databases of one test, with a clock and a seed of the test's own.

use std::net::SocketAddr;
use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use actions::{Actions, Campaign, Tenant};
use app::{Config, Running};
use chrono::{DateTime, Utc};
use domain::tenant_pack::TenantPack;
use domain::{Clock, Entropy};
use rand::rngs::StdRng;
use rand::{Rng, SeedableRng};
use storage::Databases;

use super::databases::{Kind, TestDatabases};
use super::packs;
use super::people::{Device, Person, Program};

/// BSol's first conversation is open then, and only that.
pub const DURING_BSOL: &str = "2023-12-01T12:00:00Z";

/// The role that the cluster of the tests gives the server.
const APP_ROLE: &str = "candour_app";

/// Time as the test has it. Clones show the same time.
#[derive(Clone)]
pub struct VirtualClock(Arc<AtomicI64>);

impl VirtualClock {
    /// A clock that stands at an instant such as `2023-12-01T12:00:00Z`.
    pub fn at(instant: &str) -> Self {
        let clock = Self(Arc::default());
        clock.set(instant);
        clock
    }

    /// Moves it to an instant such as `2023-12-01T12:00:00Z`.
    pub fn set(&self, instant: &str) {
        let instant: DateTime<Utc> = instant.parse().unwrap_or_else(|error| panic!("{instant}: {error}"));
        self.0.store(instant.timestamp_millis(), Ordering::SeqCst);
    }

    /// Moves it by some seconds, back if negative.
    pub fn advance(&self, seconds: i64) {
        self.0.fetch_add(seconds * 1_000, Ordering::SeqCst);
    }
}

impl Clock for VirtualClock {
    fn now(&self) -> DateTime<Utc> {
        DateTime::from_timestamp_millis(self.0.load(Ordering::SeqCst)).expect("a time that exists")
    }
}

/// Chance that is the same in every run.
struct Seeded(Mutex<StdRng>);

impl Entropy for Seeded {
    fn fill(&self, bytes: &mut [u8]) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).fill_bytes(bytes);
    }
}

/// A server of this test's own.
pub struct TestServer {
    /// The time that it goes by.
    pub clock: VirtualClock,
    /// Where the site listens.
    pub site: SocketAddr,
    /// Where health, readiness and metrics listen.
    pub operations: SocketAddr,
    /// Every use case, on the same databases.
    pub actions: Actions,
    running: Running,
}

impl TestServer {
    /// Migrates the databases, applies our three packs with their own dates, and serves at [`DURING_BSOL`].
    pub async fn start(databases: &TestDatabases) -> Self {
        Self::with_packs(databases, packs::ours()).await
    }

    /// The same with other packs.
    pub async fn with_packs(databases: &TestDatabases, packs: Vec<TenantPack>) -> Self {
        let server = Self::serve(databases, &VirtualClock::at(DURING_BSOL), 1).await;
        for pack in packs {
            server.actions.apply_tenant_pack(&pack).await.expect("our packs apply");
        }
        server
    }

    /// Serves databases that may hold something already. Servers beside each other need a seed each, or they would give out the same
    /// ids.
    pub async fn serve(databases: &TestDatabases, clock: &VirtualClock, seed: u64) -> Self {
        let entropy: Arc<dyn Entropy> = Arc::new(Seeded(Mutex::new(StdRng::seed_from_u64(seed))));
        let config = config(databases);
        app::databases::prepare(&config, &*entropy).await.expect("both databases can be migrated");
        let running = app::start(config, Arc::new(clock.clone()), entropy).await.expect("the server starts");
        let (site, operations, actions) = (running.site, running.operations, running.actions.clone());
        Self { clock: clock.clone(), site, operations, actions, running }
    }

    /// Ends it, as SIGTERM does.
    pub async fn stop(self) {
        self.running.shutdown().await.expect("the server ends in order");
    }

    /// The tenant called `slug`.
    pub async fn tenant(&self, slug: &str) -> Arc<Tenant> {
        let tenant = self.actions.find_tenant_by_slug(slug).await.expect("the database answers");
        tenant.unwrap_or_else(|| panic!("no tenant {slug}"))
    }

    /// The first campaign of the tenant called `slug`.
    pub async fn campaign(&self, slug: &str) -> Campaign {
        self.tenant(slug).await.campaigns[0].clone()
    }

    /// A new sealed code for the first campaign of a tenant, as printed.
    pub async fn code(&self, tenant: &str) -> String {
        let campaign = self.campaign(tenant).await.slug;
        self.codes(tenant, &campaign, 1).await.remove(0)
    }

    /// New sealed codes, as printed.
    pub async fn codes(&self, tenant: &str, campaign: &str, count: usize) -> Vec<String> {
        let tenant = self.tenant(tenant).await;
        let campaign = tenant.campaign(campaign).expect("the campaign exists");
        let issued = self.actions.issue_codes(&tenant, campaign, &tenant.organisations[0], count).await;
        issued.expect("codes are issued").iter().map(ToString::to_string).collect()
    }

    /// A browser at the tenant's own host name, whose owner has not come in.
    pub fn device(&self, tenant: &str) -> Device {
        Device::new(self.site, format!("{tenant}.localhost:{}", self.site.port()), String::new())
    }

    /// A browser that tells tenants apart by path.
    pub fn device_by_path(&self, tenant: &str) -> Device {
        Device::new(self.site, format!("localhost:{}", self.site.port()), format!("/{tenant}"))
    }

    /// Somebody who has come into a tenant's first campaign with a code.
    pub async fn person(&self, tenant: &str) -> Person {
        let campaign = self.campaign(tenant).await.slug;
        self.person_in(tenant, &campaign).await
    }

    /// Somebody who has come into this campaign with a code.
    pub async fn person_in(&self, tenant: &str, campaign: &str) -> Person {
        let code = self.codes(tenant, campaign, 1).await.remove(0);
        self.device(tenant).enters(&code).await
    }

    /// A program that has come into a tenant's first campaign with a code.
    pub async fn program(&self, tenant: &str) -> Program {
        let code = self.code(tenant).await;
        self.device(tenant).opens_session(&code).await
    }

    /// A GET to the operations port.
    pub async fn ask_operations(&self, path: &str) -> super::answer::Answer {
        Device::new(self.operations, self.operations.to_string(), String::new()).get(path).await
    }
}

/// Every use case on these databases at the machine's own time, for commands: nothing is served. BSol is open.
pub async fn actions_now(databases: &TestDatabases) -> Actions {
    let config = config(databases);
    app::databases::prepare(&config, &app::OsRandom).await.expect("both databases can be migrated");
    let (clock, entropy) = (Arc::new(app::SystemClock), Arc::new(app::OsRandom));
    let actions = app::databases::open_actions(&config, clock, entropy).await.expect("the databases open");
    for pack in packs::bsol_open_now() {
        actions.apply_tenant_pack(&pack).await.expect("our packs apply");
    }
    actions
}

/// A configuration of the server for these databases, on any two free ports.
pub fn config(databases: &TestDatabases) -> Config {
    let mut config = Config::local(databases.folder()).expect("a temporary folder's path is UTF-8");
    let TestDatabases { identity, conversation, .. } = databases;
    config.storage.databases =
        Databases { identity_url: identity.app.clone(), conversation_url: conversation.app.clone() };
    config.storage.migrate =
        Databases { identity_url: identity.owner.clone(), conversation_url: conversation.owner.clone() };
    config.storage.app_role = (databases.kind == Kind::Postgres).then(|| APP_ROLE.to_owned());
    config
}
