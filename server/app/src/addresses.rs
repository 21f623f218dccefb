//! Under which address people find a tenant.

use actions::Tenant;
pub use actions::{entry_link, login_link};
use web::Addresses;

use crate::config::Side;

/// The deployment's own address as people type it: scheme, host and, where it is not the usual one, port.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PublicUrl {
    scheme: Scheme,
    host: String,
    port: Option<u16>,
}

/// How people reach the deployment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scheme {
    /// Through a proxy that ends TLS.
    Https,
    /// On this machine only.
    Http,
}

impl PublicUrl {
    /// Reads `https://talk.example.org` or, on this machine, `http://localhost:8080`.
    ///
    /// # Errors
    /// What is wrong with it and what to write.
    pub fn parse(text: &str) -> Result<Self, String> {
        let write = "write scheme and host, such as https://talk.example.org";
        let (scheme, rest) = match (text.strip_prefix("https://"), text.strip_prefix("http://")) {
            (Some(rest), _) => (Scheme::Https, rest),
            (_, Some(rest)) => (Scheme::Http, rest),
            _ => return Err(format!("`{text}` begins with neither https:// nor http://: {write}")),
        };
        let authority = rest.strip_suffix('/').unwrap_or(rest);
        if authority.is_empty() || authority.contains(['/', '?', '#', '@', ' ']) {
            return Err(format!("`{text}` is not a bare address: {write}"));
        }
        let (host, port) = match authority.rsplit_once(':') {
            Some((host, port)) if !port.ends_with(']') => {
                let port = port.parse().map_err(|_| format!("`{text}` has no valid port: {write}"))?;
                (host, Some(port))
            }
            _ => (authority, None),
        };
        let url = Self { scheme, host: host.to_ascii_lowercase(), port };
        if scheme == Scheme::Http && !url.is_local() {
            return Err(format!(
                "`{text}` would send codes and sessions over the network in the clear: write https:// and let a proxy end TLS"
            ));
        }
        Ok(url)
    }

    /// `http://localhost` at `port`.
    pub fn localhost(port: u16) -> Self {
        Self { scheme: Scheme::Http, host: "localhost".to_owned(), port: Some(port) }
    }

    /// The same at `port`, where port 0 stood for any.
    pub fn at_port_if_none(mut self, port: u16) -> Self {
        if self.port == Some(0) {
            self.port = Some(port);
        }
        self
    }

    /// How people reach it.
    pub fn scheme(&self) -> Scheme {
        self.scheme
    }

    /// Where `tenant` is found: at its own host name, else below this machine's. Ends with a slash.
    pub fn of_tenant(&self, tenant: &Tenant) -> String {
        match tenant.hosts.first() {
            Some(host) => self.at_host(host, ""),
            None => self.by_path(tenant),
        }
    }

    /// Where `tenant` is found on this machine without a host name of its own. Ends with a slash.
    pub fn by_path(&self, tenant: &Tenant) -> String {
        self.at_host(&self.host, &format!("{}/", tenant.slug))
    }

    fn at_host(&self, host: &str, path: &str) -> String {
        let scheme = match self.scheme {
            Scheme::Https => "https",
            Scheme::Http => "http",
        };
        let port = self.port.map(|port| format!(":{port}")).unwrap_or_default();
        format!("{scheme}://{host}{port}/{path}")
    }

    fn is_local(&self) -> bool {
        matches!(self.host.as_str(), "localhost" | "127.0.0.1" | "[::1]") || self.host.ends_with(".localhost")
    }
}

/// Where the sides of every tenant are found.
pub struct SideAddresses {
    identity: PublicUrl,
    conversation: PublicUrl,
    together: bool,
}

impl SideAddresses {
    /// Of a process that serves `side` at `own`, with the other side at `other`.
    pub fn new(side: Side, own: PublicUrl, other: Option<PublicUrl>) -> Self {
        let other = other.unwrap_or_else(|| own.clone());
        match side {
            Side::Both => Self { identity: own.clone(), conversation: own, together: true },
            Side::Identity => Self { identity: own, conversation: other, together: false },
            Side::Conversation => Self { identity: other, conversation: own, together: false },
        }
    }
}

impl Addresses for SideAddresses {
    fn identity(&self, tenant: &Tenant) -> String {
        match tenant.identity_hosts.first() {
            Some(host) if !self.together => self.identity.at_host(host, ""),
            _ => self.identity.of_tenant(tenant),
        }
    }

    fn conversation(&self, tenant: &Tenant) -> String {
        self.conversation.of_tenant(tenant)
    }

    fn together(&self) -> bool {
        self.together
    }
}

/// Where an invitation of a named person leads, given the address of the tenant's identity side; its token goes behind.
pub fn welcome_link(tenant_url: &str) -> String {
    format!("{tenant_url}console/welcome?token=")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_read() {
        let https = PublicUrl::parse("https://Talk.example.org/").unwrap();
        assert_eq!(https.at_host("bsol.example.org", ""), "https://bsol.example.org/");
        let local = PublicUrl::parse("http://localhost:8080").unwrap();
        assert_eq!(local, PublicUrl::localhost(8080));
        assert_eq!(local.at_host("bsol.localhost", "x/"), "http://bsol.localhost:8080/x/");
        PublicUrl::parse("http://[::1]:8080").unwrap();
        PublicUrl::parse("http://[::1]").unwrap();
    }

    #[test]
    fn refusals_say_what_to_write() {
        for (text, words) in [
            ("talk.example.org", "neither https://"),
            ("https://", "bare address"),
            ("https://talk.example.org/path", "bare address"),
            ("https://talk.example.org:x", "valid port"),
            ("http://talk.example.org", "in the clear"),
        ] {
            let refusal = PublicUrl::parse(text).unwrap_err();
            assert!(refusal.contains(words), "{refusal}");
        }
    }
}
