//! The form of a planned email: one more, or one that is changed or removed while its campaign runs. Its fields are the wizard's, too.

use actions::{EditRefusal, PlanChange, PlanRefusal, Tenant, email_version};
use chrono::NaiveDateTime;
use domain::campaign_draft::DraftEmail;
use domain::email_words;
use domain::planned_email::{EmailFile, EmailKind};
use domain::sending::local_moment;
use domain::tenant_pack::MAX_LINE_CHARACTERS;
use domain::time_zone::in_words;
use poem::web::Path;
use poem::{Response, Result, handler};

use super::campaigns::PART;
use super::dates::{local_time, time_field};
use super::drafts::{NO_TIME, error};
use super::emails::{find, path};
use super::{edit_refused, form_status, stored_pack};
use crate::console::{Staff, StaffForm};
use crate::edge::form::Form;
use crate::fault::PageError;
use crate::views::FieldError;
use crate::views::console::{EmailFields, EmailPlanForm};

#[handler]
pub(crate) async fn show_new(staff: Staff, Path(campaign): Path<String>) -> Result<Response> {
    let like = staff.query.get("like").unwrap_or_default();
    let like = find(&staff, &campaign)?.file.emails.iter().find(|email| email.slug == like);
    let email = match like {
        // All but its short name, which is its own, and its times, which have passed.
        Some(email) => DraftEmail { send_at: None, send_until: None, slug: String::new(), ..draft_of(email) },
        None => empty(""),
    };
    page(&staff, &campaign, Typed::new(staff.tenant(), "", &email), Vec::new())
}

#[handler]
pub(crate) async fn add(form: StaffForm, Path(campaign): Path<String>) -> Result<Response> {
    save(&form, &campaign, "").await
}

#[handler]
pub(crate) async fn show(staff: Staff, Path((campaign, slug)): Path<(String, String)>) -> Result<Response> {
    let email = stored(&staff, &campaign, &slug).await?.ok_or(PageError::NotFound)?;
    page(&staff, &campaign, Typed::of_stored(staff.tenant(), &email), Vec::new())
}

#[handler]
pub(crate) async fn send(
    form: StaffForm,
    Path((campaign, slug)): Path<(String, String)>,
) -> Result<Response> {
    if form.field("do") != "remove" {
        return save(&form, &campaign, &slug).await;
    }
    let staff = &form.staff;
    let email = stored(staff, &campaign, &slug).await?.ok_or(PageError::NotFound)?;
    let change = PlanChange::Remove { seen: form.field("seen").to_owned(), slug };
    put(&form, &campaign, &change, Typed::of_stored(staff.tenant(), &email)).await
}

async fn save(form: &StaffForm, campaign: &str, slug: &str) -> Result<Response> {
    let tenant = form.staff.tenant();
    let mut email = empty(slug);
    let mut errors = read_email(&form.form, "", &mut email);
    if form.field("send_at").trim().is_empty() {
        errors.push(error("send_at", NO_TIME));
    }
    errors.extend(faults("", &email));
    let mut typed = Typed::new(tenant, form.field("seen"), &email);
    // What cannot be read stands there as it was typed.
    typed.fields.send_at = form.field("send_at").to_owned();
    typed.fields.send_until = form.field("send_until").to_owned();
    let Some(send_at) = email.send_at.filter(|_| errors.is_empty()) else {
        return page(&form.staff, campaign, typed, errors);
    };
    let email = file_of(email, send_at);
    let wish = match slug {
        "" => PlanChange::Add(email),
        _ => PlanChange::Replace { seen: typed.seen.clone(), email },
    };
    put(form, campaign, &wish, typed).await
}

/// Changes the plan, or says beside what was typed why not.
async fn put(form: &StaffForm, campaign: &str, wish: &PlanChange, mut typed: Typed) -> Result<Response> {
    let staff = &form.staff;
    let refusal = match staff.state.sides.change_plan(staff.actor(), staff.tenant(), campaign, wish).await {
        Ok(slug) => {
            let to = match wish {
                PlanChange::Add(_) => format!("{}/{slug}?done=planned", path(campaign)),
                PlanChange::Replace { .. } => format!("{}/{slug}?done=changed", path(campaign)),
                PlanChange::Remove { .. } => format!("{}?done=removed", path(campaign)),
            };
            return Ok(form.see_other(&to));
        }
        Err(refusal) => refusal,
    };
    let why = refusal.to_string();
    let errors = match refusal {
        PlanRefusal::Edit(refusal @ (EditRefusal::Action(_) | EditRefusal::Unknown)) => {
            return Err(edit_refused(refusal, None).into());
        }
        PlanRefusal::Edit(EditRefusal::Outdated) => {
            // The next press is made knowing what is there now.
            if let Some(email) = stored(staff, campaign, &typed.slug).await? {
                typed.seen = email_version(&email);
                typed.stored = in_short(staff.tenant(), &email);
            }
            vec![error("", &why)]
        }
        PlanRefusal::Problems(problems) => problems.iter().map(|problem| error("", problem)).collect(),
        PlanRefusal::Past => vec![error("send_at", &why)],
        _ => vec![error("", &why)],
    };
    page(staff, campaign, typed, errors)
}

/// What stands on the page.
struct Typed {
    slug: String,
    seen: String,
    fields: EmailFields,
    /// What is stored, where that is something else.
    stored: Vec<(String, String)>,
}

impl Typed {
    fn new(tenant: &Tenant, seen: &str, email: &DraftEmail) -> Self {
        let fields = fields(tenant, "", email);
        Self { slug: email.slug.clone(), seen: seen.to_owned(), fields, stored: Vec::new() }
    }

