//! Pledge review: people read draft pledges, say of each whether it is strong or wrong and why, comment, and say what is missing.
//!
//! Here: the settings ([`config`]), what a participant keeps ([`kept`]), the pages, the forms, and what it all comes to. Not here: comments
//! themselves, which are the host's. To add one more page: a function in [`pages`] and its name in [`PledgeReview::render`].

mod changed;
mod config;
mod differences;
mod forms;
mod kept;
mod migration;
mod pages;
mod sheets;
mod summary;
mod tally;

use guest_sdk::{
    Blocks, Ctx, Failure, Figure, Migrates, Old, Outcome, Participant, Problem, Results, Round, RoundType,
    Rows, SentForm, Sheet, no_such_page, round_type,
};

use config::Config;

/// The subject of thoughts about what is missing.
const MISSING: &str = "missing";

struct PledgeReview;

impl RoundType for PledgeReview {
    type Config<'a> = Config<'a>;

    const DATA_VERSION: u32 = 2;

    fn problems(config: &Config<'_>) -> Vec<Problem> {
        config.problems()
    }

    fn sheets() -> Vec<Sheet> {
        sheets::all()
    }

    fn render(round: &Round<Config<'_>>, who: Option<&Participant>, page: &str) -> Result<Blocks, Failure> {
        let given = if who.is_some() { kept::Verdicts::read()? } else { kept::Verdicts::default() };
        match page.split_once('/') {
            None if page.is_empty() => Ok(pages::front(round, who.is_some(), &given)),
            None if page == MISSING => pages::missing(round, who.is_some()),
            None if page == "changes" => Ok(pages::changes(&round.config)),
            Some(("pledges", id)) => changed::page(round, who.is_some(), id),
            Some(("pledge", id)) => pages::pledge(round, who.is_some(), &given, id),
            _ => Err(no_such_page()),
        }
    }

    fn submit(round: &Round<Config<'_>>, _: &Participant, sent: &SentForm<'_>) -> Result<Outcome, Failure> {
        match (sent.form, sent.page.split_once('/')) {
            ("verdict", Some((_, id))) => forms::verdict(&round.config, id, sent),
            ("right", Some((_, id))) => forms::right(&round.config, id, sent),
            ("suggest", _) => forms::suggest(&round.config, sent),
            _ => Err(no_such_page()),
        }
    }

    fn tally(round: &Round<Config<'_>>) -> Result<Results, Failure> {
        tally::tally(&round.config)
    }

    fn summarise(round: &Round<Config<'_>>, released: &[Figure]) -> Result<Blocks, Failure> {
        Ok(summary::summarise(&round.config, released))
    }

    fn export(round: &Round<Config<'_>>, sheet: &str, after: Option<&str>) -> Result<Rows, Failure> {
        sheets::rows(&round.config, sheet, after)
    }
}

impl Migrates for PledgeReview {
    fn migrate(ctx: &Ctx, entries: Vec<Old>) -> Result<Vec<Vec<u8>>, Failure> {
        migration::migrate(ctx, entries)
    }
}

round_type!(PledgeReview, migrates);
