//! A checked form with a file that a named person sent.

use poem::{FromRequest, Request, RequestBody, Response, Result};

use super::Staff;
use super::carried::Sent;
use crate::edge::body::{BodyRefusal, MAX_UPLOAD_BYTES, read};
use crate::edge::csrf::CSRF_FIELD;
use crate::edge::multipart::{MultipartForm, boundary};
use crate::fault::PageError;

/// Handlers of the console's forms with a file take this and nothing else.
pub(crate) struct StaffUpload {
    pub staff: Staff,
    pub form: MultipartForm,
}

impl<'a> FromRequest<'a> for StaffUpload {
    async fn from_request(request: &'a Request, body: &mut RequestBody) -> Result<Self> {
        let mut staff = Staff::from_request(request, body).await?;
        let boundary = boundary(request).ok_or(BodyRefusal::NotAForm)?;
        let bytes = read(body.take()?, MAX_UPLOAD_BYTES).await?;
        let form = MultipartForm::parse(&bytes, &boundary)?;
        if staff.state.csrf.verify(&staff.form_binding(), form.field(CSRF_FIELD)).is_err() {
            return Err(PageError::StaleForm { kept: None }.into());
        }
        staff.sent = Sent::File;
        Ok(Self { staff, form })
    }
}

impl StaffUpload {
    /// "See other" to a path of this tenant.
    pub fn see_other(&self, path: &str) -> Response {
        self.staff.see_other(path)
    }
}
