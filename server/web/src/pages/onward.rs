//! Where somebody goes on: from one side to the other, and once they have been recognised. Single sign-on goes on from here, too.
//!
//! The two sides may stand at two origins. What is carried across stands behind the `#` of an address, which browsers send to nobody.

use actions::{Campaign, JoinRefusal, Recognised, Tenant};
use domain::round::Round;
use poem::http::{HeaderValue, StatusCode, header};
use poem::web::Redirect;
use poem::{IntoResponse, Response, Result};

use super::cards;
use crate::edge::headers::policy_with;
use crate::fault::PageError;
use crate::views::{self, Here, Standing, StandingKind, View, Ways};
use crate::visitor::{Visitor, encoded};

/// A campaign that somebody wants to join.
pub(super) struct Joining {
    pub campaign: Campaign,
    /// As pages name it.
    pub named: views::Campaign,
    /// Whether nobody can join it any more.
    pub over: bool,
}

/// The campaign called `slug`, as the identity side knows it: by its tenant's pack.
pub(super) fn joining(visitor: &Visitor, slug: &str) -> Result<Joining, PageError> {
    let (tenant, now) = (visitor.tenant(), visitor.state.now());
    let campaign = tenant.campaign(slug).ok_or(PageError::NotFound)?.clone();
    let round = campaign.round_at(now);
    let stored = Round {
        id: round.id,
        campaign: campaign.id,
        opens_at: round.opens_at,
        closes_at: round.closes_at,
        paused_at: round.paused_at,
        revision: 0,
        dated_at: 0,
    };
    let named = cards::campaign(tenant, &campaign, &stored, now);
    Ok(Joining { over: now >= stored.closes_at, named, campaign })
}

/// Where a campaign's conversation stands on its side; without a slash before it.
pub(super) fn conversation_path(slug: &str) -> String {
    format!("conversations/{slug}")
}

/// The address of a path on the conversation side. `path` begins without a slash.
pub(super) fn on_conversation_side(visitor: &Visitor, path: &str) -> String {
    let addresses = &visitor.state.settings.addresses;
    address(addresses.together(), &visitor.dressed.base, &addresses.conversation(visitor.tenant()), path)
}

/// The address of a path on the identity side. `path` begins without a slash.
pub(crate) fn on_identity_side(visitor: &Visitor, path: &str) -> String {
    let addresses = &visitor.state.settings.addresses;
    address(addresses.together(), &visitor.dressed.base, &addresses.identity(visitor.tenant()), path)
}

fn address(together: bool, base: &str, absolute: &str, path: &str) -> String {
    if together { format!("{base}/{path}") } else { format!("{absolute}{path}") }
}

/// The conversation side's origin, where it is another than the identity side's.
pub(super) fn other_origin(visitor_state: &crate::state::State, tenant: &Tenant) -> Option<String> {
    let addresses = &visitor_state.settings.addresses;
    if addresses.together() {
        return None;
    }
    origin(&addresses.conversation(tenant)).map(str::to_owned)
}

/// An address's origin: scheme, host and port (RFC 6454, 6.2); nothing of one in which a policy would not end there.
pub(super) fn origin(address: &str) -> Option<&str> {
    let scheme_end = address.find("://")? + 3;
    let host = address[scheme_end..].split('/').next().filter(|host| !host.is_empty())?;
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-' | b':' | b'[' | b']');
    host.bytes().all(plain).then(|| &address[..scheme_end + host.len()])
}

/// The ways in that need no name.
pub(super) fn ways(visitor: &Visitor, campaign: &str) -> Ways {
    // The identity side knows no participant: what the device holds is the other side's.
    let here = match (&visitor.state.sides.conversation, visitor.tenant().campaign(campaign)) {
        (None, _) => Here::Unknown,
        (Some(_), Some(campaign))
            if visitor.session.as_ref().is_some_and(|session| session.campaign == campaign.id) =>
        {
            Here::In
        }
        (Some(_), _) => Here::Out,
    };
    Ways {
        here,
        enter: on_conversation_side(visitor, "enter"),
        come_back: on_conversation_side(visitor, &format!("conversations/{campaign}/return")),
        conversation: on_conversation_side(visitor, &format!("conversations/{campaign}")),
    }
}

