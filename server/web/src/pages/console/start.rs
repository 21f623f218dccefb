//! The console's first page: the tenant's conversations, and what this person can do in each.

use actions::Campaign;
use actions::policy::{Action, Kind};
use domain::round::RoundState;
use domain::time_zone::in_words;
use poem::{Response, Result, handler};

use crate::console::Staff;
use crate::fault::PageError;
use crate::views::console::{DeskLink, Start, StartCampaign, StartSupport};

const PATH: &str = "/console";

/// What can be done in a campaign: words, the last part of the path, and what one must be allowed to do.
const WORK: [(&str, &str, Kind, Action); 5] = [
    ("Figures", "figures", Kind::Figures, Action::Read),
    ("Moderation", "moderation", Kind::Post, Action::Read),
    ("Dates", "dates", Kind::Campaign, Action::Read),
    ("Download everything that was said (JSON)", "content", Kind::Content, Action::Export),
    ("Download answers in activities", "answers", Kind::Content, Action::Export),
];

#[handler]
pub(crate) async fn show(staff: Staff) -> Result<Response> {
    let view = Start {
        site: staff.dressed.chrome.clone(),
        visit: staff.visit(None),
        desk: staff.desk(PATH),
        support: support(&staff).await?,
        campaigns: staff.tenant().campaigns.iter().map(|campaign| listed(&staff, campaign)).collect(),
    };
    staff.show(&view)
}

/// The accesses of operators that last, to whoever may know of them.
async fn support(staff: &Staff) -> Result<Vec<StartSupport>, PageError> {
    if !staff.may(Kind::Support, Action::Read) {
        return Ok(Vec::new());
    }
    let (now, zone) = (staff.state.now(), staff.tenant().zone);
    let accesses = staff.state.accounts().list_support(staff.tenant()).await?;
    let lasting = accesses.into_iter().filter(|access| access.ends_at > now);
    Ok(lasting
        .map(|access| StartSupport {
            name: access.name,
            reason: access.reason,
            until: in_words(access.ends_at, zone),
        })
        .collect())
}

fn listed(staff: &Staff, campaign: &Campaign) -> StartCampaign {
    let (now, zone) = (staff.state.now(), staff.tenant().zone);
    let round = campaign.round_at(now);
    let state = round.state(now);
    let when = match state {
        RoundState::Upcoming => format!("It opens on {}.", in_words(round.opens_at, zone)),
        RoundState::Open | RoundState::Paused => format!("It closes on {}.", in_words(round.closes_at, zone)),
        RoundState::Closed => format!("It closed on {}.", in_words(round.closes_at, zone)),
    };
    let work = WORK.iter().filter(|(_, _, kind, action)| staff.may(*kind, *action));
    StartCampaign {
        title: campaign.title.clone(),
        path: format!("/conversations/{}", campaign.slug),
        state,
        when,
        work: work
            .map(|(text, part, ..)| DeskLink {
                text: (*text).to_owned(),
                path: format!("/console/campaigns/{}/{part}", campaign.slug),
                current: false,
            })
            .collect(),
    }
}
