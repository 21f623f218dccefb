//! Statement vote: one statement at a time, with which people agree or disagree, or which they pass over. Which comes next is what most can be learnt from.
//!
//! Here: settings, pages, votes. Not here: groups of opinion, which are worked out from the exported votes. To add one more answer: a case of
//! [`Vote`], and its button and measure follow.

mod next;
mod sheets;
mod tally;

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};

use guest_sdk::{
    Blocks, Card, Failure, Figure, Outcome, Participant, Phase, Post, Problem, Results, Round, RoundType,
    Rows, SentForm, Sheet, Table, TextInput, Tone, no_such_page, problem, round_type, state,
};
use serde::{Deserialize, Serialize};

/// The most statements.
const STATEMENTS: usize = 300;
/// The longest statement of a participant, characters.
const STATEMENT: u32 = 280;
/// The key under which a participant keeps their votes.
const VOTES: &str = "votes";
/// The page of votes that were given, and the subject of statements that people suggest.
const MINE: &str = "mine";
const SUGGESTED: &str = "suggested";

#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
struct Config<'a> {
    /// What people vote on.
    #[serde(borrow)]
    statements: Vec<Statement<'a>>,
    /// Whether people can suggest statements.
    #[serde(default)]
    suggestions: bool,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
struct Statement<'a> {
    /// Its name: lower-case letters, digits and hyphens.
    #[serde(borrow)]
    id: Cow<'a, str>,
    /// One sentence.
    #[serde(borrow)]
    text: Cow<'a, str>,
}

/// What somebody thinks of a statement.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum Vote {
    Agree,
    Disagree,
    Pass,
}

impl Vote {
    const ALL: [Self; 3] = [Self::Agree, Self::Disagree, Self::Pass];

    fn id(self) -> &'static str {
        match self {
            Self::Agree => "agree",
            Self::Disagree => "disagree",
            Self::Pass => "pass",
        }
    }

    fn words(self) -> &'static str {
        match self {
            Self::Agree => "Agree",
            Self::Disagree => "Disagree",
            Self::Pass => "Pass",
        }
    }
}

/// Votes by the names of statements.
type Votes = BTreeMap<String, Vote>;

struct StatementVote;

impl RoundType for StatementVote {
    type Config<'a> = Config<'a>;

    fn problems(config: &Config<'_>) -> Vec<Problem> {
        let mut problems = Vec::new();
        if !(1..=STATEMENTS).contains(&config.statements.len()) {
            problems.push(problem("/statements", "how-many", format!("Give 1 to {STATEMENTS} statements.")));
        }
        let mut seen = BTreeSet::new();
        for (index, statement) in config.statements.iter().enumerate() {
            if !is_name(&statement.id) {
                let message = "Use lower-case letters, digits and hyphens, 54 at most.";
                problems.push(problem(format!("/statements/{index}/id"), "not-a-name", message));
            }
            if statement.text.trim().is_empty() {
                problems.push(problem(format!("/statements/{index}/text"), "empty", "Write the statement."));
            }
            if !seen.insert(&statement.id) {
                problems.push(problem("/statements", "twice", format!("{} is there twice.", statement.id)));
            }
        }
        problems
    }

    fn sheets() -> Vec<Sheet> {
        sheets::all()
    }

    fn render(round: &Round<Config<'_>>, who: Option<&Participant>, page: &str) -> Result<Blocks, Failure> {
        let votes: Votes = if who.is_some() { state::mine(VOTES)?.unwrap_or_default() } else { Votes::new() };
        let votes_now = who.is_some() && round.ctx.phase == Phase::Open;
        match page.split_once('/') {
            None if page.is_empty() && votes_now => one_statement(round, &votes),
            None if page.is_empty() => Ok(all_statements(round)),
            None if page == MINE && who.is_some() => Ok(mine(&round.config, &votes)),
            Some(("statement", id)) if votes_now => again(&round.config, &votes, id),
            _ => Err(no_such_page()),
        }
    }

