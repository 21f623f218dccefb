//! What is wrong with a pack's ways in: `[joining]`, and what organisations say of their people's addresses and sign-on.

use std::collections::HashSet;

use chrono::Timelike;

use super::{
    EntryRoute, JoiningFile, MAX_BATCH_SIZE, MAX_EMAIL_DOMAINS, MAX_KEEP_ROLL_DAYS, MAX_PEOPLE,
    MAX_SIGN_ON_BYTES, OrganisationFile, SingleSignOnFile, TenantFile,
};
use crate::roll::is_domain;

/// Hosts that are this machine, where a provider may do without TLS.
const THIS_MACHINE: [&str; 2] = ["localhost", "127.0.0.1"];

/// Every problem, in words.
pub(super) fn problems(tenant: &TenantFile) -> Vec<String> {
    let organisations = tenant.organisations.iter().flat_map(|organisation| {
        let reasons = of_organisation(organisation).into_iter();
        reasons.map(|reason| format!("organisation `{}`: {reason}", organisation.slug))
    });
    of_joining(&tenant.joining).into_iter().chain(organisations).collect()
}

fn of_joining(joining: &JoiningFile) -> Vec<String> {
    let mut reasons = Vec::new();
    if !(1..=MAX_BATCH_SIZE).contains(&joining.batch_size) {
        reasons.push(format!("joining: batch_size must be 1 to {MAX_BATCH_SIZE}"));
    }
    if joining.latest_hour.second() != 0 || joining.latest_hour.nanosecond() != 0 {
        reasons.push("joining: write latest_hour in hours and minutes, such as \"18:00\"".to_owned());
    }
    if joining.keep_roll_days > MAX_KEEP_ROLL_DAYS {
        reasons.push(format!("joining: keep_roll_days must be 0 to {MAX_KEEP_ROLL_DAYS}"));
    }
    reasons
}

fn of_organisation(organisation: &OrganisationFile) -> Vec<String> {
    let mut reasons = Vec::new();
    if organisation.people.is_some_and(|people| !(1..=MAX_PEOPLE).contains(&people)) {
        reasons.push(format!("people must be 1 to {MAX_PEOPLE}; leave it out if it is not known"));
    }
    if organisation.email_domains.len() > MAX_EMAIL_DOMAINS {
        reasons.push(format!("has more than {MAX_EMAIL_DOMAINS} email domains"));
    }
    let mut seen = HashSet::new();
    for domain in &organisation.email_domains {
        if !is_domain(domain) || domain.bytes().any(|byte| byte.is_ascii_uppercase()) {
            reasons.push(format!(
                "email domain `{domain}`: write what stands after the @ in lower case, with a dot, such as trust.example"
            ));
        }
        if !seen.insert(domain) {
            reasons.push(format!("email domain `{domain}` stands twice"));
        }
    }
    let has_way_in = !organisation.email_domains.is_empty()
        || organisation.any_email
        || organisation.single_sign_on.is_some();
    if organisation.entry_route == EntryRoute::SignUp && !has_way_in {
        reasons.push(
            "people who sign up need an email domain, or any email address must do, or single sign-on"
                .to_owned(),
        );
    }
    reasons.extend(organisation.single_sign_on.iter().flat_map(of_sign_on));
    reasons
}

fn of_sign_on(sign_on: &SingleSignOnFile) -> Vec<String> {
    let mut reasons = Vec::new();
    if !is_issuer(&sign_on.issuer) {
        reasons.push(format!(
            "single_sign_on issuer `{}`: write the provider's address, https://… without ? or # (http:// only for localhost or 127.0.0.1)",
            sign_on.issuer
        ));
    }
    let id = &sign_on.client_id;
    if id.is_empty() || id.len() > MAX_SIGN_ON_BYTES || !id.bytes().all(|byte| byte.is_ascii_graphic()) {
        reasons.push(format!(
            "single_sign_on client_id: write 1 to {MAX_SIGN_ON_BYTES} letters, digits and signs without spaces"
        ));
    }
    reasons
}

/// True for the address of a provider (OpenID Connect Core 1.0, 2): a scheme, a host, perhaps a port and a path, nothing else.
fn is_issuer(issuer: &str) -> bool {
    let (rest, is_plain) = match (issuer.strip_prefix("https://"), issuer.strip_prefix("http://")) {
        (Some(rest), _) => (rest, false),
        (None, Some(rest)) => (rest, true),
        (None, None) => return false,
    };
    let authority = rest.split('/').next().unwrap_or_default();
    let (host, port) = match authority.split_once(':') {
        Some((host, port)) => (host, Some(port)),
        None => (authority, None),
    };
    let is_here = THIS_MACHINE.contains(&host);
    let port_fits = port.is_none_or(|port| {
        port.bytes().all(|byte| byte.is_ascii_digit()) && port.parse::<u16>().is_ok_and(|port| port > 0)
    });
    let bare = issuer.bytes().all(|byte| byte.is_ascii_graphic() && !b"?#@\\\"<>".contains(&byte));
    bare && port_fits && issuer.len() <= MAX_SIGN_ON_BYTES && (is_here || (!is_plain && is_domain(host)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn issuers() {
        for good in [
            "https://login.trust.example",
            "https://login.trust.example/tenant-1/v2.0",
            "https://login.trust.example:8443/",
            "https://localhost",
            "http://localhost:9000/realm",
            "http://127.0.0.1:1234",
        ] {
            assert!(is_issuer(good), "{good}");
        }
        for bad in [
            "",
            "login.trust.example",
            "ftp://login.trust.example",
            "http://login.trust.example",
            "http://localhost.evil.example",
            "http://localhost@evil.example",
            "https://user@login.trust.example",
            "https://",
            "https:///path",
            "https://login",
            "https://login.trust.example:port",
            "https://login.trust.example:70000",
            "https://login.trust.example/?tenant=1",
            "https://login.trust.example/#top",
            "https://login.trust.example/a b",
            "HTTPS://login.trust.example",
        ] {
            assert!(!is_issuer(bad), "{bad}");
        }
    }
}
