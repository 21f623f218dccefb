//! The first comms lead of a tenant: invited by an operator, again if need be, until somebody has come.

use actions::policy::Role;

use super::{DAY_SECONDS, HHFT, operator};
use crate::harness::answer::{Answer, between};
use crate::harness::databases::both_databases;
use crate::harness::packs;
use crate::harness::patience::eventually;
use crate::harness::server::TestServer;
use crate::harness::staff::{Colleague, accepts};

both_databases! {
    async fn a_first_lead_who_never_came_is_invited_again_or_another(databases: &TestDatabases) {
        let server = TestServer::with_packs(databases, packs::all_open()).await;
        let operator = operator(&server).await;
        let invites = async |name: &str, email: &str| {
            let instead = instead(&operator.get(HHFT).await.expect(200));
            operator.post(&format!("{HHFT}/lead"), &[("name", name), ("email", email), ("instead", &*instead)]).await
        };
        let opens = async |link: &str| server.device("hhft").get(&link[link.find("/console/").unwrap()..]).await.status;
        invites("Nia Moss", "nia@hhft.exmple").await.expect(303);
        let mistyped = link(&server, "nia@hhft.exmple").await;
        assert_eq!(opens(&mistyped).await, 200);
        let page = operator.get(HHFT).await.expect(200);
        assert!(page.text().contains("Nia Moss (nia@hhft.exmple) was invited and has not come yet"), "{}", page.text());

        invites("Nia Moss", "nia@hhft.example").await.expect(303);
        let first = link(&server, "nia@hhft.example").await;
        assert_eq!((opens(&mistyped).await, opens(&first).await), (404, 200), "the link to the wrong address is good no more");
        let hhft = server.tenant("hhft").await;
        let emails = async || {
            let listed = server.accounts().list_accounts(&hhft).await.unwrap();
            listed.into_iter().map(|one| one.account.email).collect::<Vec<_>>()
        };
        assert_eq!(emails().await, ["nia@hhft.example"], "whom nobody invites any more is not listed");
        // Long after it has run out, to the same address.
        server.clock.advance(20 * DAY_SECONDS);
        operator.signs_in().await;
        assert_eq!(opens(&first).await, 404);
        invites("Nia Moss", "NIA@hhft.example").await.expect(303);
        eventually("the third email arrives", async || server.emails_to("nia@hhft.example") == 2).await;
        let second = link(&server, "nia@hhft.example").await;
        assert_eq!((opens(&first).await, opens(&second).await), (404, 200));

        let nia = server.device("hhft");
        accepts(&nia, &second, &server.clock).await.1.expect(200);
        assert!(nia.get("/console").await.expect(200).text().contains("Comms lead"));
        let listed = server.accounts().list_accounts(&hhft).await.unwrap();
        let leads: Vec<_> = listed.iter().filter(|one| one.roles.contains(&Role::CommsLead)).collect();
        assert!(leads.len() == 1 && leads[0].account.email == "nia@hhft.example", "{leads:?}");
        assert!(!operator.get(HHFT).await.expect(200).body.contains("/lead\""), "somebody leads it");
        let eve = operator.post(&format!("{HHFT}/lead"), &[("name", "Eve Else"), ("email", "eve@hhft.example")]).await;
        assert!(eve.expect(422).text().contains("This tenant has a comms lead already"));
        let record = nia.get("/console/audit").await.expect(200).text();
        assert!(record.contains("Withdrew an invitation") && record.contains("Invited a colleague"), "{record}");
        nia.get("/console/people/invite").await.expect(200);
        let again = [("name", "Nia’s twin"), ("email", "nia@hhft.exmple"), ("role", "viewer")];
        nia.post("/console/people/invite", &again).await.expect(303);
        assert_eq!(emails().await.len(), 2);
    }

    async fn an_invitation_stands_whose_email_does_not_leave(databases: &TestDatabases) {
        let server = TestServer::with_packs(databases, packs::all_open()).await;
        let robin = operator(&server).await;
        server.takes_no_email().await;
        robin.get(HHFT).await.expect(200);
        let nia = [("name", "Nia Moss"), ("email", "nia@hhft.example")];
        let told = robin.post(&format!("{HHFT}/lead"), &nia).await.expect(503);
        assert!(told.text().contains("They are invited, but the email did not leave"), "{}", told.text());
        assert!(told.text().contains("Nia Moss (nia@hhft.example) was invited") && !instead(&told).is_empty());
        let record = robin.get("/console/audit").await.expect(200).text();
        assert!(record.contains("Invited a tenant’s first comms lead"), "{record}");
        // The same for colleagues.
        robin.get("/console/people").await.expect(200);
        let ola = [("name", "Ola Reed"), ("email", "ola@platform.example"), ("role", "operator")];
        let told = robin.post("/console/people/invite", &ola).await.expect(503);
        assert!(told.text().contains("They are invited, but the email did not leave"), "{}", told.text());

        // Once there is email again, at the next start.
        let clock = server.clock.clone();
        server.stop().await;
        let server = TestServer::serve(databases, &clock, 2).await;
        let device = server.device("platform");
        robin.signs_in_on(&device).await;
        let fields = [nia[0], nia[1], ("instead", &*instead(&device.get(HHFT).await.expect(200)))];
        device.post(&format!("{HHFT}/lead"), &fields).await.expect(303);
        let link = link(&server, "nia@hhft.example").await;
        accepts(&server.device("hhft"), &link, &server.clock).await.1.expect(200);
    }

    async fn two_operators_at_once_invite_one_first_lead(databases: &TestDatabases) {
        let server = TestServer::with_packs(databases, packs::all_open()).await;
        let robin = operator(&server).await;
        let ola = server.colleague("platform", "Ola Reed", &[Role::Operator]).await;
        let invites = async |who: &Colleague, name: &str, email: &str| {
            who.get(HHFT).await.expect(200);
            who.post(&format!("{HHFT}/lead"), &[("name", name), ("email", email)]).await.status
        };
        let (one, other) = tokio::join!(invites(&robin, "Nia Moss", "nia@hhft.example"), invites(&ola, "Eve Else", "eve@hhft.example"));
        let mut statuses = [one, other];
        statuses.sort_unstable();
        assert_eq!(statuses, [303, 422]);
        let hhft = server.tenant("hhft").await;
        assert_eq!(server.accounts().list_accounts(&hhft).await.unwrap().len(), 1);
    }
}

/// Whose invitation the form on a tenant's page replaces.
fn instead(page: &Answer) -> String {
    between(&page.body, "name=\"instead\" value=\"", "\"").expect("the form is there").to_owned()
}

/// The link in the newest email to an address.
async fn link(server: &TestServer, email: &str) -> String {
    let message = server.email_to(email).await;
    message.text().split_whitespace().find(|word| word.contains("token=")).expect("a link").to_owned()
}
