//! A tenant's front page.

use domain::round::RoundState;
use poem::{Response, Result, handler};

use super::{cards, onward, published_report};
use crate::fault::PageError;
use crate::views::{Counts, Home};
use crate::visitor::Visitor;

#[handler]
pub(crate) async fn show(visitor: Visitor) -> Result<Response> {
    let tenant = visitor.tenant();
    let now = visitor.state.actions().now();
    let views = visitor.state.actions().show_home(tenant).await.map_err(PageError::from)?;
    // The open one if there is one, else the next to open, else the one that closed last.
    let rank = |state| match state {
        RoundState::Open | RoundState::Paused => 0,
        RoundState::Upcoming => 1,
        RoundState::Closed => 2,
    };
    let chosen = views.iter().min_by_key(|view| {
        let state = view.round.state(now);
        let order = if state == RoundState::Closed {
            -view.round.closes_at.timestamp()
        } else {
            view.round.opens_at.timestamp()
        };
        (rank(state), order)
    });
    let body = chosen.map(|view| super::home_body(&view.campaign)).unwrap_or_default();
    let page = Home {
        site: visitor.dressed.chrome.clone(),
        visit: visitor.to_visit("/"),
        headline: tenant.branding.service_name.clone(),
        lead: chosen.map_or_else(String::new, |view| view.campaign.purpose.clone()),
        body_html: body,
        reports: published_report::entries(tenant, now),
        join: chosen.map_or_else(String::new, |view| {
            onward::on_identity_side(&visitor, &format!("join/{}", view.campaign.slug))
        }),
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
