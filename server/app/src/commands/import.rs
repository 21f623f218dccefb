//! `candour import`.

use std::fs::File;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use actions::Imported;
use anyhow::{Context, Result, bail};
use clap::Subcommand;
use documents::conversation_json::{ConversationRefusal, read_conversation};
use documents::polis::read_export;

use super::progress::bar;
use super::targets::Target;
use crate::config::Config;

/// What to import. Loading the same again replaces it; it does not double it.
#[derive(Subcommand)]
pub enum Command {
    /// A Polis export: a folder with comments.csv and votes.csv, into the campaign's first round
    Polis {
        #[command(flatten)]
        target: Target,
        /// The prompt that the statements answer; the round's first if not given
        #[arg(long, value_name = "SLUG")]
        prompt: Option<String>,
        /// Says on the campaign's pages where it came from, such as an attribution
        #[arg(long, value_name = "TEXT")]
        note: Option<String>,
        /// The folder
        folder: PathBuf,
    },
    /// A campaign that `candour export --format json` wrote
    Json {
        #[command(flatten)]
        target: Target,
        /// The file
        file: PathBuf,
    },
}

/// Loads a conversation, or lists what is wrong with its files and loads nothing.
pub async fn run(command: Command, config: &Config) -> Result<ExitCode> {
    let actions = super::actions(config).await?;
    let imported = match command {
        Command::Polis { target, prompt, note, folder } => {
            let (tenant, campaign) = target.find(actions.tenants()).await?;
            let export =
                match read_export(open(&folder.join("comments.csv"))?, open(&folder.join("votes.csv"))?) {
                    Ok(export) => export,
                    Err(problems) => {
                        let of = |file: String| folder.join(file).display().to_string();
                        let lines = problems
                            .iter()
                            .map(|row| format!("{}:{}: {}", of(row.file.to_string()), row.line, row.reason));
                        return Ok(refuse(lines));
                    }
                };
            let bar = bar(export.votes.len() as u64, "votes");
            let progress = |written| bar.set_position(written);
            let (prompt, note) = (prompt.as_deref(), note.as_deref());
            actions.import_polis(&tenant, &campaign, prompt, note, export, &progress).await?
        }
        Command::Json { target, file } => {
            let (tenant, campaign) = target.find(actions.tenants()).await?;
            let conversation = match read_conversation(open(&file)?) {
                Ok(conversation) => conversation,
                Err(ConversationRefusal::Malformed(error)) => {
                    return Ok(refuse([format!("{}:{}: {error}", file.display(), error.line())]));
                }
                Err(ConversationRefusal::Contradictory(found)) => {
                    return Ok(refuse(found.iter().map(|each| format!("{}: {each}", file.display()))));
                }
                Err(refusal) => bail!("{}: {refusal}", file.display()),
            };
            let bar = bar(conversation.votes.len() as u64, "votes");
            let progress = |written| bar.set_position(written);
            actions.import_conversation(&tenant, &campaign, &conversation, &progress).await?
        }
    };
    let Imported { participants, posts, votes_cast, votes_standing } = imported;
    println!(
        "{posts} posts, {votes_cast} votes cast of which {votes_standing} stand, by {participants} people"
    );
    Ok(ExitCode::SUCCESS)
}

fn open(path: &Path) -> Result<File> {
    File::open(path).with_context(|| format!("{} cannot be read", path.display()))
}

fn refuse(lines: impl IntoIterator<Item = String>) -> ExitCode {
    let mut count = 0;
    for line in lines {
        eprintln!("{line}");
        count += 1;
    }
    eprintln!("candour: nothing was loaded: put the {count} problem(s) above right and try again");
    ExitCode::FAILURE
}
