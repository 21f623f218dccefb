//! SMTP over lettre's connections, kept open between messages.
//!
//! The pool is ours because lettre's (0.11.23) has no time-out but for connecting, and puts a connection back even when
//! its user gave up in the middle of a message: the next message would then read the answers to the last one. Here an
//! attempt as a whole has a time-out, and only a connection whose answers were all read is kept.
//!
//! The conversation is held step by step, because what a failure means depends on the step: until the server says "go on"
//! (354) nobody has any of the message; from then on only the server's last answer tells whether it was taken.

use std::{
    error::Error as _,
    io,
    sync::{
        Mutex, PoisonError,
        atomic::{AtomicBool, Ordering::Relaxed},
    },
    time::Duration,
};

use lettre::transport::smtp::{
    Error,
    authentication::{Credentials, Mechanism},
    client::{AsyncSmtpConnection, Certificate, TlsParameters},
    commands::{Data, Mail, Rcpt, Rset},
    extension::ClientId,
    response::Severity,
};
use rustls::{
    RootCertStore,
    pki_types::{CertificateDer, pem::PemObject},
};
use tokio::{sync::Semaphore, time::timeout};

use super::{MAX_CONNECTIONS, is_this_machine};
use crate::{Encryption, MailerRefusal, Message, Reply, SendFault, Smtp};

/// How long an idle connection may take to show that it still stands.
const STILL_THERE_TIMEOUT: Duration = Duration::from_secs(5);
/// How long the server may take over our good-bye.
const GOODBYE_TIMEOUT: Duration = Duration::from_secs(2);
/// The server wants a login, or another one. The message is not to blame.
const LOGIN_CODES: [u16; 4] = [530, 534, 535, 538];
/// The server takes its leave with this answer, whatever was asked.
const GOODBYE_CODE: u16 = 421;

/// Who vouches for a mail server besides the authorities that browsers know: a hospital's own relay may have a certificate of the
/// hospital's own.
#[derive(Clone)]
pub struct Authority(Certificate);

impl Authority {
    /// Reads a certificate in PEM.
    ///
    /// # Errors
    /// [`MailerRefusal::Authority`].
    pub fn from_pem(pem: &str) -> Result<Self, MailerRefusal> {
        let der = CertificateDer::from_pem_slice(pem.as_bytes()).map_err(|_| MailerRefusal::Authority)?;
        // lettre looks at it only when a connection is made.
        RootCertStore::empty().add(der.clone()).map_err(|_| MailerRefusal::Authority)?;
        Certificate::from_der(der.to_vec()).map(Self).map_err(|_| MailerRefusal::Authority)
    }
}

impl std::fmt::Debug for Authority {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Authority(…)")
    }
}

pub(crate) struct SmtpPool {
    server: Smtp,
    tls: Option<TlsParameters>,
    /// One line a conversation.
    lines: Semaphore,
    /// At most as many as there are lines: each was one conversation's.
    idle: Mutex<Vec<AsyncSmtpConnection>>,
}

/// How far a conversation has come.
#[derive(Clone, Copy)]
enum Step {
    /// Greeting, encryption, login.
    Connecting,
    /// Whom it comes from.
    Sender,
    Recipient,
    /// Asking whether it may follow.
    Asking,
    /// After "go on".
    HandedOver,
}

impl SmtpPool {
    pub(crate) fn new(server: Smtp) -> Result<Self, MailerRefusal> {
        let tls = match server.encryption {
            Encryption::None if is_this_machine(&server.host) => None,
            Encryption::None => return Err(MailerRefusal::Unencrypted { host: server.host }),
            Encryption::StartTls | Encryption::Tls => {
                let builder = TlsParameters::builder(server.host.clone());
                let builder = match &server.authority {
                    Some(Authority(certificate)) => builder.add_root_certificate(certificate.clone()),
                    None => builder,
                };
                Some(builder.build().map_err(|_| MailerRefusal::Host { host: server.host.clone() })?)
            }
        };
        Ok(Self { server, tls, lines: Semaphore::new(MAX_CONNECTIONS), idle: Mutex::default() })
    }

    pub(crate) async fn send(&self, message: &Message) -> Result<(), SendFault> {
        let content = content(&message.formatted()?);
        // Never closed. Waiting here is not the server's slowness.
        let _line = self.lines.acquire().await;
        let handed_over = AtomicBool::new(false);
        match timeout(self.server.timeout, self.attempt(message, &content, &handed_over)).await {
            Ok(outcome) => outcome,
            Err(_) if handed_over.load(Relaxed) => Err(SendFault::Unanswered),
            Err(_) => Err(SendFault::TooSlow),
        }
    }

    async fn attempt(
        &self,
        message: &Message,
        content: &str,
        handed_over: &AtomicBool,
    ) -> Result<(), SendFault> {
        let mut connection = match self.idle_connection().await {
            Some(connection) => connection,
            None => self.connect().await?,
        };
        let outcome = converse(&mut connection, message, content, handed_over).await;
        if outcome.as_ref().map_or_else(SendFault::leaves_the_connection_good, |()| true) {
            self.idle().push(connection);
        }
        outcome
    }

    /// One that still stands, with nothing left over from its last message. Those that do not are dropped, which closes them.
    async fn idle_connection(&self) -> Option<AsyncSmtpConnection> {
        loop {
            let mut connection = self.idle().pop()?;
            if matches!(timeout(STILL_THERE_TIMEOUT, connection.command(Rset)).await, Ok(Ok(_))) {
                return Some(connection);
            }
        }
    }

