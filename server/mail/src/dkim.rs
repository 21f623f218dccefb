//! Signatures under whole messages (DKIM, RFC 6376; with Ed25519, RFC 8463): the receiving server sees that an email is a tenant's
//! own and has not been changed. Keys are the tenants', made elsewhere; their public halves stand in DNS.

use std::{fmt, sync::Arc};

use base64::{Engine, engine::general_purpose::STANDARD};
use chrono::{DateTime, Utc};
use mail_auth::{
    common::{
        crypto::{DkimKey as PrivateKey, Ed25519Key, RsaKey, Sha256, SigningKey},
        headers::{HeaderStream, Writable, Writer},
    },
    dkim::{Signature, canonicalize::CanonicalHeaders},
};
use rustls::pki_types::{PrivateKeyDer, pem::PemObject};
use thiserror::Error;

use crate::address::{Address, is_domain, is_label};

/// What is signed, whether it is there or not: what is not there cannot be added later. `From` twice, so that no second one can be put
/// above the first (RFC 6376, 8.15).
const SIGNED_HEADERS: [&str; 11] = [
    "From",
    "From",
    "To",
    "Subject",
    "Date",
    "Message-ID",
    "Reply-To",
    "MIME-Version",
    "Content-Type",
    "List-Unsubscribe",
    "List-Unsubscribe-Post",
];
/// RFC 1035: a name in DNS.
const MAX_NAME_BYTES: usize = 253;

/// A tenant's private key, the domain it speaks for, and the selector under which its public half is published. Cheap to clone.
#[derive(Clone)]
pub struct DkimKey(Arc<Inner>);

struct Inner {
    key: PrivateKey,
    template: Signature,
    /// `k` and `p` of the record in DNS.
    published: (&'static str, String),
}

/// Why something is no key to sign with. None repeats any of it.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum DkimRefusal {
    /// No PEM, or broken.
    #[error("This is no private key. It should be a PEM text that begins with -----BEGIN PRIVATE KEY-----.")]
    NotAKey,
    /// A password is on it.
    #[error("This private key has a password on it. Take the password off and try again.")]
    Encrypted,
    /// An elliptic curve, DSA, or an RSA key that nobody should sign with.
    #[error("This kind of key cannot be used. Make an RSA key of 2048 to 4096 bits, or an Ed25519 key.")]
    UnfitKey,
    /// No name of a domain.
    #[error("Check the DKIM domain. It should look like mail.example.org.")]
    Domain,
    /// No name below a domain.
    #[error(
        "Check the DKIM selector. Use the letters a to z, digits, hyphens and dots, such as candour-2026."
    )]
    Selector,
    /// RFC 7489, 3.1.1: receivers ignore a signature of a domain that the sender's address is not in.
    #[error("Emails from an address at {sender} cannot be signed with a key of {signer}.")]
    OtherDomain {
        /// The domain of the sender's address.
        sender: String,
        /// The key's domain.
        signer: String,
    },
}

impl DkimKey {
    /// Reads a private key: PKCS#8 (`PRIVATE KEY`) or PKCS#1 (`RSA PRIVATE KEY`), as openssl writes them.
    ///
    /// # Errors
    /// A [`DkimRefusal`] for whoever set it.
    pub fn parse(key: &str, domain: &str, selector: &str) -> Result<Self, DkimRefusal> {
        let domain = domain.trim().to_ascii_lowercase();
        let selector = selector.trim().to_ascii_lowercase();
        if !is_domain(&domain) {
            return Err(DkimRefusal::Domain);
        }
        let name_bytes = selector.len() + "._domainkey.".len() + domain.len();
        if !selector.split('.').all(is_label) || name_bytes > MAX_NAME_BYTES {
            return Err(DkimRefusal::Selector);
        }
        let (key, published) = read_key(key)?;
        let h = SIGNED_HEADERS.map(str::to_owned).to_vec();
        let template =
            Signature { v: 1, a: key.algorithm(), d: domain, s: selector, h, ..Signature::default() };
        Ok(Self(Arc::new(Inner { key, template, published })))
    }

    /// For whom it signs.
    pub fn domain(&self) -> &str {
        &self.0.template.d
    }

    /// Under which name its public half is to be found.
    pub fn selector(&self) -> &str {
        &self.0.template.s
    }

    /// The name in DNS under which [`Self::dns_record`] has to stand, as a TXT record.
    pub fn dns_name(&self) -> String {
        format!("{}._domainkey.{}", self.selector(), self.domain())
    }

    /// The text to publish there (RFC 6376, 3.6.1). An RSA key's is longer than the 255 bytes that one string of a TXT record holds: DNS
    /// software splits it.
    pub fn dns_record(&self) -> String {
        let (kind, key) = &self.0.published;
        format!("v=DKIM1; k={kind}; p={key}")
    }

