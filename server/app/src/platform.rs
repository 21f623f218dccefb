//! The tenant of the platform's own operators: its pack is built into the program.

use anyhow::{Result, anyhow};
use domain::tenant_pack::{self, PackFiles, TenantPack};

use crate::config::Side;

const TENANT: &str = include_str!("../platform/tenant.toml");

/// Its pack, for a deployment that serves `side`: found at `host` (a name under localhost if none is given), its questions answered at
/// `email`.
///
/// # Errors
/// When host or address cannot stand in a pack.
pub fn pack(side: Side, host: Option<&str>, email: Option<&str>) -> Result<TenantPack> {
    let files = PackFiles::from([("tenant.toml".to_owned(), TENANT.as_bytes().to_vec())]);
    let mut pack =
        tenant_pack::read(&files).map_err(|problems| anyhow!("the platform's pack: {}", problems[0]))?;
    if let Some(host) = host {
        pack.tenant.hosts = vec![host.to_owned()];
    }
    if let Some(email) = email {
        pack.tenant.contacts.questions = email.to_owned();
        pack.tenant.contacts.support = email.to_owned();
    }
    if side == Side::Identity {
        // It has no conversations: there is nothing of it at the other side.
        pack.tenant.identity_hosts = std::mem::take(&mut pack.tenant.hosts);
    }
    let files = tenant_pack::files_of(&pack).map_err(|reason| anyhow!(reason))?;
    tenant_pack::read(&files).map_err(|problems| anyhow!("{}", problems[0].reason))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_built_in_pack_passes() {
        let pack = pack(Side::Both, None, None).unwrap();
        assert_eq!(pack.tenant.slug, tenant_pack::PLATFORM);
        assert!(pack.campaigns.is_empty() && pack.tenant.organisations.is_empty());
        let apart = super::pack(Side::Identity, Some("run.example.org"), Some("ops@example.org")).unwrap();
        assert_eq!(apart.tenant.identity_hosts, ["run.example.org"]);
        assert!(apart.tenant.hosts.is_empty());
        assert!(super::pack(Side::Both, Some("a host"), None).is_err());
        assert!(super::pack(Side::Both, None, Some("nobody")).is_err());
    }
}
