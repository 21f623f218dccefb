use super::*;
use crate::{TenantLines, TenantPolicy, Wrong, deeds};

fn refused(text: &str) -> Option<Bound> {
    match TenantLines::read(text) {
        Ok(_) => None,
        Err(problems) => match &problems[..] {
            [one] => match one.wrong {
                Wrong::Bound(bound) => Some(bound),
                _ => panic!("{one}"),
            },
            _ => panic!("{problems:?}"),
        },
    }
}

#[test]
fn each_bound_refuses_what_it_is_about() {
    use Bound::*;
    let cases = [
        ("allow, comms-lead, roll-joined, read", NobodySeesWhoJoined),
        ("allow, analyst, roll-joined, read", NobodySeesWhoJoined),
        ("allow, moderator, participant, unmask", NobodyIsUnmasked),
        ("allow, operator, content, read", OperatorsArePlatforms),
        ("allow, operator, figures, read", OperatorsArePlatforms),
        ("deny, operator, tenant, delete", OperatorsArePlatforms),
        ("allow, comms-lead, tenant, create", OperatorsArePlatforms),
        ("allow, executive, platform, read", OperatorsArePlatforms),
        ("allow, comms-lead, support, grant", OperatorsArePlatforms),
        ("allow, comms-lead, content, export", ContentIsAnalysts),
        ("allow, executive, content, read", ContentIsAnalysts),
        ("allow, moderator, content, export", ContentIsAnalysts),
        ("allow, analyst, roll, read", AnalystsKnowNobody),
        ("allow, analyst, account, read", AnalystsKnowNobody),
        ("allow, analyst, role, grant", AnalystsKnowNobody),
        ("allow, executive, post, read", HeldIsNotForLeaders),
        ("allow, management-side, participant, suspend", HeldIsNotForLeaders),
        ("deny, comms-lead, role, grant", TheWayBackIsOpen),
        ("deny, comms-lead, policy, change", TheWayBackIsOpen),
        ("deny, comms-lead, console, read", TheWayBackIsOpen),
        ("deny, comms-lead, audit, read", TheRecordIsSeen),
        ("deny, comms-lead, support, read", TheRecordIsSeen),
    ];
    for (line, bound) in cases {
        assert_eq!(refused(line), Some(bound), "{line}");
    }
    for bound in Bound::ALL {
        assert!(cases.iter().any(|(_, refused)| *refused == bound), "{bound:?} is tried");
    }
}

#[test]
fn what_is_within_them_is_taken() {
    for line in [
        "allow, viewer, figures, export",
        "allow, comms-lead, post, hide",
        "allow, facilitator, post, ask",
        "deny, comms-lead, campaign, launch",
        "deny, moderator, role, grant",
        "deny, analyst, content, export",
        "deny, viewer, roll-joined, read",
        "deny, moderator, participant, unmask",
        "allow, staff-side, audit, read",
        "allow, analyst, audit, read",
    ] {
        assert_eq!(refused(line), None, "{line}");
    }
}

/// Every line that there can be, one at a time: whatever is taken leaves the promises standing.
#[test]
fn no_line_that_is_taken_breaks_a_promise() {
    let mut taken = 0;
    for role in Role::ALL {
        for (kind, action) in deeds() {
            for effect in [Effect::Allow, Effect::Deny] {
                let line = Line { effect, role, kind, action };
                if Bound::on(&line).is_none() {
                    assert_eq!(refused(&line.to_string()), None);
                    taken += 1;
                    assert!(promises_stand(&line), "{line}");
                }
            }
        }
    }
    assert!(taken > 500, "{taken}");
}

fn promises_stand(line: &Line) -> bool {
    let base = TenantPolicy::base();
    let may = |role: Role, kind: Kind, action: Action| {
        let turned = (line.role, line.kind, line.action) == (role, kind, action);
        if turned { line.effect == Effect::Allow } else { base.check(role, kind, action) }
    };
    let nobody = |kind, action| !Role::ALL.iter().any(|role| may(*role, kind, action));
    let only =
        |role, kind, action| Role::ALL.iter().all(|other| *other == role || !may(*other, kind, action));
    let unseen = |role, kind: Kind| kind.actions().iter().all(|action| !may(role, kind, *action));
    nobody(Kind::RollJoined, Action::Read)
        && nobody(Kind::Participant, Action::Unmask)
        && only(Role::Analyst, Kind::Content, Action::Read)
        && only(Role::Analyst, Kind::Content, Action::Export)
        && [Action::Create, Action::Suspend, Action::Delete, Action::Export]
            .into_iter()
            .all(|action| only(Role::Operator, Kind::Tenant, action))
        && [Kind::Roll, Kind::Account, Kind::Role].into_iter().all(|kind| unseen(Role::Analyst, kind))
        && [Kind::Post, Kind::Content, Kind::Roll].into_iter().all(|kind| unseen(Role::Operator, kind))
        && may(Role::CommsLead, Kind::Role, Action::Grant)
        && may(Role::CommsLead, Kind::Policy, Action::Change)
        && may(Role::CommsLead, Kind::Audit, Action::Read)
}

#[test]
fn each_reason_says_why() {
    for bound in Bound::ALL {
        let problem = Wrong::Bound(bound).to_string();
        assert!(problem.starts_with("take this line out: "), "{problem}");
        let others = Bound::ALL.iter().filter(|other| other.reason() == bound.reason());
        assert_eq!(others.count(), 1, "{problem}");
    }
}
