//! What is asked, and when: for everybody, without a session.

use actions::{COMMENTS_PER_PAGE, CampaignView};
use chrono::{DateTime, Utc};
use domain::board::{MAX_SEARCH_CHARACTERS, PAGE_SIZE};
use domain::contribution::MAX_POSTS_PER_PARTICIPANT;
use domain::text::MAX_BODY_CHARACTERS;
use poem_openapi::param::Path;
use poem_openapi::payload::Json;
use poem_openapi::{Object, OpenApi};

use super::Tag;
use super::caller::Site;
use super::refused::Refused;
use super::shapes::{FeelingName, State};

pub(super) struct Campaigns;

/// A campaign with its figures.
#[derive(Object)]
struct Campaign {
    /// Its short name in addresses.
    campaign: String,
    title: String,
    /// What it is for.
    purpose: String,
    /// What happens with what people say.
    what_next: String,
    state: State,
    /// The first instant at which it takes anything, UTC.
    opens_at: DateTime<Utc>,
    /// The first instant at which it takes nothing any more, UTC.
    closes_at: DateTime<Utc>,
    /// The tenant's time zone (IANA), in which days are told.
    time_zone: String,
    /// Contributions that can be read.
    contributions: usize,
    /// Comments that can be read.
    comments: i64,
    /// Votes on contributions.
    votes: i64,
    /// People who came in, in whole groups: a multiple of the campaign's smallest group (10, if it does not say); null while there is none.
    joined: Option<i64>,
}

/// Every campaign of the tenant, by opening time.
#[derive(Object)]
struct CampaignList {
    campaigns: Vec<Campaign>,
}

/// A campaign with what it asks.
#[derive(Object)]
struct CampaignDetails {
    #[oai(flatten)]
    campaign: Campaign,
    prompts: Vec<Prompt>,
    themes: Vec<Theme>,
    feelings: Vec<FeelingChoice>,
    limits: Limits,
}

/// A question.
#[derive(Object)]
struct Prompt {
    /// Its short name.
    prompt: String,
    text: String,
    hint: Option<String>,
    votes: Wording,
}

/// How the answers to contributions under this prompt are worded.
#[derive(Object)]
struct Wording {
    agree: String,
    disagree: String,
    pass: String,
}

/// What a contribution can be about.
#[derive(Object)]
struct Theme {
    /// Its short name.
    theme: String,
    name: String,
}

/// How an author can feel about it.
#[derive(Object)]
struct FeelingChoice {
    feeling: FeelingName,
    name: String,
}

/// How much of what.
#[derive(Object)]
struct Limits {
    /// The longest text, in characters as people count them.
    body_characters: usize,
    /// The longest search.
    search_characters: usize,
    /// The most posts of one participant.
    posts_per_participant: u64,
    /// Contributions on a page.
    contributions_per_page: usize,
    /// Comments on a page.
    comments_per_page: usize,
}

#[OpenApi(tag = "Tag::Campaigns")]
impl Campaigns {
    /// The tenant's campaigns
    #[oai(path = "/campaigns", method = "get", operation_id = "listCampaigns")]
    async fn list(&self, site: Site) -> Result<Json<CampaignList>, Refused> {
        let views = site.actions().show_home(&site.tenant).await?;
        let campaigns = views.into_iter().map(|view| Campaign::of(view, &site)).collect();
        Ok(Json(CampaignList { campaigns }))
    }

    /// One campaign with what it asks
    #[oai(path = "/campaigns/:campaign", method = "get", operation_id = "showCampaign")]
    async fn show(&self, site: Site, campaign: Path<String>) -> Result<Json<CampaignDetails>, Refused> {
        let views = site.actions().show_home(&site.tenant).await?;
        let view =
            views.into_iter().find(|view| view.campaign.slug == campaign.0).ok_or_else(Refused::not_found)?;
        let round = view.campaign.round_at(site.actions().now()).clone();
        Ok(Json(CampaignDetails {
            campaign: Campaign::of(view, &site),
            prompts: round.prompts.iter().cloned().map(Prompt::from).collect(),
            themes: round
                .themes
                .iter()
                .map(|theme| Theme { theme: theme.slug.clone(), name: theme.name.clone() })
                .collect(),
            feelings: domain::round::Feeling::ALL.into_iter().map(FeelingChoice::from).collect(),
            limits: Limits {
                body_characters: MAX_BODY_CHARACTERS,
                search_characters: MAX_SEARCH_CHARACTERS,
                posts_per_participant: MAX_POSTS_PER_PARTICIPANT,
                contributions_per_page: PAGE_SIZE,
                comments_per_page: COMMENTS_PER_PAGE,
            },
        }))
    }
}

impl Campaign {
    fn of(view: CampaignView, site: &Site) -> Self {
        Self {
            campaign: view.campaign.slug,
            title: view.campaign.title,
            purpose: view.campaign.purpose,
            what_next: view.campaign.what_next,
            state: view.round.state(site.actions().now()).into(),
            opens_at: view.round.opens_at,
            closes_at: view.round.closes_at,
            time_zone: site.tenant.zone.name().to_owned(),
            contributions: view.contributions,
            comments: view.comments,
            votes: view.votes,
            joined: view.joined,
        }
    }
}

impl From<domain::round::Prompt> for Prompt {
    fn from(prompt: domain::round::Prompt) -> Self {
        let domain::round::VoteWording { agree, disagree, pass } = prompt.votes;
        let votes = Wording { agree, disagree, pass };
        Self { prompt: prompt.slug, text: prompt.text, hint: prompt.hint, votes }
    }
}

impl From<domain::round::Feeling> for FeelingChoice {
    fn from(feeling: domain::round::Feeling) -> Self {
        Self { feeling: feeling.into(), name: feeling.label().to_owned() }
    }
}
