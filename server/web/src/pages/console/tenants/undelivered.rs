//! A tenant's emails that did not arrive, in words: how many, why and when, and never whose.

use actions::UndeliveredEmails;
use domain::mailing::{MAX_ATTEMPTS, UNDELIVERED_DAYS, Undelivered};

use super::super::emails::{about, in_full};
use crate::console::Staff;
use crate::fault::PageError;
use crate::views::console::{self, UndeliveredLine};

/// What the page of `tenant` says of them; nothing where the identity side is not served.
pub(super) async fn of(
    staff: &Staff,
    tenant: &actions::Tenant,
) -> Result<Option<console::Undelivered>, PageError> {
    let Some(enrolment) = &staff.state.sides.identity else { return Ok(None) };
    let found = enrolment.undelivered(tenant).await?;
    let line = |emails: &UndeliveredEmails| UndeliveredLine {
        why: in_words(emails.why),
        emails: about(emails.emails, found.smallest_group),
        day: in_full(emails.day),
    };
    Ok(Some(console::Undelivered {
        days_shown: UNDELIVERED_DAYS,
        in_all: found.in_all.iter().map(line).collect(),
        days: found.days.iter().map(line).collect(),
    }))
}

fn in_words(why: Undelivered) -> String {
    let words = match why {
        Undelivered::NoSuchAddress => "The mail server said that nobody is at the address.",
        Undelivered::Refused => "The mail server refused the email for good.",
        Undelivered::GivenUp => return format!("Given up: the mail server put it off {MAX_ATTEMPTS} times."),
        Undelivered::Unwritten => "No email could be made for this person.",
        Undelivered::BrokeOff => "Perhaps sent: the connection broke before the mail server answered.",
        Undelivered::Stopped => {
            "Perhaps sent: the server stopped before it had written down what became of it."
        }
    };
    words.to_owned()
}
