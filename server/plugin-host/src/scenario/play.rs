//! One run of a scenario, step by step.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde_json::Value;

use super::file::{Earlier, FigureRow, Person, Scenario, ScenarioPhase, Step, SubmitStep};
use super::{Record, ScenarioFailure};
use crate::answers::Sent;
use crate::call::Log;
use crate::contract::{Attribute, Cell, Ctx, Figure, Participant, Phase, Problem};
use crate::failure::CallFailure;
use crate::host::{Call, Host};
use crate::memory_state::MemoryState;
use crate::page::Page;
use crate::plugin::Plugin;
use crate::rounds::SentForm;
use crate::state::{Changes, Place};

/// The hour that scenarios happen in: 1 May 2024, 09:00 UTC.
const NOW: u64 = 1_714_554_000;

/// A run under way.
pub(super) struct Play<'a> {
    host: &'a Host,
    call: Call,
    state: MemoryState,
    people: BTreeMap<String, Participant>,
    record: Record,
}

impl<'a> Play<'a> {
    pub(super) fn new(host: &'a Host, plugin: &Arc<Plugin>, scenario: &Scenario, log: &Log) -> Self {
        let state = MemoryState::new();
        let ctx = Ctx {
            round: "scenario".to_owned(),
            locale: "en-GB".to_owned(),
            now: NOW,
            seed: 1,
            config: scenario.config.to_string(),
            data_version: plugin.description().data_version,
            phase: Phase::Open,
        };
        let snapshot = state.snapshot();
        let call = Call {
            plugin: Arc::clone(plugin),
            ctx,
            state: Arc::new(snapshot.clone()),
            chance: 0,
            log: log.clone(),
        };
        let people =
            scenario.people.iter().map(|(token, person)| (token.clone(), participant(token, person)));
        let record = Record { pages: Vec::new(), results: Vec::new(), state: snapshot };
        Self { host, call, state, people: people.collect(), record }
    }

    pub(super) async fn run(mut self, scenario: &Scenario) -> Result<Record, ScenarioFailure> {
        let failed = |step, what| ScenarioFailure { name: scenario.name.clone(), step, what };
        self.expect_problems(&scenario.config, &[]).await.map_err(|what| failed(0, what))?;
        for (step, number) in scenario.steps.iter().zip(1..) {
            self.call.state = Arc::new(self.state.snapshot());
            self.call.chance = number as u64;
            self.step(step).await.map_err(|what| failed(number, what))?;
        }
        self.record.state = self.state.snapshot();
        Ok(self.record)
    }

    async fn step(&mut self, step: &Step) -> Result<(), String> {
        match step {
            Step::Config(config) => {
                self.expect_problems(config, &[]).await?;
                self.call.ctx.config = config.to_string();
                Ok(())
            }
            Step::WrongConfig { config, problems } => self.expect_problems(config, problems).await,
            Step::Phase(phase) => {
                self.call.ctx.phase = match phase {
                    ScenarioPhase::Before => Phase::Before,
                    ScenarioPhase::Open => Phase::Open,
                    ScenarioPhase::Closed => Phase::Closed,
                };
                Ok(())
            }
            Step::Render { who, page, has, lacks } => {
                let who = who.as_deref().map(|who| self.person(who)).transpose()?;
                let page = self.host.render(&self.call, who.as_ref(), page).await.map_err(words)?;
                self.expect_words(page, has, lacks)
            }
            Step::Submit(submit) => self.submit(submit).await,
            Step::Tally(expected) => {
                let results = self.host.tally(&self.call).await.map_err(words)?;
                let mut found: Vec<FigureRow> = results.figures.iter().cloned().map(row_of).collect();
                let mut expected = expected.clone();
                self.record.results.push(results);
                let order = |one: &FigureRow, other: &FigureRow| {
                    (&one.0, &one.1, &one.2).cmp(&(&other.0, &other.1, &other.2))
                };
                found.sort_by(order);
                expected.sort_by(order);
                same("figures", &found, &expected)
            }
            Step::Released(figures) => {
                self.state.release(figures.iter().cloned().map(figure_of).collect());
                Ok(())
            }
            Step::Summarise { released, has, lacks } => {
                let released: Vec<Figure> = released.iter().cloned().map(figure_of).collect();
                let page = self.host.summarise(&self.call, &released).await.map_err(words)?;
                self.expect_words(page, has, lacks)
            }
            Step::Migrate(earlier) => self.migrate(earlier).await,
            Step::Export { sheet, rows } => same("rows", &self.export(sheet).await?, rows),
        }
    }

    async fn expect_problems(&self, config: &Value, expected: &[(String, String)]) -> Result<(), String> {
        let problems =
            self.host.validate_config(&self.call.plugin, &config.to_string()).await.map_err(words)?;
        same("problems of the settings", codes(problems).as_slice(), expected)
    }

