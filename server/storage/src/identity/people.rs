//! The people of a roll: who they are to the identity side, and the one thing that is signed for each.

use domain::ids::{CampaignId, OrganisationId, PersonId};
use domain::person::{PersonKind, PersonOrigin};
use sea_orm::{QueryResult, Value};

use super::{Reading, Writing};
use crate::tenancy::{column, placeholders};
use crate::{Result, StorageError};

/// Login details written by one statement.
const LOGINS_PER_STATEMENT: usize = 500;

/// Somebody eligible.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Person {
    /// Who.
    pub id: PersonId,
    /// In which campaign.
    pub campaign: CampaignId,
    /// Of which organisation.
    pub organisation: OrganisationId,
    /// Where they are written to; nobody has one who came by single sign-on without one.
    pub email: Option<String>,
    /// Their staff group, if it was given.
    pub staff_group: Option<String>,
    /// Their organisation's own reference, if it was given.
    pub own_reference: Option<String>,
    /// What they are to their organisation.
    pub kind: PersonKind,
    /// How they came onto the roll.
    pub origin: PersonOrigin,
    /// Whether something was signed for them.
    pub joined: bool,
}

/// Somebody to write onto the roll.
#[derive(Clone, Debug)]
pub struct NewPerson {
    /// A random id.
    pub id: PersonId,
    /// In which campaign.
    pub campaign: CampaignId,
    /// Of which organisation.
    pub organisation: OrganisationId,
    /// Where they are written to.
    pub email: Option<String>,
    /// What tells two spellings of one address from two people.
    pub key: String,
    /// What they are to their organisation.
    pub kind: PersonKind,
    /// How they came onto the roll.
    pub origin: PersonOrigin,
}

/// What became of a request for a signature.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Requested {
    /// It is the person's one request.
    Granted,
    /// It is the person's one request, again.
    Again,
    /// Another was signed before.
    Another,
    /// There is no such person.
    Unknown,
}

const PERSON: &str =
    "p.id, p.campaign_id, p.organisation_id, p.email, p.staff_group, p.own_reference, p.kind, p.origin,
    p.request IS NOT NULL";

impl Reading {
    /// The person with this id.
    ///
    /// # Errors
    /// Database faults.
    pub async fn person(&self, id: PersonId) -> Result<Option<Person>> {
        let sql = format!("SELECT {PERSON} FROM person p WHERE p.tenant_id = $1 AND p.id = $2");
        self.0.one(sql, vec![id.0.into()]).await?.as_ref().map(person_of).transpose()
    }

    /// The person of `campaign` whose key this is.
    ///
    /// # Errors
    /// Database faults.
    pub async fn person_by_key(&self, campaign: CampaignId, key: &str) -> Result<Option<Person>> {
        let sql = format!(
            "SELECT {PERSON} FROM person p WHERE p.tenant_id = $1 AND p.campaign_id = $2 AND p.person_key = $3"
        );
        self.0.one(sql, vec![campaign.0.into(), key.into()]).await?.as_ref().map(person_of).transpose()
    }

    /// The person whose login details hash to this.
    ///
    /// # Errors
    /// Database faults.
    pub async fn person_by_login(&self, hash: [u8; 32]) -> Result<Option<Person>> {
        let sql = format!(
            "SELECT {PERSON} FROM login l JOIN person p ON p.tenant_id = l.tenant_id AND p.id = l.person_id
             WHERE l.tenant_id = $1 AND l.hash = $2"
        );
        self.0.one(sql, vec![hash.to_vec().into()]).await?.as_ref().map(person_of).transpose()
    }

    /// How many people [`people_to_invite`](Self::people_to_invite) would give in all.
    ///
    /// # Errors
    /// Database faults.
    pub async fn count_to_invite(&self, campaign: CampaignId, organisation: OrganisationId) -> Result<i64> {
        let sql =
            "SELECT COUNT(*) FROM person WHERE tenant_id = $1 AND campaign_id = $2 AND organisation_id = $3
                   AND origin = 'roll' AND email IS NOT NULL";
        match self.0.one(sql, vec![campaign.0.into(), organisation.0.into()]).await? {
            Some(row) => column(&row, 0),
            None => Ok(0),
        }
    }

