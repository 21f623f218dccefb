//! One planned email: what it says to whom, a test to oneself, and what is done with it: sent now, taken off, paused, let go on.

use actions::{EmailStanding, MailingChange, MailingRefusal, Organisation, PlannedEmail};
use domain::planned_email::Audience;
use domain::tenant_pack::EntryRoute;
use poem::http::StatusCode;
use poem::web::Path;
use poem::{Response, Result, handler};

use super::campaigns::PART;
use super::emails::{find, line, may_change, path};
use crate::console::{Staff, StaffForm};
use crate::fault::PageError;
use crate::views::console::{EmailAct, EmailAsked, EmailPage, EmailWords};
use crate::visitor::encoded;

/// Which email of which campaign an address names.
type Named = Path<(String, String)>;

#[handler]
pub(crate) async fn show(staff: Staff, Path((campaign, slug)): Named) -> Result<Response> {
    let email = planned(&staff, &campaign, &slug).await?;
    let asked = match staff.query.get("ask") {
        Some("send-now") => Some(EmailAct::SendNow),
        Some("take-off") => Some(EmailAct::TakeOff),
        _ => None,
    };
    match asked.filter(|_| may_change(&staff)) {
        Some(EmailAct::SendNow) => {
            let whose = (staff.tenant(), find(&staff, &campaign)?);
            match staff.state.enrolment().may_go_now(whose, &email.file).await {
                Ok(()) => ask(&staff, &campaign, &email, EmailAct::SendNow, None),
                Err(MailingRefusal::Action(fault)) => Err(PageError::from(fault).into()),
                Err(refusal) => page(&staff, &campaign, &email, Some(refusal.to_string())).await,
            }
        }
        Some(act) => ask(&staff, &campaign, &email, act, None),
        None => page(&staff, &campaign, &email, None).await,
    }
}

#[handler]
pub(crate) async fn do_to(form: StaffForm, Path((campaign, slug)): Named) -> Result<Response> {
    let staff = &form.staff;
    let (tenant, file) = (staff.tenant(), find(staff, &campaign)?);
    let asked = form.field("do");
    let act = match asked {
        "send_now" => EmailAct::SendNow,
        "take_off" => EmailAct::TakeOff,
        "pause" => EmailAct::Pause,
        "resume" => EmailAct::Resume,
        _ => return Err(PageError::NotFound.into()),
    };
    let enrolment = staff.state.enrolment();
    let change = |change| enrolment.change_mailing(staff.actor(), (tenant, file), &slug, change);
    let done = match act {
        EmailAct::SendNow => enrolment.send_mailing_now(staff.actor(), (tenant, file), &slug).await,
        EmailAct::TakeOff => change(MailingChange::Cancel).await,
        EmailAct::Pause => change(MailingChange::Pause).await,
        EmailAct::Resume => change(MailingChange::Resume).await,
        EmailAct::Change | EmailAct::Again => return Err(PageError::NotFound.into()),
    };
    let why = match done {
        Ok(()) => return Ok(form.see_other(&format!("{}?done={asked}", path(&campaign)))),
        Err(MailingRefusal::Action(fault)) => return Err(PageError::from(fault).into()),
        Err(refusal) => refusal.to_string(),
    };
    let email = planned(staff, &campaign, &slug).await?;
    match act {
        EmailAct::SendNow | EmailAct::TakeOff => ask(staff, &campaign, &email, act, Some(why)),
        _ => page(staff, &campaign, &email, Some(why)).await,
    }
}

#[handler]
pub(crate) async fn send_test(form: StaffForm, Path((campaign, slug)): Named) -> Result<Response> {
    let staff = &form.staff;
    let (tenant, file) = (staff.tenant(), find(staff, &campaign)?);
    let email = planned(staff, &campaign, &slug).await?;
    let organisation = reached(staff, &email).find(|one| one.slug == form.field("organisation"));
    let organisation = organisation.ok_or(PageError::NotFound)?;
    let address = own_address(staff).await.ok_or(PageError::NotFound)?;
    let url = staff.state.settings.addresses.identity(tenant);
    let about = (tenant, file, organisation);
    let sent = staff.state.enrolment().send_test_email(staff.actor(), about, &slug, &address, &url).await;
    match sent {
        Ok(()) => {
            let back = format!(
                "{}/{slug}?organisation={}&done=tested",
                path(&campaign),
                encoded(&organisation.slug)
            );
            Ok(form.see_other(&back))
        }
        Err(MailingRefusal::Action(fault)) => Err(PageError::from(fault).into()),
        Err(refusal) => page(staff, &campaign, &email, Some(refusal.to_string())).await,
    }
}

