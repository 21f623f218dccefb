//! The lines of a policy: `allow, viewer, figures, export`. A `#` begins a comment.
//!
//! [`TenantLines::read`] finds everything that is wrong with a tenant's own at once, the bounds included: what it gives can be enforced.

use std::collections::HashMap;
use std::fmt;

use thiserror::Error;

use crate::{Action, Bound, Kind, Role};

/// The most bytes of a tenant's own lines.
pub const MAX_TEXT_BYTES: usize = 64 * 1_024;
/// The most lines of a tenant's own: four times as many as there are cells would say nothing new.
pub const MAX_LINES: usize = 500;

/// What a line does.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Effect {
    /// It allows, unless another line denies.
    Allow,
    /// It denies, whatever other lines allow.
    Deny,
}

/// One line of a policy.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Line {
    /// What it does.
    pub effect: Effect,
    /// Whose power it is about.
    pub role: Role,
    /// To do something to what.
    pub kind: Kind,
    /// To do what.
    pub action: Action,
}

/// A tenant's own lines, of which each is within the bounds.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TenantLines(Vec<Line>);

/// What is wrong with one line, and which.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("line {line}: {wrong}")]
pub struct PolicyProblem {
    /// The line's number in the text, from 1.
    pub line: u64,
    /// What is wrong.
    pub wrong: Wrong,
}

/// What can be wrong with a line. Each says what to do.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum Wrong {
    /// The whole text is too long.
    #[error(
        "a policy has at most {MAX_LINES} lines and {MAX_TEXT_BYTES} bytes: leave out what the base allows anyway"
    )]
    TooMuch,
    /// Another number of values.
    #[error("a line has four values, and this one has {found}: write it as `allow, viewer, figures, export`")]
    Values {
        /// How many.
        found: usize,
    },
    /// Neither `allow` nor `deny`.
    #[error("{found:?} is neither `allow` nor `deny`")]
    Effect {
        /// What it says.
        found: String,
    },
    /// No role.
    #[error("there is no role {found:?}: use one of {}", Role::ALL.map(Role::slug).join(", "))]
    Role {
        /// What it says.
        found: String,
    },
    /// No kind of thing.
    #[error("there is no kind {found:?}: use one of {}", slugs(Kind::ALL))]
    Kind {
        /// What it says.
        found: String,
    },
    /// Nothing that can be done to this kind.
    #[error("{found:?} cannot be done to `{kind}`: use one of {}", slugs(.kind.actions()))]
    Action {
        /// To what.
        kind: Kind,
        /// What it says.
        found: String,
    },
    /// It says the same as another.
    #[error("this says the same as line {first}: keep one of them")]
    Twice {
        /// The other line.
        first: u64,
    },
    /// It says the opposite of another.
    #[error("this says the opposite of line {first}: keep the one that you mean")]
    Opposite {
        /// The other line.
        first: u64,
    },
    /// It goes beyond a bound.
    #[error("take this line out: {}", .0.reason())]
    Bound(Bound),
}

impl TenantLines {
    /// A tenant's own lines as it wrote them: the text of its `policy.csv`, or what its page keeps, a line each.
    ///
    /// # Errors
    /// Every problem, in the order of lines.
    pub fn read(text: &str) -> Result<Self, Vec<PolicyProblem>> {
        let (numbered, mut problems) = read(text);
        let mut before = HashMap::new();
        for (number, line) in &numbered {
            let wrong = match before.insert((line.role, line.kind, line.action), (*number, line.effect)) {
                Some((first, effect)) if effect == line.effect => Some(Wrong::Twice { first }),
                Some((first, _)) => Some(Wrong::Opposite { first }),
                None => Bound::on(line).map(Wrong::Bound),
            };
            problems.extend(wrong.map(|wrong| PolicyProblem { line: *number, wrong }));
        }
        if numbered.len() > MAX_LINES {
            problems.push(PolicyProblem { line: numbered[MAX_LINES].0, wrong: Wrong::TooMuch });
        }
        problems.sort_by_key(|problem| problem.line);
        match problems.is_empty() {
            true => Ok(Self(numbered.into_iter().map(|(_, line)| line).collect())),
            false => Err(problems),
        }
    }

    /// The lines, in the order in which they were written.
    pub fn lines(&self) -> &[Line] {
        &self.0
    }
}

impl fmt::Display for Effect {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Allow => "allow",
            Self::Deny => "deny",
        })
    }
}

impl fmt::Display for Line {
    /// As it is written.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}, {}, {}, {}", self.effect, self.role, self.kind, self.action)
    }
}

/// Every line of `text` that says something, with its number, and what is wrong with the others.
pub(crate) fn read(text: &str) -> (Vec<(u64, Line)>, Vec<PolicyProblem>) {
    if text.len() > MAX_TEXT_BYTES {
        return (Vec::new(), vec![PolicyProblem { line: 1, wrong: Wrong::TooMuch }]);
    }
    let (mut lines, mut problems) = (Vec::new(), Vec::new());
    for (number, line) in (1..).zip(text.lines()) {
        let said = line.split('#').next().unwrap_or_default().trim();
        if said.is_empty() {
            continue;
        }
        match parse(said) {
            Ok(line) => lines.push((number, line)),
            Err(wrong) => problems.push(PolicyProblem { line: number, wrong }),
        }
    }
    (lines, problems)
}

fn parse(said: &str) -> Result<Line, Wrong> {
    let values: Vec<&str> = said.split(',').map(str::trim).collect();
    let [effect, role, kind, action] = values[..] else {
        return Err(Wrong::Values { found: values.len() });
    };
    let effect = match effect {
        "allow" => Effect::Allow,
        "deny" => Effect::Deny,
        _ => return Err(Wrong::Effect { found: effect.to_owned() }),
    };
    let role = role.parse().map_err(|_| Wrong::Role { found: role.to_owned() })?;
    let kind = Kind::from_slug(kind).ok_or_else(|| Wrong::Kind { found: kind.to_owned() })?;
    let known = Action::from_slug(action).filter(|action| kind.actions().contains(action));
    let action = known.ok_or_else(|| Wrong::Action { kind, found: action.to_owned() })?;
    Ok(Line { effect, role, kind, action })
}

fn slugs(all: &[impl ToString]) -> String {
    all.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ")
}

#[cfg(test)]
mod tests;
