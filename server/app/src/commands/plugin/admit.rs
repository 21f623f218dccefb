//! `candour plugin admit`, `installed`, `withdraw`, `upgrade`: the operator's side of round types, at the server itself.

use std::fs;
use std::path::PathBuf;

use actions::round_types::Digest;
use actions::{Actor, Tenant};
use anyhow::{Context, Result, anyhow, ensure};
use clap::Subcommand;
use domain::ids::TenantId;
use domain::tenant_pack::PLATFORM;

use crate::commands::actions;
use crate::commands::targets::find_tenant;
use crate::config::Config;

/// What to do with the round types of this deployment.
#[derive(Subcommand)]
pub enum Command {
    /// Admit a round type whose manifest a trusted publisher has signed (round_types.publishers)
    Admit {
        /// The component
        component: PathBuf,
        /// Its signed manifest
        manifest: PathBuf,
    },
    /// List the round types that are here, and which rounds run them
    Installed,
    /// Withdraw a component: no round runs it any more
    Withdraw {
        /// Its SHA-256, as `candour plugin installed` shows it
        digest: String,
        /// Admit it again instead
        #[arg(long)]
        undo: bool,
    },
    /// Bring a round to the present version of its round type, while people take part
    Upgrade {
        /// The tenant's short name
        #[arg(long)]
        tenant: String,
        /// The campaign's short name
        #[arg(long)]
        campaign: String,
        /// The round's short name
        #[arg(long)]
        round: String,
    },
}

/// Does it.
pub async fn run(command: Command, config: &Config) -> Result<()> {
    let actions = actions(config).await?;
    ensure!(
        actions.tenants().by_slug(PLATFORM).await?.is_some(),
        "nobody runs this platform yet, so nothing can be put on its record: `candour operator create` begins it"
    );
    let actor = Actor::command_line(TenantId::named(&[PLATFORM]));
    match command {
        Command::Admit { component, manifest } => {
            let read = |path: &PathBuf| fs::read(path).with_context(|| format!("reading {}", path.display()));
            let digest = actions.admit_round_type(&actor, &read(&component)?, &read(&manifest)?).await?;
            println!("admitted {digest}");
        }
        Command::Installed => {
            for listed in actions.list_round_types().await? {
                let state = match (listed.withdrawn, listed.current) {
                    (true, _) => "withdrawn",
                    (false, true) => "present",
                    (false, false) => "earlier",
                };
                println!("{}  {} {}  {state}", listed.digest, listed.name, listed.version);
                for round in listed.rounds {
                    println!("    runs {} {} {}", round.tenant, round.campaign, round.round);
                }
            }
        }
        Command::Withdraw { digest, undo } => {
            let digest = Digest::try_from(digest)?;
            ensure!(
                actions.withdraw_round_type(&actor, digest, !undo).await?,
                "there is no such round type here: `candour plugin installed` lists them"
            );
            println!("{} {digest}", if undo { "admitted again" } else { "withdrawn" });
        }
        Command::Upgrade { tenant, campaign, round } => {
            let tenant = find_tenant(actions.tenants(), &tenant).await?;
            let round = find_round(&tenant, &campaign, &round)?;
            let digest = actions.upgrade_round(&tenant, round).await?;
            let actor = Actor::command_line(tenant.id);
            actions.record_upgrade(&actor, &tenant, round, digest).await?;
            println!("{} runs {digest}; both versions counted the same", round.slug);
        }
    }
    Ok(())
}

fn find_round<'a>(tenant: &'a Tenant, campaign: &str, round: &str) -> Result<&'a actions::RoundInfo> {
    let campaign =
        tenant.campaign(campaign).ok_or_else(|| anyhow!("{} has no campaign `{campaign}`", tenant.slug))?;
    let found = campaign.rounds.iter().find(|own| own.slug == round);
    found.ok_or_else(|| anyhow!("{} has no round `{round}`", campaign.slug))
}
