//! A campaign's comms toolkit: which version is current, where each organisation's part of it is, and what was asked for and how far it is.

use actions::policy::{Action, Kind};
use actions::{Campaign, HandoutJob, JobKind, JobState, KEPT_DAYS, Organisation, Outdated, Tenant};
use domain::tenant_pack::EntryRoute;
use domain::time_zone::{in_words, local_date};
use domain::timetable::ChangeKind;
use poem::web::Path;
use poem::{Response, Result, handler};

use super::campaigns::PART;
use super::emails::find;
use crate::console::Staff;
use crate::fault::PageError;
use crate::views::console::{FileState, ToolkitFile, ToolkitOrganisation, ToolkitPage};

/// Where a campaign's toolkit is.
pub(super) fn path(campaign: &str) -> String {
    format!("{PART}/{campaign}/toolkit")
}

#[handler]
pub(crate) async fn list(staff: Staff, Path(slug): Path<String>) -> Result<Response> {
    let (tenant, campaign) = (staff.tenant(), find(&staff, &slug)?);
    let url = staff.state.settings.addresses.identity(tenant);
    let jobs = staff.state.enrolment().handouts(tenant, campaign, &url).await.map_err(PageError::from)?;
    let done = match staff.query.get("done") {
        Some("toolkit") => {
            Some("It is asked for. It stands below, and can be downloaded as soon as it is made.")
        }
        Some("letters") => {
            Some("The letters are asked for. Each part can be downloaded as soon as it is made.")
        }
        Some("dropped") => Some("It is off the list."),
        _ => None,
    };
    let files: Vec<_> = jobs.into_iter().map(|job| file(&staff, job)).collect();
    let view = ToolkitPage {
        site: staff.dressed.chrome.clone(),
        visit: staff.visit(done),
        desk: staff.desk(PART),
        slug: slug.clone(),
        title: campaign.title.clone(),
        version: version(tenant, campaign),
        has_older: campaign.dates_version() > 1,
        making: files
            .iter()
            .filter(|file| matches!(file.state, FileState::Waiting | FileState::Making))
            .count(),
        files,
        kept_days: KEPT_DAYS,
        organisations: tenant.organisations.iter().map(organisation).collect(),
    };
    staff.show(&view)
}

/// Which version is current and since when: "Version 2, 6 May 2024: the closing moved".
pub(super) fn version(tenant: &Tenant, campaign: &Campaign) -> String {
    let last = campaign.last_changed();
    let Some(change) = last else { return "Version 1: the dates as they were first planned".to_owned() };
    let what = match change.what {
        ChangeKind::Extended | ChangeKind::Shortened => "the closing moved",
        ChangeKind::Paused => "the conversation was paused",
        ChangeKind::Resumed => "the conversation went on after a pause",
        ChangeKind::Reopened => "the conversation was opened again",
    };
    let on = local_date(change.at, tenant.zone).format("%-d %B %Y");
    format!("Version {}, {on}: {what}", campaign.dates_version())
}

fn organisation(organisation: &Organisation) -> ToolkitOrganisation {
    ToolkitOrganisation {
        slug: organisation.slug.clone(),
        name: organisation.name.clone(),
        invited: organisation.entry_route == EntryRoute::Invited,
    }
}

fn file(staff: &Staff, job: HandoutJob) -> ToolkitFile {
    let tenant = staff.tenant();
    // Who is gone from the pack keeps the short name.
    let name = tenant.organisation(&job.organisation).map(|organisation| organisation.name.clone());
    let letters = job.kind == JobKind::Letters;
    let may_fetch_letters = staff.may(Kind::Roll, Action::Import);
    ToolkitFile {
        id: job.id.to_string(),
        letters,
        organisation: name.unwrap_or(job.organisation),
        version: job.version,
        outdated: job.outdated.map(|changed| match changed {
            Outdated::Dates => "The dates have changed since.",
            Outdated::Facts => "A name, words, the look or an address in it has changed since.",
        }),
        asked: in_words(job.asked_at, tenant.zone),
        state: match job.state {
            JobState::Waiting => FileState::Waiting,
            JobState::Working => FileState::Making,
            JobState::Done => FileState::Ready,
            JobState::Failed => FileState::Failed,
        },
        why: Some(job.why).filter(|why| !why.is_empty()),
        made: job.parts.0,
        of: job.parts.1,
        may_fetch: !letters || may_fetch_letters,
        may_drop: if letters { may_fetch_letters } else { staff.may(Kind::Campaign, Action::Change) },
    }
}
