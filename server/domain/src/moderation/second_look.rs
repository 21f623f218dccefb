//! Whoever hid a post does not decide whether it stays hidden, where somebody else can.

use super::{CaseState, ModerationRefusal};
use crate::ids::AccountId;

/// Who hid a post.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HiddenBy {
    /// The moderator's account.
    pub by: AccountId,
    /// Their name, which other moderators are told.
    pub name: String,
}

/// Whether another moderator could look at an appeal.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SecondLook {
    /// Somebody else may hide and bring back what people write.
    Possible,
    /// There is nobody else.
    Impossible,
}

impl SecondLook {
    /// Refuses `who` if its author appeals against what they did themselves, and a second look is possible.
    ///
    /// # Errors
    /// [`ModerationRefusal::OwnDecision`].
    pub fn leaves(
        self,
        state: CaseState,
        hidden_by: Option<&HiddenBy>,
        who: AccountId,
    ) -> Result<(), ModerationRefusal> {
        match (self, state, hidden_by) {
            (Self::Possible, CaseState::Appealed, Some(hidden)) if hidden.by == who => {
                Err(ModerationRefusal::OwnDecision)
            }
            _ => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;

    #[test]
    fn an_appeal_is_somebody_elses_where_there_is_somebody() {
        let [ann, ben] = [1, 2].map(|number| AccountId(Uuid::from_u128(number)));
        let hidden = HiddenBy { by: ann, name: "Ann".to_owned() };
        let asked = |look: SecondLook, state, hidden, who| look.leaves(state, hidden, who);
        let appealed = CaseState::Appealed;
        let refused = Err(ModerationRefusal::OwnDecision);
        assert_eq!(asked(SecondLook::Possible, appealed, Some(&hidden), ann), refused);
        assert_eq!(asked(SecondLook::Possible, appealed, Some(&hidden), ben), Ok(()));
        assert_eq!(asked(SecondLook::Impossible, appealed, Some(&hidden), ann), Ok(()));
        assert_eq!(asked(SecondLook::Possible, CaseState::Hidden, Some(&hidden), ann), Ok(()));
        // Hidden before it was kept by whom.
        assert_eq!(asked(SecondLook::Possible, appealed, None, ann), Ok(()));
    }
}
