//! Emails of a campaign by its plan: who gets what and when, on a virtual clock; who has joined gets none; what the dates overtake is held; two
//! processes send nothing twice.

mod killed;
mod limits;
mod outage;
mod undelivered;

use actions::{Actor, EmailStanding, MailingChange, RoundDates, Tenant};
use domain::planned_email::{EmailFile, EmailKind};
use domain::tenant_pack::TenantPack;
use domain::timetable::{DateChange, DateWish};
use mail::Address;

use crate::harness::databases::{Kind, TestDatabases, both_databases};
use crate::harness::joiner::Onward;
use crate::harness::packs;
use crate::harness::patience::eventually;
use crate::harness::server::TestServer;
use crate::harness::tables::Tables;

const CAMPAIGN: &str = "second-conversation";
/// On the roll, twenty of each: an organisation with login details, and one whose people sign up.
const TRUST: &str = "uhb";
const COUNCIL: &str = "birmingham-council";
const EACH: usize = 60;

/// BSol alone with its second conversation, and a plan like the one in its toolkit.
fn planned(emails: Vec<EmailFile>) -> TenantPack {
    let mut bsol = packs::ours().remove(1);
    let mut campaign = bsol.campaigns.remove("first-conversation").unwrap();
    bsol.campaigns.clear();
    bsol.tenant.reports.clear();
    bsol.report_texts.clear();
    (campaign.slug, campaign.title) = (CAMPAIGN.to_owned(), "Our second Open Conversation".to_owned());
    let round = &mut campaign.rounds[0];
    (round.slug, round.title) = ("pledges".to_owned(), "Pledges".to_owned());
    (round.opens, round.closes) =
        ("2024-04-23T09:00:00".parse().unwrap(), "2024-05-07T23:59:00".parse().unwrap());
    campaign.emails = emails;
    bsol.campaigns.insert(campaign.slug.clone(), campaign);
    bsol
}

fn email(slug: &str, kind: EmailKind, send_at: &str) -> EmailFile {
    EmailFile::new(slug, slug, kind, send_at.parse().unwrap())
}

fn the_plan() -> Vec<EmailFile> {
    vec![
        email("launch", EmailKind::Launch, "2024-04-23T09:00:00"),
        EmailFile {
            organisations: vec![COUNCIL.to_owned()],
            subject: "{organisation}: {conversation} ends soon".to_owned(),
            text: "Are the pledges strong or wrong?\n\nIt is open until {closes}.".to_owned(),
            ..email("councils", EmailKind::Reminder, "2024-04-29T09:00:00")
        },
        EmailFile {
            organisations: vec![TRUST.to_owned()],
            ..email("trusts", EmailKind::Reminder, "2024-04-30T21:30:00")
        },
        email("more-time", EmailKind::Extension, "2024-05-06T10:30:00"),
        email("last-day", EmailKind::LastDay, "2024-05-07T08:00:00"),
        email("new-last-day", EmailKind::LastDay, "2024-05-09T11:00:00"),
        email("thanks", EmailKind::Closed, "2024-05-08T09:00:00"),
        email("thanks-later", EmailKind::Closed, "2024-05-10T09:00:00"),
    ]
}

/// The launch's email as a process leaves it that begins it at eight on 23 April and dies, when it has claimed the rows of the people of `whom`
/// until `lease`, seconds since 1970.
async fn a_process_claimed_and_died(tables: &Tables, databases: &TestDatabases, whom: &str, lease: i64) {
    tables.change("INSERT INTO mailing (tenant_id, campaign_id, slug, state, begun_at, addressed) \
                   SELECT tenant_id, campaign_id, 'launch', 'going', 1713859200, count(*) FROM person GROUP BY tenant_id, campaign_id").await;
    let reference = match databases.kind {
        Kind::Sqlite => "randomblob(16)",
        Kind::Postgres => "decode(replace(gen_random_uuid()::text, '-', ''), 'hex')",
    };
    tables.change(&format!(
        "INSERT INTO mailing_item (tenant_id, campaign_id, slug, person_id, claimed, due_at, attempts, reference) \
         SELECT tenant_id, campaign_id, 'launch', id, {whom}, \
         CASE WHEN {whom} THEN {lease} ELSE 1713859200 END, 1, {reference} FROM person"
    )).await;
}

