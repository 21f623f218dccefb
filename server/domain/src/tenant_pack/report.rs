//! Reports in a pack: Markdown, of which the headings and the places of figures are known, so that each finding has an address of its own and
//! the figures are those that are published.

use std::collections::{BTreeMap, HashMap};

use super::campaign::line;
use super::read::slug_problems;
use super::{CampaignFile, MAX_REPORT_CHARACTERS, MAX_REPORTS, ReportFile};
use crate::campaign_draft::slug_of;
use crate::figures::Measure;

/// What a heading is called in addresses if no letter or digit of it can stand there.
const UNNAMED_HEADING: &str = "part";
/// How the heading of a finding begins; its number follows.
const FINDING: &str = "Finding ";
/// How the place of a figure begins.
const FIGURE: &str = "{figure";
/// The figure that has a bar for each organisation.
const CAME_IN_BY_ORGANISATION: &str = "came-in-by-organisation";
/// From here on Markdown takes an indented line for code, spaces.
const CODE_INDENT: usize = 4;

/// A piece of a report.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ReportPart {
    /// A heading with an address of its own.
    Heading(ReportHeading),
    /// Markdown without headings.
    Text(String),
    /// The place of a figure.
    Figure(ReportFigure),
}

/// A heading of a report.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReportHeading {
    /// 2 or 3; the report's title is 1.
    pub level: usize,
    /// Its words, plain text.
    pub text: String,
    /// Its address on the page, made of its own words alone: `finding-3` of "Finding 3: …", else its words as a short name.
    pub anchor: String,
}

/// A figure that a report can show: of those that are published, and of no other.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ReportFigure {
    /// A figure of everybody.
    Total(Measure),
    /// How many people of each organisation came in.
    CameInByOrganisation,
}

impl ReportFigure {
    /// All of them, in the order of [`Measure::ALL`].
    pub fn all() -> impl Iterator<Item = Self> {
        Measure::ALL.into_iter().map(Self::Total).chain([Self::CameInByOrganisation])
    }

    /// Its name in reports.
    pub fn slug(self) -> &'static str {
        match self {
            Self::Total(measure) => measure.slug(),
            Self::CameInByOrganisation => CAME_IN_BY_ORGANISATION,
        }
    }

    /// The figure called `slug`.
    pub fn from_slug(slug: &str) -> Option<Self> {
        Self::all().find(|figure| figure.slug() == slug)
    }
}

/// Takes a report's Markdown apart.
///
/// # Errors
/// Every problem, with its line.
pub fn report_parts(markdown: &str) -> Result<Vec<ReportPart>, Vec<String>> {
    let mut reader = Reader::default();
    for (number, line) in (1..).zip(markdown.lines()) {
        reader.take(number, line);
    }
    reader.end_text();
    if reader.problems.is_empty() { Ok(reader.parts) } else { Err(reader.problems) }
}

#[derive(Default)]
struct Reader {
    parts: Vec<ReportPart>,
    text: String,
    /// The line above, if it is a paragraph's.
    in_paragraph: bool,
    in_code: bool,
    /// Where each address was first given, by line.
    anchors: HashMap<String, usize>,
    problems: Vec<String>,
}

impl Reader {
    fn take(&mut self, number: usize, line: &str) {
        let inner = line.trim();
        if inner.starts_with("```") || inner.starts_with("~~~") {
            self.in_code = !self.in_code;
        }
        let indent = line.len() - line.trim_start().len();
        if self.in_code || indent >= CODE_INDENT {
            return self.keep(line);
        }
        if let Some((level, text)) = heading(inner) {
            return self.heading(number, level, text);
        }
        if inner.contains(FIGURE) {
            return self.figure(number, inner);
        }
        let underlines = |mark| !inner.is_empty() && inner.chars().all(|c| c == mark);
        if self.in_paragraph && (underlines('=') || underlines('-')) {
            self.problem(number, "write a heading as `## Its words`; above a line across leave a line empty");
        }
        self.keep(line);
    }

