//! What became of a message that was accepted.

/// What came back about a message that had left.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BounceKind {
    /// Nobody is at that address: no more emails to it.
    Hard,
    /// It did not arrive, and another one may: a full mailbox, a policy, a server that was away.
    Soft,
    /// Whoever got it called it unwanted: no more emails to them.
    Complaint,
}

/// What a service that can be asked says of a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Delivery {
    /// The service has it and has not heard back. It must not be sent again.
    Underway,
    /// The recipient's server took it.
    Delivered,
    /// Nobody is at that address.
    NoSuchAddress,
    /// The recipient's server did not take it: a full mailbox, or a filter.
    TurnedBack,
    /// The service itself failed: it never left, and may be sent again as a new message.
    NeverLeft,
}

impl Delivery {
    /// What it says about the address.
    pub fn bounce(self) -> Option<BounceKind> {
        match self {
            Self::NoSuchAddress => Some(BounceKind::Hard),
            Self::TurnedBack => Some(BounceKind::Soft),
            Self::Underway | Self::Delivered | Self::NeverLeft => None,
        }
    }

    /// GOV.UK Notify's word for it (its documentation, "Email status descriptions"). A word that is not there is one of being underway:
    /// it keeps a message from being sent twice.
    pub(crate) fn of_notify(status: &str) -> Self {
        match status {
            "delivered" => Self::Delivered,
            "permanent-failure" => Self::NoSuchAddress,
            "temporary-failure" => Self::TurnedBack,
            "technical-failure" => Self::NeverLeft,
            _ => Self::Underway,
        }
    }
}
