//! Showing that an address is one's own: with the code that was sent to it, or by the link in the same email. Opening the link does
//! nothing but show a button: mail scanners open links.

use std::time::Duration;

use actions::{CONFIRMATION_MINUTES, SignUpRefusal};
use poem::http::StatusCode;
use poem::web::Path;
use poem::{Request, Response, Result, handler};

use super::onward::{self, Joining};
use super::tries::{Try, try_again_in};
use crate::edge::cookies::CookieName;
use crate::fault::PageError;
use crate::posted::Posted;
use crate::views::{Confirm, ConfirmWith, StandingKind};
use crate::visitor::{Visitor, setting};

/// Longest text that is shown back in the field, characters.
const MAX_SHOWN: usize = 40;
/// The limit's name for wrong codes.
const TRIED: &str = "confirm";

#[handler]
pub(crate) async fn show(request: &Request, visitor: Visitor, Path(slug): Path<String>) -> Result<Response> {
    let joining = onward::joining(&visitor, &slug)?;
    if joining.over {
        return onward::stand(&visitor, &joining, StandingKind::Closed);
    }
    let link = visitor.query.get("link").unwrap_or_default().to_owned();
    let with = if !link.is_empty() {
        ConfirmWith::Link(link)
    } else if CookieName::sign_up().read(request.headers()).is_some() {
        ConfirmWith::Code(String::new())
    } else {
        ConfirmWith::Nothing
    };
    let (visitor, cookie) = visitor.with_visit_cookie();
    let response = page(&visitor, &joining, StatusCode::OK, with, None)?;
    Ok(setting(response, cookie))
}

#[handler]
pub(crate) async fn send(request: &Request, posted: Posted, Path(slug): Path<String>) -> Result<Response> {
    let (link, code) = (posted.field("link").to_owned(), posted.field("code").to_owned());
    let visitor = posted.visitor;
    let joining = onward::joining(&visitor, &slug)?;
    let with =
        if link.is_empty() { ConfirmWith::Code(code.clone()) } else { ConfirmWith::Link(link.clone()) };
    if link.is_empty() && code.trim().is_empty() {
        let why = "Type the code that we emailed to you.".to_owned();
        return page(&visitor, &joining, StatusCode::UNPROCESSABLE_ENTITY, with, Some(why));
    }
    let tried = match Try::take(&visitor, request, TRIED) {
        Ok(tried) => tried,
        Err(wait) => return too_many(&visitor, &joining, with, wait),
    };
    let (enrolment, tenant, campaign) = (visitor.state.enrolment(), visitor.tenant(), &joining.campaign);
    let confirmed = if link.is_empty() {
        let binding = visitor.form_binding().unwrap_or_default();
        match CookieName::sign_up().read(request.headers()) {
            Some(kept) => enrolment.confirm_sign_up(tenant, campaign, kept, &binding, &code).await,
            None => Err(SignUpRefusal::Expired),
        }
    } else {
        enrolment.confirm_sign_up_by_link(tenant, campaign, &link).await
    };
    // Only what could be a guess costs a try.
    if !matches!(confirmed, Err(SignUpRefusal::WrongCode | SignUpRefusal::TooManyCodes)) {
        tried.give_back();
    }
    let refusal = match confirmed {
        Ok(recognised) => return Ok(done(onward::go_on(&visitor, &slug, &recognised))),
        Err(SignUpRefusal::Action(error)) => return Err(PageError::from(error).into()),
        Err(refusal) => refusal,
    };
    if let SignUpRefusal::Join(refusal) = &refusal
        && let Some(kind) = onward::standing(refusal)
    {
        return onward::stand(&visitor, &joining, kind).map(done);
    }
    match refusal {
        SignUpRefusal::Join(actions::JoinRefusal::Action(error)) => Err(PageError::from(error).into()),
        SignUpRefusal::Expired | SignUpRefusal::TooManyCodes => {
            let why = Some(refusal.to_string());
            page(&visitor, &joining, StatusCode::UNPROCESSABLE_ENTITY, ConfirmWith::Nothing, why)
        }
        _ => page(&visitor, &joining, StatusCode::UNPROCESSABLE_ENTITY, with, Some(refusal.to_string())),
    }
}

/// The address is confirmed: what the browser kept for it is not needed any more.
fn done(response: Response) -> Response {
    setting(response, Some(CookieName::sign_up().clear()))
}

fn too_many(visitor: &Visitor, joining: &Joining, with: ConfirmWith, wait: Duration) -> Result<Response> {
    let why = "There were too many tries from your network. Wait a few minutes, then try again.".to_owned();
    let response = page(visitor, joining, StatusCode::TOO_MANY_REQUESTS, with, Some(why))?;
    Ok(try_again_in(response, wait))
}

fn page(
    visitor: &Visitor,
    joining: &Joining,
    status: StatusCode,
    with: ConfirmWith,
    problem: Option<String>,
) -> Result<Response> {
    let with = match with {
        ConfirmWith::Code(typed) => ConfirmWith::Code(typed.chars().take(MAX_SHOWN).collect()),
        other => other,
    };
    let view = Confirm {
        site: visitor.dressed.chrome.clone(),
        visit: visitor.to_visit(""),
        campaign: joining.named.clone(),
        minutes: CONFIRMATION_MINUTES,
        with,
        problem,
    };
    onward::show_leading_on(visitor, status, &view)
}