    fn keep(&mut self, line: &str) {
        self.in_paragraph = !line.trim().is_empty();
        self.text.push_str(line);
        self.text.push('\n');
    }

    fn end_text(&mut self) {
        let text = std::mem::take(&mut self.text);
        self.in_paragraph = false;
        if !text.trim().is_empty() {
            self.parts.push(ReportPart::Text(text));
        }
    }

    fn heading(&mut self, number: usize, level: usize, text: &str) {
        if !(2..=3).contains(&level) || text.is_empty() {
            return self.problem(
                number,
                "headings are `## …` and `### …` with words behind them: the title stands in tenant.toml",
            );
        }
        let anchor = anchor_of(text);
        if let Some(first) = self.anchors.get(&anchor) {
            let reason =
                format!("heading `{text}` has the address #{anchor} of line {first}: word it differently");
            return self.problem(number, &reason);
        }
        self.anchors.insert(anchor.clone(), number);
        self.end_text();
        self.parts.push(ReportPart::Heading(ReportHeading { level, text: text.to_owned(), anchor }));
    }

    fn figure(&mut self, number: usize, inner: &str) {
        let behind = inner.strip_prefix(FIGURE).filter(|rest| rest.starts_with([' ', '}']));
        let name = behind.and_then(|rest| rest.strip_suffix('}')).map(str::trim);
        let Some(name) = name.filter(|name| !name.contains('}')) else {
            return self.problem(number, "a figure stands in a line of its own, as in `{figure votes}`");
        };
        match ReportFigure::from_slug(name) {
            Some(figure) => {
                self.end_text();
                self.parts.push(ReportPart::Figure(figure));
            }
            None => {
                let known: Vec<_> = ReportFigure::all().map(ReportFigure::slug).collect();
                self.problem(number, &format!("there is no figure `{name}`: use {}", known.join(", ")));
            }
        }
    }

    fn problem(&mut self, number: usize, reason: &str) {
        self.problems.push(format!("line {number}: {reason}"));
    }
}

/// The level and the words of a heading (CommonMark 0.31, 4.2).
fn heading(line: &str) -> Option<(usize, &str)> {
    let level = line.chars().take_while(|c| *c == '#').count();
    let words = &line[level..];
    let is_heading = level > 0 && (words.is_empty() || words.starts_with([' ', '\t']));
    is_heading.then(|| (level, words.trim()))
}

fn anchor_of(text: &str) -> String {
    let behind = text.strip_prefix(FINDING).unwrap_or_default();
    let digits = behind.chars().take_while(char::is_ascii_digit).count();
    match &behind[..digits] {
        "" => slug_of(text, UNNAMED_HEADING),
        number => format!("finding-{number}"),
    }
}

/// Where the text of the report called `slug` stands in a pack.
pub(super) fn path(slug: &str) -> String {
    format!("reports/{slug}.md")
}

/// What is wrong with what `tenant.toml` says about reports.
pub(super) fn problems(reports: &[ReportFile], campaigns: &BTreeMap<String, CampaignFile>) -> Vec<String> {
    let mut reasons = slug_problems("report", reports.iter().map(|report| report.slug.as_str()));
    if reports.len() > MAX_REPORTS {
        reasons.push(format!("has more than {MAX_REPORTS} reports"));
    }
    for report in reports {
        for (name, text) in
            [("title", &report.title), ("written_by", &report.written_by), ("summary", &report.summary)]
        {
            line(&mut reasons, &format!("report `{}`: {name}", report.slug), text);
        }
        if !campaigns.contains_key(&report.campaign) {
            reasons.push(format!("report `{}`: there is no campaign `{}`", report.slug, report.campaign));
        }
    }
    reasons
}

