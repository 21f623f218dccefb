//! Who calls: the tenant that the request is for, and the participant that its token stands for.

use std::sync::Arc;

use actions::{Actions, Campaign, Session, Tenant};
use poem::{FromRequest, Request, RequestBody, Result};
use poem_openapi::SecurityScheme;
use poem_openapi::auth::Bearer;

use super::Shared;
use super::refused::Refused;

/// The tenant that a request is for.
pub(super) struct Site {
    pub shared: Arc<Shared>,
    pub tenant: Arc<Tenant>,
}

impl Site {
    fn of(request: &Request) -> Result<Self, Refused> {
        let shared = request.data::<Arc<Shared>>().ok_or_else(|| Refused::fault("the API has no state"))?;
        let tenant = request.data::<Arc<Tenant>>().ok_or_else(Refused::not_found)?;
        Ok(Self { shared: Arc::clone(shared), tenant: Arc::clone(tenant) })
    }

    pub fn actions(&self) -> &Actions {
        &self.shared.actions
    }
}

impl<'a> FromRequest<'a> for Site {
    async fn from_request(request: &'a Request, _body: &mut RequestBody) -> Result<Self> {
        Ok(Self::of(request)?)
    }
}

/// A participant with a session, and the site that it is good for.
pub(super) struct Caller {
    pub site: Site,
    pub session: Session,
    pub token: String,
}

/// The token that `POST /sessions` gave.
#[derive(SecurityScheme)]
#[oai(rename = "Session", ty = "bearer", checker = "resume")]
pub(super) struct Participant(pub Caller);

async fn resume(request: &Request, Bearer { token }: Bearer) -> Result<Caller> {
    let site = Site::of(request)?;
    let session = site.actions().resume_session(&site.tenant, &token).await.map_err(Refused::from)?;
    let session = session.ok_or_else(Refused::not_signed_in)?;
    Ok(Caller { site, session, token })
}

impl Caller {
    pub fn actions(&self) -> &Actions {
        self.site.actions()
    }

    pub fn tenant(&self) -> &Tenant {
        &self.site.tenant
    }

    /// The campaign called `slug`, if the caller came into it.
    pub fn campaign(&self, slug: &str) -> Result<&Campaign, Refused> {
        let campaign = self.site.tenant.campaign(slug);
        campaign.filter(|campaign| campaign.id == self.session.campaign).ok_or_else(Refused::not_found)
    }
}
