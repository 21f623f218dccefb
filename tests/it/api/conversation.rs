//! Reading, writing and voting by program.

use std::collections::HashSet;

use reqwest::Method;
use serde_json::{Value, json};

use crate::harness::answer::counts;
use crate::harness::databases::both_databases;
use crate::harness::people::{Program, api_counts};
use crate::harness::server::TestServer;

/// A prompt of BSol's first conversation.
const PROMPT: &str = "frustrations";

impl Program {
    async fn writes(&self, path: &str, json: &Value) -> String {
        let answer = self.put(Method::POST, path, json).await.expect(201);
        answer.json()["id"].as_str().unwrap().to_owned()
    }

    async fn shares_idea(&self, body: &str) -> String {
        self.writes("/contributions", &json!({ "prompt": PROMPT, "body": body })).await
    }

    async fn thread(&self, id: &str) -> Value {
        self.get(&format!("/contributions/{id}")).await.expect(200).json()
    }
}

both_databases! {
    async fn a_contribution_from_first_word_to_last(databases: &TestDatabases) {
        let server = TestServer::start(databases).await;
        let (author, reader) = (server.program("bsol").await, server.program("bsol").await);
        let body = "Rotas come <b>late</b>.\nEvery time.";
        let answer = author.put(Method::POST, "/contributions", &json!({ "prompt": PROMPT, "body": body, "feeling": "tired" })).await;
        let id = answer.json()["id"].as_str().unwrap().to_owned();
        assert_eq!(answer.expect(201).header("location"), format!("contributions/{id}"));

        let seen = reader.thread(&id).await["contribution"].clone();
        assert_eq!((&seen["body"], &seen["feeling"], &seen["own"]), (&json!(body), &json!("tired"), &json!(false)));
        assert_eq!(author.thread(&id).await["contribution"]["own"], true);

        let comment = reader.writes(&format!("/contributions/{id}/comments"), &json!({ "body": "Here too." })).await;
        let reply = json!({ "body": "Since when?", "reply_to": comment });
        author.writes(&format!("/contributions/{id}/comments"), &reply).await;
        let thread = reader.thread(&id).await;
        assert_eq!(thread["contribution"]["comments"], 2);
        assert_eq!(thread["comments"][1]["reply_to"], json!(comment));
        assert_eq!(thread["comments"][1]["display_name"], thread["contribution"]["display_name"]);
        assert_ne!(thread["comments"][0]["display_name"], thread["contribution"]["display_name"]);

        author.put(Method::PATCH, &format!("/posts/{id}"), &json!({ "body": "Rotas come late." })).await.expect(200);
        let seen = reader.thread(&id).await["contribution"].clone();
        assert_eq!((&seen["body"], &seen["feeling"], &seen["edited"]), (&json!("Rotas come late."), &json!("tired"), &json!(true)));
        author.put(Method::PATCH, &format!("/posts/{id}"), &json!({ "feeling": null })).await.expect(200);
        assert_eq!(reader.thread(&id).await["contribution"]["feeling"], Value::Null);
        let refused = reader.put(Method::PATCH, &format!("/posts/{id}"), &json!({ "body": "Mine." })).await;
        assert_eq!(refused.expect(403).problem(), "not-yours");

        author.delete(&format!("/posts/{id}")).await.expect(204);
        let gone = reader.thread(&id).await["contribution"].clone();
        assert_eq!((&gone["state"], &gone["body"], &gone["display_name"]), (&json!("withdrawn"), &Value::Null, &Value::Null));
        assert_eq!(author.delete(&format!("/posts/{id}")).await.expect(410).problem(), "gone");
        let vote = reader.put(Method::PUT, &format!("/posts/{id}/vote"), &json!({ "value": "agree" })).await;
        assert_eq!(vote.expect(410).problem(), "gone");
    }

    async fn a_vote_counts_once_and_can_be_taken_back(databases: &TestDatabases) {
        let server = TestServer::start(databases).await;
        let (author, reader) = (server.program("bsol").await, server.program("bsol").await);
        let id = author.shares_idea("Rotas come late.").await;
        let path = format!("/posts/{id}/vote");
        for value in ["agree", "agree", "pass"] {
            let vote = reader.put(Method::PUT, &path, &json!({ "value": value })).await.expect(200);
            assert_eq!(vote.json(), json!({ "value": value }));
        }
        author.put(Method::PUT, &path, &json!({ "value": "disagree" })).await.expect(200);
        let seen = reader.thread(&id).await["contribution"].clone();
        assert_eq!((api_counts(&seen), &seen["own_vote"]), (counts(0, 1, 1), &json!("pass")));
        assert_eq!(reader.get("/mine").await.json()["votes"], json!([{ "post": id, "contribution": id, "value": "pass" }]));
        reader.delete(&path).await.expect(204);
        reader.delete(&path).await.expect(204);
        let seen = reader.thread(&id).await["contribution"].clone();
        assert_eq!((api_counts(&seen), &seen["own_vote"]), (counts(0, 1, 0), &Value::Null));
    }

    async fn pages_show_each_contribution_once_in_every_order(databases: &TestDatabases) {
        let server = TestServer::start(databases).await;
        let program = server.program("bsol").await;
        let mut written = HashSet::new();
        for number in 0..45 {
            written.insert(program.shares_idea(&format!("Idea number {number}.")).await);
        }
        for sort in ["mix", "newest", "discussed", "supported", "needs-votes"] {
            let (mut seen, mut path) = (Vec::new(), format!("/contributions?sort={sort}"));
            loop {
                let page = program.get(&path).await.expect(200).json();
                assert_eq!(page["matching"], 45);
                seen.extend(page["contributions"].as_array().unwrap().iter().map(|item| item["id"].as_str().unwrap().to_owned()));
                let Some(next) = page["next"].as_str() else { break };
                path = format!("/contributions?sort={sort}&after={next}");
            }
            assert_eq!(seen.len(), 45, "{sort}");
            assert_eq!(seen.into_iter().collect::<HashSet<_>>(), written, "{sort}");
        }
        let matching = |query: &'static str| async { program.get(query).await.expect(200).json()["matching"].clone() };
        assert_eq!(matching("/contributions?q=NUMBER+44").await, 1);
        assert_eq!(matching("/contributions?prompt=frustrations").await, 45);
        assert_eq!(matching("/contributions?prompt=make-it-better").await, 0);
    }

    async fn a_page_that_did_not_change_is_not_sent_again(databases: &TestDatabases) {
        let server = TestServer::start(databases).await;
        let (program, other) = (server.program("bsol").await, server.program("bsol").await);
        let id = program.shares_idea("Rotas come late.").await;
        let conditional = |program: &Program, path: &str, tag: &str| program.request(Method::GET, path).header("if-none-match", tag);
        let page = program.get("/contributions").await.expect(200);
        let (tag, since) = (page.header("etag").to_owned(), page.json()["revision"].as_i64().unwrap());
        let changes = format!("/changes?since={since}");
        let changes_tag = program.get(&changes).await.expect(200).header("etag").to_owned();

        let unchanged = program.send(conditional(&program, "/contributions", &tag)).await.expect(304);
        assert_eq!((unchanged.header("etag"), unchanged.body.as_str()), (tag.as_str(), ""));
        program.send(conditional(&program, &changes, &changes_tag)).await.expect(304);
        // Another query, another participant: another answer.
        program.send(conditional(&program, "/contributions?sort=newest", &tag)).await.expect(200);
        other.send(conditional(&other, "/contributions", &tag)).await.expect(200);

        let comment = other.writes(&format!("/contributions/{id}/comments"), &json!({ "body": "Here too." })).await;
        let page = program.send(conditional(&program, "/contributions", &tag)).await.expect(200).json();
        assert_eq!(page["contributions"][0]["comments"], 1);
        let changed = program.send(conditional(&program, &changes, &changes_tag)).await.expect(200).json();
        assert_eq!(changed["new_comments"], json!([{ "contribution": id, "comment": comment }]));
        assert_eq!((&changed["new"], &changed["reload"]), (&json!([]), &json!(false)));
    }

    async fn nothing_is_taken_before_or_after(databases: &TestDatabases) {
        let server = TestServer::start(databases).await;
        let program = server.program("bsol").await;
        let id = program.shares_idea("Rotas come late.").await;
        let comments = format!("/contributions/{id}/comments");
        for (instant, why) in [("2023-11-29T23:59:59Z", "not-open-yet"), ("2023-12-14T23:59:00Z", "closed")] {
            server.clock.set(instant);
            let idea = json!({ "prompt": PROMPT, "body": "Late." });
            assert_eq!(program.put(Method::POST, "/contributions", &idea).await.expect(409).problem(), why);
            assert_eq!(program.put(Method::POST, &comments, &json!({ "body": "Late." })).await.expect(409).problem(), why);
            let edit = program.put(Method::PATCH, &format!("/posts/{id}"), &json!({ "body": "Late." })).await;
            assert_eq!(edit.expect(409).problem(), why);
            let vote = program.put(Method::PUT, &format!("/posts/{id}/vote"), &json!({ "value": "agree" })).await;
            assert_eq!(vote.expect(409).problem(), why);
            assert_eq!(program.delete(&format!("/posts/{id}/vote")).await.expect(409).problem(), why);
            assert_eq!(program.delete(&format!("/posts/{id}")).await.expect(409).problem(), why);
        }
        assert_eq!(program.thread(&id).await["contribution"]["body"], "Rotas come late.");
    }

    async fn no_answer_joins_two_threads_of_one_person(databases: &TestDatabases) {
        let server = TestServer::start(databases).await;
        let (author, reader) = (server.program("bsol").await, server.program("bsol").await);
        let ids = [author.shares_idea("One.").await, author.shares_idea("Two.").await];
        let [one, two] = [reader.thread(&ids[0]).await, reader.thread(&ids[1]).await];
        let same = one["contribution"].as_object().unwrap().iter().filter(|(name, value)| two["contribution"][name.as_str()] == **value);
        let same: HashSet<_> = same.map(|(name, _)| name.as_str()).collect();
        let told = HashSet::from(["amended", "comments", "day", "edited", "feeling", "own", "own_vote", "prompt", "state", "theme", "votes"]);
        assert_eq!(same, told);
    }
}
