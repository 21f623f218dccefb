//! Others' words and answers appear while one reads, and nothing that one reads moves.

use serde_json::json;

use super::stage::Stage;
use crate::harness::browser::{Browser, Scripts, Width};

/// As on Safari, which does not hold the page still by itself.
const NO_ANCHORING: &str = "document.documentElement.style.overflowAnchor = 'none';";

/// Where somebody is while they read: it must stay so.
const READING: &str = "
    const focus = document.activeElement;
    return JSON.stringify({ same: window.sameDocument, focus: focus.closest('[data-post]')?.id, value: focus.value,
        top: Math.round(focus.getBoundingClientRect().top), scrolled: Math.round(scrollY) });";

/// Two browsers side by side, both in.
async fn two_on(stage: &Stage) -> [Browser; 2] {
    let browsers =
        [Browser::start(Width::Phone, Scripts::On).await, Browser::start(Width::Phone, Scripts::On).await];
    for browser in &browsers {
        stage.bring_in(browser).await;
    }
    browsers
}

/// Puts the focus on an answer of the post that is named, in the middle of the screen.
async fn read_at(browser: &Browser, post: &str) {
    browser.evaluate(NO_ANCHORING).await;
    let script = format!(
        "window.sameDocument = true;
         const answer = document.querySelector('#{post} button[value=disagree]');
         answer.scrollIntoView({{ block: 'center', behavior: 'instant' }});
         answer.focus({{ preventScroll: true }});"
    );
    browser.evaluate(&script).await;
}

async fn share_in(stage: &Stage, browser: &Browser, words: &str) {
    stage.visit(browser, "/share").await;
    browser.choose("input[name=prompt]").await;
    browser.fill("#body", words).await;
    browser.press("Share it").await;
    browser.expect_words("Your idea is in the conversation").await;
}

fn news(words: &str) -> String {
    format!(
        "const link = document.querySelector('[data-live-new]'); return link.checkVisibility() && link.innerText === '{words}';"
    )
}

fn count(post: &str, name: &str, text: &str) -> String {
    format!("return document.querySelector('#{post} [data-count={name}]').textContent === '{text}';")
}

#[tokio::test(flavor = "multi_thread")]
async fn the_conversation() {
    let stage = Stage::filled("bsol").await;
    let [reader, writer] = two_on(&stage).await;
    stage.visit(&reader, "?sort=newest").await;
    let post = format!("post-{}", stage.thread);
    read_at(&reader, &post).await;
    let before = reader.evaluate(READING).await;

    stage.visit(&writer, &format!("/contributions/{}", stage.thread)).await;
    writer.press_one(&format!("#{post} button[value=agree]")).await;
    writer.fill("#body", "Four wards now").await;
    writer.press("Send comment").await;
    reader.until(&count(&post, "agree", "3")).await;
    reader.until(&count(&post, "comments", "6 comments")).await;
    share_in(&stage, &writer, "Words that nobody should hear read out").await;
    reader.until(&news("Show 1 new idea")).await;
    reader.until("return document.querySelector('[data-live-status]').textContent === '1 new idea';").await;
    assert_eq!(reader.evaluate(READING).await, before, "no reload, no other focus, nothing moved");
    assert!(!reader.words().await.contains("Words that nobody"), "what is new waits");

    for times in 1..=2 {
        reader.press("Show 1 new idea").await;
        let first = reader.text_of(".candour-list > li:first-child").await;
        assert!(first.contains("Words that nobody"), "shown at the top, the {times}. time: {first}");
        share_in(&stage, &writer, "Words that nobody expects").await;
        reader.until(&news("Show 1 new idea")).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn one_contribution() {
    let stage = Stage::filled("bsol").await;
    let [reader, writer] = two_on(&stage).await;
    let (place, post) = (format!("/contributions/{}", stage.thread), format!("post-{}", stage.thread));
    stage.visit(&reader, &place).await;
    reader.fill("#body", "Half a thou").await;
    reader.evaluate("window.sameDocument = true;").await;

    stage.visit(&writer, &place).await;
    writer.press_one(&format!("#{post} button[value=agree]")).await;
    reader.until(&count(&post, "agree", "3")).await;
    writer.fill("#body", "Mine as well").await;
    writer.press("Send comment").await;
    reader.until(&news("Show 1 new comment")).await;
    reader.until("return document.querySelector('#comments').innerText === '6 comments';").await;
    assert_eq!(reader.value("document.querySelector('#body').value").await, json!("Half a thou"));
    assert_eq!(reader.value("document.activeElement.id").await, json!("body"));
    assert_eq!(reader.value("window.sameDocument").await, json!(true));
    assert!(!reader.words().await.contains("Mine as well"));
    reader.press("Show 1 new comment").await;
    reader.expect_words("Mine as well").await;
    assert_eq!(
        reader.value("document.querySelector('#body').value").await,
        json!("Half a thou"),
        "kept over it"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn one_can_pause_it() {
    let stage = Stage::filled("bsol").await;
    let reader = Browser::start(Width::Phone, Scripts::On).await;
    stage.bring_in(&reader).await;
    stage.visit(&reader, "?sort=newest").await;
    let post = format!("post-{}", stage.thread);
    reader.press("Pause live updates").await;
    let others = [stage.somebody().await, stage.somebody().await];
    for other in &others {
        other.votes(&stage.thread, "agree").await;
    }
    others[0].shares("Said in the pause").await;
    tokio::time::sleep(std::time::Duration::from_secs(3)).await;
    assert_eq!(reader.text_of(&format!("#{post} [data-count=agree]")).await, "2");
    assert!(!reader.holds(&news("Show 1 new idea")).await);
    reader.press("Resume live updates").await;
    reader.until(&count(&post, "agree", "4")).await;
    reader.until(&news("Show 1 new idea")).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn where_a_proxy_cuts_streams() {
    let stage = Stage::filled("bsol").await;
    let reader = Browser::start(Width::Phone, Scripts::On).await;
    stage.bring_in(&reader).await;
    reader.devtools("Network.enable", json!({})).await;
    reader.devtools("Network.setBlockedURLs", json!({ "urls": ["*/live?*"] })).await;
    stage.visit(&reader, "?sort=newest").await;
    reader.network().await;
    let (post, other) = (format!("post-{}", stage.thread), stage.somebody().await);
    other.votes(&stage.thread, "agree").await;
    other.shares("Heard all the same").await;
    reader.until(&count(&post, "agree", "3")).await;
    reader.until(&news("Show 1 new idea")).await;
    let network = reader.network().await;
    let asked = network.iter().filter(|(method, _)| method == "Network.requestWillBeSent");
    let urls: Vec<&str> = asked.filter_map(|(_, event)| event["request"]["url"].as_str()).collect();
    assert!(urls.iter().any(|url| url.contains("/changes?since=")), "asked, not told: {urls:?}");
}
