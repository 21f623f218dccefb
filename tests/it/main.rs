//! Candour as people and operators meet it: one integration binary, started by `bash tests/run`.
//!
//! Rules of one function stand beside the function, in its own crate. Here is what needs more than one room: the
//! house rules ([`tidy`]), the server over real databases, and journeys in a real browser ([`browser`]).
//!
//! Adding a test: one module a subject, listed below. A test that needs Chromium goes under [`browser`]; a test that
//! should hold on both databases is written once, inside `both_databases!`. `bash tests/run --quick` leaves out
//! exactly `browser::…` and `…::postgres`. Nothing is skipped for want of a tool: the harness panics and says what
//! is lacking.

// In a test a panic is the answer: it names the line.
#![allow(clippy::unwrap_used)]

mod access_matrix;
mod accounts;
mod anonymity;
mod apart;
mod api;
mod browser;
mod canaries;
mod command_line;
mod databases;
mod dates;
mod demonstration;
mod durability;
mod emails_pages;
mod entering;
mod figures;
mod forgery;
mod harness;
mod headers;
mod hostile_bodies;
mod joining;
mod journeys;
mod key_log;
mod live_updates;
mod moderation;
mod nudges;
mod opening_times;
mod operations;
mod operators;
mod races;
mod real_data;
mod reports;
mod retention;
mod roll;
mod round_types;
mod settings;
mod tenancy;
mod tidy;
mod toolkit;
mod unlinkability;
mod waiting;
mod wizard;
