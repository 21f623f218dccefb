//! The emails that Candour sends, one file each: a context struct, its kind, its samples.
//!
//! Whatever a tenant or a person wrote stands in a field and is data: no field is ever read as a template.

mod already_joined;
mod invitation;
mod nudge;
mod sign_up_confirmation;
mod staff_invitation;

pub use already_joined::AlreadyJoined;
pub use invitation::Invitation;
pub use nudge::Nudge;
pub use sign_up_confirmation::SignUpConfirmation;
pub use staff_invitation::StaffInvitation;

use serde::Serialize;

use crate::{ComposeFault, Dispatch, Message};

/// An email before it has a recipient.
pub trait Email: Serialize + Sized {
    /// The folder of its templates, and the only thing about it that logs may say.
    const KIND: &'static str;

    /// Examples, short and awkward, for tests and for looking at.
    fn samples() -> Vec<Self>;
}

/// Every template by its path below `templates/`. A kind has three: subject, plain text, layout (MJML). The others are parts of them.
pub const TEMPLATES: &[(&str, &str)] = &[
    ("frame.txt", include_str!("../../templates/frame.txt")),
    ("head.mjml", include_str!("../../templates/head.mjml")),
    ("foot.mjml", include_str!("../../templates/foot.mjml")),
    ("already-joined/subject.txt", include_str!("../../templates/already-joined/subject.txt")),
    ("already-joined/body.txt", include_str!("../../templates/already-joined/body.txt")),
    ("already-joined/body.mjml", include_str!("../../templates/already-joined/body.mjml")),
    ("invitation/subject.txt", include_str!("../../templates/invitation/subject.txt")),
    ("invitation/body.txt", include_str!("../../templates/invitation/body.txt")),
    ("invitation/body.mjml", include_str!("../../templates/invitation/body.mjml")),
    ("nudge/subject.txt", include_str!("../../templates/nudge/subject.txt")),
    ("nudge/body.txt", include_str!("../../templates/nudge/body.txt")),
    ("nudge/body.mjml", include_str!("../../templates/nudge/body.mjml")),
    ("sign-up-confirmation/subject.txt", include_str!("../../templates/sign-up-confirmation/subject.txt")),
    ("sign-up-confirmation/body.txt", include_str!("../../templates/sign-up-confirmation/body.txt")),
    ("sign-up-confirmation/body.mjml", include_str!("../../templates/sign-up-confirmation/body.mjml")),
    ("staff-invitation/subject.txt", include_str!("../../templates/staff-invitation/subject.txt")),
    ("staff-invitation/body.txt", include_str!("../../templates/staff-invitation/body.txt")),
    ("staff-invitation/body.mjml", include_str!("../../templates/staff-invitation/body.mjml")),
];

/// Every sample of every kind as a message: for looking at them, and for tests that go through them all.
///
/// # Errors
/// A [`ComposeFault`] if a template is broken.
pub fn sample_messages(dispatch: &Dispatch) -> Result<Vec<Message>, ComposeFault> {
    fn of<E: Email>(dispatch: &Dispatch) -> impl Iterator<Item = Result<Message, ComposeFault>> {
        E::samples().into_iter().map(|email| Message::compose(&email, dispatch.clone()))
    }
    of::<SignUpConfirmation>(dispatch)
        .chain(of::<Invitation>(dispatch))
        .chain(of::<AlreadyJoined>(dispatch))
        .chain(of::<StaffInvitation>(dispatch))
        .chain(of::<Nudge>(dispatch))
        .collect()
}

/// For samples only: an address and a link that are known to be good.
pub(crate) mod example {
    use crate::{Address, Link};

    pub(crate) fn address(text: &str) -> Address {
        Address::parse(text).expect("the sample is an address")
    }

    pub(crate) fn link(text: &str) -> Link {
        Link::parse(text).expect("the sample is a link")
    }
}
