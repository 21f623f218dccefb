//! The look and the pages of a tenant, outside any draft: for campaigns that run, and for operators who help.

use poem::{Response, Result, handler};

use super::draft_look::{self, Place};
use super::draft_pages;
use crate::console::{Staff, StaffForm, StaffUpload};

#[handler]
pub(crate) async fn show_branding(staff: Staff) -> Result<Response> {
    draft_look::branding(&staff, &Place::Settings).await
}

#[handler]
pub(crate) async fn save_branding(form: StaffForm) -> Result<Response> {
    draft_look::put_branding(&form, &Place::Settings).await
}

#[handler]
pub(crate) async fn save_logo(upload: StaffUpload) -> Result<Response> {
    draft_look::put_logo(&upload, &Place::Settings).await
}

#[handler]
pub(crate) async fn show_pages(staff: Staff) -> Result<Response> {
    draft_pages::pages(&staff, &Place::Settings).await
}

#[handler]
pub(crate) async fn save_pages(form: StaffForm) -> Result<Response> {
    draft_pages::put_page(&form, &Place::Settings).await
}
