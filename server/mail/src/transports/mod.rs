//! The ways out, one file each.

pub(crate) mod folder;
pub(crate) mod memory;
pub(crate) mod smtp;
