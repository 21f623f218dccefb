//! What every page of a tenant shares, and what belongs to one visit.

use domain::round::RoundState;
use minijinja::Value;
use serde::Serialize;

use super::Dates;

/// What a tenant's pages have in common. Made once per tenant and turned into a [`Chrome`] by
/// [`crate::render::Renderer::dress`].
#[derive(Clone, Debug, Serialize)]
pub struct Site {
    /// The tenant in full: "Birmingham and Solihull Integrated Care System".
    pub tenant_name: String,
    /// The tenant in short: "BSol".
    pub short_name: String,
    /// What the service is called here, at the top of every page: "Our Open Conversations".
    pub service_name: String,
    /// Path prefix before every link of this tenant: `""` on its own host, `"/bsol"` when told apart by path.
    pub base: String,
    /// The same of the conversation side: the base, or an address where the two sides run apart.
    pub talk: String,
    /// Where all ways in stand: the first conversation's page of the identity side, or where codes are typed if there is none.
    pub door: String,
    /// URL of the common stylesheet, from [`crate::assets::url`].
    pub css: String,
    /// URL of the tenant's colours: [`crate::render::branding_css`] served under its hash.
    pub branding_css: String,
    /// URL of the console's own stylesheet, beside `css`.
    pub console_css: String,
    /// URL of `htmx.js`, which the console's pages load.
    pub htmx_js: String,
    /// URL of `passkey.js`, which pages load on which a passkey can be made or used.
    pub passkey_js: String,
    /// URL of `live.js`, from [`crate::assets::url`].
    pub live_js: String,
    /// URL of `draft.js`, from [`crate::assets::url`].
    pub draft_js: String,
    /// URL of `join.js`, from [`crate::assets::url`].
    pub join_js: String,
    /// The brand colour as `#rrggbb`, for the browser's own furniture.
    pub theme_colour: String,
    /// The tenant's logo, if it uploaded one.
    pub logo: Option<Logo>,
    /// URL of the favicon (PNG), if there is one.
    pub favicon: Option<String>,
    /// One or two sentences at the foot of every page.
    pub footer_copy: String,
    /// The slug of the conversation that the header's links lead to, if there is one.
    pub campaign: Option<String>,
    /// The navigation under the header, in order.
    pub nav: Vec<Link>,
    /// Whom to ask about the conversation.
    pub contact: Contact,
    /// Independent help with getting in, which is not the employer.
    pub support: Contact,
    /// Said on every page when this is a demonstration, with the source of its data.
    pub demo_note: Option<String>,
}

/// A tenant's logo.
#[derive(Clone, Debug, Serialize)]
pub struct Logo {
    /// Where the PNG is served.
    pub url: String,
    /// What it says, for those who do not see it.
    pub alt: String,
    /// Width in CSS pixels.
    pub width: u32,
    /// Height in CSS pixels.
    pub height: u32,
}

/// A link in the navigation.
#[derive(Clone, Debug, Serialize)]
pub struct Link {
    /// The words of the link.
    pub text: String,
    /// The path, without the site's base.
    pub path: String,
    /// Whether it leads to the conversation side, which may stand elsewhere.
    pub talks: bool,
}

impl Site {
    /// Every value of [`Visit::section`] that changes the header.
    pub(crate) fn sections(&self) -> impl Iterator<Item = &str> {
        self.nav.iter().map(|link| link.path.as_str()).chain(["/leave", ""])
    }
}

/// Someone to write to.
#[derive(Clone, Debug, Serialize)]
pub struct Contact {
    /// Who it is: "The Our Open Conversations team".
    pub name: String,
    /// The address.
    pub email: String,
}

/// A [`Site`] ready for templates: its header and footer are already HTML, the rest is a template value that costs
/// nothing to hand to the next page. Cloning is a reference count.
#[derive(Clone, Debug, Serialize)]
#[serde(transparent)]
pub struct Chrome(pub(crate) Value);

