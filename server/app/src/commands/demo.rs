//! `candour demo`.

use std::collections::BTreeMap;
use std::net::{Ipv4Addr, SocketAddr};
use std::path::PathBuf;
use std::sync::Arc;

use actions::{Actions, Tenant};
use anyhow::{Context, Result};
use credentials::SealedCode;
use serde::Serialize;

use super::serve::{raise_file_limit, stop_signal};
use crate::addresses::{PublicUrl, entry_link};
use crate::config::{Config, DEFAULT_DATA, DEFAULT_PORT};
use crate::{OsRandom, SystemClock, databases, demo, logs, start};

/// The folder inside [`DEFAULT_DATA`].
const DEMO_FOLDER: &str = "demo";
/// Codes for each tenant, new at every start.
const CODES: usize = 5;
/// Logged by a demonstration: what its user should hear of.
const LOG_LEVEL: &str = "warn";
/// Said on every page.
const NOTE: &str = "This is a demonstration. The ideas in BSol's conversation are a real one about wildlife in New Zealand. Please write nothing private here.";
/// What the real conversation goes into: tenant, campaign, and the prompt whose votes are worded as theirs were.
const REAL_CONVERSATION: (&str, &str, &str) = ("bsol", "first-conversation", "behaviours");

/// How to demonstrate.
#[derive(clap::Args)]
pub struct Args {
    /// The data folder; candour-data/demo if not given
    #[arg(long, value_name = "DIR")]
    data: Option<PathBuf>,
    /// The site's port; health and metrics get the next one. 0 takes any two free ones
    #[arg(long, default_value_t = DEFAULT_PORT)]
    port: u16,
    /// Delete what an earlier demonstration left in the folder, and begin anew
    #[arg(long)]
    fresh: bool,
    /// Say on one line of JSON, once it serves, where everything is
    #[arg(long)]
    json: bool,
}

/// Fills a data folder, unless it is filled already, and serves it until stopped.
pub async fn run(args: Args) -> Result<()> {
    let data = args.data.unwrap_or_else(|| [DEFAULT_DATA, DEMO_FOLDER].iter().collect());
    let mut config = Config::local(&data)?;
    config.server.address = at_port(args.port);
    config.server.operations_address =
        at_port(args.port.checked_add(u16::from(args.port != 0)).unwrap_or_default());
    config.server.demo_note = Some(NOTE.to_owned());
    config.logs.level = LOG_LEVEL.to_owned();
    logs::begin(&config.logs)?;
    raise_file_limit();

    demo::take_folder(&config.storage.data, args.fresh)?;
    databases::prepare(&config, &OsRandom).await?;
    let data = config.storage.data.clone();
    let stop = stop_signal()?;
    let running = start(config, Arc::new(SystemClock), Arc::new(OsRandom)).await?;
    let url = PublicUrl::localhost(running.site.port());
    let tenants = fill(&running.actions, &url).await?;
    let shown = Shown { tenants, operations: format!("http://{}/", running.operations), data };
    match args.json {
        true => println!("{}", serde_json::to_string(&shown)?),
        false => shown.print(),
    }
    running.until(stop).await
}

fn at_port(port: u16) -> SocketAddr {
    (Ipv4Addr::LOCALHOST, port).into()
}

/// Brings the tenants up to date, loads the real conversation if it is not there, and issues codes.
async fn fill(actions: &Actions, url: &PublicUrl) -> Result<BTreeMap<String, ShownTenant>> {
    for mut pack in demo::packs()? {
        demo::open_now(&mut pack, actions.now());
        actions.apply_tenant_pack(&pack).await?;
    }
    let mut shown = BTreeMap::new();
    for tenant in actions.tenants().await?.iter() {
        if tenant.slug == REAL_CONVERSATION.0 {
            load_real_conversation(actions, tenant).await?;
        }
        shown.insert(tenant.slug.clone(), show(actions, tenant, url).await?);
    }
    Ok(shown)
}

async fn load_real_conversation(actions: &Actions, tenant: &Tenant) -> Result<()> {
    let (_, campaign, prompt) = REAL_CONVERSATION;
    let campaign = tenant.campaign(campaign).context("the pack lacks the real conversation's campaign")?;
    let views = actions.show_home(tenant).await?;
    let filled = views.iter().any(|view| view.campaign.id == campaign.id && view.contributions > 0);
    if filled {
        return Ok(());
    }
    let (export, note) = (demo::polis_export()?, Some(demo::attribution()));
    actions.import_polis(tenant, campaign, Some(prompt), note, export, &|_| {}).await?;
    Ok(())
}

async fn show(actions: &Actions, tenant: &Tenant, url: &PublicUrl) -> Result<ShownTenant> {
    let campaign = tenant.campaigns.first().context("a pack has no campaign")?;
    let organisation = tenant.organisations.first().context("a pack has no organisation")?;
    let codes = actions.issue_codes(tenant, campaign, organisation, CODES).await?;
    Ok(ShownTenant {
        name: tenant.name.clone(),
        url: url.of_tenant(tenant),
        path_url: url.by_path(tenant),
        campaign: campaign.slug.clone(),
        codes,
    })
}

/// What somebody needs to know to look around.
#[derive(Serialize)]
struct Shown {
    tenants: BTreeMap<String, ShownTenant>,
    operations: String,
    data: PathBuf,
}

#[derive(Serialize)]
struct ShownTenant {
    #[serde(skip)]
    name: String,
    /// For browsers, which take every name under localhost for this machine.
    url: String,
    /// For programs that do not.
    path_url: String,
    campaign: String,
    #[serde(serialize_with = "as_text")]
    codes: Vec<SealedCode>,
}

fn as_text<S: serde::Serializer>(codes: &[SealedCode], serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_seq(codes.iter().map(ToString::to_string))
}

impl Shown {
    fn print(&self) {
        println!("\nCandour is running. Each code lets one person in.\n");
        for tenant in self.tenants.values() {
            println!("  {}", tenant.name);
            println!("    look      {}   or   {}", tenant.url, tenant.path_url);
            if let Some((first, others)) = tenant.codes.split_first() {
                println!("    come in   {}", entry_link(&tenant.url, first));
                let others: Vec<String> = others.iter().map(ToString::to_string).collect();
                println!("    or with   {}", others.join("   "));
            }
            println!();
        }
        println!("  Data        {}", self.data.display());
        println!("  Operations  {}readyz, {}metrics", self.operations, self.operations);
        println!(
            "\nStop it with Ctrl+C. Start it again and all is still there; add --fresh to begin anew.\n"
        );
    }
}
