//! What mail servers report of our emails: those that came back, and those that somebody called spam. The mail server of the tenant's bounce address
//! hands on what arrives there (message/rfc822), and GOV.UK Notify posts its receipts (JSON). A report counts only with the reference that
//! went out in that very email, so whoever posts needs no other key; and whatever they post, the answer is the same.
//!
//! From one network address no more come than may be asked of any form (429, with Retry-After). A report about an email of ours does not count: thousands
//! of them come from one mail server. What it says again of the same address does, and so does what else a mailbox hands on, such as holiday notices:
//! these are to be sent again later.

use std::sync::Arc;

use actions::{MAX_REPORT_BYTES, ReportForm};
use poem::http::StatusCode;
use poem::web::Data;
use poem::{Body, IntoResponse, Request, Response, Result, handler};

use super::tries::{Try, try_again_in};
use crate::dress::Dressed;
use crate::edge::body::read;
use crate::fault::PageError;
use crate::state::State;

/// The limit's name for reports.
const REPORTED: &str = "reports";

#[handler]
pub(crate) async fn take(
    request: &Request,
    body: Body,
    Data(state): Data<&Arc<State>>,
    Data(dressed): Data<&Arc<Dressed>>,
) -> Result<Response> {
    let Some(form) = request.content_type().and_then(ReportForm::from_media_type) else {
        return Ok(StatusCode::UNSUPPORTED_MEDIA_TYPE.into_response());
    };
    let tried = match Try::request(state, &dressed.tenant, request, REPORTED) {
        Ok(tried) => tried,
        Err(wait) => return Ok(try_again_in(StatusCode::TOO_MANY_REQUESTS.into_response(), wait)),
    };
    let report = read(body, MAX_REPORT_BYTES).await?;
    if state.enrolment().take_report(&dressed.tenant, form, &report).await.map_err(PageError::from)? {
        tried.give_back();
    }
    Ok(StatusCode::NO_CONTENT.into_response())
}
