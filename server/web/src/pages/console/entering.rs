//! What the pages share on which somebody comes into the console: the site for passkeys, the session's cookie, what the device is called,
//! and refusals in words.

use actions::{AccountRefusal, ActionError, BegunSession, PasskeyAnswer, PasskeyQuestion, PasskeySite};
use poem::http::{HeaderMap, StatusCode, header};
use poem::{Request, Response, Result};

use crate::console::safe_return;
use crate::edge::cookies::CookieName;
use crate::edge::form::Form;
use crate::edge::headers::Transport;
use crate::edge::host::host;
use crate::fault::PageError;
use crate::views::console::{AskedPasskey, NewApp};
use crate::visitor::{Visitor, setting};

/// Browsers by what they say of themselves; each also says what stands below it.
const BROWSERS: [(&str, &str); 6] = [
    ("Edg", "Edge"),
    ("OPR/", "Opera"),
    ("SamsungBrowser/", "Samsung Internet"),
    ("Firefox/", "Firefox"),
    ("Chrome/", "Chrome"),
    ("Safari/", "Safari"),
];
/// Devices likewise.
const DEVICES: [(&str, &str); 7] = [
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Android", "Android"),
    ("Windows", "Windows"),
    ("CrOS", "ChromeOS"),
    ("Macintosh", "Mac"),
    ("Linux", "Linux"),
];

/// The limit's name for tries at the console's doors: whoever guesses at one has fewer tries left at the others.
pub(super) const TRIED: &str = "console";
/// Longest address that is shown back in its field, characters.
pub(super) const MAX_SHOWN: usize = 254;

/// What a device is called in lists: "Firefox on Windows". No more of what it says is kept.
pub(in crate::pages) fn device(headers: &HeaderMap) -> String {
    let said = headers.get(header::USER_AGENT).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let find = |known: &[(&str, &'static str)]| {
        known.iter().find(|(mark, _)| said.contains(mark)).map(|(_, name)| *name)
    };
    let browser = find(&BROWSERS).unwrap_or("A browser");
    find(&DEVICES).map_or_else(|| browser.to_owned(), |device| format!("{browser} on {device}"))
}

/// The site for passkeys at the address that was asked for, which [`crate::tenancy`] found to be this tenant's. None at a bare IP number.
pub(super) fn passkey_site(visitor: &Visitor, request: &Request) -> Option<PasskeySite> {
    site_at(visitor, host(request))
}

/// The same by the host that was asked for.
pub(super) fn site_at(visitor: &Visitor, host: Option<&str>) -> Option<PasskeySite> {
    let scheme = match visitor.state.settings.transport {
        Transport::Https => "https",
        Transport::Loopback => "http",
    };
    let origin = format!("{scheme}://{}", host?);
    PasskeySite::new(&origin, &visitor.tenant().branding.service_name).ok()
}

/// The same where an answer came: somebody answered a question that was asked at such an address.
pub(super) fn answered_site(visitor: &Visitor, request: &Request) -> Result<PasskeySite, AccountRefusal> {
    passkey_site(visitor, request).ok_or(AccountRefusal::Stale)
}

/// The browser's answer about a passkey, as a form brings it.
pub(super) fn answer(form: &Form) -> PasskeyAnswer {
    let field = |name: &str| form.get(name).unwrap_or_default().to_owned();
    PasskeyAnswer { kept: field("kept"), answer: field("answer") }
}

/// Gives the browser the session's token, in place of any it held, and sends it on to `next`.
pub(in crate::pages) async fn come_in(
    visitor: &Visitor,
    headers: &HeaderMap,
    session: &BegunSession,
    next: &str,
) -> Result<Response> {
    leave_earlier(visitor, headers).await?;
    with_session(visitor, visitor.see_other(safe_return(next)), &session.token)
}

/// Ends the session that the browser held before, not only on the browser's side.
pub(super) async fn leave_earlier(visitor: &Visitor, headers: &HeaderMap) -> Result<(), PageError> {
    let (accounts, tenant) = (visitor.state.accounts(), visitor.tenant());
    if let Some(token) = cookie(visitor)?.read(headers)
        && let Some(earlier) = accounts.actor(tenant, token).await?
    {
        accounts.sign_out(tenant, &earlier).await?;
    }
    Ok(())
}

/// `response` with the session's cookie, which goes when the browser is closed.
pub(super) fn with_session(visitor: &Visitor, response: Response, token: &str) -> Result<Response> {
    let set = cookie(visitor)?.set_until_closed(token);
    Ok(setting(response, Some(set.map_err(|error| PageError::Fault(error.to_string()))?)))
}

/// The cookie of console sessions.
pub(super) fn cookie(visitor: &Visitor) -> Result<CookieName, PageError> {
    CookieName::console(&visitor.tenant().slug).map_err(|error| PageError::Fault(error.to_string()))
}

/// Where a refusal is shown: its status, the field that it is about, and its words. A fault is none.
pub(super) fn refused(refusal: AccountRefusal) -> Result<(StatusCode, &'static str, String), PageError> {
    use AccountRefusal as No;
    let refusal = match refusal {
        No::Action(fault @ ActionError::Fault(_)) => return Err(fault.into()),
        refusal => refusal,
    };
    let field = match &refusal {
        No::Action(_) => return Ok((StatusCode::SERVICE_UNAVAILABLE, "", refusal.to_string())),
        No::Unknown => return Err(PageError::NotFound),
        No::Password(_) => "password",
        No::Code(_) => "code",
        No::Name(_) => "name",
        No::Email(_) | No::Address(_) | No::Known => "email",
        No::NoRole | No::Clash(_) | No::OperatorsApart | No::LastGrant => "role",
        _ => "",
    };
    Ok((StatusCode::UNPROCESSABLE_ENTITY, field, refusal.to_string()))
}

/// A question for a page.
pub(super) fn asked(question: PasskeyQuestion) -> AskedPasskey {
    AskedPasskey { question: question.options, kept: question.kept }
}

/// An authenticator app for a page.
pub(super) fn new_app(app: actions::NewAuthenticator) -> NewApp {
    NewApp { qr: app.qr, typed: app.typed, kept: app.kept }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn devices_are_called_what_people_call_them() {
        let called =
            |said: &'static str| device(&[(header::USER_AGENT, said.parse().unwrap())].into_iter().collect());
        let edge = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/130.0 Safari/537.36 Edg/130.0";
        let phone = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 Version/18.0 Mobile/15E148 Safari/604.1";
        assert_eq!((called(edge), called(phone)), ("Edge on Windows".into(), "Safari on iPhone".into()));
        assert_eq!(called("curl/8"), "A browser");
        assert_eq!(device(&HeaderMap::new()), "A browser");
    }
}
