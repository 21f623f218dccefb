//! The public list of keys, as people read it and as it is carried from one side to the other.

use std::fs;

use actions::{KeyLogEntry, printed_head};

use crate::harness::binary::{Candour, Ran};
use crate::harness::databases::both_databases;
use crate::harness::server::{TestServer, actions_now};
use crate::harness::tables::Tables;

both_databases! {
    async fn groups_are_called_after_their_organisations(databases: &TestDatabases) {
        let server = TestServer::start(databases).await;
        server.launch("bsol", &[("ann@uhb.example", "uhb")]).await;
        let tenant = server.tenant("bsol").await;
        let page = server.device("bsol").get("/keys").await.expect(200).body;
        let table = page.split("<table").nth(1).and_then(|rest| rest.split("</table>").next()).expect("the keys");
        for entry in server.actions.key_log(&tenant).await.unwrap() {
            for slug in &entry.organisations {
                assert!(table.contains(&tenant.organisation(slug).unwrap().name.replace('\'', "&#x27;")), "{slug}");
            }
            assert!(!table.contains(&format!(" {}<", entry.cohort)), "{} is no name for people", entry.cohort);
        }
    }

    async fn a_log_without_its_end_is_known_by_the_printed_head(databases: &TestDatabases) {
        drop(actions_now(databases).await);
        let candour = Candour::on(databases);
        let file = databases.folder().join("keys.json");
        let path = file.to_str().unwrap();
        candour.does(&["--side", "identity", "launch", "--tenant", "bsol", "--campaign", "first-conversation"]).await;
        candour.does(&["--side", "identity", "keys", "export", "--tenant", "bsol", "--out", path]).await;
        let log: Vec<KeyLogEntry> = serde_json::from_str(&fs::read_to_string(&file).unwrap()).unwrap();
        let whole = printed_head(&log).unwrap();
        let shortened = &log[..log.len() - 1];
        let import = async |log: &[KeyLogEntry], head: &[&str]| -> Ran {
            fs::write(&file, serde_json::to_string(log).unwrap()).unwrap();
            candour.run(&[&["--side", "conversation", "keys", "import", "--tenant", "bsol", path], head].concat()).await
        };
        let refused = import(shortened, &["--head", &whole]).await;
        assert!(refused.code == 1 && refused.stderr.contains(&whole), "{}{}", refused.stdout, refused.stderr);
        let conversation = Tables::of_conversation(databases).await;
        assert_eq!(conversation.number("SELECT count(*) FROM key_log").await, 0);
        // Without a head it says which one it took.
        let taken = import(shortened, &[]).await;
        assert!(taken.code == 0 && taken.stdout.contains(&printed_head(shortened).unwrap()) && taken.stderr.contains("--head"), "{}{}", taken.stdout, taken.stderr);
        // As somebody types it; and an earlier print's head still fits.
        for (head, new) in [(whole.to_uppercase().replace(' ', ""), "1 keys are new"), (printed_head(shortened).unwrap(), "0 keys are new")] {
            let taken = import(&log, &["--head", &head]).await;
            assert!(taken.code == 0 && taken.stdout.starts_with(new) && !taken.stderr.contains("--head"), "{}{}", taken.stdout, taken.stderr);
        }
        assert_eq!(import(&log, &["--head", "0000 0000 0000 0000"]).await.code, 1);
    }
}
