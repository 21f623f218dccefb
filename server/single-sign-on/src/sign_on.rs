//! The two halves of signing in: sending the browser to the provider, and checking what it brings back.

use std::fmt;

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use chrono::{DateTime, TimeDelta, Utc};
use openidconnect::{
    AccessTokenHash, AuthType, AuthenticationFlow, AuthorizationCode, ClaimsVerificationError, CsrfToken,
    EndpointMaybeSet, EndpointNotSet, EndpointSet, Nonce, OAuth2TokenResponse, PkceCodeChallenge,
    PkceCodeVerifier, RedirectUrl, RequestTokenError, Scope, SignatureVerificationError, TokenResponse,
    UserInfoError,
    core::{
        CoreClient, CoreClientAuthMethod, CoreIdTokenClaims, CoreJwsSigningAlgorithm, CoreProviderMetadata,
        CoreResponseType, CoreTokenResponse, CoreUserInfoClaims,
    },
};
use serde::{Deserialize, Serialize};
use subtle::ConstantTimeEq;
use url::Url;

use crate::{
    answer,
    directory::Directory,
    http::{Http, HttpFault},
    provider::Provider,
    refusal::{SignOnRefusal, known_form},
};

/// How far ahead of ours a provider's clock may run, in minutes.
pub const MAX_SKEW_MINUTES: i64 = 5;

/// Signatures that we take. None by a shared secret: whoever reads our configuration could make them.
const ALGORITHMS: [CoreJwsSigningAlgorithm; 9] = [
    CoreJwsSigningAlgorithm::RsaSsaPkcs1V15Sha256,
    CoreJwsSigningAlgorithm::RsaSsaPkcs1V15Sha384,
    CoreJwsSigningAlgorithm::RsaSsaPkcs1V15Sha512,
    CoreJwsSigningAlgorithm::RsaSsaPssSha256,
    CoreJwsSigningAlgorithm::RsaSsaPssSha384,
    CoreJwsSigningAlgorithm::RsaSsaPssSha512,
    CoreJwsSigningAlgorithm::EcdsaP256Sha256,
    CoreJwsSigningAlgorithm::EcdsaP384Sha384,
    CoreJwsSigningAlgorithm::EdDsa,
];

type Client = CoreClient<
    EndpointSet,
    EndpointNotSet,
    EndpointNotSet,
    EndpointNotSet,
    EndpointMaybeSet,
    EndpointMaybeSet,
>;

/// Signs people in by their organisations' providers. One for the whole process: it remembers providers' keys.
pub struct SingleSignOn {
    http: Http,
    directory: Directory,
}

/// Random bytes for one sign-in, from `domain::Entropy`.
#[derive(Clone)]
pub struct Random {
    /// Ties the provider's answer to this browser.
    pub state: [u8; 32],
    /// Ties the ID token to this sign-in.
    pub nonce: [u8; 32],
    /// Ties the code to us (PKCE).
    pub verifier: [u8; 32],
}

/// The first half, done.
#[derive(Debug)]
pub struct Begun {
    /// Where to send the browser.
    pub url: Url,
    /// What to keep until it comes back.
    pub kept: Kept,
}

/// What the browser keeps, sealed by the caller so that it can neither read nor change it, and to be used once. `Debug`
/// does not show it.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Kept {
    pub(crate) issuer: String,
    pub(crate) state: String,
    pub(crate) nonce: String,
    pub(crate) verifier: String,
}

/// Whom the provider says this is.
#[derive(Clone, PartialEq, Eq)]
pub struct Verified {
    /// Who, among this issuer's people. Never reused for another; means nothing elsewhere.
    pub subject: String,
    /// The email address, as the provider writes it.
    pub email: Option<String>,
    /// Whether the provider vouches for the address. Some never say: that counts as no.
    pub email_verified: bool,
}

impl Verified {
    /// The address, if the provider vouches for it.
    ///
    /// # Errors
    /// [`SignOnRefusal::EmailMissing`], [`SignOnRefusal::EmailNotVerified`].
    pub fn trusted_email(&self) -> Result<&str, SignOnRefusal> {
        match &self.email {
            None => Err(SignOnRefusal::EmailMissing),
            Some(_) if !self.email_verified => Err(SignOnRefusal::EmailNotVerified),
            Some(email) => Ok(email),
        }
    }
}

impl SingleSignOn {
    /// Over HTTP as `builder` has it, which brings the TLS settings; redirects, time-outs and size are set here.
    ///
    /// # Errors
    /// If no client can be built, for instance for want of TLS roots.
    pub fn new(builder: reqwest::ClientBuilder) -> reqwest::Result<Self> {
        Ok(Self { http: Http::new(builder)?, directory: Directory::default() })
    }

