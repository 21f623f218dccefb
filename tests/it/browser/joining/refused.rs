//! Links, codes and keys that do not let anybody in: each ends in a page that says why and how to go on.

use chrono::TimeDelta;

use super::hall::{CAMPAIGN, Hall, WITHIN, agree, phone, words_shown};
use crate::browser::watch::{Watch, stored};
use crate::harness::joiner::Onward;

#[tokio::test(flavor = "multi_thread")]
async fn a_link_that_was_used() {
    let hall = Hall::open().await;
    let secrets = hall.joined(&phone().await).await;
    let browser = phone().await;
    browser.open(&hall.at(&hall.invitation())).await;
    browser.press("Come in").await;
    browser.expect_words("You have joined already").await;
    browser.press("Use my six words").await;
    browser.fill("[data-typed-words]", &secrets.typed()).await;
    browser.choose("input[name=shared][value=no]").await;
    browser.click("[data-go]").await;
    browser.expect_words("You are in").await;
    assert_eq!(hall.counts().await, [1, 1, 1]);
}

/// On the device that it let in, a link that was used leads on; and so does the list.
#[tokio::test(flavor = "multi_thread")]
async fn a_link_that_was_used_on_this_device() {
    let hall = Hall::open().await;
    let browser = phone().await;
    hall.joined(&browser).await;
    browser.open(&hall.at(&hall.invitation())).await;
    browser.press("Come in").await;
    browser.expect_words("You have joined already").await;
    browser.press("Go on to the conversation").await;
    assert_eq!(browser.place().await, WITHIN);
    for path in ["", "/login", "/sign-up"] {
        browser.open(&hall.at(&format!("/join/{CAMPAIGN}{path}"))).await;
        browser.press("Go on to the conversation").await;
        assert_eq!(browser.place().await, WITHIN);
    }
}

/// The tab was closed between the signature and the registration: the words were made in vain, and there is another way.
#[tokio::test(flavor = "multi_thread")]
async fn a_tab_that_was_closed_too_soon() {
    let hall = Hall::open().await;
    let device = hall.server.device("bsol");
    let onward = Onward::of(&device.logs_in(CAMPAIGN, &hall.logins[0]).await.expect(303));
    let key = hall.server.key("bsol", 1).await;
    device
        .asks_for_signature(CAMPAIGN, &key.blind(&onward, &device.key_log().await).request(&onward))
        .await
        .expect(200);
    let browser = phone().await;
    browser.open(&hall.at(&hall.invitation())).await;
    browser.press("Come in").await;
    browser.expect_words("did the page close too soon?").await;
    browser.press("come in with that").await;
    browser.expect_words("Enter with your code").await;
}

/// Two tabs are at the words with the same link: one joins, the other is told.
#[tokio::test(flavor = "multi_thread")]
async fn a_link_that_was_used_meanwhile() {
    let hall = Hall::open().await;
    let (first, second) = (phone().await, phone().await);
    let late = hall.comes_to_words(&second, &hall.origin()).await;
    hall.joined(&first).await;
    agree(&second, "no").await;
    second.click("[data-go]").await;
    second.expect_words("You have joined before.").await;
    let shown = second.words().await;
    assert!(!late.words_are_in(&shown), "words that do not work are taken away: {shown}");
    let (tab, _) = stored(&second).await;
    assert!(!late.words_are_in(&tab), "{tab}");
    assert_eq!(hall.counts().await, [1, 1, 1]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_sealed_code_that_was_used() {
    let hall = Hall::open().await;
    let code = hall.server.code("bsol").await;
    hall.server.device("bsol").enters(&code).await;
    let browser = phone().await;
    browser.open(&hall.at(&format!("/enter?code={code}"))).await;
    browser.choose("input[name=shared][value=no]").await;
    browser.press("Enter the conversation").await;
    browser.expect_words("This code has been used.").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_campaign_that_is_over() {
    let hall = Hall::open().await;
    let late = phone().await;
    let closes = hall.server.campaign("bsol").await.rounds[0].closes_at;
    hall.server.clock.set(&(closes - TimeDelta::minutes(1)).to_rfc3339());
    hall.comes_to_words(&late, &hall.origin()).await;
    agree(&late, "no").await;
    hall.server.clock.set(&closes.to_rfc3339());
    late.click("[data-go]").await;
    late.expect_words("This conversation is closed, so nobody can join any more.").await;

    let browser = phone().await;
    for path in [hall.invitation(), format!("/join/{CAMPAIGN}"), format!("/join/{CAMPAIGN}/sign-up")] {
        browser.open(&hall.at(&path)).await;
        browser.expect_words("The conversation is closed").await;
    }
    browser.press("Use my six words").await;
    browser.expect_words("You can still read it").await;
    browser.open(&hall.at(&format!("{WITHIN}/join"))).await;
    browser.expect_words("This conversation is closed").await;
    assert_eq!(hall.counts().await, [0, 0, 0]);
}

/// The identity side offers a key that nobody else would see, so as to know its holder again.
#[tokio::test(flavor = "multi_thread")]
async fn a_key_that_is_not_in_the_public_list() {
    let hall = Hall::open().await;
    let device = hall.server.device("bsol");
    let onward = Onward::of(&device.logs_in(CAMPAIGN, &hall.logins[0]).await.expect(303));
    let offered = "0f".repeat(32);
    let browser = phone().await;
    let mut watch = Watch::default();
    browser.open(&hall.at(&format!("{WITHIN}/join#ticket={}&key={offered}", onward.ticket))).await;
    words_shown(&browser).await;
    agree(&browser, "no").await;
    browser.click("[data-go]").await;
    browser.expect_words("is not in its public list of keys. Do not go on.").await;
    watch.look(&browser).await;
    assert!(watch.sent("POST", "").is_empty(), "refused on the device: {:?}", watch.sent("POST", ""));
    watch.assert_quiet(&[&hall.origin()]);
    assert_eq!(hall.counts().await, [0, 0, 0]);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_words_page_without_a_link() {
    let hall = Hall::open().await;
    let browser = phone().await;
    browser.open(&hall.at(&format!("{WITHIN}/join"))).await;
    browser.expect_words("This page does not know you yet.").await;
    browser.press("Begin again").await;
    browser.expect_words("Where do you work or volunteer?").await;
}
