use super::*;

/// What was agreed that each role may do in every tenant: a row for everything that can be done, `x` for yes.
const AGREED: &str = include_str!("base.txt");

fn tenant(name: &str) -> TenantId {
    TenantId::named(&[name])
}

fn lines(text: &str) -> TenantLines {
    TenantLines::read(text).unwrap()
}

/// `policy` as base.txt has it.
fn drawn(policy: &TenantPolicy) -> String {
    let heading: String = Role::ALL.iter().map(|role| format!(" {role}")).collect();
    let rows = policy.matrix().into_iter().map(|row| {
        let cells = row.cells.iter().map(|cell| {
            let mark = if cell.allowed { "x" } else { "·" };
            format!(" {mark:^width$}", width = cell.role.slug().len())
        });
        let cells: String = cells.collect();
        format!("{:<22}{}\n", format!("{} {}", row.kind, row.action), cells.trim_end())
    });
    format!("{:<22}{heading}\n{}", "", rows.collect::<String>())
}

#[test]
fn the_base_is_what_was_agreed() {
    let (found, agreed) = (drawn(&TenantPolicy::base()), AGREED);
    for (found, agreed) in found.lines().zip(agreed.lines()) {
        assert_eq!(found, agreed);
    }
    assert_eq!(found.lines().count(), agreed.lines().count());
}

#[test]
fn the_base_has_no_problems_and_is_within_the_bounds() {
    let (base, problems) = read(BASE);
    assert_eq!(problems, []);
    for (number, line) in &base {
        assert_eq!(line.effect, Effect::Allow, "line {number}");
        let first = base.iter().find(|(_, other)| other == line).map(|(first, _)| first);
        assert_eq!(first, Some(number), "said twice");
        // The one bound that is about what a tenant may write, not about what anybody may do.
        let beyond = Bound::on(line).filter(|bound| *bound != Bound::OperatorsArePlatforms);
        assert_eq!(beyond, None, "line {number}");
    }
}

/// The whole table against the lines themselves, without casbin: a cell is allowed if a line says so.
#[test]
fn casbin_says_what_the_lines_say() {
    let (base, _) = read(BASE);
    let policy = TenantPolicy::base();
    for role in Role::ALL {
        for &kind in Kind::ALL {
            for &action in Action::ALL {
                let line = Line { effect: Effect::Allow, role, kind, action };
                let said = base.iter().any(|(_, other)| *other == line);
                assert_eq!(policy.check(role, kind, action), said, "{line}");
            }
        }
    }
}

/// Turns round every cell of a role that a tenant can, a line each, and finds those turned and no other.
#[test]
fn the_lines_of_a_tenant_change_their_cells_and_no_other() {
    let base = TenantPolicy::base();
    for role in Role::ALL {
        let turned = |(kind, action)| {
            let effect = if base.check(role, kind, action) { Effect::Deny } else { Effect::Allow };
            Some(Line { effect, role, kind, action }).filter(|line| Bound::on(line).is_none())
        };
        let own: Vec<Line> = deeds().filter_map(turned).collect();
        let text: String = own.iter().map(|line| format!("{line}\n")).collect();
        let policy = TenantPolicy::with(tenant("bsol"), &lines(&text));
        for row in policy.matrix() {
            for cell in row.cells {
                let (kind, action) = (row.kind, row.action);
                let line =
                    own.iter().find(|own| (own.role, own.kind, own.action) == (cell.role, kind, action));
                let expected = match line {
                    Some(line) => (line.effect == Effect::Allow, Source::Tenant),
                    None => (base.check(cell.role, kind, action), Source::Base),
                };
                assert_eq!((cell.allowed, cell.source), expected, "{} {kind} {action}", cell.role);
            }
        }
    }
}

#[test]
fn what_is_denied_is_not_allowed_by_the_base() {
    let policy = TenantPolicy::with(tenant("bsol"), &lines("deny, executive, figures, export"));
    assert!(TenantPolicy::base().check(Role::Executive, Kind::Figures, Action::Export));
    assert!(!policy.check(Role::Executive, Kind::Figures, Action::Export));
    assert!(policy.check(Role::Executive, Kind::Figures, Action::Read));
    assert!(policy.check(Role::Analyst, Kind::Figures, Action::Export));
}

#[test]
fn the_lines_of_one_tenant_say_nothing_in_another() {
    let (bsol, hhft) = (tenant("bsol").to_string(), tenant("hhft").to_string());
    let deny = lines("deny, viewer, figures, read").lines()[0];
    let allow = lines("allow, viewer, figures, export").lines()[0];
    let both = [(bsol.as_str(), deny), (hhft.as_str(), allow)];
    let viewer = enforcer(&both, Role::Viewer);
    let may = |domain: &str, action| powers(&viewer, domain, Role::Viewer).may(Kind::Figures, action);
    assert_eq!((may(&bsol, Action::Read), may(&bsol, Action::Export)), (false, false));
    assert_eq!((may(&hhft, Action::Read), may(&hhft, Action::Export)), (true, true));
    let third = tenant("bsmhft").to_string();
    for role in Role::ALL {
        let others = powers(&enforcer(&both, role), &third, role);
        assert_eq!(others, TenantPolicy::base().permissions(&[role]));
    }
}

#[test]
fn a_line_that_says_what_the_base_says_is_the_bases() {
    let policy = TenantPolicy::with(tenant("bsol"), &lines("allow, viewer, figures, read"));
    assert_eq!(policy, TenantPolicy::base());
    assert!(policy.matrix().iter().flat_map(|row| row.cells).all(|cell| cell.source == Source::Base));
}

#[test]
fn somebody_with_two_roles_may_what_either_may() {
    let policy = TenantPolicy::with(tenant("bsol"), &lines("deny, viewer, figures, read"));
    let both = policy.permissions(&[Role::Viewer, Role::Moderator]);
    assert!(both.may(Kind::Post, Action::Hide));
    assert!(both.may(Kind::Figures, Action::Read));
    assert!(!both.may(Kind::Campaign, Action::Launch));
    for (kind, action) in deeds() {
        let either = [Role::Viewer, Role::Moderator].iter().any(|role| policy.check(*role, kind, action));
        assert_eq!(both.may(kind, action), either, "{kind} {action}");
        assert!(!policy.permissions(&[]).may(kind, action));
        assert!(Permissions::all().may(kind, action));
    }
}

#[test]
fn a_cell_that_no_tenant_can_turn_round_says_why() {
    let matrix = TenantPolicy::base().matrix();
    let cell = |kind, action, role| {
        let row = matrix.iter().find(|row| (row.kind, row.action) == (kind, action)).unwrap();
        row.cells[role as usize]
    };
    for role in Role::ALL {
        let joined = cell(Kind::RollJoined, Action::Read, role);
        assert_eq!((joined.role, joined.allowed, joined.bound.is_some()), (role, false, true));
        let unmask = cell(Kind::Participant, Action::Unmask, role);
        assert_eq!((unmask.allowed, unmask.bound.is_some()), (false, true));
    }
    let grant = cell(Kind::Role, Action::Grant, Role::CommsLead);
    assert_eq!((grant.allowed, grant.bound), (true, Some(Bound::TheWayBackIsOpen)));
    assert_eq!(cell(Kind::Figures, Action::Export, Role::Viewer).bound, None);
}

#[test]
fn every_action_has_its_own_bit() {
    assert!(Action::ALL.len() <= u32::BITS as usize);
    assert!(Role::ALL.iter().enumerate().all(|(place, role)| *role as usize == place));
    assert!(Kind::ALL.iter().enumerate().all(|(place, kind)| *kind as usize == place));
}
