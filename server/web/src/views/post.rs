//! A contribution and a comment as people see them.

use domain::contribution::PostState;
use domain::vote::{VoteCounts, VoteValue};
use serde::Serialize;

/// The name a participant has in one thread only.
#[derive(Clone, Debug, Serialize)]
pub struct Author {
    /// "Teal heron".
    pub name: String,
    /// Its colour as [`domain::voice::colour`] says it: the stylesheet has a mark for each.
    pub colour: String,
}

/// A contribution.
#[derive(Clone, Debug, Serialize)]
pub struct Card {
    /// Its id, as in addresses.
    pub id: String,
    /// The place of its prompt in the view's `prompts`.
    pub prompt: usize,
    /// Its theme in words.
    pub theme: Option<String>,
    /// How its author feels about it, in words.
    pub feeling: Option<&'static str>,
    /// Who wrote it, by the name of this thread.
    pub author: Author,
    /// Did this participant write it?
    pub own: bool,
    /// Can it be read?
    pub state: PostState,
    /// Its words as safe HTML: paragraphs and links, everything else escaped. Empty unless visible.
    pub html: String,
    /// The list shows a beginning only.
    pub shortened: bool,
    /// The day in words: "today", "3 December".
    pub when: String,
    /// Was it edited?
    pub edited: bool,
    /// Did a moderator change its words?
    pub amended: bool,
    /// The answers so far.
    pub votes: VoteCounts,
    /// This participant's own answer.
    pub mine: Option<VoteValue>,
    /// How many comments.
    pub comments: i64,
}

/// A comment under a contribution.
#[derive(Clone, Debug, Serialize)]
pub struct Comment {
    /// Its id, as in addresses.
    pub id: String,
    /// Who wrote it, by the name of this thread.
    pub author: Author,
    /// Did this participant write it?
    pub own: bool,
    /// Did the author of the contribution write it?
    pub by_author: bool,
    /// Can it be read?
    pub state: PostState,
    /// Its words as safe HTML. Empty unless visible.
    pub html: String,
    /// The day in words.
    pub when: String,
    /// Was it edited?
    pub edited: bool,
    /// Did a moderator change its words?
    pub amended: bool,
    /// The answers so far.
    pub votes: VoteCounts,
    /// This participant's own answer.
    pub mine: Option<VoteValue>,
    /// The name it answers, where that is not the comment it stands under.
    pub in_reply_to: Option<String>,
    /// Comments under this one; they have none themselves.
    pub replies: Vec<Comment>,
}

const SAMPLE_WORDS: [&str; 6] = [
    "<p>We order the same three supplies every week and every week one of them is out. Somebody walks two wards down to borrow. A shared count, updated once a day, would save us all the walk.</p>",
    "<p>Rotas land two weeks before they start. I cannot book childcare on that.</p>",
    "<p>When someone raises a worry in handover the room goes quiet, and then we move on. I would like us to say “thank you for telling us”, every time, and write down what happens next.</p><p>It costs nothing.</p>",
    "<p>Eight log-ins before I can see one person’s record. By the time I am in, they have told me the story twice. There is a good write-up of single sign-on at <a href=\"https://example.org/single-sign-on\" rel=\"nofollow noopener noreferrer\">example.org/single-sign-on</a>.</p>",
    "<p>Volunteers are asked for ideas and never told what came of them.</p>",
    "<p>Nights are forgotten: no hot food after eight, training only by day, and the car park barrier is down at six.</p>",
];

impl Author {
    fn sample(n: usize) -> Author {
        // Sixteen colours of forty birds: a stride that walks through all of both.
        let voice = i32::try_from(n).unwrap_or_default() * 43 + 3;
        Author { name: domain::voice::name(voice), colour: domain::voice::colour(voice) }
    }
}

impl Card {
    pub(crate) fn sample(n: usize) -> Card {
        let mine =
            [None, Some(VoteValue::Agree), None, Some(VoteValue::Pass), Some(VoteValue::Disagree)][n % 5];
        let scale = (n as i64 * 37) % 90;
        Card {
            id: format!("7d0f5c1e-0000-4000-8000-{n:012}"),
            prompt: n % 4,
            theme: (n % 3 != 2).then(|| "Time and workload".into()),
            feeling: (n % 4 == 1).then_some("Frustrated"),
            author: Author::sample(n),
            own: n % 7 == 2,
            state: PostState::Visible,
            html: SAMPLE_WORDS[n % SAMPLE_WORDS.len()].into(),
            shortened: n % 6 == 2,
            when: ["today", "yesterday", "3 December"][n % 3].into(),
            edited: n % 5 == 4,
            amended: n % 10 == 9,
            votes: VoteCounts { agree: scale + 2, disagree: scale / 5, pass: scale / 9 },
            mine,
            comments: (n as i64 * 5) % 13,
        }
    }
}

impl Comment {
    pub(crate) fn sample(n: usize, replies: Vec<Comment>) -> Comment {
        Comment {
            id: format!("c0ffee00-0000-4000-8000-{n:012}"),
            author: Author::sample(n + 3),
            own: n % 4 == 1,
            by_author: n % 4 == 2,
            state: PostState::Visible,
            html: SAMPLE_WORDS[(n + 1) % SAMPLE_WORDS.len()].into(),
            when: "today".into(),
            edited: n % 3 == 2,
            amended: n % 6 == 5,
            votes: VoteCounts { agree: n as i64, disagree: 1, pass: 0 },
            mine: (n == 0).then_some(VoteValue::Agree),
            in_reply_to: None,
            replies,
        }
    }
}
