//! Everything that was said, carried away: for the independent analyst.

use poem::web::Path;
use poem::{Response, Result, handler};

use super::download;
use crate::console::Staff;
use crate::fault::PageError;

/// Where somebody goes on who had to show again who they are.
const BACK: &str = "/console";

#[handler]
pub(crate) async fn export(staff: Staff, Path(slug): Path<String>) -> Result<Response> {
    let campaign = staff.tenant().campaign(&slug).ok_or(PageError::NotFound)?;
    staff.require_recent_proof(BACK).await?;
    let exported = staff.state.actions().export_content(staff.actor(), staff.tenant(), campaign).await;
    let name = format!("conversation-{}-{slug}.json", staff.tenant().slug);
    Ok(download(&name, "application/json", exported.map_err(PageError::from)?))
}
