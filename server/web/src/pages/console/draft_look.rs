//! The step about how the tenant looks. It counts at once, for all of its campaigns, as its own pages do (`draft_pages.rs`); so both are its
//! settings as well (`settings.rs`).

use actions::policy::{Action, Kind};
use actions::{Draft, EditRefusal, NewBranding, Step, branding_version};
use domain::branding::{Colour, Palette, WHITE};
use domain::tenant_pack::{BrandingFile, TenantPack};
use poem::http::header;
use poem::web::Path;
use poem::{Response, Result, handler};

use super::campaigns::PART;
use super::drafts::{error, frame, load, onward, saved};
use super::{edit_refused, form_status, stored_pack};
use crate::console::{Staff, StaffForm, StaffUpload};
use crate::fault::PageError;
use crate::views::FieldError;
use crate::views::console::{BrandingForm, DraftBranding, DraftFrame, Look, LookColour};
use crate::visitor::encoded;

/// The part of the console that a tenant's settings are.
const SETTINGS: &str = "/console/settings/branding";
const COLOUR: &str = "Write it as #rrggbb, such as #14493f.";
/// The three colours: the form's field and what they are for.
const COLOURS: [(&str, &str); 3] =
    [("brand", "Header and large areas"), ("link", "Links"), ("button", "The main button")];

/// From where the tenant's look and pages are changed.
pub(super) enum Place {
    /// From a step of a draft.
    Draft(Draft),
    /// From the tenant's settings.
    Settings,
}

impl Place {
    pub(super) async fn of_draft(staff: &Staff, id: &str) -> Result<Self, PageError> {
        Ok(Self::Draft(load(staff, id).await?))
    }

    /// The part of the console that it belongs to.
    pub(super) fn part(&self) -> &'static str {
        match self {
            Self::Draft(_) => PART,
            Self::Settings => SETTINGS,
        }
    }

    pub(super) async fn frame(&self, staff: &Staff, step: Step) -> Result<DraftFrame, PageError> {
        match self {
            Self::Draft(draft) => frame(staff, draft, step.slug()).await,
            Self::Settings => Ok(DraftFrame::of_settings(step.slug())),
        }
    }

    /// The page of `step`, which says that it was saved.
    fn saved(&self, step: Step) -> String {
        match self {
            Self::Draft(draft) => format!("/console/drafts/{}/{}?done=saved", draft.id, step.slug()),
            Self::Settings => format!("/console/settings/{}?done=saved", step.slug()),
        }
    }

    pub(super) fn onward(&self, form: &StaffForm, step: Step) -> Response {
        match self {
            Self::Draft(draft) => onward(form, draft, step, ""),
            Self::Settings => form.see_other(&self.saved(step)),
        }
    }
}

#[handler]
pub(crate) async fn show_branding(staff: Staff, Path(id): Path<String>) -> Result<Response> {
    branding(&staff, &Place::of_draft(&staff, &id).await?).await
}

/// The forms of the look as they stand on the page.
struct Typed {
    form: BrandingForm,
    seen: String,
    /// What is stored, where that is something else: what and its words.
    stored: Vec<(String, String)>,
}

impl Typed {
    fn of_stored(pack: &TenantPack) -> Self {
        let form = form_of(&pack.tenant.branding);
        Self { form, seen: branding_version(pack), stored: Vec::new() }
    }

    /// What was typed, beside what is stored now: the next press is made knowing it.
    fn beside(form: BrandingForm, pack: &TenantPack) -> Self {
        let Self { form: now, seen, .. } = Self::of_stored(pack);
        let or = |colour: String| if colour.is_empty() { "the brand colour".to_owned() } else { colour };
        let stored = [
            ("Name of the service", now.service_name),
            ("Brand colour", now.brand),
            ("Colour of links", or(now.link)),
            ("Colour of the main button", or(now.button)),
            ("At the foot of every page", now.footer),
            ("What the logo shows", now.logo_alt),
        ];
        Self { form, seen, stored: stored.map(|(what, words)| (what.to_owned(), words)).into() }
    }
}

