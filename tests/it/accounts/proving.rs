//! Showing again who one is: what was typed before is not lost by it, secrets are not carried, and nothing is sent elsewhere.

use domain::account::AccountState;
use policy::Role;

use crate::harness::answer::{Answer, between};
use crate::harness::databases::both_databases;
use crate::harness::server::TestServer;
use crate::harness::staff::{Colleague, PASSWORD, new_app_on};

const INVITE: &str = "/console/people/invite";
/// Longer than a proof counts, seconds.
const LATER: i64 = 11 * 60;

/// The hidden fields of the form on a page that goes to `action`, but for its token, as a browser sends them.
fn fields(page: &Answer, action: &str) -> Vec<(String, String)> {
    let body = page.body.replace("&#x2f;", "/");
    let form = between(&body, &format!("action=\"{action}\""), "</form>").expect("there is such a form");
    let plain = |text: &str| {
        let entities = [("&quot;", "\""), ("&#x27;", "'"), ("&lt;", "<"), ("&gt;", ">"), ("&amp;", "&")];
        entities.iter().fold(text.to_owned(), |text, (entity, character)| text.replace(entity, character))
    };
    let inputs = form.split("<input type=\"hidden\" ").skip(1);
    let pair = |input: &str| {
        Some((plain(between(input, "name=\"", "\"")?), plain(between(input, "value=\"", "\"")?)))
    };
    inputs.filter_map(pair).filter(|(name, _)| name != "csrf").collect()
}

async fn sends(who: &Colleague, path: &str, fields: &[(String, String)]) -> Answer {
    let fields: Vec<(&str, &str)> = fields.iter().map(|(name, value)| (&**name, &**value)).collect();
    who.post(path, &fields).await
}

/// Sends the page that asks, as it stands there, with a password and the app's code.
async fn proves_with(who: &Colleague, asked: &Answer, password: &str) -> Answer {
    let mut all = fields(asked, "/console/prove");
    let typed = [("password", password.to_owned()), ("code", who.app.next())];
    all.extend(typed.map(|(name, value)| (name.to_owned(), value)));
    sends(who, "/console/prove", &all).await
}

both_databases! {
    async fn what_was_typed_is_sent_after_the_proof(databases: &TestDatabases) {
        let server = TestServer::start(databases).await;
        let lead = server.colleague("bsol", "Al Lead", &[Role::CommsLead]).await;
        lead.get(INVITE).await.expect(200);
        server.clock.advance(LATER);
        let name = "Sam <Birch> & \"Co\", Ōtara";
        let typed = [("name", name), ("email", "sam@example.org"), ("role", "moderator"), ("role", "viewer")];
        let asked = lead.post(INVITE, &typed).await.expect(403);
        assert!(asked.text().contains("Show again who you are") && asked.text().contains("Nothing has been done yet"));
        let bsol = server.tenant("bsol").await;
        let listed = async || server.accounts().list_accounts(&bsol).await.unwrap();
        assert_eq!(listed().await.len(), 1, "nothing was done");
        // A wrong password loses nothing either.
        let again = proves_with(&lead, &asked, "not the password").await.expect(422);
        let send = proves_with(&lead, &again, PASSWORD).await.expect(200);
        assert!(send.text().contains("Send it now"), "{}", send.text());
        assert_eq!(listed().await.len(), 1, "it is sent by a press, not by itself");
        let carried = fields(&send, INVITE);
        let as_typed: Vec<_> = typed.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        assert_eq!(carried, as_typed);
        assert_eq!(sends(&lead, INVITE, &carried).await.location(), "/console/people?done=invited");
        let invited = listed().await;
        let sam = invited.iter().find(|one| one.account.email == "sam@example.org").expect("invited");
        assert_eq!((sam.account.name.as_str(), sam.account.state), (name, AccountState::Invited));
        assert_eq!(sam.roles.len(), 2);
    }

    async fn what_cannot_be_carried_is_said_before(databases: &TestDatabases) {
        let server = TestServer::start(databases).await;
        let lead = server.colleague("bsol", "Al Lead", &[Role::CommsLead]).await;
        lead.get(INVITE).await.expect(200);
        server.clock.advance(LATER);
        let (secret, long) = ("another quiet evening", "x".repeat(50_000));
        for (path, typed) in [
            ("/console/account/ways/password", [("new-password", secret)]),
            (INVITE, [("name", &*long)]),
        ] {
            let asked = lead.post(path, &typed).await.expect(403);
            assert!(asked.text().contains("what you sent is not kept"), "{path}: {}", asked.text());
            assert!(!asked.body.contains(secret) && asked.body.len() < 40_000, "{path}");
            lead.get("/console").await.expect(200);
        }
        let asked = lead.post(INVITE, &[("name", &*long)]).await.expect(403);
        let asked = proves_with(&lead, &asked, "not the password").await.expect(422);
        assert!(asked.text().contains("what you sent is not kept"), "with each try: {}", asked.text());
        assert_eq!(proves_with(&lead, &asked, PASSWORD).await.location(), INVITE, "back to where it is typed again");
    }

    async fn a_carried_form_goes_to_our_own_forms_alone(databases: &TestDatabases) {
        let server = TestServer::start(databases).await;
        let lead = server.colleague("bsol", "Al Lead", &[Role::CommsLead]).await;
        for elsewhere in ["https://elsewhere.example/console/people/invite", "//elsewhere.example", "/console/sign-in", "/console/people/invite?x=1"] {
            lead.get("/console/prove").await.expect(200);
            let typed = [("sent-to", elsewhere), ("sent.name", "x"), ("password", PASSWORD), ("code", &lead.app.next()), ("next", "")];
            assert_eq!(lead.post("/console/prove", &typed).await.location(), "/console", "{elsewhere}");
        }
    }

    async fn an_error_stands_beside_its_field_too(databases: &TestDatabases) {
        let server = TestServer::start(databases).await;
        let lead = server.colleague("bsol", "Al Lead", &[Role::CommsLead]).await;
        lead.get("/console/account/ways").await.expect(200);
        let short = lead.post("/console/account/ways/password", &[("new-password", "short")]).await.expect(422);
        assert!(short.body.contains("id=\"new-password-error\""), "{}", short.text());
        lead.get(INVITE).await.expect(200);
        let typed = [("name", "Sam Birch"), ("email", "nobody"), ("role", "viewer")];
        let wrong = lead.post(INVITE, &typed).await.expect(422);
        assert!(wrong.body.contains("id=\"email-error\""), "{}", wrong.text());
    }

    async fn another_app_is_the_same_after_an_error(databases: &TestDatabases) {
        let server = TestServer::start(databases).await;
        let lead = server.colleague("bsol", "Al Lead", &[Role::CommsLead]).await;
        let page = lead.get("/console/account/ways").await.expect(200);
        let (typed, kept) = new_app_on(&page);
        let fields = [("password", "short"), ("kept", kept), ("code", "")];
        let refused = lead.post("/console/account/ways/app", &fields).await.expect(422);
        assert_eq!(new_app_on(&refused), (typed, kept));
        assert_ne!(new_app_on(&lead.get("/console/account/ways").await.expect(200)).0, typed, "another page, another secret");
    }

    async fn the_first_page_says_when_in_a_sentence(databases: &TestDatabases) {
        let server = TestServer::start(databases).await;
        let lead = server.colleague("bsol", "Al Lead", &[Role::CommsLead]).await;
        let page = lead.get("/console").await.expect(200).text();
        assert!(page.contains("It closes on Thursday 14 December 2023 at"), "{page}");
    }
}
