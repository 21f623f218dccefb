//! A round's activity as a reader sees it: the page that its round type draws, with what people say about the subjects on it.

use std::collections::BTreeMap;
use std::sync::Arc;

use domain::board::{Card, Query};
use domain::round::RoundState;
use plugin_host::{Call, CallFailure, Cause, Node};

use super::calling::{Runs, may_take_part, note_failure, phase};
use super::snapshot::{Snapshot, Who, figure};
use super::{Page, kept_answers};
use crate::{ActionError, Actions, Campaign, RoundInfo, Session, Tenant};

/// How often it is looked again what a round runs, if that changed meanwhile.
const ATTEMPTS: usize = 3;
/// How many posts of a thread stand on an activity's page.
const SHOWN_POSTS: usize = 2;

/// A round's activity.
#[derive(Clone, Debug)]
pub struct ActivityView {
    /// What there is to see.
    pub activity: Activity,
    /// Whether it takes answers.
    pub state: RoundState,
    /// What people say, by subject.
    pub threads: BTreeMap<String, ThreadView>,
}

/// A page of an activity, or why there is none.
#[derive(Clone, Debug)]
pub enum Activity {
    /// The page.
    Drawn(Page),
    /// The activity says no, in a sentence.
    Refused(String),
    /// There is no such page.
    NoSuchPage,
    /// The activity does not work now; others carry on.
    Unavailable,
}

/// What people say about a subject: contributions to the prompt of the same short name.
#[derive(Clone, Debug)]
pub struct ThreadView {
    /// The prompt's short name: the subject.
    pub prompt: String,
    /// How many contributions there are.
    pub count: usize,
    /// Some of them, in the reader's own shuffle.
    pub some: Vec<Arc<Card>>,
}

impl Actions {
    /// The page called `page` of `round`'s activity (the first is the empty name). Nothing if the round has none, or is not of the session's
    /// campaign.
    ///
    /// # Errors
    /// Database faults.
    pub async fn show_activity(
        &self,
        tenant: &Tenant,
        session: &Session,
        round: &RoundInfo,
        page: &str,
    ) -> Result<Option<ActivityView>, ActionError> {
        if !may_take_part(tenant, session, round) {
            return Ok(None);
        }
        let state = round.state(self.clock.now());
        let view = |activity, threads| Some(ActivityView { activity, state, threads });
        let mut activity = Activity::Unavailable;
        for _ in 0..ATTEMPTS {
            let Some(runs) = self.runs(tenant, round).await? else { break };
            if let Some((who, snapshot)) = self.part_of(tenant, session, round, &runs).await? {
                activity = self.draw(tenant, round, &runs, (&who, snapshot), page).await?;
                break;
            }
        }
        let threads = match &activity {
            Activity::Drawn(page) => self.threads(tenant, session, round, page).await?,
            _ => BTreeMap::new(),
        };
        Ok(view(activity, threads))
    }

    /// Whether anybody has given anything in `round`'s activity.
    ///
    /// # Errors
    /// Database faults.
    pub async fn has_been_answered(&self, tenant: &Tenant, round: &RoundInfo) -> Result<bool, ActionError> {
        Ok(self.conversation.read(tenant.id).await?.round_pin(round.id).await?.is_some())
    }