    /// Where to send the browser, and what to keep until it comes back to `redirect_url`.
    ///
    /// # Errors
    /// [`SignOnRefusal::NotReachable`] or [`SignOnRefusal::NotTrusted`] if the provider's documents cannot be had.
    pub async fn begin(
        &self,
        provider: &Provider,
        redirect_url: &Url,
        random: &Random,
        now: DateTime<Utc>,
    ) -> Result<Begun, SignOnRefusal> {
        let entry = self.directory.entry(&self.http, provider, now).await?;
        let kept = Kept::new(provider, random);
        let (state, nonce) = (CsrfToken::new(kept.state.clone()), Nonce::new(kept.nonce.clone()));
        let challenge =
            PkceCodeChallenge::from_code_verifier_sha256(&PkceCodeVerifier::new(kept.verifier.clone()));
        let (url, _, _) = client(provider, &entry.metadata, redirect_url)
            .authorize_url(AuthenticationFlow::<CoreResponseType>::AuthorizationCode, || state, || nonce)
            .add_scope(Scope::new("email".to_owned()))
            .set_pkce_challenge(challenge)
            .url();
        Ok(Begun { url, kept })
    }

    /// Who came back with `query`. The caller has forgotten `kept` by now, so that no answer is taken twice.
    ///
    /// # Errors
    /// Any [`SignOnRefusal`] but those about the email: see [`Verified::trusted_email`].
    pub async fn finish(
        &self,
        provider: &Provider,
        redirect_url: &Url,
        kept: Kept,
        query: &str,
        now: DateTime<Utc>,
    ) -> Result<Verified, SignOnRefusal> {
        if !bool::from(kept.issuer.as_bytes().ct_eq(provider.issuer().as_bytes())) {
            return Err(SignOnRefusal::not_trusted("the sign-in was begun with another provider"));
        }
        let code = answer::read(query, &kept)?;
        let entry = self.directory.entry(&self.http, provider, now).await?;
        let first = client(provider, &entry.metadata, redirect_url);
        let tokens = self.exchange(&first, code, &kept).await?;
        let (client, claims) = match verify(&first, &tokens, &kept, now) {
            Err(Failed::NoMatchingKey) => {
                let refreshed = self.directory.refreshed(&self.http, provider, &entry, now).await?;
                let entry = refreshed.ok_or_else(|| Failed::NoMatchingKey.into_refusal())?;
                let second = client(provider, &entry.metadata, redirect_url);
                let claims = verify(&second, &tokens, &kept, now).map_err(Failed::into_refusal)?;
                (second, claims)
            }
            other => {
                let claims = other.map_err(Failed::into_refusal)?;
                (first, claims)
            }
        };
        self.with_email(&client, &tokens, &claims).await
    }

    async fn exchange(
        &self,
        client: &Client,
        code: AuthorizationCode,
        kept: &Kept,
    ) -> Result<CoreTokenResponse, SignOnRefusal> {
        let request = client
            .exchange_code(code)
            .map_err(|_| SignOnRefusal::not_trusted("the provider has no token endpoint"))?
            .set_pkce_verifier(PkceCodeVerifier::new(kept.verifier.clone()));
        request.request_async(&self.http).await.map_err(|error| match error {
            RequestTokenError::Request(HttpFault::NotSafe) => {
                SignOnRefusal::not_trusted(HttpFault::NotSafe.to_string())
            }
            RequestTokenError::Request(fault) => SignOnRefusal::not_reachable(fault.to_string()),
            RequestTokenError::ServerResponse(answer) => SignOnRefusal::not_trusted(format!(
                "the token endpoint said {}",
                known_form(answer.error().as_ref())
            )),
            _ => SignOnRefusal::not_trusted("the token endpoint's answer cannot be read"),
        })
    }

    /// The email from the ID token, or else from the userinfo endpoint, where OpenID Connect Core 5.4 puts it.
    async fn with_email(
        &self,
        client: &Client,
        tokens: &CoreTokenResponse,
        claims: &CoreIdTokenClaims,
    ) -> Result<Verified, SignOnRefusal> {
        let verified = |email: Option<String>, email_verified: Option<bool>| Verified {
            subject: claims.subject().to_string(),
            email,
            email_verified: email_verified.unwrap_or(false),
        };
        if let Some(email) = claims.email() {
            return Ok(verified(Some(email.to_string()), claims.email_verified()));
        }
        let subject = claims.subject().clone();
        let Ok(request) = client.user_info(tokens.access_token().clone(), Some(subject)) else {
            return Ok(verified(None, None));
        };
        let info: CoreUserInfoClaims =
            request.request_async(&self.http).await.map_err(|error| match error {
                UserInfoError::Request(HttpFault::NotSafe) => {
                    SignOnRefusal::not_trusted(HttpFault::NotSafe.to_string())
                }
                UserInfoError::Request(fault) => SignOnRefusal::not_reachable(fault.to_string()),
                UserInfoError::ClaimsVerification(error) => SignOnRefusal::of_claims(&error),
                _ => SignOnRefusal::not_trusted("the userinfo endpoint's answer cannot be read"),
            })?;
        Ok(verified(info.email().map(|email| email.to_string()), info.email_verified()))
    }
}

