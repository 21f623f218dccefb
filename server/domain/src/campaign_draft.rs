//! A campaign while it is being prepared: its file with gaps. What is still missing is found by the same checks that a tenant pack passes.

use chrono::NaiveDateTime;
use chrono_tz::Tz;
use serde::{Deserialize, Serialize};

use crate::moderation::{ModerationMode, Rule};
use crate::planned_email::{EmailFile, EmailKind};
use crate::round_type::{RoundSettings, RoundType};
use crate::tenant_pack::{
    CampaignFile, CampaignPart, CampaignProblem, DEFAULT_SMALLEST_GROUP, MAX_SLUG_CHARACTERS, PromptFile,
    RoundFile, ThemeFile, campaign_problems,
};

/// Most rounds that the console's pages make.
pub const MAX_DRAFT_ROUNDS: usize = 12;
/// Most questions of a round there: a form has room for so many.
pub const MAX_DRAFT_PROMPTS: usize = 24;
/// Most planned emails there.
pub const MAX_DRAFT_EMAILS: usize = 30;

/// A campaign that is being prepared.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct CampaignDraft {
    /// Short name in addresses; stays as it was first made.
    pub slug: String,
    /// What it is called.
    pub title: String,
    /// What it is for.
    pub purpose: String,
    /// What happens with what people say.
    pub what_next: String,
    /// The smallest group that its figures are to show.
    pub smallest_group: u32,
    /// Its stages.
    pub rounds: Vec<DraftRound>,
    /// Emails that are planned.
    pub emails: Vec<DraftEmail>,
}

/// A round that is being prepared.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct DraftRound {
    /// Short name; stays.
    pub slug: String,
    /// What it is called.
    pub title: String,
    /// What people do in it.
    #[serde(default = "open_discussion")]
    pub round_type: RoundType,
    /// What its round type is told.
    #[serde(default)]
    pub settings: Option<RoundSettings>,
    /// Local time.
    pub opens: Option<NaiveDateTime>,
    /// Local time.
    pub closes: Option<NaiveDateTime>,
    /// Whether a moderator looks first.
    pub moderation: ModerationMode,
    /// Which rules hold a post back; none for the usual ones.
    pub hold: Option<Vec<Rule>>,
    /// What it asks.
    pub prompts: Vec<PromptFile>,
    /// What a contribution can be about.
    pub themes: Vec<ThemeFile>,
}

fn open_discussion() -> RoundType {
    RoundType::OpenDiscussion
}

/// An email that is being planned.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DraftEmail {
    /// Short name; stays.
    pub slug: String,
    /// What it is called.
    pub title: String,
    /// What it is about.
    pub kind: EmailKind,
    /// Local time.
    pub send_at: Option<NaiveDateTime>,
    /// Local time from which on it must not go.
    #[serde(default)]
    pub send_until: Option<NaiveDateTime>,
    /// Short names of the organisations whose people get it; all, if none is named.
    #[serde(default)]
    pub organisations: Vec<String>,
    /// Its subject; the usual one if empty.
    #[serde(default)]
    pub subject: String,
    /// Its words; the usual ones if empty.
    #[serde(default)]
    pub text: String,
}

impl CampaignDraft {
    /// An empty campaign with one empty round.
    pub fn new(slug: String, title: String) -> Self {
        let mut draft = Self {
            slug,
            title,
            purpose: String::new(),
            what_next: String::new(),
            smallest_group: DEFAULT_SMALLEST_GROUP,
            rounds: Vec::new(),
            emails: Vec::new(),
        };
        draft.add_round();
        draft
    }

    /// A new draft like `campaign`, without its dates and their history.
    pub fn like(campaign: &CampaignFile, slug: String, title: String) -> Self {
        let round = |round: &RoundFile| DraftRound {
            slug: round.slug.clone(),
            title: round.title.clone(),
            round_type: round.round_type.clone(),
            settings: round.settings.clone(),
            opens: None,
            closes: None,
            moderation: round.moderation,
            hold: Some(round.hold.clone()),
            prompts: round.prompts.clone(),
            themes: round.themes.clone(),
        };
        let email = |email: &EmailFile| DraftEmail {
            slug: email.slug.clone(),
            title: email.title.clone(),
            kind: email.kind,
            send_at: None,
            send_until: None,
            organisations: email.organisations.clone(),
            subject: email.subject.clone(),
            text: email.text.clone(),
        };
        Self {
            slug,
            title,
            purpose: campaign.purpose.clone(),
            what_next: campaign.what_next.clone(),
            smallest_group: campaign.smallest_group,
            rounds: campaign.rounds.iter().map(round).collect(),
            emails: campaign.emails.iter().map(email).collect(),
        }
    }

