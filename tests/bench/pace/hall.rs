//! A conversation with everything in it that ours ship with, an identity provider, and where the emails go.

use std::fs;
use std::path::PathBuf;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};

use super::identity_provider::{CLIENT_ID, IdentityProvider};
use crate::stage::{CAMPAIGN, Kind, Server, Stage, TENANT, free_address};

/// The organisation that sends invitations.
pub const INVITED: &str = "uhb";
/// The one whose people sign up.
pub const SIGN_UP: &str = "swb";
/// The one with a provider, and a line of its part of the pack.
pub const SINGLE_SIGN_ON: &str = "birmingham-council";
const ITS_LINE: &str = "email_domains = [\"birmingham-council.example\"]\n";

/// How long an email may take.
const PATIENCE: Duration = Duration::from_secs(30);
const LOOK_EVERY: Duration = Duration::from_millis(20);

/// The server, ready for people to come.
pub struct Hall {
    pub origin: String,
    pub provider: IdentityProvider,
    /// The login details of one person.
    pub login: String,
    mail: PathBuf,
    _server: Server,
    _stage: Stage,
}

impl Hall {
    pub async fn open() -> Result<Self> {
        let stage = Stage::fill(Kind::Sqlite, 1).await?;
        // The provider must know where we are, and the pack where the provider is.
        let site = free_address()?;
        let origin = format!("http://{TENANT}.localhost:{}", site.port());
        let provider = IdentityProvider::start(&format!("{origin}/sign-on"));
        let packs = stage.folder().join("tenants");
        let pack = packs.join(TENANT).join("tenant.toml");
        let single_sign_on = format!(
            "{ITS_LINE}[organisations.single_sign_on]\nissuer = \"{}\"\nclient_id = \"{CLIENT_ID}\"\n",
            provider.issuer
        );
        fs::write(&pack, fs::read_to_string(&pack)?.replace(ITS_LINE, &single_sign_on))?;
        stage.command(&["tenants", "apply", packs.to_str().context("a path is UTF-8")?])?;
        let login = invite(&stage)?;
        let server = stage.serve_at(site).await?;
        let mail = stage.folder().join("data/mail");
        Ok(Self { origin, provider, login, mail, _server: server, _stage: stage })
    }

    /// The eight digits of the email to `address`, without spaces.
    pub async fn code_in_the_email(&self, address: &str) -> Result<String> {
        let begun = Instant::now();
        while begun.elapsed() < PATIENCE {
            for entry in fs::read_dir(&self.mail).into_iter().flatten() {
                let email = fs::read_to_string(entry?.path())?;
                if email.contains(address)
                    && let Some(code) = code_in(&email)
                {
                    return Ok(code);
                }
            }
            tokio::time::sleep(LOOK_EVERY).await;
        }
        bail!("no code came to {address} in {}", self.mail.display())
    }
}

/// Puts one person on the roll, launches, and gives their login details.
fn invite(stage: &Stage) -> Result<String> {
    let about = ["--tenant", TENANT, "--campaign", CAMPAIGN];
    let (roll, letters) = (stage.folder().join("roll.csv"), stage.folder().join("letters"));
    fs::write(&roll, format!("email,organisation\nann@{INVITED}.example,{INVITED}\n"))?;
    let [roll, letters_at] = [&roll, &letters].map(|path| path.to_str().unwrap_or_default());
    stage.command(&[&["roll", "import"], &about[..], &["--confirm", roll]].concat())?;
    stage.command(&[&["launch"], &about[..]].concat())?;
    stage.command(
        &[&["logins", "issue"], &about[..], &["--organisation", INVITED, "--out", letters_at]].concat(),
    )?;
    let list = fs::read_to_string(letters.join("logins.csv"))?;
    let code = list.lines().nth(1).and_then(|row| row.split(',').nth(1));
    Ok(code.context("no login details")?.to_owned())
}

fn code_in(email: &str) -> Option<String> {
    let words: Vec<&str> = email.split_whitespace().collect();
    let digits = |word: &str| word.len() == 4 && word.bytes().all(|byte| byte.is_ascii_digit());
    words.windows(2).find(|pair| pair.iter().all(|word| digits(word))).map(<[_]>::concat)
}