/// The email that an address names, as the plan has it.
async fn planned(staff: &Staff, campaign: &str, slug: &str) -> Result<PlannedEmail, PageError> {
    let plan = staff.state.enrolment().email_plan(staff.tenant(), find(staff, campaign)?).await?;
    plan.into_iter().find(|email| email.file.slug == slug).ok_or(PageError::NotFound)
}

/// The organisations whose people get it.
fn reached<'a>(staff: &'a Staff, email: &'a PlannedEmail) -> impl Iterator<Item = &'a Organisation> {
    staff.tenant().organisations.iter().filter(|organisation| email.file.reaches(&organisation.slug))
}

/// Where a test goes: nowhere but to whoever asks for it.
async fn own_address(staff: &Staff) -> Option<String> {
    let own = staff.state.accounts().show_own_account(staff.tenant(), &staff.signed_in).await.ok()?;
    may_change(staff).then_some(own.account.email)
}

async fn page(
    staff: &Staff,
    campaign: &str,
    email: &PlannedEmail,
    problem: Option<String>,
) -> Result<Response> {
    let file = find(staff, campaign)?;
    let asked = staff.query.get("organisation").unwrap_or_default();
    let organisation = reached(staff, email).find(|one| one.slug == asked).or(reached(staff, email).next());
    let words = organisation.map(|organisation| words(staff, file, email, organisation)).transpose()?;
    let test_to = own_address(staff).await;
    let done = match (staff.query.get("done"), &test_to) {
        (Some("tested"), Some(address)) => Some(format!("A test is on its way to {address}.")),
        (Some("planned"), _) => Some("It is planned. This is what it says.".to_owned()),
        (Some("changed"), _) => Some("It is changed. This is what it says now.".to_owned()),
        _ => None,
    };
    let status = if problem.is_some() { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    let view = EmailPage {
        site: staff.dressed.chrome.clone(),
        visit: staff.visit(done.as_deref()),
        desk: staff.desk(PART),
        campaign: campaign.to_owned(),
        title: file.title.clone(),
        email: line(staff, email),
        organisations: reached(staff, email).map(|one| (one.slug.clone(), one.name.clone())).collect(),
        organisation: organisation.map(|one| one.slug.clone()).unwrap_or_default(),
        words,
        test_to,
        problem,
    };
    staff.show_with(status, &view)
}

fn words(
    staff: &Staff,
    campaign: &actions::Campaign,
    email: &PlannedEmail,
    organisation: &Organisation,
) -> Result<EmailWords, PageError> {
    let tenant = staff.tenant();
    let words = staff.state.enrolment().preview_words(tenant, campaign, &email.file, organisation)?;
    let mut also = Vec::new();
    if email.file.kind.audience() == Audience::NotJoined {
        also.push(match organisation.entry_route {
            EntryRoute::Invited => "Login details of each person’s own, with a link that fills them in",
            EntryRoute::SignUp => "The link to where they sign up",
        });
        also.push("When it closes");
    }
    also.push("Whom to write to for help");
    also.push("A link that stops these emails");
    Ok(EmailWords {
        subject: words.subject,
        paragraphs: words.paragraphs,
        button: words.button.to_owned(),
        also: also.into_iter().map(str::to_owned).collect(),
    })
}

fn ask(
    staff: &Staff,
    campaign: &str,
    email: &PlannedEmail,
    act: EmailAct,
    problem: Option<String>,
) -> Result<Response> {
    let status = if problem.is_some() { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    let view = EmailAsked {
        site: staff.dressed.chrome.clone(),
        visit: staff.visit(None),
        desk: staff.desk(PART),
        campaign: campaign.to_owned(),
        title: find(staff, campaign)?.title.clone(),
        email: line(staff, email),
        act,
        begun: !matches!(email.standing, EmailStanding::Planned | EmailStanding::Held(_)),
        problem,
    };
    staff.show_with(status, &view)
}
