//! What a demonstration is filled with: our own tenant packs, open today, a real conversation, and invented people on a roll.

mod embedded;
mod fill;
mod folder;
mod open_now;
mod people;
mod staff;
mod verdicts;

use embedded::{attribution, packs, polis_export};
pub use fill::{REAL_TENANT, WaysIn, apply_packs, fill};
pub use folder::take_folder;
use open_now::open_now;
pub use staff::invite_staff;
