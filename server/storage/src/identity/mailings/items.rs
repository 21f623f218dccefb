//! Who is still to get an email: taken, claimed until a lease ends, settled or put back. A settled row goes.

use chrono::{DateTime, NaiveDate, Utc};
use domain::ids::{OrganisationId, PersonId};
use domain::mailing::Undelivered;
use domain::person::PersonOrigin;
use sea_orm::{QueryResult, Value};

use super::{MailingKey, ROWS_PER_STATEMENT, places};
use crate::identity::{Reading, Writing};
use crate::tenancy::{column, placeholders};
use crate::{Result, StorageError};

/// Bytes of what an attempt is called.
pub const REFERENCE_BYTES: usize = 16;
/// Somebody whose email is to leave now.
#[derive(Clone, Debug)]
pub struct DueItem {
    /// Who.
    pub person: PersonId,
    /// Where they are written to.
    pub email: String,
    /// Of which organisation.
    pub organisation: OrganisationId,
    /// How they came onto the roll.
    pub origin: PersonOrigin,
    /// Whether they hold a credential by now.
    pub joined: bool,
    /// How often it was tried.
    pub attempts: i64,
    /// What every attempt is called, if there was one.
    pub reference: Option<[u8; REFERENCE_BYTES]>,
}

/// What became of an attempt.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Settled {
    /// It left.
    Sent,
    /// They needed none any more.
    LeftOut,
    /// It will not reach them, or nobody knows whether it has.
    Lost(Undelivered),
}

impl Reading {
    /// How many emails are claimed, of all mailings.
    ///
    /// # Errors
    /// Database faults.
    pub async fn claimed_items(&self) -> Result<i64> {
        let sql = "SELECT COUNT(*) FROM mailing_item WHERE tenant_id = $1 AND claimed";
        match self.0.one(sql, vec![]).await? {
            Some(row) => column(&row, 0),
            None => Ok(0),
        }
    }

    /// Whether there are claims of an email whose time is over: the process that made them has died.
    ///
    /// # Errors
    /// Database faults.
    pub async fn has_lost_claims(&self, key: &MailingKey, now: DateTime<Utc>) -> Result<bool> {
        let sql = "SELECT 1 FROM mailing_item WHERE tenant_id = $1 AND campaign_id = $2 AND slug = $3
                   AND claimed AND due_at <= $4 LIMIT 1";
        Ok(self.0.one(sql, key.values_and([now.timestamp().into()])).await?.is_some())
    }
}

impl Writing {
    /// At most `most` people whose email is due, held against other writers until the end of this transaction; those that another holds are
    /// passed over.
    ///
    /// # Errors
    /// Database faults.
    pub async fn take_due_items(
        &self,
        key: &MailingKey,
        now: DateTime<Utc>,
        most: u64,
    ) -> Result<Vec<DueItem>> {
        let lock = self.row_lock(" FOR UPDATE OF i SKIP LOCKED");
        let sql = format!(
            "SELECT p.id, p.email, p.organisation_id, p.origin, p.request IS NOT NULL, i.attempts, i.reference
             FROM mailing_item i JOIN person p ON p.tenant_id = i.tenant_id AND p.id = i.person_id
             WHERE i.tenant_id = $1 AND i.campaign_id = $2 AND i.slug = $3 AND NOT i.claimed AND i.due_at <= $4
             ORDER BY i.person_id LIMIT $5{lock}"
        );
        let values = key.values_and([now.timestamp().into(), most.cast_signed().into()]);
        self.0.0.all(sql, values).await?.iter().map(due_of).collect()
    }

    /// At most `most` of the claims of an email whose time is over. Whoever asks holds the email.
    ///
    /// # Errors
    /// Database faults.
    pub async fn take_lost_claims(
        &self,
        key: &MailingKey,
        now: DateTime<Utc>,
        most: u64,
    ) -> Result<Vec<(PersonId, [u8; REFERENCE_BYTES])>> {
        let sql = "SELECT person_id, reference FROM mailing_item WHERE tenant_id = $1 AND campaign_id = $2 AND slug = $3
                   AND claimed AND due_at <= $4 ORDER BY person_id LIMIT $5";
        let values = key.values_and([now.timestamp().into(), most.cast_signed().into()]);
        let rows = self.0.0.all(sql, values).await?;
        rows.iter().map(|row| Ok((PersonId(column(row, 0)?), reference_of(column(row, 1)?)?))).collect()
    }

    /// Claims people's emails until `lease`, each under its reference.
    ///
    /// # Errors
    /// Database faults.
    pub async fn claim_items(
        &self,
        key: &MailingKey,
        claims: &[(PersonId, [u8; REFERENCE_BYTES])],
        lease: DateTime<Utc>,
    ) -> Result<()> {
        for chunk in claims.chunks(ROWS_PER_STATEMENT) {
            let sql = format!(
                "WITH k AS (VALUES {})
                 UPDATE mailing_item SET claimed = TRUE, due_at = $4, attempts = attempts + 1,
                 reference = (SELECT column2 FROM k WHERE column1 = mailing_item.person_id)
                 WHERE tenant_id = $1 AND campaign_id = $2 AND slug = $3 AND person_id IN (SELECT column1 FROM k)",
                placeholders(5, chunk.len(), 2)
            );
            let rows = chunk
                .iter()
                .flat_map(|(person, reference)| [Value::from(person.0), reference.to_vec().into()]);
            let values = key.values_and(std::iter::once(lease.timestamp().into()).chain(rows));
            self.0.0.execute(sql, values).await?;
        }
        Ok(())
    }

