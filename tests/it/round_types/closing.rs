//! What a round comes to once it has closed, and what an analyst takes away.

use policy::Role;

use super::{AFTER, reviewing, waiting_for};
use crate::harness::databases::both_databases;
use crate::harness::packs::SECOND;
use crate::harness::tables::Tables;

both_databases! {
    async fn who_waited_until_the_close_is_counted(databases: &TestDatabases) {
        let server = waiting_for(databases, 100).await;
        let rows = Tables::of_conversation(databases).await;
        for _ in 0..12 {
            let person = server.person_in("bsol", SECOND).await;
            person.judges("rotas", "strong", "").await.expect(303);
        }
        assert_eq!(rows.number("SELECT count(*) FROM own_state").await, 0, "all of them wait");
        assert_eq!(rows.number("SELECT count(*) FROM round_type").await, 1, "what they answered to is kept for later versions");
        server.clock.set(AFTER);
        server.sides().keep_house().await.expect("they are let in, and counted");
        assert_eq!(rows.number("SELECT count(*) FROM own_state").await, 12);
        let strong = "SELECT CAST(sum(people) AS BIGINT) FROM round_result WHERE measure = 'strong'";
        assert_eq!(rows.number(strong).await, 10);
        // Looked at again, nothing is different.
        server.sides().keep_house().await.expect("nothing is due");
        assert_eq!(rows.number(strong).await, 10);
    }

    async fn an_analyst_takes_rows_without_names_groups_or_words(databases: &TestDatabases) {
        let server = reviewing(databases).await;
        let ann = server.person_in("bsol", SECOND).await;
        ann.judges("rotas", "wrong", "Words that only the conversation tells.").await.expect(303);
        let analyst = server.colleague("bsol", "Ines Calder", &[Role::Analyst]).await;
        let at = |rest: &str| format!("/console/campaigns/{SECOND}/answers{rest}");
        let page = analyst.get(&at("")).await.expect(200);
        assert!(page.body.contains("Verdicts"), "{}", page.body);
        for kind in ["csv", "xlsx", "json"] {
            let file = analyst.get(&at(&format!("/pledges/verdicts?as={kind}"))).await.expect(200);
            if kind != "xlsx" {
                assert!(file.body.contains("Rotas in good time") && file.body.contains("Wrong"), "{}", file.body);
                assert!(!file.body.contains("Words that only"), "{}", file.body);
            }
        }
        analyst.get(&at("/pledges/verdicts?as=pdf")).await.expect(404);
        analyst.get(&at("/pledges/nothing")).await.expect(404);
        let viewer = server.colleague("bsol", "Vera Lund", &[Role::Viewer]).await;
        assert_ne!(viewer.get(&at("/pledges/verdicts")).await.status, 200);
    }
}
