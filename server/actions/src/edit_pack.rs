//! Every page that changes settings changes the stored pack: one transaction on the identity side holds the tenant, checks the whole pack anew,
//! writes it and says so in the audit log. Then the conversation side takes it over; if that fails, keep_house does it later.

use domain::ids::TenantId;
use domain::tenant_pack::{PackProblem, TenantPack, files_of, read};
use storage::StoredTenant;
use storage::identity::Writing;
use thiserror::Error;

use crate::actor::{record, record_alone};
use crate::apply_tenant_pack::{stored_tenant, unpack, write_identity};
use crate::show_keys::entries;
use crate::{ActionError, Actions, Actor, ApplyRefusal, Enrolment, Sides, Tenant};

/// Why a change of settings is not made; nothing has changed then.
#[derive(Debug, Error)]
pub enum EditRefusal {
    /// The pack as it would be does not pass its own checks.
    #[error("{}", in_words(.0))]
    Problems(Vec<PackProblem>),
    /// Somebody else was faster.
    #[error(
        "Somebody else has changed this meanwhile. Look at what it says now, then make your change again."
    )]
    Outdated,
    /// There is nothing of this name.
    #[error("There is nothing of this name here any more.")]
    Unknown,
    /// What was asked for cannot be, in words.
    #[error("{0}")]
    Refused(String),
    /// The pack cannot be applied.
    #[error(transparent)]
    Apply(#[from] ApplyRefusal),
    /// A fault.
    #[error(transparent)]
    Action(#[from] ActionError),
}

impl From<storage::StorageError> for EditRefusal {
    fn from(error: storage::StorageError) -> Self {
        Self::Action(error.into())
    }
}

fn in_words(problems: &[PackProblem]) -> String {
    problems.iter().map(|problem| problem.reason.as_str()).collect::<Vec<_>>().join(" ")
}

/// What was done, for the audit log.
pub(crate) struct Done<'a> {
    /// `campaign.extend`.
    pub what: &'a str,
    /// To which one.
    pub subject: &'a str,
    /// The rest, in words.
    pub detail: &'a str,
}

/// A tenant's pack while it is being changed. The tenant is held; dropping this changes nothing.
pub(crate) struct PackEdit {
    pub write: Writing,
    pub pack: TenantPack,
    pub before: StoredTenant,
}

impl Enrolment {
    /// Holds `tenant` for a change of its pack.
    pub(crate) async fn begin_edit(&self, tenant: TenantId) -> Result<PackEdit, EditRefusal> {
        let write = self.identity.write(tenant).await?;
        let before = write.take_tenant().await?.ok_or(EditRefusal::Unknown)?;
        let pack = unpack(&before)?;
        Ok(PackEdit { write, pack, before })
    }

    /// Makes the change last, with its entry in the audit log.
    pub(crate) async fn finish_edit(
        &self,
        edit: PackEdit,
        actor: &Actor,
        done: &Done<'_>,
    ) -> Result<(), EditRefusal> {
        edit.put().await?;
        record(edit.write.audit_trail(), actor, self.clock.now(), done.what, done.subject, done.detail)
            .await?;
        edit.write.commit().await?;
        self.tenants.forget().await;
        Ok(())
    }

    /// Notes that a folder has the pack as it is now, because it was written from it.
    ///
    /// # Errors
    /// Database faults.
    pub async fn mark_exported(&self, tenant: TenantId) -> Result<(), ActionError> {
        let write = self.identity.write(tenant).await?;
        write.mark_from_folder().await?;
        Ok(write.commit().await?)
    }

    /// The stored pack of `tenant`, for `actor`, an operator of the platform, to carry away; on record with both.
    ///
    /// # Errors
    /// Database faults.
    pub async fn export_settings(
        &self,
        actor: &Actor,
        tenant: &Tenant,
    ) -> Result<Option<TenantPack>, ActionError> {
        let Some(pack) = self.stored_pack(tenant.id).await? else { return Ok(None) };
        let (now, what) = (self.clock.now(), "tenant.export");
        record_alone(&self.identity, actor, now, what, &tenant.slug, "").await?;
        let write = self.identity.write(tenant.id).await?;
        record(write.audit_trail(), actor, now, what, &tenant.slug, "").await?;
        write.commit().await?;
        Ok(Some(pack))
    }

