//! A tenant's own lines about who may do what change: within the bounds that none can exceed, from the next request on.

use policy::{PolicyProblem, TenantLines};
use thiserror::Error;

use crate::actor::record;
use crate::edit_pack::Done;
use crate::{Actor, EditRefusal, Sides, Tenant};

/// Why the lines stay as they are.
#[derive(Debug, Error)]
pub enum PolicyRefusal {
    /// Lines that cannot be, each with what to do.
    #[error("some lines cannot stand")]
    Lines(Vec<PolicyProblem>),
    /// Somebody else changed them meanwhile, to these.
    #[error(
        "Somebody else has changed these lines since you opened this page. What they say now stands below; what you typed is still here. Bring the two \
         together, then save."
    )]
    Changed(TenantLines),
    /// It could not be written.
    #[error(transparent)]
    Edit(#[from] EditRefusal),
}

impl Sides {
    /// Replaces the tenant's own lines, which were `seen` (their [`policy_version`]), by `text`, as `policy.csv` has them.
    ///
    /// # Errors
    /// A [`PolicyRefusal`].
    pub async fn change_policy(
        &self,
        actor: &Actor,
        tenant: &Tenant,
        seen: &str,
        text: &str,
    ) -> Result<(), PolicyRefusal> {
        let text = text.replace("\r\n", "\n");
        let lines = TenantLines::read(&text).map_err(PolicyRefusal::Lines)?;
        let enrolment = self.enrolment().map_err(EditRefusal::from)?;
        let mut edit = enrolment.begin_edit(tenant.id).await?;
        let earlier = TenantLines::read(&edit.pack.policy).unwrap_or_default();
        if seen != policy_version(&earlier) {
            return Err(PolicyRefusal::Changed(earlier));
        }
        // A line of the record each: none can hide behind the others.
        let (now, trail) = (enrolment.now(), || edit.write.audit_trail());
        for line in earlier.lines().iter().filter(|line| !lines.lines().contains(line)) {
            record(trail(), actor, now, "policy.remove", &tenant.slug, &line.to_string())
                .await
                .map_err(EditRefusal::from)?;
        }
        for line in lines.lines().iter().filter(|line| !earlier.lines().contains(line)) {
            record(trail(), actor, now, "policy.add", &tenant.slug, &line.to_string())
                .await
                .map_err(EditRefusal::from)?;
        }
        edit.pack.policy = text;
        let done = Done { what: "policy.change", subject: &tenant.slug, detail: "" };
        enrolment.finish_edit(edit, actor, &done).await?;
        self.take_over_soon(tenant.id).await;
        Ok(())
    }
}

/// A tenant's own lines as text.
pub fn policy_text(lines: &TenantLines) -> String {
    lines.lines().iter().map(|line| format!("{line}\n")).collect()
}

/// What tells these lines from others, for a form to bring back.
pub fn policy_version(lines: &TenantLines) -> String {
    credentials::digest(&[policy_text(lines).as_bytes()])
}