    fn expect_words(&mut self, page: Page, has: &[String], lacks: &[String]) -> Result<(), String> {
        let json = serde_json::to_string(&page).map_err(|error| error.to_string())?;
        let absent = has.iter().find(|word| !json.contains(word.as_str()));
        let present = lacks.iter().find(|word| json.contains(word.as_str()));
        self.record.pages.push(page);
        match (absent, present) {
            (Some(word), _) => Err(format!("the page lacks {word:?}: {json}")),
            (_, Some(word)) => Err(format!("the page has {word:?}: {json}")),
            _ => Ok(()),
        }
    }

    async fn submit(&mut self, step: &SubmitStep) -> Result<(), String> {
        let who = self.person(&step.who)?;
        let sent = SentForm {
            page: step.page.clone(),
            form: step.form.clone(),
            pressed: step.pressed.clone(),
            fields: step.fields.iter().map(|(name, values)| (name.clone(), values.list())).collect::<Sent>(),
        };
        match (self.host.submit(&self.call, &who, &sent).await, &step.refused) {
            (Ok((outcome, changes)), None) if step.invalid.is_empty() => {
                let posts = outcome
                    .posts
                    .into_iter()
                    .map(|post| (post.id, post.subject, post.text))
                    .collect::<Vec<_>>();
                same("posts", &posts, &step.posts)?;
                if let Some(then) = &step.then {
                    same("page that follows", &outcome.page, then)?;
                }
                self.state.apply(Some(&who), &changes).map_err(|moved| moved.to_string())
            }
            (Ok(_), _) => Err("the form was taken".to_owned()),
            (Err(CallFailure::Invalid(problems)), None) => same("problems", &codes(problems), &step.invalid),
            (Err(CallFailure::NotOpen), Some(refused)) => same("refusal", "not-open", refused.as_str()),
            (Err(CallFailure::NoSuchForm), Some(refused)) => {
                same("refusal", "no-such-form", refused.as_str())
            }
            (Err(CallFailure::Refused(sentence)), Some(refused)) => same("refusal", &sentence, refused),
            (Err(failure), _) => Err(failure.to_string()),
        }
    }

    async fn migrate(&mut self, earlier: &Earlier) -> Result<(), String> {
        let old = MemoryState::new();
        let keep = |who: Option<&Participant>, place: Place, value: &Value| {
            let written = [(place, Some(value.to_string().into_bytes()))].into();
            old.apply(who, &Changes { written, ..Changes::default() }).map_err(|moved| moved.to_string())
        };
        for (token, values) in &earlier.kept {
            let who = self.person(token)?;
            for (key, value) in values {
                keep(Some(&who), Place::Own { participant: token.clone(), key: key.clone() }, value)?;
            }
        }
        for (collection, values) in &earlier.shared {
            for (key, value) in values {
                keep(None, Place::Shared { collection: collection.clone(), key: key.clone() }, value)?;
            }
        }
        let mut call = self.call.clone();
        call.ctx.data_version = earlier.from;
        self.state = self.host.migrate_all(&call, &old.snapshot()).await.map_err(words)?;
        Ok(())
    }

    async fn export(&self, sheet: &str) -> Result<Vec<Vec<Value>>, String> {
        let mut rows = Vec::new();
        let mut after = None;
        loop {
            let page = self.host.export(&self.call, sheet, after.as_deref()).await.map_err(words)?;
            rows.extend(page.rows.into_iter().map(|row| row.into_iter().map(value_of).collect::<Vec<_>>()));
            after = page.next;
            if after.is_none() {
                return Ok(rows);
            }
        }
    }

    fn person(&self, token: &str) -> Result<Participant, String> {
        self.people.get(token).cloned().ok_or_else(|| format!("nobody is called {token}"))
    }
}

fn participant(token: &str, person: &Person) -> Participant {
    let attribute =
        |(name, value): (&String, &String)| Attribute { name: name.clone(), value: value.clone() };
    let attributes = person.attributes.iter().map(attribute).collect();
    Participant { token: token.to_owned(), cohort: person.cohort.clone(), attributes }
}

fn figure_of((subject, measure, cohort, people, value): FigureRow) -> Figure {
    Figure { subject, measure, cohort, people, value }
}

fn row_of(Figure { subject, measure, cohort, people, value }: Figure) -> FigureRow {
    (subject, measure, cohort, people, value)
}

fn value_of(cell: Cell) -> Value {
    match cell {
        Cell::Empty => Value::Null,
        Cell::Text(text) => text.into(),
        Cell::Number(number) => number.into(),
    }
}

fn codes(problems: Vec<Problem>) -> Vec<(String, String)> {
    problems.into_iter().map(|problem| (problem.path, problem.code)).collect()
}

fn words(failure: CallFailure) -> String {
    failure.to_string()
}

fn same<T: PartialEq + std::fmt::Debug + ?Sized>(what: &str, found: &T, expected: &T) -> Result<(), String> {
    if found == expected { Ok(()) } else { Err(format!("{what}: found {found:?}, expected {expected:?}")) }
}