pub(super) async fn branding(staff: &Staff, place: &Place) -> Result<Response> {
    let mut typed = Typed::of_stored(&stored_pack(staff).await?);
    // The colours that somebody wants to see first, without a script.
    let form = &mut typed.form;
    for (name, field) in [("brand", &mut form.brand), ("link", &mut form.link), ("button", &mut form.button)]
    {
        if let Some(asked) = staff.query.get(name) {
            *field = asked.to_owned();
        }
    }
    let errors = wrong_colours(form);
    branding_page(staff, place, typed, errors).await
}

fn form_of(branding: &BrandingFile) -> BrandingForm {
    BrandingForm {
        service_name: branding.service_name.clone(),
        brand: branding.brand_colour.clone(),
        link: branding.link_colour.clone().unwrap_or_default(),
        button: branding.button_colour.clone().unwrap_or_default(),
        footer: branding.footer.clone(),
        logo_alt: branding.logo_alt.clone(),
    }
}

fn wrong_colours(form: &BrandingForm) -> Vec<FieldError> {
    let fields = [("brand", &form.brand), ("link", &form.link), ("button", &form.button)];
    let wrong = |(name, text): &(&str, &String)| {
        let may_be_empty = *name != "brand";
        !(may_be_empty && text.is_empty()) && text.parse::<Colour>().is_err()
    };
    fields.iter().filter(|field| wrong(field)).map(|(name, _)| error(name, COLOUR)).collect()
}

#[handler]
pub(crate) async fn save_branding(form: StaffForm, Path(id): Path<String>) -> Result<Response> {
    put_branding(&form, &Place::of_draft(&form.staff, &id).await?).await
}

pub(super) async fn put_branding(form: &StaffForm, place: &Place) -> Result<Response> {
    let staff = &form.staff;
    let text = |name: &str| form.field(name).trim().to_owned();
    let pack = stored_pack(staff).await?;
    let typed = BrandingForm {
        service_name: text("service_name"),
        brand: text("brand"),
        link: text("link"),
        button: text("button"),
        footer: text("footer"),
        logo_alt: pack.tenant.branding.logo_alt.clone(),
    };
    let mut errors = wrong_colours(&typed);
    if typed.service_name.is_empty() {
        errors.push(error("service_name", "Give the name that stands at the top of every page."));
    }
    let seen = form.field("seen").to_owned();
    if form.field("do") == "look" || !errors.is_empty() {
        let typed = Typed { form: typed, seen, stored: Vec::new() };
        return branding_page(staff, place, typed, errors).await;
    }
    let colour = |text: &str| Some(text.to_owned()).filter(|text| !text.is_empty());
    let new = NewBranding::Look(BrandingFile {
        service_name: typed.service_name.clone(),
        logo: None,
        logo_alt: String::new(),
        brand_colour: typed.brand.clone(),
        link_colour: colour(&typed.link),
        button_colour: colour(&typed.button),
        footer: typed.footer.clone(),
    });
    match staff.state.sides.change_branding(staff.actor(), staff.tenant(), &seen, new).await {
        Ok(()) => Ok(place.onward(form, Step::Branding)),
        Err(EditRefusal::Outdated) => too_late(staff, place, typed).await,
        Err(refusal) => Err(edit_refused(refusal, None).into()),
    }
}

#[handler]
pub(crate) async fn save_logo(upload: StaffUpload, Path(id): Path<String>) -> Result<Response> {
    put_logo(&upload, &Place::of_draft(&upload.staff, &id).await?).await
}

pub(super) async fn put_logo(upload: &StaffUpload, place: &Place) -> Result<Response> {
    let staff = &upload.staff;
    let mut typed = Typed::of_stored(&stored_pack(staff).await?);
    let Some(file) = upload.form.file("logo") else {
        let errors = vec![error("logo", "Choose a file first: PNG or SVG.")];
        return branding_page(staff, place, typed, errors).await;
    };
    let alt = upload.form.field("logo_alt").trim().to_owned();
    if alt.is_empty() {
        let errors = vec![error("logo_alt", "Say what the logo shows, for people who cannot see it.")];
        return branding_page(staff, place, typed, errors).await;
    }
    typed.form.logo_alt.clone_from(&alt);
    let (sides, seen) = (&staff.state.sides, upload.form.field("seen"));
    let new = NewBranding::Logo { file: file.bytes.clone(), alt };
    match sides.change_branding(staff.actor(), staff.tenant(), seen, new).await {
        Ok(()) => Ok(upload.see_other(&place.saved(Step::Branding))),
        Err(refusal @ EditRefusal::Refused(_)) => {
            branding_page(staff, place, typed, vec![error("logo", &refusal.to_string())]).await
        }
        Err(EditRefusal::Outdated) => too_late(staff, place, typed.form).await,
        Err(refusal) => Err(edit_refused(refusal, None).into()),
    }
}

