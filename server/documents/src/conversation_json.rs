//! A campaign as JSON: complete enough to be imported again, and naming nobody.
//!
//! People are numbers that the exporter shuffles anew for every export; what they did carries dates, not times. The opening and
//! closing of rounds are the campaign's, not a person's, and keep their times.

use std::collections::{HashMap, HashSet};
use std::io::{self, Read, Write};

use chrono::{DateTime, NaiveDate, Utc};
use domain::contribution::PostState;
use domain::vote::VoteValue;
use serde::{Deserialize, Serialize};
use thiserror::Error;

/// The value of `format`. Fields may be added under this number; a change that an old reader would misread needs the next.
pub const FORMAT: &str = "candour-conversation/1";
/// Largest file that is read, in bytes.
pub const MAX_FILE_BYTES: u64 = 256 << 20;

/// A whole conversation.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Conversation {
    /// Always [`FORMAT`].
    pub format: String,
    /// The tenant's slug.
    pub tenant: String,
    /// The campaign.
    pub campaign: Campaign,
    /// Its rounds, in order.
    pub rounds: Vec<Round>,
    /// Contributions and comments.
    pub posts: Vec<Post>,
    /// Votes that stand.
    pub votes: Vec<Vote>,
}

/// The campaign.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Campaign {
    /// Its slug.
    pub slug: String,
    /// Its title.
    pub title: String,
}

/// A round.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Round {
    /// Its slug.
    pub slug: String,
    /// Its title.
    pub title: String,
    /// When it opens.
    pub opens_at: DateTime<Utc>,
    /// When it closes.
    pub closes_at: DateTime<Utc>,
    /// What it asks, in order.
    pub prompts: Vec<Prompt>,
}

/// A prompt.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Prompt {
    /// Its slug.
    pub slug: String,
    /// The question.
    pub text: String,
}

/// What a post is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PostKind {
    /// An idea or an answer to a prompt.
    Contribution,
    /// Words under a contribution.
    Comment,
}

/// A contribution or a comment.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Post {
    /// Its number in this file.
    pub id: u64,
    /// What it is.
    pub kind: PostKind,
    /// The slug of its round.
    pub round: String,
    /// Of a comment: the contribution it stands under.
    pub contribution: Option<u64>,
    /// Of a comment that answers another: that comment, under the same contribution.
    pub reply_to: Option<u64>,
    /// Of a contribution: the slug of the prompt that it answers.
    pub prompt: Option<String>,
    /// Of a contribution: the slug of its theme.
    pub theme: Option<String>,
    /// Of a contribution: how its author feels, as a slug.
    pub feeling: Option<String>,
    /// The text as it stands.
    pub body: String,
    /// Whether readers see it.
    pub state: PostState,
    /// The author's number, or none where it is not known.
    pub author: Option<u64>,
    /// The day it was written.
    pub created_on: NaiveDate,
    /// Whether it was changed afterwards.
    pub edited: bool,
    /// How many agree. A convenience: the votes are what counts.
    pub agrees: u64,
    /// How many disagree.
    pub disagrees: u64,
    /// How many passed.
    pub passes: u64,
}

/// A vote.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Vote {
    /// The number of the post.
    pub post: u64,
    /// The voter's number, the same numbers as [`Post::author`].
    pub participant: u64,
    /// The answer.
    pub value: VoteValue,
}

/// Why a file cannot be read as a conversation, or written.
#[derive(Debug, Error)]
pub enum ConversationRefusal {
    /// The file could not be read or written.
    #[error("the file cannot be read or written: {0}")]
    Io(#[from] io::Error),
    /// Larger than [`MAX_FILE_BYTES`].
    #[error("the file is larger than {} MiB", MAX_FILE_BYTES >> 20)]
    TooLarge,
    /// Another format, or none.
    #[error("the file's format is “{found}”, and this version of Candour reads “{FORMAT}”")]
    UnknownFormat {
        /// What `format` says, in part.
        found: String,
    },
    /// Not JSON, or fields missing or of the wrong kind. The message has line and column.
    #[error("the file is not a conversation: {0}")]
    Malformed(serde_json::Error),
    /// It contradicts itself; every contradiction.
    #[error("the file contradicts itself in {} place(s), first: {}", .0.len(), .0[0])]
    Contradictory(Vec<Contradiction>),
}

/// A place in which a file contradicts itself.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum Contradiction {
    /// Two posts share a number.
    #[error("two posts have the id {0}")]
    RepeatedPost(u64),
    /// A post lies in a round that the file does not have.
    #[error("post {0} lies in a round that the file does not have")]
    UnknownRound(u64),
    /// A contribution with fields of a comment, or the other way round.
    #[error("post {0} has fields of another kind of post")]
    MixedKind(u64),
    /// A comment under something that is not a contribution of the file.
    #[error("comment {0} stands under a contribution that the file does not have")]
    UnknownContribution(u64),
    /// A reply to something that is not a comment under the same contribution.
    #[error("comment {0} replies to a comment that its contribution does not have")]
    UnknownReply(u64),
    /// A vote on a post that the file does not have.
    #[error("a vote is on post {0}, which the file does not have")]
    UnknownPost(u64),
    /// One participant has two votes on one post.
    #[error("a participant has two votes on post {0}")]
    RepeatedVote(u64),
}

