//! The board: every contribution of a round that readers may see, with its counts; sorted, filtered and cut into pages.
//!
//! A board is a value: storage builds it at one revision of the round, and everybody who asks at that revision reads the same
//! one. What differs between readers is their seed (the fair mix) and their own votes, which are not in here.

use std::cmp::Reverse;
use std::collections::HashMap;
use std::sync::Arc;

use chrono::NaiveDate;

use crate::ids::{ParticipantId, PostId, PromptId};
use crate::round::Feeling;
use crate::vote::VoteCounts;

/// Contributions on one page.
pub const PAGE_SIZE: usize = 20;
/// Longest search text, in characters.
pub const MAX_SEARCH_CHARACTERS: usize = 100;

/// A contribution as every reader sees it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Card {
    /// Which contribution.
    pub id: PostId,
    /// Who wrote it: to mark a reader's own, never to be shown.
    pub author: Option<ParticipantId>,
    /// The prompt it answers.
    pub prompt: PromptId,
    /// Its theme's slug.
    pub theme: Option<String>,
    /// How its author feels about it.
    pub feeling: Option<Feeling>,
    /// Its text, plain.
    pub body: String,
    /// Its text as search reads it, see [`fold`].
    pub folded: String,
    /// Its author's voice in its thread, see [`crate::voice`].
    pub voice: i32,
    /// The day on which it was written, in the tenant's time zone.
    pub day: NaiveDate,
    /// Whether its text was changed since.
    pub edited: bool,
    /// Whether a moderator changed its text.
    pub amended: bool,
    /// How many answered what.
    pub votes: VoteCounts,
    /// How many visible comments it has.
    pub comments: i64,
    /// The round's revision at which it was written: newer ones have higher numbers.
    pub written_at: i64,
    /// The round's revision at which anything about it last changed.
    pub changed_at: i64,
}

/// The order in which contributions are shown.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Sort {
    /// A shuffle of its own for each reader, so that early and loud posts get no better place. The default.
    #[default]
    FairMix,
    /// Newest first.
    Newest,
    /// Most comments first.
    MostDiscussed,
    /// Highest agree minus disagree first.
    MostSupported,
    /// Fewest answers first.
    NeedsVotes,
}

impl Sort {
    /// Every order, as forms show them.
    pub const ALL: [Self; 5] =
        [Self::FairMix, Self::Newest, Self::MostDiscussed, Self::MostSupported, Self::NeedsVotes];

    /// Its name in addresses.
    pub fn slug(self) -> &'static str {
        match self {
            Self::FairMix => "mix",
            Self::Newest => "newest",
            Self::MostDiscussed => "discussed",
            Self::MostSupported => "supported",
            Self::NeedsVotes => "needs-votes",
        }
    }

    /// The order called `slug`.
    pub fn from_slug(slug: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|sort| sort.slug() == slug)
    }

    /// What people read.
    pub fn label(self) -> &'static str {
        match self {
            Self::FairMix => "A fair mix",
            Self::Newest => "Newest first",
            Self::MostDiscussed => "Most comments",
            Self::MostSupported => "Most support",
            Self::NeedsVotes => "Needs votes",
        }
    }

    /// The number by which a card is ordered: the lowest comes first.
    fn rank(self, card: &Card, seed: u64) -> i64 {
        match self {
            Self::FairMix => mix(card.id, seed),
            Self::Newest => -card.written_at,
            Self::MostDiscussed => -card.comments,
            Self::MostSupported => card.votes.disagree - card.votes.agree,
            Self::NeedsVotes => card.votes.total(),
        }
    }
}

/// Where a page begins: after the contribution with this rank and id.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Cursor {
    /// The last shown contribution's rank in the order asked for. Always 0 in the fair mix: rank and id together would
    /// give away the reader's seed, and the id is enough.
    pub rank: i64,
    /// The last shown contribution.
    pub id: PostId,
}

/// What a reader asks of the board.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Query {
    /// Only answers to this prompt.
    pub prompt: Option<PromptId>,
    /// Only those with this theme.
    pub theme: Option<String>,
    /// Only those with all of these words; see [`fold`].
    pub search: String,
    /// In which order.
    pub sort: Sort,
    /// From where on.
    pub after: Option<Cursor>,
}

