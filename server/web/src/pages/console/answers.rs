//! What rounds' activities collected, as files: for the independent analyst.

use actions::SheetKind;
use poem::web::Path;
use poem::{Response, Result, handler};

use super::download;
use crate::console::Staff;
use crate::fault::PageError;
use crate::views::console::{AnswerSheets, RoundSheets, SheetLine};

/// The page of a campaign's sheets.
fn path(campaign: &str) -> String {
    format!("/console/campaigns/{campaign}/answers")
}

#[handler]
pub(crate) async fn list(staff: Staff, Path(slug): Path<String>) -> Result<Response> {
    let campaign = staff.tenant().campaign(&slug).ok_or(PageError::NotFound)?;
    let mut rounds = Vec::new();
    for round in campaign.rounds.iter().filter(|round| round.has_activity()) {
        let sheets =
            staff.state.actions().list_sheets(staff.tenant(), round).await.map_err(PageError::from)?;
        let line = |sheet: actions::round_types::ListedSheet| SheetLine { id: sheet.id, title: sheet.title };
        rounds.push(RoundSheets {
            slug: round.slug.clone(),
            title: round.title.clone(),
            sheets: sheets.into_iter().map(line).collect(),
        });
    }
    staff.show(&AnswerSheets {
        site: staff.dressed.chrome.clone(),
        visit: staff.visit(None),
        desk: staff.desk("/console/campaigns"),
        campaign: campaign.slug.clone(),
        title: campaign.title.clone(),
        kinds: SheetKind::ALL.map(|kind| kind.slug().to_owned()).into(),
        rounds,
    })
}

#[handler]
pub(crate) async fn export(
    staff: Staff,
    Path((slug, round, sheet)): Path<(String, String, String)>,
) -> Result<Response> {
    let campaign = staff.tenant().campaign(&slug).ok_or(PageError::NotFound)?;
    let round = campaign.rounds.iter().find(|own| own.slug == round).ok_or(PageError::NotFound)?;
    let kind = SheetKind::from_slug(staff.query.get("as").unwrap_or(SheetKind::Csv.slug()));
    let kind = kind.ok_or(PageError::NotFound)?;
    staff.require_recent_proof(&path(&slug)).await?;
    let actions = staff.state.actions();
    let file = actions.export_sheet(staff.actor(), staff.tenant(), round, (&sheet, kind)).await;
    let file = file.map_err(PageError::from)?.ok_or(PageError::NotFound)?;
    let name = format!("{slug}-{}-{sheet}.{}", round.slug, kind.slug());
    Ok(download(&name, kind.media_type(), file))
}
