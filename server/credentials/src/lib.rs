//! What proves that somebody may take part: sealed codes, session tokens, and the secret that keys their hashes.
//!
//! Here: how a code looks, how one is read from what people type, and what is stored in its place. Not here: randomness
//! (bytes are passed in), tables (storage's), how often somebody may guess (web's), and the limits of a round (domain's).
//! To add one more credential: a file named after it, a newtype whose `Debug` says nothing, a hash keyed by a sub-key with
//! a label of its own from [`Pepper::derive`], and a `…Refusal` that tells the person what to do.

pub mod digest;
pub mod pepper;
pub mod sealed_code;
pub mod session_token;

pub use digest::digest;
pub use pepper::{DerivedKey, Pepper, PepperRefusal};
pub use sealed_code::{CodeHash, CodeRefusal, SealedCode};
pub use session_token::{SessionToken, TokenHash, TokenRefusal};