fn address(organisation: &str, number: usize) -> String {
    format!("p{number}@{organisation}.example")
}

/// Launched, with sixty people of each organisation on the roll.
async fn launched(databases: &TestDatabases, emails: Vec<EmailFile>) -> TestServer {
    let server = TestServer::with_packs(databases, vec![planned(emails)]).await;
    put_on_roll(&server).await;
    server
}

/// Sixty people of each organisation, and the launch.
async fn put_on_roll(server: &TestServer) {
    server.clock.set("2024-04-22T10:00:00Z");
    let people: Vec<(String, &str)> =
        [TRUST, COUNCIL].iter().flat_map(|at| (0..EACH).map(|number| (address(at, number), *at))).collect();
    let people: Vec<(&str, &str)> = people.iter().map(|(email, at)| (email.as_str(), *at)).collect();
    server.launch("bsol", &people).await;
}

impl TestServer {
    /// What the clock and the worker would do at `at`, until nothing is left to do; the server's own worker is about it as well.
    async fn mails_at(&self, at: &str) {
        self.works_at(at).await;
        eventually("nothing is on its way", async || !self.works().await && self.on_their_way().await == 0)
            .await;
    }

    /// The same, without waiting for what others have claimed.
    async fn works_at(&self, at: &str) {
        self.clock.set(at);
        self.enrolment.begin_due_mailings().await.unwrap();
        while self.works().await {}
    }

    async fn works(&self) -> bool {
        let url_of = |tenant: &Tenant| format!("https://{}.example/", tenant.slug);
        self.enrolment.send_mailings(&url_of).await.unwrap()
    }

    /// Emails that are claimed and not settled.
    async fn on_their_way(&self) -> i64 {
        let tenant = self.tenant("bsol").await;
        self.enrolment.emails_on_their_way(&tenant).await.unwrap()
    }

    /// How many people of `organisation` have had so many emails: of `subject`, or of any.
    async fn reached(&self, organisation: &str, subject: &str) -> usize {
        let to = |number| Address::parse(&address(organisation, number)).unwrap();
        let count = |number| {
            self.mailbox.to(&to(number)).iter().filter(|email| email.subject().contains(subject)).count()
        };
        let counts: Vec<usize> = (0..EACH).map(count).collect();
        assert!(counts.iter().all(|count| *count <= 1), "somebody got two of “{subject}”: {counts:?}");
        counts.iter().sum()
    }

    /// The first so many people of the trust join with the login details in their email.
    async fn join(&self, range: std::ops::Range<usize>) {
        for number in range {
            let email = self.mailbox.to(&Address::parse(&address(TRUST, number)).unwrap()).remove(0);
            let code = email.text().split_once("login?code=").expect("login details").1;
            let code: String = code.chars().take_while(|c| c.is_ascii_alphanumeric() || *c == '-').collect();
            let device = self.device("bsol");
            let onward = Onward::of(&device.logs_in(CAMPAIGN, &code).await.expect(303));
            device.joins(&self.key("bsol", number as u64).await, &onward).await;
        }
    }

    async fn standing(&self, slug: &str) -> EmailStanding {
        let tenant = self.tenant("bsol").await;
        let plan = self.enrolment.email_plan(&tenant, &tenant.campaigns[0]).await.unwrap();
        plan.into_iter().find(|email| email.file.slug == slug).unwrap().standing
    }

