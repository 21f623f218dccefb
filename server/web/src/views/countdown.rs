//! The days that are left, for a frame of 320 × 180 CSS pixels in somebody else's page.

use serde::Serialize;

use super::{Chrome, View};
use crate::assets;

/// The page. It has no header and no footer, and loads no script.
#[derive(Clone, Debug, Serialize)]
pub struct Countdown {
    /// The tenant's frame, of which it takes the colours.
    pub site: Chrome,
    /// URL of its own stylesheet.
    pub css: String,
    /// What the conversation is called.
    pub title: String,
    /// What counts: "5 days left".
    pub said: String,
    /// The day, in a sentence.
    pub more: String,
    /// The words of the link.
    pub link_words: String,
    /// Where it leads: an address with its host.
    pub link: String,
}

impl View for Countdown {
    const TEMPLATE: &'static str = "countdown.html";

    fn samples(chrome: &Chrome) -> Vec<(&'static str, Self)> {
        let page = |said: &str, more: &str, link_words: &str| Countdown {
            site: chrome.clone(),
            css: assets::url("countdown.css"),
            title: "Our second Open Conversation".into(),
            said: said.into(),
            more: more.into(),
            link_words: link_words.into(),
            link: "https://example.org/join/second".into(),
        };
        let open =
            page("5 days left", "It is open until Thursday 9 May 2024 at 11:59pm.", "Join the conversation");
        let long = "What gets in the way of good work in every hospital, surgery, care home and council office, and what would help?";
        let upcoming = page(
            "Opens in 13 days",
            "It opens on Wednesday 30 November 2024 at 11:59am.",
            "Find out how to join",
        );
        vec![
            ("open", open),
            ("long", Countdown { title: long.into(), ..upcoming }),
            (
                "paused",
                page(
                    "Paused for now",
                    "You can read everything. You can write again when it goes on.",
                    "Find out more",
                ),
            ),
            ("closed", page("Closed", "It closed on Thursday 9 May 2024 at 11:59pm.", "What happens next")),
        ]
    }
}
