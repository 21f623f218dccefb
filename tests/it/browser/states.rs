//! Every page in every state, in every branding, at both widths. Where a walk cannot come to all states, [`super::samples`] looks at them.

use serde_json::json;

use super::sights::Fonts;
use super::stage::{AFTER, BEFORE, DURING};
use super::tour::Tour;

/// Longer than the longest text by ten characters.
const TOO_LONG: usize = 3_010;

/// For one tenant: what anybody sees, what somebody who came in sees, and what comes of what they wrote. Three tests, so that browsers
/// beside each other share the work.
macro_rules! every_state {
    ($($tenant:ident)+) => {$(
        mod $tenant {
            #[tokio::test(flavor = "multi_thread")]
            async fn from_outside() {
                let mut tour = super::Tour::begin(stringify!($tenant)).await;
                super::before_it_opens(&mut tour).await;
                super::outside(&mut tour).await;
                super::coming_in(&mut tour).await;
                super::left_and_closed(&mut tour).await;
                tour.end();
            }

            #[tokio::test(flavor = "multi_thread")]
            async fn from_inside() {
                let mut tour = super::Tour::begin(stringify!($tenant)).await;
                tour.stage.bring_in(&tour.browser).await;
                super::reading(&mut tour).await;
                super::writing(&mut tour).await;
                tour.end();
            }

            #[tokio::test(flavor = "multi_thread")]
            async fn to_the_end() {
                let mut tour = super::Tour::begin(stringify!($tenant)).await;
                tour.stage.bring_in(&tour.browser).await;
                let idea = super::take_part(&tour).await;
                super::own_words(&mut tour, &idea).await;
                super::refusals(&mut tour).await;
                super::after_it_closed(&mut tour, &idea).await;
                tour.end();
            }
        }
    )+};
}

every_state!(bsol hhft bsmhft);

async fn before_it_opens(tour: &mut Tour) {
    tour.time(BEFORE);
    tour.go("/", "home-upcoming").await;
    tour.go("/enter", "enter-upcoming").await;
    let code = tour.stage.server.code(tour.stage.tenant).await;
    tour.try_code(&code).await;
    tour.browser.expect_words("not open").await;
    tour.see("enter-not-open-yet").await;
    tour.time(DURING);
}

/// What anybody can read.
async fn outside(tour: &mut Tour) {
    for (path, state) in [
        ("/", "home-open"),
        ("/anonymity", "anonymity"),
        ("/privacy", "privacy"),
        ("/cookies", "cookies"),
        ("/accessibility", "accessibility"),
        ("/keys", "keys-empty"),
        ("/nothing-here", "not-found"),
        ("/leave", "leave-without-having-come-in"),
    ] {
        tour.go(path, state).await;
    }
    for (page, state) in
        [("", "begin"), ("/login", "login"), ("/sign-up", "sign-up"), ("/confirm", "confirm")]
    {
        tour.go(&format!("/join/{}{page}", tour.stage.campaign), state).await;
    }
    tour.go_in("/join", "join-without-a-link").await;
    tour.go_in("/return", "return").await;
    for page in &tour.stage.server.tenant(tour.stage.tenant).await.pages {
        tour.go(&format!("/pages/{}", page.slug), &format!("page-{}", page.slug)).await;
    }
    for report in &tour.stage.server.tenant(tour.stage.tenant).await.reports {
        tour.go(&format!("/reports/{}", report.slug), &format!("report-{}", report.slug)).await;
    }
    tour.browser.open(&tour.stage.at("/api/docs")).await;
    tour.browser.until("return Boolean(document.querySelector('.swagger-ui .opblock'));").await;
    tour.see_with("api", Fonts::HeadingOnly).await;
    tour.browser.click(".opblock-summary-control").await;
    tour.browser.until("return Boolean(document.querySelector('.opblock-body .responses-inner'));").await;
    tour.see_with("api-operation", Fonts::HeadingOnly).await;
}

async fn coming_in(tour: &mut Tour) {
    tour.go("/enter", "enter").await;
    for (code, words, state) in [
        (" ", "Type the code from your slip.", "enter-empty"),
        ("ABCD-EFGH-JKMN-PQRS", "do not know this code", "enter-wrong"),
    ] {
        tour.try_code(code).await;
        tour.browser.expect_words(words).await;
        tour.see(state).await;
    }
    let spent = tour.stage.server.code(tour.stage.tenant).await;
    tour.stage.server.device(tour.stage.tenant).enters(&spent).await;
    tour.try_code(&spent).await;
    tour.browser.expect_words("This code has been used.").await;
    tour.see("enter-spent").await;

    let guesser = tour.stage.server.device(tour.stage.tenant);
    while guesser.types_code("ABCD-EFGH-JKMN-PQRS").await.status != 429 {}
    tour.try_code("ABCD-EFGH-JKMN-PQRS").await;
    tour.browser.expect_words("too many tries").await;
    tour.see("enter-too-many-tries").await;
    tour.stage.server.clock.advance(600);

    let code = tour.stage.server.code(tour.stage.tenant).await;
    tour.go(&format!("/enter?code={code}"), "enter-from-link").await;
    tour.browser.choose("input[name=shared][value=no]").await;
    tour.browser.press("Enter the conversation").await;
    tour.browser.expect_words("You are in").await;
    tour.see("conversation-just-in").await;
}

