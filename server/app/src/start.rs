//! Starts the server: the one place where the web side meets the rest.

use std::io::ErrorKind;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use actions::{Sides, Tenant};
use anyhow::{Context, Result, anyhow, ensure};
use domain::{Clock, Entropy};
use mail::{Mailbox, Message, Outbox};
use tokio::net::TcpListener;
use tokio::task::JoinSet;
use web::edge::headers::Transport;
use web::edge::metrics::Metrics;
use web::edge::serve::{Limits, listen, serve};
use web::edge::shutdown::{ShutdownSignal, ShutdownTrigger, shutdown};
use web::{Addresses as _, MailboxPage, Settings, ShownEmail, Web};

use crate::addresses::{Scheme, SideAddresses};
use crate::config::{Config, OTHER_SIDE_MISSING, Side};
use crate::data_folder::DataLock;
use crate::databases::{self, Opened};
use crate::secrets::csrf_key;

/// How often it looks whether something is due.
const HOUSEKEEPING: Duration = Duration::from_secs(5);
/// How long a stopping server waits for its last emails.
const MAIL_PATIENCE: Duration = Duration::from_secs(10);

/// A server that takes requests, until [`shutdown`](Running::shutdown) or until it is dropped.
pub struct Running {
    /// Where the site listens.
    pub site: SocketAddr,
    /// Where health, readiness and metrics listen.
    pub operations: SocketAddr,
    /// Every use case of the sides that are served, on the same databases and caches as the site.
    pub sides: Sides,
    /// A demonstration's mailbox.
    pub mailbox: Option<Mailbox>,
    outboxes: Vec<Outbox>,
    trigger: ShutdownTrigger,
    listeners: JoinSet<std::io::Result<()>>,
    _lock: Option<DataLock>,
}

/// Opens the databases, which must be up to date (see [`databases::prepare`]), and begins to take requests.
///
/// # Errors
/// When a database is not ready, the data folder is served already, or a port is taken.
pub async fn start(config: Config, clock: Arc<dyn Clock>, entropy: Arc<dyn Entropy>) -> Result<Running> {
    let apart = config.server.side != Side::Both;
    ensure!(!apart || config.server.other_side_url.is_some(), "server.other_side_url {OTHER_SIDE_MISSING}");
    let site = listener(config.server.address, "server.address")?;
    let operations = listener(config.server.operations_address, "server.operations_address")?;
    let urls = &config.storage.databases;
    let on_sqlite = [&urls.identity_url, &urls.conversation_url]
        .into_iter()
        .flatten()
        .any(|url| url.starts_with("sqlite:"));
    let lock = on_sqlite.then(|| DataLock::take(&config.storage.data)).transpose()?;
    let Opened { sides, outboxes, mailbox } =
        databases::open_sides(&config, clock, Arc::clone(&entropy)).await?;
    if config.server.side != Side::Both && config.server.public_url.scheme() == Scheme::Https {
        refuse_shared_hosts(&sides).await?;
    }
    let secret = if config.server.side.conversation() { &config.pepper } else { &config.identity_secret };
    // With port 0 the public address is not known before now.
    let own = config.server.public_url.clone().at_port_if_none(site.local_addr()?.port());
    let addresses = Arc::new(SideAddresses::new(config.server.side, own, config.server.other_side_url));
    let settings = Settings {
        csrf_key: csrf_key(&secret.read()?),
        addresses: Arc::clone(&addresses) as Arc<dyn web::Addresses>,
        mailbox: mailbox.clone().map(|mailbox| Arc::new(DemoMailbox(mailbox)) as Arc<dyn MailboxPage>),
        transport: match config.server.public_url.scheme() {
            Scheme::Https => Transport::Https,
            Scheme::Http => Transport::Loopback,
        },
        other_side_owner: config.server.other_side_owner,
        trusted_proxies: config.server.trusted_proxies,
        demo_note: config.server.demo_note,
    };
    let (trigger, signal) = shutdown();
    let web = Web::new(sides.clone(), settings, entropy, signal.clone())?;
    let bound = (site.local_addr()?, operations.local_addr()?);
    let connections = web.metrics().open_connections();
    // The operator's own connections are not among those that the site's gauge counts.
    let uncounted = Metrics::new()?.open_connections();
    let mut listeners = JoinSet::new();
    listeners.spawn(serve(site, web.site(), Limits::default(), connections, signal.clone()));
    listeners.spawn(serve(operations, web.operations(), Limits::default(), uncounted, signal.clone()));
    if let Some(identity) = &sides.identity {
        let url_of: jobs::UrlOf = Arc::new(move |tenant: &Tenant| addresses.identity(tenant));
        let (identity, signal) = (identity.clone(), signal.clone());
        listeners.spawn(async move {
            jobs::run(identity, url_of, move || signal.clone().begun()).await.map_err(std::io::Error::other)
        });
    }
    listeners.spawn(keep_house(sides.clone(), signal));
    let (site, operations) = bound;
    Ok(Running { site, operations, sides, mailbox, outboxes, trigger, listeners, _lock: lock })
}

