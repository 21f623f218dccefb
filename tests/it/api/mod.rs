//! The JSON API as programs meet it, over real databases.
//!
//! [`sessions`]: coming in and leaving. [`conversation`]: reading, writing, voting. [`refusals`]: what cannot be read or is not there.

mod conversation;
mod refusals;
mod sessions;