    fn submit(round: &Round<Config<'_>>, _: &Participant, sent: &SentForm<'_>) -> Result<Outcome, Failure> {
        let said = |notice: Option<&str>, page: &str, posts| {
            Ok(Outcome { notice: notice.map(str::to_owned), page: page.to_owned(), posts })
        };
        if sent.form == "suggest" {
            let text = sent.text("statement").to_owned();
            // Named by what it says, so that sending it twice is one statement.
            let id = format!("statement-{:016x}", next::hash(round.ctx.seed, &text));
            let post = Post { id, subject: SUGGESTED.to_owned(), text };
            return said(Some("Thank you. Others can read it soon."), "", vec![post]);
        }
        let id = sent.form.strip_prefix("vote-").ok_or_else(no_such_page)?;
        let vote = Vote::ALL.into_iter().find(|vote| vote.id() == sent.pressed).ok_or_else(no_such_page)?;
        let mut votes: Votes = state::mine(VOTES)?.unwrap_or_default();
        votes.insert(id.to_owned(), vote);
        state::keep_mine(VOTES, &votes)?;
        let page = if sent.page.is_empty() { "" } else { MINE };
        said(None, page, Vec::new())
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

/// The statement that comes next.
fn one_statement(round: &Round<Config<'_>>, votes: &Votes) -> Result<Blocks, Failure> {
    let config = &round.config;
    let mut page = Blocks::new();
    let done = config.statements.iter().filter(|statement| votes.contains_key(&*statement.id)).count();
    let count = |number: usize| u32::try_from(number).unwrap_or(u32::MAX);
    page.progress("Statements you have voted on", count(done), count(config.statements.len()).max(1));
    match next::choose(config, votes, round.ctx.seed, &state::released()?) {
        Some(statement) => vote_form(&mut page, statement),
        None => {
            page.notice(Tone::Success, "You have voted on every statement. Thank you.");
        }
    }
    if done > 0 {
        page.page_link("See or change your votes", MINE);
    }
    if config.suggestions {
        page.details("Is something missing?", |inside| {
            inside.form("suggest", |form| {
                form.text_input(TextInput {
                    field: "statement".to_owned(),
                    label: "Suggest a statement".to_owned(),
                    hint: Some(
                        "One sentence that others can agree or disagree with. Do not name anybody."
                            .to_owned(),
                    ),
                    required: true,
                    max_characters: STATEMENT,
                    rows: 2,
                    value: String::new(),
                });
                form.other_button("suggest", "Suggest it");
            });
            inside.thread(SUGGESTED, "Statements that people suggest");
        });
    }
    Ok(page)
}

fn vote_form(page: &mut Blocks, statement: &Statement<'_>) {
    page.heading(2, &*statement.text);
    page.form(&format!("vote-{}", statement.id), |form| {
        form.button(Vote::Agree.id(), Vote::Agree.words());
        form.button(Vote::Disagree.id(), Vote::Disagree.words());
        form.other_button(Vote::Pass.id(), Vote::Pass.words());
    });
}

/// A statement that somebody wants to vote on again.
fn again(config: &Config<'_>, votes: &Votes, id: &str) -> Result<Blocks, Failure> {
    let statement = config.statements.iter().find(|statement| statement.id == id).ok_or_else(no_such_page)?;
    let mut page = Blocks::new();
    vote_form(&mut page, statement);
    if let Some(vote) = votes.get(id) {
        page.prose(format!("Your vote now: {}.", vote.words()));
    }
    page.page_link("Your votes", MINE);
    Ok(page)
}

/// The votes that were given.
fn mine(config: &Config<'_>, votes: &Votes) -> Blocks {
    let mut page = Blocks::new();
    page.heading(2, "Your votes");
    for statement in &config.statements {
        let Some(vote) = votes.get(&*statement.id) else { continue };
        let (id, title) = (statement.id.to_string(), statement.text.to_string());
        let tag = Some(vote.words().to_owned());
        page.card(Card { id, title, tag }, |inside| {
            inside
                .page_link(format!("Vote again: {}", statement.text), format!("statement/{}", statement.id));
        });
    }
    page.page_link("Go on", "");
    page
}

/// All statements, for those who only read.
fn all_statements(round: &Round<Config<'_>>) -> Blocks {
    let mut page = Blocks::new();
    if round.ctx.phase == Phase::Closed {
        page.notice(Tone::Information, "Voting has closed.");
    }
    for statement in &round.config.statements {
        page.prose(&*statement.text);
    }
    page
}

fn summarise(config: &Config<'_>, released: &[Figure]) -> Blocks {
    let people = |subject: &str, measure: &str| {
        let is_it = |figure: &&Figure| {
            figure.subject == subject && figure.measure == measure && figure.cohort.is_none()
        };
        released.iter().find(is_it).map_or("Too few to show".to_owned(), |figure| figure.people.to_string())
    };
    let row = |statement: &Statement<'_>| {
        let cells = Vote::ALL.map(|vote| people(&statement.id, vote.id()));
        [vec![statement.text.to_string()], cells.to_vec()].concat()
    };
    let columns = ["Statement", "Agree", "Disagree", "Pass"].map(str::to_owned).to_vec();
    let mut page = Blocks::new();
    // As many as a table may have.
    for statements in config.statements.chunks(300) {
        let rows = statements.iter().map(row).collect();
        page.table(Table { caption: "How people voted".to_owned(), columns: columns.clone(), rows });
    }
    page
}

/// Names of forms and pages put up to ten letters before it.
fn is_name(name: &str) -> bool {
    let is_fine = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
    (1..=54).contains(&name.len()) && name.bytes().all(is_fine)
}

round_type!(StatementVote);