impl Running {
    /// Takes nothing new, lets what is in flight finish, and returns when all is done.
    ///
    /// # Errors
    /// When a listener ended with a fault.
    pub async fn shutdown(mut self) -> Result<()> {
        self.trigger.begin();
        while let Some(ended) = self.listeners.join_next().await {
            ended??;
        }
        if let Some(identity) = &self.sides.identity
            && let Err(fault) = identity.forget_order_now().await
        {
            tracing::warn!(%fault, "the identity database could not be made to forget the order of its rows");
        }
        for outbox in &self.outboxes {
            if let Err(unsent) = outbox.drain(MAIL_PATIENCE).await {
                tracing::warn!(%unsent, "the server stopped");
            }
        }
        Ok(())
    }

    /// Serves until `signal` comes or a listener fails, then shuts down.
    ///
    /// # Errors
    /// When a listener ended with a fault.
    pub async fn until(mut self, signal: impl Future<Output = ()>) -> Result<()> {
        tokio::select! {
            () = signal => self.shutdown().await,
            Some(ended) = self.listeners.join_next() => Ok(ended??),
        }
    }
}

/// Cookies know hosts, not ports: at one host, what lets somebody talk would be sent to the side that knows their name.
async fn refuse_shared_hosts(sides: &Sides) -> Result<()> {
    for tenant in sides.tenants().all().await?.iter() {
        let shared = tenant.identity_hosts.iter().any(|host| tenant.hosts.contains(host));
        ensure!(
            !shared && !tenant.identity_hosts.is_empty(),
            "{}: the two sides run apart, so each needs a host name of its own: write `identity_hosts` in tenant.toml, other than \
             `hosts`, and apply the pack",
            tenant.slug
        );
    }
    Ok(())
}

/// Does what is due, over and over, until `signal`: every process may, since doing it twice changes nothing.
async fn keep_house(sides: Sides, signal: ShutdownSignal) -> std::io::Result<()> {
    loop {
        if let Err(fault) = sides.keep_house().await {
            tracing::warn!(%fault, "what was due could not be done");
        }
        tokio::select! {
            () = signal.clone().begun() => return Ok(()),
            () = tokio::time::sleep(HOUSEKEEPING) => {}
        }
    }
}

/// A demonstration's mailbox, as the web side shows it.
struct DemoMailbox(Mailbox);

impl MailboxPage for DemoMailbox {
    fn messages(&self) -> Vec<ShownEmail> {
        let shown = |message: &Arc<Message>| ShownEmail {
            to: message.to().as_str().to_owned(),
            subject: message.subject().to_owned(),
            text: message.text().to_owned(),
        };
        self.0.messages().iter().map(shown).collect()
    }
}

fn listener(address: SocketAddr, key: &str) -> Result<TcpListener> {
    listen(address).map_err(|error| match error.kind() {
        ErrorKind::AddrInUse => anyhow!(
            "port {} is taken by another program: stop that one, or choose another port ({key}; `--port` of `candour demo`)",
            address.port()
        ),
        _ => anyhow!(error),
    }).with_context(|| format!("cannot listen on {address}"))
}
