//! The smallest group is settled by the launch, or the first figure: no pack changes it afterwards, on either side.

use domain::tenant_pack::TenantPack;
use policy::Role;

use super::{CAMPAIGN, FIGURES};
use crate::harness::databases::{Kind, TestDatabases, both_databases};
use crate::harness::packs;
use crate::harness::server::TestServer;

/// BSol's pack, with another smallest group.
fn bsol(smallest: u32) -> TenantPack {
    let mut pack = packs::ours().into_iter().find(|pack| pack.tenant.slug == "bsol").expect("one of ours");
    pack.campaigns.values_mut().for_each(|campaign| campaign.smallest_group = smallest);
    pack
}

fn refused<T>(applied: Result<T, actions::ApplyRefusal>) {
    let why = applied.err().expect("it is refused").to_string();
    assert!(why.contains("the smallest group that figures show is 10 since the launch"), "{why}");
}

both_databases! {
    async fn no_pack_changes_it_after_the_launch(databases: &TestDatabases) {
        let server = TestServer::with_packs(databases, vec![bsol(7)]).await;
        server.apply(&bsol(10)).await;
        let people: Vec<String> = (0..60).map(|one| format!("p{one}@uhb.example")).collect();
        let rows: Vec<(&str, &str)> = people.iter().map(|email| (email.as_str(), "uhb")).collect();
        server.launch("bsol", &rows).await;
        for smallest in [5, 11] {
            refused(server.sides().apply_tenant_pack(&bsol(smallest)).await);
            refused(server.sides().replace_tenant_pack(&bsol(smallest)).await);
            refused(server.enrolment.apply_tenant_pack(&bsol(smallest), true).await);
            refused(server.actions.apply_tenant_pack(&bsol(smallest)).await);
        }
        for tenant in [server.enrolment.tenants(), server.actions.tenants()].map(|tenants| tenants.by_slug("bsol")) {
            let tenant = tenant.await.unwrap().unwrap();
            assert_eq!(tenant.campaign(CAMPAIGN).unwrap().smallest_group, 10);
        }
        // Whatever else changes is applied.
        let mut pack = bsol(10);
        pack.tenant.name = "Birmingham and Solihull".to_owned();
        server.apply(&pack).await;
        assert_eq!(server.tenant("bsol").await.name, "Birmingham and Solihull");
    }

    async fn nor_after_the_first_figure_without_a_launch(databases: &TestDatabases) {
        let server = TestServer::with_packs(databases, vec![bsol(10)]).await;
        for _ in 0..3 {
            server.person("bsol").await;
        }
        let viewer = server.colleague("bsol", "Vera Viewer", &[Role::Viewer]).await;
        viewer.get(FIGURES).await.expect(200);
        refused(server.sides().replace_tenant_pack(&bsol(5)).await);
        assert_eq!(server.tenant("bsol").await.campaign(CAMPAIGN).unwrap().smallest_group, 10);
        let here = server.enrolment.tenants().by_slug("bsol").await.unwrap().unwrap();
        assert_eq!(here.campaign(CAMPAIGN).unwrap().smallest_group, 10, "neither side took it");
    }
}

/// Each side refuses for itself: the two may be run by different people.
#[tokio::test(flavor = "multi_thread")]
async fn each_side_alone() {
    let databases = TestDatabases::create(Kind::Sqlite).await;
    let apart = TestServer::apart(&databases, vec![bsol(10)]).await;
    let identity = apart.identity.sides.identity.as_ref().expect("it is served");
    let conversation = apart.conversation.sides.conversation.as_ref().expect("it is served");
    let tenant = identity.tenants().by_slug("bsol").await.unwrap().unwrap();
    // About as many as its pack says sign up, so nobody need be on the roll.
    let log = identity.launch_campaign(&tenant, &tenant.campaigns[0]).await.expect("it is launched");
    conversation.learn_keys(&tenant, &log).await.expect("the other side takes the log");
    refused(apart.identity.sides.replace_tenant_pack(&bsol(5)).await);
    refused(apart.conversation.sides.replace_tenant_pack(&bsol(5)).await);
    // What the side without accounts hands out is on its own record, to the hour.
    let tenant = conversation.tenants().by_slug("bsol").await.unwrap().unwrap();
    let actor = actions::Actor::command_line(tenant.id);
    let window = actions::Window::default();
    apart.conversation.sides.export_figures(&actor, &tenant, &tenant.campaigns[0], window).await.unwrap();
    let record = conversation.read_audit(&tenant, None).await.unwrap().deeds;
    let exported: Vec<_> = record.iter().filter(|deed| deed.what == "figures.export").collect();
    assert_eq!(exported.len(), 1, "{record:?}");
    assert_eq!(exported[0].at.to_rfc3339(), "2023-12-01T12:00:00+00:00");
}
