//! The step about emails: when each is planned to go.

use actions::{Draft, Step};
use chrono::{Days, NaiveDateTime, NaiveTime};
use domain::campaign_draft::CampaignDraft;
use domain::planned_email::{EmailKind, held};
use poem::http::StatusCode;
use poem::web::Path;
use poem::{Response, Result, handler};

use super::campaigns::PART;
use super::dates::{local_time, time_field};
use super::drafts::{NO_TIME, error, frame, load, onward, save, saved};
use crate::console::{Staff, StaffForm};
use crate::views::FieldError;
use crate::views::console::{DraftEmails, EmailForm};

/// At what hour emails are planned to go unless somebody says otherwise.
const MORNING: NaiveTime = NaiveTime::from_hms_opt(8, 0, 0).expect("eight in the morning");

#[handler]
pub(crate) async fn show_emails(staff: Staff, Path(id): Path<String>) -> Result<Response> {
    let draft = load(&staff, &id).await?;
    let typed = draft.campaign.clone();
    emails_page(&staff, &draft, StatusCode::OK, &typed, Vec::new()).await
}

#[handler]
pub(crate) async fn save_emails(form: StaffForm, Path(id): Path<String>) -> Result<Response> {
    let draft = load(&form.staff, &id).await?;
    let mut typed = draft.campaign.clone();
    let mut errors = Vec::new();
    for email in &mut typed.emails {
        let field = |name: &str| form.field(&format!("{}-{name}", email.slug)).trim().to_owned();
        (email.title, email.kind) =
            (field("title"), EmailKind::from_slug(&field("kind")).unwrap_or(email.kind));
        email.send_at = local_time(&field("send_at"));
        if email.send_at.is_none() && !field("send_at").is_empty() {
            errors.push(error(&format!("{}-send_at", email.slug), NO_TIME));
        }
    }
    match form.field("do") {
        "add" => typed.add_email(EmailKind::Reminder, EmailKind::Reminder.label(), None),
        "suggest" => suggest_emails(&mut typed),
        asked => {
            if let Some(slug) = asked.strip_prefix("remove-") {
                typed.emails.retain(|email| email.slug != slug);
            }
        }
    }
    if errors.is_empty() {
        errors.extend(save(&form, &draft, &typed).await?);
    }
    if errors.is_empty() {
        return Ok(onward(&form, &draft, Step::Emails, ""));
    }
    emails_page(&form.staff, &draft, StatusCode::UNPROCESSABLE_ENTITY, &typed, errors).await
}

/// The usual four, by the rounds' dates: when it opens, half way, on the last day, and the day after.
fn suggest_emails(draft: &mut CampaignDraft) {
    let Some((opens, closes)) = span(draft) else { return };
    let half = opens.date() + (closes.date() - opens.date()) / 2;
    let last = (closes - chrono::TimeDelta::seconds(1)).date();
    for (kind, at) in [
        (EmailKind::Launch, opens),
        (EmailKind::Reminder, half.and_time(MORNING)),
        (EmailKind::LastDay, last.and_time(MORNING)),
        (EmailKind::Closed, (closes.date() + Days::new(1)).and_time(MORNING)),
    ] {
        if !draft.emails.iter().any(|email| email.kind == kind) {
            draft.add_email(kind, kind.label(), Some(at));
        }
    }
}

fn span(draft: &CampaignDraft) -> Option<(NaiveDateTime, NaiveDateTime)> {
    let opens = draft.rounds.iter().filter_map(|round| round.opens).min()?;
    let closes = draft.rounds.iter().filter_map(|round| round.closes).max()?;
    (opens < closes).then_some((opens, closes))
}

async fn emails_page(
    staff: &Staff,
    draft: &Draft,
    status: StatusCode,
    typed: &CampaignDraft,
    errors: Vec<FieldError>,
) -> Result<Response> {
    let file = typed.to_file().ok();
    let why = |slug: &str| {
        let file = file.as_ref()?;
        let email = file.emails.iter().find(|email| email.slug == slug)?;
        held(email, file, staff.tenant().zone).map(|why| why.to_string())
    };
    let emails = typed.emails.iter().map(|email| EmailForm {
        slug: email.slug.clone(),
        title: email.title.clone(),
        kind: email.kind.slug().to_owned(),
        send_at: email.send_at.map(time_field).unwrap_or_default(),
        held: why(&email.slug),
    });
    let view = DraftEmails {
        site: staff.dressed.chrome.clone(),
        visit: staff.visit(saved(staff)),
        desk: staff.desk(PART),
        draft: frame(staff, draft, Step::Emails.slug()).await?,
        emails: emails.collect(),
        kinds: EmailKind::ALL.iter().map(|kind| (kind.slug().to_owned(), kind.label().to_owned())).collect(),
        can_suggest: span(typed).is_some(),
        errors,
    };
    staff.show_with(status, &view)
}
