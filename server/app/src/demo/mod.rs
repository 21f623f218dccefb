//! What a demonstration is filled with: our own tenant packs, open today, and a real conversation.

mod embedded;
mod folder;
mod open_now;

pub use embedded::{attribution, packs, polis_export};
pub use folder::take_folder;
pub use open_now::open_now;
