//! Single sign-on against a real provider: npm's certified `oidc-provider`, in a process of its own.
//!
//! Needs Node (20 or later) and npm, and fails without them: a flow that was not tried is not known to work.

#![cfg(test)]

mod browser;
mod node;

use chrono::{DateTime, TimeDelta, Utc};
use serde_json::json;
use single_sign_on::{Begun, Kept, Provider, Random, SignOnRefusal, SingleSignOn, Verified};
use url::Url;

use crate::{
    browser::Browser,
    node::{CLIENT_ID, NodeProvider, SECRET_CLIENT_ID, the_secret},
};

/// The provider has a clock of its own, so these tests need the real one.
#[expect(clippy::disallowed_methods, reason = "tokens are dated by the provider's clock")]
fn now() -> DateTime<Utc> {
    Utc::now()
}

fn random(seed: u8) -> Random {
    Random { state: [seed; 32], nonce: [seed + 1; 32], verifier: [seed + 2; 32] }
}

fn redirect_url() -> Url {
    NodeProvider::redirect_url().parse().unwrap()
}

/// Our side, a provider's process, and how we know it.
struct Stage {
    node: NodeProvider,
    provider: Provider,
    sign_on: SingleSignOn,
}

impl Stage {
    async fn set(arguments: &[&str]) -> Self {
        let node = NodeProvider::start(arguments).await;
        let provider = Provider::new(&node.issuer, CLIENT_ID, None).unwrap();
        Self { node, provider, sign_on: SingleSignOn::new(reqwest::Client::builder()).unwrap() }
    }

    async fn begin(&self, seed: u8) -> Begun {
        self.sign_on.begin(&self.provider, &redirect_url(), &random(seed), now()).await.unwrap()
    }

    async fn finish(&self, kept: Kept, query: &str) -> Result<Verified, SignOnRefusal> {
        self.finish_at(kept, query, now()).await
    }

    async fn finish_at(&self, kept: Kept, query: &str, at: DateTime<Utc>) -> Result<Verified, SignOnRefusal> {
        self.sign_on.finish(&self.provider, &redirect_url(), kept, query, at).await
    }

    /// Begins, and signs in as `account` in a fresh browser.
    async fn signed_in(&self, account: &str) -> (Kept, String) {
        let Begun { url, kept } = self.begin(1).await;
        let query = Browser::new(&redirect_url()).sign_in(url, account).await;
        (kept, query)
    }
}

fn detail(refused: Result<Verified, SignOnRefusal>) -> String {
    match refused {
        Err(SignOnRefusal::NotTrusted { detail }) => detail,
        other => panic!("not refused as not trusted: {other:?}"),
    }
}

/// `kept` with one of its fields changed, as if it were from another sign-in.
fn tampered(kept: &Kept, field: &str) -> Kept {
    let mut fields = serde_json::to_value(kept).unwrap();
    assert!(fields[field].is_string(), "{field}");
    fields[field] = json!("A".repeat(43));
    serde_json::from_value(fields).unwrap()
}

#[tokio::test]
async fn a_person_signs_in() {
    let stage = Stage::set(&[]).await;
    let Begun { url, kept } = stage.begin(1).await;
    let question: std::collections::HashMap<_, _> = url.query_pairs().into_owned().collect();
    assert_eq!(question["response_type"], "code");
    assert_eq!(question["code_challenge_method"], "S256");
    assert_eq!(question["scope"], "openid email");
    let kept_text = serde_json::to_string(&kept).unwrap();
    assert!(kept_text.contains(&question["state"]) && kept_text.contains(&question["nonce"]));
    let verifier = serde_json::to_value(&kept).unwrap()["verifier"].as_str().unwrap().to_owned();
    assert!(!url.as_str().contains(&verifier), "the verifier stays with us");

    let query = Browser::new(&redirect_url()).sign_in(url, "alex").await;
    // As the caller does it: out of the cookie again.
    let kept: Kept = serde_json::from_str(&kept_text).unwrap();
    let verified = stage.finish(kept, &query).await.unwrap();
    assert_eq!(verified.subject, "alex");
    assert_eq!(verified.email.as_deref(), Some("alex@trust.example"));
    assert_eq!(verified.trusted_email(), Ok("alex@trust.example"));
    assert_eq!(format!("{verified:?}"), "Verified(…)");
}

#[tokio::test]
async fn an_email_in_the_id_token_will_do() {
    let stage = Stage::set(&["--email-in-id-token"]).await;
    let (kept, query) = stage.signed_in("alex").await;
    let verified = stage.finish(kept, &query).await.unwrap();
    assert_eq!(verified.trusted_email(), Ok("alex@trust.example"));
}

#[tokio::test]
async fn a_client_with_a_secret_signs_people_in_and_with_a_wrong_one_does_not() {
    let mut stage = Stage::set(&[]).await;
    stage.provider = Provider::new(&stage.node.issuer, SECRET_CLIENT_ID, Some(the_secret())).unwrap();
    let (kept, query) = stage.signed_in("alex").await;
    assert_eq!(stage.finish(kept, &query).await.unwrap().subject, "alex");

    stage.provider = Provider::new(&stage.node.issuer, SECRET_CLIENT_ID, Some("wrong".repeat(9))).unwrap();
    let (kept, query) = stage.signed_in("alex").await;
    assert_eq!(detail(stage.finish(kept, &query).await), "the token endpoint said invalid_client");
}

