//! The kit for round types in Rust: write a type that is a [`RoundType`], say `round_type!(Mine);`, and pack it.
//!
//! Here: the contract as Rust types, settings and kept values as serde types, a builder of pages that cannot be unbalanced, and an allocator
//! that suits calls which end before they need to tidy up. Not here: anything about one round type. To add what the contract has gained: its
//! function in [`state`] or its builder in [`Blocks`].

mod arena;
mod blocks;
mod exported;
pub mod state;

use std::rc::Rc;

pub use bindings::candour::round::types::{
    Answer, Attribute, Bar, Block, Button, Card, Cell, Chart, ChoiceInput, Ctx, Description, Evidence,
    Extension, Fact, Failure, Figure, Heading, Kept, Label, Measure, Notice, NumberInput, OptionItem,
    Outcome, PageLink, Participant, Phase, PointsInput, Post, Problem, Progress, RankInput, Results, Rows,
    Share, Sheet, StateFailure, Table, TextInput, Thread, Tone, Value,
};
pub use blocks::Blocks;
#[doc(hidden)]
pub use exported::Exported;
pub use migrating::exports::candour::round::migration::Old;
pub use serde;
pub use serde_json;

#[doc(hidden)]
#[allow(missing_docs, clippy::all, reason = "generated from the contract, which is documented there")]
pub mod bindings {
    wit_bindgen::generate!({
        path: "../wit/round-v1",
        world: "round-plugin",
        pub_export_macro: true,
        default_bindings_module: "guest_sdk::bindings",
    });
}

// A world with what `round-plugin-with-migration` has over `round-plugin`: a component that exports both is of that world.
#[doc(hidden)]
#[allow(missing_docs, clippy::all, reason = "generated from the contract, which is documented there")]
pub mod migrating {
    wit_bindgen::generate!({
        path: "../wit/round-v1",
        inline: "
            package candour:guest-sdk;
            world migrating {
                export candour:round/migration@1.0.0;
            }
        ",
        world: "candour:guest-sdk/migrating",
        pub_export_macro: true,
        default_bindings_module: "guest_sdk::migrating",
        with: { "candour:round/types@1.0.0": crate::bindings::candour::round::types },
    });
}

/// A round, in one call.
pub struct Round<Config> {
    /// Where the call stands.
    pub ctx: Ctx,
    /// The round's settings.
    pub config: Rc<Config>,
}

/// A form that a participant sent. The host has checked its answers against the fields that `render` described.
pub struct SentForm<'a> {
    /// The page that it was on.
    pub page: &'a str,
    /// The form.
    pub form: &'a str,
    /// The button that sent it.
    pub pressed: &'a str,
    /// What was given, in the fields' order; what was left empty is not there.
    pub answers: &'a [Answer],
}

impl SentForm<'_> {
    /// What was given for `field`.
    pub fn value(&self, field: &str) -> Option<&Value> {
        self.answers.iter().find(|answer| answer.field == field).map(|answer| &answer.value)
    }

    /// The words given for `field`; empty if there are none.
    pub fn text(&self, field: &str) -> &str {
        match self.value(field) {
            Some(Value::Text(text)) => text,
            _ => "",
        }
    }

    /// What was chosen for `field`.
    pub fn choices(&self, field: &str) -> &[String] {
        match self.value(field) {
            Some(Value::Choices(choices)) => choices,
            _ => &[],
        }
    }

    /// The one option that was chosen for `field`.
    pub fn choice(&self, field: &str) -> Option<&str> {
        self.choices(field).first().map(String::as_str)
    }
}

/// What a round type does. See the contract, `plugins/wit/round-v1/round.wit`, for what the host promises about each call.
pub trait RoundType: 'static {
    /// Its settings. May borrow from their JSON.
    type Config<'a>: serde::Deserialize<'a> + 'a;

    /// The version in which it keeps its state.
    const DATA_VERSION: u32 = 1;

    /// What is wrong with settings that can be read.
    fn problems(config: &Self::Config<'_>) -> Vec<Problem>;

    /// What can be exported.
    fn sheets() -> Vec<Sheet>;

    /// The blocks of `page`.
    ///
    /// # Errors
    /// Why there is no such page.
    fn render(
        round: &Round<Self::Config<'_>>,
        who: Option<&Participant>,
        page: &str,
    ) -> Result<Blocks, Failure>;

    /// Takes a form.
    ///
    /// # Errors
    /// Why it cannot be taken.
    fn submit(
        round: &Round<Self::Config<'_>>,
        who: &Participant,
        sent: &SentForm<'_>,
    ) -> Result<Outcome, Failure>;

    /// What the round comes to.
    ///
    /// # Errors
    /// Why it cannot be worked out.
    fn tally(round: &Round<Self::Config<'_>>) -> Result<Results, Failure>;

    /// The blocks that tell what the round came to.
    ///
    /// # Errors
    /// Why it cannot be told.
    fn summarise(round: &Round<Self::Config<'_>>, released: &[Figure]) -> Result<Blocks, Failure>;

    /// Rows of a sheet.
    ///
    /// # Errors
    /// Why they cannot be had.
    fn export(round: &Round<Self::Config<'_>>, sheet: &str, after: Option<&str>) -> Result<Rows, Failure>;
}

/// A round type that has had an earlier version of its state: its `DATA_VERSION` is over 1.
pub trait Migrates: RoundType {
    /// The new values of `entries`, in the same order; an empty one removes its entry. `ctx.data_version` is the version that they are in. Called
    /// with some entries at a time, in no particular order, and without state. [`state::read`] and [`state::write`] make values of them and back.
    ///
    /// # Errors
    /// Why they cannot be brought up to date: then the round stays with the version that it has.
    fn migrate(ctx: &Ctx, entries: Vec<Old>) -> Result<Vec<Vec<u8>>, Failure>;
}

/// A problem with what stands at `path`.
pub fn problem(path: impl Into<String>, code: &str, message: impl Into<String>) -> Problem {
    Problem { path: path.into(), code: code.to_owned(), message: message.into() }
}

/// There is no such page: the participant followed an old link.
pub fn no_such_page() -> Failure {
    Failure::Refused("This page is no longer here.".to_owned())
}

/// Makes a [`RoundType`] the one that this component is: `round_type!(Mine);`, or `round_type!(Mine, migrates);` if it is one that [`Migrates`].
#[macro_export]
macro_rules! round_type {
    ($round_type:ty) => {
        type ExportedRoundType = $crate::Exported<$round_type>;
        $crate::bindings::export!(ExportedRoundType with_types_in $crate::bindings);
    };
    ($round_type:ty, migrates) => {
        $crate::round_type!($round_type);
        $crate::migrating::export!(ExportedRoundType with_types_in $crate::migrating);
    };
}
