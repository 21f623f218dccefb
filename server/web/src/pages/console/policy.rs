//! Who may do what, from the enforcer itself; and the tenant's own lines, where they may be changed.

use actions::policy::{Action, Kind, MatrixRow, Role, Source};
use actions::{PolicyRefusal, policy_text, policy_version};
use poem::http::StatusCode;
use poem::{Response, Result, handler};

use super::edit_refused;
use crate::console::{Staff, StaffForm};
use crate::views::console::{PolicyCell, PolicyPage, PolicyRow};

const PATH: &str = "/console/policy";

#[handler]
pub(crate) async fn show(staff: Staff) -> Result<Response> {
    let standing = &staff.tenant().policy_lines;
    page(&staff, StatusCode::OK, policy_version(standing), policy_text(standing), None, Vec::new())
}

#[handler]
pub(crate) async fn change(form: StaffForm) -> Result<Response> {
    form.staff.require_recent_proof(PATH)?;
    let (staff, seen, text) = (&form.staff, form.field("seen"), form.field("lines"));
    let refused = |seen: String, standing, problems| {
        page(staff, StatusCode::UNPROCESSABLE_ENTITY, seen, text.to_owned(), standing, problems)
    };
    match staff.state.sides.change_policy(staff.actor(), staff.tenant(), seen, text).await {
        Ok(()) => Ok(form.see_other(&format!("{PATH}?done=changed"))),
        Err(PolicyRefusal::Lines(problems)) => {
            refused(seen.to_owned(), None, problems.iter().map(ToString::to_string).collect())
        }
        Err(PolicyRefusal::Changed(standing)) => {
            let why = PolicyRefusal::Changed(standing.clone()).to_string();
            refused(policy_version(&standing), Some(policy_text(&standing)), vec![why])
        }
        Err(PolicyRefusal::Edit(refusal)) => Err(edit_refused(refusal, Some(text)).into()),
    }
}

fn page(
    staff: &Staff,
    status: StatusCode,
    seen: String,
    lines: String,
    standing: Option<String>,
    problems: Vec<String>,
) -> Result<Response> {
    let done = staff.query.get("done").map(|_| "Saved. It counts from now on.");
    let view = PolicyPage {
        site: staff.dressed.chrome.clone(),
        visit: staff.visit(done),
        desk: staff.desk(PATH),
        roles: Role::ALL.iter().map(|role| role.title().to_owned()).collect(),
        rows: staff.tenant().policy().matrix().into_iter().map(row).collect(),
        seen,
        lines,
        standing,
        may_change: staff.may(Kind::Policy, Action::Change),
        problems,
    };
    staff.show_with(status, &view)
}

fn row(row: MatrixRow) -> PolicyRow {
    let cell =
        |cell: &actions::policy::Cell| PolicyCell { allowed: cell.allowed, own: cell.source != Source::Base };
    PolicyRow {
        kind: row.kind.slug().to_owned(),
        action: row.action.slug().to_owned(),
        cells: row.cells.iter().map(cell).collect(),
    }
}
