//! A form that somebody sent from one of our own pages. Handlers of forms take this and nothing else, so none can forget to check.

use poem::{FromRequest, Request, RequestBody, Result};

use crate::edge::csrf::CSRF_FIELD;
use crate::edge::form::Form;
use crate::fault::PageError;
use crate::views::blocks::{BUTTON_FIELD, FORM_FIELD};
use crate::visitor::Visitor;

/// A checked form and who sent it.
pub(crate) struct Posted {
    pub visitor: Visitor,
    pub form: Form,
}

impl<'a> FromRequest<'a> for Posted {
    async fn from_request(request: &'a Request, body: &mut RequestBody) -> Result<Self> {
        let visitor = Visitor::from_request(request, body).await?;
        let form = Form::from_request(request, body).await?;
        let kept = form.get("body").map_or_else(|| words_of_activity(&form), |body| Some(body.to_owned()));
        let token = form.get(CSRF_FIELD).unwrap_or_default();
        let Some(binding) = visitor.form_binding() else { return Err(PageError::StaleForm { kept }.into()) };
        if visitor.state.csrf.verify(&binding, token).is_err() {
            return Err(PageError::StaleForm { kept }.into());
        }
        Ok(Self { visitor, form })
    }
}

/// What was typed into an activity's form, to be copied.
fn words_of_activity(form: &Form) -> Option<String> {
    form.get(FORM_FIELD)?;
    let own = [FORM_FIELD, BUTTON_FIELD, CSRF_FIELD];
    let typed = form
        .fields()
        .iter()
        .filter(|(name, value)| !own.contains(&name.as_str()) && !value.trim().is_empty());
    let words: Vec<&str> = typed.map(|(_, value)| value.trim()).collect();
    (!words.is_empty()).then(|| words.join("\n\n"))
}

impl Posted {
    /// A field's text, empty if it was not sent.
    pub fn field(&self, name: &str) -> &str {
        self.form.get(name).unwrap_or_default()
    }
}