    /// Whether receivers will take its word for that address: it is in the key's domain, or below it.
    pub(crate) fn covers(&self, address: &Address) -> bool {
        let domain = address.domain().to_ascii_lowercase();
        let below = domain.strip_suffix(self.domain());
        below.is_some_and(|below| below.is_empty() || below.ends_with('.'))
    }

    /// The whole header, line break included, to stand before `message`.
    pub(crate) fn header(&self, message: &[u8], date: DateTime<Utc>) -> Option<Vec<u8>> {
        let mut signature = self.0.template.clone();
        let (_, headers, signed, body) = signature.canonicalize(Headers(message));
        signature.bh = STANDARD.encode(self.0.key.hash(body)).into_bytes();
        signature.t = u64::try_from(date.timestamp()).unwrap_or_default();
        signature.h = signed;
        let bytes = self.0.key.sign(ToSign { headers, signature: &signature }).ok()?;
        signature.b = STANDARD.encode(bytes).into_bytes();
        let mut header = Vec::with_capacity(1_024);
        signature.write(&mut header, true);
        Some(header)
    }
}

/// What is left of a message, header by header. As lettre wrote it: a colon in each, and a blank line before the body.
struct Headers<'a>(&'a [u8]);

impl<'a> HeaderStream<'a> for Headers<'a> {
    fn next_header(&mut self) -> Option<(&'a [u8], &'a [u8])> {
        let goes_on = |pair: &[u8]| pair[0] == b'\n' && !matches!(pair[1], b' ' | b'\t');
        let end = self.0.windows(2).position(goes_on)? + 1;
        let (header, rest) = self.0.split_at(end);
        let colon = header.iter().position(|byte| *byte == b':')?;
        self.0 = rest;
        Some((&header[..colon], &header[colon + 1..]))
    }

    fn body(&mut self) -> &'a [u8] {
        self.0.strip_prefix(b"\r\n").unwrap_or(self.0)
    }
}

/// RFC 6376, 3.7: the headers, then the signature's own, still without its value.
struct ToSign<'a> {
    headers: CanonicalHeaders<'a>,
    signature: &'a Signature,
}

impl Writable for ToSign<'_> {
    fn write(self, writer: &mut impl Writer) {
        self.headers.write(writer);
        self.signature.write(writer, false);
    }
}

fn read_key(key: &str) -> Result<(PrivateKey, (&'static str, String)), DkimRefusal> {
    if key.contains("ENCRYPTED") {
        return Err(DkimRefusal::Encrypted);
    }
    let der = PrivateKeyDer::from_pem_slice(key.as_bytes()).map_err(|_| DkimRefusal::NotAKey)?;
    if let PrivateKeyDer::Pkcs8(der) = &der
        && let Ok(key) = Ed25519Key::from_pkcs8_maybe_unchecked_der(der.secret_pkcs8_der())
    {
        let published = STANDARD.encode(key.public_key());
        return Ok((key.into(), ("ed25519", published)));
    }
    let key = RsaKey::<Sha256>::from_key_der(der).map_err(|_| DkimRefusal::UnfitKey)?;
    let published = STANDARD.encode(subject_public_key_info(&key.public_key()));
    Ok((key.into(), ("rsa", published)))
}

/// DER of what X.509 calls SubjectPublicKeyInfo, as DNS has it, around PKCS#1's RSAPublicKey.
fn subject_public_key_info(key: &[u8]) -> Vec<u8> {
    /// `SEQUENCE { OBJECT IDENTIFIER rsaEncryption, NULL }`.
    const RSA_ENCRYPTION: [u8; 15] =
        [0x30, 0x0d, 0x06, 0x09, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x01, 0x05, 0x00];
    const BIT_STRING: u8 = 0x03;
    const SEQUENCE: u8 = 0x30;
    // No bit of the last byte is unused.
    let bits = tagged(BIT_STRING, &[&[0], key].concat());
    tagged(SEQUENCE, &[&RSA_ENCRYPTION, bits.as_slice()].concat())
}

fn tagged(tag: u8, content: &[u8]) -> Vec<u8> {
    let length = content.len().to_be_bytes();
    let length = &length[length.iter().take_while(|byte| **byte == 0).count()..];
    let mut der = vec![tag];
    match length {
        [short @ ..=0x7f] => der.push(*short),
        // As many bytes as cannot be more than eight.
        _ => der.extend([0x80 | u8::try_from(length.len()).unwrap_or_default()].iter().chain(length)),
    }
    der.extend(content);
    der
}

impl PartialEq for DkimKey {
    fn eq(&self, other: &Self) -> bool {
        (self.dns_name(), self.dns_record()) == (other.dns_name(), other.dns_record())
    }
}

impl Eq for DkimKey {}

impl fmt::Debug for DkimKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "DkimKey({})", self.dns_name())
    }
}
