//! Leaving a device.

use serde::Serialize;

use super::{Chrome, View, Visit};

/// The question before this device forgets the participant.
#[derive(Clone, Debug, Serialize)]
pub struct Leave {
    /// The tenant's frame.
    pub site: Chrome,
    /// This visit.
    pub visit: Visit,
}

impl View for Leave {
    const TEMPLATE: &'static str = "leave.html";

    fn samples(chrome: &Chrome) -> Vec<(&'static str, Leave)> {
        let leave = Leave { site: chrome.clone(), visit: Visit::sample(true, "/leave") };
        let mut shared = leave.clone();
        shared.visit.shared = true;
        vec![("confirm", leave), ("shared-device", shared)]
    }
}
