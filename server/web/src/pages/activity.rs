//! A round's activity: its pages, the forms on them, and what it came to.

use std::collections::BTreeMap;
use std::time::Duration;

use actions::round_types::{Activity, ActivityView, Node, Page, SentForm, Taken, ThreadView};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use domain::round::RoundRefusal;
use poem::http::StatusCode;
use poem::web::Path;
use poem::{Request, Response, Result, handler};

use super::cards::{self, Reader};
use crate::edge::cookies::CookieName;
use crate::edge::csrf::CSRF_FIELD;
use crate::edge::form::Form;
use crate::fault::PageError;
use crate::posted::Posted;
use crate::text_html::{beginning, post_html};
use crate::views::blocks::{self, BUTTON_FIELD, FORM_FIELD, Place, Refused, ThreadBox, ThreadPost};
use crate::views::{ActivityPage, ActivityPlace};
use crate::visitor::{Participant, Visitor, encoded, setting};

/// For how long what is to be said on the next page is kept.
const SAID_LIFE: Duration = Duration::from_secs(60);
/// The longest of it, bytes: a cookie holds a third more.
const SAID_BYTES: usize = 700;
/// Characters of a post that stands beside a subject.
const THREAD_CHARACTERS: usize = 200;
/// Said where a round type does not work.
const UNAVAILABLE: &str =
    "This activity is not working just now. Everything else is. Please try again later.";
/// Said to somebody whose form is not on the page any more.
const CHANGED: &str = "This page has changed since you opened it. Please answer again.";

#[handler]
pub(crate) async fn show(visitor: Visitor, request: &Request, Path(slug): Path<String>) -> Result<Response> {
    draw(visitor, request, &slug, "").await
}

#[handler]
pub(crate) async fn show_below(
    visitor: Visitor,
    request: &Request,
    Path((slug, page)): Path<(String, String)>,
) -> Result<Response> {
    draw(visitor, request, &slug, &page).await
}

#[handler]
pub(crate) async fn send(posted: Posted, Path(slug): Path<String>) -> Result<Response> {
    take(posted, &slug, String::new()).await
}

#[handler]
pub(crate) async fn send_below(
    posted: Posted,
    Path((slug, page)): Path<(String, String)>,
) -> Result<Response> {
    take(posted, &slug, page).await
}

#[handler]
pub(crate) async fn results(visitor: Visitor, Path(slug): Path<String>) -> Result<Response> {
    let mut reader = visitor.reader(&slug)?;
    // Of the round that is asked for, else of the last that has any: a campaign's next round may have begun.
    let asked = reader.query.get("round");
    let rounds = reader.campaign.rounds.iter().rev();
    let rounds = rounds.filter(|round| round.has_activity() && asked.is_none_or(|slug| slug == round.slug));
    let mut found = None;
    for round in rounds {
        let shown =
            reader.state.actions().show_results(reader.tenant(), round).await.map_err(PageError::from)?;
        if let Some(activity) = shown {
            found = Some((round.clone(), activity));
            break;
        }
    }
    let (round, activity) = found.ok_or(PageError::NotFound)?;
    reader.round = round;
    let Shown { page, message, status } = split(activity)?;
    let drawn =
        Drawn { place: ActivityPlace::Results, page: page.as_ref(), message, status, ..Drawn::default() };
    Ok(reply(&reader, "results", &drawn, None).await?)
}

async fn draw(visitor: Visitor, request: &Request, slug: &str, name: &str) -> Result<Response> {
    let reader = visitor.reader(slug)?;
    let view = look(&reader, name).await?;
    let Shown { page, message, status } = split(view.activity)?;
    let said = said(request);
    let drawn = Drawn {
        place: place_of(name),
        page: page.as_ref(),
        message,
        status,
        threads: threads(&reader, view.threads),
        said: said.clone(),
        ..Drawn::default()
    };
    let response = reply(&reader, name, &drawn, None).await?;
    Ok(setting(response, said.map(|_| CookieName::said().clear())))
}

/// What the activity has there for this reader.
async fn look(reader: &Participant, name: &str) -> Result<ActivityView, PageError> {
    let actions = reader.state.actions();
    let shown = actions.show_activity(reader.tenant(), &reader.session, &reader.round, name).await;
    shown?.ok_or(PageError::NotFound)
}