    /// Adds an empty round with one empty question, if there is room.
    pub fn add_round(&mut self) {
        if self.rounds.len() >= MAX_DRAFT_ROUNDS {
            return;
        }
        let slug = free("round", |slug| self.rounds.iter().any(|round| round.slug == slug));
        let mut round = DraftRound {
            slug,
            title: "Open discussion".into(),
            round_type: RoundType::OpenDiscussion,
            settings: None,
            opens: None,
            closes: None,
            moderation: ModerationMode::default(),
            hold: None,
            prompts: Vec::new(),
            themes: Vec::new(),
        };
        round.add_prompt();
        self.rounds.push(round);
    }

    /// Adds an email, if there is room.
    pub fn add_email(&mut self, kind: EmailKind, title: &str, send_at: Option<NaiveDateTime>) {
        if self.emails.len() >= MAX_DRAFT_EMAILS {
            return;
        }
        let slug = free(kind.slug(), |slug| self.emails.iter().any(|email| email.slug == slug));
        self.emails.push(DraftEmail {
            slug,
            title: title.to_owned(),
            kind,
            send_at,
            send_until: None,
            organisations: Vec::new(),
            subject: String::new(),
            text: String::new(),
        });
    }

    /// The campaign's file, if every time is given.
    ///
    /// # Errors
    /// Which times are missing.
    pub fn to_file(&self) -> Result<CampaignFile, Vec<CampaignProblem>> {
        let mut missing = Vec::new();
        let mut lacks = |part, reason: String| {
            missing.push(CampaignProblem { part, reason });
            NaiveDateTime::default()
        };
        let mut rounds = Vec::new();
        for round in &self.rounds {
            let name = if round.title.trim().is_empty() { &round.slug } else { &round.title };
            let mut time = |time: Option<NaiveDateTime>, what: &str| {
                time.unwrap_or_else(|| lacks(CampaignPart::Rounds, format!("say when “{name}” {what}")))
            };
            let (opens, closes) = (time(round.opens, "opens"), time(round.closes, "closes"));
            rounds.push(RoundFile {
                slug: round.slug.clone(),
                title: round.title.clone(),
                round_type: round.round_type.clone(),
                settings: round.settings.clone(),
                opens,
                closes,
                moderation: round.moderation,
                hold: round.hold.clone().unwrap_or_else(|| Rule::ALL.to_vec()),
                prompts: round.prompts.clone(),
                themes: round.themes.clone(),
                changes: Vec::new(),
            });
        }
        let mut emails = Vec::new();
        for email in &self.emails {
            let at = email.send_at;
            let send_at = at.unwrap_or_else(|| {
                lacks(CampaignPart::Emails, format!("say when “{}” is to go", email.title))
            });
            emails.push(EmailFile {
                slug: email.slug.clone(),
                title: email.title.clone(),
                kind: email.kind,
                send_at,
                send_until: email.send_until,
                organisations: email.organisations.clone(),
                subject: email.subject.clone(),
                text: email.text.clone(),
            });
        }
        if !missing.is_empty() {
            return Err(missing);
        }
        Ok(CampaignFile {
            slug: self.slug.clone(),
            title: self.title.clone(),
            purpose: self.purpose.clone(),
            what_next: self.what_next.clone(),
            smallest_group: self.smallest_group,
            rounds,
            emails,
        })
    }

    /// Everything that is still wrong or missing.
    pub fn problems(&self, zone: Tz) -> Vec<CampaignProblem> {
        match self.to_file() {
            Ok(file) => campaign_problems(&file, zone),
            Err(mut missing) => {
                // What else is wrong is told, too, but for times that were never given.
                let given = |mut draft: Self| {
                    let some = NaiveDateTime::default();
                    draft.rounds.retain(|round| round.opens.is_some() && round.closes.is_some());
                    for email in &mut draft.emails {
                        email.send_at.get_or_insert(some);
                    }
                    draft.to_file()
                };
                let known =
                    given(self.clone()).map(|file| campaign_problems(&file, zone)).unwrap_or_default();
                let some_left =
                    self.rounds.iter().any(|round| round.opens.is_some() && round.closes.is_some());
                missing.extend(
                    known.into_iter().filter(|problem| some_left || problem.part != CampaignPart::Rounds),
                );
                missing
            }
        }
    }
}

impl DraftRound {
    /// Adds an empty question, if there is room.
    pub fn add_prompt(&mut self) {
        if self.prompts.len() >= MAX_DRAFT_PROMPTS {
            return;
        }
        let slug = free("question", |slug| self.prompts.iter().any(|prompt| prompt.slug == slug));
        self.prompts.push(PromptFile { slug, text: String::new(), hint: None, votes: Default::default() });
    }

