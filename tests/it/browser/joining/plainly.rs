//! Coming in without scripts, and without a mouse.

use serde_json::json;
use thirtyfour::Key;

use super::hall::{CAMPAIGN, Hall, WITHIN, phone, words_shown};
use crate::browser::sights::{self, Fonts};
use crate::harness::browser::{Browser, Scripts, Width};

/// More stops than the words page has.
const MOST_STOPS: usize = 80;

#[tokio::test(flavor = "multi_thread")]
async fn without_scripts_the_pages_say_what_to_do_and_codes_work() {
    let hall = Hall::open().await;
    let mut browser = Browser::start(Width::Phone, Scripts::Off).await;
    // Said before anybody gives an address or a code, with somebody to ask.
    for path in ["", "?organisation=uhb", "/sign-up", "/login", "/confirm?link=x"] {
        browser.open(&hall.at(&format!("/join/{CAMPAIGN}{path}"))).await;
        browser.expect_words("your browser needs JavaScript").await;
        browser.expect_words("Or ask for a code on paper").await;
    }
    let mut faults =
        sights::faults(&mut browser, "before-joining-without-scripts", &Width::ALL, Fonts::All).await;
    browser.open(&hall.at(&hall.invitation())).await;
    browser.expect_words("your browser needs JavaScript").await;
    browser.press("Come in").await;
    browser.expect_words("this page needs JavaScript").await;
    browser.expect_words("A code on paper works without JavaScript.").await;
    faults.extend(sights::faults(&mut browser, "join-without-scripts", &Width::ALL, Fonts::All).await);
    assert_eq!(browser.text_of("[data-words]").await, "", "no words that nothing could come of");
    browser.open(&hall.at(&format!("{WITHIN}/return"))).await;
    browser.expect_words("This page needs JavaScript.").await;
    faults.extend(sights::faults(&mut browser, "return-without-scripts", &Width::ALL, Fonts::All).await);
    assert!(faults.is_empty(), "{}", faults.join("\n"));
    assert_eq!(hall.counts().await, [0, 0, 0], "nothing is used up");

    let with_scripts = phone().await;
    with_scripts.open(&hall.at(&format!("/join/{CAMPAIGN}/sign-up"))).await;
    assert!(
        !with_scripts.words().await.contains("needs JavaScript"),
        "where it runs nothing is said about it"
    );

    let code = hall.server.code("bsol").await;
    browser.open(&hall.at("/enter")).await;
    browser.fill("#code", &code).await;
    browser.choose("input[name=shared][value=no]").await;
    browser.press_in("main form", "Enter").await;
    browser.expect_words("You are in").await;
    browser.choose("input[name=prompt]").await;
    browser.fill("#body", "Said without scripts.").await;
    browser.press("Share it").await;
    browser.expect_words("Your idea is in the conversation.").await;
}

/// Without scripts nothing knows of words that were begun: the button asks first.
#[tokio::test(flavor = "multi_thread")]
async fn without_scripts_a_device_is_asked_before_it_is_cleared() {
    let hall = Hall::open().await;
    let browser = Browser::start(Width::Phone, Scripts::Off).await;
    let code = hall.server.code("bsol").await;
    browser.open(&hall.at(&format!("/enter?code={code}"))).await;
    browser.choose("input[name=shared][value=yes]").await;
    browser.press("Enter the conversation").await;
    browser.press("Finish and clear this device").await;
    browser.expect_words("Finish and clear this device?").await;
    browser.expect_words("everything that you began to write here and did not send").await;
    browser.press("Finish and clear this device").await;
    browser.expect_words("You have left").await;
}

/// Presses Tab until the focus is on what `css` names; whatever has it can be seen.
pub async fn tab_to(browser: &Browser, css: &str) {
    for _ in 0..MOST_STOPS {
        let focus = browser.press_tab().await;
        assert!(focus.visible || focus.on.starts_with("body"), "hidden: {}", focus.on);
        if browser.holds(&format!("return document.activeElement.matches({});", json!(css))).await {
            return;
        }
    }
    panic!("Tab never comes to {css}:\n{}", browser.words().await);
}

#[tokio::test(flavor = "multi_thread")]
async fn by_the_keyboard_alone() {
    let hall = Hall::open().await;
    let browser = phone().await;
    browser.open(&hall.at(&format!("/join/{CAMPAIGN}/login"))).await;
    tab_to(&browser, "#code").await;
    browser.keys(hall.logins[0].clone()).await;
    browser.keys(Key::Enter).await;
    words_shown(&browser).await;

    // Too early: the problems are named, have the focus, and lead to what is missing.
    tab_to(&browser, "[data-go]").await;
    browser.keys(Key::Enter).await;
    browser.until("return document.activeElement.matches('.nhsuk-error-summary');").await;
    for (described, by, said) in [
        ("#kept", "kept-error", "Error: Print, save or write down your words."),
        ("fieldset:has(#shared)", "shared-error", "Error: Choose yes or no"),
    ] {
        let describes = format!(
            "return document.querySelector('{described}').getAttribute('aria-describedby').split(' ').includes('{by}');"
        );
        assert!(browser.holds(&describes).await, "{described} is described by its error");
        let text = browser.value(&format!("document.querySelector('#{by}').textContent")).await;
        assert!(text.as_str().is_some_and(|text| text.starts_with(said)), "{text}");
    }
    tab_to(&browser, ".nhsuk-error-summary a").await;
    let first = browser.value("document.activeElement.innerText").await;
    browser.keys(Key::Enter).await;
    let reached = browser.value("document.activeElement.name").await;
    assert!(reached == json!("shared") || reached == json!("kept"), "{first} leads to {reached}");

    browser.refresh().await.expect("a page can be loaded again");
    words_shown(&browser).await;
    for button in ["[data-print]", "[data-save]"] {
        tab_to(&browser, button).await;
    }
    tab_to(&browser, "[data-kept]").await;
    browser.keys(Key::Space).await;
    tab_to(&browser, "input[name=shared]").await;
    browser.keys(Key::Space).await;
    assert_eq!(browser.value("document.querySelector('[name=shared]:checked').value").await, json!("no"));
    tab_to(&browser, "[data-go]").await;
    browser.keys(Key::Enter).await;
    browser.expect_words("You are in").await;
    assert_eq!(hall.counts().await, [1, 1, 1]);

    let other = phone().await;
    other.open(&hall.at(&format!("{WITHIN}/return"))).await;
    tab_to(&other, "[data-typed-words]").await;
    other.keys("abacus abacus abacus abacus abacus abacus").await;
    tab_to(&other, "input[name=shared]").await;
    other.keys(Key::Space).await;
    tab_to(&other, "[data-go]").await;
    other.keys(Key::Enter).await;
    other.expect_words("These words do not open this conversation.").await;
}
