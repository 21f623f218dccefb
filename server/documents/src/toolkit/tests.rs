//! Every piece, read back by readers that are not ours.

mod hostile;
mod paper;
mod pictures;
pub(crate) mod reading;
mod texts;

use chrono::{DateTime, NaiveDate, Utc};
use chrono_tz::Europe::London;
use domain::branding::{Colour, Palette};
use domain::tenant_pack::EntryRoute;

use super::*;
use crate::calendar::CalendarRound;
use crate::logo::sanitise_logo;

fn at(time: &str) -> DateTime<Utc> {
    time.parse().unwrap()
}

/// A round mark in two colours on a transparent ground.
fn logo() -> ToolkitLogo {
    let svg = "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 120 60\"><circle cx=\"30\" cy=\"30\" r=\"28\" fill=\"#14493f\"/>\
               <rect x=\"64\" y=\"8\" width=\"52\" height=\"44\" rx=\"8\" fill=\"#e2703a\"/></svg>";
    let png = sanitise_logo(svg.as_bytes()).unwrap().into_bytes();
    ToolkitLogo { png, alt: "A circle beside a square".into() }
}

/// The second conversation, as the council hears of it.
pub(super) fn facts() -> ToolkitFacts {
    ToolkitFacts {
        tenant_name: "Birmingham and Solihull Integrated Care System".into(),
        service_name: "Our Open Conversations".into(),
        logo: Some(logo()),
        palette: Palette::from_brand(Colour(0x14, 0x49, 0x3f), None, None),
        site: "https://bsol.example".into(),
        campaign_slug: "second-conversation".into(),
        campaign_title: "Our second Open Conversation".into(),
        purpose: "Check and challenge our draft pledges. They are made from what people told us in the first conversation. Say of \
                  each one if it is strong or wrong, and tell us what is missing. It is for all staff and volunteers in health \
                  and care here. Your name is not on anything you share."
            .into(),
        what_next: "We change the pledges because of what you say, and finish them. You will be able to see what changed in each \
                    one, and what led to it. Then every organisation here starts to work by them."
            .into(),
        organisation_slug: "birmingham-council".into(),
        organisation_name: "Birmingham City Council".into(),
        route: EntryRoute::SignUp,
        entry_address: "bsol.example/join".into(),
        entry_link: "https://bsol.example/join".into(),
        rounds: vec![CalendarRound {
            uid: "7f3c".into(),
            title: "Draft pledges".into(),
            opens_at: at("2024-04-23T08:00:00Z"),
            closes_at: at("2024-05-07T22:59:00Z"),
            changes: 0,
            changed_at: at("2024-04-23T08:00:00Z"),
            note: None,
        }],
        zone: London,
        moved: None,
        key_log_head: Some("3f7a 91c2 08de 55b1".into()),
        support_name: "The independent support team".into(),
        support_address: "help@support-partner.example".into(),
        questions_address: "conversations@bsol.example".into(),
        version: ToolkitVersion { number: 2, made_on: NaiveDate::from_ymd_opt(2024, 4, 16).unwrap() },
    }
}

/// The same on the day on which two more days were given.
pub(super) fn extended() -> ToolkitFacts {
    let mut facts = facts();
    facts.rounds[0].closes_at = at("2024-05-09T22:59:00Z");
    facts.rounds[0].changes = 1;
    facts.moved = Some(MovedClosing {
        former_closes_at: at("2024-05-07T22:59:00Z"),
        reason: "Many of you wanted more time to look at the pledges".into(),
    });
    facts.version = ToolkitVersion { number: 3, made_on: NaiveDate::from_ymd_opt(2024, 5, 6).unwrap() };
    facts
}

/// Those whose people get login details, with the longest names there are.
fn long_names() -> ToolkitFacts {
    let mut facts = facts();
    facts.route = EntryRoute::Invited;
    facts.logo = None;
    facts.palette = Palette::from_brand(Colour(0xf5, 0xbd, 0x3b), None, None);
    facts.organisation_name =
        "Birmingham Women's and Children's, Community, Acute and Mental Health Services NHS Foundation Trust ".repeat(2);
    facts.campaign_title = "What gets in the way of good work in every hospital, surgery, care home and council office, and what \
                            would make every one of them the best place to work that there is? "
        .repeat(2);
    facts.purpose = "A purpose in one endless sentence, ".repeat(80);
    facts.service_name = "Conversations of everybody who works in health and care anywhere here ".repeat(3);
    facts.tenant_name =
        "Integrated Care System of all the places that are here and there and everywhere ".repeat(3);
    facts.entry_address =
        "conversations.birmingham-and-solihull-integrated-care.example/join/what-gets-in-the-way/login"
            .into();
    facts.entry_link = format!("https://{}", facts.entry_address);
    facts.support_name = "The independent support team of the partner that analyses what you say ".repeat(4);
    facts.moved = Some(MovedClosing {
        former_closes_at: at("2024-05-05T22:59:00Z"),
        reason: "We need more time. ".repeat(16),
    });
    facts
}

