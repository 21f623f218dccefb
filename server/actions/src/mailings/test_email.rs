//! A planned email to whoever asks for it: as it would go, with real dates and names, and a login code that lets nobody in.

use domain::clock::random_bytes;
use domain::ids::PersonId;
use domain::person::PersonOrigin;
use domain::planned_email::Audience;
use storage::identity::DueItem;

use super::write_email::{Letter, Says};
use super::{MailingRefusal, has_login_details};
use crate::actor::record_alone;
use crate::{ActionError, Actor, Campaign, Enrolment, Organisation, Tenant};

impl Enrolment {
    /// Sends `actor` at `address`, which is their own, the email called `slug` as people of `organisation` would get it. `url` is where the tenant's people come in.
    ///
    /// # Errors
    /// A [`MailingRefusal`].
    pub async fn send_test_email(
        &self,
        actor: &Actor,
        (tenant, campaign, organisation): (&Tenant, &Campaign, &Organisation),
        slug: &str,
        address: &str,
        url: &str,
    ) -> Result<(), MailingRefusal> {
        let email =
            campaign.file.emails.iter().find(|email| email.slug == slug).ok_or(MailingRefusal::Unknown)?;
        let letter = Letter { tenant, campaign, says: Says::Planned(email), is_test: true, url };
        let asks_in = email.kind.audience() == Audience::NotJoined;
        // It is stored nowhere, so it is nobody's.
        let login = (asks_in && has_login_details(organisation)).then(|| self.new_login(tenant, campaign));
        let item = DueItem {
            person: PersonId::random(&*self.entropy),
            email: address.to_owned(),
            organisation: organisation.id,
            origin: PersonOrigin::Roll,
            joined: false,
            attempts: 0,
            reference: None,
        };
        let message = self.write_email(
            &letter,
            &item,
            random_bytes(&*self.entropy),
            login.as_ref().map(|(code, _)| code),
        )?;
        self.post.way(tenant).outbox.post(message).map_err(|_| MailingRefusal::Action(ActionError::Busy))?;
        let subject = format!("{}/{slug}", campaign.slug);
        Ok(record_alone(&self.identity, actor, self.clock.now(), "email.test", &subject, &email.title)
            .await?)
    }
}
