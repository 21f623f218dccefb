//! A round's dates change while people take part: in the pack, with the audit entry, in one transaction. Sessions, drafts, votes and
//! credentials are not touched; every page and file reads its dates from the pack or the stored round.

use chrono::NaiveDateTime;
use domain::sending::held_at_its_time;
use domain::tenant_pack::{CampaignFile, RoundFile};
use domain::timetable::{ChangeKind, DateChange, DateRefusal, change_dates};
use thiserror::Error;

use crate::edit_pack::Done;
use crate::{ActionError, Actor, EditRefusal, Enrolment, Sides, Tenant};

/// Which round, and what whoever asks saw of it.
#[derive(Clone, Debug)]
pub struct RoundDates<'a> {
    /// The campaign's short name.
    pub campaign: &'a str,
    /// The round's short name.
    pub round: &'a str,
    /// The closing, local time, that they saw; none to not care.
    pub seen: Option<NaiveDateTime>,
}

/// Why the dates stay as they are.
#[derive(Debug, Error)]
pub enum DatesRefusal {
    /// The rule says no.
    #[error(transparent)]
    Rule(#[from] DateRefusal),
    /// Nobody could join any more.
    #[error(
        "The list of who may join was deleted on its day, so this conversation cannot be opened again. Start a new campaign instead."
    )]
    RollDeleted,
    /// Somebody else was faster, or it cannot be written.
    #[error(transparent)]
    Edit(#[from] EditRefusal),
}

impl From<ActionError> for DatesRefusal {
    fn from(error: ActionError) -> Self {
        Self::Edit(error.into())
    }
}

impl From<storage::StorageError> for DatesRefusal {
    fn from(error: storage::StorageError) -> Self {
        Self::Edit(error.into())
    }
}

/// What a change would do.
#[derive(Clone, Debug)]
pub struct DatesPreview {
    /// The round as it is.
    pub before: RoundFile,
    /// The round as it would be.
    pub after: RoundFile,
    /// Emails that would be held, with the reason: title, why.
    pub will_be_held: Vec<(String, String)>,
    /// Emails that are held and would not be any more: their titles.
    pub will_go: Vec<String>,
}

impl Sides {
    /// Changes a round's dates.
    ///
    /// # Errors
    /// A [`DatesRefusal`].
    pub async fn change_dates(
        &self,
        actor: &Actor,
        tenant: &Tenant,
        round: &RoundDates<'_>,
        change: &DateChange,
    ) -> Result<DatesPreview, DatesRefusal> {
        let preview = self.enrolment()?.change_dates(actor, tenant, round, change).await?;
        self.take_over_soon(tenant.id).await;
        Ok(preview)
    }
}

impl Enrolment {
    /// The identity side's part of [`Sides::change_dates`]: what keeps, whatever becomes of the other.
    ///
    /// # Errors
    /// A [`DatesRefusal`].
    pub async fn change_dates(
        &self,
        actor: &Actor,
        tenant: &Tenant,
        round: &RoundDates<'_>,
        change: &DateChange,
    ) -> Result<DatesPreview, DatesRefusal> {
        let mut edit = self.begin_edit(tenant.id).await?;
        let campaign = edit.pack.campaigns.get(round.campaign).ok_or(EditRefusal::Unknown)?;
        let changed = self.preview(tenant, campaign, round, change)?;
        let id = crate::tenant::campaign_id(&tenant.slug, round.campaign);
        let row = edit.write.take_campaign(id).await?;
        if row.is_some_and(|row| row.erased_on.is_some()) {
            return Err(DatesRefusal::RollDeleted);
        }
        let campaign = edit.pack.campaigns.get_mut(round.campaign).ok_or(EditRefusal::Unknown)?;
        for stored in campaign.rounds.iter_mut().filter(|stored| stored.slug == round.round) {
            *stored = changed.after.clone();
        }
        let last = changed.after.changes.last();
        let what = format!("campaign.{}", last.map_or(ChangeKind::Extended, |last| last.what).slug());
        let subject = format!("{}/{}", round.campaign, round.round);
        let done = Done { what: &what, subject: &subject, detail: &detail(&changed) };
        self.finish_edit(edit, actor, &done).await?;
        Ok(changed)
    }

    /// What a change would do, without doing it.
    ///
    /// # Errors
    /// A [`DatesRefusal`].
    pub async fn preview_dates(
        &self,
        tenant: &Tenant,
        round: &RoundDates<'_>,
        change: &DateChange,
    ) -> Result<DatesPreview, DatesRefusal> {
        let pack = self.stored_pack(tenant.id).await?.ok_or(EditRefusal::Unknown)?;
        let campaign = pack.campaigns.get(round.campaign).ok_or(EditRefusal::Unknown)?;
        self.preview(tenant, campaign, round, change)
    }

    fn preview(
        &self,
        tenant: &Tenant,
        campaign: &CampaignFile,
        round: &RoundDates<'_>,
        change: &DateChange,
    ) -> Result<DatesPreview, DatesRefusal> {
        let before = campaign.rounds.iter().find(|stored| stored.slug == round.round);
        let before = before.ok_or(DateRefusal::NoSuchRound)?.clone();
        if round.seen.is_some_and(|seen| seen != before.closes) {
            return Err(EditRefusal::Outdated.into());
        }
        let now = self.clock.now();
        let after = change_dates(campaign, round.round, change, tenant.zone, now)?;
        let mut changed = campaign.clone();
        for stored in changed.rounds.iter_mut().filter(|stored| stored.slug == round.round) {
            *stored = after.clone();
        }
        let (mut will_be_held, mut will_go) = (Vec::new(), Vec::new());
        for email in &campaign.emails {
            let held = |campaign| held_at_its_time(email, campaign, &tenant.sending, tenant.zone);
            match (held(campaign), held(&changed)) {
                (None, Some(why)) => will_be_held.push((email.title.clone(), why.to_string())),
                (Some(_), None) => will_go.push(email.title.clone()),
                _ => {}
            }
        }
        Ok(DatesPreview { before, after, will_be_held, will_go })
    }
}

fn detail(changed: &DatesPreview) -> String {
    let Some(last) = changed.after.changes.last() else { return String::new() };
    let times = match (last.from, last.to) {
        (Some(from), Some(to)) => format!("closes {to} instead of {from}; "),
        _ => String::new(),
    };
    let held: Vec<&str> = changed.will_be_held.iter().map(|(title, _)| title.as_str()).collect();
    let held = if held.is_empty() { String::new() } else { format!("; held: {}", held.join(", ")) };
    format!("{times}{}{held}", last.reason)
}
