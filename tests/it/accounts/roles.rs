//! Roles count from the next request on, on every process; nobody loses the last power to give them.

use policy::Role;

use crate::harness::answer::{Answer, between};
use crate::harness::databases::{Kind, both_databases, with_databases};
use crate::harness::people::Device;
use crate::harness::server::TestServer;
use crate::harness::staff::Colleague;

use super::{COOKIE, deeds};

/// Saves these roles on an account's page.
async fn gives(lead: &Colleague, to: &Colleague, roles: &[&str]) -> u16 {
    let page = lead.get(&format!("/console/people/{}", to.account)).await;
    if page.status != 200 {
        return page.status;
    }
    let fields: Vec<_> = roles.iter().map(|role| ("role", *role)).collect();
    lead.post(&format!("/console/people/{}/roles", to.account), &fields).await.status
}

both_databases! {
    async fn a_change_of_roles_counts_at_once(databases: &TestDatabases) {
        let server = TestServer::start(databases).await;
        let lead = server.colleague("bsol", "Al Lead", &[Role::CommsLead]).await;
        let sam = server.colleague("bsol", "Sam Birch", &[Role::Viewer]).await;
        sam.get("/console/people").await.expect(403);
        assert_eq!(gives(&lead, &sam, &["comms-lead"]).await, 303);
        sam.get("/console/people").await.expect(200);
        assert_eq!(gives(&lead, &sam, &["viewer"]).await, 303);
        sam.get("/console/people").await.expect(403);
        assert_eq!(gives(&lead, &sam, &["analyst", "viewer"]).await, 422, "the analyst is independent");
        let record = deeds(&server, "bsol").await;
        let changes: Vec<_> = record.iter().filter(|deed| deed.what.starts_with("role.") && deed.subject == sam.name).collect();
        assert_eq!(changes.len(), 4, "{changes:?}");
        assert!(changes.iter().all(|deed| deed.by_name == "Al Lead"));
    }

    async fn nobody_takes_the_last_power_from_themselves(databases: &TestDatabases) {
        let server = TestServer::start(databases).await;
        let lead = server.colleague("bsol", "Al Lead", &[Role::CommsLead]).await;
        assert_eq!(gives(&lead, &lead, &["viewer"]).await, 422);
        assert_eq!(gives(&lead, &lead, &["comms-lead", "viewer"]).await, 303);
        lead.post(&format!("/console/people/{}/suspend", lead.account), &[]).await.expect(422);
        // Two who take it from each other at once: one stays.
        let other = server.colleague("bsol", "Ann Other", &[Role::CommsLead]).await;
        let (one, two) = tokio::join!(gives(&lead, &other, &["viewer"]), gives(&other, &lead, &["viewer"]));
        let mut statuses = [one, two];
        statuses.sort_unstable();
        assert!(statuses[0] == 303 && statuses[1] != 303, "{statuses:?}");
        let left = [lead.get("/console/people").await.status, other.get("/console/people").await.status];
        assert_eq!(left.iter().filter(|status| **status == 200).count(), 1, "{left:?}");
    }

    async fn changes_ask_for_proof(databases: &TestDatabases) {
        let server = TestServer::start(databases).await;
        let lead = server.colleague("bsol", "Al Lead", &[Role::CommsLead]).await;
        let sam = server.colleague("bsol", "Sam Birch", &[Role::Viewer]).await;
        server.clock.advance(11 * 60);
        lead.get("/console/people").await.expect(200);
        let (person, own) = (format!("/console/people/{}", sam.account), "/console/account");
        for (path, fields) in [
            (format!("{person}/roles"), &[("role", "comms-lead")][..]),
            (format!("{person}/suspend"), &[]),
            (format!("{person}/reset"), &[]),
            ("/console/people/invite".to_owned(), &[("name", "X"), ("email", "x@example.org"), ("role", "viewer")]),
            (format!("{own}/recovery-codes"), &[]),
            (format!("{own}/ways/password"), &[("new-password", "another quiet evening")]),
        ] {
            let answer = lead.post(&path, fields).await.expect(403);
            assert!(answer.text().contains("Show again who you are"), "{path}");
        }
        sam.get("/console").await.expect(200);
        assert!(lead.get("/console/people/invite").await.location().starts_with("/console/prove"));
        lead.proves().await;
        assert_eq!(gives(&lead, &sam, &["comms-lead"]).await, 303);
    }

    async fn policy_lines_are_not_written_over(databases: &TestDatabases) {
        let server = TestServer::start(databases).await;
        let lead = server.colleague("bsol", "Al Lead", &[Role::CommsLead]).await;
        let other = server.colleague("bsol", "Ann Other", &[Role::CommsLead]).await;
        let version = |page: &Answer| between(&page.body, "name=\"seen\" value=\"", "\"").expect("a version").to_owned();
        let seen = version(&lead.get("/console/policy").await.expect(200));
        let sends = async |who: &Colleague, seen: &str, lines: &str| {
            who.post("/console/policy", &[("seen", seen), ("lines", lines)]).await
        };
        sends(&other, &seen, "allow, viewer, audit, read\n").await.expect(303);
        for old in [&*seen, ""] {
            let refused = sends(&lead, old, "allow, viewer, figures, export\n").await.expect(422);
            let text = refused.text();
            assert!(text.contains("Somebody else has changed these lines"), "{text}");
            assert!(text.contains("allow, viewer, audit, read") && text.contains("allow, viewer, figures, export"), "both: {text}");
        }
        let both = "allow, viewer, audit, read\nallow, viewer, figures, export\n";
        let refused = sends(&lead, &seen, both).await.expect(422);
        sends(&lead, &version(&refused), both).await.expect(303);
        assert!(lead.get("/console/policy").await.expect(200).text().contains("allow, viewer, figures, export"));
        // A line that cannot stand leaves the page as it was.
        let seen = version(&lead.get("/console/policy").await.expect(200));
        let wrong = sends(&lead, &seen, "allow, executive, participant, unmask\n").await.expect(422);
        assert_eq!(version(&wrong), seen);
    }

    async fn resetting_somebody_needs_the_power_to_give_roles(databases: &TestDatabases) {
        let server = TestServer::start(databases).await;
        let lead = server.colleague("bsol", "Al Lead", &[Role::CommsLead]).await;
        let sam = server.colleague("bsol", "Sam Birch", &[Role::Moderator]).await;
        // A tenant may let others make accounts; those who may do no more cannot come to hold somebody else's.
        let seen = lead.get("/console/policy").await.expect(200);
        let seen = between(&seen.body, "name=\"seen\" value=\"", "\"").unwrap().to_owned();
        let lines = "allow, facilitator, account, create\nallow, facilitator, account, read\n";
        lead.post("/console/policy", &[("seen", &seen), ("lines", lines)]).await.expect(303);
        let helper = server.colleague("bsol", "Fay Cross", &[Role::Facilitator]).await;
        let page = helper.get(&format!("/console/people/{}", sam.account)).await.expect(200);
        assert!(!page.body.contains("/reset"), "{}", page.text());
        helper.post(&format!("/console/people/{}/reset", sam.account), &[]).await.expect(403);
        lead.post(&format!("/console/people/{}/reset", sam.account), &[]).await.expect(303);
        let reset: Vec<_> = deeds(&server, "bsol").await.into_iter().filter(|deed| deed.what == "account.reset").collect();
        assert_eq!(reset.iter().map(|deed| (&*deed.by_name, &*deed.subject)).collect::<Vec<_>>(), [("Al Lead", "Sam Birch")]);
    }

    async fn operators_have_their_own_tenant(databases: &TestDatabases) {
        let server = TestServer::start(databases).await;
        let operator = server.operator().await;
        assert!(operator.get("/console").await.expect(200).text().contains("Operator"));
        operator.get("/console/tenants").await.expect(200);
        operator.get("/console/people").await.expect(200);
        let lead = server.colleague("bsol", "Al Lead", &[Role::CommsLead]).await;
        assert_eq!(gives(&lead, &lead, &["comms-lead", "operator"]).await, 422);
        let platform = server.tenant("platform").await;
        assert!(platform.campaigns.is_empty());
    }

    async fn a_suspended_account_is_out_at_once(databases: &TestDatabases) {
        let server = TestServer::start(databases).await;
        let lead = server.colleague("bsol", "Al Lead", &[Role::CommsLead]).await;
        let sam = server.colleague("bsol", "Sam Birch", &[Role::Moderator]).await;
        lead.post(&format!("/console/people/{}/suspend", sam.account), &[]).await.expect(303);
        sam.get("/console").await.expect(303);
        lead.post(&format!("/console/people/{}/resume", sam.account), &[]).await.expect(303);
        sam.get("/console").await.expect(303);
        sam.signs_in().await;
    }
}

#[test]
fn roles_count_on_every_process() {
    with_databases(Kind::Postgres, |databases| {
        Box::pin(async move {
            let one = TestServer::start(databases).await;
            let two = TestServer::serve(databases, &one.clock, 2).await;
            let lead = one.colleague("bsol", "Al Lead", &[Role::CommsLead]).await;
            let sam = one.colleague("bsol", "Sam Birch", &[Role::Viewer]).await;
            let there = Device::new(two.site, format!("bsol.localhost:{}", two.site.port()), String::new());
            there.plant_cookie(COOKIE, &sam.session());
            there.get("/console").await.expect(200);
            there.get("/console/people").await.expect(403);
            assert_eq!(gives(&lead, &sam, &["comms-lead"]).await, 303);
            there.get("/console/people").await.expect(200);
            assert_eq!(gives(&lead, &sam, &["viewer"]).await, 303);
            there.get("/console/people").await.expect(403);
            sam.post("/console/sign-out", &[]).await.expect(303);
            there.get("/console").await.expect(303);
        })
    });
}
