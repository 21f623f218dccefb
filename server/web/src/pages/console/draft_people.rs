//! The step about people: organisations, how their people come in, and the roll.

use actions::policy::{Action, Kind};
use actions::{Draft, EditRefusal, Organisation, RollImportRefusal, Step};
use actions::{HeldRoll, RollKind};
use domain::roll::RowReason;
use domain::tenant_pack::{EntryRoute, MAX_PEOPLE, OrganisationFile};
use poem::http::StatusCode;
use poem::web::Path;
use poem::{Response, Result, handler};

use super::campaigns::{PART, own_link};
use super::drafts::{error, frame, load, onward, saved};
use super::edit_refused;
use crate::console::{Staff, StaffForm, StaffUpload};
use crate::fault::PageError;
use crate::views::FieldError;
use crate::views::console::{DraftPeople, OrganisationForm, OrganisationLine, RollProblem, RollReport};

/// Most reasons, and most lines of each, that a page lists about a roll.
const LISTED_PROBLEMS: usize = 50;

#[handler]
pub(crate) async fn show(staff: Staff, Path(id): Path<String>) -> Result<Response> {
    let draft = load(&staff, &id).await?;
    let asked = staff.query.get("organisation").unwrap_or_default();
    let form = staff.tenant().organisation(asked).map_or_else(new_form, filled);
    page(&staff, &draft, StatusCode::OK, form, None, Vec::new()).await
}

fn new_form() -> OrganisationForm {
    OrganisationForm { route: EntryRoute::Invited.slug().to_owned(), ..OrganisationForm::default() }
}

fn filled(organisation: &Organisation) -> OrganisationForm {
    OrganisationForm {
        slug: organisation.slug.clone(),
        name: organisation.name.clone(),
        route: organisation.entry_route.slug().to_owned(),
        people: organisation.people.map(|people| people.to_string()).unwrap_or_default(),
        domains: organisation.email_domains.join(", "),
        any_email: organisation.any_email,
    }
}

#[handler]
pub(crate) async fn save(form: StaffForm, Path(id): Path<String>) -> Result<Response> {
    let staff = &form.staff;
    let draft = load(staff, &id).await?;
    if form.field("do") == "next" && form.field("name").trim().is_empty() {
        return Ok(onward(&form, &draft, Step::People, ""));
    }
    let text = |name: &str| form.field(name).trim().to_owned();
    let typed = OrganisationForm {
        slug: text("slug"),
        name: text("name"),
        route: text("route"),
        people: text("people"),
        domains: text("domains"),
        any_email: form.field("any_email") == "yes",
    };
    let people = match typed.people.replace([',', ' '], "") {
        empty if empty.is_empty() => Ok(None),
        number => number.parse().map(Some),
    };
    let Some(people) =
        people.ok().filter(|people| people.is_none_or(|people| (1..=MAX_PEOPLE).contains(&people)))
    else {
        let errors = vec![error("people", "Write a number, such as 4500, or leave it empty.")];
        return page(staff, &draft, StatusCode::UNPROCESSABLE_ENTITY, typed, None, errors).await;
    };
    let known = staff.tenant().organisation(&typed.slug);
    let domains = typed.domains.split([',', ' ', '\n']).map(str::trim).filter(|domain| !domain.is_empty());
    let organisation = OrganisationFile {
        slug: typed.slug.clone(),
        name: typed.name.clone(),
        entry_route: if typed.route == EntryRoute::SignUp.slug() {
            EntryRoute::SignUp
        } else {
            EntryRoute::Invited
        },
        people,
        email_domains: domains.map(|domain| domain.trim_start_matches('@').to_ascii_lowercase()).collect(),
        any_email: typed.any_email,
        single_sign_on: known.and_then(|known| known.single_sign_on.clone()),
    };
    match staff.state.sides.put_organisation(staff.actor(), staff.tenant(), organisation).await {
        Ok(()) => Ok(onward(&form, &draft, Step::People, "")),
        Err(refusal @ (EditRefusal::Refused(_) | EditRefusal::Problems(_))) => {
            let words = about_the_form(&refusal.to_string());
            let field = if words.contains("domain") { "domains" } else { "name" };
            let status = StatusCode::UNPROCESSABLE_ENTITY;
            page(staff, &draft, status, typed, None, vec![error(field, &words)]).await
        }
        Err(refusal) => Err(edit_refused(refusal, None).into()),
    }
}

/// A refusal without the short name that files have for the organisation, which stands on the form.
fn about_the_form(words: &str) -> String {
    match words.strip_prefix("organisation `").and_then(|rest| rest.split_once("`: ")) {
        Some((_, reason)) => format!("It cannot be saved yet: {reason}."),
        None => words.to_owned(),
    }
}

