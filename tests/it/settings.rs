//! The look and the pages of a tenant, changed outside any draft; and what its own console says while it is not served.

use actions::policy::Role;

use crate::harness::databases::both_databases;
use crate::harness::packs;
use crate::harness::server::TestServer;

const BRANDING: &str = "/console/settings/branding";
const PAGES: &str = "/console/settings/pages";

both_databases! {
    async fn look_and_pages_are_changed_while_a_conversation_runs(databases: &TestDatabases) {
        let server = TestServer::with_packs(databases, packs::all_open()).await;
        let lead = server.colleague("bsol", "Lee Ash", &[Role::CommsLead]).await;
        assert!(lead.get("/console").await.expect(200).text().contains("Look and pages"), "the menu leads there");
        lead.get(BRANDING).await.expect(200);
        let wrong = lead.post(BRANDING, &[("service_name", "Still open"), ("brand", "green")]).await;
        assert!(wrong.expect(422).text().contains("Write it as #rrggbb"));
        let saved = lead.post(BRANDING, &[("service_name", "Still open"), ("brand", "#14493f"), ("do", "next")]).await;
        assert!(saved.expect(303).location().ends_with("/console/settings/branding?done=saved"));
        assert!(lead.get(BRANDING).await.expect(200).body.contains("value=\"Still open\""));
        let page = [("title", "Who we are"), ("body", "We work here."), ("do", "save")];
        lead.post(PAGES, &page).await.expect(303);
        assert!(lead.get(PAGES).await.expect(200).text().contains("Who we are"));
    }

    async fn a_tenants_console_says_that_it_is_suspended_or_goes(databases: &TestDatabases) {
        let server = TestServer::with_packs(databases, packs::all_open()).await;
        let operator = server.operator().await;
        operator.proves().await;
        let lead = server.colleague("hhft", "Lee Ash", &[Role::CommsLead]).await;
        assert!(!lead.get("/console").await.expect(200).text().contains("have suspended this site"));
        operator.get("/console/tenants/hhft").await.expect(200);
        let why = [("reason", "The contract is being renewed.")];
        operator.post("/console/tenants/hhft/suspend", &why).await.expect(303);
        let start = lead.get("/console").await.expect(200).text();
        assert!(start.contains("have suspended this site") && start.contains("The contract is being renewed."));
        assert!(lead.get("/console/audit").await.expect(200).text().contains("Suspended a tenant"));
    }
}
