//! Reports to read: there from their day on and not before, with the figures that are published and no others.

use domain::tenant_pack::TenantPack;

use crate::harness::answer::between;
use crate::harness::databases::both_databases;
use crate::harness::packs;
use crate::harness::server::TestServer;

const REPORT: &str = "/reports/first-conversation";
/// BSol's smallest group, people.
const SMALLEST: usize = 10;
/// Longer than figures are shown without counting again, seconds.
const A_WHILE: i64 = 61;

/// BSol alone, with its report from this day on.
fn bsol(published: Option<&str>) -> Vec<TenantPack> {
    let mut bsol = packs::ours().remove(1);
    bsol.tenant.reports[0].published = published.map(|day| day.parse().unwrap());
    vec![bsol]
}

both_databases! {
    async fn a_report_is_there_from_its_day_on(databases: &TestDatabases) {
        let server = TestServer::with_packs(databases, bsol(Some("2023-12-10"))).await;
        let (by_host, by_path) = (server.device("bsol"), server.device_by_path("bsol"));
        server.clock.set("2023-12-09T23:59:59Z");
        for device in [&by_host, &by_path] {
            device.get(REPORT).await.expect(404);
            assert!(!device.get("/").await.expect(200).body.contains("first-conversation#"));
            assert!(!device.get("/pages/about").await.expect(200).text().contains("What you told us"));
        }
        server.clock.set("2023-12-10T00:00:00Z");
        for (device, base) in [(&by_host, ""), (&by_path, "/bsol")] {
            let link = format!("href=\"{base}{REPORT}\"");
            let front = device.get("/").await.expect(200);
            assert_eq!(front.body.replace("&#x2f;", "/").matches(&link).count(), 2, "in the navigation and on the page");
            assert!(front.text().contains("Published on 10 December 2023"), "{}", front.text());
            let page = device.get("/pages/about").await.expect(200);
            assert!(page.body.replace("&#x2f;", "/").contains(&link), "in the navigation of every page");
            let report = device.get(REPORT).await.expect(200);
            for anchor in ["what-happens-next", "finding-1", "finding-3", "finding-9"] {
                assert!(report.body.contains(&format!("<h2 id=\"{anchor}\">")), "{anchor}");
                assert!(report.body.contains(&format!("<a href=\"#{anchor}\">")), "{anchor} in the contents");
            }
            assert!(report.text().contains("Written by our independent partner. Published on 10 December 2023."));
            assert!(!report.body.contains("{figure"), "{}", report.body);
        }
        server.device("bsol").get("/reports/second").await.expect(404);
    }

    async fn a_draft_is_seen_by_nobody(databases: &TestDatabases) {
        let server = TestServer::with_packs(databases, bsol(None)).await;
        let person = server.person("bsol").await;
        server.clock.set("2030-01-01T12:00:00Z");
        for device in [&*person, &server.device("bsol")] {
            device.get(REPORT).await.expect(404);
            assert!(!device.get("/").await.expect(200).body.contains("What you told us"));
        }
    }

    async fn its_figures_are_the_published_ones(databases: &TestDatabases) {
        let server = TestServer::with_packs(databases, bsol(Some("2023-12-01"))).await;
        let reader = server.device("bsol");
        let nothing = reader.get(REPORT).await.expect(200);
        assert!(nothing.text().contains("there is no number to show here yet"), "{}", nothing.text());
        assert_eq!(tile(&nothing.body, "People came in"), None);
        for _ in 0..SMALLEST + 3 {
            server.person("bsol").await;
        }
        server.clock.advance(A_WHILE);
        let uncounted = reader.get(REPORT).await.expect(200);
        assert_eq!(tile(&uncounted.body, "People came in"), None, "whoever reads a report makes nobody count");
        server.actions.keep_house().await.unwrap();
        let counted = reader.get(REPORT).await.expect(200);
        assert_eq!(tile(&counted.body, "People came in").as_deref(), Some("10"), "13 people, in whole groups");
        assert_eq!(tile(&counted.body, "People who voted"), None);
        assert!(counted.text().contains("rounded down to a whole multiple of 10"));
    }
}

/// The number in the box with this label.
fn tile(page: &str, label: &str) -> Option<String> {
    between(page, &format!("<dt>{label}</dt><dd>"), "</dd>").map(str::to_owned)
}
