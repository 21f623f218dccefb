//! Coming in by an organisation's own identity provider: a real one, there and back in a real browser.
//!
//! The provider goes by the machine's clock, so this server does, too.

use std::sync::Arc;

use actions::Tenant;
use domain::tenant_pack::SingleSignOnFile;

use super::joining::hall::{
    CAMPAIGN, MOST_SCREENS, SIGN_UP, WITHIN, agree, come_in, phone, screens, share, words_shown,
};
use super::watch::Watch;
use crate::harness::browser::Browser;
use crate::harness::databases::{Kind, TestDatabases};
use crate::harness::identity_provider::{ALEX, ALEX_EMAIL, CLIENT_ID, IdentityProvider};
use crate::harness::packs;
use crate::harness::server::config;
use crate::harness::tables::Tables;

/// The council's other ways in.
#[derive(Clone, Copy, PartialEq, Eq)]
enum OtherWays {
    /// They sign up, too.
    SignUp,
    /// None.
    None,
}

/// A server whose council sends its people to their provider.
struct Stage {
    origin: String,
    provider: IdentityProvider,
    databases: TestDatabases,
    _running: app::Running,
}

impl Stage {
    async fn set() -> Self {
        Self::set_beside(OtherWays::SignUp).await
    }

    async fn set_beside(others: OtherWays) -> Self {
        let databases = TestDatabases::create(Kind::Sqlite).await;
        let config = config(&databases);
        app::databases::prepare(&config, &app::OsRandom).await.expect("both databases can be migrated");
        let running = app::start(config, Arc::new(app::SystemClock), Arc::new(app::OsRandom)).await;
        let running = running.expect("the server starts");
        let origin = format!("http://bsol.localhost:{}", running.site.port());
        // The provider must know where we are, and the pack where the provider is.
        let provider = IdentityProvider::start(&format!("{origin}/sign-on"));
        let mut pack = packs::bsol_open_now().remove(0);
        let council = pack.tenant.organisations.iter_mut().find(|organisation| organisation.slug == SIGN_UP);
        let council = council.expect("the council takes part");
        council.single_sign_on =
            Some(SingleSignOnFile { issuer: provider.issuer.clone(), client_id: CLIENT_ID.to_owned() });
        if others == OtherWays::None {
            council.email_domains.clear();
        }
        running.sides.apply_tenant_pack(&pack).await.expect("the pack applies");
        launch(&running).await;
        Self { origin, provider, databases, _running: running }
    }

    /// Goes from the first page to the provider's form.
    async fn to_the_provider(&self, browser: &Browser) {
        self.choose_the_council(browser).await;
        browser.press("Sign in with your Birmingham City Council account").await;
        self.expect_the_provider(browser).await;
    }

    async fn choose_the_council(&self, browser: &Browser) {
        browser.open(&format!("{}/join/{CAMPAIGN}", self.origin)).await;
        browser.press("Birmingham City Council").await;
    }

    async fn expect_the_provider(&self, browser: &Browser) {
        browser.expect_words("Sign in to the test provider").await;
        let here = browser.value("location.origin").await;
        assert_eq!(here.as_str(), Some(self.provider.issuer.as_str()));
    }

    async fn people(&self) -> i64 {
        Tables::of_identity(&self.databases).await.number("SELECT count(*) FROM person").await
    }
}

async fn launch(running: &app::Running) {
    let enrolment = running.sides.identity.as_ref().expect("both sides");
    let actions = running.sides.conversation.as_ref().expect("both sides");
    let tenant = enrolment.tenants().by_slug("bsol").await.expect("the database answers").expect("a tenant");
    let tenant: &Tenant = &tenant;
    let log = enrolment.launch_campaign(tenant, &tenant.campaigns[0]).await.expect("it is launched");
    actions.learn_keys(tenant, &log).await.expect("the other side takes the log");
}

