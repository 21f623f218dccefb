//! A round is brought to another version of its type while people take part.

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use actions::Actor;
use actions::round_types::{AdmitRefusal, UpgradeRefusal};
use app::config::Side;
use domain::ids::TenantId;
use domain::tenant_pack::PLATFORM;
use futures_util::StreamExt;
use futures_util::future::join_all;
use futures_util::stream;
use plugin_host::{BUILT_IN, Manifest, SigningKey};

use super::{AFTER, DURING};
use crate::harness::databases::{TestDatabases, both_databases};
use crate::harness::packs::{self, SECOND};
use crate::harness::people::Person;
use crate::harness::server::TestServer;
use crate::harness::tables::Tables;

/// Everybody who writes while the round is brought over.
const PEOPLE: usize = 200;
/// How many come in at once: one network may not try many codes at the same time.
const AT_ONCE: usize = 8;
/// What the round type is called here: those that come with Candour keep their names.
const NAME: &str = "pledges";

fn actor() -> Actor {
    Actor::command_line(TenantId::named(&[PLATFORM]))
}

fn key() -> SigningKey {
    SigningKey::from_bytes(&[7; 32])
}

/// The first version of pledge review, and the present one.
fn versions() -> [Vec<u8>; 2] {
    let fixtures = Path::new(env!("CARGO_MANIFEST_DIR")).join("../server/plugin-host/tests/fixtures");
    let first = std::fs::read(fixtures.join("pledge-review-1.wasm")).expect("the first version is kept");
    let present = BUILT_IN.iter().find(|built_in| built_in.name == "pledge-review").unwrap();
    [first, present.component.to_vec()]
}

/// A signed manifest of `component` under our own name.
fn manifest(component: &[u8], key: &SigningKey) -> Vec<u8> {
    let built_in =
        BUILT_IN.iter().find(|built_in| built_in.name == "pledge-review").unwrap().manifest().unwrap();
    let mut text = serde_json::to_value(&built_in).unwrap();
    text["name"] = NAME.into();
    text.as_object_mut().unwrap().remove("digest");
    let manifest = Manifest::of_component(&text.to_string(), component).unwrap();
    serde_json::to_vec(&manifest.sign(key).unwrap()).unwrap()
}

/// BSol's second conversation on the first version, open.
async fn on_first_version(databases: &TestDatabases) -> TestServer {
    let server = TestServer::trusting(databases, hex(key().verifying_key().as_bytes())).await;
    server.apply(&app::platform::pack(Side::Both, None, None).unwrap()).await;
    let [first, _] = versions();
    server
        .actions
        .admit_round_type(&actor(), &first, &manifest(&first, &key()))
        .await
        .expect("it is admitted");
    let mut pack = packs::with_both_conversations().remove(1);
    pack.campaigns.retain(|slug, _| slug == SECOND);
    pack.campaigns.get_mut(SECOND).unwrap().rounds[0].round_type = NAME.to_owned().try_into().unwrap();
    server.apply(&pack).await;
    server.clock.set(DURING);
    server
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

impl TestServer {
    async fn upgrades(&self) -> Result<(), UpgradeRefusal> {
        let tenant = self.tenant("bsol").await;
        let round = &tenant.campaign(SECOND).unwrap().rounds[0];
        self.actions.upgrade_round(&tenant, round).await.map(drop)
    }

    async fn admits_present(&self) {
        let [_, present] = versions();
        let admitted = self.actions.admit_round_type(&actor(), &present, &manifest(&present, &key())).await;
        admitted.expect("it is admitted");
    }
}

/// Goes on answering until told to stop; gives the last verdict that was taken.
async fn goes_on(person: &Person, number: usize, stop: &AtomicBool, taken: &AtomicUsize) -> &'static str {
    let mut turn = number;
    loop {
        let verdict = if turn.is_multiple_of(3) { "wrong" } else { "strong" };
        let answer = person.judges("rotas", verdict, "").await;
        assert_eq!(answer.status, 303, "{}", answer.body);
        taken.fetch_add(1, Ordering::SeqCst);
        if stop.load(Ordering::SeqCst) {
            return verdict;
        }
        turn += 1;
    }
}

