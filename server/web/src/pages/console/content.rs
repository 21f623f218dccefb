//! Everything that was said, carried away: for the independent analyst.

use poem::http::header;
use poem::web::Path;
use poem::{IntoResponse, Response, Result, handler};

use crate::console::Staff;
use crate::fault::PageError;

/// Where somebody goes on who had to show again who they are.
const BACK: &str = "/console";

#[handler]
pub(crate) async fn export(staff: Staff, Path(slug): Path<String>) -> Result<Response> {
    let campaign = staff.tenant().campaign(&slug).ok_or(PageError::NotFound)?;
    staff.require_recent_proof(BACK)?;
    let exported = staff.state.actions().export_content(staff.actor(), staff.tenant(), campaign).await;
    let name = format!("attachment; filename=\"conversation-{}-{slug}.json\"", staff.tenant().slug);
    Ok(exported
        .map_err(PageError::from)?
        .with_header(header::CONTENT_TYPE, "application/json")
        .with_header(header::CONTENT_DISPOSITION, name)
        .with_header(header::CACHE_CONTROL, "no-store")
        .into_response())
}
