//! Every label that a key is derived by, in one place, so that no two purposes ever share a key.
//!
//! A label is for ever: with another, what is stored under the old one cannot be read or found any more. Those that only app
//! derives by (forms, backups) stand in app.

/// Keyed hashes of sealed codes. Conversation side.
pub const SEALED_CODES: &str = "sealed-codes";
/// Keyed hashes of participants' session tokens. Conversation side.
pub const SESSIONS: &str = "sessions";
/// Keyed hashes of the unique login codes of the invited route. Identity side.
pub const LOGIN_CODES: &str = "login-codes";
/// Derives the 8-digit confirmation codes of the sign-up route. Identity side.
pub const CONFIRMATION_CODES: &str = "confirmation-codes";
/// Encrypts tickets: "this device has shown to be that person on the roll". Identity side.
pub const TICKETS: &str = "tickets";
/// Encrypts other stateless texts, such as what an emailed link carries. Identity side.
pub const SEALED_TEXTS: &str = "sealed-texts";
/// Encrypts the cohorts' private keys where they are stored. Identity side.
pub const COHORT_KEYS: &str = "cohort-keys";

/// All labels of this room.
pub const ALL: [&str; 7] =
    [SEALED_CODES, SESSIONS, LOGIN_CODES, CONFIRMATION_CODES, TICKETS, SEALED_TEXTS, COHORT_KEYS];

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::ALL;
    use crate::Pepper;

    #[test]
    fn every_label_gives_a_key_of_its_own() {
        let mut bytes = [7; 32];
        bytes[0] = 1;
        let pepper = Pepper::from_bytes(bytes).unwrap();
        let keys: HashSet<_> = ALL.iter().map(|label| *pepper.derive(label).as_bytes()).collect();
        assert_eq!(keys.len(), ALL.len());
    }
}