    /// The themes' names, one a line; a name that stays keeps its short name.
    pub fn set_themes(&mut self, lines: &str) {
        let mut themes: Vec<ThemeFile> = Vec::new();
        for name in lines.lines().map(str::trim).filter(|name| !name.is_empty()) {
            let known = self.themes.iter().find(|theme| theme.name == name).map(|theme| theme.slug.clone());
            let taken = |slug: &str| themes.iter().any(|theme| theme.slug == slug);
            let slug =
                known.filter(|slug| !taken(slug)).unwrap_or_else(|| free(&slug_of(name, "theme"), taken));
            themes.push(ThemeFile { slug, name: name.to_owned() });
        }
        self.themes = themes;
    }
}

/// A short name like `words`, or `otherwise` where they have no letter that an address can hold.
pub fn slug_of(words: &str, otherwise: &str) -> String {
    let mut slug = String::new();
    for c in words.chars().flat_map(char::to_lowercase) {
        if c.is_ascii_alphanumeric() {
            slug.push(c);
        } else if !slug.is_empty() && !slug.ends_with('-') && c != '\'' && c != '’' {
            slug.push('-');
        }
    }
    // Room for a number behind it.
    slug.truncate(MAX_SLUG_CHARACTERS - 4);
    let slug = slug.trim_matches('-');
    if slug.is_empty() { otherwise.to_owned() } else { slug.to_owned() }
}

/// `slug`, or the first of `slug-2`, `slug-3` … that is not taken.
pub fn free(slug: &str, taken: impl Fn(&str) -> bool) -> String {
    if !taken(slug) {
        return slug.to_owned();
    }
    (2..).map(|number: u32| format!("{slug}-{number}")).find(|slug| !taken(slug)).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::timetable::tests::{bsol_second, local};
    use chrono_tz::Europe::London;

    fn reasons(draft: &CampaignDraft) -> Vec<String> {
        draft.problems(London).into_iter().map(|problem| problem.reason).collect()
    }

    #[test]
    fn what_is_missing_is_named_until_nothing_is() {
        let mut draft = CampaignDraft::new("spring".into(), "Spring".into());
        let missing = reasons(&draft);
        for words in [
            "say when “Open discussion” opens",
            "say when “Open discussion” closes",
            "say what it is for",
            "what happens next",
        ] {
            assert!(missing.iter().any(|reason| reason.contains(words)), "{words}: {missing:?}");
        }
        draft.purpose = "P".into();
        draft.what_next = "N".into();
        draft.rounds[0].opens = Some(local("2024-04-23T09:00:00"));
        draft.rounds[0].closes = Some(local("2024-03-31T01:30:00"));
        assert!(reasons(&draft).iter().any(|reason| reason.contains("clocks go forward")));
        draft.rounds[0].closes = Some(local("2024-05-07T23:59:00"));
        assert_eq!(reasons(&draft).len(), 1, "{:?}", reasons(&draft));
        draft.rounds[0].prompts[0].text = "What helps?".into();
        assert_eq!(reasons(&draft), Vec::<String>::new());
        draft.add_email(EmailKind::LastDay, "Last day", None);
        assert_eq!(reasons(&draft), ["say when “Last day” is to go"]);
    }

    #[test]
    fn a_clone_has_everything_but_the_dates() {
        let mut campaign = bsol_second();
        let at = local("2024-05-07T08:00:00");
        campaign.emails.push(EmailFile::new("last", "Last day", EmailKind::LastDay, at));
        let mut draft = CampaignDraft::like(&campaign, "third".into(), "Third".into());
        assert_eq!(reasons(&draft).len(), 3);
        draft.rounds[0].opens = Some(campaign.rounds[0].opens);
        draft.rounds[0].closes = Some(campaign.rounds[0].closes);
        draft.emails[0].send_at = Some(campaign.emails[0].send_at);
        campaign.slug = "third".into();
        campaign.title = "Third".into();
        assert_eq!(draft.to_file().unwrap(), campaign);
    }

    #[test]
    fn short_names() {
        assert_eq!(slug_of("Our second Open Conversation!", "x"), "our-second-open-conversation");
        assert_eq!(slug_of("  What's next?", "x"), "whats-next");
        assert_eq!(slug_of("对话", "campaign"), "campaign");
        assert!(slug_of(&"long ".repeat(20), "x").len() <= 36);
        assert_eq!(free("a", |slug| ["a", "a-2"].contains(&slug)), "a-3");
        let mut round = CampaignDraft::new("s".into(), "S".into()).rounds.remove(0);
        round.set_themes("Rotas\n\n Pay \nRotas");
        let slugs: Vec<_> = round.themes.iter().map(|theme| theme.slug.as_str()).collect();
        assert_eq!(slugs, ["rotas", "pay", "rotas-2"]);
    }
}
