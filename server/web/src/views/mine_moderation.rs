//! What moderators did about one's own posts: a part of the page "My ideas".

use domain::moderation::{MAX_NOTE_CHARACTERS, Reason, Rule};
use serde::Serialize;

/// What moderators did about one's own posts.
#[derive(Clone, Debug, Default, Serialize)]
pub struct MyModeration {
    /// Why one may not write now, if one may not.
    pub suspended: Option<MyStop>,
    /// The posts, with what there is to say about each.
    pub cases: Vec<MyModerated>,
    /// Whom to write to.
    pub support: String,
    /// Who that is.
    pub support_name: String,
    /// The most characters of an answer.
    pub limit: usize,
}

/// Why one may not write now.
#[derive(Clone, Debug, Serialize)]
pub struct MyStop {
    /// The reason, in words.
    pub reason: &'static str,
    /// More, from the moderator.
    pub note: Option<String>,
    /// The day on which one may write again, in words.
    pub until: Option<String>,
}

/// How things stand with a post.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum MyStanding {
    /// Nobody else sees it until a moderator has looked.
    Waiting,
    /// A moderator has hidden it.
    Hidden,
    /// The same, and its author has asked for another look.
    Appealed,
    /// It was put together with another.
    Merged,
    /// Others see it.
    Visible,
}

/// One's own post that a moderator has, or had, to look at.
#[derive(Clone, Debug, Serialize)]
pub struct MyModerated {
    /// Its id.
    pub id: String,
    /// Whether it is a comment.
    pub comment: bool,
    /// How it stands.
    pub standing: MyStanding,
    /// Its words as safe HTML.
    pub html: String,
    /// Why rules hold it, in words.
    pub held_for: Vec<&'static str>,
    /// Why it is hidden, in words.
    pub reason: Option<&'static str>,
    /// The idea that it was put together with.
    pub merged_into: Option<String>,
    /// What was said about it, oldest first.
    pub said: Vec<MySaid>,
    /// Whether a moderator waits for an answer.
    pub may_answer: bool,
    /// Whether one may ask for another look.
    pub may_appeal: bool,
    /// Whether one may change it.
    pub may_change: bool,
    /// Whether one takes it back from here: it stands in no other place.
    pub may_take_back: bool,
    /// Why what was just sent was not taken.
    pub error: Option<String>,
    /// What was sent then.
    pub typed: String,
}

impl MyModerated {
    /// Whether it has a form for words to the moderators.
    pub(crate) fn may_say(&self) -> bool {
        self.may_answer || self.may_appeal
    }
}

/// Something that was said about a post.
#[derive(Clone, Debug, Serialize)]
pub struct MySaid {
    /// Who says what: "A moderator asks".
    pub who: &'static str,
    /// The words; empty where the act says it all.
    pub words: String,
    /// What the post said before, as safe HTML.
    pub before: Option<String>,
}

impl MyModeration {
    /// Every state at once.
    pub(crate) fn sample() -> Self {
        let post = |id: &str, standing, words: &str| MyModerated {
            id: id.into(),
            comment: false,
            standing,
            html: format!("<p>{words}</p>"),
            held_for: Vec::new(),
            reason: None,
            merged_into: None,
            said: Vec::new(),
            may_answer: false,
            may_appeal: false,
            may_change: false,
            may_take_back: standing != MyStanding::Visible,
            error: None,
            typed: String::new(),
        };
        let said = |who, words: &str| MySaid { who, words: words.into(), before: None };
        let held = MyModerated {
            held_for: vec![Rule::Names.label(), Rule::Links.label()],
            may_change: true,
            ..post("m1", MyStanding::Waiting, "Ask Susan, she knows: www.example.org")
        };
        let asked = MyModerated {
            comment: true,
            said: vec![said("A moderator asks", "Which clinic is this about? A kind of clinic is enough.")],
            may_answer: true,
            ..post("m2", MyStanding::Visible, "The clinic never calls back.")
        };
        let hidden = MyModerated {
            reason: Some(Reason::Identifies.to_author()),
            said: vec![said("A moderator says", "Only one person works there on Fridays.")],
            may_appeal: true,
            error: Some("Write something first. The box is empty.".into()),
            ..post("m3", MyStanding::Hidden, "In bay 3 on a Friday you wait for ever.")
        };
        let appealed = MyModerated {
            reason: Some(Reason::OffTopic.to_author()),
            said: vec![said("You asked for another look", "Parking keeps people from coming to work.")],
            ..post("m4", MyStanding::Appealed, "The car park is full at six.")
        };
        let amended = MyModerated {
            said: vec![MySaid {
                before: Some("<p>Ask Priya about the rota.</p>".into()),
                ..said("A moderator changed it", "We took out a name.")
            }],
            ..post("m5", MyStanding::Visible, "Ask about the rota.")
        };
        let merged = MyModerated {
            merged_into: Some("7d0f5c1e".into()),
            said: vec![said("A moderator put it together with another", "")],
            ..post("m6", MyStanding::Merged, "Rotas come late.")
        };
        Self {
            suspended: Some(MyStop {
                reason: Reason::Abuse.to_author(),
                note: Some("Please read the ground rules.".into()),
                until: Some("8 May".into()),
            }),
            cases: vec![held, asked, hidden, appealed, amended, merged],
            support: "support@example.org".into(),
            support_name: "The independent support team".into(),
            limit: MAX_NOTE_CHARACTERS,
        }
    }
}
