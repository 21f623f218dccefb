//! A tenant's front page.

use actions::CampaignView;
use domain::round::RoundState;
use domain::time_zone::in_words;
use poem::{Response, Result, handler};

use super::{cards, onward, published_report};
use crate::fault::PageError;
use crate::views::{Counts, Home, OtherCampaign};
use crate::visitor::Visitor;

#[handler]
pub(crate) async fn show(visitor: Visitor) -> Result<Response> {
    let tenant = visitor.tenant();
    let now = visitor.state.actions().now();
    let views = visitor.state.actions().show_home(tenant).await.map_err(PageError::from)?;
    // One's own, or else the one that counts now.
    let own = visitor.session.map(|session| session.campaign);
    let shown = own.or(tenant.campaign_at(now).map(|campaign| campaign.id));
    let chosen = views.iter().find(|view| Some(view.campaign.id) == shown);
    let also_open = views.iter().filter(|view| {
        Some(view.campaign.id) != shown
            && matches!(view.round.state(now), RoundState::Open | RoundState::Paused)
    });
    let join =
        |view: &CampaignView| onward::on_identity_side(&visitor, &format!("join/{}", view.campaign.slug));
    let reports = published_report::entries(tenant, now);
    // Once its report can be read, what was going to happen has happened: the page leads to the report.
    let ahead = chosen.filter(|view| !reports.iter().any(|report| report.campaign == view.campaign.slug));
    let body = ahead.map(|view| super::home_body(&view.campaign)).unwrap_or_default();
    let page = Home {
        site: visitor.dressed.chrome.clone(),
        visit: visitor.to_visit("/"),
        headline: tenant.branding.service_name.clone(),
        lead: chosen.map_or_else(String::new, |view| view.campaign.purpose.clone()),
        body_html: body,
        reports,
        join: chosen.map_or_else(String::new, join),
        also_open: also_open
            .map(|view| OtherCampaign {
                title: view.campaign.title.clone(),
                join: join(view),
                paused: view.round.state(now) == RoundState::Paused,
                closes: in_words(view.round.closes_at, tenant.zone),
            })
            .collect(),
        campaign: chosen.map(|view| cards::campaign(tenant, &view.campaign, &view.round, now)),
        counts: chosen.filter(|view| view.round.state(now) != RoundState::Upcoming).map(|view| Counts {
            ideas: view.contributions as u64,
            comments: view.comments.unsigned_abs(),
            votes: view.votes.unsigned_abs(),
            joined: view.joined.unwrap_or_default().unsigned_abs(),
        }),
    };
    visitor.show(&page)
}
