//! Unique login details for the people of a roll: each gets a code that is stored only as a keyed hash, and leaves here once.

use credentials::LoginCode;
use domain::clock::random_bytes;
use domain::ids::PersonId;

use crate::{ActionError, Campaign, Enrolment, Organisation, Tenant};

/// People who are given login details in one transaction.
const PEOPLE_PER_STEP: u64 = 1_000;
/// The same where nobody watches: no more than these have details and no email if the server stops.
const FIRST_PER_STEP: u64 = 100;

/// Who of an organisation gets login details.
#[derive(Clone, Copy)]
enum Whom {
    /// Whoever has not joined.
    NotJoined,
    /// Whoever was never given any.
    WithoutAny,
}

/// Login details with where to send them.
pub struct IssuedLogin {
    /// Whose.
    pub email: String,
    /// The code; nowhere afterwards.
    pub code: LoginCode,
}

impl Enrolment {
    /// Issues login details to everybody of `organisation` who is on the roll and has not joined, a step at a time; `take` gets each
    /// step's before the next is made. Earlier details of the same people stay good. Gives how many.
    ///
    /// # Errors
    /// Database faults, or what `take` says; steps that were taken stand.
    pub async fn issue_logins<F, T>(
        &self,
        tenant: &Tenant,
        campaign: &Campaign,
        organisation: &Organisation,
        mut take: F,
    ) -> Result<u64, ActionError>
    where
        F: FnMut(Vec<IssuedLogin>) -> T,
        T: Future<Output = Result<(), ActionError>>,
    {
        self.issue(tenant, campaign, organisation, Whom::NotJoined, &mut take).await
    }

    /// The same for those who were never given any.
    ///
    /// # Errors
    /// Database faults, or what `take` says; steps that were taken stand.
    pub(crate) async fn issue_first_logins<F, T>(
        &self,
        tenant: &Tenant,
        campaign: &Campaign,
        organisation: &Organisation,
        mut take: F,
    ) -> Result<u64, ActionError>
    where
        F: FnMut(Vec<IssuedLogin>) -> T,
        T: Future<Output = Result<(), ActionError>>,
    {
        self.issue(tenant, campaign, organisation, Whom::WithoutAny, &mut take).await
    }

    async fn issue<F, T>(
        &self,
        tenant: &Tenant,
        campaign: &Campaign,
        organisation: &Organisation,
        whom: Whom,
        take: &mut F,
    ) -> Result<u64, ActionError>
    where
        F: FnMut(Vec<IssuedLogin>) -> T,
        T: Future<Output = Result<(), ActionError>>,
    {
        let (mut after, mut issued): (Option<PersonId>, u64) = (None, 0);
        loop {
            let reading = self.identity.read(tenant.id).await?;
            let (of, at) = (campaign.id, organisation.id);
            let people = match whom {
                Whom::NotJoined => reading.people_to_invite(of, at, after, PEOPLE_PER_STEP).await?,
                Whom::WithoutAny => reading.people_without_login(of, at, after, FIRST_PER_STEP).await?,
            };
            let Some(last) = people.last() else { return Ok(issued) };
            after = Some(last.id);
            let (mut hashes, mut logins) = (Vec::new(), Vec::new());
            for person in people {
                let code = LoginCode::from_bytes(random_bytes(&*self.entropy));
                hashes.push((code.hash(&self.secret, tenant.id, campaign.id).0, person.id));
                logins.extend(person.email.map(|email| IssuedLogin { email, code }));
            }
            hashes.sort_unstable();
            let write = self.identity.write(tenant.id).await?;
            write.add_logins(&hashes).await?;
            write.commit().await?;
            issued += logins.len() as u64;
            take(logins).await?;
        }
    }
}
