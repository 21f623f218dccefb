//! What a planned email says: the tenant's own words, or the usual ones of its kind, with what the campaign knows filled in. A tenant's words
//! are data: `{closes}` and its like are looked up once, and what is filled in is not looked at again.

use crate::planned_email::{EmailFile, EmailKind};

/// Longest subject, characters.
pub const MAX_SUBJECT_CHARACTERS: usize = 120;
/// Longest text, characters.
pub const MAX_TEXT_CHARACTERS: usize = 4_000;

/// What words may name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Placeholder {
    /// The tenant's name.
    Tenant,
    /// The campaign's title.
    Conversation,
    /// The organisation of whoever gets the email.
    Organisation,
    /// When it opens.
    Opens,
    /// When it closes.
    Closes,
    /// Why the closing was moved last.
    Reason,
}

impl Placeholder {
    /// Every one.
    pub const ALL: [Self; 6] =
        [Self::Tenant, Self::Conversation, Self::Organisation, Self::Opens, Self::Closes, Self::Reason];

    /// As it stands between braces.
    pub fn name(self) -> &'static str {
        match self {
            Self::Tenant => "tenant",
            Self::Conversation => "conversation",
            Self::Organisation => "organisation",
            Self::Opens => "opens",
            Self::Closes => "closes",
            Self::Reason => "reason",
        }
    }
}

/// What is filled in, already in words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Facts {
    /// The tenant's name.
    pub tenant: String,
    /// The campaign's title.
    pub conversation: String,
    /// The organisation's name.
    pub organisation: String,
    /// When it opens.
    pub opens: String,
    /// When it closes.
    pub closes: String,
    /// Why the closing was moved last; empty if it never was.
    pub reason: String,
}

impl Facts {
    fn get(&self, placeholder: Placeholder) -> &str {
        match placeholder {
            Placeholder::Tenant => &self.tenant,
            Placeholder::Conversation => &self.conversation,
            Placeholder::Organisation => &self.organisation,
            Placeholder::Opens => &self.opens,
            Placeholder::Closes => &self.closes,
            Placeholder::Reason => &self.reason,
        }
    }
}

/// An email's words as they go out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Words {
    /// The subject.
    pub subject: String,
    /// The paragraphs, none of them empty.
    pub paragraphs: Vec<String>,
    /// What stands on the button.
    pub button: &'static str,
}

/// What `email` says.
pub fn words(email: &EmailFile, facts: &Facts) -> Words {
    let (subject, text, button) = usual(email.kind);
    let own = |own: &str, usual: &'static str| fill(if own.trim().is_empty() { usual } else { own }, facts);
    let paragraphs = own(&email.text, text).replace("\r\n", "\n");
    let one_line = |paragraph: &str| paragraph.split_whitespace().collect::<Vec<_>>().join(" ");
    Words {
        subject: one_line(&own(&email.subject, subject)),
        paragraphs: paragraphs
            .split("\n\n")
            .map(one_line)
            .filter(|paragraph| !paragraph.is_empty())
            .collect(),
        button,
    }
}

/// What is wrong with an email's own words.
pub fn problems(email: &EmailFile) -> Vec<String> {
    let mut problems = Vec::new();
    let mut check = |what: &str, text: &str, most: usize| {
        if text.chars().count() > most {
            problems.push(format!("{what} has more than {most} characters"));
        }
        let known = |name: &&str| !Placeholder::ALL.iter().any(|one| one.name() == *name);
        for name in placeholders(text).filter(known) {
            let all = Placeholder::ALL.map(|one| format!("{{{}}}", one.name())).join(", ");
            problems.push(format!("{what} has {{{name}}}, which is none of {all}"));
        }
    };
    check("subject", &email.subject, MAX_SUBJECT_CHARACTERS);
    check("text", &email.text, MAX_TEXT_CHARACTERS);
    if email.subject.chars().any(char::is_control) {
        problems.push("subject has a line break or a hidden character in it".to_owned());
    }
    problems
}

/// The names in braces.
fn placeholders(text: &str) -> impl Iterator<Item = &str> {
    text.split('{').skip(1).filter_map(|rest| rest.split_once('}')).map(|(name, _)| name)
}

