//! What an organisation's toolkit says, from the pack as it is now.

use chrono::NaiveDate;
use documents::toolkit::{MovedClosing, ToolkitFacts, ToolkitLogo, ToolkitVersion};
use domain::sending::local_moment;
use domain::time_zone::local_date;
use domain::timetable::DatesChanged;

use crate::show_calendar::entry;
use crate::{ActionError, Campaign, Enrolment, Organisation, Tenant, printed_head};

impl Campaign {
    /// Which version of its dates a handout shows: 1, and one more for each time that they were changed.
    pub fn dates_version(&self) -> u32 {
        let changes: usize = self.rounds.iter().map(|round| round.changes.len()).sum();
        u32::try_from(changes).unwrap_or(u32::MAX).saturating_add(1)
    }

    /// The last change of its dates.
    pub fn last_changed(&self) -> Option<&DatesChanged> {
        self.rounds.iter().flat_map(|round| round.changes.iter()).max_by_key(|change| change.at)
    }

    /// The last change that moved a closing. What has paused it since, and let it go on, has reasons of its own, which are none for the closing.
    pub(crate) fn last_moved(&self) -> Option<&DatesChanged> {
        let changes = self.rounds.iter().flat_map(|round| round.changes.iter());
        changes.filter(|change| change.from.is_some()).max_by_key(|change| change.at)
    }
}

impl Enrolment {
    /// What the toolkit of `organisation` says. `url` is where the tenant's people come in, with a slash at its end.
    ///
    /// # Errors
    /// Database faults.
    pub async fn toolkit_facts(
        &self,
        tenant: &Tenant,
        campaign: &Campaign,
        organisation: &Organisation,
        url: &str,
    ) -> Result<ToolkitFacts, ActionError> {
        let log = self.key_log(tenant).await?;
        let launched = log.iter().any(|entry| entry.campaign == campaign.id);
        let key_log_head = launched.then(|| printed_head(&log)).flatten();
        Ok(ToolkitFacts { key_log_head, ..self.facts_without_keys(tenant, campaign, organisation, url) })
    }

    /// The same without the keys.
    pub(super) fn facts_without_keys(
        &self,
        tenant: &Tenant,
        campaign: &Campaign,
        organisation: &Organisation,
        url: &str,
    ) -> ToolkitFacts {
        let link = format!("{url}join/{}", campaign.slug);
        let last = campaign.last_changed();
        let moved = campaign.last_moved().and_then(|change| {
            let former_closes_at = local_moment(change.from?, tenant.zone);
            Some(MovedClosing { former_closes_at, reason: change.reason.clone() })
        });
        let made_on = local_date(last.map_or_else(|| self.clock.now(), |change| change.at), tenant.zone);
        let logo = tenant.logo.clone().map(|png| ToolkitLogo { png, alt: tenant.branding.logo_alt.clone() });
        ToolkitFacts {
            tenant_name: tenant.name.clone(),
            service_name: tenant.branding.service_name.clone(),
            logo,
            palette: tenant.palette,
            site: url.trim_end_matches('/').to_owned(),
            campaign_slug: campaign.slug.clone(),
            campaign_title: campaign.title.clone(),
            purpose: campaign.purpose.clone(),
            what_next: campaign.what_next.clone(),
            organisation_slug: organisation.slug.clone(),
            organisation_name: organisation.name.clone(),
            route: organisation.entry_route,
            entry_address: as_typed(&link),
            entry_link: link,
            rounds: campaign.rounds.iter().map(entry).collect(),
            zone: tenant.zone,
            moved,
            key_log_head: None,
            support_name: tenant.contacts.support_name.clone(),
            support_address: tenant.contacts.support.clone(),
            questions_address: tenant.contacts.questions.clone(),
            version: ToolkitVersion { number: campaign.dates_version(), made_on },
        }
    }
}

/// What tells these facts from others. Not the day on which they were put together, and not the keys: the log grows with every campaign, and what
/// was printed of it stays true. `Debug` names every field, so that none is forgotten; should a release write one otherwise, what is kept at
/// that moment counts as outdated, until it goes.
pub(super) fn digest(facts: &ToolkitFacts) -> String {
    let version = ToolkitVersion { made_on: NaiveDate::MIN, ..facts.version };
    let said = ToolkitFacts { key_log_head: None, version, ..facts.clone() };
    let logo = said.logo.as_ref().map(|logo| logo.png.as_slice());
    credentials::digest(&[format!("{said:?}").as_bytes(), logo.unwrap_or_default()])
}

/// An address as people type it: browsers add the rest.
fn as_typed(link: &str) -> String {
    link.trim_start_matches("https://").trim_start_matches("http://").to_owned()
}
