//! What operators and their probes see, on a port of its own.

use crate::harness::answer::counts;
use crate::harness::databases::{Kind, TestDatabases, both_databases, with_databases};
use crate::harness::patience::eventually;
use crate::harness::server::TestServer;
use crate::harness::tables::Tables;

both_databases! {
    async fn the_operators_port_tells_how_it_goes_and_of_nobody(databases: &TestDatabases) {
        let server = TestServer::start(databases).await;
        assert_eq!(server.ask_operations("/healthz").await.expect(200).json()["status"], "alive");
        assert_eq!(server.ask_operations("/readyz").await.expect(200).json()["status"], "ready");
        let ann = server.person("bsol").await;
        let idea = ann.shares("Counted, not named").await;
        for _ in 0..3 {
            ann.reads(&idea).await.expect(200);
        }
        ann.get("/no-such-page").await.expect(404);
        let metrics = server.ask_operations("/metrics").await.expect(200);
        assert!(metrics.header("content-type").starts_with("text/plain"));
        let read = "candour_requests_total{route=\"/conversations/:campaign/contributions/:id\",status=\"2xx\"} 3";
        assert!(metrics.body.contains(read), "requests are counted by pattern: {}", metrics.body);
        assert!(metrics.body.contains("candour_requests_total{route=\"unmatched\",status=\"4xx\"} 1"));
        for told in [idea.as_str(), "no-such-page", "127.0.0.1", &ann.session().unwrap()] {
            assert!(!metrics.body.contains(told), "the metrics tell {told}");
        }
    }

    async fn the_public_port_has_none_of_it(databases: &TestDatabases) {
        let server = TestServer::start(databases).await;
        for path in ["/healthz", "/readyz", "/metrics"] {
            server.device("bsol").get(path).await.expect(404);
        }
        server.ask_operations("/conversations/first-conversation").await.expect(404);
    }
}

mod without_a_database {
    use super::*;

    /// SQLite's files are the process' own: only PostgreSQL can go away and come back.
    #[test]
    fn postgres() {
        with_databases(Kind::Postgres, |databases| {
            Box::pin(the_server_says_so_and_finds_it_again(databases))
        });
    }

    async fn the_server_says_so_and_finds_it_again(databases: &TestDatabases) {
        let server = TestServer::start(databases).await;
        let ann = server.person("bsol").await;
        let idea = ann.shares("Said before the fall").await;
        let cluster = Tables::of_cluster().await;
        let name = databases.conversation.owner.rsplit('/').next().unwrap();
        let allow = |allowed: bool| format!("ALTER DATABASE {name} WITH ALLOW_CONNECTIONS {allowed}");
        cluster.change(&allow(false)).await;
        cluster
            .change(&format!(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{name}'"
            ))
            .await;

        let unready = server.ask_operations("/readyz").await.expect(503);
        assert!(
            !unready.body.contains("postgres://") && !unready.body.contains("candour_app"),
            "{}",
            unready.body
        );
        server.ask_operations("/healthz").await.expect(200);
        let page = ann.reads(&idea).await.expect(500);
        assert!(
            page.text().contains("This is our fault, not yours")
                && !page.text().to_lowercase().contains("sql")
        );
        assert!(
            page.text().contains(page.header("x-request-id")),
            "the page has the number that the log has"
        );

        cluster.change(&allow(true)).await;
        eventually("the server is ready again", async || {
            server.ask_operations("/readyz").await.status == 200
        })
        .await;
        eventually("it reads again", async || ann.reads(&idea).await.status == 200).await;
        eventually("it writes again", async || ann.presses(&idea, "agree").await.status == 303).await;
        assert_eq!(ann.counts(&idea).await, counts(1, 0, 0));
    }
}
