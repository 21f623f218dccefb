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
/// Keyed hashes of who reported which post. Conversation side.
pub const REPORTERS: &str = "reporters";
/// Keyed hashes of the few places that a participant's open reports have. Conversation side.
pub const REPORT_PLACES: &str = "report-places";
/// Participants' names in the eyes of round types, one in each round. Conversation side.
pub const ROUND_TOKENS: &str = "round-tokens";
/// Rounds' names in the eyes of round types. Conversation side.
pub const ROUND_NAMES: &str = "round-names";
/// Chance that stays for one participant in one round. Conversation side.
pub const ROUND_SEEDS: &str = "round-seeds";
/// Binds compiled round types to the server that compiled them. Conversation side.
pub const COMPILED_ROUND_TYPES: &str = "compiled-round-types";
/// Derives the 8-digit confirmation codes of the sign-up route. Identity side.
pub const CONFIRMATION_CODES: &str = "confirmation-codes";
/// Encrypts tickets: "this device has shown to be that person on the roll". Identity side.
pub const TICKETS: &str = "tickets";
/// Encrypts other stateless texts, such as what an emailed link carries. Identity side.
pub const SEALED_TEXTS: &str = "sealed-texts";
/// Encrypts the cohorts' private keys where they are stored. Identity side.
pub const COHORT_KEYS: &str = "cohort-keys";

/// Goes into the hashes of named people's passwords beside the salt. Identity side.
pub const PASSWORDS: &str = "passwords";
/// Encrypts what a named person's authenticator app counts with. Identity side.
pub const TOTP_SECRETS: &str = "totp-secrets";
/// Keyed hashes of recovery codes. Identity side.
pub const RECOVERY_CODES: &str = "recovery-codes";
/// Encrypts passkeys, and what is remembered while one is made or used. Identity side.
pub const PASSKEYS: &str = "passkeys";
/// Keyed hashes of the tokens of console sessions. Identity side.
pub const CONSOLE_SESSIONS: &str = "console-sessions";
/// Keyed hashes of the tokens in named people's invitations. Identity side.
pub const INVITATIONS: &str = "invitations";
/// Keyed hashes of the questions to passkeys that were answered. Identity side.
pub const PASSKEY_QUESTIONS: &str = "passkey-questions";

/// Keyed hashes of the addresses at which somebody tried to sign in. Identity side.
pub const SIGN_IN_TRIES: &str = "sign-in-tries";

/// Keyed hashes of addresses to which no email goes. Identity side.
pub const STOPPED_ADDRESSES: &str = "stopped-addresses";
/// Seals what links carry that stop emails. Identity side.
pub const STOP_LINKS: &str = "stop-links";

/// Seals what emails to many are called. Identity side.
pub const EMAIL_REFERENCES: &str = "email-references";

/// Encrypts files that hold login details, until they are fetched. Identity side.
pub const SEALED_FILES: &str = "sealed-files";

/// All labels of this room.
pub const ALL: [&str; 25] = [
    SEALED_CODES,
    SESSIONS,
    REPORTERS,
    REPORT_PLACES,
    ROUND_TOKENS,
    ROUND_NAMES,
    ROUND_SEEDS,
    COMPILED_ROUND_TYPES,
    LOGIN_CODES,
    CONFIRMATION_CODES,
    TICKETS,
    SEALED_TEXTS,
    COHORT_KEYS,
    PASSWORDS,
    TOTP_SECRETS,
    RECOVERY_CODES,
    PASSKEYS,
    CONSOLE_SESSIONS,
    INVITATIONS,
    PASSKEY_QUESTIONS,
    SIGN_IN_TRIES,
    STOPPED_ADDRESSES,
    STOP_LINKS,
    EMAIL_REFERENCES,
    SEALED_FILES,
];

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
