//! Emails as they leave: over a real SMTP conversation, into a folder, into memory, and what they say.

#![cfg(test)]

mod certificates;
mod dkim;
mod dkim_verifier;
mod faults;
mod folder;
mod injection;
mod layout;
mod load;
mod mime;
mod notify;
mod notify_server;
mod outbox;
mod people;
mod real_server;
mod real_smtp;
mod receipts;
mod reports;
mod smtp;
mod smtp_server;
mod tls;
mod words;
