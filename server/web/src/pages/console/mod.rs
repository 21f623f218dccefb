//! The console's pages: one file a page, behind the guard that `routes.rs` puts before each.

pub(crate) mod account;
pub(crate) mod answers;
pub(crate) mod audit;
pub(crate) mod campaigns;
pub(crate) mod content;
pub(crate) mod dates;
pub(crate) mod decisions;
pub(crate) mod draft_emails;
pub(crate) mod draft_launch;
pub(crate) mod draft_look;
pub(crate) mod draft_pages;
pub(crate) mod draft_people;
pub(crate) mod draft_rounds;
pub(crate) mod drafts;
pub(crate) mod emails;
pub(crate) mod emails_form;
pub(crate) mod emails_one;
pub(super) mod entering;
pub(crate) mod figures;
pub(crate) mod logins;
pub(crate) mod moderation;
pub(crate) mod people;
pub(crate) mod platform;
pub(crate) mod policy;
pub(crate) mod prove;
pub(crate) mod round_types;
pub(crate) mod settings;
pub(crate) mod sign_in;
pub(crate) mod start;
pub(crate) mod support;
pub(crate) mod tenant_delete;
pub(crate) mod tenants;
pub(crate) mod toolkit;
pub(crate) mod toolkit_files;
pub(crate) mod toolkit_one;
pub(crate) mod welcome;

use actions::EditRefusal;
use domain::tenant_pack::TenantPack;
use poem::http::{StatusCode, header};
use poem::{Body, Response};

use crate::console::Staff;
use crate::fault::PageError;
use crate::views::FieldError;

/// Why a change of settings was not made, with what was typed.
pub(crate) fn edit_refused(refusal: EditRefusal, kept: Option<&str>) -> PageError {
    match refusal {
        EditRefusal::Action(fault) => fault.into(),
        EditRefusal::Unknown => PageError::NotFound,
        refusal => PageError::Refused { why: refusal.to_string(), kept: kept.map(str::to_owned) },
    }
}

/// The tenant's pack as it is stored now, whatever this process remembers.
async fn stored_pack(staff: &Staff) -> Result<TenantPack, PageError> {
    let pack = staff.state.enrolment().stored_pack(staff.tenant().id).await?;
    pack.ok_or(PageError::NotFound)
}

/// How a page with a form is answered: 422 where something in it is wrong.
fn form_status(errors: &[FieldError]) -> StatusCode {
    if errors.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY }
}

/// A file called `name` to carry away, which no cache keeps.
fn download(name: &str, content_type: &str, file: impl Into<Body>) -> Response {
    Response::builder()
        .content_type(content_type)
        .header(header::CONTENT_DISPOSITION, format!("attachment; filename=\"{name}\""))
        .header(header::CACHE_CONTROL, "no-store")
        .body(file)
}
