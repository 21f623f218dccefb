//! Who somebody is leaves neither by page, nor by API, nor by file, nor by log.

use std::collections::BTreeSet;

use reqwest::Method;
use serde_json::json;

use crate::harness::answer::Answer;
use crate::harness::binary::Candour;
use crate::harness::databases::{Kind, TestDatabases, both_databases};
use crate::harness::people::{Person, Program};
use crate::harness::server::{TestServer, actions_now};
use crate::harness::tables::Tables;

both_databases! {
    async fn no_answer_and_no_file_holds_an_id_of_a_person(databases: &TestDatabases) {
        let server = TestServer::start(databases).await;
        let (ann, ben) = (server.person("bsol").await, server.person("bsol").await);
        let mut answers = Vec::new();
        for number in 0..3 {
            let idea = ann.shares(&format!("Idea {number}")).await;
            let comment = ben.comments(&idea, "A comment").await;
            ann.replies(&idea, &comment, "An answer").await;
            ben.votes(&idea, "agree").await;
            ann.sends_change(&idea, &format!("Idea {number}, changed")).await.expect(303);
            for reader in [&ann, &ben] {
                let program = reader.program_at(server.site);
                answers.extend(everything_readable(reader, &program, &idea).await);
            }
        }
        let tenant = server.tenant("bsol").await;
        let exported = server.actions.export_campaign(&tenant, &tenant.campaigns[0]).await.unwrap();
        let mut file = Vec::new();
        documents::conversation_json::write_conversation(&mut file, &exported.conversation).unwrap();
        documents::polis::write_statements(&mut file, &exported.statements).unwrap();
        documents::polis::write_votes(&mut file, &exported.votes).unwrap();
        answers.push(("the exports".to_owned(), String::from_utf8(file).unwrap()));
        assert!(answers.iter().filter(|(_, body)| body.contains("Idea 0, changed")).count() > 10, "the pages are full");

        let secrets = people(&Tables::of_conversation(databases).await).await;
        assert!(secrets.len() >= 8, "two people have ids, seeds, sessions and codes");
        for (what, body) in &answers {
            let told = secrets.iter().find(|secret| body.to_lowercase().contains(secret.as_str()));
            assert_eq!(told, None, "{what} tells who somebody is");
        }
    }

    async fn a_name_in_one_thread_says_nothing_in_another(databases: &TestDatabases) {
        const THREADS: usize = 24;
        let server = TestServer::start(databases).await;
        let (ann, ben) = (server.person("bsol").await, server.person("bsol").await);
        let (mut anns, mut bens, mut distances) = (BTreeSet::new(), BTreeSet::new(), BTreeSet::new());
        let tables = Tables::of_conversation(databases).await;
        for number in 0..THREADS {
            let idea = ann.shares(&format!("Thread {number}")).await;
            let comment = ben.comments(&idea, "Here again").await;
            let page = ben.reads(&idea).await;
            anns.insert(page.author(&idea));
            bens.insert(page.author(&comment));
            let voice = async |post: &str| {
                tables.number(&format!("SELECT CAST(voice AS BIGINT) FROM post WHERE {}", tables.is("id", post))).await
            };
            distances.insert(voice(&comment).await - voice(&idea).await);
        }
        // 640 names: in 24 threads a few may come twice, and no more.
        for (what, different) in [("Ann's names", anns.len()), ("Ben's names", bens.len()), ("distances between them", distances.len())] {
            assert!(different > THREADS - 4, "{what}: only {different} in {THREADS} threads");
        }
    }

    async fn the_conversation_side_knows_no_person(databases: &TestDatabases) {
        let server = TestServer::start(databases).await;
        let code = server.code("bsol").await;
        let ann = server.device("bsol").enters(&code).await;
        ann.shares("Said").await;
        let tables = Tables::of_conversation(databases).await;
        let columns = tables.columns().await;
        for telling in ["email", "name", "person", "address", "created_at", "updated_at", "ip"] {
            assert!(!columns.iter().any(|column| column == telling), "the conversation side has a column `{telling}`");
        }
        let dump = format!("{:?}{:?}", tables.dump().await, Tables::of_identity(databases).await.dump().await).to_lowercase();
        for secret in [code.to_lowercase(), code.replace('-', "").to_lowercase(), ann.session().unwrap().to_lowercase()] {
            assert!(!dump.contains(&secret), "codes and sessions are stored as hashes only");
        }
        assert_eq!(tables.number("SELECT count(*) FROM session").await, 1);
    }

    async fn the_log_tells_of_nobody(databases: &TestDatabases) {
        const ADDRESS: &str = "203.0.113.77";
        let actions = actions_now(databases).await;
        let tenant = actions.tenants().by_slug("bsol").await.unwrap().unwrap();
        let codes = actions.issue_codes(&tenant, &tenant.campaigns[0], &tenant.organisations[0], 3).await.unwrap();
        let codes: Vec<String> = codes.iter().map(ToString::to_string).collect();
        drop(actions);
        let candour = Candour::on(databases).with("LOGS__LEVEL", "debug").with("SERVER__TRUSTED_PROXIES", "127.0.0.1");
        let server = candour.serve().await;

        let ann = server.device("bsol").enters(&codes[0]).await;
        let words = "Unmistakable words of mine";
        let idea = ann.shares(words).await;
        let comment = ann.comments(&idea, words).await;
        ann.votes(&idea, "agree").await;
        ann.sends_change(&idea, &format!("{words}, changed")).await.expect(303);
        ann.opens("?q=unmistakable").await.expect(200);
        ann.get(&format!("/enter?code={}", codes[1])).await;
        let via_proxy = ann.request(Method::GET, &ann.at("")).header("x-forwarded-for", ADDRESS).header("user-agent", "Unmistakable/1.0");
        ann.send(via_proxy).await.expect(200);
        server.device("bsol").types_code(&codes[0]).await.expect(422);
        let program = server.device("bsol").opens_session(&codes[2]).await;
        program.put(Method::POST, "/contributions", &json!({ "prompt": "frustrations", "body": words })).await.expect(201);
        program.put(Method::POST, "/contributions", &json!({ "prompt": words, "body": words })).await.expect(422);
        ann.takes_back(&comment).await.expect(303);
        let (session, csrf, visit) = (ann.session().unwrap(), ann.csrf(), ann.cookie("__Host-candour-visit").unwrap());
        ann.post("/leave", &[]).await.expect(303);

        let (code, log) = server.stop().await;
        assert_eq!(code, 0);
        let requests = || log.lines().filter(|line| line.contains("candour::request"));
        let pages = requests().filter(|line| line.contains("/conversations/:campaign")).count();
        assert!(pages >= 4, "reading is logged: {pages} lines");
        for method in ["POST", "PUT", "PATCH", "DELETE"] {
            assert!(!requests().any(|line| line.contains(method)), "a {method} is logged with its time");
        }
        let mut secrets: BTreeSet<String> = people(&Tables::of_conversation(databases).await).await;
        secrets.extend(codes.iter().flat_map(|code| [code.clone(), code.replace('-', "")]));
        secrets.extend([session, csrf, visit, program.token, words.to_owned(), "unmistakable".to_owned(), ADDRESS.to_owned(), idea, comment]);
        let lower = log.to_lowercase();
        for secret in &secrets {
            let line = lower.lines().find(|line| line.contains(&secret.to_lowercase()));
            assert_eq!(line, None, "the log tells {secret}");
        }
        let own = log.lines().filter(|line| line.contains("127.0.0.1") && !line.contains("\"site\":") && !about_database(line, databases));
        assert_eq!(own.collect::<Vec<_>>(), Vec::<&str>::new(), "the log has network addresses");
    }
}

