//! Single sign-on: an organisation's own identity provider says who somebody is (OpenID Connect, code flow with PKCE). What it says stays on
//! the identity side.

use std::collections::HashMap;
use std::sync::Arc;

use chrono::TimeDelta;
use credentials::{labels, open_text, seal_text};
use domain::clock::random_bytes;
use domain::ids::{CampaignId, OrganisationId, PersonId};
use domain::person::{PersonKind, PersonOrigin};
use domain::roll::{EmailAddress, person_key};
use serde::{Deserialize, Serialize};
use single_sign_on::{Kept, Provider, Random, SignOnRefusal, SingleSignOn, Verified};
use storage::identity::NewPerson;
use thiserror::Error;
use url::Url;

use crate::{ActionError, Campaign, Enrolment, JoinRefusal, Organisation, Recognised, Tenant};

/// For how long somebody may be away at their identity provider, minutes.
pub const AWAY_MINUTES: i64 = 15;
/// What is sealed into the cookie meanwhile.
const IN_COOKIE: &str = "single-sign-on";

/// What a deployment has for single sign-on.
#[derive(Clone)]
pub struct SignOn {
    /// Speaks to identity providers.
    pub client: Arc<SingleSignOn>,
    /// Secrets that providers gave us, by `tenant/organisation`; many need none.
    pub secrets: Arc<HashMap<String, String>>,
}

/// Where the browser goes, and what it keeps meanwhile.
#[derive(Clone, Debug)]
pub struct Away {
    /// The identity provider's page.
    pub url: String,
    /// For a cookie.
    pub kept: String,
}

/// Why single sign-on does not let somebody in.
#[derive(Debug, Error)]
pub enum SingleSignOnRefusal {
    /// The organisation has none.
    #[error("This organisation has no single sign-on here. Choose another way to come in.")]
    NotOffered,
    /// Too long away, or another browser.
    #[error("That took too long, or began in another browser. Please sign in again.")]
    Lost,
    /// The provider said no, or what it said does not hold.
    #[error(transparent)]
    Provider(#[from] SignOnRefusal),
    /// The provider named an address that is not its organisation's to name.
    #[error(
        "Your organisation's sign-in gave an address that belongs to another organisation here. Choose that one, or ask the support team."
    )]
    OtherOrganisation,
    /// On the way into the console: nobody with this address works there, or they have not set up their account.
    #[error(
        "Nobody with your work address has an account here that can be used. Open your invitation first, or ask somebody here who looks after accounts."
    )]
    NoAccount,
    /// Recognised, but they cannot go on.
    #[error("{refusal}")]
    Join {
        /// The slug of the campaign that they were on their way to.
        campaign: String,
        /// Why not.
        refusal: JoinRefusal,
    },
    /// A fault.
    #[error(transparent)]
    Action(#[from] ActionError),
}

#[derive(Serialize, Deserialize)]
struct OnTheWay {
    campaign: CampaignId,
    organisation: OrganisationId,
    /// Seconds since 1970.
    at: i64,
    kept: Kept,
}

impl Enrolment {
    /// Whether this deployment can speak to identity providers.
    pub fn has_single_sign_on(&self) -> bool {
        self.sign_on.is_some()
    }

    /// Sends somebody to their organisation's identity provider, which sends them back to `redirect`.
    ///
    /// # Errors
    /// A [`SingleSignOnRefusal`].
    pub async fn begin_single_sign_on(
        &self,
        tenant: &Tenant,
        campaign: &Campaign,
        organisation: &Organisation,
        redirect: &str,
    ) -> Result<Away, SingleSignOnRefusal> {
        let sign_on = self.sign_on.as_ref().ok_or(SingleSignOnRefusal::NotOffered)?;
        let (provider, redirect) = sign_on.provider(tenant, organisation, redirect)?;
        let random = SignOn::random(&*self.entropy);
        let now = self.clock.now();
        let begun = sign_on.client.begin(&provider, &redirect, &random, now).await?;
        let on_the_way = OnTheWay {
            campaign: campaign.id,
            organisation: organisation.id,
            at: now.timestamp(),
            kept: begun.kept,
        };
        let text = serde_json::to_vec(&on_the_way).map_err(|error| ActionError::Fault(error.to_string()))?;
        let key = self.secret.derive(labels::SEALED_TEXTS);
        let kept = seal_text(&key, random_bytes(&*self.entropy), IN_COOKIE, &text);
        Ok(Away { url: begun.url.to_string(), kept })
    }

