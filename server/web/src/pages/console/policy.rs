//! Who may do what, from the enforcer itself; and the tenant's own lines, where they may be changed.

use actions::policy::{Action, Cell, Kind, MatrixRow, Role, Source};
use actions::{PolicyRefusal, policy_text, policy_version};
use poem::http::StatusCode;
use poem::{Response, Result, handler};

use super::edit_refused;
use crate::console::{Staff, StaffForm};
use crate::views::console::{PolicyPage, PolicyRole, PolicyRow};

const PATH: &str = "/console/policy";

#[handler]
pub(crate) async fn show(staff: Staff) -> Result<Response> {
    let standing = &staff.tenant().policy_lines;
    page(&staff, StatusCode::OK, policy_version(standing), policy_text(standing), None, Vec::new())
}

#[handler]
pub(crate) async fn change(form: StaffForm) -> Result<Response> {
    form.staff.require_recent_proof(PATH).await?;
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
    let cells = || Role::ALL.iter().zip(row.cells.iter());
    let own = |cell: &Cell| cell.source != Source::Base;
    let may = cells().filter(|(_, cell)| cell.allowed);
    let not_here = cells().filter(|(_, cell)| !cell.allowed && own(cell));
    PolicyRow {
        kind: row.kind.title().to_owned(),
        action: row.action.title().to_owned(),
        line: format!("{}, {}", row.kind, row.action),
        roles: may
            .map(|(role, cell)| PolicyRole { title: role.title().to_owned(), own: own(cell) })
            .collect(),
        not_here: not_here.map(|(role, _)| role.title().to_owned()).collect(),
    }
}
