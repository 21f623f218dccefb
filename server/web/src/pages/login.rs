//! Coming in with login details that were sent to somebody. Opening the link does nothing but show a button: mail scanners open links.

use std::time::Duration;

use actions::JoinRefusal;
use poem::http::StatusCode;
use poem::web::Path;
use poem::{Request, Response, Result, handler};

use super::onward::{self, Joining};
use super::tries::{Try, try_again_in};
use crate::fault::PageError;
use crate::posted::Posted;
use crate::views::{Login, StandingKind};
use crate::visitor::{Visitor, setting};

/// Longest text that is shown back in the field, characters.
const MAX_SHOWN: usize = 60;
/// The limit's name for wrong login details.
const TRIED: &str = "login";

#[handler]
pub(crate) async fn show(visitor: Visitor, Path(slug): Path<String>) -> Result<Response> {
    let joining = onward::joining(&visitor, &slug)?;
    if joining.over {
        return onward::stand(&visitor, &joining, StandingKind::Closed);
    }
    let code = visitor.query.get("code").unwrap_or_default().to_owned();
    let (visitor, cookie) = visitor.with_visit_cookie();
    let response = page(&visitor, &joining, StatusCode::OK, &code, None, false)?;
    Ok(setting(response, cookie))
}

#[handler]
pub(crate) async fn send(request: &Request, posted: Posted, Path(slug): Path<String>) -> Result<Response> {
    let typed = posted.field("code").to_owned();
    let visitor = posted.visitor;
    let joining = onward::joining(&visitor, &slug)?;
    let tried = match Try::take(&visitor, request, TRIED) {
        Ok(tried) => tried,
        Err(wait) => return too_many(&visitor, &joining, &typed, wait),
    };
    let recognised =
        visitor.state.enrolment().join_with_login(visitor.tenant(), &joining.campaign, &typed).await;
    // Only what could be a guess costs a try.
    if !matches!(recognised, Err(JoinRefusal::UnknownLogin)) {
        tried.give_back();
    }
    match recognised {
        Ok(recognised) => Ok(onward::go_on(&visitor, &slug, &recognised)),
        Err(JoinRefusal::Action(error)) => Err(PageError::from(error).into()),
        Err(refusal) => match onward::standing(&refusal) {
            Some(kind) => onward::stand(&visitor, &joining, kind),
            None => {
                // Codes of both kinds look the same, and this side knows only its own.
                let may_be_sealed = matches!(refusal, JoinRefusal::UnknownLogin);
                let why = Some(refusal.to_string());
                page(&visitor, &joining, StatusCode::UNPROCESSABLE_ENTITY, &typed, why, may_be_sealed)
            }
        },
    }
}

fn too_many(visitor: &Visitor, joining: &Joining, typed: &str, wait: Duration) -> Result<Response> {
    let why = "There were too many tries from your network. Wait a few minutes, then try again.".to_owned();
    let response = page(visitor, joining, StatusCode::TOO_MANY_REQUESTS, typed, Some(why), false)?;
    Ok(try_again_in(response, wait))
}

fn page(
    visitor: &Visitor,
    joining: &Joining,
    status: StatusCode,
    typed: &str,
    problem: Option<String>,
    may_be_sealed: bool,
) -> Result<Response> {
    let view = Login {
        site: visitor.dressed.chrome.clone(),
        visit: visitor.to_visit(""),
        ways: onward::ways(visitor, &joining.campaign.slug),
        campaign: joining.named.clone(),
        code: typed.chars().take(MAX_SHOWN).collect(),
        from_link: status == StatusCode::OK && !typed.is_empty(),
        problem,
        may_be_sealed,
    };
    onward::show_leading_on(visitor, status, &view)
}
