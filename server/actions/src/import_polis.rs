//! Loads a Polis conversation into a campaign: whole or not at all, and the same again however often it is loaded.

use std::collections::{BTreeSet, HashMap, HashSet};

use documents::polis::{Export, Moderation, Statement, last_votes};
use domain::contribution::{MAX_CONTRIBUTIONS_PER_ROUND, PostState};
use domain::ids::{ParticipantId, PostId};
use domain::time_zone::local_date;
use domain::voice;
use domain::vote::VoteCounts;
use storage::conversation::{TransferredPost, VoteChange};
use thiserror::Error;

use crate::import_conversation::{Imported, seed_of};
use crate::{ActionError, Actions, Campaign, Tenant};

/// Why nothing is imported.
#[derive(Debug, Error)]
pub enum ImportRefusal {
    /// The campaign's round has no prompt of this name.
    #[error("the campaign has no prompt `{0}`")]
    UnknownPrompt(String),
    /// A round or prompt of the file that the campaign does not have.
    #[error("the campaign has no round `{0}`: apply the tenant pack that the file was exported under")]
    UnknownRound(String),
    /// More than a round may hold.
    #[error("{0} contributions are more than the {MAX_CONTRIBUTIONS_PER_ROUND} that a round may hold")]
    TooMany(usize),
    /// A text that Candour would not have taken from a person.
    #[error("post {id}: {reason}")]
    Text {
        /// The post's number in the file.
        id: u64,
        /// Why.
        reason: domain::text::TextRefusal,
    },
    /// The tenant's pack has not been applied.
    #[error("the campaign is not in the database: run `candour tenants apply` first")]
    NotApplied,
    /// A fault.
    #[error(transparent)]
    Action(#[from] ActionError),
}

impl From<storage::StorageError> for ImportRefusal {
    fn from(error: storage::StorageError) -> Self {
        Self::Action(error.into())
    }
}

impl Actions {
    /// Loads `export` into the first round of `campaign`, every statement as an answer to `prompt` (the first if not given).
    /// Rejected statements stay hidden; a voter's last vote on a statement counts. `note` says on the pages where it came from;
    /// `progress` hears how many votes are written.
    ///
    /// # Errors
    /// An [`ImportRefusal`]; nothing is changed then.
    pub async fn import_polis(
        &self,
        tenant: &Tenant,
        campaign: &Campaign,
        prompt: Option<&str>,
        note: Option<&str>,
        export: Export,
        progress: &(dyn Fn(u64) + Send + Sync),
    ) -> Result<Imported, ImportRefusal> {
        let round = &campaign.rounds[0];
        let prompt = match prompt {
            None => &round.prompts[0],
            Some(slug) => round
                .prompts
                .iter()
                .find(|prompt| prompt.slug == slug)
                .ok_or_else(|| ImportRefusal::UnknownPrompt(slug.to_owned()))?,
        };
        if export.statements.len() > MAX_CONTRIBUTIONS_PER_ROUND {
            return Err(ImportRefusal::TooMany(export.statements.len()));
        }
        let cast = export.votes.len();
        let votes = last_votes(export.votes);
        let voters: BTreeSet<u64> =
            votes.iter().map(|vote| vote.voter).chain(export.statements.iter().map(|s| s.author)).collect();
        let participant =
            |number: u64| ParticipantId::named(&[&tenant.slug, &campaign.slug, "polis", &number.to_string()]);
        let post = |number: u64| PostId::named(&[&tenant.slug, &campaign.slug, "polis", &number.to_string()]);

        let mut counts: HashMap<u64, VoteCounts> = HashMap::new();
        for vote in &votes {
            counts.entry(vote.statement).or_default().add(vote.value, 1);
        }
        let mut statements: Vec<&Statement> = export.statements.iter().collect();
        statements.sort_by_key(|statement| (statement.at, statement.id));
        let posts: Vec<TransferredPost> = statements
            .iter()
            .map(|statement| TransferredPost {
                id: post(statement.id),
                prompt: Some(prompt.id),
                contribution: None,
                reply_to: None,
                author: Some(participant(statement.author)),
                voice: voice::draw(&HashSet::new(), &*self.entropy),
                body: statement.body.as_str().to_owned(),
                theme: None,
                feeling: None,
                state: match statement.moderation {
                    Moderation::Accepted | Moderation::Unmoderated => PostState::Visible,
                    Moderation::Rejected => PostState::Hidden,
                },
                written_on: local_date(statement.at, tenant.zone),
                edited: false,
                votes: counts.get(&statement.id).copied().unwrap_or_default(),
                comments: 0,
            })
            .collect();
        let people: Vec<_> =
            voters.iter().map(|number| (participant(*number), seed_of(participant(*number)))).collect();
        let changes: Vec<VoteChange> = votes
            .iter()
            .map(|vote| VoteChange {
                post: post(vote.statement),
                participant: participant(vote.voter),
                value: Some(vote.value),
            })
            .collect();
        self.write_import(tenant, campaign, round.id, &people, &posts, &changes, note, progress).await?;
        Ok(Imported {
            participants: people.len(),
            posts: posts.len(),
            votes_cast: cast,
            votes_standing: changes.len(),
        })
    }
}
