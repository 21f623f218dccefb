//! A real conversation of 536 people and 29,802 votes goes in, is shown as it was, and comes out again.

use std::collections::BTreeMap;
use std::fs::File;
use std::path::Path;

use actions::Exported;
use documents::{conversation_json, polis as files};
use domain::ids::PostId;
use reqwest::Method;
use serde_json::{Value, json};

use crate::harness::answer::{Answer, Counts};
use crate::harness::databases::both_databases;
use crate::harness::packs;
use crate::harness::people::{Person, Program, api_counts};
use crate::harness::polis::{self, Statement};
use crate::harness::server::TestServer;
use crate::harness::tables::Tables;

both_databases! {
    async fn every_count_is_that_of_the_last_votes(databases: &TestDatabases) {
        let server = TestServer::with_packs(databases, packs::all_open()).await;
        let statements = polis::statements(&polis::folder());
        assert_eq!((statements.len(), statements.values().filter(|s| s.rejected).count()), (316, REJECTED));
        import_polis(&server, "first-conversation", &polis::folder()).await;
        let id = |number: &u64| PostId::named(&["bsol", "first-conversation", "polis", &number.to_string()]).to_string();
        let expected: BTreeMap<String, &Statement> = statements.iter().map(|(n, s)| (id(n), s)).collect();
        let visible: BTreeMap<String, Counts> =
            expected.iter().filter(|(_, s)| !s.rejected).map(|(id, s)| (id.clone(), s.counts)).collect();

        let person = server.person("bsol").await;
        let program = person.program_at(server.site);
        for sort in ["", "newest", "discussed", "supported", "needs-votes"] {
            let shown = all_pages(&person, sort).await;
            assert_eq!(shown, visible, "the pages, sorted by {sort:?}");
        }
        let listed = all_contributions(&program).await;
        let counted: BTreeMap<String, Counts> = listed.iter().map(|(id, post)| (id.clone(), api_counts(post))).collect();
        assert_eq!(counted, visible, "the API");
        for (id, post) in &listed {
            let same = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ");
            assert_eq!(same(post["body"].as_str().unwrap()), same(&expected[id].body));
        }

        for (id, hidden) in expected.iter().filter(|(_, statement)| statement.rejected) {
            person.reads(id).await.expect(404);
            assert!(person.presses(id, "agree").await.status >= 400);
            program.get(&format!("/contributions/{id}")).await.expect(404);
            let vote = program.put(Method::PUT, &format!("/posts/{id}/vote"), &json!({ "value": "agree" })).await;
            assert!(vote.status >= 400, "{}", vote.status);
            let words: Vec<&str> = hidden.body.split(|c: char| !c.is_alphanumeric()).take(6).collect();
            let found = program.get(&format!("/contributions?q={}", words.join("+"))).await.expect(200);
            assert!(!found.body.contains(id), "a search finds what is hidden");
        }

        let exported = export(&server, "bsol", "first-conversation").await;
        let from_file: Vec<_> = sorted(exported.conversation.posts.iter().map(|post| {
            (post.body.clone(), post.agrees as i64, post.disagrees as i64, post.passes as i64)
        }));
        assert_eq!(from_file.len(), 316);
        let bodies: Vec<_> = sorted(statements.values().map(|s| (s.counts.agree, s.counts.disagree, s.counts.pass)));
        assert_eq!(sorted(from_file.iter().map(|(_, a, d, p)| (*a, *d, *p))), bodies, "the export");
    }

    async fn a_polis_export_comes_back_the_same(databases: &TestDatabases) {
        let server = TestServer::with_packs(databases, packs::all_open()).await;
        import_polis(&server, "first-conversation", &polis::folder()).await;
        let expected = all_contributions(&server.person("bsol").await.program_at(server.site)).await;
        let out = databases.folder().join("polis");
        write_polis(&export(&server, "bsol", "first-conversation").await, &out);

        let again = polis::statements(&out);
        assert_eq!(again.len(), 316);
        assert_eq!(again.values().filter(|statement| statement.rejected).count(), REJECTED);
        import_polis(&server, "second", &out).await;
        let second = server.person_in("bsol", "second").await.program_at(server.site);
        assert_eq!(essence(&all_contributions(&second).await), essence(&expected));
        // The same again replaces and does not double.
        import_polis(&server, "second", &out).await;
        assert_eq!(essence(&all_contributions(&second).await), essence(&expected));
    }

    async fn a_whole_conversation_comes_back_the_same(databases: &TestDatabases) {
        let server = TestServer::with_packs(databases, packs::all_open()).await;
        let (ann, ben) = (server.person("bsol").await, server.person("bsol").await);
        let idea = ann.shares("An idea, changed\n\nin “two” lines, with = and ,").await;
        ann.sends_change(&idea, "An idea, changed since").await.expect(303);
        let comment = ben.comments(&idea, "A comment").await;
        ann.replies(&idea, &comment, "An answer").await;
        let gone = ben.shares("Taken back").await;
        ann.comments(&gone, "Said under what was taken back").await;
        ben.takes_back(&gone).await.expect(303);
        let hidden = ann.shares("Hidden by a moderator").await;
        let tables = Tables::of_conversation(databases).await;
        for (person, post, answer) in [(&ann, &comment, "agree"), (&ben, &idea, "disagree"), (&ann, &idea, "pass")] {
            person.votes(post, answer).await;
        }
        tables.change(&format!("UPDATE post SET state = 'hidden' WHERE {}", tables.is("id", &hidden))).await;

        let path = databases.folder().join("conversation.json");
        let exported = export(&server, "bsol", "first-conversation").await;
        conversation_json::write_conversation(File::create(&path).unwrap(), &exported.conversation).unwrap();
        let read = conversation_json::read_conversation(File::open(&path).unwrap()).unwrap();
        let tenant = server.tenant("bsol").await;
        let second = tenant.campaign("second").unwrap();
        server.actions.import_conversation(&tenant, second, &read, &|_| {}).await.unwrap();

        let rows = |campaign: &str| {
            format!(
                "SELECT body || '|' || state || '|' || coalesce(feeling, '') || '|' || agrees || '|' || disagrees || '|' || passes || '|'
                    || comments || '|' || CASE WHEN edited THEN 'edited' ELSE '' END || '|' || voice
                 FROM post JOIN round ON round.id = post.round_id JOIN campaign ON campaign.id = round.campaign_id
                 WHERE campaign.slug = '{campaign}' ORDER BY 1"
            )
        };
        let without_voice = |rows: Vec<String>| -> Vec<String> {
            rows.iter().map(|row| row.rsplit_once('|').unwrap().0.to_owned()).collect()
        };
        let (first, second) = (tables.texts(&rows("first-conversation")).await, tables.texts(&rows("second")).await);
        assert_eq!(first.len(), 6);
        assert_eq!(without_voice(second), without_voice(first));

        let reader = server.person_in("bsol", "second").await;
        let list = reader.opens("").await.expect(200);
        assert_eq!(list.posts().len(), 1, "{:?}", list.posts());
        let thread = reader.reads(&list.posts()[0]).await;
        assert_eq!(thread.posts().len(), 3);
        assert!(thread.body.contains("An idea, changed since") && thread.body.contains(", edited"));
        assert_eq!(thread.counts(&thread.posts()[0]), Counts { agree: 0, disagree: 1, pass: 1 });
        assert_eq!(thread.counts(&thread.posts()[1]), Counts { agree: 1, disagree: 0, pass: 0 });
        assert!(!list.body.contains("Hidden by a moderator") && !list.body.contains("Taken back"));
    }
}

