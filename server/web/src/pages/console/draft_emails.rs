//! The step about emails: when each is planned to go.

use actions::{Draft, Step};
use chrono::{Days, NaiveDateTime, NaiveTime};
use domain::campaign_draft::{CampaignDraft, DraftEmail};
use domain::planned_email::EmailKind;
use domain::sending::held_at_its_time;
use poem::http::StatusCode;
use poem::web::Path;
use poem::{Response, Result, handler};

use super::campaigns::PART;
use super::drafts::{error, frame, load, onward, save, saved};
use super::emails_form::{faults, fields, read_email};
use crate::console::{Staff, StaffForm};
use crate::views::FieldError;
use crate::views::console::{DraftEmails, EmailFields, EmailForm};

/// At what hour emails are planned to go unless somebody says otherwise.
const MORNING: NaiveTime = NaiveTime::from_hms_opt(8, 0, 0).expect("eight in the morning");
/// Said of an email that is on a form and in the draft no more.
const GONE: &str = "Somebody else has removed this email meanwhile. Nothing is saved: copy what you need from it, then remove it here, too.";
/// What the button that removes an email says, before the email's short name.
const REMOVE: &str = "remove-";

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
    let mut errors = read_emails(&form, &mut typed);
    if errors.is_empty() {
        let mut changed = typed.clone();
        match form.field("do") {
            "add" => changed.add_email(EmailKind::Reminder, EmailKind::Reminder.label(), None),
            "suggest" => suggest_emails(&mut changed),
            asked => {
                if let Some(slug) = asked.strip_prefix(REMOVE) {
                    changed.emails.retain(|email| email.slug != slug);
                }
            }
        }
        errors.extend(save(&form, &draft, &changed).await?);
    }
    if errors.is_empty() {
        let remarks = if matches!(form.field("do"), "next" | "save") { remarks(&typed) } else { Vec::new() };
        if remarks.is_empty() {
            return Ok(onward(&form, &draft, Step::Emails, ""));
        }
        // It was saved: the form goes on from there.
        let draft = load(&form.staff, &id).await?;
        return emails_page(&form.staff, &draft, StatusCode::UNPROCESSABLE_ENTITY, &typed, remarks).await;
    }
    // Nothing was saved, so the page shows what was typed, and nothing that was to be added.
    emails_page(&form.staff, &draft, StatusCode::UNPROCESSABLE_ENTITY, &typed, errors).await
}

/// Puts a form's fields into the draft's emails; gives what cannot be read. An email that is not on the form, because somebody else has added it
/// meanwhile, stays as it is.
fn read_emails(form: &StaffForm, draft: &mut CampaignDraft) -> Vec<FieldError> {
    let mut errors = Vec::new();
    for slug in form.form.fields().iter().filter_map(|(name, _)| name.strip_suffix("-title")) {
        if !draft.emails.iter().any(|email| email.slug == slug) {
            if form.field("do").strip_prefix(REMOVE) == Some(slug) {
                continue;
            }
            errors.push(error(&format!("{slug}-title"), GONE));
            // The page shows it as it was typed.
            let place = draft.emails.len();
            draft.add_email(EmailKind::Reminder, "", None);
            draft.emails.iter_mut().skip(place).for_each(|email| email.slug = slug.to_owned());
        }
        let Some(email) = draft.emails.iter_mut().find(|email| email.slug == slug) else { continue };
        errors.extend(read_email(&form.form, &format!("{slug}-"), email));
    }
    errors
}

/// What stands in the way of a launch, said at once though it is saved.
fn remarks(draft: &CampaignDraft) -> Vec<FieldError> {
    let of = |email: &DraftEmail| faults(&format!("{}-", email.slug), email);
    let saved = |fault: FieldError| FieldError {
        text: format!("It is saved, but cannot be launched like this. {}", fault.text),
        ..fault
    };
    draft.emails.iter().flat_map(of).map(saved).collect()
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
        held_at_its_time(email, file, &staff.tenant().sending, staff.tenant().zone).map(|why| why.to_string())
    };
    let emails = typed.emails.iter().map(|email| EmailForm {
        slug: email.slug.clone(),
        fields: fields(staff.tenant(), &format!("{}-", email.slug), email),
        held: why(&email.slug),
    });
    let view = DraftEmails {
        site: staff.dressed.chrome.clone(),
        visit: staff.visit(saved(staff)),
        desk: staff.desk(PART),
        draft: frame(staff, draft, Step::Emails.slug()).await?,
        emails: emails.collect(),
        kinds: EmailFields::kinds(),
        can_suggest: span(typed).is_some(),
        errors,
    };
    staff.show_with(status, &view)
}
