//! What is wrong with a campaign, part by part: for packs that are read, and for drafts that are being written.

use chrono_tz::Tz;

use super::read::slug_problems;
use super::{
    CampaignFile, MAX_LINE_CHARACTERS, MAX_PARTS, MAX_PURPOSE_CHARACTERS, MAX_SMALLEST_GROUP,
    MIN_SMALLEST_GROUP, RoundFile, round_times,
};
use crate::email_words;
use crate::planned_email::MAX_EMAILS;
use crate::round_type::{self, RoundType};
use crate::timetable;

/// A part of a campaign, as the console's pages divide it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CampaignPart {
    /// What it is called and for.
    Purpose,
    /// Its rounds with their prompts and themes.
    Rounds,
    /// The emails that are planned.
    Emails,
}

/// One thing wrong with a campaign.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CampaignProblem {
    /// Where it is put right.
    pub part: CampaignPart,
    /// What is wrong, and what to do.
    pub reason: String,
}

/// Every problem of `campaign` in a tenant of this time zone.
pub fn campaign_problems(campaign: &CampaignFile, zone: Tz) -> Vec<CampaignProblem> {
    let of =
        |part, reasons: Vec<String>| reasons.into_iter().map(move |reason| CampaignProblem { part, reason });
    of(CampaignPart::Purpose, purpose(campaign))
        .chain(of(CampaignPart::Rounds, rounds(campaign, zone)))
        .chain(of(CampaignPart::Emails, emails(campaign)))
        .collect()
}

fn purpose(campaign: &CampaignFile) -> Vec<String> {
    let mut reasons = slug_problems("campaign", std::iter::once(campaign.slug.as_str()));
    line(&mut reasons, "title", &campaign.title);
    let texts = [
        ("what it is for", &campaign.purpose),
        ("what happens next with what people say", &campaign.what_next),
    ];
    for (what, text) in texts {
        if text.trim().is_empty() || text.chars().count() > MAX_PURPOSE_CHARACTERS {
            reasons.push(format!("say {what}, in 1 to {MAX_PURPOSE_CHARACTERS} characters"));
        }
    }
    if !(MIN_SMALLEST_GROUP..=MAX_SMALLEST_GROUP).contains(&campaign.smallest_group) {
        reasons.push(format!(
            "the smallest group that figures show must be {MIN_SMALLEST_GROUP} to {MAX_SMALLEST_GROUP}"
        ));
    }
    reasons
}

fn rounds(campaign: &CampaignFile, zone: Tz) -> Vec<String> {
    let mut reasons = slug_problems("round", campaign.rounds.iter().map(|round| round.slug.as_str()));
    if campaign.rounds.is_empty() {
        reasons.push("needs at least one round".to_owned());
    }
    if campaign.rounds.len() > MAX_PARTS {
        reasons.push(format!("has more than {MAX_PARTS} rounds"));
    }
    for round in &campaign.rounds {
        reasons.extend(slug_problems("prompt", round.prompts.iter().map(|prompt| prompt.slug.as_str())));
        reasons.extend(slug_problems("theme", round.themes.iter().map(|theme| theme.slug.as_str())));
        let named = of_round(round, zone).into_iter();
        reasons.extend(named.map(|reason| format!("round `{}`: {reason}", round.slug)));
    }
    let overlaps = campaign.rounds.windows(2).filter_map(|two| match two {
        [first, second] => {
            let (_, closes) = round_times(first, zone).ok()?;
            let (opens, _) = round_times(second, zone).ok()?;
            (opens < closes).then(|| format!("round `{}` opens before `{}` closes", second.slug, first.slug))
        }
        _ => None,
    });
    reasons.extend(overlaps);
    reasons
}

fn of_round(round: &RoundFile, zone: Tz) -> Vec<String> {
    let mut reasons = Vec::new();
    line(&mut reasons, "title", &round.title);
    if round.prompts.is_empty() && round.round_type == RoundType::OpenDiscussion {
        reasons.push("needs at least one question (prompt)".to_owned());
    }
    if round.prompts.len() > MAX_PARTS || round.themes.len() > MAX_PARTS {
        reasons.push(format!("has more than {MAX_PARTS} prompts or themes"));
    }
    for prompt in &round.prompts {
        line(&mut reasons, &format!("prompt `{}`", prompt.slug), &prompt.text);
        let words = &prompt.votes;
        for text in [&words.agree, &words.disagree, &words.pass] {
            line(&mut reasons, &format!("answers of prompt `{}`", prompt.slug), text);
        }
    }
    for theme in &round.themes {
        line(&mut reasons, &format!("theme `{}`", theme.slug), &theme.name);
    }
    reasons.extend(round_type::problems(&round.round_type, round.settings.as_ref()));
    reasons.extend(round_times(round, zone).err());
    reasons.extend(timetable::problems(round));
    reasons
}

fn emails(campaign: &CampaignFile) -> Vec<String> {
    let mut reasons = slug_problems("email", campaign.emails.iter().map(|email| email.slug.as_str()));
    if campaign.emails.len() > MAX_EMAILS {
        reasons.push(format!("has more than {MAX_EMAILS} emails"));
    }
    for email in &campaign.emails {
        line(&mut reasons, &format!("email `{}`: title", email.slug), &email.title);
        let of_email = |reason| format!("email `{}`: {reason}", email.slug);
        reasons.extend(email_words::problems(email).into_iter().map(of_email));
        if email.send_until.is_some_and(|until| until <= email.send_at) {
            reasons.push(of_email("send it until a time that is after the one at which it goes".to_owned()));
        }
    }
    reasons
}

pub(super) fn line(reasons: &mut Vec<String>, name: &str, text: &str) {
    if text.trim().is_empty() || text.chars().count() > MAX_LINE_CHARACTERS {
        reasons.push(format!("{name}: write 1 to {MAX_LINE_CHARACTERS} characters"));
    }
}
