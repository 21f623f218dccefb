//! Leaving a device.

use poem::{Response, Result, handler};

use crate::fault::PageError;
use crate::posted::Posted;
use crate::views::Leave;
use crate::visitor::{Visitor, setting};

#[handler]
pub(crate) async fn show(visitor: Visitor) -> Result<Response> {
    if visitor.session.is_none() {
        return Ok(visitor.see_other("/"));
    }
    visitor.show(&Leave { site: visitor.dressed.chrome.clone(), visit: visitor.to_visit("/leave") })
}

#[handler]
pub(crate) async fn send(posted: Posted) -> Result<Response> {
    let visitor = posted.visitor;
    if let Some(token) = &visitor.token {
        visitor.state.actions.leave(visitor.tenant(), token).await.map_err(PageError::from)?;
    }
    Ok(setting(visitor.see_other("/?done=left"), Some(visitor.dressed.cookie.clear())))
}
