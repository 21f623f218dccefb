//! Files: what all pages load, and each tenant's colours and pictures.

use poem::http::header;
use poem::web::Path;
use poem::{Request, Response, Result, handler};

use crate::assets::{self, CACHE_CONTROL};
use crate::fault::PageError;
use crate::visitor::Visitor;

/// Who may read these files: everybody. In a frame that its page has closed off, even our own countdown is a stranger here.
const READ_BY: &str = "*";

#[handler]
pub(crate) fn asset(request: &Request, Path(file): Path<String>) -> Result<Response> {
    let accepted = request.header(header::ACCEPT_ENCODING).unwrap_or_default();
    let asset = assets::find(&file, accepted).ok_or(PageError::NotFound)?;
    let mut response = Response::builder()
        .header(header::CACHE_CONTROL, CACHE_CONTROL)
        .header(header::ACCESS_CONTROL_ALLOW_ORIGIN, READ_BY)
        .header(header::VARY, "accept-encoding")
        .content_type(asset.content_type);
    if let Some(encoding) = asset.encoding {
        response = response.header(header::CONTENT_ENCODING, encoding);
    }
    Ok(response.body(asset.bytes.into_owned()))
}

/// Only under the present version's names, so that nobody keeps an old file under a new name for a year.
#[handler]
pub(crate) fn branding(visitor: Visitor, Path(file): Path<String>) -> Result<Response> {
    let tenant = visitor.tenant();
    let (content_type, bytes) = match (file.as_str(), &tenant.logo) {
        (name, _) if !name.contains(&visitor.dressed.version) => return Err(PageError::NotFound.into()),
        (name, _) if name.ends_with(".css") => {
            ("text/css; charset=utf-8", visitor.dressed.branding_css.clone().into_bytes())
        }
        (name, _) if name.starts_with("favicon-") => ("image/png", tenant.favicon.clone()),
        (name, Some(logo)) if name.starts_with("logo-") => ("image/png", logo.clone()),
        _ => return Err(PageError::NotFound.into()),
    };
    Ok(Response::builder()
        .header(header::CACHE_CONTROL, CACHE_CONTROL)
        .header(header::ACCESS_CONTROL_ALLOW_ORIGIN, READ_BY)
        .content_type(content_type)
        .body(bytes))
}

/// People's words are not for search engines.
#[handler]
pub(crate) fn robots() -> &'static str {
    "User-agent: *\nDisallow: /conversations/\nDisallow: /enter\n"
}
