//! What an email to many is called: a random half, and a seal over it and the address that it goes to. Whoever reports that the email came back
//! must name both, so nobody can make an address look dead; and nothing needs to be kept of who was written to.

use domain::ids::TenantId;
use subtle::ConstantTimeEq;

use crate::labels;
use crate::pepper::Pepper;

/// Bytes of a reference.
pub const REFERENCE_BYTES: usize = 16;
/// Bytes of its random half.
pub const RANDOM_BYTES: usize = 8;

/// A reference for an email to `address`.
pub fn email_reference(
    pepper: &Pepper,
    tenant: TenantId,
    address: &str,
    random: [u8; RANDOM_BYTES],
) -> [u8; REFERENCE_BYTES] {
    let address = address.trim().to_ascii_lowercase();
    let seal =
        pepper.derive(labels::EMAIL_REFERENCES).mac(&[tenant.0.as_bytes(), address.as_bytes(), &random]);
    let mut reference = [0; REFERENCE_BYTES];
    reference[..RANDOM_BYTES].copy_from_slice(&random);
    reference[RANDOM_BYTES..].copy_from_slice(&seal[..REFERENCE_BYTES - RANDOM_BYTES]);
    reference
}

/// Whether `reference` was made for an email to `address`.
pub fn is_reference_for(
    pepper: &Pepper,
    tenant: TenantId,
    address: &str,
    reference: &[u8; REFERENCE_BYTES],
) -> bool {
    let mut random = [0; RANDOM_BYTES];
    random.copy_from_slice(&reference[..RANDOM_BYTES]);
    email_reference(pepper, tenant, address, random).ct_eq(reference).into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reference_belongs_to_one_address_of_one_tenant() {
        let mut bytes = [7; 32];
        bytes[31] = 1;
        let pepper = Pepper::from_bytes(bytes).unwrap();
        let (bsol, hhft) = (TenantId::named(&["bsol"]), TenantId::named(&["hhft"]));
        let reference = email_reference(&pepper, bsol, "A@example.org", [3; RANDOM_BYTES]);
        assert!(is_reference_for(&pepper, bsol, " a@example.org", &reference));
        assert!(!is_reference_for(&pepper, hhft, "a@example.org", &reference));
        assert!(!is_reference_for(&pepper, bsol, "b@example.org", &reference));
        for place in 0..REFERENCE_BYTES {
            let mut other = reference;
            other[place] ^= 1;
            assert!(!is_reference_for(&pepper, bsol, "a@example.org", &other), "{place}");
        }
    }
}
