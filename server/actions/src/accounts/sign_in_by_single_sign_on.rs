//! Signing in by the organisation's own identity provider: an account that its person has set up here, whose address the provider vouches for.
//! It does not count as showing again who one is: nobody knows how long ago the provider looked.

use chrono::{DateTime, TimeDelta};
use credentials::{labels, open_text, seal_text};
use domain::clock::random_bytes;
use domain::ids::OrganisationId;
use serde::{Deserialize, Serialize};
use single_sign_on::Kept;

use super::{AccountRefusal, Accounts, BegunSession, email_key, is_active, person, roles_of};
use crate::actor::record;
use crate::join_by_single_sign_on::work_address;
use crate::{AWAY_MINUTES, ActionError, Away, Organisation, SignOn, SingleSignOnRefusal, Tenant};

/// What is sealed into the cookie meanwhile.
const IN_COOKIE: &str = "console-single-sign-on";

#[derive(Serialize, Deserialize)]
struct OnTheWay {
    organisation: OrganisationId,
    next: String,
    /// Seconds since 1970.
    at: i64,
    kept: Kept,
}

impl Accounts {
    /// Sends somebody to their organisation's identity provider, which sends them back to `redirect`; they go on to `next`.
    ///
    /// # Errors
    /// A [`SingleSignOnRefusal`].
    pub async fn begin_single_sign_on(
        &self,
        tenant: &Tenant,
        organisation: &Organisation,
        redirect: &str,
        next: &str,
    ) -> Result<Away, SingleSignOnRefusal> {
        let sign_on = self.sign_on.as_ref().ok_or(SingleSignOnRefusal::NotOffered)?;
        let (provider, redirect) = sign_on.provider(tenant, organisation, redirect)?;
        let now = self.clock.now();
        let begun = sign_on.client.begin(&provider, &redirect, &SignOn::random(&*self.entropy), now).await?;
        let (organisation, next) = (organisation.id, next.to_owned());
        let way = OnTheWay { organisation, next, at: now.timestamp(), kept: begun.kept };
        let text = serde_json::to_vec(&way).map_err(|error| ActionError::Fault(error.to_string()))?;
        let key = self.secret.derive(labels::SEALED_TEXTS);
        let kept = seal_text(&key, random_bytes(&*self.entropy), IN_COOKIE, &text);
        Ok(Away { url: begun.url.to_string(), kept })
    }

    /// Whether whoever comes back with this was on the way into the console, and not into a conversation.
    pub fn was_signing_in(&self, kept: &str) -> bool {
        open_text(&self.secret.derive(labels::SEALED_TEXTS), IN_COOKIE, kept).is_some()
    }

    /// Signs in whoever came back from their identity provider with `query`; gives also where they go on.
    ///
    /// # Errors
    /// A [`SingleSignOnRefusal`]; for an address that has no account here, [`SingleSignOnRefusal::NoAccount`].
    pub async fn finish_single_sign_on(
        &self,
        tenant: &Tenant,
        kept: &str,
        query: &str,
        redirect: &str,
        device: &str,
    ) -> Result<(BegunSession, String), SingleSignOnRefusal> {
        let (now, key) = (self.clock.now(), self.secret.derive(labels::SEALED_TEXTS));
        let opened = open_text(&key, IN_COOKIE, kept).ok_or(SingleSignOnRefusal::Lost)?;
        let way: OnTheWay = serde_json::from_slice(&opened).map_err(|_| SingleSignOnRefusal::Lost)?;
        let organisation =
            tenant.organisations.iter().find(|organisation| organisation.id == way.organisation);
        let organisation = organisation.ok_or(SingleSignOnRefusal::Lost)?;
        if now.timestamp() >= way.at + TimeDelta::minutes(AWAY_MINUTES).num_seconds() {
            return Err(SingleSignOnRefusal::Lost);
        }
        let sign_on = self.sign_on.as_ref().ok_or(SingleSignOnRefusal::NotOffered)?;
        let (provider, redirect) = sign_on.provider(tenant, organisation, redirect)?;
        let verified = sign_on.client.finish(&provider, &redirect, way.kept, query, now).await?;
        let key = email_key(&work_address(organisation, &verified)?);
        let write = self.identity.write(tenant.id).await.map_err(ActionError::from)?;
        let account = write.account_by_key(&key).await.map_err(ActionError::from)?;
        let account = account.filter(is_active).ok_or(SingleSignOnRefusal::NoAccount)?;
        // A provider speaks for its own organisation's addresses alone, and for nobody who must be independent of the employers.
        let roles = roles_of(&write.roles_of(account.id, now).await.map_err(ActionError::from)?);
        let independent = roles.iter().any(|role| !role.is_of_the_organisations());
        if organisation.email_domains.is_empty() || independent {
            return Err(SingleSignOnRefusal::NoAccount);
        }
        let fault = |refusal: AccountRefusal| ActionError::Fault(refusal.to_string());
        let long_ago = DateTime::UNIX_EPOCH;
        let token = self.begin_session(&write, account.id, device, (now, long_ago)).await.map_err(fault)?;
        let (who, with) = (person(tenant, &account), format!("single sign-on: {}", organisation.name));
        record(write.audit_trail(), &who, now, "account.sign-in", &account.name, &with).await?;
        write.commit().await.map_err(ActionError::from)?;
        Ok((BegunSession { token, name: account.name }, way.next))
    }
}
