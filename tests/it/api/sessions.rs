//! Coming in with a code, and leaving.

use reqwest::Method;
use serde_json::json;

use crate::harness::answer::Answer;
use crate::harness::databases::both_databases;
use crate::harness::people::Device;
use crate::harness::server::TestServer;

/// Where sessions are opened.
const SESSIONS: &str = "/api/v1/sessions";
/// A code that could be one, and is none.
const UNKNOWN_CODE: &str = "0000-0000-0000-0000";
/// More than the wrong codes that one address may try at once.
const MANY: usize = web::edge::guessing::ADDRESS_BURST as usize + 10;

async fn tries(device: &Device, code: &str) -> Answer {
    device.send(device.request(Method::POST, SESSIONS).json(&json!({ "code": code }))).await
}

both_databases! {
    async fn a_code_opens_one_session(databases: &TestDatabases) {
        let server = TestServer::start(databases).await;
        let (device, code) = (server.device("bsol"), server.code("bsol").await);
        let session = tries(&device, &code).await.expect(201).json();
        assert_eq!(session["campaign"], "first-conversation");
        // Thirteen and a half days to the close, thirty days to read.
        assert!((43 * 86_400..44 * 86_400).contains(&session["expires_in_seconds"].as_i64().unwrap()), "{session}");
        assert_eq!(device.cookie_header(), "");
        assert_eq!(tries(&device, &code).await.expect(409).problem(), "code-spent");
        assert_eq!(tries(&device, UNKNOWN_CODE).await.expect(422).problem(), "code-unknown");
        assert_eq!(tries(&device, "no code").await.expect(422).problem(), "code-malformed");
    }

    async fn who_leaves_is_known_no_longer(databases: &TestDatabases) {
        let server = TestServer::start(databases).await;
        let (program, device) = (server.program("bsol").await, server.device("bsol"));
        program.get("/mine").await.expect(200);
        let leave = || device.request(Method::DELETE, "/api/v1/sessions/current").bearer_auth(&program.token);
        device.send(leave()).await.expect(204);
        assert_eq!(program.get("/mine").await.expect(401).problem(), "not-signed-in");
        assert_eq!(device.send(leave()).await.expect(401).header("www-authenticate"), "Bearer");
    }

    async fn a_token_is_good_at_its_own_tenant_and_campaign_only(databases: &TestDatabases) {
        let server = TestServer::start(databases).await;
        let program = server.program("bsol").await;
        let elsewhere = server.device("hhft");
        let foreign = elsewhere.request(Method::GET, "/api/v1/campaigns/series-3/mine").bearer_auth(&program.token);
        assert_eq!(elsewhere.send(foreign).await.expect(401).problem(), "not-signed-in");
        let device = server.device("bsol");
        let other = device.request(Method::GET, "/api/v1/campaigns/another/mine").bearer_auth(&program.token);
        assert_eq!(device.send(other).await.expect(404).problem(), "not-found");
    }
}

#[test]
fn guessing_is_slowed_down_and_right_codes_are_not_counted() {
    use crate::harness::databases::{Kind, with_databases};
    with_databases(Kind::Sqlite, |databases| {
        Box::pin(async move {
            let server = TestServer::start(databases).await;
            let device = server.device("bsol");
            for code in server.codes("bsol", "first-conversation", MANY).await {
                tries(&device, &code).await.expect(201);
            }
            let mut refused = tries(&device, UNKNOWN_CODE).await;
            for _ in 0..MANY {
                refused = tries(&device, UNKNOWN_CODE).await;
            }
            assert_eq!(refused.problem(), "too-many-attempts");
            let wait: i64 = refused.expect(429).header("retry-after").parse().unwrap();
            // A good code has to wait too, and then works: it was not spent.
            let code = server.code("bsol").await;
            tries(&device, &code).await.expect(429);
            server.clock.advance(wait);
            tries(&device, &code).await.expect(201);
        })
    });
}

both_databases! {
    async fn before_and_after_no_code_is_spent(databases: &TestDatabases) {
        let server = TestServer::start(databases).await;
        let (device, code) = (server.device("bsol"), server.code("bsol").await);
        server.clock.set("2023-11-29T23:59:59Z");
        let early = tries(&device, &code).await.expect(409);
        assert_eq!(early.problem(), "not-open-yet");
        assert_eq!(early.json()["detail"], "It opens at 2023-11-30T00:00:00Z.");
        server.clock.set("2024-02-01T00:00:00Z");
        assert_eq!(tries(&device, &code).await.expect(409).problem(), "closed");
        server.clock.set("2023-11-30T00:00:00Z");
        tries(&device, &code).await.expect(201);
    }
}