    /// Recognises whoever came back from their identity provider with `query`; gives the campaign that they were on their way to.
    ///
    /// # Errors
    /// A [`SingleSignOnRefusal`].
    pub async fn finish_single_sign_on(
        &self,
        tenant: &Tenant,
        kept: &str,
        query: &str,
        redirect: &str,
    ) -> Result<(Campaign, Recognised), SingleSignOnRefusal> {
        let now = self.clock.now();
        let key = self.secret.derive(labels::SEALED_TEXTS);
        let opened = open_text(&key, IN_COOKIE, kept).ok_or(SingleSignOnRefusal::Lost)?;
        let way: OnTheWay = serde_json::from_slice(&opened).map_err(|_| SingleSignOnRefusal::Lost)?;
        let campaign = tenant.campaigns.iter().find(|campaign| campaign.id == way.campaign);
        let organisation =
            tenant.organisations.iter().find(|organisation| organisation.id == way.organisation);
        let (Some(campaign), Some(organisation)) = (campaign, organisation) else {
            return Err(SingleSignOnRefusal::Lost);
        };
        if now.timestamp() >= way.at + TimeDelta::minutes(AWAY_MINUTES).num_seconds() {
            return Err(SingleSignOnRefusal::Lost);
        }
        let sign_on = self.sign_on.as_ref().ok_or(SingleSignOnRefusal::NotOffered)?;
        let (provider, redirect) = sign_on.provider(tenant, organisation, redirect)?;
        let verified = sign_on.client.finish(&provider, &redirect, way.kept, query, now).await?;
        let person = new_person(self, tenant, campaign, organisation, &verified)?;
        let refused = |refusal| SingleSignOnRefusal::Join { campaign: campaign.slug.clone(), refusal };
        let person = self.put_person(tenant, &person).await.map_err(refused)?;
        if person.organisation != organisation.id {
            // One organisation's provider does not speak for another's people.
            return Err(SingleSignOnRefusal::OtherOrganisation);
        }
        let recognised = self.recognise(tenant, campaign, &person).await.map_err(refused)?;
        Ok((campaign.clone(), recognised))
    }
}

impl SignOn {
    /// Draws what a way to a provider and back begins with.
    pub(crate) fn random(entropy: &dyn domain::Entropy) -> Random {
        Random { state: random_bytes(entropy), nonce: random_bytes(entropy), verifier: random_bytes(entropy) }
    }

    /// The provider of `organisation`, which sends people back to `redirect`.
    pub(crate) fn provider(
        &self,
        tenant: &Tenant,
        organisation: &Organisation,
        redirect: &str,
    ) -> Result<(Provider, Url), SingleSignOnRefusal> {
        let Some(file) = &organisation.single_sign_on else { return Err(SingleSignOnRefusal::NotOffered) };
        let secret = self.secrets.get(&format!("{}/{}", tenant.slug, organisation.slug)).cloned();
        let fault = |what: String| ActionError::Fault(format!("single sign-on: {what}"));
        let provider = Provider::new(&file.issuer, &file.client_id, secret)
            .map_err(|refusal| fault(refusal.to_string()))?;
        Ok((provider, Url::parse(redirect).map_err(|error| fault(error.to_string()))?))
    }
}

/// The work address that a provider vouches for. It must be the organisation's where the pack says how those end.
pub(crate) fn work_address(
    organisation: &Organisation,
    verified: &Verified,
) -> Result<EmailAddress, SingleSignOnRefusal> {
    let email = verified.trusted_email()?;
    let email = EmailAddress::parse(email).map_err(|_| SignOnRefusal::EmailMissing)?;
    let domains = &organisation.email_domains;
    match domains.is_empty() || domains.iter().any(|domain| domain == email.domain()) {
        true => Ok(email),
        false => Err(SingleSignOnRefusal::OtherOrganisation),
    }
}

/// Whoever the provider vouches for, known by their work address: by anything else, one person could be two.
fn new_person(
    enrolment: &Enrolment,
    tenant: &Tenant,
    campaign: &Campaign,
    organisation: &Organisation,
    verified: &Verified,
) -> Result<NewPerson, SingleSignOnRefusal> {
    let email = work_address(organisation, verified)?;
    Ok(NewPerson {
        id: PersonId::random(&*enrolment.entropy),
        campaign: campaign.id,
        organisation: organisation.id,
        key: person_key(&email, tenant.joining.plus_addressing),
        email: Some(email.as_str().to_owned()),
        kind: PersonKind::Staff,
        origin: PersonOrigin::SingleSignOn,
    })
}
