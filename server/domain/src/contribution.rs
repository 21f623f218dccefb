//! Contributions and the comments under them: one shape, the *post*; what may be written, changed and withdrawn, and when.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use thiserror::Error;

use crate::ids::{ParticipantId, PromptId};
use crate::round::{Feeling, Prompt, Round, RoundRefusal, Theme};
use crate::text::{Body, TextRefusal};

/// The most posts that one participant may have in one round, so that nobody drowns the others.
pub const MAX_POSTS_PER_PARTICIPANT: u64 = 200;
/// The most times that one post may be edited: each earlier text is kept.
pub const MAX_EDITS_PER_POST: u64 = 20;
/// The most contributions in one round: the board is held in memory.
pub const MAX_CONTRIBUTIONS_PER_ROUND: usize = 50_000;

/// What readers see of a post.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PostState {
    /// Everyone who came in reads it.
    Visible,
    /// A moderator (or the imported conversation's) took it down.
    Hidden,
    /// Its author took it back.
    Withdrawn,
}

impl PostState {
    /// Its name in files and the database.
    pub fn slug(self) -> &'static str {
        match self {
            Self::Visible => "visible",
            Self::Hidden => "hidden",
            Self::Withdrawn => "withdrawn",
        }
    }

    /// The state called `slug`.
    pub fn from_slug(slug: &str) -> Option<Self> {
        [Self::Visible, Self::Hidden, Self::Withdrawn].into_iter().find(|state| state.slug() == slug)
    }
}

/// A contribution as its author filled in the form.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ContributionForm {
    /// The chosen prompt's slug.
    pub prompt: String,
    /// The text, uncleaned.
    pub body: String,
    /// The chosen theme's slug; empty for none.
    pub theme: String,
    /// The chosen feeling's slug; empty for none.
    pub feeling: String,
}

/// A contribution that may be written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewContribution {
    /// The prompt it answers.
    pub prompt: PromptId,
    /// Its text.
    pub body: Body,
    /// Its theme's slug.
    pub theme: Option<String>,
    /// How its author feels about it.
    pub feeling: Option<Feeling>,
}

/// Why a post is not taken. Each says what to do.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum PostRefusal {
    /// The round is not open.
    #[error(transparent)]
    Round(#[from] RoundRefusal),
    /// The text cannot stand as it is.
    #[error(transparent)]
    Text(#[from] TextRefusal),
    /// No prompt, or none of this round.
    #[error("Choose the question that you are answering.")]
    UnknownPrompt,
    /// A theme that the round does not have.
    #[error("Choose a topic from the list, or leave it empty.")]
    UnknownTheme,
    /// A feeling that the form does not have.
    #[error("Choose a feeling from the list, or leave it empty.")]
    UnknownFeeling,
    /// [`MAX_POSTS_PER_PARTICIPANT`] reached.
    #[error(
        "You have posted {MAX_POSTS_PER_PARTICIPANT} times, which is the most for one person. You can still edit what you wrote, and vote."
    )]
    TooMany,
    /// [`MAX_EDITS_PER_POST`] reached.
    #[error(
        "You have changed this {MAX_EDITS_PER_POST} times, which is the most. You can still take it back."
    )]
    TooManyEdits,
    /// The round is full.
    #[error("This conversation holds all the ideas that it can. You can still comment and vote.")]
    RoundFull,
    /// Written by somebody else.
    #[error("Only the person who wrote this can change it.")]
    NotYours,
    /// Hidden or withdrawn.
    #[error("This can no longer be changed. It has been taken down.")]
    Gone,
    /// A moderator has ended the comments under this idea.
    #[error("A moderator has closed the comments here. You can still read them, and vote.")]
    Locked,
    /// A moderator has stopped this participant from writing.
    #[error("A moderator has stopped you from writing for now. My ideas says why, and what you can do.")]
    Suspended,
}

/// Checks a contribution's form against what its round asks.
pub fn accept(
    round: &Round,
    prompts: &[Prompt],
    themes: &[Theme],
    form: &ContributionForm,
    now: DateTime<Utc>,
) -> Result<NewContribution, PostRefusal> {
    round.require_open(now)?;
    let prompt =
        prompts.iter().find(|prompt| prompt.slug == form.prompt).ok_or(PostRefusal::UnknownPrompt)?;
    let (theme, feeling) = labels(themes, &form.theme, &form.feeling)?;
    Ok(NewContribution { prompt: prompt.id, body: Body::parse(&form.body)?, theme, feeling })
}

/// The theme and feeling that a form names; empty names are none.
pub fn labels(
    themes: &[Theme],
    theme: &str,
    feeling: &str,
) -> Result<(Option<String>, Option<Feeling>), PostRefusal> {
    let theme = match theme {
        "" => None,
        slug if themes.iter().any(|theme| theme.slug == slug) => Some(slug.to_owned()),
        _ => return Err(PostRefusal::UnknownTheme),
    };
    let feeling = match feeling {
        "" => None,
        slug => Some(Feeling::from_slug(slug).ok_or(PostRefusal::UnknownFeeling)?),
    };
    Ok((theme, feeling))
}

