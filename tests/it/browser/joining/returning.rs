//! Coming back on another device by typing the words.

use super::hall::{Hall, WITHIN, phone, share};
use crate::browser::watch::{Secrets, Watch, stored};
use crate::harness::browser::Browser;

/// The words as somebody types them in a hurry: odd case, extra spaces, a comma, a line of their own.
fn carelessly(words: &[String]) -> String {
    let [one, two, three, four, five, six] = words else { panic!("six words: {words:?}") };
    let two = two.to_uppercase();
    let (first, rest) = three.split_at(1);
    format!("  {one}   {two},\n {}{rest}  {four} {five}   {six} ", first.to_uppercase())
}

async fn types(hall: &Hall, browser: &Browser, words: &str) {
    browser.open(&hall.at(&format!("{WITHIN}/return"))).await;
    browser.fill("[data-typed-words]", words).await;
    browser.choose("input[name=shared][value=no]").await;
    browser.click("[data-go]").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn by_the_words() {
    let hall = Hall::open().await;
    let secrets = {
        let first = phone().await;
        let secrets = hall.joined(&first).await;
        share(&first, "Said on the first device.").await;
        secrets
    };
    for typed in [secrets.typed(), carelessly(&secrets.words)] {
        let second = phone().await;
        let mut watch = Watch::default();
        types(&hall, &second, &typed).await;
        second.expect_words("You are in").await;
        assert!(!second.words().await.contains("Share your first idea"), "it was shared before");
        second.open(&hall.at(&format!("{WITHIN}/mine"))).await;
        second.expect_words("Said on the first device.").await;
        watch.look(&second).await;
        watch.assert_quiet(&[&hall.origin()]);
        watch.assert_kept(&Secrets { words: secrets.words.clone(), others: Vec::new() });
    }
    assert_eq!(hall.counts().await, [1, 1, 1], "on every device the same participant");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_word_that_is_not_one_is_named_and_nothing_is_sent() {
    let hall = Hall::open().await;
    let secrets = hall.joined(&phone().await).await;
    let browser = phone().await;
    let mut watch = Watch::default();
    let mut words = secrets.words.clone();
    words[3] = format!("{}q", words[3]);
    types(&hall, &browser, &words.join(" ")).await;
    browser.expect_words(&format!("We do not know the word “{}”. Did you mean", words[3])).await;
    let problem = browser.text_of("[data-problem]").await;
    assert!(problem.contains(&format!("“{}”", secrets.words[3])), "the right one is suggested: {problem}");
    for (typed, said) in
        [("", "Type your six words."), (&*secrets.words[..5].join(" "), "You typed five words.")]
    {
        types(&hall, &browser, typed).await;
        browser.expect_words(said).await;
    }
    watch.look(&browser).await;
    assert!(watch.sent("POST", "").is_empty(), "nothing was sent: {:?}", watch.sent("POST", ""));
    watch.assert_quiet(&[&hall.origin()]);
}

#[tokio::test(flavor = "multi_thread")]
async fn six_words_that_nobody_came_in_with() {
    let hall = Hall::open().await;
    let mut secrets = hall.joined(&phone().await).await;
    let browser = phone().await;
    let mut watch = Watch::default();
    secrets.words.rotate_left(1);
    types(&hall, &browser, &secrets.typed()).await;
    browser.expect_words("These words do not open this conversation. The order matters").await;
    // What was typed still stands there, and nowhere else.
    assert_eq!(browser.value("document.querySelector('[data-typed-words]').value").await, secrets.typed());
    assert!(!secrets.words_are_in(&stored(&browser).await.0), "the tab keeps nothing");
    browser.press("These words do not open").await;
    assert!(browser.holds("return document.activeElement.matches('[data-typed-words]');").await);
    browser.refresh().await.expect("a page can be loaded again");
    browser.open(&hall.at(&format!("{WITHIN}/return"))).await;
    assert_eq!(
        browser.value("document.querySelector('[data-typed-words]').value").await,
        "",
        "gone with the page"
    );
    watch.look(&browser).await;
    watch.assert_kept(&Secrets { words: secrets.words.clone(), others: Vec::new() });
    // Nothing is lost: in the right order they do.
    secrets.words.rotate_right(1);
    browser.fill("[data-typed-words]", &secrets.typed()).await;
    browser.choose("input[name=shared][value=no]").await;
    browser.click("[data-go]").await;
    browser.expect_words("You are in").await;
}
