//! Ten thousand names of the worst kind in every place of every email: no header, no element, no line of their own.

use mail::{
    Address, AlreadyJoined, Dispatch, Email, HeaderText, Invitation, Message, Nudge, Sender,
    SignUpConfirmation, StaffInvitation,
};
use mail_parser::MessageParser;
use rand::{RngExt, SeedableRng, rngs::StdRng, seq::IndexedRandom};

use crate::{mime::split, people::nudge_dispatch};

const NAMES: usize = 10_000;

/// Pieces that mean something to somebody on the way.
const PIECES: &[&str] = &[
    "\r\n",
    "\n",
    "\r",
    "\r\n\r\n",
    "Bcc: x@example.org",
    "\r\nBcc: x@example.org",
    "\nSubject: x",
    "\r\n.\r\n",
    "MAIL FROM:<x>",
    "<",
    ">",
    "\"",
    "'",
    "&",
    "</p>",
    "</td></table>",
    "<script>alert(1)</script>",
    "<img src=x onerror=y>",
    "<!--",
    "-->",
    "<![endif]-->",
    "]]>",
    "</style>",
    "</title>",
    "{{",
    "}}",
    "{% raw %}",
    "{% endraw %}",
    "{#",
    "#}",
    "{{ link }}",
    "{{ 7 * 7 }}",
    "<mj-text>",
    "</mj-text>",
    "<mj-raw>",
    "<mj-include path=\"head.mjml\" />",
    "&lt;b&gt;",
    "&#60;",
    "=?utf-8?b?eA==?=",
    "=\r\n",
    "=3C",
    "%0d%0a",
    "\u{0}",
    "\u{7}",
    "\t",
    "\u{b}",
    "\u{85}",
    "\u{2028}",
    "\u{2029}",
    "\u{202E}",
    "\u{2066}",
    "\u{FEFF}",
    "\u{200D}",
    "é",
    "ß",
    "会",
    "🦉",
    "\u{301}",
    "\\",
    "`",
    "*",
    "_",
    "[x](https://example.org)",
    "https://example.org",
    "javascript:alert(1)",
    "x@example.org",
    ".",
    "..",
    "-- ",
    "From ",
    " ",
    "  ",
    "Sam",
    "Birch",
    "St. Mary’s",
    "NHS Trust",
    "Wide",
    "W",
];

fn name(random: &mut StdRng) -> String {
    if random.random_ratio(1, 20) {
        return PIECES.choose(random).unwrap().repeat(200).chars().take(200).collect();
    }
    (0..random.random_range(1..12)).map(|_| *PIECES.choose(random).unwrap()).collect()
}

/// Every email with `name` wherever a tenant or a person may write.
fn emails(name: &str, dispatch: &Dispatch) -> [Message; 5] {
    let words = || name.to_owned();
    let confirmation = SignUpConfirmation {
        tenant_name: words(),
        campaign_title: words(),
        code: words(),
        support_name: words(),
        ..SignUpConfirmation::samples().remove(0)
    };
    let joined = AlreadyJoined {
        tenant_name: words(),
        campaign_title: words(),
        support_name: words(),
        ..AlreadyJoined::samples().remove(0)
    };
    let invitation = Invitation {
        tenant_name: words(),
        campaign_title: words(),
        organisation_name: words(),
        opens: words(),
        closes: words(),
        login_code: words(),
        key_log_head: words(),
        support_name: words(),
        ..Invitation::samples().remove(0)
    };
    let staff = StaffInvitation {
        tenant_name: words(),
        campaign_title: words(),
        service_name: words(),
        name: words(),
        invited_by: words(),
        until: words(),
        support_name: words(),
        ..StaffInvitation::samples().remove(0)
    };
    let nudge = Nudge {
        tenant_name: words(),
        campaign_title: words(),
        organisation_name: words(),
        // Alone it could come out empty, which is refused.
        subject: format!("About {name}"),
        preheader: words(),
        heading: words(),
        paragraphs: vec![words(), words()],
        button_text: words(),
        login_code: Some(words()),
        closes: Some(words()),
        support_name: words(),
        postal_address: Some(words()),
        ..Nudge::samples().remove(0)
    };
    let compose = |message: Result<Message, _>| message.unwrap();
    [
        compose(Message::compose(&confirmation, dispatch.clone())),
        compose(Message::compose(&joined, dispatch.clone())),
        compose(Message::compose(&invitation, dispatch.clone())),
        compose(Message::compose(&staff, dispatch.clone())),
        compose(Message::compose(&nudge, dispatch.clone())),
    ]
}

/// What a reader of HTML takes for the beginning of something.
fn signs(html: &str) -> [usize; 4] {
    ["<", ">", "\"", "<!--"].map(|sign| html.matches(sign).count())
}

#[test]
fn ten_thousand_names_stay_words() {
    let mut random = StdRng::seed_from_u64(20_260_303);
    let plain = nudge_dispatch(1);
    let harmless = emails("Sam Birch", &plain).map(|message| (signs(message.html()), headers(&message)));
    for round in 0..NAMES {
        let name = name(&mut random);
        // A sender with a forbidden name does not come to be at all.
        let from = match HeaderText::parse(&name) {
            Ok(name) => Sender::new(name, Address::parse("hello@bsol.example").unwrap()),
            Err(_) => plain.from.clone(),
        };
        let dispatch = Dispatch { from, ..plain.clone() };
        for (message, (signs_before, headers_before)) in emails(&name, &dispatch).iter().zip(&harmless) {
            assert_eq!(signs(message.html()), *signs_before, "{round}: {name:?} in {}", message.kind());
            assert_eq!(headers(message), *headers_before, "{round}: {name:?} in {}", message.kind());
            for line in message.text().lines() {
                let whole = line.contains("://") || line.contains('@');
                assert!(line.chars().count() < 78 || whole, "{round}: {line:?}");
                assert!(!line.contains(char::is_control), "{round}: {line:?}");
            }
        }
    }
}

/// The headers' names, read by two readers who know nothing of each other.
fn headers(message: &Message) -> Vec<String> {
    let bytes = message.formatted().unwrap();
    let (ours, _) = split(std::str::from_utf8(&bytes).unwrap());
    let theirs = MessageParser::default().parse(&bytes).unwrap();
    let mut names: Vec<_> = theirs.headers_raw().map(|(name, _)| name.to_ascii_lowercase()).collect();
    names.sort_unstable();
    let mut own: Vec<_> = ours.into_keys().collect();
    own.sort_unstable();
    assert_eq!(names, own);
    names
}
