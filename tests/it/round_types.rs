//! Rounds that a round type runs, in the real server: BSol's second conversation, which reviews pledges.

mod closing;
mod upgrade;

use policy::Role;
use serde_json::Value;

use crate::harness::answer::Answer;
use crate::harness::databases::{Kind, TestDatabases, both_databases};
use crate::harness::packs::{self, SECOND};
use crate::harness::people::Person;
use crate::harness::server::TestServer;
use crate::harness::tables::Tables;

/// BSol's second conversation is open then.
const DURING: &str = "2024-05-01T10:00:00Z";
/// It has closed.
const AFTER: &str = "2024-05-08T10:00:00Z";

/// A server on which BSol's second conversation is open.
async fn reviewing(databases: &TestDatabases) -> TestServer {
    waiting_for(databases, 1).await
}

async fn waiting_for(databases: &TestDatabases, size: u32) -> TestServer {
    let mut packs = packs::with_both_conversations();
    packs.iter_mut().for_each(|pack| pack.tenant.joining.batch_size = size);
    let server = TestServer::with_packs(databases, packs).await;
    server.clock.set(DURING);
    server
}

/// What a participant keeps, as SQL.
fn kept(databases: &TestDatabases, json: &str) -> String {
    match databases.kind {
        Kind::Sqlite => format!("CAST('{json}' AS BLOB)"),
        Kind::Postgres => format!("convert_to('{json}', 'UTF8')"),
    }
}

impl Person {
    /// Says what they think of a pledge.
    async fn judges(&self, pledge: &str, verdict: &str, comment: &str) -> Answer {
        let path = self.at(&format!("/activity/pledge/{pledge}"));
        self.get(&path).await.expect(200);
        self.judges_at_once(pledge, verdict, comment).await
    }

    /// The same without opening the page again.
    async fn judges_at_once(&self, pledge: &str, verdict: &str, comment: &str) -> Answer {
        let fields = [("_form", "verdict"), ("verdict", verdict), ("comment", comment), ("_pressed", "stay")];
        self.post(&self.at(&format!("/activity/pledge/{pledge}")), &fields).await
    }
}

