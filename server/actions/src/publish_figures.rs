//! Publishing figures: each side counts what it knows, and `analysis::release` says what of it may be seen. Once a day for each campaign,
//! and, where somebody looks, at most once in [`LIVE_SECONDS`].

use std::collections::{BTreeMap, HashMap};
use std::sync::{Mutex, PoisonError};

use analysis::release::{Amount, Counted, Merged, Published, merge_small, release};
use chrono::{DateTime, Days, NaiveDate, TimeDelta, Utc};
use credentials::KeyLogEntry;
use domain::figures::{Dimension, Measure, PublishedFigure};
use domain::ids::CampaignId;
use domain::time_zone::local_date;
use storage::FigureShelf;
use storage::conversation::TakingPart;
use storage::identity::JoinedCount;

use crate::show_keys::entries;
use crate::{ActionError, Actions, Campaign, Enrolment, Tenant};

/// How long a process shows the figures of one campaign before it counts again, seconds.
pub const LIVE_SECONDS: i64 = 60;

/// Groups that are too small to stand for themselves. No cohort is called so: a colon is in no short name.
pub(crate) const OTHERS: &str = ":others";
/// People of whom no staff group is known.
pub(crate) const UNKNOWN: &str = ":unknown";
/// People who came in by a printed code.
pub(crate) const BY_CODE: &str = ":code";

/// When this process last counted a campaign, and the day that it last counted.
#[derive(Default)]
pub(crate) struct Looks(Mutex<HashMap<CampaignId, DateTime<Utc>>>);

impl Looks {
    /// Whether it is time to count again because somebody looks.
    fn is_due(&self, campaign: CampaignId, now: DateTime<Utc>) -> bool {
        let mut last = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let due = last.get(&campaign).is_none_or(|at| now - *at >= TimeDelta::seconds(LIVE_SECONDS));
        if due {
            last.insert(campaign, now);
        }
        due
    }

    /// The day whose end has come unnoticed: none when this process has counted today. The first count of a process is today's.
    fn day_to_close(&self, tenant: &Tenant, campaign: CampaignId, now: DateTime<Utc>) -> Option<NaiveDate> {
        let mut last = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let today = local_date(now, tenant.zone);
        let counted = last.get(&campaign).map(|at| local_date(*at, tenant.zone));
        if counted.is_some_and(|day| day >= today) {
            return None;
        }
        last.insert(campaign, now);
        Some(counted.map_or(today, |_| today - Days::new(1)))
    }
}

impl Enrolment {
    /// Publishes the day that has ended, once.
    pub(crate) async fn close_figures_of_the_day(
        &self,
        tenant: &Tenant,
        campaign: &Campaign,
    ) -> Result<(), ActionError> {
        match self.looks.day_to_close(tenant, campaign.id, self.clock.now()) {
            Some(day) => self.publish_figures(tenant, campaign, day).await,
            None => Ok(()),
        }
    }

    /// What this side publishes of `campaign`, counted now if it is time to.
    ///
    /// # Errors
    /// Database faults.
    pub async fn figures(
        &self,
        tenant: &Tenant,
        campaign: &Campaign,
    ) -> Result<Vec<PublishedFigure>, ActionError> {
        let now = self.clock.now();
        if self.looks.is_due(campaign.id, now) {
            self.publish_figures(tenant, campaign, local_date(now, tenant.zone)).await?;
        }
        self.published_figures(tenant, campaign).await
    }

    /// What this side has published of `campaign`. Nothing is counted.
    ///
    /// # Errors
    /// Database faults.
    pub async fn published_figures(
        &self,
        tenant: &Tenant,
        campaign: &Campaign,
    ) -> Result<Vec<PublishedFigure>, ActionError> {
        Ok(self.identity.read(tenant.id).await?.figures(campaign.id).published().await?)
    }

    /// Publishes what may be seen now, as of `day`. Nothing before the launch, nor after the roll is deleted.
    async fn publish_figures(
        &self,
        tenant: &Tenant,
        campaign: &Campaign,
        day: NaiveDate,
    ) -> Result<(), ActionError> {
        let reading = self.identity.read(tenant.id).await?;
        let Some(row) = reading.campaign(campaign.id).await? else { return Ok(()) };
        if row.launched_on.is_none() || row.erased_on.is_some() {
            return Ok(());
        }
        let shelf = reading.figures(campaign.id);
        let smallest = shelf.smallest_group().await?.unwrap_or(campaign.smallest_group);
        let organisations = organisations(&entries(reading.key_log().await?)?, campaign, smallest);
        let people = reading.joined_by_group(campaign.id).await?;
        let published = latest(&shelf.published().await?);
        let counted = [joined(&people, &organisations, &published, smallest)];
        if release(&counted, &published, smallest).is_empty() {
            return Ok(());
        }
        // Not held while writing: rewriting the roll waits for readers, and writers wait for the rewriting.
        drop(reading);
        let write = self.identity.write(tenant.id).await?;
        write.take_campaign(campaign.id).await?;
        shelve(&write.figures(campaign.id), &counted, smallest, day).await?;
        Ok(write.commit().await?)
    }
}

