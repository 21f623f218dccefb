//! A credential that nobody can trace makes a participant, once; its key lets them back in on any device.

use credentials::{
    CohortPublicKey, Credential, CredentialRefusal, DeviceKey, DeviceKeyRefusal, KeyId, ProofRefusal,
    Purpose, SessionToken, proof_message,
};
use domain::clock::random_bytes;
use domain::round::{Round, RoundState};
use storage::conversation::{Newcomer, Pass, Writing};
use thiserror::Error;

use crate::enter_with_code::session_end;
use crate::{ActionError, Actions, Campaign, Entered, Tenant};

/// The most devices that may be in with one key while their owner waits to be let in.
const MAX_WAITING_SESSIONS: usize = 20;

/// What a device sends to come in for the first time; binary parts in URL-safe base64.
#[derive(Clone, Debug, Default)]
pub struct Registration {
    /// SHA-256 of the cohort's public key, hexadecimal.
    pub key: String,
    /// The device's public key.
    pub device_key: String,
    /// The 32 random bytes before the signed message.
    pub prefix: String,
    /// The cohort's signature, unblinded.
    pub signature: String,
    /// The device's signature over the challenge.
    pub proof: String,
}

/// Why a key does not let its holder in.
#[derive(Debug, Error)]
pub enum RegistrationRefusal {
    /// It was signed by a key that is not in the public list.
    #[error(
        "Your key was signed with a key that is not in our public list. Do not go on: ask {support} for help."
    )]
    UnknownCohort {
        /// Whom to ask.
        support: String,
    },
    /// It is not what the cohort signed.
    #[error(transparent)]
    Credential(#[from] CredentialRefusal),
    /// It is no device's key.
    #[error(transparent)]
    DeviceKey(#[from] DeviceKeyRefusal),
    /// The device does not hold the key.
    #[error(transparent)]
    Proof(#[from] ProofRefusal),
    /// Nobody has come in with this key.
    #[error(
        "These words do not open this conversation. The order matters: look on your paper, or in the file “candour-words.txt”. Check that it is the right conversation, too. Words work once you have joined with them."
    )]
    UnknownKey,
    /// Everything of it was erased at its holder's wish.
    #[error(
        "Everything that was written with these words was erased, as you asked. They do not open the conversation any more."
    )]
    Erased,
    /// The campaign is over.
    #[error("The conversation has closed, so nobody can join it any more.")]
    Closed,
    /// A fault, or too busy.
    #[error(transparent)]
    Action(#[from] ActionError),
}

impl From<storage::StorageError> for RegistrationRefusal {
    fn from(error: storage::StorageError) -> Self {
        Self::Action(error.into())
    }
}

impl Actions {
    /// Lets the holder of a credential in, or has them wait for others. The same credential again is the same participant.
    ///
    /// # Errors
    /// A [`RegistrationRefusal`].
    pub async fn register_credential(
        &self,
        tenant: &Tenant,
        campaign: &Campaign,
        registration: &Registration,
        challenge: &str,
    ) -> Result<Entered, RegistrationRefusal> {
        let credential =
            Credential::parse(&registration.device_key, &registration.prefix, &registration.signature)?;
        let (cohort, public_key) = self.cohort_of(tenant, campaign, &registration.key).await?;
        credential.verify(campaign.id, &public_key)?;
        let device = DeviceKey::parse(&registration.device_key)?;
        device.verify(
            &proof_message(Purpose::Register, tenant.id, campaign.id, challenge),
            &registration.proof,
        )?;
        let device_key = *device.as_bytes();

        let write = self.conversation.write(tenant.id).await?;
        write.take_door(campaign.id).await?;
        let round = self.round_now(&write, campaign).await?;
        if let Some((token, waiting)) = self.reopen(&write, tenant, campaign, &round, device_key).await? {
            write.commit().await?;
            return Ok(self.entered(campaign, &round, &token, waiting));
        }
        if round.state(self.clock.now()) == RoundState::Closed {
            return Err(RegistrationRefusal::Closed);
        }
        let pass = Pass::Credential { device_key, cohort };
        let (newcomer, token) = self.newcomer(tenant, &round, pass);
        let waiting = self.let_in_or_wait(write, tenant, campaign, newcomer).await?;
        Ok(self.entered(campaign, &round, &token, waiting))
    }

