//! The record of what named people did: read, carried away, checked.

use actions::{AuditPage, ChainedEntry, WholeAudit};
use domain::audit::Deed;
use poem::http::header;
use poem::{IntoResponse, Response, Result, handler};

use crate::console::Staff;
use crate::fault::PageError;
use crate::views::console::{Audit, AuditChecked, AuditLine, AuditSide};

const PATH: &str = "/console/audit";

#[handler]
pub(crate) async fn show(staff: Staff) -> Result<Response> {
    let side = AuditSide::from_slug(staff.query.get("side").unwrap_or_default());
    let side = if staff.state.sides.conversation.is_some() { side } else { AuditSide::Identity };
    let below = staff.query.get("below").and_then(|number| number.parse().ok());
    let (state, tenant) = (&staff.state, staff.tenant());
    let AuditPage { deeds, below } = match side {
        AuditSide::Identity => state.accounts().read_audit(tenant, below).await,
        AuditSide::Conversation => state.actions().read_audit(tenant, below).await,
    }
    .map_err(PageError::from)?;
    let checked = match staff.query.get("check") {
        Some(_) => Some(checked(whole(&staff, side).await?)),
        None => None,
    };
    let view = Audit {
        site: staff.dressed.chrome.clone(),
        visit: staff.visit(None),
        desk: staff.desk(PATH),
        side,
        both: state.sides.conversation.is_some(),
        lines: deeds.into_iter().map(|deed| line(deed, &staff)).collect(),
        older: below,
        checked,
        may_export: staff.may(actions::policy::Kind::Audit, actions::policy::Action::Export),
    };
    staff.show(&view)
}

#[handler]
pub(crate) async fn export(staff: Staff) -> Result<Response> {
    staff.require_recent_proof(PATH)?;
    let side = AuditSide::from_slug(staff.query.get("side").unwrap_or_default());
    let WholeAudit { entries, .. } = whole(&staff, side).await?;
    let lines: String = entries.iter().map(exported).collect();
    let name = format!("attachment; filename=\"record-{}-{}.jsonl\"", staff.tenant().slug, side.slug());
    Ok(lines
        .with_header(header::CONTENT_TYPE, "application/jsonl; charset=utf-8")
        .with_header(header::CONTENT_DISPOSITION, name)
        .with_header(header::CACHE_CONTROL, "no-store")
        .into_response())
}

/// One line of an exported record: JSON with the entry's exact text as a string, so that anybody can check the chain.
fn exported(entry: &ChainedEntry) -> String {
    let ChainedEntry { number, entry, digest } = entry;
    format!("{}\n", serde_json::json!({ "number": number, "entry": entry, "digest": digest }))
}

async fn whole(staff: &Staff, side: AuditSide) -> Result<WholeAudit> {
    let (state, tenant) = (&staff.state, staff.tenant());
    let whole = match (side, &state.sides.conversation) {
        (AuditSide::Conversation, Some(actions)) => actions.whole_audit(tenant, None).await,
        _ => state.accounts().whole_audit(tenant, None).await,
    };
    Ok(whole.map_err(PageError::from)?)
}

fn checked(WholeAudit { entries, head }: WholeAudit) -> AuditChecked {
    match head {
        Ok(head) => AuditChecked::Whole {
            entries: entries.len(),
            head: head.map(|head| format!("{}:{}", head.number, head.digest)).unwrap_or_default(),
        },
        Err(broken) => AuditChecked::Broken { why: broken.to_string() },
    }
}

fn line(deed: Deed, staff: &Staff) -> AuditLine {
    let local = deed.at.with_timezone(&staff.tenant().zone);
    AuditLine {
        number: deed.number,
        at: local.format("%-d %B %Y, %H:%M").to_string(),
        by: deed.by_name,
        what: deed.what,
        subject: deed.subject,
        detail: deed.detail,
    }
}
