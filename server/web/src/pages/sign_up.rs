//! Signing up with an address. The answer is the same whether the address is known or not.

use std::time::Duration;

use actions::{CONFIRMATION_MINUTES, SignUpForm, SignUpLinks, SignUpRefusal};
use domain::person::PersonKind;
use domain::roll::EmailAddress;
use poem::http::StatusCode;
use poem::web::Path;
use poem::{Request, Response, Result, handler};

use super::begin::{domains, workplaces};
use super::onward::{self, Joining};
use super::tries::{Try, try_again_in};
use crate::edge::cookies::CookieName;
use crate::fault::PageError;
use crate::posted::Posted;
use crate::views::{FieldError, SignUp, StandingKind};
use crate::visitor::{Visitor, setting};

/// Longest address that is shown back, characters: longer than any that is taken.
const MAX_SHOWN: usize = 320;
/// The limit's name for sign-ups.
const TRIED: &str = "sign-up";

#[handler]
pub(crate) async fn show(visitor: Visitor, Path(slug): Path<String>) -> Result<Response> {
    let joining = onward::joining(&visitor, &slug)?;
    if joining.over {
        return onward::stand(&visitor, &joining, StandingKind::Closed);
    }
    // A link that an organisation sends to its staff, or to its volunteers, says so: they need not.
    let field = |name: &str| visitor.query.get(name).unwrap_or_default().to_owned();
    let form =
        SignUpForm { organisation: field("organisation"), kind: field("kind"), ..SignUpForm::default() };
    let (visitor, cookie) = visitor.with_visit_cookie();
    let response = page(&visitor, &joining, StatusCode::OK, &form, Vec::new())?;
    Ok(setting(response, cookie))
}

#[handler]
pub(crate) async fn send(request: &Request, posted: Posted, Path(slug): Path<String>) -> Result<Response> {
    let field = |name: &str| posted.field(name).to_owned();
    let form = SignUpForm { organisation: field("organisation"), kind: field("kind"), email: field("email") };
    let visitor = posted.visitor;
    let joining = onward::joining(&visitor, &slug)?;
    if joining.over {
        return onward::stand(&visitor, &joining, StandingKind::Closed);
    }
    if let Err(wait) = Try::request(&visitor.state, visitor.tenant(), request, TRIED) {
        return too_many(&visitor, &joining, &form, wait);
    }
    let binding = visitor.form_binding().unwrap_or_default();
    let (enrolment, tenant) = (visitor.state.enrolment(), visitor.tenant());
    let asked = enrolment.ask_to_sign_up(tenant, &joining.campaign, &form, &binding, links(&visitor, &slug));
    let kept = match asked {
        Ok(kept) => kept,
        Err(SignUpRefusal::Action(error)) => return Err(PageError::from(error).into()),
        Err(refusal) => {
            // No email was sent.
            let errors = all_errors(&form, &refusal);
            return page(&visitor, &joining, StatusCode::UNPROCESSABLE_ENTITY, &form, errors);
        }
    };
    let life = Duration::from_secs(CONFIRMATION_MINUTES.unsigned_abs() * 60);
    let cookie = CookieName::sign_up().set(&kept, life);
    let cookie = cookie.map_err(|error| PageError::Fault(error.to_string()))?;
    Ok(setting(visitor.see_other(&format!("/join/{slug}/confirm")), Some(cookie)))
}

/// What the email leads to: whole addresses, whichever way this page was reached.
fn links(visitor: &Visitor, slug: &str) -> SignUpLinks {
    let (addresses, tenant) = (&visitor.state.settings.addresses, visitor.tenant());
    SignUpLinks {
        confirm: format!("{}join/{slug}/confirm?link=", addresses.identity(tenant)),
        go_on: format!("{}conversations/{slug}/return", addresses.conversation(tenant)),
    }
}

/// The refusal, and what else is plainly wrong with the form, so that nobody has to send it twice. In the order of the fields.
fn all_errors(form: &SignUpForm, refusal: &SignUpRefusal) -> Vec<FieldError> {
    let error = |field: &str, text: String| FieldError { field: field.to_owned(), text };
    let mut errors = Vec::new();
    if matches!(refusal, SignUpRefusal::Organisation) {
        errors.push(error("organisation", refusal.to_string()));
    }
    if PersonKind::from_slug(&form.kind).is_none() {
        errors.push(error("kind", SignUpRefusal::Kind.to_string()));
    }
    match EmailAddress::parse(&form.email) {
        Err(refusal) => errors.push(error("email", refusal.to_string())),
        Ok(_) if matches!(refusal, SignUpRefusal::Domain { .. }) => {
            errors.push(error("email", refusal.to_string()));
        }
        Ok(_) => {}
    }
    if errors.is_empty() {
        errors.push(error("", refusal.to_string()));
    }
    errors
}

fn too_many(visitor: &Visitor, joining: &Joining, form: &SignUpForm, wait: Duration) -> Result<Response> {
    let text =
        "There were too many requests from your network. Wait a few minutes, then try again.".to_owned();
    let errors = vec![FieldError { field: String::new(), text }];
    let response = page(visitor, joining, StatusCode::TOO_MANY_REQUESTS, form, errors)?;
    Ok(try_again_in(response, wait))
}

fn page(
    visitor: &Visitor,
    joining: &Joining,
    status: StatusCode,
    form: &SignUpForm,
    errors: Vec<FieldError>,
) -> Result<Response> {
    let organisations = &visitor.tenant().organisations;
    let chosen = visitor.tenant().organisation(&form.organisation);
    let view = SignUp {
        site: visitor.dressed.chrome.clone(),
        visit: visitor.to_visit(""),
        ways: onward::ways(visitor, &joining.campaign.slug),
        campaign: joining.named.clone(),
        organisations: workplaces(organisations, actions::Organisation::takes_sign_ups),
        domains: chosen.map(domains).unwrap_or_default(),
        organisation: form.organisation.clone(),
        kind: form.kind.clone(),
        email: form.email.chars().take(MAX_SHOWN).collect(),
        minutes: CONFIRMATION_MINUTES,
        errors,
    };
    visitor.show_with(status, &view)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fields(form: &SignUpForm, refusal: &SignUpRefusal) -> Vec<String> {
        all_errors(form, refusal).into_iter().map(|error| error.field).collect()
    }

    #[test]
    fn everything_that_is_wrong_is_said_at_once() {
        let empty = SignUpForm::default();
        assert_eq!(fields(&empty, &SignUpRefusal::Organisation), ["organisation", "kind", "email"]);
        assert_eq!(fields(&empty, &SignUpRefusal::Kind), ["kind", "email"]);
    }

    #[test]
    fn a_stranger_to_the_organisation_is_told_at_the_address() {
        let form = SignUpForm { kind: "staff".into(), email: "a@b.example".into(), ..SignUpForm::default() };
        let refusal = SignUpRefusal::Domain { organisation: "X".into(), domains: "@x.example".into() };
        assert_eq!(fields(&form, &refusal), ["email"]);
        assert!(all_errors(&form, &refusal)[0].text.contains("@x.example"));
    }
}