fn made(piece: ToolkitPiece, facts: &ToolkitFacts) -> Vec<u8> {
    piece.make(facts).unwrap_or_else(|fault| panic!("{piece:?}: {fault}"))
}

fn made_text(piece: ToolkitPiece, facts: &ToolkitFacts) -> String {
    String::from_utf8(made(piece, facts)).unwrap()
}

#[test]
fn the_zip_has_every_piece_under_its_name_and_version() {
    let facts = extended();
    let bytes = zip(&facts).unwrap();
    let mut archive = ::zip::ZipArchive::new(std::io::Cursor::new(&bytes)).unwrap();
    let names: Vec<String> = archive.file_names().map(|name| name.unwrap().into_owned()).collect();
    assert_eq!(names.len(), ToolkitPiece::ALL.len());
    assert_eq!(names[0], "poster-a4-birmingham-council-v3.pdf");
    for piece in ToolkitPiece::ALL {
        let mut file = archive.by_name(&piece.file_name(&facts)).unwrap();
        let mut unpacked = Vec::new();
        std::io::Read::read_to_end(&mut file, &mut unpacked).unwrap();
        assert_eq!(unpacked, made(piece, &facts), "{piece:?}: equal facts, equal bytes");
    }
    assert_eq!(zip_name(&facts), "toolkit-birmingham-council-v3.zip");
    assert_eq!(bytes, zip(&facts).unwrap(), "equal facts, equal bytes");
}

#[test]
fn slugs_names_and_labels_are_each_their_own() {
    let facts = facts();
    let count = |words: Vec<String>| words.into_iter().collect::<std::collections::HashSet<_>>().len();
    let of = |name: &dyn Fn(ToolkitPiece) -> String| count(ToolkitPiece::ALL.map(name).to_vec());
    assert_eq!(of(&|piece| piece.slug().to_owned()), ToolkitPiece::ALL.len());
    assert_eq!(of(&|piece| piece.label().to_owned()), ToolkitPiece::ALL.len());
    assert_eq!(of(&|piece| piece.file_name(&facts)), ToolkitPiece::ALL.len());
    assert!(ToolkitPiece::ALL.iter().all(|piece| ToolkitPiece::of_slug(piece.slug()) == Some(*piece)));
}

#[test]
fn what_cannot_be_made_is_refused_with_its_reason() {
    let refused = |change: fn(&mut ToolkitFacts)| {
        let mut facts = facts();
        change(&mut facts);
        (facts.check().unwrap_err(), zip(&facts).unwrap_err().to_string())
    };
    let (fault, said) = refused(|facts| facts.campaign_title = "Say it 💬".into());
    assert!(
        matches!(fault, ToolkitFault::NoLetter { character: '💬', .. }) && said.contains("“💬”"),
        "{said}"
    );
    let (fault, _) = refused(|facts| facts.organisation_name = "turned \u{202e} round".into());
    assert!(matches!(fault, ToolkitFault::NoLetter { character: '\u{202e}', .. }), "{fault}");
    let (fault, _) = refused(|facts| facts.entry_link = format!("https://x.example/{}", "a".repeat(140)));
    assert!(matches!(fault, ToolkitFault::LinkTooLong { bytes: 158 }), "{fault}");
    for address in
        ["", "nobody", "a@b@c", "@b.example", "a@", "a@b.example>\r\nBcc: x@y.example", "a b@c.example"]
    {
        let mut facts = facts();
        facts.questions_address = address.into();
        assert!(matches!(facts.check(), Err(ToolkitFault::NoAddress(_))), "{address}");
    }
    let (fault, _) = refused(|facts| facts.rounds.clear());
    assert!(matches!(fault, ToolkitFault::NoRounds), "{fault}");
    let (fault, _) =
        refused(|facts| facts.logo = Some(ToolkitLogo { png: vec![1, 2, 3], alt: String::new() }));
    assert!(matches!(fault, ToolkitFault::BrokenLogo), "{fault}");
}
