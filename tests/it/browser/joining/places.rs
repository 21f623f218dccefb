//! From the list of places: the way in of each opens right there, and nothing is asked twice.

use thirtyfour::Key;

use super::hall::{
    CAMPAIGN, Hall, INVITED, MOST_SCREENS, SIGN_UP, WITHIN, agree, code_in, come_in, phone, screens, share,
    words_shown,
};
use super::plainly::tab_to;
use crate::browser::sights::{self, Fonts};
use crate::browser::watch::Watch;
use crate::harness::browser::{Browser, Scripts, Width};
use crate::harness::databases::{Kind, TestDatabases};
use crate::harness::packs;
use crate::harness::server::TestServer;

/// The council, as the list names it.
const COUNCIL: &str = "Birmingham City Council";
const COUNCIL_ADDRESS: &str = "carol@birmingham-council.example";

/// What opens below a place's name.
fn place(css: &str) -> String {
    format!("details[open] {css}")
}

/// How many places are open.
async fn open(browser: &Browser) -> u64 {
    let open = browser
        .value("[...document.querySelectorAll('details[name=place]')].filter(one => one.open).length")
        .await;
    open.as_u64().expect("a number")
}

#[tokio::test(flavor = "multi_thread")]
async fn who_signs_up() {
    let hall = Hall::open().await;
    let browser = phone().await;
    let mut watch = Watch::default();
    browser.open(&hall.at(&format!("/join/{CAMPAIGN}"))).await;
    browser.press(COUNCIL).await;
    browser.choose(&place("input[name=kind][value=staff]")).await;
    browser.fill(&place("input[name=email]"), COUNCIL_ADDRESS).await;
    browser.press_in("details[open]", "Send me a code").await;
    let email = hall.server.email_to(COUNCIL_ADDRESS).await;
    browser.fill("#code", &code_in(email.text())).await;
    browser.press("Confirm").await;
    words_shown(&browser).await;
    agree(&browser, "no").await;
    come_in(&browser).await;
    share(&browser, "Said by somebody who came by the list.").await;
    watch.look(&browser).await;
    let join = format!("/join/{CAMPAIGN}");
    let screens = screens(&watch);
    assert_eq!(
        screens,
        [join.clone(), format!("{join}/confirm"), format!("{WITHIN}/join"), WITHIN.to_owned()]
    );
    assert!(screens.len() <= MOST_SCREENS);
    assert_eq!(hall.counts().await, [1, 1, 1]);
}

#[tokio::test(flavor = "multi_thread")]
async fn who_has_a_login_code() {
    let hall = Hall::open().await;
    let browser = phone().await;
    let mut watch = Watch::default();
    browser.open(&hall.at(&format!("/join/{CAMPAIGN}"))).await;
    browser.press("University Hospitals Birmingham").await;
    browser.fill(&format!("#{INVITED}-code"), &hall.logins[0]).await;
    browser.press_in("details[open]", "Come in").await;
    words_shown(&browser).await;
    agree(&browser, "no").await;
    come_in(&browser).await;
    share(&browser, "Said by somebody who typed a code.").await;
    watch.look(&browser).await;
    let screens = screens(&watch);
    assert_eq!(screens, [format!("/join/{CAMPAIGN}"), format!("{WITHIN}/join"), WITHIN.to_owned()]);
}

