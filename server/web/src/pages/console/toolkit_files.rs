//! What was made for a comms team to download. A toolkit is for all who may see the campaign; letters hold live login details: whoever downloads them
//! has just shown who they are, and is on record.

use actions::JobKind;
use domain::ids::ItemId;
use poem::web::Path;
use poem::{Response, Result, handler};

use super::emails::find;
use super::{download, toolkit};
use crate::console::{Staff, StaffForm};
use crate::fault::PageError;

/// Which part of which file of which campaign an address names.
type Part = Path<(String, String, String)>;

#[handler]
pub(crate) async fn fetch_toolkit(staff: Staff, Path((slug, id, number)): Part) -> Result<Response> {
    fetch(&staff, &slug, JobKind::Toolkit, (&id, &number)).await
}

#[handler]
pub(crate) async fn fetch_letters(staff: Staff, Path((slug, id, number)): Part) -> Result<Response> {
    staff.require_recent_proof(&toolkit::path(&slug)).await?;
    fetch(&staff, &slug, JobKind::Letters, (&id, &number)).await
}

async fn fetch(staff: &Staff, slug: &str, kind: JobKind, (id, number): (&str, &str)) -> Result<Response> {
    let campaign = find(staff, slug)?;
    let number = number.parse().map_err(|_| PageError::NotFound)?;
    let part = (item(id)?, number);
    let whose = (staff.tenant(), campaign);
    let fetched = staff.state.enrolment().fetch_handout(staff.actor(), whose, kind, part).await;
    let file = fetched.map_err(PageError::from)?.ok_or(PageError::NotFound)?;
    Ok(download(&file.file, &file.media_type, file.content))
}

#[handler]
pub(crate) async fn drop_toolkit(
    form: StaffForm,
    Path((slug, id)): Path<(String, String)>,
) -> Result<Response> {
    take_off(&form, &slug, JobKind::Toolkit, &id).await
}

#[handler]
pub(crate) async fn drop_letters(
    form: StaffForm,
    Path((slug, id)): Path<(String, String)>,
) -> Result<Response> {
    take_off(&form, &slug, JobKind::Letters, &id).await
}

async fn take_off(form: &StaffForm, slug: &str, kind: JobKind, id: &str) -> Result<Response> {
    let staff = &form.staff;
    let whose = (staff.tenant(), find(staff, slug)?);
    let dropped = staff.state.enrolment().drop_handout(staff.actor(), whose, kind, item(id)?).await;
    dropped.map_err(PageError::from)?;
    Ok(form.see_other(&format!("{}?done=dropped", toolkit::path(slug))))
}

fn item(id: &str) -> Result<ItemId, PageError> {
    id.parse().map_err(|_| PageError::NotFound)
}
