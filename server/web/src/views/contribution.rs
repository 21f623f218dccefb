//! One contribution with its comments.

use domain::contribution::PostState;
use domain::round::{Prompt, RoundState};
use serde::Serialize;

use super::{Campaign, Card, Chrome, Comment, FieldError, Live, View, Visit, sample_prompts};

/// One contribution with its comments.
#[derive(Clone, Debug, Serialize)]
pub struct Contribution {
    /// The tenant's frame.
    pub site: Chrome,
    /// This visit.
    pub visit: Visit,
    /// Which conversation.
    pub campaign: Campaign,
    /// May this visitor comment and vote: entered, and the conversation is open?
    pub may_take_part: bool,
    /// Has a moderator ended the comments?
    pub comments_closed: bool,
    /// Where it leads, if it was put together with another idea.
    pub merged: Option<MergedIdea>,
    /// What the conversation asks; the card points into this list.
    pub prompts: Vec<Prompt>,
    /// The contribution itself.
    pub card: Card,
    /// The comments of this page, oldest first.
    pub comments: Vec<Comment>,
    /// The cursor of the next page of comments, if there is one.
    pub next: Option<String>,
    /// The comment that is being answered, from `?reply=<id>`.
    pub reply: Option<ReplyTo>,
    /// What stands in the comment form.
    pub form: CommentForm,
    /// Live updates, where they make sense.
    pub live: Option<Live>,
}

/// An idea that was put together with another.
#[derive(Clone, Debug, Serialize)]
pub struct MergedIdea {
    /// The other one's id.
    pub target: String,
    /// What this one said, as safe HTML.
    pub html: String,
}

/// The comment being answered.
#[derive(Clone, Debug, Serialize)]
pub struct ReplyTo {
    /// Its id: sent as `reply_to`.
    pub id: String,
    /// Its author's name.
    pub name: String,
}

/// What stands in the comment form.
#[derive(Clone, Debug, Serialize)]
pub struct CommentForm {
    /// The words typed so far.
    pub body: String,
    /// The most characters a comment may have.
    pub limit: u32,
    /// What is wrong with them.
    pub errors: Vec<FieldError>,
    /// The conversation closed while this was being written: show the words so that they can be kept.
    pub closed_meanwhile: bool,
}

impl CommentForm {
    pub(crate) const SAMPLE_LIMIT: u32 = 3_000;

    fn empty() -> CommentForm {
        CommentForm {
            body: String::new(),
            limit: Self::SAMPLE_LIMIT,
            errors: Vec::new(),
            closed_meanwhile: false,
        }
    }
}

impl View for Contribution {
    const TEMPLATE: &'static str = "contribution.html";

    fn samples(chrome: &Chrome) -> Vec<(&'static str, Contribution)> {
        let contribution = |state, signed_in, n, comments: Vec<Comment>| {
            let mut card = Card::sample(n);
            card.shortened = false;
            card.comments = comments.iter().map(|c| 1 + c.replies.len() as i64).sum();
            Contribution {
                site: chrome.clone(),
                visit: Visit::sample(signed_in, "/conversations/first/contributions/7d0f5c1e"),
                campaign: Campaign::sample(state),
                may_take_part: signed_in && state == RoundState::Open,
                comments_closed: false,
                merged: None,
                prompts: sample_prompts(),
                card,
                comments,
                next: None,
                reply: None,
                form: CommentForm::empty(),
                live: matches!(state, RoundState::Open | RoundState::Paused).then(Live::sample),
            }
        };
        let thread = || {
            let mut deep = Comment::sample(4, Vec::new());
            deep.in_reply_to = Some(Comment::sample(1, Vec::new()).author.name);
            let mut gone = Comment::sample(5, Vec::new());
            gone.state = PostState::Withdrawn;
            gone.html.clear();
            let mut hidden = Comment::sample(6, Vec::new());
            hidden.state = PostState::Hidden;
            hidden.html.clear();
            vec![
                Comment::sample(0, vec![Comment::sample(1, Vec::new()), deep]),
                Comment::sample(2, Vec::new()),
                Comment { replies: vec![Comment::sample(3, Vec::new())], ..gone },
                hidden,
            ]
        };
        let open = RoundState::Open;

        let mut replying = contribution(open, true, 0, thread());
        replying.reply = Some(ReplyTo {
            id: replying.comments[0].id.clone(),
            name: replying.comments[0].author.name.clone(),
        });
        let mut empty_comment = contribution(open, true, 0, thread());
        empty_comment.form.errors =
            vec![FieldError { field: "body".into(), text: "Write your comment before you send it".into() }];
        let mut too_late = contribution(RoundState::Closed, true, 0, thread());
        too_late.form.body = "I had half of this written when the bell rang.".into();
        too_late.form.closed_meanwhile = true;
        let mut own = contribution(open, true, 2, thread());
        own.visit.success = Some("Your idea is in the conversation.".into());
        let mut withdrawn = contribution(open, true, 0, thread());
        withdrawn.card.state = PostState::Withdrawn;
        withdrawn.card.html.clear();
        let mut locked = contribution(open, true, 0, thread());
        locked.comments_closed = true;
        let mut merged = contribution(open, true, 0, thread());
        merged.merged =
            Some(MergedIdea { target: Card::sample(5).id, html: std::mem::take(&mut merged.card.html) });
        merged.card.state = PostState::Hidden;
        let mut long = contribution(open, true, 0, thread());
        long.next = Some("WzIwXQ".into());

        vec![
            ("open", contribution(open, true, 0, thread())),
            ("own", own),
            ("no-comments", contribution(open, true, 1, Vec::new())),
            ("reading-only", contribution(open, false, 0, thread())),
            ("replying", replying),
            ("empty-comment", empty_comment),
            ("closed-meanwhile", too_late),
            ("withdrawn", withdrawn),
            ("comments-closed", locked),
            ("put-together", merged),
            ("more-comments", long),
            ("paused", contribution(RoundState::Paused, true, 0, thread())),
            ("closed", contribution(RoundState::Closed, true, 0, thread())),
        ]
    }
}
