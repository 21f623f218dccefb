//! Showing again who one is, before what asks for it; and back to where one was, with the form that was sent.

use actions::{AccountRefusal, PROOF_MINUTES};
use poem::http::StatusCode;
use poem::{Request, Response, Result, handler};

use super::entering::{TRIED, answer, asked, refused, site_at, with_session};
use crate::console::{Carried, Staff, StaffForm, safe_return};
use crate::pages::tries::{Try, try_again_in};
use crate::views::console::{Again, Prove};

/// The field that says with each try that what they sent is not kept.
const LOST: &str = "sent-lost";

/// Where somebody goes on who has shown who they are.
#[derive(Clone, Default)]
struct Onward {
    /// A path of the console.
    next: String,
    /// The form that they sent, which they send again from here.
    carried: Option<Carried>,
    /// Whether they sent one that could not be carried.
    lost: bool,
}

#[handler]
pub(crate) async fn show(staff: Staff) -> Result<Response> {
    let next = safe_return(staff.query.get("next").unwrap_or_default()).to_owned();
    page(&staff, StatusCode::OK, &Onward { next, ..Onward::default() }, None).await
}

/// Asks somebody who sent a form; `carried` is what they sent, if it can be sent again. Nothing was done with it.
pub(crate) async fn ask_first(staff: &Staff, back: &str, carried: Option<Carried>) -> Result<Response> {
    let onward = Onward { next: back.to_owned(), lost: carried.is_none(), carried };
    page(staff, StatusCode::FORBIDDEN, &onward, None).await
}

#[handler]
pub(crate) async fn send(request: &Request, form: StaffForm) -> Result<Response> {
    let (staff, onward) = (&form.staff, onward(&form));
    let tried = match Try::take(staff, request, TRIED) {
        Ok(tried) => tried,
        Err(wait) => {
            let why = "There were too many tries from your network. Wait a few minutes, then try again.";
            let response = page(staff, StatusCode::TOO_MANY_REQUESTS, &onward, Some(why.to_owned()));
            return Ok(try_again_in(response.await?, wait));
        }
    };
    let (password, code) = (form.field("password"), form.field("code"));
    let accounts = staff.state.accounts();
    let proved = accounts.prove_with_password(staff.tenant(), &staff.signed_in, password, code).await;
    if !matches!(proved, Err(AccountRefusal::SignIn)) {
        tried.give_back();
    }
    finish(form.staff, onward, proved).await
}

#[handler]
pub(crate) async fn use_passkey(form: StaffForm) -> Result<Response> {
    let (staff, onward) = (&form.staff, onward(&form));
    let proved = async {
        // Somebody answered a question that was asked at such an address.
        let site = site_at(staff, staff.host.as_deref()).ok_or(AccountRefusal::Stale)?;
        let answer = answer(&form.form);
        staff.state.accounts().prove_with_passkey(staff.tenant(), &staff.signed_in, &site, &answer).await
    };
    let proved = proved.await;
    finish(form.staff, onward, proved).await
}

fn onward(form: &StaffForm) -> Onward {
    let next = safe_return(form.field("next")).to_owned();
    Onward { next, carried: Carried::brought_back(&form.form), lost: form.field(LOST) == "yes" }
}

async fn finish(
    mut staff: Staff,
    onward: Onward,
    proved: Result<String, AccountRefusal>,
) -> Result<Response> {
    let token = match proved {
        Ok(token) => token,
        Err(refusal) => {
            let (status, _, why) = refused(refusal)?;
            return page(&staff, status, &onward, Some(why)).await;
        }
    };
    let Some(carried) = onward.carried else {
        return with_session(&staff, staff.see_other(&onward.next), &token);
    };
    // The page's own token is bound to the session as it is from now on.
    staff.signed_in.token.clone_from(&token);
    let view = Again {
        site: staff.dressed.chrome.clone(),
        visit: staff.visit(None),
        desk: staff.desk(""),
        next: onward.next,
        carried,
        minutes: PROOF_MINUTES,
    };
    with_session(&staff, staff.show(&view)?, &token)
}

async fn page(
    staff: &Staff,
    status: StatusCode,
    onward: &Onward,
    problem: Option<String>,
) -> Result<Response> {
    let (accounts, tenant) = (staff.state.accounts(), staff.tenant());
    let site = site_at(staff, staff.host.as_deref());
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
        next: onward.next.clone(),
        carried: onward.carried.clone(),
        lost: onward.lost,
        passkey: provable.passkey.map(asked),
        email: provable.email,
        password: provable.password,
        minutes: PROOF_MINUTES,
        problem,
    };
    staff.show_with(status, &view)
}
