//! Named people with passkeys: made, used, shown again; with Chromium's own virtual authenticator, which checks who is there.

use policy::Role;
use serde_json::{Value, json};

use super::sights::{self, Fonts};
use crate::harness::browser::{Browser, Scripts, Width};
use crate::harness::databases::{Kind, TestDatabases};
use crate::harness::server::TestServer;
use crate::harness::staff::{email_of, types};

/// Presses of Tab after which something on a page must have had the focus.
const PRESSES: usize = 40;
/// What the script would send, kept instead of sent.
const CATCH: &str = "HTMLFormElement.prototype.submit = function () {
    window.caught = [this.elements.kept.value, this.elements.answer.value];
};";

/// Fills in the form that invites somebody, and sends it.
const INVITES_SAM: &str = "
    document.getElementById('name').value = 'Sam & Co';
    document.getElementById('email').value = 'sam@example.org';
    document.querySelector('[name=role][value=moderator]').checked = true;
    document.getElementById('name').form.requestSubmit();
";

/// A browser on a device with an authenticator.
struct Desk {
    browser: Browser,
    authenticator: String,
    site: String,
}

impl Desk {
    async fn with_authenticator(server: &TestServer) -> Self {
        let browser = Browser::start(Width::Desk, Scripts::On).await;
        browser.devtools("WebAuthn.enable", json!({})).await;
        let options = json!({ "options": {
            "protocol": "ctap2", "transport": "internal", "hasResidentKey": true, "hasUserVerification": true,
            "isUserVerified": true, "automaticPresenceSimulation": true,
        }});
        let added = browser.devtools("WebAuthn.addVirtualAuthenticator", options).await;
        let authenticator = added["authenticatorId"].as_str().expect("an authenticator").to_owned();
        Self { browser, authenticator, site: format!("http://bsol.localhost:{}", server.site.port()) }
    }

    /// Whether somebody touches the authenticator when it asks.
    async fn present(&self, enabled: bool) {
        let parameters = json!({ "authenticatorId": self.authenticator, "enabled": enabled });
        self.browser.devtools("WebAuthn.setAutomaticPresenceSimulation", parameters).await;
    }

    /// Whether the device checks who is there.
    async fn verifies(&self, verified: bool) {
        let parameters = json!({ "authenticatorId": self.authenticator, "isUserVerified": verified });
        self.browser.devtools("WebAuthn.setUserVerified", parameters).await;
    }

    /// Looks at the page that is shown: accessibility, structure, requests, complaints.
    async fn looks(&mut self, name: &str) {
        let faults = sights::faults(&mut self.browser, name, &Width::ALL, Fonts::All).await;
        assert!(faults.is_empty(), "{faults:?}");
    }

    async fn open(&self, path: &str) {
        self.browser.open(&format!("{}{path}", self.site)).await;
    }

    /// Tabs to something with these words and presses Enter there.
    async fn enters(&self, on: &str) {
        for _ in 0..PRESSES {
            let focus = self.browser.press_tab().await;
            if focus.on == on {
                assert!(focus.visible, "{on}");
                self.browser.keys(thirtyfour::Key::Enter).await;
                return;
            }
        }
        panic!("the keyboard never comes to {on}");
    }

    async fn arrives(&self, path: &str) {
        crate::harness::patience::eventually(&format!("the browser stands at {path}"), async || {
            self.browser.place().await == path
        })
        .await;
    }

    /// Opens the link of an invitation and makes a passkey, by keyboard alone.
    async fn accepts(&self, link: &str) {
        self.browser.open(link).await;
        self.enters("button \"Make a passkey\"").await;
        self.browser.expect_words("Your recovery codes").await;
    }

