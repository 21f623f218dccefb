//! An operator makes a tenant: blank, with a name, an address and contacts. Its comms lead does the rest.

use domain::tenant_pack::{
    BrandingFile, ContactsFile, JoiningFile, MAX_LINE_CHARACTERS, MAX_SLUG_CHARACTERS, PackProblem, Standing,
    TenantFile, TenantPack, files_of, host_problem, is_contact, is_slug, read,
};
use thiserror::Error;

use crate::actor::record_alone;
use crate::tenant::tenant_id;
use crate::{ActionError, Actor, ApplyRefusal, Sides};

/// The brand colour of a tenant that has not chosen one: a blue that is nobody's.
const FIRST_COLOUR: &str = "#1f4e79";
/// The time zone of tenants, until they say otherwise.
const FIRST_ZONE: &str = "Europe/London";

/// What an operator says about a new tenant.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct NewTenant {
    /// Short name in addresses.
    pub slug: String,
    /// Full name.
    pub name: String,
    /// The name that people use.
    pub short_name: String,
    /// The host name at which it is served.
    pub host: String,
    /// Questions about its conversations: an email address.
    pub questions: String,
    /// Trouble coming in: the email address of support that is independent of the employer.
    pub support: String,
    /// Who gives that support.
    pub support_name: String,
}

/// Why a tenant is not made.
#[derive(Debug, Error)]
pub enum NewTenantRefusal {
    /// Fields that are empty or cannot be: the field's name, and what to do.
    #[error("{}", .0.iter().map(|(_, words)| words.as_str()).collect::<Vec<_>>().join(" "))]
    Fields(Vec<(&'static str, String)>),
    /// What was said about it does not pass the checks of a pack, each with what to do.
    #[error("{}", .0.iter().map(|problem| problem.reason.as_str()).collect::<Vec<_>>().join(" "))]
    Problems(Vec<PackProblem>),
    /// It could not be written.
    #[error(transparent)]
    Apply(#[from] ApplyRefusal),
    /// A fault.
    #[error(transparent)]
    Action(#[from] ActionError),
}

impl From<storage::StorageError> for NewTenantRefusal {
    fn from(error: storage::StorageError) -> Self {
        Self::Action(error.into())
    }
}

impl Sides {
    /// Makes a tenant; `actor` is an operator of the platform.
    ///
    /// # Errors
    /// A [`NewTenantRefusal`].
    pub async fn create_tenant(&self, actor: &Actor, new: &NewTenant) -> Result<(), NewTenantRefusal> {
        let wrong = wrong_fields(new);
        if !wrong.is_empty() {
            return Err(NewTenantRefusal::Fields(wrong));
        }
        let files = files_of(&blank(new)).map_err(ActionError::Fault)?;
        let pack = read(&files).map_err(NewTenantRefusal::Problems)?;
        let enrolment = self.enrolment()?;
        enrolment.make_tenant(&pack).await?;
        self.take_over_soon(tenant_id(&new.slug)).await;
        let now = enrolment.now();
        Ok(record_alone(&enrolment.identity, actor, now, "tenant.create", &new.slug, &new.name).await?)
    }
}

/// Every field that is empty or cannot be, as the pack's own check would find it, in the form's order and in plain words.
fn wrong_fields(new: &NewTenant) -> Vec<(&'static str, String)> {
    let line = |text: &str| !text.trim().is_empty() && text.chars().count() <= MAX_LINE_CHARACTERS;
    let email = "Write an email address, such as help@example.org.".to_owned();
    let host = host_problem(&new.host);
    let why = host.as_ref().map(ToString::to_string).unwrap_or_default();
    let host_words = format!("Check the host name; it looks like conversations.example.org: {why}.");
    let checks = [
        (
            "slug",
            is_slug(&new.slug),
            format!("Write a short name of 1 to {MAX_SLUG_CHARACTERS} small letters, digits and hyphens."),
        ),
        ("name", line(&new.name), "Write its full name.".to_owned()),
        ("short_name", line(&new.short_name), "Write the name that people use.".to_owned()),
        ("host", host.is_none(), host_words),
        ("questions", is_contact(&new.questions), email.clone()),
        ("support", is_contact(&new.support), email),
        ("support_name", line(&new.support_name), "Write who gives that support.".to_owned()),
    ];
    checks.into_iter().filter(|(_, fits, _)| !fits).map(|(field, _, words)| (field, words)).collect()
}

fn blank(new: &NewTenant) -> TenantPack {
    let tenant = TenantFile {
        slug: new.slug.clone(),
        name: new.name.clone(),
        short_name: new.short_name.clone(),
        hosts: vec![new.host.clone()],
        identity_hosts: Vec::new(),
        time_zone: FIRST_ZONE.to_owned(),
        branding: BrandingFile {
            service_name: "Open Conversations".to_owned(),
            logo: None,
            logo_alt: String::new(),
            brand_colour: FIRST_COLOUR.to_owned(),
            link_colour: None,
            button_colour: None,
            footer: new.name.clone(),
        },
        contacts: ContactsFile {
            questions: new.questions.clone(),
            support: new.support.clone(),
            support_name: new.support_name.clone(),
        },
        sending: Default::default(),
        joining: JoiningFile::default(),
        standing: Standing::Active,
        switched_off: Vec::new(),
        organisations: Vec::new(),
        pages: Vec::new(),
        reports: Vec::new(),
    };
    TenantPack {
        tenant,
        zone: chrono_tz::Europe::London,
        page_texts: Default::default(),
        report_texts: Default::default(),
        logo: None,
        campaigns: Default::default(),
        policy: String::new(),
    }
}
