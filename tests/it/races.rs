//! Many at once: nobody votes twice, no count drifts, and two servers on one database say the same.

use std::collections::HashMap;

use futures_util::future::join_all;
use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};
use reqwest::Method;
use serde_json::json;

use crate::harness::answer::{Counts, counts};
use crate::harness::databases::{Kind, TestDatabases, both_databases, with_databases};
use crate::harness::patience::eventually;
use crate::harness::people::{Person, api_counts};
use crate::harness::server::TestServer;
use crate::harness::tables::Tables;

both_databases! {
    async fn two_people_who_press_fifty_times_at_once_have_one_vote_each(databases: &TestDatabases) {
        let server = TestServer::start(databases).await;
        let author = server.person("bsol").await;
        let (ann, ben) = (server.person("bsol").await, server.person("bsol").await);
        let idea = author.shares("A race").await;
        let presses = (0..50).flat_map(|_| [ann.presses(&idea, "agree"), ben.presses(&idea, "disagree")]);
        for answer in join_all(presses).await {
            answer.expect(303);
        }
        assert_eq!(author.counts(&idea).await, counts(1, 1, 0));
        let tables = Tables::of_conversation(databases).await;
        assert_eq!(tables.number("SELECT count(*) FROM vote").await, 2);
        tables.assert_counts_are_the_votes().await;
    }

    async fn by_page_and_by_program_a_participant_is_one(databases: &TestDatabases) {
        let server = TestServer::start(databases).await;
        let (ann, author) = (server.person("bsol").await, server.person("bsol").await);
        let program = ann.program_at(server.site);
        let idea = author.shares("One voice, two doors").await;
        let (vote, agree) = (format!("/posts/{idea}/vote"), json!({ "value": "agree" }));
        let both = (0..25).map(|_| async {
            let (page, api) = tokio::join!(ann.presses(&idea, "agree"), program.put(Method::PUT, &vote, &agree));
            (page.status, api.status)
        });
        assert!(join_all(both).await.iter().all(|statuses| *statuses == (303, 200)));
        assert_eq!(author.counts(&idea).await, counts(1, 0, 0));
    }

    async fn a_storm_leaves_the_counts_that_the_last_wishes_make(databases: &TestDatabases) {
        let server = TestServer::start(databases).await;
        let author = server.person("bsol").await;
        let mut ideas = Vec::new();
        for number in 0..20 {
            ideas.push(author.shares(&format!("Idea number {number}")).await);
        }
        let people = join_all((0..20).map(|_| server.person("bsol"))).await;
        // Each person presses on four ideas at a time; on one idea one press follows the other, so the last one is known.
        let lanes = people.iter().enumerate().flat_map(|(number, person)| {
            let seed = number as u64 * 100;
            ideas.chunks(5).zip(seed..).map(move |(ideas, seed)| press_about(person, ideas, seed))
        });
        let mut expected: HashMap<String, Counts> = HashMap::new();
        for (idea, wish) in join_all(lanes).await.into_iter().flatten() {
            let counts = expected.entry(idea).or_default();
            match wish {
                "agree" => counts.agree += 1,
                "disagree" => counts.disagree += 1,
                "pass" => counts.pass += 1,
                _ => {}
            }
        }
        let program = author.program_at(server.site);
        for idea in &ideas {
            assert_eq!(author.counts(idea).await, expected[idea]);
            let thread = program.get(&format!("/contributions/{idea}")).await.json();
            assert_eq!(api_counts(&thread["contribution"]), expected[idea]);
        }
        Tables::of_conversation(databases).await.assert_counts_are_the_votes().await;
    }

    async fn writers_of_everything_at_once_leave_whole_threads(databases: &TestDatabases) {
        let server = TestServer::start(databases).await;
        let people = join_all((0..10).map(|_| server.person("bsol"))).await;
        let idea = people[0].shares("A thread for all").await;
        let doomed = join_all(people.iter().map(|person| person.comments(&idea, "To be taken back"))).await;
        let acts = people.iter().zip(&doomed).map(|(person, comment)| async {
            tokio::join!(
                person.comments(&idea, "It stays"),
                person.takes_back(comment),
                person.takes_back(comment),
                person.votes(&idea, "agree"),
                person.shares("Another idea"),
            )
        });
        join_all(acts).await;
        let list = people[1].opens("").await;
        assert_eq!(list.posts().len(), 11);
        assert!(list.post(&idea).contains("10 comments"));
        assert_eq!(people[1].reads(&idea).await.posts().len(), 11);
        let tables = Tables::of_conversation(databases).await;
        let voices = "SELECT count(DISTINCT voice) FROM post WHERE contribution_id IS NOT NULL";
        assert_eq!(tables.number(voices).await, 10, "ten people have ten names in a thread");
        tables.assert_counts_are_the_votes().await;
    }
}

/// Presses at random about each of these ideas in turn, thrice; gives the last wish for each.
async fn press_about(person: &Person, ideas: &[String], seed: u64) -> Vec<(String, &'static str)> {
    const WISHES: [&str; 4] = ["agree", "disagree", "pass", "withdraw"];
    let mut random = StdRng::seed_from_u64(seed);
    let mut last = HashMap::new();
    for idea in ideas.iter().cycle().take(ideas.len() * 3) {
        let wish = WISHES[random.random_range(0..WISHES.len())];
        person.votes(idea, wish).await;
        last.insert(idea.clone(), wish);
    }
    last.into_iter().collect()
}

mod two_servers {
    use super::*;

    /// Two servers need a database that both can reach: PostgreSQL only.
    #[test]
    fn postgres() {
        with_databases(Kind::Postgres, |databases| Box::pin(say_the_same(databases)));
    }

    async fn say_the_same(databases: &TestDatabases) {
        let one = TestServer::start(databases).await;
        let two = TestServer::serve(databases, &one.clock, 2).await;
        let (ann, ben) = (one.person("bsol").await, two.person("bsol").await);
        let (ann_at_two, ben_at_one) = (ann.at_server(two.site), ben.at_server(one.site));

        let idea = ann.shares("Written at the first server").await;
        assert_eq!(ben.opens("").await.posts(), [idea.as_str()], "at once, without a message in between");
        let comment = ben.comments(&idea, "Written at the second").await;
        assert!(ann.reads(&idea).await.body.contains("Written at the second"));
        ben.votes(&idea, "agree").await;
        assert_eq!(ann.opens("").await.counts(&idea), counts(1, 0, 0));
        assert_eq!(ben_at_one.reads(&idea).await.own_answer(&idea).as_deref(), Some("agree"));
        ben.takes_back(&comment).await.expect(303);
        assert!(ann.opens("").await.post(&idea).contains("0 comments"));

        let presses = (0..25).flat_map(|_| [ann.presses(&idea, "agree"), ann_at_two.presses(&idea, "agree")]);
        assert!(join_all(presses).await.iter().all(|answer| answer.status == 303));
        assert_eq!(ben.counts(&idea).await, counts(2, 0, 0));
        Tables::of_conversation(databases).await.assert_counts_are_the_votes().await;

        ann.post("/leave", &[]).await.expect(303);
        eventually("the second server hears that Ann has left", async || {
            ann_at_two.opens("").await.status != 200
        })
        .await;
    }
}
