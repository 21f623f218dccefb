//! The accounts of a tenant: who works here and as what.

use actions::policy::{Action, Kind, Role};
use actions::{AccountRefusal, Invited, ListedAccount, NewAccount, Tenant};
use domain::account::{AccountState, INVITATION_DAYS};
use domain::ids::AccountId;
use poem::http::StatusCode;
use poem::web::Path;
use poem::{Response, Result, handler};

use super::account::fault;
use super::entering::{MAX_SHOWN, refused};
use crate::console::{Staff, StaffForm};
use crate::edge::form::Form;
use crate::fault::PageError;
use crate::views::FieldError;
use crate::views::console::{Invite, People, PersonLine, PersonPage, RoleChoice};

const PATH: &str = "/console/people";
const INVITE: &str = "/console/people/invite";
/// Said where an invitation was made and its email is not taken.
const UNSENT: &str = "They are invited, but the email did not leave: we cannot send email just now. In a few minutes, open their page under People and send a new invitation.";

#[handler]
pub(crate) async fn list(staff: Staff) -> Result<Response> {
    let listed = staff.state.accounts().list_accounts(staff.tenant()).await.map_err(PageError::from)?;
    let view = People {
        site: staff.dressed.chrome.clone(),
        visit: staff.visit(done(staff.query.get("done").unwrap_or_default())),
        desk: staff.desk(PATH),
        people: listed.iter().map(line).collect(),
        may_invite: may_invite(&staff),
    };
    staff.show(&view)
}

/// What is said once, after something worked.
fn done(what: &str) -> Option<&'static str> {
    match what {
        "invited" => Some("The invitation is on its way."),
        "roles" => Some("Saved. It counts from the next page that they open."),
        "suspended" => Some("Suspended. They are signed out everywhere."),
        "withdrawn" => Some("The invitation is withdrawn. Its link is good no more."),
        "resumed" => Some("They can sign in again."),
        "reset" => {
            Some("A new invitation is on its way. Nothing they signed in with before is good any more.")
        }
        _ => None,
    }
}

#[handler]
pub(crate) async fn show_invite(staff: Staff) -> Result<Response> {
    needs_grant(&staff)?;
    staff.require_recent_proof(INVITE).await?;
    invite_page(&staff, StatusCode::OK, "", "", &[], Vec::new())
}

#[handler]
pub(crate) async fn invite(form: StaffForm) -> Result<Response> {
    let staff = &form.staff;
    needs_grant(staff)?;
    staff.require_recent_proof(INVITE).await?;
    let text = |name: &str| form.field(name).trim().to_owned();
    let new = NewAccount { email: text("email"), name: text("name"), roles: roles_in(&form.form) };
    let welcome = welcome(staff, staff.tenant());
    match staff.state.accounts().invite_account(staff.actor(), staff.tenant(), &new, &welcome).await {
        Ok(invited) => sent(&form, &invited, "invited"),
        Err(refusal) => {
            let (status, field, text) = refused(refusal)?;
            let errors = vec![FieldError { field: field.to_owned(), text }];
            invite_page(staff, status, &new.email, &new.name, &new.roles, errors)
        }
    }
}

#[handler]
pub(crate) async fn show(staff: Staff, Path(id): Path<String>) -> Result<Response> {
    let found = find(&staff, account_id(&id)?).await?;
    person_page(&staff, StatusCode::OK, &found, None, Vec::new())
}

#[handler]
pub(crate) async fn set_roles(form: StaffForm, Path(id): Path<String>) -> Result<Response> {
    let (staff, account) = (&form.staff, account_id(&id)?);
    staff.require_recent_proof(&format!("{PATH}/{account}")).await?;
    let roles = roles_in(&form.form);
    match staff.state.accounts().set_roles(staff.actor(), staff.tenant(), account, &roles).await {
        Ok(_) => Ok(form.see_other(&format!("{PATH}?done=roles"))),
        Err(refusal) => {
            let (status, field, text) = refused(refusal)?;
            let errors = vec![FieldError { field: field.to_owned(), text }];
            person_page(staff, status, &find(staff, account).await?, Some(&roles), errors)
        }
    }
}

#[handler]
pub(crate) async fn suspend(form: StaffForm, Path(id): Path<String>) -> Result<Response> {
    let (staff, account) = (&form.staff, account_id(&id)?);
    staff.require_recent_proof(&format!("{PATH}/{account}")).await?;
    let done = staff.state.accounts().suspend_account(staff.actor(), staff.tenant(), account).await;
    finish(&form, done, "suspended")
}

#[handler]
pub(crate) async fn withdraw(form: StaffForm, Path(id): Path<String>) -> Result<Response> {
    let (staff, account) = (&form.staff, account_id(&id)?);
    staff.require_recent_proof(&format!("{PATH}/{account}")).await?;
    let done = staff.state.accounts().withdraw_invitation(staff.actor(), staff.tenant(), account).await;
    finish(&form, done, "withdrawn")
}

#[handler]
pub(crate) async fn resume(form: StaffForm, Path(id): Path<String>) -> Result<Response> {
    let (staff, account) = (&form.staff, account_id(&id)?);
    staff.require_recent_proof(&format!("{PATH}/{account}")).await?;
    let done = staff.state.accounts().resume_account(staff.actor(), staff.tenant(), account).await;
    finish(&form, done, "resumed")
}

