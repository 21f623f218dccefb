//! From an empty tenant to a live campaign with its colours, two organisations and both ways in: by mouse, and by keyboard alone. How long that
//! takes a person is worked out and printed; nothing here judges it.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use policy::Role;
use serde_json::json;
use thirtyfour::Key;

use super::sights::{self, Fonts};
use crate::harness::browser::{Browser, Scripts, Width};
use crate::harness::databases::{Kind, TestDatabases};
use crate::harness::packs;
use crate::harness::server::TestServer;
use crate::harness::staff::Colleague;

/// Seconds for one key of a typist who is no professional (Card, Moran and Newell 1980: 40 words a minute).
const TYPES: f64 = 0.28;
/// Seconds for pointing at something and pressing it (the same).
const POINTS: f64 = 1.3;
/// Seconds for one press of Tab.
const TABS: f64 = 0.2;
/// Seconds for making up one's mind before each field and each button (the same).
const THINKS: f64 = 1.35;
/// More stops than any page has.
const MOST_STOPS: usize = 150;

/// How somebody works.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Hand {
    Mouse,
    Keyboard,
}

/// Somebody who prepares a campaign, and what it costs them.
struct Preparer {
    browser: Browser,
    hand: Hand,
    keys: usize,
    points: usize,
    tabs: usize,
    thoughts: usize,
    screens: usize,
    machine: Duration,
}

impl Preparer {
    /// Puts the focus on what `css` names.
    async fn reach(&mut self, css: &str) {
        self.thoughts += 1;
        if self.hand == Hand::Mouse {
            self.points += 1;
            self.browser.click(css).await;
            return;
        }
        let reached = format!("return document.activeElement.matches({});", json!(css));
        for _ in 0..MOST_STOPS {
            self.tabs += 1;
            let focus = self.browser.press_tab().await;
            assert!(focus.visible, "hidden: {} on {}", focus.on, self.browser.place().await);
            if self.browser.holds(&reached).await {
                return;
            }
        }
        panic!("Tab never comes to {css} on {}", self.browser.place().await);
    }

    async fn types(&mut self, css: &str, text: &str) {
        self.reach(css).await;
        self.browser.fill(css, text).await;
        self.keys += text.chars().count() + 1;
        let value = self.browser.value(&format!("document.querySelector({}).value", json!(css))).await;
        assert_eq!(value, json!(text), "{css}");
    }

    /// Types a day and a time into a field of local time, in the order in which this browser shows its parts.
    async fn types_time(&mut self, css: &str, [day, month, year]: [&str; 3], [hour, minute]: [&str; 2]) {
        self.reach(css).await;
        let wanted = json!(format!("{year}-{month}-{day}T{hour}:{minute}"));
        let (afternoon, twelve) = match hour.parse::<u32>().unwrap() {
            hour @ 13.. => ("p", format!("{:02}", hour - 12)),
            hour => ("a", format!("{hour:02}")),
        };
        let orders = [format!("{month}{day}{year}"), format!("{day}{month}{year}")];
        let times = [format!("{twelve}{minute}{afternoon}"), format!("{hour}{minute}")];
        for (date, time) in orders.iter().flat_map(|date| times.iter().map(move |time| (date, time))) {
            let element = self.browser.one(css).await;
            // From its first part on, whichever the mouse met.
            self.browser.evaluate("document.activeElement.blur();").await;
            self.browser
                .evaluate(&format!(
                    "const one = document.querySelector({}); one.value = ''; one.focus();",
                    json!(css)
                ))
                .await;
            element.send_keys(date).await.expect("Chromium takes keys");
            self.browser.keys(Key::Right).await;
            self.browser.keys(time.as_str()).await;
            if self.browser.value(&format!("document.querySelector({}).value", json!(css))).await == wanted {
                self.keys += date.len() + time.len() + 1;
                return;
            }
        }
        panic!("{wanted} cannot be typed into {css}");
    }

    /// Chooses a radio button or ticks a box.
    async fn chooses(&mut self, css: &str) {
        match self.hand {
            Hand::Mouse => {
                (self.points, self.thoughts) = (self.points + 1, self.thoughts + 1);
                self.browser.choose(css).await;
            }
            // Radio buttons are one stop: arrows go from one to the next.
            Hand::Keyboard => {
                let group =
                    format!("[name={}]", json!(self.browser.one(css).await.attr("name").await.unwrap()));
                self.reach(&group).await;
                for _ in 0..MOST_STOPS {
                    if self
                        .browser
                        .holds(&format!("return document.querySelector({}).checked;", json!(css)))
                        .await
                    {
                        return;
                    }
                    self.keys += 1;
                    self.browser.keys(Key::Down).await;
                }
                panic!("arrows never come to {css}");
            }
        }
    }

    /// Presses a button or link that leads to another page.
    async fn presses(&mut self, css: &str) {
        self.browser.evaluate("window.leaving = true;").await;
        let begun;
        match self.hand {
            Hand::Mouse => {
                begun = Instant::now();
                self.reach(css).await;
            }
            Hand::Keyboard => {
                self.reach(css).await;
                self.keys += 1;
                begun = Instant::now();
                self.browser.keys(Key::Enter).await;
            }
        }
        self.browser
            .until("return window.leaving === undefined && document.readyState === 'complete';")
            .await;
        self.machine += begun.elapsed();
        self.screens += 1;
    }

    async fn chooses_file(&mut self, css: &str, path: &str) {
        if self.hand == Hand::Keyboard {
            self.reach(css).await;
        }
        // The system's own window for choosing a file is nobody's page: four presses are counted for it.
        (self.points, self.thoughts) = (self.points + 4, self.thoughts + 1);
        self.browser.one(css).await.send_keys(path).await.expect("Chromium takes a file");
    }