impl Actions {
    /// Publishes the day that has ended, once.
    pub(crate) async fn close_figures_of_the_day(
        &self,
        tenant: &Tenant,
        campaign: &Campaign,
    ) -> Result<(), ActionError> {
        match self.looks.day_to_close(tenant, campaign.id, self.clock.now()) {
            Some(day) => self.publish_figures(tenant, campaign, day).await,
            None => Ok(()),
        }
    }

    /// What this side publishes of `campaign`, counted now if it is time to.
    ///
    /// # Errors
    /// Database faults.
    pub async fn figures(
        &self,
        tenant: &Tenant,
        campaign: &Campaign,
    ) -> Result<Vec<PublishedFigure>, ActionError> {
        let now = self.clock.now();
        if self.looks.is_due(campaign.id, now) {
            self.publish_figures(tenant, campaign, local_date(now, tenant.zone)).await?;
        }
        self.published_figures(tenant, campaign).await
    }

    /// What this side has published of `campaign`. Nothing is counted.
    ///
    /// # Errors
    /// Database faults.
    pub async fn published_figures(
        &self,
        tenant: &Tenant,
        campaign: &Campaign,
    ) -> Result<Vec<PublishedFigure>, ActionError> {
        Ok(self.conversation.read(tenant.id).await?.figures(campaign.id).published().await?)
    }

    /// Publishes what may be seen now, as of `day`. Nothing before anybody has come in.
    async fn publish_figures(
        &self,
        tenant: &Tenant,
        campaign: &Campaign,
        day: NaiveDate,
    ) -> Result<(), ActionError> {
        let reading = self.conversation.read(tenant.id).await?;
        let people = reading.taking_part(campaign.id).await?;
        if people.is_empty() {
            return Ok(());
        }
        let shelf = reading.figures(campaign.id);
        let smallest = shelf.smallest_group().await?.unwrap_or(campaign.smallest_group);
        let organisations = organisations(&entries(reading.key_log().await?)?, campaign, smallest);
        let by_code = !reading.codes_by_organisation(campaign.id).await?.is_empty();
        let acts = reading.acts(campaign.id).await?;
        let published = latest(&shelf.published().await?);
        let counted = taking_part(&people, acts, &organisations, by_code);
        if release(&counted, &published, smallest).is_empty() {
            return Ok(());
        }
        drop(reading);
        let write = self.conversation.write(tenant.id).await?;
        write.take_door(campaign.id).await?;
        shelve(&write.figures(campaign.id), &counted, smallest, day).await?;
        Ok(write.commit().await?)
    }
}

/// Puts what may be seen of `counted` onto the shelf, whose campaign is held: others may have put something there since it was looked at.
async fn shelve(
    shelf: &FigureShelf<'_>,
    counted: &[Counted],
    smallest: u32,
    day: NaiveDate,
) -> Result<(), ActionError> {
    let smallest = shelf.freeze_smallest_group(smallest).await?;
    let standing = shelf.published().await?;
    let news = release(counted, &latest(&standing), smallest);
    Ok(shelf.publish(&dated(news, &standing, day)).await?)
}

/// What stands: of each cell the last that was published.
pub(crate) fn latest(published: &[PublishedFigure]) -> Published {
    published.iter().map(|figure| (figure.cell.clone(), figure.value)).collect()
}

/// News as of `day`, or of the last day on which something was published if that is later: no series goes back.
fn dated(news: Published, standing: &[PublishedFigure], day: NaiveDate) -> Vec<PublishedFigure> {
    let day = standing.last().map_or(day, |last| last.day.max(day));
    news.into_iter().map(|(cell, value)| PublishedFigure { cell, day, value }).collect()
}

/// Which cohorts of `campaign` stand for themselves: by how many were eligible at the launch, as both sides' key log says.
pub(crate) fn organisations(log: &[KeyLogEntry], campaign: &Campaign, smallest: u32) -> Merged {
    let its = log.iter().filter(|entry| entry.campaign == campaign.id);
    merge_small(&its.map(|entry| (entry.cohort.clone(), i64::from(entry.eligible))).collect(), smallest)
}

