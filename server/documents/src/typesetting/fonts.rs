//! Inter, regular and bold (SIL Open Font License 1.1, `../../fonts/LICENSE.txt`): Latin, Greek and Cyrillic letters. Read when the
//! first sheet is set, once for the process.

use std::sync::LazyLock;

use typst::foundations::Bytes;
use typst::text::{Font, FontBook};
use typst::utils::LazyHash;

static FILES: [&[u8]; 2] =
    [include_bytes!("../../fonts/Inter-Regular.otf"), include_bytes!("../../fonts/Inter-Bold.otf")];

/// Our fonts; a font's place is its number in [`BOOK`].
pub(super) static FONTS: LazyLock<Vec<Font>> = LazyLock::new(|| {
    let font = |file: &'static [u8]| Font::new(Bytes::new(file), 0).expect("a font of ours can be read");
    FILES.map(font).to_vec()
});

/// What typst chooses from.
pub(super) static BOOK: LazyLock<LazyHash<FontBook>> =
    LazyLock::new(|| LazyHash::new(FontBook::from_fonts(FONTS.iter())));

/// Whether both weights can draw `character`.
pub(crate) fn has_letter(character: char) -> bool {
    FONTS.iter().all(|font| font.info().coverage.contains(character.into()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn letters_of_europe_are_there_and_others_are_not() {
        assert!("Zoë Ŵyn Øksendal Šimůnek ĄĆĘŁ Ελένη Ўладзімір “£25” – € ’…".chars().all(has_letter));
        assert!(!"会話💬\u{7}\u{202e}".chars().any(has_letter));
    }
}