    fn of_stored(tenant: &Tenant, email: &EmailFile) -> Self {
        Self::new(tenant, &email_version(email), &draft_of(email))
    }
}

fn page(staff: &Staff, campaign: &str, typed: Typed, errors: Vec<FieldError>) -> Result<Response> {
    let view = EmailPlanForm {
        site: staff.dressed.chrome.clone(),
        visit: staff.visit(None),
        desk: staff.desk(PART),
        campaign: campaign.to_owned(),
        title: find(staff, campaign)?.title.clone(),
        slug: typed.slug,
        seen: typed.seen,
        email: typed.fields,
        kinds: EmailFields::kinds(),
        stored: typed.stored,
        errors,
    };
    staff.show_with(form_status(&view.errors), &view)
}

/// The email as the pack has it now, whatever this process remembers.
async fn stored(staff: &Staff, campaign: &str, slug: &str) -> Result<Option<EmailFile>, PageError> {
    let campaign = stored_pack(staff).await?.campaigns.remove(campaign).ok_or(PageError::NotFound)?;
    Ok(campaign.emails.into_iter().find(|email| email.slug == slug))
}

fn in_short(tenant: &Tenant, email: &EmailFile) -> Vec<(String, String)> {
    let time = |local| in_words(local_moment(local, tenant.zone), tenant.zone);
    let named =
        tenant.organisations.iter().filter(|one| email.reaches(&one.slug)).map(|one| one.name.as_str());
    let whom = if email.organisations.is_empty() {
        "everyone".to_owned()
    } else {
        named.collect::<Vec<_>>().join("; ")
    };
    let own = |words: &str| if words.is_empty() { "the usual".to_owned() } else { words.to_owned() };
    let said = [
        ("What it is called", email.title.clone()),
        ("What it is", email.kind.label().to_owned()),
        ("When it goes", time(email.send_at)),
        ("Not after", email.send_until.map_or_else(|| "not set".to_owned(), time)),
        ("To the people of", whom),
        ("Subject", own(&email.subject)),
        ("Words", own(&email.text)),
    ];
    said.into_iter().map(|(what, words)| (what.to_owned(), words)).collect()
}

/// Puts a form's fields into `email`; gives what cannot be read.
pub(super) fn read_email(form: &Form, prefix: &str, email: &mut DraftEmail) -> Vec<FieldError> {
    let field =
        |name: &str| form.get(&format!("{prefix}{name}")).unwrap_or_default().trim().replace("\r\n", "\n");
    let mut errors = Vec::new();
    let mut time = |name: &str| {
        let (typed, time) = (field(name), local_time(&field(name)));
        if time.is_none() && !typed.is_empty() {
            errors.push(error(&format!("{prefix}{name}"), NO_TIME));
        }
        time
    };
    (email.send_at, email.send_until) = (time("send_at"), time("send_until"));
    (email.title, email.subject, email.text) = (field("title"), field("subject"), field("text"));
    email.kind = EmailKind::from_slug(&field("kind")).unwrap_or(email.kind);
    email.organisations = form.all(&format!("{prefix}organisations")).map(str::to_owned).collect();
    errors
}

/// What is wrong with `email`, each beside its field.
pub(super) fn faults(prefix: &str, email: &DraftEmail) -> Vec<FieldError> {
    let mut faults = Vec::new();
    let mut fault = |name: &str, why: &str| faults.push(error(&format!("{prefix}{name}"), why));
    if email.title.is_empty() || email.title.chars().count() > MAX_LINE_CHARACTERS {
        fault("title", &format!("Say what it is called here, in at most {MAX_LINE_CHARACTERS} characters."));
    }
    if email.send_at.zip(email.send_until).is_some_and(|(at, until)| until <= at) {
        fault("send_until", "Choose a time that is after the one at which it goes.");
    }
    let words = file_of(email.clone(), NaiveDateTime::default());
    for problem in email_words::problems(&EmailFile { text: String::new(), ..words.clone() }) {
        fault("subject", &format!("The {problem}."));
    }
    for problem in email_words::problems(&EmailFile { subject: String::new(), ..words }) {
        fault("text", &format!("The {problem}."));
    }
    faults
}

/// The fields of `email` as a form has them.
pub(super) fn fields(tenant: &Tenant, prefix: &str, email: &DraftEmail) -> EmailFields {
    let organisations = tenant.organisations.iter().map(|one| {
        let ticked = email.organisations.contains(&one.slug);
        (one.slug.clone(), one.name.clone(), ticked)
    });
    EmailFields {
        prefix: prefix.to_owned(),
        title: email.title.clone(),
        kind: email.kind.slug().to_owned(),
        send_at: email.send_at.map(time_field).unwrap_or_default(),
        send_until: email.send_until.map(time_field).unwrap_or_default(),
        organisations: organisations.collect(),
        subject: email.subject.clone(),
        text: email.text.clone(),
        usual: EmailFields::usual_of(email.kind),
    }
}

fn empty(slug: &str) -> DraftEmail {
    DraftEmail {
        slug: slug.to_owned(),
        title: String::new(),
        kind: EmailKind::Reminder,
        send_at: None,
        send_until: None,
        organisations: Vec::new(),
        subject: String::new(),
        text: String::new(),
    }
}

fn draft_of(email: &EmailFile) -> DraftEmail {
    let EmailFile { slug, title, kind, send_at, send_until, organisations, subject, text } = email.clone();
    DraftEmail { slug, title, kind, send_at: Some(send_at), send_until, organisations, subject, text }
}

fn file_of(email: DraftEmail, send_at: NaiveDateTime) -> EmailFile {
    let DraftEmail { slug, title, kind, send_until, organisations, subject, text, .. } = email;
    EmailFile { slug, title, kind, send_at, send_until, organisations, subject, text }
}
