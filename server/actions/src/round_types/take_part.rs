//! Somebody sends a form of a round's activity: the guest is asked on what was read, and what it wants kept is written if that has not moved.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;
use std::time::Duration;

use domain::ids::RoundId;
use domain::round::RoundRefusal;
use plugin_host::contract::{Outcome, Post};
use plugin_host::{CallFailure, Cause, Changes, Digest, Place, Stored};
use storage::conversation::{RoundPin, StoredRoundType};

use super::calling::{Runs, may_take_part, note_failure, phase};
use super::keep_answers::{Ask, KeepOutcome, OwnAnswers};
use super::own_parts::Own;
use super::snapshot::{Snapshot, Who};
use super::write_posts::words_of;
use super::{Problem, SentForm};
use crate::keep_act::{Act, Author};
use crate::tenant::tenant_id;
use crate::{ActionError, Actions, RoundInfo, Session, Tenant};

/// How often a guest is called again because what it read has moved.
const ATTEMPTS: usize = 32;
/// The most that a round type may keep for one participant, bytes of keys and values: it is read whole with each of their pages.
const KEPT_BYTES: usize = 128 * 1024;
/// The most keys under which it may.
const KEPT_KEYS: usize = 100;
/// Said when a round type would keep more.
const TOO_MUCH: &str = "This activity keeps no more than it has of yours already. Take something back first.";
/// Said when a moderator looks at somebody's words before others do.
const HELD: &str = "Saved. A moderator looks at your words before others see them.";
/// Said to somebody who waits and would write what belongs to all.
const WAIT_FIRST: &str =
    "You can do this once you have been let in with others. What you gave before is kept.";
/// Said when a round has no place for what somebody wrote.
const NO_PLACE: &str = "This round has no place for these words just now. Please tell the support address.";

/// How often it is looked whether a round that is being brought to another component takes answers again.
const HOLD_LOOK: Duration = Duration::from_millis(25);
/// Looks before somebody is told that the site is busy: ten seconds.
const HOLD_PATIENCE: u32 = 400;

/// What became of one attempt.
enum Attempt {
    /// It came to something.
    Ended(Taken),
    /// What was read has moved.
    Moved,
    /// They wait no longer.
    LetIn,
    /// The round is being brought to another component.
    Held,
}

/// What became of a form.
#[derive(Clone, Debug, PartialEq)]
pub enum Taken {
    /// It is kept; where to go, and a sentence to say there.
    Done {
        /// The activity's page to go to.
        page: String,
        /// What to say there.
        notice: Option<String>,
    },
    /// Some answers cannot be taken.
    Invalid(Vec<Problem>),
    /// The activity says no, in a sentence.
    Refused(String),
    /// The round takes nothing now.
    NotOpen(RoundRefusal),
    /// There is no such form any more: the page has changed.
    Changed,
    /// The activity does not work now; others carry on.
    Unavailable,
}

impl Actions {
    /// Takes the form `sent` of `round`'s activity from the session's participant; returns when it is on disk, or kept until they are let in.
    /// Nothing if the round has no activity, or is not of the session's campaign.
    ///
    /// # Errors
    /// Database faults.
    pub async fn take_part(
        &self,
        tenant: &Tenant,
        session: &Session,
        round: &RoundInfo,
        sent: &SentForm,
    ) -> Result<Option<Taken>, ActionError> {
        if !may_take_part(tenant, session, round) {
            return Ok(None);
        }
        let (mut patience, mut waiting) = (HOLD_PATIENCE, session.waiting);
        for _ in 0..ATTEMPTS {
            let Some(runs) = self.runs(tenant, round).await? else { return Ok(Some(Taken::Unavailable)) };
            let taken = match waiting {
                true => self.try_waiting(tenant, session, round, &runs, sent).await?,
                false => self.try_once(tenant, session, round, &runs, sent).await?,
            };
            match taken {
                Attempt::Ended(taken) => return Ok(Some(taken)),
                Attempt::Moved => {}
                // The group was let in a moment ago: from now on they are one of everybody.
                Attempt::LetIn => waiting = false,
                Attempt::Held => {
                    // The round comes back with another component.
                    while patience > 0 && self.is_held(tenant, round).await? {
                        patience -= 1;
                        tokio::time::sleep(HOLD_LOOK).await;
                    }
                }
            }
        }
        Err(ActionError::Busy)
    }

    async fn is_held(&self, tenant: &Tenant, round: &RoundInfo) -> Result<bool, ActionError> {
        let until = self.conversation.read(tenant.id).await?.answers_held_until(round.id).await?;
        Ok(until.is_some_and(|until| self.clock.now().timestamp() < until))
    }

