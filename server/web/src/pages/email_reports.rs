//! What mail servers report of our emails: those that came back, and those that somebody called spam. The mail server of the tenant's bounce address
//! hands on what arrives there (message/rfc822), and GOV.UK Notify posts its receipts (JSON). A report counts only with the reference that
//! went out in that very email, so whoever posts needs no other key; and whatever they post, the answer is the same.
//!
//! There is no limit by network address: thousands of reports come from one mail server, and turning away who sends many would turn away those. A
//! report that is not ours costs no more than a page: it is read, up to a bound, and forgotten.

use std::sync::Arc;

use actions::{MAX_REPORT_BYTES, ReportForm};
use poem::http::StatusCode;
use poem::web::Data;
use poem::{Body, Request, Result, handler};

use crate::dress::Dressed;
use crate::edge::body::read;
use crate::fault::PageError;
use crate::state::State;

#[handler]
pub(crate) async fn take(
    request: &Request,
    body: Body,
    Data(state): Data<&Arc<State>>,
    Data(dressed): Data<&Arc<Dressed>>,
) -> Result<StatusCode> {
    let Some(form) = request.content_type().and_then(ReportForm::from_media_type) else {
        return Ok(StatusCode::UNSUPPORTED_MEDIA_TYPE);
    };
    let report = read(body, MAX_REPORT_BYTES).await?;
    state.enrolment().take_report(&dressed.tenant, form, &report).await.map_err(PageError::from)?;
    Ok(StatusCode::NO_CONTENT)
}
