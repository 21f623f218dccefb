//! Posters, the leaflet and the page of questions: accessible, complete, readable from afar.

use super::reading::{Paper, qr_codes};
use super::*;

const PDFS: [ToolkitPiece; 4] =
    [ToolkitPiece::PosterA4, ToolkitPiece::PosterA3, ToolkitPiece::Leaflet, ToolkitPiece::ManagersPdf];

fn paper(piece: ToolkitPiece, facts: &ToolkitFacts) -> Paper {
    Paper::read(&made(piece, facts))
}

#[test]
fn papers_are_tagged_and_their_fonts_are_inside() {
    for facts in [facts(), extended(), long_names()] {
        for piece in PDFS {
            let paper = paper(piece, &facts);
            assert!(paper.is_tagged(), "{piece:?}");
            assert_eq!(paper.language(), "en-GB", "{piece:?}");
            assert!(
                paper.title().contains(&*on_one_line(&facts.campaign_title)),
                "{piece:?}: {}",
                paper.title()
            );
            assert!(paper.shows_its_title(), "{piece:?}");
            let fonts = paper.fonts();
            assert!(!fonts.is_empty() && fonts.iter().all(|(_, embedded)| *embedded), "{piece:?}: {fonts:?}");
            assert!(fonts.iter().all(|(name, _)| name.contains("Inter")), "{piece:?}: {fonts:?}");
            assert_eq!(paper.tags("H1"), 1, "{piece:?}");
            assert!(paper.tags("H2") > 0 && paper.tags("P") > 5, "{piece:?}");
            assert_eq!(paper.tags("LI"), if piece == ToolkitPiece::ManagersPdf { 0 } else { 3 }, "{piece:?}");
        }
    }
}

#[test]
fn pictures_on_paper_are_described() {
    let facts = facts();
    for piece in [ToolkitPiece::PosterA4, ToolkitPiece::PosterA3, ToolkitPiece::Leaflet] {
        let described = paper(piece, &facts).descriptions();
        assert_eq!(
            described,
            ["A circle beside a square", "QR code. It leads to https://bsol.example/join"],
            "{piece:?}"
        );
    }
    assert_eq!(paper(ToolkitPiece::ManagersPdf, &facts).descriptions(), ["A circle beside a square"]);
    assert_eq!(paper(ToolkitPiece::PosterA4, &long_names()).descriptions().len(), 1, "there is no logo");
}

#[test]
fn papers_have_their_size_and_no_page_too_many() {
    for facts in [facts(), extended(), long_names()] {
        assert_eq!(paper(ToolkitPiece::PosterA4, &facts).sizes(), [(210, 297)]);
        assert_eq!(paper(ToolkitPiece::PosterA3, &facts).sizes(), [(297, 420)]);
        assert_eq!(paper(ToolkitPiece::Leaflet, &facts).sizes(), [(148, 210), (148, 210)]);
        assert_eq!(paper(ToolkitPiece::ManagersPdf, &facts).sizes(), [(210, 297)]);
    }
}

#[test]
fn a_poster_says_all_there_is_to_say() {
    for piece in [ToolkitPiece::PosterA4, ToolkitPiece::PosterA3, ToolkitPiece::Leaflet] {
        let text = paper(piece, &facts()).text();
        for said in [
            "Birmingham City Council",
            "Our second Open Conversation",
            "Our Open Conversations",
            "Check and challenge our draft pledges.",
            "Open until Tuesday 7 May 2024 at 11:59pm.",
            "Sign up with your email address.",
            "bsol.example/join",
            "Your name is not on anything you share.",
            "help@support-partner.example",
            "conversations@bsol.example",
            "3f7a 91c2 08de 55b1",
            "Version 2, 16 April 2024",
        ] {
            assert!(reading::holds(&text, said), "{piece:?}: {said} in {text}");
        }
        assert!(!reading::holds(&text, "You now have until"), "{piece:?}");
    }
}

#[test]
fn after_an_extension_every_paper_says_so() {
    for piece in PDFS {
        let text = paper(piece, &extended()).text();
        for said in [
            "You now have until Thursday 9 May 2024 at 11:59pm.",
            "Before, it was Tuesday 7 May 2024 at 11:59pm.",
            "Why: Many of you wanted more time to look at the pledges.",
            "Version 3, 6 May 2024",
        ] {
            assert!(reading::holds(&text, said), "{piece:?}: {said} in {text}");
        }
    }
}

#[test]
fn before_there_are_keys_no_paper_speaks_of_them() {
    let facts = ToolkitFacts { key_log_head: None, ..facts() };
    assert!(PDFS.iter().all(|piece| !reading::holds(&paper(*piece, &facts).text(), "keys")));
}

#[test]
fn each_route_has_its_own_way_in() {
    let mut facts = facts();
    let sign_up = paper(ToolkitPiece::PosterA4, &facts).text();
    facts.route = EntryRoute::Invited;
    let invited = paper(ToolkitPiece::PosterA4, &facts).text();
    assert!(
        reading::holds(&sign_up, "Sign up with your email address")
            && !reading::holds(&sign_up, "login details")
    );
    assert!(reading::holds(&invited, "Look for the email or letter with your login details"), "{invited}");
    assert!(!reading::holds(&invited, "Sign up"), "{invited}");
}

/// As an office scanner sees the page, with 150 pixels to the inch, and a page made so small that A4 is a playing card, with 300.
#[test]
fn qr_codes_are_read_at_full_size_and_at_thirty_percent() {
    for facts in [facts(), long_names()] {
        for piece in [ToolkitPiece::PosterA4, ToolkitPiece::PosterA3, ToolkitPiece::Leaflet] {
            let paper = made(piece, &facts);
            for (size, pixels) in [(1.0, 150.0), (0.3, 300.0)] {
                let read = qr_codes(&reading::drawn(&paper, 0, size * pixels));
                assert_eq!(read, [&*facts.entry_link], "{piece:?} at {size} of its size");
            }
        }
    }
}
