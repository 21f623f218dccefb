//! The step of a draft about its rounds: when each is, what people do in it, what it asks.

use actions::round_types::{self, ExampleQuestion};
use actions::{Draft, Step};
use chrono::NaiveDateTime;
use domain::campaign_draft::{CampaignDraft, DraftRound};
use domain::moderation::ModerationMode;
use domain::round_type::RoundType;
use domain::tenant_pack::PromptFile;
use poem::http::StatusCode;
use poem::web::Path;
use poem::{Response, Result, handler};

use super::campaigns::PART;
use super::dates::{local_time, time_field};
use super::drafts::{NO_TIME, error, frame, load, onward, save, saved};
use crate::console::{Staff, StaffForm};
use crate::fault::PageError;
use crate::views::FieldError;
use crate::views::console::{DraftRounds, PromptForm, RoundForm};

/// Said of a round that is on a form and in the draft no more.
const GONE_ROUND: &str = "Somebody else has removed this round meanwhile. Nothing is saved: copy what you need from here, then choose another round.";
/// The same of a question.
const GONE_QUESTION: &str = "Somebody else has removed this question meanwhile. Nothing is saved: copy what you need from it, then remove it here, too.";
/// What the button that removes a question says, before the question's short name.
const REMOVE_QUESTION: &str = "remove-question-";

/// Said once after a round without settings was given the example's.
const BEGAN: &str = "Saved. The activity needs settings, so an example stands under “Settings of the activity”. Make it your own.";

#[handler]
pub(crate) async fn show(staff: Staff, Path(id): Path<String>) -> Result<Response> {
    let draft = load(&staff, &id).await?;
    let asked = staff.query.get("round").unwrap_or_default();
    let round =
        draft.campaign.rounds.iter().find(|round| round.slug == asked).or(draft.campaign.rounds.first());
    let round = round.map(round_form).unwrap_or_default();
    rounds_page(&staff, &draft, StatusCode::OK, round, Vec::new()).await
}

#[handler]
pub(crate) async fn send(form: StaffForm, Path(id): Path<String>) -> Result<Response> {
    let draft = load(&form.staff, &id).await?;
    let mut typed = draft.campaign.clone();
    let (asked, slug) = (form.field("do"), form.field("round"));
    let mut errors = match typed.rounds.iter_mut().find(|round| round.slug == slug) {
        Some(round) => read_round(&form, round),
        // There is none to name yet.
        None if draft.campaign.rounds.is_empty() => Vec::new(),
        None => vec![error("", GONE_ROUND)],
    };
    // Of a round that goes nothing is read.
    if asked == "remove-round"
        && typed.rounds.len() > 1
        && typed.rounds.iter().any(|round| round.slug == slug)
    {
        errors.clear();
    }
    let began = matches!(asked, "next" | "save")
        && typed.rounds.iter_mut().find(|round| round.slug == slug).is_some_and(begin_with_example);
    let mut shown = slug.to_owned();
    if errors.is_empty() {
        shown = rebuild(&mut typed, asked, slug);
        errors.extend(save(&form, &draft, &typed).await?);
    }
    if !errors.is_empty() {
        // Nothing was saved, so the page shows what was typed, and nothing that was to be added.
        return rounds_page(
            &form.staff,
            &draft,
            StatusCode::UNPROCESSABLE_ENTITY,
            typed_round(&form),
            errors,
        )
        .await;
    }
    let saved = typed.rounds.iter().find(|round| round.slug == shown);
    let remarks = match saved.filter(|_| matches!(asked, "next" | "save")) {
        Some(round) => [remarks(round), remarks_on_type(&form.staff, round).await].concat(),
        None => Vec::new(),
    };
    if began {
        return Ok(form.see_other(&format!("/console/drafts/{}/rounds?done=example&round={shown}", draft.id)));
    }
    if remarks.is_empty() {
        return Ok(onward(&form, &draft, Step::Rounds, &format!("&round={shown}")));
    }
    // It was saved: the form goes on from there.
    let (round, draft) = (saved.map(round_form).unwrap_or_default(), load(&form.staff, &id).await?);
    rounds_page(&form.staff, &draft, StatusCode::UNPROCESSABLE_ENTITY, round, remarks).await
}