/// Signs in as Alex, and stands at the words.
async fn sign_in(browser: &Browser) {
    browser.fill("#account", ALEX).await;
    browser.fill("#password", "anything").await;
    browser.press("Sign in").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn from_the_first_page_to_the_contribution() {
    let stage = Stage::set().await;
    let browser = phone().await;
    let mut watch = Watch::default();
    stage.to_the_provider(&browser).await;
    sign_in(&browser).await;
    let mut secrets = words_shown(&browser).await;
    agree(&browser, "no").await;
    come_in(&browser).await;
    share(&browser, "Said by somebody with an account.").await;

    watch.look(&browser).await;
    // What the browser thinks of the provider's own pages is not ours to mend.
    watch.complaints.retain(|complaint| !complaint.contains(&stage.provider.issuer));
    watch.assert_quiet(&[&stage.origin, &stage.provider.issuer]);
    secrets.add_form(&watch.sent("POST", &format!("{WITHIN}/join"))[0].body);
    secrets.others.push(ALEX_EMAIL.to_owned());
    watch.assert_kept(&secrets);
    let ours = ours(&watch);
    assert_eq!(ours, [format!("/join/{CAMPAIGN}"), format!("{WITHIN}/join"), WITHIN.to_owned()]);
    assert!(ours.len() <= MOST_SCREENS);
    let cookies = browser.get_all_cookies().await.expect("cookies");
    assert!(cookies.iter().all(|cookie| cookie.name != "__Host-sign-on"), "{cookies:?}");
    assert_eq!(stage.people().await, 1);

    // The same person once more, in another browser: recognised, and not let in twice.
    let again = phone().await;
    stage.to_the_provider(&again).await;
    sign_in(&again).await;
    again.expect_words("You have joined already").await;
    assert_eq!(stage.people().await, 1);
}

/// Where there is no other way, the place in the list has the button and nothing else.
#[tokio::test(flavor = "multi_thread")]
async fn as_the_only_way() {
    let stage = Stage::set_beside(OtherWays::None).await;
    let browser = phone().await;
    let mut watch = Watch::default();
    stage.choose_the_council(&browser).await;
    assert_eq!(browser.value("document.querySelectorAll('details[open] form').length").await, 0);
    browser.press_in("details[open]", "Sign in with your").await;
    stage.expect_the_provider(&browser).await;
    sign_in(&browser).await;
    words_shown(&browser).await;
    agree(&browser, "no").await;
    come_in(&browser).await;
    share(&browser, "Said by somebody who had one way.").await;
    watch.look(&browser).await;
    assert_eq!(ours(&watch), [format!("/join/{CAMPAIGN}"), format!("{WITHIN}/join"), WITHIN.to_owned()]);
}

/// The pages of ours up to the one on which the idea was sent.
fn ours(watch: &Watch) -> Vec<String> {
    screens(watch).into_iter().filter(|page| !page.starts_with("/interaction/")).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn cancelled_at_the_provider() {
    let stage = Stage::set().await;
    let browser = phone().await;
    stage.to_the_provider(&browser).await;
    browser.press("Cancel").await;
    browser.expect_words("You were not signed in. If you pressed cancel, nothing has happened.").await;
    assert_eq!(browser.value("document.querySelectorAll('h1').length").await, 1);
    assert!(browser.axe().await.is_empty());
    assert_eq!(stage.people().await, 0);
    // Nothing is lost: the second time they sign in.
    stage.to_the_provider(&browser).await;
    sign_in(&browser).await;
    words_shown(&browser).await;
}

/// An answer that some other page sent the browser to.
#[tokio::test(flavor = "multi_thread")]
async fn an_answer_that_nobody_asked_for() {
    let stage = Stage::set().await;
    let browser = phone().await;
    browser.open(&format!("{}/sign-on?code=somebody-elses&state=x", stage.origin)).await;
    assert_eq!(browser.value("document.querySelectorAll('h1').length").await, 1);
    assert!(!browser.words().await.contains("went wrong"), "{}", browser.words().await);
    assert_eq!(stage.people().await, 0);
}
