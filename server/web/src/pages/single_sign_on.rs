//! Coming in by an organisation's own identity provider: there and back. A link, not a form: browsers hold a form's policy against the
//! addresses that it is sent on to.

use std::time::Duration;

use actions::{AWAY_MINUTES, Away, JoinRefusal, SingleSignOnRefusal};
use poem::web::{Path, Redirect};
use poem::{IntoResponse, Request, Response, Result, handler};

use super::console::entering::{come_in, device};
use super::onward;
use super::tries::Try;
use crate::console::safe_return;
use crate::edge::cookies::CookieName;
use crate::fault::PageError;
use crate::views::StandingKind;
use crate::visitor::{Visitor, setting};

/// Where identity providers send people back to, on every tenant's identity side.
const BACK: &str = "sign-on";

#[handler]
pub(crate) async fn begin(
    request: &Request,
    visitor: Visitor,
    Path((slug, organisation)): Path<(String, String)>,
) -> Result<Response> {
    let joining = onward::joining(&visitor, &slug)?;
    let organisation = visitor.tenant().organisation(&organisation).ok_or(PageError::NotFound)?;
    if joining.over {
        return onward::stand(&visitor, &joining, StandingKind::Closed);
    }
    may_try(&visitor, request)?;
    let (enrolment, tenant) = (visitor.state.enrolment(), visitor.tenant());
    let away = enrolment.begin_single_sign_on(tenant, &joining.campaign, organisation, &back(&visitor)).await;
    let away = match away {
        Ok(away) => away,
        Err(SingleSignOnRefusal::NotOffered) => return Err(PageError::NotFound.into()),
        Err(refusal) => return Err(page_error(refusal).into()),
    };
    send_away(&away)
}

/// To the identity provider, with what the browser keeps meanwhile.
fn send_away(away: &Away) -> Result<Response> {
    let life = Duration::from_secs(AWAY_MINUTES.unsigned_abs() * 60);
    let cookie = CookieName::sign_on().set(&away.kept, life);
    let cookie = cookie.map_err(|refusal| PageError::Fault(refusal.to_string()))?;
    Ok(setting(Redirect::see_other(away.url.as_str()).into_response(), Some(cookie)))
}

/// The same for named people, into the console.
#[handler]
pub(crate) async fn begin_sign_in(
    request: &Request,
    visitor: Visitor,
    Path(organisation): Path<String>,
) -> Result<Response> {
    let organisation = visitor.tenant().organisation(&organisation).ok_or(PageError::NotFound)?;
    may_try(&visitor, request)?;
    let next = safe_return(visitor.query.get("next").unwrap_or_default());
    let accounts = visitor.state.accounts();
    match accounts.begin_single_sign_on(visitor.tenant(), organisation, &back(&visitor), next).await {
        Ok(away) => send_away(&away),
        Err(SingleSignOnRefusal::NotOffered) => Err(PageError::NotFound.into()),
        Err(refusal) => Err(page_error(refusal).into()),
    }
}

async fn finish_sign_in(visitor: &Visitor, request: &Request, kept: &str, query: &str) -> Result<Response> {
    let (accounts, tenant, device) = (visitor.state.accounts(), visitor.tenant(), device(request.headers()));
    let finished = accounts.finish_single_sign_on(tenant, kept, query, &back(visitor), &device).await;
    let (session, next) = finished.map_err(page_error)?;
    let response = come_in(visitor, request.headers(), &session, &next).await?;
    Ok(setting(response, Some(CookieName::sign_on().clear())))
}

#[handler]
pub(crate) async fn finish(visitor: Visitor, request: &Request) -> Result<Response> {
    may_try(&visitor, request)?;
    let kept = CookieName::sign_on().read(request.headers()).unwrap_or_default().to_owned();
    let query = request.uri().query().unwrap_or_default();
    if visitor.state.accounts().was_signing_in(&kept) {
        return finish_sign_in(&visitor, request, &kept, query).await;
    }
    let (enrolment, tenant) = (visitor.state.enrolment(), visitor.tenant());
    let finished = enrolment.finish_single_sign_on(tenant, &kept, query, &back(&visitor)).await;
    let response = match finished {
        Ok((campaign, recognised)) => onward::go_on(&visitor, &campaign.slug, &recognised),
        Err(SingleSignOnRefusal::Join { campaign, refusal }) => {
            let joining = onward::joining(&visitor, &campaign)?;
            match onward::standing(&refusal) {
                Some(kind) => onward::stand(&visitor, &joining, kind)?,
                None => return Err(page_error(SingleSignOnRefusal::Join { campaign, refusal }).into()),
            }
        }
        Err(refusal) => return Err(page_error(refusal).into()),
    };
    Ok(setting(response, Some(CookieName::sign_on().clear())))
}

/// Each time, we ask the provider something: not without end for one network address.
fn may_try(visitor: &Visitor, request: &Request) -> Result<(), PageError> {
    let tried = Try::request(&visitor.state, visitor.tenant(), request, "single-sign-on");
    tried.map(drop).map_err(|_| {
        PageError::Busy(
            "Many people sign in from your network just now. Wait a minute and try again.".to_owned(),
        )
    })
}

/// The address to which identity providers send people back: registered with them, so never taken from a request.
fn back(visitor: &Visitor) -> String {
    format!("{}{BACK}", visitor.state.settings.addresses.identity(visitor.tenant()))
}

fn page_error(refusal: SingleSignOnRefusal) -> PageError {
    match refusal {
        SingleSignOnRefusal::Action(error)
        | SingleSignOnRefusal::Join { refusal: JoinRefusal::Action(error), .. } => PageError::from(error),
        SingleSignOnRefusal::Provider(why) => {
            if let Some(detail) = why.detail() {
                tracing::warn!(detail, "single sign-on");
            }
            PageError::Refused { why: why.to_string(), kept: None }
        }
        other => PageError::Refused { why: other.to_string(), kept: None },
    }
}
