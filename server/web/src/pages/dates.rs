//! A conversation's dates as a calendar file. Anybody may have it: the front page says the same.

use actions::CALENDAR_TYPE;
use poem::http::{StatusCode, header};
use poem::web::Path;
use poem::{Request, Response, Result, handler};
use sha2::{Digest, Sha256};

use super::onward;
use crate::fault::PageError;
use crate::visitor::Visitor;

/// Asked for anew each time: dates change, and a calendar that follows them must hear of it.
const CACHE_CONTROL: &str = "no-cache";

#[handler]
pub(crate) async fn calendar(
    request: &Request,
    visitor: Visitor,
    Path(slug): Path<String>,
) -> Result<Response> {
    let campaign = visitor.tenant().campaign(&slug).ok_or(PageError::NotFound)?;
    let address = visitor.state.settings.addresses.conversation(visitor.tenant());
    let file = campaign.calendar(&format!("{address}{}", onward::conversation_path(&slug)));
    let etag = format!("\"{}\"", hex::encode(&Sha256::digest(file.as_bytes())[..16]));
    // Weak or strong: a compressed answer's tag is weak (RFC 9110, 13.1.2).
    let known = request.header(header::IF_NONE_MATCH).map(|tag| tag.trim_start_matches("W/"));
    let answer = Response::builder().header(header::ETAG, &etag).header(header::CACHE_CONTROL, CACHE_CONTROL);
    if known == Some(etag.as_str()) {
        return Ok(answer.status(StatusCode::NOT_MODIFIED).finish());
    }
    let name = format!("attachment; filename=\"{slug}.ics\"");
    Ok(answer.header(header::CONTENT_DISPOSITION, name).content_type(CALENDAR_TYPE).body(file))
}
