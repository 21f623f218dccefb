//! `[mail]`: how emails leave, and whom they are from.

use std::path::{Path, PathBuf};
use std::time::Duration;

use mail::{Address, Encryption, HeaderText, Login, Mailbox, Mailer, MailerRefusal, Sender, Smtp};

use super::Problems;
use super::file::MailSection;

/// The folder in the data folder into which emails are written where no mail server is named.
const MAIL_FOLDER: &str = "mail";
/// Whom emails are from unless told otherwise: an address that nobody can have (RFC 2606).
const DEFAULT_FROM: (&str, &str) = ("Candour", "no-reply@candour.invalid");
/// The port of submission with STARTTLS (RFC 6409).
const STARTTLS_PORT: u16 = 587;
/// The port of submission with TLS from the start (RFC 8314).
const TLS_PORT: u16 = 465;
/// How long a mail server may take for an answer, seconds.
const TIMEOUT_SECONDS: u64 = 30;

/// How emails leave.
#[derive(Clone)]
pub struct MailSettings {
    /// By which way.
    pub way: MailWay,
    /// Whom they are from.
    pub from: Sender,
}

/// By which way emails leave.
#[derive(Clone)]
pub enum MailWay {
    /// To a mail server.
    Smtp(Smtp),
    /// Into a folder, one file each: for trying things out.
    Folder(PathBuf),
    /// Into this process' memory: a demonstration's. No file sets it.
    Memory,
}

impl MailSettings {
    /// The mailer, and its mailbox where it is one of memory.
    ///
    /// # Errors
    /// When the way cannot be used.
    pub fn mailer(&self) -> Result<(Mailer, Option<Mailbox>), MailerRefusal> {
        match &self.way {
            MailWay::Smtp(server) => Ok((Mailer::smtp(server.clone())?, None)),
            MailWay::Folder(folder) => Ok((Mailer::folder(folder)?, None)),
            MailWay::Memory => {
                let (mailer, mailbox) = Mailer::memory();
                Ok((mailer, Some(mailbox)))
            }
        }
    }
}

impl Problems {
    pub(super) fn mail(&mut self, section: MailSection, data: &Path) -> Option<MailSettings> {
        let (name, address) = DEFAULT_FROM;
        let named = section.host.is_some();
        if named && section.from_address.is_none() {
            self.add(
                "mail.from_address",
                "is missing: write whom emails are from, such as no-reply@talk.example.org",
            );
        }
        let name = section.from_name.unwrap_or_else(|| name.to_owned());
        let address = section.from_address.unwrap_or_else(|| address.to_owned());
        let name = self.checked("mail.from_name", HeaderText::parse(&name));
        let address = self.checked("mail.from_address", Address::parse(&address));
        let way = match section.host {
            None => MailWay::Folder(section.folder.map_or_else(|| data.join(MAIL_FOLDER), PathBuf::from)),
            Some(host) => {
                let (encryption, usual) = match section.encryption.as_deref() {
                    None | Some("starttls") => (Encryption::StartTls, STARTTLS_PORT),
                    Some("tls") => (Encryption::Tls, TLS_PORT),
                    Some("none") => (Encryption::None, STARTTLS_PORT),
                    Some(other) => {
                        self.add(
                            "mail.encryption",
                            format!("`{other}` is none: write starttls, tls, or, on this machine only, none"),
                        );
                        return None;
                    }
                };
                let login = match (section.user, section.password) {
                    (Some(user), Some(password)) => Some(Login { user, password }),
                    (None, None) => None,
                    _ => {
                        self.add("mail.password", "user and password go together: give both, or neither");
                        return None;
                    }
                };
                let timeout = Duration::from_secs(TIMEOUT_SECONDS);
                let port = section.port.unwrap_or(usual);
                MailWay::Smtp(Smtp { host, port, encryption, login, timeout })
            }
        };
        Some(MailSettings { way, from: Sender { name: name?, address: address? } })
    }
}