/// Reads a roll's file, holds its good rows and says what came of it.
#[handler]
pub(crate) async fn import_roll(upload: StaffUpload, Path(id): Path<String>) -> Result<Response> {
    let staff = &upload.staff;
    let draft = load(staff, &id).await?;
    let refused = |words: String| {
        page(staff, &draft, StatusCode::UNPROCESSABLE_ENTITY, new_form(), None, vec![error("file", &words)])
    };
    let Some(file) = upload.form.file("file") else {
        return refused("Choose a file first: CSV or Excel.".to_owned()).await;
    };
    let kind = match RollKind::of(&file.name, &file.bytes) {
        Ok(kind) => kind,
        Err(refusal) => return refused(refusal.to_string()).await,
    };
    let enrolment = staff.state.enrolment();
    let campaign = match enrolment.draft_with_roll(staff.tenant(), &draft).await {
        Ok(campaign) => campaign,
        Err(EditRefusal::Refused(words)) => return refused(words).await,
        Err(refusal) => return Err(edit_refused(refusal, None).into()),
    };
    match enrolment.import_roll(staff.tenant(), &campaign, kind, &file.bytes, &|_| {}).await {
        Ok(held) if held.held == 0 => {
            // Nothing of it can be put on the list, so nothing of it stays.
            let let_go = enrolment.discard_roll(staff.tenant(), &campaign, held.import).await;
            if let Err(RollImportRefusal::Action(fault)) = let_go {
                return Err(PageError::from(fault).into());
            }
            let (status, report) = (StatusCode::UNPROCESSABLE_ENTITY, report(held));
            page(staff, &draft, status, new_form(), Some(report), Vec::new()).await
        }
        Ok(held) => page(staff, &draft, StatusCode::OK, new_form(), Some(report(held)), Vec::new()).await,
        Err(RollImportRefusal::Action(fault)) => Err(PageError::from(fault).into()),
        Err(refusal) => refused(refusal.to_string()).await,
    }
}

fn report(held: HeldRoll) -> RollReport {
    let all = held.problems.iter().map(|problem| (problem.line, problem.reason.to_string()));
    let (problems, more_problems) = by_reason(all);
    RollReport {
        import: held.import.to_string(),
        held: held.held,
        bad: held.problems.len(),
        unknown: held.problems.iter().any(|problem| {
            matches!(problem.reason, RowReason::UnknownOrganisation(_) | RowReason::NotAShortName)
        }),
        problems,
        more_problems,
        duplicates: held.duplicates.iter().take(LISTED_PROBLEMS).map(ToString::to_string).collect(),
        more_duplicates: held.duplicates.len().saturating_sub(LISTED_PROBLEMS),
        ignored: held.ignored_columns,
    }
}

/// Each reason once, with the first of the lines that it is about, and how many more there are; then how many lines have other reasons than
/// those that are listed.
fn by_reason(problems: impl Iterator<Item = (u64, String)>) -> (Vec<RollProblem>, usize) {
    let (mut all, mut others): (Vec<RollProblem>, usize) = (Vec::new(), 0);
    for (line, reason) in problems {
        match all.iter().position(|problem| problem.reason == reason) {
            Some(place) if all[place].lines.len() < LISTED_PROBLEMS => all[place].lines.push(line),
            Some(place) => all[place].more += 1,
            None if all.len() < LISTED_PROBLEMS => {
                all.push(RollProblem { lines: vec![line], more: 0, reason });
            }
            None => others += 1,
        }
    }
    (all, others)
}

/// Puts the held rows onto the roll, or lets go of them.
#[handler]
pub(crate) async fn settle_roll(form: StaffForm, Path(id): Path<String>) -> Result<Response> {
    let staff = &form.staff;
    let draft = load(staff, &id).await?;
    let enrolment = staff.state.enrolment();
    let campaign = enrolment.draft_with_roll(staff.tenant(), &draft).await;
    let campaign = campaign.map_err(|refusal| edit_refused(refusal, None))?;
    let import = form.field("import").parse().map_err(|_| PageError::NotFound)?;
    let settled = match form.field("do") {
        "confirm" => enrolment.confirm_roll(staff.actor(), staff.tenant(), &campaign, import).await.map(drop),
        _ => enrolment.discard_roll(staff.tenant(), &campaign, import).await,
    };
    match settled {
        Ok(()) => Ok(form.see_other(&format!("/console/drafts/{}/people?done=saved", draft.id))),
        Err(RollImportRefusal::Action(fault)) => Err(PageError::from(fault).into()),
        Err(refusal) => Err(PageError::Refused { why: refusal.to_string(), kept: None }.into()),
    }
}

async fn page(
    staff: &Staff,
    draft: &Draft,
    status: StatusCode,
    form: OrganisationForm,
    report: Option<RollReport>,
    errors: Vec<FieldError>,
) -> Result<Response> {
    let on_roll = staff.state.enrolment().on_roll(staff.tenant(), &draft.campaign.slug).await;
    let on_roll = on_roll.map_err(PageError::from)?;
    let line = |organisation: &Organisation| OrganisationLine {
        link: own_link(staff, &draft.campaign.slug, organisation),
        slug: organisation.slug.clone(),
        name: organisation.name.clone(),
        route: match organisation.entry_route {
            EntryRoute::Invited => "Invited: you send each login details",
            EntryRoute::SignUp => "They sign up themselves",
        }
        .to_owned(),
        on_roll: on_roll.iter().find(|(id, _)| *id == organisation.id).map_or(0, |(_, count)| *count),
        people: organisation.people,
    };
    let view = DraftPeople {
        site: staff.dressed.chrome.clone(),
        visit: staff.visit(saved(staff)),
        desk: staff.desk(PART),
        draft: frame(staff, draft, Step::People.slug()).await?,
        organisations: staff.tenant().organisations.iter().map(line).collect(),
        form,
        report,
        takes_roll: draft.campaign.to_file().is_ok(),
        may_import: staff.may(Kind::Roll, Action::Import),
        errors,
    };
    staff.show_with(status, &view)
}
