//! `candour extend`: a round's dates change, as on the console's page.

use actions::{Actor, RoundDates};
use anyhow::{Result, anyhow, bail};
use chrono::NaiveDateTime;
use domain::timetable::{DateChange, DateWish};

use super::targets::Target;
use crate::config::Config;

/// What to change.
#[derive(clap::Args)]
pub struct Args {
    #[command(flatten)]
    target: Target,
    /// The round's short name; may be left out where there is only one
    #[arg(long)]
    round: Option<String>,
    /// The new closing, local time of the tenant, such as 2024-05-09T23:59:00: later, sooner, or again after it has closed
    #[arg(long, value_name = "TIME", conflicts_with_all = ["pause", "resume"])]
    closes: Option<NaiveDateTime>,
    /// Take nothing until it is resumed
    #[arg(long, conflicts_with = "resume")]
    pause: bool,
    /// Go on after a pause
    #[arg(long)]
    resume: bool,
    /// Why; everybody can read it
    #[arg(long)]
    reason: String,
    /// What is announced on the conversation's page
    #[arg(long, default_value = "")]
    announcement: String,
}

/// Changes the dates, and says what came of it.
pub async fn run(args: &Args, config: &Config) -> Result<()> {
    let sides = super::sides(config).await?.sides;
    let (tenant, campaign) = args.target.find(sides.tenants()).await?;
    let round = match (&args.round, &*campaign.rounds) {
        (Some(round), _) => round,
        (None, [only]) => &only.slug,
        (None, rounds) => {
            let names: Vec<&str> = rounds.iter().map(|round| round.slug.as_str()).collect();
            bail!("say which round with --round: {}", names.join(", "))
        }
    };
    let wish = match (args.closes, args.pause, args.resume) {
        (Some(closes), ..) => DateWish::Close(closes),
        (None, true, _) => DateWish::Pause,
        (None, _, true) => DateWish::Resume,
        (None, false, false) => bail!("say what to change: --closes TIME, --pause or --resume"),
    };
    let change = DateChange { wish, reason: args.reason.clone(), announcement: args.announcement.clone() };
    let dates = RoundDates { campaign: &campaign.slug, round, seen: None };
    let done = sides.change_dates(&Actor::command_line(tenant.id), &tenant, &dates, &change).await;
    // Its words hold its causes' already.
    let done = done.map_err(|refusal| anyhow!("{refusal}"))?;
    if let Some(last) = done.after.changes.last() {
        println!("{}/{round}: {}; closes {}", campaign.slug, last.what.slug(), done.after.closes);
    }
    for (title, why) in &done.will_be_held {
        println!("held: {title}: {why}");
    }
    for title in &done.will_go {
        println!("no longer held: {title}");
    }
    if sides.conversation.is_none() {
        eprintln!(
            "Now the conversation side must learn it: `candour tenants export {0} FOLDER` here, then `candour tenants apply FOLDER` there.",
            tenant.slug
        );
    }
    Ok(())
}
