//! Nobody is let in alone: who comes in waits until enough wait, or until a stated hour, and then all are written at once, in an order that
//! says nothing. What they sent meanwhile is done in the same transaction.

use std::collections::{BTreeMap, VecDeque};

use chrono::{DateTime, NaiveDate, Utc};
use domain::clock::random_bytes;
use domain::ids::ParticipantId;
use domain::time_zone::{local_date, local_time};
use storage::conversation::{Newcomer, Reading, Writing};

use crate::cast_vote::{Ask, write_votes};
use crate::keep_act::{Act, Author, acts_of};
use crate::put_away_refused::{NotDone, RefusedAct};
use crate::round_types::{OwnAnswers, RoundPost, write_waiting};
use crate::{ActionError, Actions, Campaign, RoundInfo, Tenant};

impl Actions {
    /// Lets whoever waits in everywhere, where the stated hour has come or the campaign's round has closed. Gives how many were let in.
    ///
    /// # Errors
    /// Database faults.
    pub async fn admit_due(&self) -> Result<usize, ActionError> {
        let mut admitted = 0;
        for tenant in self.tenants.all().await?.iter() {
            for campaign in &tenant.campaigns {
                match self.admit_if_due(tenant, campaign).await {
                    Ok(number) => admitted += number,
                    // One campaign's trouble must not keep the others' people waiting.
                    Err(fault) => {
                        tracing::error!(tenant = tenant.slug, campaign = campaign.slug, %fault, "nobody could be let in")
                    }
                }
            }
        }
        Ok(admitted)
    }

    async fn admit_if_due(&self, tenant: &Tenant, campaign: &Campaign) -> Result<usize, ActionError> {
        let today = local_date(self.clock.now(), tenant.zone);
        let late = |last: Option<NaiveDate>| {
            let time = local_time(self.clock.now(), tenant.zone);
            time >= tenant.joining.latest_hour && last.is_none_or(|last| last < today)
        };
        let reading = self.conversation.read(tenant.id).await?;
        let (last, count) = reading.door(campaign.id).await?;
        if count == 0 && tenant.joining.batch_size <= 1 {
            // Nobody ever waits here.
            return Ok(0);
        }
        if !late(last) && (count == 0 || !has_closed(&reading, campaign, self.clock.now()).await?) {
            return Ok(0);
        }
        let mut write = self.conversation.write(tenant.id).await?;
        // The hour is marked also when nobody waits: who comes an hour after it must not be let in alone at once.
        if late(write.take_door(campaign.id).await?) {
            write.mark_admitted(campaign.id, today).await?;
        }
        let waiting = write.waiting(campaign.id).await?;
        self.admit(&mut write, tenant, campaign, &waiting).await?;
        write.commit().await?;
        if !waiting.is_empty() {
            self.forget_order().await;
        }
        Ok(waiting.len())
    }

    /// Lets `newcomer` in together with all who wait, if they are enough, or has them wait. The caller has taken the door, and this
    /// commits. Gives whether they wait.
    pub(crate) async fn let_in_or_wait(
        &self,
        mut write: Writing,
        tenant: &Tenant,
        campaign: &Campaign,
        newcomer: Newcomer,
    ) -> Result<bool, ActionError> {
        let mut waiting = write.waiting(campaign.id).await?;
        waiting.push(newcomer);
        let enough = waiting.len() >= tenant.joining.batch_size as usize;
        if enough {
            self.admit(&mut write, tenant, campaign, &waiting).await?;
        } else {
            write.put_waiting(campaign.id, &mut waiting).await?;
        }
        write.commit().await?;
        if tenant.joining.batch_size > 1 {
            self.forget_order().await;
        }
        Ok(!enough)
    }

    /// Empties the database's own log of the order of things. What was committed before stands, whatever becomes of this.
    pub(crate) async fn forget_order(&self) {
        if let Err(fault) = self.conversation.empty_log().await {
            tracing::warn!(%fault, "the conversation database's log could not be emptied");
        }
    }

