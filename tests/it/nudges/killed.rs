//! Two processes send one email to thousands through a mail server that takes its time, and one of them is killed over and over: nobody gets it twice,
//! nobody who had joined gets it, and who may not have got it is counted. Plain SMTP cannot be asked what it has, so at most once is what can be had.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use actions::{Campaign, EmailStanding, Enrolment, IssuedLogin, Tenant};
use chrono::TimeDelta;
use documents::roll::RollKind;
use domain::Clock;
use domain::figures::in_whole_groups;
use domain::mailing::{LEASE_MINUTES, Undelivered};
use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};

use super::*;
use crate::harness::binary::{Candour, Process};
use crate::harness::databases::{Kind, with_databases};
use crate::harness::joiner::Key;
use crate::harness::mail_server::MailServer;
use crate::harness::server::config;

/// On the roll.
const PEOPLE: usize = 10_000;
/// Of these have login details already, and may join while the others are written to.
const MAY_JOIN: usize = 400;
/// How often a process is killed.
const KILLS: usize = 200;
/// Emails that leave before the next kill, at most.
const MOST_BETWEEN: usize = 60;
/// The longest that each of the mail server's two slow answers takes, until the last process is killed.
const SLOWEST: Duration = Duration::from_millis(150);
/// Emails that one process may have claimed when it dies.
const CLAIMED: usize = mail::mailer::MAX_CONNECTIONS;
/// Where those who may join work.
const JOINERS_AT: &str = "icb";
/// For kills, for who joins, and for the mail server's pace.
const SEED: u64 = 6;

#[test]
fn nobody_gets_two_however_often_a_process_is_killed_on_postgres() {
    with_databases(Kind::Postgres, |databases| Box::pin(two_processes_and_a_killer(databases)));
}

/// What the test itself does on the databases, beside the processes.
struct Stage {
    enrolment: Enrolment,
    tenant: Arc<Tenant>,
    tables: Tables,
    /// Who may join: their address and login details.
    may_join: Vec<(String, String)>,
    joined: BTreeSet<String>,
    /// Of those, whose email was certainly not claimed yet.
    joined_before: BTreeSet<String>,
}

async fn two_processes_and_a_killer(databases: &TestDatabases) {
    let mail = MailServer::start().await;
    mail.answers_within(SLOWEST, SEED);
    let mut stage = Stage::set(databases).await;
    let candour = Candour::on(databases)
        .with("MAIL__HOST", "127.0.0.1")
        .with("MAIL__PORT", &mail.port().to_string())
        .with("MAIL__ENCRYPTION", "none")
        .with("MAIL__FROM_ADDRESS", "talk@bsol.example");
    let mut processes = [candour.begins_to_serve(), candour.begins_to_serve()];
    let mut random = StdRng::seed_from_u64(SEED);
    for kill in 0..KILLS {
        let enough = mail.emails() + random.random_range(1..=MOST_BETWEEN);
        eventually("emails leave", async || mail.emails() > 0).await;
        stage.somebody_joins(&mut random).await;
        eventually(&format!("emails leave after {kill} kills"), async || mail.emails() >= enough).await;
        let victim = random.random_range(0..processes.len());
        assert!(
            !processes.iter_mut().any(Process::has_ended),
            "it ended by itself: {}",
            processes[victim].log()
        );
        std::mem::replace(&mut processes[victim], candour.begins_to_serve()).kill();
    }
    assert!(stage.waiting().await > 0, "there was always somebody left to write to");
    mail.answers_within(Duration::ZERO, SEED);
    while stage.waiting().await > 0 {
        let before = mail.emails();
        eventually("they go on", async || mail.emails() > before || stage.waiting().await == 0).await;
    }
    for mut process in processes {
        process.serves().await;
        let (code, log) = process.stop().await;
        assert_eq!(code, 0, "{log}");
    }

    // Whoever was on their way when a process was killed: the leases of the dead stand.
    let in_doubt = stage.claimed().await;
    stage.tables.change(&format!("UPDATE mailing_item SET due_at = due_at - {}", LEASE_MINUTES * 60)).await;
    let last = candour.serve().await;
    eventually("it is over", async || {
        stage.tables.number("SELECT count(*) FROM mailing WHERE state = 'done'").await == 1
    })
    .await;
    last.stop().await;
    stage.judge(&mail, &in_doubt).await;
}