/// One pass from left to right: what is filled in is never read as a name itself.
fn fill(text: &str, facts: &Facts) -> String {
    let mut filled = String::with_capacity(text.len() + 64);
    let mut parts = text.split('{');
    filled.push_str(parts.next().unwrap_or_default());
    for part in parts {
        let known = part.split_once('}').and_then(|(name, rest)| {
            let placeholder = Placeholder::ALL.into_iter().find(|one| one.name() == name)?;
            Some((facts.get(placeholder), rest))
        });
        match known {
            Some((fact, rest)) => filled.extend([fact, rest]),
            None => filled.extend(["{", part]),
        }
    }
    filled
}

/// Subject, text and button that an email has unless the tenant wrote its own.
pub fn usual(kind: EmailKind) -> (&'static str, &'static str, &'static str) {
    const COME_IN: &str = "Come in";
    const READ: &str = "Read more";
    match kind {
        EmailKind::Launch => (
            "{conversation} is open: say what you think",
            "{conversation} is open for everyone who works or volunteers for {organisation}.\n\n\
             Say what gets in the way of good work, and what would help. Read what others say, comment and vote. Nobody can see \
             who wrote what: not your manager, and not us.\n\n\
             It is open day and night until {closes}. A few minutes are enough.",
            COME_IN,
        ),
        EmailKind::Reminder => (
            "There is still time to join {conversation}",
            "People at {organisation} and elsewhere are saying what would make work better. We would like to hear from you too.\n\n\
             You can read, vote and comment without a name. It takes as much or as little time as you like.\n\n\
             It is open day and night until {closes}.",
            COME_IN,
        ),
        EmailKind::Extension => (
            "More time: {conversation} stays open",
            "{conversation} now stays open until {closes}.\n\n{reason}\n\n\
             If you have not been in yet, there is time to read, vote and say what you think. No name is on anything.",
            COME_IN,
        ),
        EmailKind::LastDay => (
            "Last day: {conversation} closes today",
            "Today is the last day. {conversation} closes on {closes}.\n\n\
             Five minutes are enough to read what others say, vote, and add an idea of your own. No name is on anything.",
            COME_IN,
        ),
        EmailKind::Closed => (
            "{conversation} has closed. Thank you",
            "{conversation} closed on {closes}. Thank you to everyone who took part.\n\n\
             Independent analysts now read everything that was said. We will tell you what they found, and what happens next.",
            READ,
        ),
        EmailKind::YouSaid => (
            "What people said in {conversation}",
            "What people said in {conversation} has been read and put in order by independent analysts.\n\n\
             You can read the report now. It says what was found, and how often.",
            READ,
        ),
        EmailKind::Results => (
            "What comes of {conversation}",
            "You can now read what {tenant} will do because of {conversation}, and what each step goes back to.",
            READ,
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn facts() -> Facts {
        Facts {
            tenant: "The system".into(),
            conversation: "The {closes} talk".into(),
            organisation: "Trust {reason}".into(),
            opens: "Monday".into(),
            closes: "Friday".into(),
            reason: String::new(),
        }
    }

    fn email(subject: &str, text: &str) -> EmailFile {
        let mut email = EmailFile::new("e", "E", EmailKind::Extension, chrono::NaiveDateTime::default());
        (email.subject, email.text) = (subject.into(), text.into());
        email
    }

    #[test]
    fn what_is_filled_in_is_not_read_again() {
        let said = words(
            &email("{conversation} to {closes}", "At {organisation}.\r\n\r\n{reason}\n\n{other} {"),
            &facts(),
        );
        assert_eq!(said.subject, "The {closes} talk to Friday");
        assert_eq!(said.paragraphs, ["At Trust {reason}.", "{other} {"]);
    }

    #[test]
    fn every_kind_has_words_that_name_only_what_is_known() {
        for kind in EmailKind::ALL {
            let (subject, text, _) = usual(kind);
            assert_eq!(problems(&email(subject, text)), Vec::<String>::new(), "{kind:?}");
            let mut usual = email("", "");
            usual.kind = kind;
            let said = words(&usual, &Facts { conversation: "Talk".into(), ..facts() });
            assert!(!said.subject.contains('{') && !said.paragraphs.is_empty(), "{said:?}");
        }
    }

    #[test]
    fn unknown_names_and_hidden_characters_are_refused() {
        let said = problems(&email("a\nBcc: x", "until {closing}")).join("; ");
        assert!(
            said.contains("{closing}, which is none of {tenant}") && said.contains("hidden character"),
            "{said}"
        );
        assert_eq!(problems(&email("", &"a".repeat(MAX_TEXT_CHARACTERS + 1))).len(), 1);
    }
}