/// One page of the board.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Page {
    /// At most [`PAGE_SIZE`] contributions.
    pub cards: Vec<Arc<Card>>,
    /// Where the next page begins, if there is more.
    pub next: Option<Cursor>,
    /// How many match in all.
    pub matching: usize,
}

/// Every contribution of a round that readers may see, at one revision.
#[derive(Clone, Debug, Default)]
pub struct Board {
    /// The revision of the round that this shows.
    pub revision: i64,
    /// Where the campaign's content came from, if from elsewhere.
    pub note: Option<Arc<str>>,
    cards: HashMap<PostId, Arc<Card>>,
}

impl Board {
    /// A later board: this one with `changed` put in or replaced and `gone` taken out.
    pub fn advanced(&self, revision: i64, changed: Vec<Card>, gone: &[PostId]) -> Self {
        let mut cards = self.cards.clone();
        for id in gone {
            cards.remove(id);
        }
        cards.extend(changed.into_iter().map(|card| (card.id, Arc::new(card))));
        Self { revision, note: self.note.clone(), cards }
    }

    /// The same board with this note.
    pub fn with_note(self, note: Option<String>) -> Self {
        Self { note: note.map(Arc::from), ..self }
    }

    /// How many contributions it has.
    pub fn len(&self) -> usize {
        self.cards.len()
    }

    /// Whether it has none.
    pub fn is_empty(&self) -> bool {
        self.cards.is_empty()
    }

    /// The contribution `id`, if readers may see it.
    pub fn card(&self, id: PostId) -> Option<&Card> {
        self.cards.get(&id).map(Arc::as_ref)
    }

    /// Votes on all contributions together.
    pub fn votes(&self) -> i64 {
        self.cards.values().map(|card| card.votes.total()).sum()
    }

    /// Visible comments under all contributions together.
    pub fn comments(&self) -> i64 {
        self.cards.values().map(|card| card.comments).sum()
    }

    /// The page that `query` asks for; `seed` is the reader's own.
    pub fn page(&self, query: &Query, seed: u64) -> Page {
        let search = fold(&query.search);
        let words: Vec<&str> = search.split_whitespace().collect();
        let matching: Vec<_> = self
            .cards
            .values()
            .filter(|card| query.prompt.is_none_or(|prompt| card.prompt == prompt))
            .filter(|card| query.theme.is_none() || card.theme == query.theme)
            .filter(|card| words.iter().all(|word| card.folded.contains(word)))
            .map(|card| (query.sort.rank(card, seed), card.id, card))
            .collect();
        let total = matching.len();
        let after = query.after.map(|after| match query.sort {
            Sort::FairMix => (mix(after.id, seed), after.id),
            _ => (after.rank, after.id),
        });
        let mut rest: Vec<_> = matching
            .into_iter()
            .filter(|(rank, id, _)| after.is_none_or(|after| (*rank, *id) > after))
            .collect();
        let more = rest.len() > PAGE_SIZE;
        if more {
            rest.select_nth_unstable_by_key(PAGE_SIZE, |(rank, id, _)| (*rank, *id));
            rest.truncate(PAGE_SIZE);
        }
        rest.sort_unstable_by_key(|(rank, id, _)| (*rank, *id));
        let next = rest.last().filter(|_| more).map(|(rank, id, _)| Cursor {
            rank: if query.sort == Sort::FairMix { 0 } else { *rank },
            id: *id,
        });
        Page { cards: rest.into_iter().map(|(_, _, card)| Arc::clone(card)).collect(), next, matching: total }
    }

    /// The ids of the newest `most` contributions, newest first.
    pub fn newest(&self, most: usize) -> Vec<PostId> {
        let mut cards: Vec<_> = self.cards.values().collect();
        cards.sort_unstable_by_key(|card| Reverse(card.written_at));
        cards.into_iter().take(most).map(|card| card.id).collect()
    }
}

