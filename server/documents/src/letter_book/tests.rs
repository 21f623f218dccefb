use super::*;
use crate::toolkit::reading::{Paper, drawn, holds, qr_codes};
use domain::branding::Colour;

fn head() -> LetterHead {
    LetterHead {
        tenant_name: "Birmingham and Solihull Integrated Care System".into(),
        campaign_title: "What is it like here?".into(),
        organisation_name: "University Hospitals Birmingham NHS Foundation Trust".into(),
        opens: "Monday 3 March 2025 at 9:00am".into(),
        closes: "Sunday 16 March 2025 at midnight".into(),
        entry_address: "bsol.example/join/first/login".into(),
        key_log_head: "3f7a 91c2 08de 55b1".into(),
        support_name: "The independent support team".into(),
        support_address: "help@support-partner.example".into(),
    }
}

fn book() -> LetterBook {
    LetterBook::new(head(), Palette::from_brand(Colour(0x14, 0x49, 0x3f), None, None), None).unwrap()
}

fn letter(number: usize) -> Letter {
    let code = format!("ABCD-EFGH-JKMN-{number:04}");
    let link = format!("https://bsol.example/join/first/login?code={code}");
    Letter { email: format!("person-{number}@uhb.example"), code, link }
}

#[test]
fn every_letter_has_what_its_reader_needs_and_nobody_elses() {
    let letters: Vec<Letter> = (0..5).map(letter).collect();
    let pdf = book().part(2, &letters).unwrap();
    let paper = Paper::read(&pdf);
    assert!(paper.is_tagged() && paper.language() == "en-GB" && paper.tags("H1") == 5);
    assert_eq!(paper.sizes(), [(210, 297); 3]);
    for (number, (page, pair)) in paper.texts().iter().zip(letters.chunks(2)).enumerate() {
        for (letter, place) in pair.iter().zip(2 * number + 1..) {
            let place = format!("2/{place}");
            for said in [
                &*letter.email,
                &*letter.code,
                "Opens Monday 3 March 2025 at 9:00am.",
                "3f7a 91c2 08de 55b1",
                &*place,
            ] {
                assert!(holds(page, said), "{said} in {page}");
            }
        }
        let codes: Vec<String> = pair.iter().map(|letter| letter.link.clone()).collect();
        let mut read = qr_codes(&drawn(&pdf, number, 150.0));
        read.sort();
        assert_eq!(read, codes);
    }
    assert_eq!(pdf, book().part(2, &letters).unwrap(), "equal letters, equal bytes");
}

#[test]
fn a_part_has_its_bounds() {
    let refused = book().part(1, &vec![letter(1); LETTERS_A_PART + 1]);
    assert!(matches!(refused, Err(ToolkitFault::TooManyLetters { found: 201 })));
    let long = Letter { link: "x".repeat(200), ..letter(1) };
    assert!(matches!(book().part(1, &[long]), Err(ToolkitFault::LinkTooLong { bytes: 200 })));
    let unseen = LetterHead { campaign_title: "会話".into(), ..head() };
    let palette = Palette::from_brand(Colour(0, 0, 0), None, None);
    assert!(matches!(
        LetterBook::new(unseen, palette, None),
        Err(ToolkitFault::NoLetter { character: '会', .. })
    ));
    assert_eq!(LetterBook::file_name("uhb", 12), "letters-uhb-0012.pdf");
}

#[test]
fn the_longest_names_still_leave_a_letter_its_half_of_a_page() {
    let long = LetterHead {
        campaign_title: "What gets in the way of good work in every hospital and surgery? ".repeat(4),
        organisation_name: "Women's and Children's Services NHS Foundation Trust of all the Places "
            .repeat(4),
        support_name: "The independent support team of the partner ".repeat(4),
        ..head()
    };
    let book = LetterBook::new(long, Palette::from_brand(Colour(0, 0, 0), None, None), None).unwrap();
    let paper = Paper::read(&book.part(1, &[letter(1), letter(2), letter(3), letter(4)]).unwrap());
    assert_eq!(paper.sizes(), [(210, 297); 2]);
}
