//! The look and the pages of a tenant, changed outside any draft; and what its own console says while it is not served.

use actions::policy::Role;

use crate::harness::answer::{Answer, between};
use crate::harness::databases::both_databases;
use crate::harness::packs;
use crate::harness::server::TestServer;
use crate::harness::staff::Colleague;

const BRANDING: &str = "/console/settings/branding";
const PAGES: &str = "/console/settings/pages";

/// The version of what a page shows, as its form brings it back.
fn seen(page: &Answer) -> String {
    between(&page.body, "name=\"seen\" value=\"", "\"").expect("a form with a version").to_owned()
}

both_databases! {
    async fn look_and_pages_are_changed_while_a_conversation_runs(databases: &TestDatabases) {
        let server = TestServer::with_packs(databases, packs::all_open()).await;
        let lead = server.colleague("bsol", "Lee Ash", &[Role::CommsLead]).await;
        assert!(lead.get("/console").await.expect(200).text().contains("Look and pages"), "the menu leads there");
        let looked = seen(&lead.get(BRANDING).await.expect(200));
        let wrong = lead.post(BRANDING, &[("service_name", "Still open"), ("brand", "green")]).await;
        assert!(wrong.expect(422).text().contains("Write it as #rrggbb"));
        let saved = lead.post(BRANDING, &[("seen", &*looked), ("service_name", "Still open"), ("brand", "#14493f"), ("do", "next")]).await;
        assert!(saved.expect(303).location().ends_with("/console/settings/branding?done=saved"));
        assert!(lead.get(BRANDING).await.expect(200).body.contains("value=\"Still open\""));
        let page = [("title", "Who we are"), ("body", "We work here."), ("do", "save")];
        lead.post(PAGES, &page).await.expect(303);
        assert!(lead.get(PAGES).await.expect(200).text().contains("Who we are"));
    }

    async fn of_two_who_change_the_look_at_once_nobody_loses_words(databases: &TestDatabases) {
        let server = TestServer::with_packs(databases, packs::all_open()).await;
        let ann = server.colleague("bsol", "Ann Heron", &[Role::CommsLead]).await;
        let ben = server.colleague("bsol", "Ben Teal", &[Role::CommsLead]).await;
        let look = async |who: &Colleague, seen: &str, name: &str| {
            who.post(BRANDING, &[("seen", seen), ("service_name", name), ("brand", "#14493f"), ("do", "next")]).await
        };
        let version = seen(&ann.get(BRANDING).await.expect(200));
        ben.get(BRANDING).await.expect(200);
        look(&ben, &version, "Ben’s talks").await.expect(303);
        let late = look(&ann, &version, "Ann’s talks").await.expect(422);
        assert!(late.text().contains("Somebody else has changed this meanwhile") && late.text().contains("What is stored now"), "{}", late.text());
        assert!(late.text().contains("Ben’s talks") && late.body.contains("value=\"Ann’s talks\""), "{}", late.body);
        assert!(ben.get(BRANDING).await.expect(200).body.contains("value=\"Ben’s talks\""), "nothing was changed");
        // The next press is made knowing what is there.
        look(&ann, &seen(&late), "Ann’s talks").await.expect(303);
        assert!(ben.get(BRANDING).await.expect(200).body.contains("value=\"Ann’s talks\""));
    }

    async fn of_two_who_change_a_page_at_once_nobody_loses_words(databases: &TestDatabases) {
        let server = TestServer::with_packs(databases, packs::all_open()).await;
        let ann = server.colleague("bsol", "Ann Heron", &[Role::CommsLead]).await;
        let ben = server.colleague("bsol", "Ben Teal", &[Role::CommsLead]).await;
        let sends = async |who: &Colleague, seen: &str, slug: &str, body: &str, what: &str| {
            who.post(PAGES, &[("seen", seen), ("slug", slug), ("title", "Who we are"), ("body", body), ("do", what)]).await
        };
        ann.get(PAGES).await.expect(200);
        sends(&ann, "", "", "We work here.", "save").await.expect(303);
        let page = format!("{PAGES}?page=who-we-are");
        let version = seen(&ann.get(&page).await.expect(200));
        ben.get(&page).await.expect(200);
        sends(&ben, &version, "who-we-are", "Ben’s words.", "save").await.expect(303);
        for what in ["save", "remove"] {
            let late = sends(&ann, &version, "who-we-are", "Ann’s words.", what).await.expect(422);
            let said = late.text();
            assert!(said.contains("Somebody else has changed this meanwhile") && said.contains("What is stored now"), "{what}: {said}");
            assert!(said.contains("Ben’s words.") && late.body.contains("Ann’s words."), "{what}: {said}");
        }
        let late = sends(&ann, &version, "who-we-are", "Ann’s words.", "save").await.expect(422);
        sends(&ann, &seen(&late), "who-we-are", "Ben’s words. Ann’s words.", "save").await.expect(303);
        let now = ben.get(&page).await.expect(200);
        assert!(now.body.contains("Ben’s words. Ann’s words."), "{}", now.body);

        // What was written about a page that is gone stays, and can be added again.
        sends(&ben, &seen(&now), "who-we-are", "", "remove").await.expect(303);
        let gone = sends(&ann, &seen(&now), "who-we-are", "Ann’s last words.", "save").await.expect(422);
        assert!(gone.text().contains("Somebody else has removed this page") && gone.body.contains("Ann’s last words."), "{}", gone.text());
        sends(&ann, &seen(&gone), "", "Ann’s last words.", "save").await.expect(303);
        assert!(ben.get(&page).await.expect(200).body.contains("Ann’s last words."));
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
