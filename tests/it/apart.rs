//! The two sides run apart: two processes, two databases, two secrets, two origins. What one holds the other never sees.

use reqwest::{Method, header};

use crate::harness::databases::both_databases;
use crate::harness::joiner::{Key, Onward, signature};
use crate::harness::packs;
use crate::harness::people::{Device, Person};
use crate::harness::server::{Apart, DURING_BSOL, TestServer};
use crate::harness::staff::accepts_at;
use crate::harness::tables::Tables;

const CAMPAIGN: &str = "first-conversation";

/// A comms lead at work where named people's accounts are.
async fn lead_of(apart: &Apart) -> Device {
    let accounts = apart.identity.sides.accounts.as_ref().expect("named people are on this side");
    let enrolment = apart.identity.sides.identity.as_ref().expect("it is served");
    let tenant = enrolment.tenants().by_slug("bsol").await.unwrap().unwrap();
    let new = actions::NewAccount {
        email: "al@example.org".into(),
        name: "Al Lead".into(),
        roles: vec![policy::Role::CommsLead],
    };
    let door = apart.device(&apart.identity, "bsol");
    let welcome = format!("{}/console/welcome?token=", door.origin());
    let actor = actions::Actor::command_line(tenant.id);
    let invited = accounts.invite_account(&actor, &tenant, &new, &welcome).await.unwrap();
    accepts_at(&door, &invited.link, || DURING_BSOL.parse().unwrap()).await.expect(200);
    door.get("/console").await.expect(200);
    door
}