/// Adds and takes away as the button says that was pressed on the page of the round called `slug`. Gives the round that is shown then.
fn rebuild(draft: &mut CampaignDraft, asked: &str, slug: &str) -> String {
    let place = draft.rounds.iter().position(|round| round.slug == slug);
    match (asked, place) {
        ("add-round", _) => {
            draft.add_round();
            return draft.rounds.last().map(|round| round.slug.clone()).unwrap_or_default();
        }
        ("remove-round", Some(place)) if draft.rounds.len() > 1 => {
            draft.rounds.remove(place);
            return String::new();
        }
        ("add-question", Some(place)) => draft.rounds[place].add_prompt(),
        (asked, Some(place)) => {
            if let Some(question) = asked.strip_prefix(REMOVE_QUESTION) {
                draft.rounds[place].prompts.retain(|prompt| prompt.slug != question);
            }
        }
        (_, None) => {}
    }
    slug.to_owned()
}

/// Puts a form's fields into `round`; gives what cannot be read.
fn read_round(form: &StaffForm, round: &mut DraftRound) -> Vec<FieldError> {
    let text = |name: &str| form.field(name).trim().to_owned();
    let mut errors = Vec::new();
    let mut time = |name: &str| match (form.field(name).trim(), local_time(form.field(name))) {
        ("", _) => None,
        (_, None) => {
            errors.push(error(name, NO_TIME));
            None
        }
        (_, time) => time,
    };
    (round.opens, round.closes) = (time("opens"), time("closes"));
    round.title = text("title");
    read_type(form, round, &mut errors);
    round.moderation = if text("moderation") == "pre" { ModerationMode::Pre } else { ModerationMode::Post };
    round.set_themes(form.field("themes"));
    for slug in prompts_sent(form) {
        let field = |name: &str| text(&format!("{slug}-{name}"));
        // What somebody else has added meanwhile is not on the form, and stays as it is.
        let Some(prompt) = round.prompts.iter_mut().find(|prompt| prompt.slug == slug) else {
            if form.field("do").strip_prefix(REMOVE_QUESTION) != Some(slug) {
                errors.push(error(&format!("{slug}-text"), GONE_QUESTION));
            }
            continue;
        };
        let or = |typed: String, otherwise: &String| if typed.is_empty() { otherwise.clone() } else { typed };
        let usual = domain::round::VoteWording::default();
        prompt.text = field("text");
        prompt.hint = Some(field("hint")).filter(|hint| !hint.is_empty());
        prompt.votes.agree = or(field("agree"), &usual.agree);
        prompt.votes.disagree = or(field("disagree"), &usual.disagree);
        prompt.votes.pass = or(field("pass"), &usual.pass);
    }
    errors
}

/// Short names of the questions that the form has.
fn prompts_sent(form: &StaffForm) -> impl Iterator<Item = &str> {
    form.form.fields().iter().filter_map(|(name, _)| name.strip_suffix("-text"))
}

/// A round as it was typed, whatever is stored.
fn typed_round(form: &StaffForm) -> RoundForm {
    let text = |name: &str| form.field(name).to_owned();
    let prompt = |slug: &str| PromptForm {
        slug: slug.to_owned(),
        text: text(&format!("{slug}-text")),
        hint: text(&format!("{slug}-hint")),
        agree: text(&format!("{slug}-agree")),
        disagree: text(&format!("{slug}-disagree")),
        pass: text(&format!("{slug}-pass")),
    };
    let round_type = Some(text("round_type")).filter(|name| !name.is_empty());
    RoundForm {
        slug: text("round"),
        title: text("title"),
        opens: text("opens"),
        closes: text("closes"),
        moderation: text("moderation"),
        // Where there is nothing to choose from, people talk.
        round_type: round_type.unwrap_or_else(|| RoundType::OpenDiscussion.slug().to_owned()),
        settings: text("settings"),
        prompts: prompts_sent(form).map(prompt).collect(),
        themes: text("themes"),
    }
}

/// What people do in the round, and what its type is told.
fn read_type(form: &StaffForm, round: &mut DraftRound, errors: &mut Vec<FieldError>) {
    let Ok(round_type) = RoundType::try_from(form.field("round_type").to_owned()) else { return };
    let typed = form.field("settings").trim();
    round.settings = None;
    if round_type != RoundType::OpenDiscussion && !typed.is_empty() {
        match serde_json::from_str(typed) {
            Ok(settings) => round.settings = Some(settings),
            Err(wrong) => errors.push(error("settings", &unread(&wrong))),
        }
    }
    round.round_type = round_type;
}

/// Why settings cannot be read, for somebody who has never written JSON.
fn unread(wrong: &serde_json::Error) -> String {
    if wrong.is_data() {
        return "The settings must begin with { and end with }, with a name before each part.".to_owned();
    }
    let line = wrong.line();
    format!(
        "The settings cannot be read. Look at line {line} and the one before: a comma, a quotation mark or a bracket is missing there, or one too many."
    )
}

