//! Operators suspend a tenant, let it go, and switch parts of the service off for it. It is all in the tenant's pack, so both sides follow; it
//! is on record with the tenant and with the platform.

use chrono::{Days, NaiveDate};
use domain::tenant_pack::{Flag, GRACE_DAYS, MAX_REASON_CHARACTERS, MIN_REASON_CHARACTERS, Standing};
use domain::time_zone::local_date;
use thiserror::Error;

use crate::actor::record_alone;
use crate::edit_pack::Done;
use crate::{Actor, EditRefusal, Sides, Tenant};

/// What an operator does about a tenant.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum StandingChange {
    /// Its pages say why they are closed.
    Suspend {
        /// Why, in words for its people.
        reason: String,
    },
    /// It is served again.
    Resume,
    /// It goes, after the days of grace.
    Leave {
        /// Its short name, as whoever decides it has typed it.
        named: String,
    },
    /// Parts of the service are switched off: these and no others.
    SwitchOff(Vec<Flag>),
}

/// Why a tenant's standing stays as it is.
#[derive(Debug, Error)]
pub enum StandingRefusal {
    /// The platform's own tenant stays.
    #[error("This is the platform itself: it cannot be suspended or deleted.")]
    Platform,
    /// No reason was given, or too long a one.
    #[error(
        "Say why, in {MIN_REASON_CHARACTERS} to {MAX_REASON_CHARACTERS} characters: everybody who comes to the site reads it."
    )]
    Reason,
    /// What was typed is not its short name.
    #[error("Type its short name, {slug}, to show that you mean this tenant.")]
    NotItsName {
        /// Its short name.
        slug: String,
    },
    /// It goes already.
    #[error("This tenant is leaving, and its site is closed already. Serve it again first if it is to stay.")]
    Leaving,
    /// It could not be written.
    #[error(transparent)]
    Edit(#[from] EditRefusal),
}

impl Sides {
    /// Does it to `tenant`; `actor` is an operator of the platform.
    ///
    /// # Errors
    /// A [`StandingRefusal`].
    pub async fn change_standing(
        &self,
        actor: &Actor,
        tenant: &Tenant,
        change: StandingChange,
    ) -> Result<(), StandingRefusal> {
        if tenant.is_platform() {
            return Err(StandingRefusal::Platform);
        }
        if matches!(&change, StandingChange::Leave { named } if *named != tenant.slug) {
            return Err(StandingRefusal::NotItsName { slug: tenant.slug.clone() });
        }
        let enrolment = self.enrolment().map_err(EditRefusal::from)?;
        let now = enrolment.now();
        let (what, detail) = described(&change, local_date(now, tenant.zone))?;
        let mut edit = enrolment.begin_edit(tenant.id).await?;
        match change {
            // Suspended, it would stay for ever; told to go once more, it would stay longer than its people were told.
            StandingChange::Suspend { .. } | StandingChange::Leave { .. }
                if matches!(edit.pack.tenant.standing, Standing::Leaving { .. }) =>
            {
                return Err(StandingRefusal::Leaving);
            }
            StandingChange::Suspend { reason } => edit.pack.tenant.standing = Standing::Suspended { reason },
            StandingChange::Resume => edit.pack.tenant.standing = Standing::Active,
            StandingChange::Leave { .. } => {
                edit.pack.tenant.standing = Standing::Leaving { on: last_day(local_date(now, tenant.zone)) };
            }
            StandingChange::SwitchOff(flags) => edit.pack.tenant.switched_off = flags,
        }
        let done = Done { what, subject: &tenant.slug, detail: &detail };
        enrolment.finish_edit(edit, actor, &done).await?;
        self.take_over_soon(tenant.id).await;
        let recorded = record_alone(&enrolment.identity, actor, now, what, &tenant.slug, &detail).await;
        Ok(recorded.map_err(EditRefusal::from)?)
    }
}

/// The day on which everything of a tenant that leaves `today` is deleted.
fn last_day(today: NaiveDate) -> NaiveDate {
    today + Days::new(GRACE_DAYS)
}

fn described(change: &StandingChange, today: NaiveDate) -> Result<(&'static str, String), StandingRefusal> {
    Ok(match change {
        StandingChange::Suspend { reason } => {
            let long = reason.chars().count();
            if !(MIN_REASON_CHARACTERS..=MAX_REASON_CHARACTERS).contains(&long) {
                return Err(StandingRefusal::Reason);
            }
            ("tenant.suspend", reason.clone())
        }
        StandingChange::Resume => ("tenant.resume", "served again".to_owned()),
        StandingChange::Leave { .. } => {
            ("tenant.delete", format!("everything is deleted on {}", last_day(today)))
        }
        StandingChange::SwitchOff(flags) if flags.is_empty() => {
            ("tenant.flags", "nothing is switched off".to_owned())
        }
        StandingChange::SwitchOff(flags) => {
            let off: Vec<&str> = flags.iter().map(|flag| flag.slug()).collect();
            ("tenant.flags", format!("switched off: {}", off.join(", ")))
        }
    })
}
