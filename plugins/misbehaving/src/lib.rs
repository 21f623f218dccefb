//! A guest that does what its settings tell it to: everything that a guest must not do. For tests of the host.
//!
//! Here: attacks that Rust can express, one arm each, named by what they do; the settings are the name. Not here: those on the level of
//! WebAssembly itself (beginnings that never end, unknown imports, bytes that are no UTF-8), which the host's tests write as text. To add
//! one: an arm in [`running`], [`pages`] or [`results`].

mod pages;
mod results;
mod running;

use guest_sdk::bindings::exports::candour::round::round::Guest;
use guest_sdk::{
    Answer, Block, Ctx, Description, Failure, Figure, Outcome, Participant, Problem, Results, Rows, Sheet,
};

struct Misbehaving;

impl Guest for Misbehaving {
    fn describe() -> Description {
        let sheet =
            Sheet { id: "rows".to_owned(), title: "Rows".to_owned(), columns: vec!["One".to_owned()] };
        Description { data_version: 1, sheets: vec![sheet] }
    }

    fn validate_config(config: String) -> Vec<Problem> {
        results::problems(&config)
    }

    fn render(ctx: Ctx, _: Option<Participant>, _: String) -> Result<Vec<Block>, Failure> {
        running::while_drawing(&ctx.config)?;
        results::failure(&ctx.config)?;
        Ok(pages::blocks(&ctx.config))
    }

    fn submit(
        ctx: Ctx,
        who: Participant,
        _: String,
        _: String,
        _: String,
        answers: Vec<Answer>,
    ) -> Result<Outcome, Failure> {
        running::while_taking(&ctx.config, &who, &answers)?;
        Ok(results::outcome(&ctx.config))
    }

    fn tally(ctx: Ctx) -> Result<Results, Failure> {
        running::while_counting(&ctx.config)?;
        Ok(results::tally(&ctx.config))
    }

    fn summarise(ctx: Ctx, _: Vec<Figure>) -> Result<Vec<Block>, Failure> {
        running::while_summarising(&ctx.config)?;
        Ok(Vec::new())
    }

    fn export(ctx: Ctx, _: String, _: Option<String>) -> Result<Rows, Failure> {
        Ok(results::rows(&ctx.config))
    }
}

guest_sdk::bindings::export!(Misbehaving with_types_in guest_sdk::bindings);
