//! The conversation: the list of contributions.

use domain::board::Sort;
use domain::round::{Prompt, RoundState, Theme};
use serde::Serialize;

use super::{Campaign, Card, Chrome, Dates, IdeaForm, View, Visit, sample_prompts, sample_themes};

/// The conversation.
#[derive(Clone, Debug, Serialize)]
pub struct Conversation {
    /// The tenant's frame.
    pub site: Chrome,
    /// This visit.
    pub visit: Visit,
    /// Which conversation.
    pub campaign: Campaign,
    /// May this visitor post and vote: entered, and the conversation is open?
    pub may_take_part: bool,
    /// The form for a first idea, for somebody who has just come in and may post.
    pub first_idea: Option<IdeaForm>,
    /// How many posts of one's own a moderator has hidden or asked about.
    pub from_moderators: i64,
    /// Said under the heading.
    pub intro: String,
    /// What it asks, in order; cards point into this list.
    pub prompts: Vec<Prompt>,
    /// The themes to filter by; may be empty.
    pub themes: Vec<Theme>,
    /// What is filtered by now.
    pub filters: Filters,
    /// The contributions of this page.
    pub cards: Vec<Card>,
    /// How many contributions there are under these filters.
    pub total: usize,
    /// The cursor of the next page, if there is one.
    pub next: Option<String>,
    /// Is this a later page than the first?
    pub later_page: bool,
    /// Live updates, where they make sense.
    pub live: Option<Live>,
    /// Where the contributions come from, as safe HTML, for imported conversations.
    pub source_html: Option<String>,
}

/// What the list is filtered and sorted by.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Filters {
    /// A prompt's key, or empty.
    pub prompt: String,
    /// A theme's value, or empty.
    pub theme: String,
    /// Words searched for, or empty.
    pub q: String,
    /// The order.
    #[serde(serialize_with = "by_slug")]
    pub sort: Sort,
    /// These filters as a query string without `after`, already percent-encoded, without a leading `?`; empty when
    /// nothing is filtered. Links to next pages carry it.
    pub query: String,
}

fn by_slug<S: serde::Serializer>(sort: &Sort, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(sort.slug())
}

/// What the page needs to stay up to date.
#[derive(Clone, Debug, Serialize)]
pub struct Live {
    /// The revision that this page shows.
    pub revision: i64,
    /// Ids of this participant's own posts, which are not announced to them.
    pub own: Vec<String>,
}

impl Live {
    pub(crate) fn sample() -> Live {
        Live { revision: 1_204, own: vec![Card::sample(2).id] }
    }
}

impl View for Conversation {
    const TEMPLATE: &'static str = "conversation.html";

    fn samples(chrome: &Chrome) -> Vec<(&'static str, Conversation)> {
        let conversation = |state, signed_in, count| Conversation {
            site: chrome.clone(),
            visit: Visit::sample(signed_in, "/conversations/first"),
            campaign: Campaign::sample(state),
            may_take_part: signed_in && state == RoundState::Open,
            first_idea: None,
            from_moderators: 0,
            intro: "Read what others say. Vote on what you know about. Add what is missing.".into(),
            prompts: sample_prompts(),
            themes: sample_themes(),
            filters: Filters::default(),
            cards: (0..count).map(Card::sample).collect(),
            total: if count == 20 { 154 } else { count },
            next: (count == 20).then(|| "WzE4LDJd".into()),
            later_page: false,
            live: matches!(state, RoundState::Open | RoundState::Paused).then(Live::sample),
            source_html: None,
        };
        let open = RoundState::Open;

        let mut filtered = conversation(open, true, 3);
        filtered.filters = Filters {
            prompt: "blocks".into(),
            theme: "time".into(),
            q: "rota".into(),
            sort: Sort::Newest,
            query: "prompt=blocks&theme=time&q=rota&sort=newest".into(),
        };
        let mut nothing_found = filtered.clone();
        nothing_found.cards.clear();
        nothing_found.total = 0;
        let mut posted = conversation(open, true, 3);
        posted.visit.success = Some("Your vote is counted.".into());
        let mut just_in = conversation(open, true, 20);
        just_in.first_idea = Some(IdeaForm::sample("", &[]));
        let mut just_in_first = just_in.clone();
        just_in_first.cards.clear();
        just_in_first.total = 0;
        just_in_first.themes.clear();
        let mut just_joined = conversation(open, true, 3);
        just_joined.first_idea = Some(IdeaForm::sample("", &[]));
        just_joined.visit.joined = true;
        just_joined.visit.waits_until = Some("6pm today".into());
        let mut waiting = conversation(open, true, 3);
        waiting.visit.waits_until = Some("6pm today".into());
        let mut moderated = conversation(open, true, 3);
        moderated.from_moderators = 1;
        let mut shared_device = conversation(open, true, 3);
        shared_device.visit.shared = true;
        let mut imported = conversation(open, true, 3);
        imported.source_html = Some("Data was gathered using the Polis software (see <a href=\"https://compdemocracy.org/polis\">compdemocracy.org/polis</a>) and is sub-licensed under CC BY 4.0 with attribution to The Computational Democracy Project.".into());
        let mut extended = conversation(open, true, 3);
        extended.campaign.dates = Dates::sample_extended();
        let mut second = conversation(open, true, 20);
        second.later_page = true;
        second.next = None;

        vec![
            ("open", conversation(open, true, 20)),
            ("open-reading-only", conversation(open, false, 3)),
            ("second-page", second),
            ("filtered", filtered),
            ("nothing-found", nothing_found),
            ("first-of-all", conversation(open, true, 0)),
            ("answer-counted", posted),
            ("just-in", just_in),
            ("just-in-first-of-all", just_in_first),
            ("just-joined-waiting", just_joined),
            ("waiting", waiting),
            ("from-moderators", moderated),
            ("shared-device", shared_device),
            ("imported", imported),
            ("extended", extended),
            ("paused", conversation(RoundState::Paused, true, 5)),
            ("closed", conversation(RoundState::Closed, true, 5)),
        ]
    }
}