/// What belongs to one visit to one page.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Visit {
    /// The token that every form sends back as `csrf`.
    pub csrf: String,
    /// Has this device come in?
    pub signed_in: bool,
    /// Do others use this device too? Then every page offers to finish and clear it.
    pub shared: bool,
    /// This page's own path and query, without the base: where a vote returns to.
    pub here: String,
    /// The `path` of the navigation link that is this page or the one above it; empty when none is.
    pub section: String,
    /// Said once at the top of the page after something worked: "Your idea is in the conversation".
    pub success: Option<String>,
    /// Has the device just come in with its key? Then it forgets what it kept for the case that it failed.
    pub joined: bool,
    /// For whoever waits to be let in with others: when that is at the latest, in words ("6pm today").
    pub waits_until: Option<String>,
    /// For a page that shows what participants will see: where its preparation goes on. Nothing on such a page can be sent.
    pub preview: Option<String>,
}

/// A campaign as pages name it.
#[derive(Clone, Debug, Serialize)]
pub struct Campaign {
    /// As in the address: `/conversations/<slug>`.
    pub slug: String,
    /// Its title.
    pub title: String,
    /// Upcoming, open, paused or closed.
    pub state: RoundState,
    /// When it opens, in words and local time: "Thursday 30 November at 9am".
    pub opens: String,
    /// When it closes, in words and local time.
    pub closes: String,
    /// How these have changed.
    pub dates: Dates,
}

impl Campaign {
    pub(crate) fn sample(state: RoundState) -> Campaign {
        Campaign {
            slug: "first".into(),
            title: "What gets in your way, and what would help?".into(),
            state,
            opens: "Thursday 30 November at 9am".into(),
            closes: "Thursday 14 December at 11:59pm".into(),
            dates: if state == RoundState::Paused { Dates::sample_paused() } else { Dates::default() },
        }
    }
}

impl Visit {
    pub(crate) fn sample(signed_in: bool, here: &str) -> Visit {
        Visit {
            csrf: "sample-token".into(),
            signed_in,
            here: here.into(),
            section: here.into(),
            ..Visit::default()
        }
    }
}

/// Three tenants as different as tenants get, for samples: one told apart by path, one on its own host and without a logo, one with a colour too
/// light to read.
pub fn sample_sites() -> Vec<(&'static str, Site)> {
    let contact = |name: &str, email: &str| Contact { name: name.into(), email: email.into() };
    let site = |short: &str, tenant: &str, service: &str, base: &str, colour: &str| Site {
        tenant_name: tenant.into(),
        short_name: short.into(),
        service_name: service.into(),
        base: base.into(),
        talk: base.into(),
        door: format!("{base}/join/first"),
        css: crate::assets::url("candour.css"),
        branding_css: format!("/branding/{}.css", short.to_lowercase()),
        console_css: crate::assets::url("console.css"),
        htmx_js: crate::assets::url("htmx.js"),
        passkey_js: crate::assets::url("passkey.js"),
        live_js: crate::assets::url("live.js"),
        draft_js: crate::assets::url("draft.js"),
        join_js: crate::assets::url("join.js"),
        theme_colour: colour.into(),
        logo: Some(Logo {
            url: format!("/branding/{}.png", short.to_lowercase()),
            alt: tenant.into(),
            width: 56,
            height: 56,
        }),
        favicon: None,
        footer_copy: format!("{service} is run for everyone who works in {tenant}."),
        campaign: Some("first".into()),
        nav: vec![
            Link { text: "Conversation".into(), path: "/conversations/first".into(), talks: true },
            Link { text: "Why we are asking".into(), path: "/pages/why".into(), talks: false },
            Link { text: "How anonymity works".into(), path: "/anonymity".into(), talks: false },
        ],
        contact: contact(&format!("The {service} team"), "conversations@example.org"),
        support: contact("The independent support desk", "support@example.net"),
        demo_note: None,
    };
    let mut bsol = site(
        "BSol",
        "Birmingham and Solihull Integrated Care System",
        "Our Open Conversations",
        "/bsol",
        "#14493f",
    );
    bsol.demo_note = Some("This is a demonstration. The ideas in it are real statements from a public conversation about New Zealand's wildlife.".into());
    let mut hhft =
        site("HHFT", "Hampshire Hospitals NHS Foundation Trust", "Big Conversations", "", "#7a1f55");
    hhft.logo = None;
    let bsmhft = site(
        "BSMHFT",
        "Birmingham and Solihull Mental Health NHS Foundation Trust",
        "Partnership Forum",
        "/bsmhft",
        "#f5bd3b",
    );
    vec![("bsol", bsol), ("hhft", hhft), ("bsmhft", bsmhft)]
}
