//! A campaign as data: all posts and votes, with participants numbered in a shuffled order.

use std::collections::{BTreeSet, HashMap};

use chrono::{NaiveTime, Utc};
use documents::conversation_json as json;
use documents::polis::{Moderation, Statement, Summary, Vote};
use domain::clock::random_bytes;
use domain::contribution::PostState;
use domain::ids::{ParticipantId, PostId};
use domain::round::Feeling;
use domain::text::Body;
use storage::conversation::{Post, TransferredVote};

use crate::actor::record;
use crate::{ActionError, Actions, Actor, Campaign, RoundInfo, Tenant};

/// A campaign in both formats.
#[derive(Clone, Debug)]
pub struct Exported {
    /// Everything.
    pub conversation: json::Conversation,
    /// Contributions that were not withdrawn, as Polis statements.
    pub statements: Vec<Statement>,
    /// Votes on these.
    pub votes: Vec<Vote>,
    /// Facts about them.
    pub summary: Summary,
}

struct Numbers {
    posts: HashMap<PostId, u64>,
    people: HashMap<ParticipantId, u64>,
}

impl Actions {
    /// Everything that was said in a campaign, as JSON, for `actor` to carry away; on record.
    ///
    /// # Errors
    /// Database faults.
    pub async fn export_content(
        &self,
        actor: &Actor,
        tenant: &Tenant,
        campaign: &Campaign,
    ) -> Result<Vec<u8>, ActionError> {
        let Exported { conversation, .. } = self.export_campaign(tenant, campaign).await?;
        let mut file = Vec::new();
        json::write_conversation(&mut file, &conversation)
            .map_err(|error| ActionError::Fault(format!("export: {error}")))?;
        let write = self.conversation.write(tenant.id).await?;
        let detail = format!("{} posts, {} votes", conversation.posts.len(), conversation.votes.len());
        let now = crate::moderation::hour(self.clock.now());
        record(write.audit_trail(), actor, now, "content.export", &campaign.slug, &detail).await?;
        write.commit().await?;
        Ok(file)
    }

    /// Everything in `campaign`, as of one moment. Polis' format has no comments, so these are in the JSON only.
    ///
    /// # Errors
    /// Database faults.
    pub async fn export_campaign(
        &self,
        tenant: &Tenant,
        campaign: &Campaign,
    ) -> Result<Exported, ActionError> {
        let snapshot = self.conversation.snapshot(tenant.id).await?;
        let (mut rounds, mut posts, mut votes) = (Vec::new(), Vec::new(), Vec::new());
        for info in campaign.rounds.iter() {
            let Some(stored) = snapshot.round(info.id).await? else { continue };
            rounds.push(json::Round {
                slug: info.slug.clone(),
                title: info.title.clone(),
                opens_at: stored.opens_at,
                closes_at: stored.closes_at,
                prompts: prompts(info),
            });
            posts.extend(snapshot.all_posts(info.id).await?);
            votes.extend(snapshot.all_votes(info.id).await?);
        }
        let numbers = self.number(&posts, &votes);
        let statements = statements(&posts, &numbers);
        let polis_votes = polis_votes(&posts, &votes, &numbers);
        let summary = Summary {
            topic: campaign.title.clone(),
            url: String::new(),
            voters: distinct(polis_votes.iter().map(|vote| vote.voter)),
            commenters: distinct(statements.iter().map(|statement| statement.author)),
            comments: statements.len() as u64,
            description: campaign.purpose.clone(),
        };
        let conversation = json::Conversation {
            format: json::FORMAT.to_owned(),
            tenant: tenant.slug.clone(),
            campaign: json::Campaign { slug: campaign.slug.clone(), title: campaign.title.clone() },
            rounds,
            posts: posts.iter().map(|post| json_post(post, campaign, &numbers)).collect(),
            votes: json_votes(&votes, &numbers),
        };
        Ok(Exported { conversation, statements, votes: polis_votes, summary })
    }

    /// Numbers for posts, in the order written, and for people, in a random order.
    fn number(&self, posts: &[Post], votes: &[TransferredVote]) -> Numbers {
        let people: BTreeSet<ParticipantId> = votes
            .iter()
            .map(|vote| vote.participant)
            .chain(posts.iter().filter_map(|post| post.author))
            .collect();
        let mut shuffled: Vec<([u8; 16], ParticipantId)> =
            people.into_iter().map(|id| (random_bytes(&*self.entropy), id)).collect();
        shuffled.sort_unstable();
        Numbers {
            posts: posts.iter().zip(0..).map(|(post, number)| (post.id, number)).collect(),
            people: shuffled.into_iter().zip(0..).map(|((_, id), number)| (id, number)).collect(),
        }
    }
}

