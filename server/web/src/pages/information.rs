//! Pages to read.

use actions::{AWAY_MINUTES, CONFIRMATION_MINUTES, Tenant};
use domain::roll::MIN_COHORT_PEOPLE;
use domain::tenant_pack::{DEFAULT_SMALLEST_GROUP, EntryRoute};
use poem::web::Path;
use poem::{Response, Result, handler};

use crate::edge::cookies::CookieName;
use crate::fault::PageError;
use crate::views::{Accessibility, Anonymity, CookieFact, Cookies, Facts, Operators, Owner, Page, Privacy};
use crate::visitor::{Visitor, hour_in_words};

#[handler]
pub(crate) async fn page(visitor: Visitor, Path(slug): Path<String>) -> Result<Response> {
    let html = visitor.dressed.pages.get(&slug).ok_or(PageError::NotFound)?;
    let page = visitor.tenant().pages.iter().find(|page| page.slug == slug).ok_or(PageError::NotFound)?;
    visitor.show(&Page {
        site: visitor.dressed.chrome.clone(),
        visit: visitor.to_visit(&format!("/pages/{slug}")),
        title: page.title.clone(),
        html: html.clone(),
    })
}

#[handler]
pub(crate) async fn anonymity(visitor: Visitor) -> Result<Response> {
    visitor.show(&Anonymity {
        site: visitor.dressed.chrome.clone(),
        visit: visitor.to_visit("/anonymity"),
        facts: facts(&visitor).await?,
    })
}

/// What anonymity depends on here: read from how this process runs and from the tenant's pack, never written down by hand.
async fn facts(visitor: &Visitor) -> Result<Facts, PageError> {
    let tenant = visitor.tenant();
    let has_route = |route| tenant.organisations.iter().any(|organisation| organisation.entry_route == route);
    let sealed_codes = match &visitor.state.sides.conversation {
        Some(conversation) => Some(conversation.has_sealed_codes(tenant).await?),
        None => None,
    };
    Ok(Facts {
        operators: operators(visitor),
        batch_size: tenant.joining.batch_size,
        latest_hour: hour_in_words(tenant.joining.latest_hour),
        fewest_in_cohort: MIN_COHORT_PEOPLE,
        fewest_counted: fewest_counted(tenant),
        keep_roll_days: tenant.joining.keep_roll_days,
        invites: has_route(EntryRoute::Invited),
        sign_ups: has_route(EntryRoute::SignUp),
        single_sign_on: tenant.organisations.iter().any(|organisation| organisation.single_sign_on.is_some()),
        sealed_codes,
    })
}

/// The smallest group of whichever conversation here shows the smallest.
fn fewest_counted(tenant: &Tenant) -> i64 {
    let smallest = tenant.campaigns.iter().map(|campaign| campaign.smallest_group).min();
    i64::from(smallest.unwrap_or(DEFAULT_SMALLEST_GROUP))
}

/// Two owners only where this process serves one side and was told who runs the other.
fn operators(visitor: &Visitor) -> Operators {
    let (tenant, settings, sides) = (visitor.tenant(), &visitor.state.settings, &visitor.state.sides);
    let Some(other) = &settings.other_side_owner else { return Operators::One };
    let owner = |address: String, here: bool| Owner {
        host: host_of(&address).to_owned(),
        name: (!here).then(|| other.clone()),
    };
    match (&sides.identity, &sides.conversation) {
        (Some(_), Some(_)) => Operators::One,
        (identity, conversation) => Operators::Two {
            list: owner(settings.addresses.identity(tenant), identity.is_some()),
            said: owner(settings.addresses.conversation(tenant), conversation.is_some()),
        },
    }
}

/// The host in an address.
fn host_of(address: &str) -> &str {
    let rest = address.split_once("://").map_or(address, |(_, rest)| rest);
    rest.split(['/', ':']).next().unwrap_or_default()
}

#[handler]
pub(crate) async fn privacy(visitor: Visitor) -> Result<Response> {
    visitor.show(&Privacy {
        site: visitor.dressed.chrome.clone(),
        visit: visitor.to_visit("/privacy"),
        facts: facts(&visitor).await?,
        extra_html: String::new(),
    })
}

#[handler]
pub(crate) async fn cookies(visitor: Visitor) -> Result<Response> {
    let fact = |name: &str, purpose: &str, lasts: &str| CookieFact {
        name: name.to_owned(),
        purpose: purpose.to_owned(),
        lasts: lasts.to_owned(),
    };
    let cookies = vec![
        fact(
            CookieName::visit().as_str(),
            "Checks that a form is sent from our own page. It holds a random number",
            "12 hours",
        ),
        fact(
            visitor.dressed.cookie.as_str(),
            "Remembers that this device is in. It holds a random number, not who you are",
            "Until 30 days after the conversation closes, or until you leave. On a shared device: until you close the browser",
        ),
        fact(
            CookieName::shared().as_str(),
            "Remembers that others use this device too, so that each page can offer to clear it. It holds the number 1",
            "Until you leave or close the browser. It is there only if you said that the device is shared",
        ),
        fact(
            CookieName::sign_up().as_str(),
            "Holds what you typed to sign up, locked so that only we can read it, until you confirm your email address",
            &format!("{CONFIRMATION_MINUTES} minutes, or until you confirm"),
        ),
        fact(
            CookieName::sign_on().as_str(),
            "Remembers, locked so that only we can read it, where you were while you sign in with your work account",
            &format!("{AWAY_MINUTES} minutes, or until you are back"),
        ),
    ];
    visitor.show(&Cookies {
        site: visitor.dressed.chrome.clone(),
        visit: visitor.to_visit("/cookies"),
        cookies,
    })
}

#[handler]
pub(crate) async fn accessibility(visitor: Visitor) -> Result<Response> {
    visitor.show(&Accessibility {
        site: visitor.dressed.chrome.clone(),
        visit: visitor.to_visit("/accessibility"),
    })
}