    /// Takes people off an email and counts what became of theirs, `today` by the tenant's clock. Who is not on it any more is not counted.
    ///
    /// # Errors
    /// Database faults.
    pub async fn settle_items(
        &self,
        key: &MailingKey,
        people: &[PersonId],
        what: Settled,
        today: NaiveDate,
    ) -> Result<()> {
        let mut gone = 0;
        for chunk in people.chunks(ROWS_PER_STATEMENT) {
            let sql = format!(
                "DELETE FROM mailing_item WHERE tenant_id = $1 AND campaign_id = $2 AND slug = $3 AND person_id IN ({})",
                places(4, chunk.len())
            );
            let values = key.values_and(chunk.iter().map(|person| person.0.into()));
            gone += self.0.0.execute(sql, values).await?.rows_affected().cast_signed();
        }
        if gone == 0 {
            return Ok(());
        }
        let counter = match what {
            Settled::Sent => "sent",
            Settled::LeftOut => "left_out",
            Settled::Lost(why) if why.perhaps_sent() => "unsure",
            Settled::Lost(_) => "refused",
        };
        let sql = format!(
            "UPDATE mailing SET {counter} = {counter} + $4 WHERE tenant_id = $1 AND campaign_id = $2 AND slug = $3"
        );
        self.0.0.execute(sql, key.values_and([gone.into()])).await?;
        match what {
            Settled::Lost(why) => self.add_undelivered(today, why, gone).await,
            Settled::Sent | Settled::LeftOut => Ok(()),
        }
    }

    /// Puts claimed emails back, to be tried again from `due`; `attempts` is what counts as tried.
    ///
    /// # Errors
    /// Database faults.
    pub async fn put_back(
        &self,
        key: &MailingKey,
        people: &[(PersonId, i64)],
        due: DateTime<Utc>,
    ) -> Result<()> {
        for chunk in people.chunks(ROWS_PER_STATEMENT) {
            let sql = format!(
                "WITH k AS (VALUES {})
                 UPDATE mailing_item SET claimed = FALSE, due_at = $4,
                 attempts = (SELECT column2 FROM k WHERE column1 = mailing_item.person_id)
                 WHERE tenant_id = $1 AND campaign_id = $2 AND slug = $3 AND person_id IN (SELECT column1 FROM k)",
                placeholders(5, chunk.len(), 2)
            );
            let rows =
                chunk.iter().flat_map(|(person, attempts)| [Value::from(person.0), (*attempts).into()]);
            let values = key.values_and(std::iter::once(due.timestamp().into()).chain(rows));
            self.0.0.execute(sql, values).await?;
        }
        Ok(())
    }

    /// Takes everybody who is still to be tried off an email, but those whose email is on its way; gives how many these were.
    ///
    /// # Errors
    /// Database faults.
    pub async fn empty_mailing(&self, key: &MailingKey) -> Result<i64> {
        let sql = "DELETE FROM mailing_item WHERE tenant_id = $1 AND campaign_id = $2 AND slug = $3 AND NOT claimed";
        let gone = self.0.0.execute(sql, key.values()).await?.rows_affected().cast_signed();
        let sql = "UPDATE mailing SET left_out = left_out + $4 WHERE tenant_id = $1 AND campaign_id = $2 AND slug = $3";
        self.0.0.execute(sql, key.values_and([gone.into()])).await?;
        Ok(gone)
    }

    /// Whether nobody is left to be tried.
    ///
    /// # Errors
    /// Database faults.
    pub async fn is_mailing_empty(&self, key: &MailingKey) -> Result<bool> {
        let sql =
            "SELECT 1 FROM mailing_item WHERE tenant_id = $1 AND campaign_id = $2 AND slug = $3 LIMIT 1";
        Ok(self.0.0.one(sql, key.values()).await?.is_none())
    }
}

fn due_of(row: &QueryResult) -> Result<DueItem> {
    let origin: String = column(row, 3)?;
    let reference: Option<Vec<u8>> = column(row, 6)?;
    Ok(DueItem {
        person: PersonId(column(row, 0)?),
        email: column(row, 1)?,
        organisation: OrganisationId(column(row, 2)?),
        origin: PersonOrigin::from_slug(&origin).ok_or(StorageError::Corrupt(origin))?,
        joined: column(row, 4)?,
        attempts: column(row, 5)?,
        reference: reference.map(reference_of).transpose()?,
    })
}

fn reference_of(bytes: Vec<u8>) -> Result<[u8; REFERENCE_BYTES]> {
    bytes.try_into().map_err(|_| StorageError::Corrupt("the reference of an email".to_owned()))
}
