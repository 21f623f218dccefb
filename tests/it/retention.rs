//! What the identity side holds ends: the roll some days after the close, with login details and keys; a request for one's own data finds
//! one row and nothing else.

use chrono::TimeDelta;
use domain::roll::EmailAddress;

use crate::harness::databases::{Kind, TestDatabases, both_databases, with_databases};
use crate::harness::joiner::Onward;
use crate::harness::packs;
use crate::harness::server::TestServer;
use crate::harness::tables::Tables;

const CAMPAIGN: &str = "first-conversation";

both_databases! {
    async fn the_roll_goes_thirty_days_after_the_close(databases: &TestDatabases) {
        let server = TestServer::start(databases).await;
        let logins = server.launch("bsol", &[("ann@uhb.example", "uhb"), ("ben@uhb.example", "uhb")]).await;
        let device = server.device("bsol");
        let onward = Onward::of(&device.logs_in(CAMPAIGN, &logins[0]).await.expect(303));
        let key = server.key("bsol", 1).await;
        device.joins(&key, &onward).await.shares("Said in time").await;
        server.codes("bsol", CAMPAIGN, 5).await;
        let (identity, conversation) = (Tables::of_identity(databases).await, Tables::of_conversation(databases).await);
        let closes_at = server.campaign("bsol").await.rounds[0].closes_at;
        let keep_house = async |days: i64| {
            server.clock.set(&(closes_at + TimeDelta::days(days)).to_rfc3339());
            server.enrolment.keep_house().await.unwrap();
            server.actions.keep_house().await.unwrap();
        };
        keep_house(29).await;
        assert_eq!(identity.number("SELECT count(*) FROM person").await, 2);
        keep_house(30).await;
        for table in ["person", "login", "cohort", "cohort_organisation", "held_row", "roll_import"] {
            assert_eq!(identity.number(&format!("SELECT count(*) FROM {table}")).await, 0, "{table}");
        }
        assert_eq!(conversation.number("SELECT count(*) FROM sealed_code").await, 0);
        assert!(identity.number("SELECT count(*) FROM key_log").await > 0, "the public log stays");
        assert!(!format!("{:?}", identity.dump().await).contains("uhb.example"), "no address is left");
        let late = server.device("bsol").get(&format!("/join/{CAMPAIGN}/login?code={}", logins[1])).await;
        assert_eq!(late.status / 100, 4, "a link that is too late says so");
        // What was said, and the way back to it by words, stay.
        let back = server.device("bsol");
        back.comes_back(&key).await.expect(303);
        assert!(back.get(&format!("/conversations/{CAMPAIGN}/mine")).await.expect(200).body.contains("Said in time"));
    }

    async fn a_request_for_own_data_finds_the_row_and_nothing_else(databases: &TestDatabases) {
        let server = TestServer::start(databases).await;
        server.launch("bsol", &[("Ann+work@uhb.example", "uhb")]).await;
        let tenant = server.tenant("bsol").await;
        let find = async |email: &str| {
            let email = EmailAddress::parse(email).unwrap();
            server.enrolment.find_person(&tenant, &tenant.campaigns[0], &email).await.unwrap()
        };
        let found = find("ann@UHB.example").await.expect("another spelling of the same address");
        assert_eq!(found.email.as_deref(), Some("Ann+work@uhb.example"));
        assert!(!found.joined);
        assert_eq!(find("bob@uhb.example").await, None);
    }

    async fn counts_are_published_by_the_day_in_whole_groups(databases: &TestDatabases) {
        let mut packs = packs::ours();
        packs.iter_mut().flat_map(|pack| pack.campaigns.values_mut()).for_each(|campaign| campaign.smallest_group = 5);
        let server = TestServer::with_packs(databases, packs).await;
        let emails: Vec<String> = (0..11).map(|number| format!("p{number}@uhb.example")).collect();
        let people: Vec<(&str, &str)> = emails.iter().map(|email| (email.as_str(), "uhb")).collect();
        let logins = server.launch("bsol", &people).await;
        for (number, login) in (0..6).zip(&logins) {
            let device = server.device("bsol");
            let onward = Onward::of(&device.logs_in(CAMPAIGN, login).await.expect(303));
            device.joins(&server.key("bsol", number).await, &onward).await;
        }
        server.clock.set("2023-12-02T00:01:00Z");
        for _ in 0..2 {
            server.enrolment.keep_house().await.unwrap();
            server.actions.keep_house().await.unwrap();
        }
        let tenant = server.tenant("bsol").await;
        let campaign = &tenant.campaigns[0];
        let counts = server.enrolment.daily_counts(&tenant, campaign).await.unwrap();
        let registered = server.actions.daily_registered(&tenant, campaign).await.unwrap();
        assert_eq!(counts.iter().map(|day| (day.eligible, day.issued)).collect::<Vec<_>>(), [(10, 5)]);
        assert_eq!(registered.iter().map(|day| (day.0.to_string(), day.1)).collect::<Vec<_>>(), [("2023-12-01".to_owned(), 5)]);
        let page = server.device("bsol").get("/keys").await.expect(200);
        assert!(page.body.contains("1 December") && page.body.contains("eligible"));
    }
}

