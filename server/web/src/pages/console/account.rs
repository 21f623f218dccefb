//! One's own account: what it is signed in to with, and where.

use actions::{AccountRefusal, WithPassword};
use chrono::{DateTime, Utc};
use poem::http::StatusCode;
use poem::{Request, Response, Result, handler};

use super::entering::{answer, answered_site, asked, device, new_app, passkey_site, refused};
use crate::console::{Staff, StaffForm};
use crate::fault::PageError;
use crate::views::FieldError;
use crate::views::console::{Account, PasskeyLine, RecoveryCodes, SessionLine, Ways};

const PATH: &str = "/console/account";
const WAYS: &str = "/console/account/ways";
/// What stands in the form for every session but this one.
const OTHERS: &str = "others";

#[handler]
pub(crate) async fn show(staff: Staff) -> Result<Response> {
    let own = staff.state.accounts().show_own_account(staff.tenant(), &staff.signed_in).await;
    let own = own.map_err(fault)?;
    let said =
        |at: DateTime<Utc>| at.with_timezone(&staff.tenant().zone).format("%-d %B %Y, %H:%M").to_string();
    let passkeys = own.passkeys.iter().map(|passkey| PasskeyLine {
        id: passkey.id.to_string(),
        name: passkey.name.clone(),
        made: said(passkey.created_at),
        used: passkey.used_at.map(said),
    });
    let sessions = own.sessions.iter().map(|session| SessionLine {
        id: session.id.to_string(),
        device: session.device.clone(),
        started: said(session.started_at),
        seen: said(session.seen_at),
        this: session.id == staff.signed_in.session,
    });
    let view = Account {
        site: staff.dressed.chrome.clone(),
        visit: staff.visit(done(staff.query.get("done").unwrap_or_default())),
        desk: staff.desk(""),
        email: own.account.email,
        has_password: own.has_password,
        recovery_codes: own.recovery_codes,
        passkeys: passkeys.collect(),
        sessions: sessions.collect(),
    };
    staff.show(&view)
}

/// What is said once, after something worked.
fn done(what: &str) -> Option<&'static str> {
    match what {
        "ended" => Some("Ended. That device has to sign in again."),
        "removed" => Some("The passkey is removed. Delete it from the device, too."),
        "added" => Some("You have a new passkey."),
        "password" => Some("Your password is changed. Other devices have to sign in again."),
        "app" => Some("Your password and your app are set up. Other devices have to sign in again."),
        _ => None,
    }
}

#[handler]
pub(crate) async fn end_session(form: StaffForm) -> Result<Response> {
    let staff = &form.staff;
    let (accounts, tenant, who) = (staff.state.accounts(), staff.tenant(), &staff.signed_in);
    match form.field("session") {
        OTHERS => drop(accounts.end_other_sessions(tenant, who).await.map_err(fault)?),
        id => {
            let id = id.parse().map_err(|_| PageError::NotFound)?;
            match accounts.end_session(tenant, who, id).await {
                // It had ended by itself.
                Ok(()) | Err(AccountRefusal::State) => {}
                Err(refusal) => return Err(fault(refusal).into()),
            }
        }
    }
    Ok(form.see_other(&format!("{PATH}?done=ended")))
}

#[handler]
pub(crate) async fn remove_passkey(form: StaffForm) -> Result<Response> {
    let staff = &form.staff;
    staff.require_recent_proof(PATH).await?;
    let id = form.field("passkey").parse().map_err(|_| PageError::NotFound)?;
    match staff.state.accounts().remove_passkey(staff.tenant(), &staff.signed_in, id).await {
        Ok(()) => Ok(form.see_other(&format!("{PATH}?done=removed"))),
        Err(refusal) => Err(fault(refusal).into()),
    }
}

#[handler]
pub(crate) async fn new_recovery_codes(form: StaffForm) -> Result<Response> {
    let staff = &form.staff;
    staff.require_recent_proof(PATH).await?;
    let codes = staff.state.accounts().new_recovery_codes(staff.tenant(), &staff.signed_in).await;
    let view = RecoveryCodes {
        site: staff.dressed.chrome.clone(),
        visit: staff.visit(None),
        desk: Some(staff.desk("")),
        codes: codes.map_err(fault)?,
        onward: PATH.to_owned(),
    };
    staff.show(&view)
}