/// On to the page where the device makes its key.
pub(super) fn go_on(visitor: &Visitor, campaign: &str, recognised: &Recognised) -> Response {
    Redirect::see_other(on_conversation_side(visitor, &join_path(campaign, recognised))).into_response()
}

fn join_path(campaign: &str, Recognised { ticket, key }: &Recognised) -> String {
    format!("conversations/{campaign}/join#ticket={}&key={}", encoded(ticket), encoded(key))
}

/// A page whose form may lead to the conversation side: browsers hold a form's policy against where it is sent on to, too (CSP 3,
/// 6.4.1).
pub(super) fn show_leading_on<V: View>(visitor: &Visitor, status: StatusCode, view: &V) -> Result<Response> {
    let mut response = visitor.show_with(status, view)?;
    if let Some(origin) = other_origin(&visitor.state, visitor.tenant())
        && let Ok(policy) = HeaderValue::try_from(policy_with("form-action", &origin))
    {
        response.headers_mut().insert(header::CONTENT_SECURITY_POLICY, policy);
    }
    Ok(response)
}

/// Where somebody stands whom this refusal keeps from going on, unless it is about what they typed.
pub(super) fn standing(refusal: &JoinRefusal) -> Option<StandingKind> {
    match refusal {
        JoinRefusal::JoinedBefore => Some(StandingKind::JoinedBefore),
        JoinRefusal::NotLaunched => Some(StandingKind::NotLaunched),
        JoinRefusal::NoCohort => Some(StandingKind::NoCohort),
        JoinRefusal::Closed => Some(StandingKind::Closed),
        JoinRefusal::UnknownLogin | JoinRefusal::Malformed(_) | JoinRefusal::Action(_) => None,
    }
}

/// The page that says where somebody stands.
pub(super) fn stand(visitor: &Visitor, joining: &Joining, kind: StandingKind) -> Result<Response> {
    let status = match kind {
        // They are on the list: that is what they came for.
        StandingKind::NotLaunched => StatusCode::OK,
        StandingKind::JoinedBefore | StandingKind::NoCohort | StandingKind::Closed => StatusCode::CONFLICT,
    };
    let view = Standing {
        site: visitor.dressed.chrome.clone(),
        visit: visitor.to_visit(""),
        ways: ways(visitor, &joining.campaign.slug),
        campaign: joining.named.clone(),
        kind,
    };
    visitor.show_with(status, &view)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_way_to_the_other_side() {
        let recognised = Recognised { ticket: "a-_9".into(), key: "0f".into() };
        let path = join_path("first", &recognised);
        assert_eq!(path, "conversations/first/join#ticket=a-_9&key=0f");
        assert_eq!(address(true, "/bsol", "https://talk.example/", "enter"), "/bsol/enter");
        assert_eq!(address(true, "", "https://talk.example/", "enter"), "/enter");
        assert_eq!(address(false, "/bsol", "https://talk.example/", "enter"), "https://talk.example/enter");
    }

    #[test]
    fn nothing_of_a_ticket_leaves_the_fragment() {
        let recognised = Recognised { ticket: "x&y#z =\r\n".into(), key: "k".into() };
        assert_eq!(join_path("c", &recognised), "conversations/c/join#ticket=x%26y%23z%20%3D%0D%0A&key=k");
    }

    #[test]
    fn origins_end_before_the_path() {
        for (address, expected) in [
            ("https://talk.example/", "https://talk.example"),
            ("http://localhost:8081/bsol/", "http://localhost:8081"),
            ("http://[::1]:8081/", "http://[::1]:8081"),
            ("https://talk.example", "https://talk.example"),
        ] {
            assert_eq!(origin(address), Some(expected));
        }
    }

    #[test]
    fn a_form_may_lead_to_the_other_origin_and_nowhere_else() {
        let policy = policy_with("form-action", "https://talk.example");
        assert!(policy.contains("form-action 'self' https://talk.example;"), "{policy}");
        assert_eq!(policy.matches("https:").count(), 1, "{policy}");
    }
}