/// Whichever process deletes a roll, the keys leave the memory of every one.
#[test]
fn every_process_on_postgres_drops_the_keys_of_a_deleted_roll() {
    with_databases(Kind::Postgres, |databases| Box::pin(drops_keys(databases)));
}

async fn drops_keys(databases: &TestDatabases) {
    let first = TestServer::start(databases).await;
    let second = TestServer::serve(databases, &first.clock, 2).await;
    let logins = first.launch("bsol", &[("ann@uhb.example", "uhb"), ("ben@uhb.example", "uhb")]).await;
    for (number, (server, login)) in (0..).zip([(&first, &logins[0]), (&second, &logins[1])]) {
        let device = server.device("bsol");
        let onward = Onward::of(&device.logs_in(CAMPAIGN, login).await.expect(303));
        device.joins(&server.key("bsol", number).await, &onward).await;
        assert_eq!(server.enrolment.unsealed_keys(), 1, "it has signed");
    }
    let closes_at = first.campaign("bsol").await.rounds[0].closes_at;
    first.clock.set(&(closes_at + TimeDelta::days(30)).to_rfc3339());
    for server in [&first, &second] {
        server.enrolment.keep_house().await.unwrap();
        assert_eq!(server.enrolment.unsealed_keys(), 0);
    }
}

/// PostgreSQL keeps rows in the order in which they were last written, unless something is done about it.
#[test]
fn postgres_forgets_in_which_order_people_joined() {
    with_databases(Kind::Postgres, |databases| Box::pin(forgets_order(databases)));
}

async fn forgets_order(databases: &TestDatabases) {
    let server = TestServer::start(databases).await;
    let people: Vec<String> = (0..40).map(|number| format!("p{number}@uhb.example")).collect();
    let rows: Vec<(&str, &str)> = people.iter().map(|email| (email.as_str(), "uhb")).collect();
    let logins = server.launch("bsol", &rows).await;
    for (number, login) in (0..).zip(&logins[..20]) {
        let device = server.device("bsol");
        let onward = Onward::of(&device.logs_in(CAMPAIGN, login).await.expect(303));
        let key = server.key("bsol", number).await;
        let request = key.blind(&onward, &device.key_log().await).request(&onward);
        device.asks_for_signature(CAMPAIGN, &request).await.expect(200);
    }
    server.enrolment.forget_order_now().await.unwrap();
    let tables = Tables::of_identity(databases).await;
    let stored = tables.texts("SELECT CAST(id AS TEXT) FROM person ORDER BY ctid").await;
    let mut by_id = stored.clone();
    by_id.sort();
    assert_eq!(stored, by_id, "rows lie in the order of their random ids");
    let writers = "SELECT count(DISTINCT age(xmin)) FROM person";
    assert_eq!(tables.number(writers).await, 1, "and which transaction wrote which is forgotten");
}
