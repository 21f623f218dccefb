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
    // Whoever is half-way through an idea is asked first.
    browser.open(&hall.at(&within("/share"))).await;
    browser.fill("#body", "Half an idea").await;
    browser.press(FINISH).await;
    browser.expect_words("You began to write something and did not send it.").await;
    browser.press("Stay").await;
    browser.open(&hall.at(&within("/share"))).await;
    browser.until("return document.querySelector('#body').value === 'Half an idea';").await;
    browser.press(FINISH).await;
    browser.expect_words("You began to write something and did not send it.").await;
    assert!(!offers(&browser).await, "asked once, not twice");
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

/// Nothing begun, nothing to ask.
#[tokio::test(flavor = "multi_thread")]
async fn is_cleared_at_once_by_whoever_came_in_with_a_code() {
    let hall = Hall::open().await;
    let browser = phone().await;
    let code = hall.server.code("bsol").await;
    browser.open(&hall.at(&format!("/enter?code={code}"))).await;
    browser.press("Enter the conversation").await;
    browser.expect_words("Choose yes or no: is this a shared device?").await;
    browser.choose("input[name=shared][value=yes]").await;
    browser.press_in("main form", "Enter").await;
    browser.expect_words("You are in").await;
    assert!(offers(&browser).await);
    let cookies = browser.devtools("Network.getAllCookies", json!({})).await;
    let kept = cookies["cookies"]
        .as_array()
        .expect("a list")
        .iter()
        .filter(|cookie| cookie["session"] == json!(false));
    let kept: Vec<_> = kept.map(|cookie| cookie["name"].clone()).collect();
    assert_eq!(kept, [json!("__Host-candour-visit")], "the session ends with the browser");
    browser.press(FINISH).await;
    browser.expect_words("You have left").await;
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
