//! Journeys in real Chromium. Every page is looked at in both widths, with and without JavaScript, and audited.
//!
//! Adding a journey: one module a journey, named after what a person comes to do.

mod harness_proof;
