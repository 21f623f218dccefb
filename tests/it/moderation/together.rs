//! Many at once: moderators who want the same case, and votes that are united.

use std::collections::{HashMap, HashSet};

use domain::tenant_pack::{RoundFile, TenantPack};
use futures_util::future::join_all;
use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};

use super::CAMPAIGN;
use crate::harness::answer::{Counts, between};
use crate::harness::databases::both_databases;
use crate::harness::packs;
use crate::harness::patience::eventually;
use crate::harness::server::TestServer;
use crate::harness::tables::Tables;

/// Seconds after which a claim has ended.
const CLAIM_SECONDS: i64 = 5 * 60;
/// How many wait to write a report (PostgreSQL).
const WAIT_TO_REPORT: &str =
    "SELECT count(*) FROM pg_locks WHERE relation = 'report'::regclass AND NOT granted
    AND database = (SELECT oid FROM pg_database WHERE datname = current_database())";

/// Our packs, where BSol's first conversation goes on in another round.
fn with_a_later_round() -> Vec<TenantPack> {
    let mut packs = packs::as_they_are();
    for pack in packs.iter_mut().filter(|pack| pack.tenant.slug == "bsol") {
        let rounds = &mut pack.campaigns.get_mut(CAMPAIGN).expect("the pack has it").rounds;
        let [opens, closes] =
            ["2023-12-15T09:00:00", "2023-12-20T23:59:00"].map(|time| time.parse().expect("a time"));
        rounds.push(RoundFile { slug: "later".to_owned(), opens, closes, ..rounds[0].clone() });
    }
    packs
}

