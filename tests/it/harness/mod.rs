//! What tests stand on: real databases, a real browser, the server in this process.
//!
//! - [`databases`]: a fresh pair of databases for each test, SQLite or PostgreSQL.
//! - [`browser`]: Chromium through ChromeDriver, at the two widths we promise, with and without JavaScript.
//! - [`axe`]: the accessibility audit of the page that a browser shows.
//! - [`pages`]: a few bytes of HTML on a port, to prove the harness itself.
//! - [`server`]: Candour itself, started on a test's databases, at a time and with a seed of the test's own.
//! - [`joiner`]: those who join with a credential that nobody can trace.
//! - [`mail_server`]: a mail server that is slow, and goes away; [`notify_service`]: GOV.UK Notify, as far as emails go.
//! - [`people`]: those who come to it by browser or program, and [`answer`]: what they are told.
//! - [`binary`]: the `candour` program in a process of its own.
//! - [`identity_provider`]: where an organisation's people sign in.
//! - [`packs`]: our tenant packs, with other dates where a test needs them.
//! - [`patience`]: waiting for what must happen soon.
//! - [`polis`]: a real conversation, and what its counts must be.
//! - [`routes`]: how to ask for each route that the router has.
//! - [`staff`]: named people, signed in to the console with one role or several.
//! - [`tables`]: what really is in the databases.

pub mod answer;
pub mod axe;
pub mod binary;
pub mod browser;
mod chromedriver;
pub mod databases;
pub mod identity_provider;
pub mod joiner;
pub mod mail_server;
pub mod notify_service;
pub mod packs;
pub mod pages;
pub mod patience;
pub mod people;
pub mod polis;
pub mod routes;
pub mod server;
pub mod staff;
pub mod tables;

/// The value of an environment variable that a part of the tests cannot do without.
///
/// # Panics
/// When it is not set: a test that cannot run fails, it is not skipped.
fn required_env(name: &str, what_for: &str) -> String {
    match std::env::var(name) {
        Ok(value) if !value.is_empty() => value,
        _ => panic!("{name} is not set: {what_for}. `bash tests/run` sets it"),
    }
}
