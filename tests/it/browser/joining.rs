//! Coming in, in a real browser: from the link or the form to the first contribution, and back on another device.
//!
//! [`hall`] is the server and what everybody does, [`refused`] the ways that end early, [`lost`] what a cut connection costs, [`shared`]
//! devices that others use, [`apart`] the two sides at two origins, [`first_idea`] the form where one arrives,
//! [`plainly`] coming in without scripts or without a mouse, [`places`] the list of places.

mod apart;
mod first_idea;
pub mod hall;
mod lost;
mod places;
mod plainly;
mod refused;
mod returning;
mod shared;

use hall::{
    CAMPAIGN, Hall, MOST_SCREENS, SIGN_UP, WITHIN, agree, code_in, come_in, phone, screens, share,
    words_shown,
};

use super::watch::{Watch, stored};

#[tokio::test(flavor = "multi_thread")]
async fn the_invited() {
    let hall = Hall::open().await;
    let browser = phone().await;
    let mut watch = Watch::default();
    let mut secrets = hall.comes_to_words(&browser, &hall.origin()).await;
    let (_, device) = stored(&browser).await;
    assert!(!secrets.words_are_in(&device) && !secrets.is_in(&device), "in localStorage: {device}");
    agree(&browser, "no").await;
    come_in(&browser).await;
    watch.look(&browser).await;
    let registered = watch.sent("POST", "/conversations/first-conversation/join");
    assert_eq!(registered.len(), 1);
    secrets.add_form(&registered[0].body);
    let (tab, device) = stored(&browser).await;
    for kept in [&tab, &device] {
        assert!(!secrets.words_are_in(kept) && !secrets.is_in(kept), "kept: {kept}");
    }
    assert!(device.contains("candour:key-log:"), "the head of the public log stays: {device}");
    share(&browser, "The first thing that I say here.").await;

    watch.look(&browser).await;
    watch.assert_quiet(&[&hall.origin()]);
    watch.assert_kept(&secrets);
    let issued = watch.sent("POST", &format!("/issue/{CAMPAIGN}"));
    assert_eq!(issued.len(), 1, "one request for a signature");
    assert!(issued[0].body.contains(&secrets.others[0]), "the ticket goes there");
    assert!(!watch.brought_cookies(issued[0]), "and no cookie");
    assert!(
        watch.sent("POST", "/share").iter().all(|asked| watch.brought_cookies(asked)),
        "as other requests do"
    );
    let elsewhere = |asked: &&super::watch::Asked| asked.body.contains(&secrets.others[0]);
    assert_eq!(watch.asked.iter().filter(elsewhere).count(), 1, "the ticket goes nowhere else");
    for known in &secrets.others[1..] {
        assert!(!issued[0].body.contains(known.as_str()), "who signs does not see what is registered");
    }
    let screens = screens(&watch);
    assert_eq!(screens, [format!("/join/{CAMPAIGN}/login"), format!("{WITHIN}/join"), WITHIN.to_owned()]);
    assert!(screens.len() <= MOST_SCREENS);
    assert_eq!(hall.counts().await, [1, 1, 1]);
}

#[tokio::test(flavor = "multi_thread")]
async fn who_signs_up() {
    let hall = Hall::open().await;
    let browser = phone().await;
    let mut watch = Watch::default();
    let address = "carol@birmingham-council.example";
    browser.open(&hall.at(&format!("/join/{CAMPAIGN}/sign-up?organisation={SIGN_UP}"))).await;
    browser.choose("input[name=kind][value=staff]").await;
    browser.fill("#email", address).await;
    browser.press("Send me a code").await;
    let email = hall.server.email_to(address).await;
    browser.fill("#code", &code_in(email.text())).await;
    browser.press("Confirm").await;
    let mut secrets = words_shown(&browser).await;
    agree(&browser, "no").await;
    come_in(&browser).await;
    share(&browser, "Said by somebody who signed up.").await;

    watch.look(&browser).await;
    watch.assert_quiet(&[&hall.origin()]);
    secrets.add_form(&watch.sent("POST", "/join")[0].body);
    secrets.others.push(address.replace('@', "%40"));
    secrets.others.push(address.to_owned());
    watch.assert_kept(&secrets);
    let join = format!("/join/{CAMPAIGN}");
    let screens = screens(&watch);
    assert_eq!(
        screens,
        [format!("{join}/sign-up"), format!("{join}/confirm"), format!("{WITHIN}/join"), WITHIN.to_owned()]
    );
    assert!(screens.len() <= MOST_SCREENS);
    assert_eq!(hall.counts().await, [1, 1, 1]);
}

/// By the link in the email, on another device than the one that asked.
#[tokio::test(flavor = "multi_thread")]
async fn who_signs_up_and_goes_on_elsewhere() {
    let hall = Hall::open().await;
    let address = "dave@birmingham-council.example";
    hall.server.device("bsol").asks_to_sign_up(CAMPAIGN, SIGN_UP, "volunteer", address).await.expect(303);
    let email = hall.server.email_to(address).await;
    let link = email.text().split_whitespace().find(|word| word.contains("/confirm?link=")).expect("a link");
    let browser = phone().await;
    let (_, path) = link.split_once("/join/").expect("a path");
    browser.open(&hall.at(&format!("/join/{path}"))).await;
    browser.press("This address is mine").await;
    words_shown(&browser).await;
    agree(&browser, "no").await;
    come_in(&browser).await;
    assert_eq!(hall.counts().await, [1, 1, 1]);
}
