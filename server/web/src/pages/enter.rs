//! Coming in with a sealed code.

use std::time::Duration;

use actions::EntryRefusal;
use domain::round::RoundState;
use poem::http::StatusCode;
use poem::{Request, Response, Result, handler};

use super::tries::{SEALED, Try, try_again_in};
use super::{cards, onward};
use crate::fault::PageError;
use crate::posted::Posted;
use crate::views::{self, Enter, EnterProblem};
use crate::visitor::{Visitor, setting};

/// Longest text that is shown back in the code field, characters.
const MAX_SHOWN_CODE: usize = 40;

#[handler]
pub(crate) async fn show(visitor: Visitor) -> Result<Response> {
    // Who is in already keeps their code.
    if let Some(session) = &visitor.session
        && let Some(campaign) =
            visitor.tenant().campaigns.iter().find(|campaign| campaign.id == session.campaign)
    {
        return Ok(visitor.see_other(&format!("/conversations/{}", campaign.slug)));
    }
    let code = visitor.query.get("code").unwrap_or_default().to_owned();
    let (visitor, cookie) = visitor.with_visit_cookie();
    let response = page(&visitor, &code, !code.is_empty(), None).await?;
    Ok(setting(response, cookie))
}

#[handler]
pub(crate) async fn send(request: &Request, posted: Posted) -> Result<Response> {
    let code = posted.field("code").to_owned();
    let visitor = posted.visitor;
    let tried = match Try::take(&visitor, request, SEALED) {
        Ok(tried) => tried,
        Err(wait) => {
            let status = StatusCode::TOO_MANY_REQUESTS;
            let response = refused(&visitor, &code, EnterProblem::TooManyTries, status).await?;
            return Ok(try_again_in(response, wait));
        }
    };
    let entered = visitor.state.actions().enter_with_code(visitor.tenant(), &code).await;
    // Only what could be a guess costs a try: a ward shares one address.
    if !matches!(entered, Err(EntryRefusal::Unknown | EntryRefusal::Spent)) {
        tried.give_back();
    }
    let problem = match entered {
        Ok(entered) => {
            let keep = Duration::from_secs(entered.keep_seconds.max(0).unsigned_abs());
            let cookie = visitor.dressed.cookie.set(&entered.token, keep);
            let cookie = cookie.map_err(|error| PageError::Fault(error.to_string()))?;
            let done = if entered.waiting { "waiting" } else { "entered" };
            let to = visitor.see_other(&format!("/conversations/{}?done={done}", entered.campaign));
            return Ok(setting(to, Some(cookie)));
        }
        Err(EntryRefusal::Malformed(_)) if code.trim().is_empty() => EnterProblem::Empty,
        Err(EntryRefusal::Malformed(_) | EntryRefusal::Unknown) => EnterProblem::Wrong,
        Err(EntryRefusal::Spent) => EnterProblem::Spent,
        Err(EntryRefusal::NotOpenYet { .. }) => EnterProblem::NotOpenYet,
        Err(EntryRefusal::Closed) => EnterProblem::Closed,
        Err(EntryRefusal::Action(error)) => return Err(PageError::from(error).into()),
    };
    refused(&visitor, &code, problem, StatusCode::UNPROCESSABLE_ENTITY).await
}

async fn refused(
    visitor: &Visitor,
    code: &str,
    problem: EnterProblem,
    status: StatusCode,
) -> Result<Response> {
    let mut response = page(visitor, code, false, Some(problem)).await?;
    response.set_status(status);
    Ok(response)
}

async fn page(
    visitor: &Visitor,
    code: &str,
    from_link: bool,
    problem: Option<EnterProblem>,
) -> Result<Response> {
    let tenant = visitor.tenant();
    let now = visitor.state.actions().now();
    let mut soonest: Option<(u8, views::Campaign)> = None;
    for campaign in &tenant.campaigns {
        let round = visitor.state.actions().current_round(tenant, campaign).await.map_err(PageError::from)?;
        let Some(round) = round else { continue };
        let rank = match round.state(now) {
            RoundState::Open | RoundState::Paused => 0,
            RoundState::Upcoming => 1,
            RoundState::Closed => 2,
        };
        if soonest.as_ref().is_none_or(|(best, _)| rank < *best) {
            soonest = Some((rank, cards::campaign(tenant, campaign, &round, now)));
        }
    }
    let campaign = soonest.map(|(_, campaign)| campaign);
    let join = campaign.as_ref().map_or_else(String::new, |campaign| {
        onward::on_identity_side(visitor, &format!("join/{}", campaign.slug))
    });
    visitor.show(&Enter {
        site: visitor.dressed.chrome.clone(),
        visit: visitor.to_visit("/enter"),
        campaign,
        join,
        code: code.chars().take(MAX_SHOWN_CODE).collect(),
        from_link,
        problem,
    })
}