async fn take(posted: Posted, slug: &str, page: String) -> Result<Response> {
    let sent = sent(&posted.form, page);
    let writer = posted.visitor.participant(slug)?;
    let actions = writer.state.actions();
    let taken = actions.take_part(writer.tenant(), &writer.session, &writer.round, &sent).await;
    let taken = taken.map_err(PageError::from)?.ok_or(PageError::NotFound)?;
    match taken {
        Taken::Done { page, notice } => {
            let response = writer.see_other(&path(slug, &page));
            let said = notice.and_then(|notice| {
                CookieName::said().set(&URL_SAFE_NO_PAD.encode(shortened(&notice)), SAID_LIFE).ok()
            });
            Ok(setting(response, said))
        }
        Taken::Invalid(problems) => again(&writer, &sent, Again { problems, ..Again::default() }).await,
        Taken::Refused(sentence) => {
            again(&writer, &sent, Again { said: Some(sentence), ..Again::default() }).await
        }
        Taken::Changed => {
            again(&writer, &sent, Again { said: Some(CHANGED.into()), ..Again::default() }).await
        }
        Taken::NotOpen(refusal) => {
            again(&writer, &sent, Again { closed: Some(refusal), ..Again::default() }).await
        }
        Taken::Unavailable => {
            let said = Some(UNAVAILABLE.into());
            again(&writer, &sent, Again { said, is_unavailable: true, ..Again::default() }).await
        }
    }
}

/// Why a form is shown again.
#[derive(Default)]
struct Again {
    problems: Vec<actions::round_types::Problem>,
    said: Option<String>,
    closed: Option<RoundRefusal>,
    is_unavailable: bool,
}

/// The page again with what was typed: nothing is lost.
async fn again(writer: &Participant, sent: &SentForm, why: Again) -> Result<Response> {
    let view = look(writer, &sent.page).await?;
    let Shown { page, message, status } = match view.activity {
        // The page that the form was on is gone; what was typed is not.
        Activity::NoSuchPage => Shown { message: Some(CHANGED.into()), ..Shown::default() },
        activity => split(activity)?,
    };
    let is_on_page = page.as_ref().is_some_and(|page| page.form(&sent.form).is_some());
    let mut problems = why.problems;
    if let Some(said) = why.said {
        let (path, code) = (String::new(), "refused".to_owned());
        problems.push(actions::round_types::Problem { path, code, message: said });
    }
    let refused = Refused { form: &sent.form, problems: &problems, typed: &sent.fields };
    let drawn = Drawn {
        place: place_of(&sent.page),
        page: page.as_ref(),
        message,
        status: if why.is_unavailable { StatusCode::SERVICE_UNAVAILABLE } else { status },
        threads: threads(writer, view.threads),
        not_taken: why.closed.map(|refusal| refusal.to_string()),
        said: None,
        kept: if is_on_page { String::new() } else { words(&sent.fields) },
    };
    Ok(reply(writer, &sent.page, &drawn, Some(&refused)).await?)
}

/// What was sent, as round types' forms have it: without what is the host's own.
fn sent(form: &Form, page: String) -> SentForm {
    let mut sent = SentForm { page, ..SentForm::default() };
    let mut fields = form.fields().iter();
    // The host's token stands first; a guest may call a field as it likes.
    let own = fields.clone().position(|(name, _)| name == CSRF_FIELD);
    for (at, (name, value)) in fields.by_ref().enumerate() {
        match name.as_str() {
            FORM_FIELD => sent.form.clone_from(value),
            BUTTON_FIELD => sent.pressed.clone_from(value),
            _ if Some(at) == own => {}
            _ => sent.fields.entry(name.clone()).or_default().push(value.clone()),
        }
    }
    sent
}

/// A page of an activity before it is put into its frame.
#[derive(Default)]
struct Drawn<'a> {
    place: ActivityPlace,
    page: Option<&'a Page>,
    message: Option<String>,
    status: StatusCode,
    threads: BTreeMap<String, ThreadBox>,
    not_taken: Option<String>,
    said: Option<String>,
    /// What was typed into a form that is not on the page any more.
    kept: String,
}

