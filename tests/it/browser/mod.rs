//! Journeys in real Chromium. Every page is looked at in both widths, with and without JavaScript, and audited.
//!
//! [`stage`] is the server that they go to, [`acts`] what people do there, [`sights`] what must be true of every page.
//!
//! Adding a journey: one module a journey, named after what a person comes to do. Adding a page or a state: a line in [`states`].

mod acts;
mod appearance;
mod drafts;
mod harness_proof;
mod joining;
mod keyboard;
mod live;
mod moderating;
mod participant;
mod passkeys;
mod preparing;
mod reviewing;
mod samples;
mod sights;
mod signing_in;
mod single_sign_on;
mod stage;
mod states;
mod tour;
mod watch;
mod weight;
