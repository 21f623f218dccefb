//! What does not arrive is counted by day and reason for the operator, in whole groups and without a name; a mailing of which too many are refused rests.

use domain::mailing::{MAX_ATTEMPTS, Undelivered, rest_after};

use super::*;
use crate::harness::mail_server::MailServer;

/// How the mail server treats so many of the trust's people, by the beginning of their address.
const TREATED: [(&str, usize); 5] = [("gone", 12), ("refused", 21), ("later", 10), ("breaks", 3), ("p", 100)];

both_databases! {
    async fn what_does_not_arrive_is_counted_and_nobody_is_named(databases: &TestDatabases) {
        let mail = MailServer::start().await;
        let launch = vec![email("launch", EmailKind::Launch, "2024-04-23T09:00:00")];
        let server = TestServer::mailing_through(databases, vec![planned(launch)], mail.port()).await;
        server.clock.set("2024-04-22T10:00:00Z");
        let people: Vec<String> =
            TREATED.iter().flat_map(|(how, many)| (0..*many).map(move |number| format!("{how}{number}@{TRUST}.example"))).collect();
        let people: Vec<(&str, &str)> = people.iter().map(|address| (address.as_str(), TRUST)).collect();
        server.launch("bsol", &people).await;

        server.mails_at("2024-04-23T08:00:00Z").await;
        let EmailStanding::Paused(_, why) = server.standing("launch").await else { panic!("too many were refused") };
        assert!(why.contains("More than 5 in 100 were refused by the mail server"), "{why}");
        let tables = Tables::of_identity(databases).await;
        tables.change("INSERT INTO undelivered (tenant_id, day, why, emails) SELECT tenant_id, '2024-03-24', 'refused', 7 FROM mailing").await;
        let tenant = server.tenant("bsol").await;
        let actor = Actor::command_line(tenant.id);
        let resume = MailingChange::Resume;
        server.enrolment.change_mailing(&actor, (&tenant, &tenant.campaigns[0]), "launch", resume).await.unwrap();
        for attempts in 0..=MAX_ATTEMPTS {
            server.clock.advance(rest_after(attempts.max(1)).map_or(60, |rest| rest.num_seconds()));
            eventually("nothing is on its way", async || !server.works().await && server.on_their_way().await == 0).await;
        }
        let EmailStanding::Done(counts) = server.standing("launch").await else { panic!("{:?}", server.standing("launch").await) };
        assert_eq!((counts.addressed, counts.sent, counts.refused, counts.unsure), (140, 100, 40, 0), "in whole groups");
        assert_eq!(mail.taken().len(), 100);
        let addresses = "SELECT count(*) FROM no_email WHERE why = 'bounced'";
        assert_eq!(tables.number(addresses).await, 12, "who is only put off, or refused, is written to again");

        let old = "SELECT count(*) FROM undelivered WHERE day < '2024-04-01'";
        assert_eq!(tables.number(old).await, 0, "thirty days are enough");
        let found = server.enrolment.undelivered(&tenant).await.unwrap();
        let in_all: Vec<_> = found.in_all.iter().map(|one| (one.why, one.emails)).collect();
        let expected = [(Undelivered::NoSuchAddress, 10), (Undelivered::Refused, 20), (Undelivered::GivenUp, 10), (Undelivered::BrokeOff, 0)];
        assert_eq!(in_all, expected);

        // The operator reads it; nobody else does, and it names nobody.
        let operator = server.operator().await;
        let page = operator.get("/console/tenants/bsol").await.expect(200);
        for words in [
            "Emails that did not arrive", "nobody is at the address.about 10Tuesday 23 April 2024", "refused the email for good.about 20",
            "Given up: the mail server put it off 10 times.about 10", "the connection broke before the mail server answered.fewer than 10",
        ] {
            assert!(page.text().contains(words), "{words}: {}", page.text());
        }
        assert!(!page.body.contains(TRUST) && !page.text().contains(" 12 ") && !page.text().contains(" 21 "), "{}", page.text());
        server.clock.advance(30 * 86_400);
        assert!(server.enrolment.undelivered(&tenant).await.unwrap().in_all.is_empty(), "it is no news any more");
    }
}
