//! Reports and suspensions: done to posts and people whom nobody can name.

use policy::Role;
use reqwest::Method;
use serde_json::{Value, json};

use super::CAMPAIGN;
use crate::harness::databases::{Kind, both_databases};
use crate::harness::packs;
use crate::harness::people::Program;
use crate::harness::server::TestServer;
use crate::harness::tables::Tables;

/// Seconds in a day.
const DAY: i64 = 24 * 60 * 60;

both_databases! {
    async fn each_person_reports_a_post_once(databases: &TestDatabases) {
        let server = TestServer::with_packs(databases, packs::as_they_are()).await;
        let (author, ann, ben) = (server.person("bsol").await, server.person("bsol").await, server.person("bsol").await);
        let moderator = server.moderator("Sam Birch").await;
        let idea = author.shares("In bay 3 on a Friday you wait for ever").await;
        moderator.does(CAMPAIGN, &idea, "keep", &[]).await.expect(303);
        let report = |path: &str| format!("/conversations/{CAMPAIGN}/posts/{path}/report");
        assert!(ann.reads(&idea).await.body.contains(&report(&idea)));
        assert!(!author.reads(&idea).await.body.contains(&report(&idea)), "nobody reports themselves");
        ann.get(&report(&idea)).await.expect(200);
        ann.post(&report(&idea), &[("reason", "")]).await.expect(422);
        ann.post(&report(&idea), &[("reason", "identifies-someone"), ("note", "One person works there")]).await.expect(303);
        let again = ann.post(&report(&idea), &[("reason", "spam")]).await.expect(422);
        assert!(again.text().contains("You have reported this already"));
        ben.post(&report(&idea), &[("reason", "identifies-someone")]).await.expect(303);
        let queue = moderator.queue(CAMPAIGN, "?show=reported").await.text();
        assert!(queue.contains("2 reports"), "{queue}");
        let case = moderator.queue(CAMPAIGN, &format!("/{idea}")).await.text();
        assert!(case.contains("One person works there"));
        // Reports of one person's on two posts have nothing in common.
        let other = author.shares("Another idea").await;
        ann.post(&report(&other), &[("reason", "spam")]).await.expect(303);
        let tables = Tables::of_conversation(databases).await;
        assert_eq!(tables.number("SELECT count(DISTINCT reporter) FROM report").await, 3);
    }

    async fn who_reports_much_waits_for_moderators(databases: &TestDatabases) {
        let server = TestServer::with_packs(databases, packs::as_they_are()).await;
        let (author, ann, ben) = (server.person("bsol").await, server.person("bsol").await, server.person("bsol").await);
        let moderator = server.moderator("Sam Birch").await;
        let mut ideas = Vec::new();
        for number in 0..11 {
            ideas.push(author.shares(&format!("Idea number {number}")).await);
        }
        let report = |id: &str| format!("/conversations/{CAMPAIGN}/posts/{id}/report");
        for idea in &ideas[..10] {
            ann.post(&report(idea), &[("reason", "spam")]).await.expect(303);
        }
        let refused = ann.post(&report(&ideas[10]), &[("reason", "spam")]).await.expect(422);
        assert!(refused.text().contains("You have reported 10 things that wait for a moderator."), "{}", refused.text());
        let again = ann.post(&report(&ideas[0]), &[("reason", "spam")]).await.expect(422);
        assert!(again.text().contains("You have reported this already"), "{}", again.text());
        // However much others have reported.
        let tables = Tables::of_conversation(databases).await;
        others_report(&tables, databases.kind, &ideas[0]).await;
        ann.post(&report(&ideas[10]), &[("reason", "spam")]).await.expect(422);
        // Others are not kept from it, and a moderator who has looked makes room.
        ben.post(&report(&ideas[10]), &[("reason", "spam")]).await.expect(303);
        moderator.does(CAMPAIGN, &ideas[3], "keep", &[]).await.expect(303);
        ann.post(&report(&ideas[10]), &[("reason", "spam")]).await.expect(303);
        for hash in ["reporter", "place"] {
            let open = format!("SELECT count(DISTINCT {hash}) FROM report WHERE place IS NOT NULL");
            assert_eq!(tables.number(&open).await, 11, "still nothing joins them: {hash}");
        }
        // What its author takes back makes room, too.
        ann.post(&report(&ideas[3]), &[("reason", "spam")]).await.expect(422);
        author.takes_back(&ideas[4]).await.expect(303);
        let last = author.shares("One more").await;
        ann.post(&report(&last), &[("reason", "spam")]).await.expect(303);
    }

    async fn programs_report_and_appeal_as_pages_do(databases: &TestDatabases) {
        let server = TestServer::with_packs(databases, packs::as_they_are()).await;
        let (author, reader) = (server.person("bsol").await, server.person("bsol").await);
        let moderator = server.moderator("Sam Birch").await;
        let idea = author.shares("Parking is full at six").await;
        let (own, program) = (author.program_at(server.site), reader.program_at(server.site));
        let (report, appeal) = (format!("/posts/{idea}/report"), format!("/posts/{idea}/appeal"));
        let asks = async |of: &Program, path: &str, json: Value| {
            let answer = of.put(Method::POST, path, &json).await;
            (answer.status, if answer.body.is_empty() { Value::Null } else { answer.json()["type"].clone() })
        };
        let named = |name: &str| json!(format!("urn:candour:problem:{name}"));
        assert_eq!(asks(&program, &report, json!({ "reason": "nonsense" })).await.0, 400);
        assert_eq!(asks(&program, &report, json!({ "reason": "other" })).await, (422, named("text-unusable")));
        assert_eq!(asks(&program, &report, json!({ "reason": "identifies-someone", "note": "One works there" })).await.0, 204);
        assert_eq!(asks(&program, &report, json!({ "reason": "spam" })).await, (409, named("reported-already")));
        assert!(moderator.queue(CAMPAIGN, &format!("/{idea}")).await.text().contains("One works there"));
        assert_eq!(asks(&own, &appeal, json!({ "note": "Why?" })).await, (409, named("not-now")));
        moderator.does(CAMPAIGN, &idea, "hide", &[("reason", "off-topic")]).await.expect(303);
        assert_eq!(asks(&program, &appeal, json!({ "note": "Let me" })).await, (404, named("not-found")));
        assert_eq!(asks(&own, &appeal, json!({ "note": "It keeps people away" })).await.0, 204);
        moderator.does(CAMPAIGN, &idea, "hide", &[("reason", "off-topic")]).await.expect(303);
        assert_eq!(asks(&own, &appeal, json!({ "note": "Again" })).await, (409, named("appealed-already")));
        // What everybody may read of all this is a link away.
        let page = reader.opens("").await.expect(200);
        assert!(page.body.contains(&format!("/conversations/{CAMPAIGN}/moderation\"")), "the ledger");
    }

    async fn whoever_waits_to_be_let_in_can_report_without_a_trace(databases: &TestDatabases) {
        let mut packs = packs::waiting_for(3);
        packs.retain(|pack| pack.tenant.slug == "bsol");
        let server = TestServer::with_packs(databases, packs).await;
        let first = server.person("bsol").await;
        let others = [server.person("bsol").await, server.person("bsol").await];
        let idea = others[0].shares("Somebody should look at this").await;
        let waiting = server.person("bsol").await;
        waiting.get(&format!("/conversations/{CAMPAIGN}/posts/{idea}/report")).await.expect(200);
        let path = format!("/conversations/{CAMPAIGN}/posts/{idea}/report");
        waiting.post(&path, &[("reason", "abuse")]).await.expect(303);
        waiting.post(&path, &[("reason", "abuse")]).await.expect(422);
        drop(first);
    }

    async fn a_suspended_person_reads_votes_and_takes_back_but_does_not_write(databases: &TestDatabases) {
        let server = TestServer::with_packs(databases, packs::as_they_are()).await;
        let (author, other) = (server.person("bsol").await, server.person("bsol").await);
        let moderator = server.moderator("Sam Birch").await;
        let (bad, good) = (author.shares("You are all useless").await, author.shares("Rotas come late").await);
        let theirs = other.shares("Somebody else's").await;
        let fields = [("reason", "abuse"), ("note", "Read the ground rules."), ("days", "1")];
        moderator.does(CAMPAIGN, &bad, "suspend", &fields).await.expect(303);

        let page = author.sends_comment(&theirs, "", "And another thing").await;
        assert!(page.expect(422).text().contains("A moderator has stopped you from writing"));
        assert_eq!(author.sends_change(&good, "Rotas come very late").await.status, 422);
        author.votes(&theirs, "agree").await;
        author.takes_back(&bad).await.expect(303);
        let mine = author.opens("/mine").await.text();
        assert!(mine.contains("You cannot write for now") && mine.contains("Read the ground rules."), "{mine}");
        other.comments(&theirs, "Others write").await;

        // By another post of theirs nobody could tell that they are stopped.
        let case = moderator.queue(CAMPAIGN, &format!("/{good}")).await.text();
        assert!(!case.contains("Its author cannot write"), "{case}");
        server.clock.advance(2 * DAY);
        author.comments(&theirs, "Back again").await;
    }

    async fn a_suspension_without_an_end_is_ended_by_a_moderator(databases: &TestDatabases) {
        let server = TestServer::with_packs(databases, packs::as_they_are()).await;
        let author = server.person("bsol").await;
        let moderator = server.moderator("Sam Birch").await;
        let idea = author.shares("You are all useless").await;
        moderator.does(CAMPAIGN, &idea, "suspend", &[("reason", "abuse"), ("days", "2")]).await.expect(422);
        moderator.does(CAMPAIGN, &idea, "suspend", &[("reason", "abuse"), ("days", "")]).await.expect(303);
        assert_eq!(author.sends_comment(&idea, "", "Still here").await.status, 422);
        let case = moderator.queue(CAMPAIGN, &format!("/{idea}")).await.text();
        assert!(case.contains("Its author cannot write until a moderator ends it"), "{case}");
        moderator.does(CAMPAIGN, &idea, "end-suspension", &[]).await.expect(303);
        author.comments(&idea, "Thank you").await;
        // Erased, they leave no suspension behind.
        moderator.does(CAMPAIGN, &idea, "suspend", &[("reason", "abuse"), ("days", "7")]).await.expect(303);
        author.opens("/mine/erase").await.expect(200);
        author.post(&author.at("/mine/erase"), &[]).await.expect(303);
        assert_eq!(Tables::of_conversation(databases).await.number("SELECT count(*) FROM suspension").await, 0);
    }

    async fn a_suspension_can_be_ended_when_its_post_was_taken_back(databases: &TestDatabases) {
        let server = TestServer::with_packs(databases, packs::as_they_are()).await;
        let (author, other) = (server.person("bsol").await, server.person("bsol").await);
        let moderator = server.moderator("Sam Birch").await;
        let (bad, late) = (author.shares("You are all useless").await, other.shares("Rotas come late").await);
        moderator.does(CAMPAIGN, &bad, "suspend", &[("reason", "abuse"), ("days", "")]).await.expect(303);
        moderator.does(CAMPAIGN, &late, "suspend", &[("reason", "spam"), ("days", "7")]).await.expect(303);
        assert!(other.opens("/mine").await.text().contains("You can write again on 9 December"), "the day, not today");
        author.takes_back(&bad).await.expect(303);
        // Nobody finds it among the cases any more; it is listed on its own.
        let queue = moderator.queue(CAMPAIGN, "").await.expect(200);
        assert!(queue.text().contains("Words that their author has taken back"), "{}", queue.text());
        assert!(queue.text().contains("Rotas come late”: It is an advert") || queue.text().contains("can write again on 9 December"));
        let case = moderator.queue(CAMPAIGN, &format!("/{bad}")).await.expect(200);
        assert!(case.body.contains("/end-suspension") && !case.body.contains("/hide") && !case.body.contains("/suspend\""));
        moderator.does(CAMPAIGN, &bad, "keep", &[]).await.expect(422);
        moderator.does(CAMPAIGN, &bad, "end-suspension", &[]).await.expect(303);
        author.comments(&late, "Thank you").await;
        let tables = Tables::of_conversation(databases).await;
        let cases = format!("SELECT count(*) FROM moderation_case WHERE {}", tables.is("post_id", &bad));
        assert_eq!(tables.number(&cases).await, 0, "what was taken back has no case");
    }

    async fn whoever_takes_their_words_back_at_once_can_still_be_stopped(databases: &TestDatabases) {
        let server = TestServer::with_packs(databases, packs::as_they_are()).await;
        let (author, other) = (server.person("bsol").await, server.person("bsol").await);
        let moderator = server.moderator("Sam Birch").await;
        let (bad, theirs) = (author.shares("You are all useless").await, other.shares("Rotas come late").await);
        let page = moderator.queue(CAMPAIGN, &format!("/{bad}")).await.expect(200);
        let seen = crate::harness::staff::seen(&page);
        author.takes_back(&bad).await.expect(303);
        // What the moderator saw has changed meanwhile: they are told, and can go on.
        let fields = [("reason", "abuse"), ("note", "Read the ground rules."), ("days", "7")];
        let told = moderator.sends(CAMPAIGN, &bad, "suspend", &seen, &fields).await.expect(422);
        assert!(told.text().contains("This has changed since you opened it") && told.body.contains("/suspend\""), "{}", told.text());
        moderator.does(CAMPAIGN, &bad, "suspend", &fields).await.expect(303);
        let refused = author.sends_comment(&theirs, "", "And you").await.expect(422);
        assert!(refused.text().contains("A moderator has stopped you from writing"), "{}", refused.text());
        let case = moderator.queue(CAMPAIGN, &format!("/{bad}")).await.expect(200);
        assert!(case.text().contains("Its author cannot write until") && !case.body.contains("You are all useless"));
        let tables = Tables::of_conversation(databases).await;
        assert_eq!(tables.number(&format!("SELECT count(*) FROM moderation_case WHERE {}", tables.is("post_id", &bad))).await, 0);
        moderator.does(CAMPAIGN, &bad, "end-suspension", &[]).await.expect(303);
        author.comments(&theirs, "Sorry").await;
    }

    async fn staff_never_see_a_participant(databases: &TestDatabases) {
        let server = TestServer::with_packs(databases, packs::as_they_are()).await;
        let people = [server.person("bsol").await, server.person("bsol").await, server.person("bsol").await];
        let moderator = server.moderator("Sam Birch").await;
        let mut posts = Vec::new();
        for person in &people {
            let idea = person.shares("Rotas come late for everybody").await;
            posts.push(person.comments(&idea, "And again").await);
            posts.push(idea);
        }
        posts.push(people[0].shares_held("Ask Susan").await);
        let reported = format!("/conversations/{CAMPAIGN}/posts/{}/report", posts[1]);
        people[1].post(&reported, &[("reason", "abuse")]).await.expect(303);
        moderator.does(CAMPAIGN, &posts[1], "escalate", &[("note", "Told the safeguarding lead.")]).await.expect(303);
        moderator.does(CAMPAIGN, &posts[1], "suspend", &[("reason", "abuse"), ("days", "7")]).await.expect(303);
        moderator.does(CAMPAIGN, &posts[3], "hide", &[("reason", "abuse")]).await.expect(303);
        people[1].post(&people[1].at("/mine/appeal"), &[("post", &posts[3]), ("body", "No")]).await.expect(303);

        let mut seen = String::new();
        for show in ["", "?show=new", "?show=held", "?show=reported", "?show=appealed", "?show=hidden", "?show=kept"] {
            seen.push_str(&moderator.queue(CAMPAIGN, show).await.expect(200).body);
        }
        for post in &posts {
            seen.push_str(&moderator.queue(CAMPAIGN, &format!("/{post}")).await.expect(200).body);
        }
        let tables = Tables::of_conversation(databases).await;
        let record = tables.texts("SELECT entry FROM audit_entry").await;
        seen.push_str(&record.join("\n"));
        let ids = match databases.kind {
            Kind::Sqlite => "SELECT lower(hex(id)) FROM participant",
            Kind::Postgres => "SELECT replace(id::text, '-', '') FROM participant",
        };
        let (participants, plain) = (tables.texts(ids).await, seen.replace('-', ""));
        assert_eq!(participants.len(), people.len());
        for participant in participants {
            assert!(!plain.contains(&participant), "{participant}");
        }
        assert!(plain.contains(&posts[0].replace('-', "")), "ids would be found");
        // What was passed on is on record, to the hour, and in no public count; its author is not told.
        let passed_on = record.iter().find(|entry| entry.contains("post.escalate")).expect("it is on record");
        assert!(passed_on.contains("\"at\":\"2023-12-01T12:00:00Z\"") && passed_on.contains("Sam Birch"), "{passed_on}");
        let ledger = server.device("bsol").get(&format!("/conversations/{CAMPAIGN}/moderation")).await.expect(200);
        assert!(!ledger.text().contains("passed") && !ledger.body.contains("Sam Birch"));
        assert!(!people[0].opens("/mine").await.text().contains("safeguarding lead"));
    }

    async fn only_those_who_may_moderate_do(databases: &TestDatabases) {
        let server = TestServer::with_packs(databases, packs::as_they_are()).await;
        let author = server.person("bsol").await;
        let idea = author.shares("Rotas come late").await;
        let lead = server.colleague("bsol", "Alex Rowan", &[Role::CommsLead]).await;
        lead.queue(CAMPAIGN, "").await.expect(403);
        lead.queue(CAMPAIGN, &format!("/{idea}")).await.expect(403);
        lead.get("/console").await.expect(200);
        for what in ["claim", "keep", "hide", "restore", "amend", "merge", "lock", "ask", "suspend", "end-suspension", "escalate"] {
            assert_eq!(lead.sends(CAMPAIGN, &idea, what, "1", &[("reason", "spam")]).await.status, 403, "{what}");
        }
        assert_eq!(author.opens("").await.posts(), [idea.as_str()]);
        let nobody = server.device("bsol");
        assert!(nobody.get(&format!("/console/campaigns/{CAMPAIGN}/moderation")).await.location().contains("/console/sign-in"));
        // A post of another tenant's is not there.
        let stranger = server.colleague("hhft", "Lee Ash", &[Role::Moderator]).await;
        stranger.queue(CAMPAIGN, &format!("/{idea}")).await.expect(404);
        stranger.queue("series-3", &format!("/{idea}")).await.expect(404);
    }
}

/// More reported posts than anybody looks through, each before those that people wrote in the order of their ids; like the post `like`.
async fn others_report(tables: &Tables, kind: Kind, like: &str) {
    let id = match kind {
        Kind::Sqlite => "unhex(printf('%032x', n.i))",
        Kind::Postgres => "lpad(to_hex(n.i), 32, '0')::uuid",
    };
    let many = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 2100)";
    let like = tables.is("p.id", like);
    let posts = format!(
        "{many} INSERT INTO post (tenant_id, id, round_id, prompt_id, voice, body, state, written_on, written_at_revision, changed_at_revision)
         SELECT p.tenant_id, {id}, p.round_id, p.prompt_id, p.voice, 'x', 'hidden', p.written_on, 0, 0 FROM post p, n WHERE {like}"
    );
    let cases = format!(
        "{many} INSERT INTO moderation_case (tenant_id, post_id, round_id, state, version, flags, reports, opened_on)
         SELECT p.tenant_id, {id}, p.round_id, 'reported', 1, '', 1, p.written_on FROM post p, n WHERE {like}"
    );
    tables.change(&posts).await;
    tables.change(&cases).await;
}
