//! The form for a first idea, on the page where one arrives.

use super::hall::{Hall, WITHIN, phone, share};
use crate::browser::sights::{self, Fonts};
use crate::harness::browser::{Browser, Width};
use crate::harness::packs;

/// Whether the page has the form.
async fn offered(browser: &Browser) -> bool {
    browser.words().await.contains("Share your first idea")
}

#[tokio::test(flavor = "multi_thread")]
async fn is_offered_until_it_is_shared() {
    let hall = Hall::open().await;
    let mut browser = phone().await;
    hall.joined(&browser).await;
    assert!(offered(&browser).await);
    let mut faults = sights::faults(&mut browser, "first-idea", &Width::ALL, Fonts::All).await;
    browser.press("Add a theme or a feeling").await;
    faults.extend(sights::faults(&mut browser, "first-idea-whole", &Width::ALL, Fonts::All).await);
    assert!(faults.is_empty(), "{}", faults.join("\n"));
    share(&browser, "The first of all.").await;
    for arriving in ["?done=entered&by=key", ""] {
        browser.open(&hall.at(&format!("{WITHIN}{arriving}"))).await;
        assert!(!offered(&browser).await, "{arriving}");
        browser.expect_words("The first of all.").await;
    }
}

/// What is refused stands in the form of the share page, with what is wrong; and what is not sent is kept for it.
#[tokio::test(flavor = "multi_thread")]
async fn is_mended_on_the_page_for_ideas() {
    let hall = Hall::open().await;
    let browser = phone().await;
    hall.joined(&browser).await;
    browser.fill("#body", "No question chosen.").await;
    browser.press("Add a theme or a feeling").await;
    browser.choose("input[name=feeling][value=hopeful]").await;
    browser.press("Share it").await;
    browser.expect_words("Choose the question that you are answering").await;
    assert_eq!(browser.place().await, format!("{WITHIN}/share"));
    assert_eq!(browser.value("document.querySelector('#body').value").await, "No question chosen.");
    assert!(browser.holds("return document.querySelector('[name=feeling][value=hopeful]').checked;").await);
    browser.choose("input[name=prompt]").await;
    browser.fill("#body", "A question chosen.").await;
    browser.press("Share it").await;
    browser.expect_words("Your idea is in the conversation.").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn begun_where_one_arrives_goes_on_elsewhere() {
    let hall = Hall::open().await;
    let browser = phone().await;
    hall.joined(&browser).await;
    browser.fill("#body", "Half an idea").await;
    browser.until("return Object.keys(localStorage).some(key => key.startsWith('candour:draft:'));").await;
    browser.open(&hall.at(&format!("{WITHIN}/share"))).await;
    browser.until("return document.querySelector('#body').value === 'Half an idea';").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn is_kept_while_its_writer_waits() {
    let hall = Hall::open_with(packs::waiting_for(20)).await;
    let browser = phone().await;
    hall.joined(&browser).await;
    assert!(offered(&browser).await);
    browser.choose("input[name=prompt]").await;
    browser.fill("#body", "Said while I wait.").await;
    browser.press("Share it").await;
    browser.expect_words("We have kept it.").await;
    browser.expect_words("Said while I wait.").await;
    browser.open(&hall.at(&format!("{WITHIN}?done=waiting"))).await;
    assert!(!offered(&browser).await);
}
