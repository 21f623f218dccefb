//! `candour export`.

use std::fs::{self, File};
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};

use actions::Exported;
use anyhow::{Context, Result};
use clap::ValueEnum;
use documents::conversation_json::write_conversation;
use documents::polis::{write_statements, write_summary, write_votes};

use super::targets::Target;
use crate::config::Config;
use crate::new_file;

/// What to export.
#[derive(clap::Args)]
pub struct Args {
    #[command(flatten)]
    target: Target,
    /// polis: comments.csv, votes.csv and summary.csv, without comments on contributions; json: everything, as conversation.json
    #[arg(long)]
    format: Format,
    /// The folder for the files; none is overwritten
    #[arg(long, value_name = "DIR")]
    out: PathBuf,
}

#[derive(Clone, Copy, ValueEnum)]
enum Format {
    Polis,
    Json,
}

/// Writes a campaign out.
pub async fn run(args: &Args, config: &Config) -> Result<()> {
    let actions = super::actions(config).await?;
    let (tenant, campaign) = args.target.find(actions.tenants()).await?;
    let exported = actions.export_campaign(&tenant, &campaign).await?;
    fs::create_dir_all(&args.out)
        .with_context(|| format!("the folder {} cannot be made", args.out.display()))?;
    match args.format {
        Format::Polis => write_polis(&args.out, &exported)?,
        Format::Json => write(&args.out, "conversation.json", |file| {
            Ok(write_conversation(file, &exported.conversation)?)
        })?,
    }
    let Exported { conversation, statements, votes, .. } = &exported;
    let (posts, votes) = match args.format {
        Format::Polis => (statements.len(), votes.len()),
        Format::Json => (conversation.posts.len(), conversation.votes.len()),
    };
    eprintln!("{posts} posts and {votes} votes in {}", args.out.display());
    Ok(())
}

fn write_polis(folder: &Path, exported: &Exported) -> Result<()> {
    write(folder, "comments.csv", |file| Ok(write_statements(file, &exported.statements)?))?;
    write(folder, "votes.csv", |file| Ok(write_votes(file, &exported.votes)?))?;
    write(folder, "summary.csv", |file| Ok(write_summary(file, &exported.summary)?))
}

fn write(folder: &Path, name: &str, fill: impl FnOnce(&mut BufWriter<File>) -> Result<()>) -> Result<()> {
    let path = folder.join(name);
    let about = || path.display().to_string();
    let mut file = BufWriter::new(new_file::create(&path)?);
    fill(&mut file).with_context(about)?;
    file.flush().with_context(about)
}
