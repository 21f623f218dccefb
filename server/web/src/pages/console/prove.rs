//! Showing again who one is, before what asks for it; and back to where one was.

use actions::{AccountRefusal, PROOF_MINUTES};
use poem::http::StatusCode;
use poem::{Request, Response, Result, handler};

use super::entering::{TRIED, answer, answered_site, asked, passkey_site, refused, with_session};
use crate::console::{Staff, StaffForm, safe_return};
use crate::pages::tries::{Try, try_again_in};
use crate::views::console::Prove;

#[handler]
pub(crate) async fn show(request: &Request, staff: Staff) -> Result<Response> {
    let next = safe_return(staff.query.get("next").unwrap_or_default()).to_owned();
    page(&staff, request, StatusCode::OK, &next, None).await
}

#[handler]
pub(crate) async fn send(request: &Request, form: StaffForm) -> Result<Response> {
    let staff = &form.staff;
    let next = safe_return(form.field("next"));
    let tried = match Try::take(staff, request, TRIED) {
        Ok(tried) => tried,
        Err(wait) => {
            let why = "There were too many tries from your network. Wait a few minutes, then try again.";
            let response = page(staff, request, StatusCode::TOO_MANY_REQUESTS, next, Some(why.to_owned()));
            return Ok(try_again_in(response.await?, wait));
        }
    };
    let (password, code) = (form.field("password"), form.field("code"));
    let accounts = staff.state.accounts();
    let proved = accounts.prove_with_password(staff.tenant(), &staff.signed_in, password, code).await;
    if !matches!(proved, Err(AccountRefusal::SignIn)) {
        tried.give_back();
    }
    finish(staff, request, next, proved).await
}

#[handler]
pub(crate) async fn use_passkey(request: &Request, form: StaffForm) -> Result<Response> {
    let staff = &form.staff;
    let proved = async {
        let (site, answer) = (answered_site(staff, request)?, answer(&form.form));
        staff.state.accounts().prove_with_passkey(staff.tenant(), &staff.signed_in, &site, &answer).await
    };
    finish(staff, request, safe_return(form.field("next")), proved.await).await
}

async fn finish(
    staff: &Staff,
    request: &Request,
    next: &str,
    proved: Result<String, AccountRefusal>,
) -> Result<Response> {
    match proved {
        Ok(token) => with_session(staff, staff.see_other(next), &token),
        Err(refusal) => {
            let (status, _, why) = refused(refusal)?;
            page(staff, request, status, next, Some(why)).await
        }
    }
}

async fn page(
    staff: &Staff,
    request: &Request,
    status: StatusCode,
    next: &str,
    problem: Option<String>,
) -> Result<Response> {
    let (accounts, tenant) = (staff.state.accounts(), staff.tenant());
    let site = passkey_site(staff, request);
    let provable = match accounts.ask_to_prove(tenant, &staff.signed_in, site.as_ref()).await {
        Ok(provable) => provable,
        Err(refusal) => {
            let (_, _, why) = refused(refusal)?;
            return Err(crate::fault::PageError::Fault(why).into());
        }
    };
    let view = Prove {
        site: staff.dressed.chrome.clone(),
        visit: staff.visit(None),
        desk: staff.desk(""),
        next: next.to_owned(),
        passkey: provable.passkey.map(asked),
        email: provable.email,
        password: provable.password,
        minutes: PROOF_MINUTES,
        problem,
    };
    staff.show_with(status, &view)
}
