//! Leaving a device.

use poem::http::{HeaderName, HeaderValue};
use poem::{Response, Result, handler};

use crate::edge::cookies::CookieName;
use crate::fault::PageError;
use crate::posted::Posted;
use crate::views::Leave;
use crate::visitor::{Visitor, setting};

/// What the browser is told to forget of this site (Clear Site Data, W3C): what it kept to show again, and drafts. Cookies are cleared one
/// by one: another tenant's may be on the same host.
const CLEAR_SITE_DATA: (HeaderName, HeaderValue) =
    (HeaderName::from_static("clear-site-data"), HeaderValue::from_static("\"cache\", \"storage\""));

#[handler]
pub(crate) async fn show(visitor: Visitor) -> Result<Response> {
    if visitor.session.is_none() {
        return Ok(visitor.see_other("/"));
    }
    visitor.show(&Leave { site: visitor.dressed.chrome.clone(), visit: visitor.to_visit("/leave") })
}

#[handler]
pub(crate) async fn send(posted: Posted) -> Result<Response> {
    // Pressed above a page, where words may stand that were not sent.
    if posted.field("ask") == "yes" {
        return Ok(posted.visitor.see_other("/leave"));
    }
    let visitor = posted.visitor;
    if let Some(token) = &visitor.token {
        visitor.state.actions().leave(visitor.tenant(), token).await.map_err(PageError::from)?;
    }
    Ok(forgetting(&visitor, "/?done=left"))
}

/// "See other" to a path of this tenant, on a device that forgets who was here.
pub(super) fn forgetting(visitor: &Visitor, path: &str) -> Response {
    let mut to = visitor.see_other(path);
    let (name, value) = CLEAR_SITE_DATA;
    to.headers_mut().insert(name, value);
    let to = setting(to, Some(visitor.dressed.cookie.clear()));
    // The visit's may be older than the session, and nothing here needs it any more.
    let to = setting(to, Some(CookieName::visit().clear()));
    setting(to, Some(CookieName::shared().clear()))
}
