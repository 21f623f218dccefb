//! Looking after what people write: the case that a moderator opens, decides and closes, and what may follow what.
//!
//! A post's own state says only whether others see it ([`PostState`]); why they do not, and what happens next, is its case's.

mod claim;
mod codebook;
mod rules;
mod second_look;

use thiserror::Error;

use crate::contribution::PostState;
use crate::text::{Body, TextRefusal};
pub use claim::{CLAIM_MINUTES, Claim};
pub use codebook::Reason;
pub use rules::{Moderation, ModerationMode, Rule};
pub use second_look::{HiddenBy, SecondLook, appeal_is_left, appealed_against};

/// Longest question, answer, appeal or reason in words, in characters.
pub const MAX_NOTE_CHARACTERS: usize = 1_000;
/// The most that is said about one post: questions, answers, amendments.
pub const MAX_NOTES_PER_POST: u64 = 60;
/// The most reports of one participant that moderators have not dealt with: who reports everything hides what is urgent.
pub const MAX_OPEN_REPORTS: u64 = 10;
/// The days of a suspension that ends by itself.
pub const SUSPENSION_DAYS: [u32; 3] = [1, 7, 28];

/// Where a case stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum CaseState {
    /// Written or changed; no moderator has looked at it.
    New,
    /// A rule holds it back until a moderator has looked.
    Held,
    /// Somebody who read it asks a moderator to look.
    Reported,
    /// It was hidden, and its author asks for another look.
    Appealed,
    /// A moderator has asked its author something.
    Asked,
    /// Its author has answered.
    Answered,
    /// A moderator has looked, and it stands.
    Kept,
    /// A moderator has hidden it, with a reason of the codebook.
    Hidden,
    /// It was put together with another idea, which has its votes now.
    Merged,
}

impl CaseState {
    /// All of them; those that wait for a moderator first, the most urgent first.
    pub const ALL: [Self; 9] = [
        Self::Appealed,
        Self::Reported,
        Self::Held,
        Self::Answered,
        Self::New,
        Self::Asked,
        Self::Hidden,
        Self::Merged,
        Self::Kept,
    ];

    /// Those that wait for a moderator, the most urgent first.
    pub const WAITING: [Self; 5] = [Self::Appealed, Self::Reported, Self::Held, Self::Answered, Self::New];

    /// Those at which the case of a post stands that a moderator hid and whose author appeals: see [`appealed_against`].
    pub const WITH_APPEAL: [Self; 3] = [Self::Appealed, Self::Asked, Self::Answered];

    /// Its name in addresses and the database.
    pub fn slug(self) -> &'static str {
        match self {
            Self::New => "new",
            Self::Held => "held",
            Self::Reported => "reported",
            Self::Appealed => "appealed",
            Self::Asked => "asked",
            Self::Answered => "answered",
            Self::Kept => "kept",
            Self::Hidden => "hidden",
            Self::Merged => "merged",
        }
    }

    /// The state called `slug`.
    pub fn from_slug(slug: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.slug() == slug)
    }

    /// What moderators read.
    pub fn label(self) -> &'static str {
        match self {
            Self::New => "New",
            Self::Held => "Held by a rule",
            Self::Reported => "Reported",
            Self::Appealed => "Appealed",
            Self::Asked => "Author asked",
            Self::Answered => "Author answered",
            Self::Kept => "Kept",
            Self::Hidden => "Hidden",
            Self::Merged => "Put together",
        }
    }

    /// Whether a moderator has yet to deal with it, or waits for an answer.
    pub fn is_open(self) -> bool {
        self == Self::Asked || Self::WAITING.contains(&self)
    }

    /// Whether its author may still change a post that others do not see: no moderator has decided against it.
    pub fn leaves_words_to_author(self) -> bool {
        matches!(self, Self::New | Self::Held | Self::Reported | Self::Asked | Self::Answered)
    }
}

/// Something that is done about a post.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    /// A moderator lets it stand; what waited appears.
    Keep,
    /// A moderator changes its words and lets it stand.
    Amend,
    /// A moderator hides it.
    Hide,
    /// A moderator takes a hiding back.
    Restore,
    /// A moderator asks its author something.
    Ask,
    /// A moderator puts it together with another idea.
    Merge,
    /// Somebody who read it reports it.
    Report,
    /// Its author asks for another look at a hiding.
    Appeal,
    /// Its author answers a question.
    Answer,
}

