//! The step about the tenant's own pages. They count at once, for all of its campaigns; so they are its settings as well (`settings.rs`).

use actions::{EditRefusal, NewPage, Step, page_version};
use domain::tenant_pack::TenantPack;
use poem::web::Path;
use poem::{Response, Result, handler};

use super::draft_look::Place;
use super::drafts::{error, saved};
use super::{edit_refused, form_status, stored_pack};
use crate::console::{Staff, StaffForm};
use crate::views::FieldError;
use crate::views::console::{DraftPages, PageForm};

/// Said where somebody else removed the page that was changed.
const REMOVED: &str =
    "Somebody else has removed this page meanwhile. What you typed is still here: save it to add it again.";

#[handler]
pub(crate) async fn show(staff: Staff, Path(id): Path<String>) -> Result<Response> {
    pages(&staff, &Place::of_draft(&staff, &id).await?).await
}

pub(super) async fn pages(staff: &Staff, place: &Place) -> Result<Response> {
    let pack = stored_pack(staff).await?;
    let asked = staff.query.get("page").unwrap_or_default();
    let seen = page_version(&pack, asked).unwrap_or_default();
    let form = page_of(&pack, asked).unwrap_or_default();
    pages_page(staff, place, &pack, (form, seen), None, Vec::new()).await
}

fn page_of(pack: &TenantPack, slug: &str) -> Option<PageForm> {
    let page = pack.tenant.pages.iter().find(|page| page.slug == slug)?;
    Some(PageForm {
        slug: page.slug.clone(),
        title: page.title.clone(),
        markdown: pack.page_texts.get(slug).cloned().unwrap_or_default(),
        in_navigation: page.in_navigation,
    })
}

#[handler]
pub(crate) async fn save(form: StaffForm, Path(id): Path<String>) -> Result<Response> {
    put_page(&form, &Place::of_draft(&form.staff, &id).await?).await
}

pub(super) async fn put_page(form: &StaffForm, place: &Place) -> Result<Response> {
    let staff = &form.staff;
    let mut typed = PageForm {
        slug: form.field("slug").to_owned(),
        title: form.field("title").trim().to_owned(),
        markdown: form.field("body").to_owned(),
        in_navigation: form.field("in_navigation") == "yes",
    };
    let (sides, seen) = (&staff.state.sides, form.field("seen"));
    let saved = match form.field("do") {
        "next" if typed.title.is_empty() && typed.markdown.trim().is_empty() => Ok(()),
        "remove" => sides.remove_page(staff.actor(), staff.tenant(), seen, &typed.slug).await,
        _ => {
            let new = NewPage {
                slug: Some(typed.slug.clone()).filter(|slug| !slug.is_empty()),
                title: typed.title.clone(),
                markdown: typed.markdown.clone(),
                in_navigation: typed.in_navigation,
            };
            sides.put_page(staff.actor(), staff.tenant(), seen, new).await
        }
    };
    let refusal = match saved {
        Ok(()) => return Ok(place.onward(form, Step::Pages)),
        Err(refusal) => refusal,
    };
    let pack = stored_pack(staff).await?;
    let (seen, stored, errors) = match refusal {
        EditRefusal::Refused(_) | EditRefusal::Problems(_) => {
            (seen.to_owned(), None, vec![error("title", &refusal.to_string())])
        }
        EditRefusal::Outdated => {
            // The next press is made knowing what is there now.
            let now = page_version(&pack, &typed.slug).unwrap_or_default();
            (now, page_of(&pack, &typed.slug), vec![error("", &refusal.to_string())])
        }
        EditRefusal::Unknown => {
            typed.slug.clear();
            (String::new(), None, vec![error("", REMOVED)])
        }
        refusal => return Err(edit_refused(refusal, Some(&typed.markdown)).into()),
    };
    pages_page(staff, place, &pack, (typed, seen), stored, errors).await
}

async fn pages_page(
    staff: &Staff,
    place: &Place,
    pack: &TenantPack,
    (form, seen): (PageForm, String),
    stored: Option<PageForm>,
    errors: Vec<FieldError>,
) -> Result<Response> {
    let pages = pack.tenant.pages.iter();
    let view = DraftPages {
        site: staff.dressed.chrome.clone(),
        visit: staff.visit(saved(staff)),
        desk: staff.desk(place.part()),
        draft: place.frame(staff, Step::Pages).await?,
        pages: pages.map(|page| (page.slug.clone(), page.title.clone(), page.in_navigation)).collect(),
        form,
        seen,
        stored,
        errors,
    };
    staff.show_with(form_status(&view.errors), &view)
}