    async fn admit(
        &self,
        write: &mut Writing,
        tenant: &Tenant,
        campaign: &Campaign,
        waiting: &[Newcomer],
    ) -> Result<(), ActionError> {
        write.put_waiting(campaign.id, &mut []).await?;
        write.admit(campaign.id, waiting).await?;
        let mut left: Vec<(Author, VecDeque<Act>)> = Vec::new();
        for newcomer in waiting {
            let author = Author { participant: newcomer.participant, campaign: campaign.id };
            left.push((author, acts_of(newcomer)?.into()));
        }
        // One act of a person drawn anew each time: two posts that stand side by side must not be one person's more often than by chance.
        left.retain(|(_, acts)| !acts.is_empty());
        let mut refused: BTreeMap<ParticipantId, Vec<RefusedAct>> = BTreeMap::new();
        while !left.is_empty() {
            let drawn = u64::from_le_bytes(random_bytes(&*self.entropy)) as usize % left.len();
            let (author, acts) = &mut left[drawn];
            let (author, act) = (*author, acts.pop_front());
            if acts.is_empty() {
                left.swap_remove(drawn);
            }
            let Some(act) = act else { continue };
            let why = match self.do_kept_act(write, tenant, campaign, author, &act).await {
                Ok(None) => continue,
                Ok(Some(why)) => why,
                Err(error) => NotDone::by(error)?,
            };
            // The others' acts are not held up by it, and its author is told.
            refused.entry(author.participant).or_default().push(RefusedAct { act, why });
        }
        let text = |(participant, acts): (_, Vec<RefusedAct>)| {
            let text = serde_json::to_string(&acts).map_err(|error| ActionError::Fault(error.to_string()))?;
            Ok((participant, text))
        };
        let refused: BTreeMap<_, _> = refused.into_iter().map(text).collect::<Result<_, ActionError>>()?;
        Ok(write.add_refused_acts(&refused).await?)
    }

    /// Does what was accepted while its author waited, or gives why not; a round that has closed or was paused since counts as
    /// open in its last second.
    async fn do_kept_act(
        &self,
        write: &mut Writing,
        tenant: &Tenant,
        campaign: &Campaign,
        author: Author,
        act: &Act,
    ) -> Result<Option<NotDone>, ActionError> {
        let round = match act {
            Act::Share { round, .. } | Act::Answer { round, .. } => *round,
            Act::Comment { contribution: post, .. } | Act::Vote { post, .. } => {
                match write.post(*post).await? {
                    Some(post) => post.round,
                    None => return Ok(Some(NotDone::Gone)),
                }
            }
        };
        let Some(stored) = write.round(round).await? else { return Ok(Some(NotDone::AskedAnew)) };
        let at = || stored.last_taking(self.clock.now());
        let info = campaign.rounds.iter().find(|info| info.id == round);
        let done = match act {
            Act::Answer { answers, .. } => {
                let Some(round) = info else { return Ok(Some(NotDone::AskedAnew)) };
                return self.do_kept_answers(write, tenant, (author, round), answers, &at).await;
            }
            Act::Share { form, .. } => {
                let Some(round) = info else { return Ok(Some(NotDone::AskedAnew)) };
                self.write_contribution(write, tenant, author, round, form, &at).await?.is_some()
            }
            Act::Comment { contribution, form } => {
                self.write_comment(write, tenant, author, *contribution, form, &at).await?.is_some()
            }
            Act::Vote { post, wish } => {
                let mut outcomes =
                    write_votes(write, &[Ask { author, post: *post, wish: *wish }], &at).await?;
                outcomes.pop().transpose()?.flatten().is_some()
            }
        };
        Ok((!done).then_some(NotDone::Gone))
    }

    async fn do_kept_answers(
        &self,
        write: &mut Writing,
        tenant: &Tenant,
        (author, round): (Author, &RoundInfo),
        answers: &OwnAnswers,
        at: &(dyn Fn() -> DateTime<Utc> + Sync),
    ) -> Result<Option<NotDone>, ActionError> {
        // Words first: if they are refused, the answers beside them are not counted either.
        for (name, (subject, text)) in &answers.posts {
            let post = RoundPost { id: name.clone(), subject: subject.clone(), text: text.clone() };
            self.write_post(write, tenant, (author, round), &post, at).await?;
        }
        let token = self.token(round, author.participant);
        let kept = write_waiting(write, author, (round.id, token), answers, self.clock.now()).await?;
        Ok((!kept).then_some(NotDone::AskedAnew))
    }
}

async fn has_closed(reading: &Reading, campaign: &Campaign, now: DateTime<Utc>) -> Result<bool, ActionError> {
    for round in campaign.rounds.iter() {
        if reading.round(round.id).await?.is_some_and(|round| now < round.closes_at) {
            return Ok(false);
        }
    }
    Ok(true)
}
