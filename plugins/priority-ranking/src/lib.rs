//! Priority ranking: people put options in order, or share points between them. The tally gives both counts that are used for orders, Borda's and
//! Schulze's, so that nobody need believe in one.
//!
//! Here: the settings and the pages. Not here: the counting ([`borda`], [`schulze`]), which knows nothing of rounds. To add one more way of
//! counting: a module beside those two, and its measure in [`tally`].

mod borda;
mod config;
mod schulze;
mod sheets;
mod tally;

use guest_sdk::{
    Bar, Blocks, Chart, Failure, Figure, Outcome, Participant, Phase, PointsInput, Problem, RankInput,
    Results, Round, RoundType, Rows, SentForm, Share, Sheet, Tone, Value, no_such_page, round_type, state,
};
use serde::{Deserialize, Serialize};

use config::{Config, Way};

/// The key under which a participant keeps what they gave.
const GIVEN: &str = "given";

/// What a participant gave.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum Given {
    /// Names of options, the best first; those that are absent were not ranked.
    Ranking(Vec<String>),
    /// Points by option.
    Points(Vec<(String, u32)>),
}

struct PriorityRanking;

impl RoundType for PriorityRanking {
    type Config<'a> = Config<'a>;

    fn problems(config: &Config<'_>) -> Vec<Problem> {
        config.problems()
    }

    fn sheets() -> Vec<Sheet> {
        sheets::all()
    }

    fn render(round: &Round<Config<'_>>, who: Option<&Participant>, page: &str) -> Result<Blocks, Failure> {
        if !page.is_empty() {
            return Err(no_such_page());
        }
        let mut blocks = Blocks::new();
        blocks.heading(2, &*round.config.question);
        if !round.config.introduction.is_empty() {
            blocks.prose(&*round.config.introduction);
        }
        match round.ctx.phase {
            Phase::Open if who.is_some() => form(&mut blocks, &round.config, state::mine(GIVEN)?),
            Phase::Closed => {
                blocks.notice(Tone::Information, "This has closed.");
            }
            _ => {
                for option in &round.config.options {
                    blocks.prose(&*option.label);
                }
            }
        }
        Ok(blocks)
    }

    fn submit(round: &Round<Config<'_>>, _: &Participant, sent: &SentForm<'_>) -> Result<Outcome, Failure> {
        let given = match (&round.config.way, sent.value("order")) {
            (_, None) => Given::Ranking(Vec::new()),
            (Way::Rank, Some(Value::Ranking(ranking))) => Given::Ranking(ranking.clone()),
            (Way::Points { .. }, Some(Value::Points(shares))) => {
                Given::Points(shares.iter().map(|share| (share.choice.clone(), share.points)).collect())
            }
            _ => return Err(no_such_page()),
        };
        state::keep_mine(GIVEN, &given)?;
        let notice = "Saved. You can change it until this closes.".to_owned();
        Ok(Outcome { notice: Some(notice), page: String::new(), posts: Vec::new() })
    }

    fn tally(round: &Round<Config<'_>>) -> Result<Results, Failure> {
        tally::tally(&round.config)
    }

    fn summarise(round: &Round<Config<'_>>, released: &[Figure]) -> Result<Blocks, Failure> {
        Ok(summarise(&round.config, released))
    }

    fn export(_: &Round<Config<'_>>, sheet: &str, after: Option<&str>) -> Result<Rows, Failure> {
        sheets::rows(sheet, after)
    }
}

fn form(blocks: &mut Blocks, config: &Config<'_>, before: Option<Given>) {
    let options = config.options.iter().map(config::Choice::item).collect();
    let is_option = |id: &String| config.options.iter().any(|option| option.id == *id);
    blocks.form("order", |form| {
        match &config.way {
            Way::Rank => {
                let ranked = match before {
                    Some(Given::Ranking(ranking)) => ranking.into_iter().filter(is_option).collect(),
                    _ => Vec::new(),
                };
                form.rank_input(RankInput {
                    field: "order".to_owned(),
                    label: "Put them in order".to_owned(),
                    hint: Some("1 is what matters most to you. You can leave some out.".to_owned()),
                    options,
                    min_ranked: 0,
                    ranked,
                });
            }
            Way::Points { total } => {
                let given = match before {
                    Some(Given::Points(points)) => {
                        points.into_iter().filter(|(id, _)| is_option(id)).collect()
                    }
                    _ => Vec::new(),
                };
                let given = given.into_iter().map(|(choice, points)| Share { choice, points }).collect();
                form.points_input(PointsInput {
                    field: "order".to_owned(),
                    label: "Share out your points".to_owned(),
                    hint: Some(format!("You have {total} points. Give more to what matters more to you.")),
                    required: false,
                    options,
                    total: *total,
                    given,
                });
            }
        }
        form.button("save", "Save");
    });
}

fn summarise(config: &Config<'_>, released: &[Figure]) -> Blocks {
    let mut blocks = Blocks::new();
    let score = config.way.measure();
    let value = |id: &str, measure: &str| {
        let is_it =
            |figure: &&Figure| figure.subject == id && figure.measure == measure && figure.cohort.is_none();
        released.iter().find(is_it).and_then(|figure| figure.value)
    };
    let mut bars: Vec<Bar> = config
        .options
        .iter()
        .filter_map(|option| Some(Bar { label: option.label.to_string(), value: value(&option.id, score)? }))
        .collect();
    bars.sort_by(|one, other| other.value.total_cmp(&one.value));
    if bars.is_empty() {
        blocks.prose("Too few people have answered to show an order.");
        return blocks;
    }
    blocks.chart(Chart { caption: config.question.to_string(), bars });
    blocks
}

round_type!(PriorityRanking);