#[tokio::test]
async fn an_email_that_nobody_checked_or_that_is_missing_is_told_apart() {
    let stage = Stage::set(&[]).await;
    let (kept, query) = stage.signed_in("robin").await;
    let verified = stage.finish(kept, &query).await.unwrap();
    assert_eq!((verified.email.as_deref(), verified.email_verified), (Some("robin@trust.example"), false));
    assert_eq!(verified.trusted_email(), Err(SignOnRefusal::EmailNotVerified));

    let (kept, query) = stage.signed_in("sam").await;
    let verified = stage.finish(kept, &query).await.unwrap();
    assert_eq!(verified.trusted_email(), Err(SignOnRefusal::EmailMissing));
}

#[tokio::test]
async fn cancelling_is_no_fault() {
    let stage = Stage::set(&[]).await;
    let Begun { url, kept } = stage.begin(1).await;
    let query = Browser::new(&redirect_url()).cancel(url).await;
    assert_eq!(stage.finish(kept, &query).await, Err(SignOnRefusal::Cancelled));
}

#[tokio::test]
async fn an_answer_to_another_question_is_refused() {
    let stage = Stage::set(&[]).await;
    let (kept, query) = stage.signed_in("alex").await;
    // Somebody else's answer, brought to this browser: its code and state belong together, but not to what is kept here.
    let other = stage.begin(100).await.kept;
    assert_eq!(detail(stage.finish(other, &query).await), "the answer is to another question (state)");
    let nonce = detail(stage.finish(tampered(&kept, "nonce"), &query).await);
    assert_eq!(nonce, "the ID token answers another sign-in (nonce)");
}

#[tokio::test]
async fn a_code_works_once_and_only_with_its_verifier() {
    let stage = Stage::set(&[]).await;
    let (kept, query) = stage.signed_in("alex").await;
    stage.finish(kept.clone(), &query).await.unwrap();
    assert_eq!(detail(stage.finish(kept, &query).await), "the token endpoint said invalid_grant");

    let (kept, query) = stage.signed_in("alex").await;
    let stolen = stage.finish(tampered(&kept, "verifier"), &query).await;
    assert_eq!(detail(stolen), "the token endpoint said invalid_grant");
}

#[tokio::test]
async fn an_id_token_out_of_its_time_is_refused() {
    let stage = Stage::set(&[]).await;
    let (kept, query) = stage.signed_in("alex").await;
    let late = stage.finish_at(kept, &query, now() + TimeDelta::days(1)).await;
    assert_eq!(detail(late), "the ID token has expired: are both clocks right?");
    let (kept, query) = stage.signed_in("alex").await;
    let early = stage.finish_at(kept, &query, now() - TimeDelta::days(1)).await;
    assert!(detail(early).starts_with("the ID token"));
}

#[tokio::test]
async fn another_provider_cannot_answer() {
    let stage = Stage::set(&[]).await;
    let other = Stage::set(&[]).await;
    let (kept, query) = stage.signed_in("alex").await;
    let mixed_up = other.finish(kept.clone(), &query).await;
    assert_eq!(detail(mixed_up), "the sign-in was begun with another provider");
    let issuer = stage.node.issuer.replace("127.0.0.1", "localhost");
    let misnamed = Provider::new(&issuer, CLIENT_ID, None).unwrap();
    let refusal = stage.sign_on.begin(&misnamed, &redirect_url(), &random(1), now()).await.unwrap_err();
    assert_eq!(refusal.detail(), Some("the discovery document is of another issuer"));
}

#[tokio::test]
async fn documents_are_remembered_for_ten_minutes_and_new_keys_are_fetched() {
    let stage = Stage::set(&[]).await;
    stage.begin(1).await;
    let mut stage = Stage { node: stage.node.restart().await, ..stage };
    // The keys of before the restart are still believed, and still young: nothing is fetched for the missing one.
    let (kept, query) = stage.signed_in("alex").await;
    assert_eq!(detail(stage.finish(kept, &query).await), "no key of the provider fits the ID token");
    let (kept, query) = stage.signed_in("alex").await;
    let later = now() + TimeDelta::minutes(2);
    assert_eq!(stage.finish_at(kept, &query, later).await.unwrap().subject, "alex");

    stage.node.stop().await;
    let begin = async |at| stage.sign_on.begin(&stage.provider, &redirect_url(), &random(1), at).await;
    assert!(begin(later + TimeDelta::minutes(9)).await.is_ok(), "remembered");
    for at in [later + TimeDelta::minutes(10), later - TimeDelta::minutes(3)] {
        let gone = begin(at).await.unwrap_err();
        assert_eq!(gone.detail(), Some("the provider cannot be reached"), "at {at}");
        assert!(matches!(gone, SignOnRefusal::NotReachable { .. }));
    }
}
