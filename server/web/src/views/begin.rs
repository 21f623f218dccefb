//! Where people begin to come in.

use domain::round::RoundState;
use serde::Serialize;

use super::{Campaign, Chrome, View, Visit, Ways};

/// The question where somebody works, and the way in that follows from the answer.
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
    /// Every organisation, by name.
    pub organisations: Vec<Employer>,
    /// The one that the address names, if it names one.
    pub chosen: Option<Employer>,
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
        let begin = |state, chosen: Option<(usize, WayIn, bool)>| {
            let employer = |place: Workplace| Employer {
                slug: place.slug,
                name: place.name,
                way: WayIn::Invited,
                single_sign_on: false,
            };
            let mut organisations: Vec<_> = sample_workplaces().into_iter().map(employer).collect();
            organisations[0].way = WayIn::SingleSignOnOnly;
            organisations[0].single_sign_on = true;
            organisations[3].way = WayIn::SignUp;
            Begin {
                site: chrome.clone(),
                visit: Visit::sample(false, ""),
                ways: Ways::sample(chrome),
                campaign: Campaign::sample(state),
                launched: state == RoundState::Open,
                chosen: chosen.map(|(at, way, single_sign_on)| Employer {
                    way,
                    single_sign_on,
                    ..organisations[at].clone()
                }),
                organisations,
            }
        };
        let (open, upcoming) = (RoundState::Open, RoundState::Upcoming);
        let mut launched = begin(upcoming, Some((1, WayIn::Invited, false)));
        launched.launched = true;
        vec![
            ("open", begin(open, None)),
            ("upcoming", begin(upcoming, None)),
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
