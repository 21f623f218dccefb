//! An organisation's provider as it is configured.

use std::fmt;

use openidconnect::{ClientId, ClientSecret, IssuerUrl};
use thiserror::Error;
use url::{Host, Url};

/// Whom an organisation trusts to say who somebody is, and who we are to them. `Debug` does not show the secret.
#[derive(Clone)]
pub struct Provider {
    issuer: IssuerUrl,
    client_id: ClientId,
    client_secret: Option<ClientSecret>,
}

/// Why a provider cannot be used as configured.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum ProviderRefusal {
    /// Not a web address.
    #[error("The issuer is no web address. Copy it from the provider's discovery document.")]
    NotAnAddress,
    /// Tokens would travel readably.
    #[error("The issuer must begin with https://. Only one on this machine may do without.")]
    NotSafe,
    /// No client id.
    #[error("The client id is empty. Copy it from the provider's administration.")]
    NoClientId,
}

impl Provider {
    /// A provider by its issuer address, exactly as its discovery document has it. Without a secret we are a public
    /// client, which PKCE makes safe.
    ///
    /// # Errors
    /// A [`ProviderRefusal`] for whoever configures it.
    pub fn new(
        issuer: &str,
        client_id: &str,
        client_secret: Option<String>,
    ) -> Result<Self, ProviderRefusal> {
        let issuer = IssuerUrl::new(issuer.to_owned()).map_err(|_| ProviderRefusal::NotAnAddress)?;
        if !is_safe(issuer.url()) {
            return Err(ProviderRefusal::NotSafe);
        }
        if client_id.is_empty() {
            return Err(ProviderRefusal::NoClientId);
        }
        let client_id = ClientId::new(client_id.to_owned());
        Ok(Self { issuer, client_id, client_secret: client_secret.map(ClientSecret::new) })
    }

    /// The issuer's address.
    pub fn issuer(&self) -> &str {
        self.issuer.as_str()
    }

    pub(crate) fn issuer_url(&self) -> &IssuerUrl {
        &self.issuer
    }

    pub(crate) fn client_id(&self) -> &ClientId {
        &self.client_id
    }

    pub(crate) fn client_secret(&self) -> Option<&ClientSecret> {
        self.client_secret.as_ref()
    }
}

impl fmt::Debug for Provider {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Provider({})", self.issuer())
    }
}

/// Encrypted, or on this machine itself.
pub(crate) fn is_safe(address: &Url) -> bool {
    let this_machine = match address.host() {
        Some(Host::Domain(name)) => name == "localhost",
        Some(Host::Ipv4(number)) => number.is_loopback(),
        Some(Host::Ipv6(number)) => number.is_loopback(),
        None => false,
    };
    address.scheme() == "https" || (address.scheme() == "http" && this_machine)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn issuers_are_encrypted_or_on_this_machine() {
        let refusal = |issuer: &str| Provider::new(issuer, "candour", None).err();
        for issuer in
            ["https://id.example.org/tenant", "http://localhost:9", "http://127.0.0.1:9", "http://[::1]:9"]
        {
            assert_eq!(refusal(issuer), None, "{issuer}");
        }
        for issuer in
            ["http://id.example.org", "http://localhost.example.org", "http://10.0.0.1", "file:///etc/passwd"]
        {
            assert_eq!(refusal(issuer), Some(ProviderRefusal::NotSafe), "{issuer}");
        }
        assert_eq!(refusal("id.example.org"), Some(ProviderRefusal::NotAnAddress));
        assert_eq!(Provider::new("https://x.org", "", None).err(), Some(ProviderRefusal::NoClientId));
        let provider = Provider::new("https://x.org", "c", Some("hush".to_owned())).unwrap();
        assert_eq!(format!("{provider:?}"), "Provider(https://x.org)");
    }
}
