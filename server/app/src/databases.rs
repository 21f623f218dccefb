//! Opening the databases of the sides that are served, and bringing them up to date first.

use std::collections::HashMap;
use std::sync::Arc;

use actions::{Accounts, Actions, EmailPost, EmailWay, Enrolment, Sides, SignOn, Tenants};
use anyhow::{Error, Result, anyhow, bail};
use domain::{Clock, Entropy};
use mail::{Mailbox, Outbox, RetrySchedule};
use migrations::{Report, Side};
use single_sign_on::SingleSignOn;
use storage::conversation::Conversation;
use storage::identity::Identity;

use crate::config::{Config, MailSettings};
use crate::data_folder;

/// Said where something needs the identity side.
pub const NO_IDENTITY: &str =
    "this is the conversation side: run this where the identity side is (server.side, --side)";

/// Every use case of the sides that are served, and what stands behind them.
pub struct Opened {
    /// The use cases.
    pub sides: Sides,
    /// Emails on their way out, where the identity side is served: a queue for each way.
    pub outboxes: Vec<Outbox>,
    /// A demonstration's mailbox.
    pub mailbox: Option<Mailbox>,
}

/// Makes what a deployment needs before its first start, and brings its databases up to date: the data folder, the secrets, the schema. The
/// second time it changes nothing. Gives back what was done to which side.
///
/// # Errors
/// When one of them cannot be made; says which.
pub async fn prepare(config: &Config, entropy: &dyn Entropy) -> Result<Vec<(&'static str, Report)>> {
    data_folder::make(&config.storage.data)?;
    let (urls, role) = (&config.storage.migrate, config.storage.app_role.as_deref());
    let mut reports = Vec::new();
    if let Some(url) = &urls.identity_url {
        config.identity_secret.read_or_make(entropy)?;
        let report = migrations::migrate(url, Side::Identity, role).await;
        reports.push(("identity", report.map_err(|fault| unready("identity", url, &fault.to_string()))?));
    }
    if let Some(url) = &urls.conversation_url {
        config.pepper.read_or_make(entropy)?;
        let report = migrations::migrate(url, Side::Conversation, role).await;
        let report = report.map_err(|fault| unready("conversation", url, &fault.to_string()))?;
        reports.push(("conversation", report));
    }
    Ok(reports)
}

/// The identity side's database.
///
/// # Errors
/// When it cannot be reached, is not up to date, or this process does not serve it.
pub async fn open_identity(config: &Config) -> Result<Identity> {
    let Some(url) = &config.storage.databases.identity_url else { bail!("{NO_IDENTITY}") };
    up_to_date("identity", url, Side::Identity).await?;
    Ok(Identity::open(url).await?)
}

/// The conversation side's database.
///
/// # Errors
/// When it cannot be reached, is not up to date, or this process does not serve it.
pub async fn open_conversation(config: &Config) -> Result<Conversation> {
    let Some(url) = &config.storage.databases.conversation_url else {
        bail!("this is the identity side: run this where the conversation side is (server.side, --side)")
    };
    up_to_date("conversation", url, Side::Conversation).await?;
    Ok(Conversation::open(url).await?)
}

/// Every use case of the sides that `config` serves.
///
/// # Errors
/// When a database, a secret or the way of emails cannot be used.
pub async fn open_sides(config: &Config, clock: Arc<dyn Clock>, entropy: Arc<dyn Entropy>) -> Result<Opened> {
    let side = config.server.side;
    let identity = if side.identity() { Some(open_identity(config).await?) } else { None };
    let conversation = if side.conversation() { Some(open_conversation(config).await?) } else { None };
    let tenants = match (&conversation, &identity) {
        (Some(conversation), _) => Tenants::of_conversation(conversation.clone()),
        (None, Some(identity)) => Tenants::of_identity(identity.clone()),
        (None, None) => bail!("neither side is served"),
    };
    let conversation = match conversation {
        Some(conversation) => {
            let (clock, entropy) = (Arc::clone(&clock), Arc::clone(&entropy));
            let (pepper, round_types) = (config.pepper.read()?, config.round_types.clone());
            Some(Actions::new(conversation, Arc::clone(&tenants), clock, entropy, pepper, round_types))
        }
        None => None,
    };
    let Some(identity) = identity else {
        return Ok(Opened {
            sides: Sides { identity: None, accounts: None, conversation },
            outboxes: Vec::new(),
            mailbox: None,
        });
    };
    let (post, outboxes, mailbox) = open_post(config, &clock, &RetrySchedule::default())?;
    let secret = config.identity_secret.read()?;
    let sign_on = Some(sign_on(config)?);
    let accounts = Accounts::new(
        identity.clone(),
        Arc::clone(&tenants),
        Arc::clone(&clock),
        Arc::clone(&entropy),
        secret.clone(),
        post.clone(),
        sign_on.clone(),
    );
    let enrolment = Enrolment::new(identity, tenants, clock, entropy, secret, post, sign_on);
    let sides = Sides { identity: Some(enrolment), accounts: Some(accounts), conversation };
    Ok(Opened { sides, outboxes, mailbox })
}

