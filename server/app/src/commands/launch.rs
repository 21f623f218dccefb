//! `candour launch`: the cohorts and their keys are made, once for a campaign. Identity side; where both are served the conversation
//! side learns the keys at once.

use actions::printed_head;
use anyhow::{Context, Result, anyhow};

use super::targets::Target;
use crate::config::Config;
use crate::databases::NO_IDENTITY;

/// What to launch.
#[derive(clap::Args)]
pub struct Args {
    #[command(flatten)]
    target: Target,
}

/// Launches a campaign. It cannot be undone.
pub async fn run(args: &Args, config: &Config) -> Result<()> {
    let sides = super::sides(config).await?.sides;
    let enrolment = sides.identity.as_ref().context(NO_IDENTITY)?;
    let (tenant, campaign) = args.target.find(enrolment.tenants()).await?;
    let log = enrolment.launch_campaign(&tenant, &campaign).await;
    // Its words hold its causes' already.
    let log = log.map_err(|refusal| anyhow!("{refusal}"))?;
    for entry in log.iter().filter(|entry| entry.campaign == campaign.id) {
        println!("{}: {} eligible ({})", entry.cohort, entry.eligible, entry.organisations.join(", "));
    }
    println!("head of the key log: {}", printed_head(&log).unwrap_or_default());
    eprintln!("This cannot be undone: each cohort has its one key for the whole campaign.");
    if let Some(conversation) = &sides.conversation {
        conversation.learn_keys(&tenant, &log).await?;
        eprintln!("The conversation side knows the keys.");
    } else {
        eprintln!(
            "Now the conversation side must learn the keys: `candour keys export --tenant {0} --out keys.json` here, then `candour \
             keys import --tenant {0} keys.json` there.",
            tenant.slug
        );
    }
    Ok(())
}
