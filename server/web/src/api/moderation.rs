//! What a participant asks of moderators: to look at a post, or to look again at a hiding of their own.

use domain::ids::PostId;
use domain::moderation::Reason;
use poem_openapi::param::Path;
use poem_openapi::payload::Json;
use poem_openapi::{ApiResponse, Enum, Object, OpenApi};
use uuid::Uuid;

use super::Tag;
use super::caller::Participant;
use super::refused::Refused;

pub(super) struct Moderation;

/// Why a moderator should look.
#[derive(Object)]
#[oai(deny_unknown_fields)]
struct Report {
    reason: ReasonName,
    /// More, plain, at most 1,000 characters; needed where the reason is `other`.
    #[oai(default)]
    note: String,
}

/// A reason of the codebook.
#[derive(Clone, Copy, Enum)]
#[oai(rename_all = "kebab-case")]
enum ReasonName {
    /// It names a person.
    NamesAPerson,
    /// One can tell who is meant, or who wrote it.
    IdentifiesSomeone,
    /// It insults, threatens or belittles somebody.
    Abuse,
    /// It has nothing to do with the conversation.
    OffTopic,
    /// The same has been said already.
    Duplicate,
    /// It says what belongs to somebody's confidence.
    Confidential,
    /// Somebody may be in danger. In danger of life, call 999.
    Safeguarding,
    /// It advertises something, or floods the conversation.
    Spam,
    /// Anything else: the note says what.
    Other,
}

/// Why a moderator should look again.
#[derive(Object)]
#[oai(deny_unknown_fields)]
struct Appeal {
    /// Plain, 1 to 1,000 characters.
    note: String,
}

#[derive(ApiResponse)]
enum Asked {
    /// A moderator will look.
    #[oai(status = 204)]
    Asked,
}

#[OpenApi(tag = "Tag::Posts")]
impl Moderation {
    /// Ask a moderator to look at a post
    ///
    /// Once for each post; nobody is told who asked. Refusals: `text-unusable` (422), `reported-already`, `too-many-reports` (409).
    #[oai(path = "/campaigns/:campaign/posts/:id/report", method = "post", operation_id = "reportPost")]
    async fn report(
        &self,
        caller: Participant,
        campaign: Path<String>,
        id: Path<Uuid>,
        report: Json<Report>,
    ) -> Result<Asked, Refused> {
        let (caller, report) = (caller.0, report.0);
        caller.campaign(&campaign)?;
        let reason = Reason::from(report.reason).slug();
        let (tenant, session) = (caller.tenant(), &caller.session);
        let asked = caller.actions().report_post(tenant, session, PostId(id.0), reason, &report.note).await?;
        asked.map(|()| Asked::Asked).ok_or_else(Refused::not_found)
    }

    /// Ask for another look at one's own post that was hidden
    ///
    /// Once, and once more whenever a moderator has brought the post back since. Refusals: `text-unusable` (422), `appealed-already`, `not-now` (409).
    #[oai(path = "/campaigns/:campaign/posts/:id/appeal", method = "post", operation_id = "appealHiding")]
    async fn appeal(
        &self,
        caller: Participant,
        campaign: Path<String>,
        id: Path<Uuid>,
        appeal: Json<Appeal>,
    ) -> Result<Asked, Refused> {
        let caller = caller.0;
        caller.campaign(&campaign)?;
        let (tenant, session) = (caller.tenant(), &caller.session);
        let asked = caller.actions().appeal_hidden(tenant, session, PostId(id.0), &appeal.note).await?;
        asked.map(|()| Asked::Asked).ok_or_else(Refused::not_found)
    }
}

impl From<ReasonName> for Reason {
    fn from(name: ReasonName) -> Self {
        match name {
            ReasonName::NamesAPerson => Self::NamesAPerson,
            ReasonName::IdentifiesSomeone => Self::Identifies,
            ReasonName::Abuse => Self::Abuse,
            ReasonName::OffTopic => Self::OffTopic,
            ReasonName::Duplicate => Self::Duplicate,
            ReasonName::Confidential => Self::Confidential,
            ReasonName::Safeguarding => Self::Safeguarding,
            ReasonName::Spam => Self::Spam,
            ReasonName::Other => Self::Other,
        }
    }
}
