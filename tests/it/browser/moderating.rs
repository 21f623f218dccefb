//! Fifty cases by keyboard alone, and how long that takes a person. Nothing here judges the time: it is printed.
//!
//! The person reads the words of each post, and what is new round them, at the pace of silent reading, thinks a moment, and presses the keys; what the
//! machine takes from key to next page is measured and added.

use std::collections::HashSet;
use std::time::{Duration, Instant};

use policy::Role;
use serde_json::json;
use thirtyfour::Key;

use super::sights::{self, Fonts};
use crate::harness::browser::{Browser, Scripts, Width};
use crate::harness::databases::{Kind, TestDatabases};
use crate::harness::packs;
use crate::harness::people::Person;
use crate::harness::server::TestServer;
use crate::harness::staff::Colleague;
use crate::harness::tables::Tables;

/// Words read a second: silent reading of English, 238 words a minute (Brysbaert 2019).
const READS: f64 = 4.0;
/// Seconds for making up one's mind.
const THINKS: f64 = 2.0;
/// Seconds for three keys at once.
const PRESSES: f64 = 0.8;

const CAMPAIGN: &str = "first-conversation";
const CASES: usize = 50;
/// Posts of one person.
const EACH: usize = 10;
/// Every so many, one that a rule holds.
const HELD: usize = 5;

/// What they read before they decide, block by block: the words always, what stands round them if it says something new.
const READ: &str = "
    const blocks = document.querySelectorAll('.candour-case__post :is(h1, h2, p, li, .candour-panel)');
    const outer = [...blocks].filter(one => !one.parentElement.closest('.candour-panel') && one.checkVisibility());
    return outer.map(one => [one.matches('.candour-panel'), one.innerText]);";

#[tokio::test(flavor = "multi_thread")]
async fn fifty_by_keyboard() {
    let databases = TestDatabases::create(Kind::Sqlite).await;
    let server = TestServer::with_packs(&databases, packs::as_they_are()).await;
    fill(&server).await;
    let moderator = server.colleague("bsol", "Sam Birch", &[Role::Moderator]).await;
    let mut browser = Browser::start(Width::Desk, Scripts::On).await;
    let site = format!("http://bsol.localhost:{}", server.site.port());
    sign_in(&site, &browser, &moderator).await;
    browser.open(&format!("{site}/console/campaigns/{CAMPAIGN}/moderation")).await;
    look(&mut browser, "moderation-queue").await;
    tab_to(&browser, "form[action$='/next'] button").await;
    leave_by(&browser, Key::Enter).await;
    look(&mut browser, "moderation-case").await;

    let place = browser.place().await;
    chord(&browser, "k").await;
    assert_eq!(browser.place().await, place, "keys are off until they are switched on");
    tab_to(&browser, "[data-keys] summary").await;
    browser.keys(Key::Enter).await;
    tab_to(&browser, "[data-keys-switch]").await;
    browser.keys(Key::Enter).await;
    browser.evaluate("location.reload();").await;
    browser.until("return document.activeElement.matches('[data-words]');").await;
    // Something else needs words first.
    chord(&browser, "9").await;
    assert_eq!(browser.value("document.activeElement.id").await, json!("hide-note"));
    assert_eq!(browser.place().await, place);
    browser.evaluate("location.reload();").await;
    browser.until("return document.activeElement.matches('[data-words]');").await;

    let (mut words, mut known, mut chords, mut machine) = (0, HashSet::new(), 0, Duration::ZERO);
    for case in 0..CASES {
        for block in browser.evaluate(READ).await.as_array().unwrap() {
            let text = block[1].as_str().unwrap().to_owned();
            let length = text.split_whitespace().count();
            if known.insert(text) || block[0] == json!(true) {
                words += length;
            }
        }
        let held =
            browser.holds("return document.querySelector('.nhsuk-tag').innerText.includes('rule');").await;
        assert!(
            browser.holds("return document.activeElement.matches('[data-words]');").await,
            "the words have the focus"
        );
        browser.evaluate("window.leaving = true;").await;
        let begun = Instant::now();
        // The first reason of the list: it names a person.
        chord(&browser, if held { "1" } else { "k" }).await;
        browser.until("return window.leaving === undefined && document.readyState === 'complete';").await;
        machine += begun.elapsed();
        chords += 1;
        browser.expect_words(if held { "Hidden. Its author is told why." } else { "Kept." }).await;
        let undo = "return !!document.querySelector('.candour-again form[action$=\"/restore\"] button');";
        assert_eq!(browser.holds(undo).await, held, "only a hiding is taken back by one press");
        let at_queue = browser.place().await.contains("/moderation?done=");
        assert_eq!(at_queue, case + 1 == CASES, "after case {case}");
    }
    let tables = Tables::of_conversation(&databases).await;
    let hidden = "SELECT count(*) FROM moderation_case WHERE state = 'hidden' AND reason = 'names-a-person'";
    assert_eq!(tables.number(hidden).await, (CASES / HELD) as i64);
    let tenant = server.tenant("bsol").await;
    let queue = server.actions.list_moderation_queue(&tenant, &tenant.campaigns[0], None, 0).await.unwrap();
    assert_eq!(queue.waiting(), 0);

    let (reading, thinking) = (words as f64 / READS, CASES as f64 * THINKS);
    let (pressing, machine) = (f64::from(chords) * PRESSES, machine.as_secs_f64());
    println!(
        "{CASES} cases by keyboard: {:.0} s (reading {words} words {reading:.0} s, thinking {thinking:.0} s, {chords} presses {pressing:.0} s, machine {machine:.1} s)",
        reading + thinking + pressing + machine
    );
}