/// Why something is not done about a post. Each says what to do.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum ModerationRefusal {
    /// The case does not stand so that this could follow.
    #[error("This cannot be done to it as it stands now. Look at it again.")]
    NotNow,
    /// Somebody did something since the page was made.
    #[error("This has changed since you opened it. Look at it again, then decide.")]
    ChangedMeanwhile,
    /// Another moderator works on it.
    #[error("{name} is working on this. Take another one, or wait until they are done.")]
    ClaimedBy {
        /// Their name.
        name: String,
    },
    /// Its author appeals against what they did themselves, and there is somebody else.
    #[error("You hid this yourself, and its author asks for another look. Another moderator decides.")]
    OwnDecision,
    /// It has been reported by the same person.
    #[error("You have reported this already. A moderator will look at it.")]
    ReportedAlready,
    /// [`MAX_OPEN_REPORTS`] reached.
    #[error(
        "You have reported {MAX_OPEN_REPORTS} things that wait for a moderator. You can report more when they have looked."
    )]
    TooManyReports,
    /// Its author has appealed, and nobody has brought it back since.
    #[error("You have asked for another look already. Write to the support team if you do not agree.")]
    AppealedAlready,
    /// Its author has erased themselves, or it came from elsewhere.
    #[error("It has no author here any more.")]
    NoAuthor,
    /// No reason of the codebook.
    #[error("Choose a reason from the list.")]
    NoReason,
    /// No length of the list.
    #[error("Choose how long from the list.")]
    NoLength,
    /// No words, or too many.
    #[error("{0}")]
    Words(String),
    /// The amended words are the ones that stand there.
    #[error("Change the words first. They are as they were.")]
    Unchanged,
    /// No idea to put it together with.
    #[error("Choose another idea of this conversation, one that people can see, to put it together with.")]
    NoSuchIdea,
    /// [`MAX_NOTES_PER_POST`] reached.
    #[error("{MAX_NOTES_PER_POST} things have been said about this, which is the most.")]
    TooManyNotes,
}

/// Where a case in `state` stands after `step`.
///
/// # Errors
/// [`ModerationRefusal::NotNow`].
pub fn after(state: CaseState, step: Step) -> Result<CaseState, ModerationRefusal> {
    use CaseState::{Answered, Appealed, Asked, Hidden, Kept, Merged, New, Reported};
    let next = match (step, state) {
        (Step::Keep, Merged | Hidden | Appealed | Kept) => None,
        (Step::Keep, _) => Some(Kept),
        (Step::Amend, Merged) => None,
        (Step::Amend, _) => Some(Kept),
        (Step::Hide, Hidden | Merged) => None,
        (Step::Hide, _) => Some(Hidden),
        (Step::Restore, Hidden | Appealed) => Some(Kept),
        (Step::Restore, _) => None,
        (Step::Ask, Hidden | Merged | Asked) => None,
        (Step::Ask, _) => Some(Asked),
        (Step::Merge, Hidden | Appealed | Merged) => None,
        (Step::Merge, _) => Some(Merged),
        (Step::Report, New | Kept) => Some(Reported),
        // It waits for a moderator in any case, or cannot be seen.
        (Step::Report, waits) => Some(waits),
        (Step::Appeal, Hidden) => Some(Appealed),
        (Step::Appeal, _) => None,
        (Step::Answer, Asked) => Some(Answered),
        (Step::Answer, _) => None,
    };
    next.ok_or(ModerationRefusal::NotNow)
}

/// What others see of a post whose case has come to `state`, if they saw `before`.
pub fn visibility(state: CaseState, before: PostState) -> PostState {
    match (state, before) {
        (_, PostState::Withdrawn) => PostState::Withdrawn,
        (CaseState::Kept, _) => PostState::Visible,
        (CaseState::Hidden | CaseState::Merged, _) => PostState::Hidden,
        (_, before) => before,
    }
}

