//! What cannot be read, and what is not there.

use reqwest::{Method, header};
use serde_json::json;

use crate::harness::databases::both_databases;
use crate::harness::server::TestServer;

/// An id of nothing.
const NOTHING: &str = "00000000-0000-4000-8000-000000000000";

both_databases! {
    async fn what_cannot_be_read_is_refused_with_a_reason(databases: &TestDatabases) {
        let server = TestServer::start(databases).await;
        let program = server.program("bsol").await;
        let nested = "[".repeat(50_000);
        let long = format!("{{\"prompt\":\"frustrations\",\"body\":\"{}\"}}", "a".repeat(70_000));
        for (body, status, why) in [
            (b"".as_slice(), 400, "bad-body"),
            (b"{\"body\":", 400, "bad-body"),
            (b"[]", 400, "bad-body"),
            (b"{\"body\":\"\xff\xfe\",\"prompt\":\"frustrations\"}", 400, "bad-body"),
            (b"{\"body\":\"x\"}", 400, "bad-body"),
            (b"{\"body\":\"x\",\"prompt\":\"frustrations\",\"author\":\"me\"}", 400, "bad-body"),
            (b"{\"body\":[\"x\"],\"prompt\":\"frustrations\"}", 400, "bad-body"),
            (b"{\"body\":\"x\",\"prompt\":\"frustrations\",\"feeling\":\"cross\"}", 400, "bad-body"),
            (nested.as_bytes(), 400, "bad-body"),
            (long.as_bytes(), 413, "body-too-large"),
            (b"{\"body\":\" \",\"prompt\":\"frustrations\"}", 422, "text-empty"),
            (b"{\"body\":\"a\\u0000b\",\"prompt\":\"frustrations\"}", 422, "text-unstorable"),
            (b"{\"body\":\"x\",\"prompt\":\"nowhere\"}", 422, "unknown-prompt"),
            (b"{\"body\":\"x\",\"prompt\":\"frustrations\",\"theme\":\"nowhere\"}", 422, "unknown-theme"),
        ] {
            let request = program.request(Method::POST, "/contributions").body(body.to_vec());
            let answer = program.send(request.header(header::CONTENT_TYPE, "application/json")).await;
            let shown = String::from_utf8_lossy(&body[..body.len().min(80)]).into_owned();
            assert_eq!((answer.status, answer.problem().as_str()), (status, why), "{shown}");
        }
        let text = program.request(Method::POST, "/contributions").header(header::CONTENT_TYPE, "text/plain").body("{}");
        assert_eq!(program.send(text).await.expect(415).problem(), "not-json");
        assert_eq!(program.get("/contributions").await.json()["matching"], 0);
    }

    async fn parameters_that_cannot_be_used_are_named(databases: &TestDatabases) {
        let server = TestServer::start(databases).await;
        let program = server.program("bsol").await;
        let long = "a".repeat(101);
        for (query, name) in [
            ("/contributions?sort=best", "sort"),
            ("/contributions?prompt=nowhere", "prompt"),
            ("/contributions?theme=nowhere", "theme"),
            ("/contributions?after=AAAA", "after"),
            ("/contributions?after=", "after"),
            (&format!("/contributions?q={long}"), "q"),
            ("/changes", "since"),
            ("/changes?since=yesterday", "since"),
        ] {
            let answer = program.get(query).await.expect(400);
            assert_eq!(answer.problem(), "bad-parameter", "{query}");
            assert_eq!(answer.json()["errors"][0]["field"], name, "{query}");
        }
    }

    async fn what_is_not_there_has_one_answer(databases: &TestDatabases) {
        let server = TestServer::start(databases).await;
        let (program, device) = (server.program("bsol").await, server.device("bsol"));
        let id = program.put(Method::POST, "/contributions", &json!({ "prompt": "frustrations", "body": "One." })).await;
        let id = id.expect(201).json()["id"].as_str().unwrap().to_owned();
        let expected = device.get("/api/v1/campaigns/nowhere").await.expect(404).essence();
        for answer in [
            device.get("/api/v1/nowhere").await,
            device.get("/api/nowhere").await,
            program.get(&format!("/contributions/{NOTHING}")).await,
            program.get("/contributions/no-id").await,
            program.get("/contributions/%00").await,
            program.put(Method::POST, &format!("/contributions/{NOTHING}/comments"), &json!({ "body": "x" })).await,
            program.put(Method::POST, &format!("/contributions/{id}/comments"), &json!({ "body": "x", "reply_to": id })).await,
            program.put(Method::PATCH, &format!("/posts/{NOTHING}"), &json!({ "body": "x" })).await,
            program.put(Method::PUT, &format!("/posts/{NOTHING}/vote"), &json!({ "value": "agree" })).await,
            program.delete(&format!("/posts/{NOTHING}/vote")).await,
            program.delete(&format!("/posts/{NOTHING}")).await,
        ] {
            assert_eq!(answer.essence(), expected);
        }
    }

    async fn without_a_session_only_campaigns_can_be_read(databases: &TestDatabases) {
        let server = TestServer::start(databases).await;
        let device = server.device("bsol");
        let listed = device.get("/api/v1/campaigns").await.expect(200).json()["campaigns"][0].clone();
        assert_eq!((&listed["campaign"], &listed["state"]), (&json!("first-conversation"), &json!("open")));
        assert_eq!((&listed["joined"], &listed["time_zone"]), (&json!(null), &json!("Europe/London")));
        let shown = device.get("/api/v1/campaigns/first-conversation").await.expect(200).json();
        assert_eq!(shown["prompts"][0]["votes"]["agree"], "Me too");
        for path in ["contributions", "mine", "changes?since=0", &format!("contributions/{NOTHING}")] {
            let path = format!("/api/v1/campaigns/first-conversation/{path}");
            for token in [None, Some(""), Some("no-token"), Some(NOTHING)] {
                let request = device.request(Method::GET, &path);
                let request = token.map_or(request.try_clone().unwrap(), |token| request.bearer_auth(token));
                let answer = device.send(request).await.expect(401);
                assert_eq!((answer.problem().as_str(), answer.header("www-authenticate")), ("not-signed-in", "Bearer"));
            }
        }
    }
}
