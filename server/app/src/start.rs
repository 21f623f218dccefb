//! Starts the server: the one place where the web side meets the rest.

use std::io::ErrorKind;
use std::net::SocketAddr;
use std::sync::Arc;

use actions::Actions;
use anyhow::{Context, Result, anyhow};
use domain::{Clock, Entropy};
use tokio::net::TcpListener;
use tokio::task::JoinSet;
use web::edge::headers::Transport;
use web::edge::metrics::Metrics;
use web::edge::serve::{Limits, listen, serve};
use web::edge::shutdown::{ShutdownTrigger, shutdown};
use web::{Settings, Web};

use crate::addresses::Scheme;
use crate::config::Config;
use crate::data_folder::DataLock;
use crate::databases;
use crate::secrets::csrf_key;

/// A server that takes requests, until [`shutdown`](Running::shutdown) or until it is dropped.
pub struct Running {
    /// Where the site listens.
    pub site: SocketAddr,
    /// Where health, readiness and metrics listen.
    pub operations: SocketAddr,
    /// Every use case, on the same databases and caches as the site.
    pub actions: Actions,
    trigger: ShutdownTrigger,
    listeners: JoinSet<std::io::Result<()>>,
    _lock: Option<DataLock>,
}

/// Opens the databases, which must be up to date (see [`databases::prepare`]), and begins to take requests.
///
/// # Errors
/// When a database is not ready, the data folder is served already, or a port is taken.
pub async fn start(config: Config, clock: Arc<dyn Clock>, entropy: Arc<dyn Entropy>) -> Result<Running> {
    let site = listener(config.server.address, "server.address")?;
    let operations = listener(config.server.operations_address, "server.operations_address")?;
    let on_sqlite = config.storage.databases.conversation_url.starts_with("sqlite:");
    let lock = on_sqlite.then(|| DataLock::take(&config.storage.data)).transpose()?;
    let actions = databases::open_actions(&config, clock, Arc::clone(&entropy)).await?;
    let settings = Settings {
        csrf_key: csrf_key(&config.pepper.read()?),
        transport: match config.server.public_url.scheme() {
            Scheme::Https => Transport::Https,
            Scheme::Http => Transport::Loopback,
        },
        trusted_proxies: config.server.trusted_proxies,
        demo_note: config.server.demo_note,
    };
    let (trigger, signal) = shutdown();
    let web = Web::new(actions.clone(), settings, entropy, signal.clone())?;
    let addresses = (site.local_addr()?, operations.local_addr()?);
    let connections = web.metrics().open_connections();
    // The operator's own connections are not among those that the site's gauge counts.
    let uncounted = Metrics::new()?.open_connections();
    let mut listeners = JoinSet::new();
    listeners.spawn(serve(site, web.site(), Limits::default(), connections, signal.clone()));
    listeners.spawn(serve(operations, web.operations(), Limits::default(), uncounted, signal));
    Ok(Running { site: addresses.0, operations: addresses.1, actions, trigger, listeners, _lock: lock })
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

fn listener(address: SocketAddr, key: &str) -> Result<TcpListener> {
    listen(address).map_err(|error| match error.kind() {
        ErrorKind::AddrInUse => anyhow!(
            "port {} is taken by another program: stop that one, or choose another port ({key}; `--port` of `candour demo`)",
            address.port()
        ),
        _ => anyhow!(error),
    }).with_context(|| format!("cannot listen on {address}"))
}