    /// The stored pack, to look at.
    ///
    /// # Errors
    /// Database faults.
    pub async fn stored_pack(&self, tenant: TenantId) -> Result<Option<TenantPack>, ActionError> {
        let stored = self.identity.read(tenant).await?.tenant().await?;
        let fault = |refusal: ApplyRefusal| ActionError::Fault(refusal.to_string());
        stored.as_ref().map(unpack).transpose().map_err(fault)
    }
}

impl Actions {
    /// The pack as this side has it, to look at.
    ///
    /// # Errors
    /// Database faults.
    pub async fn stored_pack(&self, tenant: TenantId) -> Result<Option<TenantPack>, ActionError> {
        let stored = self.conversation.read(tenant).await?.tenant().await?;
        let fault = |refusal: ApplyRefusal| ActionError::Fault(refusal.to_string());
        stored.as_ref().map(unpack).transpose().map_err(fault)
    }
}

impl PackEdit {
    /// Checks the pack as a folder's is checked, and writes it.
    pub async fn put(&self) -> Result<(), EditRefusal> {
        let files = files_of(&self.pack).map_err(|reason| ActionError::Fault(reason.to_owned()))?;
        read(&files).map_err(EditRefusal::Problems)?;
        let stored = stored_tenant(&self.pack)?;
        Ok(write_identity(&self.write, &self.pack, &stored).await?)
    }
}

impl Sides {
    /// The identity side's use cases.
    pub(crate) fn enrolment(&self) -> Result<&Enrolment, ActionError> {
        let missing = || ActionError::Fault("settings change where the identity side is".to_owned());
        self.identity.as_ref().ok_or_else(missing)
    }

    /// Has the conversation side take over what the identity side knows, where both are served. What was changed stands whatever becomes of
    /// this: [`Sides::keep_house`] does it again.
    pub(crate) async fn take_over_soon(&self, tenant: TenantId) {
        if let Err(fault) = self.take_over(tenant).await {
            tracing::error!(%tenant, %fault, "the conversation side could not take over a change of settings; it will be tried again");
        }
    }

    /// Has the conversation side take over `tenant`'s pack and keys from the identity side, if they differ. Gives whether they did.
    ///
    /// # Errors
    /// What cannot be applied, and database faults.
    pub async fn take_over(&self, tenant: TenantId) -> Result<bool, ApplyRefusal> {
        let (Some(identity), Some(conversation)) = (&self.identity, &self.conversation) else {
            return Ok(false);
        };
        let mut write = conversation.conversation.write(tenant).await?;
        let known = write.take_tenant().await?;
        // Read while the conversation side's tenant is held: whoever changes the pack after this waits, and takes over after us.
        let reading = identity.identity.read(tenant).await?;
        let Some(stored) = reading.tenant().await? else { return Ok(false) };
        let log = entries(reading.key_log().await?)?;
        let keys_known = write.key_log().await?.len();
        if known.is_some_and(|known| known.digest == stored.digest) && keys_known == log.len() {
            return Ok(false);
        }
        crate::apply_tenant_pack::write_conversation(&mut write, &unpack(&stored)?, &stored).await?;
        write.commit().await?;
        conversation.tenants.forget().await;
        if log.len() > keys_known {
            conversation
                .learn_keys_of(tenant, &log)
                .await
                .map_err(|refusal| ActionError::Fault(refusal.to_string()))?;
        }
        Ok(true)
    }

    /// The same for every tenant that looks different on the two sides: no lock is taken to find that nothing is to be done.
    pub(crate) async fn take_over_all(&self) -> Result<(), ActionError> {
        let (Some(identity), Some(conversation)) = (&self.identity, &self.conversation) else {
            return Ok(());
        };
        let (identity, conversation) = (&identity.identity, &conversation.conversation);
        let here = conversation.tenants().await?;
        for row in identity.tenants().await? {
            let same = here.contains(&row)
                && conversation.read(row.id).await?.key_log_length().await?
                    == identity.read(row.id).await?.key_log_length().await?;
            if !same {
                self.take_over_soon(row.id).await;
            }
        }
        Ok(())
    }
}
