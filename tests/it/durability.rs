//! What was answered is kept: the server is killed in the midst of a stream of votes, twenty times over the same data.

use std::collections::{BTreeSet, HashMap};
use std::sync::atomic::{AtomicUsize, Ordering};

use futures_util::future::join_all;
use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};
use reqwest::Method;
use serde_json::json;

use crate::harness::binary::Candour;
use crate::harness::databases::{Kind, TestDatabases, both_databases};
use crate::harness::patience::eventually;
use crate::harness::people::Program;
use crate::harness::server::actions_now;
use crate::harness::tables::Tables;

/// How often the server is killed.
const KILLS: usize = 20;
/// Programs that vote at the same time.
const VOTERS: usize = 8;
/// Contributions that they vote on.
const IDEAS: usize = 10;
/// What somebody said about a contribution: an answer, or nothing.
type Said = Option<&'static str>;

/// What a voter knows about their vote on one contribution.
#[derive(Clone, Default)]
struct Known {
    /// What the server confirmed last.
    confirmed: Said,
    /// What was sent and never answered: it may have been kept, or not.
    in_doubt: Option<Said>,
}

both_databases! {
    async fn no_confirmed_vote_is_lost_and_none_counts_twice(databases: &TestDatabases) {
        let actions = actions_now(databases).await;
        let (tenant, candour) = (actions.tenants().by_slug("bsol").await.unwrap().unwrap(), Candour::on(databases));
        let codes = actions.issue_codes(&tenant, &tenant.campaigns[0], &tenant.organisations[0], VOTERS).await.unwrap();
        drop(actions);

        let tables = Tables::of_conversation(databases).await;
        let own = connections(databases, &tables).await;
        let server = candour.serve().await;
        let mut tokens = Vec::new();
        for code in codes {
            tokens.push(server.device("bsol").opens_session(&code.to_string()).await);
        }
        let mut ideas = Vec::new();
        for number in 0..IDEAS {
            let new = json!({ "prompt": "frustrations", "body": format!("Idea {number}") });
            let written = tokens[0].put(Method::POST, "/contributions", &new).await.expect(201).json();
            ideas.push(written["id"].as_str().unwrap().to_owned());
        }
        let mut known = vec![vec![Known::default(); IDEAS]; VOTERS];
        let (mut server, mut confirmed) = (Some(server), 0);
        for kill in 0..KILLS {
            let running = server.take().unwrap();
            let voters: Vec<Program> = tokens.iter().map(|voter| voter.at_server(running.site())).collect();
            let counted = AtomicUsize::new(0);
            let enough = StdRng::seed_from_u64(kill as u64).random_range(20..200);
            let streams = voters.iter().zip(&mut known).enumerate().map(|(number, (voter, known))| {
                vote_until_cut_off(voter, &ideas, known, (kill * VOTERS + number) as u64, &counted)
            });
            let power_cut = async {
                eventually("votes are confirmed", async || counted.load(Ordering::SeqCst) >= enough).await;
                running.kill();
            };
            tokio::join!(join_all(streams), power_cut);
            confirmed += counted.load(Ordering::SeqCst);

            wait_until_only(&own, databases, &tables).await;
            let again = candour.serve().await;
            for (number, voter) in tokens.iter().enumerate() {
                let stand = standing(&voter.at_server(again.site())).await;
                for (idea, known) in ideas.iter().zip(&mut known[number]) {
                    let kept = stand.get(idea).copied();
                    let allowed = kept == known.confirmed || Some(kept) == known.in_doubt;
                    assert!(allowed, "kill {kill}, voter {number}: {kept:?} stands, {:?} was confirmed", known.confirmed);
                    *known = Known { confirmed: kept, in_doubt: None };
                }
            }
            assert_counts(&tables, &known).await;
            server = Some(again);
        }
        assert!(confirmed >= KILLS * 20, "only {confirmed} votes were confirmed");
        let (code, _) = server.take().unwrap().stop().await;
        assert_eq!(code, 0);
    }
}

/// Votes, changes and withdraws at random, one after the other, until no answer comes any more.
async fn vote_until_cut_off(
    voter: &Program,
    ideas: &[String],
    known: &mut [Known],
    seed: u64,
    counted: &AtomicUsize,
) {
    let mut random = StdRng::seed_from_u64(seed);
    loop {
        let at = random.random_range(0..ideas.len());
        let said: Said = [Some("agree"), Some("disagree"), Some("pass"), None][random.random_range(0..4)];
        let path = format!("/posts/{}/vote", ideas[at]);
        let request = match said {
            Some(value) => voter.request(Method::PUT, &path).json(&json!({ "value": value })),
            None => voter.request(Method::DELETE, &path),
        };
        match request.send().await {
            Ok(answer) => {
                assert!(answer.status().is_success(), "a vote is refused: {}", answer.status());
                known[at] = Known { confirmed: said, in_doubt: None };
                counted.fetch_add(1, Ordering::SeqCst);
            }
            Err(_) => {
                known[at].in_doubt = Some(said);
                return;
            }
        }
    }
}

/// The votes that stand, by contribution, as the voter's own list has them.
async fn standing(voter: &Program) -> HashMap<String, &'static str> {
    let mine = voter.get("/mine").await.expect(200).json();
    let votes = mine["votes"].as_array().unwrap().iter().map(|vote| {
        let value = ["agree", "disagree", "pass"].into_iter().find(|value| vote["value"] == *value).unwrap();
        (vote["post"].as_str().unwrap().to_owned(), value)
    });
    let (listed, by_idea) = (mine["votes"].as_array().unwrap().len(), votes.collect::<HashMap<_, _>>());
    assert_eq!(listed, by_idea.len(), "a vote stands twice");
    by_idea
}

/// Rows and counts are what the voters know.
async fn assert_counts(tables: &Tables, known: &[Vec<Known>]) {
    let stand = known.iter().flatten().filter(|known| known.confirmed.is_some()).count();
    assert_eq!(tables.number("SELECT count(*) FROM vote").await, stand as i64);
    tables.assert_counts_are_the_votes().await;
}

/// PostgreSQL goes on for a moment with what a killed server had asked of it.
async fn wait_until_only(own: &BTreeSet<String>, databases: &TestDatabases, tables: &Tables) {
    let gone = async || connections(databases, tables).await.is_subset(own);
    eventually("PostgreSQL notices that the server is gone", gone).await;
}

/// Which of PostgreSQL's processes serve the application. SQLite has none.
async fn connections(databases: &TestDatabases, tables: &Tables) -> BTreeSet<String> {
    if databases.kind == Kind::Sqlite {
        return BTreeSet::new();
    }
    let sql = "SELECT pid::text FROM pg_stat_activity WHERE datname = current_database() AND usename = 'candour_app'";
    tables.texts(sql).await.into_iter().collect()
}
