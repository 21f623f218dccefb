//! Candour itself, started in this process on the databases of one test, with a clock and a seed of the test's own.

use std::collections::HashMap;
use std::net::SocketAddr;
use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use actions::{Actions, Actor, Campaign, Enrolment, IssuedLogin, Tenant};
use app::addresses::PublicUrl;
use app::config::{Databases, MailWay, Side};
use app::secrets::PepperSource;
use app::{Config, Running};
use chrono::{DateTime, Utc};
use documents::roll::RollKind;
use domain::tenant_pack::TenantPack;
use domain::{Clock, Entropy};
use mail::{Address, Encryption, Mailbox, Message, Smtp};
use rand::rngs::StdRng;
use rand::{Rng, SeedableRng};

use super::databases::{Kind, TestDatabases};
use super::joiner::Key;
use super::packs;
use super::patience::{PATIENCE, eventually};
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
    /// Every use case of the conversation side, on the same databases.
    pub actions: Actions,
    /// Every use case of the identity side, on the same databases.
    pub enrolment: Enrolment,
    /// Where its emails end up.
    pub mailbox: Mailbox,
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
            server.running.sides.apply_tenant_pack(&pack).await.expect("our packs apply");
        }
        server
    }

    /// Migrates the databases and serves them without a tenant; operators may admit round types that `publisher` has signed.
    pub async fn trusting(databases: &TestDatabases, publisher: String) -> Self {
        let mut config = config(databases);
        config.round_types.publishers = vec![publisher];
        Self::serve_as(config, &VirtualClock::at(DURING_BSOL), 1).await
    }

    /// Migrates the databases, applies `packs`, and sends emails through the mail server at this port of this machine.
    pub async fn mailing_through(databases: &TestDatabases, packs: Vec<TenantPack>, port: u16) -> Self {
        let way = MailWay::Smtp(Smtp {
            host: "127.0.0.1".to_owned(),
            port,
            encryption: Encryption::None,
            login: None,
            timeout: PATIENCE,
            authority: None,
        });
        Self::mailing_by(databases, packs, way).await
    }

    /// The same by any way.
    pub async fn mailing_by(databases: &TestDatabases, packs: Vec<TenantPack>, way: MailWay) -> Self {
        let mut config = config(databases);
        config.mail.way = way;
        let server = Self::serve_as(config, &VirtualClock::at(DURING_BSOL), 1).await;
        for pack in packs {
            server.apply(&pack).await;
        }
        server
    }

    /// Serves databases that may hold something already. Servers beside each other need a seed each, or they would give out the same
    /// ids.
    pub async fn serve(databases: &TestDatabases, clock: &VirtualClock, seed: u64) -> Self {
        Self::serve_as(config(databases), clock, seed).await
    }

    async fn serve_as(config: Config, clock: &VirtualClock, seed: u64) -> Self {
        let entropy: Arc<dyn Entropy> = Arc::new(Seeded(Mutex::new(StdRng::seed_from_u64(seed))));
        app::databases::prepare(&config, &*entropy).await.expect("both databases can be migrated");
        let running = app::start(config, Arc::new(clock.clone()), entropy).await.expect("the server starts");
        let sides = running.sides.clone();
        let (actions, enrolment) =
            (sides.conversation.expect("both sides"), sides.identity.expect("both sides"));
        // Empty for ever where a mail server takes them.
        let mailbox = running.mailbox.clone().unwrap_or_default();
        let (site, operations) = (running.site, running.operations);
        Self { clock: clock.clone(), site, operations, actions, enrolment, mailbox, running }
    }

    /// Serves the two sides apart, as two owners would, each with its own data folder and its own secret; our packs are applied to both.
    pub async fn apart(databases: &TestDatabases, packs: Vec<TenantPack>) -> Apart {
        Self::apart_under(databases, packs, [None, None]).await
    }

    /// The same, where each side was told who runs the other: first what the identity side was told.
    pub async fn apart_under(
        databases: &TestDatabases,
        packs: Vec<TenantPack>,
        others: [Option<&str>; 2],
    ) -> Apart {
        let clock = VirtualClock::at(DURING_BSOL);
        // Each must know where the other is before it starts.
        let ports = [free_port(), free_port()];
        let mut sides = Vec::new();
        for (side, own, other) in [(Side::Identity, 0, 1), (Side::Conversation, 1, 0)] {
            let mut config = config(databases);
            config.server.side = side;
            config.server.address = ([127, 0, 0, 1], ports[own]).into();
            config.server.public_url = PublicUrl::localhost(ports[own]);
            config.server.other_side_url = Some(PublicUrl::localhost(ports[other]));
            config.server.other_side_owner = others[own].map(str::to_owned);
            let urls = [&mut config.storage.databases, &mut config.storage.migrate];
            for urls in urls {
                match side {
                    Side::Identity => urls.conversation_url = None,
                    _ => urls.identity_url = None,
                }
            }
            config.storage.data = databases.folder().join(side.name());
            config.pepper = PepperSource::File(config.storage.data.join("pepper"));
            config.identity_secret = PepperSource::File(config.storage.data.join("identity.secret"));
            let entropy: Arc<dyn Entropy> = Arc::new(Seeded(Mutex::new(StdRng::seed_from_u64(own as u64))));
            app::databases::prepare(&config, &*entropy).await.expect("one side can be migrated alone");
            let running =
                app::start(config, Arc::new(clock.clone()), entropy).await.expect("one side starts alone");
            for pack in &packs {
                running.sides.apply_tenant_pack(pack).await.expect("our packs apply");
            }
            sides.push(running);
        }
        let conversation = sides.pop().expect("two sides");
        Apart { identity: sides.pop().expect("two sides"), conversation }
    }

    /// Every use case of named people.
    pub fn accounts(&self) -> &actions::Accounts {
        self.running.sides.accounts.as_ref().expect("the identity side is served")
    }

    /// Both sides together, with what goes from one to the other.
    pub fn sides(&self) -> &actions::Sides {
        &self.running.sides
    }

    /// Applies a pack to both sides.
    pub async fn apply(&self, pack: &TenantPack) {
        self.running.sides.apply_tenant_pack(pack).await.expect("the pack applies");
    }

    /// From now on it takes no email, as when the mail server has been down for long.
    pub async fn takes_no_email(&self) {
        self.enrolment.post().usual.outbox.drain(PATIENCE).await.expect("what waited leaves");
    }

    /// Ends it, as SIGTERM does.
    pub async fn stop(self) {
        self.running.shutdown().await.expect("the server ends in order");
    }

    /// The tenant called `slug`.
    pub async fn tenant(&self, slug: &str) -> Arc<Tenant> {
        let tenant = self.actions.tenants().by_slug(slug).await.expect("the database answers");
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

    /// Puts people on the roll of a tenant's first campaign, by email and organisation, and launches it. Gives their login details in the
    /// same order.
    pub async fn launch(&self, tenant: &str, people: &[(&str, &str)]) -> Vec<String> {
        let tenant = self.tenant(tenant).await;
        let campaign = &tenant.campaigns[0];
        let rows: String =
            people.iter().map(|(email, organisation)| format!("{email},{organisation}\n")).collect();
        let file = format!("email,organisation\n{rows}");
        let held =
            self.enrolment.import_roll(&tenant, campaign, RollKind::Csv, file.as_bytes(), &|_| {}).await;
        let held = held.expect("the roll is read");
        assert_eq!(held.held, people.len(), "{:?} {:?}", held.problems, held.duplicates);
        self.enrolment
            .confirm_roll(&Actor::command_line(tenant.id), &tenant, campaign, held.import)
            .await
            .expect("it is confirmed");
        let log = self.enrolment.launch_campaign(&tenant, campaign).await.expect("it is launched");
        self.actions.learn_keys(&tenant, &log).await.expect("the other side takes the log");
        let mut codes = HashMap::new();
        for organisation in &tenant.organisations {
            let take = |logins: Vec<IssuedLogin>| {
                codes.extend(logins.into_iter().map(|login| (login.email, login.code.to_string())));
                std::future::ready(Ok(()))
            };
            self.enrolment
                .issue_logins(&tenant, campaign, organisation, take)
                .await
                .expect("they are issued");
        }
        people.iter().map(|(email, _)| codes.remove(*email).expect("everybody has login details")).collect()
    }

    /// The key that `number` gives for a tenant's first campaign.
    pub async fn key(&self, tenant: &str, number: u64) -> Key {
        let tenant = self.tenant(tenant).await;
        let mut seed = [7; 32];
        seed[..8].copy_from_slice(&number.to_be_bytes());
        Key::new(seed, tenant.id, &tenant.campaigns[0])
    }

    /// How many emails went to `address`.
    pub fn emails_to(&self, address: &str) -> usize {
        self.mailbox.to(&Address::parse(address).expect("an address")).len()
    }

    /// The newest email to `address`, waited for.
    pub async fn email_to(&self, address: &str) -> Arc<Message> {
        let address = Address::parse(address).expect("an address");
        eventually("an email arrives", async || !self.mailbox.to(&address).is_empty()).await;
        self.mailbox.to(&address).remove(0)
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

/// The two sides, each in a server of its own.
pub struct Apart {
    /// Who may come in.
    pub identity: Running,
    /// What is said.
    pub conversation: Running,
}

impl Apart {
    /// A browser at one side of a tenant.
    pub fn device(&self, side: &Running, tenant: &str) -> Device {
        Device::new(side.site, format!("{tenant}.localhost:{}", side.site.port()), String::new())
    }
}

/// A port that nobody listens at.
fn free_port() -> u16 {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").expect("a port");
    listener.local_addr().expect("an address").port()
}

/// Every use case of the conversation side on these databases at the machine's own time, for commands: nothing is served. BSol is open.
pub async fn actions_now(databases: &TestDatabases) -> Actions {
    let config = config(databases);
    app::databases::prepare(&config, &app::OsRandom).await.expect("both databases can be migrated");
    let (clock, entropy) = (Arc::new(app::SystemClock), Arc::new(app::OsRandom));
    let opened = app::databases::open_sides(&config, clock, entropy).await.expect("the databases open");
    for pack in packs::bsol_open_now() {
        opened.sides.apply_tenant_pack(&pack).await.expect("our packs apply");
    }
    opened.sides.conversation.expect("both sides")
}

/// A configuration of the server for these databases, on any two free ports.
pub fn config(databases: &TestDatabases) -> Config {
    let mut config = Config::local(databases.folder()).expect("a temporary folder's path is UTF-8");
    config.round_types.compiler = super::binary::program();
    let TestDatabases { identity, conversation, .. } = databases;
    let both = |identity: &str, conversation: &str| Databases {
        identity_url: Some(identity.to_owned()),
        conversation_url: Some(conversation.to_owned()),
    };
    config.storage.databases = both(&identity.app, &conversation.app);
    config.storage.migrate = both(&identity.owner, &conversation.owner);
    config.mail.way = MailWay::Memory;
    config.storage.app_role = (databases.kind == Kind::Postgres).then(|| APP_ROLE.to_owned());
    config
}
