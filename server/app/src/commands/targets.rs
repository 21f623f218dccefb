//! `--tenant` and `--campaign`: what a command is about.

use std::sync::Arc;

use actions::{Campaign, Organisation, Tenant, Tenants};
use anyhow::{Context, Result};
use clap::Args;

/// A campaign of a tenant, by their short names.
#[derive(Args)]
pub struct Target {
    /// The tenant's short name, such as bsol
    #[arg(long, value_name = "SLUG")]
    tenant: String,
    /// The campaign's short name, such as first-conversation
    #[arg(long, value_name = "SLUG")]
    campaign: String,
}

impl Target {
    /// Finds both.
    pub async fn find(&self, tenants: &Tenants) -> Result<(Arc<Tenant>, Campaign)> {
        let tenant = find_tenant(tenants, &self.tenant).await?;
        let campaign = tenant.campaign(&self.campaign).with_context(|| {
            let slugs = tenant.campaigns.iter().map(|campaign| campaign.slug.as_str()).collect();
            format!("{} has no campaign `{}`: it has {}", tenant.slug, self.campaign, known(slugs))
        })?;
        let campaign = campaign.clone();
        Ok((tenant, campaign))
    }

    /// Both as they are typed after a command.
    pub fn typed(&self) -> String {
        format!("--tenant {} --campaign {}", self.tenant, self.campaign)
    }
}

/// The tenant called `slug`.
pub async fn find_tenant(tenants: &Tenants, slug: &str) -> Result<Arc<Tenant>> {
    let tenants = tenants.all().await?;
    let tenant = tenants.iter().find(|tenant| tenant.slug == slug).with_context(|| {
        let slugs = tenants.iter().map(|tenant| tenant.slug.as_str()).collect();
        format!("no tenant `{slug}`: there is {}; `candour tenants apply` adds one", known(slugs))
    })?;
    Ok(Arc::clone(tenant))
}

fn known(slugs: Vec<&str>) -> String {
    if slugs.is_empty() { "none".to_owned() } else { slugs.join(", ") }
}

/// The organisation of `tenant` called `slug`.
pub fn organisation<'a>(tenant: &'a Tenant, slug: &str) -> Result<&'a Organisation> {
    tenant.organisation(slug).with_context(|| {
        let slugs: Vec<_> =
            tenant.organisations.iter().map(|organisation| organisation.slug.as_str()).collect();
        format!("{} has no organisation `{slug}`: it has {}", tenant.slug, slugs.join(", "))
    })
}