    async fn looks(&mut self, name: &str) {
        let faults = sights::faults(&mut self.browser, name, &Width::ALL, Fonts::All).await;
        assert_eq!(faults, [] as [String; 0], "{name}");
    }

    fn seconds(&self) -> f64 {
        self.keys as f64 * TYPES
            + self.points as f64 * POINTS
            + self.tabs as f64 * TABS
            + self.thoughts as f64 * THINKS
            + self.machine.as_secs_f64()
    }
}

/// A button of this value in the step's form.
fn does(value: &str) -> String {
    format!("main form button[name='do'][value='{value}']:not([tabindex])")
}

#[tokio::test(flavor = "multi_thread")]
async fn by_mouse() {
    from_nothing_to_live(Hand::Mouse).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn by_keyboard_alone() {
    from_nothing_to_live(Hand::Keyboard).await;
}

async fn from_nothing_to_live(hand: Hand) {
    let databases = TestDatabases::create(Kind::Sqlite).await;
    let mut blank = packs::ours().remove(1);
    blank.campaigns.clear();
    blank.tenant.organisations.clear();
    blank.tenant.pages.clear();
    blank.tenant.reports.clear();
    blank.report_texts.clear();
    (blank.page_texts, blank.logo, blank.tenant.branding.logo) = (BTreeMap::new(), None, None);
    let server = TestServer::with_packs(&databases, vec![blank]).await;
    let lead = server.colleague("bsol", "Alex Rowan", &[Role::CommsLead]).await;
    let site = format!("http://bsol.localhost:{}", server.site.port());
    let browser = Browser::start(Width::Desk, Scripts::On).await;
    sign_in(&site, &browser, &lead).await;
    browser.open(&format!("{site}/console/campaigns")).await;
    let mut alex = Preparer {
        browser,
        hand,
        keys: 0,
        points: 0,
        tabs: 0,
        thoughts: 0,
        screens: 1,
        machine: Duration::ZERO,
    };
    alex.looks("preparing-nothing-yet").await;
    prepare(&mut alex).await;
    people(&mut alex, &databases).await;
    finish(&mut alex).await;

    let tenant = server.tenant("bsol").await;
    let campaign = tenant.campaign("spring").expect("it is live");
    assert_eq!(tenant.organisations.len(), 2);
    assert_eq!(campaign.rounds[0].prompts.len(), 2);
    assert_ne!(tenant.palette.brand.to_string(), "#f5bd3b", "light colours are darkened");
    assert_eq!(server.actions.key_log(&tenant).await.unwrap().len(), 2);
    println!(
        "from an empty tenant to a live campaign by {hand:?}: {:.0} s ({} screens, {} keys, {} pointed, {} tabs, {} thoughts, machine {:.1} s)",
        alex.seconds(),
        alex.screens,
        alex.keys,
        alex.points,
        alex.tabs,
        alex.thoughts,
        alex.machine.as_secs_f64()
    );
}

async fn prepare(alex: &mut Preparer) {
    alex.presses("main a[href$='/campaigns/new']").await;
    alex.types("#title", "Spring").await;
    alex.presses("main form button").await;
    alex.types("#purpose", "Tell us what would make work better.").await;
    alex.types("#what_next", "We publish what you said, and what we do about it.").await;
    alex.presses(&does("next")).await;
    alex.types_time("#opens", ["04", "12", "2023"], ["09", "00"]).await;
    alex.types_time("#closes", ["18", "12", "2023"], ["23", "59"]).await;
    alex.types("#question-text", "What frustrates you at work?").await;
    alex.presses(&does("add-question")).await;
    alex.types("#question-2-text", "What one change would help?").await;
    alex.looks("preparing-rounds").await;
    alex.presses(&does("next")).await;
}

async fn people(alex: &mut Preparer, databases: &TestDatabases) {
    alex.types("#name", "North Trust").await;
    alex.presses(&does("save")).await;
    alex.types("#name", "South Council").await;
    alex.chooses("#route-2").await;
    alex.types("#people", "4500").await;
    alex.types("#domains", "south.example").await;
    alex.presses(&does("save")).await;
    let roll = databases.folder().join("roll.csv");
    let rows: String = (0..60).map(|number| format!("person{number}@north.example,north-trust\n")).collect();
    std::fs::write(&roll, format!("email,organisation\n{rows}")).unwrap();
    alex.chooses_file("#file", roll.to_str().unwrap()).await;
    alex.presses("main form[action$='/roll'] button").await;
    alex.browser.expect_words("60 people can be put on the list").await;
    alex.looks("preparing-roll").await;
    alex.presses(&does("confirm")).await;
    alex.presses(&does("next")).await;
}

async fn finish(alex: &mut Preparer) {
    alex.types("#brand", "#f5bd3b").await;
    // Drawn anew while it is typed.
    alex.browser.expect_words("you asked for #f5bd3b").await;
    alex.looks("preparing-look").await;
    alex.presses(&does("next")).await;
    alex.presses(&does("next")).await;
    alex.presses(&does("suggest")).await;
    alex.presses(&does("next")).await;
    // Nobody but Alex is here yet, which is worth a word and stops nothing.
    alex.browser.expect_words("You can launch it all the same.").await;
    alex.looks("preparing-check").await;
    alex.presses("main form[action$='/launch'] button").await;
    alex.browser.expect_words("It is launched.").await;
    alex.looks("preparing-launched").await;
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
