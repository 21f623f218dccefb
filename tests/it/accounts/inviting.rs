//! Invitations: how somebody gets an account, and how one begins anew.

use domain::account::INVITATION_DAYS;
use policy::Role;

use crate::harness::databases::both_databases;
use crate::harness::server::TestServer;
use crate::harness::staff::{App, PASSWORD, accepts, email_of, new_app_on, types};

use super::deeds;

both_databases! {
    async fn an_invitation_comes_by_email_and_is_good_once(databases: &TestDatabases) {
        let server = TestServer::start(databases).await;
        let lead = server.colleague("bsol", "Al Lead", &[Role::CommsLead]).await;
        lead.get("/console/people/invite").await.expect(200);
        let email = email_of("Sam Birch");
        let fields = [("name", "Sam Birch"), ("email", &*email), ("role", "moderator"), ("role", "viewer")];
        assert_eq!(lead.post("/console/people/invite", &fields).await.location(), "/console/people?done=invited");
        let message = server.email_to(&email).await;
        assert!(message.subject().contains("Sam Birch") && message.text().contains("Al Lead invites you"));
        let link = message.text().split_whitespace().find(|word| word.contains("token=")).unwrap().to_owned();
        let path = &link[link.find("/console/").unwrap()..];
        let device = server.device("bsol");
        // A mail scanner opens it, again and again.
        for _ in 0..3 {
            assert!(device.get(path).await.expect(200).text().contains("Sam Birch"));
        }
        let (_, page) = accepts(&device, &link, &server.clock).await;
        page.expect(200);
        assert!(device.get("/console").await.expect(200).text().contains("Moderator"));
        server.device("bsol").get(path).await.expect(404);
        let (token, late) = (link.split_once("token=").unwrap().1, server.device("bsol"));
        late.get("/console/sign-in").await.expect(200);
        let fields = [("token", token), ("password", PASSWORD), ("kept", "00"), ("code", "123456")];
        late.post("/console/welcome", &fields).await.expect(404);
        let record = deeds(&server, "bsol").await;
        for what in ["account.invite", "account.accept"] {
            assert_eq!(record.iter().filter(|deed| deed.what == what && deed.subject == "Sam Birch").count(), 1, "{what}");
        }
    }

    async fn an_invitation_runs_out(databases: &TestDatabases) {
        let server = TestServer::start(databases).await;
        let (_, link) = server.invites("bsol", "Sam Birch", &[Role::Viewer]).await;
        let path = &link[link.find("/console/").unwrap()..];
        let device = server.device("bsol");
        server.clock.advance(INVITATION_DAYS * 86_400 - 1);
        device.get(path).await.expect(200);
        server.clock.advance(1);
        device.get(path).await.expect(404);
    }

    async fn twenty_at_once_with_one_invitation_make_one_account(databases: &TestDatabases) {
        let server = TestServer::start(databases).await;
        let (_, link) = server.invites("bsol", "Sam Birch", &[Role::Viewer]).await;
        let devices: Vec<_> = (0..8).map(|_| server.device("bsol")).collect();
        let accepted = devices.iter().map(|device| async { accepts(device, &link, &server.clock).await.1.status });
        let statuses = futures_util::future::join_all(accepted).await;
        assert_eq!(statuses.iter().filter(|status| **status == 200).count(), 1, "{statuses:?}");
    }

    async fn what_is_chosen_must_be_good(databases: &TestDatabases) {
        let server = TestServer::start(databases).await;
        let (_, link) = server.invites("bsol", "Sam Birch", &[Role::Viewer]).await;
        let (token, device) = (link.split_once("token=").unwrap().1, server.device("bsol"));
        let page = device.get(&format!("/console/welcome?token={token}")).await.expect(200);
        let (typed, kept) = new_app_on(&page);
        let app = App::new(typed, &server.clock);
        for (password, code, words) in [
            ("short", &*app.shows(), "Choose a longer password"),
            ("sam birch sam birch", &*app.shows(), "leave out your name"),
            (PASSWORD, "000000", "not the code"),
            (PASSWORD, "", "Type the 6 digits"),
        ] {
            let fields = [("token", token), ("password", password), ("kept", kept), ("code", code)];
            let refused = device.post("/console/welcome", &fields).await.expect(422);
            assert!(refused.text().contains(words), "{password} {code}: {}", refused.text());
            assert_eq!(new_app_on(&refused), (typed, kept), "the app that has read it goes on");
        }
        // The secret of another account's page is of no use.
        let (_, other) = server.invites("bsol", "Ann Other", &[Role::Viewer]).await;
        let other = other.split_once("token=").unwrap().1;
        let fields = [("token", other), ("password", PASSWORD), ("kept", kept), ("code", &*app.shows())];
        let refused = device.post("/console/welcome", &fields).await.expect(422);
        assert_ne!(new_app_on(&refused).0, typed);
        // A passkey that comes to nothing changes no secret either.
        let fields = [("token", token), ("kept", "x"), ("answer", "x"), ("app", kept)];
        let refused = device.post("/console/welcome/passkey", &fields).await.expect(422);
        assert_eq!(new_app_on(&refused), (typed, kept));
        let fields = [("token", token), ("password", PASSWORD), ("kept", kept), ("code", &*app.shows())];
        device.post("/console/welcome", &fields).await.expect(200);
    }

    async fn somebody_who_lost_everything_begins_anew(databases: &TestDatabases) {
        let server = TestServer::start(databases).await;
        let lead = server.colleague("bsol", "Al Lead", &[Role::CommsLead]).await;
        let sam = server.colleague("bsol", "Sam Birch", &[Role::Moderator]).await;
        lead.post(&format!("/console/people/{}/reset", sam.account), &[]).await.expect(303);
        sam.get("/console").await.expect(303);
        let device = server.device("bsol");
        types(&device, &sam.email, PASSWORD, &sam.app.next()).await.expect(422);
        types(&device, &sam.email, PASSWORD, &sam.recovery_codes[0]).await.expect(422);
        let link = server.email_to(&sam.email).await;
        let link = link.text().split_whitespace().find(|word| word.contains("token=")).unwrap().to_owned();
        let (_, page) = accepts(&device, &link, &server.clock).await;
        page.expect(200);
        assert!(device.get("/console").await.expect(200).text().contains("Moderator"), "roles stay");
        // Nobody does it to themselves.
        lead.post(&format!("/console/people/{}/reset", lead.account), &[]).await.expect(422);
    }

    async fn an_invitation_is_withdrawn_and_its_address_invited_again(databases: &TestDatabases) {
        let server = TestServer::start(databases).await;
        let lead = server.colleague("bsol", "Al Lead", &[Role::CommsLead]).await;
        let viewer = server.colleague("bsol", "Vi Ewer", &[Role::Viewer]).await;
        let (sam, link) = server.invites("bsol", "Sam Birch", &[Role::Viewer]).await;
        let path = format!("/console/people/{sam}");
        assert!(lead.get(&path).await.expect(200).text().contains("Withdraw this invitation"));
        viewer.post(&format!("{path}/withdraw"), &[]).await.expect(403);
        assert_eq!(lead.post(&format!("{path}/withdraw"), &[]).await.location(), "/console/people?done=withdrawn");
        lead.get(&path).await.expect(404);
        assert!(!lead.get("/console/people").await.expect(200).text().contains("Sam Birch"));
        server.device("bsol").get(&link[link.find("/console/").unwrap()..]).await.expect(404);
        lead.post(&format!("{path}/withdraw"), &[]).await.expect(404);
        assert!(deeds(&server, "bsol").await.iter().any(|deed| deed.what == "account.withdraw" && deed.subject == "Sam Birch"));

        let (again, link) = server.invites("bsol", "Sam Birch", &[Role::Viewer]).await;
        let device = server.device("bsol");
        accepts(&device, &link, &server.clock).await.1.expect(200);
        // Who has set up an account keeps it.
        lead.post(&format!("/console/people/{again}/withdraw"), &[]).await.expect(422);
        device.get("/console").await.expect(200);
    }

    async fn an_address_has_one_account(databases: &TestDatabases) {
        let server = TestServer::start(databases).await;
        let lead = server.colleague("bsol", "Al Lead", &[Role::CommsLead]).await;
        lead.get("/console/people/invite").await.expect(200);
        for (name, email, role, words) in [
            ("Al Two", "AL.LEAD@Example.org", "viewer", "There is an account with this address already"),
            ("", "x@example.org", "viewer", "Write the person"),
            ("Al Two", "nobody", "viewer", "one @"),
            ("Al Two", "x@example.org", "nonsense", "Choose at least one role"),
            ("Al Two", "x@example.org", "operator", "Operators have their accounts"),
        ] {
            let fields = [("name", name), ("email", email), ("role", role)];
            let refused = lead.post("/console/people/invite", &fields).await.expect(422);
            assert!(refused.text().contains(words), "{name} {email} {role}: {}", refused.text());
        }
        let fields = [("name", "Al Two"), ("email", "x@example.org"), ("role", "analyst"), ("role", "viewer")];
        let refused = lead.post("/console/people/invite", &fields).await.expect(422);
        assert!(refused.text().contains("independent of those who are spoken about"), "{}", refused.text());
    }
}
