//! Voting.

use domain::vote::{VoteValue, VoteWish};
use poem::web::Path;
use poem::{Response, Result, handler};

use super::contribution::post_id;
use crate::fault::PageError;
use crate::posted::Posted;

#[handler]
pub(crate) async fn send(posted: Posted, Path(slug): Path<String>) -> Result<Response> {
    let wish = match posted.field("value") {
        "agree" => VoteWish::Cast(VoteValue::Agree),
        "disagree" => VoteWish::Cast(VoteValue::Disagree),
        "pass" => VoteWish::Cast(VoteValue::Pass),
        "withdraw" => VoteWish::Withdraw,
        _ => return Err(PageError::Refused { why: "Choose one of the votes.".into(), kept: None }.into()),
    };
    let post = post_id(posted.field("post"))?;
    let conversation = format!("/conversations/{slug}");
    let back = Some(posted.field("back"))
        .filter(|back| leads_into(back, &conversation))
        .unwrap_or(&conversation)
        .to_owned();
    let voter = posted.visitor.participant(&slug)?;
    let voted = voter.state.actions().cast_vote(voter.tenant(), &voter.session, post, wish).await;
    voted.map_err(PageError::from)?.ok_or(PageError::NotFound)?;
    Ok(voter.see_other(&back))
}

/// Whether a path that came with a form stays inside the conversation: never another site's address.
fn leads_into(path: &str, conversation: &str) -> bool {
    let rest = path.strip_prefix(conversation);
    let plain = path.bytes().all(|byte| byte.is_ascii_graphic() && byte != b'\\');
    let place = path.split(['?', '#']).next().unwrap_or_default();
    plain
        && !place.contains("..")
        && !place.contains('%')
        && rest.is_some_and(|rest| rest.is_empty() || rest.starts_with(['/', '?', '#']))
}

#[cfg(test)]
mod tests {
    use super::leads_into;

    #[test]
    fn nobody_is_sent_away() {
        let inside = |path| leads_into(path, "/conversations/first");
        assert!(inside("/conversations/first") && inside("/conversations/first?sort=newest#post-1"));
        assert!(inside("/conversations/first/contributions/7"));
        for path in [
            "",
            "//evil.example",
            "https://evil.example",
            "/conversations/firstly",
            "/conversations/first\r\nx: y",
            "/conversations/first/../../x",
            "/conversations/first/%2e%2e/%2E%2E/x",
            "/conversations/first\\x",
        ] {
            assert!(!inside(path), "{path}");
        }
    }
}