both_databases! {
    async fn somebody_reviews_pledges_and_changes_their_mind(databases: &TestDatabases) {
        let server = reviewing(databases).await;
        let ann = server.person_in("bsol", SECOND).await;
        assert_eq!(ann.opens("").await.location(), ann.at("/activity"), "what people do comes first");
        let front = ann.opens("/activity").await.expect(200);
        assert!(front.body.contains("Pledges you have reviewed: 0 of 10"), "{}", front.body);
        let saved = ann.judges("rotas", "strong", "").await.expect(303);
        assert_eq!(saved.location(), ann.at("/activity/pledge/rotas"));
        let page = ann.opens("/activity/pledge/rotas").await.expect(200);
        assert!(page.body.contains("Saved: “Rotas in good time”. You can change it until the conversation closes."));
        assert!(page.body.contains("value=\"strong\" checked"), "{}", page.body);
        assert!(!ann.opens("/activity/pledge/rotas").await.body.contains("Saved"), "it is said once");
        ann.judges("rotas", "wrong", "").await.expect(303);
        let front = ann.opens("/activity").await.expect(200);
        assert!(front.body.contains("Pledges you have reviewed: 1 of 10"));
        ann.judges("rotas", "", "").await.expect(303);
        let page = ann.opens("/activity/pledge/rotas").await.expect(200);
        assert!(page.body.contains("Taken back: what you said about “Rotas in good time”."), "{}", page.body);
        let ben = server.person_in("bsol", SECOND).await;
        let page = ben.judges("rotas", "", "").await.expect(422);
        assert!(page.body.contains("You have not said anything about “Rotas in good time” yet."), "{}", page.body);
        let kept = Tables::of_conversation(databases).await.number("SELECT count(*) FROM own_state").await;
        assert_eq!(kept, 1, "of who said something");
    }

    async fn what_another_process_has_written_meanwhile_is_not_lost(databases: &TestDatabases) {
        let server = reviewing(databases).await;
        let ann = server.person_in("bsol", SECOND).await;
        ann.judges("rotas", "strong", "").await.expect(303);
        // By another device, at another process: this one remembers what it wrote.
        let other_verdict = match databases.kind {
            Kind::Sqlite => "CAST(replace(CAST(value AS TEXT), 'strong', 'wrong') AS BLOB)",
            Kind::Postgres => "convert_to(replace(convert_from(value, 'UTF8'), 'strong', 'wrong'), 'UTF8')",
        };
        let tables = Tables::of_conversation(databases).await;
        tables.change(&format!("UPDATE own_state SET version = version + 1, value = {other_verdict}")).await;
        ann.judges_at_once("rest", "strong", "").await.expect(303);
        for (pledge, verdict) in [("rotas", "wrong"), ("rest", "strong")] {
            let page = ann.opens(&format!("/activity/pledge/{pledge}")).await.expect(200);
            assert!(page.body.contains(&format!("value=\"{verdict}\" checked")), "{pledge}: {}", page.body);
        }
        // It remembers that something was said, and another process has taken it back: nothing is left to take back.
        tables.change(&format!("UPDATE own_state SET version = version + 1, value = {}", kept(databases, "{}"))).await;
        ann.judges_at_once("rest", "", "").await.expect(422);
        // And the other way about: it remembers nothing, and another process has a verdict.
        ann.opens("/activity").await.expect(200);
        let rest = r#"{"rest":{"verdicts":{"1":{"verdict":"wrong","reasons":[]}},"comment":null}}"#;
        tables.change(&format!("UPDATE own_state SET version = version + 1, value = {}", kept(databases, rest))).await;
        ann.judges_at_once("rest", "", "").await.expect(303);
        // Nothing is there any more, and that as well is found out.
        tables.change("DELETE FROM own_state").await;
        ann.judges_at_once("kit", "wrong", "").await.expect(303);
        let front = ann.opens("/activity").await.expect(200);
        assert!(front.body.contains("Pledges you have reviewed: 1 of 10"), "{}", front.body);
    }

    async fn the_form_after_a_form_is_taken_without_reading(databases: &TestDatabases) {
        let server = reviewing(databases).await;
        let ann = server.person_in("bsol", SECOND).await;
        ann.judges("rotas", "strong", "").await.expect(303);
        ann.judges("rest", "strong", "").await.expect(303);
        // No version moves, so nothing says that it did.
        let tables = Tables::of_conversation(databases).await;
        let nothing = kept(databases, "{}");
        tables.change(&format!("UPDATE own_state SET value = {nothing}")).await;
        ann.judges_at_once("kit", "strong", "").await.expect(303);
        let front = ann.opens("/activity").await.expect(200);
        assert!(front.body.contains("Pledges you have reviewed: 3 of 10"), "{}", front.body);
        // A page is drawn from what stands.
        tables.change(&format!("UPDATE own_state SET value = {nothing}")).await;
        let front = ann.opens("/activity").await.expect(200);
        assert!(front.body.contains("Pledges you have reviewed: 0 of 10"), "{}", front.body);
    }

    async fn reasons_that_are_not_kept_are_named(databases: &TestDatabases) {
        let server = reviewing(databases).await;
        let ann = server.person_in("bsol", SECOND).await;
        let path = ann.at("/activity/pledge/rotas");
        let form = ann.get(&path).await.expect(200);
        let (_, wrong) = form.body.split_once("name=\"wrong-reasons\"").expect("reasons");
        let wrong = crate::harness::answer::between(wrong, "value=\"", "\"").expect("a reason");
        let fields =
            [("_form", "verdict"), ("verdict", "strong"), ("wrong-reasons", wrong), ("comment", ""), ("_pressed", "stay")];
        ann.post(&path, &fields).await.expect(303);
        let page = ann.get(&path).await.expect(200);
        assert!(page.body.contains("You chose “Strong”, so the reasons under “If wrong” are not kept."), "{}", page.body);
    }

    async fn words_in_place_of_hidden_ones_are_a_new_contribution(databases: &TestDatabases) {
        let server = reviewing(databases).await;
        let (ann, ben) = (server.person_in("bsol", SECOND).await, server.person_in("bsol", SECOND).await);
        let sam = server.colleague("bsol", "Sam Birch", &[Role::Moderator]).await;
        ann.judges("rotas", "wrong", "Six weeks is too late.").await.expect(303);
        let list = ben.opens("?prompt=rotas").await.expect(200);
        let hidden = crate::harness::answer::between(&list.body, "id=\"post-", "\"").unwrap().to_owned();
        sam.does(SECOND, &hidden, "hide", &[("reason", "off-topic")]).await.expect(303);
        // A change of mind with the same words says nothing anew.
        ann.judges("rotas", "strong", "Six weeks is too late.").await.expect(303);
        assert!(!ben.opens("?prompt=rotas").await.expect(200).body.contains("Six weeks"));
        ann.judges("rotas", "strong", "Eight weeks would be right.").await.expect(303);
        let list = ben.opens("?prompt=rotas").await.expect(200);
        let anew = crate::harness::answer::between(&list.body, "id=\"post-", "\"").unwrap().to_owned();
        assert!(list.body.contains("Eight weeks would be right.") && anew != hidden);
        assert!(!list.body.contains("Six weeks is too late."), "what was hidden stays away");
        ben.reads(&hidden).await.expect(404);
    }

    async fn what_is_said_of_a_pledge_is_read_answered_and_changed_like_any_idea(databases: &TestDatabases) {
        let server = reviewing(databases).await;
        let (ann, ben) = (server.person_in("bsol", SECOND).await, server.person_in("bsol", SECOND).await);
        ann.judges("rotas", "wrong", "Six weeks is too late for child care.").await.expect(303);
        let page = ben.opens("/activity/pledge/rotas").await.expect(200);
        assert!(page.body.contains("Six weeks is too late"), "{}", page.body);
        let list = ben.opens("?prompt=rotas").await.expect(200);
        let post = crate::harness::answer::between(&list.body, "id=\"post-", "\"").unwrap().to_owned();
        ben.votes(&post, "agree").await;
        ben.comments(&post, "And for carers.").await;
        ann.judges("rotas", "wrong", "Eight weeks would be right.").await.expect(303);
        let changed = ben.reads(&post).await.expect(200);
        assert!(changed.body.contains("Eight weeks would be right.") && changed.body.contains("And for carers."));
        ann.judges("rotas", "wrong", "").await.expect(303);
        assert!(!ben.opens("?prompt=rotas").await.body.contains("Eight weeks"), "taken back");
    }

    async fn nothing_typed_is_lost_and_nothing_strange_is_taken(databases: &TestDatabases) {
        let server = reviewing(databases).await;
        let ann = server.person_in("bsol", SECOND).await;
        let long = "x".repeat(2_001);
        let refused = ann.judges("rotas", "strong", &long).await.expect(422);
        assert!(refused.body.contains(&long) && refused.body.contains("Use 2000 characters or fewer."), "{}", refused.body);
        ann.judges("rotas", "perhaps", "").await.expect(422);
        let path = ann.at("/activity/pledge/rotas");
        let unknown = ann.post(&path, &[("_form", "nothing"), ("_pressed", "stay")]).await.expect(422);
        assert!(unknown.body.contains("This page has changed"), "{}", unknown.body);
        ann.opens("/activity/pledge/nowhere").await.expect(404);
        let kept = Tables::of_conversation(databases).await.number("SELECT count(*) FROM own_state").await;
        assert_eq!(kept, 0);
    }

    async fn before_and_after_the_round_takes_nothing(databases: &TestDatabases) {
        let server = reviewing(databases).await;
        let ann = server.person_in("bsol", SECOND).await;
        ann.opens("/activity/pledge/rotas").await.expect(200);
        server.clock.set(AFTER);
        let fields = [("_form", "verdict"), ("verdict", "strong"), ("comment", "Kept words"), ("_pressed", "stay")];
        let late = ann.post(&ann.at("/activity/pledge/rotas"), &fields).await.expect(409);
        assert!(late.body.contains("has closed"), "{}", late.body);
        server.clock.set("2024-04-20T10:00:00Z");
        ann.opens("/activity").await.expect(200);
        ann.post(&ann.at("/activity/pledge/rotas"), &fields).await.expect(409);
    }

    async fn who_waits_sees_what_they_gave_and_it_counts_once_they_are_in(databases: &TestDatabases) {
        let server = waiting_for(databases, 2).await;
        let tables = Tables::of_conversation(databases).await;
        let ann = server.person_in("bsol", SECOND).await;
        ann.judges("rotas", "strong", "Kept while I waited.").await.expect(303);
        ann.judges("rest", "wrong", "").await.expect(303);
        let front = ann.opens("/activity").await.expect(200);
        assert!(front.body.contains("Pledges you have reviewed: 2 of 10"), "{}", front.body);
        assert_eq!(tables.number("SELECT count(*) FROM own_state").await, 0);
        assert_eq!(tables.number("SELECT count(*) FROM post").await, 0);
        let ben = server.person_in("bsol", SECOND).await;
        assert_eq!(tables.number("SELECT count(*) FROM own_state").await, 1);
        assert!(ben.opens("?prompt=rotas").await.expect(200).body.contains("Kept while I waited."));
        assert!(ann.opens("/activity").await.body.contains("Pledges you have reviewed: 2 of 10"));
    }

    async fn one_takes_their_answers_along_and_erases_them(databases: &TestDatabases) {
        let server = reviewing(databases).await;
        let tables = Tables::of_conversation(databases).await;
        let ann = server.person_in("bsol", SECOND).await;
        ann.judges("rotas", "strong", "My own words.").await.expect(303);
        let file: Value = serde_json::from_str(&ann.opens("/mine/export").await.expect(200).body).unwrap();
        assert!(file["activities"][0]["answer"].as_str().unwrap().contains("rotas"), "{file}");
        ann.post(&ann.at("/mine/erase"), &[("sure", "yes")]).await.expect(303);
        assert_eq!(tables.number("SELECT count(*) FROM own_state").await, 0);
        assert_eq!(tables.number("SELECT count(*) FROM round_post").await, 0);
    }

    async fn a_closed_round_says_what_it_came_to_in_whole_groups(databases: &TestDatabases) {
        let server = reviewing(databases).await;
        let people = 23;
        for number in 0..people {
            let person = server.person_in("bsol", SECOND).await;
            let verdict = if number < 14 { "strong" } else { "wrong" };
            person.judges("rotas", verdict, "").await.expect(303);
            if number == 0 {
                person.opens("/results").await.expect(404);
            }
        }
        let last = server.person_in("bsol", SECOND).await;
        server.clock.set(AFTER);
        server.sides().keep_house().await.expect("the round is counted");
        let rows = Tables::of_conversation(databases).await;
        assert_eq!(rows.number("SELECT CAST(sum(people) AS BIGINT) FROM round_result WHERE measure = 'answered'").await, 20);
        assert_eq!(rows.number("SELECT CAST(sum(people) AS BIGINT) FROM round_result WHERE measure = 'strong'").await, 10);
        assert_eq!(rows.number("SELECT count(*) FROM round_result WHERE measure = 'wrong'").await, 0, "nine are too few");
        let page = last.opens("/results").await.expect(200);
        assert!(page.body.contains("Rotas in good time") && !page.body.contains(">14<"), "{}", page.body);
        assert!(last.opens("/activity").await.body.contains("See what it came to"));
    }

    async fn nobody_of_another_tenant_or_campaign_takes_part(databases: &TestDatabases) {
        let mut packs = packs::with_both_conversations();
        for campaign in packs.iter_mut().flat_map(|pack| pack.campaigns.values_mut()) {
            (campaign.rounds[0].opens, campaign.rounds[0].closes) =
                ("2024-04-23T09:00:00".parse().unwrap(), "2024-05-07T23:59:00".parse().unwrap());
        }
        let server = TestServer::with_packs(databases, packs).await;
        server.clock.set(DURING);
        let reviewer = server.person_in("bsol", SECOND).await;
        reviewer.judges("rotas", "strong", "").await.expect(303);
        let talker = server.person_in("bsol", "first-conversation").await;
        let stranger = server.person("hhft").await;
        let path = reviewer.at("/activity/pledge/rotas");
        let form = [("_form", "verdict"), ("verdict", "wrong"), ("comment", "Smuggled"), ("_pressed", "stay")];
        for outsider in [&talker, &stranger] {
            for address in [path.as_str(), "/conversations/second-conversation/results"] {
                assert_ne!(outsider.get(address).await.status, 200, "{address}");
            }
            let sent = outsider.post(&path, &form).await;
            assert!(matches!(sent.status, 403 | 404), "{}", sent.status);
            // Their own conversation has no activity.
            outsider.opens("/activity").await.expect(404);
            outsider.post(&outsider.at("/activity"), &form).await.expect(404);
        }
        let rows = Tables::of_conversation(databases).await;
        assert_eq!(rows.number("SELECT count(*) FROM own_state").await, 1);
        assert_eq!(rows.number("SELECT count(*) FROM post").await, 0);
    }

    async fn every_example_of_settings_is_accepted(databases: &TestDatabases) {
        let server = TestServer::serve(databases, &crate::harness::server::VirtualClock::at(DURING), 1).await;
        for (name, _) in server.actions.round_type_choices().await.unwrap() {
            let round_type = name.clone().try_into().unwrap();
            let example = actions::round_types::example(&round_type).unwrap_or_else(|| panic!("{name} has one"));
            let problems = server.actions.settings_problems(&round_type, Some(&example.settings)).await;
            assert_eq!(problems, [""; 0], "{name}");
            assert!(!example.parts.is_empty(), "{name}: what the parts mean");
        }
        let none = server.actions.settings_problems(&"pledge-review".to_owned().try_into().unwrap(), None).await;
        assert_eq!(none, ["in the settings, “pledges” is missing"]);
    }

    async fn a_pack_whose_round_cannot_run_is_refused(databases: &TestDatabases) {
        let server = TestServer::serve(databases, &crate::harness::server::VirtualClock::at(DURING), 1).await;
        for (change, words) in [
            ("type", "there is no round type called `no-such-type`"),
            ("settings", "settings"),
        ] {
            let mut pack = packs::with_both_conversations().remove(1);
            let round = &mut pack.campaigns.get_mut(SECOND).unwrap().rounds[0];
            match change {
                "type" => round.round_type = "no-such-type".to_owned().try_into().unwrap(),
                _ => drop(round.settings.as_mut().unwrap().remove("pledges")),
            }
            let refusal = server.sides().apply_tenant_pack(&pack).await.expect_err(change).to_string();
            assert!(refusal.contains(words), "{refusal}");
        }
        assert!(server.actions.tenants().by_slug("bsol").await.unwrap().is_none(), "nothing was written");
    }
}