/// Gives a round whose type was chosen and that has no settings an example of them, with its questions where none is written yet. True if it did.
fn begin_with_example(round: &mut DraftRound) -> bool {
    if round.settings.is_some() {
        return false;
    }
    let Some(example) = round_types::example(&round.round_type) else { return false };
    round.settings = Some(example.settings);
    if round.prompts.iter().all(|prompt| prompt.text.is_empty()) {
        let question = |question: ExampleQuestion| PromptFile {
            slug: question.slug,
            text: question.text,
            hint: None,
            votes: Default::default(),
        };
        round.prompts = example.questions.into_iter().map(question).collect();
    }
    true
}

/// What stands in the way of a launch, said at once though it is saved.
fn remarks(round: &DraftRound) -> Vec<FieldError> {
    let mut remarks = Vec::new();
    if let (Some(opens), Some(closes)) = (round.opens, round.closes)
        && closes <= opens
    {
        remarks.push(error("closes", "It is saved, but it closes before it opens. Give it a later time."));
    }
    let empty = round.prompts.iter().filter(|prompt| prompt.text.trim().is_empty());
    remarks.extend(empty.map(|prompt| {
        let words = "It is saved, but this question is empty. Write it, or remove it.";
        error(&format!("{}-text", prompt.slug), words)
    }));
    remarks
}

/// What the round's type says of its settings.
async fn remarks_on_type(staff: &Staff, round: &DraftRound) -> Vec<FieldError> {
    let Some(actions) = &staff.state.sides.conversation else { return Vec::new() };
    let problems = actions.settings_problems(&round.round_type, round.settings.as_ref()).await;
    problems.into_iter().map(|reason| error("settings", &format!("It is saved, but {reason}"))).collect()
}

/// What people can do in a round.
async fn choices(staff: &Staff, round: &RoundForm) -> Result<Vec<(String, String)>, PageError> {
    let mut choices =
        vec![(RoundType::OpenDiscussion.slug().to_owned(), "Talk: ideas, comments, votes".to_owned())];
    if let Some(actions) = &staff.state.sides.conversation {
        choices.extend(actions.round_type_choices().await?);
    }
    // What was chosen stays, also where it is not known here.
    if !round.round_type.is_empty() && !choices.iter().any(|(name, _)| *name == round.round_type) {
        choices.push((round.round_type.clone(), round.round_type.clone()));
    }
    Ok(choices)
}

fn round_form(round: &DraftRound) -> RoundForm {
    let field = |time: Option<NaiveDateTime>| time.map(time_field).unwrap_or_default();
    let prompt = |prompt: &PromptFile| PromptForm {
        slug: prompt.slug.clone(),
        text: prompt.text.clone(),
        hint: prompt.hint.clone().unwrap_or_default(),
        agree: prompt.votes.agree.clone(),
        disagree: prompt.votes.disagree.clone(),
        pass: prompt.votes.pass.clone(),
    };
    RoundForm {
        slug: round.slug.clone(),
        title: round.title.clone(),
        opens: field(round.opens),
        closes: field(round.closes),
        moderation: if round.moderation == ModerationMode::Pre { "pre" } else { "post" }.to_owned(),
        round_type: round.round_type.slug().to_owned(),
        settings: round
            .settings
            .as_ref()
            .and_then(|it| serde_json::to_string_pretty(it).ok())
            .unwrap_or_default(),
        prompts: round.prompts.iter().map(prompt).collect(),
        themes: round.themes.iter().map(|theme| theme.name.as_str()).collect::<Vec<_>>().join("\n"),
    }
}

async fn rounds_page(
    staff: &Staff,
    draft: &Draft,
    status: StatusCode,
    round: RoundForm,
    errors: Vec<FieldError>,
) -> Result<Response> {
    let rounds = draft.campaign.rounds.iter().map(|round| (round.slug.clone(), round.title.clone()));
    let round_type = RoundType::try_from(round.round_type.clone()).ok();
    let example = round_type.as_ref().and_then(round_types::example);
    let told = match staff.query.get("done") {
        Some("example") => Some(BEGAN),
        _ => saved(staff),
    };
    let view = DraftRounds {
        site: staff.dressed.chrome.clone(),
        visit: staff.visit(told),
        desk: staff.desk(PART),
        draft: frame(staff, draft, Step::Rounds.slug()).await?,
        rounds: rounds.collect(),
        choices: choices(staff, &round).await?,
        parts: example.map(|example| example.parts).unwrap_or_default(),
        round,
        errors,
    };
    staff.show_with(status, &view)
}
