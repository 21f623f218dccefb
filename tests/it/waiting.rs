//! Nobody is let in alone: who comes in waits for others or for the hour. Meanwhile they read, and what they send is kept.

use crate::harness::databases::{Kind, both_databases, with_databases};
use crate::harness::joiner::{Key, Onward};
use crate::harness::packs;
use crate::harness::server::TestServer;
use crate::harness::tables::Tables;

both_databases! {
    async fn what_is_sent_while_waiting_appears_with_the_group(databases: &TestDatabases) {
        let server = TestServer::with_packs(databases, packs::waiting_for(3)).await;
        let tables = Tables::of_conversation(databases).await;
        let codes = server.codes("bsol", "first-conversation", 3).await;
        let ann = server.device("bsol").enters(&codes[0]).await;
        let page = ann.opens("").await.expect(200);
        assert!(page.body.contains("next group"), "it is said that she waits");
        let kept = ann.sends_idea(&first_prompt(&ann.opens("/share").await.body), "Kept words").await.expect(303);
        assert!(kept.location().contains("/mine"), "{}", kept.location());
        assert!(ann.opens("/mine").await.body.contains("Kept words"));
        assert_eq!(tables.number("SELECT count(*) FROM post").await, 0);
        assert_eq!(tables.number("SELECT count(*) FROM participant").await, 0);
        // Her code is spent all the same.
        server.device("bsol").types_code(&codes[0]).await.expect(422);
        let ben = server.device("bsol").enters(&codes[1]).await;
        assert_eq!(tables.number("SELECT count(*) FROM waiting").await, 2);
        let cyd = server.device("bsol").enters(&codes[2]).await;
        assert_eq!(tables.number("SELECT count(*) FROM waiting").await, 0);
        assert_eq!(tables.number("SELECT count(*) FROM participant").await, 3);
        for person in [&ann, &ben, &cyd] {
            let page = person.opens("").await.expect(200);
            assert!(page.body.contains("Kept words") && !page.body.contains("next group"));
        }
        let idea = ann.shares("At once from now on").await;
        ben.votes(&idea, "agree").await;
    }

    async fn who_leaves_while_waiting_has_left(databases: &TestDatabases) {
        let server = TestServer::with_packs(databases, packs::waiting_for(2)).await;
        let codes = server.codes("bsol", "first-conversation", 2).await;
        let ann = server.device("bsol").enters(&codes[0]).await;
        let copied = ann.at_server(server.site);
        copied.opens("/mine").await.expect(200);
        ann.post("/leave", &[]).await.expect(303);
        assert_ne!(copied.opens("/mine").await.status, 200, "a copied cookie opens nothing");
        server.device("bsol").enters(&codes[1]).await;
        assert_ne!(copied.opens("/mine").await.status, 200, "nor once the group is in");
    }

    async fn one_key_in_two_campaigns_holds_nobody_up(databases: &TestDatabases) {
        let mut packs = packs::all_open();
        packs.iter_mut().for_each(|pack| pack.tenant.joining.batch_size = 2);
        let server = TestServer::with_packs(databases, packs).await;
        let tenant = server.tenant("bsol").await;
        // The device could derive the same key for both: the server must not mind.
        let keys = [0, 1].map(|campaign| Key::new([9; 32], tenant.id, &tenant.campaigns[campaign]));
        server.launch("bsol", &[("ann@uhb.example", "uhb")]).await;
        let second = &tenant.campaigns[1];
        let log = server.enrolment.launch_campaign(&tenant, second).await.unwrap();
        server.actions.learn_keys(&tenant, &log).await.unwrap();
        for key in &keys {
            let organisation = tenant.organisations.iter().find(|organisation| organisation.takes_sign_ups()).unwrap();
            let email = format!("carol-{}@{}", key.slug, organisation.email_domains.first().map_or("any.example", |domain| domain));
            let device = server.device("bsol");
            device.asks_to_sign_up(&key.slug, &organisation.slug, "staff", &email).await.expect(303);
            let text = server.email_to(&email).await.text().to_owned();
            let link = crate::harness::answer::between(&text, "/confirm?link=", "\n").unwrap().trim().to_owned();
            device.get(&format!("/join/{}/confirm?link={link}", key.slug)).await.expect(200);
            let confirmed = device.post(&format!("/join/{}/confirm", key.slug), &[("link", &link)]).await.expect(303);
            device.joins(key, &Onward::of(&confirmed)).await;
            let code = server.codes("bsol", &key.slug, 1).await.remove(0);
            if key.slug == keys[1].slug {
                // Completes the second campaign's group; then the first one's.
                server.device("bsol").types_code(&code).await.expect(303);
            }
        }
        let code = server.codes("bsol", &keys[0].slug, 1).await.remove(0);
        server.device("bsol").types_code(&code).await.expect(303);
        let tables = Tables::of_conversation(databases).await;
        assert_eq!(tables.number("SELECT count(*) FROM waiting").await, 0);
        assert_eq!(tables.number("SELECT count(*) FROM credential").await, 2);
    }

    async fn kept_comments_and_votes_count_and_what_is_dropped_does_not(databases: &TestDatabases) {
        let server = TestServer::with_packs(databases, packs::waiting_for(2)).await;
        let codes = server.codes("bsol", "first-conversation", 4).await;
        let (ann, ben) = (server.device("bsol").enters(&codes[0]).await, server.device("bsol").enters(&codes[1]).await);
        let idea = ben.shares("Said by Ben").await;
        let cyd = server.device("bsol").enters(&codes[2]).await;
        cyd.sends_comment(&idea, "", "Kept comment").await.expect(303);
        cyd.presses(&idea, "agree").await.expect(303);
        cyd.presses(&idea, "disagree").await.expect(303);
        cyd.sends_idea(&first_prompt(&cyd.opens("/share").await.body), "Thought better of").await.expect(303);
        assert_eq!(ann.counts(&idea).await, crate::harness::answer::counts(0, 0, 0));
        let mine = cyd.opens("/mine").await.expect(200);
        let place = mine.body.split("Thought better of").nth(1).and_then(|rest| crate::harness::answer::between(rest, "name=\"place\" value=\"", "\"")).expect("it can be taken back").to_owned();
        cyd.post(&cyd.at("/mine/kept"), &[("place", &place)]).await.expect(303);
        server.device("bsol").enters(&codes[3]).await;
        assert_eq!(ann.counts(&idea).await, crate::harness::answer::counts(0, 1, 0));
        let page = ann.reads(&idea).await.expect(200);
        assert!(page.body.contains("Kept comment"));
        assert!(!ann.opens("").await.body.contains("Thought better of"));
        Tables::of_conversation(databases).await.assert_counts_are_the_votes().await;
    }

    async fn what_cannot_be_done_any_more_is_told_to_its_author_alone(databases: &TestDatabases) {
        let server = TestServer::with_packs(databases, packs::waiting_for(2)).await;
        let tables = Tables::of_conversation(databases).await;
        let codes = server.codes("bsol", "first-conversation", 4).await;
        let (ann, ben) = (server.device("bsol").enters(&codes[0]).await, server.device("bsol").enters(&codes[1]).await);
        let idea = ben.shares("Soon taken back").await;
        let cyd = server.device("bsol").enters(&codes[2]).await;
        let words = ["Cyd's comment,\n\nin two paragraphs", "Cyd's answer to a question that goes", "Cyd's answer to one that stays"];
        cyd.sends_comment(&idea, "", words[0]).await.expect(303);
        cyd.presses(&idea, "agree").await.expect(303);
        let page = cyd.opens("/share").await.body;
        let prompts: Vec<&str> = page.split("name=\"prompt\"").skip(1).filter_map(|rest| crate::harness::answer::between(rest, "value=\"", "\"")).collect();
        cyd.sends_idea(prompts[0], words[1]).await.expect(303);
        cyd.sends_idea(prompts[1], words[2]).await.expect(303);
        ben.takes_back(&idea).await.expect(303);
        let mut changed = packs::waiting_for(2).remove(1);
        changed.campaigns.get_mut("first-conversation").unwrap().rounds[0].prompts[0].slug = "asked-anew".to_owned();
        server.sides().replace_tenant_pack(&changed).await.unwrap();

        let dan = server.device("bsol").enters(&codes[3]).await;
        let mine = cyd.opens("/mine").await.expect(200);
        let (told, done) = mine.body.split_once("Not in the conversation").and_then(|(_, rest)| rest.split_once("Put these away")).expect("it is told");
        for text in ["Cyd&#x27;s comment,\n\nin two paragraphs", "You agree", "question that goes", "taken back or taken down", "were changed after you sent it"] {
            assert!(told.contains(text) && !done.contains(text), "{text}: {told}");
        }
        assert!(done.contains("one that stays"), "the rest is done");
        let export = cyd.opens("/mine/export").await.expect(200).json();
        assert_eq!(export["not_done"].as_array().map(Vec::len), Some(3), "{export}");
        for other in [&ann, &ben, &dan] {
            for rest in ["", "/mine", "/mine/export"] {
                let body = other.opens(rest).await.expect(200).body;
                assert!(!body.contains("in two paragraphs") && !body.contains("question that goes") && !body.contains("Not in the conversation"));
            }
            other.post(&other.at("/mine/not-done"), &[]).await.expect(303);
        }
        assert_eq!(tables.number("SELECT count(*) FROM refused_acts").await, 1, "nobody puts away what is another's");
        let away = cyd.post(&cyd.at("/mine/not-done"), &[]).await.expect(303);
        assert!(cyd.get(away.location()).await.expect(200).body.contains("put it away"));
        assert!(!cyd.opens("/mine").await.body.contains("Not in the conversation"));
        assert!(!format!("{:?}", tables.dump().await).contains("question that goes"), "the words are gone");
        cyd.comments(&cyd.shares("An idea of her own").await, "And a comment").await;
    }

    async fn a_cookie_that_is_no_session_reaches_no_database(databases: &TestDatabases) {
        let server = TestServer::start(databases).await;
        let ann = server.person("bsol").await;
        let cookies = ann.cookie_header();
        let (name, token) = cookies.split("; ").filter_map(|pair| pair.split_once('=')).find(|(_, value)| ann.session().as_deref() == Some(*value)).unwrap();
        // Whoever looks into it now meets a fault.
        Tables::of_conversation(databases).await.change("ALTER TABLE waiting_session RENAME TO elsewhere").await;
        let status = async |cookie: &str| {
            let device = server.device("bsol");
            device.plant_cookie(name, cookie);
            device.get("/").await.status
        };
        for cookie in ["x", &token[1..], &format!("{token}A"), &token.replace(|_| true, "."), "' OR 1=1 --", token] {
            assert_eq!(status(cookie).await, 200, "{cookie}");
        }
        assert_eq!(status(&"A".repeat(token.len())).await, 500, "what could be a session is looked up");
    }

    async fn who_erases_everything_erases_what_could_not_be_done(databases: &TestDatabases) {
        let server = TestServer::with_packs(databases, packs::waiting_for(2)).await;
        let codes = server.codes("bsol", "first-conversation", 4).await;
        server.device("bsol").enters(&codes[0]).await;
        let ben = server.device("bsol").enters(&codes[1]).await;
        let idea = ben.shares("Soon taken back").await;
        let cyd = server.device("bsol").enters(&codes[2]).await;
        cyd.sends_comment(&idea, "", "Too late").await.expect(303);
        ben.takes_back(&idea).await.expect(303);
        server.device("bsol").enters(&codes[3]).await;
        let tables = Tables::of_conversation(databases).await;
        assert_eq!(tables.number("SELECT count(*) FROM refused_acts").await, 1);
        cyd.opens("/mine/erase").await.expect(200);
        cyd.post(&cyd.at("/mine/erase"), &[]).await.expect(303);
        assert_eq!(tables.number("SELECT count(*) FROM refused_acts").await, 0);
    }

    async fn the_hour_lets_everybody_in_and_so_does_the_close(databases: &TestDatabases) {
        let server = TestServer::with_packs(databases, packs::waiting_for(20)).await;
        let tables = Tables::of_conversation(databases).await;
        let codes = server.codes("bsol", "first-conversation", 2).await;
        server.actions.keep_house().await.unwrap();
        let ann = server.device("bsol").enters(&codes[0]).await;
        ann.sends_idea(&first_prompt(&ann.opens("/share").await.body), "Before the hour").await.expect(303);
        server.actions.keep_house().await.unwrap();
        assert_eq!(tables.number("SELECT count(*) FROM post").await, 0, "it is midday");
        server.clock.set("2023-12-01T18:00:00Z");
        server.actions.keep_house().await.unwrap();
        assert_eq!(tables.number("SELECT count(*) FROM post").await, 1, "the hour has come");
        // Who comes after the hour waits for the next day's, or for the close.
        server.clock.set("2023-12-14T20:00:00Z");
        server.actions.keep_house().await.unwrap();
        let ben = server.device("bsol").enters(&codes[1]).await;
        ben.sends_idea(&first_prompt(&ben.opens("/share").await.body), "In the last hours").await.expect(303);
        server.actions.keep_house().await.unwrap();
        assert_eq!(tables.number("SELECT count(*) FROM post").await, 1, "he is not let in alone at once");
        let closes_at = server.campaign("bsol").await.rounds[0].closes_at;
        server.clock.set(&closes_at.to_rfc3339());
        server.actions.keep_house().await.unwrap();
        assert_eq!(tables.number("SELECT count(*) FROM post").await, 2, "accepted in time, it stands");
    }
}

