//! The platform's round types: how each behaves, which rounds run it, and what an operator does about it.

use actions::round_types::{Digest, ListedRoundType, UpgradeRefusal};
use poem::http::StatusCode;
use poem::{Response, Result, handler};

use super::tenants::only_at_the_platform;
use crate::console::{Staff, StaffForm};
use crate::fault::PageError;
use crate::views::console::{RoundTypeLine, RoundTypes, RunningLine};

const PATH: &str = "/console/round-types";

#[handler]
pub(crate) async fn list(staff: Staff) -> Result<Response> {
    only_at_the_platform(&staff)?;
    page(&staff, StatusCode::OK, None).await
}

/// Withdraws a component, or admits it again.
#[handler]
pub(crate) async fn withdraw(form: StaffForm) -> Result<Response> {
    let staff = &form.staff;
    only_at_the_platform(staff)?;
    staff.require_recent_proof(PATH).await?;
    let digest = Digest::try_from(form.field("digest").to_owned()).map_err(|_| PageError::NotFound)?;
    let withdraw = form.field("do") == "withdraw";
    let done = staff.state.actions().withdraw_round_type(staff.actor(), digest, withdraw).await;
    if !done.map_err(PageError::from)? {
        return Err(PageError::NotFound.into());
    }
    Ok(form.see_other(&format!("{PATH}?done={}", if withdraw { "withdrawn" } else { "admitted" })))
}

/// Brings a round to the present component of its type.
#[handler]
pub(crate) async fn upgrade(form: StaffForm) -> Result<Response> {
    let staff = &form.staff;
    only_at_the_platform(staff)?;
    staff.require_recent_proof(PATH).await?;
    let actions = staff.state.actions();
    let tenant = actions.tenants().by_slug(form.field("tenant")).await.map_err(PageError::from)?;
    let tenant = tenant.ok_or(PageError::NotFound)?;
    let campaign = tenant.campaign(form.field("campaign")).ok_or(PageError::NotFound)?;
    let slug = form.field("round");
    let round = campaign.rounds.iter().find(|round| round.slug == slug).ok_or(PageError::NotFound)?;
    match actions.upgrade_round(&tenant, round).await {
        Ok(digest) => {
            actions.record_upgrade(staff.actor(), &tenant, round, digest).await.map_err(PageError::from)?;
            Ok(form.see_other(&format!("{PATH}?done=upgraded")))
        }
        Err(UpgradeRefusal::Fault(fault)) => Err(PageError::from(fault).into()),
        Err(refusal) => page(staff, StatusCode::CONFLICT, Some(refusal.to_string())).await,
    }
}

async fn page(staff: &Staff, status: StatusCode, refused: Option<String>) -> Result<Response> {
    let listed = staff.state.actions().list_round_types().await.map_err(PageError::from)?;
    let done = match staff.query.get("done") {
        Some("withdrawn") => {
            Some("It is withdrawn. Rounds that ran it say that the activity is not working.")
        }
        Some("admitted") => Some("It is admitted again."),
        Some("upgraded") => Some("The round runs the present version now. Both versions counted the same."),
        _ => None,
    };
    let view = RoundTypes {
        site: staff.dressed.chrome.clone(),
        visit: staff.visit(done),
        desk: staff.desk(PATH),
        refused,
        lines: listed.into_iter().map(line).collect(),
    };
    staff.show_with(status, &view)
}

fn line(listed: ListedRoundType) -> RoundTypeLine {
    let figures = listed.figures.unwrap_or_default();
    let failed =
        figures.traps + figures.time_outs + figures.overruns + figures.bad_outputs + figures.own_mistakes;
    RoundTypeLine {
        title: listed.title,
        name: listed.name,
        version: listed.version,
        short: listed.digest.chars().take(12).collect(),
        digest: listed.digest,
        built_in: listed.built_in,
        current: listed.current,
        withdrawn: listed.withdrawn,
        calls: figures.calls,
        failed,
        says: vec![
            ("Trapped".to_owned(), figures.traps.to_string()),
            ("Took too long".to_owned(), figures.time_outs.to_string()),
            ("Did too much".to_owned(), figures.overruns.to_string()),
            ("Broke the contract".to_owned(), figures.bad_outputs.to_string()),
            ("Its own mistakes".to_owned(), figures.own_mistakes.to_string()),
            ("Time of half of the calls, at most".to_owned(), format!("{} µs", figures.microseconds_median)),
            ("Time of 99 in 100 calls, at most".to_owned(), format!("{} µs", figures.microseconds_p99)),
            ("Most memory of a call".to_owned(), format!("{} KiB", figures.most_memory / 1024)),
        ],
        rounds: listed
            .rounds
            .into_iter()
            .map(|round| RunningLine {
                tenant: round.tenant,
                campaign: round.campaign,
                round: round.round,
                can_be_upgraded: round.can_be_upgraded,
            })
            .collect(),
    }
}
