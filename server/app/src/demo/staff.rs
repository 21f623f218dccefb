//! Invented people who run the conversations of a demonstration, each with an invitation that nobody has used.

use std::collections::BTreeMap;

use actions::policy::Role;
use actions::{Accounts, Actor, NewAccount, Tenant};
use anyhow::{Result, anyhow};
use domain::account::AccountState;
use domain::tenant_pack::PLATFORM;

use crate::addresses::welcome_link;

/// Who works where: tenant, role, name.
const STAFF: [(&str, Role, &str); 3] = [
    ("bsol", Role::CommsLead, "Alex Rowan"),
    ("bsol", Role::Moderator, "Sam Birch"),
    (PLATFORM, Role::Operator, "Robin Hale"),
];

/// Invitations of those who work for `tenant`, by role. Whoever has accepted theirs signs in, and has none.
///
/// # Errors
/// Database faults.
pub async fn invite_staff(
    accounts: &Accounts,
    tenant: &Tenant,
    address: &str,
) -> Result<BTreeMap<&'static str, String>> {
    let (actor, welcome) = (Actor::command_line(tenant.id), welcome_link(address));
    let known = accounts.list_accounts(tenant).await?;
    let mut links = BTreeMap::new();
    for (_, role, name) in STAFF.iter().filter(|(slug, ..)| *slug == tenant.slug) {
        let email = format!("{}@{}.example", name.to_lowercase().replace(' ', "."), tenant.slug);
        let account = known.iter().map(|listed| &listed.account).find(|account| account.email == email);
        let invited = match account {
            None => {
                let new = NewAccount { email, name: (*name).to_owned(), roles: vec![*role] };
                accounts.invite_account(&actor, tenant, &new, &welcome).await
            }
            Some(account) if account.state == AccountState::Invited => {
                accounts.reset_account(&actor, tenant, account.id, &welcome).await
            }
            Some(_) => continue,
        };
        links.insert(role.slug(), invited.map_err(|refusal| anyhow!("{refusal}"))?.link);
    }
    Ok(links)
}
