//! `candour operator` and `candour account`: invitations for named people, made at the server itself. Whoever types them holds the databases
//! already; what they do is on record all the same.

use std::time::Duration;

use actions::policy::Role;
use actions::{Accounts, Actor, Invited, NewAccount, Tenant};
use anyhow::{Context, Result, anyhow, bail};
use clap::Subcommand;
use domain::tenant_pack::PLATFORM;
use web::Addresses;

use super::targets::find_tenant;
use crate::addresses::{Scheme, SideAddresses, welcome_link};
use crate::config::{Config, MailWay, ServerSettings};
use crate::databases::{NO_IDENTITY, Opened};
use crate::platform;

/// How long it waits for the invitation to leave.
const MAIL_PATIENCE: Duration = Duration::from_secs(10);

/// What to do with operators.
#[derive(Subcommand)]
pub enum OperatorCommand {
    /// Invite somebody to run the platform; makes the platform's own tenant if there is none
    Create {
        #[command(flatten)]
        person: PersonArgs,
        /// The host name at which operators sign in; needed once, where people reach the server by HTTPS
        #[arg(long, value_name = "HOST")]
        host: Option<String>,
    },
}

/// What to do with a tenant's accounts.
#[derive(Subcommand)]
pub enum AccountCommand {
    /// Invite somebody to work for a tenant, such as its first comms lead
    Invite {
        /// The tenant's short name, such as bsol
        #[arg(long, value_name = "SLUG")]
        tenant: String,
        #[command(flatten)]
        person: PersonArgs,
        /// What they are to be, such as comms-lead; once for each
        #[arg(long = "role", value_name = "ROLE", required = true)]
        roles: Vec<String>,
    },
}

/// Whom to invite.
#[derive(clap::Args)]
pub struct PersonArgs {
    /// Their email address
    #[arg(long, value_name = "EMAIL")]
    email: String,
    /// Their name
    #[arg(long, value_name = "NAME")]
    name: String,
}

/// Invites an operator.
pub async fn run_operator(command: OperatorCommand, config: &Config) -> Result<()> {
    let OperatorCommand::Create { person, host } = command;
    let opened = super::sides(config).await?;
    let sides = &opened.sides;
    let there = sides.tenants().by_slug(PLATFORM).await?.is_some();
    if there && host.is_some() {
        bail!("the platform's tenant has its host name already: leave out --host");
    }
    if !there {
        if host.is_none() && config.server.public_url.scheme() == Scheme::Https {
            bail!("give the host name at which operators are to sign in: --host run.example.org");
        }
        let pack = platform::pack(config.server.side, host.as_deref(), Some(&person.email))?;
        sides.apply_tenant_pack(&pack).await?;
        eprintln!("The platform's tenant is made.");
    }
    invite(&opened, config, PLATFORM, &person, vec![Role::Operator]).await
}

/// Invites somebody to work for a tenant.
pub async fn run(command: AccountCommand, config: &Config) -> Result<()> {
    let AccountCommand::Invite { tenant, person, roles } = command;
    let roles = roles.iter().map(|role| role.parse());
    let roles = roles
        .collect::<Result<Vec<Role>, _>>()
        .map_err(|unknown| anyhow!("{unknown}: use one of {}", Role::ALL.map(Role::slug).join(", ")))?;
    invite(&super::sides(config).await?, config, &tenant, &person, roles).await
}

async fn invite(
    opened: &Opened,
    config: &Config,
    tenant: &str,
    person: &PersonArgs,
    roles: Vec<Role>,
) -> Result<()> {
    let accounts = opened.sides.accounts.as_ref().context(NO_IDENTITY)?;
    let tenant = find_tenant(opened.sides.tenants(), tenant).await?;
    let new = NewAccount { email: person.email.clone(), name: person.name.clone(), roles };
    let Invited { link, .. } = invited(accounts, &tenant, &new, config).await?;
    println!("{link}");
    if let Some(identity) = &opened.sides.identity {
        let sent = identity.post().way(&tenant).outbox.drain(MAIL_PATIENCE).await;
        match (&config.mail.way_of(&tenant.slug).way, sent) {
            (MailWay::Smtp(_) | MailWay::Notify(_), Ok(())) => {
                eprintln!("The link was emailed to them, too.")
            }
            _ => eprintln!("The link was emailed to nobody: pass it on by a way that only they can read."),
        }
    }
    eprintln!("It lets one person in, once. Whoever has it first chooses how to sign in.");
    Ok(())
}

async fn invited(accounts: &Accounts, tenant: &Tenant, new: &NewAccount, config: &Config) -> Result<Invited> {
    let ServerSettings { side, public_url, other_side_url, .. } = &config.server;
    let addresses = SideAddresses::new(*side, public_url.clone(), other_side_url.clone());
    let welcome = welcome_link(&addresses.identity(tenant));
    let invited = accounts.invite_account(&Actor::command_line(tenant.id), tenant, new, &welcome).await;
    invited.map_err(|refusal| anyhow!("{refusal}"))
}