/// Somebody else was faster: what was typed, beside what is stored now.
async fn too_late(staff: &Staff, place: &Place, form: BrandingForm) -> Result<Response> {
    let typed = Typed::beside(form, &stored_pack(staff).await?);
    branding_page(staff, place, typed, vec![error("", &EditRefusal::Outdated.to_string())]).await
}

async fn branding_page(
    staff: &Staff,
    place: &Place,
    Typed { form, seen, stored }: Typed,
    errors: Vec<FieldError>,
) -> Result<Response> {
    let view = DraftBranding {
        site: staff.dressed.chrome.clone(),
        visit: staff.visit(saved(staff)),
        desk: staff.desk(place.part()),
        draft: place.frame(staff, Step::Branding).await?,
        look: look_of(staff, [&form.brand, &form.link, &form.button], &form.service_name),
        form,
        seen,
        stored,
        may_change: staff.may(Kind::Branding, Action::Change),
        errors,
    };
    staff.show_with(form_status(&view.errors), &view)
}

/// What was asked for, where it is a colour; the tenant's own where it is none.
fn palette(staff: &Staff, asked: [&str; 3]) -> ([Colour; 3], Palette) {
    let [brand, link, button] = asked.map(|text| text.trim().parse::<Colour>().ok());
    let brand = brand.unwrap_or(staff.tenant().palette.brand);
    ([brand, link.unwrap_or(brand), button.unwrap_or(brand)], Palette::from_brand(brand, link, button))
}

fn look_of(staff: &Staff, asked: [&String; 3], service_name: &str) -> Look {
    let (wanted, palette) = palette(staff, asked.map(String::as_str));
    let used = [palette.brand, palette.link, palette.button];
    let ratio = |colour: Colour| format!("{:.1}", colour.contrast(WHITE));
    let colours =
        COLOURS.iter().zip(wanted.into_iter().zip(used)).map(|((_, what), (wanted, used))| LookColour {
            what: (*what).to_owned(),
            asked: wanted.to_string(),
            used: used.to_string(),
            asked_ratio: ratio(wanted),
            used_ratio: ratio(used),
            darkened: wanted != used,
        });
    let fields: Vec<String> =
        COLOURS.iter().zip(asked).map(|((name, _), text)| format!("{name}={}", encoded(text))).collect();
    Look {
        site: staff.dressed.chrome.clone(),
        css: format!("/console/look.css?{}", fields.join("&")),
        service_name: service_name.to_owned(),
        colours: colours.collect(),
    }
}

/// The look of the colours in the query, as a part of the page.
#[handler]
pub(crate) async fn look(staff: Staff) -> Result<Response> {
    let asked = COLOURS.map(|(name, _)| staff.query.get(name).unwrap_or_default().to_owned());
    let name = staff.query.get("service_name").unwrap_or_default().to_owned();
    let [brand, link, button] = &asked;
    staff.show(&look_of(&staff, [brand, link, button], &name))
}

/// Its colours.
#[handler]
pub(crate) async fn look_css(staff: Staff) -> Result<Response> {
    let (_, palette) = palette(&staff, COLOURS.map(|(name, _)| staff.query.get(name).unwrap_or_default()));
    let values: String =
        palette.variables().iter().map(|(name, colour)| format!("{name}:{colour};")).collect();
    Ok(Response::builder()
        .content_type("text/css; charset=utf-8")
        .header(header::CACHE_CONTROL, "no-store")
        .body(format!(".candour-look{{{values}}}\n")))
}