async fn reply(
    reader: &Participant,
    name: &str,
    drawn: &Drawn<'_>,
    refused: Option<&Refused<'_>>,
) -> Result<Response, PageError> {
    let slug = &reader.campaign.slug;
    let actions = reader.state.actions();
    let tenant = reader.tenant();
    let stored = actions.current_round(tenant, &reader.campaign).await?.ok_or(PageError::NotFound)?;
    let mut visit = reader.to_visit(&format!("/conversations/{slug}"));
    if drawn.said.is_some() {
        visit.success.clone_from(&drawn.said);
    }
    let address = format!("{}{}", reader.dressed.base, path(slug, ""));
    let csrf = visit.csrf.clone();
    let place = Place { address: &address, page: name, base: &reader.dressed.base, csrf: &csrf };
    let status = match refused {
        _ if drawn.status != StatusCode::OK => drawn.status,
        Some(_) if drawn.not_taken.is_some() => StatusCode::CONFLICT,
        Some(_) => StatusCode::UNPROCESSABLE_ENTITY,
        None => StatusCode::OK,
    };
    let (title, page) = titled(drawn, &reader.round.title);
    let view = ActivityPage {
        site: reader.dressed.chrome.clone(),
        visit,
        campaign: cards::campaign(tenant, &reader.campaign, &stored, actions.now()),
        round: reader.round.title.clone(),
        title,
        place: drawn.place,
        blocks: page.map(|page| blocks::view(&page, &place, refused, &drawn.threads)),
        kept: drawn.kept.clone(),
        message: drawn.message.clone(),
        not_taken: drawn.not_taken.clone(),
        has_discussion: !reader.round.prompts.is_empty(),
        has_results: actions.has_results(tenant, &reader.campaign).await?,
    };
    reader.show_with(status, &view).map_err(|error| PageError::Fault(error.to_string()))
}

/// A page's own title, and the rest of it: a page below the first is called what it begins with.
fn titled(drawn: &Drawn<'_>, round: &str) -> (String, Option<Page>) {
    let mut page = drawn.page.cloned();
    if drawn.place == ActivityPlace::Below
        && let Some(page) = &mut page
        && let Some(Node::Heading(heading)) = page.nodes.first()
    {
        let title = heading.text.clone();
        page.nodes.remove(0);
        return (title, Some(page.clone()));
    }
    (round.to_owned(), page)
}

/// What there is to show.
#[derive(Default)]
struct Shown {
    page: Option<Page>,
    message: Option<String>,
    status: StatusCode,
}

/// The page, or what is said in its place.
fn split(activity: Activity) -> Result<Shown, PageError> {
    let instead = |message: String, status| Shown { page: None, message: Some(message), status };
    match activity {
        Activity::Drawn(page) => Ok(Shown { page: Some(page), ..Shown::default() }),
        Activity::Refused(sentence) => Ok(instead(sentence, StatusCode::NOT_FOUND)),
        Activity::Unavailable => Ok(instead(UNAVAILABLE.to_owned(), StatusCode::SERVICE_UNAVAILABLE)),
        Activity::NoSuchPage => Err(PageError::NotFound),
    }
}

/// Everything that was typed, to be copied.
fn words(fields: &BTreeMap<String, Vec<String>>) -> String {
    let typed = fields.values().flatten().map(|value| value.trim()).filter(|value| !value.is_empty());
    typed.collect::<Vec<_>>().join("\n\n")
}

/// As much of a notice as a cookie holds.
fn shortened(notice: &str) -> &str {
    let end = (0..=notice.len().min(SAID_BYTES)).rev().find(|end| notice.is_char_boundary(*end));
    &notice[..end.unwrap_or_default()]
}

fn threads(reader: &Participant, threads: BTreeMap<String, ThreadView>) -> BTreeMap<String, ThreadBox> {
    let slug = &reader.campaign.slug;
    let as_reader =
        Reader::new(reader.tenant(), &reader.round, reader.session.participant, reader.state.actions().now());
    let boxed = |thread: ThreadView| ThreadBox {
        href: format!("{}/conversations/{slug}?prompt={}", reader.dressed.base, encoded(&thread.prompt)),
        count: i64::try_from(thread.count).unwrap_or(i64::MAX),
        latest: thread
            .some
            .iter()
            .map(|card| ThreadPost {
                author: cards::author(card.voice),
                when: as_reader.when(card.day),
                html: post_html(beginning(&card.body, THREAD_CHARACTERS).0),
            })
            .collect(),
    };
    threads.into_iter().map(|(subject, thread)| (subject, boxed(thread))).collect()
}

fn place_of(name: &str) -> ActivityPlace {
    if name.is_empty() { ActivityPlace::First } else { ActivityPlace::Below }
}

/// The path of the activity's page called `page`; its names need no escaping.
pub(super) fn path(slug: &str, page: &str) -> String {
    let slash = if page.is_empty() { "" } else { "/" };
    format!("/conversations/{slug}/activity{slash}{page}")
}

/// What the last form had to say. The cookie is the visitor's own: they can only say it to themselves.
fn said(request: &Request) -> Option<String> {
    let value = CookieName::said().read(request.headers())?.to_owned();
    String::from_utf8(URL_SAFE_NO_PAD.decode(value).ok()?).ok()
}