impl Stage {
    /// A campaign that is open by the machine's own clock, launched, with an email whose time came a moment ago.
    async fn set(databases: &TestDatabases) -> Self {
        let config = config(databases);
        app::databases::prepare(&config, &app::OsRandom).await.unwrap();
        let opened = app::databases::open_sides(&config, Arc::new(app::SystemClock), Arc::new(app::OsRandom))
            .await
            .unwrap();
        let mut pack = packs::bsol_open_now().remove(0);
        // The test is run at any hour.
        (pack.tenant.sending.from, pack.tenant.sending.until) =
            ("00:00:00".parse().unwrap(), "23:59:59".parse().unwrap());
        let campaign = pack.campaigns.values_mut().next().unwrap();
        let moment_ago = app::SystemClock.now().naive_utc() - TimeDelta::minutes(5);
        campaign.emails = vec![EmailFile::new("nudge", "A nudge", EmailKind::Reminder, moment_ago)];
        opened.sides.apply_tenant_pack(&pack).await.unwrap();
        let enrolment = opened.sides.identity.unwrap();
        let tenant = enrolment.tenants().by_slug("bsol").await.unwrap().unwrap();
        let at = |number: usize| if number < MAY_JOIN { JOINERS_AT } else { TRUST };
        let rows: String =
            (0..PEOPLE).map(|number| format!("{},{}\n", address(at(number), number), at(number))).collect();
        let (campaign, file) = (&tenant.campaigns[0], format!("email,organisation\n{rows}"));
        let held =
            enrolment.import_roll(&tenant, campaign, RollKind::Csv, file.as_bytes(), &|_| {}).await.unwrap();
        enrolment
            .confirm_roll(&Actor::command_line(tenant.id), &tenant, campaign, held.import)
            .await
            .unwrap();
        enrolment.launch_campaign(&tenant, campaign).await.unwrap();
        let organisation =
            tenant.organisations.iter().find(|organisation| organisation.slug == JOINERS_AT).unwrap();
        let mut may_join = Vec::new();
        let take = |logins: Vec<IssuedLogin>| {
            may_join.extend(logins.into_iter().map(|login| (login.email, login.code.to_string())));
            std::future::ready(Ok(()))
        };
        enrolment.issue_logins(&tenant, campaign, organisation, take).await.unwrap();
        may_join.sort();
        let tables = Tables::of_identity(databases).await;
        Self { enrolment, tenant, tables, may_join, joined: BTreeSet::new(), joined_before: BTreeSet::new() }
    }

    fn campaign(&self) -> &Campaign {
        &self.tenant.campaigns[0]
    }

    /// Somebody joins with the login details that they had before.
    async fn somebody_joins(&mut self, random: &mut StdRng) {
        let (address, code) = self.may_join.swap_remove(random.random_range(0..self.may_join.len()));
        let (enrolment, tenant, campaign) = (&self.enrolment, &self.tenant, self.campaign());
        let recognised = enrolment.join_with_login(tenant, campaign, &code).await.unwrap();
        let onward = Onward { ticket: recognised.ticket, key: recognised.key };
        let key = Key::new(random.random(), tenant.id, campaign);
        let blinded = key.blind(&onward, &enrolment.key_log(tenant).await.unwrap()).blinded();
        enrolment.sign_credential(tenant, campaign, &onward.ticket, &onward.key, blinded).await.unwrap();
        // Every claim holds this row: what is claimed after these two statements was decided after the joining.
        self.tables.rows("SELECT 1 FROM mailing FOR UPDATE").await;
        let unclaimed = format!(
            "SELECT count(*) FROM mailing_item i JOIN person p ON p.tenant_id = i.tenant_id AND p.id = i.person_id \
             WHERE p.email = '{address}' AND NOT i.claimed"
        );
        if self.tables.number(&unclaimed).await == 1 {
            self.joined_before.insert(address.clone());
        }
        self.joined.insert(address);
    }

