//! The plan of a campaign's emails changes while the campaign runs: in the pack, with the audit entry, in one transaction. What has begun to go, or
//! was taken off, stays as it is.

use domain::campaign_draft::free;
use domain::planned_email::EmailFile;
use domain::sending::local_moment;
use domain::tenant_pack::{CampaignFile, CampaignPart, campaign_problems};
use domain::time_zone::in_words;
use thiserror::Error;

use crate::edit_pack::Done;
use crate::tenant::campaign_id;
use crate::{ActionError, Actor, EditRefusal, Enrolment, Sides, Tenant};

/// What is wanted of the plan.
#[derive(Clone, Debug)]
pub enum PlanChange {
    /// One more email. Its short name is found here, whatever it says.
    Add(EmailFile),
    /// The email of this short name is to be so.
    Replace {
        /// The [`email_version`] that whoever asks saw.
        seen: String,
        /// As it is to be.
        email: EmailFile,
    },
    /// The email is not to be there any more.
    Remove {
        /// The same.
        seen: String,
        /// Its short name.
        slug: String,
    },
}

/// Why the plan stays as it is.
#[derive(Debug, Error)]
pub enum PlanRefusal {
    /// What is wrong with the plan as it would be.
    #[error("{}", .0.join(" "))]
    Problems(Vec<String>),
    /// It would go at once, by nobody's wish.
    #[error(
        "This time has passed. Choose one that is still to come. To send it at once, plan it for later and then press “Send it now”."
    )]
    Past,
    /// Its turn has come.
    #[error("This email has begun to go, or was taken off, so it stays as it is. Plan another one.")]
    Begun,
    /// Somebody else has removed it.
    #[error(
        "Somebody else has removed this email meanwhile. Copy what you need from here, and plan another one."
    )]
    Gone,
    /// Nobody is left to be written to.
    #[error("The list of people was deleted on its day, so no more emails can go.")]
    RollDeleted,
    /// Somebody else was faster, or it cannot be written.
    #[error(transparent)]
    Edit(#[from] EditRefusal),
}

impl From<ActionError> for PlanRefusal {
    fn from(error: ActionError) -> Self {
        Self::Edit(error.into())
    }
}

impl From<storage::StorageError> for PlanRefusal {
    fn from(error: storage::StorageError) -> Self {
        Self::Edit(error.into())
    }
}

/// What tells this email from others, for a form to bring back.
pub fn email_version(email: &EmailFile) -> String {
    let said = serde_json::to_string(email).unwrap_or_default();
    credentials::digest(&[said.as_bytes()])
}

impl Sides {
    /// Changes the plan of the campaign called `campaign`. Gives the email's short name.
    ///
    /// # Errors
    /// A [`PlanRefusal`].
    pub async fn change_plan(
        &self,
        actor: &Actor,
        tenant: &Tenant,
        campaign: &str,
        change: &PlanChange,
    ) -> Result<String, PlanRefusal> {
        let slug = self.enrolment()?.change_plan(actor, tenant, campaign, change).await?;
        self.take_over_soon(tenant.id).await;
        Ok(slug)
    }
}

impl Enrolment {
    /// The identity side's part of [`Sides::change_plan`]: what keeps, whatever becomes of the other.
    ///
    /// # Errors
    /// A [`PlanRefusal`].
    pub async fn change_plan(
        &self,
        actor: &Actor,
        tenant: &Tenant,
        campaign: &str,
        change: &PlanChange,
    ) -> Result<String, PlanRefusal> {
        let mut edit = self.begin_edit(tenant.id).await?;
        let id = campaign_id(&tenant.slug, campaign);
        // Held, so that none of its emails begins meanwhile.
        let row = edit.write.take_campaign(id).await?;
        if row.is_some_and(|row| row.erased_on.is_some()) {
            return Err(PlanRefusal::RollDeleted);
        }
        let begun = edit.write.mailings(Some(id)).await?;
        let begun: Vec<&str> = begun.iter().map(|mailing| mailing.key.slug.as_str()).collect();
        let file = edit.pack.campaigns.get_mut(campaign).ok_or(EditRefusal::Unknown)?;
        let (slug, detail) = apply(file, &begun, change, tenant)?;
        if let PlanChange::Add(email) | PlanChange::Replace { email, .. } = change
            && local_moment(email.send_at, tenant.zone) <= self.clock.now()
        {
            return Err(PlanRefusal::Past);
        }
        let problems = campaign_problems(file, tenant.zone).into_iter();
        let problems = problems.filter(|problem| problem.part == CampaignPart::Emails);
        let problems: Vec<String> = problems.map(|problem| format!("{}.", problem.reason)).collect();
        if !problems.is_empty() {
            return Err(PlanRefusal::Problems(problems));
        }
        let subject = format!("{campaign}/{slug}");
        self.finish_edit(edit, actor, &Done { what: "email.plan", subject: &subject, detail: &detail })
            .await?;
        Ok(slug)
    }
}

/// Changes the campaign's file. Gives the email's short name, and what was done in words.
fn apply(
    file: &mut CampaignFile,
    begun: &[&str],
    change: &PlanChange,
    tenant: &Tenant,
) -> Result<(String, String), PlanRefusal> {
    let at = |email: &EmailFile| in_words(local_moment(email.send_at, tenant.zone), tenant.zone);
    match change {
        PlanChange::Add(email) => {
            // A name that stands in the book of what has gone is never given again.
            let taken = |slug: &str| begun.contains(&slug) || file.emails.iter().any(|one| one.slug == slug);
            let slug = free(email.kind.slug(), taken);
            file.emails.push(EmailFile { slug: slug.clone(), ..email.clone() });
            Ok((slug, format!("planned “{}” for {}", email.title, at(email))))
        }
        PlanChange::Replace { seen, email } => {
            let stored = stored(file, begun, &email.slug, seen)?;
            let detail = format!("changed “{}”, now “{}” for {}", stored.title, email.title, at(email));
            *stored = email.clone();
            Ok((email.slug.clone(), detail))
        }
        PlanChange::Remove { seen, slug } => {
            let detail = format!("removed “{}”", stored(file, begun, slug, seen)?.title);
            file.emails.retain(|email| email.slug != *slug);
            Ok((slug.clone(), detail))
        }
    }
}

/// The email called `slug`, if it may still be changed and is as it was seen.
fn stored<'a>(
    file: &'a mut CampaignFile,
    begun: &[&str],
    slug: &str,
    seen: &str,
) -> Result<&'a mut EmailFile, PlanRefusal> {
    let email = file.emails.iter_mut().find(|email| email.slug == slug).ok_or(PlanRefusal::Gone)?;
    if begun.contains(&slug) {
        return Err(PlanRefusal::Begun);
    }
    if email_version(email) != seen {
        return Err(EditRefusal::Outdated.into());
    }
    Ok(email)
}
