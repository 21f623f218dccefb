//! The ways out of the house behind one handle: SMTP, a folder of `.eml` files, memory.

use std::{fmt, io, path::PathBuf, sync::Arc, time::Duration};

use thiserror::Error;

use crate::{
    message::{ComposeFault, Message},
    transports::{folder::Folder, memory, smtp::SmtpPool},
};

pub use crate::transports::memory::{MEMORY_MESSAGES, Mailbox};

/// Sends messages, one way or another. Cheap to clone.
#[derive(Clone)]
pub struct Mailer(Arc<Way>);

enum Way {
    Smtp(SmtpPool),
    Folder(Folder),
    Memory(Mailbox),
}

/// A mail server and how to reach it. `Debug` does not show the login.
#[derive(Clone, Debug)]
pub struct Smtp {
    /// Its name; its certificate must carry it.
    pub host: String,
    /// 465 for TLS from the first byte, 587 for STARTTLS.
    pub port: u16,
    /// How the connection is kept from being read.
    pub encryption: Encryption,
    /// Who we are, if the server asks.
    pub login: Option<Login>,
    /// For one attempt, from connecting to the server's last word.
    pub timeout: Duration,
}

/// How a connection to a mail server is encrypted. Nothing falls back from one to another.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Encryption {
    /// The connection begins in the clear and must change to TLS before anything is said.
    StartTls,
    /// TLS from the first byte.
    Tls,
    /// None: only to this machine itself.
    None,
}

/// User name and password at a mail server.
#[derive(Clone)]
pub struct Login {
    /// The user name.
    pub user: String,
    /// The password.
    pub password: String,
}

/// Why a way out cannot be used at all.
#[derive(Debug, Error)]
pub enum MailerRefusal {
    /// Codes would travel readably.
    #[error(
        "Email to {host} must be encrypted: set StartTls or Tls. Only localhost may be reached without encryption."
    )]
    Unencrypted {
        /// The server.
        host: String,
    },
    /// The name is none that a certificate could carry.
    #[error("{host} is no name of a mail server. Check the setting.")]
    Host {
        /// What was set.
        host: String,
    },
    /// The folder cannot be made or is none.
    #[error("The folder for email cannot be used: {0}")]
    Folder(#[from] io::Error),
}

/// Why a message did not go out this time. Never carries what the server said: servers repeat addresses.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum SendFault {
    /// The server said no for good (5xx): trying again will not help.
    #[error("the mail server refused the message with code {0}")]
    Refused(u16),
    /// The server said not now (4xx).
    #[error("the mail server put the message off with code {0}")]
    PutOff(u16),
    /// The server does not take our login (530, 534, 535, 538): the operator must act, the message is innocent.
    #[error("the mail server did not accept our login, code {0}")]
    Login(u16),
    /// No connection, or it broke.
    #[error("the mail server cannot be reached")]
    Unreachable,
    /// No encryption to be had, or a certificate that is not the server's.
    #[error("no safe connection to the mail server")]
    NotSafe,
    /// The server took longer than the time allowed.
    #[error("the mail server did not answer in time")]
    TooSlow,
    /// The folder could not be written.
    #[error("the folder for email cannot be written: {0}")]
    Folder(io::ErrorKind),
    /// The message could not be put together.
    #[error(transparent)]
    Compose(#[from] ComposeFault),
}

impl SendFault {
    /// Whether the same message may get through later.
    pub fn may_pass(self) -> bool {
        !matches!(self, Self::Refused(_) | Self::Compose(_))
    }
}

impl Mailer {
    /// Through a mail server. Nothing is connected yet.
    ///
    /// # Errors
    /// [`MailerRefusal::Unencrypted`] unless the server is this machine itself, [`MailerRefusal::Host`].
    pub fn smtp(server: Smtp) -> Result<Self, MailerRefusal> {
        Ok(Self(Arc::new(Way::Smtp(SmtpPool::new(server)?))))
    }

    /// Into a folder, one `.eml` file a message, readable by the owner only. Makes the folder if need be.
    ///
    /// # Errors
    /// [`MailerRefusal::Folder`].
    pub fn folder(path: impl Into<PathBuf>) -> Result<Self, MailerRefusal> {
        Ok(Self(Arc::new(Way::Folder(Folder::new(path.into())?))))
    }

    /// Into memory, which keeps the last [`MEMORY_MESSAGES`]; the mailbox shows them.
    pub fn memory() -> (Self, Mailbox) {
        let mailbox = memory::Mailbox::default();
        (Self(Arc::new(Way::Memory(mailbox.clone()))), mailbox)
    }

    /// One attempt at sending.
    ///
    /// # Errors
    /// A [`SendFault`] that says whether another attempt makes sense.
    pub async fn send(&self, message: &Message) -> Result<(), SendFault> {
        match &*self.0 {
            Way::Smtp(pool) => pool.send(message).await,
            Way::Folder(folder) => folder.send(message).await,
            Way::Memory(mailbox) => {
                mailbox.put(message.clone());
                Ok(())
            }
        }
    }

    /// Takes leave of the mail server. Sending afterwards connects anew.
    pub async fn close(&self) {
        if let Way::Smtp(pool) = &*self.0 {
            pool.close().await;
        }
    }
}

impl fmt::Debug for Login {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Login(…)")
    }
}

impl fmt::Debug for Mailer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let way = match &*self.0 {
            Way::Smtp(_) => "smtp",
            Way::Folder(_) => "folder",
            Way::Memory(_) => "memory",
        };
        write!(f, "Mailer({way})")
    }
}
