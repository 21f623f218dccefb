//! The console: the pages under `/console` where named people work.
//!
//! Here: who is at work ([`Staff`], [`StaffForm`]), the guard that lets nobody through whom the policy does not let, and what every page of the
//! console shows. The pages stand in `pages/console`. What a route needs stands beside it in `routes.rs`, and nowhere else: the guard keeps
//! it, and the access-matrix test reads it there.

mod carried;
mod cross_site;
mod guard;
mod staff;
mod upload;

pub use carried::Carried;
pub(crate) use cross_site::NoteCrossSite;
pub(crate) use guard::Guarded;
pub(crate) use staff::{Staff, StaffForm, safe_return};
pub(crate) use upload::StaffUpload;