/// What is known of a post when somebody wants to change it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Ownership {
    /// Who wrote it; nobody, once erased.
    pub author: Option<ParticipantId>,
    /// What readers see of it.
    pub state: PostState,
    /// Whether nobody has decided against it yet: its author may change it although others do not see it.
    pub undecided: bool,
}

impl Ownership {
    /// Whether its words are still its author's to change: it is there, and no moderator has decided against it.
    pub fn leaves_words(self) -> bool {
        match self.state {
            PostState::Visible => true,
            PostState::Hidden => self.undecided,
            PostState::Withdrawn => false,
        }
    }
}

/// Whether `who` may withdraw a post of `round` at `now`: whatever moderators have decided about it, its words are theirs.
///
/// # Errors
/// Why not.
pub fn may_withdraw(
    round: &Round,
    now: DateTime<Utc>,
    post: (Option<ParticipantId>, PostState),
    who: ParticipantId,
) -> Result<(), PostRefusal> {
    match post {
        (author, _) if author != Some(who) => Err(PostRefusal::NotYours),
        (_, PostState::Withdrawn) => Err(PostRefusal::Gone),
        (_, PostState::Visible | PostState::Hidden) => Ok(round.require_open(now)?),
    }
}

/// Whether `who` may edit a post of `round` at `now`.
pub fn may_change(
    round: &Round,
    now: DateTime<Utc>,
    post: Ownership,
    who: ParticipantId,
) -> Result<(), PostRefusal> {
    if post.author != Some(who) {
        return Err(PostRefusal::NotYours);
    }
    round.require_open(now)?;
    if post.leaves_words() { Ok(()) } else { Err(PostRefusal::Gone) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ids::{CampaignId, RoundId};
    use crate::round::VoteWording;

    fn round() -> Round {
        Round {
            id: RoundId::named(&["r"]),
            campaign: CampaignId::named(&["c"]),
            opens_at: "2023-11-30T00:00:00Z".parse().unwrap(),
            closes_at: "2023-12-14T23:59:00Z".parse().unwrap(),
            paused_at: None,
            revision: 0,
            dated_at: 0,
        }
    }

    fn now() -> DateTime<Utc> {
        "2023-12-01T12:00:00Z".parse().unwrap()
    }

    fn accept_form(form: ContributionForm) -> Result<NewContribution, PostRefusal> {
        let prompt = Prompt {
            id: PromptId::named(&["p"]),
            slug: "blocks".into(),
            text: "What blocks you?".into(),
            hint: None,
            votes: VoteWording::default(),
        };
        let theme = Theme { slug: "rotas".into(), name: "Rotas".into() };
        accept(&round(), &[prompt], &[theme], &form, now())
    }

    #[test]
    fn forms() {
        let form = |prompt: &str, theme: &str, feeling: &str, body: &str| ContributionForm {
            prompt: prompt.into(),
            theme: theme.into(),
            feeling: feeling.into(),
            body: body.into(),
        };
        let taken = accept_form(form("blocks", "rotas", "tired", "Late rotas")).unwrap();
        assert_eq!((taken.theme.as_deref(), taken.feeling), (Some("rotas"), Some(Feeling::Tired)));
        assert_eq!(accept_form(form("", "", "", "x")), Err(PostRefusal::UnknownPrompt));
        assert_eq!(accept_form(form("blocks", "pay", "", "x")), Err(PostRefusal::UnknownTheme));
        assert_eq!(accept_form(form("blocks", "", "cross", "x")), Err(PostRefusal::UnknownFeeling));
        assert_eq!(accept_form(form("blocks", "", "", " ")), Err(PostRefusal::Text(TextRefusal::Empty)));
    }

    #[test]
    fn only_the_author_changes_a_post_and_only_while_open() {
        let me = ParticipantId::named(&["me"]);
        let mine = Ownership { author: Some(me), state: PostState::Visible, undecided: false };
        assert_eq!(may_change(&round(), now(), mine, me), Ok(()));
        let other = ParticipantId::named(&["other"]);
        assert_eq!(may_change(&round(), now(), mine, other), Err(PostRefusal::NotYours));
        let closed = round().closes_at;
        assert_eq!(may_change(&round(), closed, mine, me), Err(PostRefusal::Round(RoundRefusal::Closed)));
        let withdrawn = Ownership { state: PostState::Withdrawn, ..mine };
        assert_eq!(may_change(&round(), now(), withdrawn, me), Err(PostRefusal::Gone));
        let hidden = Ownership { state: PostState::Hidden, ..mine };
        assert_eq!(may_change(&round(), now(), hidden, me), Err(PostRefusal::Gone));
        let held = Ownership { undecided: true, ..hidden };
        assert_eq!(may_change(&round(), now(), held, me), Ok(()));
        let withdraw = |state, at, who| may_withdraw(&round(), at, (Some(me), state), who);
        assert_eq!(withdraw(PostState::Hidden, now(), me), Ok(()));
        assert_eq!(withdraw(PostState::Withdrawn, now(), me), Err(PostRefusal::Gone));
        assert_eq!(withdraw(PostState::Hidden, now(), other), Err(PostRefusal::NotYours));
        assert_eq!(withdraw(PostState::Visible, closed, me), Err(PostRefusal::Round(RoundRefusal::Closed)));
    }
}
