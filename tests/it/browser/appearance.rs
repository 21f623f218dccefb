//! On paper, and in the colours that people have chosen for themselves.

use serde_json::json;

use super::stage::Stage;
use crate::harness::browser::{Browser, Scripts, Width};

async fn seen_as(browser: &Browser, media: &str, features: &[(&str, &str)]) {
    let features: Vec<_> =
        features.iter().map(|(name, value)| json!({ "name": name, "value": value })).collect();
    browser.devtools("Emulation.setEmulatedMedia", json!({ "media": media, "features": features })).await;
}

/// The pages that are most used, and those that people print.
fn pages(stage: &Stage) -> Vec<(&'static str, String)> {
    let thread = stage.within(&format!("/contributions/{}", stage.thread));
    vec![
        ("home", "/".to_owned()),
        ("anonymity", "/anonymity".to_owned()),
        ("conversation", stage.within("")),
        ("contribution", thread),
        ("share", stage.within("/share")),
        ("mine", stage.within("/mine")),
    ]
}

#[tokio::test(flavor = "multi_thread")]
async fn on_paper() {
    let stage = Stage::filled("bsol").await;
    let browser = Browser::start(Width::Desk, Scripts::On).await;
    stage.bring_in(&browser).await;
    seen_as(&browser, "print", &[]).await;
    for (name, path) in pages(&stage) {
        browser.open(&stage.at(&path)).await;
        browser.screenshot(&format!("print-{name}")).await;
        assert!(!browser.scrolls_sideways().await, "{name}");
        let shown = browser.value("document.querySelector('h1').checkVisibility()").await;
        assert_eq!(shown, json!(true), "{name}");
        for only_on_screens in [".candour-live", ".candour-demo"] {
            let shown = format!(
                "[...document.querySelectorAll('{only_on_screens}')].some(one => one.checkVisibility())"
            );
            assert_eq!(browser.value(&shown).await, json!(false), "{only_on_screens} on {name}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn in_forced_colours() {
    let stage = Stage::filled("bsol").await;
    let browser = Browser::start(Width::Phone, Scripts::On).await;
    stage.bring_in(&browser).await;
    browser.press_one(".candour-vote").await;
    for scheme in ["light", "dark"] {
        seen_as(&browser, "", &[("forced-colors", "active"), ("prefers-color-scheme", scheme)]).await;
        for (name, path) in pages(&stage) {
            browser.open(&stage.at(&path)).await;
            browser.screenshot(&format!("forced-{scheme}-{name}")).await;
            let mut violations = browser.axe().await;
            // The browser paints these colours itself; axe goes by those of our style sheet.
            violations.retain(|violation| violation.rule != "color-contrast");
            assert!(violations.is_empty(), "{scheme} {name}: {violations:#?}");
        }
    }
    stage.visit(&browser, "").await;
    let look = |pressed: bool| {
        format!(
            "getComputedStyle(document.querySelector('.candour-vote[aria-pressed={pressed}]')).backgroundColor"
        )
    };
    assert_ne!(
        browser.value(&look(true)).await,
        browser.value(&look(false)).await,
        "one's own answer is told apart without our colours"
    );
}
