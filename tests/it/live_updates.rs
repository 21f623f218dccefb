//! Others' words and answers arrive by themselves: over a stream, or by asking.

use futures_util::StreamExt;
use futures_util::stream::BoxStream;
use reqwest::{Method, header};
use serde_json::Value;

use crate::harness::databases::{Kind, TestDatabases, both_databases, with_databases};
use crate::harness::patience::soon;
use crate::harness::people::Person;
use crate::harness::server::TestServer;

both_databases! {
    async fn what_others_do_arrives_by_itself(databases: &TestDatabases) {
        let server = TestServer::start(databases).await;
        let (ann, ben) = (server.person("bsol").await, server.person("bsol").await);
        let mut stream = Stream::open(&ann, "/live", None).await;
        assert_eq!(stream.next().await.kind, "beat", "a stream says at once that it is alive");

        let idea = ben.shares("Hot off the press").await;
        let event = stream.change(|change| change["new"][0] == idea.as_str()).await;
        assert!(event.id.parse::<i64>().unwrap() > 0);
        let comment = ben.comments(&idea, "A comment").await;
        stream.change(|change| change["new_comments"][0]["id"] == comment.as_str()).await;
        ben.votes(&idea, "disagree").await;
        let counted = stream.change(|change| change["changed"][0]["disagree"] == 1).await;
        assert_eq!(counted.json["changed"][0]["id"], idea.as_str());
        assert!(!counted.data.contains("Hot off the press"), "ids only: words are fetched by who may read them");
    }

    async fn who_was_away_hears_what_they_missed(databases: &TestDatabases) {
        let server = TestServer::start(databases).await;
        let (ann, ben) = (server.person("bsol").await, server.person("bsol").await);
        let mut stream = Stream::open(&ann, "/live", None).await;
        let first = ben.shares("Heard").await;
        let heard = stream.change(|change| change["new"][0] == first.as_str()).await.id;
        drop(stream);

        let second = ben.shares("Missed").await;
        let mut again = Stream::open(&ann, "/live", Some(&heard)).await;
        let missed = again.next().await;
        assert_eq!(missed.json["new"], serde_json::json!([second]));
        let page = Stream::open(&ann, &format!("/live?since={heard}"), None).await.next().await;
        assert_eq!(page.json["new"], serde_json::json!([second]), "a page says how new it is");
    }

    async fn whoever_asks_is_told_only_what_is_new(databases: &TestDatabases) {
        let server = TestServer::start(databases).await;
        let (ann, ben) = (server.person("bsol").await, server.person("bsol").await);
        let idea = ben.shares("Asked for").await;
        let asked = ann.opens("/changes?since=0").await.expect(200);
        assert_eq!(asked.json()["new"], serde_json::json!([idea]));
        let tag = asked.header("etag").to_owned();
        assert!(!tag.is_empty());
        let ask_again = || ann.request(Method::GET, &ann.at("/changes?since=0")).header(header::IF_NONE_MATCH, &tag);
        ann.send(ask_again()).await.expect(304);
        ben.votes(&idea, "agree").await;
        let changed = ann.send(ask_again()).await.expect(200).json();
        assert_eq!(changed["changed"][0]["agree"], 1);
        let since = asked.json()["revision"].as_i64().unwrap();
        let newer = ann.opens(&format!("/changes?since={since}")).await.expect(200).json();
        assert_eq!((&newer["new"], &newer["changed"][0]["agree"]), (&serde_json::json!([]), &serde_json::json!(1)));

        let program = ann.program_at(server.site);
        let by_api = program.get("/changes?since=0").await.expect(200);
        let conditional = program.request(Method::GET, "/changes?since=0").header(header::IF_NONE_MATCH, by_api.header("etag"));
        program.send(conditional).await.expect(304);
        let list = program.get("/contributions").await.expect(200);
        let conditional = || program.request(Method::GET, "/contributions").header(header::IF_NONE_MATCH, list.header("etag"));
        program.send(conditional()).await.expect(304);
        ben.votes(&idea, "pass").await;
        program.send(conditional()).await.expect(200);
    }

    async fn streams_are_for_those_inside(databases: &TestDatabases) {
        let server = TestServer::start(databases).await;
        let stranger = server.device("bsol");
        for rest in ["live", "changes"] {
            stranger.get(&format!("/conversations/first-conversation/{rest}")).await.expect(403);
            stranger.get(&format!("/conversations/no-such/{rest}")).await.expect(404);
        }
    }

    async fn a_server_that_stops_ends_its_streams(databases: &TestDatabases) {
        let server = TestServer::start(databases).await;
        let ann = server.person("bsol").await;
        let mut stream = Stream::open(&ann, "/live", None).await;
        stream.next().await;
        soon("the server ends with pages open", server.stop()).await;
        assert!(soon("the stream ends", stream.bytes.next()).await.is_none());
    }
}

