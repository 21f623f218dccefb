//! Quick pulse: a short survey, one question a page, saved as one goes. A question can depend on an answer before it.
//!
//! Here: pages and forms. Not here: the settings with their rules ([`config`]) and the count ([`tally`]). To add one more kind of question: a case of
//! [`config::Kind`], and the compiler says where it matters.

mod config;
mod sheets;
mod tally;

use std::collections::BTreeMap;

use guest_sdk::{
    Blocks, ChoiceInput, Fact, Failure, Figure, NumberInput, OptionItem, Outcome, Participant, Phase,
    Problem, Results, Round, RoundType, Rows, SentForm, Sheet, Table, TextInput, Tone, Value, no_such_page,
    round_type, state,
};
use serde::{Deserialize, Serialize};

use config::{Config, Kind, Question};

/// The key under which a participant keeps their answers.
const ANSWERS: &str = "answers";

/// What somebody said to a question.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum Said {
    /// Seen, and left empty.
    Nothing,
    Choices(Vec<String>),
    Number(i32),
    Text(String),
}

/// Answers by the names of questions.
type Answers = BTreeMap<String, Said>;

struct QuickPulse;

impl RoundType for QuickPulse {
    type Config<'a> = Config<'a>;

    fn problems(config: &Config<'_>) -> Vec<Problem> {
        config.problems()
    }

    fn sheets() -> Vec<Sheet> {
        sheets::all()
    }

    fn render(round: &Round<Config<'_>>, who: Option<&Participant>, page: &str) -> Result<Blocks, Failure> {
        let config = &round.config;
        let answers: Answers =
            if who.is_some() { state::mine(ANSWERS)?.unwrap_or_default() } else { Answers::new() };
        let takes_part = who.is_some() && round.ctx.phase == Phase::Open;
        match page.split_once('/') {
            None if page.is_empty() => Ok(front(round, takes_part, &answers)),
            Some(("question", id)) if takes_part => {
                let question =
                    config.asked(&answers).find(|question| question.id == id).ok_or_else(no_such_page)?;
                Ok(question_page(config, question, &answers))
            }
            _ => Err(no_such_page()),
        }
    }

    fn submit(round: &Round<Config<'_>>, _: &Participant, sent: &SentForm<'_>) -> Result<Outcome, Failure> {
        let id = sent.page.strip_prefix("question/").ok_or_else(no_such_page)?;
        let mut answers: Answers = state::mine(ANSWERS)?.unwrap_or_default();
        let said = match sent.value("answer") {
            Some(Value::Choices(choices)) => Said::Choices(choices.clone()),
            Some(Value::Number(number)) => Said::Number(*number),
            Some(Value::Text(text)) => Said::Text(text.clone()),
            _ => Said::Nothing,
        };
        answers.insert(id.to_owned(), said);
        state::keep_mine(ANSWERS, &answers)?;
        let mut rest = round.config.asked(&answers).skip_while(|question| question.id != id).skip(1);
        let page = rest.find(|question| !answers.contains_key(&*question.id));
        let page = page.map_or_else(String::new, |question| format!("question/{}", question.id));
        let notice = page.is_empty().then(|| "Saved. You can change it until this closes.".to_owned());
        Ok(Outcome { notice, page, posts: Vec::new() })
    }

    fn tally(round: &Round<Config<'_>>) -> Result<Results, Failure> {
        tally::tally(&round.config)
    }

    fn summarise(round: &Round<Config<'_>>, released: &[Figure]) -> Result<Blocks, Failure> {
        Ok(summarise(&round.config, released))
    }

    fn export(round: &Round<Config<'_>>, sheet: &str, after: Option<&str>) -> Result<Rows, Failure> {
        sheets::rows(&round.config, sheet, after)
    }
}

