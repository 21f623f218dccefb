//! The ways out of the house behind one handle: SMTP, GOV.UK Notify, a folder of `.eml` files, memory.

use std::{fmt, io, path::PathBuf, sync::Arc, time::Duration};

use thiserror::Error;

use crate::{
    delivery::Delivery,
    fault::SendFault,
    message::{ID_BYTES, Message},
    transports::{
        folder::Folder,
        memory,
        notify::{Notify, NotifyService},
        smtp::SmtpPool,
    },
};

pub use crate::transports::{
    MAX_CONNECTIONS,
    memory::{MEMORY_MESSAGES, Mailbox},
    smtp::Authority,
};

/// Sends messages, one way or another. Cheap to clone.
#[derive(Clone)]
pub struct Mailer(Arc<Way>);

enum Way {
    Smtp(SmtpPool),
    Notify(Box<NotifyService>),
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
    /// Who vouches for its certificate besides the authorities that browsers know.
    pub authority: Option<Authority>,
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
    /// No certificate in PEM.
    #[error("This is no certificate. It should be a PEM text that begins with -----BEGIN CERTIFICATE-----.")]
    Authority,
    /// Not a key of GOV.UK Notify's.
    #[error(
        "This is no GOV.UK Notify key. Copy the whole key: its name, the service and the secret, with hyphens between."
    )]
    ApiKey,
    /// Not the id of a template.
    #[error("This is no GOV.UK Notify template. Copy the template's ID from its page.")]
    TemplateId,
    /// No client for the web could be made.
    #[error("Emails cannot be sent over the web from here.")]
    Client,
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

impl Mailer {
    /// Through a mail server. Nothing is connected yet.
    ///
    /// # Errors
    /// [`MailerRefusal::Unencrypted`] unless the server is this machine itself, [`MailerRefusal::Host`].
    pub fn smtp(server: Smtp) -> Result<Self, MailerRefusal> {
        Ok(Self(Arc::new(Way::Smtp(SmtpPool::new(server)?))))
    }

    /// Through GOV.UK Notify. Nothing is connected yet.
    ///
    /// # Errors
    /// [`MailerRefusal::Unencrypted`] unless the service is this machine itself, [`MailerRefusal::Host`], [`MailerRefusal::ApiKey`],
    /// [`MailerRefusal::TemplateId`].
    pub fn notify(service: Notify) -> Result<Self, MailerRefusal> {
        Ok(Self(Arc::new(Way::Notify(Box::new(NotifyService::new(service)?)))))
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
            Way::Notify(service) => service.send(message).await,
            Way::Folder(folder) => folder.send(message).await,
            Way::Memory(mailbox) => {
                mailbox.put(message.clone());
                Ok(())
            }
        }
    }

    /// Whether this way knows later what became of a message. The others do not: what was sent twice to them may arrive twice.
    pub fn can_be_asked(&self) -> bool {
        matches!(&*self.0, Way::Notify(_))
    }

    /// What became of the message with that id. A service may take a while to know of a message that it has accepted: nothing found in
    /// the first minutes proves nothing.
    ///
    /// # Errors
    /// [`SendFault::CannotBeAsked`] unless [`Self::can_be_asked`]; otherwise as sending.
    pub async fn find(&self, reference: [u8; ID_BYTES]) -> Result<Option<Delivery>, SendFault> {
        match &*self.0 {
            Way::Notify(service) => service.find(reference).await,
            Way::Smtp(_) | Way::Folder(_) | Way::Memory(_) => Err(SendFault::CannotBeAsked),
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
            Way::Notify(_) => "notify",
            Way::Folder(_) => "folder",
            Way::Memory(_) => "memory",
        };
        write!(f, "Mailer({way})")
    }
}
