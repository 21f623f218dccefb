//! SMTP over lettre's connections, kept open between messages.
//!
//! The pool is ours because lettre's (0.11.23) has no time-out but for connecting, and puts a connection back even when
//! its user gave up in the middle of a message: the next message would then read the answers to the last one. Here an
//! attempt as a whole has a time-out, and only a connection whose conversation ended well is kept.

use std::{
    net::IpAddr,
    sync::{Mutex, PoisonError},
    time::Duration,
};

use lettre::transport::smtp::{
    Error,
    authentication::{Credentials, Mechanism},
    client::{AsyncSmtpConnection, TlsParameters},
    extension::ClientId,
};
use tokio::time::timeout;

use crate::{Encryption, MailerRefusal, Message, SendFault, Smtp};

/// Connections kept open while nothing is sent.
const MAX_IDLE_CONNECTIONS: usize = 8;
/// How long an idle connection may take to show that it still stands.
const STILL_THERE_TIMEOUT: Duration = Duration::from_secs(5);
/// How long the server may take over our good-bye.
const GOODBYE_TIMEOUT: Duration = Duration::from_secs(2);
/// The server wants a login, or another one. The message is not to blame.
const LOGIN_CODES: [u16; 4] = [530, 534, 535, 538];

pub(crate) struct SmtpPool {
    server: Smtp,
    tls: Option<TlsParameters>,
    idle: Mutex<Vec<AsyncSmtpConnection>>,
}

impl SmtpPool {
    pub(crate) fn new(server: Smtp) -> Result<Self, MailerRefusal> {
        let tls = match server.encryption {
            Encryption::None if is_this_machine(&server.host) => None,
            Encryption::None => return Err(MailerRefusal::Unencrypted { host: server.host }),
            Encryption::StartTls | Encryption::Tls => Some(
                TlsParameters::new(server.host.clone())
                    .map_err(|_| MailerRefusal::Host { host: server.host.clone() })?,
            ),
        };
        Ok(Self { server, tls, idle: Mutex::default() })
    }

    pub(crate) async fn send(&self, message: &Message) -> Result<(), SendFault> {
        let message = message.mime()?;
        timeout(self.server.timeout, self.attempt(&message)).await.map_err(|_| SendFault::TooSlow)?
    }

    async fn attempt(&self, message: &lettre::Message) -> Result<(), SendFault> {
        let mut connection = match self.idle_connection().await {
            Some(connection) => connection,
            None => self.connect().await?,
        };
        connection.send(message.envelope(), &message.formatted()).await.map_err(fault)?;
        self.keep(connection);
        Ok(())
    }

    /// One that still stands. Those that do not are dropped, which closes them.
    async fn idle_connection(&self) -> Option<AsyncSmtpConnection> {
        loop {
            let mut connection = self.idle().pop()?;
            if timeout(STILL_THERE_TIMEOUT, connection.test_connected()).await == Ok(true) {
                return Some(connection);
            }
        }
    }

    async fn connect(&self) -> Result<AsyncSmtpConnection, SendFault> {
        let Smtp { host, port, encryption, login, timeout } = &self.server;
        let us = ClientId::default();
        let from_the_start = self.tls.clone().filter(|_| *encryption == Encryption::Tls);
        let server = (host.as_str(), *port);
        let mut connection =
            AsyncSmtpConnection::connect_tokio1(server, Some(*timeout), &us, from_the_start, None)
                .await
                .map_err(fault)?;
        if let (Encryption::StartTls, Some(tls)) = (encryption, &self.tls) {
            if !connection.can_starttls() {
                return Err(SendFault::NotSafe);
            }
            connection.starttls(tls.clone(), &us).await.map_err(fault)?;
        }
        if let Some(login) = login {
            let credentials = Credentials::new(login.user.clone(), login.password.clone());
            let ways = [Mechanism::Plain, Mechanism::Login];
            // Any refusal here is of the login: a server may say so in codes of its own.
            connection.auth(&ways, &credentials).await.map_err(|error| match fault(error) {
                SendFault::Refused(code) => SendFault::Login(code),
                other => other,
            })?;
        }
        Ok(connection)
    }

    fn keep(&self, connection: AsyncSmtpConnection) {
        let mut idle = self.idle();
        if idle.len() < MAX_IDLE_CONNECTIONS {
            idle.push(connection);
        }
    }

    pub(crate) async fn close(&self) {
        let connections = std::mem::take(&mut *self.idle());
        for mut connection in connections {
            // The server may be gone: then there is nobody to say good-bye to.
            let _ = timeout(GOODBYE_TIMEOUT, connection.abort()).await;
        }
    }

    fn idle(&self) -> std::sync::MutexGuard<'_, Vec<AsyncSmtpConnection>> {
        self.idle.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn is_this_machine(host: &str) -> bool {
    host == "localhost" || host.parse::<IpAddr>().is_ok_and(|address| address.is_loopback())
}

/// Only the code leaves: the server's words may repeat the address.
fn fault(error: Error) -> SendFault {
    match error.status().map(u16::from) {
        Some(code) if LOGIN_CODES.contains(&code) => SendFault::Login(code),
        Some(code) if error.is_permanent() => SendFault::Refused(code),
        Some(code) => SendFault::PutOff(code),
        None if error.is_tls() => SendFault::NotSafe,
        None if error.is_timeout() => SendFault::TooSlow,
        None => SendFault::Unreachable,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_this_machine_is_reached_in_the_clear() {
        let server = |host: &str, encryption| Smtp {
            host: host.to_owned(),
            port: 25,
            encryption,
            login: None,
            timeout: Duration::from_secs(1),
        };
        for host in ["localhost", "127.0.0.1", "127.8.8.8", "::1"] {
            assert!(SmtpPool::new(server(host, Encryption::None)).is_ok(), "{host}");
        }
        for host in ["mail.example.org", "10.0.0.1", "localhost.example.org", "127.0.0.1.example.org", ""] {
            assert!(
                matches!(
                    SmtpPool::new(server(host, Encryption::None)),
                    Err(MailerRefusal::Unencrypted { .. })
                ),
                "{host}"
            );
        }
        assert!(SmtpPool::new(server("mail.example.org", Encryption::Tls)).is_ok());
        assert!(SmtpPool::new(server("mail.example.org", Encryption::StartTls)).is_ok());
    }
}
