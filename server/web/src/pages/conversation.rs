//! The conversation: contributions, filtered, sorted and paged.

use domain::board::{MAX_SEARCH_CHARACTERS, Query, Sort};
use domain::round::RoundState;
use poem::web::Path;
use poem::{Response, Result, handler};

use super::cards::{self, Reader};
use crate::cursor;
use crate::fault::PageError;
use crate::text_html::post_html;
use crate::views::{Conversation, Filters, Live};
use crate::visitor::{Participant, Visitor, encoded};

#[handler]
pub(crate) async fn show(visitor: Visitor, Path(slug): Path<String>) -> Result<Response> {
    let reader = visitor.reader(&slug)?;
    let (query, filters) = asked(&reader);
    let actions = reader.state.actions();
    let shown = actions.show_conversation(reader.tenant(), &reader.session, reader.round.id, &query).await;
    let shown = shown.map_err(PageError::from)?.ok_or(PageError::NotFound)?;
    let now = actions.now();
    let state = shown.round.state(now);
    if state == RoundState::Upcoming {
        return Err(PageError::NotOpenYet.into());
    }
    let as_reader = Reader::new(reader.tenant(), &reader.round, reader.session.participant, now);
    let cards: Vec<_> = shown.page.cards.iter().map(|card| as_reader.listed(card, &shown.votes)).collect();
    let own = cards.iter().filter(|card| card.own).map(|card| card.id.clone()).collect();
    reader.show(&Conversation {
        site: reader.dressed.chrome.clone(),
        visit: reader.to_visit(&format!("/conversations/{slug}")),
        campaign: cards::campaign(reader.tenant(), &reader.campaign, &shown.round, now),
        may_take_part: state == RoundState::Open,
        intro: "Read what others say. Answer what you know about. Add what is missing.".into(),
        prompts: reader.round.prompts.clone(),
        themes: reader.round.themes.clone(),
        filters,
        total: shown.page.matching,
        next: shown.page.next.as_ref().map(cursor::encode),
        later_page: query.after.is_some(),
        live: (state == RoundState::Open).then_some(Live { revision: shown.round.revision, own }),
        source_html: shown.note.as_deref().filter(|_| query.after.is_none()).map(post_html),
        cards,
    })
}

/// What the address asks for. What it names and we do not have is left out.
fn asked(reader: &Participant) -> (Query, Filters) {
    let field = |name: &str| reader.query.get(name).unwrap_or_default();
    let prompt = reader.round.prompts.iter().find(|prompt| prompt.slug == field("prompt"));
    let theme = reader.round.themes.iter().find(|theme| theme.slug == field("theme"));
    let search: String = field("q").trim().chars().take(MAX_SEARCH_CHARACTERS).collect();
    let sort = Sort::from_slug(field("sort")).unwrap_or_default();
    let filters = Filters {
        prompt: prompt.map(|prompt| prompt.slug.clone()).unwrap_or_default(),
        theme: theme.map(|theme| theme.slug.clone()).unwrap_or_default(),
        query: String::new(),
        q: search.clone(),
        sort,
    };
    let sort_field = if sort == Sort::default() { "" } else { sort.slug() };
    let fields = [
        ("prompt", filters.prompt.as_str()),
        ("theme", &filters.theme),
        ("q", &search),
        ("sort", sort_field),
    ];
    let named: Vec<String> = fields
        .iter()
        .filter(|(_, value)| !value.is_empty())
        .map(|(name, value)| format!("{name}={}", encoded(value)))
        .collect();
    let query = Query {
        prompt: prompt.map(|prompt| prompt.id),
        theme: theme.map(|theme| theme.slug.clone()),
        search,
        sort,
        after: cursor::decode(field("after")),
    };
    (query, Filters { query: named.join("&"), ..filters })
}
