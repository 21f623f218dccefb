//! Joining with a key that the device makes. What the device needs to know is on the page; what it sends proves that somebody who may
//! join holds the key, and nothing else.

use std::time::Duration;

use actions::{ActionError, Campaign, Entered, Registration, RegistrationRefusal};
use domain::round::{Round, RoundState};
use poem::http::{HeaderValue, StatusCode, header};
use poem::web::Path;
use poem::{Response, Result, handler};

use super::{cards, onward};
use crate::edge::cookies::CookieName;
use crate::edge::csrf::CSRF_FIELD;
use crate::edge::headers;
use crate::fault::PageError;
use crate::posted::Posted;
use crate::views::Join;
use crate::visitor::{Visitor, setting};

#[handler]
pub(crate) async fn show(visitor: Visitor, Path(slug): Path<String>) -> Result<Response> {
    let campaign = campaign(&visitor, &slug)?;
    let (visitor, cookie) = visitor.with_visit_cookie();
    let response = page(&visitor, &campaign, StatusCode::OK, String::new(), None).await?;
    Ok(setting(response, cookie))
}

#[handler]
pub(crate) async fn send(posted: Posted, Path(slug): Path<String>) -> Result<Response> {
    let campaign = campaign(&posted.visitor, &slug)?;
    let field = |name: &str| posted.field(name).to_owned();
    let registration = Registration {
        key: field("key"),
        device_key: field("device_key"),
        prefix: field("prefix"),
        signature: field("signature"),
        proof: field("proof"),
    };
    // The form's own token, which was checked: so the proof is good for this device and this page only.
    let challenge = posted.field(CSRF_FIELD);
    let actions = posted.visitor.state.actions();
    let registered =
        actions.register_credential(posted.visitor.tenant(), &campaign, &registration, challenge).await;
    match registered {
        Ok(entered) => come_in(&posted, &campaign, &entered).await,
        Err(refusal) => {
            let (status, words) = refused(refusal)?;
            page(&posted.visitor, &campaign, status, shared_field(&posted), Some(words)).await
        }
    }
}

/// The campaign called `slug`.
pub(super) fn campaign(visitor: &Visitor, slug: &str) -> Result<Campaign, PageError> {
    visitor.tenant().campaign(slug).cloned().ok_or(PageError::NotFound)
}

/// The campaign's current round, as stored.
pub(super) async fn round(visitor: &Visitor, campaign: &Campaign) -> Result<Round, PageError> {
    let round = visitor.state.actions().current_round(visitor.tenant(), campaign).await?;
    round.ok_or(PageError::NotFound)
}

/// What was chosen for "Is this a shared device?".
pub(super) fn shared_field(posted: &Posted) -> String {
    let chosen = posted.field("shared");
    if matches!(chosen, "yes" | "no") { chosen.to_owned() } else { String::new() }
}

/// A refusal for the page: its status and words. A fault is none.
pub(super) fn refused(refusal: RegistrationRefusal) -> Result<(StatusCode, String), PageError> {
    let status = match refusal {
        RegistrationRefusal::Action(ActionError::Busy) => StatusCode::SERVICE_UNAVAILABLE,
        RegistrationRefusal::Action(error) => return Err(error.into()),
        RegistrationRefusal::Closed | RegistrationRefusal::Erased => StatusCode::CONFLICT,
        _ => StatusCode::UNPROCESSABLE_ENTITY,
    };
    Ok((status, refusal.to_string()))
}

/// Gives the device its session and sends it on. Whoever does not say that the device is theirs alone has it treated as shared.
pub(super) async fn come_in(posted: &Posted, campaign: &Campaign, entered: &Entered) -> Result<Response> {
    let visitor = &posted.visitor;
    // The device may hold a visit of somebody else: it ends here, and not only on this device's side.
    if let Some(token) = &visitor.token {
        visitor.state.actions().leave(visitor.tenant(), token).await.map_err(PageError::from)?;
    }
    let done = match round(visitor, campaign).await?.state(visitor.state.now()) {
        RoundState::Upcoming => "/?done=early&by=key".to_owned(),
        _ if entered.waiting => format!("/conversations/{}?done=waiting&by=key", campaign.slug),
        _ => format!("/conversations/{}?done=entered&by=key", campaign.slug),
    };
    Ok(let_in(visitor, entered, posted.field("shared") != "no", &done)?)
}

/// Gives the device its session, for as long as the conversation needs or until its browser is closed, and sends it on to `path`.
pub(super) fn let_in(
    visitor: &Visitor,
    entered: &Entered,
    shared: bool,
    path: &str,
) -> Result<Response, PageError> {
    let cookie = &visitor.dressed.cookie;
    let (session, mark) = if shared {
        (cookie.set_until_closed(&entered.token), CookieName::shared().set_until_closed("1"))
    } else {
        let keep = Duration::from_secs(entered.keep_seconds.max(0).unsigned_abs());
        (cookie.set(&entered.token, keep), Ok(CookieName::shared().clear()))
    };
    let fault = |error: crate::edge::cookies::CookieRefusal| PageError::Fault(error.to_string());
    let to = setting(visitor.see_other(path), Some(session.map_err(fault)?));
    Ok(setting(to, Some(mark.map_err(fault)?)))
}

async fn page(
    visitor: &Visitor,
    campaign: &Campaign,
    status: StatusCode,
    shared: String,
    problem: Option<String>,
) -> Result<Response> {
    let tenant = visitor.tenant();
    let round = round(visitor, campaign).await?;
    let addresses = &visitor.state.settings.addresses;
    let together = addresses.together();
    let identity = if together { format!("{}/", visitor.dressed.base) } else { addresses.identity(tenant) };
    let view = Join {
        site: visitor.dressed.chrome.clone(),
        visit: visitor.to_visit(""),
        campaign: cards::campaign(tenant, campaign, &round, visitor.state.now()),
        tenant_id: tenant.id.to_string(),
        campaign_id: campaign.id.to_string(),
        keys: format!("{}/keys.json", visitor.dressed.base),
        sign: format!("{identity}issue/{}", campaign.slug),
        begin: format!("{identity}join/{}", campaign.slug),
        shared,
        waits_until: (tenant.joining.batch_size > 1).then(|| visitor.latest_admission()),
        problem,
    };
    let mut response = visitor.show_with(status, &view)?;
    if !together {
        response.headers_mut().insert(header::CONTENT_SECURITY_POLICY, policy_with(&identity)?);
    }
    Ok(response)
}

/// The site's policy, and requests to where the identity side is.
fn policy_with(identity: &str) -> Result<HeaderValue, PageError> {
    let fault = || PageError::Fault("the identity side's address has no origin".to_owned());
    let origin = onward::origin(identity).ok_or_else(fault)?;
    HeaderValue::try_from(headers::policy_with("connect-src", origin)).map_err(|_| fault())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::edge::headers::CONTENT_SECURITY_POLICY;

    #[test]
    fn the_policy_allows_one_origin_more_and_nothing_else() {
        let policy = policy_with("https://join.bsol.example:8443/bsol/").unwrap();
        let policy = policy.to_str().unwrap();
        assert!(policy.contains("connect-src 'self' https://join.bsol.example:8443;"), "{policy}");
        assert_eq!(policy.replace(" https://join.bsol.example:8443", ""), CONTENT_SECURITY_POLICY);
    }

    #[test]
    fn an_address_that_would_change_the_policy_is_a_fault() {
        for address in ["", "/bsol/", "https:///x", "https://a b/", "https://a;script-src *", "https://*/"] {
            assert!(policy_with(address).is_err(), "{address}");
        }
    }
}