fn distinct(numbers: impl Iterator<Item = u64>) -> u64 {
    numbers.collect::<BTreeSet<_>>().len() as u64
}

fn prompts(round: &RoundInfo) -> Vec<json::Prompt> {
    round.prompts.iter().map(|p| json::Prompt { slug: p.slug.clone(), text: p.text.clone() }).collect()
}

fn is_statement(post: &Post) -> bool {
    post.contribution.is_none() && post.state != PostState::Withdrawn
}

fn statements(posts: &[Post], numbers: &Numbers) -> Vec<Statement> {
    // People who have been erased share a number that nobody has.
    let nobody = numbers.people.len() as u64;
    posts
        .iter()
        .filter(|post| is_statement(post))
        .filter_map(|post| {
            Some(Statement {
                id: numbers.posts[&post.id],
                author: shown_author(post).map_or(nobody, |author| numbers.people[&author]),
                at: post.written_on.and_time(NaiveTime::MIN).and_local_timezone(Utc).single()?,
                agrees: post.votes.agree.unsigned_abs(),
                disagrees: post.votes.disagree.unsigned_abs(),
                moderation: match post.state {
                    PostState::Visible => Moderation::Accepted,
                    PostState::Hidden | PostState::Withdrawn => Moderation::Rejected,
                },
                body: Body::parse(&post.body).ok()?,
            })
        })
        .collect()
}

fn polis_votes(posts: &[Post], votes: &[TransferredVote], numbers: &Numbers) -> Vec<Vote> {
    let days: HashMap<PostId, _> =
        posts.iter().filter(|post| is_statement(post)).map(|post| (post.id, post.written_on)).collect();
    let mut rows: Vec<Vote> = votes
        .iter()
        .filter_map(|vote| {
            let at = days.get(&vote.post)?.and_time(NaiveTime::MIN).and_utc();
            Some(Vote {
                statement: numbers.posts[&vote.post],
                voter: numbers.people[&vote.participant],
                at,
                value: vote.value,
            })
        })
        .collect();
    rows.sort_by_key(|vote| (vote.statement, vote.voter));
    rows
}

fn json_votes(votes: &[TransferredVote], numbers: &Numbers) -> Vec<json::Vote> {
    let mut rows: Vec<json::Vote> = votes
        .iter()
        .map(|vote| json::Vote {
            post: numbers.posts[&vote.post],
            participant: numbers.people[&vote.participant],
            value: vote.value,
        })
        .collect();
    rows.sort_by_key(|vote| (vote.post, vote.participant));
    rows
}

fn json_post(post: &Post, campaign: &Campaign, numbers: &Numbers) -> json::Post {
    let round = campaign.rounds.iter().find(|round| round.id == post.round);
    json::Post {
        id: numbers.posts[&post.id],
        kind: if post.contribution.is_some() {
            json::PostKind::Comment
        } else {
            json::PostKind::Contribution
        },
        round: round.map(|round| round.slug.clone()).unwrap_or_default(),
        contribution: post.contribution.map(|id| numbers.posts[&id]),
        reply_to: post.reply_to.map(|id| numbers.posts[&id]),
        prompt: post.prompt.and_then(|id| round?.prompt(id)).map(|prompt| prompt.slug.clone()),
        theme: post.theme.clone(),
        feeling: post.feeling.map(|feeling| Feeling::slug(feeling).to_owned()),
        body: post.body.clone(),
        state: post.state,
        author: shown_author(post).map(|author| numbers.people[&author]),
        created_on: post.written_on,
        edited: post.edited,
        agrees: post.votes.agree.unsigned_abs(),
        disagrees: post.votes.disagree.unsigned_abs(),
        passes: post.votes.pass.unsigned_abs(),
    }
}

/// Whose number stands beside a post. Not beside one that is hidden: its words may say who wrote it, and with the number all their other words
/// would be known.
fn shown_author(post: &Post) -> Option<ParticipantId> {
    post.author.filter(|_| post.state != PostState::Hidden)
}
