//! Whoever hid a post does not decide whether it stays hidden, where somebody else can.

use super::{CaseState, ModerationRefusal, NoteKind};
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

/// Who hid a post whose author appeals, in a case that stands at `state`. An appeal lasts until somebody decides: also while its author is asked
/// about it, and when they have answered. Who asks before anything was hidden stands in nobody's way, for then nobody hid it.
pub fn appealed_against(state: CaseState, hidden_by: Option<&HiddenBy>) -> Option<&HiddenBy> {
    hidden_by.filter(|_| CaseState::WITH_APPEAL.contains(&state))
}

/// Whether the author of a hidden post may ask for another look, of which `said` has been said, oldest first: once, and once more whenever a
/// moderator has brought it back since, so that no second hiding undoes what an appeal has won.
pub fn appeal_is_left(said: impl IntoIterator<Item = NoteKind>) -> bool {
    said.into_iter().fold(true, |left, kind| match kind {
        NoteKind::Appeal => false,
        NoteKind::Restored | NoteKind::Amendment => true,
        _ => left,
    })
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
        match (self, appealed_against(state, hidden_by)) {
            (Self::Possible, Some(hidden)) if hidden.by == who => Err(ModerationRefusal::OwnDecision),
            _ => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::super::{Step, after};
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
        // A question about it, and its answer, end no appeal; a question about what nobody hid begins none.
        for state in [CaseState::Asked, CaseState::Answered] {
            assert_eq!(asked(SecondLook::Possible, state, Some(&hidden), ann), refused, "{state:?}");
            assert_eq!(asked(SecondLook::Possible, state, Some(&hidden), ben), Ok(()), "{state:?}");
            assert_eq!(asked(SecondLook::Possible, state, None, ann), Ok(()), "{state:?}");
        }
    }

    #[test]
    fn one_appeal_for_each_time_that_it_was_brought_back() {
        use NoteKind::{Amendment, Answer, Appeal, Hidden, Question, Restored};
        for said in [
            &[][..],
            &[Amendment, Hidden],
            &[Hidden, Appeal, Restored, Hidden],
            &[Hidden, Appeal, Question, Answer, Amendment, Hidden],
        ] {
            assert!(appeal_is_left(said.iter().copied()), "{said:?}");
        }
        for said in [
            &[Hidden, Appeal][..],
            &[Hidden, Appeal, Hidden],
            &[Restored, Hidden, Appeal, Question, Answer, Hidden],
            &[Hidden, Appeal, Restored, Hidden, Appeal, Hidden],
        ] {
            assert!(!appeal_is_left(said.iter().copied()), "{said:?}");
        }
    }

    #[test]
    fn every_state_that_an_appeal_can_come_to_is_one_with_an_appeal() {
        let steps = [
            Step::Keep,
            Step::Amend,
            Step::Hide,
            Step::Restore,
            Step::Ask,
            Step::Merge,
            Step::Report,
            Step::Answer,
        ];
        for from in CaseState::WITH_APPEAL {
            let open =
                steps.iter().filter_map(|step| after(from, *step).ok()).filter(|state| state.is_open());
            for state in open {
                assert!(CaseState::WITH_APPEAL.contains(&state), "{from:?} to {state:?}");
            }
        }
    }
}
