//! What rules hold, what moderators decide, and what everybody sees of it.

use policy::Role;
use reqwest::Method;
use serde_json::json;

use super::{CAMPAIGN, looked_at_before};
use crate::harness::databases::both_databases;
use crate::harness::packs;
use crate::harness::server::TestServer;
use crate::harness::staff::{Colleague, seen};
use crate::harness::tables::Tables;

both_databases! {
    async fn looked_at_before_others_see_it(databases: &TestDatabases) {
        let server = TestServer::with_packs(databases, looked_at_before()).await;
        let (author, reader) = (server.person("bsol").await, server.person("bsol").await);
        let moderator = server.moderator("Sam Birch").await;
        let idea = author.shares_held("Rotas come too late").await;

        assert_eq!(reader.opens("").await.posts(), [] as [&str; 0]);
        reader.reads(&idea).await.expect(404);
        assert_eq!(reader.presses(&idea, "agree").await.status, 422, "nobody votes on what nobody sees");
        assert!(author.opens("/mine").await.text().contains("A moderator looks at this before others see it."));

        let since = reader.program_at(server.site).get("/changes?since=0").await.json()["revision"].as_i64().unwrap();
        let queue = moderator.queue(CAMPAIGN, "").await.expect(200);
        assert!(queue.text().contains("Rotas come too late"));
        moderator.does(CAMPAIGN, &idea, "keep", &[]).await.expect(303);
        assert_eq!(reader.opens("").await.posts(), [idea.as_str()]);
        let changes = reader.program_at(server.site).get(&format!("/changes?since={since}")).await.json();
        assert_eq!(changes["new"], json!([idea]), "open pages announce it");

        // A comment the same way: it is counted only once it can be seen.
        let sent = reader.sends_comment(&idea, "", "On nights, too").await;
        assert_eq!(sent.location(), reader.at("/mine?done=held"));
        assert!(author.opens("").await.post(&idea).contains("0 comments"));
        let comment = reader.newest_case().await;
        moderator.does(CAMPAIGN, &comment, "keep", &[]).await.expect(303);
        assert!(author.opens("").await.post(&idea).contains("1 comment"));

        // Whoever changes it starts anew.
        assert_eq!(author.sends_change(&idea, "Rotas come far too late").await.location(), author.at("/mine?done=held"));
        reader.reads(&idea).await.expect(404);
        Tables::of_conversation(databases).await.assert_counts_are_the_votes().await;
    }

    async fn rules_hold_and_their_author_can_mend_it(databases: &TestDatabases) {
        let server = TestServer::with_packs(databases, packs::as_they_are()).await;
        let (author, reader) = (server.person("bsol").await, server.person("bsol").await);
        let idea = author.shares_held("Ask Susan about the rota").await;
        assert_eq!(reader.opens("").await.posts(), [] as [&str; 0]);
        assert!(author.opens("/mine").await.text().contains("A rule stopped it: it may name a person."));

        author.opens(&format!("/posts/{idea}/edit")).await.expect(200);
        let mended = author.sends_change(&idea, "Ask about the rota").await;
        assert!(mended.location().contains(&format!("/contributions/{idea}")), "{}", mended.location());
        assert_eq!(reader.opens("").await.posts(), [idea.as_str()]);

        // What stands is held again as soon as a rule stops it; by program, too.
        let program = author.program_at(server.site);
        let (post, body) = (format!("/posts/{idea}"), json!({ "body": "ring 0121 496 0123" }));
        let changed = program.put(Method::PATCH, &post, &body);
        assert_eq!(changed.await.expect(200).json()["state"], "held");
        reader.reads(&idea).await.expect(404);
        author.takes_back(&idea).await.expect(303);
        let tables = Tables::of_conversation(databases).await;
        for table in ["moderation_case", "moderation_note", "post_version"] {
            assert_eq!(tables.number(&format!("SELECT count(*) FROM {table}")).await, 0, "{table}");
        }
        let ledger = server.device("bsol").get(&format!("/conversations/{CAMPAIGN}/moderation")).await.expect(200);
        assert!(ledger.body.contains("it may name a person</td><td>1</td>"), "{}", ledger.text());
    }

    async fn hidden_appealed_restored_and_hidden_for_good(databases: &TestDatabases) {
        let server = TestServer::with_packs(databases, packs::as_they_are()).await;
        let (author, reader) = (server.person("bsol").await, server.person("bsol").await);
        let moderator = server.moderator("Sam Birch").await;
        let idea = author.shares("Parking is full at six").await;
        let comment = reader.comments(&idea, "Every day").await;
        reader.votes(&idea, "agree").await;

        let refused = moderator.does(CAMPAIGN, &idea, "hide", &[("reason", "")]).await;
        assert!(refused.expect(422).text().contains("Choose a reason"));
        moderator.does(CAMPAIGN, &idea, "hide", &[("reason", "off-topic"), ("note", "This is about rotas.")]).await.expect(303);
        reader.reads(&idea).await.expect(404);
        assert_eq!(reader.presses(&comment, "pass").await.status, 303, "comments are posts of their own");
        assert_eq!(reader.presses(&idea, "disagree").await.status, 422);
        let mine = author.opens("/mine").await.text();
        assert!(mine.contains("It is not about what this conversation asks.") && mine.contains("This is about rotas."));
        // Only its author appeals.
        assert_eq!(reader.post(&reader.at("/mine/appeal"), &[("post", &idea), ("body", "Let me")]).await.status, 404);
        let empty = author.post(&author.at("/mine/appeal"), &[("post", &idea), ("body", " ")]).await.expect(422);
        assert!(empty.body.contains(&format!("id=\"say-{idea}-error\"")) && empty.body.contains("mine/appeal"), "{}", empty.text());
        author.post(&author.at("/mine/appeal"), &[("post", &idea), ("body", "It keeps people away")]).await.expect(303);
        assert!(moderator.queue(CAMPAIGN, "?show=appealed").await.text().contains("Parking is full"));
        let case = moderator.queue(CAMPAIGN, &format!("/{idea}")).await;
        assert!(case.text().contains("It keeps people away"));
        assert!(case.text().contains("You hid this yourself."), "who hid it is told");
        moderator.does(CAMPAIGN, &idea, "restore", &[("note", "You are right.")]).await.expect(303);
        assert_eq!(reader.opens("").await.counts(&idea).agree, 1, "with the votes that it had");
        assert!(author.opens("/mine").await.text().contains("You are right."));

        // Hidden once more, it can be appealed once more, and no oftener than it was brought back.
        moderator.does(CAMPAIGN, &idea, "hide", &[("reason", "spam")]).await.expect(303);
        assert!(author.opens("/mine").await.body.contains("mine/appeal"));
        author.post(&author.at("/mine/appeal"), &[("post", &idea), ("body", "It was right before")]).await.expect(303);
        moderator.does(CAMPAIGN, &idea, "hide", &[("reason", "spam")]).await.expect(303);
        assert!(!author.opens("/mine").await.body.contains("mine/appeal"));
        let again = author.post(&author.at("/mine/appeal"), &[("post", &idea), ("body", "Again")]).await;
        assert_eq!(again.status, 422);
        Tables::of_conversation(databases).await.assert_counts_are_the_votes().await;
    }

    async fn an_appeal_is_decided_by_somebody_else_where_there_is_somebody(databases: &TestDatabases) {
        let server = TestServer::with_packs(databases, packs::as_they_are()).await;
        let (author, reader) = (server.person("bsol").await, server.person("bsol").await);
        let sam = server.moderator("Sam Birch").await;
        // Who was invited, and who may only look, gives no second look.
        server.invites("bsol", "Ina Vited", &[Role::Moderator]).await;
        server.colleague("bsol", "Vi Ewer", &[Role::Viewer]).await;
        let (idea, other) = (author.shares("Parking is full at six").await, author.shares("Rotas come late").await);
        for post in [&idea, &other] {
            sam.does(CAMPAIGN, post, "hide", &[("reason", "off-topic")]).await.expect(303);
            author.post(&author.at("/mine/appeal"), &[("post", post), ("body", "It is on topic")]).await.expect(303);
        }
        let alone = sam.queue(CAMPAIGN, &format!("/{other}")).await.expect(200);
        assert!(alone.text().contains("There is no other moderator here") && alone.body.contains("/restore\""), "{}", alone.text());
        sam.does(CAMPAIGN, &other, "restore", &[]).await.expect(303);

        let kit = server.moderator("Kit Rowan").await;
        let case = sam.queue(CAMPAIGN, &format!("/{idea}")).await.expect(200);
        assert!(case.text().contains("You hid this yourself.") && case.text().contains("another moderator decides"), "{}", case.text());
        for form in ["restore", "hide", "amend", "ask"] {
            assert!(!case.body.contains(&format!("/{form}\"")), "{form} is offered");
            let fields = [("reason", "spam"), ("body", "Parking is full"), ("note", "Why?")];
            let refused = sam.does(CAMPAIGN, &idea, form, &fields).await.expect(422);
            assert!(refused.text().contains("Another moderator decides."), "{form}: {}", refused.text());
        }
        // It is not theirs to take next either.
        sam.queue(CAMPAIGN, "").await.expect(200);
        let next = format!("/console/campaigns/{CAMPAIGN}/moderation/next");
        let given = sam.post(&next, &[("show", "appealed")]).await;
        assert!(given.location().ends_with("/moderation?done=nothing"), "{}", given.location());
        // Sam had it as the next one while nobody else was there.
        server.clock.advance(5 * 60);
        kit.queue(CAMPAIGN, "").await.expect(200);
        assert!(kit.post(&next, &[("show", "appealed")]).await.location().contains(&idea));
        assert!(kit.queue(CAMPAIGN, &format!("/{idea}")).await.text().contains("Sam Birch hid this."));
        kit.does(CAMPAIGN, &idea, "restore", &[]).await.expect(303);
        reader.reads(&idea).await.expect(200);
    }

    async fn an_appeal_stays_somebody_elses_while_its_author_is_asked(databases: &TestDatabases) {
        let server = TestServer::with_packs(databases, packs::as_they_are()).await;
        let author = server.person("bsol").await;
        let (sam, kit) = (server.moderator("Sam Birch").await, server.moderator("Kit Rowan").await);
        let idea = author.shares("Parking is full at six").await;
        let answers = async |words: &str| {
            author.post(&author.at("/mine/answer"), &[("post", &idea), ("body", words)]).await.expect(303);
        };
        // Who asks before anything is hidden goes on with it.
        sam.does(CAMPAIGN, &idea, "ask", &[("note", "Which car park?")]).await.expect(303);
        sam.does(CAMPAIGN, &idea, "hide", &[("reason", "off-topic")]).await.expect(303);
        author.post(&author.at("/mine/appeal"), &[("post", &idea), ("body", "It is on topic")]).await.expect(303);
        barred(&sam, &idea).await;
        kit.does(CAMPAIGN, &idea, "ask", &[("note", "How is it about rotas?")]).await.expect(303);
        barred(&sam, &idea).await;
        answers("Whoever comes late finds no place").await;
        barred(&sam, &idea).await;
        let next = format!("/console/campaigns/{CAMPAIGN}/moderation/next");
        sam.queue(CAMPAIGN, "").await.expect(200);
        for show in ["", "answered"] {
            let given = sam.post(&next, &[("show", show)]).await;
            assert!(given.location().ends_with("/moderation?done=nothing"), "{show}: {}", given.location());
        }
        // Nobody kept Kit off by taking it.
        kit.does(CAMPAIGN, &idea, "keep", &[]).await.expect(303);
        assert!(author.opens("/mine").await.text().contains("brought it back"), "{}", author.opens("/mine").await.text());
        // It stands, and with that it is over who hid it: it is anybody's again.
        sam.does(CAMPAIGN, &idea, "ask", &[("note", "Is it still so?")]).await.expect(303);
        answers("It is").await;
        sam.does(CAMPAIGN, &idea, "hide", &[("reason", "spam")]).await.expect(303);
        // Nor is that the end of it.
        author.post(&author.at("/mine/appeal"), &[("post", &idea), ("body", "Look again")]).await.expect(303);
        barred(&sam, &idea).await;
    }

    async fn amended_words_are_marked_and_their_author_sees_both(databases: &TestDatabases) {
        let server = TestServer::with_packs(databases, packs::as_they_are()).await;
        let (author, reader) = (server.person("bsol").await, server.person("bsol").await);
        let moderator = server.moderator("Sam Birch").await;
        let idea = author.shares_held("Ask Priya about the rota").await;
        let unchanged = [("body", "Ask Priya about the rota"), ("note", "A name")];
        moderator.does(CAMPAIGN, &idea, "amend", &unchanged).await.expect(422);
        let amended = [("body", "Ask about the rota"), ("note", "We took out a name.")];
        moderator.does(CAMPAIGN, &idea, "amend", &amended).await.expect(303);
        let seen = reader.reads(&idea).await.expect(200).text();
        assert!(seen.contains("changed by a moderator") && seen.contains("Ask about the rota"), "{seen}");
        assert!(!seen.contains("Priya"));
        let mine = author.opens("/mine").await.text();
        assert!(mine.contains("Ask Priya about the rota") && mine.contains("We took out a name."), "{mine}");
        // Taken back, nothing of it is left.
        author.takes_back(&idea).await.expect(303);
        let left = "SELECT count(*) FROM moderation_note WHERE before LIKE '%Priya%'";
        assert_eq!(Tables::of_conversation(databases).await.number(left).await, 0);
    }

    async fn asked_and_answered_without_names(databases: &TestDatabases) {
        let server = TestServer::with_packs(databases, packs::as_they_are()).await;
        let author = server.person("bsol").await;
        let moderator = server.moderator("Sam Birch").await;
        let idea = author.shares("The clinic never calls back").await;
        moderator.does(CAMPAIGN, &idea, "ask", &[("note", "Which kind of clinic?")]).await.expect(303);
        let mine = author.opens("/mine").await.text();
        assert!(mine.contains("Which kind of clinic?") && !mine.contains("Sam Birch"), "{mine}");
        let told = "A moderator has hidden, or asks about, 1 post of yours.";
        assert!(author.opens("").await.text().contains(told), "without looking for it");
        assert!(!server.person("bsol").await.opens("").await.text().contains("of yours"), "nobody else is");
        author.post(&author.at("/mine/answer"), &[("post", &idea), ("body", "For the skin")]).await.expect(303);
        assert!(!author.opens("").await.text().contains(told), "nothing waits any more");
        assert_eq!(author.post(&author.at("/mine/answer"), &[("post", &idea), ("body", "x")]).await.status, 422);
        let case = moderator.queue(CAMPAIGN, &format!("/{idea}")).await.text();
        assert!(case.contains("Author answered") && case.contains("For the skin"), "{case}");
        moderator.does(CAMPAIGN, &idea, "keep", &[]).await.expect(303);
    }

    async fn what_nobody_saw_is_nowhere_announced(databases: &TestDatabases) {
        let server = TestServer::with_packs(databases, packs::as_they_are()).await;
        let (author, reader) = (server.person("bsol").await, server.person("bsol").await);
        let moderator = server.moderator("Sam Birch").await;
        let place = reader.shares("Rotas come late").await;
        let idea = author.shares_held("Ask Susan about it").await;
        assert_eq!(author.sends_comment(&place, "", "Ask Susan about this").await.location(), author.at("/mine?done=held"));
        let comment = author.newest_case().await;
        let program = reader.program_at(server.site);
        let since = program.get("/changes?since=0").await.json()["revision"].as_i64().unwrap();
        // Changed and still held, looked at, hidden, taken back: others hear of none of it.
        author.sends_change(&idea, "Do ask Susan about it").await.expect(303);
        author.sends_change(&comment, "Do ask Susan about this").await.expect(303);
        moderator.does(CAMPAIGN, &idea, "hide", &[("reason", "names-a-person")]).await.expect(303);
        author.takes_back(&idea).await.expect(303);
        author.takes_back(&comment).await.expect(303);
        let changes = program.get(&format!("/changes?since={since}")).await.json().to_string();
        let thread = reader.reads(&place).await.expect(200).body;
        let by_program = program.get(&format!("/contributions/{place}")).await.expect(200).body;
        for post in [&idea, &comment] {
            for (where_, seen) in [("changes", &changes), ("the thread", &thread), ("the thread, by program", &by_program)] {
                assert!(!seen.contains(post.as_str()), "{where_}: {seen}");
            }
        }
    }

    async fn no_number_of_changes_ends_a_question_or_a_report(databases: &TestDatabases) {
        let server = TestServer::with_packs(databases, packs::as_they_are()).await;
        let (author, reader) = (server.person("bsol").await, server.person("bsol").await);
        let moderator = server.moderator("Sam Birch").await;
        let (asked, reported) = (author.shares("The clinic never calls back").await, author.shares("Rotas come late").await);
        moderator.does(CAMPAIGN, &asked, "ask", &[("note", "Which kind of clinic?")]).await.expect(303);
        let report = reader.at(&format!("/posts/{reported}/report"));
        reader.post(&report, &[("reason", "abuse")]).await.expect(303);
        for idea in [&asked, &reported] {
            author.sends_change(idea, "Ask Susan about it").await.expect(303);
            author.sends_change(idea, "Somebody should ask about it").await.expect(303);
        }
        let case = moderator.queue(CAMPAIGN, &format!("/{asked}")).await.text();
        assert!(case.contains("Author answered") && case.contains("Others do not see it."), "{case}");
        let case = moderator.queue(CAMPAIGN, &format!("/{reported}")).await.text();
        assert!(case.contains("Reported") && case.contains("1 report"), "{case}");
        assert_eq!(reader.opens("").await.posts(), [reported.as_str()], "what was reported could be seen all the time");
        moderator.does(CAMPAIGN, &asked, "keep", &[]).await.expect(303);
    }

    async fn authors_take_back_their_words_whatever_was_decided(databases: &TestDatabases) {
        let server = TestServer::with_packs(databases, packs::as_they_are()).await;
        let (author, reader) = (server.person("bsol").await, server.person("bsol").await);
        let moderator = server.moderator("Sam Birch").await;
        let (hidden, merged) = (author.shares("Parking is full at six").await, author.shares("The car park is full").await);
        let (target, appealed) = (reader.shares("There is no parking").await, author.shares("A noisy ward").await);
        let comment = author.comments(&target, "I know").await;
        for post in [&hidden, &comment, &appealed] {
            moderator.does(CAMPAIGN, post, "hide", &[("reason", "off-topic"), ("note", "Not here.")]).await.expect(303);
        }
        author.post(&author.at("/mine/appeal"), &[("post", &appealed), ("body", "It is")]).await.expect(303);
        moderator.does(CAMPAIGN, &merged, "merge", &[("target", &target)]).await.expect(303);
        for post in [&hidden, &merged, &comment, &appealed] {
            assert!(author.opens("/mine").await.body.contains(&format!("/posts/{post}/withdraw")));
            author.opens(&format!("/posts/{post}/withdraw")).await.expect(200);
            assert_ne!(reader.takes_back(post).await.status, 303, "only by its author");
            author.takes_back(post).await.expect(303);
        }
        let tables = Tables::of_conversation(databases).await;
        for left in ["SELECT count(*) FROM post WHERE state = 'hidden'", "SELECT count(*) FROM moderation_note", "SELECT count(*) FROM post WHERE body LIKE '%full%'"] {
            assert_eq!(tables.number(left).await, 0, "{left}");
        }
        let ledger = server.device("bsol").get(&format!("/conversations/{CAMPAIGN}/moderation")).await.expect(200);
        assert!(ledger.body.contains("It is off topic</td><td>3</td>"), "{}", ledger.text());
        tables.assert_counts_are_the_votes().await;
    }

    async fn comments_closed_under_an_idea(databases: &TestDatabases) {
        let server = TestServer::with_packs(databases, packs::as_they_are()).await;
        let (author, reader) = (server.person("bsol").await, server.person("bsol").await);
        let moderator = server.moderator("Sam Birch").await;
        let idea = author.shares("A heated matter").await;
        reader.comments(&idea, "Said before").await;
        moderator.does(CAMPAIGN, &idea, "lock", &[("lock", "yes")]).await.expect(303);
        let page = reader.reads(&idea).await;
        assert!(page.text().contains("A moderator has closed the comments here."));
        assert_eq!(reader.sends_comment(&idea, "", "Too late").await.status, 422);
        reader.votes(&idea, "agree").await;
        moderator.does(CAMPAIGN, &idea, "lock", &[("lock", "no")]).await.expect(303);
        reader.comments(&idea, "In time").await;
    }

    async fn who_decides_must_have_seen_what_stands(databases: &TestDatabases) {
        let server = TestServer::with_packs(databases, packs::as_they_are()).await;
        let author = server.person("bsol").await;
        let moderator = server.moderator("Sam Birch").await;
        let idea = author.shares("Rotas come late").await;
        let page = moderator.queue(CAMPAIGN, &format!("/{idea}")).await;
        let seen = crate::harness::staff::seen(&page);
        author.sends_change(&idea, "Rotas come early").await.expect(303);
        let late = moderator.sends(CAMPAIGN, &idea, "hide", &seen, &[("reason", "spam")]).await;
        assert!(late.expect(422).text().contains("This has changed since you opened it."));
        moderator.does(CAMPAIGN, &idea, "hide", &[("reason", "spam")]).await.expect(303);
    }
}

/// `moderator` is offered nothing that decides the case of `post`, and what they send all the same is refused.
async fn barred(moderator: &Colleague, post: &str) {
    let case = moderator.queue(CAMPAIGN, &format!("/{post}")).await.expect(200);
    assert!(case.text().contains("another moderator decides"), "{}", case.text());
    let seen = seen(&case);
    for form in ["claim", "keep", "amend", "hide", "restore", "ask"] {
        assert!(!case.body.contains(&format!("/{form}\"")), "{form} is offered");
        let fields = [("reason", "spam"), ("body", "Parking is full"), ("note", "Why?")];
        let refused = moderator.sends(CAMPAIGN, post, form, &seen, &fields).await.expect(422);
        assert!(refused.text().contains("Another moderator decides."), "{form}: {}", refused.text());
    }
}
