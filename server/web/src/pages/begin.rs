//! Where people begin to come in: they say where they work, and the way that their organisation chose opens right there.

use actions::{CONFIRMATION_MINUTES, Organisation};
use domain::tenant_pack::EntryRoute;
use poem::http::StatusCode;
use poem::web::Path;
use poem::{Response, Result, handler};

use super::onward;
use crate::fault::PageError;
use crate::views::{Begin, Employer, StandingKind, WayIn, Workplace};
use crate::visitor::{Visitor, setting};

#[handler]
pub(crate) async fn show(visitor: Visitor, Path(slug): Path<String>) -> Result<Response> {
    let joining = onward::joining(&visitor, &slug)?;
    if joining.over {
        return onward::stand(&visitor, &joining, StandingKind::Closed).map(ok);
    }
    let log = visitor.state.enrolment().key_log(visitor.tenant()).await.map_err(PageError::from)?;
    let launched = log.iter().any(|entry| entry.campaign == joining.campaign.id);
    let signs_on = visitor.state.enrolment().has_single_sign_on();
    let named = visitor.query.get("organisation").and_then(|slug| visitor.tenant().organisation(slug));
    let mut alone = named.map(|organisation| employer(organisation, signs_on));
    let mut places: Vec<_> =
        visitor.tenant().organisations.iter().map(|organisation| employer(organisation, signs_on)).collect();
    places.sort_by_key(|place| place.name.to_lowercase());
    if places.len() == 1 {
        alone = places.pop();
    }
    let (visitor, cookie) = visitor.with_visit_cookie();
    let view = Begin {
        site: visitor.dressed.chrome.clone(),
        visit: visitor.to_visit(""),
        ways: onward::ways(&visitor, &slug),
        campaign: joining.named,
        launched,
        minutes: CONFIRMATION_MINUTES,
        places,
        alone,
    };
    let response = onward::show_leading_on(&visitor, StatusCode::OK, &view)?;
    Ok(setting(response, cookie))
}

/// The identity side alone has no front page: people who come to it want to join.
#[handler]
pub(crate) async fn front(visitor: Visitor) -> Result<Response> {
    let now = visitor.state.now();
    let newest = visitor.tenant().campaigns.iter().max_by_key(|campaign| {
        let round = campaign.round_at(now);
        let rank = match (now < round.opens_at, now < round.closes_at) {
            (false, true) => 2,
            (true, _) => 1,
            (false, false) => 0,
        };
        (rank, round.opens_at)
    });
    let campaign = newest.ok_or(PageError::NotFound)?;
    Ok(visitor.see_other(&format!("/join/{}", campaign.slug)))
}

fn employer(organisation: &Organisation, signs_on: bool) -> Employer {
    let way = match organisation.entry_route {
        EntryRoute::Invited => WayIn::Invited,
        EntryRoute::SignUp if organisation.takes_sign_ups() => WayIn::SignUp,
        EntryRoute::SignUp => WayIn::SingleSignOnOnly,
    };
    let single_sign_on = signs_on && organisation.single_sign_on.is_some();
    let (slug, name) = (organisation.slug.clone(), organisation.name.clone());
    Employer { slug, name, way, single_sign_on, domains: domains(organisation) }
}

/// What addresses of the organisation's people end in; nothing where any address will do.
pub(super) fn domains(organisation: &Organisation) -> Vec<String> {
    if organisation.any_email { Vec::new() } else { organisation.email_domains.clone() }
}

/// The organisations that `fit`, by name.
pub(super) fn workplaces(all: &[Organisation], fit: impl Fn(&Organisation) -> bool) -> Vec<Workplace> {
    let mut workplaces: Vec<Workplace> = all
        .iter()
        .filter(|organisation| fit(organisation))
        .map(|organisation| Workplace { slug: organisation.slug.clone(), name: organisation.name.clone() })
        .collect();
    workplaces.sort_by_key(|workplace| workplace.name.to_lowercase());
    workplaces
}

/// Somebody who only looks is told that it is over; nothing that they did was refused.
fn ok(mut response: Response) -> Response {
    response.set_status(StatusCode::OK);
    response
}