    /// Whether it is published what any round of `campaign` came to.
    ///
    /// # Errors
    /// Database faults.
    pub async fn has_results(&self, tenant: &Tenant, campaign: &Campaign) -> Result<bool, ActionError> {
        let now = self.clock.now();
        let closed = |round: &&RoundInfo| round.has_activity() && round.state(now) == RoundState::Closed;
        for round in campaign.rounds.iter().filter(closed) {
            if !self.conversation.read(tenant.id).await?.round_results(round.id).await?.is_empty() {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// What a closed round came to, as its round type tells it from what was published. Nothing before that.
    ///
    /// # Errors
    /// Database faults.
    pub async fn show_results(
        &self,
        tenant: &Tenant,
        round: &RoundInfo,
    ) -> Result<Option<Activity>, ActionError> {
        if round.state(self.clock.now()) != RoundState::Closed {
            return Ok(None);
        }
        let released = self.conversation.read(tenant.id).await?.round_results(round.id).await?;
        if released.is_empty() {
            return Ok(None);
        }
        let Some(runs) = self.runs(tenant, round).await? else { return Ok(None) };
        let Ok(machine) = self.round_types.machine().await else { return Ok(Some(Activity::Unavailable)) };
        let state = Snapshot::of_round(&self.conversation, tenant.id, round.id);
        let call = self.call(round, &runs, phase(round, self.clock.now()), None, state);
        let released: Vec<_> = released.into_iter().map(figure).collect();
        let drawn = machine.host.summarise(&call, &released).await;
        Ok(Some(drawn.map(Activity::Drawn).or_else(|failure| failed(tenant, round, failure))?))
    }

    /// The participant, and what they keep in the round, whether they are in or wait. Nothing if the round runs something else by now.
    async fn part_of(
        &self,
        tenant: &Tenant,
        session: &Session,
        round: &RoundInfo,
        runs: &Runs,
    ) -> Result<Option<(Who, Snapshot)>, ActionError> {
        if session.waiting {
            let kept = kept_answers(&self.kept_acts(tenant, session).await?, round.id);
            // Without any they have nothing anywhere, or were let in a moment ago: then what they gave is where everybody's is.
            if let Some(kept) = kept.filter(|kept| kept.data_version == runs.data_version) {
                return Ok(Some(self.waiting_part(tenant, session, round, Some(&kept))));
            }
        }
        let part = self.own_part(tenant, round, runs, session.participant).await?;
        Ok(part.map(|part| {
            let state = self.snapshot_for(tenant, round, &part);
            // Their form may follow.
            self.round_types.parts().remember(round.id, part.clone(), self.clock.now());
            (part.who, state)
        }))
    }

    async fn draw(
        &self,
        tenant: &Tenant,
        round: &RoundInfo,
        runs: &Runs,
        (who, snapshot): (&Who, Snapshot),
        page: &str,
    ) -> Result<Activity, ActionError> {
        let Ok(machine) = self.round_types.machine().await else { return Ok(Activity::Unavailable) };
        let call: Call = self.call(round, runs, phase(round, self.clock.now()), Some(who), snapshot);
        let drawn = machine.host.render(&call, Some(&who.seen), page).await;
        drawn.map(Activity::Drawn).or_else(|failure| failed(tenant, round, failure))
    }

    async fn threads(
        &self,
        tenant: &Tenant,
        session: &Session,
        round: &RoundInfo,
        page: &Page,
    ) -> Result<BTreeMap<String, ThreadView>, ActionError> {
        let mut subjects = Vec::new();
        subjects_of(&page.nodes, &mut subjects);
        if subjects.is_empty() {
            return Ok(BTreeMap::new());
        }
        let reading = self.conversation.read(tenant.id).await?;
        let Some(stored) = reading.round(round.id).await? else { return Ok(BTreeMap::new()) };
        let board = self.conversation.board_at(&reading, round.id, stored.revision).await?;
        let prompts = round.prompts.iter().filter(|prompt| subjects.contains(&prompt.slug.as_str()));
        let threads = prompts.map(|prompt| {
            let query = Query { prompt: Some(prompt.id), ..Query::default() };
            let page = board.page(&query, session.seed.cast_unsigned());
            let some = page.cards.into_iter().take(SHOWN_POSTS).collect();
            let view = ThreadView { prompt: prompt.slug.clone(), count: page.matching, some };
            (prompt.slug.clone(), view)
        });
        Ok(threads.collect())
    }
}

fn failed(tenant: &Tenant, round: &RoundInfo, failure: CallFailure) -> Result<Activity, ActionError> {
    note_failure(tenant, round, &failure);
    Ok(match failure {
        CallFailure::Refused(sentence) => Activity::Refused(sentence),
        CallFailure::NoSuchForm | CallFailure::Invalid(_) => Activity::NoSuchPage,
        CallFailure::Unavailable(Cause::Busy) => return Err(ActionError::Busy),
        CallFailure::NotOpen | CallFailure::Unavailable(_) => Activity::Unavailable,
    })
}

fn subjects_of<'a>(nodes: &'a [Node], subjects: &mut Vec<&'a str>) {
    for node in nodes {
        match node {
            Node::Thread(thread) => subjects.push(&thread.subject),
            other => subjects_of(other.children(), subjects),
        }
    }
}
