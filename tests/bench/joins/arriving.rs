//! Thousands join by the pages that everybody uses: login details, a blind signature, a registration. All but unblinding is prepared
//! outside the measured time; a roll of a whole system stands behind.

use std::fs;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, ensure};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use blind_rsa_signatures::{BlindSignature, BlindingResult, DefaultRng, PublicKeySha384PSSRandomized};
use credentials::{KeyLogEntry, Purpose, credential_message, proof_message};
use domain::ids::{CampaignId, TenantId};
use futures_util::future::try_join_all;
use ring::signature::{Ed25519KeyPair, KeyPair};
use rusqlite::{Connection as File, OpenFlags};

use super::{JOINERS, JOINING, csv};
use crate::people::Site;
use crate::process;
use crate::stage::{CAMPAIGN, Databases, Server, Stage, TENANT};
use crate::wire::{Answer, Connection};

/// People who are about it at the same time.
const AT_ONCE: usize = 16;
/// What stands before a form's token.
const TOKEN: &str = "name=\"csrf\" value=\"";

/// One round.
pub struct Arrivals {
    /// Joined a second.
    pub rate: f64,
    /// From the link to being in, half of them and 99 of 100.
    pub median: Duration,
    pub p99: Duration,
    /// Processor time of the server for each.
    pub server: Duration,
    /// And of PostgreSQL.
    pub database: Duration,
    /// Processors that the server, this client and all others kept busy.
    pub server_busy: f64,
    pub client_busy: f64,
    pub others_busy: f64,
}

/// Somebody on the way in.
struct Joiner {
    code: String,
    device: Ed25519KeyPair,
    message: Vec<u8>,
    blinding: BlindingResult,
}

/// What all of them go by.
struct Way<'a> {
    site: &'a Site,
    tenant: TenantId,
    campaign: CampaignId,
    key: String,
    public: PublicKeySha384PSSRandomized,
}

/// `rounds` of them, [`JOINERS`] in all.
pub async fn measure(stage: &Stage, rounds: usize) -> Result<Vec<Arrivals>> {
    let about = ["--tenant", TENANT, "--campaign", CAMPAIGN];
    let folder = stage.folder();
    let (roll, letters) = (folder.join("roll.csv"), folder.join("letters"));
    fs::write(&roll, csv())?;
    let [roll, letters_at] = [&roll, &letters].map(|path| path.to_str().unwrap_or_default());
    stage.command(&[&["roll", "import"], &about[..], &["--confirm", roll]].concat())?;
    stage.command(&[&["launch"], &about[..]].concat())?;
    stage.command(
        &[&["logins", "issue"], &about[..], &["--organisation", JOINING, "--out", letters_at]].concat(),
    )?;
    let log: Vec<KeyLogEntry> =
        serde_json::from_str(&stage.command(&["keys", "export", "--tenant", TENANT])?)?;
    let entry =
        log.iter().find(|entry| entry.organisations.iter().any(|slug| slug == JOINING)).context("a key")?;

    let server = stage.serve().await?;
    let public = PublicKeySha384PSSRandomized::from_der(&URL_SAFE_NO_PAD.decode(&entry.public_key)?)?;
    let way = Way {
        site: &server.site,
        tenant: TenantId::named(&[TENANT]),
        campaign: entry.campaign,
        key: entry.key()?.id().to_string(),
        public,
    };
    eprintln!("{JOINERS} keys and blindings");
    let list = fs::read_to_string(letters.join("logins.csv"))?;
    let codes = list.lines().skip(1).filter_map(|row| row.split(',').nth(1));
    let mut joiners =
        (0_u64..).zip(codes).map(|(number, code)| way.prepare(number, code)).collect::<Result<Vec<_>>>()?;
    ensure!(joiners.len() == JOINERS, "{} have login details", joiners.len());
    let mut done = Vec::new();
    for round in 1..=rounds {
        process::wait_for_quiet().await?;
        let coming = joiners.split_off(joiners.len() - JOINERS / rounds);
        eprintln!("{} join, round {round} of {rounds}", coming.len());
        done.push(way.all_join(&server, &coming).await?);
    }
    check(stage, JOINERS / rounds * rounds).await?;
    Ok(done)
}

