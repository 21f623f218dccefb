//! Who presses twice gets one: what is waiting or being made is not made a second time.

use std::collections::BTreeSet;

use actions::{Actor, JobKind};
use domain::Clock;
use futures_util::future::join_all;
use policy::Role;

use super::{TOOLKIT, TRUST, finished, launched, started};
use crate::harness::databases::both_databases;
use crate::harness::tables::Tables;

/// Presses at once.
const PRESSES: usize = 8;
const JOBS: &str = "SELECT count(*) FROM job";

both_databases! {
    async fn a_second_press_makes_no_second_set(databases: &TestDatabases) {
        let server = started(databases).await;
        launched(&server, 3).await;
        let lead = server.staff("bsol", &[Role::CommsLead]).await;
        let tables = Tables::of_identity(databases).await;
        lead.asks(TRUST, "letters").await.expect(303);
        finished(&lead).await;
        // As if another process were still at them.
        let lease = server.clock.now().timestamp() + 600;
        tables.change(&format!("UPDATE job SET state = 'working', lease_until = {lease}")).await;
        assert_eq!(lead.asks(TRUST, "letters").await.location(), format!("{TOOLKIT}?done=letters"));
        assert_eq!(tables.number(JOBS).await, 1);
        let record = lead.get("/console/audit").await.expect(200).text();
        assert_eq!(record.matches("Had letters with login details made").count(), 1, "{record}");
        // What is being made has the old dates.
        server.gives_two_days_more().await;
        lead.asks(TRUST, "letters").await.expect(303);
        assert_eq!(tables.number(JOBS).await, 2);
    }

    async fn many_presses_at_once_make_one_set(databases: &TestDatabases) {
        let server = started(databases).await;
        launched(&server, 3).await;
        let (tenant, enrolment) = (server.tenant("bsol").await, server.enrolment.clone());
        // Nobody is there to make anything.
        server.stop().await;
        let trust = tenant.organisation(TRUST).expect("our pack has it");
        let (actor, whose) = (Actor::command_line(tenant.id), (&*tenant, &tenant.campaigns[0], trust));
        for kind in [JobKind::Toolkit, JobKind::Letters] {
            let press = || enrolment.ask_for_handout(&actor, whose, kind, "https://bsol.example/");
            let asked = join_all(std::iter::repeat_with(press).take(PRESSES)).await;
            let made: BTreeSet<String> = asked.into_iter().map(|asked| asked.expect("it is taken").to_string()).collect();
            assert_eq!(made.len(), 1, "{kind:?}");
        }
        assert_eq!(Tables::of_identity(databases).await.number(JOBS).await, 2);
    }
}