/// How far one is, and what one said.
fn front(round: &Round<Config<'_>>, takes_part: bool, answers: &Answers) -> Blocks {
    let config = &round.config;
    let mut page = Blocks::new();
    if !config.introduction.is_empty() {
        page.prose(&*config.introduction);
    }
    if round.ctx.phase == Phase::Closed {
        page.notice(Tone::Information, "This survey has closed.");
    }
    if !takes_part {
        for question in &config.questions {
            page.prose(&*question.text);
        }
        return page;
    }
    let asked: Vec<&Question<'_>> = config.asked(answers).collect();
    let answered = asked.iter().filter(|question| answers.contains_key(&*question.id)).count();
    let count = |number: usize| u32::try_from(number).unwrap_or(u32::MAX);
    page.progress("Questions you have seen", count(answered), count(asked.len()).max(1));
    match asked.iter().find(|question| !answers.contains_key(&*question.id)) {
        Some(next) => {
            let label = if answered == 0 { "Start" } else { "Go on" };
            page.page_link(label, format!("question/{}", next.id));
        }
        None => {
            page.notice(Tone::Success, "You have answered everything. Thank you.");
        }
    }
    for question in asked {
        let Some(said) = answers.get(&*question.id) else { continue };
        let fact = Fact { name: question.text.to_string(), value: words(question, said) };
        page.summary(vec![fact]);
        page.page_link(format!("Change: {}", question.text), format!("question/{}", question.id));
    }
    page
}

fn words(question: &Question<'_>, said: &Said) -> String {
    match said {
        Said::Nothing => "No answer".to_owned(),
        Said::Number(number) => number.to_string(),
        Said::Text(text) => text.clone(),
        Said::Choices(choices) => {
            let labels =
                question.options().iter().filter(|option| choices.iter().any(|choice| option.id == **choice));
            labels.map(|option| &*option.label).collect::<Vec<_>>().join(", ")
        }
    }
}

fn question_page(config: &Config<'_>, question: &Question<'_>, answers: &Answers) -> Blocks {
    let mut page = Blocks::new();
    let asked: Vec<&Question<'_>> = config.asked(answers).collect();
    let before = asked.iter().position(|one| one.id == question.id).unwrap_or_default();
    let count = |number: usize| u32::try_from(number).unwrap_or(u32::MAX);
    page.progress("Questions", count(before), count(asked.len()).max(1));
    let said = answers.get(&*question.id);
    page.form("answer", |form| {
        let (field, label) = ("answer".to_owned(), question.text.to_string());
        let (hint, required) = (question.hint.as_ref().map(ToString::to_string), question.required);
        match &question.kind {
            Kind::Choice { options, max_chosen } => {
                let item = |option: &config::Choice<'_>| OptionItem {
                    value: option.id.to_string(),
                    label: option.label.to_string(),
                    hint: None,
                };
                let is_option = |id: &String| options.iter().any(|option| option.id == *id);
                let chosen = match said {
                    Some(Said::Choices(choices)) => {
                        choices.iter().filter(|id| is_option(id)).cloned().collect()
                    }
                    _ => Vec::new(),
                };
                let (options, max_chosen) = (options.iter().map(item).collect(), *max_chosen);
                form.choice_input(ChoiceInput { field, label, hint, required, options, max_chosen, chosen });
            }
            Kind::Scale { min, max } => {
                let value = match said {
                    Some(Said::Number(number)) if (min..=max).contains(&number) => Some(*number),
                    _ => None,
                };
                form.number_input(NumberInput { field, label, hint, required, min: *min, max: *max, value });
            }
            Kind::Text { max_characters } => {
                let value = match said {
                    Some(Said::Text(text)) => text.clone(),
                    _ => String::new(),
                };
                let max_characters = *max_characters;
                form.text_input(TextInput { field, label, hint, required, max_characters, rows: 4, value });
            }
        }
        form.button("next", "Save and go on");
    });
    page.page_link("All my answers", "");
    page
}

fn summarise(config: &Config<'_>, released: &[Figure]) -> Blocks {
    let figure = |subject: &str, measure: &str| {
        released
            .iter()
            .find(|figure| figure.subject == subject && figure.measure == measure && figure.cohort.is_none())
    };
    let people = |subject: &str, measure: &str| {
        figure(subject, measure).map_or("Too few to show".to_owned(), |figure| figure.people.to_string())
    };
    let mut page = Blocks::new();
    for question in &config.questions {
        let mut rows = vec![vec!["Answered".to_owned(), people(&question.id, tally::ANSWERED)]];
        for option in question.options() {
            let measure = tally::measure_of(question, &option.id);
            rows.push(vec![option.label.to_string(), people(&question.id, &measure)]);
        }
        if let Some(mean) = figure(&question.id, tally::MEAN).and_then(|figure| figure.value) {
            rows.push(vec!["Mean".to_owned(), format!("{mean:.1}")]);
        }
        let columns = ["Answer", "People"].map(str::to_owned).to_vec();
        page.table(Table { caption: question.text.to_string(), columns, rows });
    }
    page
}

round_type!(QuickPulse);
