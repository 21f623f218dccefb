//! `candour demo`.

use std::collections::BTreeMap;
use std::net::{Ipv4Addr, SocketAddr};
use std::path::PathBuf;
use std::sync::Arc;

use actions::{Organisation, Tenant};
use anyhow::{Context, Result};
use credentials::SealedCode;
use serde::Serialize;
use web::DemoNote;

use super::serve::{raise_file_limit, stop_signal};
use crate::addresses::{PublicUrl, entry_link, login_link};
use crate::config::{Config, DEFAULT_DATA, DEFAULT_PORT, MailWay};
use crate::demo::WaysIn;
use crate::{OsRandom, SystemClock, databases, demo, logs, start};

/// The folder inside [`DEFAULT_DATA`].
const DEMO_FOLDER: &str = "demo";
/// Logged by a demonstration: what its user should hear of.
const LOG_LEVEL: &str = "warn";
/// Said on every page.
const NOTE: &str = "This is a demonstration. Please write nothing private here.";
/// Said besides in the tenant that has the real conversation.
const NOTE_ON_THE_CONVERSATION: &str =
    "The ideas in the first conversation are real ones: they are about wildlife in New Zealand.";

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
    config.server.demo_note = Some(DemoNote {
        words: NOTE.to_owned(),
        of_one: (demo::REAL_TENANT.to_owned(), NOTE_ON_THE_CONVERSATION.to_owned()),
    });
    config.mail.way = MailWay::Memory;
    config.logs.level = LOG_LEVEL.to_owned();
    logs::begin(&config.logs)?;
    raise_file_limit();

    demo::take_folder(&config.storage.data, args.fresh)?;
    databases::prepare(&config, &OsRandom).await?;
    demo::apply_packs(&config).await?;
    let data = config.storage.data.clone();
    let stop = stop_signal()?;
    let running = start(config, Arc::new(SystemClock), Arc::new(OsRandom)).await?;
    let url = PublicUrl::localhost(running.site.port());
    let accounts = running.sides.accounts.as_ref().context(databases::NO_IDENTITY)?;
    let (mut tenants, mut consoles) = (BTreeMap::new(), BTreeMap::new());
    for tenant in running.sides.tenants().all().await?.iter() {
        let address = url.of_tenant(tenant);
        let invitations = demo::invite_staff(accounts, tenant, &address).await?;
        consoles.insert(tenant.slug.clone(), ShownConsole { url: format!("{address}console"), invitations });
        if !tenant.is_platform() {
            let mut ways = demo::fill(&running.sides, tenant).await?.into_iter();
            let first = ways.next().context("a pack has no campaign")?;
            let others = ways.map(|ways| ShownCampaign::of(tenant, ways, &url)).collect();
            tenants.insert(tenant.slug.clone(), shown(tenant, first, others, &url));
        }
    }
    let operations = format!("http://{}/", running.operations);
    let shown = Shown { tenants, consoles, operations, data };
    match args.json {
        true => println!("{}", serde_json::to_string(&shown)?),
        false => shown.print(),
    }
    running.until(stop).await
}

fn at_port(port: u16) -> SocketAddr {
    (Ipv4Addr::LOCALHOST, port).into()
}

/// Where everything of `tenant` is.
fn shown(tenant: &Tenant, ways: WaysIn, others: Vec<ShownCampaign>, url: &PublicUrl) -> ShownTenant {
    let WaysIn { campaign, codes, login, .. } = ways;
    let address = url.of_tenant(tenant);
    let code = login.map(|login| login.code.to_string());
    ShownTenant {
        name: tenant.name.clone(),
        takes_sign_ups: tenant.organisations.iter().any(Organisation::takes_sign_ups),
        path_url: url.by_path(tenant),
        invitation: code.map(|code| login_link(&address, &campaign, Some(&code))),
        sign_up: format!("{address}join/{campaign}"),
        mailbox: format!("{address}dev/mail"),
        url: address,
        campaign,
        codes,
        others,
    }
}

/// What somebody needs to know to look around.
#[derive(Serialize)]
struct Shown {
    tenants: BTreeMap<String, ShownTenant>,
    consoles: BTreeMap<String, ShownConsole>,
    operations: String,
    data: PathBuf,
}

/// Where named people work.
#[derive(Serialize)]
struct ShownConsole {
    url: String,
    /// By role, of those who have not set up their account yet; new at every start.
    invitations: BTreeMap<&'static str, String>,
}

#[derive(Serialize)]
struct ShownTenant {
    #[serde(skip)]
    name: String,
    #[serde(skip)]
    takes_sign_ups: bool,
    /// For browsers, which take every name under localhost for this machine.
    url: String,
    /// For programs that do not.
    path_url: String,
    campaign: String,
    #[serde(serialize_with = "as_text")]
    codes: Vec<SealedCode>,
    /// The link of somebody's login details; new at every start, none when all who were invented have joined.
    invitation: Option<String>,
    /// Where people come in whose organisation has them sign up.
    sign_up: String,
    /// What was emailed to them.
    mailbox: String,
    /// Its other conversations.
    others: Vec<ShownCampaign>,
}

/// A conversation beside a tenant's first.
#[derive(Serialize)]
struct ShownCampaign {
    campaign: String,
    #[serde(skip)]
    title: String,
    #[serde(serialize_with = "as_text")]
    codes: Vec<SealedCode>,
    /// Where people come in whose organisation has them sign up.
    sign_up: String,
}

impl ShownCampaign {
    fn of(tenant: &Tenant, WaysIn { campaign, title, codes, .. }: WaysIn, url: &PublicUrl) -> Self {
        let sign_up = format!("{}join/{campaign}", url.of_tenant(tenant));
        Self { campaign, title, codes, sign_up }
    }
}

fn as_text<S: serde::Serializer>(codes: &[SealedCode], serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_seq(codes.iter().map(ToString::to_string))
}

impl Shown {
    fn print(&self) {
        println!("\nCandour is running. Each code and each invitation lets one person in.\n");
        for tenant in self.tenants.values() {
            println!("  {}", tenant.name);
            println!("    look      {}   or   {}", tenant.url, tenant.path_url);
            if let Some((first, others)) = tenant.codes.split_first() {
                println!("    come in   {}", entry_link(&tenant.url, first));
                let others: Vec<String> = others.iter().map(ToString::to_string).collect();
                println!("    or with   {}", others.join("   "));
            }
            if let Some(invitation) = &tenant.invitation {
                println!("    invited   {invitation}");
            }
            if tenant.takes_sign_ups {
                println!("    sign up   {}", tenant.sign_up);
            }
            println!("    emails    {}", tenant.mailbox);
            for other in &tenant.others {
                println!("    and       {}", other.title);
                if let Some(code) = other.codes.first() {
                    println!("    come in   {}", entry_link(&tenant.url, code));
                }
                println!("    sign up   {}", other.sign_up);
            }
            println!();
        }
        println!("  Consoles, where named people run conversations");
        for console in self.consoles.values() {
            println!("    sign in   {}", console.url);
            for (role, invitation) in &console.invitations {
                println!("    {role:<9} {invitation}");
            }
        }
        println!();
        println!("  Data        {}", self.data.display());
        println!("  Operations  {}readyz, {}metrics", self.operations, self.operations);
        println!(
            "\nStop it with Ctrl+C. Start it again and all is still there; add --fresh to begin anew.\n"
        );
    }
}
