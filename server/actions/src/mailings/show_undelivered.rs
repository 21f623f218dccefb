//! How many of a tenant's emails to many did not arrive, by day and by reason, for whoever runs the platform: enough to see that a mail server has
//! a grudge. Counts are in whole groups, and nobody is named.

use chrono::{Days, NaiveDate};
use domain::figures::in_whole_groups;
use domain::mailing::{UNDELIVERED_DAYS, Undelivered};
use domain::tenant_pack::DEFAULT_SMALLEST_GROUP;
use domain::time_zone::local_date;

use crate::{ActionError, Enrolment, Tenant};

/// Emails that did not arrive, or perhaps did not, in the last [`UNDELIVERED_DAYS`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UndeliveredView {
    /// In all, by reason, with the last day.
    pub in_all: Vec<UndeliveredEmails>,
    /// Day by day, the newest first.
    pub days: Vec<UndeliveredEmails>,
    /// The smallest group that is shown.
    pub smallest_group: u32,
}

/// Emails that did not arrive for one reason.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct UndeliveredEmails {
    /// Why.
    pub why: Undelivered,
    /// The day, or the last of several, in the tenant's zone.
    pub day: NaiveDate,
    /// How many, in whole groups.
    pub emails: i64,
}

impl Enrolment {
    /// What became of `tenant`'s emails that did not arrive.
    ///
    /// # Errors
    /// Database faults.
    pub async fn undelivered(&self, tenant: &Tenant) -> Result<UndeliveredView, ActionError> {
        let since = local_date(self.clock.now(), tenant.zone) - Days::new(UNDELIVERED_DAYS - 1);
        let counts = self.identity.read(tenant.id).await?.undelivered(since).await?;
        // They are of all campaigns together, so the largest of their groups counts.
        let smallest_group = tenant.campaigns.iter().map(|campaign| campaign.smallest_group).max();
        let smallest_group = smallest_group.unwrap_or(DEFAULT_SMALLEST_GROUP);
        let in_all = Undelivered::ALL.into_iter().filter_map(|why| {
            let of_it = counts.iter().filter(|count| count.why == why);
            let (day, emails) =
                of_it.map(|count| (count.day, count.emails)).reduce(|a, b| (a.0.max(b.0), a.1 + b.1))?;
            Some(UndeliveredEmails { why, day, emails: in_whole_groups(emails, smallest_group) })
        });
        let day = |count: &storage::identity::UndeliveredCount| UndeliveredEmails {
            why: count.why,
            day: count.day,
            emails: in_whole_groups(count.emails, smallest_group),
        };
        Ok(UndeliveredView {
            in_all: in_all.collect(),
            days: counts.iter().map(day).collect(),
            smallest_group,
        })
    }
}
