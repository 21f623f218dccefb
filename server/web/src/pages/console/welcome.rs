//! Accepting an invitation. Opening its link does nothing but show forms: mail scanners open links.

use actions::{Accepted, AccountRefusal, WithPassword};
use poem::http::StatusCode;
use poem::{Request, Response, Result, handler};

use super::entering::{
    answer, answered_site, asked, device, leave_earlier, new_app, passkey_site, refused, with_session,
};
use crate::fault::PageError;
use crate::posted::Posted;
use crate::views::FieldError;
use crate::views::console::{RecoveryCodes, Welcome, WelcomeInvited};
use crate::visitor::{Visitor, setting};

#[handler]
pub(crate) async fn show(request: &Request, visitor: Visitor) -> Result<Response> {
    let token = visitor.query.get("token").unwrap_or_default().to_owned();
    let (visitor, set) = visitor.with_visit_cookie();
    let response = page(&visitor, request, StatusCode::OK, (token.as_str(), ""), Vec::new()).await?;
    Ok(setting(response, set))
}

#[handler]
pub(crate) async fn set_password(request: &Request, posted: Posted) -> Result<Response> {
    let field = |name: &str| posted.field(name).to_owned();
    let form = WithPassword { password: field("password"), kept: field("kept"), code: field("code") };
    let (visitor, device) = (&posted.visitor, device(request.headers()));
    let accounts = visitor.state.accounts();
    let accepted =
        accounts.accept_with_password(visitor.tenant(), posted.field("token"), &form, &device).await;
    finish(request, &posted, accepted, &form.kept).await
}

#[handler]
pub(crate) async fn make_passkey(request: &Request, posted: Posted) -> Result<Response> {
    let (visitor, device) = (&posted.visitor, device(request.headers()));
    let accepted = async {
        let (site, answer) = (answered_site(visitor, request)?, answer(&posted.form));
        let accounts = visitor.state.accounts();
        accounts.accept_with_passkey(visitor.tenant(), posted.field("token"), &site, &answer, &device).await
    };
    finish(request, &posted, accepted.await, posted.field("app")).await
}

/// They are in; or the page again, with the authenticator's secret that the form brought as `kept`.
async fn finish(
    request: &Request,
    posted: &Posted,
    accepted: Result<Accepted, AccountRefusal>,
    kept: &str,
) -> Result<Response> {
    let visitor = &posted.visitor;
    match accepted {
        Ok(accepted) => {
            leave_earlier(visitor, request.headers()).await?;
            let view = RecoveryCodes {
                site: visitor.dressed.chrome.clone(),
                visit: visitor.to_visit(""),
                desk: None,
                codes: accepted.recovery_codes,
                onward: "/console".to_owned(),
            };
            with_session(visitor, visitor.show(&view)?, &accepted.session.token)
        }
        Err(refusal) => {
            let (status, field, text) = refused(refusal)?;
            let errors = vec![FieldError { field: field.to_owned(), text }];
            page(visitor, request, status, (posted.field("token"), kept), errors).await
        }
    }
}

async fn page(
    visitor: &Visitor,
    request: &Request,
    status: StatusCode,
    (token, kept): (&str, &str),
    errors: Vec<FieldError>,
) -> Result<Response> {
    let accounts = visitor.state.accounts();
    let welcome = accounts.show_invitation(visitor.tenant(), token, kept).await.map_err(PageError::from)?;
    let (mut status, mut errors) = (status, errors);
    let invited = match welcome {
        Some(welcome) => {
            let question = passkey_site(visitor, request)
                .map(|site| accounts.ask_invited_for_passkey(&site, &welcome.account))
                .transpose()
                .map_err(|refusal| PageError::Fault(refusal.to_string()))?;
            Some(WelcomeInvited {
                token: token.to_owned(),
                name: welcome.account.name,
                email: welcome.account.email,
                passkey: question.map(asked),
                app: new_app(welcome.authenticator),
            })
        }
        None => {
            // The page says it.
            errors.clear();
            status = StatusCode::NOT_FOUND;
            None
        }
    };
    let view = Welcome { site: visitor.dressed.chrome.clone(), visit: visitor.to_visit(""), invited, errors };
    visitor.show_with(status, &view)
}
