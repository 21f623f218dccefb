//! A device that others use, too: it can be cleared from every page.

use serde_json::json;

use super::hall::{Hall, WITHIN, agree, come_in, phone, share};
use crate::browser::watch::stored;
use crate::harness::browser::Browser;

const FINISH: &str = "Finish and clear this device";

/// Whether the header has the button.
async fn offers(browser: &Browser) -> bool {
    let button = format!(
        "return [...document.querySelectorAll('header button')].some(one => one.checkVisibility() && one.innerText.trim() === {});",
        json!(FINISH)
    );
    browser.holds(&button).await
}

#[tokio::test(flavor = "multi_thread")]
async fn is_cleared_from_any_page() {
    let hall = Hall::open().await;
    let browser = phone().await;
    let secrets = hall.comes_to_words(&browser, &hall.origin()).await;
    agree(&browser, "yes").await;
    come_in(&browser).await;
    share(&browser, "Said on the ward's computer.").await;
    let idea = browser.value("location.pathname").await;
    let idea = idea.as_str().expect("a path").to_owned();
    let within = |rest: &str| format!("{WITHIN}{rest}");
    for path in [
        "/",
        "/anonymity",
        "/keys",
        "/privacy",
        "/leave",
        &within(""),
        &within("/share"),
        &within("/mine"),
        &within("/mine/erase"),
        &within("/return"),
        &within("/join"),
        &idea,
    ] {
        browser.open(&hall.at(path)).await;
        assert!(offers(&browser).await, "not offered on {path}:\n{}", browser.words().await);
    }
    // What somebody began to write goes, too.
    browser.open(&hall.at(&within("/share"))).await;
    browser.fill("#body", "Half an idea").await;
    browser.press(FINISH).await;
    browser.expect_words("You have left").await;
    let (tab, device) = stored(&browser).await;
    assert_eq!((tab.as_str(), device.as_str()), ("{}", "{}"));
    let cookies = browser.devtools("Network.getAllCookies", json!({})).await;
    assert_eq!(cookies["cookies"], json!([]), "no cookie either");
    // Neither Back nor the address leads in.
    browser.back().await.expect("a browser goes back");
    browser.open(&hall.at(&within(""))).await;
    assert!(!browser.words().await.contains("Share an idea"), "{}", browser.words().await);
    assert!(!secrets.words_are_in(&browser.words().await));
}

#[tokio::test(flavor = "multi_thread")]
async fn is_cleared_from_a_page_that_says_what_went_wrong() {
    let hall = Hall::open().await;
    let browser = phone().await;
    hall.comes_to_words(&browser, &hall.origin()).await;
    agree(&browser, "yes").await;
    come_in(&browser).await;
    browser.open(&hall.at("/nothing-here")).await;
    browser.expect_words("Page not found").await;
    assert!(offers(&browser).await, "{}", browser.words().await);
}