/// Fifty posts of five people, of the length that people write.
async fn fill(server: &TestServer) {
    const SAYS: [&str; EACH] = [
        "Rotas land two weeks before they start, so I cannot book childcare, and swapping a shift takes three emails and a form that nobody answers.",
        "We order the same three supplies every week and every week one of them is out. Somebody walks two wards down to borrow.",
        "Handovers are rushed. Ten more minutes would save an hour of ringing round afterwards to ask what was meant.",
        "The new system needs eight log-ins before I can see one record, and by then people have told me their story twice.",
        "Nights are forgotten: no hot food after eight, training only by day, and the barrier of the car park is down at six.",
        "I would like us to say thank you when somebody raises a worry, every time, and write down what happens next.",
        "Meetings about meetings. Let each team keep one hour a week free of them and see what gets done.",
        "Volunteers are asked for ideas and never told what came of them, so they stop having any.",
        "The lift by the kitchens breaks every month, and then breakfast is late on four floors.",
        "Agency staff get a better rate for the same shift and none of the forms. It is hard to stay under those conditions.",
    ];
    for group in 0..CASES / EACH {
        let person = server.person("bsol").await;
        for (place, says) in SAYS.iter().enumerate() {
            share(&person, says, (group * EACH + place).is_multiple_of(HELD)).await;
        }
    }
}

async fn share(person: &Person, says: &str, named: bool) {
    let body = if named { format!("{says} Ask Susan.") } else { says.to_owned() };
    let page = person.opens("/share").await.expect(200);
    let radio = page.body.split("<input").find(|input| input.contains("name=\"prompt\"")).unwrap();
    let prompt = crate::harness::answer::between(radio, "value=\"", "\"").unwrap().to_owned();
    person.sends_idea(&prompt, &body).await.expect(303);
}

/// Nothing is wrong with the page that is shown.
async fn look(browser: &mut Browser, name: &str) {
    let faults = sights::faults(browser, name, &Width::ALL, Fonts::All).await;
    assert_eq!(faults, [] as [String; 0]);
}

/// Gives the browser what the colleague's own holds.
async fn sign_in(site: &str, browser: &Browser, colleague: &Colleague) {
    browser.open(&format!("{site}/")).await;
    let name = "__Host-console-bsol";
    let cookie = json!({
        "url": site, "name": name, "value": colleague.cookie(name), "path": "/", "secure": true, "httpOnly": true,
    });
    let set = browser.devtools("Network.setCookie", cookie).await;
    assert_eq!(set["success"], json!(true));
}

/// Presses Alt and Shift with a key.
async fn chord(browser: &Browser, key: &str) {
    let keys = browser.action_chain().key_down(Key::Alt).key_down(Key::Shift).send_keys(key);
    keys.key_up(Key::Shift).key_up(Key::Alt).perform().await.expect("Chromium takes keys");
}

async fn tab_to(browser: &Browser, css: &str) {
    let reached = format!("return document.activeElement.matches({});", json!(css));
    for _ in 0..150 {
        assert!(browser.press_tab().await.visible);
        if browser.holds(&reached).await {
            return;
        }
    }
    panic!("Tab never comes to {css} on {}", browser.place().await);
}

async fn leave_by(browser: &Browser, key: Key) {
    browser.evaluate("window.leaving = true;").await;
    browser.keys(key).await;
    browser.until("return window.leaving === undefined && document.readyState === 'complete';").await;
}
