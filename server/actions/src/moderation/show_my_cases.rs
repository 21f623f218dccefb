//! What moderators did about one's own posts, and whether one may write: for the author alone.

use std::collections::HashMap;

use domain::contribution::PostState;
use domain::ids::PostId;
use domain::moderation::{CaseState, MAX_NOTES_PER_POST, Reason, appeal_is_left};
use domain::time_zone::local_date;
use storage::conversation::{Case, CaseNote, ModeratedPost, Suspension};

use crate::list_mine::MAX_MINE;
use crate::{ActionError, Actions, RoundInfo, Session, Tenant};

/// One's own post that a moderator has, or had, to look at.
#[derive(Clone, Debug)]
pub struct MyCase {
    /// Its case.
    pub case: Case,
    /// The post.
    pub post: ModeratedPost,
    /// What was said about it, oldest first.
    pub notes: Vec<CaseNote>,
}

/// One's own suspension.
#[derive(Clone, Debug)]
pub struct MySuspension {
    /// The suspension.
    pub suspension: Suspension,
    /// Its reason.
    pub reason: Reason,
}

impl MyCase {
    /// Whether its author may ask for another look.
    pub fn may_appeal(&self) -> bool {
        self.case.state == CaseState::Hidden && appeal_is_left(self.notes.iter().map(|note| note.kind))
    }

    /// Whether there is anything to tell its author.
    fn tells_something(&self) -> bool {
        !self.notes.is_empty() || self.post.state == PostState::Hidden
    }
}

impl Actions {
    /// What moderators did about the posts of the session's participant in `round`, and the suspension that keeps them from writing, if any.
    ///
    /// # Errors
    /// Database faults.
    pub async fn show_my_cases(
        &self,
        tenant: &Tenant,
        session: &Session,
        round: &RoundInfo,
    ) -> Result<(Vec<MyCase>, Option<MySuspension>), ActionError> {
        let reading = self.conversation.read(tenant.id).await?;
        let today = local_date(self.clock.now(), tenant.zone);
        let suspension = reading.suspension(session.participant, today).await?.map(|suspension| {
            let reason = Reason::from_slug(&suspension.reason).unwrap_or(Reason::Other);
            MySuspension { suspension, reason }
        });
        let cases = reading.own_cases(round.id, session.participant, MAX_MINE).await?;
        let mut notes: HashMap<PostId, Vec<CaseNote>> = HashMap::new();
        for note in reading.own_notes(round.id, session.participant, MAX_MINE * MAX_NOTES_PER_POST).await? {
            if note.kind.is_for_author() {
                notes.entry(note.post).or_default().push(note);
            }
        }
        let cases = cases.into_iter().map(|queued| {
            let notes = notes.remove(&queued.post.id).unwrap_or_default();
            MyCase { case: queued.case, post: queued.post, notes }
        });
        Ok((cases.filter(MyCase::tells_something).collect(), suspension))
    }
}
