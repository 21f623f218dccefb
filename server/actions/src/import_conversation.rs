//! Loads a conversation that Candour exported as JSON; and what every import writes, in one transaction.

use std::collections::{BTreeSet, HashMap, HashSet};

use documents::conversation_json as json;
use domain::contribution::{MAX_CONTRIBUTIONS_PER_ROUND, PostState};
use domain::ids::{CampaignId, ParticipantId, PostId, RoundId};
use domain::round::Feeling;
use domain::text::Body;
use domain::voice;
use domain::vote::VoteCounts;
use storage::conversation::{TransferredPost, VoteChange};

use crate::import_polis::ImportRefusal;
use crate::{Actions, Campaign, RoundInfo, Tenant};

/// Votes written between two reports of progress.
const VOTES_PER_STEP: usize = 5_000;

/// What an import wrote.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Imported {
    /// People who wrote or voted.
    pub participants: usize,
    /// Contributions and comments, hidden ones included.
    pub posts: usize,
    /// Votes in the file.
    pub votes_cast: usize,
    /// Votes that stand: each person's last on each post.
    pub votes_standing: usize,
}

impl Actions {
    /// Loads `conversation` into `campaign`, which must have the rounds that the file names.
    ///
    /// # Errors
    /// An [`ImportRefusal`]; no round is half-loaded then.
    pub async fn import_conversation(
        &self,
        tenant: &Tenant,
        campaign: &Campaign,
        conversation: &json::Conversation,
        progress: &(dyn Fn(u64) + Send + Sync),
    ) -> Result<Imported, ImportRefusal> {
        let mut imported = Imported::default();
        let find = |slug: &str| campaign.rounds.iter().find(|round| round.slug == slug);
        for round in &conversation.rounds {
            find(&round.slug).ok_or_else(|| ImportRefusal::UnknownRound(round.slug.clone()))?;
        }
        for round in conversation.rounds.iter().filter_map(|round| find(&round.slug)) {
            let part = self.import_round(tenant, campaign, round, conversation, progress).await?;
            imported.participants = imported.participants.max(part.participants);
            imported.posts += part.posts;
            imported.votes_cast += part.votes_cast;
            imported.votes_standing += part.votes_standing;
        }
        Ok(imported)
    }

    async fn import_round(
        &self,
        tenant: &Tenant,
        campaign: &Campaign,
        round: &RoundInfo,
        conversation: &json::Conversation,
        progress: &(dyn Fn(u64) + Send + Sync),
    ) -> Result<Imported, ImportRefusal> {
        let participant =
            |number: u64| ParticipantId::named(&[&tenant.slug, &campaign.slug, "json", &number.to_string()]);
        let post_id =
            |number: u64| PostId::named(&[&tenant.slug, &campaign.slug, "json", &number.to_string()]);
        let of_round: HashMap<u64, &json::Post> = conversation
            .posts
            .iter()
            .filter(|post| post.round == round.slug)
            .map(|post| (post.id, post))
            .collect();
        if of_round.len() > MAX_CONTRIBUTIONS_PER_ROUND {
            return Err(ImportRefusal::TooMany(of_round.len()));
        }
        let mut counts: HashMap<u64, VoteCounts> = HashMap::new();
        let mut people = BTreeSet::new();
        let mut changes = Vec::new();
        for vote in conversation.votes.iter().filter(|vote| of_round.contains_key(&vote.post)) {
            counts.entry(vote.post).or_default().add(vote.value, 1);
            people.insert(vote.participant);
            changes.push(VoteChange {
                post: post_id(vote.post),
                participant: participant(vote.participant),
                value: Some(vote.value),
            });
        }
        let mut posts = Vec::with_capacity(of_round.len());
        let mut voices = Voices::default();
        for post in parents_first(&of_round) {
            people.extend(post.author);
            let thread = post.contribution.unwrap_or(post.id);
            let comments = of_round
                .values()
                .filter(|other| other.contribution == Some(post.id) && other.state == PostState::Visible)
                .count();
            posts.push(TransferredPost {
                id: post_id(post.id),
                prompt: post
                    .prompt
                    .as_ref()
                    .and_then(|slug| round.prompts.iter().find(|p| p.slug == *slug))
                    .map(|p| p.id),
                contribution: post.contribution.map(post_id),
                reply_to: post.reply_to.map(post_id),
                author: post.author.map(participant),
                voice: voices.of(thread, post.author, &*self.entropy),
                body: body_of(post)?,
                theme: post.theme.clone(),
                feeling: post.feeling.as_deref().and_then(Feeling::from_slug),
                state: post.state,
                written_on: post.created_on,
                edited: post.edited,
                votes: counts.get(&post.id).copied().unwrap_or_default(),
                comments: i64::try_from(comments).unwrap_or(i64::MAX),
            });
        }
        let people: Vec<_> =
            people.into_iter().map(|number| (participant(number), seed_of(participant(number)))).collect();
        self.write_import(tenant, campaign, round.id, &people, &posts, &changes, None, progress).await?;
        Ok(Imported {
            participants: people.len(),
            posts: posts.len(),
            votes_cast: changes.len(),
            votes_standing: changes.len(),
        })
    }