/// Writes the conversation on one line.
///
/// # Errors
/// When `writer` fails.
pub fn write_conversation(
    mut writer: impl Write,
    conversation: &Conversation,
) -> Result<(), ConversationRefusal> {
    serde_json::to_writer(&mut writer, conversation).map_err(io::Error::from)?;
    writer.write_all(b"\n")?;
    Ok(writer.flush()?)
}

/// Reads a conversation and checks that it does not contradict itself. Bodies are not judged here: the importer takes them
/// through `domain::text`.
///
/// # Errors
/// A [`ConversationRefusal`]; then nothing is to be loaded.
pub fn read_conversation(reader: impl Read) -> Result<Conversation, ConversationRefusal> {
    let mut bytes = Vec::new();
    reader.take(MAX_FILE_BYTES + 1).read_to_end(&mut bytes)?;
    if bytes.len() as u64 > MAX_FILE_BYTES {
        return Err(ConversationRefusal::TooLarge);
    }
    // Looked at first, so that a later format is named as such and not as a missing field.
    let Head { format } = serde_json::from_slice(&bytes).map_err(ConversationRefusal::Malformed)?;
    if format != FORMAT {
        let found = format.chars().take(FORMAT.len() * 2).flat_map(char::escape_debug).collect();
        return Err(ConversationRefusal::UnknownFormat { found });
    }
    let conversation = serde_json::from_slice(&bytes).map_err(ConversationRefusal::Malformed)?;
    match contradictions(&conversation) {
        found if found.is_empty() => Ok(conversation),
        found => Err(ConversationRefusal::Contradictory(found)),
    }
}

#[derive(Deserialize)]
struct Head {
    #[serde(default)]
    format: String,
}

fn contradictions(conversation: &Conversation) -> Vec<Contradiction> {
    let rounds: HashSet<&str> = conversation.rounds.iter().map(|round| round.slug.as_str()).collect();
    let mut posts: HashMap<u64, &Post> = HashMap::with_capacity(conversation.posts.len());
    let mut found = Vec::new();
    for post in &conversation.posts {
        if posts.insert(post.id, post).is_some() {
            found.push(Contradiction::RepeatedPost(post.id));
        }
    }
    for post in &conversation.posts {
        if !rounds.contains(post.round.as_str()) {
            found.push(Contradiction::UnknownRound(post.id));
        }
        found.extend(misplaced(post, &posts));
    }
    let mut voted = HashSet::with_capacity(conversation.votes.len());
    for vote in &conversation.votes {
        if !posts.contains_key(&vote.post) {
            found.push(Contradiction::UnknownPost(vote.post));
        } else if !voted.insert((vote.post, vote.participant)) {
            found.push(Contradiction::RepeatedVote(vote.post));
        }
    }
    found
}