/// What is wrong with a report's text.
pub(super) fn text_problems(markdown: &str) -> Vec<String> {
    let mut reasons = report_parts(markdown).err().unwrap_or_default();
    if markdown.trim().is_empty() || markdown.chars().count() > MAX_REPORT_CHARACTERS {
        reasons.push(format!("write 1 to {MAX_REPORT_CHARACTERS} characters"));
    }
    reasons
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headings(markdown: &str) -> Vec<(usize, String)> {
        let parts = report_parts(markdown).unwrap().into_iter();
        let heading = |part| match part {
            ReportPart::Heading(heading) => Some((heading.level, heading.anchor)),
            _ => None,
        };
        parts.filter_map(heading).collect()
    }

    #[test]
    fn a_report_comes_apart_in_its_order() {
        let parts = report_parts(
            "Why.\n\n## What you said\n\n- one\n- two\n\n{figure votes}\n{figure  came-in-by-organisation }\n\n### More\n",
        );
        let heading = |level, text: &str, anchor: &str| {
            ReportPart::Heading(ReportHeading { level, text: text.into(), anchor: anchor.into() })
        };
        assert_eq!(
            parts.unwrap(),
            [
                ReportPart::Text("Why.\n\n".into()),
                heading(2, "What you said", "what-you-said"),
                ReportPart::Text("\n- one\n- two\n\n".into()),
                ReportPart::Figure(ReportFigure::Total(Measure::Votes)),
                ReportPart::Figure(ReportFigure::CameInByOrganisation),
                heading(3, "More", "more"),
            ]
        );
    }

    #[test]
    fn findings_have_their_number_for_an_address_and_it_stays() {
        let one =
            "## Finding 3: Rotas come late\n\n## Finding 12. Kit\n\n## Finding it hard\n\n## Über uns – ?\n";
        let found = headings(one);
        let anchors: Vec<_> = found.iter().map(|(_, anchor)| anchor.as_str()).collect();
        assert_eq!(anchors, ["finding-3", "finding-12", "finding-it-hard", "ber-uns"]);
        assert_eq!(headings("## A new one\n\n## Finding 3: Worded anew")[1].1, "finding-3");
        assert_eq!(headings("## 你好")[0].1, UNNAMED_HEADING);
    }

    #[test]
    fn code_and_lines_across_are_neither_headings_nor_figures() {
        let text =
            "Words.\n\n---\n\n```\n## no heading\n{figure none}\n```\n\n    ## nor this\n\n#nor-this\n";
        assert_eq!(report_parts(text).unwrap(), [ReportPart::Text(text.to_owned())]);
    }

    #[test]
    fn every_problem_is_told_with_its_line() {
        for (text, told) in [
            ("One\n\n{figure sentiment}", "line 3: there is no figure `sentiment`: use joined, came-in"),
            ("See {figure votes}", "line 1: a figure stands in a line of its own"),
            ("{figure votes} {figure ideas}", "line 1: a figure stands in a line of its own"),
            ("{figurevotes}", "line 1: a figure stands in a line of its own"),
            ("{figure}", "line 1: there is no figure ``"),
            ("# Title", "line 1: headings are `## …`"),
            ("#### Deep", "line 1: headings are `## …`"),
            ("## ", "line 1: headings are `## …`"),
            ("Words\n-----", "line 2: write a heading as"),
            (
                "## Finding 1: a\n\n## Finding 1: b",
                "line 3: heading `Finding 1: b` has the address #finding-1 of line 1",
            ),
        ] {
            let problems = report_parts(text).unwrap_err();
            assert!(problems.len() == 1 && problems[0].starts_with(told), "{text}: {problems:?}");
        }
        assert_eq!(report_parts("# A\n\n{figure b}").unwrap_err().len(), 2);
    }

    #[test]
    fn figures_come_back_by_their_names() {
        for figure in ReportFigure::all() {
            assert_eq!(ReportFigure::from_slug(figure.slug()), Some(figure));
        }
    }
}