    /// How many are still to be tried.
    async fn waiting(&self) -> i64 {
        self.tables.number("SELECT count(*) FROM mailing_item WHERE NOT claimed").await
    }

    /// Whose email was claimed and not settled.
    async fn claimed(&self) -> BTreeSet<String> {
        let sql = "SELECT p.email FROM mailing_item i JOIN person p ON p.tenant_id = i.tenant_id AND p.id = i.person_id WHERE i.claimed";
        self.tables.texts(sql).await.into_iter().collect()
    }

    async fn judge(&self, mail: &MailServer, in_doubt: &BTreeSet<String>) {
        let taken = mail.taken();
        let doubles: Vec<_> = taken.iter().filter(|(_, times)| **times > 1).collect();
        assert!(doubles.is_empty(), "somebody got two: {doubles:?}");
        let joined_before: Vec<_> =
            self.joined_before.iter().filter(|address| taken.contains_key(*address)).collect();
        assert!(joined_before.is_empty(), "had joined before: {joined_before:?}");
        assert!(self.joined_before.len() > KILLS / 2, "only {} had", self.joined_before.len());

        let everybody =
            (0..PEOPLE).map(|number| address(if number < MAY_JOIN { JOINERS_AT } else { TRUST }, number));
        let missing: BTreeSet<String> = everybody
            .filter(|address| !taken.contains_key(address) && !self.joined.contains(address))
            .collect();
        assert!(
            missing.is_subset(in_doubt),
            "missing without a process having died over theirs: {:?}",
            missing.difference(in_doubt)
        );
        assert!(in_doubt.len() <= KILLS * CLAIMED, "{} are in doubt", in_doubt.len());
        assert!(!in_doubt.is_empty(), "no process was killed while it sent");

        let count = async |column: &str| self.tables.number(&format!("SELECT {column} FROM mailing")).await;
        let (sent, unsure, left_out) = (count("sent").await, count("unsure").await, count("left_out").await);
        assert_eq!((count("addressed").await, count("refused").await), (PEOPLE as i64, 0));
        assert_eq!(sent + unsure + left_out, PEOPLE as i64, "everybody is counted, once");
        assert_eq!(unsure, in_doubt.len() as i64);
        let received = taken.len() as i64;
        assert!(
            (sent..=sent + unsure).contains(&received),
            "{received} received, {sent} sent, {unsure} perhaps"
        );
        assert!(left_out >= self.joined_before.len() as i64);
        self.assert_listed(unsure).await;
        eprintln!(
            "{KILLS} kills: {received} of {PEOPLE} received theirs, nobody two; {} joined meanwhile, {} of them before the claim, and got none; \
             {unsure} perhaps sent, of whom {} never arrived",
            self.joined.len(),
            self.joined_before.len(),
            missing.len()
        );
    }

    /// The lead's page and the operator's page say how many were perhaps sent.
    async fn assert_listed(&self, unsure: i64) {
        let plan = self.enrolment.email_plan(&self.tenant, self.campaign()).await.unwrap();
        let EmailStanding::Done(counts) = &plan[0].standing else { panic!("{:?}", plan[0].standing) };
        let whole = in_whole_groups(unsure, plan[0].smallest_group);
        assert_eq!(counts.unsure, whole);
        let listed = self.enrolment.undelivered(&self.tenant).await.unwrap().in_all;
        let listed: Vec<_> = listed.iter().map(|one| (one.why, one.emails)).collect();
        assert_eq!(listed, [(Undelivered::Stopped, whole)]);
    }
}
