//! Posts as the views show them.

use std::collections::HashMap;

use actions::{Campaign, RoundInfo, Tenant, ThreadPost};
use chrono::{DateTime, NaiveDate, NaiveDateTime, Utc};
use domain::board;
use domain::contribution::PostState;
use domain::ids::{ParticipantId, PostId, PromptId};
use domain::round::{Feeling, Round};
use domain::time_zone::{Ambiguous, day_in_words, in_words, local_date, to_instant};
use domain::timetable::{ChangeKind, DatesChanged};
use domain::voice;
use domain::vote::VoteValue;

use crate::text_html::{beginning, post_html};
use crate::views;

/// Characters of a contribution that the list shows.
const LIST_CHARACTERS: usize = 700;
/// Characters of a post that "mine" shows.
pub(super) const EXCERPT_CHARACTERS: usize = 140;

/// What is the same for all posts of a page.
pub(super) struct Reader<'a> {
    pub round: &'a RoundInfo,
    pub today: NaiveDate,
    pub participant: ParticipantId,
}

impl<'a> Reader<'a> {
    pub fn new(
        tenant: &Tenant,
        round: &'a RoundInfo,
        participant: ParticipantId,
        now: DateTime<Utc>,
    ) -> Self {
        Self { round, today: local_date(now, tenant.zone), participant }
    }

    pub fn prompt(&self, id: Option<PromptId>) -> usize {
        id.and_then(|id| self.round.prompts.iter().position(|prompt| prompt.id == id)).unwrap_or_default()
    }

    fn theme(&self, slug: Option<&str>) -> Option<String> {
        self.round
            .themes
            .iter()
            .find(|theme| Some(theme.slug.as_str()) == slug)
            .map(|theme| theme.name.clone())
    }

    pub fn when(&self, day: NaiveDate) -> String {
        day_in_words(day, self.today)
    }

    /// A contribution in the list.
    pub fn listed(&self, card: &board::Card, votes: &HashMap<PostId, VoteValue>) -> views::Card {
        let (words, shortened) = beginning(&card.body, LIST_CHARACTERS);
        views::Card {
            id: card.id.to_string(),
            prompt: self.prompt(Some(card.prompt)),
            theme: self.theme(card.theme.as_deref()),
            feeling: card.feeling.map(Feeling::label),
            author: author(card.voice),
            own: card.author == Some(self.participant),
            state: PostState::Visible,
            html: post_html(words),
            shortened,
            when: self.when(card.day),
            edited: card.edited,
            amended: card.amended,
            votes: card.votes,
            mine: votes.get(&card.id).copied(),
            comments: card.comments,
        }
    }

    /// A contribution on its own page.
    pub fn whole(&self, ThreadPost { post, own_vote }: &ThreadPost) -> views::Card {
        views::Card {
            id: post.id.to_string(),
            prompt: self.prompt(post.prompt),
            theme: self.theme(post.theme.as_deref()),
            feeling: post.feeling.map(Feeling::label),
            author: author(post.voice),
            own: post.author == Some(self.participant),
            state: post.state,
            html: shown(post.state, &post.body),
            shortened: false,
            when: self.when(post.written_on),
            edited: post.edited,
            amended: post.amended,
            votes: post.votes,
            mine: *own_vote,
            comments: post.comments,
        }
    }

