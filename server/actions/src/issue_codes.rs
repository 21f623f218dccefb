//! Sealed codes for an organisation to hand out: their hashes are stored, in an order that tells nothing; the codes themselves leave
//! here once, as they are or on a sheet to print, and are nowhere afterwards.

use credentials::SealedCode;
use documents::code_sheet::{CodeSheet, Slip, write_html};
use domain::clock::random_bytes;
use domain::figures::Thousands;
use thiserror::Error;

use crate::actor::record;
use crate::handouts::blocking;
use crate::moderation::hour;
use crate::{ActionError, Actions, Actor, Campaign, FetchedFile, Organisation, Tenant, printed_head};

/// Codes issued at once, at most: what one printed sheet holds.
pub const MAX_CODES_PER_BATCH: usize = documents::code_sheet::MAX_SLIPS;
/// Codes on a sheet that somebody waits for, at most: 250 pages.
pub const MAX_CODES_PER_SHEET: usize = 2_000;

/// Why no codes are issued.
#[derive(Debug, Error)]
pub enum IssueRefusal {
    /// None, or too many.
    #[error("Ask for 1 to {} codes at once.", in_words(.most))]
    Count {
        /// How many may be asked for.
        most: usize,
    },
    /// Nobody can come in any more.
    #[error("This campaign has closed, so codes would let nobody in.")]
    Closed,
    /// A fault.
    #[error(transparent)]
    Action(#[from] ActionError),
}

impl From<storage::StorageError> for IssueRefusal {
    fn from(error: storage::StorageError) -> Self {
        Self::Action(error.into())
    }
}

fn in_words(number: &usize) -> Thousands {
    Thousands(i64::try_from(*number).unwrap_or(i64::MAX))
}

/// The link that enters with `code`, given the address of the tenant's conversation side.
pub fn entry_link(tenant_url: &str, code: &SealedCode) -> String {
    format!("{tenant_url}enter?code={code}")
}

impl Actions {
    /// Issues `count` codes for `organisation`'s people to come into `campaign`.
    ///
    /// # Errors
    /// An [`IssueRefusal`].
    pub async fn issue_codes(
        &self,
        tenant: &Tenant,
        campaign: &Campaign,
        organisation: &Organisation,
        count: usize,
    ) -> Result<Vec<SealedCode>, IssueRefusal> {
        let codes = self.draw_codes(count, MAX_CODES_PER_BATCH)?;
        let write = self.conversation.write(tenant.id).await?;
        write.add_codes(campaign.id, organisation.id, &self.code_hashes(tenant, campaign, &codes)).await?;
        write.commit().await?;
        Ok(codes)
    }

    /// Issues `count` codes on a sheet for `actor` to carry away; on record. The sheet is made before anything is stored, and kept nowhere:
    /// whoever loses it asks for other codes. `url` is where the tenant's people talk, with a slash at its end.
    ///
    /// # Errors
    /// An [`IssueRefusal`].
    pub async fn print_codes(
        &self,
        actor: &Actor,
        (tenant, campaign, organisation): (&Tenant, &Campaign, &Organisation),
        count: usize,
        url: &str,
    ) -> Result<FetchedFile, IssueRefusal> {
        let now = self.clock.now();
        if campaign.span().is_none_or(|(_, closes_at)| now >= closes_at) {
            return Err(IssueRefusal::Closed);
        }
        let codes = self.draw_codes(count, MAX_CODES_PER_SHEET)?;
        let sheet = self.code_sheet(tenant, campaign, &codes, url).await?;
        let content = blocking(move || {
            let mut page = Vec::new();
            write_html(&mut page, &sheet).map_err(|refusal| refusal.to_string())?;
            Ok(page)
        });
        let content = content.await?;
        let write = self.conversation.write(tenant.id).await?;
        write.add_codes(campaign.id, organisation.id, &self.code_hashes(tenant, campaign, &codes)).await?;
        let subject = format!("{}/{}", campaign.slug, organisation.slug);
        let detail = format!("codes: {count}");
        record(write.audit_trail(), actor, hour(now), "codes.print", &subject, &detail).await?;
        write.commit().await?;
        let file = format!("codes-{}.html", organisation.slug);
        Ok(FetchedFile { file, media_type: "text/html; charset=utf-8".to_owned(), content })
    }

    /// The sheet of `codes`; `url` as for [`print_codes`](Self::print_codes).
    ///
    /// # Errors
    /// Database faults.
    pub async fn code_sheet(
        &self,
        tenant: &Tenant,
        campaign: &Campaign,
        codes: &[SealedCode],
        url: &str,
    ) -> Result<CodeSheet, ActionError> {
        let slip = |code: &SealedCode| Slip { code: code.to_string(), link: entry_link(url, code) };
        Ok(CodeSheet {
            tenant_name: tenant.name.clone(),
            campaign_title: campaign.title.clone(),
            entry_address: format!("{}enter", url.split_once("://").map_or(url, |(_, bare)| bare)),
            support_address: tenant.contacts.support.clone(),
            key_log_head: printed_head(&self.key_log(tenant).await?),
            slips: codes.iter().map(slip).collect(),
        })
    }

    /// Each is drawn at random, so any order is a shuffled one.
    fn draw_codes(&self, count: usize, most: usize) -> Result<Vec<SealedCode>, IssueRefusal> {
        if !(1..=most).contains(&count) {
            return Err(IssueRefusal::Count { most });
        }
        Ok((0..count).map(|_| SealedCode::from_bytes(random_bytes(&*self.entropy))).collect())
    }

    /// What is stored of `codes`, in the order of the hashes.
    fn code_hashes(&self, tenant: &Tenant, campaign: &Campaign, codes: &[SealedCode]) -> Vec<[u8; 32]> {
        let hash = |code: &SealedCode| code.hash(&self.pepper, tenant.id, campaign.id).0;
        let mut hashes: Vec<[u8; 32]> = codes.iter().map(hash).collect();
        hashes.sort_unstable();
        hashes
    }
}
