//! Campaigns and drafts; where a new one begins.

use actions::policy::{Action, Kind};
use actions::{Campaign, EditRefusal, Organisation};
use domain::round::RoundState;
use domain::tenant_pack::EntryRoute;
use domain::time_zone::{day_in_words, in_words, local_date};
use poem::http::StatusCode;
use poem::{Response, Result, handler};

use super::edit_refused;
use crate::console::{Staff, StaffForm};
use crate::fault::PageError;
use crate::views::FieldError;
use crate::views::console::{CampaignLine, Campaigns, DraftLine, NewCampaign};

pub(super) const PART: &str = "/console/campaigns";

#[handler]
pub(crate) async fn list(staff: Staff) -> Result<Response> {
    let (tenant, now) = (staff.tenant(), staff.state.now());
    let may_prepare = staff.may(Kind::Campaign, Action::Create);
    let drafts = match may_prepare {
        true => staff.state.enrolment().drafts(tenant).await.map_err(PageError::from)?,
        false => Vec::new(),
    };
    let today = local_date(now, tenant.zone);
    let lines = tenant.campaigns.iter().map(|campaign| line(&staff, campaign));
    let (ended, live) = lines.partition(|line: &CampaignLine| line.state == RoundState::Closed);
    let done = match staff.query.get("done") {
        Some("launched") => Some("It is launched. Its keys are made, and people can join."),
        Some("discarded") => Some("The draft is thrown away."),
        _ => None,
    };
    let view = Campaigns {
        site: staff.dressed.chrome.clone(),
        visit: staff.visit(done),
        desk: staff.desk(PART),
        live,
        ended,
        drafts: drafts
            .into_iter()
            .map(|draft| DraftLine {
                id: draft.id.to_string(),
                title: draft.campaign.title,
                changed: day_in_words(local_date(draft.changed_at, tenant.zone), today),
            })
            .collect(),
        may_prepare,
        may_see_logins: staff.may(Kind::Roll, Action::Read),
        launched: staff
            .query
            .get("launched")
            .filter(|slug| tenant.campaign(slug).is_some())
            .map(str::to_owned),
    };
    staff.show(&view)
}

/// Where the people of an organisation come into the campaign called `slug`, to be passed on to them.
pub(super) fn own_link(staff: &Staff, slug: &str, organisation: &Organisation) -> String {
    let base = staff.state.settings.addresses.identity(staff.tenant());
    let name = &organisation.slug;
    match organisation.entry_route {
        EntryRoute::SignUp => format!("{base}join/{slug}/sign-up?organisation={name}&kind=staff"),
        EntryRoute::Invited => format!("{base}join/{slug}?organisation={name}"),
    }
}

fn line(staff: &Staff, campaign: &Campaign) -> CampaignLine {
    let (now, zone) = (staff.state.now(), staff.tenant().zone);
    let round = campaign.round_at(now);
    CampaignLine {
        slug: campaign.slug.clone(),
        title: campaign.title.clone(),
        state: round.state(now),
        opens: in_words(round.opens_at, zone),
        closes: in_words(round.closes_at, zone),
    }
}

#[handler]
pub(crate) async fn show_new(staff: Staff) -> Result<Response> {
    let like = staff.query.get("like").unwrap_or_default().to_owned();
    new_page(&staff, StatusCode::OK, String::new(), like, Vec::new())
}

#[handler]
pub(crate) async fn start(form: StaffForm) -> Result<Response> {
    let (staff, title, like) = (&form.staff, form.field("title"), form.field("like"));
    let as_another = Some(like).filter(|like| !like.is_empty());
    let started = staff.state.enrolment().start_draft(staff.actor(), staff.tenant(), title, as_another).await;
    match started {
        Ok(id) => Ok(form.see_other(&format!("/console/drafts/{id}/purpose"))),
        Err(EditRefusal::Refused(why)) => {
            let errors = vec![FieldError { field: "title".into(), text: why }];
            new_page(staff, StatusCode::UNPROCESSABLE_ENTITY, title.to_owned(), like.to_owned(), errors)
        }
        Err(refusal) => Err(edit_refused(refusal, Some(title)).into()),
    }
}

fn new_page(
    staff: &Staff,
    status: StatusCode,
    title: String,
    like: String,
    errors: Vec<FieldError>,
) -> Result<Response> {
    let known = |campaign: &Campaign| (campaign.slug.clone(), campaign.title.clone());
    let view = NewCampaign {
        site: staff.dressed.chrome.clone(),
        visit: staff.visit(None),
        desk: staff.desk(PART),
        title,
        like,
        campaigns: staff.tenant().campaigns.iter().map(known).collect(),
        errors,
    };
    staff.show_with(status, &view)
}
