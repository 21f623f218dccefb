//! One organisation's toolkit: each piece, made as it is asked for; all of them in one file, and letters with login details, which take longer and
//! are made behind the scenes; and sealed codes on a sheet, which is made once, in the answer, and kept nowhere.

use actions::policy::{Action, Kind};
use actions::{
    Campaign, HandoutRefusal, IssueRefusal, JobKind, MAX_CODES_PER_SHEET, Organisation, ToolkitFacts,
    ToolkitPiece,
};
use domain::tenant_pack::EntryRoute;
use poem::web::Path;
use poem::{Response, Result, handler};

use super::campaigns::PART;
use super::emails::find;
use super::{download, form_status, toolkit};
use crate::console::{Staff, StaffForm};
use crate::fault::PageError;
use crate::views::FieldError;
use crate::views::console::{ToolkitGroup, ToolkitOne, ToolkitPieceLink};

/// Whose toolkit of which campaign an address names.
struct Named<'a> {
    campaign: &'a Campaign,
    organisation: &'a Organisation,
}

impl<'a> Named<'a> {
    fn find(staff: &'a Staff, campaign: &str, organisation: &str) -> Result<Self, PageError> {
        let campaign = find(staff, campaign)?;
        let organisation = staff.tenant().organisation(organisation).ok_or(PageError::NotFound)?;
        Ok(Self { campaign, organisation })
    }

    fn path(&self) -> String {
        format!("{}/{}", toolkit::path(&self.campaign.slug), self.organisation.slug)
    }

    async fn facts(&self, staff: &Staff) -> Result<ToolkitFacts, PageError> {
        let (tenant, enrolment) = (staff.tenant(), staff.state.enrolment());
        let url = staff.state.settings.addresses.identity(tenant);
        Ok(enrolment.toolkit_facts(tenant, self.campaign, self.organisation, &url).await?)
    }
}

#[handler]
pub(crate) async fn show(
    staff: Staff,
    Path((slug, organisation)): Path<(String, String)>,
) -> Result<Response> {
    page(&staff, &Named::find(&staff, &slug, &organisation)?, vec![], "")
}

#[handler]
pub(crate) async fn fetch_piece(
    staff: Staff,
    Path((slug, organisation, piece)): Path<(String, String, String)>,
) -> Result<Response> {
    let named = Named::find(&staff, &slug, &organisation)?;
    let piece = ToolkitPiece::of_slug(&piece).ok_or(PageError::NotFound)?;
    match staff.state.enrolment().make_piece(piece, named.facts(&staff).await?).await {
        Ok(made) => Ok(download(&made.file, &made.media_type, made.content)),
        Err(refusal) => refused(&staff, &named, refusal),
    }
}

#[handler]
pub(crate) async fn make(
    form: StaffForm,
    Path((slug, organisation)): Path<(String, String)>,
) -> Result<Response> {
    let named = Named::find(&form.staff, &slug, &organisation)?;
    ask(&form, &named, JobKind::Toolkit, "toolkit").await
}

#[handler]
pub(crate) async fn letters(
    form: StaffForm,
    Path((slug, organisation)): Path<(String, String)>,
) -> Result<Response> {
    let named = Named::find(&form.staff, &slug, &organisation)?;
    form.staff.require_recent_proof(&named.path()).await?;
    ask(&form, &named, JobKind::Letters, "letters").await
}

#[handler]
pub(crate) async fn print_codes(
    form: StaffForm,
    Path((slug, organisation)): Path<(String, String)>,
) -> Result<Response> {
    let staff = &form.staff;
    let named = Named::find(staff, &slug, &organisation)?;
    staff.require_recent_proof(&named.path()).await?;
    let typed = form.field("codes");
    // What is no number is as much of an answer as none.
    let count = typed.trim().replace(',', "").parse().unwrap_or(0);
    let url = staff.state.settings.addresses.conversation(staff.tenant());
    let whose = (staff.tenant(), named.campaign, named.organisation);
    match staff.state.actions().print_codes(staff.actor(), whose, count, &url).await {
        Ok(sheet) => Ok(download(&sheet.file, &sheet.media_type, sheet.content)),
        Err(IssueRefusal::Action(fault)) => Err(PageError::from(fault).into()),
        Err(refusal) => {
            let error = FieldError { field: "codes".to_owned(), text: refusal.to_string() };
            page(staff, &named, vec![error], typed)
        }
    }
}