/// What is refused goes on at the page for it, with what was typed and with what is wrong.
#[tokio::test(flavor = "multi_thread")]
async fn what_is_refused_is_not_lost() {
    let hall = Hall::open().await;
    let browser = phone().await;
    browser.open(&hall.at(&format!("/join/{CAMPAIGN}"))).await;
    browser.press(COUNCIL).await;
    browser.choose(&place("input[name=kind][value=volunteer]")).await;
    browser.fill(&place("input[name=email]"), "carol@mail.example").await;
    browser.press_in("details[open]", "Send me a code").await;
    browser.expect_words("takes addresses that end in").await;
    assert_eq!(browser.place().await, format!("/join/{CAMPAIGN}/sign-up"));
    for (field, kept) in [
        ("document.querySelector('#organisation').value", SIGN_UP),
        ("document.querySelector('[name=kind]:checked').value", "volunteer"),
        ("document.querySelector('#email').value", "carol@mail.example"),
    ] {
        assert_eq!(browser.value(field).await, kept);
    }
    browser.fill("#email", COUNCIL_ADDRESS).await;
    browser.press("Send me a code").await;
    browser.expect_words("Type the code we emailed").await;

    browser.open(&hall.at(&format!("/join/{CAMPAIGN}"))).await;
    browser.press("University Hospitals Birmingham").await;
    browser.fill(&format!("#{INVITED}-code"), "ABCD-EFGH-JKMN-PQRS").await;
    browser.press_in("details[open]", "Come in").await;
    browser.expect_words("We do not know these login details.").await;
    assert_eq!(browser.value("document.querySelector('#code').value").await, "ABCD-EFGH-JKMN-PQRS");
}

#[tokio::test(flavor = "multi_thread")]
async fn places_open_one_at_a_time_and_without_scripts() {
    let hall = Hall::open().await;
    for scripts in [Scripts::On, Scripts::Off] {
        let mut browser = Browser::start(Width::Phone, scripts).await;
        browser.open(&hall.at(&format!("/join/{CAMPAIGN}"))).await;
        assert_eq!(open(&browser).await, 0);
        browser.press("Birmingham Community Healthcare").await;
        browser.press(COUNCIL).await;
        assert_eq!(open(&browser).await, 1, "opening one closes the other");
        let name = format!("places-open-{scripts:?}");
        let faults = sights::faults(&mut browser, &name, &Width::ALL, Fonts::All).await;
        assert!(faults.is_empty(), "{}", faults.join("\n"));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn by_the_keyboard() {
    let hall = Hall::open().await;
    let browser = phone().await;
    browser.open(&hall.at(&format!("/join/{CAMPAIGN}"))).await;
    tab_to(&browser, "details[name=place]:nth-of-type(1) summary").await;
    tab_to(&browser, "li:has(#birmingham-council-email) summary").await;
    browser.keys(Key::Enter).await;
    tab_to(&browser, "#birmingham-council-kind").await;
    browser.keys(Key::Space).await;
    tab_to(&browser, "#birmingham-council-email").await;
    browser.keys(COUNCIL_ADDRESS).await;
    browser.keys(Key::Enter).await;
    browser.expect_words("Type the code we emailed").await;
}

/// A tenant with one organisation has nothing to choose from.
#[tokio::test(flavor = "multi_thread")]
async fn the_only_place_stands_there_at_once() {
    let mut packs = packs::ours();
    let bsol = packs.iter_mut().find(|pack| pack.tenant.slug == "bsol").expect("BSol's pack");
    bsol.tenant.organisations.retain(|organisation| organisation.slug == SIGN_UP);
    let databases = TestDatabases::create(Kind::Sqlite).await;
    let server = TestServer::with_packs(&databases, packs).await;
    let browser = phone().await;
    browser.open(&format!("http://bsol.localhost:{}/join/{CAMPAIGN}", server.site.port())).await;
    assert_eq!(browser.value("document.querySelectorAll('details[name=place]').length").await, 0);
    assert!(!browser.words().await.contains("somewhere else"));
    browser.choose("input[name=kind][value=staff]").await;
    browser.fill("input[name=email]", COUNCIL_ADDRESS).await;
    browser.press("Send me a code").await;
    browser.expect_words("Type the code we emailed").await;
}

/// A place that the address names stands alone, with a way back to the others.
#[tokio::test(flavor = "multi_thread")]
async fn a_place_that_is_named_stands_alone() {
    let hall = Hall::open().await;
    let browser = phone().await;
    browser.open(&hall.at(&format!("/join/{CAMPAIGN}?organisation={SIGN_UP}"))).await;
    browser.expect_words("Send me a code").await;
    assert_eq!(browser.value("document.querySelectorAll('main form').length").await, 1);
    browser.press("I work or volunteer somewhere else").await;
    browser.expect_words("Where do you work or volunteer?").await;
}
