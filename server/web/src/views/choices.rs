//! Small shared shapes: errors of a form, and sample questions.

use domain::ids::PromptId;
use domain::round::{Prompt, Theme, VoteWording};
use serde::Serialize;

/// Something wrong with one field of a form.
#[derive(Clone, Debug, Serialize)]
pub struct FieldError {
    /// The field's name, or empty for the form as a whole.
    pub field: String,
    /// What is wrong and what to do.
    pub text: String,
}

pub(crate) fn sample_prompts() -> Vec<Prompt> {
    let prompt = |slug: &str, text: &str, agree: &str, disagree: &str| Prompt {
        id: PromptId::named(&["sample", slug]),
        slug: slug.into(),
        text: text.into(),
        hint: Some("It can be big or small. Say what happens and how often.".into()),
        votes: VoteWording { agree: agree.into(), disagree: disagree.into(), pass: "Not sure".into() },
    };
    let mut prompts = vec![
        prompt("frustrations", "What frustrates you at work?", "Me too", "Not my experience"),
        prompt("wrong", "What do we get wrong?", "I see this too", "I see it another way"),
        prompt("blocks", "What stops you doing your job well?", "It stops me too", "It does not stop me"),
        prompt(
            "behaviour",
            "How should we treat each other, and what should we no longer put up with?",
            "Agree",
            "Disagree",
        ),
    ];
    prompts[3].hint = None;
    prompts
}

pub(crate) fn sample_themes() -> Vec<Theme> {
    [
        ("time", "Time and workload"),
        ("people", "How we treat each other"),
        ("kit", "Computers and kit"),
        ("growth", "Training and getting on"),
    ]
    .into_iter()
    .map(|(slug, name)| Theme { slug: slug.into(), name: name.into() })
    .collect()
}
