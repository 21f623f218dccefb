//! `candour codes`.

use std::fs;
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use clap::Subcommand;
use documents::code_sheet::{CodeSheet, Slip, write_csv, write_html};

use super::targets::{Target, organisation};
use crate::addresses::entry_link;
use crate::config::Config;
use crate::secrets::create_private;

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
    let (tenant, campaign) = target.find(&actions).await?;
    let organisation = organisation(&tenant, &slug)?;
    // Before there are codes, so that none are lost for want of a file.
    let files = out.as_deref().map(Files::create).transpose()?;
    let codes = actions.issue_codes(&tenant, &campaign, organisation, count).await?;
    let url = config.server.public_url.of_tenant(&tenant);
    let slips = codes.iter().map(|code| Slip { code: code.to_string(), link: entry_link(&url, code) });
    let sheet = CodeSheet {
        tenant_name: tenant.name.clone(),
        campaign_title: campaign.title.clone(),
        entry_address: format!("{}enter", url.split_once("://").map_or(url.as_str(), |(_, bare)| bare)),
        support_address: tenant.contacts.support.clone(),
        slips: slips.collect(),
    };
    match files {
        None => write_csv(io::stdout().lock(), &sheet.slips)?,
        Some(files) => {
            let [csv, html] = files.write(&sheet)?;
            eprintln!("{count} codes in {} and, to print, {}", csv.display(), html.display());
            eprintln!("Whoever reads these files can enter: delete them when the codes are handed out.");
        }
    }
    Ok(())
}

/// The two files, made but empty.
struct Files {
    csv: (PathBuf, fs::File),
    html: (PathBuf, fs::File),
}

impl Files {
    fn create(folder: &Path) -> Result<Self> {
        fs::create_dir_all(folder)
            .with_context(|| format!("the folder {} cannot be made", folder.display()))?;
        let create = |name: &str| {
            let path = folder.join(name);
            let file = create_private(&path).with_context(|| format!("{} cannot be made", path.display()))?;
            anyhow::Ok((path, file))
        };
        Ok(Self { csv: create("codes.csv")?, html: create("codes.html")? })
    }

    fn write(self, sheet: &CodeSheet) -> Result<[PathBuf; 2]> {
        let mut csv = BufWriter::new(&self.csv.1);
        write_csv(&mut csv, &sheet.slips)?;
        csv.flush()?;
        let mut html = BufWriter::new(&self.html.1);
        write_html(&mut html, sheet)?;
        html.flush()?;
        Ok([self.csv.0, self.html.0])
    }
}
