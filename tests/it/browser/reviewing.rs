//! Reviewing pledges: a round that a round type runs, on the narrowest phone, with JavaScript and without.

use super::sights::{self, Fonts};
use crate::harness::browser::{Browser, Scripts, Width};
use crate::harness::databases::{Kind, TestDatabases};
use crate::harness::packs::{self, SECOND};
use crate::harness::server::TestServer;

/// BSol's second conversation is open then.
const DURING: &str = "2024-05-01T10:00:00Z";
/// Five pledges, and what somebody thinks of each.
const REVIEWS: [(&str, &str, &str); 5] = [
    ("Join quickly and well", "strong", "clear"),
    ("Rotas in good time", "wrong", "vague"),
    ("A place and time to rest", "strong", "needed"),
    ("Protected time for training", "strong", "fair"),
    ("No looking away", "wrong", "too-little"),
];

#[tokio::test(flavor = "multi_thread")]
async fn without_scripts() {
    reviews_five_pledges(Scripts::Off).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn with_scripts() {
    reviews_five_pledges(Scripts::On).await;
}

async fn reviews_five_pledges(scripts: Scripts) {
    let databases = TestDatabases::create(Kind::Sqlite).await;
    let server = TestServer::with_packs(&databases, packs::with_both_conversations()).await;
    server.clock.set(DURING);
    let code = server.codes("bsol", SECOND, 1).await.remove(0);
    let at = |path: &str| format!("http://bsol.localhost:{}{path}", server.site.port());
    let mut browser = Browser::start(Width::Phone, scripts).await;
    let mut faults = Vec::new();
    let mut look = async |browser: &mut Browser, step: &str| {
        let name = format!("reviewing-{step}-{scripts:?}");
        faults.extend(sights::faults(browser, &name, &Width::ALL, Fonts::All).await);
    };
    browser.open(&at(&format!("/enter?code={code}"))).await;
    browser.choose("input[name=shared][value=no]").await;
    browser.press("Enter the conversation").await;
    browser.expect_words("Pledges you have reviewed: 0 of 10").await;
    look(&mut browser, "1-pledges").await;
    for (number, (title, verdict, reason)) in REVIEWS.into_iter().enumerate() {
        browser.press(&format!("Review: {title}")).await;
        browser.choose(&format!("input[name=verdict][value={verdict}]")).await;
        browser.choose(&format!("input[name={verdict}-reasons][value={reason}]")).await;
        if number == 1 {
            browser.fill("textarea[name=comment]", "Six weeks is late if you book child care.").await;
            browser.press_one("button[value=stay]").await;
            browser.expect_words("Six weeks is late if you book child care.").await;
            look(&mut browser, "2-a-pledge").await;
        } else {
            browser.press_one("button[value=stay]").await;
        }
        browser
            .expect_words(&format!("Saved: “{title}”. You can change it until the conversation closes."))
            .await;
        browser.press("All pledges").await;
    }
    browser.expect_words("Pledges you have reviewed: 5 of 10").await;
    browser.press("Say what the pledges leave out").await;
    browser.fill("textarea[name=suggestion-1]", "Parking for people who work nights.").await;
    browser.press("Save").await;
    browser.expect_words("Parking for people who work nights.").await;
    look(&mut browser, "3-missing").await;
    // What is too long is not lost.
    browser.fill("textarea[name=suggestion-2]", &"y".repeat(2_001)).await;
    browser.press("Save").await;
    browser.expect_words("Use 2000 characters or fewer.").await;
    let kept = browser.value("document.querySelector('textarea[name=suggestion-2]').value.length").await;
    assert_eq!(kept, serde_json::json!(2_001));
    look(&mut browser, "4-too-long").await;
    // What others say stands in the conversation, and what the pledge rests on in the report.
    browser.open(&at(&format!("/conversations/{SECOND}?prompt=missing"))).await;
    browser.expect_words("Parking for people who work nights.").await;
    look(&mut browser, "5-what-people-say").await;
    server.clock.set("2024-05-08T10:00:00Z");
    browser.open(&at(&format!("/conversations/{SECOND}/activity/pledge/rotas"))).await;
    browser.expect_words("This conversation has closed.").await;
    look(&mut browser, "6-closed").await;
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}