    /// Lets the holder of a key that has come in before in again, on another device or after leaving; also after the close, to read.
    ///
    /// # Errors
    /// A [`RegistrationRefusal`].
    pub async fn return_with_key(
        &self,
        tenant: &Tenant,
        campaign: &Campaign,
        device_key: &str,
        proof: &str,
        challenge: &str,
    ) -> Result<Entered, RegistrationRefusal> {
        let device = DeviceKey::parse(device_key)?;
        device.verify(&proof_message(Purpose::Return, tenant.id, campaign.id, challenge), proof)?;
        let write = self.conversation.write(tenant.id).await?;
        write.take_door(campaign.id).await?;
        let round = self.round_now(&write, campaign).await?;
        let reopened = self.reopen(&write, tenant, campaign, &round, *device.as_bytes()).await?;
        let (token, waiting) = reopened.ok_or(RegistrationRefusal::UnknownKey)?;
        write.commit().await?;
        Ok(self.entered(campaign, &round, &token, waiting))
    }

    /// A new session for whoever came in with this key before, and whether they wait. Nothing if nobody did.
    async fn reopen(
        &self,
        write: &Writing,
        tenant: &Tenant,
        campaign: &Campaign,
        round: &Round,
        device_key: [u8; 32],
    ) -> Result<Option<(SessionToken, bool)>, RegistrationRefusal> {
        let token = SessionToken::from_bytes(random_bytes(&*self.entropy));
        let session = (token.hash(&self.pepper).0, session_end(tenant, round));
        if let Some(known) = write.credential(campaign.id, device_key).await? {
            let participant = known.participant.ok_or(RegistrationRefusal::Erased)?;
            write.add_session(session.0, participant, session.1).await?;
            return Ok(Some((token, false)));
        }
        let mut waiting = write.waiting(campaign.id).await?;
        let holds = |newcomer: &&mut Newcomer| matches!(&newcomer.pass, Pass::Credential { device_key: key, .. } if *key == device_key);
        let Some(own) = waiting.iter_mut().find(holds) else { return Ok(None) };
        if own.sessions.len() >= MAX_WAITING_SESSIONS {
            // Any of them: which was first is not kept.
            own.sessions.remove(0);
        }
        own.sessions.push(session);
        write.put_waiting(campaign.id, &mut waiting).await?;
        Ok(Some((token, true)))
    }

    /// The cohort whose public key has this id, and that key, by the log that this side knows.
    async fn cohort_of(
        &self,
        tenant: &Tenant,
        campaign: &Campaign,
        key: &str,
    ) -> Result<(String, CohortPublicKey), RegistrationRefusal> {
        let unknown = || RegistrationRefusal::UnknownCohort { support: tenant.contacts.support.clone() };
        let id: KeyId = key.parse().map_err(|_| unknown())?;
        for entry in self.key_log(tenant).await?.into_iter().filter(|entry| entry.campaign == campaign.id) {
            let public_key = CohortPublicKey::from_base64url(&entry.public_key)
                .map_err(|fault| ActionError::Fault(fault.to_string()))?;
            if public_key.id() == id {
                return Ok((entry.cohort, public_key));
            }
        }
        Err(unknown())
    }

    /// The campaign's current round, as stored.
    async fn round_now(&self, write: &Writing, campaign: &Campaign) -> Result<Round, RegistrationRefusal> {
        let round = campaign.round_at(self.clock.now()).id;
        let stored = write.round(round).await?;
        Ok(stored.ok_or_else(|| ActionError::Fault("the round of a pack is not stored".to_owned()))?)
    }
}