/// The identity side's use cases for a command, without single sign-on, before a queue of emails of their own: with `schedule`, which
/// may be shorter than a server's where somebody waits for it.
///
/// # Errors
/// When its database, its secret or the way of emails cannot be used.
pub async fn open_enrolment(
    config: &Config,
    clock: Arc<dyn Clock>,
    entropy: Arc<dyn Entropy>,
    schedule: RetrySchedule,
) -> Result<(Enrolment, Vec<Outbox>)> {
    let identity = open_identity(config).await?;
    let tenants = Tenants::of_identity(identity.clone());
    let (post, outboxes, _) = open_post(config, &clock, &schedule)?;
    let secret = config.identity_secret.read()?;
    Ok((Enrolment::new(identity, tenants, clock, entropy, secret, post, None), outboxes))
}

/// The ways of emails, the queues before them, and the mailbox of everybody's way where it is one of memory.
fn open_post(
    config: &Config,
    clock: &Arc<dyn Clock>,
    schedule: &RetrySchedule,
) -> Result<(EmailPost, Vec<Outbox>, Option<Mailbox>)> {
    let open = |settings: &MailSettings| -> Result<(EmailWay, Option<Mailbox>)> {
        let (mailer, mailbox) = settings.mailer(clock)?;
        let outbox = Outbox::start(mailer.clone(), schedule.clone());
        let (sender, bounce_address) = (settings.from.clone(), settings.bounce_address.clone());
        Ok((EmailWay { outbox, mailer, sender, bounce_address }, mailbox))
    };
    let (usual, mailbox) = open(&config.mail)?;
    let mut own = HashMap::new();
    for (slug, settings) in &config.mail.tenants {
        own.insert(slug.clone(), open(settings)?.0);
    }
    let outboxes = std::iter::once(&usual).chain(own.values()).map(|way| way.outbox.clone()).collect();
    Ok((EmailPost { usual, own: Arc::new(own) }, outboxes, mailbox))
}

/// What speaks to identity providers.
fn sign_on(config: &Config) -> Result<SignOn> {
    let client = SingleSignOn::new(reqwest::Client::builder())?;
    Ok(SignOn { client: Arc::new(client), secrets: Arc::new(config.single_sign_on_secrets.clone()) })
}

/// The conversation side's use cases.
///
/// # Errors
/// When its database or the pepper cannot be read.
pub async fn open_actions(
    config: &Config,
    clock: Arc<dyn Clock>,
    entropy: Arc<dyn Entropy>,
) -> Result<Actions> {
    let conversation = open_conversation(config).await?;
    let tenants = Tenants::of_conversation(conversation.clone());
    let (pepper, round_types) = (config.pepper.read()?, config.round_types.clone());
    Ok(Actions::new(conversation, tenants, clock, entropy, pepper, round_types))
}

/// How one database stands.
///
/// # Errors
/// When it cannot be reached, or lacks changes of its schema; says what to do.
pub async fn up_to_date(name: &str, url: &str, side: Side) -> Result<()> {
    let pending = migrations::pending(url, side).await;
    match pending.map_err(|fault| unready(name, url, &fault.to_string()))? {
        0 => Ok(()),
        lacking => {
            bail!("the {name} database lacks {lacking} change(s) of its schema: run `candour migrate`")
        }
    }
}

/// How the driver begins to say that a database has had changes which this side of this version does not know.
const UNKNOWN_CHANGES: &str = "this migration has been applied but its file is missing";

fn unready(name: &str, url: &str, fault: &str) -> Error {
    let what_to_do = if fault.contains(UNKNOWN_CHANGES) {
        format!(
            "the {name} database is the other side's, or a later version of Candour has changed it: check storage.{name}_url, or \
             run that version"
        )
    } else if url.starts_with("sqlite:") {
        format!(
            "the {name} database cannot be opened: run `candour migrate` to make it, or check storage.data"
        )
    } else {
        format!("the {name} database does not answer: check storage.{name}_url, and that PostgreSQL runs")
    };
    // The fault's own words hold its causes' already.
    anyhow!("{what_to_do} ({fault})")
}
