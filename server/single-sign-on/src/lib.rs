//! Single sign-on: an organisation's own provider says who somebody is, by OpenID Connect. The only room with
//! openidconnect.
//!
//! Here: the code flow with PKCE (S256), state and nonce ([`SingleSignOn::begin`], [`SingleSignOn::finish`]), discovery and
//! keys with a cache, and the refusals that a person or an operator reads. Not here: the cookie that holds [`Kept`] between
//! the two halves (the caller seals it), whether the person is on a roll, the clock and randomness (values passed in), and
//! logs: a refusal carries the detail for the operator, and it contains no token.
//!
//! To support another way of signing in: its own file beside [`sign_on`], the same [`Verified`] at its end.

mod answer;
mod directory;
mod http;
pub mod provider;
pub mod refusal;
pub mod sign_on;

pub use provider::{Provider, ProviderRefusal};
pub use refusal::SignOnRefusal;
pub use sign_on::{Begun, Kept, Random, SingleSignOn, Verified};