both_databases! {
    async fn somebody_joins_on_one_side_and_takes_part_on_the_other(databases: &TestDatabases) {
        let apart = TestServer::apart(databases, packs::ours()).await;
        let enrolment = apart.identity.sides.identity.clone().unwrap();
        let actions = apart.conversation.sides.conversation.clone().unwrap();
        assert!(apart.identity.sides.conversation.is_none() && apart.conversation.sides.identity.is_none());
        let tenant = enrolment.tenants().by_slug("bsol").await.unwrap().unwrap();
        let campaign = &tenant.campaigns[0];
        let roll = b"email,organisation\nann@uhb.example,uhb\n";
        let held = enrolment.import_roll(&tenant, campaign, documents::roll::RollKind::Csv, roll, &|_| {}).await.unwrap();
        enrolment.confirm_roll(&actions::Actor::command_line(tenant.id), &tenant, campaign, held.import).await.unwrap();
        let log = enrolment.launch_campaign(&tenant, campaign).await.unwrap();
        let mut logins = Vec::new();
        let take = |issued: Vec<actions::IssuedLogin>| {
            logins.extend(issued);
            std::future::ready(Ok(()))
        };
        let uhb = tenant.organisation("uhb").unwrap();
        enrolment.issue_logins(&tenant, campaign, uhb, take).await.unwrap();

        let (door, hall) = (apart.device(&apart.identity, "bsol"), apart.device(&apart.conversation, "bsol"));
        let sent_on = door.logs_in(CAMPAIGN, &logins[0].code.to_string()).await.expect(303);
        let onward = Onward::of(&sent_on);
        assert!(sent_on.location().starts_with(&format!("{}/conversations/", hall.origin())), "{}", sent_on.location());
        let key = Key::new([5; 32], tenant.id, campaign);
        let blinding = key.blind(&onward, &log);
        // Before the conversation side has been given the log, it knows no such key.
        let asked = door.request(Method::POST, &format!("/issue/{CAMPAIGN}")).header(header::ORIGIN, hall.origin());
        let answer = door.send(asked.json(&blinding.request(&onward))).await.expect(200);
        assert_eq!(answer.header("access-control-allow-origin"), hall.origin());
        let unblinded = key.unblind(&blinding, &signature(&answer));
        assert_eq!(hall.registers(&key, &unblinded).await.status, 422);
        assert_eq!(actions.learn_keys(&tenant, &log).await.unwrap(), log.len());
        assert_eq!(hall.key_log().await, door.key_log().await);
        hall.registers(&key, &unblinded).await.expect(303);
        hall.get(&format!("/conversations/{CAMPAIGN}/mine")).await.expect(200);
        Person::new(hall, CAMPAIGN.to_owned()).shares("Said on the other side").await;

        let stranger = door.request(Method::POST, &format!("/issue/{CAMPAIGN}")).header(header::ORIGIN, "https://elsewhere.example");
        let answer = door.send(stranger.json(&blinding.request(&onward))).await;
        assert_eq!(answer.status, 403);
        assert_ne!(answer.header("access-control-allow-origin"), "*");
        assert!(!answer.header("access-control-allow-origin").contains("elsewhere"), "a stranger's page reads nothing");
    }

    async fn two_owners_are_named_only_where_there_are_two(databases: &TestDatabases) {
        let one = "the same people run both halves";
        let together = TestServer::start(databases).await;
        assert!(together.device("bsol").get("/anonymity").await.expect(200).body.contains(one));
        together.stop().await;
        let apart = TestServer::apart(databases, packs::ours()).await;
        for side in [&apart.identity, &apart.conversation] {
            let page = apart.device(side, "bsol").get("/anonymity").await.expect(200).body;
            assert!(page.contains(one) && !page.contains("two owners"), "that there are two processes says nothing about their owners");
        }
        apart.identity.shutdown().await.unwrap();
        apart.conversation.shutdown().await.unwrap();
        let names = ["The <b>Trust</b>", "An Independent Partner"];
        let apart = TestServer::apart_under(databases, packs::ours(), [Some(names[1]), Some(names[0])]).await;
        for (side, other) in [(&apart.identity, "An Independent Partner"), (&apart.conversation, "The &lt;b&gt;Trust&lt;&#x2f;b&gt;")] {
            let page = apart.device(side, "bsol").get("/anonymity").await.expect(200).body;
            assert!(page.contains("two owners") && page.contains(other) && !page.contains(one), "{page}");
            assert!(page.contains("have to work together against you"));
        }
    }

    async fn a_side_alone_gives_its_own_record(databases: &TestDatabases) {
        let apart = TestServer::apart(databases, packs::ours()).await;
        let door = lead_of(&apart).await;
        for side in ["identity", "conversation"] {
            let record = door.get(&format!("/console/audit/export?side={side}")).await.expect(200);
            assert!(record.header("content-disposition").contains("record-bsol-identity.jsonl"), "{side}");
            assert!(record.body.contains("account.invite"), "{side}");
        }
    }

    async fn sealed_codes_are_not_made_on_the_side_that_knows_people(databases: &TestDatabases) {
        let apart = TestServer::apart(databases, packs::ours()).await;
        let lead = lead_of(&apart).await;
        let page = format!("/console/campaigns/{CAMPAIGN}/toolkit/uhb");
        assert!(!lead.get(&page).await.expect(200).body.contains("/codes\""));
        assert_eq!(lead.post(&format!("{page}/codes"), &[("codes", "8")]).await.status, 404);
    }

    async fn neither_side_serves_or_stores_what_is_the_others(databases: &TestDatabases) {
        let apart = TestServer::apart(databases, packs::ours()).await;
        let (door, hall) = (apart.device(&apart.identity, "bsol"), apart.device(&apart.conversation, "bsol"));
        for path in ["/enter", "/conversations/first-conversation", "/api/v1/campaigns"] {
            assert_eq!(door.get(path).await.status, 404, "the identity side serves {path}");
        }
        for path in ["/join/first-conversation", "/join/first-conversation/login", "/join/first-conversation/sign-up"] {
            assert_eq!(hall.get(path).await.status, 404, "the conversation side serves {path}");
        }
        for device in [&door, &hall] {
            for path in ["/anonymity", "/keys", "/privacy", "/cookies", "/accessibility"] {
                device.get(path).await.expect(200);
            }
        }
        let identity = Tables::of_identity(databases).await.columns().await;
        for column in ["participant_id", "device_key", "body", "seed"] {
            assert!(!identity.iter().any(|known| known == column), "the identity side has a column {column}");
        }
        let conversation = Tables::of_conversation(databases).await.columns().await;
        for column in ["email", "person_id", "person_key", "own_reference", "staff_group"] {
            assert!(!conversation.iter().any(|known| known == column), "the conversation side has a column {column}");
        }
    }
}