/// What is wrong with where a post stands.
fn misplaced(post: &Post, posts: &HashMap<u64, &Post>) -> Option<Contradiction> {
    let is_contribution = |id: &u64| posts.get(id).is_some_and(|above| above.kind == PostKind::Contribution);
    let is_sibling = |id: &u64| {
        posts.get(id).is_some_and(|above| {
            above.id != post.id && above.kind == PostKind::Comment && above.contribution == post.contribution
        })
    };
    match (post.kind, &post.contribution, &post.reply_to) {
        (PostKind::Contribution, None, None) => None,
        (PostKind::Contribution, ..) => Some(Contradiction::MixedKind(post.id)),
        (PostKind::Comment, ..)
            if post.prompt.is_some() || post.theme.is_some() || post.feeling.is_some() =>
        {
            Some(Contradiction::MixedKind(post.id))
        }
        (PostKind::Comment, Some(above), _) if !is_contribution(above) => {
            Some(Contradiction::UnknownContribution(post.id))
        }
        (PostKind::Comment, Some(_), Some(reply)) if !is_sibling(reply) => {
            Some(Contradiction::UnknownReply(post.id))
        }
        (PostKind::Comment, Some(_), _) => None,
        (PostKind::Comment, None, _) => Some(Contradiction::UnknownContribution(post.id)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn post(id: u64) -> Post {
        Post {
            id,
            kind: PostKind::Contribution,
            round: "talk".into(),
            contribution: None,
            reply_to: None,
            prompt: Some("blocks".into()),
            theme: None,
            feeling: Some("hopeful".into()),
            body: "Rotas come late.\n“Really” late.".into(),
            state: PostState::Visible,
            author: Some(2),
            created_on: "2023-12-01".parse().unwrap(),
            edited: false,
            agrees: 1,
            disagrees: 0,
            passes: 0,
        }
    }

    fn comment(id: u64, contribution: u64, reply_to: Option<u64>) -> Post {
        let kind = PostKind::Comment;
        Post { kind, contribution: Some(contribution), reply_to, prompt: None, feeling: None, ..post(id) }
    }

    fn conversation() -> Conversation {
        Conversation {
            format: FORMAT.into(),
            tenant: "bsol".into(),
            campaign: Campaign { slug: "first".into(), title: "First conversation".into() },
            rounds: vec![Round {
                slug: "talk".into(),
                title: "Talk".into(),
                opens_at: "2023-11-30T00:00:00Z".parse().unwrap(),
                closes_at: "2023-12-14T23:59:00Z".parse().unwrap(),
                prompts: vec![Prompt { slug: "blocks".into(), text: "What blocks you?".into() }],
            }],
            posts: vec![post(1), comment(2, 1, None), comment(3, 1, Some(2))],
            votes: vec![Vote { post: 1, participant: 7, value: VoteValue::Agree }],
        }
    }

    fn written(conversation: &Conversation) -> Vec<u8> {
        let mut bytes = Vec::new();
        write_conversation(&mut bytes, conversation).unwrap();
        bytes
    }

    fn contradictions_of(change: impl FnOnce(&mut Conversation)) -> Vec<Contradiction> {
        let mut changed = conversation();
        change(&mut changed);
        match read_conversation(written(&changed).as_slice()) {
            Err(ConversationRefusal::Contradictory(found)) => found,
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn what_is_written_is_read_again() {
        let bytes = written(&conversation());
        assert_eq!(read_conversation(bytes.as_slice()).unwrap(), conversation());
        let text = String::from_utf8(bytes).unwrap();
        assert!(text.starts_with(r#"{"format":"candour-conversation/1","tenant":"bsol","#));
        assert!(text.contains(r#""created_on":"2023-12-01""#) && text.contains(r#""value":"agree""#));
    }

    #[test]
    fn fields_of_later_versions_are_let_pass() {
        let text = String::from_utf8(written(&conversation())).unwrap();
        let extended = text.replacen("\"tenant\"", "\"later\":[1],\"tenant\"", 1);
        assert_eq!(read_conversation(extended.as_bytes()).unwrap(), conversation());
    }

    #[test]
    fn other_formats_and_other_files() {
        let read = |text: &str| read_conversation(text.as_bytes()).unwrap_err().to_string();
        assert!(read(r#"{"format":"candour-conversation/2"}"#).contains("“candour-conversation/2”"));
        assert!(read("{}").contains("format is “”"));
        assert!(read("timestamp,vote").contains("not a conversation"));
        assert!(read(r#"{"format":"candour-conversation/1"}"#).contains("missing field `tenant`"));
        assert!(read(&"[".repeat(100_000)).contains("not a conversation"));
    }

    #[test]
    fn every_contradiction_is_found() {
        use Contradiction::*;
        assert_eq!(contradictions_of(|c| c.posts.push(post(1))), [RepeatedPost(1)]);
        assert_eq!(contradictions_of(|c| c.posts[0].round = "other".into()), [UnknownRound(1)]);
        assert_eq!(contradictions_of(|c| c.posts[0].reply_to = Some(2)), [MixedKind(1)]);
        assert_eq!(contradictions_of(|c| c.posts[1].theme = Some("x".into())), [MixedKind(2)]);
        assert_eq!(contradictions_of(|c| c.posts.push(comment(4, 2, None))), [UnknownContribution(4)]);
        assert_eq!(contradictions_of(|c| c.posts.push(comment(4, 1, Some(4)))), [UnknownReply(4)]);
        assert_eq!(contradictions_of(|c| c.posts.push(comment(4, 1, Some(1)))), [UnknownReply(4)]);
        let on = |post| Vote { post, participant: 7, value: VoteValue::Pass };
        assert_eq!(contradictions_of(|c| c.votes.extend([on(9), on(1)])), [UnknownPost(9), RepeatedVote(1)]);
    }
}
