//! Guessing, replaying and looking who has an account: one answer, the same work, and a bounded record.

use domain::account::TRIES_BEFORE_LOCK;
use policy::Role;

use crate::harness::answer::Answer;
use crate::harness::databases::both_databases;
use crate::harness::server::TestServer;
use crate::harness::staff::{PASSWORD, types};

use super::{deeds, refusals};

/// A password that is nobody's.
const WRONG: &str = "wrong wrong wrong wrong";

/// What an answer says, without what is another on every page and without the address that was typed.
fn said(answer: &Answer, email: &str) -> (u16, Vec<(String, String)>, String) {
    let (status, headers, body) = answer.essence();
    let mut body = body.replace(email, "somebody");
    for varying in ["data-question=\"", "name=\"kept\" value=\""] {
        let mut parts = body.split(varying);
        let first = parts.next().unwrap_or_default().to_owned();
        body = parts.fold(first, |all, rest| all + rest.split_once('"').map_or("", |(_, after)| after));
    }
    (status, headers, body)
}

both_databases! {
    async fn nobody_learns_who_has_an_account(databases: &TestDatabases) {
        let server = TestServer::start(databases).await;
        let lead = server.colleague("bsol", "Al Lead", &[Role::CommsLead]).await;
        let gone = server.colleague("bsol", "Su Spended", &[Role::Viewer]).await;
        let locked = server.colleague("bsol", "Lo Cked", &[Role::Viewer]).await;
        let fresh = server.colleague("bsol", "Fr Esh", &[Role::Viewer]).await;
        server.invites("bsol", "In Vited", &[Role::Viewer]).await;
        lead.post(&format!("/console/people/{}/suspend", gone.account), &[]).await.expect(303);
        let device = server.device("bsol");
        for _ in 0..TRIES_BEFORE_LOCK {
            types(&device, &locked.email, WRONG, "000000").await.expect(422);
        }
        let mut answers = Vec::new();
        for (email, password, code) in [
            ("nobody@example.org", PASSWORD, "123456"),
            ("not an address", PASSWORD, "123456"),
            ("in.vited@example.org", PASSWORD, "123456"),
            (&gone.email, PASSWORD, &gone.app.next()),
            (&locked.email, PASSWORD, &locked.app.next()),
            (&fresh.email, WRONG, &fresh.app.next()),
            (&fresh.email, PASSWORD, "000000"),
            (&fresh.email, PASSWORD, "7K2M-9QXR-4TBW-0ZHN"),
            (&fresh.email, PASSWORD, ""),
        ] {
            let before = server.accounts().passwords_hashed();
            let answer = types(&device, email, password, code).await.expect(422);
            assert_eq!(server.accounts().passwords_hashed() - before, 1, "{email}");
            answers.push(said(&answer, email));
        }
        for answer in &answers {
            assert_eq!(answer, &answers[0]);
        }
    }

    async fn guessing_locks_for_longer_and_longer(databases: &TestDatabases) {
        let server = TestServer::start(databases).await;
        let lead = server.colleague("bsol", "Al Lead", &[Role::CommsLead]).await;
        let device = server.device("bsol");
        let mut waited = Vec::new();
        for _ in 0..3 {
            for _ in 0..TRIES_BEFORE_LOCK {
                types(&device, &lead.email, WRONG, "000000").await.expect(422);
            }
            // The right one is refused as well, until the lock is over.
            let mut minutes = 0;
            loop {
                server.clock.advance(59);
                let before = server.accounts().passwords_hashed();
                types(&device, &lead.email, PASSWORD, &lead.app.shows()).await.expect(422);
                assert_eq!(server.accounts().passwords_hashed() - before, 1);
                minutes += 1;
                if minutes == 1 << waited.len() {
                    break;
                }
                server.clock.advance(1);
            }
            server.clock.advance(minutes + 1);
            waited.push(minutes);
        }
        assert_eq!(waited, [1, 2, 4]);
        types(&device, &lead.email, PASSWORD, &lead.app.next()).await.expect(303);
        let refused = refusals(&server, "bsol").await;
        assert_eq!(refused.len(), 4, "the first, and one for each lock: {refused:?}");
        assert!(refused[3].contains("locked for 4 minutes"), "{refused:?}");
        // Whoever was in already is not thrown out.
        lead.get("/console").await.expect(200);
        device.get("/console").await.expect(200);
    }

    async fn many_at_once_do_not_slip_through(databases: &TestDatabases) {
        let server = TestServer::start(databases).await;
        let lead = server.colleague("bsol", "Al Lead", &[Role::CommsLead]).await;
        let devices: Vec<_> = (0..20).map(|_| server.device("bsol")).collect();
        for device in &devices {
            device.get("/console/sign-in").await.expect(200);
        }
        let code = lead.app.next();
        let tries = devices.iter().enumerate().map(|(number, device)| {
            // The last knows the password, and comes with all the others.
            let password = if number == 19 { PASSWORD } else { WRONG };
            let fields = [("email", lead.email.clone()), ("password", password.to_owned()), ("code", code.clone())];
            async move {
                let fields: Vec<_> = fields.iter().map(|(name, value)| (*name, value.as_str())).collect();
                device.post("/console/sign-in", &fields).await.status
            }
        });
        let statuses = futures_util::future::join_all(tries).await;
        assert!(statuses[..19].iter().all(|status| *status == 422), "{statuses:?}");
        let refused = refusals(&server, "bsol").await;
        assert!(refused.len() <= 3, "never one line a guess: {refused:?}");
    }

    async fn a_network_that_guesses_is_slowed_down(databases: &TestDatabases) {
        let server = TestServer::start(databases).await;
        let device = server.device("bsol");
        for number in 0..web::edge::guessing::ADDRESS_BURST {
            types(&device, &format!("nobody{number}@example.org"), WRONG, "000000").await.expect(422);
        }
        let slowed = types(&device, "nobody@example.org", WRONG, "000000").await.expect(429);
        assert!(!slowed.header("retry-after").is_empty());
        assert!(refusals(&server, "bsol").await.is_empty(), "nobody fills the record with addresses of nobody");
    }

    async fn a_code_of_the_app_is_good_once(databases: &TestDatabases) {
        let server = TestServer::start(databases).await;
        let lead = server.colleague("bsol", "Al Lead", &[Role::CommsLead]).await;
        let (mine, thiefs) = (server.device("bsol"), server.device("bsol"));
        let code = lead.app.next();
        types(&mine, &lead.email, PASSWORD, &code).await.expect(303);
        types(&thiefs, &lead.email, PASSWORD, &code).await.expect(422);
        server.clock.advance(20);
        types(&thiefs, &lead.email, PASSWORD, &code).await.expect(422);
        let refused = refusals(&server, "bsol").await;
        assert_eq!(refused, ["the app's code was used before"]);
        // Of many at once with one code, one comes in.
        let code = lead.app.next();
        let devices: Vec<_> = (0..4).map(|_| server.device("bsol")).collect();
        for device in &devices {
            device.get("/console/sign-in").await.expect(200);
        }
        let fields = [("email", lead.email.as_str()), ("password", PASSWORD), ("code", &code)];
        let at_once = devices.iter().map(|device| async { device.post("/console/sign-in", &fields).await.status });
        let statuses = futures_util::future::join_all(at_once).await;
        assert_eq!(statuses.iter().filter(|status| **status == 303).count(), 1, "{statuses:?}");
    }

    async fn a_recovery_code_is_good_once(databases: &TestDatabases) {
        let server = TestServer::start(databases).await;
        let lead = server.colleague("bsol", "Al Lead", &[Role::CommsLead]).await;
        assert_eq!(lead.recovery_codes.len(), 10);
        let (mine, thiefs) = (server.device("bsol"), server.device("bsol"));
        types(&mine, &lead.email, PASSWORD, &lead.recovery_codes[3].to_lowercase()).await.expect(303);
        assert!(mine.get("/console/account").await.expect(200).text().contains("9 codes are left"));
        types(&thiefs, &lead.email, PASSWORD, &lead.recovery_codes[3]).await.expect(422);
        types(&thiefs, &lead.email, WRONG, &lead.recovery_codes[4]).await.expect(422);
        types(&thiefs, &lead.email, "", &lead.recovery_codes[4]).await.expect(422);
        assert_eq!(refusals(&server, "bsol").await, ["the recovery code was wrong, or used before"]);
        let record = deeds(&server, "bsol").await;
        assert!(record.iter().any(|deed| deed.detail == "password and recovery code"));
        // New ones replace all.
        mine.get("/console/account").await.expect(200);
        let page = mine.post("/console/account/recovery-codes", &[]).await.expect(200);
        let codes = crate::harness::staff::recovery_codes(&page);
        assert_eq!(codes.len(), 10);
        types(&thiefs, &lead.email, PASSWORD, &lead.recovery_codes[5]).await.expect(422);
        types(&thiefs, &lead.email, PASSWORD, &codes[0]).await.expect(303);
    }

    async fn nobody_proves_what_somebody_else_is(databases: &TestDatabases) {
        let server = TestServer::start(databases).await;
        let lead = server.colleague("bsol", "Al Lead", &[Role::CommsLead]).await;
        let other = server.colleague("bsol", "Ann Other", &[Role::CommsLead]).await;
        let before = lead.session();
        lead.get("/console/prove").await.expect(200);
        let fields = [("password", PASSWORD), ("code", &*other.app.next()), ("next", "/console")];
        lead.post("/console/prove", &fields).await.expect(422);
        assert_eq!(lead.session(), before);
        let elsewhere = [("password", PASSWORD), ("code", &*lead.app.next()), ("next", "https://evil.example/")];
        assert_eq!(lead.post("/console/prove", &elsewhere).await.location(), "/console");
    }
}
