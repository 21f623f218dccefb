//! What stands between a draft and its launch: the checks of the whole pack with the draft in it, those of the cohorts, and the dates.

use domain::campaign_draft::CampaignDraft;
use domain::ids::OrganisationId;
use domain::roll::{MIN_COHORT_PEOPLE, cohorts};
use domain::tenant_pack::{CampaignFile, CampaignPart, TenantPack, files_of, read, round_times};
use storage::identity::{OrganisationCount, Reading};

use crate::apply_tenant_pack::unpack;
use crate::launch_campaign::sizes;
use crate::tenant::campaign_id;
use crate::{ActionError, Draft, EditRefusal, Enrolment, Tenant};

/// Where something is put right.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    /// What it is called and for.
    Purpose,
    /// Rounds, dates and questions.
    Rounds,
    /// Organisations, ways in, rolls.
    People,
    /// Colours and logo.
    Branding,
    /// The tenant's own pages.
    Pages,
    /// Planned emails.
    Emails,
}

impl Step {
    /// Every step, in order.
    pub const ALL: [Self; 6] =
        [Self::Purpose, Self::Rounds, Self::People, Self::Branding, Self::Pages, Self::Emails];

    /// Its name in addresses.
    pub fn slug(self) -> &'static str {
        match self {
            Self::Purpose => "purpose",
            Self::Rounds => "rounds",
            Self::People => "people",
            Self::Branding => "branding",
            Self::Pages => "pages",
            Self::Emails => "emails",
        }
    }
}

/// Something that blocks the launch.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Blocker {
    /// Where it is put right.
    pub step: Step,
    /// What is wrong.
    pub reason: String,
}

impl Enrolment {
    /// How many people of each organisation are on the roll of the campaign called `slug`.
    ///
    /// # Errors
    /// Database faults.
    pub async fn on_roll(
        &self,
        tenant: &Tenant,
        slug: &str,
    ) -> Result<Vec<(OrganisationId, i64)>, ActionError> {
        let reading = self.identity.read(tenant.id).await?;
        let counts = reading.eligible_by_organisation(campaign_id(&tenant.slug, slug)).await?;
        Ok(counts.into_iter().map(|count| (count.organisation, count.eligible)).collect())
    }

    /// Everything that blocks the launch of `draft`.
    ///
    /// # Errors
    /// Database faults.
    pub async fn check_draft(&self, tenant: &Tenant, draft: &Draft) -> Result<Vec<Blocker>, EditRefusal> {
        let reading = self.identity.read(tenant.id).await?;
        let stored = reading.tenant().await?.ok_or(EditRefusal::Unknown)?;
        let pack = unpack(&stored)?;
        self.blockers(&reading, tenant, pack, draft).await
    }

    pub(crate) async fn blockers(
        &self,
        reading: &Reading,
        tenant: &Tenant,
        mut pack: TenantPack,
        draft: &Draft,
    ) -> Result<Vec<Blocker>, EditRefusal> {
        let mut blockers: Vec<Blocker> = draft
            .campaign
            .problems(tenant.zone)
            .into_iter()
            .map(|problem| Blocker { step: step_of(problem.part), reason: problem.reason })
            .collect();
        if let Ok(file) = draft.campaign.to_file() {
            blockers.extend(self.too_late(&file, tenant));
            // What the campaign itself lacks is told already, each in its place.
            if blockers.is_empty() {
                pack.campaigns.insert(file.slug.clone(), file);
            }
        }
        let files = files_of(&pack).map_err(ActionError::Fault)?;
        let problems = read(&files).err().unwrap_or_default();
        blockers.extend(problems.into_iter().map(|problem| Blocker {
            step: if problem.reason.contains("organisation") { Step::People } else { Step::Pages },
            reason: problem.reason,
        }));
        let on_roll =
            reading.eligible_by_organisation(campaign_id(&tenant.slug, &draft.campaign.slug)).await?;
        blockers.extend(too_few(tenant, &on_roll));
        for blocker in &mut blockers {
            blocker.reason = by_title(&blocker.reason, &draft.campaign, tenant);
        }
        Ok(blockers)
    }

    fn too_late(&self, file: &CampaignFile, tenant: &Tenant) -> Option<Blocker> {
        let closes = |round| round_times(round, tenant.zone).ok().map(|(_, closes)| closes);
        let last = file.rounds.iter().filter_map(closes).max()?;
        (last <= self.clock.now()).then(|| Blocker {
            step: Step::Rounds,
            reason: "The last round closes in the past. Give it dates that are still to come.".to_owned(),
        })
    }
}

/// `reason` with what people call things in the place of the short names that files have: a page shows no short names.
fn by_title(reason: &str, campaign: &CampaignDraft, tenant: &Tenant) -> String {
    let mut words = reason.to_owned();
    let mut name = |kind: &str, slug: &str, shown: String| {
        words = words.replace(&format!("{kind} `{slug}`"), &shown);
    };
    for round in &campaign.rounds {
        name("round", &round.slug, format!("“{}”", round.title));
        for (index, prompt) in round.prompts.iter().enumerate() {
            name("prompt", &prompt.slug, format!("question {}", index + 1));
        }
    }
    for email in &campaign.emails {
        name("email", &email.slug, format!("“{}”", email.title));
    }
    for organisation in &tenant.organisations {
        name("organisation", &organisation.slug, format!("“{}”", organisation.name));
    }
    words
}

fn too_few(tenant: &Tenant, on_roll: &[OrganisationCount]) -> Option<Blocker> {
    let reason = if tenant.organisations.is_empty() {
        "Add at least one organisation, and say how its people come in.".to_owned()
    } else {
        let few = cohorts(&sizes(tenant, on_roll), MIN_COHORT_PEOPLE).err()?;
        format!("{few}. Bring in the list of people, or say about how many work in each organisation.")
    };
    Some(Blocker { step: Step::People, reason })
}

fn step_of(part: CampaignPart) -> Step {
    match part {
        CampaignPart::Purpose => Step::Purpose,
        CampaignPart::Rounds => Step::Rounds,
        CampaignPart::Emails => Step::Emails,
    }
}
