//! All that a person can do, from the printed code to leaving the device, on a phone, with JavaScript and without.

use serde_json::json;

use super::sights::{self, Fonts};
use super::stage::Stage;
use crate::harness::browser::{Browser, Scripts, Width};

#[tokio::test(flavor = "multi_thread")]
async fn with_scripts() {
    whole_journey(Scripts::On).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn without_scripts() {
    whole_journey(Scripts::Off).await;
}

/// One way through, looked at after every step.
struct Journey {
    stage: Stage,
    browser: Browser,
    faults: Vec<String>,
}

impl Journey {
    /// Waits for the words that a step ends with, and looks at the page.
    async fn comes_to(&mut self, words: &str, step: &str) {
        self.browser.expect_words(words).await;
        let name = format!("journey-{step}-{:?}", self.browser.scripts());
        self.faults.extend(sights::faults(&mut self.browser, &name, &[Width::Phone], Fonts::All).await);
    }

    /// The text of one count of the post that is named.
    async fn count(&self, post: &str, name: &str) -> String {
        self.browser.text_of(&format!("#{post} [data-count={name}]")).await
    }
}

async fn whole_journey(scripts: Scripts) {
    let stage = Stage::filled("bsol").await;
    let browser = Browser::start(Width::Phone, scripts).await;
    let mut journey = Journey { stage, browser, faults: Vec::new() };
    enter(&mut journey).await;
    vote(&mut journey).await;
    let idea = share(&mut journey).await;
    comment_and_reply(&mut journey, &idea).await;
    edit_and_withdraw(&mut journey, &idea).await;
    look_back_and_leave(&mut journey).await;
    assert!(journey.faults.is_empty(), "{}", journey.faults.join("\n"));
}

async fn enter(journey: &mut Journey) {
    let code = journey.stage.server.code("bsol").await;
    journey.browser.open(&journey.stage.at(&format!("/enter?code={code}"))).await;
    journey.comes_to("Your code is ready", "1-link").await;
    journey.browser.choose("input[name=shared][value=no]").await;
    journey.browser.press("Enter the conversation").await;
    journey.comes_to("You are in. Nobody sees your name.", "2-in").await;
    // The link is used up, and leads back in on this device only.
    journey.browser.open(&journey.stage.at(&format!("/enter?code={code}"))).await;
    assert_eq!(journey.browser.place().await, journey.stage.within(""));
}

async fn vote(journey: &mut Journey) {
    let browser = &journey.browser;
    let id = browser.value("document.querySelector('.candour-post').id").await;
    let id = id.as_str().expect("a post has an id").to_owned();
    let before: u32 = journey.count(&id, "agree").await.parse().expect("a number");
    browser.press_one(&format!("#{id} button[value=agree]")).await;
    assert_eq!(browser.place().await, journey.stage.within(&format!("#{id}")), "back at the same idea");
    assert_eq!(journey.count(&id, "agree").await, (before + 1).to_string());
    let top = browser.value(&format!("document.getElementById('{id}').getBoundingClientRect().top")).await;
    assert!((0.0..400.0).contains(&top.as_f64().unwrap()), "the idea is on the screen: {top}");
    journey.comes_to("Your vote: ", "3-voted").await;

    let browser = &journey.browser;
    browser.press_one(&format!("#{id} button[value=disagree]")).await;
    assert_eq!(journey.count(&id, "agree").await, before.to_string(), "changed, not added");
    browser.press_one(&format!("#{id} [aria-pressed=true]")).await;
    let pressed =
        browser.value(&format!("document.querySelectorAll('#{id} [aria-pressed=true]').length")).await;
    assert_eq!(pressed, json!(0), "pressed again: taken back");
    browser.press_one(&format!("#{id} button[value=pass]")).await;
}

/// Gives the path of the idea.
async fn share(journey: &mut Journey) -> String {
    journey.browser.press("Share an idea").await;
    journey.comes_to("Which question are you answering?", "4-share").await;
    journey.browser.choose("input[name=prompt][value=what-stops-you]").await;
    journey.browser.fill("#body", "The printer on the ward.\n\nIt eats every second label.").await;
    journey.browser.pick("#theme", "Computers and kit").await;
    journey.browser.choose("input[name=feeling][value=tired]").await;
    journey.browser.press("Share it").await;
    journey.comes_to("Your idea is in the conversation.", "5-shared").await;
    for words in [
        "What stops you doing your job well?",
        "Computers and kit",
        "Tired",
        "It eats every second label.",
        "Yours",
    ] {
        journey.browser.expect_words(words).await;
    }
    journey.browser.value("location.pathname").await.as_str().expect("a path").to_owned()
}

async fn comment_and_reply(journey: &mut Journey, idea: &str) {
    journey.browser.fill("#body", "It is the old one from theatre.").await;
    journey.browser.press("Send comment").await;
    journey.comes_to("Your comment is in the conversation.", "6-commented").await;

    let id = idea.rsplit('/').next().expect("an id");
    journey.stage.somebody().await.comments(id, "Have you tried the blue trays?").await;
    journey.browser.open(&journey.stage.at(idea)).await;
    journey.browser.press_in(".candour-comments > li:last-child", "Reply").await;
    journey.comes_to("Your reply to", "7-replying").await;
    journey.browser.fill("#body", "We have now, and they work.").await;
    journey.browser.press("Send reply").await;
    journey.comes_to("Your comment is in the conversation.", "8-replied").await;
    let reply = journey.browser.text_of(".candour-comments > li:last-child .candour-replies").await;
    assert!(reply.contains("We have now, and they work."), "under what it answers: {reply}");
    journey.browser.expect_words("3 comments").await;
}

async fn edit_and_withdraw(journey: &mut Journey, idea: &str) {
    journey.browser.press_in(".candour-post--main", "Change").await;
    journey.comes_to("Change your idea", "9-changing").await;
    journey.browser.fill("#body", "The label printer on the ward.").await;
    journey.browser.press("Save the change").await;
    journey.comes_to("Your change is saved.", "10-changed").await;
    journey.browser.expect_words(", edited").await;

    journey.browser.open(&journey.stage.at(idea)).await;
    journey.browser.press_in(".candour-comments > li:first-child", "Take back").await;
    journey.comes_to("It is the old one from theatre.", "11-taking-back").await;
    journey.browser.press("Yes, take it back").await;
    journey.comes_to("You have taken it back. The words are gone.", "12-mine").await;
}

async fn look_back_and_leave(journey: &mut Journey) {
    for words in ["The label printer on the ward.", "We have now, and they work.", "Not sure"] {
        journey.browser.expect_words(words).await;
    }
    assert!(!journey.browser.words().await.contains("It is the old one from theatre."));
    journey.browser.press("Leave this device").await;
    journey.comes_to("If you came in with a code on paper, no.", "13-leaving").await;
    journey.browser.press("Leave and clear this device").await;
    journey.comes_to("You have left.", "14-left").await;
    journey.stage.visit(&journey.browser, "").await;
    journey.browser.expect_words("Where do you work or volunteer?").await;
    let cookies = journey.browser.get_all_cookies().await.expect("cookies");
    assert!(
        cookies.iter().all(|cookie| !cookie.name.contains("bsol")),
        "the session's cookie is gone: {cookies:?}"
    );
}
