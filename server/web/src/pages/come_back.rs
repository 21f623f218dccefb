//! Coming back with six words, on another device or after leaving. The words stay on the device; it sends what their key signed.

use actions::{Campaign, RegistrationRefusal};
use poem::http::StatusCode;
use poem::web::Path;
use poem::{Request, Response, Result, handler};

use super::cards;
use super::join::{campaign, come_in, refused, round, shared_field};
use super::tries::{SEALED, Try, try_again_in};
use crate::edge::csrf::CSRF_FIELD;
use crate::posted::Posted;
use crate::views::ComeBack;
use crate::visitor::{Visitor, setting};

const TOO_MANY_TRIES: &str =
    "There were too many tries from your network. Wait a few minutes, then type your words again.";

#[handler]
pub(crate) async fn show(visitor: Visitor, Path(slug): Path<String>) -> Result<Response> {
    let campaign = campaign(&visitor, &slug)?;
    let (visitor, cookie) = visitor.with_visit_cookie();
    let response = page(&visitor, &campaign, StatusCode::OK, String::new(), None).await?;
    Ok(setting(response, cookie))
}

#[handler]
pub(crate) async fn send(request: &Request, posted: Posted, Path(slug): Path<String>) -> Result<Response> {
    let visitor = &posted.visitor;
    let campaign = campaign(visitor, &slug)?;
    let tried = match Try::take(visitor, request, SEALED) {
        Ok(tried) => tried,
        Err(wait) => {
            let words = Some(TOO_MANY_TRIES.to_owned());
            let status = StatusCode::TOO_MANY_REQUESTS;
            let response = page(visitor, &campaign, status, shared_field(&posted), words).await?;
            return Ok(try_again_in(response, wait));
        }
    };
    // The form's own token, as on the join page.
    let challenge = posted.field(CSRF_FIELD);
    let (device_key, proof) = (posted.field("device_key"), posted.field("proof"));
    let actions = visitor.state.actions();
    let back = actions.return_with_key(visitor.tenant(), &campaign, device_key, proof, challenge).await;
    // Only what could be a guess costs a try: a ward shares one address.
    if !matches!(back, Err(RegistrationRefusal::UnknownKey)) {
        tried.give_back();
    }
    match back {
        Ok(entered) => come_in(&posted, &campaign, &entered).await,
        Err(refusal) => {
            let (status, words) = refused(refusal)?;
            page(visitor, &campaign, status, shared_field(&posted), Some(words)).await
        }
    }
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
    let view = ComeBack {
        site: visitor.dressed.chrome.clone(),
        visit: visitor.to_visit(""),
        campaign: cards::campaign(tenant, campaign, &round, visitor.state.now()),
        tenant_id: tenant.id.to_string(),
        campaign_id: campaign.id.to_string(),
        shared,
        problem,
    };
    visitor.show_with(status, &view)
}