/// PostgreSQL's own address is the operator's, not a person's.
fn about_database(line: &str, databases: &TestDatabases) -> bool {
    databases.kind == Kind::Postgres && line.contains("sqlx")
}

/// All that a participant can read of a contribution and around it.
async fn everything_readable(person: &Person, program: &Program, idea: &str) -> Vec<(String, String)> {
    let mut answers = Vec::new();
    let mut add = |what: String, answer: Answer| {
        let headers = answer
            .headers
            .iter()
            .filter(|(name, _)| *name != "set-cookie")
            .map(|(_, value)| format!("{value:?}"));
        answers.push((what, format!("{} {}", answer.body, headers.collect::<Vec<_>>().join(" "))));
    };
    for rest in ["", "?sort=newest", "?sort=supported", "/share", "/mine", "/changes?since=0"] {
        add(format!("page {rest}"), person.opens(rest).await);
    }
    for rest in ["", "/mine", "/changes?since=0", "/contributions", "/contributions?sort=discussed"] {
        add(format!("API {rest}"), program.get(rest).await);
    }
    add("contribution".to_owned(), person.reads(idea).await);
    add("API contribution".to_owned(), program.get(&format!("/contributions/{idea}")).await);
    add("home".to_owned(), person.get("/").await);
    answers
}

/// Everything in the database that stands for a person, as it might be written somewhere: in hexadecimal, with and without hyphens.
async fn people(tables: &Tables) -> BTreeSet<String> {
    let ids = tables.texts(&format!("SELECT {} FROM participant", tables.uuid("id"))).await;
    let seeds = tables.texts("SELECT CAST(seed AS TEXT) FROM participant").await;
    let mut secrets: BTreeSet<String> = seeds.into_iter().collect();
    for id in ids {
        let hyphens = [&id[..8], &id[8..12], &id[12..16], &id[16..20], &id[20..]].join("-");
        secrets.extend([id, hyphens]);
    }
    for hashes in ["session", "sealed_code"] {
        secrets.extend(tables.texts(&format!("SELECT {} FROM {hashes}", tables.bytes("hash"))).await);
    }
    secrets
}
