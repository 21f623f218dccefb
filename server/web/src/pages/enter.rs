//! Coming in with a sealed code.

use actions::EntryRefusal;
use domain::round::RoundState;
use poem::http::StatusCode;
use poem::{Request, Response, Result, handler};

use super::join::{let_in, shared_field};
use super::tries::{SEALED, Try, try_again_in};
use super::{cards, onward};
use crate::fault::PageError;
use crate::posted::Posted;
use crate::views::{self, Enter, FieldError};
use crate::visitor::{Visitor, setting};

/// Longest text that is shown back in the code field, characters.
const MAX_SHOWN_CODE: usize = 40;

const NOTHING_TYPED: &str = "Type the code from your slip.";
const SHARED_NOT_CHOSEN: &str = "Choose yes or no: is this a shared device?";
const TOO_MANY_TRIES: &str =
    "There were too many tries from your network. Wait a few minutes, then try again.";

#[handler]
pub(crate) async fn show(visitor: Visitor) -> Result<Response> {
    // Who is in already keeps their code.
    if let Some(session) = &visitor.session
        && let Some(campaign) =
            visitor.tenant().campaigns.iter().find(|campaign| campaign.id == session.campaign)
    {
        return Ok(visitor.see_other(&format!("/conversations/{}", campaign.slug)));
    }
    let code = visitor.query.get("code").unwrap_or_default().to_owned();
    let (visitor, cookie) = visitor.with_visit_cookie();
    let from_link = !code.is_empty();
    let view = Enter { from_link, ..view(&visitor, Typed { code, ..Typed::default() }).await? };
    Ok(setting(visitor.show(&view)?, cookie))
}

#[handler]
pub(crate) async fn send(request: &Request, posted: Posted) -> Result<Response> {
    let code = posted.field("code").to_owned();
    let shared = shared_field(&posted);
    let visitor = posted.visitor;
    // Whoever does not say so is not asked too late: a shared device forgets them, and the code opens the door once.
    if shared.is_empty() {
        let mut errors = vec![error("shared", SHARED_NOT_CHOSEN)];
        if code.trim().is_empty() {
            errors.insert(0, error("code", NOTHING_TYPED));
        }
        return refused(&visitor, StatusCode::UNPROCESSABLE_ENTITY, Typed { code, shared }, errors, false)
            .await;
    }
    let tried = match Try::take(&visitor, request, SEALED) {
        Ok(tried) => tried,
        Err(wait) => {
            let errors = vec![error("code", TOO_MANY_TRIES)];
            let typed = Typed { code, shared };
            let response = refused(&visitor, StatusCode::TOO_MANY_REQUESTS, typed, errors, false).await?;
            return Ok(try_again_in(response, wait));
        }
    };
    let entered = visitor.state.actions().enter_with_code(visitor.tenant(), &code).await;
    // Only what could be a guess costs a try: a ward shares one address.
    if !matches!(entered, Err(EntryRefusal::Unknown | EntryRefusal::Spent)) {
        tried.give_back();
    }
    match entered {
        Ok(entered) => {
            let done = if entered.waiting { "waiting" } else { "entered" };
            let to = format!("/conversations/{}?done={done}", entered.campaign);
            Ok(let_in(&visitor, &entered, shared == "yes", &to)?)
        }
        Err(EntryRefusal::Action(error)) => Err(PageError::from(error).into()),
        Err(refusal) => {
            // Codes of both kinds look the same, and this side knows only its own.
            let may_be_login = matches!(refusal, EntryRefusal::Unknown);
            let errors = vec![error("code", refusal)];
            let typed = Typed { code, shared };
            refused(&visitor, StatusCode::UNPROCESSABLE_ENTITY, typed, errors, may_be_login).await
        }
    }
}

/// What somebody filled in.
#[derive(Default)]
struct Typed {
    code: String,
    shared: String,
}

fn error(field: &str, text: impl ToString) -> FieldError {
    FieldError { field: field.to_owned(), text: text.to_string() }
}

async fn refused(
    visitor: &Visitor,
    status: StatusCode,
    typed: Typed,
    errors: Vec<FieldError>,
    may_be_login: bool,
) -> Result<Response> {
    let view = Enter { errors, may_be_login, ..view(visitor, typed).await? };
    visitor.show_with(status, &view)
}

async fn view(visitor: &Visitor, typed: Typed) -> Result<Enter, PageError> {
    let tenant = visitor.tenant();
    let now = visitor.state.actions().now();
    let mut soonest: Option<(u8, views::Campaign)> = None;
    for campaign in &tenant.campaigns {
        let Some(round) = visitor.state.actions().current_round(tenant, campaign).await? else { continue };
        let rank = match round.state(now) {
            RoundState::Open | RoundState::Paused => 0,
            RoundState::Upcoming => 1,
            RoundState::Closed => 2,
        };
        if soonest.as_ref().is_none_or(|(best, _)| rank < *best) {
            soonest = Some((rank, cards::campaign(tenant, campaign, &round, now)));
        }
    }
    let campaign = soonest.map(|(_, campaign)| campaign);
    let join = campaign.as_ref().map_or_else(String::new, |campaign| {
        onward::on_identity_side(visitor, &format!("join/{}", campaign.slug))
    });
    Ok(Enter {
        site: visitor.dressed.chrome.clone(),
        visit: visitor.to_visit("/enter"),
        campaign,
        join,
        code: typed.code.chars().take(MAX_SHOWN_CODE).collect(),
        shared: typed.shared,
        from_link: false,
        errors: Vec::new(),
        may_be_login: false,
    })
}
