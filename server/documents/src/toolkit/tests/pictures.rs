//! Pictures: their size, their QR code, and what is said of them.

use super::reading::qr_codes;
use super::*;

fn picture(piece: ToolkitPiece, facts: &ToolkitFacts) -> image::GrayImage {
    image::load_from_memory(&made(piece, facts)).unwrap().into_luma8()
}

#[test]
fn pictures_have_exactly_their_size() {
    for facts in [facts(), extended(), long_names()] {
        assert_eq!(picture(ToolkitPiece::Screen, &facts).dimensions(), (1920, 1080));
        for square in
            [ToolkitPiece::SquareInvitation, ToolkitPiece::SquareAnonymity, ToolkitPiece::SquareClosing]
        {
            assert_eq!(picture(square, &facts).dimensions(), (1080, 1080), "{square:?}");
        }
    }
}

#[test]
fn a_phone_reads_the_screen_from_across_the_room() {
    for facts in [facts(), long_names()] {
        let screen = picture(ToolkitPiece::Screen, &facts);
        assert_eq!(qr_codes(&screen), [&*facts.entry_link]);
        let small = image::imageops::resize(&screen, 576, 324, image::imageops::FilterType::Triangle);
        assert_eq!(qr_codes(&small), [&*facts.entry_link], "at 30 %");
    }
}

#[test]
fn every_picture_has_its_description() {
    let words = made_text(ToolkitPiece::PictureWords, &extended());
    let words = words.split_whitespace().collect::<Vec<_>>().join(" ");
    for said in [
        "You now have until Thursday 9 May 2024 at 11:59pm.",
        "bsol.example/join",
        "not on anything you share",
    ] {
        assert!(words.contains(said), "{said} in {words}");
    }
}
