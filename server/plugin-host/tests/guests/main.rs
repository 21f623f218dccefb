//! Real guests in the real host: the round types of `plugins/` by their scenarios, and everything hostile that we could think of.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on says where")]

mod attacks;
mod compiling;
mod kept_components;
mod limits;
mod loading;
mod migrations;
mod mutations;
mod replays;
mod scenarios;
mod stage;
mod text_guests;