#[handler]
pub(crate) async fn reset(form: StaffForm, Path(id): Path<String>) -> Result<Response> {
    let (staff, account) = (&form.staff, account_id(&id)?);
    staff.require_recent_proof(&format!("{PATH}/{account}")).await?;
    let (accounts, welcome) = (staff.state.accounts(), welcome(staff, staff.tenant()));
    let done = accounts.reset_account(staff.actor(), staff.tenant(), account, &welcome).await;
    match done {
        Ok(invited) => sent(&form, &invited, "reset"),
        Err(refusal) => finish(&form, Err(refusal), "reset"),
    }
}

/// Back to the list, which says that the invitation is on its way; unless its email did not leave.
fn sent(form: &StaffForm, invited: &Invited, what: &str) -> Result<Response> {
    match invited.unsent {
        None => finish(form, Ok(()), what),
        Some(_) => Err(PageError::Busy(UNSENT.to_owned()).into()),
    }
}

/// Whoever resets an account could come to hold it, with its roles: that needs what giving roles needs.
fn may_reset(staff: &Staff) -> bool {
    staff.may(Kind::Role, Action::Grant)
}

fn finish(form: &StaffForm, done: Result<(), AccountRefusal>, what: &str) -> Result<Response> {
    match done {
        Ok(()) => Ok(form.see_other(&format!("{PATH}?done={what}"))),
        Err(refusal) => Err(fault(refusal).into()),
    }
}

/// Whoever invites gives a role, so inviting needs both powers.
fn may_invite(staff: &Staff) -> bool {
    staff.may(Kind::Account, Action::Create) && staff.may(Kind::Role, Action::Grant)
}

fn needs_grant(staff: &Staff) -> Result<(), PageError> {
    match may_invite(staff) {
        true => Ok(()),
        false => Err(PageError::NotAllowed { kind: Kind::Role, action: Action::Grant }),
    }
}

/// Where an invitation into `tenant` leads; its token goes behind.
pub(super) fn welcome(staff: &Staff, tenant: &Tenant) -> String {
    format!("{}console/welcome?token=", staff.state.settings.addresses.identity(tenant))
}

fn account_id(text: &str) -> Result<AccountId, PageError> {
    text.parse().map_err(|_| PageError::NotFound)
}

async fn find(staff: &Staff, account: AccountId) -> Result<ListedAccount, PageError> {
    let listed = staff.state.accounts().list_accounts(staff.tenant()).await?;
    listed.into_iter().find(|listed| listed.account.id == account).ok_or(PageError::NotFound)
}

fn roles_in(form: &Form) -> Vec<Role> {
    form.all("role").filter_map(|slug| slug.parse().ok()).collect()
}

/// The roles that can be given in this tenant.
fn choices(staff: &Staff, chosen: &[Role]) -> Vec<RoleChoice> {
    let platform = staff.tenant().is_platform();
    let can = Role::ALL.into_iter().filter(|role| *role != Role::Support);
    let can = can.filter(|role| (*role == Role::Operator) == platform);
    can.map(|role| RoleChoice { slug: role.slug(), title: role.title(), chosen: chosen.contains(&role) })
        .collect()
}

fn line(listed: &ListedAccount) -> PersonLine {
    PersonLine {
        id: listed.account.id.to_string(),
        name: listed.account.name.clone(),
        email: listed.account.email.clone(),
        roles: listed.roles.iter().map(|role| role.title().to_owned()).collect(),
        state: listed.account.state.slug(),
    }
}

fn invite_page(
    staff: &Staff,
    status: StatusCode,
    email: &str,
    name: &str,
    chosen: &[Role],
    errors: Vec<FieldError>,
) -> Result<Response> {
    let shown = |text: &str| text.chars().take(MAX_SHOWN).collect();
    let view = Invite {
        site: staff.dressed.chrome.clone(),
        visit: staff.visit(None),
        desk: staff.desk(PATH),
        email: shown(email),
        name: shown(name),
        roles: choices(staff, chosen),
        days: INVITATION_DAYS,
        errors,
    };
    staff.show_with(status, &view)
}

fn person_page(
    staff: &Staff,
    status: StatusCode,
    found: &ListedAccount,
    chosen: Option<&[Role]>,
    errors: Vec<FieldError>,
) -> Result<Response> {
    let may_grant = staff.may(Kind::Role, Action::Grant);
    let roles = if may_grant { choices(staff, chosen.unwrap_or(&found.roles)) } else { Vec::new() };
    let own = staff.actor().account == Some(found.account.id);
    let view = PersonPage {
        site: staff.dressed.chrome.clone(),
        visit: staff.visit(None),
        desk: staff.desk(PATH),
        person: line(found),
        roles,
        own,
        may_suspend: staff.may(Kind::Account, Action::Suspend),
        // Whoever is suspended is let in first, or stays out.
        may_invite: may_reset(staff) && found.account.state != AccountState::Suspended,
        errors,
    };
    staff.show_with(status, &view)
}
