//! What a person comes to do, from the code in their hand to leaving the device: by pages, and the same by the API.

use reqwest::Method;
use serde_json::json;

use crate::harness::answer::counts;
use crate::harness::databases::both_databases;
use crate::harness::people::api_counts;
use crate::harness::server::TestServer;
use crate::harness::tables::Tables;

both_databases! {
    async fn people_read_write_and_answer_each_other(databases: &TestDatabases) {
        let server = TestServer::start(databases).await;
        let (ann, ben) = (server.person("bsol").await, server.person("bsol").await);

        let idea = ann.shares("Lockers for the night shift, please.\nSee https://lockers.example.").await;
        let page = ben.opens("").await.expect(200);
        assert_eq!(page.posts(), [idea.as_str()]);
        assert!(page.post(&idea).contains("Lockers for the night shift"));
        assert!(page.post(&idea).contains("0 comments"));

        let comment = ben.comments(&idea, "Ours have been broken since May.").await;
        let reply = ann.replies(&idea, &comment, "Who did you tell?").await;
        let page = ben.reads(&idea).await.expect(200);
        assert_eq!(page.posts(), [idea.as_str(), comment.as_str(), reply.as_str()]);
        assert_eq!(page.author(&idea), page.author(&reply), "one person has one name in a thread");
        assert_ne!(page.author(&idea), page.author(&comment));
        assert!(page.post(&reply).contains("Wrote the idea"));
        assert!(ann.opens("").await.post(&idea).contains("2 comments"));
    }

    async fn a_vote_is_cast_changed_and_withdrawn(databases: &TestDatabases) {
        let server = TestServer::start(databases).await;
        let (ann, ben) = (server.person("bsol").await, server.person("bsol").await);
        let idea = ann.shares("Rotas six weeks ahead.").await;
        let comment = ann.comments(&idea, "Eight would be better.").await;

        for (pressed, own, then) in [
            ("agree", Some("agree"), counts(1, 0, 0)),
            ("agree", Some("agree"), counts(1, 0, 0)),
            ("disagree", Some("disagree"), counts(0, 1, 0)),
            ("pass", Some("pass"), counts(0, 0, 1)),
            ("withdraw", None, counts(0, 0, 0)),
            ("withdraw", None, counts(0, 0, 0)),
        ] {
            for post in [&idea, &comment] {
                ben.votes(post, pressed).await;
                let page = ben.reads(&idea).await;
                assert_eq!(page.counts(post), then, "after {pressed}");
                assert_eq!(page.own_answer(post).as_deref(), own, "after {pressed}");
                assert_eq!(ann.reads(&idea).await.own_answer(post), None, "nobody else's buttons are pressed");
            }
            assert_eq!(ann.opens("").await.counts(&idea), then, "after {pressed}, in the list");
        }
        let nonsense = ben.presses(&idea, "maybe").await;
        assert_eq!(nonsense.status, 422);
        let votes = Tables::of_conversation(databases).await.number("SELECT count(*) FROM vote").await;
        assert_eq!(votes, 0);
    }

    async fn an_edit_shows_and_keeps_what_was(databases: &TestDatabases) {
        let server = TestServer::start(databases).await;
        let (ann, ben) = (server.person("bsol").await, server.person("bsol").await);
        let idea = ann.shares("First words").await;
        let form = ann.opens(&format!("/posts/{idea}/edit")).await.expect(200);
        assert!(form.body.contains("First words"));

        ann.sends_change(&idea, "Second words").await.expect(303);
        ann.sends_change(&idea, "Third words").await.expect(303);
        let shown = ben.reads(&idea).await;
        assert!(shown.post(&idea).contains("Third words") && shown.post(&idea).contains(", edited"));
        assert!(!shown.body.contains("First words") && !shown.body.contains("Second words"));

        let tables = Tables::of_conversation(databases).await;
        let earlier = format!("SELECT body FROM post_version WHERE {} ORDER BY version", tables.is("post_id", &idea));
        assert_eq!(tables.texts(&earlier).await, ["First words", "Second words"]);

        assert_eq!(ben.opens(&format!("/posts/{idea}/edit")).await.status, 404, "nobody edits another's words");
        let stolen = ben.sends_change(&idea, "Stolen").await;
        assert!(stolen.status >= 400, "{}", stolen.status);
        assert!(ann.reads(&idea).await.body.contains("Third words"));
    }

    async fn what_is_taken_back_is_erased(databases: &TestDatabases) {
        let server = TestServer::start(databases).await;
        let (ann, ben) = (server.person("bsol").await, server.person("bsol").await);
        let alone = ann.shares("Regretted alone").await;
        let discussed = ann.shares("Regretted and discussed").await;
        ann.sends_change(&discussed, "Regretted, discussed and edited").await.expect(303);
        let comment = ben.comments(&discussed, "I agree with you").await;
        ben.votes(&discussed, "agree").await;

        assert!(ben.takes_back(&alone).await.status >= 400, "nobody takes back another's words");
        for post in [&alone, &discussed] {
            ann.opens(&format!("/posts/{post}/withdraw")).await.expect(200);
            ann.takes_back(post).await.expect(303);
        }
        let list = ben.opens("").await;
        assert!(list.posts().is_empty() && !list.body.contains("Regretted"));
        ben.reads(&alone).await.expect(404);
        let thread = ben.reads(&discussed).await.expect(200);
        assert_eq!(thread.posts(), [comment.as_str()]);
        assert!(thread.body.contains("has taken it back") && !thread.body.contains("Regretted"));
        assert!(ben.presses(&alone, "agree").await.status >= 400, "nobody votes on what is gone");

        let dump = format!("{:?}", Tables::of_conversation(databases).await.dump().await);
        assert!(!dump.contains("Regretted"), "the words are in no table");
        assert!(dump.contains("I agree with you"), "the dump shows words that are there");
    }

    async fn mine_is_mine_and_leaving_ends_it(databases: &TestDatabases) {
        let server = TestServer::start(databases).await;
        let (ann, ben) = (server.person("bsol").await, server.person("bsol").await);
        let idea = ann.shares("Parking at Solihull").await;
        ann.comments(&idea, "And bicycles").await;
        ben.votes(&idea, "disagree").await;

        let mine = ann.opens("/mine").await.expect(200);
        assert!(mine.body.contains("Parking at Solihull") && mine.body.contains("And bicycles"));
        let others = ben.opens("/mine").await.expect(200);
        assert!(others.body.contains("You have not shared an idea yet"));
        assert!(others.body.contains("Parking at Solihull"), "what Ben voted on");
        assert!(others.body.contains("Not my experience"), "in the prompt's own words");

        let session = ann.cookie("__Host-candour-bsol").unwrap();
        assert_eq!(ann.post("/leave", &[]).await.location(), "/?done=left");
        assert_eq!(ann.cookie("__Host-candour-bsol"), None);
        assert_eq!(ann.opens("").await.location(), "/join/first-conversation");
        ann.plant_cookie("__Host-candour-bsol", &session);
        assert_eq!(ann.opens("").await.location(), "/join/first-conversation", "the session itself has ended");
        assert!(ben.opens("").await.body.contains("Parking at Solihull"), "what was said stays");
    }

    async fn a_mistake_in_a_form_costs_nothing(databases: &TestDatabases) {
        let server = TestServer::start(databases).await;
        let ann = server.person("bsol").await;
        let refused = ann.sends_idea("", "Words without a question").await.expect(422);
        assert!(refused.body.contains("Words without a question") && refused.body.contains("There is a problem"));
        let refused = ann.sends_idea("no-such-prompt", "Words for nothing").await.expect(422);
        assert!(refused.body.contains("Words for nothing"));
        ann.sends_idea("frustrations", " \n ").await.expect(422);
        let long = "long ".repeat(700);
        let refused = ann.sends_idea("frustrations", &long).await.expect(422);
        assert!(refused.body.contains(long.trim()) && refused.body.contains("3000"));
        let idea = ann.shares("An idea").await;
        let refused = ann.sends_comment(&idea, "", &long).await.expect(422);
        assert!(refused.body.contains(long.trim()));
        let refused = ann.sends_change(&idea, &long).await.expect(422);
        assert!(refused.body.contains(long.trim()));
        assert_eq!(Tables::of_conversation(databases).await.number("SELECT count(*) FROM post").await, 1);
    }

    async fn a_program_can_do_all_of_it(databases: &TestDatabases) {
        let server = TestServer::start(databases).await;
        let (ann, ben) = (server.program("bsol").await, server.program("bsol").await);
        let reader = server.person("bsol").await;

        let new = json!({ "prompt": "frustrations", "body": "Ten passwords", "theme": "kit", "feeling": "tired" });
        let idea = id(&ann.put(Method::POST, "/contributions", &new).await.expect(201));
        let thread = format!("/contributions/{idea}");
        let comment = id(&ben.put(Method::POST, &format!("{thread}/comments"), &json!({ "body": "Twelve" })).await.expect(201));
        let reply = json!({ "body": "Which?", "reply_to": comment });
        ann.put(Method::POST, &format!("{thread}/comments"), &reply).await.expect(201);

        let vote = format!("/posts/{idea}/vote");
        ben.put(Method::PUT, &vote, &json!({ "value": "agree" })).await.expect(200);
        ben.put(Method::PUT, &vote, &json!({ "value": "pass" })).await.expect(200);
        let shown = ben.get(&thread).await.expect(200).json();
        assert_eq!(api_counts(&shown["contribution"]), counts(0, 0, 1));
        assert_eq!(shown["contribution"]["own_vote"], "pass");
        assert_eq!(shown["contribution"]["own"], false);
        assert_eq!(shown["comments"].as_array().unwrap().len(), 2);
        assert_eq!(reader.counts(&idea).await, counts(0, 0, 1), "the page shows what the API did");
        ben.delete(&vote).await.expect(204);
        assert_eq!(reader.counts(&idea).await, counts(0, 0, 0));

        ann.put(Method::PATCH, &format!("/posts/{idea}"), &json!({ "body": "Eleven passwords" })).await.expect(200);
        let shown = ben.get(&thread).await.json();
        assert_eq!((&shown["contribution"]["body"], &shown["contribution"]["edited"]), (&json!("Eleven passwords"), &json!(true)));
        assert_eq!(shown["contribution"]["theme"], "kit", "what is left out stays");
        assert_eq!(ben.put(Method::PATCH, &format!("/posts/{idea}"), &json!({ "body": "x" })).await.expect(403).problem(), "not-yours");

        let mine = ann.get("/mine").await.expect(200).json();
        assert_eq!(mine["posts"].as_array().unwrap().len(), 2);
        ann.delete(&format!("/posts/{idea}")).await.expect(204);
        let list = ben.get("/contributions").await.expect(200).json();
        assert_eq!(list["matching"], 0);
        assert_eq!(ben.put(Method::PUT, &vote, &json!({ "value": "agree" })).await.expect(410).problem(), "gone");
    }
}

fn id(answer: &crate::harness::answer::Answer) -> String {
    answer.json()["id"].as_str().unwrap().to_owned()
}
