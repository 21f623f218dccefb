//! The two sides at two origins: the browser goes from one to the other, and its own rules hold between them.

use std::future::ready;

use actions::{Actor, IssuedLogin, Tenant};

use super::hall::{CAMPAIGN, INVITED, WITHIN, agree, come_in, phone, share, words_shown};
use crate::browser::watch::Watch;
use crate::harness::databases::{Kind, TestDatabases};
use crate::harness::packs;
use crate::harness::server::{Apart, TestServer};

/// Launches the campaign on the identity side, hands the log of keys over, and gives one person's login details.
async fn launched(apart: &Apart) -> String {
    let enrolment = apart.identity.sides.identity.as_ref().expect("the identity side");
    let actions = apart.conversation.sides.conversation.as_ref().expect("the conversation side");
    let tenant = enrolment.tenants().by_slug("bsol").await.expect("the database answers").expect("a tenant");
    let tenant: &Tenant = &tenant;
    let campaign = &tenant.campaigns[0];
    let roll = b"email,organisation\nann@uhb.example,uhb\n";
    let held =
        enrolment.import_roll(tenant, campaign, documents::roll::RollKind::Csv, roll, &|_| {}).await.unwrap();
    enrolment.confirm_roll(&Actor::command_line(tenant.id), tenant, campaign, held.import).await.unwrap();
    let log = enrolment.launch_campaign(tenant, campaign).await.unwrap();
    actions.learn_keys(tenant, &log).await.unwrap();
    let mut logins = Vec::new();
    let take = |issued: Vec<IssuedLogin>| {
        logins.extend(issued);
        ready(Ok(()))
    };
    let organisation = tenant.organisation(INVITED).unwrap();
    enrolment.issue_logins(tenant, campaign, organisation, take).await.unwrap();
    logins[0].code.to_string()
}

#[tokio::test(flavor = "multi_thread")]
async fn from_the_link_to_the_contribution() {
    let databases = TestDatabases::create(Kind::Sqlite).await;
    let apart = TestServer::apart(&databases, packs::ours()).await;
    let code = launched(&apart).await;
    let origin = |port: u16| format!("http://bsol.localhost:{port}");
    let (door, hall) = (origin(apart.identity.site.port()), origin(apart.conversation.site.port()));
    let browser = phone().await;
    let mut watch = Watch::default();
    browser.open(&format!("{door}/join/{CAMPAIGN}/login?code={code}")).await;
    browser.press("Come in").await;
    let mut secrets = words_shown(&browser).await;
    assert!(browser.holds(&format!("return location.origin === '{hall}';")).await, "on the other side");
    agree(&browser, "no").await;
    come_in(&browser).await;
    share(&browser, "Said across two origins.").await;
    assert!(browser.place().await.starts_with(WITHIN));

    watch.look(&browser).await;
    watch.assert_quiet(&[&door, &hall]);
    secrets.add_form(&watch.sent("POST", "/join")[0].body);
    watch.assert_kept(&secrets);
    let issued = watch.sent("POST", &format!("/issue/{CAMPAIGN}"));
    assert_eq!(issued.len(), 1);
    assert!(issued[0].url.starts_with(&door), "{}", issued[0].url);
    for asked in &watch.asked {
        let on_the_other_side = asked.url.starts_with(&hall);
        assert!(
            !(on_the_other_side && asked.body.contains(&secrets.others[0])),
            "the ticket went to {}",
            asked.url
        );
    }
    // Back to the identity side's own front page: it shows the way in, and nothing of the conversation.
    browser.open(&format!("{door}/")).await;
    browser.expect_words("Where do you work or volunteer?").await;
    watch.look(&browser).await;
    watch.assert_quiet(&[&door, &hall]);
    // Nor can it know whether this device is in; but it can say where that is found out.
    browser.open(&format!("{door}/join/{CAMPAIGN}/login?code={code}")).await;
    browser.press("Come in").await;
    browser.expect_words("Then you may still be in").await;
    browser.press("go on to the conversation").await;
    assert!(browser.holds(&format!("return location.href === '{hall}{WITHIN}';")).await);
}
