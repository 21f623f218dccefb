//! `[mail]`: how emails leave, and whom they are from. `[mail.tenants.<short name>]` is the same for one tenant alone.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use domain::Clock;
use mail::dkim::DkimKey;
use mail::{
    Address, Authority, Encryption, HeaderText, Login, Mailbox, Mailer, MailerRefusal, Notify, Sender, Smtp,
};

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
/// How long a mail server may take for an answer.
const TIMEOUT: Duration = Duration::from_secs(30);

/// How emails leave.
#[derive(Clone)]
pub struct MailSettings {
    /// By which way.
    pub way: MailWay,
    /// Whom they are from.
    pub from: Sender,
    /// The key that signs them, if one does.
    pub dkim: Option<DkimKey>,
    /// Whom mail servers tell what they could not deliver, if not the sender.
    pub bounce_address: Option<Address>,
    /// Tenants' own ways, by short name.
    pub tenants: BTreeMap<String, MailSettings>,
}

/// By which way emails leave.
#[derive(Clone)]
pub enum MailWay {
    /// To a mail server.
    Smtp(Smtp),
    /// To GOV.UK Notify.
    Notify(NotifySettings),
    /// Into a folder, one file each: for trying things out.
    Folder(PathBuf),
    /// Into this process' memory: a demonstration's. No file sets it.
    Memory,
}

/// What GOV.UK Notify gives a service.
#[derive(Clone)]
pub struct NotifySettings {
    /// Its address.
    pub base_url: String,
    /// The service's key.
    pub api_key: String,
    /// The template with a subject and a body to fill in.
    pub template_id: String,
}

impl MailSettings {
    /// Those of the tenant called `slug`.
    pub fn way_of(&self, slug: &str) -> &Self {
        self.tenants.get(slug).unwrap_or(self)
    }

    /// The mailer, and its mailbox where it is one of memory.
    ///
    /// # Errors
    /// When the way cannot be used.
    pub fn mailer(&self, clock: &Arc<dyn Clock>) -> Result<(Mailer, Option<Mailbox>), MailerRefusal> {
        match &self.way {
            MailWay::Smtp(server) => Ok((Mailer::smtp(server.clone())?, None)),
            MailWay::Notify(service) => {
                let NotifySettings { base_url, api_key, template_id } = service.clone();
                let clock = Arc::clone(clock);
                let service = Notify { base_url, api_key, template_id, timeout: TIMEOUT, clock };
                Ok((Mailer::notify(service)?, None))
            }
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
        let mut tenants = BTreeMap::new();
        let mut section = section;
        for (slug, own) in std::mem::take(&mut section.tenants) {
            if !own.tenants.is_empty() {
                self.add(
                    "mail.tenants",
                    format!("`{slug}`: a tenant has no tenants of its own: take them out"),
                );
            }
            if let Some(own) = self.one_way(own, data) {
                tenants.insert(slug, own);
            }
        }
        Some(MailSettings { tenants, ..self.one_way(section, data)? })
    }

    fn one_way(&mut self, section: MailSection, data: &Path) -> Option<MailSettings> {
        let named = section.host.is_some() || section.notify_key.is_some();
        if named && section.from_address.is_none() {
            self.add(
                "mail.from_address",
                "is missing: write whom emails are from, such as no-reply@talk.example.org",
            );
        }
        let dkim = match &section.dkim_key {
            Some(file) => Some(self.dkim(&section, file)?),
            None => None,
        };
        let from = self.sender(&section, dkim.clone());
        let bounce_address = match &section.bounce_address {
            Some(address) => Some(self.checked("mail.bounce_address", Address::parse(address))?),
            None => None,
        };
        let way = self.way(section, data);
        Some(MailSettings { way: way?, from: from?, dkim, bounce_address, tenants: BTreeMap::new() })
    }

    fn sender(&mut self, section: &MailSection, dkim: Option<DkimKey>) -> Option<Sender> {
        let (name, address) = DEFAULT_FROM;
        let name = section.from_name.as_deref().unwrap_or(name);
        let address = section.from_address.as_deref().unwrap_or(address);
        let name = self.checked("mail.from_name", HeaderText::parse(name));
        let address = self.checked("mail.from_address", Address::parse(address));
        let sender = Sender::new(name?, address?);
        match dkim {
            Some(key) => self.checked("mail.dkim_domain", sender.signed_with(key)),
            None => Some(sender),
        }
    }

    fn dkim(&mut self, section: &MailSection, file: &str) -> Option<DkimKey> {
        let (Some(domain), Some(selector)) = (&section.dkim_domain, &section.dkim_selector) else {
            self.add("mail.dkim_key", "needs dkim_domain and dkim_selector beside it");
            return None;
        };
        let pem = self.text_of("mail.dkim_key", file)?;
        self.checked("mail.dkim_key", DkimKey::parse(&pem, domain, selector))
    }

    fn way(&mut self, section: MailSection, data: &Path) -> Option<MailWay> {
        match (section.host.is_some(), &section.notify_key) {
            (true, Some(_)) => {
                self.add("mail.notify_key", "emails leave by one way: take out host, or notify_key");
                None
            }
            (true, None) => self.smtp(section).map(MailWay::Smtp),
            (false, Some(key)) => {
                let Some(template_id) = section.notify_template.clone() else {
                    self.add(
                        "mail.notify_template",
                        "is missing: write the id of the template with ((subject)) and ((body))",
                    );
                    return None;
                };
                let base_url = section.notify_url.unwrap_or_else(|| mail::notify::NOTIFY_BASE_URL.to_owned());
                Some(MailWay::Notify(NotifySettings { base_url, api_key: key.clone(), template_id }))
            }
            (false, None) => {
                let folder = section.folder.map_or_else(|| data.join(MAIL_FOLDER), PathBuf::from);
                Some(MailWay::Folder(folder))
            }
        }
    }

    fn smtp(&mut self, section: MailSection) -> Option<Smtp> {
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
        let authority = match &section.authority {
            Some(file) => {
                let pem = self.text_of("mail.authority", file)?;
                Some(self.checked("mail.authority", Authority::from_pem(&pem))?)
            }
            None => None,
        };
        let (host, port) = (section.host.unwrap_or_default(), section.port.unwrap_or(usual));
        Some(Smtp { host, port, encryption, login, timeout: TIMEOUT, authority })
    }

    fn text_of(&mut self, name: &'static str, file: &str) -> Option<String> {
        let read = std::fs::read_to_string(file);
        self.checked(name, read.map_err(|error| format!("{file} cannot be read: {error}")))
    }
}
