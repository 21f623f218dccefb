//! A server whose first conversation is open to those on its roll, and what everybody does who joins it.

use domain::tenant_pack::TenantPack;

use crate::browser::watch::{Secrets, Watch};
use crate::harness::browser::{Browser, Scripts, Width};
use crate::harness::databases::{Kind, TestDatabases};
use crate::harness::packs;
use crate::harness::server::TestServer;
use crate::harness::tables::Tables;

/// BSol's first campaign, an invited organisation of it, and one whose people sign up.
pub const CAMPAIGN: &str = "first-conversation";
pub const INVITED: &str = "uhb";
pub const SIGN_UP: &str = "birmingham-council";

/// The path of the campaign's pages.
pub const WITHIN: &str = "/conversations/first-conversation";

/// A launched campaign with two people on its roll.
pub struct Hall {
    pub server: TestServer,
    /// The login details of both.
    pub logins: Vec<String>,
    databases: TestDatabases,
}

impl Hall {
    pub async fn open() -> Self {
        Self::open_with(packs::ours()).await
    }

    /// The same with other packs.
    pub async fn open_with(packs: Vec<TenantPack>) -> Self {
        let databases = TestDatabases::create(Kind::Sqlite).await;
        let server = TestServer::with_packs(&databases, packs).await;
        let logins =
            server.launch("bsol", &[("ann@uhb.example", INVITED), ("ben@uhb.example", INVITED)]).await;
        Self { server, logins, databases }
    }

    /// Where the tenant's pages are.
    pub fn origin(&self) -> String {
        format!("http://bsol.localhost:{}", self.server.site.port())
    }

    pub fn at(&self, path: &str) -> String {
        format!("{}{path}", self.origin())
    }

    /// The path of the link in Ann's invitation.
    pub fn invitation(&self) -> String {
        format!("/join/{CAMPAIGN}/login?code={}", self.logins[0])
    }

    /// How many people have asked for a signature, and how many credentials and participants there are.
    pub async fn counts(&self) -> [i64; 3] {
        let identity = Tables::of_identity(&self.databases).await;
        let conversation = Tables::of_conversation(&self.databases).await;
        [
            identity.number("SELECT count(*) FROM person WHERE request IS NOT NULL").await,
            conversation.number("SELECT count(*) FROM credential").await,
            conversation.number("SELECT count(*) FROM participant").await,
        ]
    }

    /// Comes to the words by the link of the invitation, at an origin.
    pub async fn comes_to_words(&self, browser: &Browser, origin: &str) -> Secrets {
        browser.open(&format!("{origin}{}", self.invitation())).await;
        browser.press("Come in").await;
        words_shown(browser).await
    }

    /// Joins by the invitation on a device that nobody else uses.
    pub async fn joined(&self, browser: &Browser) -> Secrets {
        let secrets = self.comes_to_words(browser, &self.origin()).await;
        agree(browser, "no").await;
        come_in(browser).await;
        secrets
    }
}

/// A phone that has been nowhere.
pub async fn phone() -> Browser {
    Browser::start(Width::Phone, Scripts::On).await
}

/// Waits for six words, and gives them.
pub async fn words_shown(browser: &Browser) -> Secrets {
    browser.until("return document.querySelectorAll('[data-words] li').length === 6;").await;
    let secrets = Secrets::of_attempt(browser).await;
    let shown = browser.text_of("[data-words]").await;
    assert_eq!(
        shown.split_whitespace().collect::<Vec<_>>(),
        secrets.words,
        "the words that are kept are shown"
    );
    assert!(!browser.place().await.contains('#'), "what the link brought is out of the address bar");
    secrets
}

/// Ticks that the words are kept, and says whether others use the device.
pub async fn agree(browser: &Browser, shared: &str) {
    browser.choose("[data-kept]").await;
    browser.choose(&format!("input[name=shared][value={shared}]")).await;
}

/// Presses the button below the words and waits for the conversation.
pub async fn come_in(browser: &Browser) {
    browser.click("[data-go]").await;
    browser.expect_words("You are in").await;
    assert!(browser.place().await.starts_with(WITHIN), "{}", browser.place().await);
}

/// The most pages of ours from the link or the list up to the one on which the first idea is sent.
pub const MOST_SCREENS: usize = 4;

/// Shares a first idea, on the page where one arrives.
pub async fn share(browser: &Browser, words: &str) {
    browser.choose("input[name=prompt]").await;
    browser.fill("#body", words).await;
    browser.press("Share it").await;
    browser.expect_words("Your idea is in the conversation.").await;
    browser.expect_words(words).await;
}

/// Every page that was shown up to the one on which the idea was sent.
pub fn screens(watch: &Watch) -> Vec<String> {
    let mut pages = watch.pages();
    let last = pages.pop().expect("pages were shown");
    assert!(last.contains("/contributions/"), "{last}");
    pages
}

/// The eight digits of an email.
pub fn code_in(text: &str) -> String {
    let words: Vec<&str> = text.split_whitespace().map(|word| word.trim_end_matches('.')).collect();
    let digits = |word: &str| word.len() == 4 && word.bytes().all(|byte| byte.is_ascii_digit());
    let code = words.windows(2).find(|pair| pair.iter().all(|word| digits(word)));
    code.unwrap_or_else(|| panic!("no code in {text}")).join(" ")
}