#[handler]
pub(crate) async fn show_ways(request: &Request, staff: Staff) -> Result<Response> {
    staff.require_recent_proof(WAYS).await?;
    ways(&staff, request, StatusCode::OK, "", Vec::new()).await
}

#[handler]
pub(crate) async fn add_passkey(request: &Request, form: StaffForm) -> Result<Response> {
    let staff = &form.staff;
    staff.require_recent_proof(WAYS).await?;
    let added = async {
        let (site, answer) = (answered_site(staff, request)?, answer(&form.form));
        let accounts = staff.state.accounts();
        accounts.add_passkey(staff.tenant(), &staff.signed_in, &site, &answer, form.field("name")).await
    };
    finish(&form, request, added.await, "added").await
}

#[handler]
pub(crate) async fn change_password(request: &Request, form: StaffForm) -> Result<Response> {
    let staff = &form.staff;
    staff.require_recent_proof(WAYS).await?;
    let (accounts, typed) = (staff.state.accounts(), form.field("new-password"));
    let changed = accounts.change_password(staff.tenant(), &staff.signed_in, typed).await;
    match changed {
        Err(AccountRefusal::Password(refusal)) => {
            let errors = vec![FieldError { field: "new-password".to_owned(), text: refusal.to_string() }];
            ways(staff, request, StatusCode::UNPROCESSABLE_ENTITY, "", errors).await
        }
        changed => finish(&form, request, changed, "password").await,
    }
}

#[handler]
pub(crate) async fn set_up_app(request: &Request, form: StaffForm) -> Result<Response> {
    let staff = &form.staff;
    staff.require_recent_proof(WAYS).await?;
    let field = |name: &str| form.field(name).to_owned();
    let chosen = WithPassword { password: field("password"), kept: field("kept"), code: field("code") };
    let set = staff.state.accounts().set_up_password(staff.tenant(), &staff.signed_in, &chosen).await;
    finish(&form, request, set, "app").await
}

async fn finish(
    form: &StaffForm,
    request: &Request,
    outcome: Result<(), AccountRefusal>,
    done: &str,
) -> Result<Response> {
    match outcome {
        Ok(()) => Ok(form.see_other(&format!("{PATH}?done={done}"))),
        Err(refusal) => {
            let (status, field, text) = refused(refusal)?;
            let errors = vec![FieldError { field: field.to_owned(), text }];
            // What a passkey's form brings under this name opens as no authenticator's secret.
            ways(&form.staff, request, status, form.field("kept"), errors).await
        }
    }
}

/// The page; `kept` is the authenticator's secret that its form brought, if it did.
async fn ways(
    staff: &Staff,
    request: &Request,
    status: StatusCode,
    kept: &str,
    errors: Vec<FieldError>,
) -> Result<Response> {
    let (accounts, tenant) = (staff.state.accounts(), staff.tenant());
    let site = passkey_site(staff, request);
    let new = accounts.ask_for_new_means(tenant, &staff.signed_in, site.as_ref(), kept).await;
    let new = new.map_err(fault)?;
    let own = accounts.show_own_account(tenant, &staff.signed_in).await.map_err(fault)?;
    let view = Ways {
        site: staff.dressed.chrome.clone(),
        visit: staff.visit(None),
        desk: staff.desk(""),
        passkey: new.passkey.map(asked),
        device: device(request.headers()),
        app: new_app(new.authenticator),
        email: own.account.email,
        has_password: own.has_password,
        errors,
    };
    staff.show_with(status, &view)
}

/// A refusal where no form can show it.
pub(super) fn fault(refusal: AccountRefusal) -> PageError {
    match refused(refusal) {
        Ok((StatusCode::SERVICE_UNAVAILABLE, _, why)) => PageError::Busy(why),
        Ok((_, _, why)) => PageError::Refused { why, kept: None },
        Err(error) => error,
    }
}
