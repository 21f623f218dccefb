//! An operator makes a tenant: blank, with a name, an address and contacts. Its comms lead does the rest.

use domain::tenant_pack::{
    BrandingFile, ContactsFile, JoiningFile, PackProblem, Standing, TenantFile, TenantPack, files_of, read,
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
        let files = files_of(&blank(new)).map_err(ActionError::Fault)?;
        let pack = read(&files).map_err(NewTenantRefusal::Problems)?;
        let enrolment = self.enrolment()?;
        enrolment.make_tenant(&pack).await?;
        self.take_over_soon(tenant_id(&new.slug)).await;
        let now = enrolment.now();
        Ok(record_alone(&enrolment.identity, actor, now, "tenant.create", &new.slug, &new.name).await?)
    }
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
