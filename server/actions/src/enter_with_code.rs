//! A sealed code makes a participant and a session, once.

use chrono::{DateTime, Days, NaiveDate, Utc};
use credentials::{CODE_CHARACTERS, CodeRefusal, SealedCode, SessionToken};
use domain::clock::random_bytes;
use domain::ids::ParticipantId;
use domain::round::{Round, RoundState};
use domain::time_zone::local_date;
use storage::conversation::{CodeState, Newcomer, Pass};
use thiserror::Error;

use crate::{ActionError, Actions, Campaign, Tenant};

/// How long a session outlives its round, days: time to read what was said.
pub const SESSION_DAYS_AFTER_CLOSE: u64 = 30;

/// Somebody came in.
#[derive(Clone, Debug)]
pub struct Entered {
    /// The session's token, for the device only.
    pub token: String,
    /// The campaign's slug.
    pub campaign: String,
    /// For how long the device should keep the token, seconds.
    pub keep_seconds: i64,
    /// Whether they wait to be let in with others.
    pub waiting: bool,
}

/// Why a code does not let its holder in. Only a good code is ever spent.
#[derive(Debug, Error)]
pub enum EntryRefusal {
    /// It cannot be a code.
    #[error(transparent)]
    Malformed(#[from] CodeRefusal),
    /// No conversation of this tenant knows it.
    #[error(
        "We do not know this code. Check each of its {CODE_CHARACTERS} letters and numbers, and try again."
    )]
    Unknown,
    /// It was used before.
    #[error(
        "This code has been used. Each code works once, for one person. If it was you, go on with the device that you used then. If not, ask for a new code."
    )]
    Spent,
    /// Nothing is open yet; when the first conversation opens.
    #[error(
        "The conversation is not open yet. Keep your code safe. It will work when the conversation opens."
    )]
    NotOpenYet {
        /// When it opens.
        opens_at: DateTime<Utc>,
    },
    /// Everything has closed.
    #[error("The conversation has closed, so codes no longer work.")]
    Closed,
    /// A fault, or too busy.
    #[error(transparent)]
    Action(#[from] ActionError),
}

impl From<storage::StorageError> for EntryRefusal {
    fn from(error: storage::StorageError) -> Self {
        Self::Action(error.into())
    }
}

impl Actions {
    /// Spends the code that somebody typed and gives their device a session.
    ///
    /// # Errors
    /// An [`EntryRefusal`]; the code is unspent then, unless it was spent before.
    pub async fn enter_with_code(&self, tenant: &Tenant, typed: &str) -> Result<Entered, EntryRefusal> {
        let code = SealedCode::parse(typed)?;
        let now = self.clock.now();
        let (mut spent, mut upcoming, mut open) = (false, None, false);
        for campaign in &tenant.campaigns {
            let round = self.current_round(tenant, campaign).await?;
            match round.as_ref().map(|round| round.state(now)) {
                Some(RoundState::Open | RoundState::Paused) => open = true,
                Some(RoundState::Upcoming) => {
                    upcoming = upcoming.or(round.as_ref().map(|round| round.opens_at))
                }
                Some(RoundState::Closed) | None => {}
            }
            let Some(round) =
                round.filter(|round| matches!(round.state(now), RoundState::Open | RoundState::Paused))
            else {
                continue;
            };
            let hash = code.hash(&self.pepper, tenant.id, campaign.id).0;
            match self.conversation.read(tenant.id).await?.code_state(campaign.id, hash).await? {
                None => continue,
                Some(CodeState::Spent) => spent = true,
                Some(CodeState::Good) => match self.spend(tenant, campaign, &round, hash).await? {
                    Some(entered) => return Ok(entered),
                    None => spent = true,
                },
            }
        }
        Err(match (spent, open, upcoming) {
            (true, ..) => EntryRefusal::Spent,
            (_, true, _) => EntryRefusal::Unknown,
            (_, _, Some(opens_at)) => EntryRefusal::NotOpenYet { opens_at },
            _ => EntryRefusal::Closed,
        })
    }

    /// Nothing if somebody else was quicker.
    async fn spend(
        &self,
        tenant: &Tenant,
        campaign: &Campaign,
        round: &Round,
        code: [u8; 32],
    ) -> Result<Option<Entered>, EntryRefusal> {
        let write = self.conversation.write(tenant.id).await?;
        write.take_door(campaign.id).await?;
        if write.code_state(campaign.id, code).await? != Some(CodeState::Good) {
            return Ok(None);
        }
        let (newcomer, token) = self.newcomer(tenant, round, Pass::Code(code));
        let waiting = self.let_in_or_wait(write, tenant, campaign, newcomer).await?;
        Ok(Some(self.entered(campaign, round, &token, waiting)))
    }

    /// Somebody new with a session on the device that they came with.
    pub(crate) fn newcomer(&self, tenant: &Tenant, round: &Round, pass: Pass) -> (Newcomer, SessionToken) {
        let token = SessionToken::from_bytes(random_bytes(&*self.entropy));
        let newcomer = Newcomer {
            participant: ParticipantId::random(&*self.entropy),
            seed: i64::from_le_bytes(random_bytes(&*self.entropy)),
            pass,
            sessions: vec![(token.hash(&self.pepper).0, session_end(tenant, round))],
            acts: "[]".to_owned(),
        };
        (newcomer, token)
    }

    pub(crate) fn entered(
        &self,
        campaign: &Campaign,
        round: &Round,
        token: &SessionToken,
        waiting: bool,
    ) -> Entered {
        let keep_seconds = (round.closes_at - self.clock.now()).num_seconds()
            + (SESSION_DAYS_AFTER_CLOSE * 86_400).cast_signed();
        Entered { token: token.reveal(), campaign: campaign.slug.clone(), keep_seconds, waiting }
    }
}

/// The last day on which a session of the round's campaign is good.
pub(crate) fn session_end(tenant: &Tenant, round: &Round) -> NaiveDate {
    local_date(round.closes_at, tenant.zone) + Days::new(SESSION_DAYS_AFTER_CLOSE)
}