/// Statements that the moderators of the real conversation rejected.
const REJECTED: usize = 162;

async fn import_polis(server: &TestServer, campaign: &str, folder: &Path) {
    let open = |name: &str| File::open(folder.join(name)).unwrap();
    let export = files::read_export(open("comments.csv"), open("votes.csv")).unwrap();
    let tenant = server.tenant("bsol").await;
    let into = tenant.campaign(campaign).unwrap();
    server.actions.import_polis(&tenant, into, Some("behaviours"), None, export, &|_| {}).await.unwrap();
}

async fn export(server: &TestServer, tenant: &str, campaign: &str) -> Exported {
    let tenant = server.tenant(tenant).await;
    server.actions.export_campaign(&tenant, tenant.campaign(campaign).unwrap()).await.unwrap()
}

fn write_polis(exported: &Exported, folder: &Path) {
    std::fs::create_dir_all(folder).unwrap();
    let create = |name: &str| File::create(folder.join(name)).unwrap();
    files::write_statements(create("comments.csv"), &exported.statements).unwrap();
    files::write_votes(create("votes.csv"), &exported.votes).unwrap();
}

/// Follows "next" from the first page to the last; gives the counts of every post.
async fn all_pages(person: &Person, sort: &str) -> BTreeMap<String, Counts> {
    let (mut all, mut query) = (BTreeMap::new(), format!("?sort={sort}"));
    loop {
        let page: Answer = person.opens(&query).await.expect(200);
        for id in page.posts() {
            let twice = all.insert(id.clone(), page.counts(&id));
            assert_eq!(twice, None, "{id} stands on two pages");
        }
        let Some((before, _)) = page.body.split_once("Next ideas</a>") else { return all };
        let next = before.rsplit_once("after=").and_then(|(_, next)| next.split('#').next()).unwrap();
        query = format!("?sort={sort}&after={next}");
    }
}

/// The same by the API; gives every contribution.
async fn all_contributions(program: &Program) -> BTreeMap<String, Value> {
    let (mut all, mut after) = (BTreeMap::new(), String::new());
    loop {
        let page = program.get(&format!("/contributions?sort=newest{after}")).await.expect(200).json();
        for post in page["contributions"].as_array().unwrap() {
            all.insert(post["id"].as_str().unwrap().to_owned(), post.clone());
        }
        match page["next"].as_str() {
            Some(next) => after = format!("&after={next}"),
            None => {
                assert_eq!(page["matching"], all.len());
                return all;
            }
        }
    }
}

/// What must be the same in another campaign: words and counts.
fn essence(contributions: &BTreeMap<String, Value>) -> Vec<String> {
    sorted(contributions.values().map(|post| format!("{} {}", post["body"], post["votes"])))
}

fn sorted<T: Ord>(items: impl Iterator<Item = T>) -> Vec<T> {
    let mut items: Vec<T> = items.collect();
    items.sort();
    items
}
