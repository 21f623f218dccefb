//! Emails as they leave: over a real SMTP conversation, into a folder, into memory, and what they say.

#![cfg(test)]

mod folder;
mod mime;
mod outbox;
mod people;
mod smtp;
mod smtp_server;
mod words;