/// Text as search compares it: lower case, without accents.
pub fn fold(text: &str) -> String {
    use unicode_normalization::{UnicodeNormalization, char::is_combining_mark};
    text.nfd().filter(|c| !is_combining_mark(*c)).flat_map(char::to_lowercase).collect()
}

/// The place of a contribution in the shuffle of `seed`: the finaliser of SplitMix64 (Steele, Lea & Flood, 2014) over both.
fn mix(id: PostId, seed: u64) -> i64 {
    let (high, low) = id.0.as_u64_pair();
    let mut z = (high ^ low.rotate_left(32)).wrapping_add(seed.wrapping_mul(0x9E37_79B9_7F4A_7C15));
    z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    (z ^ (z >> 31)).cast_signed()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn card(number: i64) -> Card {
        let body = format!("Idea number {number}: Café rotas");
        Card {
            id: PostId::named(&[&number.to_string()]),
            author: None,
            prompt: PromptId::named(&[if number % 2 == 0 { "even" } else { "odd" }]),
            theme: (number % 3 == 0).then(|| "rotas".to_owned()),
            feeling: None,
            folded: fold(&body),
            body,
            voice: 0,
            day: NaiveDate::default(),
            edited: false,
            amended: false,
            votes: VoteCounts { agree: number % 7, disagree: number % 5, pass: 0 },
            comments: number % 11,
            written_at: number,
            changed_at: number,
        }
    }

    fn board() -> Board {
        Board::default().advanced(100, (1..=100).map(card).collect(), &[])
    }

    fn walk(board: &Board, mut query: Query, seed: u64) -> Vec<PostId> {
        let mut seen = Vec::new();
        loop {
            let page = board.page(&query, seed);
            seen.extend(page.cards.iter().map(|card| card.id));
            match page.next {
                Some(next) => query.after = Some(next),
                None => return seen,
            }
        }
    }

    #[test]
    fn every_order_shows_each_contribution_once() {
        for sort in Sort::ALL {
            let mut seen = walk(&board(), Query { sort, ..Query::default() }, 42);
            assert_eq!(seen.len(), 100, "{sort:?}");
            seen.sort();
            seen.dedup();
            assert_eq!(seen.len(), 100, "{sort:?}");
        }
    }

    #[test]
    fn fair_mix_differs_between_readers_and_is_steady_for_one() {
        let walk = |seed| walk(&board(), Query::default(), seed);
        assert_eq!(walk(1), walk(1));
        assert_ne!(walk(1), walk(2));
    }

    #[test]
    fn a_cursor_of_the_fair_mix_says_nothing_of_the_seed() {
        let board = board();
        for seed in 0..50 {
            assert_eq!(board.page(&Query::default(), seed).next.unwrap().rank, 0);
        }
    }

    #[test]
    fn fair_mix_gives_each_contribution_about_the_same_number_of_first_pages() {
        let board = board();
        let mut firsts: HashMap<PostId, u32> = HashMap::new();
        for seed in 0..5_000 {
            for card in board.page(&Query::default(), seed).cards {
                *firsts.entry(card.id).or_default() += 1;
            }
        }
        // 1,000 expected each, standard deviation 28: six of them either side.
        assert!(firsts.values().all(|count| (830..=1_170).contains(count)), "{firsts:?}");
    }

    #[test]
    fn filters_and_search() {
        let count = |query: Query| board().page(&query, 1).matching;
        assert_eq!(count(Query { prompt: Some(PromptId::named(&["even"])), ..Query::default() }), 50);
        assert_eq!(count(Query { theme: Some("rotas".into()), ..Query::default() }), 33);
        assert_eq!(count(Query { search: "CAFE  number 7".into(), ..Query::default() }), 19);
        assert_eq!(count(Query { search: "nothing".into(), ..Query::default() }), 0);
    }

    #[test]
    fn newest_first_and_advancing() {
        let later = board().advanced(101, vec![card(101)], &[PostId::named(&["100"])]);
        assert_eq!(later.newest(2), [PostId::named(&["101"]), PostId::named(&["99"])]);
        let page = later.page(&Query { sort: Sort::Newest, ..Query::default() }, 0);
        assert_eq!(page.cards[0].written_at, 101);
    }
}
