//! Signing in to the console, and out.

use actions::{AccountRefusal, PasswordForm};
use poem::http::StatusCode;
use poem::{Request, Response, Result, handler};

use super::entering::{
    MAX_SHOWN, TRIED, answer, answered_site, asked, come_in, cookie, device, passkey_site, refused,
};
use crate::console::{StaffForm, safe_return};
use crate::fault::PageError;
use crate::pages::tries::{Try, try_again_in};
use crate::posted::Posted;
use crate::views::console::{SignIn, SignInWay};
use crate::visitor::{Visitor, setting};

#[handler]
pub(crate) async fn show(request: &Request, visitor: Visitor) -> Result<Response> {
    let next = safe_return(visitor.query.get("next").unwrap_or_default()).to_owned();
    if let Some(token) = cookie(&visitor)?.read(request.headers()) {
        let known = visitor.state.accounts().actor(visitor.tenant(), token).await.map_err(PageError::from)?;
        if known.is_some() {
            return Ok(visitor.see_other(&next));
        }
    }
    let (visitor, set) = visitor.with_visit_cookie();
    let response = page(&visitor, request, StatusCode::OK, &next, "", None)?;
    Ok(setting(response, set))
}

#[handler]
pub(crate) async fn send(request: &Request, posted: Posted) -> Result<Response> {
    let field = |name: &str| posted.field(name).to_owned();
    let form = PasswordForm { email: field("email"), password: field("password"), code: field("code") };
    let visitor = &posted.visitor;
    let next = safe_return(posted.field("next"));
    let tried = match Try::take(visitor, request, TRIED) {
        Ok(tried) => tried,
        Err(wait) => {
            let why = "There were too many tries from your network. Wait a few minutes, then try again.";
            let status = StatusCode::TOO_MANY_REQUESTS;
            let response = page(visitor, request, status, next, &form.email, Some(why.to_owned()))?;
            return Ok(try_again_in(response, wait));
        }
    };
    let device = device(request.headers());
    let begun = visitor.state.accounts().sign_in_with_password(visitor.tenant(), &form, &device).await;
    if !matches!(begun, Err(AccountRefusal::SignIn)) {
        tried.give_back();
    }
    match begun {
        Ok(session) => come_in(visitor, request.headers(), &session, next).await,
        Err(refusal) => {
            let (status, _, why) = refused(refusal)?;
            page(visitor, request, status, next, &form.email, Some(why))
        }
    }
}

#[handler]
pub(crate) async fn use_passkey(request: &Request, posted: Posted) -> Result<Response> {
    let (visitor, next) = (&posted.visitor, safe_return(posted.field("next")));
    let begun = async {
        let site = answered_site(visitor, request)?;
        let (answer, device) = (answer(&posted.form), device(request.headers()));
        visitor.state.accounts().sign_in_with_passkey(visitor.tenant(), &site, &answer, &device).await
    };
    match begun.await {
        Ok(session) => come_in(visitor, request.headers(), &session, next).await,
        Err(refusal) => {
            let (status, _, why) = refused(refusal)?;
            page(visitor, request, status, next, "", Some(why))
        }
    }
}

#[handler]
pub(crate) async fn leave(form: StaffForm) -> Result<Response> {
    let staff = &form.staff;
    staff.state.accounts().sign_out(staff.tenant(), &staff.signed_in).await.map_err(PageError::from)?;
    Ok(setting(form.see_other("/console/sign-in"), Some(cookie(staff)?.clear())))
}

/// Organisations whose own sign-in can be used.
fn organisations(visitor: &Visitor) -> Vec<SignInWay> {
    let all = visitor.tenant().organisations.iter();
    let with = all.filter(|organisation| organisation.single_sign_on.is_some());
    with.map(|one| SignInWay { slug: one.slug.clone(), name: one.name.clone() }).collect()
}

fn page(
    visitor: &Visitor,
    request: &Request,
    status: StatusCode,
    next: &str,
    email: &str,
    problem: Option<String>,
) -> Result<Response> {
    let question = passkey_site(visitor, request).map(|site| visitor.state.accounts().ask_for_passkey(&site));
    let question = question.transpose().map_err(|refusal| PageError::Fault(refusal.to_string()))?;
    let view = SignIn {
        site: visitor.dressed.chrome.clone(),
        visit: visitor.to_visit(""),
        next: next.to_owned(),
        email: email.chars().take(MAX_SHOWN).collect(),
        passkey: question.map(asked),
        organisations: organisations(visitor),
        problem,
    };
    visitor.show_with(status, &view)
}
