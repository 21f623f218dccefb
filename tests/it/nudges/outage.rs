//! A mail server that is away for six hours: everybody gets their email once, when it is back and no quiet hour, and it is not run down meanwhile.

use domain::mailing::SERVER_REST_MINUTES;

use super::*;
use crate::harness::mail_server::{MailServer, Manner};

/// Minutes between two looks, by the virtual clock.
const STEP_MINUTES: i64 = 10;
/// Emails that are tried before a server counts as away: what is claimed at once, by each of two workers (the test's own and the server's).
const PROBES: usize = 2 * mail::mailer::MAX_CONNECTIONS;
/// Taken before it goes away.
const BEFORE: usize = 31;

/// Launched, with a mail server, and the launch planned for `send_at`.
async fn staged(databases: &TestDatabases, mail: &MailServer, send_at: &str) -> TestServer {
    let launch = vec![email("launch", EmailKind::Launch, send_at)];
    let server = TestServer::mailing_through(databases, vec![planned(launch)], mail.port()).await;
    put_on_roll(&server).await;
    server
}

/// Looks every [`STEP_MINUTES`] for so many hours.
async fn hours_pass(server: &TestServer, hours: i64) {
    for _ in 0..hours * 60 / STEP_MINUTES {
        server.clock.advance(STEP_MINUTES * 60);
        server.enrolment.begin_due_mailings().await.unwrap();
        while server.works().await {}
        eventually("nothing is on its way", async || server.on_their_way().await == 0).await;
    }
}

fn everybody_once(mail: &MailServer) {
    let taken = mail.taken();
    let twice: Vec<_> = taken.iter().filter(|(_, times)| **times != 1).collect();
    assert!(twice.is_empty(), "{twice:?}");
    assert_eq!(taken.len(), 2 * EACH);
}

async fn is_done(server: &TestServer, tables: &Tables) {
    eventually("it is over", async || {
        server.works().await;
        tables.number("SELECT count(*) FROM mailing WHERE state = 'done'").await == 1
    })
    .await;
    assert_eq!(tables.number("SELECT sent FROM mailing").await, 2 * EACH as i64);
    assert_eq!(tables.number("SELECT refused + unsure + left_out FROM mailing").await, 0);
    assert_eq!(tables.number("SELECT count(*) FROM undelivered").await, 0);
    // Of failed attempts the login details are gone as well: there are those that everybody was given at first, and those in the trust's emails.
    assert_eq!(tables.number("SELECT count(*) FROM login").await, 3 * EACH as i64);
}

both_databases! {
    async fn six_hours_without_a_mail_server_cost_nobody_theirs(databases: &TestDatabases) {
        let mail = MailServer::start().await;
        let server = staged(databases, &mail, "2024-04-23T09:00:00").await;
        let tables = Tables::of_identity(databases).await;
        mail.goes_after(BEFORE);
        server.clock.set("2024-04-23T08:00:00Z");
        server.enrolment.begin_due_mailings().await.unwrap();
        while server.works().await {}
        eventually("nothing is on its way", async || server.on_their_way().await == 0).await;
        let before = mail.emails();
        assert!((BEFORE..2 * EACH).contains(&before), "{before} were taken before it went away");
        let EmailStanding::Going(_, Some(why)) = server.standing("launch").await else { panic!("it goes") };
        assert!(why.contains("cannot be reached"), "{why}");

        hours_pass(&server, 3).await;
        assert_eq!(mail.emails(), before, "it is away");
        // It comes back to say that it is not there: each look asks it a few times, and not once for each person.
        mail.is_now(Manner::Greets421).await;
        let asked = mail.connections();
        hours_pass(&server, 3).await;
        let asked = mail.connections() - asked;
        let looks = (3 * 60 / STEP_MINUTES) as usize;
        assert!((looks..=looks * PROBES).contains(&asked), "asked {asked} times in {looks} looks");
        assert_eq!(mail.emails(), before);
        assert_eq!(tables.number("SELECT max(attempts) FROM mailing_item").await, 0, "an outage is nobody's attempt");
        // Within the rest nobody asks, however often it is looked.
        let asked = mail.connections();
        server.clock.advance(SERVER_REST_MINUTES * 60 - 1);
        while server.works().await {}
        assert_eq!(mail.connections(), asked);

        mail.is_now(Manner::Takes).await;
        hours_pass(&server, 1).await;
        everybody_once(&mail);
        is_done(&server, &tables).await;
    }

    async fn an_outage_across_nine_in_the_evening_drains_from_seven(databases: &TestDatabases) {
        let mail = MailServer::start().await;
        let server = staged(databases, &mail, "2024-04-23T18:00:00").await;
        let tables = Tables::of_identity(databases).await;
        mail.goes_after(BEFORE);
        server.clock.set("2024-04-23T17:00:00Z");
        server.enrolment.begin_due_mailings().await.unwrap();
        while server.works().await {}
        eventually("nothing is on its way", async || server.on_their_way().await == 0).await;
        hours_pass(&server, 3).await;
        // Nine in the evening has passed: it comes back at midnight, and nobody asks whether it is there.
        let before = mail.emails();
        hours_pass(&server, 3).await;
        mail.is_now(Manner::Takes).await;
        let asked = mail.connections();
        hours_pass(&server, 6).await;
        server.clock.set("2024-04-24T05:59:59Z");
        while server.works().await {}
        assert_eq!((mail.emails(), mail.connections()), (before, asked), "these are quiet hours");
        server.clock.set("2024-04-24T06:00:00Z");
        hours_pass(&server, 1).await;
        everybody_once(&mail);
        is_done(&server, &tables).await;
    }
}