/// The group of the cohort.
pub(crate) fn group_of<'a>(organisations: &Merged, cohort: &'a str) -> &'a str {
    if organisations.own.contains(cohort) { cohort } else { OTHERS }
}

/// Every group with nobody in it.
fn nobody(groups: &Merged) -> BTreeMap<String, i64> {
    let others = groups.others.then(|| OTHERS.to_owned());
    groups.own.iter().cloned().chain(others).map(|group| (group, 0)).collect()
}

/// Those who joined, by organisation and by staff group.
fn joined(people: &[JoinedCount], organisations: &Merged, published: &Published, smallest: u32) -> Counted {
    let all = people.iter().map(|count| count.joined).sum();
    let mut by_organisation = nobody(organisations);
    let mut by_staff_group = nobody(&staff_groups(people, published, smallest));
    for count in people {
        if let Some(cohort) = &count.cohort {
            let people = by_organisation.get_mut(group_of(organisations, cohort));
            people.into_iter().for_each(|people| *people += count.joined);
        }
        // Whoever is in a group that came onto the roll after figures began, and has no others to be with, is in the total alone.
        let group = staff_group(count);
        let group = if by_staff_group.contains_key(group) { group } else { OTHERS };
        by_staff_group.get_mut(group).into_iter().for_each(|people| *people += count.joined);
    }
    let groups = [(Dimension::Organisation, by_organisation), (Dimension::StaffGroup, by_staff_group)];
    let groups = groups.into_iter().filter(|(_, groups)| groups.len() > 1).collect();
    Counted { measure: Measure::Joined, all: Amount::of_people(all), groups }
}

/// The staff groups that stand for themselves: those that did when figures were first published, else those that are large enough now.
fn staff_groups(people: &[JoinedCount], published: &Published, smallest: u32) -> Merged {
    let known = published.keys().filter(|cell| cell.dimension == Dimension::StaffGroup);
    let known: Vec<&str> =
        known.map(|cell| cell.member.as_str()).filter(|member| !member.is_empty()).collect();
    if !known.is_empty() {
        let own = known.iter().filter(|member| **member != OTHERS).map(|member| (*member).to_owned());
        return Merged { own: own.collect(), others: known.contains(&OTHERS) };
    }
    let mut sizes: BTreeMap<String, i64> = BTreeMap::new();
    for count in people {
        *sizes.entry(staff_group(count).to_owned()).or_default() += count.eligible;
    }
    merge_small(&sizes, smallest)
}

fn staff_group(count: &JoinedCount) -> &str {
    match count.staff_group.as_deref() {
        None | Some("") => UNKNOWN,
        Some(name) if name.starts_with(':') => OTHERS,
        Some(name) => name,
    }
}

/// Those who came in, by what they did and by organisation; and what they did.
fn taking_part(
    people: &[TakingPart],
    acts: storage::conversation::Acts,
    organisations: &Merged,
    by_code: bool,
) -> Vec<Counted> {
    let total = |of: fn(&TakingPart) -> i64| people.iter().map(of).sum::<i64>();
    let by_organisation = |of: fn(&TakingPart) -> i64| {
        let mut groups = nobody(organisations);
        if by_code {
            groups.insert(BY_CODE.to_owned(), 0);
        }
        for some in people {
            let group = some.cohort.as_deref().map_or(BY_CODE, |cohort| group_of(organisations, cohort));
            groups.get_mut(group).into_iter().for_each(|people| *people += of(some));
        }
        groups
    };
    let of_people = |measure, of: fn(&TakingPart) -> i64| {
        let groups = Some((Dimension::Organisation, by_organisation(of)));
        let groups = groups.into_iter().filter(|(_, groups)| groups.len() > 1).collect();
        Counted { measure, all: Amount::of_people(total(of)), groups }
    };
    let of_acts = |measure, count, of: fn(&TakingPart) -> i64| Counted {
        measure,
        all: Amount { count, people: total(of) },
        groups: Vec::new(),
    };
    vec![
        of_people(Measure::CameIn, |some| some.came_in),
        of_people(Measure::Contributing, |some| some.wrote),
        of_people(Measure::Voting, |some| some.voted),
        of_acts(Measure::Ideas, acts.ideas, |some| some.wrote_ideas),
        of_acts(Measure::Comments, acts.comments, |some| some.wrote_comments),
        of_acts(Measure::Votes, acts.votes, |some| some.voted),
    ]
}