    /// One attempt.
    async fn try_once(
        &self,
        tenant: &Tenant,
        session: &Session,
        round: &RoundInfo,
        runs: &Runs,
        sent: &SentForm,
    ) -> Result<Attempt, ActionError> {
        let Some(part) = self.own_part_for_form(tenant, round, runs, session.participant).await? else {
            return Ok(Attempt::Moved);
        };
        let state = self.snapshot_for(tenant, round, &part);
        let asked = match self.ask_guest(tenant, round, runs, &part.who, state, sent).await {
            Ok((_, changes)) if is_too_much(&part.own, &changes) => {
                Err(Ok(Taken::Refused(TOO_MUCH.to_owned())))
            }
            asked => asked,
        };
        let (mut outcome, changes) = match asked {
            Ok(asked) => asked,
            // What they keep may be other than what is remembered: they are refused only on what stands.
            Err(Ok(_)) if part.was_remembered => return Ok(Attempt::Moved),
            Err(taken) => return taken.map(Attempt::Ended),
        };
        if self.round_types.known().pin(round.id).is_none() {
            self.keep_component(runs.plugin.digest()).await?;
        }
        let author = Author::of(session);
        let (token, after) = (part.who.token, part.after(&changes));
        let ask = Ask { author, round: round.id, token, pin: runs.pin(), changes };
        let kept = match outcome.posts.is_empty() {
            true => self.answers.settle(tenant.id, ask).await?,
            false => match self.keep_with_posts(tenant, author, round, &ask, &outcome.posts).await {
                Err(ActionError::Post(refusal)) => {
                    return Ok(Attempt::Ended(Taken::Refused(refusal.to_string())));
                }
                Err(fault) => return Err(fault),
                Ok((kept, is_held)) => {
                    outcome.notice = if is_held { Some(HELD.to_owned()) } else { outcome.notice };
                    kept
                }
            },
        };
        Ok(match kept {
            KeepOutcome::Kept => {
                self.round_types.known().remember_pin(round.id, runs.pin());
                if let Some(after) = after {
                    self.round_types.parts().remember(round.id, after, self.clock.now());
                }
                Attempt::Ended(Taken::Done { page: outcome.page, notice: outcome.notice })
            }
            KeepOutcome::Moved => {
                let pin = self.conversation.read(tenant.id).await?.round_pin(round.id).await?;
                if let Some(pin) = pin {
                    self.round_types.known().remember_pin(round.id, pin);
                }
                Attempt::Moved
            }
            KeepOutcome::Held => Attempt::Held,
            KeepOutcome::NotOpen(refusal) => Attempt::Ended(Taken::NotOpen(refusal)),
            KeepOutcome::NotThere => Attempt::Ended(Taken::Changed),
        })
    }

    /// Calls the guest: what came of it and what to write; or else what the participant is told instead, or a fault.
    async fn ask_guest(
        &self,
        tenant: &Tenant,
        round: &RoundInfo,
        runs: &Runs,
        who: &Who,
        state: Snapshot,
        sent: &SentForm,
    ) -> Result<(Outcome, Changes), Result<Taken, ActionError>> {
        let machine = self.round_types.machine().await.map_err(|_| Ok(Taken::Unavailable))?;
        let call = self.call(round, runs, phase(round, self.clock.now()), Some(who), state);
        let asked = machine.host.submit(&call, &who.seen, sent).await;
        let (outcome, changes) = asked.map_err(|failure| {
            note_failure(tenant, round, &failure);
            Ok(match failure {
                CallFailure::Invalid(problems) => Taken::Invalid(problems),
                CallFailure::Refused(sentence) => Taken::Refused(sentence),
                CallFailure::NoSuchForm => Taken::Changed,
                CallFailure::NotOpen => self.not_open(round),
                CallFailure::Unavailable(Cause::Busy) => return Err(ActionError::Busy),
                CallFailure::Unavailable(_) => Taken::Unavailable,
            })
        })?;
        let has_place = |post: &Post| round.prompts.iter().any(|prompt| prompt.slug == post.subject);
        match outcome.posts.iter().all(has_place) {
            true => Ok((outcome, changes)),
            false => Err(Ok(Taken::Refused(NO_PLACE.to_owned()))),
        }
    }

    fn not_open(&self, round: &RoundInfo) -> Taken {
        let early = self.clock.now() < round.opens_at;
        Taken::NotOpen(if early { RoundRefusal::NotOpenYet } else { RoundRefusal::Closed })
    }

    /// Keeps the component that a round is about to be held to, so that later versions of Candour find it.
    pub(crate) async fn keep_component(&self, digest: Digest) -> Result<(), ActionError> {
        let text = digest.to_string();
        if self.round_types.known().stored().iter().any(|stored| stored.digest == text) {
            return Ok(());
        }
        let fault = |fault: super::RoundTypeFault| ActionError::Fault(fault.to_string());
        let component = self.round_types.component(digest).await.map_err(fault)?;
        let bytes = self.round_types.bytes(digest).await.map_err(fault)?;
        let manifest = serde_json::to_string(&component.manifest)
            .map_err(|error| ActionError::Fault(error.to_string()))?;
        let stored = StoredRoundType {
            digest: text,
            name: component.manifest.name.clone(),
            publisher: None,
            manifest,
            admitted_on: self.clock.now().date_naive(),
            withdrawn_on: None,
        };
        let write = self.conversation.write(tenant_id(domain::tenant_pack::PLATFORM)).await?;
        write.add_round_type(&stored, &bytes).await?;
        write.commit().await?;
        self.round_types.refresh().await
    }