/// Where the case of a post begins that has just been written or changed, and whether others see the post meanwhile.
pub fn opening(mode: ModerationMode, flags: &[Rule]) -> (CaseState, PostState) {
    match (mode, flags) {
        (_, [_, ..]) => (CaseState::Held, PostState::Hidden),
        (ModerationMode::Pre, []) => (CaseState::New, PostState::Hidden),
        (ModerationMode::Post, []) => (CaseState::New, PostState::Visible),
    }
}

/// The same when its author has changed it, whose case stood at `state` while others saw `before`. What a rule held, and holds no longer, appears by
/// itself. What a moderator has asked about, and what somebody has reported, stays so whatever rules say meanwhile: no number of changes takes it
/// out of the moderator's hands.
pub fn reopening(
    state: CaseState,
    before: PostState,
    mode: ModerationMode,
    flags: &[Rule],
) -> (CaseState, PostState) {
    match (state, opening(mode, flags)) {
        (CaseState::Asked | CaseState::Answered, (CaseState::New, _)) => (CaseState::Answered, before),
        (CaseState::Asked | CaseState::Answered, (_, held)) => (CaseState::Answered, held),
        (CaseState::Reported, (_, shown)) => (CaseState::Reported, shown),
        (_, opened) => opened,
    }
}

/// What moderators and a post's author say to each other about it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NoteKind {
    /// A moderator asks.
    Question,
    /// The author answers.
    Answer,
    /// A moderator changed the words, and says why.
    Amendment,
    /// A moderator hid it, and says more than the reason does.
    Hidden,
    /// The author asks for another look.
    Appeal,
    /// A moderator restored it.
    Restored,
    /// A moderator put it together with another.
    Merged,
    /// A moderator passed it on to those who look after people's safety. Among moderators only.
    Escalation,
}

impl NoteKind {
    const ALL: [Self; 8] = [
        Self::Question,
        Self::Answer,
        Self::Amendment,
        Self::Hidden,
        Self::Appeal,
        Self::Restored,
        Self::Merged,
        Self::Escalation,
    ];

    /// Its name in the database.
    pub fn slug(self) -> &'static str {
        match self {
            Self::Question => "question",
            Self::Answer => "answer",
            Self::Amendment => "amendment",
            Self::Hidden => "hidden",
            Self::Appeal => "appeal",
            Self::Restored => "restored",
            Self::Merged => "merged",
            Self::Escalation => "escalation",
        }
    }

    /// The kind called `slug`.
    pub fn from_slug(slug: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.slug() == slug)
    }

    /// Whether the post's author reads it.
    pub fn is_for_author(self) -> bool {
        self != Self::Escalation
    }
}

/// The words of a note, cleaned; 1 to [`MAX_NOTE_CHARACTERS`] characters.
///
/// # Errors
/// [`ModerationRefusal::Words`].
pub fn note(raw: &str) -> Result<String, ModerationRefusal> {
    let words = |refusal: TextRefusal| ModerationRefusal::Words(refusal.to_string());
    let body = Body::parse(raw).map_err(words)?.into_string();
    match body.chars().count() {
        0..=MAX_NOTE_CHARACTERS => Ok(body),
        many => Err(ModerationRefusal::Words(format!(
            "Make it shorter. It has {many} characters and the most is {MAX_NOTE_CHARACTERS}."
        ))),
    }
}

/// The same where nothing need be said: empty is none.
///
/// # Errors
/// [`ModerationRefusal::Words`].
pub fn optional_note(raw: &str) -> Result<Option<String>, ModerationRefusal> {
    match raw.trim() {
        "" => Ok(None),
        words => note(words).map(Some),
    }
}

/// A reason from the codebook by its name, with words that must be there where the reason is "something else".
///
/// # Errors
/// [`ModerationRefusal::NoReason`] or [`ModerationRefusal::Words`].
pub fn reasoned(reason: &str, words: &str) -> Result<(Reason, Option<String>), ModerationRefusal> {
    let reason = Reason::from_slug(reason).ok_or(ModerationRefusal::NoReason)?;
    let words = match reason {
        Reason::Other => Some(note(words)?),
        _ => optional_note(words)?,
    };
    Ok((reason, words))
}

#[cfg(test)]
mod tests;
