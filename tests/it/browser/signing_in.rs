//! Named people who sign in to the console by their organisation's own identity provider: a real one.

use std::sync::Arc;

use actions::{Actor, NewAccount};
use domain::tenant_pack::SingleSignOnFile;
use policy::Role;

use super::joining::hall::{SIGN_UP, phone};
use crate::harness::browser::Browser;
use crate::harness::databases::{Kind, TestDatabases};
use crate::harness::identity_provider::{ALEX, ALEX_EMAIL, CLIENT_ID, IdentityProvider};
use crate::harness::packs;
use crate::harness::people::Device;
use crate::harness::server::config;
use crate::harness::staff::accepts_at;

/// Goes from the sign-in page to the provider and back.
async fn comes_back(browser: &Browser, origin: &str) {
    browser.open(&format!("{origin}/console/sign-in?next=/console/account")).await;
    browser.press("Birmingham City Council").await;
    browser.expect_words("Sign in to the test provider").await;
    browser.fill("#account", ALEX).await;
    browser.fill("#password", "anything").await;
    browser.press("Sign in").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn by_an_organisations_own_provider() {
    let databases = TestDatabases::create(Kind::Sqlite).await;
    let config = config(&databases);
    app::databases::prepare(&config, &app::OsRandom).await.expect("both databases can be migrated");
    let running = app::start(config, Arc::new(app::SystemClock), Arc::new(app::OsRandom)).await;
    let running = running.expect("the server starts");
    let origin = format!("http://bsol.localhost:{}", running.site.port());
    let provider = IdentityProvider::start(&format!("{origin}/sign-on"));
    let mut pack = packs::bsol_open_now().remove(0);
    let council = pack.tenant.organisations.iter_mut().find(|organisation| organisation.slug == SIGN_UP);
    council.expect("the council takes part").single_sign_on =
        Some(SingleSignOnFile { issuer: provider.issuer.clone(), client_id: CLIENT_ID.to_owned() });
    running.sides.apply_tenant_pack(&pack).await.expect("the pack applies");

    // Nobody with this address works here; nor does an invitation suffice.
    let browser = phone().await;
    comes_back(&browser, &origin).await;
    browser.expect_words("Nobody with your work address has an account here").await;
    let accounts = running.sides.accounts.as_ref().expect("both sides");
    let tenant =
        running.sides.tenants().by_slug("bsol").await.expect("the database answers").expect("a tenant");
    let new =
        NewAccount { email: ALEX_EMAIL.to_owned(), name: "Alex".to_owned(), roles: vec![Role::CommsLead] };
    let welcome = format!("{origin}/console/welcome?token=");
    let invited = accounts.invite_account(&Actor::command_line(tenant.id), &tenant, &new, &welcome).await;
    let link = invited.expect("an invitation").link;
    // Another browser each time: the provider remembers whom it has seen.
    let browser = phone().await;
    comes_back(&browser, &origin).await;
    browser.expect_words("Nobody with your work address has an account here").await;

    let device = Device::new(running.site, format!("bsol.localhost:{}", running.site.port()), String::new());
    accepts_at(&device, &link, || accounts.now()).await.expect(200);
    let browser = phone().await;
    comes_back(&browser, &origin).await;
    browser.expect_words("Where you are signed in").await;
    assert_eq!(browser.place().await, "/console/account");
    // It is no fresh proof: nobody knows how long ago the provider looked.
    browser.open(&format!("{origin}/console/people/invite")).await;
    browser.expect_words("Show again who you are").await;
}
