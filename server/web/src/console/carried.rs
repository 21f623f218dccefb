//! A form that came from somebody who must first show again who they are. The page that asks carries what they typed, so that they send it
//! again by one press, with JavaScript or without.

use std::sync::Arc;

use serde::Serialize;

use crate::edge::csrf::CSRF_FIELD;
use crate::edge::form::Form;
use crate::routes::is_console_form;

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

/// What somebody sent who may have to show first who they are.
#[derive(Clone, Debug)]
pub(crate) enum Sent {
    /// Nothing: they asked for a page.
    Nothing,
    /// A form. Whether it can be carried is looked at only once they are asked.
    Form(Arc<Form>),
    /// A form with a file, which is not carried.
    File,
}

/// A form to be sent again.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Carried {
    /// Where it goes: the path of one of the console's forms, without the tenant's base.
    pub to: String,
    /// Its fields in the order sent, but for the token, which each page has anew.
    pub fields: Vec<(String, String)>,
}

impl Carried {
    /// `form` as it came to `path`; none if it is too long, or has a secret.
    pub fn of(path: &str, form: &Form) -> Option<Self> {
        let fields = || form.fields().iter().filter(|(name, _)| name != CSRF_FIELD);
        let bytes: usize =
            fields().map(|(name, value)| PREFIX.len() + sent_bytes(name) + sent_bytes(value) + 2).sum();
        let secret = fields().any(|(name, _)| SECRETS.contains(&name.as_str()));
        let fits = fields().count() <= MAX_CARRIED_FIELDS && bytes <= MAX_CARRIED_BYTES;
        (fits && !secret && is_console_form(path))
            .then(|| Self { to: path.to_owned(), fields: fields().cloned().collect() })
    }

    /// What the page that asked brings back, if it carried a form. Goes nowhere but to one of the console's forms.
    pub fn brought_back(form: &Form) -> Option<Self> {
        let to = form.get(TO).filter(|to| is_console_form(to))?.to_owned();
        let carried =
            |(name, value): &(String, String)| Some((name.strip_prefix(PREFIX)?.to_owned(), value.clone()));
        Some(Self { to, fields: form.fields().iter().filter_map(carried).collect() })
    }
}

/// How many bytes a browser makes of `text` in a form (WHATWG URL, "application/x-www-form-urlencoded percent-encode set").
fn sent_bytes(text: &str) -> usize {
    let sent = |byte| match byte {
        b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'*' | b'-' | b'.' | b'_' | b' ' => 1,
        _ => 3,
    };
    text.bytes().map(sent).sum()
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::path::{Path, PathBuf};

    use super::*;

    const INVITE: &str = "/console/people/invite";

    fn carried(body: &str) -> Option<Carried> {
        Carried::of(INVITE, &Form::parse(body.as_bytes()).unwrap())
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
        // As many bytes as browsers make of it: a tilde is %7E, a space is a plus.
        assert_eq!(carried(&format!("body={}", "~".repeat(MAX_CARRIED_BYTES / 3))), None);
        assert!(carried(&format!("body={}", "~".repeat(MAX_CARRIED_BYTES / 3 - 20))).is_some());
        assert!(carried(&format!("body={}", "+".repeat(MAX_CARRIED_BYTES - 20))).is_some());
    }

    /// How a field of a template says that a secret is typed into it. `autocomplete` says the same to password managers.
    const ASKS_FOR_SECRETS: [&str; 4] = ["password", "one-time-code", "current-password", "new-password"];

    /// Names of the secret fields of a template: of plain inputs and of the macro's. Nothing for one that has no name that can be read.
    fn secret_fields(template: &str) -> Vec<Option<String>> {
        let attribute = |field: &str, name: &str| {
            let written = [format!("\"{name}\": \""), format!(" {name}=\"")];
            let at = written.iter().find_map(|written| Some(field.find(written)? + written.len()))?;
            field[at..].split('"').next().map(str::to_owned)
        };
        let fields = [("input({", "})"), ("<input", ">")].into_iter().flat_map(|(begins, ends)| {
            template.split(begins).skip(1).map(move |rest| rest.split(ends).next().unwrap_or(rest))
        });
        let secret = |field: &&str| {
            let says = ["type", "autocomplete"].into_iter().filter_map(|name| attribute(field, name));
            says.into_iter().any(|says| ASKS_FOR_SECRETS.contains(&says.as_str()))
        };
        fields.filter(secret).map(|field| attribute(field, "name")).collect()
    }

    fn templates(folder: &Path) -> Vec<PathBuf> {
        let entries = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
        let below = |path: PathBuf| if path.is_dir() { templates(&path) } else { vec![path] };
        entries.flat_map(below).collect()
    }

    #[test]
    fn every_field_for_a_secret_is_known_as_one() {
        let found = secret_fields(
            "{{ input({\"name\": \"pin\", \"type\": \"password\"}) }}<input type=\"password\" id=\"x\">",
        );
        assert_eq!(found, [Some("pin".to_owned()), None], "a new one is found");
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("templates");
        let mut seen = 0;
        for path in templates(&folder) {
            let fields = secret_fields(&fs::read_to_string(&path).unwrap());
            seen += fields.len();
            for name in fields {
                let known = name.as_deref().is_some_and(|name| SECRETS.contains(&name));
                assert!(
                    known,
                    "{}: {name:?} is a secret that would be carried through a page",
                    path.display()
                );
            }
        }
        assert!(seen >= 8, "only {seen} fields were found");
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