both_databases! {
    async fn what_is_held_is_not_shown_by_merging_it(databases: &TestDatabases) {
        let server = TestServer::with_packs(databases, packs::as_they_are()).await;
        let (author, reader) = (server.person("bsol").await, server.person("bsol").await);
        let moderator = server.moderator("Sam Birch").await;
        let target = author.shares("The rota comes out too late").await;
        let held = author.shares_held("Ring 0121 496 0123 about the rota").await;
        moderator.does(CAMPAIGN, &held, "merge", &[("target", &target)]).await.expect(422);
        assert_eq!(reader.reads(&held).await.status, 404, "nobody has let it through");
    }

    async fn the_public_counts_say_nothing_of_anybodys_safety(databases: &TestDatabases) {
        let server = TestServer::with_packs(databases, packs::as_they_are()).await;
        let (author, reader) = (server.person("bsol").await, server.person("bsol").await);
        let moderator = server.moderator("Sam Birch").await;
        let [one, other] = [author.shares("Nights are too long").await, author.shares("So are days").await];
        moderator.does(CAMPAIGN, &one, "hide", &[("reason", "safeguarding"), ("note", "")]).await.expect(303);
        moderator.does(CAMPAIGN, &other, "hide", &[("reason", "spam"), ("note", "")]).await.expect(303);
        let ledger = reader.opens("/moderation").await.expect(200).text();
        let counted = ledger.split("Why something can be hidden").next().and_then(|above| above.split("How often").nth(1));
        let counts = counted.expect("a table");
        assert!(counts.contains("It is spam") && !counts.contains("may not be safe"), "{ledger}");
    }

    async fn united_votes_are_what_one_counts_by_hand(databases: &TestDatabases) {
        let server = TestServer::with_packs(databases, packs::as_they_are()).await;
        let author = server.person("bsol").await;
        let moderator = server.moderator("Sam Birch").await;
        let source = author.shares("Rotas come too late to book childcare").await;
        let target = author.shares("The rota comes out too late").await;
        let comment = author.comments(&source, "Two weeks are not enough").await;
        let people = join_all((0..24).map(|_| server.person("bsol"))).await;
        let mut random = StdRng::seed_from_u64(7);
        let mut expected = Counts::default();
        for person in &people {
            let mut counted = None;
            // What they say of the target stands, whatever they say of the source.
            for idea in [&source, &target] {
                if random.random_range(0..3) > 0 {
                    let answer = ["agree", "disagree", "pass"][random.random_range(0..3)];
                    person.votes(idea, answer).await;
                    counted = Some(answer);
                }
            }
            match counted {
                Some("agree") => expected.agree += 1,
                Some("disagree") => expected.disagree += 1,
                Some(_) => expected.pass += 1,
                None => {}
            }
        }
        let page = moderator.queue(CAMPAIGN, &format!("/{source}")).await;
        assert!(page.text().contains("The rota comes out too late"), "the page suggests it: {}", page.text());
        moderator.does(CAMPAIGN, &source, "merge", &[("target", &source)]).await.expect(422);
        moderator.does(CAMPAIGN, &source, "merge", &[("target", &comment)]).await.expect(422);
        moderator.does(CAMPAIGN, &source, "merge", &[("target", &target)]).await.expect(303);

        assert_eq!(author.counts(&target).await, expected);
        let tables = Tables::of_conversation(databases).await;
        tables.assert_counts_are_the_votes().await;
        let twice = "SELECT count(*) FROM (SELECT participant_id FROM vote GROUP BY participant_id HAVING count(*) > 1) t";
        assert_eq!(tables.number(twice).await, 0, "one vote for each person");

        // The way there is shown, the comments can be read, nothing more is taken.
        let old = people[0].reads(&source).await.expect(200);
        assert!(old.body.contains(&format!("/contributions/{target}")) && old.text().contains("Two weeks are not enough"));
        assert_eq!(people[0].presses(&source, "agree").await.status, 422);
        assert_eq!(people[0].sends_comment(&source, "", "Late").await.status, 404);
        assert_eq!(author.opens("").await.posts(), [target.as_str()]);
        // Merged on, the first leads to the last.
        let third = author.shares("Publish rotas a month ahead").await;
        moderator.does(CAMPAIGN, &target, "merge", &[("target", &third)]).await.expect(303);
        assert!(people[0].reads(&source).await.body.contains(&format!("/contributions/{third}")));
        assert_eq!(author.counts(&third).await, expected);
    }

    async fn of_two_moderators_one_has_the_case(databases: &TestDatabases) {
        let server = TestServer::with_packs(databases, packs::as_they_are()).await;
        let author = server.person("bsol").await;
        let (sam, kit) = (server.moderator("Sam Birch").await, server.moderator("Kit Rowan").await);
        let idea = author.shares("Wanted by both").await;
        let claim = format!("/console/campaigns/{CAMPAIGN}/moderation/{idea}/claim");
        for moderator in [&sam, &kit] {
            moderator.queue(CAMPAIGN, &format!("/{idea}")).await.expect(200);
        }
        let (first, second) = tokio::join!(sam.post(&claim, &[]), kit.post(&claim, &[]));
        let mut statuses = [first.status, second.status];
        statuses.sort_unstable();
        assert_eq!(statuses, [303, 422], "one has it");
        let (winner, loser) = if first.status == 303 { (&sam, &kit) } else { (&kit, &sam) };
        let told = if first.status == 303 { second } else { first };
        assert!(told.text().contains(&format!("{} is working on this", winner.name)), "{}", told.text());

        // The other may not decide, until five minutes are over without a word.
        let seen = crate::harness::staff::seen(&winner.queue(CAMPAIGN, &format!("/{idea}")).await);
        loser.sends(CAMPAIGN, &idea, "keep", &seen, &[]).await.expect(422);
        server.clock.advance(CLAIM_SECONDS - 60);
        winner.post(&claim, &[]).await.expect(303);
        server.clock.advance(CLAIM_SECONDS - 60);
        loser.sends(CAMPAIGN, &idea, "keep", &seen, &[]).await.expect(422);
        server.clock.advance(60);
        loser.sends(CAMPAIGN, &idea, "keep", &seen, &[]).await.expect(303);
        winner.sends(CAMPAIGN, &idea, "hide", &seen, &[("reason", "spam")]).await.expect(422);
    }

    async fn two_reports_at_once_never_share_a_place(databases: &TestDatabases) {
        let server = TestServer::with_packs(databases, with_a_later_round()).await;
        let author = server.person("bsol").await;
        let mut ideas = Vec::new();
        for number in 0..10 {
            ideas.push(author.shares(&format!("Idea number {number}")).await);
        }
        server.clock.set("2023-12-16T12:00:00Z");
        let (writer, ann) = (server.person("bsol").await, server.person("bsol").await);
        let later = writer.shares("Said in the later round").await;
        let report = |id: &str| format!("/conversations/{CAMPAIGN}/posts/{id}/report");
        let spam = [("reason", "spam")];
        for idea in &ideas[..9] {
            ann.post(&report(idea), &spam).await.expect(303);
        }
        // One place is left. Each round has a lock of its own, so neither waits for the other before it has looked for a free place.
        let tables = Tables::of_conversation(databases).await;
        let (one, other) = (report(&ideas[9]), report(&later));
        let both = async { tokio::join!(ann.post(&one, &spam), ann.post(&other, &spam)) };
        let (first, second) = match databases.kind {
            // Here whoever writes waits for whoever writes.
            Kind::Sqlite => both.await,
            Kind::Postgres => {
                let nobody_writes = tables.holds("LOCK TABLE report IN SHARE MODE").await;
                let lets_go = async {
                    eventually("both have found the last place free", async || tables.number(WAIT_TO_REPORT).await == 2).await;
                    nobody_writes.rollback().await.expect("the lock is let go");
                };
                tokio::join!(both, lets_go).0
            }
        };
        let mut statuses = [first.status, second.status];
        statuses.sort_unstable();
        assert_eq!(statuses, [303, if databases.kind == Kind::Postgres { 503 } else { 422 }]);
        assert_eq!(tables.number("SELECT count(DISTINCT place) FROM report").await, 10);
        assert_eq!(tables.number("SELECT CAST(sum(reports) AS BIGINT) FROM moderation_case").await, 10, "none is counted that is not there");
        let refused = if first.status == 303 { &other } else { &one };
        let told = ann.post(refused, &spam).await.expect(422);
        assert!(told.text().contains("You have reported 10 things"), "{}", told.text());
        // The database itself keeps it so: the same reports by others, at the same places.
        tables.change(
            "INSERT INTO report (tenant_id, post_id, reporter, reason, place)
             SELECT r.tenant_id, r.post_id, s.reporter, r.reason, r.place FROM report r, report s WHERE r.reporter <> s.reporter
             ON CONFLICT DO NOTHING",
        )
        .await;
        assert_eq!(tables.number("SELECT count(*) FROM report").await, 10);
    }

    async fn those_who_take_the_next_one_take_different_ones(databases: &TestDatabases) {
        let server = TestServer::with_packs(databases, packs::as_they_are()).await;
        let author = server.person("bsol").await;
        for number in 0..8 {
            author.shares(&format!("Idea number {number}")).await;
        }
        let moderators =
            [server.moderator("Sam Birch").await, server.moderator("Kit Rowan").await, server.moderator("Lee Ash").await];
        let mut taken: HashMap<String, HashSet<String>> = HashMap::new();
        for moderator in &moderators {
            moderator.queue(CAMPAIGN, "").await.expect(200);
        }
        for _ in 0..2 {
            let next = format!("/console/campaigns/{CAMPAIGN}/moderation/next");
            let answers = join_all(moderators.iter().map(|moderator| moderator.post(&next, &[]))).await;
            for (moderator, answer) in moderators.iter().zip(answers) {
                let post = between(answer.location(), "/moderation/", "?").unwrap().to_owned();
                taken.entry(moderator.name.clone()).or_default().insert(post);
            }
        }
        let all: HashSet<&String> = taken.values().flatten().collect();
        assert_eq!(all.len(), taken.values().map(HashSet::len).sum::<usize>(), "{taken:?}");
        assert_eq!(all.len(), 6);
    }
}