impl Kept {
    fn new(provider: &Provider, random: &Random) -> Self {
        Self {
            issuer: provider.issuer().to_owned(),
            state: URL_SAFE_NO_PAD.encode(random.state),
            nonce: URL_SAFE_NO_PAD.encode(random.nonce),
            // 32 bytes make the 43 characters that RFC 7636 asks for at least.
            verifier: URL_SAFE_NO_PAD.encode(random.verifier),
        }
    }

    #[cfg(test)]
    pub(crate) fn sample() -> Self {
        Self {
            issuer: "https://id.example.org".to_owned(),
            state: "the-state".to_owned(),
            nonce: "the-nonce".to_owned(),
            verifier: "the-verifier".to_owned(),
        }
    }
}

fn client(provider: &Provider, metadata: &CoreProviderMetadata, redirect_url: &Url) -> Client {
    let (id, secret) = (provider.client_id().clone(), provider.client_secret().cloned());
    let methods = metadata.token_endpoint_auth_methods_supported();
    let takes = |method| methods.is_some_and(|methods| methods.contains(&method));
    // The standard's default, unless the provider says that it takes only the other.
    let in_the_body =
        takes(CoreClientAuthMethod::ClientSecretPost) && !takes(CoreClientAuthMethod::ClientSecretBasic);
    CoreClient::from_provider_metadata(metadata.clone(), id, secret)
        .set_auth_type(if in_the_body { AuthType::RequestBody } else { AuthType::BasicAuth })
        .set_redirect_uri(RedirectUrl::from_url(redirect_url.clone()))
}

/// A check that failed; a missing key may be mended by fetching the keys again.
enum Failed {
    NoMatchingKey,
    For(SignOnRefusal),
}

impl Failed {
    fn into_refusal(self) -> SignOnRefusal {
        match self {
            Self::NoMatchingKey => SignOnRefusal::of_claims(&ClaimsVerificationError::SignatureVerification(
                SignatureVerificationError::NoMatchingKey,
            )),
            Self::For(refusal) => refusal,
        }
    }
}

/// Issuer, audience, signature, expiry, nonce, and that the access token belongs to the ID token.
fn verify(
    client: &Client,
    tokens: &CoreTokenResponse,
    kept: &Kept,
    now: DateTime<Utc>,
) -> Result<CoreIdTokenClaims, Failed> {
    let not_trusted = |detail: &str| Failed::For(SignOnRefusal::not_trusted(detail));
    let id_token = tokens.id_token().ok_or_else(|| not_trusted("the provider sent no ID token"))?;
    let verifier = client
        .id_token_verifier()
        .set_allowed_algs(ALGORITHMS)
        .set_time_fn(move || now)
        .set_issue_time_verifier_fn(move |issued_at| {
            let latest = now + TimeDelta::minutes(MAX_SKEW_MINUTES);
            if issued_at <= latest { Ok(()) } else { Err("issued in the future".to_owned()) }
        });
    let nonce = Nonce::new(kept.nonce.clone());
    let claims = id_token.claims(&verifier, &nonce).map_err(|error| match error {
        ClaimsVerificationError::SignatureVerification(SignatureVerificationError::NoMatchingKey) => {
            Failed::NoMatchingKey
        }
        other => Failed::For(SignOnRefusal::of_claims(&other)),
    })?;
    if let Some(expected) = claims.access_token_hash() {
        let actual = id_token
            .signing_alg()
            .and_then(|algorithm| Ok((algorithm, id_token.signing_key(&verifier)?)))
            .map_err(|_| not_trusted("the ID token's signature is wrong"))
            .and_then(|(algorithm, key)| {
                AccessTokenHash::from_token(tokens.access_token(), algorithm, key)
                    .map_err(|_| not_trusted("the access token cannot be checked"))
            })?;
        if actual != *expected {
            return Err(not_trusted("the access token belongs to another ID token"));
        }
    }
    Ok(claims.clone())
}

impl fmt::Debug for SingleSignOn {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SingleSignOn")
    }
}

impl fmt::Debug for Random {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Random(…)")
    }
}

impl fmt::Debug for Kept {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Kept(…)")
    }
}

impl fmt::Debug for Verified {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Verified(…)")
    }
}