    async fn connect(&self) -> Result<AsyncSmtpConnection, SendFault> {
        let Smtp { host, port, encryption, login, timeout, .. } = &self.server;
        let failed = |error: Error| fault(&error, Step::Connecting);
        let us = ClientId::default();
        let from_the_start = self.tls.clone().filter(|_| *encryption == Encryption::Tls);
        let server = (host.as_str(), *port);
        let connected =
            AsyncSmtpConnection::connect_tokio1(server, Some(*timeout), &us, from_the_start, None);
        let mut connection = connected.await.map_err(failed)?;
        if let (Encryption::StartTls, Some(tls)) = (encryption, &self.tls) {
            if !connection.can_starttls() {
                return Err(SendFault::NotSafe);
            }
            connection.starttls(tls.clone(), &us).await.map_err(failed)?;
        }
        if let Some(login) = login {
            let credentials = Credentials::new(login.user.clone(), login.password.clone());
            let ways = [Mechanism::Plain, Mechanism::Login];
            // Any refusal here is of the login: a server may say so in codes of its own.
            connection.auth(&ways, &credentials).await.map_err(|error| match reply(&error) {
                Some(reply) if error.is_permanent() => SendFault::Login(reply),
                _ => failed(error),
            })?;
        }
        Ok(connection)
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

/// RFC 5321, 3.3: one message to one recipient. `handed_over` says, also to whoever gives up waiting, that `content` went out.
async fn converse(
    connection: &mut AsyncSmtpConnection,
    message: &Message,
    content: &str,
    handed_over: &AtomicBool,
) -> Result<(), SendFault> {
    let from = Mail::new(Some(message.return_path().to_lettre()), Vec::new());
    connection.command(from).await.map_err(|error| fault(&error, Step::Sender))?;
    let to = Rcpt::new(message.to().to_lettre(), Vec::new());
    connection.command(to).await.map_err(|error| fault(&error, Step::Recipient))?;
    let go_on = connection.command(Data).await.map_err(|error| fault(&error, Step::Asking))?;
    if go_on.code().severity != Severity::PositiveIntermediate {
        return Err(SendFault::Unreachable);
    }
    handed_over.store(true, Relaxed);
    let answer = connection.command(content).await.map_err(|error| fault(&error, Step::HandedOver))?;
    match answer.code().severity {
        Severity::PositiveCompletion => Ok(()),
        _ => Err(SendFault::Unanswered),
    }
}

/// RFC 5321, 4.5.2: a dot that begins a line doubled, and one alone at the end. In one piece: lettre writes that last dot by itself,
/// which then waits until the other side has acknowledged the rest (RFC 1122, 4.2.3.2 and 4.2.3.4), 40 ms for each message.
fn content(message: &[u8]) -> String {
    let mut content = String::from_utf8_lossy(message).replace("\r\n.", "\r\n..");
    if !content.ends_with("\r\n") {
        content.push_str("\r\n");
    }
    content.push_str(".\r\n");
    content
}

fn reply(error: &Error) -> Option<Reply> {
    let words = error.source().map(ToString::to_string).unwrap_or_default();
    error.status().map(|code| Reply::new(u16::from(code), &words))
}

/// lettre takes a certificate that nobody vouches for as a failure to connect.
fn is_of_encryption(error: &Error) -> bool {
    let mut source = error.source();
    while let Some(error) = source {
        let inner = error.downcast_ref::<io::Error>().and_then(io::Error::get_ref);
        if inner.is_some_and(|inner| inner.is::<rustls::Error>()) {
            return true;
        }
        source = error.source();
    }
    error.is_tls()
}

/// Only codes leave: the server's words may repeat the address.
fn fault(error: &Error, step: Step) -> SendFault {
    match (reply(error), step) {
        (Some(reply), _) if LOGIN_CODES.contains(&reply.code) => SendFault::Login(reply),
        (Some(reply), _) if reply.code == GOODBYE_CODE => SendFault::Closed(reply),
        // A server that greets nobody, or takes nothing from us, has said nothing about the message.
        (Some(reply), Step::Connecting | Step::Sender) => SendFault::Closed(reply),
        (Some(reply), _) if !error.is_permanent() => SendFault::PutOff(reply),
        // Only the enhanced code is taken for the address' fault, for good: a relay says a bare 550 as well to whoever it does not know. Some
        // servers look for the mailbox only when they have the message.
        (Some(reply), Step::Recipient | Step::HandedOver)
            if reply.enhanced.is_some_and(|code| code.is_of_the_address()) =>
        {
            SendFault::AddressRefused(reply)
        }
        (Some(reply), _) => SendFault::Refused(reply),
        (None, Step::HandedOver) => SendFault::Unanswered,
        (None, _) if is_of_encryption(error) => SendFault::NotSafe,
        (None, _) if error.is_timeout() => SendFault::TooSlow,
        (None, _) => SendFault::Unreachable,
    }
}

impl SendFault {
    /// Whether each command had its answer, so that the next one's is the next one's.
    fn leaves_the_connection_good(&self) -> bool {
        matches!(self, Self::AddressRefused(_) | Self::Refused(_) | Self::PutOff(_))
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
            authority: None,
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

    #[test]
    fn dots_are_doubled_and_one_ends_it() {
        assert_eq!(content(b"A: b\r\n\r\n.\r\n..\r\na.b\r\n"), "A: b\r\n\r\n..\r\n...\r\na.b\r\n.\r\n");
        assert_eq!(content(b"A: b\r\n\r\nend"), "A: b\r\n\r\nend\r\n.\r\n");
    }

    #[test]
    fn what_is_no_certificate_vouches_for_nobody() {
        for pem in ["", "hello", "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----"] {
            assert!(matches!(Authority::from_pem(pem), Err(MailerRefusal::Authority)), "{pem}");
        }
    }
}
