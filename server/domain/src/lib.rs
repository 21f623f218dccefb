//! The rules of Candour as plain types: values in, an outcome or a named refusal out.
//!
//! Here: ids, time, text, rounds, contributions, votes, display names, the board that readers see, the roll and its
//! cohorts, branding colours and the shapes of tenant packs. Not here: async, I/O, a clock or randomness of its own, and who may do what (that is
//! policy's). To add a rule: a file named after its subject, an enum for its states, a `…Refusal` for what it turns
//! away, and its tests beside it.

pub mod account;
pub mod audit;
pub mod board;
pub mod branding;
pub mod campaign_draft;
pub mod clock;
pub mod contribution;
pub mod email_words;
pub mod figures;
pub mod ids;
pub mod mailing;
pub mod moderation;
pub mod person;
pub mod planned_email;
pub mod reputation;
pub mod roll;
pub mod round;
pub mod round_results;
pub mod round_type;
pub mod sending;
pub mod tenant_pack;
pub mod text;
pub mod time_zone;
pub mod timetable;
pub mod voice;
pub mod vote;

pub use clock::{Clock, Entropy};