both_databases! {
    async fn two_hundred_people_write_on_and_nothing_is_lost(databases: &TestDatabases) {
        let server = on_first_version(databases).await;
        let codes = server.codes("bsol", SECOND, PEOPLE).await;
        let people: Vec<Person> = stream::iter(&codes)
            .map(|code| server.device("bsol").enters(code))
            .buffered(AT_ONCE)
            .collect()
            .await;
        // Everybody has answered once in the first version.
        for group in people.chunks(AT_ONCE) {
            join_all(group.iter().map(|person| async { person.judges("rest", "strong", "").await.expect(303) })).await;
        }
        server.admits_present().await;
        let (stop, taken) = (Arc::new(AtomicBool::new(false)), Arc::new(AtomicUsize::new(0)));
        let writers = join_all(people.iter().enumerate().map(|(number, person)| {
            let (stop, taken) = (Arc::clone(&stop), Arc::clone(&taken));
            async move { goes_on(person, number, &stop, &taken).await }
        }));
        let change = async {
            while taken.load(Ordering::SeqCst) < PEOPLE {
                tokio::task::yield_now().await;
            }
            let before = taken.load(Ordering::SeqCst);
            let changed = server.upgrades().await;
            while taken.load(Ordering::SeqCst) < before + PEOPLE {
                tokio::task::yield_now().await;
            }
            stop.store(true, Ordering::SeqCst);
            changed
        };
        let (verdicts, changed) = tokio::join!(writers, change);
        changed.expect("the round is brought over");
        assert!(matches!(server.upgrades().await, Err(UpgradeRefusal::Already)));
        // What everybody was told is kept is what is counted.
        server.clock.set(AFTER);
        server.sides().keep_house().await.expect("the round is counted");
        let rows = Tables::of_conversation(databases).await;
        let of = async |subject: &str, measure: &str| {
            rows.number(&format!(
                "SELECT CAST(coalesce(sum(people), 0) AS BIGINT) FROM round_result WHERE subject LIKE '{subject}%' AND measure = '{measure}' AND cohort = ''"
            ))
            .await
        };
        let strong = verdicts.iter().filter(|verdict| **verdict == "strong").count() as i64;
        assert_eq!(of("rest", "strong").await, PEOPLE as i64);
        assert_eq!(of("rotas", "answered").await, PEOPLE as i64);
        assert_eq!(of("rotas", "strong").await, strong - strong % 10);
    }

    async fn who_admits_and_what_is_refused(databases: &TestDatabases) {
        let server = on_first_version(databases).await;
        let [_, present] = versions();
        let stranger = SigningKey::from_bytes(&[8; 32]);
        let admitted = server.actions.admit_round_type(&actor(), &present, &manifest(&present, &stranger)).await;
        assert!(matches!(admitted, Err(AdmitRefusal::Manifest(_))), "{admitted:?}");
        assert!(matches!(server.upgrades().await, Err(UpgradeRefusal::NotBegun)));
        let ann = server.person_in("bsol", SECOND).await;
        ann.judges("rotas", "strong", "").await.expect(303);
        assert!(matches!(server.upgrades().await, Err(UpgradeRefusal::Already)));
        server.admits_present().await;
        server.upgrades().await.expect("one answer is brought over");
        assert!(ann.opens("/activity").await.expect(200).body.contains("Pledges you have reviewed: 1 of 10"));
        // Withdrawn, the activity says so, and everything else goes on.
        let running = server.actions.list_round_types().await.unwrap();
        let running = running.into_iter().find(|listed| !listed.rounds.is_empty()).expect("a round runs it");
        let digest = running.digest.try_into().unwrap();
        assert!(server.actions.withdraw_round_type(&actor(), digest, true).await.unwrap());
        let page = ann.opens("/activity").await.expect(503);
        assert!(page.body.contains("not working just now"), "{}", page.body);
        ann.opens("?sort=newest").await.expect(200);
        ann.judges_blindly("rotas", "wrong").await.expect(503);
        assert!(server.actions.withdraw_round_type(&actor(), digest, false).await.unwrap());
        ann.judges("rotas", "wrong", "").await.expect(303);
    }
}

impl Person {
    /// Sends a verdict from a page that was opened before.
    async fn judges_blindly(&self, pledge: &str, verdict: &str) -> crate::harness::answer::Answer {
        let path = self.at(&format!("/activity/pledge/{pledge}"));
        self.post(&path, &[("_form", "verdict"), ("verdict", verdict), ("_pressed", "stay")]).await
    }
}