    async fn gives_more_time(&self) {
        let tenant = self.tenant("bsol").await;
        let change = DateChange {
            wish: DateWish::Close("2024-05-09T23:59:00".parse().unwrap()),
            reason: "Many of you asked for more time to read the pledges.".to_owned(),
            announcement: String::new(),
        };
        let round = RoundDates { campaign: CAMPAIGN, round: "pledges", seen: None };
        self.sides().change_dates(&Actor::command_line(tenant.id), &tenant, &round, &change).await.unwrap();
    }
}

both_databases! {
    async fn bsols_second_plan_with_its_extension(databases: &TestDatabases) {
        let server = launched(databases, the_plan()).await;
        server.mails_at("2024-04-23T07:59:59Z").await;
        assert_eq!(server.reached(TRUST, "").await, 0, "a second too early");
        server.mails_at("2024-04-23T08:00:00Z").await;
        let launch = "is open: say what you think";
        assert_eq!((server.reached(TRUST, launch).await, server.reached(COUNCIL, launch).await), (EACH, EACH));
        server.mails_at("2024-04-23T08:01:00Z").await;
        assert_eq!(server.reached(TRUST, "").await, EACH, "a second look sends nothing");
        let to = |at, number| server.mailbox.to(&Address::parse(&address(at, number)).unwrap()).remove(0);
        let (of_trust, of_council) = (to(TRUST, 5), to(COUNCIL, 5));
        assert!(of_trust.text().contains(&format!("/join/{CAMPAIGN}/login?code=")), "{}", of_trust.text());
        assert!(of_council.text().contains(&format!("/join/{CAMPAIGN}")) && !of_council.text().contains("code="));
        assert!(of_trust.text().contains("Tuesday 7 May 2024 at 11:59pm"));

        server.join(0..15).await;
        server.mails_at("2024-04-29T08:00:00Z").await;
        let reminder = "Birmingham City Council: Our second Open Conversation ends soon";
        assert_eq!((server.reached(TRUST, reminder).await, server.reached(COUNCIL, reminder).await), (0, EACH));
        server.mails_at("2024-04-30T20:30:00Z").await;
        let reminder = "There is still time";
        assert_eq!(server.reached(TRUST, reminder).await, 0, "half past nine is a quiet hour");
        server.mails_at("2024-05-01T06:00:00Z").await;
        assert_eq!(server.reached(TRUST, reminder).await, EACH - 15, "who has joined gets none");

        server.clock.set("2024-05-06T09:00:00Z");
        server.gives_more_time().await;
        server.mails_at("2024-05-06T09:30:00Z").await;
        let more = "More time";
        assert_eq!((server.reached(TRUST, more).await, server.reached(COUNCIL, more).await), (EACH - 15, EACH));
        let email = to(COUNCIL, 7);
        assert!(email.text().contains("Thursday 9 May 2024 at 11:59pm") && email.text().contains("asked for more time"), "{}", email.text());

        server.mails_at("2024-05-07T07:00:00Z").await;
        let EmailStanding::Held(why) = server.standing("last-day").await else { panic!("it is held") };
        assert!(why.contains("The last day is now Thursday 9 May"), "{why}");
        server.mails_at("2024-05-08T08:00:00Z").await;
        assert!(matches!(server.standing("thanks").await, EmailStanding::Held(why) if why.contains("still open")), "it waits for the close");
        server.mails_at("2024-05-09T10:00:00Z").await;
        let last = "Last day";
        assert_eq!((server.reached(TRUST, last).await, server.reached(COUNCIL, last).await), (EACH - 15, EACH));
        server.mails_at("2024-05-10T08:00:00Z").await;
        let thanks = "has closed. Thank you";
        assert_eq!((server.reached(TRUST, thanks).await, server.reached(COUNCIL, thanks).await), (EACH, EACH), "everybody, once");
        assert!(matches!(server.standing("thanks-later").await, EmailStanding::Held(why) if why.contains("has told the same people")));

        // Nothing says who was written to, nor who joined because of it.
        let identity = Tables::of_identity(databases).await;
        assert_eq!(identity.number("SELECT count(*) FROM mailing_item").await, 0);
        assert_eq!(identity.number("SELECT count(*) FROM mailing WHERE state = 'done'").await, 6);
        let EmailStanding::Done(counts) = server.standing("more-time").await else { panic!("it has gone") };
        assert_eq!((counts.addressed, counts.sent), (100, 100), "105 people, in whole groups of 10");
    }

    async fn the_packs_own_plan_goes_as_it_stands(databases: &TestDatabases) {
        let server = launched(databases, packs::second_plan()).await;
        let tenant = server.tenant("bsol").await;
        let plan = server.enrolment.email_plan(&tenant, &tenant.campaigns[0]).await.unwrap();
        let standings: Vec<_> = plan.iter().map(|email| (email.file.slug.as_str(), &email.standing, email.people)).collect();
        assert_eq!(standings, [
            ("launch", &EmailStanding::Planned, 120),
            ("half-way", &EmailStanding::Planned, 60),
            ("half-way-partners", &EmailStanding::Planned, 60),
            ("last-day", &EmailStanding::Planned, 120),
            ("closed", &EmailStanding::Planned, 120),
        ]);
        server.mails_at("2024-04-23T08:30:00Z").await;
        server.mails_at("2024-04-30T08:15:00Z").await;
        let partners = "are the draft pledges strong or wrong?";
        assert_eq!((server.reached(TRUST, partners).await, server.reached(COUNCIL, partners).await), (0, EACH));
    }

    async fn what_was_missed_and_waits_for_the_morning_says_when_it_goes(databases: &TestDatabases) {
        let server = launched(databases, packs::second_plan()).await;
        // Nobody sent it at 09:30, and now the quiet hours have begun.
        server.clock.set("2024-04-23T20:30:00Z");
        let tenant = server.tenant("bsol").await;
        let plan = server.enrolment.email_plan(&tenant, &tenant.campaigns[0]).await.unwrap();
        let launch = plan.iter().find(|email| email.file.slug == "launch").unwrap();
        assert_eq!(launch.at.unwrap().to_rfc3339(), "2024-04-24T06:00:00+00:00", "at seven in Birmingham");
        server.mails_at("2024-04-24T06:00:00Z").await;
        assert_eq!(server.reached(COUNCIL, "").await, EACH);
    }

    async fn two_at_the_same_time_do_not_keep_each_other_back(databases: &TestDatabases) {
        let twins = ["b", "a"].map(|slug| email(slug, EmailKind::Reminder, "2024-04-29T09:00:00"));
        let server = launched(databases, twins.into()).await;
        server.mails_at("2024-04-29T08:00:00Z").await;
        assert_eq!(server.reached(COUNCIL, "").await, EACH);
        assert!(matches!(server.standing("a").await, EmailStanding::Done(_)));
        assert!(matches!(server.standing("b").await, EmailStanding::Held(why) if why.contains("too soon after “a”")));
    }

    async fn one_who_joined_a_second_ago_gets_none(databases: &TestDatabases) {
        let server = launched(databases, the_plan()).await;
        server.mails_at("2024-04-23T08:00:00Z").await;
        // It is addressed to all sixty, and rests.
        let tables = Tables::of_identity(databases).await;
        tables.change("INSERT INTO mailing (tenant_id, campaign_id, slug, state, begun_at, addressed) \
                       SELECT tenant_id, campaign_id, 'trusts', 'paused', 1714543200, 60 FROM person GROUP BY tenant_id, campaign_id").await;
        tables.change("INSERT INTO mailing_item (tenant_id, campaign_id, slug, person_id, due_at) \
                       SELECT tenant_id, campaign_id, 'trusts', id, 1714543200 FROM person WHERE email LIKE '%@uhb.example'").await;
        server.clock.set("2024-05-01T06:00:00Z");
        server.join(0..10).await;
        assert_eq!(server.reached(TRUST, "There is still time").await, 0, "it rests");
        let tenant = server.tenant("bsol").await;
        let actor = Actor::command_line(tenant.id);
        let resumed = server.enrolment.change_mailing(&actor, (&tenant, &tenant.campaigns[0]), "trusts", MailingChange::Resume).await;
        resumed.unwrap();
        server.mails_at("2024-05-01T06:00:01Z").await;
        assert_eq!(server.reached(TRUST, "There is still time").await, EACH - 10);
        assert_eq!(tables.number("SELECT left_out FROM mailing WHERE slug = 'trusts'").await, 10);
    }

    async fn nobody_gets_what_they_have_stopped(databases: &TestDatabases) {
        let server = launched(databases, the_plan()).await;
        server.mails_at("2024-04-23T08:00:00Z").await;
        let tenant = server.tenant("bsol").await;
        let token = |at: &str, number| {
            let email = server.mailbox.to(&Address::parse(&address(at, number)).unwrap()).remove(0);
            let link = email.unsubscribe().expect("it can be stopped").link().as_str().to_owned();
            link.rsplit_once('/').unwrap().1.to_owned()
        };
        server.enrolment.stop_emails(&tenant, &token(COUNCIL, 3)).await.unwrap();
        server.enrolment.stop_emails(&tenant, &token(COUNCIL, 3)).await.unwrap();
        assert!(server.enrolment.stop_emails(&tenant, &token(COUNCIL, 4).replace('a', "b")).await.is_err());
        server.mails_at("2024-04-29T08:00:00Z").await;
        assert_eq!(server.reached(COUNCIL, "ends soon").await, EACH - 1);
        assert_eq!(server.emails_to(&address(COUNCIL, 3)), 1);
        let tables = Tables::of_identity(databases).await;
        assert_eq!(tables.number("SELECT count(*) FROM no_email").await, 1);
    }

    async fn two_processes_send_nothing_twice(databases: &TestDatabases) {
        let first = launched(databases, the_plan()).await;
        if databases.kind == Kind::Sqlite {
            return;
        }
        let second = TestServer::serve(databases, &first.clock, 2).await;
        tokio::join!(first.mails_at("2024-04-23T08:00:00Z"), second.mails_at("2024-04-23T08:00:00Z"));
        let both = |at: &'static str| {
            let count = |number| first.emails_to(&address(at, number)) + second.emails_to(&address(at, number));
            (0..EACH).map(count).collect::<Vec<_>>()
        };
        eventually("all have left", async || both(COUNCIL).iter().sum::<usize>() == EACH).await;
        assert!(both(TRUST).iter().chain(&both(COUNCIL)).all(|count| *count == 1));
    }

    async fn what_a_dead_process_had_claimed_is_not_sent_again(databases: &TestDatabases) {
        let server = launched(databases, the_plan()).await;
        let tables = Tables::of_identity(databases).await;
        server.clock.set("2024-04-23T08:00:00Z");
        // What it had is claimed, with a lease.
        a_process_claimed_and_died(&tables, databases, "email LIKE '%@uhb.example'", 1713859800).await;
        server.works_at("2024-04-23T08:05:00Z").await;
        eventually("the others have theirs", async || server.reached(COUNCIL, "").await == EACH).await;
        assert_eq!(server.reached(TRUST, "").await, 0, "the lease still runs");
        server.works_at("2024-04-23T08:15:00Z").await;
        assert_eq!(server.reached(TRUST, "").await, 0, "nobody knows whether theirs has left");
        eventually("it is over", async || {
            server.works().await;
            matches!(server.standing("launch").await, EmailStanding::Done(_))
        })
        .await;
        let EmailStanding::Done(counts) = server.standing("launch").await else { panic!("it is over") };
        assert_eq!((counts.addressed, counts.sent, counts.unsure), (120, 60, 60));
    }
}
