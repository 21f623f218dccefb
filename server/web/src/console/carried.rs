//! A form that came from somebody who must first show again who they are. The page that asks carries what they typed, so that they send it
//! again by one press, with JavaScript or without.

use serde::Serialize;

use crate::edge::csrf::CSRF_FIELD;
use crate::edge::form::Form;
use crate::routes::is_console_form;
use crate::visitor::encoded;

/// The most fields that are carried: with the page's own they are fewer than a form may have.
const MAX_CARRIED_FIELDS: usize = 150;
/// The most that is carried, bytes as a form is encoded: a form may have 64 KiB, and the page's own fields need room.
const MAX_CARRIED_BYTES: usize = 48 * 1024;
/// What never stands in a page: passwords, codes, passkeys' answers.
const SECRETS: [&str; 4] = ["password", "new-password", "code", "answer"];
/// What the names of carried fields begin with on the page that asks.
const PREFIX: &str = "sent.";
/// The field of that page that says where the form goes.
const TO: &str = "sent-to";

/// What somebody sent who must first show who they are.
#[derive(Clone, Debug, Default)]
pub(crate) enum Sent {
    /// Nothing: they asked for a page.
    #[default]
    Nothing,
    /// A form that can be sent again.
    Form(Carried),
    /// What cannot be carried: too long, or with a file or a secret.
    Lost,
}

/// A form to be sent again.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Carried {
    /// Where it goes: the path of one of the console's forms, without the tenant's base.
    pub to: String,
    /// Its fields in the order sent, but for the token, which each page has anew.
    pub fields: Vec<(String, String)>,
}

impl Sent {
    /// `form` as it came to `path`.
    pub fn of(path: &str, form: &Form) -> Self {
        let fields: Vec<_> = form.fields().iter().filter(|(name, _)| name != CSRF_FIELD).cloned().collect();
        let length = |text: &str| encoded(text).len();
        let bytes: usize =
            fields.iter().map(|(name, value)| PREFIX.len() + length(name) + length(value) + 2).sum();
        let secret = fields.iter().any(|(name, _)| SECRETS.contains(&name.as_str()));
        let fits = fields.len() <= MAX_CARRIED_FIELDS && bytes <= MAX_CARRIED_BYTES;
        match fits && !secret && is_console_form(path) {
            true => Self::Form(Carried { to: path.to_owned(), fields }),
            false => Self::Lost,
        }
    }
}

impl Carried {
    /// What the page that asked brings back, if it carried a form. Goes nowhere but to one of the console's forms.
    pub fn brought_back(form: &Form) -> Option<Self> {
        let to = form.get(TO).filter(|to| is_console_form(to))?.to_owned();
        let carried =
            |(name, value): &(String, String)| Some((name.strip_prefix(PREFIX)?.to_owned(), value.clone()));
        Some(Self { to, fields: form.fields().iter().filter_map(carried).collect() })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const INVITE: &str = "/console/people/invite";

    fn carried(body: &str) -> Option<Carried> {
        match Sent::of(INVITE, &Form::parse(body.as_bytes()).unwrap()) {
            Sent::Form(carried) => Some(carried),
            Sent::Nothing | Sent::Lost => None,
        }
    }

    #[test]
    fn what_was_typed_comes_back_as_it_was() {
        let sent = carried("csrf=t&name=Ann+%26+Ben&role=viewer&role=moderator").unwrap();
        let fields = [("name", "Ann & Ben"), ("role", "viewer"), ("role", "moderator")];
        assert_eq!(sent.fields, fields.map(|(name, value)| (name.to_owned(), value.to_owned())));
        let page = "csrf=u&next=/console&sent-to=/console/people/invite&sent.name=Ann+%26+Ben&sent.role=viewer&sent.role=moderator&code=1";
        assert_eq!(Carried::brought_back(&Form::parse(page.as_bytes()).unwrap()), Some(sent));
    }

    #[test]
    fn secrets_and_what_is_too_much_are_not_carried() {
        for secret in SECRETS {
            assert_eq!(carried(&format!("name=x&{secret}=y")), None, "{secret}");
        }
        assert_eq!(carried(&"a=b&".repeat(MAX_CARRIED_FIELDS + 1)), None);
        assert_eq!(carried(&format!("body={}", "x".repeat(MAX_CARRIED_BYTES))), None);
        assert!(carried(&format!("body={}", "x".repeat(MAX_CARRIED_BYTES - 20))).is_some());
    }

    #[test]
    fn it_goes_to_our_own_forms_and_nowhere_else() {
        for good in
            ["/console/people/invite", "/console/tenants/hhft/suspend", "/console/campaigns/first/dates"]
        {
            assert!(is_console_form(good), "{good}");
        }
        for bad in [
            "",
            "https://elsewhere.example/",
            "//elsewhere.example",
            "/console/people",
            "/console/people/invite?x",
            "/console/people/invite/",
            "/console/tenants//suspend",
            "/console/tenants/../suspend",
            "/console/tenants/a%2fb/suspend",
            "/conversations/first/share",
            "/console/sign-in",
        ] {
            assert!(!is_console_form(bad), "{bad}");
        }
    }
}