impl Way<'_> {
    fn prepare(&self, number: u64, code: &str) -> Result<Joiner> {
        let mut seed = [7; 32];
        seed[..8].copy_from_slice(&number.to_be_bytes());
        let device = Ed25519KeyPair::from_seed_unchecked(&seed).ok().context("32 bytes are a seed")?;
        let message = credential_message(self.campaign, device.public_key().as_ref().try_into()?);
        let blinding = self.public.blind(&mut DefaultRng, &message)?;
        Ok(Joiner { code: code.to_owned(), device, message, blinding })
    }

    async fn all_join(&self, server: &Server, joiners: &[Joiner]) -> Result<Arrivals> {
        let connections = try_join_all((0..AT_ONCE).map(|_| Connection::open(self.site.address))).await?;
        let now = || {
            anyhow::Ok((
                process::cpu(server.pid())?,
                server.postmaster.map_or(Ok(Duration::ZERO), process::cpu_of_children)?,
                process::cpu(std::process::id())?,
                process::machine_cpu()?,
            ))
        };
        let (before, begun) = (now()?, Instant::now());
        let share = joiners.len().div_ceil(AT_ONCE);
        let coming =
            connections.into_iter().zip(joiners.chunks(share)).map(async |(mut connection, joiners)| {
                let mut took = Vec::with_capacity(joiners.len());
                for joiner in joiners {
                    let begun = Instant::now();
                    self.joins(&mut connection, joiner).await?;
                    took.push(begun.elapsed());
                }
                anyhow::Ok(took)
            });
        let mut took = try_join_all(coming).await?.concat();
        let (elapsed, after) = (begun.elapsed(), now()?);
        let (server, database) = (after.0.saturating_sub(before.0), after.1.saturating_sub(before.1));
        let client = after.2.saturating_sub(before.2);
        let others = after.3.saturating_sub(before.3).saturating_sub(server + database + client);
        let busy = |cpu: Duration| cpu.as_secs_f64() / elapsed.as_secs_f64();
        took.sort_unstable();
        Ok(Arrivals {
            rate: took.len() as f64 / elapsed.as_secs_f64(),
            median: took[took.len() / 2],
            p99: took[took.len() * 99 / 100],
            server: server / took.len() as u32,
            database: database / took.len() as u32,
            server_busy: busy(server),
            client_busy: busy(client),
            others_busy: busy(others),
        })
    }

    /// The link, the button, the key log, the signature, the page that registers, the registration.
    async fn joins(&self, connection: &mut Connection, joiner: &Joiner) -> Result<()> {
        let (site, code) = (self.site, &joiner.code);
        let login = format!("/join/{CAMPAIGN}/login");
        let page = connection.exchange(&site.get(&format!("{login}?code={code}"), "", "")).await?;
        let (token, visit) = (token(&page)?, cookie(&page)?);
        let request = site.post(&login, &visit, &format!("csrf={token}&code={code}"));
        let sent_on = connection.exchange(&request).await?;
        let location = sent_on.headers("location").next().context("login details were refused")?;
        let (_, ticket) = location.split_once("ticket=").context("no ticket")?;
        let ticket = ticket.split('&').next().unwrap_or_default().to_owned();
        connection.exchange(&site.get("/keys.json", "", "")).await?;
        let blinded = URL_SAFE_NO_PAD.encode(&joiner.blinding.blind_message.0);
        let asked = format!(r#"{{"ticket":"{ticket}","key":"{}","blinded":"{blinded}"}}"#, self.key);
        let signed = connection.exchange(&self.json(&format!("/issue/{CAMPAIGN}"), &asked)).await?;
        let signature = signed.between("\"signature\":\"", "\"").context("no signature")?;
        let signature = BlindSignature(URL_SAFE_NO_PAD.decode(signature)?);
        let signature = self.public.finalize(&signature, &joiner.blinding, &joiner.message)?;

        let join = format!("{}/join", Site::conversation());
        let page = connection.exchange(&site.get(&join, &visit, "")).await?;
        let form = self.registration(joiner, &signature, &self::token(&page)?)?;
        let joined = connection.exchange(&site.post(&join, &visit, &form)).await?;
        ensure!(joined.status == 303, "a credential was refused: {}", joined.status);
        Ok(())
    }

    fn registration(&self, joiner: &Joiner, signature: &[u8], token: &str) -> Result<String> {
        let prefix = joiner.blinding.msg_randomizer.context("a randomised message")?.0;
        let proof = joiner.device.sign(&proof_message(Purpose::Register, self.tenant, self.campaign, token));
        let [device_key, prefix, signature, proof] =
            [joiner.device.public_key().as_ref(), &prefix, signature, proof.as_ref()]
                .map(|bytes| URL_SAFE_NO_PAD.encode(bytes));
        let key = &self.key;
        Ok(format!(
            "csrf={token}&key={key}&device_key={device_key}&prefix={prefix}&signature={signature}&proof={proof}&shared=no"
        ))
    }

    fn json(&self, path: &str, json: &str) -> Vec<u8> {
        let (host, length) = (&self.site.host, json.len());
        format!(
            "POST {path} HTTP/1.1\r\nhost: {host}\r\norigin: http://{host}\r\ncontent-type: application/json\r\n\
             content-length: {length}\r\n\r\n{json}"
        )
        .into_bytes()
    }
}

fn token(page: &Answer<'_>) -> Result<String> {
    ensure!(page.status == 200, "a page came with {}", page.status);
    Ok(page.between(TOKEN, "\"").context("no form")?.to_owned())
}

/// The cookies that a page sets, as they go into `Cookie`.
fn cookie(page: &Answer<'_>) -> Result<String> {
    let set: Vec<&str> = page.headers("set-cookie").filter_map(|set| set.split(';').next()).collect();
    ensure!(!set.is_empty(), "no cookie");
    Ok(set.join("; "))
}

/// Everybody is in or waits, once.
async fn check(stage: &Stage, joined: usize) -> Result<()> {
    let all = [
        "SELECT count(*) FROM credential",
        "SELECT count(*) FROM waiting",
        "SELECT count(DISTINCT device_key) FROM credential",
    ];
    let mut counted = Vec::new();
    for sql in all {
        counted.push(match &stage.databases {
            Databases::Sqlite { file, .. } => {
                let database = File::open_with_flags(file, OpenFlags::SQLITE_OPEN_READ_ONLY)?;
                database.query_row(sql, [], |row| row.get(0))?
            }
            Databases::Postgres(cluster) => cluster.count(sql).await?,
        });
    }
    let [inside, waiting, keys]: [i64; 3] = counted[..].try_into()?;
    ensure!(
        inside + waiting == i64::try_from(joined)?,
        "{joined} joined, {inside} are in and {waiting} wait"
    );
    ensure!(keys == inside, "a key is there twice");
    Ok(())
}
