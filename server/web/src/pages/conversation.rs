//! The conversation: contributions, filtered, sorted and paged. Whoever has just come in finds the form for a first idea above them.

use actions::KeptAct;
use domain::board::{MAX_SEARCH_CHARACTERS, Query, Sort};
use domain::contribution::ContributionForm;
use domain::round::RoundState;
use poem::web::Path;
use poem::{Response, Result, handler};

use super::activity;
use super::cards::{self, Reader};
use super::share::idea_form;
use crate::cursor;
use crate::fault::PageError;
use crate::text_html::post_html;
use crate::views::{Conversation, Filters, IdeaForm, Live};
use crate::visitor::{Participant, Visitor, encoded};

#[handler]
pub(crate) async fn show(visitor: Visitor, Path(slug): Path<String>) -> Result<Response> {
    let reader = visitor.reader(&slug)?;
    let is_plain = |(name, _): &(String, String)| name == "done" || name == "by";
    if reader.round.has_activity() && reader.query.fields().iter().all(is_plain) {
        // What people do comes first; what they say about it is a link away.
        let fields: Vec<String> =
            reader.query.fields().iter().map(|(name, value)| format!("{name}={}", encoded(value))).collect();
        let query = if fields.is_empty() { String::new() } else { format!("?{}", fields.join("&")) };
        return Ok(reader.see_other(&format!("{}{query}", activity::path(&slug, ""))));
    }
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
    let may_take_part = state == RoundState::Open;
    let first_idea = if may_take_part { first_idea(&reader).await? } else { None };
    let mut visit = reader.to_visit(&format!("/conversations/{slug}"));
    if first_idea.is_some() {
        // The page says so itself, and when an idea appears stands beside the button.
        visit.success = None;
    }
    reader.show(&Conversation {
        site: reader.dressed.chrome.clone(),
        visit,
        campaign: cards::campaign(reader.tenant(), &reader.campaign, &shown.round, now),
        may_take_part,
        first_idea,
        from_moderators: shown.from_moderators,
        intro: "Read what others say. Vote on what you know about. Add what is missing.".into(),
        prompts: reader.round.prompts.to_vec(),
        themes: reader.round.themes.to_vec(),
        filters,
        total: shown.page.matching,
        next: shown.page.next.as_ref().map(cursor::encode),
        later_page: query.after.is_some(),
        live: matches!(state, RoundState::Open | RoundState::Paused)
            .then_some(Live { revision: shown.round.revision, own }),
        source_html: shown.note.as_deref().filter(|_| query.after.is_none()).map(post_html),
        cards,
    })
}

/// An empty form for somebody who has just come in and has shared no idea before, here or on another device.
async fn first_idea(reader: &Participant) -> Result<Option<IdeaForm>, PageError> {
    if !matches!(reader.query.get("done"), Some("entered" | "waiting")) {
        return Ok(None);
    }
    let (actions, tenant) = (reader.state.actions(), reader.tenant());
    let mine = actions.list_mine(tenant, &reader.session, &reader.round).await?;
    let mut shared = mine.into_iter().flat_map(|mine| mine.posts).filter(|post| post.contribution.is_none());
    let kept = actions.show_kept(tenant, &reader.session).await?;
    let keeps = kept.iter().any(|kept| matches!(kept.what, KeptAct::Idea { .. }));
    let has_shared = shared.next().is_some() || keeps;
    Ok((!has_shared).then(|| idea_form(ContributionForm::default(), Vec::new())))
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