async fn ask(form: &StaffForm, named: &Named<'_>, kind: JobKind, done: &str) -> Result<Response> {
    let staff = &form.staff;
    let url = staff.state.settings.addresses.identity(staff.tenant());
    let whose = (staff.tenant(), named.campaign, named.organisation);
    match staff.state.enrolment().ask_for_handout(staff.actor(), whose, kind, &url).await {
        Ok(_) => Ok(form.see_other(&format!("{}?done={done}", toolkit::path(&named.campaign.slug)))),
        Err(refusal) => refused(staff, named, refusal),
    }
}

/// The page again, with what is to be put right.
fn refused(staff: &Staff, named: &Named<'_>, refusal: HandoutRefusal) -> Result<Response> {
    match refusal {
        HandoutRefusal::Action(fault) => Err(PageError::from(fault).into()),
        refusal => {
            let error = FieldError { field: String::new(), text: refusal.to_string() };
            page(staff, named, vec![error], "")
        }
    }
}

/// The page; `codes` is what was typed as their number.
fn page(staff: &Staff, named: &Named<'_>, errors: Vec<FieldError>, codes: &str) -> Result<Response> {
    let Named { campaign, organisation } = named;
    let status = form_status(&errors);
    let may_bring_in = staff.may(Kind::Roll, Action::Import);
    let view = ToolkitOne {
        site: staff.dressed.chrome.clone(),
        visit: staff.visit(None),
        desk: staff.desk(PART),
        slug: campaign.slug.clone(),
        title: campaign.title.clone(),
        organisation_slug: organisation.slug.clone(),
        organisation: organisation.name.clone(),
        version: toolkit::version(staff.tenant(), campaign),
        groups: groups(),
        may_make: staff.may(Kind::Campaign, Action::Change),
        may_print: organisation.entry_route == EntryRoute::Invited && may_bring_in,
        // Codes are the conversation side's: where it runs apart, they are made there.
        may_print_codes: staff.state.sides.conversation.is_some() && may_bring_in,
        codes: codes.to_owned(),
        most_codes: MAX_CODES_PER_SHEET,
        errors,
    };
    staff.show_with(status, &view)
}

/// Every piece under what it is for; pieces for the same stand beside each other already.
fn groups() -> Vec<ToolkitGroup> {
    let same = |one: &ToolkitPiece, next: &ToolkitPiece| purpose(*one) == purpose(*next);
    let groups = ToolkitPiece::ALL.chunk_by(same);
    groups
        .map(|pieces| ToolkitGroup {
            heading: purpose(pieces[0]).to_owned(),
            pieces: pieces.iter().copied().map(link).collect(),
        })
        .collect()
}

fn purpose(piece: ToolkitPiece) -> &'static str {
    use ToolkitPiece as Piece;
    match piece {
        Piece::PosterA4 | Piece::PosterA3 | Piece::Leaflet => "To print",
        Piece::Screen
        | Piece::SquareInvitation
        | Piece::SquareAnonymity
        | Piece::SquareClosing
        | Piece::PictureWords => "For screens and social media",
        Piece::EmailText
        | Piece::EmailHtml
        | Piece::EmailDraft
        | Piece::ArticleHtml
        | Piece::ArticleText
        | Piece::SignatureHtml
        | Piece::SignatureText => "For emails and the intranet",
        Piece::ManagersPdf | Piece::ManagersText => "For managers",
        Piece::Countdown | Piece::Calendar => "Dates and countdown",
    }
}

fn link(piece: ToolkitPiece) -> ToolkitPieceLink {
    let kind = match piece.media_type().split(';').next() {
        Some("application/pdf") => "PDF",
        Some("image/png") => "PNG",
        Some("text/html") => "HTML file",
        Some("text/calendar") => "calendar file",
        Some("message/rfc822") => "email file",
        _ => "text file",
    };
    ToolkitPieceLink { slug: piece.slug().to_owned(), label: piece.label().to_owned(), kind: kind.to_owned() }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn every_piece_stands_once_and_no_heading_twice() {
        let groups = groups();
        let headings: BTreeSet<_> = groups.iter().map(|group| group.heading.as_str()).collect();
        assert_eq!(headings.len(), groups.len());
        let slugs: BTreeSet<_> =
            groups.iter().flat_map(|group| &group.pieces).map(|piece| &piece.slug).collect();
        assert_eq!(slugs.len(), ToolkitPiece::ALL.len());
    }
}