    /// Comments in two levels: what answers a comment stands under the first comment of its line, with the name it answers.
    pub fn threaded(&self, contribution: &ThreadPost, comments: &[ThreadPost]) -> Vec<views::Comment> {
        let by_id: HashMap<PostId, &ThreadPost> =
            comments.iter().map(|comment| (comment.post.id, comment)).collect();
        let mut tops: Vec<views::Comment> = Vec::new();
        let mut places: HashMap<PostId, usize> = HashMap::new();
        for comment in comments {
            let answered = comment.post.reply_to.and_then(|id| by_id.get(&id));
            let mut view = self.comment(contribution, comment);
            match answered.and_then(|answered| Some((answered, *places.get(&answered.post.id)?))) {
                Some((answered, place)) => {
                    places.insert(comment.post.id, place);
                    let direct = tops[place].id == answered.post.id.to_string();
                    view.in_reply_to = (!direct).then(|| voice::name(answered.post.voice));
                    tops[place].replies.push(view);
                }
                None => {
                    places.insert(comment.post.id, tops.len());
                    tops.push(view);
                }
            }
        }
        // What was taken back and has no answer leaves no mark.
        tops.retain(|top| top.state == PostState::Visible || !top.replies.is_empty());
        for top in &mut tops {
            top.replies.retain(|reply| reply.state == PostState::Visible);
        }
        tops
    }

    fn comment(
        &self,
        contribution: &ThreadPost,
        ThreadPost { post, own_vote }: &ThreadPost,
    ) -> views::Comment {
        views::Comment {
            id: post.id.to_string(),
            author: author(post.voice),
            own: post.author == Some(self.participant),
            by_author: post.author.is_some() && post.author == contribution.post.author,
            state: post.state,
            html: shown(post.state, &post.body),
            when: self.when(post.written_on),
            edited: post.edited,
            amended: post.amended,
            votes: post.votes,
            mine: *own_vote,
            in_reply_to: None,
            replies: Vec::new(),
        }
    }
}

/// A campaign as pages name it.
pub(super) fn campaign(
    tenant: &Tenant,
    campaign: &Campaign,
    round: &Round,
    now: DateTime<Utc>,
) -> views::Campaign {
    views::Campaign {
        slug: campaign.slug.clone(),
        title: campaign.title.clone(),
        state: round.state(now),
        opens: in_words(round.opens_at, tenant.zone),
        closes: in_words(round.closes_at, tenant.zone),
        dates: dates(tenant, campaign, round),
    }
}

/// How the dates of the campaign's present round have changed.
fn dates(tenant: &Tenant, campaign: &Campaign, round: &Round) -> views::Dates {
    let changes = campaign.rounds.iter().find(|info| info.id == round.id).map(|info| &*info.changes);
    let changes = changes.unwrap_or_default();
    let last = changes.last();
    let paused = changes.iter().rev().find(|change| change.what == ChangeKind::Paused);
    views::Dates {
        paused_because: paused.filter(|_| round.paused_at.is_some()).map(|change| change.reason.clone()),
        announcement: last.and_then(|change| change.announcement.clone()),
        changes: changes.iter().rev().map(|change| date_changed(tenant, change)).collect(),
    }
}

/// One change of dates, in words.
pub(super) fn date_changed(tenant: &Tenant, change: &DatesChanged) -> views::DateChanged {
    let closing = |local: Option<NaiveDateTime>| {
        let at = local.and_then(|local| to_instant(local, tenant.zone, Ambiguous::Latest).ok());
        at.map(|at| in_words(at, tenant.zone)).unwrap_or_default()
    };
    views::DateChanged {
        on: local_date(change.at, tenant.zone).format("%-d %B %Y").to_string(),
        what: views::DateChanged::words(change.what, &closing(change.from), &closing(change.to)),
        reason: change.reason.clone(),
        announcement: change.announcement.clone(),
    }
}

/// The beginning of a text on one line.
pub(super) fn excerpt(body: &str) -> String {
    let (words, cut) = beginning(body, EXCERPT_CHARACTERS);
    let line = words.split_whitespace().collect::<Vec<_>>().join(" ");
    if cut { format!("{line}…") } else { line }
}

pub(super) fn author(number: i32) -> views::Author {
    views::Author { name: voice::name(number), colour: voice::colour(number) }
}

fn shown(state: PostState, body: &str) -> String {
    match state {
        PostState::Visible => post_html(body),
        PostState::Hidden | PostState::Withdrawn => String::new(),
    }
}
