//! What somebody types is not lost, and does not stay where it should not.

use serde_json::json;

use super::stage::{AFTER, Stage};
use crate::harness::browser::{Browser, Scripts, Width};

const WORDS: &str = "Two lifts, and one of them is always out.\nGuess which.";

const KEPT: &str = "return Object.keys(localStorage).filter(key => key.startsWith('candour:draft:')).length;";

/// Types a draft into the form and waits until the device has it.
async fn begin(stage: &Stage, browser: &Browser) {
    stage.visit(browser, "/share").await;
    browser.choose("input[name=prompt][value=behaviours]").await;
    browser.fill("#body", WORDS).await;
    browser.until(&format!("{} === 1", KEPT.trim_end_matches(';'))).await;
}

async fn note_is_shown(browser: &Browser) -> bool {
    browser.holds("return document.querySelector('[data-draft-note]').checkVisibility();").await
}

#[tokio::test(flavor = "multi_thread")]
async fn it_comes_back_until_it_is_sent() {
    let stage = Stage::filled("bsol").await;
    let browser = Browser::start(Width::Phone, Scripts::On).await;
    stage.bring_in(&browser).await;
    begin(&stage, &browser).await;
    assert!(!note_is_shown(&browser).await, "nothing to say while one writes");

    browser.refresh().await.unwrap();
    assert_eq!(browser.value("document.querySelector('#body').value").await, json!(WORDS));
    assert_eq!(
        browser.value("document.querySelector('[name=prompt]:checked').value").await,
        json!("behaviours")
    );
    assert!(note_is_shown(&browser).await);
    browser.expect_words("We kept what you wrote here before").await;

    browser.press("Share it").await;
    browser.expect_words("Your idea is in the conversation").await;
    assert_eq!(browser.evaluate(KEPT).await, json!(0), "sent: gone from the device");
    stage.visit(&browser, "/share").await;
    assert_eq!(browser.value("document.querySelector('#body').value").await, json!(""));
    assert!(!note_is_shown(&browser).await);
}

#[tokio::test(flavor = "multi_thread")]
async fn one_can_throw_it_away() {
    let stage = Stage::filled("bsol").await;
    let browser = Browser::start(Width::Phone, Scripts::On).await;
    stage.bring_in(&browser).await;
    begin(&stage, &browser).await;
    browser.refresh().await.unwrap();
    browser.press("Start again").await;
    assert_eq!(browser.value("document.querySelector('#body').value").await, json!(""));
    assert_eq!(browser.value("document.activeElement.id").await, json!("body"));
    assert_eq!(browser.evaluate(KEPT).await, json!(0));

    begin(&stage, &browser).await;
    browser.open(&stage.at("/leave")).await;
    browser.press("Leave and clear this device").await;
    browser.expect_words("You have left").await;
    assert_eq!(browser.evaluate(KEPT).await, json!(0), "whoever uses the device next finds nothing");
}

#[tokio::test(flavor = "multi_thread")]
async fn sent_too_late_it_is_answered_and_kept() {
    for scripts in [Scripts::On, Scripts::Off] {
        let stage = Stage::filled("bsol").await;
        let browser = Browser::start(Width::Phone, scripts).await;
        stage.bring_in(&browser).await;
        stage.visit(&browser, "/share").await;
        browser.choose("input[name=prompt]").await;
        browser.fill("#body", WORDS).await;
        stage.server.clock.set("2023-12-14T23:58:59Z");
        browser.expect_words("Share it").await;
        stage.server.clock.set(AFTER);
        browser.press("Share it").await;
        browser.expect_words("The conversation closed while you were writing").await;
        browser.expect_words(WORDS).await;
        assert!(browser.title().await.unwrap().starts_with("Error: "));
        stage.visit(&browser, "").await;
        browser.expect_words("This conversation is closed").await;
        assert!(!browser.words().await.contains("one of them is always out"), "nothing was added");
    }
}

/// Comes in by a printed code, and says whether others use the device.
async fn enter(stage: &Stage, browser: &Browser, shared: &str) {
    let code = stage.server.code(stage.tenant).await;
    browser.open(&stage.at(&format!("/enter?code={code}"))).await;
    browser.choose(&format!("input[name=shared][value={shared}]")).await;
    browser.press("Enter the conversation").await;
    browser.expect_words("You are in").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn on_a_shared_device_it_goes_with_the_browser() {
    let stage = Stage::filled("bsol").await;
    let browser = Browser::start(Width::Phone, Scripts::On).await;
    enter(&stage, &browser, "yes").await;
    stage.visit(&browser, "/share").await;
    browser.choose("input[name=prompt][value=behaviours]").await;
    browser.fill("#body", WORDS).await;
    browser.until("return Object.keys(sessionStorage).some(key => key.startsWith('candour:draft:'));").await;
    browser.refresh().await.unwrap();
    assert_eq!(
        browser.value("document.querySelector('#body').value").await,
        json!(WORDS),
        "while it is open"
    );
    assert_eq!(browser.evaluate(KEPT).await, json!(0), "nothing stays on the device");

    // The browser is closed without "Finish and clear", and opened again by somebody else.
    let left = browser.window().await.unwrap();
    let opened = browser.new_tab().await.unwrap();
    browser.switch_to_window(left).await.unwrap();
    browser.close_window().await.unwrap();
    browser.switch_to_window(opened).await.unwrap();
    for shared in ["yes", "no"] {
        browser.devtools("Network.clearBrowserCookies", json!({})).await;
        enter(&stage, &browser, shared).await;
        stage.visit(&browser, "/share").await;
        assert_eq!(browser.value("document.querySelector('#body').value").await, json!(""), "{shared}");
        assert!(!note_is_shown(&browser).await, "{shared}");
    }
    // What somebody keeps on a device of their own is not for whoever says that it is shared.
    begin(&stage, &browser).await;
    browser.devtools("Network.clearBrowserCookies", json!({})).await;
    enter(&stage, &browser, "yes").await;
    stage.visit(&browser, "/share").await;
    assert_eq!(browser.value("document.querySelector('#body').value").await, json!(""));
}
