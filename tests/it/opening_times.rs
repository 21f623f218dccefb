//! A round takes something from its opening second up to, and not including, its closing second, whoever asks and however.

use reqwest::Method;
use serde_json::json;

use crate::harness::answer::Answer;
use crate::harness::databases::both_databases;
use crate::harness::packs;
use crate::harness::people::{Person, Program};
use crate::harness::server::TestServer;
use crate::harness::tables::Tables;

/// Words that must not be lost, with characters that pages escape.
const WORDS: &str = "Nine <b>careful</b> words & a \"quote\", sent too late";

both_databases! {
    async fn bsol_opens_and_closes_to_the_second(databases: &TestDatabases) {
        let server = TestServer::start(databases).await;
        assert_kept(&server, databases, "bsol", "2023-11-30T00:00:00Z", "2023-12-14T23:59:00Z").await;
    }

    async fn hhft_closes_in_summer_time(databases: &TestDatabases) {
        let server = TestServer::start(databases).await;
        assert_kept(&server, databases, "hhft", "2024-03-18T08:00:00Z", "2024-04-07T19:00:00Z").await;
    }

    async fn bsmhft_opens_in_summer_time_and_closes_in_winter_time(databases: &TestDatabases) {
        let server = TestServer::start(databases).await;
        assert_kept(&server, databases, "bsmhft", "2024-10-14T07:00:00Z", "2024-11-01T17:00:00Z").await;
    }

    async fn the_night_that_loses_an_hour(databases: &TestDatabases) {
        let packs = packs::bsol_open("2024-03-31T00:30:00", "2024-03-31T02:30:00");
        let server = TestServer::with_packs(databases, packs).await;
        assert_kept(&server, databases, "bsol", "2024-03-31T00:30:00Z", "2024-03-31T01:30:00Z").await;
    }

    async fn the_night_that_has_an_hour_twice(databases: &TestDatabases) {
        // The first 1.30 opens, in summer time; the second 1.45 closes, in winter time.
        let packs = packs::bsol_open("2024-10-27T01:30:00", "2024-10-27T01:45:00");
        let server = TestServer::with_packs(databases, packs).await;
        assert_kept(&server, databases, "bsol", "2024-10-27T00:30:00Z", "2024-10-27T01:45:00Z").await;
    }
}

/// Tries every write in the seconds around both times, by page and by program.
async fn assert_kept(
    server: &TestServer,
    databases: &crate::harness::databases::TestDatabases,
    tenant: &str,
    opens: &str,
    closes: &str,
) {
    let tables = Tables::of_conversation(databases).await;
    let code = server.code(tenant).await;

    server.clock.set(opens);
    server.clock.advance(-1);
    assert!(server.device(tenant).types_code(&code).await.expect(422).body.contains("is not open"));
    server.clock.set(opens);
    let person = server.device(tenant).enters(&code).await;
    let program = server.program(tenant).await;
    let late = server.code(tenant).await;
    let (first, second, third) = (
        Prepared::by(&person, &program).await,
        Prepared::by(&person, &program).await,
        Prepared::by(&person, &program).await,
    );
    assert_accepted(&first.writes_all(&person, &program).await, opens);

    // Nobody can be in before the opening, unless the times move or the clock is set back.
    server.clock.set(opens);
    server.clock.advance(-1);
    let before = tables.dump().await;
    assert_refused(&second.writes_all(&person, &program).await, opens, "not-open-yet");
    assert_eq!(tables.dump().await, before, "something was written before the opening");

    server.clock.set(closes);
    server.clock.advance(-1);
    assert_accepted(&second.writes_all(&person, &program).await, closes);

    server.clock.set(closes);
    let before = tables.dump().await;
    assert_refused(&third.writes_all(&person, &program).await, closes, "closed");
    assert!(server.device(tenant).types_code(&late).await.expect(422).body.contains("closed"));
    person.opens("/share").await.expect(409);
    assert_eq!(tables.dump().await, before, "something was written after the closing");
    let still_readable = person.reads(&third.idea).await.expect(200);
    assert!(!still_readable.body.contains("name=\"value\""), "no button to vote with is left");
}

/// Posts that stand ready to be commented on, changed and taken back.
struct Prepared {
    idea: String,
    doomed: String,
    by_program: String,
    doomed_by_program: String,
}

impl Prepared {
    async fn by(person: &Person, program: &Program) -> Self {
        Self {
            idea: person.shares("An idea").await,
            doomed: person.shares("An idea to take back").await,
            by_program: shares(program).await,
            doomed_by_program: shares(program).await,
        }
    }

    /// Every write there is: its name, the answer, and whether words of a person went with it.
    async fn writes_all(&self, person: &Person, program: &Program) -> Vec<(&'static str, Answer, bool)> {
        let prompts = program.prompts().await;
        let vote = format!("/posts/{}/vote", self.idea);
        let comments = format!("/contributions/{}/comments", self.idea);
        let new = json!({ "prompt": prompts[0], "body": WORDS });
        vec![
            ("share", person.sends_idea(&prompts[0], WORDS).await, true),
            ("comment", person.sends_comment(&self.idea, "", WORDS).await, true),
            ("edit", person.sends_change(&self.idea, WORDS).await, true),
            ("vote", person.presses(&self.idea, "agree").await, false),
            ("withdraw vote", person.presses(&self.idea, "withdraw").await, false),
            ("take back", person.takes_back(&self.doomed).await, false),
            ("API share", program.put(Method::POST, "/contributions", &new).await, false),
            ("API comment", program.put(Method::POST, &comments, &json!({ "body": WORDS })).await, false),
            (
                "API edit",
                program
                    .put(Method::PATCH, &format!("/posts/{}", self.by_program), &json!({ "body": WORDS }))
                    .await,
                false,
            ),
            ("API vote", program.put(Method::PUT, &vote, &json!({ "value": "pass" })).await, false),
            ("API withdraw vote", program.delete(&vote).await, false),
            ("API take back", program.delete(&format!("/posts/{}", self.doomed_by_program)).await, false),
        ]
    }
}

async fn shares(program: &Program) -> String {
    let prompts = program.prompts().await;
    let new = json!({ "prompt": prompts[0], "body": "An idea of a program" });
    let written = program.put(Method::POST, "/contributions", &new).await.expect(201);
    written.json()["id"].as_str().unwrap().to_owned()
}

fn assert_accepted(writes: &[(&'static str, Answer, bool)], at: &str) {
    for (write, answer, _) in writes {
        assert!(answer.status < 400, "{write} at {at}: {} {}", answer.status, answer.text());
    }
}

fn assert_refused(writes: &[(&'static str, Answer, bool)], at: &str, problem: &str) {
    for (write, answer, has_words) in writes {
        let by_program = write.starts_with("API");
        // A form that comes back with what was typed is 422, a page that only says so is 409.
        let refused = answer.status == 409 || (!by_program && answer.status == 422);
        assert!(refused, "{write} at {at}: {} {}", answer.status, answer.text());
        if by_program {
            assert_eq!(answer.problem(), problem, "{write} at {at}");
        } else {
            let says = if problem == "closed" { "closed" } else { "not open yet" };
            assert!(answer.body.contains(says), "{write} at {at} does not say why");
            // Nobody writes before there is a form: only what is too late has to be kept.
            let kept = !has_words || problem != "closed" || answer.text().contains(WORDS);
            assert!(kept, "{write} at {at} lost the words: {}", answer.text());
        }
    }
}
