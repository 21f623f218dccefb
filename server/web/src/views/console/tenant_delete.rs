//! What happens when a tenant is deleted, and the question whether it shall.

use serde::Serialize;

use super::Desk;
use crate::views::{Chrome, View, Visit};

/// The page.
#[derive(Clone, Debug, Serialize)]
pub struct TenantDelete {
    /// The frame of the platform's own tenant.
    pub site: Chrome,
    /// This visit.
    pub visit: Visit,
    /// The console's frame.
    pub desk: Desk,
    /// The tenant's short name, which is to be typed.
    pub slug: String,
    /// Its full name.
    pub name: String,
    /// What its conversations are called.
    pub campaigns: Vec<String>,
    /// For how many days it is kept.
    pub grace_days: u64,
    /// What is wrong with what was typed.
    pub problem: Option<String>,
}

impl View for TenantDelete {
    const TEMPLATE: &'static str = "console/tenant-delete.html";

    fn samples(chrome: &Chrome) -> Vec<(&'static str, Self)> {
        let asked = TenantDelete {
            site: chrome.clone(),
            visit: Visit::sample(false, "/console/tenants/bsol/delete"),
            desk: Desk::sample("/console/tenants"),
            slug: "bsol".into(),
            name: "Birmingham and Solihull Integrated Care System".into(),
            campaigns: vec!["Our first Open Conversation".into(), "Our second Open Conversation".into()],
            grace_days: 30,
            problem: None,
        };
        let problem = "Type its short name, bsol, to show that you mean this tenant.";
        let refused = TenantDelete { problem: Some(problem.into()), ..asked.clone() };
        let empty = TenantDelete { campaigns: vec![], ..asked.clone() };
        vec![("asked", asked), ("refused", refused), ("empty", empty)]
    }
}