/// PostgreSQL keeps rows in the order in which they were written: those of who waits are written anew with each who comes.
#[test]
fn who_waits_stands_in_no_order_on_postgres() {
    with_databases(Kind::Postgres, |databases| {
        Box::pin(async move {
            let server = TestServer::with_packs(databases, packs::waiting_for(20)).await;
            for code in server.codes("bsol", "first-conversation", 9).await {
                server.device("bsol").enters(&code).await;
            }
            let tables = Tables::of_conversation(databases).await;
            for (table, key) in
                [("waiting", "participant_id::text"), ("waiting_session", "encode(hash, 'hex')")]
            {
                let stored = tables.texts(&format!("SELECT {key} FROM {table} ORDER BY ctid")).await;
                assert!(stored.len() == 9 && stored.is_sorted(), "{table}: {stored:?}");
                let writers = format!("SELECT count(DISTINCT age(xmin)) FROM {table}");
                assert_eq!(tables.number(&writers).await, 1, "{table}");
            }
        })
    });
}

fn first_prompt(page: &str) -> String {
    let radio =
        page.split("<input").find(|input| input.contains("name=\"prompt\"")).expect("the form has prompts");
    crate::harness::answer::between(radio, "value=\"", "\"").expect("a prompt has a name").to_owned()
}