    /// Signs out; nobody touches the authenticator.
    async fn signs_out(&self) {
        self.present(false).await;
        self.enters("button \"Sign out\"").await;
        self.arrives("/console/sign-in").await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn made_used_and_shown_again_by_keyboard() {
    let databases = TestDatabases::create(Kind::Sqlite).await;
    let server = TestServer::start(&databases).await;
    let mut desk = Desk::with_authenticator(&server).await;
    let (_, link) = server.invites("bsol", "Alex Rowan", &[Role::CommsLead]).await;
    desk.accepts(&link).await;
    desk.looks("console-recovery-codes").await;
    desk.enters("a \"I have kept them\"").await;
    desk.arrives("/console").await;

    // By the button.
    desk.signs_out().await;
    desk.looks("console-sign-in").await;
    desk.open("/console/sign-in?next=/console/account").await;
    desk.present(true).await;
    desk.enters("button \"Sign in with a passkey\"").await;
    desk.arrives("/console/account").await;
    desk.browser.expect_words("Passkeys").await;

    // Shown again, and back.
    server.clock.advance(11 * 60);
    desk.open("/console/people/invite").await;
    desk.arrives("/console/prove?next=%2Fconsole%2Fpeople%2Finvite").await;
    desk.enters("button \"Use a passkey\"").await;
    desk.arrives("/console/people/invite").await;
    assert!(desk.browser.complaints().await.is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_typed_is_sent_after_a_passkey_was_shown() {
    let databases = TestDatabases::create(Kind::Sqlite).await;
    let server = TestServer::start(&databases).await;
    let desk = Desk::with_authenticator(&server).await;
    let (_, link) = server.invites("bsol", "Alex Rowan", &[Role::CommsLead]).await;
    desk.accepts(&link).await;
    desk.open("/console/people/invite").await;
    server.clock.advance(11 * 60);
    desk.browser.evaluate(INVITES_SAM).await;
    desk.browser.expect_words("Nothing has been done yet").await;
    desk.enters("button \"Use a passkey\"").await;
    desk.browser.expect_words("Send it now").await;
    let bsol = server.tenant("bsol").await;
    assert_eq!(server.accounts().list_accounts(&bsol).await.unwrap().len(), 1, "it is sent by a press");
    desk.enters("button \"Send what I typed\"").await;
    desk.arrives("/console/people?done=invited").await;
    let listed = server.accounts().list_accounts(&bsol).await.unwrap();
    let sam = listed.iter().find(|one| one.account.email == "sam@example.org").expect("invited");
    assert_eq!((sam.account.name.as_str(), sam.roles.as_slice()), ("Sam & Co", &[Role::Moderator][..]));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_passkey_works_while_guessing_has_locked_the_address() {
    let databases = TestDatabases::create(Kind::Sqlite).await;
    let server = TestServer::start(&databases).await;
    let desk = Desk::with_authenticator(&server).await;
    let (_, link) = server.invites("bsol", "Alex Rowan", &[Role::CommsLead]).await;
    desk.accepts(&link).await;
    desk.open("/console").await;
    desk.signs_out().await;
    let guesser = server.device("bsol");
    for _ in 0..10 {
        types(&guesser, &email_of("Alex Rowan"), "wrong wrong wrong", "123456").await.expect(422);
    }
    desk.open("/console/sign-in").await;
    desk.present(true).await;
    desk.enters("button \"Sign in with a passkey\"").await;
    desk.arrives("/console").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_answer_is_taken_once_and_from_a_device_that_checks() {
    let databases = TestDatabases::create(Kind::Sqlite).await;
    let server = TestServer::start(&databases).await;
    let desk = Desk::with_authenticator(&server).await;
    let (_, link) = server.invites("bsol", "Alex Rowan", &[Role::CommsLead]).await;
    desk.accepts(&link).await;
    desk.open("/console").await;
    desk.signs_out().await;

    // A device that does not check who is there cannot answer.
    desk.verifies(false).await;
    desk.open("/console/sign-in").await;
    desk.present(true).await;
    desk.enters("button \"Sign in with a passkey\"").await;
    desk.browser.expect_words("That did not work, or was stopped").await;
    desk.verifies(true).await;

    desk.present(false).await;
    desk.open("/console/sign-in").await;
    desk.browser.evaluate(CATCH).await;
    desk.present(true).await;
    desk.enters("button \"Sign in with a passkey\"").await;
    crate::harness::patience::eventually("the browser answers", async || {
        desk.browser.evaluate("return window.caught !== undefined;").await == json!(true)
    })
    .await;
    let caught = desk.browser.evaluate("return window.caught;").await;
    let part = |at: usize| caught[at].as_str().expect("text").to_owned();
    let (kept, answer) = (part(0), part(1));
    let (owner, thief) = (server.device("bsol"), server.device("bsol"));
    for device in [&owner, &thief] {
        device.get("/console/sign-in").await.expect(200);
    }
    let fields = [("kept", kept.as_str()), ("answer", &answer), ("next", "/console")];
    owner.post("/console/sign-in/passkey", &fields).await.expect(303);
    let again = thief.post("/console/sign-in/passkey", &fields).await.expect(422);
    // A device that counts gives its copy away even before the question is found to be spent.
    assert!(["too old", "a copy"].iter().any(|why| again.text().contains(why)), "{}", again.text());
    assert!(thief.cookie("__Host-console-bsol").is_none());

    // What is altered does not fit.
    let mut altered: Value = serde_json::from_str(&answer).expect("JSON");
    altered["response"]["signature"] = json!("AAAA");
    let altered = altered.to_string();
    for fields in [
        [("kept", kept.as_str()), ("answer", &altered), ("next", "")],
        [("kept", "AAAA"), ("answer", &answer), ("next", "")],
        [("kept", kept.as_str()), ("answer", "{}"), ("next", "")],
    ] {
        thief.post("/console/sign-in/passkey", &fields).await.expect(422);
    }
}
