//! Unique login details for the people of a roll: each gets a code that is stored only as a keyed hash, and leaves here once. Until whoever
//! issued them says that they have left, they stand as unsent, and their person as one who has none.

use credentials::LoginCode;
use domain::clock::random_bytes;
use domain::ids::PersonId;

use crate::{ActionError, Campaign, Enrolment, Organisation, Tenant};

/// People who are given login details in one transaction.
const PEOPLE_PER_STEP: u64 = 1_000;

/// Login details with where to send them.
pub struct IssuedLogin {
    /// Whose.
    pub email: String,
    /// The code; nowhere afterwards.
    pub code: LoginCode,
    /// What is stored of it, to say that it has left.
    pub hash: [u8; 32],
}

impl Enrolment {
    /// Issues login details to everybody of `organisation` who is on the roll, a step at a time; `take` gets each step's before the next is made. Earlier details of the same people
    /// stay good, and those of people who have joined let nobody in. Gives how many. See [`note_sent`](Self::note_sent).
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
        let (mut after, mut issued): (Option<PersonId>, u64) = (None, 0);
        loop {
            let reading = self.identity.read(tenant.id).await?;
            let people =
                reading.people_to_invite(campaign.id, organisation.id, after, PEOPLE_PER_STEP).await?;
            let Some(last) = people.last() else { return Ok(issued) };
            after = Some(last.id);
            let (mut hashes, mut logins) = (Vec::new(), Vec::new());
            for person in people {
                let (code, hash) = self.new_login(tenant, campaign);
                hashes.push((hash, person.id));
                logins.extend(person.email.map(|email| IssuedLogin { email, code, hash }));
            }
            hashes.sort_unstable();
            let write = self.identity.write(tenant.id).await?;
            write.add_logins(&hashes).await?;
            write.commit().await?;
            issued += logins.len() as u64;
            take(logins).await?;
        }
    }

    /// A new code, and what is stored of it.
    pub(crate) fn new_login(&self, tenant: &Tenant, campaign: &Campaign) -> (LoginCode, [u8; 32]) {
        let code = LoginCode::from_bytes(random_bytes(&*self.entropy));
        let hash = code.hash(&self.secret, tenant.id, campaign.id).0;
        (code, hash)
    }

    /// Notes that login details have left, by their hashes: by email, or on paper. From then on their people have some.
    ///
    /// # Errors
    /// Database faults.
    pub async fn note_sent(&self, tenant: &Tenant, hashes: &[[u8; 32]]) -> Result<(), ActionError> {
        let write = self.identity.write(tenant.id).await?;
        write.mark_logins_sent(hashes).await?;
        Ok(write.commit().await?)
    }
}
