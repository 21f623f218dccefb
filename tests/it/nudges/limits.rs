//! What no plan, no button and no mail server gets round: how often people are asked in and at which hours, and that nobody gets two.

use actions::ApplyRefusal;

use super::*;
use crate::harness::mail_server::{MailServer, Manner};
use crate::harness::notify_service::NotifyService;

/// So many of the trust's people are refused by the mail server: more than five in a hundred.
const REFUSED: usize = 20;
/// So many are not.
const WELCOME: usize = 100;

impl TestServer {
    async fn changes(&self, slug: &str, change: MailingChange) {
        let tenant = self.tenant("bsol").await;
        let actor = Actor::command_line(tenant.id);
        let campaign = &tenant.campaigns[0];
        self.enrolment.change_mailing(&actor, (&tenant, campaign), slug, change).await.unwrap();
    }

    async fn asks_for_logins(&self) {
        let tenant = self.tenant("bsol").await;
        let actor = Actor::command_line(tenant.id);
        self.enrolment.send_logins(&actor, &tenant, &tenant.campaigns[0]).await.unwrap();
    }
}

both_databases! {
    async fn a_reminder_that_rests_keeps_the_next_one_back_and_is_over_after_a_day(databases: &TestDatabases) {
        let mail = MailServer::start().await;
        let packs = vec![planned(vec![
            email("first", EmailKind::Reminder, "2024-04-29T09:00:00"),
            email("second", EmailKind::Reminder, "2024-05-02T10:00:00"),
        ])];
        let server = TestServer::mailing_through(databases, packs, mail.port()).await;
        put_on_roll(&server).await;
        // It takes a few, and then nothing for a day.
        mail.goes_after(20);
        server.mails_at("2024-04-29T08:00:00Z").await;
        let taken = mail.emails();
        assert!(taken > 0 && taken < 2 * EACH, "{taken}");
        server.changes("first", MailingChange::Pause).await;
        mail.is_now(Manner::Takes).await;
        server.mails_at("2024-04-30T08:00:00Z").await;
        assert!(matches!(server.standing("first").await, EmailStanding::Paused(..)), "it rests");
        server.mails_at("2024-04-30T08:00:01Z").await;
        let EmailStanding::Missed(_, why) = server.standing("first").await else { panic!("{:?}", server.standing("first").await) };
        assert!(why.contains("more than 24 hours ago"), "{why}");
        assert_eq!(Tables::of_identity(databases).await.number("SELECT count(*) FROM mailing_item").await, 0);
        // The second is kept apart from the last of the first, and not from its beginning.
        server.mails_at("2024-05-02T09:00:00Z").await;
        let EmailStanding::Held(why) = server.standing("second").await else { panic!("{:?}", server.standing("second").await) };
        assert!(why.contains("too soon after “first”"), "{why}");
        assert_eq!(mail.emails(), taken);
        server.mails_at("2024-05-03T08:00:01Z").await;
        assert_eq!(mail.emails(), taken + 2 * EACH);
    }

    async fn a_reminder_is_kept_apart_from_the_launch(databases: &TestDatabases) {
        let soon = email("soon", EmailKind::Reminder, "2024-04-24T09:00:00");
        let server = launched(databases, vec![the_plan().remove(0), soon]).await;
        server.mails_at("2024-04-23T08:00:00Z").await;
        let EmailStanding::Held(why) = server.standing("soon").await else { panic!("it is held") };
        assert!(why.contains("too soon after “launch”"), "{why}");
    }

    async fn what_the_close_overtakes_is_over(databases: &TestDatabases) {
        let mail = MailServer::start().await;
        let packs = vec![planned(vec![email("last-day", EmailKind::LastDay, "2024-05-07T08:00:00")])];
        let server = TestServer::mailing_through(databases, packs, mail.port()).await;
        put_on_roll(&server).await;
        mail.is_now(Manner::Gone).await;
        server.mails_at("2024-05-07T07:00:00Z").await;
        assert!(matches!(server.standing("last-day").await, EmailStanding::Going(..)));
        mail.is_now(Manner::Takes).await;
        server.mails_at("2024-05-08T06:00:00Z").await;
        let EmailStanding::Missed(_, why) = server.standing("last-day").await else { panic!("{:?}", server.standing("last-day").await) };
        assert!(why.contains("closed by then"), "{why}");
        let tables = Tables::of_identity(databases).await;
        assert_eq!((mail.emails(), tables.number("SELECT count(*) FROM mailing_item").await), (0, 0));
    }

    async fn what_somebody_paused_is_still_stopped_when_too_many_are_refused(databases: &TestDatabases) {
        let mail = MailServer::start().await;
        let launch = vec![email("launch", EmailKind::Launch, "2024-04-23T09:00:00")];
        let server = TestServer::mailing_through(databases, vec![planned(launch)], mail.port()).await;
        server.clock.set("2024-04-22T10:00:00Z");
        let refused = (0..REFUSED).map(|number| format!("refused{number}@{TRUST}.example"));
        let people: Vec<String> = refused.chain((0..WELCOME).map(|number| address(TRUST, number))).collect();
        let people: Vec<(&str, &str)> = people.iter().map(|address| (address.as_str(), TRUST)).collect();
        server.launch("bsol", &people).await;
        mail.is_now(Manner::Gone).await;
        server.mails_at("2024-04-23T08:00:00Z").await;
        for change in [MailingChange::Pause, MailingChange::Resume] {
            server.changes("launch", change).await;
        }
        mail.is_now(Manner::Takes).await;
        server.mails_at("2024-04-23T08:10:00Z").await;
        let EmailStanding::Paused(_, why) = server.standing("launch").await else { panic!("{:?}", server.standing("launch").await) };
        assert!(why.contains("refused by the mail server"), "{why}");
        server.changes("launch", MailingChange::Resume).await;
        server.mails_at("2024-04-23T08:20:00Z").await;
        assert!(matches!(server.standing("launch").await, EmailStanding::Done(_)), "{:?}", server.standing("launch").await);
    }

    async fn login_details_keep_quiet_hours_and_nobody_gets_any_who_has_joined(databases: &TestDatabases) {
        let server = launched(databases, the_plan()).await;
        server.mails_at("2024-04-23T08:00:00Z").await;
        server.join(0..10).await;
        let tables = Tables::of_identity(databases).await;
        tables.change("UPDATE login SET unsent = TRUE").await;
        let had = |number: usize| server.emails_to(&address(TRUST, number));
        server.clock.set("2024-04-24T20:30:00Z");
        server.asks_for_logins().await;
        while server.works().await {}
        assert!((0..EACH).all(|number| had(number) == 1), "half past nine in the evening is a quiet hour");
        server.mails_at("2024-04-25T06:00:00Z").await;
        assert!((0..10).all(|number| had(number) == 1), "they are in");
        assert!((10..EACH).all(|number| had(number) == 2));
        let with_details = "SELECT count(DISTINCT person_id) FROM login WHERE NOT unsent";
        assert_eq!(tables.number(with_details).await, 2 * EACH as i64, "how many have details does not tell who has joined");
    }

    async fn an_email_that_has_gone_stays_in_the_plan(databases: &TestDatabases) {
        let server = launched(databases, the_plan()).await;
        server.mails_at("2024-04-23T08:00:00Z").await;
        let mut renamed = the_plan();
        renamed[0].slug = "launch-again".to_owned();
        let refusal = server.enrolment.apply_tenant_pack(&planned(renamed), true).await.unwrap_err();
        assert!(matches!(&refusal, ApplyRefusal::EmailHasGone { email, .. } if email == "launch"), "{refusal}");
        let without_the_next: Vec<_> = the_plan().into_iter().filter(|email| email.slug != "councils").collect();
        server.enrolment.apply_tenant_pack(&planned(without_the_next), true).await.unwrap();
    }

    async fn two_that_ask_after_the_same_lost_emails_send_one(databases: &TestDatabases) {
        let notify = NotifyService::start().await;
        let launch = vec![email("launch", EmailKind::Launch, "2024-04-23T09:00:00")];
        let server = TestServer::mailing_by(databases, vec![planned(launch)], notify.way()).await;
        put_on_roll(&server).await;
        let tables = Tables::of_identity(databases).await;
        a_process_claimed_and_died(&tables, databases, "TRUE", 1713859200).await;
        server.clock.set("2024-04-23T08:15:00Z");
        let works = async || while server.works().await {};
        tokio::join!(works(), works(), works(), works());
        eventually("all have theirs", async || {
            works().await;
            notify.taken().len() == 2 * EACH
        })
        .await;
        let twice: Vec<_> = notify.taken().into_iter().filter(|(_, times)| *times != 1).collect();
        assert!(twice.is_empty(), "{twice:?}");
    }
}
