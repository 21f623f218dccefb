//! `candour codes`.

use std::io::{self, Write};
use std::path::PathBuf;

use anyhow::Result;
use clap::Subcommand;
use documents::code_sheet::{write_csv, write_html};

use super::targets::{Target, organisation};
use crate::config::Config;
use crate::new_file::NewFiles;

/// What to do with codes.
#[derive(Subcommand)]
pub enum Command {
    /// Issue sealed codes for an organisation to hand out; they are shown once and stored nowhere
    Issue {
        #[command(flatten)]
        target: Target,
        /// The organisation whose people get them
        #[arg(long, value_name = "SLUG")]
        organisation: String,
        /// How many
        #[arg(long)]
        count: usize,
        /// The folder for codes.csv and codes.html, to print; without it the CSV goes to standard output
        #[arg(long, value_name = "DIR")]
        out: Option<PathBuf>,
    },
}

/// Issues codes.
pub async fn run(command: Command, config: &Config) -> Result<()> {
    let Command::Issue { target, organisation: slug, count, out } = command;
    let actions = super::actions(config).await?;
    let (tenant, campaign) = target.find(actions.tenants()).await?;
    let organisation = organisation(&tenant, &slug)?;
    // Before there are codes, so that none are lost for want of a file.
    let files = out.map(|folder| NewFiles::create(&folder, &["codes.csv", "codes.html"])).transpose()?;
    let codes = actions.issue_codes(&tenant, &campaign, organisation, count).await?;
    let url = config.server.public_url.of_tenant(&tenant);
    let sheet = actions.code_sheet(&tenant, &campaign, &codes, &url).await?;
    match files {
        None => write_csv(io::stdout().lock(), &sheet.slips)?,
        Some(files) => {
            let (mut csv, mut html) = (files.writer(0), files.writer(1));
            write_csv(&mut csv, &sheet.slips)?;
            csv.flush()?;
            write_html(&mut html, &sheet)?;
            html.flush()?;
            drop((csv, html));
            let written: Vec<String> = files.keep().iter().map(|path| path.display().to_string()).collect();
            eprintln!("{count} codes in {}", written.join(" and, to print, "));
            eprintln!("Whoever reads these files can enter: delete them when the codes are handed out.");
        }
    }
    Ok(())
}
