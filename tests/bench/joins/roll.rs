//! A whole system's roll through the use cases, and how long the identity side takes to forget the order of its rows.

use std::sync::Arc;
use std::time::{Duration, Instant};

use actions::{Actor, Campaign, Enrolment, Tenant};
use anyhow::{Context, Result, ensure};
use app::{Config, OsRandom, SystemClock};
use documents::roll::RollKind;
use mail::RetrySchedule;
use rust_xlsxwriter::Workbook;

use super::{COLUMNS, PEOPLE, csv, rows};
use crate::process;
use crate::stage::{CAMPAIGN, Kind, Stage, TENANT};

/// One round.
pub struct Roll {
    /// From the bytes of a file to people on the roll.
    pub csv: Import,
    pub xlsx: Import,
    /// The roll, with login details for everybody, written anew in the order of its random ids.
    pub rewrite: Duration,
}

/// The two steps.
pub struct Import {
    /// Reading, sorting out, holding.
    pub hold: Duration,
    pub confirm: Duration,
}

/// An identity side that this process has opened.
struct Ground {
    enrolment: Enrolment,
    tenant: Arc<Tenant>,
    campaign: Campaign,
    // Its databases go with it.
    _stage: Stage,
}

/// One round, each file on databases of its own.
pub async fn measure(kind: Kind) -> Result<Roll> {
    let ground = Ground::make(kind).await?;
    process::wait_for_quiet().await?;
    let from_csv = ground.import(RollKind::Csv, csv().as_bytes()).await?;
    let rewrite = ground.rewrite().await?;
    drop(ground);
    let ground = Ground::make(kind).await?;
    let workbook = workbook()?;
    process::wait_for_quiet().await?;
    let from_xlsx = ground.import(RollKind::Xlsx, &workbook).await?;
    Ok(Roll { csv: from_csv, xlsx: from_xlsx, rewrite })
}

impl Ground {
    async fn make(kind: Kind) -> Result<Self> {
        let stage = Stage::fill(kind, 1).await?;
        let environment = stage.environment().iter().map(|(name, value)| ((*name).to_owned(), value.clone()));
        let config = Config::read(None, environment, None)?;
        // The identity side alone: the next round drops these databases, and nobody may come back to the other one's.
        let (clock, entropy) = (Arc::new(SystemClock), Arc::new(OsRandom));
        let (enrolment, _) =
            app::databases::open_enrolment(&config, clock, entropy, RetrySchedule::default()).await?;
        let tenant = enrolment.tenants().by_slug(TENANT).await?.context("the pack is applied")?;
        let campaign = tenant.campaign(CAMPAIGN).context("the pack has it")?.clone();
        Ok(Self { enrolment, tenant, campaign, _stage: stage })
    }

    async fn import(&self, kind: RollKind, file: &[u8]) -> Result<Import> {
        let begun = Instant::now();
        let held = self.enrolment.import_roll(&self.tenant, &self.campaign, kind, file, &|_| {}).await?;
        let hold = begun.elapsed();
        let added = self
            .enrolment
            .confirm_roll(&Actor::command_line(self.tenant.id), &self.tenant, &self.campaign, held.import)
            .await?;
        ensure!(added == PEOPLE as u64, "{added} people came onto the roll");
        Ok(Import { hold, confirm: begun.elapsed() - hold })
    }

    async fn rewrite(&self) -> Result<Duration> {
        for organisation in &self.tenant.organisations {
            let take = |_| std::future::ready(Ok(()));
            let (tenant, campaign) = (&self.tenant, &self.campaign);
            self.enrolment.issue_logins(tenant, campaign, organisation, take).await?;
        }
        // The task that sees to it by itself may be about it already: the second is measured.
        self.enrolment.forget_order_now().await?;
        let begun = Instant::now();
        self.enrolment.forget_order_now().await?;
        Ok(begun.elapsed())
    }
}

fn workbook() -> Result<Vec<u8>> {
    let mut workbook = Workbook::new();
    let sheet = workbook.add_worksheet();
    for (column, name) in (0..).zip(COLUMNS) {
        sheet.write_string(0, column, name)?;
    }
    for (row, cells) in (1..).zip(rows()) {
        for (column, cell) in (0..).zip(cells) {
            sheet.write_string(row, column, cell)?;
        }
    }
    Ok(workbook.save_to_buffer()?)
}
