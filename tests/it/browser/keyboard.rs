//! Taking part without a mouse or a finger on glass.

use serde_json::json;
use thirtyfour::Key;

use super::stage::Stage;
use crate::harness::browser::{Browser, Focus, Scripts, Width};

/// More stops than any page has.
const MOST_STOPS: usize = 250;

/// Whether what has the focus looks different for it: itself, what it holds, or the label that stands for it.
const MARKED: &str = "
    const element = document.activeElement;
    const properties = ['outlineStyle', 'outlineWidth', 'outlineColor', 'boxShadow', 'backgroundColor', 'borderTopColor',
        'borderTopWidth', 'color', 'textDecorationLine'];
    const look = () => [element, ...element.children, ...(element.labels ?? [])].flatMap(one => ['', '::before', '::after']
        .flatMap(part => properties.map(property => getComputedStyle(one, part || null)[property]))).join();
    const focused = look();
    element.blur();
    const plain = look();
    element.focus({ preventScroll: true });
    return focused !== plain;";

/// Where what has the focus stands on the page: its top and left edge, pixels.
const EDGES: &str = "
    const box = document.activeElement.getClientRects()[0];
    return [Math.round(box.top + scrollY), Math.round(box.left)];";

/// Whether the focus has left the page, past its end.
fn is_out(focus: &Focus) -> bool {
    focus.on.starts_with("body")
}

/// Presses Tab once; what has the focus then can be seen to have it.
async fn tab(browser: &Browser) -> Focus {
    let focus = browser.press_tab().await;
    if !is_out(&focus) {
        let place = browser.place().await;
        assert!(focus.visible, "hidden: {} on {place}", focus.on);
        assert!(browser.holds(MARKED).await, "not marked: {} on {place}", focus.on);
    }
    focus
}

/// Presses Tab until the focus is on what `css` names.
async fn tab_to(browser: &Browser, css: &str) {
    let reached = format!("return document.activeElement.matches({});", json!(css));
    for _ in 0..MOST_STOPS {
        tab(browser).await;
        if browser.holds(&reached).await {
            return;
        }
    }
    panic!("Tab never comes to {css} on {}:\n{}", browser.place().await, browser.words().await);
}

/// Presses a key that leads to another page, and waits for that.
async fn leave_by(browser: &Browser, key: Key) {
    browser.evaluate("window.leaving = true;").await;
    browser.keys(key).await;
    browser.until("return window.leaving === undefined && document.readyState === 'complete';").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_whole_journey() {
    let stage = Stage::filled("bsol").await;
    let browser = Browser::start(Width::Phone, Scripts::Off).await;
    come_in(&stage, &browser).await;
    answer(&browser).await;
    share(&browser).await;
    comment(&browser).await;
    change(&browser).await;
    leave(&browser).await;
}

async fn come_in(stage: &Stage, browser: &Browser) {
    browser.open(&stage.at("/")).await;
    assert_eq!(tab(browser).await.on, r#"a "Skip to main content""#);
    browser.keys(Key::Enter).await;
    tab(browser).await;
    assert!(
        browser.holds("return document.activeElement.closest('main') !== null;").await,
        "skipped to the page itself"
    );
    assert_eq!(browser.value("document.activeElement.innerText").await, json!("Join the conversation"));
    tab_to(browser, "main a[href$='/enter']").await;
    leave_by(browser, Key::Enter).await;

    tab_to(browser, "#code").await;
    browser.keys(stage.server.code("bsol").await).await;
    tab_to(browser, "input[name=shared]").await;
    browser.keys(Key::Space).await;
    leave_by(browser, Key::Enter).await;
    browser.expect_words("You are in").await;
}

async fn answer(browser: &Browser) {
    tab_to(browser, ".candour-vote[value=disagree]").await;
    let post = browser.value("document.activeElement.closest('.candour-post').id").await;
    leave_by(browser, Key::Space).await;
    browser.expect_words("Your vote: Not my experience").await;
    tab(browser).await;
    assert_eq!(
        browser.value("document.activeElement.closest('.candour-post').id").await,
        post,
        "one goes on from there"
    );
}

async fn share(browser: &Browser) {
    browser.refresh().await.expect("a page can be loaded again");
    tab_to(browser, "a[href$='/share']").await;
    leave_by(browser, Key::Enter).await;
    tab_to(browser, "input[name=prompt]").await;
    browser.keys(Key::Space).await;
    browser.keys(Key::Down).await;
    assert_eq!(
        browser.value("document.querySelector('[name=prompt]:checked').value").await,
        json!("what-we-get-wrong")
    );
    tab_to(browser, "#body").await;
    browser.keys("Typed without a mouse.").await;
    tab_to(browser, "#theme").await;
    browser.keys("Speaking").await;
    tab_to(browser, "input[name=feeling]").await;
    tab_to(browser, "main form button").await;
    leave_by(browser, Key::Enter).await;
    browser.expect_words("Your idea is in the conversation").await;
    browser.expect_words("Speaking up").await;
}

async fn comment(browser: &Browser) {
    tab_to(browser, "#body").await;
    browser.keys("So was this.").await;
    tab_to(browser, "main .candour-panel form button").await;
    leave_by(browser, Key::Space).await;
    browser.expect_words("Your comment is in the conversation").await;
    tab(browser).await;
    let place = browser.value("document.activeElement.closest('.candour-comments') !== null").await;
    assert_eq!(place, json!(true), "one goes on from the new comment");
}

async fn change(browser: &Browser) {
    browser.refresh().await.expect("a page can be loaded again");
    tab_to(browser, ".candour-post--main a[href$='/edit']").await;
    leave_by(browser, Key::Enter).await;
    tab_to(browser, "#body").await;
    browser.keys(Key::End).await;
    browser.keys(" Slowly.").await;
    tab_to(browser, "main form button").await;
    leave_by(browser, Key::Enter).await;
    browser.expect_words("Typed without a mouse. Slowly.").await;
}

async fn leave(browser: &Browser) {
    browser.refresh().await.expect("a page can be loaded again");
    tab_to(browser, "a[href$='/leave']").await;
    leave_by(browser, Key::Enter).await;
    tab_to(browser, "main form button").await;
    leave_by(browser, Key::Enter).await;
    browser.expect_words("You have left").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_order_is_the_order_of_the_page() {
    let stage = Stage::filled("bsol").await;
    let browser = Browser::start(Width::Phone, Scripts::On).await;
    stage.bring_in(&browser).await;
    browser.evaluate("document.activeElement.blur(); scrollTo(0, 0);").await;
    assert_eq!(tab(&browser).await.on, r#"a "Skip to main content""#);
    let (mut above, mut stops) = ([0, 0], 1);
    loop {
        let focus = tab(&browser).await;
        if is_out(&focus) || stops > MOST_STOPS {
            break;
        }
        stops += 1;
        let edges = browser.evaluate(EDGES).await;
        let edges = [edges[0].as_i64().unwrap(), edges[1].as_i64().unwrap()];
        // On one line from left to right, and never back up.
        let same_line = (edges[0] - above[0]).abs() < 12;
        let onward = if same_line { edges[1] > above[1] } else { edges[0] > above[0] };
        assert!(onward || stops == 2, "{} at {edges:?} after {above:?}", focus.on);
        above = edges;
    }
    assert!(stops > 20 * 4, "all 20 ideas were visited: {stops} stops");
}
