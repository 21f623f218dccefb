//! Named people: how they come in, how they stay, and what does not let anybody else in.

mod drills;
mod guessing;
mod inviting;
mod proving;
mod roles;

use domain::audit::Deed;

use crate::harness::server::TestServer;

/// The cookie of a session in BSol's console.
const COOKIE: &str = "__Host-console-bsol";

/// What is on record, newest first, after the whole chain was checked.
async fn deeds(server: &TestServer, tenant: &str) -> Vec<Deed> {
    let tenant = server.tenant(tenant).await;
    let checked = server.accounts().check_audit(&tenant, None).await.unwrap();
    checked.head.expect("the chain holds");
    let entries = server.accounts().audit_entries(&tenant, 0).await.unwrap();
    assert_eq!(entries.len() as u64, checked.entries, "one read has them all");
    entries.iter().rev().map(|entry| serde_json::from_str(&entry.entry).unwrap()).collect()
}

/// What was wrong with the sign-ins that were refused and are on record, oldest first.
async fn refusals(server: &TestServer, tenant: &str) -> Vec<String> {
    let record = deeds(server, tenant).await.into_iter().rev();
    record.filter(|deed| deed.what == "account.sign-in-refused").map(|deed| deed.detail).collect()
}
