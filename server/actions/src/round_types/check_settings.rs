//! Whether the rounds of a tenant pack can run: their round types are here, and take their settings.

use domain::ids::{RoundId, TenantId};
use domain::round_type::{RoundSettings, RoundType};
use domain::tenant_pack::{RoundFile, TenantPack};
use plugin_host::{Digest, Plugin};

use super::RoundTypeFault;
use crate::tenant::{round_id, tenant_id};
use crate::{ActionError, Actions, ApplyRefusal, Blocker, Draft, Sides, Step};

impl Sides {
    /// What blocks the launch of `draft` beside what [`Enrolment::check_draft`](crate::Enrolment::check_draft) finds: rounds whose type is not here
    /// or does not take its settings. Nothing where the conversation side is served elsewhere: that says so when it takes the campaign over.
    pub async fn activity_blockers(&self, draft: &Draft) -> Vec<Blocker> {
        let Some(actions) = &self.conversation else { return Vec::new() };
        let mut blockers = Vec::new();
        for round in &draft.campaign.rounds {
            let problems = actions.settings_problems(&round.round_type, round.settings.as_ref()).await;
            let blocker =
                |reason| Blocker { step: Step::Rounds, reason: format!("“{}”: {reason}", round.title) };
            blockers.extend(problems.into_iter().map(blocker));
        }
        blockers
    }
}

impl Actions {
    /// The round types that a round can have which opens now: name and title, by name.
    ///
    /// # Errors
    /// Database faults.
    pub async fn round_type_choices(&self) -> Result<Vec<(String, String)>, ActionError> {
        let listed = self.list_round_types().await?.into_iter();
        Ok(listed
            .filter(|each| each.current && !each.withdrawn)
            .map(|each| (each.name, each.title))
            .collect())
    }

    /// Refuses a pack with a round whose type is not here or does not take its settings.
    ///
    /// # Errors
    /// [`ApplyRefusal::Pack`] with every problem.
    pub(crate) async fn check_round_types(&self, pack: &TenantPack) -> Result<(), ApplyRefusal> {
        let mut reasons = Vec::new();
        for campaign in pack.campaigns.values() {
            for round in &campaign.rounds {
                let id = round_id(&pack.tenant.slug, &campaign.slug, &round.slug);
                let problems = self.problems_of_round(tenant_id(&pack.tenant.slug), id, round).await?;
                let place = format!("campaigns/{}, round `{}`", campaign.slug, round.slug);
                reasons.extend(problems.into_iter().map(|reason| format!("{place}: {reason}")));
            }
        }
        if reasons.is_empty() { Ok(()) } else { Err(ApplyRefusal::Pack(reasons.join("; "))) }
    }

    /// What is wrong with a round of a pack: if people have taken part in it, in the eyes of what it runs; else of what it will run.
    async fn problems_of_round(
        &self,
        tenant: TenantId,
        id: RoundId,
        round: &RoundFile,
    ) -> Result<Vec<String>, ActionError> {
        let Some(pin) = self.conversation.read(tenant).await?.round_pin(id).await? else {
            return Ok(self.settings_problems(&round.round_type, round.settings.as_ref()).await);
        };
        let runs = match Digest::try_from(pin.digest) {
            Ok(digest) => self.round_types.component(digest).await,
            Err(error) => Err(RoundTypeFault::Stored(error.to_string())),
        };
        Ok(match runs {
            Ok(runs) if runs.manifest.name != round.round_type.slug() => {
                vec![format!("people have taken part in it as `{}`: it must stay that", runs.manifest.name)]
            }
            Ok(runs) => match self.round_types.load(&runs).await {
                Ok(plugin) => self.said_by(&plugin, round.settings.as_ref()).await,
                // Withdrawn: nothing runs in it, so nothing can be wrong with its settings.
                Err(RoundTypeFault::Withdrawn(_)) => Vec::new(),
                Err(fault) => vec![fault.to_string()],
            },
            Err(fault) => vec![fault.to_string()],
        })
    }

    /// What is wrong with the settings of a round of this type that has not begun, as the round type itself says.
    pub async fn settings_problems(
        &self,
        round_type: &RoundType,
        settings: Option<&RoundSettings>,
    ) -> Vec<String> {
        let RoundType::Plugin(name) = round_type else { return Vec::new() };
        // What another process admitted counts as well.
        if let Err(fault) = self.round_types.refresh().await {
            return vec![fault.to_string()];
        }
        let loaded = match self.round_types.current(name) {
            Ok(component) => self.round_types.load(&component).await,
            Err(fault) => return vec![fault.to_string()],
        };
        match loaded {
            Ok(plugin) => self.said_by(&plugin, settings).await,
            Err(fault) => vec![fault.to_string()],
        }
    }

    async fn said_by(&self, plugin: &Plugin, settings: Option<&RoundSettings>) -> Vec<String> {
        let Ok(machine) = self.round_types.machine().await else {
            return vec!["this machine cannot run round types".to_owned()];
        };
        let settings = serde_json::Value::Object(settings.cloned().unwrap_or_default()).to_string();
        match machine.host.validate_config(plugin, &settings).await {
            Ok(problems) => {
                let said = problems.into_iter();
                said.map(|problem| format!("settings{}: {}", problem.path, problem.message)).collect()
            }
            Err(failure) => vec![failure.to_string()],
        }
    }
}
