//! Who is at work on a page of the console, and the forms that they send.

use std::ops::Deref;
use std::sync::Arc;

use actions::policy::{Action, Kind};
use actions::{Actor, SignedIn};
use domain::clock::random_bytes;
use domain::tenant_pack::Standing;
use poem::{Error, FromRequest, Request, RequestBody, Response, Result};

use super::carried::{Carried, Sent};
use crate::edge::csrf::CSRF_FIELD;
use crate::edge::form::Form;
use crate::edge::host::host;
use crate::fault::PageError;
use crate::pages::console::prove;
use crate::views::Visit;
use crate::views::console::{Desk, DeskLink};
use crate::visitor::{Visitor, bound_to, encoded};

/// Where people show again who they are.
const PROVE: &str = "/console/prove";

/// The console's parts in its navigation: words, path, and what one must be allowed to do to see them.
const PARTS: [(&str, &str, Kind, Action); 9] = [
    ("Start", "/console", Kind::Console, Action::Read),
    ("Campaigns", "/console/campaigns", Kind::Campaign, Action::Read),
    ("Look and pages", "/console/settings/branding", Kind::Branding, Action::Read),
    ("People", "/console/people", Kind::Account, Action::Read),
    ("Who may do what", "/console/policy", Kind::Policy, Action::Read),
    ("Record", "/console/audit", Kind::Audit, Action::Read),
    ("Support access", "/console/support", Kind::Support, Action::Read),
    ("Tenants", "/console/tenants", Kind::Tenant, Action::Read),
    ("Platform", "/console/platform", Kind::Platform, Action::Read),
];

/// A named person at work. Only [`super::Guarded`] makes one possible.
pub(crate) struct Staff {
    pub visitor: Visitor,
    pub signed_in: SignedIn,
    /// The host that was asked for.
    pub host: Option<String>,
    /// The form that they sent.
    pub(super) sent: Sent,
}

impl Deref for Staff {
    type Target = Visitor;
    fn deref(&self) -> &Visitor {
        &self.visitor
    }
}

impl<'a> FromRequest<'a> for Staff {
    async fn from_request(request: &'a Request, body: &mut RequestBody) -> Result<Self> {
        let signed_in = request.data::<SignedIn>().cloned();
        let signed_in =
            signed_in.ok_or(PageError::Fault("a page of the console without its guard".into()))?;
        let visitor = Visitor::from_request(request, body).await?;
        Ok(Self { visitor, signed_in, host: host(request).map(str::to_owned), sent: Sent::Nothing })
    }
}

impl Staff {
    /// Who is at work, for use cases.
    pub fn actor(&self) -> &Actor {
        &self.signed_in.actor
    }

    /// Whether they may.
    pub fn may(&self, kind: Kind, action: Action) -> bool {
        self.actor().may.may(kind, action)
    }

    /// Asks them to show again who they are, unless they just have; `back` is where they go on, a path of this tenant. For pages before
    /// exports, key operations and changes of roles, and for the forms that they send: what was typed into one is carried along.
    ///
    /// # Errors
    /// The redirect, or for a form the page that asks.
    pub async fn require_recent_proof(&self, back: &str) -> Result<(), Error> {
        if self.actor().has_just_proved(self.state.now()) {
            return Ok(());
        }
        let carried = match &self.sent {
            Sent::Nothing => {
                let asked = self.see_other(&format!("{PROVE}?next={}", encoded(back)));
                return Err(Error::from_response(asked));
            }
            Sent::Form(form) => Carried::of(&self.path, form),
            Sent::File => None,
        };
        Err(Error::from_response(prove::ask_first(self, back, carried).await?))
    }

    /// What forms are bound to.
    pub(super) fn form_binding(&self) -> String {
        bound_to(&self.dressed.tenant.slug, &self.signed_in.token)
    }

    /// What pages say about this visit; `success` is said once at the top.
    pub fn visit(&self, success: Option<&str>) -> Visit {
        Visit {
            csrf: self.state.csrf.token(&self.form_binding(), random_bytes(&*self.state.entropy)),
            here: self.path.clone(),
            success: success.map(str::to_owned),
            ..Visit::default()
        }
    }

    /// What the tenant's own people must know while it is not served.
    fn standing(&self) -> Option<String> {
        match &self.tenant().standing {
            Standing::Active => None,
            Standing::Suspended { reason } => Some(format!(
                "The people who run the platform have suspended this site. Its visitors read: “{reason}” Nothing is lost, and this console still works."
            )),
            Standing::Leaving { on } => Some(format!(
                "This site is closed. On {} everything of it is deleted: what was said, lists, accounts and records. Download what you want to keep before then. Until that day the people who run the platform can open it again.",
                on.format("%-d %B %Y")
            )),
        }
    }

    /// What every page of the console shows around its own; `part` is the path of the part that the page belongs to.
    pub fn desk(&self, part: &str) -> Desk {
        let links =
            PARTS.iter().filter(|(_, _, kind, action)| self.may(*kind, *action)).map(|(text, path, ..)| {
                DeskLink { text: (*text).to_owned(), path: (*path).to_owned(), current: *path == part }
            });
        Desk {
            name: self.actor().name.clone(),
            roles: self.actor().roles.iter().map(|role| role.title().to_owned()).collect(),
            standing: self.standing(),
            links: links.collect(),
        }
    }
}

/// A checked form that a named person sent. Handlers of the console's forms take this and nothing else.
pub(crate) struct StaffForm {
    pub staff: Staff,
    pub form: Arc<Form>,
}

impl<'a> FromRequest<'a> for StaffForm {
    async fn from_request(request: &'a Request, body: &mut RequestBody) -> Result<Self> {
        let mut staff = Staff::from_request(request, body).await?;
        let form = Arc::new(Form::from_request(request, body).await?);
        let token = form.get(CSRF_FIELD).unwrap_or_default();
        if staff.state.csrf.verify(&staff.form_binding(), token).is_err() {
            let kept = form.get("body").map(str::to_owned);
            return Err(PageError::StaleForm { kept }.into());
        }
        staff.sent = Sent::Form(Arc::clone(&form));
        Ok(Self { staff, form })
    }
}

impl StaffForm {
    /// A field's text, empty if it was not sent.
    pub fn field(&self, name: &str) -> &str {
        self.form.get(name).unwrap_or_default()
    }

    /// "See other" to a path of this tenant.
    pub fn see_other(&self, path: &str) -> Response {
        self.staff.see_other(path)
    }
}

/// `next` if it is a path of the console, else the console's first page: nobody is sent elsewhere by a link.
pub(crate) fn safe_return(next: &str) -> &str {
    let inside = next == "/console" || next.starts_with("/console/") || next.starts_with("/console?");
    let clean = next.bytes().all(|byte| byte.is_ascii_graphic() && byte != b'\\') && !next.contains("//");
    if inside && clean && !next.contains("..") { next } else { "/console" }
}

#[cfg(test)]
mod tests {
    use super::safe_return;

    #[test]
    fn nobody_is_sent_elsewhere() {
        for good in ["/console", "/console/people?done=invited", "/console/campaigns/first/figures"] {
            assert_eq!(safe_return(good), good);
        }
        for bad in [
            "",
            "https://elsewhere.example/",
            "//elsewhere.example",
            "/consoles",
            "/console//e",
            "/console/../x",
            "/console/\\e",
            "/console/a b",
        ] {
            assert_eq!(safe_return(bad), "/console", "{bad}");
        }
    }
}
