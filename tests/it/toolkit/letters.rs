//! Letters with login details name everybody on an organisation's list, so that they say nothing of who has joined. And whoever has lost the claim on a
//! job ends nothing.

use std::collections::BTreeSet;

use actions::IssuedLogin;
use chrono::{DateTime, TimeDelta, Utc};
use credentials::LoginCode;
use domain::Clock;
use policy::Role;
use storage::identity::{Identity, JobFile, JobKind, JobState, NewJob, StoredJob};

use super::{AN_ID, CAMPAIGN, COUNCIL, TRUST, fetch, finished, parts, started, words};
use crate::harness::databases::both_databases;
use crate::harness::joiner::Onward;
use crate::harness::server::TestServer;
use crate::harness::staff::Colleague;
use crate::harness::tables::Tables;

/// On the trust's list.
const PEOPLE: usize = 5;

/// Has letters made; gives the addresses and the codes in them.
async fn letters(server: &TestServer, lead: &Colleague) -> (BTreeSet<String>, Vec<String>) {
    // The newest stand first.
    server.clock.advance(60);
    lead.asks(TRUST, "letters").await.expect(303);
    let links = parts(&finished(lead).await, "letters");
    let words = words(&fetch(lead, &links[0]).await.bytes);
    let emails = words.iter().filter(|word| word.ends_with("@uhb.example")).cloned().collect();
    (emails, words.iter().filter(|word| LoginCode::parse(word).is_ok()).cloned().collect())
}

/// The addresses for which the command makes letters.
async fn by_command(server: &TestServer) -> BTreeSet<String> {
    let tenant = server.tenant("bsol").await;
    let trust = tenant.organisation(TRUST).expect("our pack has it");
    let mut addresses = BTreeSet::new();
    let take = |logins: Vec<IssuedLogin>| {
        addresses.extend(logins.into_iter().map(|login| login.email));
        std::future::ready(Ok(()))
    };
    let issued = server.enrolment.issue_logins(&tenant, &tenant.campaigns[0], trust, take).await;
    assert_eq!(issued.expect("they are issued") as usize, addresses.len());
    addresses
}

async fn join(server: &TestServer, number: usize, code: &str) {
    let device = server.device("bsol");
    let onward = Onward::of(&device.logs_in(CAMPAIGN, code).await.expect(303));
    device.joins(&server.key("bsol", number as u64).await, &onward).await;
}

both_databases! {
    async fn letters_name_the_same_people_whoever_has_joined(databases: &TestDatabases) {
        let server = started(databases).await;
        let people: Vec<String> = (0..PEOPLE).map(|number| format!("p{number}@uhb.example")).collect();
        let on_roll: Vec<(&str, &str)> = people.iter().map(|email| (email.as_str(), TRUST)).collect();
        let codes = server.launch("bsol", &on_roll).await;
        let lead = server.staff("bsol", &[Role::CommsLead]).await;
        let everybody: BTreeSet<String> = people.iter().cloned().collect();
        assert_eq!(letters(&server, &lead).await.0, everybody);
        assert_eq!(by_command(&server).await, everybody);

        for (number, code) in codes.iter().enumerate().take(2) {
            join(&server, number, code).await;
        }
        let (named, new_codes) = letters(&server, &lead).await;
        assert_eq!(named, everybody);
        assert_eq!(by_command(&server).await, everybody);
        let mut already = 0;
        for code in &new_codes {
            let answer = server.device("bsol").logs_in(CAMPAIGN, code).await;
            already += usize::from(answer.text().contains("You have joined already"));
        }
        assert_eq!((new_codes.len(), already), (PEOPLE, 2), "theirs do nothing");

        for (number, code) in codes.iter().enumerate().skip(2) {
            join(&server, number, code).await;
        }
        assert_eq!(letters(&server, &lead).await.0, everybody, "also when nobody is left");
        let tables = Tables::of_identity(databases).await;
        assert_eq!(tables.number("SELECT count(*) FROM person WHERE request IS NOT NULL").await, PEOPLE as i64);
        assert_eq!(tables.number("SELECT count(DISTINCT parts) FROM job").await, 1);
    }

    async fn whoever_has_lost_the_claim_on_a_job_ends_nothing(databases: &TestDatabases) {
        let server = started(databases).await;
        let (tenant, now) = (server.tenant("bsol").await, server.clock.now());
        server.stop().await;
        let identity = Identity::open(&databases.identity.app).await.unwrap();
        let job = NewJob {
            id: AN_ID.parse().unwrap(),
            campaign: tenant.campaigns[0].id,
            kind: JobKind::Toolkit,
            about: COUNCIL.to_owned(),
            version: 1,
            facts: String::new(),
            asked_at: now,
            parts: 1,
        };
        let write = identity.write(tenant.id).await.unwrap();
        write.add_job(&job).await.unwrap();
        write.commit().await.unwrap();
        let claimed = async |at: DateTime<Utc>| {
            let write = identity.write(tenant.id).await.unwrap();
            let claimed = write.claim_job(at, at + TimeDelta::minutes(10)).await.unwrap();
            write.commit().await.unwrap();
            claimed
        };
        let fails = async |claim: &StoredJob| {
            let write = identity.write(tenant.id).await.unwrap();
            write.end_job(job.id, claim.lease_until, JobState::Failed, "It could not be made.").await.unwrap();
            write.commit().await.unwrap();
        };
        let stands = async || {
            let stored = identity.read(tenant.id).await.unwrap().job(job.id).await.unwrap().expect("it is there");
            (stored.state, stored.why)
        };

        let slow = claimed(now).await.expect("nobody is at it");
        assert!(claimed(now + TimeDelta::minutes(9)).await.is_none());
        let other = claimed(now + TimeDelta::minutes(10)).await.expect("the first claim has run out");
        fails(&slow).await;
        assert_eq!(stands().await, (JobState::Working, String::new()), "the other is at it");
        let file = JobFile { file: "toolkit.zip".to_owned(), media_type: "application/zip".to_owned(), content: vec![1] };
        let lease = now + TimeDelta::minutes(25);
        let write = identity.write(tenant.id).await.unwrap();
        assert!(write.add_part(&other, &file, None, lease).await.unwrap());
        write.end_job(job.id, lease, JobState::Done, "").await.unwrap();
        write.commit().await.unwrap();
        for late in [&slow, &other, &StoredJob { lease_until: lease, ..other.clone() }] {
            fails(late).await;
            assert_eq!(stands().await, (JobState::Done, String::new()), "it is all there");
        }
    }
}
