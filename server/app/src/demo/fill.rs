//! Fills a demonstration through the same use cases that operators and people use. Doing it again changes nothing but the codes and
//! login details, which are new each time.

use std::sync::{Arc, Mutex, PoisonError};

use actions::{
    Actions, Actor, ApplyRefusal, Campaign, Enrolment, IssuedLogin, LaunchRefusal, Organisation,
    RollImportRefusal, Sides, Tenant,
};
use anyhow::{Context, Result};
use credentials::SealedCode;
use documents::roll::RollKind;
use domain::Clock;
use domain::roll::EmailAddress;
use domain::tenant_pack::EntryRoute;

use super::verdicts::give_verdicts;
use super::{attribution, open_now, packs, people, polis_export};
use crate::config::Config;
use crate::data_folder::DataLock;
use crate::{OsRandom, SystemClock, databases, platform};

/// Sealed codes for each tenant, new at every start.
const CODES: usize = 5;
/// New participants let in together: nobody looks around a demonstration with twenty others.
const BATCH_SIZE: u32 = 1;
/// The tenant that the real conversation goes into.
pub const REAL_TENANT: &str = "bsol";
/// What the real conversation goes into: tenant, campaign, and the prompt whose votes are worded as theirs were.
const REAL_CONVERSATION: (&str, &str, &str) = (REAL_TENANT, "first-conversation", "behaviours");

/// How people come into a campaign.
pub struct WaysIn {
    /// The campaign's short name.
    pub campaign: String,
    /// What it is called.
    pub title: String,
    /// Sealed codes.
    pub codes: Vec<SealedCode>,
    /// Login details of somebody on the roll who has not joined; none when all have.
    pub login: Option<IssuedLogin>,
}

/// Applies our packs, open now. To be done before anybody serves the folder: rolls of dates long past would be deleted at once.
///
/// # Errors
/// When the folder is being served or cannot be written.
pub async fn apply_packs(config: &Config) -> Result<()> {
    let _lock = DataLock::take(&config.storage.data)?;
    let sides = databases::open_sides(config, Arc::new(SystemClock), Arc::new(OsRandom)).await?.sides;
    let mut packs = packs()?;
    packs.push(platform::pack(config.server.side, None, None)?);
    for mut pack in packs {
        open_now(&mut pack, SystemClock.now());
        pack.tenant.joining.batch_size = BATCH_SIZE;
        match sides.apply_tenant_pack(&pack).await {
            // Somebody tried the console: what they changed stays as they left it.
            Err(ApplyRefusal::ChangedByPage { .. }) => {}
            applied => drop(applied?),
        }
    }
    Ok(())
}

/// Loads the real conversation if it is `tenant`'s and is not there; for each campaign puts invented people onto the roll, launches, has some of
/// them take part in its activity, and makes ways in.
///
/// # Errors
/// Database faults.
pub async fn fill(sides: &Sides, tenant: &Tenant) -> Result<Vec<WaysIn>> {
    let actions = sides.conversation.as_ref().context("a demonstration serves both sides")?;
    let enrolment = sides.identity.as_ref().context("a demonstration serves both sides")?;
    if tenant.slug == REAL_CONVERSATION.0 {
        load_real_conversation(actions, tenant).await?;
    }
    let mut ways = Vec::new();
    for campaign in &tenant.campaigns {
        ways.push(fill_campaign(actions, enrolment, tenant, campaign).await?);
    }
    Ok(ways)
}

async fn fill_campaign(
    actions: &Actions,
    enrolment: &Enrolment,
    tenant: &Tenant,
    campaign: &Campaign,
) -> Result<WaysIn> {
    let invited = tenant.organisations.iter().find(|each| each.entry_route == EntryRoute::Invited);
    let organisation = invited.or(tenant.organisations.first()).context("a pack has no organisation")?;
    put_people_on_roll(enrolment, tenant, campaign, organisation).await?;
    match enrolment.launch_campaign(tenant, campaign).await {
        Ok(_) | Err(LaunchRefusal::Launched) => {}
        Err(refusal) => return Err(refusal.into()),
    }
    actions.learn_keys(tenant, &enrolment.key_log(tenant).await?).await?;
    for round in campaign.rounds.iter().filter(|round| round.has_activity()) {
        give_verdicts(actions, tenant, (campaign, round), organisation).await?;
    }
    // So that a report shows figures at once. Else they would be published when somebody looks at them in the console, or when the day ends.
    enrolment.figures(tenant, campaign).await?;
    actions.figures(tenant, campaign).await?;
    Ok(WaysIn {
        campaign: campaign.slug.clone(),
        title: campaign.title.clone(),
        codes: actions.issue_codes(tenant, campaign, organisation, CODES).await?,
        login: login(enrolment, tenant, campaign, organisation).await?,
    })
}

async fn load_real_conversation(actions: &Actions, tenant: &Tenant) -> Result<()> {
    let (_, campaign, prompt) = REAL_CONVERSATION;
    let campaign = tenant.campaign(campaign).context("the pack lacks the real conversation's campaign")?;
    let views = actions.show_home(tenant).await?;
    let filled = views.iter().any(|view| view.campaign.id == campaign.id && view.contributions > 0);
    if filled {
        return Ok(());
    }
    let (export, note) = (polis_export()?, Some(attribution()));
    actions.import_polis(tenant, campaign, Some(prompt), note, export, &|_| {}).await?;
    Ok(())
}

async fn put_people_on_roll(
    enrolment: &Enrolment,
    tenant: &Tenant,
    campaign: &Campaign,
    organisation: &Organisation,
) -> Result<()> {
    let first = people::addresses(&organisation.slug).next().context("nobody was invented")?;
    if enrolment.find_person(tenant, campaign, &EmailAddress::parse(&first)?).await?.is_some() {
        return Ok(());
    }
    let roll = people::roll(&organisation.slug);
    match enrolment.import_roll(tenant, campaign, RollKind::Csv, roll.as_bytes(), &|_| {}).await {
        Ok(held) => drop(
            enrolment.confirm_roll(&Actor::command_line(tenant.id), tenant, campaign, held.import).await?,
        ),
        // A demonstration that ran until its roll's last day goes on without.
        Err(RollImportRefusal::Erased) => {}
        Err(refusal) => return Err(refusal.into()),
    }
    Ok(())
}

/// Login details of the first of the invented people who has not joined.
async fn login(
    enrolment: &Enrolment,
    tenant: &Tenant,
    campaign: &Campaign,
    organisation: &Organisation,
) -> Result<Option<IssuedLogin>> {
    let issued = Mutex::new(Vec::new());
    let take = |logins| {
        issued.lock().unwrap_or_else(PoisonError::into_inner).extend(logins);
        std::future::ready(Ok(()))
    };
    enrolment.issue_logins(tenant, campaign, organisation, take).await?;
    let mut issued: Vec<IssuedLogin> = issued.into_inner().unwrap_or_else(PoisonError::into_inner);
    for email in people::addresses(&organisation.slug) {
        let person = enrolment.find_person(tenant, campaign, &EmailAddress::parse(&email)?).await?;
        let may_join = person.is_some_and(|person| !person.joined);
        let Some(place) = issued.iter().position(|login| may_join && login.email == email) else { continue };
        let shown = issued.swap_remove(place);
        enrolment.note_sent(tenant, &[shown.hash]).await?;
        return Ok(Some(shown));
    }
    Ok(None)
}