    /// Writes what an import brings, all of it in one transaction.
    #[expect(
        clippy::too_many_arguments,
        reason = "one call for two importers; a struct would only name these again"
    )]
    pub(crate) async fn write_import(
        &self,
        tenant: &Tenant,
        campaign: &Campaign,
        round: RoundId,
        people: &[(ParticipantId, i64)],
        posts: &[TransferredPost],
        votes: &[VoteChange],
        note: Option<&str>,
        progress: &(dyn Fn(u64) + Send + Sync),
    ) -> Result<(), ImportRefusal> {
        let campaign_id: CampaignId = campaign.id;
        let mut write = self.conversation.write(tenant.id).await?;
        let stored = write.take_round(round).await?.ok_or(ImportRefusal::NotApplied)?;
        write.put_participants(campaign_id, people).await?;
        write.put_posts(round, posts, stored.revision).await?;
        write.advance_round(round, stored.revision + i64::try_from(posts.len()).unwrap_or_default()).await?;
        let mut written = 0;
        for step in votes.chunks(VOTES_PER_STEP) {
            write.put_votes(step).await?;
            written += step.len() as u64;
            progress(written);
        }
        if note.is_some() {
            write.set_source_note(campaign_id, note).await?;
        }
        write.commit().await?;
        self.joined_figures().remove(&campaign_id);
        self.tenants.forget().await;
        Ok(())
    }
}

/// Voices already given in each thread, by author.
#[derive(Default)]
struct Voices(HashMap<u64, HashMap<Option<u64>, i32>>);

impl Voices {
    fn of(&mut self, thread: u64, author: Option<u64>, entropy: &dyn domain::Entropy) -> i32 {
        let given = self.0.entry(thread).or_default();
        let taken = given.values().copied().collect();
        *given.entry(author).or_insert_with(|| voice::draw(&taken, entropy))
    }
}

/// Every post behind what it points to, otherwise in the order of their numbers, which is the order in which they were written.
fn parents_first<'a>(posts: &HashMap<u64, &'a json::Post>) -> Vec<&'a json::Post> {
    let mut numbers: Vec<u64> = posts.keys().copied().collect();
    numbers.sort_unstable();
    let (mut ordered, mut placed) = (Vec::with_capacity(posts.len()), HashSet::new());
    for number in numbers {
        let mut line = vec![number];
        let parent_of = |number: &u64| posts.get(number).and_then(|post| post.reply_to.or(post.contribution));
        while let Some(parent) = line.last().and_then(parent_of) {
            if placed.contains(&parent) || line.contains(&parent) {
                break;
            }
            line.push(parent);
        }
        let line = line.into_iter().rev().filter(|number| placed.insert(*number));
        ordered.extend(line.filter_map(|number| posts.get(&number).copied()));
    }
    ordered
}

fn body_of(post: &json::Post) -> Result<String, ImportRefusal> {
    match post.state {
        PostState::Withdrawn => Ok(String::new()),
        PostState::Visible | PostState::Hidden => Body::parse(&post.body)
            .map(Body::into_string)
            .map_err(|reason| ImportRefusal::Text { id: post.id, reason }),
    }
}

/// A fair-mix seed for somebody who was imported and will never read: any will do, but the same each time.
pub(crate) fn seed_of(participant: ParticipantId) -> i64 {
    participant.0.as_u64_pair().0.cast_signed()
}
