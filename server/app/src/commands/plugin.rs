//! `candour plugin`: for those who write round types, for operators who admit them, and the child that compiles them.

mod admit;
mod check;
mod dev;
mod new;
mod sign;
mod stage;
mod test;

use std::process::ExitCode;

use anyhow::Result;
use clap::{Subcommand, ValueEnum};
use plugin_host::compile_as_child;

use crate::config::Config;

/// What to do with a round type.
#[derive(Subcommand)]
pub enum Command {
    /// Begin a round type in Rust: a folder with all that it needs
    New(new::Args),
    /// Say whether a component keeps the contract: imports, size, compiling, odd answers, the same twice, pages that all can read
    Check(check::Args),
    /// Show it in a browser on this machine and run its scenarios, and again whenever it changes
    Dev(dev::Args),
    /// Run scenarios
    Test(test::Args),
    /// Sign a manifest; makes the key if it is not there
    Sign(sign::Args),
    /// For operators: admit, list, withdraw, upgrade
    #[command(flatten)]
    Operate(admit::Command),
    /// Compile standard input to standard output, within the bounds of its class. The server calls this
    #[command(hide = true)]
    Compile {
        /// How big it may be
        class: Class,
    },
}

/// How big a component may be.
#[derive(Clone, Copy, Debug, Default, ValueEnum)]
pub enum Class {
    /// Compiled languages
    #[default]
    Small,
    /// Languages that bring an interpreter
    Large,
}

impl From<Class> for plugin_host::Class {
    fn from(class: Class) -> Self {
        match class {
            Class::Small => Self::Small,
            Class::Large => Self::Large,
        }
    }
}

/// Does it. Exit code 1 for a round type that is not as it should be.
pub async fn run(command: Command, config: impl Fn() -> Result<Config>) -> Result<ExitCode> {
    match command {
        Command::New(args) => new::run(&args).map(|()| ExitCode::SUCCESS),
        Command::Check(args) => check::run(&args).await,
        Command::Dev(args) => dev::run(&args).await,
        Command::Test(args) => test::run(&args).await,
        Command::Sign(args) => sign::run(&args).map(|()| ExitCode::SUCCESS),
        Command::Operate(command) => admit::run(command, &config()?).await.map(|()| ExitCode::SUCCESS),
        Command::Compile { class } => Ok(compile_as_child(class.into())),
    }
}
