//! A campaign's emails in order of time. Numbers are in whole groups: nobody can be told from them, and nobody is listed.

use actions::policy::{Action, Kind};
use actions::{Campaign, EmailStanding, PlannedEmail};
use chrono::NaiveDate;
use domain::mailing::MailingCounts;
use domain::planned_email::MAX_EMAILS;
use domain::sending::{MAX_NUDGES, NUDGES_APART_HOURS, local_moment};
use domain::time_zone::in_words;
use poem::web::Path;
use poem::{Response, Result, handler};

use super::campaigns::PART;
use crate::console::Staff;
use crate::fault::PageError;
use crate::render::thousands;
use crate::views::console::{EmailAct, EmailLine, EmailRulesInWords, EmailsPage, StandingInWords};
use crate::visitor::hour_in_words;

/// Where the emails of a campaign are.
pub(super) fn path(campaign: &str) -> String {
    format!("{PART}/{campaign}/emails")
}

/// The campaign that the address names.
pub(super) fn find<'a>(staff: &'a Staff, slug: &str) -> Result<&'a Campaign, PageError> {
    staff.tenant().campaign(slug).ok_or(PageError::NotFound)
}

/// Whether whoever asks may change the plan.
pub(super) fn may_change(staff: &Staff) -> bool {
    staff.may(Kind::Campaign, Action::Change)
}

#[handler]
pub(crate) async fn list(staff: Staff, Path(slug): Path<String>) -> Result<Response> {
    let campaign = find(&staff, &slug)?;
    let plan = staff.state.enrolment().email_plan(staff.tenant(), campaign).await.map_err(PageError::from)?;
    let done = match staff.query.get("done") {
        Some("send_now") => {
            Some("It is on its way. That can take some minutes: load this page again to see how far it is.")
        }
        Some("take_off") => Some("It is off. Nobody else gets it."),
        Some("pause") => Some("It rests until you let it go on."),
        Some("resume") => Some("It goes on."),
        Some("removed") => Some("It is removed from the plan."),
        _ => None,
    };
    let view = EmailsPage {
        site: staff.dressed.chrome.clone(),
        visit: staff.visit(done),
        desk: staff.desk(PART),
        slug: slug.clone(),
        title: campaign.title.clone(),
        emails: plan.iter().map(|email| line(&staff, email)).collect(),
        rules: rules(&staff, campaign, &plan).await?,
        may_change: may_change(&staff),
        has_room: plan.len() < MAX_EMAILS,
    };
    staff.show(&view)
}

async fn rules(
    staff: &Staff,
    campaign: &Campaign,
    plan: &[PlannedEmail],
) -> Result<EmailRulesInWords, PageError> {
    let tenant = staff.tenant();
    let rules = staff.state.enrolment().email_rules(tenant, campaign).await?;
    let closed = "No email goes now. Emails go only between the launch of a conversation and the day on which its list of people is deleted, and only while this site is open.";
    Ok(EmailRulesInWords {
        closed: (!rules.can_go).then(|| closed.to_owned()),
        from: hour_in_words(tenant.sending.from),
        until: hour_in_words(tenant.sending.until),
        holidays: tenant.sending.holidays.iter().map(|day| in_full(*day)).collect(),
        smallest_group: plan.first().map_or(campaign.smallest_group, |email| email.smallest_group),
        most_nudges: MAX_NUDGES,
        hours_apart: NUDGES_APART_HOURS,
        can_be_asked: rules.can_be_asked,
    })
}

/// An email as the plan shows it to whoever asks.
pub(super) fn line(staff: &Staff, email: &PlannedEmail) -> EmailLine {
    let (tenant, file) = (staff.tenant(), &email.file);
    let set_for = local_moment(file.send_at, tenant.zone);
    let at = email.at.unwrap_or(set_for);
    let (day, time) = match in_words(at, tenant.zone).split_once(" at ") {
        Some((day, time)) => (day.to_owned(), time.to_owned()),
        None => (in_words(at, tenant.zone), String::new()),
    };
    let to_come = matches!(email.standing, EmailStanding::Planned | EmailStanding::Held(_));
    let named =
        tenant.organisations.iter().filter(|one| !file.organisations.is_empty() && file.reaches(&one.slug));
    EmailLine {
        slug: file.slug.clone(),
        title: file.title.clone(),
        kind: file.kind.label().to_owned(),
        day,
        time,
        moved: (to_come && at != set_for).then(|| in_words(set_for, tenant.zone)),
        to: named.map(|one| one.name.clone()).collect(),
        people: about(email.people, email.smallest_group),
        standing: standing(&email.standing, email.smallest_group),
        acts: if may_change(staff) { acts(&email.standing) } else { Vec::new() },
    }
}

/// A day with its weekday and year.
pub(super) fn in_full(day: NaiveDate) -> String {
    day.format("%A %-d %B %Y").to_string()
}

/// So many people, in whole groups, in words.
pub(super) fn about(people: i64, smallest_group: u32) -> String {
    match people {
        0 => format!("fewer than {smallest_group}"),
        people => format!("about {}", thousands(people)),
    }
}

fn standing(standing: &EmailStanding, smallest_group: u32) -> StandingInWords {
    let (tag, colour, counts, why) = match standing {
        EmailStanding::Planned => ("Planned", "blue", None, None),
        EmailStanding::Held(why) => ("Held", "orange", None, Some(why)),
        EmailStanding::Going(counts, why) => ("On its way", "green", Some(counts), why.as_ref()),
        EmailStanding::Paused(counts, why) => ("Paused", "orange", Some(counts), Some(why)),
        EmailStanding::Done(counts) => ("Sent", "grey", Some(counts), None),
        EmailStanding::Cancelled(counts, why) => ("Taken off", "grey", Some(counts), Some(why)),
        EmailStanding::Missed(counts, why) => ("Too late", "red", Some(counts), Some(why)),
    };
    StandingInWords {
        tag: tag.to_owned(),
        colour: colour.to_owned(),
        why: why.filter(|why| !why.is_empty()).cloned(),
        counts: counts.map(|counts| counts_in_words(counts, smallest_group)).unwrap_or_default(),
    }
}

/// What became of an email. Of what nobody, or less than a group, has met with, nothing is said.
fn counts_in_words(counts: &MailingCounts, smallest_group: u32) -> Vec<String> {
    if counts.addressed == 0 {
        return Vec::new();
    }
    let said =
        |people, words: &str| (people > 0).then(|| format!("{} {words}", about(people, smallest_group)));
    let sent = format!("sent to {}", about(counts.sent, smallest_group));
    let others = [
        said(counts.left_out, "needed none any more"),
        said(counts.refused, "could not be reached"),
        said(counts.unsure, "perhaps sent: nobody can tell, so not sent again"),
    ];
    std::iter::once(sent).chain(others.into_iter().flatten()).collect()
}

fn acts(standing: &EmailStanding) -> Vec<EmailAct> {
    use EmailAct::{Again, Change, Pause, Resume, SendNow, TakeOff};
    match standing {
        EmailStanding::Planned | EmailStanding::Held(_) => vec![Change, SendNow, TakeOff],
        EmailStanding::Going(..) => vec![Pause, TakeOff],
        EmailStanding::Paused(..) => vec![Resume, TakeOff],
        EmailStanding::Done(_) | EmailStanding::Cancelled(..) | EmailStanding::Missed(..) => vec![Again],
    }
}