    /// At most `most` people of `organisation` who came by the roll and have an address, behind `after` in the order of their random ids: to
    /// give login details to. Whether they have joined makes no difference: the list without those who have would tell who has.
    ///
    /// # Errors
    /// Database faults.
    pub async fn people_to_invite(
        &self,
        campaign: CampaignId,
        organisation: OrganisationId,
        after: Option<PersonId>,
        most: u64,
    ) -> Result<Vec<Person>> {
        let sql = format!(
            "SELECT {PERSON} FROM person p WHERE p.tenant_id = $1 AND p.campaign_id = $2 AND p.organisation_id = $3
             AND p.origin = 'roll' AND p.email IS NOT NULL AND p.id > $4 ORDER BY p.id LIMIT $5"
        );
        let after = after.map_or(uuid::Uuid::nil(), |id| id.0);
        let values = vec![campaign.0.into(), organisation.0.into(), after.into(), most.cast_signed().into()];
        self.0.all(sql, values).await?.iter().map(person_of).collect()
    }
}

impl Writing {
    /// Writes somebody onto the roll, unless their key is there; gives whoever it is then.
    ///
    /// # Errors
    /// Database faults.
    pub async fn add_person(&self, person: &NewPerson) -> Result<Person> {
        let sql = "INSERT INTO person (tenant_id, id, campaign_id, organisation_id, email, person_key, kind, origin)
                   VALUES ($1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT (tenant_id, campaign_id, person_key) DO NOTHING";
        let values = vec![
            person.id.0.into(),
            person.campaign.0.into(),
            person.organisation.0.into(),
            person.email.clone().into(),
            person.key.clone().into(),
            person.kind.slug().into(),
            person.origin.slug().into(),
        ];
        self.0.0.execute(sql, values).await?;
        let found = self.person_by_key(person.campaign, &person.key).await?;
        found.ok_or_else(|| StorageError::Corrupt("a person who was just written".to_owned()))
    }

    /// Makes `request` the one thing that is signed for the person, if nothing else has been: one statement, so that of many who race
    /// one is granted.
    ///
    /// # Errors
    /// Database faults.
    pub async fn request_signature(&self, person: PersonId, request: [u8; 32]) -> Result<Requested> {
        let sql =
            "UPDATE person SET request = $3 WHERE tenant_id = $1 AND id = $2 AND request IS NULL RETURNING 1";
        let values = || vec![person.0.into(), request.to_vec().into()];
        if self.0.0.one(sql, values()).await?.is_some() {
            return Ok(Requested::Granted);
        }
        let sql = "SELECT request = $3 FROM person WHERE tenant_id = $1 AND id = $2";
        Ok(match self.0.0.one(sql, values()).await? {
            Some(row) if column(&row, 0)? => Requested::Again,
            Some(_) => Requested::Another,
            None => Requested::Unknown,
        })
    }

    /// Stores login details' hashes with whose they are; they have not left yet.
    ///
    /// # Errors
    /// Database faults.
    pub async fn add_logins(&self, logins: &[([u8; 32], PersonId)]) -> Result<()> {
        for chunk in logins.chunks(LOGINS_PER_STATEMENT) {
            let rows = placeholders(2, chunk.len(), 2).replace('(', "($1, TRUE, ");
            let sql = format!("INSERT INTO login (tenant_id, unsent, hash, person_id) VALUES {rows}");
            let values =
                chunk.iter().flat_map(|(hash, person)| [Value::from(hash.to_vec()), Value::from(person.0)]);
            self.0.0.execute(sql, values.collect()).await?;
        }
        Ok(())
    }

    /// Notes that login details with these hashes have left.
    ///
    /// # Errors
    /// Database faults.
    pub async fn mark_logins_sent(&self, hashes: &[[u8; 32]]) -> Result<()> {
        let hashes = hashes.iter().map(|hash| hash.to_vec().into());
        self.for_each_login("UPDATE login SET unsent = FALSE WHERE tenant_id = $1 AND hash IN", hashes).await
    }

    /// Notes of these people's login details that they have left.
    ///
    /// # Errors
    /// Database faults.
    pub async fn mark_logins_sent_of(&self, people: &[PersonId]) -> Result<()> {
        let people = people.iter().map(|person| person.0.into());
        self.for_each_login("UPDATE login SET unsent = FALSE WHERE tenant_id = $1 AND person_id IN", people)
            .await
    }

    /// Deletes login details with these hashes that have certainly not left: nobody has them.
    ///
    /// # Errors
    /// Database faults.
    pub async fn drop_unsent_logins(&self, hashes: &[[u8; 32]]) -> Result<()> {
        let hashes = hashes.iter().map(|hash| hash.to_vec().into());
        self.for_each_login("DELETE FROM login WHERE tenant_id = $1 AND unsent AND hash IN", hashes).await
    }

    /// Executes `statement`, which ends before the list of `values`, with as many of them at a time as one takes.
    async fn for_each_login(&self, statement: &str, values: impl Iterator<Item = Value>) -> Result<()> {
        let values: Vec<Value> = values.collect();
        for chunk in values.chunks(LOGINS_PER_STATEMENT) {
            let list: Vec<String> = (2..).take(chunk.len()).map(|number| format!("${number}")).collect();
            self.0.0.execute(format!("{statement} ({})", list.join(", ")), chunk.to_vec()).await?;
        }
        Ok(())
    }

    /// Deletes a campaign's roll with its login details, cohorts' private keys and what was held, and notes the day. Counts stay, and
    /// the key log, which is public. Gives how many people were deleted.
    ///
    /// # Errors
    /// Database faults.
    pub async fn erase_roll(&self, campaign: CampaignId, day: chrono::NaiveDate) -> Result<u64> {
        let values = || vec![campaign.0.into()];
        let bound = &self.0.0;
        for sql in [
            "DELETE FROM mailing_item WHERE tenant_id = $1 AND campaign_id = $2",
            "DELETE FROM login WHERE tenant_id = $1 AND person_id IN
                 (SELECT id FROM person WHERE tenant_id = $1 AND campaign_id = $2)",
            "DELETE FROM held_row WHERE tenant_id = $1 AND import_id IN
                 (SELECT id FROM roll_import WHERE tenant_id = $1 AND campaign_id = $2)",
            "DELETE FROM roll_import WHERE tenant_id = $1 AND campaign_id = $2",
            "DELETE FROM cohort_organisation WHERE tenant_id = $1 AND campaign_id = $2",
            "DELETE FROM cohort WHERE tenant_id = $1 AND campaign_id = $2",
        ] {
            bound.execute(sql, values()).await?;
        }
        let erased =
            bound.execute("DELETE FROM person WHERE tenant_id = $1 AND campaign_id = $2", values()).await?;
        let note = "UPDATE campaign SET erased_on = $3 WHERE tenant_id = $1 AND id = $2";
        bound.execute(note, vec![campaign.0.into(), day.into()]).await?;
        Ok(erased.rows_affected())
    }
}

fn person_of(row: &QueryResult) -> Result<Person> {
    let unknown = |what: String| StorageError::Corrupt(what);
    let (kind, origin): (String, String) = (column(row, 6)?, column(row, 7)?);
    Ok(Person {
        id: PersonId(column(row, 0)?),
        campaign: CampaignId(column(row, 1)?),
        organisation: OrganisationId(column(row, 2)?),
        email: column(row, 3)?,
        staff_group: column(row, 4)?,
        own_reference: column(row, 5)?,
        kind: PersonKind::from_slug(&kind).ok_or_else(|| unknown(kind))?,
        origin: PersonOrigin::from_slug(&origin).ok_or_else(|| unknown(origin))?,
        joined: column(row, 8)?,
    })
}
