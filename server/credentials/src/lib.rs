//! What proves that somebody may take part: codes, blindly signed credentials, tickets, sessions, and the secrets behind them. And what
//! proves who a named person is: passkeys, passwords, authenticator apps, recovery codes.
//!
//! Here: how a credential looks, how one is read from what people type or a browser sends, what is stored in its place, and all
//! cryptography (OpenSSL is imported nowhere else). Not here: randomness (bytes are passed in; only RSA keys take OpenSSL's own, and
//! passkeys' challenges webauthn-rs's), the clock, tables (storage's), how often somebody may guess (web's), and the limits of a round (domain's).
//! To add one more credential: a file named after it, a newtype whose `Debug` says nothing, a key from [`Pepper::derive`] with
//! a label of its own in [`labels`], and a `…Refusal` that tells the person what to do.

pub mod audit_chain;
pub mod blind;
pub mod confirmation_code;
pub mod console_token;
pub mod credential;
pub mod device_key;
pub mod digest;
pub mod email_reference;
mod envelope;
pub mod key_log;
pub mod labels;
pub mod login_code;
pub mod passkey;
pub mod password;
pub mod pepper;
pub mod recovery_code;
pub mod round_token;
#[cfg(test)]
mod samples;
pub mod sealed_code;
pub mod sealed_file;
pub mod sealed_text;
pub mod session_token;
pub mod stop_token;
pub mod ticket;
pub mod totp;

pub use audit_chain::{AuditBreak, AuditHead, ChainedEntry};
pub use blind::{
    BlindRefusal, CohortKey, CohortPublicKey, CryptoFault, KEY_BITS, KeyId, KeyIdRefusal, PREFIX_BYTES,
    PublicKeyRefusal, SIGNATURE_BYTES, SealRefusal, request_digest,
};
pub use confirmation_code::ConfirmationCode;
pub use console_token::{ConsoleToken, TokenPurpose};
pub use credential::{Credential, CredentialRefusal, credential_message};
pub use device_key::{DeviceKey, DeviceKeyRefusal, ProofRefusal, Purpose, proof_message};
pub use digest::digest;
pub use email_reference::{email_reference, is_reference_for};
pub use key_log::{ChainBreak, Head, KeyLogEntry, NewKey, append, check, extends};
pub use login_code::{LoginCode, LoginCodeHash, LoginCodeRefusal};
pub use passkey::{Ceremony, Passkey, PasskeyRefusal, Passkeys};
pub use password::{Password, PasswordHash, PasswordRefusal};
pub use pepper::{DerivedKey, Pepper, PepperRefusal};
pub use recovery_code::{RECOVERY_CODES, RecoveryCode, RecoveryCodeHash, RecoveryCodeRefusal};
pub use round_token::{compiled_code_key, round_name, round_seed, round_token};
pub use sealed_code::{CODE_CHARACTERS, CodeHash, CodeRefusal, SealedCode};
pub use sealed_file::{open_file, seal_file};
pub use sealed_text::{NONCE_BYTES, open_text, seal_text};
pub use session_token::{SessionToken, TokenHash, TokenRefusal};
pub use stop_token::StopToken;
pub use ticket::{Ticket, TicketRefusal};
pub use totp::{TotpRefusal, TotpSecret};
