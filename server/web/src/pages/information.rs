//! Pages to read.

use poem::web::Path;
use poem::{Response, Result, handler};

use crate::edge::cookies::CookieName;
use crate::fault::PageError;
use crate::views::{Accessibility, Anonymity, CookieFact, Cookies, Page, Privacy};
use crate::visitor::Visitor;

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
    visitor.show(&Anonymity { site: visitor.dressed.chrome.clone(), visit: visitor.to_visit("/anonymity") })
}

#[handler]
pub(crate) async fn privacy(visitor: Visitor) -> Result<Response> {
    visitor.show(&Privacy {
        site: visitor.dressed.chrome.clone(),
        visit: visitor.to_visit("/privacy"),
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
            "Checks that the code form is sent from our own page. It holds a random number",
            "12 hours",
        ),
        fact(
            visitor.dressed.cookie.as_str(),
            "Remembers that this device came in with a code. It holds a random number, not who you are",
            "Until 30 days after the conversation closes, or until you leave",
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
