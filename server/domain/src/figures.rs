//! Figures that are published of a campaign: of what, of which group, and the smallest group that they show.

use std::fmt;

use chrono::NaiveDate;

/// From here on a figure is said in hundreds, below in tens.
const HUNDREDS_FROM: i64 = 1_000;

/// What is counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Measure {
    /// People for whom a key was signed.
    Joined,
    /// People who were let in.
    CameIn,
    /// People who wrote an idea or a comment.
    Contributing,
    /// People who voted.
    Voting,
    /// Ideas that can be read.
    Ideas,
    /// Comments that can be read.
    Comments,
    /// Votes that stand on ideas and comments.
    Votes,
}

/// By what figures are told apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Dimension {
    /// Everybody: one figure.
    All,
    /// The organisations that share a key: a cohort.
    Organisation,
    /// The staff group that stands on the roll.
    StaffGroup,
}

/// One figure's place.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Cell {
    /// What is counted.
    pub measure: Measure,
    /// By what groups are told apart.
    pub dimension: Dimension,
    /// Which group; empty for [`Dimension::All`], and for what a dimension was last published from.
    pub member: String,
}

/// A figure as it was published: the total at the end of a day.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PublishedFigure {
    /// Of what.
    pub cell: Cell,
    /// The day, in the tenant's zone.
    pub day: NaiveDate,
    /// A whole multiple of the campaign's smallest group.
    pub value: i64,
}

impl Measure {
    /// All of them, in the order of pages.
    pub const ALL: [Self; 7] = [
        Self::Joined,
        Self::CameIn,
        Self::Contributing,
        Self::Voting,
        Self::Ideas,
        Self::Comments,
        Self::Votes,
    ];

    /// Its name in the database and in files.
    pub fn slug(self) -> &'static str {
        match self {
            Self::Joined => "joined",
            Self::CameIn => "came-in",
            Self::Contributing => "contributing",
            Self::Voting => "voting",
            Self::Ideas => "ideas",
            Self::Comments => "comments",
            Self::Votes => "votes",
        }
    }

    /// Its name on pages.
    pub fn label(self) -> &'static str {
        match self {
            Self::Joined => "People joined",
            Self::CameIn => "People came in",
            Self::Contributing => "People who wrote",
            Self::Voting => "People who voted",
            Self::Ideas => "Ideas",
            Self::Comments => "Comments",
            Self::Votes => "Votes",
        }
    }

    /// The one with this slug.
    pub fn from_slug(slug: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|measure| measure.slug() == slug)
    }

    /// Whether it counts people. What they did is counted in all alone: those totals stand on everybody's pages, so that one group's
    /// share could be taken from them.
    pub fn counts_people(self) -> bool {
        matches!(self, Self::Joined | Self::CameIn | Self::Contributing | Self::Voting)
    }

    /// A sentence to copy, with a figure that is true of at least as many.
    pub fn sentence(self, value: i64, smallest: i64) -> String {
        let Said { more, number } = said(value, smallest);
        let at_least = if more { "Over" } else { "At least" };
        let number = Thousands(number);
        match self {
            Self::Joined => format!("{at_least} {number} people have joined."),
            Self::CameIn => format!("{at_least} {number} people have come in."),
            Self::Contributing => format!("{at_least} {number} people have shared an idea or a comment."),
            Self::Voting => format!("{at_least} {number} people have voted."),
            Self::Ideas => format!("{at_least} {number} ideas have been shared."),
            Self::Comments => format!("{at_least} {number} comments have been written."),
            Self::Votes => format!("{at_least} {number} votes have been cast."),
        }
    }
}

impl Dimension {
    /// All of them, in the order of pages.
    pub const ALL: [Self; 3] = [Self::All, Self::Organisation, Self::StaffGroup];

    /// Its name in the database and in files.
    pub fn slug(self) -> &'static str {
        match self {
            Self::All => "all",
            Self::Organisation => "organisation",
            Self::StaffGroup => "staff-group",
        }
    }

    /// The one with this slug.
    pub fn from_slug(slug: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|dimension| dimension.slug() == slug)
    }
}

/// A figure as a sentence has it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Said {
    /// Whether there are certainly more than [`number`](Self::number).
    pub more: bool,
    /// A round number that is not above the figure.
    pub number: i64,
}

/// Rounds a published figure down for a sentence: to hundreds from 1,000 on, to tens below, and never below the smallest group.
pub fn said(value: i64, smallest: i64) -> Said {
    let step = if value >= HUNDREDS_FROM { 100 } else { 10 };
    let round = value / step * step;
    let number = if round < smallest { value } else { round };
    Said { more: number < value, number }
}

/// A number as people write it: "29,719".
pub struct Thousands(pub i64);

impl fmt::Display for Thousands {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let digits = self.0.unsigned_abs().to_string();
        if self.0 < 0 {
            f.write_str("-")?;
        }
        for (place, digit) in digits.chars().enumerate() {
            if place > 0 && (digits.len() - place).is_multiple_of(3) {
                f.write_str(",")?;
            }
            write!(f, "{digit}")?;
        }
        Ok(())
    }
}

/// As much of `count` as makes whole groups of `smallest`.
pub fn in_whole_groups(count: i64, smallest: u32) -> i64 {
    let smallest = i64::from(smallest.max(1));
    count.max(0) / smallest * smallest
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn slugs_come_back() {
        for measure in Measure::ALL {
            assert_eq!(Measure::from_slug(measure.slug()), Some(measure));
        }
        for dimension in Dimension::ALL {
            assert_eq!(Dimension::from_slug(dimension.slug()), Some(dimension));
        }
    }

    #[test]
    fn sentences_are_true_and_round() {
        let joined = |value, smallest| Measure::Joined.sentence(value, smallest);
        assert_eq!(joined(1_610, 10), "Over 1,600 people have joined.");
        assert_eq!(joined(1_600, 10), "At least 1,600 people have joined.");
        assert_eq!(joined(24_990, 10), "Over 24,900 people have joined.");
        assert_eq!(joined(990, 10), "At least 990 people have joined.");
        assert_eq!(joined(45, 15), "Over 40 people have joined.");
        assert_eq!(joined(15, 15), "At least 15 people have joined.");
        assert_eq!(joined(12, 12), "At least 12 people have joined.");
        for smallest in [5_i64, 7, 10, 12, 25, 50, 1_000] {
            for groups in 1..200 {
                let value = smallest * groups;
                let said = said(value, smallest);
                assert!(said.number >= smallest && said.number <= value);
                assert_eq!(said.more, said.number < value);
            }
        }
    }

    #[test]
    fn whole_groups() {
        assert_eq!([0, 9, 10, 19, 20, -3].map(|count| in_whole_groups(count, 10)), [0, 0, 10, 10, 20, 0]);
    }
}
