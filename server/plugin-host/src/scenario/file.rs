//! How scenarios are written: JSON.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::Value;

/// A scenario.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Scenario {
    /// What it is about.
    pub name: String,
    /// The round's settings.
    pub config: Value,
    /// Who takes part, by token; what is said about them.
    #[serde(default)]
    pub people: BTreeMap<String, Person>,
    /// What happens.
    pub steps: Vec<Step>,
}

/// Somebody who takes part.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Person {
    /// The group that they are counted with.
    pub(super) cohort: Option<String>,
    /// What they say about themselves.
    #[serde(default)]
    pub(super) attributes: BTreeMap<String, String>,
}

/// One thing that happens.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub enum Step {
    /// The settings change.
    Config(Value),
    /// Settings that must be found wrong: the problems, as path and code.
    WrongConfig {
        /// The settings.
        config: Value,
        /// The problems.
        problems: Vec<(String, String)>,
    },
    /// The round opens or closes.
    Phase(ScenarioPhase),
    /// A page is drawn: the words that it must and must not have.
    Render {
        /// Who reads it; none for somebody who does not take part.
        who: Option<String>,
        /// The page.
        #[serde(default)]
        page: String,
        /// Words that are on it.
        #[serde(default)]
        has: Vec<String>,
        /// Words that are not on it.
        #[serde(default)]
        lacks: Vec<String>,
    },
    /// A form is sent.
    Submit(Box<SubmitStep>),
    /// What the round comes to: every figure, as subject, measure, group, people and value.
    Tally(Vec<FigureRow>),
    /// These figures may be seen from now on.
    Released(Vec<FigureRow>),
    /// What the round came to, told from figures that may be seen.
    Summarise {
        /// The figures.
        released: Vec<FigureRow>,
        /// Words that are on it.
        #[serde(default)]
        has: Vec<String>,
        /// Words that are not on it.
        #[serde(default)]
        lacks: Vec<String>,
    },
    /// What an earlier version kept is brought up to date and takes the place of what the round keeps.
    Migrate(Earlier),
    /// A sheet's rows.
    Export {
        /// The sheet.
        sheet: String,
        /// Every row.
        rows: Vec<Vec<Value>>,
    },
}

/// Somebody sends a form.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct SubmitStep {
    pub(super) who: String,
    #[serde(default)]
    pub(super) page: String,
    pub(super) form: String,
    pub(super) pressed: String,
    #[serde(default)]
    pub(super) fields: BTreeMap<String, OneOrMore>,
    /// The page that follows; not looked at if absent.
    pub(super) then: Option<String>,
    /// The posts, as name, subject and text.
    #[serde(default)]
    pub(super) posts: Vec<(String, String, String)>,
    /// Why it is refused: `not-open`, `no-such-form`, or the sentence that the round type says.
    pub(super) refused: Option<String>,
    /// What cannot be taken: fields and codes.
    #[serde(default)]
    pub(super) invalid: Vec<(String, String)>,
}

/// What an earlier version kept; values as JSON.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Earlier {
    /// The version in which it kept that.
    pub(super) from: u32,
    /// By participant, then by key.
    #[serde(default)]
    pub(super) kept: BTreeMap<String, BTreeMap<String, Value>>,
    /// By collection, then by key.
    #[serde(default)]
    pub(super) shared: BTreeMap<String, BTreeMap<String, Value>>,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(untagged)]
pub(super) enum OneOrMore {
    One(String),
    More(Vec<String>),
}

/// Subject, measure, group, people, and the value if there is one.
pub type FigureRow = (String, String, Option<String>, u32, Option<f64>);

/// Whether the round is open.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ScenarioPhase {
    /// Not yet.
    Before,
    /// It is.
    Open,
    /// Not any more.
    Closed,
}

impl OneOrMore {
    pub(super) fn list(&self) -> Vec<String> {
        match self {
            Self::One(value) => vec![value.clone()],
            Self::More(values) => values.clone(),
        }
    }
}
