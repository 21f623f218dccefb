//! A campaign's emails as its comms lead sees them: what goes when, to how many, what is held and why, what became of those that went. Counts
//! are in whole groups, so that nobody can be told from them.

use chrono::{DateTime, Utc};
use domain::email_words::{Words, words};
use domain::figures::in_whole_groups;
use domain::mailing::{MailingCounts, MailingState};
use domain::planned_email::{Audience, EmailFile};
use domain::sending::{Turn, crowded, planned_for};
use storage::identity::{Recipients, StoredMailing};

use super::write_email::facts;
use super::{Plan, named_organisations, reached_nobody, recipients};
use crate::{ActionError, Campaign, Enrolment, Organisation, Tenant};

/// A planned email and how it stands.
#[derive(Clone, Debug)]
pub struct PlannedEmail {
    /// As the pack has it.
    pub file: EmailFile,
    /// When it goes, or went.
    pub at: Option<DateTime<Utc>>,
    /// How it stands.
    pub standing: EmailStanding,
    /// How many it would go to at most, in whole groups; of one that went and [shows its counts](EmailStanding), how many it was addressed to.
    pub people: i64,
    /// The smallest group that is shown.
    pub smallest_group: u32,
}

/// How a planned email stands. The counts of an email that asks in the people of some organisations only are all nought: it is not told what became
/// of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum EmailStanding {
    /// It goes at its time.
    Planned,
    /// It would not go as things are: why.
    Held(String),
    /// It goes out; it may rest in quiet hours, or because the dates say so: why.
    Going(MailingCounts, Option<String>),
    /// It rests until somebody lets it go on: why, if nobody pressed for it.
    Paused(MailingCounts, String),
    /// It went.
    Done(MailingCounts),
    /// Somebody took it off.
    Cancelled(MailingCounts, String),
    /// It was too late.
    Missed(MailingCounts, String),
}

/// What holds for all emails of a campaign.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct EmailRules {
    /// Whether any can go: it is launched, its list of people is there, and its tenant is served.
    pub can_go: bool,
    /// Whether the mail server can be asked afterwards what it has sent. Else an email whose connection broke is not sent again.
    pub can_be_asked: bool,
}

impl Enrolment {
    /// What holds for all emails of `campaign`.
    ///
    /// # Errors
    /// Database faults.
    pub async fn email_rules(&self, tenant: &Tenant, campaign: &Campaign) -> Result<EmailRules, ActionError> {
        let can_go = self.mailable(tenant, campaign).await?.is_some();
        Ok(EmailRules { can_go, can_be_asked: self.post.way(tenant).mailer.can_be_asked() })
    }

    /// Every planned email of `campaign`, by time.
    ///
    /// # Errors
    /// Database faults.
    pub async fn email_plan(
        &self,
        tenant: &Tenant,
        campaign: &Campaign,
    ) -> Result<Vec<PlannedEmail>, ActionError> {
        let plan = self.plan(tenant, campaign).await?;
        let reading = self.identity.read(tenant.id).await?;
        let frozen = reading.figures(campaign.id).smallest_group().await?;
        let smallest_group = frozen.unwrap_or(campaign.smallest_group);
        let mut emails = Vec::new();
        for file in &campaign.file.emails {
            let mailing = plan.mailing(&file.slug);
            let people = match mailing.filter(|mailing| shows_counts(file) && !reached_nobody(mailing)) {
                Some(mailing) => mailing.counts.addressed,
                None => {
                    let organisations = named_organisations(file, tenant);
                    // Everybody on the list, joined or not: a number that falls when somebody joins would tell when.
                    let to = Recipients { not_joined: false, ..recipients(file, &organisations) };
                    reading.count_recipients(campaign.id, &to).await?
                }
            };
            let planned = match plan.turn(file) {
                // Also when its own time was missed, and quiet hours keep it back now.
                Turn::Waits(until) if mailing.is_none() => Some(until),
                _ => planned_for(file, &tenant.sending, tenant.zone),
            };
            emails.push(PlannedEmail {
                file: file.clone(),
                // What was taken off or missed before it began has its own time still.
                at: mailing
                    .filter(|mailing| !reached_nobody(mailing))
                    .map(|mailing| mailing.begun_at)
                    .or(planned),
                standing: plan.standing(file, mailing, smallest_group),
                people: in_whole_groups(people, smallest_group),
                smallest_group,
            });
        }
        emails.sort_by_key(|email| (email.at, email.file.slug.clone()));
        Ok(emails)
    }

    /// What an email says to the people of `organisation`.
    ///
    /// # Errors
    /// A campaign without rounds.
    pub fn preview_words(
        &self,
        tenant: &Tenant,
        campaign: &Campaign,
        email: &EmailFile,
        organisation: &Organisation,
    ) -> Result<Words, ActionError> {
        Ok(words(email, &facts(tenant, campaign, organisation)?))
    }
}

impl Plan<'_> {
    fn standing(&self, email: &EmailFile, mailing: Option<&StoredMailing>, smallest: u32) -> EmailStanding {
        let Some(mailing) = mailing else { return self.standing_to_come(email) };
        let counts = match shows_counts(email) {
            true => in_groups(mailing.counts, smallest),
            false => MailingCounts::default(),
        };
        let why = mailing.why.clone();
        match mailing.state {
            MailingState::Going => {
                let rests = match self.turn(&email.sent_at(mailing.begun_at, self.tenant.zone)) {
                    Turn::Held(why) => Some(why.to_string()),
                    Turn::Waits(_) => {
                        Some("It rests until the quiet hours or the holiday are over.".to_owned())
                    }
                    Turn::Goes | Turn::TooLate(_) if self.now < mailing.rests_until => {
                        Some("The mail server cannot be reached. It is tried again each minute.".to_owned())
                    }
                    Turn::Goes | Turn::TooLate(_) => None,
                };
                EmailStanding::Going(counts, rests)
            }
            MailingState::Paused => EmailStanding::Paused(counts, why),
            MailingState::Done => EmailStanding::Done(counts),
            MailingState::Cancelled => EmailStanding::Cancelled(counts, why),
            MailingState::Missed => EmailStanding::Missed(counts, why),
        }
    }

    fn standing_to_come(&self, email: &EmailFile) -> EmailStanding {
        let at = match self.turn(email) {
            Turn::Held(why) => return EmailStanding::Held(why.to_string()),
            Turn::TooLate(why) => return EmailStanding::Held(why.to_string()),
            Turn::Waits(at) => at,
            Turn::Goes => self.now,
        };
        match crowded(email, at, &self.before(email, at), self.tenant.zone) {
            Some(why) => EmailStanding::Held(why.to_string()),
            None => EmailStanding::Planned,
        }
    }
}

/// Whether it is told what became of `email`. Whoever plans one chooses its organisations and its moment: where it asks people in, how many it went to
/// would tell, at the edge of a group, whether one certain person has joined.
fn shows_counts(email: &EmailFile) -> bool {
    email.organisations.is_empty() || email.kind.audience() == Audience::Everybody
}

fn in_groups(counts: MailingCounts, smallest: u32) -> MailingCounts {
    let MailingCounts { addressed, sent, left_out, refused, unsure } = counts;
    let [addressed, sent, left_out, refused, unsure] =
        [addressed, sent, left_out, refused, unsure].map(|people| in_whole_groups(people, smallest));
    MailingCounts { addressed, sent, left_out, refused, unsure }
}
