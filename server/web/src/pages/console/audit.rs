//! The record of what named people did: read, carried away, checked.

use std::sync::Arc;

use actions::policy::Role;
use actions::{ActionError, AuditPage, ChainedEntry, CheckedAudit, Tenant};
use domain::audit::{COMMAND_LINE, Deed};
use domain::ids::PostId;
use domain::moderation::Reason;
use futures_util::stream;
use poem::{Body, Response, Result, handler};

use super::download;
use crate::console::Staff;
use crate::fault::PageError;
use crate::state::State;
use crate::views::console::{Audit, AuditChecked, AuditLine, AuditSide, deed_words};

const PATH: &str = "/console/audit";
/// How much of a post's id is shown, characters.
const SHOWN_OF_ID: usize = 8;

#[handler]
pub(crate) async fn show(staff: Staff) -> Result<Response> {
    let side = asked_side(&staff);
    let below = staff.query.get("below").and_then(|number| number.parse().ok());
    let (state, tenant) = (&staff.state, staff.tenant());
    let AuditPage { deeds, below } = match side {
        AuditSide::Identity => state.accounts().read_audit(tenant, below).await,
        AuditSide::Conversation => state.actions().read_audit(tenant, below).await,
    }
    .map_err(PageError::from)?;
    let checked = match staff.query.get("check") {
        Some(_) => Some(checked(check(&staff, side).await?)),
        None => None,
    };
    let view = Audit {
        site: staff.dressed.chrome.clone(),
        visit: staff.visit(None),
        desk: staff.desk(PATH),
        side,
        both: state.sides.conversation.is_some(),
        lines: deeds.into_iter().map(|deed| line(deed, side, &staff)).collect(),
        older: below,
        checked,
        may_export: staff.may(actions::policy::Kind::Audit, actions::policy::Action::Export),
    };
    staff.show(&view)
}

#[handler]
pub(crate) async fn export(staff: Staff) -> Result<Response> {
    staff.require_recent_proof(PATH).await?;
    let side = asked_side(&staff);
    let (actor, state) = (staff.actor(), &staff.state);
    match (side, &state.sides.conversation) {
        (AuditSide::Conversation, Some(actions)) => actions.note_audit_export(actor).await,
        _ => state.accounts().note_audit_export(actor).await,
    }
    .map_err(PageError::from)?;
    let name = format!("record-{}-{}.jsonl", staff.tenant().slug, side.slug());
    let reading =
        Reading { state: Arc::clone(state), tenant: Arc::clone(&staff.dressed.tenant), side, from: 0 };
    Ok(download(&name, "application/jsonl; charset=utf-8", reading.into_body()))
}

/// Which side's record is asked for: of those that are here.
fn asked_side(staff: &Staff) -> AuditSide {
    match staff.state.sides.conversation {
        Some(_) => AuditSide::from_slug(staff.query.get("side").unwrap_or_default()),
        None => AuditSide::Identity,
    }
}

/// A record on its way out, a page of entries at a time.
struct Reading {
    state: Arc<State>,
    tenant: Arc<Tenant>,
    side: AuditSide,
    from: i64,
}

impl Reading {
    fn into_body(self) -> Body {
        Body::from_bytes_stream(stream::try_unfold(self, async |mut reading| {
            let entries = reading.next().await.map_err(|fault| {
                tracing::error!(%fault, "a record could not be read to its end");
                std::io::Error::other("the record could not be read to its end")
            })?;
            let Some(last) = entries.last() else { return Ok(None) };
            reading.from = last.number + 1;
            let lines: String = entries.iter().map(exported).collect();
            Ok::<_, std::io::Error>(Some((lines, reading)))
        }))
    }

    async fn next(&self) -> Result<Vec<ChainedEntry>, ActionError> {
        match (self.side, &self.state.sides.conversation) {
            (AuditSide::Conversation, Some(actions)) => actions.audit_entries(&self.tenant, self.from).await,
            _ => self.state.accounts().audit_entries(&self.tenant, self.from).await,
        }
    }
}

/// One line of an exported record: JSON with the entry's exact text as a string, so that anybody can check the chain.
fn exported(entry: &ChainedEntry) -> String {
    let ChainedEntry { number, entry, digest } = entry;
    format!("{}\n", serde_json::json!({ "number": number, "entry": entry, "digest": digest }))
}

async fn check(staff: &Staff, side: AuditSide) -> Result<CheckedAudit> {
    let (state, tenant) = (&staff.state, staff.tenant());
    let checked = match (side, &state.sides.conversation) {
        (AuditSide::Conversation, Some(actions)) => actions.check_audit(tenant, None).await,
        _ => state.accounts().check_audit(tenant, None).await,
    };
    Ok(checked.map_err(PageError::from)?)
}

fn checked(CheckedAudit { entries, head }: CheckedAudit) -> AuditChecked {
    match head {
        Ok(head) => AuditChecked::Whole {
            entries,
            head: head.map(|head| format!("{}:{}", head.number, head.digest)).unwrap_or_default(),
        },
        Err(broken) => AuditChecked::Broken { why: broken.to_string() },
    }
}

fn line(deed: Deed, side: AuditSide, staff: &Staff) -> AuditLine {
    let local = deed.at.with_timezone(&staff.tenant().zone);
    let at = match side {
        AuditSide::Identity => local.format("%-d %B %Y, %H:%M"),
        // The conversation's side keeps the hour only.
        AuditSide::Conversation => local.format("%-d %B %Y, around %H:%M"),
    };
    AuditLine {
        number: deed.number,
        at: at.to_string(),
        by: match deed.by {
            None if deed.by_name == COMMAND_LINE => "Whoever runs the server".to_owned(),
            _ => deed.by_name,
        },
        what: deed_words(&deed.what).to_owned(),
        subject: subject(&deed.subject, staff.tenant()),
        detail: detail(&deed.what, deed.detail),
        machine: deed.what,
    }
}

/// What a line is about, by the name that people know: a conversation's title, the tenant's own name, the beginning of a post's id.
fn subject(subject: &str, tenant: &Tenant) -> String {
    if subject == tenant.slug {
        return tenant.branding.service_name.clone();
    }
    if subject.parse::<PostId>().is_ok() {
        return format!("Post {}…", subject.chars().take(SHOWN_OF_ID).collect::<String>());
    }
    let (campaign, round) = subject.split_once('/').unwrap_or((subject, ""));
    let Some(campaign) = tenant.campaign(campaign) else { return subject.to_owned() };
    match campaign.rounds.iter().find(|one| one.slug == round) {
        Some(round) if campaign.rounds.len() > 1 => format!("{}: {}", campaign.title, round.title),
        _ => campaign.title.clone(),
    }
}

/// More about it: the reasons of the codebook and roles by their names.
fn detail(what: &str, detail: String) -> String {
    let named = match what.split_once('.') {
        Some(("post" | "participant", _)) => Reason::from_slug(&detail).map(Reason::label),
        Some(("role", _)) => detail.parse::<Role>().ok().map(Role::title),
        _ => None,
    };
    named.map_or(detail, str::to_owned)
}
