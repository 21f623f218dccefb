//! Where people begin to come in.

use domain::round::RoundState;
use serde::Serialize;

use super::{Campaign, Chrome, Here, View, Visit, Ways};

/// As many organisations as a whole region has, for a sample.
const MANY: usize = 60;

/// The question where somebody works; the way in of each place opens right there.
#[derive(Clone, Debug, Serialize)]
pub struct Begin {
    /// The tenant's frame.
    pub site: Chrome,
    /// This visit.
    pub visit: Visit,
    /// The ways in that need no organisation.
    pub ways: Ways,
    /// Which conversation.
    pub campaign: Campaign,
    /// Whether people can join yet; signing up goes before, too.
    pub launched: bool,
    /// For how long a code that is sent is good, minutes.
    pub minutes: i64,
    /// Every organisation, by name; none where there is only one.
    pub places: Vec<Employer>,
    /// The one that stands alone on the page: the address names it, or there is no other.
    pub alone: Option<Employer>,
}

/// An organisation to choose.
#[derive(Clone, Debug, Serialize)]
pub struct Workplace {
    /// As forms send it.
    pub slug: String,
    /// Its full name.
    pub name: String,
}

/// An organisation, and how its people come in.
#[derive(Clone, Debug, Serialize)]
pub struct Employer {
    /// As forms send it.
    pub slug: String,
    /// Its full name.
    pub name: String,
    /// How its people come in.
    pub way: WayIn,
    /// Whether its people can sign in with their work account.
    pub single_sign_on: bool,
    /// What addresses of its people end in, if it takes no others.
    pub domains: Vec<String>,
}

/// How an organisation's people come in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum WayIn {
    /// With login details that are sent to each.
    Invited,
    /// They sign up with an email address.
    SignUp,
    /// With their work account, and no other way.
    SingleSignOnOnly,
}

/// Employers as different as they come, for samples.
pub(super) fn sample_workplaces() -> Vec<Workplace> {
    [
        ("council", "Birmingham City Council"),
        ("bchc", "Birmingham Community Healthcare NHS Foundation Trust"),
        ("bwc", "Birmingham Women's and Children's NHS Foundation Trust"),
        ("care", "Care and support providers"),
        ("primary-care", "Primary care"),
        ("swb", "Sandwell and West Birmingham Hospitals NHS Trust"),
        ("roh", "The Royal Orthopaedic Hospital NHS Foundation Trust"),
        ("wmas", "West Midlands Ambulance Service University NHS Foundation Trust"),
    ]
    .map(|(slug, name)| Workplace { slug: slug.into(), name: name.into() })
    .into()
}

impl View for Begin {
    const TEMPLATE: &'static str = "begin.html";

    fn samples(chrome: &Chrome) -> Vec<(&'static str, Begin)> {
        let employer = |place: Workplace| Employer {
            slug: place.slug,
            name: place.name,
            way: WayIn::Invited,
            single_sign_on: false,
            domains: Vec::new(),
        };
        let mut places: Vec<_> = sample_workplaces().into_iter().map(employer).collect();
        (places[0].way, places[0].single_sign_on) = (WayIn::SingleSignOnOnly, true);
        (places[3].way, places[4].way) = (WayIn::SignUp, WayIn::SignUp);
        places[4].domains = vec!["primary-care.example".into()];
        let begin = |state, alone: Option<(usize, WayIn, bool)>| Begin {
            site: chrome.clone(),
            visit: Visit::sample(false, ""),
            ways: Ways::sample(chrome),
            campaign: Campaign::sample(state),
            launched: state == RoundState::Open,
            minutes: 30,
            alone: alone.map(|(at, way, single_sign_on)| Employer {
                way,
                single_sign_on,
                ..places[at].clone()
            }),
            places: places.clone(),
        };
        let (open, upcoming) = (RoundState::Open, RoundState::Upcoming);
        let mut launched = begin(upcoming, Some((1, WayIn::Invited, false)));
        launched.launched = true;
        let mut many = begin(open, None);
        many.places = (0..MANY)
            .map(|number| Employer {
                slug: format!("place-{number}"),
                name: format!("{} {number}", places[number % places.len()].name),
                ..places[number % places.len()].clone()
            })
            .collect();
        let mut only = begin(open, Some((3, WayIn::SignUp, false)));
        only.places = Vec::new();
        let (mut already, mut perhaps) = (begin(open, None), begin(open, None));
        (already.ways.here, perhaps.ways.here) = (Here::In, Here::Unknown);
        vec![
            ("open", begin(open, None)),
            ("upcoming", begin(upcoming, None)),
            ("many", many),
            ("only-one", only),
            ("in-already", already),
            ("perhaps-in", perhaps),
            ("invited", begin(open, Some((1, WayIn::Invited, false)))),
            ("invited-upcoming", begin(upcoming, Some((1, WayIn::Invited, false)))),
            ("invited-launched-upcoming", launched),
            ("invited-single-sign-on", begin(open, Some((2, WayIn::Invited, true)))),
            ("sign-up", begin(open, Some((7, WayIn::SignUp, false)))),
            ("sign-up-upcoming", begin(upcoming, Some((4, WayIn::SignUp, false)))),
            ("sign-up-single-sign-on", begin(open, Some((5, WayIn::SignUp, true)))),
            ("single-sign-on-only", begin(open, Some((0, WayIn::SingleSignOnOnly, true)))),
            ("no-way-yet", begin(open, Some((0, WayIn::SingleSignOnOnly, false)))),
        ]
    }
}
