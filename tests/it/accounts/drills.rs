//! Sessions that somebody else tries to have: refused, and on record.

use reqwest::{Method, header};

use crate::harness::databases::both_databases;
use crate::harness::packs;
use crate::harness::people::Device;
use crate::harness::server::TestServer;
use crate::harness::staff::{PASSWORD, types};

use super::{COOKIE, deeds};
use policy::Role;

/// A token that looks like one, and is nobody's.
const PLANTED: &str = "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";

/// A browser that holds this session of BSol's console, and nothing else.
fn thief(server: &TestServer, session: &str) -> Device {
    let device = server.device("bsol");
    device.plant_cookie(COOKIE, session);
    device
}

both_databases! {
    async fn a_token_that_was_planted_is_worth_nothing_after_the_sign_in(databases: &TestDatabases) {
        let server = TestServer::start(databases).await;
        let lead = server.staff("bsol", &[Role::CommsLead]).await;
        let victim = server.device("bsol");
        victim.plant_cookie(COOKIE, PLANTED);
        lead.signs_in_on(&victim).await;
        assert_ne!(victim.cookie(COOKIE).unwrap(), PLANTED);
        assert_eq!(thief(&server, PLANTED).get("/console").await.location(), "/console/sign-in?next=%2Fconsole");

        // A session of the thief's own, planted: the victim's sign-in ends it, and nothing of the victim's is in it.
        let other = server.colleague("bsol", "Mal Ory", &[Role::Viewer]).await;
        let planted = other.session();
        let victim = server.device("bsol");
        lead.signs_in_on(&victim).await;
        victim.plant_cookie(COOKIE, &planted);
        victim.get("/console/sign-in").await.expect(303);
        victim.plant_cookie(COOKIE, PLANTED);
        let page = victim.get("/console/sign-in").await.expect(200);
        assert!(page.csrf().is_some());
        victim.plant_cookie(COOKIE, &planted);
        let fields = [("email", lead.email.as_str()), ("password", PASSWORD), ("code", &lead.app.next()), ("next", "")];
        victim.post("/console/sign-in", &fields).await.expect(303);
        assert!(victim.get("/console").await.expect(200).text().contains("Comms lead"));
        thief(&server, &planted).get("/console").await.expect(303);
        let signed_in = deeds(&server, "bsol").await;
        assert_eq!(signed_in.iter().filter(|deed| deed.what == "account.sign-in" && deed.subject == lead.name).count(), 3);
    }

    async fn showing_again_who_one_is_gives_another_token(databases: &TestDatabases) {
        let server = TestServer::start(databases).await;
        let lead = server.staff("bsol", &[Role::CommsLead]).await;
        let before = lead.session();
        lead.proves().await;
        assert_ne!(lead.session(), before);
        thief(&server, &before).get("/console").await.expect(303);
        lead.get("/console").await.expect(200);
        let proved = deeds(&server, "bsol").await;
        assert!(proved.iter().any(|deed| deed.what == "account.prove" && deed.by == Some(lead.account)));
    }

    async fn a_token_is_worth_nothing_after_its_owner_signed_out(databases: &TestDatabases) {
        let server = TestServer::start(databases).await;
        let lead = server.staff("bsol", &[Role::CommsLead]).await;
        let (session, csrf) = (lead.session(), lead.csrf());
        assert_eq!(lead.post("/console/sign-out", &[]).await.location(), "/console/sign-in");
        assert_eq!(lead.cookie(COOKIE), None);
        let thief = thief(&server, &session);
        for _ in 0..3 {
            thief.get("/console").await.expect(303);
            let fields = [("csrf", csrf.as_str()), ("session", "others")];
            let form = thief.request(Method::POST, "/console/account/sessions").header(header::ORIGIN, thief.origin());
            assert!(thief.send(form.form(&fields)).await.location().starts_with("/console/sign-in"));
        }
        let record = deeds(&server, "bsol").await;
        let misused: Vec<_> = record.iter().filter(|deed| deed.what == "account.session-misused").collect();
        assert_eq!(misused.len(), 1, "once, however often it comes: {record:?}");
        assert_eq!((misused[0].subject.as_str(), misused[0].by), ("comms-lead", None));
    }

    async fn another_site_sends_no_form_in_anybodys_name(databases: &TestDatabases) {
        let server = TestServer::start(databases).await;
        let lead = server.staff("bsol", &[Role::CommsLead]).await;
        let victim = server.colleague("bsol", "Vi Ewer", &[Role::Viewer]).await;
        let path = format!("/console/people/{}/suspend", victim.account);
        let csrf = lead.csrf();
        for (origin, site, token) in [
            ("https://evil.example".to_owned(), "cross-site", csrf.as_str()),
            ("https://hhft.localhost".to_owned(), "same-site", csrf.as_str()),
            (lead.origin(), "cross-site", csrf.as_str()),
            (lead.origin(), "same-origin", ""),
            (lead.origin(), "same-origin", &victim.csrf()),
            (lead.origin(), "same-origin", &server.person("bsol").await.csrf()),
        ] {
            let form = lead.request(Method::POST, &path).header(header::ORIGIN, &origin).header("sec-fetch-site", site);
            lead.send(form.form(&[("csrf", token)])).await.expect(403);
        }
        victim.get("/console").await.expect(200);
        let record = deeds(&server, "bsol").await;
        let crossed: Vec<_> = record.iter().filter(|deed| deed.detail.contains("another site")).collect();
        assert_eq!(crossed.len(), 1, "once for a session: {record:?}");
        assert!(record.iter().all(|deed| deed.what != "account.suspend"));
        // The same form from our own page does it.
        lead.get(&format!("/console/people/{}", victim.account)).await.expect(200);
        lead.post(&path, &[]).await.expect(303);
        victim.get("/console").await.expect(303);
    }

    async fn a_session_of_one_tenant_is_none_of_anothers(databases: &TestDatabases) {
        let server = TestServer::with_packs(databases, packs::ours()).await;
        let lead = server.staff("bsol", &[Role::CommsLead]).await;
        let elsewhere = server.device("hhft");
        for name in [COOKIE, "__Host-console-hhft"] {
            elsewhere.plant_cookie(name, &lead.session());
            elsewhere.get("/console").await.expect(303);
        }
        types(&elsewhere, &lead.email, PASSWORD, &lead.app.next()).await.expect(422);
    }

    async fn sessions_end_by_themselves(databases: &TestDatabases) {
        let server = TestServer::start(databases).await;
        let lead = server.staff("bsol", &[Role::CommsLead]).await;
        // An hour without a request ends one; with requests it lasts twelve hours.
        for _ in 0..14 {
            server.clock.advance(50 * 60);
            lead.get("/console").await.expect(200);
        }
        server.clock.advance(21 * 60);
        lead.get("/console").await.expect(303);
        lead.signs_in().await;
        server.clock.advance(61 * 60);
        lead.get("/console").await.expect(303);
    }

    async fn sessions_are_listed_and_ended_by_their_owner(databases: &TestDatabases) {
        let server = TestServer::start(databases).await;
        let lead = server.staff("bsol", &[Role::CommsLead]).await;
        let other = server.colleague("bsol", "Ann Other", &[Role::CommsLead]).await;
        let (home, phone) = (server.device("bsol"), server.device("bsol"));
        lead.signs_in_on(&home).await;
        lead.signs_in_on(&phone).await;
        let page = lead.get("/console/account").await.expect(200);
        let ids: Vec<_> = page.body.split("name=\"session\" value=\"").skip(1).filter_map(|rest| rest.split('"').next()).collect();
        let ids: Vec<_> = ids.into_iter().filter(|id| *id != "others").collect();
        assert_eq!(ids.len(), 2, "{}", page.body);
        // Somebody else cannot end it.
        other.get("/console/account").await.expect(200);
        other.post("/console/account/sessions", &[("session", ids[0])]).await.expect(303);
        home.get("/console").await.expect(200);
        phone.get("/console").await.expect(200);
        lead.get("/console/account").await.expect(200);
        lead.post("/console/account/sessions", &[("session", ids[0])]).await.expect(303);
        let there = [home.get("/console").await.status, phone.get("/console").await.status];
        assert_eq!(there.iter().filter(|status| **status == 200).count(), 1, "{there:?}");
        lead.post("/console/account/sessions", &[("session", "others")]).await.expect(303);
        home.get("/console").await.expect(303);
        phone.get("/console").await.expect(303);
        lead.get("/console").await.expect(200);
        other.get("/console").await.expect(200);
    }
}
