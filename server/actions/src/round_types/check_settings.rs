//! Whether the rounds of a tenant pack can run: their round types are here, and take their settings.

use domain::ids::{RoundId, TenantId};
use domain::round_type::{RoundSettings, RoundType};
use domain::tenant_pack::{RoundFile, TenantPack};
use plugin_host::contract::Problem;
use plugin_host::{BUILT_IN, Digest, Example, Plugin};

use super::RoundTypeFault;
use crate::tenant::{round_id, tenant_id};
use crate::{ActionError, Actions, ApplyRefusal, Blocker, Draft, Sides, Step};

/// Said of a round that would open with somebody else's pledges or questions.
const STILL_THE_EXAMPLE: &str = "its settings are still the example. Write your own.";

/// Settings to begin with in a round of this type; none for types that did not come with Candour.
pub fn example(round_type: &RoundType) -> Option<Example> {
    let RoundType::Plugin(name) = round_type else { return None };
    BUILT_IN.iter().find(|built_in| built_in.name == name)?.example()
}

fn is_example(round_type: &RoundType, settings: Option<&RoundSettings>) -> bool {
    settings.is_some_and(|settings| example(round_type).is_some_and(|example| example.settings == *settings))
}

impl Sides {
    /// What blocks the launch of `draft` beside what [`Enrolment::check_draft`](crate::Enrolment::check_draft) finds: rounds whose type is not here
    /// or does not take its settings. Nothing where the conversation side is served elsewhere: that says so when it takes the campaign over.
    pub async fn activity_blockers(&self, draft: &Draft) -> Vec<Blocker> {
        let Some(actions) = &self.conversation else { return Vec::new() };
        let mut blockers = Vec::new();
        for round in &draft.campaign.rounds {
            let mut problems = actions.settings_problems(&round.round_type, round.settings.as_ref()).await;
            if is_example(&round.round_type, round.settings.as_ref()) {
                problems.push(STILL_THE_EXAMPLE.to_owned());
            }
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
                problems.iter().map(|problem| format!("in the settings, {}", in_words(problem))).collect()
            }
            Err(failure) => vec![failure.to_string()],
        }
    }
}

/// What a round type says of a setting, with the setting's name: `/pledges/0/title` is “pledges, number 1, title”. Of what its reader of JSON
/// says (serde's words), the two that people meet are put plainly.
fn in_words(problem: &Problem) -> String {
    let part = |part: &str| match part.parse::<usize>() {
        Ok(index) => format!("number {}", index + 1),
        Err(_) => part.to_owned(),
    };
    let place: Vec<String> = problem.path.split('/').filter(|part| !part.is_empty()).map(part).collect();
    let named = |from: &str| Some(problem.message.split_once(from)?.1.split_once('`')?.0);
    let words = match (named("missing field `"), named("unknown field `")) {
        (Some(name), _) => format!("“{name}” is missing"),
        (_, Some(name)) => format!("“{name}” is not known: take it out, or look how it is spelled"),
        _ => problem.message.clone(),
    };
    if place.is_empty() { words } else { format!("“{}”: {words}", place.join(", ")) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_wrong_is_said_with_the_settings_name() {
        for (path, message, words) in [
            ("", "missing field `pledges` at line 1 column 2", "“pledges” is missing"),
            (
                "",
                "unknown field `pledge`, expected `pledges` at line 1",
                "“pledge” is not known: take it out, or look how it is spelled",
            ),
            ("/pledges/0/title", "Write a title.", "“pledges, number 1, title”: Write a title."),
        ] {
            let problem = Problem { path: path.into(), code: "c".into(), message: message.into() };
            assert_eq!(in_words(&problem), words);
        }
    }
}
