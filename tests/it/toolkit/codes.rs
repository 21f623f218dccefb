//! Sheets of sealed codes: made in the answer to a form, kept nowhere, each code good for one person.

use std::collections::BTreeSet;

use policy::Role;

use super::{COUNCIL, TOOLKIT, launched, started};
use crate::harness::databases::both_databases;
use crate::harness::staff::Colleague;
use crate::harness::tables::Tables;

/// An organisation's page of the toolkit.
fn page_of(organisation: &str) -> String {
    format!("{TOOLKIT}/{organisation}")
}

/// Asks for a sheet and gives its codes.
async fn printed(lead: &Colleague, count: usize) -> Vec<String> {
    let typed = count.to_string();
    let sheet =
        lead.post(&format!("{}/codes", page_of(COUNCIL)), &[("codes", typed.as_str())]).await.expect(200);
    let disposition = sheet.header("content-disposition");
    assert_eq!(disposition, "attachment; filename=\"codes-birmingham-council.html\"");
    assert_eq!(sheet.header("cache-control"), "no-store");
    for (what, each) in [("a QR code", "<svg "), ("the head of the key log", "Keys: ")] {
        assert_eq!(sheet.body.matches(each).count(), count, "each slip has {what}");
    }
    let codes = sheet.body.split("<p class=\"code\">").skip(1).filter_map(|rest| rest.split('<').next());
    codes.map(str::to_owned).collect()
}

both_databases! {
    async fn a_sheet_of_codes_is_made_once_and_kept_nowhere(databases: &TestDatabases) {
        let server = started(databases).await;
        launched(&server, 3).await;
        let lead = server.staff("bsol", &[Role::CommsLead]).await;
        let page = lead.get(&page_of(COUNCIL)).await.expect(200);
        assert!(page.text().contains("People who come in with a code cannot be reminded one by one."), "{}", page.text());
        let codes = [printed(&lead, 17).await, printed(&lead, 17).await].concat();
        assert_eq!(codes.iter().collect::<BTreeSet<_>>().len(), 34, "each sheet has codes of its own");

        let (talk, identity) = (Tables::of_conversation(databases).await, Tables::of_identity(databases).await);
        assert_eq!(talk.number("SELECT count(*) FROM sealed_code").await, 34);
        assert_eq!(identity.number("SELECT count(*) FROM job").await, 0, "nothing waits to be made, and no file is kept");
        let record = talk.texts("SELECT entry FROM audit_entry").await.concat();
        assert!(!codes.iter().any(|code| record.contains(code)), "{record}");
        let shown = lead.get("/console/audit?side=conversation").await.expect(200).text();
        assert_eq!(shown.matches("Had sealed codes made").count(), 2, "{shown}");
        assert_eq!(shown.matches("codes: 17").count(), 2, "{shown}");

        for code in [&codes[0], &codes[33]] {
            server.device("bsol").enters(code).await;
            let again = server.device("bsol").types_code(code).await.expect(422);
            assert!(again.text().contains("This code has been used."), "{}", again.text());
        }
    }

    async fn codes_are_asked_for_by_those_who_may_in_a_number_that_fits_until_the_close(databases: &TestDatabases) {
        let server = started(databases).await;
        let lead = server.staff("bsol", &[Role::CommsLead]).await;
        let form = format!("{}/codes", page_of(COUNCIL));
        assert!(lead.get(&page_of(COUNCIL)).await.expect(200).body.contains("/codes\""));
        for typed in ["", "0", "-1", "2,001", "many"] {
            let page = lead.post(&form, &[("codes", typed)]).await.expect(422);
            assert!(page.text().contains("Ask for 1 to 2,000 codes at once."), "{typed}: {}", page.text());
        }
        for nowhere in [form.replace(COUNCIL, "no-such-place"), form.replace("first-conversation", "no-such-campaign")] {
            lead.post(&nowhere, &[("codes", "8")]).await.expect(404);
        }
        let moderator = server.staff("bsol", &[Role::Moderator]).await;
        assert!(!moderator.get(&page_of(COUNCIL)).await.expect(200).body.contains("/codes\""));
        moderator.post(&form, &[("codes", "8")]).await.expect(403);

        // Whoever showed long ago who they are is asked again.
        server.clock.advance(11 * 60);
        let asked = lead.post(&form, &[("codes", "8")]).await.expect(403);
        assert!(asked.body.contains("name=\"password\"") && asked.body.contains("value=\"8\""), "{}", asked.text());
        server.clock.set("2024-05-08T10:00:00Z");
        lead.signs_in().await;
        let closed = lead.post(&form, &[("codes", "8")]).await.expect(422);
        assert!(closed.text().contains("This campaign has closed, so codes would let nobody in."), "{}", closed.text());
        assert_eq!(Tables::of_conversation(databases).await.number("SELECT count(*) FROM sealed_code").await, 0);
    }
}
