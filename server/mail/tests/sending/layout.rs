//! The HTML of every sample: one layout, nothing fetched, readable without images, in the dark, and by ear.

use mail::{Message, emails::sample_messages};

use crate::people::dispatch;

fn samples() -> Vec<Message> {
    sample_messages(&dispatch(1)).unwrap()
}

/// What stands in each tag, between `<` and `>`; comments for Outlook are opened.
fn tags(html: &str) -> Vec<&str> {
    html.split('<').skip(1).filter_map(|rest| rest.split_once('>')).map(|(tag, _)| tag).collect()
}

#[test]
fn nothing_is_fetched_and_nothing_runs() {
    for message in samples() {
        let html = message.html();
        for tag in tags(html) {
            let name = tag.split([' ', '/']).next().unwrap_or_default();
            let banned =
                ["img", "script", "link", "form", "iframe", "object", "svg", "base", "video", "audio"];
            assert!(!banned.contains(&name), "{tag}");
            assert!(!tag.contains(" src=") && !tag.contains("background=") && !tag.contains(" on"), "{tag}");
        }
        let styles = html.split("<style").skip(1).map(|rest| rest.split("</style>").next().unwrap());
        let inline = html.split("style=\"").skip(1).map(|rest| rest.split('"').next().unwrap());
        for style in styles.chain(inline) {
            assert!(!style.contains("url(") && !style.contains("@import"), "{style}");
        }
    }
}

#[test]
fn every_table_is_for_layout_only() {
    for message in samples() {
        let html = message.html();
        let tables: Vec<_> = tags(html).into_iter().filter(|tag| tag.starts_with("table")).collect();
        assert!(!tables.is_empty());
        assert!(tables.iter().all(|tag| tag.contains("role=\"presentation\"")), "{tables:?}");
        let ended = tags(html).iter().filter(|tag| **tag == "/table").count();
        assert_eq!(tables.len(), ended, "each is closed");
        assert_eq!(html.matches("<th").count(), 0);
    }
}

#[test]
fn language_title_and_one_heading() {
    for message in samples() {
        let html = message.html();
        assert!(html.starts_with("<!doctype html><html lang=\"en-GB\""), "{html}");
        let title = html.split("<title>").nth(1).and_then(|rest| rest.split_once("</title>")).unwrap().0;
        assert!(!title.trim().is_empty());
        assert_eq!(html.matches("<h1").count(), 1);
        assert!(html.contains("name=\"viewport\" content=\"width=device-width, initial-scale=1\""));
    }
}

/// A reader who asked for the dark gets its colours: we paint nothing but the button, and say that we are ready.
#[test]
fn the_dark_stays_dark() {
    for message in samples() {
        let html = message.html();
        assert!(html.contains("<meta name=\"color-scheme\" content=\"light dark\""), "{html}");
        let button = tags(html).into_iter().filter(|tag| tag.contains("#005eb8")).count();
        assert_eq!(button, 2, "the button's cell and its link");
        for tag in tags(html).into_iter().filter(|tag| !tag.contains("#005eb8")) {
            // What a list shows after the subject is not shown here at all.
            let hidden = tag.contains("display:none");
            assert!(hidden || !tag.contains("background") && !tag.contains("bgcolor"), "{tag}");
            assert!(hidden || !tag.contains("color:#"), "{tag}");
        }
    }
}

#[test]
fn one_button_and_its_address_in_words() {
    for message in samples() {
        let html = message.html();
        let links: Vec<_> =
            html.split("href=\"").skip(1).map(|rest| rest.split('"').next().unwrap()).collect();
        let stop = usize::from(message.kind() == "nudge");
        assert_eq!(links.len(), 2 + stop, "the button, the support address, the way out: {links:?}");
        assert!(links[0].starts_with("https:"), "{links:?}");
        assert!(links[1].starts_with("mailto:support@example.org"), "{links:?}");
        assert_eq!(html.matches(links[0]).count(), 2, "once to press, once to read: {html}");
    }
}

/// The part that lists show, and locked screens: it is there, and holds no code.
#[test]
fn what_lists_show_is_no_code() {
    for message in samples() {
        let html = message.html();
        let preview = html.split("display:none").nth(1).and_then(|rest| rest.split_once("</div>")).unwrap().0;
        let words = preview.split_once('>').unwrap().1;
        assert!(!words.trim().is_empty(), "{html}");
        assert!(!words.contains("1234 5678") && !words.contains("7K2M"), "{words}");
        assert!(!message.subject().contains("1234") && !message.subject().contains("7K2M"));
    }
}