async fn reading(tour: &mut Tour) {
    tour.go("/", "home-signed-in").await;
    tour.go_in("/mine", "mine-empty").await;
    tour.go("/leave", "leave").await;
    tour.go("/nothing-here", "not-found-signed-in").await;
    tour.browser.expect_words("Leave").await;
    tour.browser.press("Go to the conversation").await;
    tour.browser.expect_words("Share an idea").await;
    tour.go_in("?sort=newest", "conversation-newest").await;
    tour.go_in("?q=predator", "conversation-search").await;
    tour.go_in("?q=no-such-word-anywhere", "conversation-search-empty").await;
    let asked = tour.stage.server.campaign(tour.stage.tenant).await.rounds[0].prompts[1].slug.clone();
    tour.go_in(&format!("?prompt={asked}"), "conversation-question-without-ideas").await;

    tour.visit("").await;
    tour.browser.press_in(".candour-conversation", "Search, filter and sort").await;
    tour.browser.fill("#q", "a").await;
    tour.browser.press("Show ideas").await;
    tour.browser.press("Next ideas").await;
    tour.see("conversation-second-page").await;

    let before =
        tour.browser.value("document.querySelectorAll('.candour-vote[aria-pressed=true]').length").await;
    assert_eq!(before, json!(0));
    for word in ["agree", "disagree", "pass"] {
        tour.visit("").await;
        tour.browser
            .press_one(&format!(".candour-votes:not(:has([aria-pressed=true])) button[value={word}]"))
            .await;
    }
    tour.see("conversation-answered").await;

    let author = tour.somebody().await;
    tour.visit("").await;
    author.shares("Somebody has an idea while you read").await;
    author.shares("And another").await;
    tour.browser
        .until("return document.querySelector('[data-live-new]').innerText === 'Show 2 new ideas';")
        .await;
    tour.see("conversation-news").await;
    tour.browser.press("Pause live updates").await;
    tour.see("conversation-paused").await;

    let thread = format!("/contributions/{}", tour.stage.thread);
    tour.go_in(&thread, "contribution").await;
    tour.browser.press_in(".candour-comments", "Reply").await;
    tour.see("contribution-reply").await;
    let gone = format!("/contributions/{}", tour.stage.gone);
    tour.go_in(&gone, "contribution-gone").await;
}

/// Writes an idea, with every mistake that one can make.
async fn writing(tour: &mut Tour) {
    tour.visit("").await;
    tour.browser.press("Share an idea").await;
    tour.see("share").await;
    tour.browser.press("Share it").await;
    tour.browser.expect_words("There is a problem").await;
    tour.see("share-empty").await;
    tour.browser.choose("input[name=prompt]").await;
    let long = format!(
        "const box = document.querySelector('textarea'); box.value = 'long '.repeat({});",
        TOO_LONG / 5
    );
    tour.browser
        .evaluate(&format!("{long} box.dispatchEvent(new Event('input', {{ bubbles: true }}));"))
        .await;
    tour.browser.expect_words("too many").await;
    tour.see("share-counted-too-long").await;
    tour.browser.press("Share it").await;
    tour.browser.expect_words("Make it shorter").await;
    tour.see("share-too-long").await;

    tour.visit("/share").await;
    tour.browser.until("return !document.querySelector('[data-draft-note]').hidden;").await;
    tour.see("share-with-draft").await;
    tour.browser.press("Start again").await;
    tour.browser.choose("input[name=prompt]").await;
    tour.browser.fill("#body", "A quiet room for ten minutes after a hard shift.").await;
    tour.browser.press("Share it").await;
    tour.browser.expect_words("Your idea is in the conversation").await;
    tour.see("contribution-just-shared").await;

    tour.browser.press("Send comment").await;
    tour.browser.expect_words("Write something first").await;
    tour.see("contribution-comment-empty").await;
    tour.browser.fill("#body", "The old linen store would do.").await;
    tour.browser.press("Send comment").await;
    tour.browser.expect_words("Your comment is in the conversation").await;
    tour.see("contribution-just-commented").await;

    let thread = format!("/contributions/{}", tour.stage.thread);
    tour.visit(&thread).await;
    tour.browser.press_in(".candour-comments", "Reply").await;
    tour.browser.press("Send reply").await;
    tour.browser.expect_words("Write something first").await;
    tour.see("contribution-reply-empty").await;
}

