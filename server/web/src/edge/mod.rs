//! The edge: what stands between the socket and the handlers.
//!
//! Here: the accept loop with its time-outs and limits, security headers, the caps on bodies, CSRF, cookies, the
//! limit on guessing codes, request ids, logs, metrics and the operations port. Not here: routes, pages, the API, and
//! anything that knows a tenant's content. To add one more: a file named after its subject, and a line in the order
//! below if it wraps every request.
//!
//! # The order of the layers, from the socket inwards
//!
//! [`serve`](serve::serve) → [`SecurityHeaders`](headers::SecurityHeaders) → [`Compress`](compress::Compress) →
//! [`DrawErrors`](errors::DrawErrors) →
//! [`Observe`](log::Observe) → [`CapBodies`](body::CapBodies) → [`CheckOrigin`](csrf::CheckOrigin) → the routes.
//!
//! Errors travel outwards as `poem::Error` until `DrawErrors`, so that `Observe` sees each with the route pattern it
//! came from and logs a fault exactly once, and every answer, drawn or not, carries the security headers.

pub mod address;
pub mod body;
pub mod compress;
pub mod cookies;
pub mod csrf;
pub mod errors;
pub mod form;
pub mod guessing;
pub mod headers;
pub mod host;
pub mod log;
pub mod metrics;
pub mod multipart;
pub mod operations;
pub mod problem;
pub mod serve;
pub mod shutdown;

mod connection;
mod keyed_hash;

#[cfg(test)]
mod tests;
