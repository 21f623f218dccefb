//! A roll comes in as a file: its bad rows and duplicates are listed, its good rows held until somebody confirms them.

use std::collections::{HashMap, HashSet};

use documents::roll::{FullNames, RollFile, RollKind, RollRefusal, read_roll_with_names};
use domain::ids::{ImportId, OrganisationId, PersonId};
use domain::roll::{Duplicate, OrganisationSlug, RowProblem, person_key, sort_out};
use domain::time_zone::local_date;
use storage::identity::HeldRow;
use thiserror::Error;

use crate::actor::record;
use crate::{ActionError, Actor, Campaign, Enrolment, Tenant};

/// Rows written between two steps of a progress bar.
const ROWS_PER_STEP: usize = 5_000;

/// What came of a file.
#[derive(Clone, Debug)]
pub struct HeldRoll {
    /// What to confirm or discard.
    pub import: ImportId,
    /// Good rows, held.
    pub held: usize,
    /// Rows that cannot be used, by line.
    pub problems: Vec<RowProblem>,
    /// People who stand more than once, by line.
    pub duplicates: Vec<Duplicate>,
    /// Columns that were not read: Candour keeps no more than it needs.
    pub ignored_columns: Vec<String>,
}

/// What an import waits for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RollProgress {
    /// Rows read so far.
    Read(u64),
    /// Of `all` good rows, `held` are held.
    Held {
        /// So far.
        held: u64,
        /// In all.
        all: u64,
    },
}

/// Why a roll does not come in; nothing is held then.
#[derive(Debug, Error)]
pub enum RollImportRefusal {
    /// The file cannot be read.
    #[error(transparent)]
    File(#[from] RollRefusal),
    /// No such import is held for this campaign.
    #[error(
        "no import with this number is held for this campaign: it was confirmed, discarded, or belongs to another"
    )]
    UnknownImport,
    /// The roll was deleted, and stays so.
    #[error("the roll of this campaign was deleted on its day; it takes no more people")]
    Erased,
    /// A fault.
    #[error(transparent)]
    Action(#[from] ActionError),
}

impl From<storage::StorageError> for RollImportRefusal {
    fn from(error: storage::StorageError) -> Self {
        Self::Action(error.into())
    }
}

impl Enrolment {
    /// Reads a roll's file and holds its good rows.
    ///
    /// # Errors
    /// A [`RollImportRefusal`].
    pub async fn import_roll(
        &self,
        tenant: &Tenant,
        campaign: &Campaign,
        kind: RollKind,
        bytes: &[u8],
        progress: &(dyn Fn(RollProgress) + Sync),
    ) -> Result<HeldRoll, RollImportRefusal> {
        let row = self.identity.read(tenant.id).await?.campaign(campaign.id).await?;
        if row.is_none_or(|row| row.erased_on.is_some()) {
            return Err(RollImportRefusal::Erased);
        }
        let RollFile { rows, mut problems, ignored_columns } =
            read_roll_with_names(kind, bytes, &full_names(tenant), &|rows| {
                progress(RollProgress::Read(rows))
            })?;
        let on_roll = self.identity.read(tenant.id).await?.roll_keys(campaign.id).await?;
        let slugs: HashMap<OrganisationId, OrganisationSlug> = tenant
            .organisations
            .iter()
            .filter_map(|organisation| Some((organisation.id, organisation.slug.parse().ok()?)))
            .collect();
        let known: HashSet<OrganisationSlug> = slugs.values().cloned().collect();
        let already = |key: &str| slugs.get(on_roll.get(key)?).cloned();
        let sorted = sort_out(rows, &known, tenant.joining.plus_addressing, &already);
        problems.extend(sorted.problems);
        problems.sort_by_key(|problem| problem.line);

        let mut good: Vec<HeldRow> = sorted
            .good
            .into_iter()
            .filter_map(|good| {
                Some(HeldRow {
                    id: PersonId::random(&*self.entropy),
                    organisation: tenant.organisation(good.row.organisation.as_str())?.id,
                    key: person_key(&good.row.email, tenant.joining.plus_addressing),
                    email: good.row.email.as_str().to_owned(),
                    staff_group: good.row.staff_group,
                    own_reference: good.row.own_reference,
                })
            })
            .collect();
        good.sort_unstable_by_key(|row| row.id);
        let import = ImportId::random(&*self.entropy);
        let write = self.identity.write(tenant.id).await?;
        write.add_import(import, campaign.id, local_date(self.clock.now(), tenant.zone)).await?;
        let all = good.len() as u64;
        for (step, rows) in good.chunks(ROWS_PER_STEP).enumerate() {
            write.hold_rows(import, rows).await?;
            let held = (step * ROWS_PER_STEP + rows.len()) as u64;
            progress(RollProgress::Held { held, all });
        }
        write.commit().await?;
        Ok(HeldRoll { import, held: good.len(), problems, duplicates: sorted.duplicates, ignored_columns })
    }

    /// Puts a held import onto the roll, and on record that `actor` did. Gives how many people are new; who came onto it meanwhile stays as they
    /// are.
    ///
    /// # Errors
    /// A [`RollImportRefusal`].
    pub async fn confirm_roll(
        &self,
        actor: &Actor,
        tenant: &Tenant,
        campaign: &Campaign,
        import: ImportId,
    ) -> Result<u64, RollImportRefusal> {
        let write = self.identity.write(tenant.id).await?;
        let row = write.take_campaign(campaign.id).await?;
        if row.is_none_or(|row| row.erased_on.is_some()) {
            return Err(RollImportRefusal::Erased);
        }
        let held = write.held_import(import).await?.filter(|(of, _)| *of == campaign.id);
        if held.is_none() {
            return Err(RollImportRefusal::UnknownImport);
        }
        let added = write.confirm_import(import, campaign.id).await?;
        let detail = format!("{added} people came onto it");
        record(write.audit_trail(), actor, self.clock.now(), "roll.import", &campaign.slug, &detail).await?;
        write.commit().await?;
        self.order_was_left();
        Ok(added)
    }

    /// Lets go of a held import.
    ///
    /// # Errors
    /// A [`RollImportRefusal`].
    pub async fn discard_roll(
        &self,
        tenant: &Tenant,
        campaign: &Campaign,
        import: ImportId,
    ) -> Result<(), RollImportRefusal> {
        let write = self.identity.write(tenant.id).await?;
        let held = write.held_import(import).await?.filter(|(of, _)| *of == campaign.id);
        if held.is_none() {
            return Err(RollImportRefusal::UnknownImport);
        }
        write.discard_import(import).await?;
        Ok(write.commit().await?)
    }
}

/// Full names that are one organisation's alone.
fn full_names(tenant: &Tenant) -> FullNames {
    let full = |name: &str| name.split_whitespace().collect::<Vec<_>>().join(" ").to_lowercase();
    let mut names = FullNames::new();
    for organisation in &tenant.organisations {
        let name = full(&organisation.name);
        let others = tenant.organisations.iter().filter(|other| full(&other.name) == name).count();
        // A short name is what it says, whoever else is called so in full.
        if others == 1 && tenant.organisation(&name).is_none() {
            names.insert(name, organisation.slug.clone());
        }
    }
    names
}