/// Answers, shares and comments. Gives the idea's path.
async fn take_part(tour: &Tour) -> String {
    tour.browser.press_one("button[value=agree]").await;
    tour.visit("/share").await;
    tour.browser.choose("input[name=prompt]").await;
    tour.browser.fill("#body", "A quiet room for ten minutes after a hard shift.").await;
    tour.browser.press("Share it").await;
    let idea = tour.browser.value("location.pathname").await;
    tour.browser.fill("#body", "The old linen store would do.").await;
    tour.browser.press("Send comment").await;
    idea.as_str().unwrap_or_default().to_owned()
}

/// Changing and taking back.
async fn own_words(tour: &mut Tour, idea: &str) {
    tour.browser.open(&tour.stage.at(idea)).await;
    tour.browser.press_in(".candour-post--main", "Change").await;
    tour.see("edit").await;
    tour.browser.fill("#body", " ").await;
    tour.browser.press("Save the change").await;
    tour.browser.expect_words("Write something first").await;
    tour.see("edit-empty").await;
    tour.browser.fill("#body", "A quiet room for ten minutes after a hard night.").await;
    tour.browser.press("Save the change").await;
    tour.browser.expect_words("Your change is saved").await;
    tour.see("contribution-just-edited").await;
    tour.browser.press_in(".candour-comments", "Change").await;
    tour.see("edit-comment").await;
    tour.browser.press("Take it back instead").await;
    tour.see("withdraw-comment").await;
    tour.browser.open(&tour.stage.at(idea)).await;
    tour.browser.press_in(".candour-post--main", "Take back").await;
    tour.see("withdraw").await;

    tour.visit("/share").await;
    tour.browser.choose("input[name=prompt]").await;
    tour.browser.fill("#body", "Not quite what I meant").await;
    tour.browser.press("Share it").await;
    tour.browser.press_in(".candour-post--main", "Take back").await;
    tour.browser.press("Yes, take it back").await;
    tour.browser.expect_words("You have taken it back").await;
    tour.see("mine").await;
}

/// What is refused, and why.
async fn refusals(tour: &mut Tour) {
    let author = tour.somebody().await;
    let idea = author.shares("Here for a moment").await;
    tour.visit(&format!("/contributions/{idea}")).await;
    author.takes_back(&idea).await.expect(303);
    tour.browser.press_one(".candour-vote").await;
    tour.see("refused").await;

    let idea = author.shares("Not yours to change").await;
    tour.go_in(&format!("/posts/{idea}/edit"), "edit-of-somebody-else").await;
    tour.time(BEFORE);
    tour.go_in("", "not-open-yet").await;
    tour.time(DURING);

    tour.visit("/share").await;
    tour.browser.choose("input[name=prompt]").await;
    tour.browser.fill("#body", "Written for a while,\nin two windows").await;
    tour.browser.evaluate("document.querySelector('form [name=csrf]').value = 'of another session';").await;
    tour.browser.press("Share it").await;
    tour.browser.expect_words("in two windows").await;
    tour.see("stale-form").await;
}

async fn after_it_closed(tour: &mut Tour, idea: &str) {
    let idea_id = idea.rsplit('/').next().unwrap_or_default().to_owned();
    let edit = format!("/posts/{idea_id}/edit");
    let thread = format!("/contributions/{}", tour.stage.thread);
    for (form, button, state) in [
        ("/share", "Share it", "share-closed-meanwhile"),
        (edit.as_str(), "Save the change", "edit-closed-meanwhile"),
        (thread.as_str(), "Send comment", "contribution-closed-meanwhile"),
    ] {
        tour.visit(form).await;
        if form == "/share" {
            tour.browser.choose("input[name=prompt]").await;
        }
        tour.browser.fill("#body", "Written a minute before the end,\nand sent a minute after.").await;
        tour.time(AFTER);
        tour.browser.press(button).await;
        tour.browser.expect_words("sent a minute after").await;
        tour.see(state).await;
        tour.time(DURING);
    }
    tour.visit("").await;
    tour.time(AFTER);
    tour.browser.press_one(".candour-vote").await;
    tour.see("vote-after-the-close").await;

    tour.go("/", "home-closed-signed-in").await;
    for (rest, state) in [
        ("", "conversation-closed"),
        (thread.as_str(), "contribution-closed"),
        ("/mine", "mine-closed"),
        ("/share", "share-closed"),
        (edit.as_str(), "edit-closed"),
        (&format!("/posts/{idea_id}/withdraw"), "withdraw-closed"),
    ] {
        tour.go_in(rest, state).await;
    }
}

/// After leaving, and after the close.
async fn left_and_closed(tour: &mut Tour) {
    tour.browser.open(&tour.stage.at("/leave")).await;
    tour.browser.press("Leave and clear this device").await;
    tour.browser.expect_words("You have left").await;
    tour.see("home-just-left").await;
    let edit = format!("/posts/{}/edit", tour.stage.thread);
    tour.go_in(&edit, "edit-without-having-come-in").await;
    let code = tour.stage.server.code(tour.stage.tenant).await;
    tour.time(AFTER);
    tour.go("/", "home-closed").await;
    tour.go("/enter", "enter-closed").await;
    tour.try_code(&code).await;
    tour.see("enter-after-the-close").await;
}
