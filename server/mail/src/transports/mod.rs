//! The ways out, one file each.

pub(crate) mod folder;
pub(crate) mod memory;
pub mod notify;
pub(crate) mod smtp;

use std::net::IpAddr;

/// Conversations with one server at once; whoever comes after that waits.
pub const MAX_CONNECTIONS: usize = 8;

/// The only server that may be spoken to in the clear.
fn is_this_machine(host: &str) -> bool {
    let host = host.trim_start_matches('[').trim_end_matches(']');
    host == "localhost" || host.parse::<IpAddr>().is_ok_and(|address| address.is_loopback())
}
