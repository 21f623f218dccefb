//! The public list of keys, for people and for programs.

use std::collections::BTreeMap;

use actions::{KeyLogEntry, key_fingerprint, printed_head};
use chrono::NaiveDate;
use poem::http::header;
use poem::{Response, Result, handler};
use serde::Serialize;

use crate::fault::PageError;
use crate::views::{CohortKey, DayCount, KeyCounts, Keys};
use crate::visitor::Visitor;

/// How a day is written out.
const DAY: &str = "%-d %B %Y";

/// The list as programs get it.
#[derive(Serialize)]
struct Log<'a> {
    entries: &'a [KeyLogEntry],
}

#[handler]
pub(crate) async fn show(visitor: Visitor) -> Result<Response> {
    let tenant = visitor.tenant();
    let entries = entries(&visitor).await?;
    let campaign_title = |entry: &KeyLogEntry| {
        let campaign = tenant.campaigns.iter().find(|campaign| campaign.id == entry.campaign);
        campaign.map(|campaign| campaign.title.clone()).unwrap_or_default()
    };
    let name = |slug: &String| {
        tenant.organisation(slug).map_or_else(|| slug.clone(), |organisation| organisation.name.clone())
    };
    let sides = &visitor.state.sides;
    let addresses = &visitor.state.settings.addresses;
    let elsewhere = match (&sides.identity, &sides.conversation) {
        (Some(_), None) => Some(addresses.conversation(tenant)),
        (None, Some(_)) if !addresses.together() => Some(addresses.identity(tenant)),
        _ => None,
    };
    visitor.show(&Keys {
        site: visitor.dressed.chrome.clone(),
        visit: visitor.to_visit("/anonymity"),
        keys: entries
            .iter()
            .map(|entry| CohortKey {
                number: entry.index + 1,
                campaign: campaign_title(entry),
                organisations: entry.organisations.iter().map(name).collect(),
                eligible: entry.eligible,
                made: entry.made_on.format(DAY).to_string(),
                fingerprint: key_fingerprint(entry).unwrap_or_default(),
            })
            .collect(),
        head: printed_head(&entries),
        counts: counts(&visitor).await?,
        counts_issued: sides.identity.is_some(),
        counts_registered: sides.conversation.is_some(),
        elsewhere: elsewhere.map(|address| format!("{address}keys")),
    })
}

/// Public, and asked for by browsers on pages of the other side: any site may read it.
#[handler]
pub(crate) async fn log(visitor: Visitor) -> Result<Response> {
    let entries = entries(&visitor).await?;
    let json = serde_json::to_string(&Log { entries: &entries });
    let json = json.map_err(|error| PageError::Fault(error.to_string()))?;
    Ok(Response::builder()
        .content_type("application/json")
        .header(header::CACHE_CONTROL, "no-cache")
        .header(header::ACCESS_CONTROL_ALLOW_ORIGIN, "*")
        .body(json))
}

/// The list as the side that is served knows it; with both, as those who come in are checked against it.
async fn entries(visitor: &Visitor) -> Result<Vec<KeyLogEntry>, PageError> {
    let tenant = visitor.tenant();
    Ok(match &visitor.state.sides.conversation {
        Some(conversation) => conversation.key_log(tenant).await?,
        None => visitor.state.enrolment().key_log(tenant).await?,
    })
}

/// The published counts of each campaign that has any, newest day first.
async fn counts(visitor: &Visitor) -> Result<Vec<KeyCounts>, PageError> {
    let tenant = visitor.tenant();
    let mut counts = Vec::new();
    for campaign in &tenant.campaigns {
        let mut days: BTreeMap<NaiveDate, DayCount> = BTreeMap::new();
        if let Some(identity) = &visitor.state.sides.identity {
            for count in identity.daily_counts(tenant, campaign).await? {
                let day = days.entry(count.day).or_default();
                (day.eligible, day.issued) = (Some(count.eligible), Some(count.issued));
            }
        }
        if let Some(conversation) = &visitor.state.sides.conversation {
            for (day, registered) in conversation.daily_registered(tenant, campaign).await? {
                days.entry(day).or_default().registered = Some(registered);
            }
        }
        if !days.is_empty() {
            let named = days
                .into_iter()
                .rev()
                .map(|(day, counted)| DayCount { day: day.format(DAY).to_string(), ..counted });
            counts.push(KeyCounts { campaign: campaign.title.clone(), days: named.collect() });
        }
    }
    Ok(counts)
}