mod across_servers {
    use super::*;

    /// Two servers need a database that both can reach: PostgreSQL only.
    #[test]
    fn postgres() {
        with_databases(Kind::Postgres, |databases| {
            Box::pin(what_happens_at_one_is_heard_at_the_other(databases))
        });
    }

    async fn what_happens_at_one_is_heard_at_the_other(databases: &TestDatabases) {
        let one = TestServer::start(databases).await;
        let two = TestServer::serve(databases, &one.clock, 2).await;
        let (ann, ben) = (one.person("bsol").await, one.person("bsol").await);
        let mut stream = Stream::open(&ann.at_server(two.site), "/live", None).await;
        let idea = ben.shares("Said at the first server").await;
        stream.change(|change| change["new"][0] == idea.as_str()).await;
        ben.votes(&idea, "agree").await;
        stream.change(|change| change["changed"][0]["agree"] == 1).await;
    }
}

/// A stream of server-sent events (WHATWG HTML, 9.2).
struct Stream {
    bytes: BoxStream<'static, String>,
    pending: String,
}

/// One event.
struct Event {
    kind: String,
    id: String,
    data: String,
    json: Value,
}

impl Stream {
    async fn open(person: &Person, rest: &str, last_event_id: Option<&str>) -> Self {
        let mut request = person.request(Method::GET, &person.at(rest));
        if let Some(id) = last_event_id {
            request = request.header("last-event-id", id);
        }
        let response = request.send().await.unwrap();
        assert_eq!(response.status(), 200);
        assert_eq!(response.headers()["content-type"], "text/event-stream");
        assert_eq!(response.headers()["cache-control"], "no-store");
        let chunks = response
            .bytes_stream()
            .map(|chunk| String::from_utf8(chunk.unwrap_or_default().to_vec()).unwrap());
        Self { bytes: chunks.boxed(), pending: String::new() }
    }

    async fn next(&mut self) -> Event {
        while !self.pending.contains("\n\n") {
            let chunk = soon("an event arrives", self.bytes.next()).await;
            self.pending.push_str(&chunk.expect("the stream goes on"));
        }
        let (event, rest) =
            self.pending.split_once("\n\n").map(|(event, rest)| (event.to_owned(), rest.to_owned())).unwrap();
        self.pending = rest;
        let field = |name: &str| {
            let values = event
                .lines()
                .filter_map(|line| line.strip_prefix(name)?.strip_prefix(':'))
                .map(str::trim_start);
            values.collect::<Vec<_>>().join("\n")
        };
        let data = field("data");
        Event { kind: field("event"), id: field("id"), json: serde_json::from_str(&data).unwrap(), data }
    }

    /// The next change that is as `wanted`; others may come before.
    async fn change(&mut self, wanted: impl Fn(&Value) -> bool) -> Event {
        loop {
            let event = self.next().await;
            if event.kind == "change" && wanted(&event.json) {
                return event;
            }
        }
    }
}