    /// One attempt for somebody who waits to be let in: their answers are kept with their place in the queue.
    async fn try_waiting(
        &self,
        tenant: &Tenant,
        session: &Session,
        round: &RoundInfo,
        runs: &Runs,
        sent: &SentForm,
    ) -> Result<Attempt, ActionError> {
        let ended = |taken| Ok(Attempt::Ended(taken));
        let Some(stored) = self.conversation.read(tenant.id).await?.round(round.id).await? else {
            return ended(Taken::Changed);
        };
        if let Err(refusal) = stored.require_open(self.clock.now()) {
            return ended(Taken::NotOpen(refusal));
        }
        let before = kept_answers(&self.kept_acts(tenant, session).await?, round.id);
        // Kept for a version that is gone: they begin anew.
        let mut after = before.clone().filter(|before| before.data_version == runs.data_version);
        let (who, state) = self.waiting_part(tenant, session, round, after.as_ref());
        let (outcome, changes) = match self.ask_guest(tenant, round, runs, &who, state, sent).await {
            Ok(asked) => asked,
            Err(taken) => return taken.map(Attempt::Ended),
        };
        let after = after.get_or_insert_with(|| OwnAnswers::of(&runs.pin()));
        for (place, value) in changes.written {
            let Place::Own { key, .. } = place else {
                return ended(Taken::Refused(WAIT_FIRST.to_owned()));
            };
            match value {
                Some(value) => _ = after.kept.insert(key, value),
                None => _ = after.kept.remove(&key),
            }
        }
        for post in outcome.posts {
            if let Err(refusal) = words_of(&post) {
                return ended(Taken::Refused(refusal.to_string()));
            }
            match post.text.trim().is_empty() {
                true => _ = after.posts.remove(&post.id),
                false => _ = after.posts.insert(post.id, (post.subject, post.text)),
            }
        }
        if after.bytes() > KEPT_BYTES || after.kept.len() > KEPT_KEYS {
            return ended(Taken::Refused(TOO_MUCH.to_owned()));
        }
        // They may be the first to be let in with answers: the round runs this component then.
        self.keep_component(runs.plugin.digest()).await?;
        let kept = self.replace_kept_answers(tenant, session, round.id, (before, after.clone())).await?;
        match kept {
            Some(true) => ended(Taken::Done { page: outcome.page, notice: outcome.notice }),
            Some(false) => Ok(Attempt::Moved),
            None => Ok(Attempt::LetIn),
        }
    }

    /// Who waits, as a guest knows them, with what they keep.
    pub(crate) fn waiting_part(
        &self,
        tenant: &Tenant,
        session: &Session,
        round: &RoundInfo,
        answers: Option<&OwnAnswers>,
    ) -> (Who, Snapshot) {
        let token = self.token(round, session.participant);
        let kept = answers.into_iter().flat_map(|answers| &answers.kept).map(|(key, value)| {
            // There is one version while they wait: the whole is compared.
            (key.clone(), Stored { version: 1, value: value.clone() })
        });
        let own = Arc::new(kept.collect());
        let state = Snapshot::of_round(&self.conversation, tenant.id, round.id).with_own(own);
        (Who::new(token, None), state)
    }
}

/// What a round type would keep for one participant, who keeps `own` now, is more than it may.
fn is_too_much(own: &Own, changes: &Changes) -> bool {
    let mut sizes: HashMap<&str, usize> =
        own.iter().map(|(key, stored)| (key.as_str(), stored.value.len())).collect();
    for (place, value) in &changes.written {
        if let Place::Own { key, .. } = place {
            match value {
                Some(value) => _ = sizes.insert(key, value.len()),
                None => _ = sizes.remove(key.as_str()),
            }
        }
    }
    sizes.len() > KEPT_KEYS || sizes.iter().map(|(key, size)| key.len() + size).sum::<usize>() > KEPT_BYTES
}

/// What somebody who waits keeps in `round`.
pub(crate) fn kept_answers(acts: &[Act], round: RoundId) -> Option<OwnAnswers> {
    acts.iter().find_map(|act| match act {
        Act::Answer { round: of, answers } if *of == round => Some(answers.clone()),
        _ => None,
    })
}

impl OwnAnswers {
    fn of(pin: &RoundPin) -> Self {
        let RoundPin { digest, data_version } = pin.clone();
        Self { digest, data_version, kept: BTreeMap::new(), posts: BTreeMap::new() }
    }

    /// How much is kept, keys and words included.
    fn bytes(&self) -> usize {
        let kept = self.kept.iter().map(|(key, value)| key.len() + value.len());
        let posts = self.posts.iter().map(|(name, (subject, text))| name.len() + subject.len() + text.len());
        kept.sum::<usize>() + posts.sum::<usize>()
    }
}
