//! The browser harness itself, against pages whose faults we know.

use crate::harness::browser::{Browser, Focus, Scripts, Width};
use crate::harness::pages::OnePage;

const GOOD: &str = r#"<!doctype html><html lang="en"><title>Birds</title>
<meta name="viewport" content="width=device-width">
<style>html { font-family: arial, sans-serif } a { display: inline-block; padding: 12px }</style>
<main><h1>Birds of the ward</h1><p>Swifts came back.</p>
<a href="/one">First</a> <a id="second" href="/two">Second</a></main>
<script>document.title = 'Birds, with scripts'</script></html>"#;

const BAD: &str = r#"<!doctype html><html><title>Bad</title>
<style>main { width: 900px } p { color: #ccc } nav { font-size: 8px }
div { position: relative } i { position: absolute; inset: 0 }</style>
<main><h1>Bad</h1><p>Pale.</p><img src="http://elsewhere.invalid/a.png">
<div><a href="/one">Hidden</a><i></i></div>
<nav><a href="/two">Small</a><br><a href="/three">Small too</a></nav></main></html>"#;

#[tokio::test(flavor = "multi_thread")]
async fn a_good_page_passes_in_every_look() {
    let page = OnePage::serve(GOOD).await;
    for width in Width::ALL {
        for scripts in [Scripts::On, Scripts::Off] {
            let browser = Browser::start(width, scripts).await;
            browser.goto(&page.url).await.unwrap();
            let violations = browser.axe().await;
            assert!(violations.is_empty(), "{width:?} {scripts:?}: {violations:#?}");
            assert!(!browser.scrolls_sideways().await, "{width:?}");
            browser.quit().await;
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn faults_are_found() {
    let page = OnePage::serve(BAD).await;
    for scripts in [Scripts::On, Scripts::Off] {
        let browser = Browser::start(Width::Phone, scripts).await;
        browser.goto(&page.url).await.unwrap();

        let violations = browser.axe().await;
        for rule in ["html-has-lang", "color-contrast", "image-alt", "target-size"] {
            let found = violations.iter().find(|violation| violation.rule == rule);
            let found = found.unwrap_or_else(|| panic!("{rule} was not found among {violations:#?}"));
            assert!(found.to_string().contains(rule) && !found.places.is_empty(), "{found}");
        }
        assert!(browser.scrolls_sideways().await);
        assert_eq!(browser.foreign_requests().await, ["http://elsewhere.invalid/a.png"]);
        assert_ne!(browser.drawn_fonts("h1").await, ["Liberation Sans"]);
        let covered = Focus { on: r#"a "Hidden""#.to_owned(), visible: false };
        assert_eq!(browser.press_tab().await, covered);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn widths_are_those_of_the_page() {
    let page = OnePage::serve(GOOD).await;
    for (width, pixels) in [(Width::Phone, 320), (Width::Desk, 1280)] {
        let browser = Browser::start(width, Scripts::On).await;
        browser.goto(&page.url).await.unwrap();
        assert_eq!(browser.evaluate("return innerWidth").await, pixels);
        assert!(browser.foreign_requests().await.is_empty());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn scripts_run_only_where_they_may() {
    let page = OnePage::serve(GOOD).await;
    for (scripts, title) in [(Scripts::On, "Birds, with scripts"), (Scripts::Off, "Birds")] {
        let browser = Browser::start(Width::Desk, scripts).await;
        browser.goto(&page.url).await.unwrap();
        assert_eq!(browser.title().await.unwrap(), title);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_drawn_font_and_the_order_of_focus_are_seen() {
    let page = OnePage::serve(GOOD).await;
    let browser = Browser::start(Width::Desk, Scripts::On).await;
    browser.goto(&page.url).await.unwrap();
    assert_eq!(browser.asked_font("h1").await, "arial, sans-serif");
    assert_eq!(browser.drawn_fonts("h1").await, ["Liberation Sans"], "is fonts-liberation installed?");
    let on = |on: &str| Focus { on: on.to_owned(), visible: true };
    assert_eq!(browser.focus_order(2).await, [on(r#"a "First""#), on("a#second")]);
    assert_eq!(
        browser.screenshot("harness").await.is_some(),
        std::env::var_os("CANDOUR_SCREENSHOTS").is_some()
    );
}
