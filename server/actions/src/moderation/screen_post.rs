//! What somebody wrote or changed is looked at by the round's rules before others see it. Rules hold; none deletes.

use analysis::screening::{flags, screen};
use chrono::NaiveDate;
use domain::contribution::PostState;
use domain::ids::{CampaignId, PostId, RoundId};
use domain::moderation::{CaseState, Rule, opening, reopening};
use storage::conversation::{Case, Writing};

use crate::{ActionError, RoundInfo};

/// What the rules of a round say about a text.
pub(crate) struct Screened {
    /// The rules that hold it.
    pub flags: Vec<Rule>,
    /// Where its case begins.
    pub case: CaseState,
    /// Whether others see it meanwhile.
    pub post: PostState,
}

/// Looks at `body`, new, or changed in a case that stood there while others saw the post so.
pub(crate) fn screened(round: &RoundInfo, body: &str, before: Option<(CaseState, PostState)>) -> Screened {
    let flags = flags(&screen(body, &round.moderation.hold));
    let mode = round.moderation.mode;
    let (case, post) = match before {
        Some((state, shown)) => reopening(state, shown, mode, &flags),
        None => opening(mode, &flags),
    };
    Screened { flags, case, post }
}

/// Opens the case of a post, or opens it anew, and counts in the ledger what holds it.
pub(crate) async fn open_case(
    write: &Writing,
    campaign: CampaignId,
    (post, round): (PostId, RoundId),
    screened: Screened,
    before: Option<Case>,
    today: NaiveDate,
) -> Result<(), ActionError> {
    for rule in &screened.flags {
        write.count_moderation(campaign, "post.hold", rule.slug()).await?;
    }
    let before = before.unwrap_or_else(|| Case::unopened(post, round, today));
    let case = Case {
        state: screened.case,
        version: before.version + 1,
        flags: screened.flags,
        reason: None,
        opened_on: today,
        ..before
    };
    Ok(write.put_case(&case).await?)
}
