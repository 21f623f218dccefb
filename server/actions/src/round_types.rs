//! Rounds that a round type runs: which component, what it draws, what people give, what it comes to.
//!
//! Here: where round types' components come from and how they are called for a round. Not here: what they may do and use, and whether what
//! they give is sound (plugin-host's). A guest is called on what was read, never inside a transaction; then what it wants to write is written, if
//! nothing that it read has moved (`keep_answers`).

mod admit;
mod calling;
mod check_settings;
mod export_sheet;
mod keep_answers;
mod known;
mod own_parts;
mod publish_results;
mod show_activity;
mod snapshot;
mod take_part;
mod upgrade;
mod write_posts;

use std::path::PathBuf;
use std::sync::Arc;

use credentials::{Pepper, compiled_code_key};
use plugin_host::{CompileRefusal, Compiler, EngineFault, Host, LoadRefusal, Shelf};
use storage::conversation::Conversation;
use thiserror::Error;
use tokio::sync::OnceCell;

pub use admit::{AdmitRefusal, ListedRoundType, RunningRound};
pub use check_settings::example;
pub use export_sheet::ListedSheet;
pub use keep_answers::OwnAnswers;
pub(crate) use keep_answers::{Ask, write_waiting};
pub(crate) use known::Known;
use own_parts::RememberedParts;
pub(crate) use plugin_host::contract::Post as RoundPost;
pub use plugin_host::contract::{
    Bar, Button, Card, Chart, ChoiceInput, Evidence, Fact, Form, Heading, Notice, NumberInput, OptionItem,
    PageLink, PointsInput, Problem, Progress, RankInput, Share, Table, TextInput, Thread, Tone,
};
pub use plugin_host::{Digest, Example, ExampleQuestion, Figures as CallFigures, Node, Page, SentForm};
pub use show_activity::{Activity, ActivityView, ThreadView};
pub use take_part::Taken;
pub(crate) use take_part::kept_answers;
pub use upgrade::UpgradeRefusal;

/// Where round types are compiled, and whose are admitted.
#[derive(Clone, Debug)]
pub struct RoundTypeSettings {
    /// The folder of compiled components: the server's own.
    pub folder: PathBuf,
    /// The program that compiles, as `<program> plugin compile <class>`: this one.
    pub compiler: PathBuf,
    /// Whose signed round types operators may admit: Ed25519 keys, hexadecimal.
    pub publishers: Vec<String>,
}

/// Every round type that this process can run.
#[derive(Clone)]
pub(crate) struct RoundTypes(Arc<Inner>);

struct Inner {
    settings: RoundTypeSettings,
    key: [u8; 32],
    conversation: Conversation,
    machine: OnceCell<Machine>,
    known: Known,
    parts: RememberedParts,
}

/// What runs guests; made when one is needed, as it takes address space and a thread.
pub(crate) struct Machine {
    pub host: Host,
    pub compiler: Compiler,
}

/// Why a round type cannot be run. For operators: a participant reads that the activity is unavailable.
#[derive(Debug, Error)]
pub enum RoundTypeFault {
    /// None is admitted by this name.
    #[error("there is no round type called `{0}` here")]
    Unknown(String),
    /// An operator has withdrawn it.
    #[error("the round type {0} has been withdrawn")]
    Withdrawn(Digest),
    /// It cannot be compiled.
    #[error(transparent)]
    Compile(#[from] CompileRefusal),
    /// It cannot be loaded.
    #[error(transparent)]
    Load(#[from] LoadRefusal),
    /// This machine cannot run guests.
    #[error(transparent)]
    Engine(#[from] EngineFault),
    /// What is stored of it cannot be read.
    #[error("{0}")]
    Stored(String),
}

impl RoundTypes {
    pub(crate) fn new(settings: RoundTypeSettings, pepper: &Pepper, conversation: Conversation) -> Self {
        let key = compiled_code_key(pepper);
        Self(Arc::new(Inner {
            settings,
            key,
            conversation,
            machine: OnceCell::new(),
            known: Known::default(),
            parts: RememberedParts::default(),
        }))
    }

    /// Whose signed round types may be admitted.
    pub(crate) fn publishers(&self) -> &[String] {
        &self.0.settings.publishers
    }

    /// How the components behave that this process has loaded, by digest.
    pub(crate) fn figures(&self) -> Vec<(String, CallFigures)> {
        let Some(machine) = self.0.machine.get() else { return Vec::new() };
        let loaded = machine.host.loaded().into_iter();
        loaded.map(|plugin| (plugin.digest().to_string(), plugin.figures())).collect()
    }

    /// What participants keep, as this process remembers it.
    pub(crate) fn parts(&self) -> &RememberedParts {
        &self.0.parts
    }

    pub(crate) async fn machine(&self) -> Result<&Machine, RoundTypeFault> {
        let make = || async {
            let settings = &self.0.settings;
            let shelf = Shelf::new(settings.folder.clone(), self.0.key)?;
            let arguments = ["plugin", "compile"].map(Into::into).to_vec();
            let compiler = Compiler::new(settings.compiler.clone(), arguments, shelf);
            Ok(Machine { host: Host::new()?, compiler })
        };
        self.0.machine.get_or_try_init(make).await
    }
}
