//! A tenant's colours, made readable.
//!
//! A tenant gives a colour, never a contrast: [`Palette::from_brand`] darkens it until every text pair of the
//! stylesheet reaches WCAG 2.2 AA. No colour is refused. Focus, error and success colours are not the tenant's.

use std::fmt;
use std::str::FromStr;

use thiserror::Error;

/// Least contrast of text with what is behind it (WCAG 2.2, 1.4.3).
pub const TEXT_CONTRAST: f64 = 4.5;
/// Least contrast of borders and icons with what is beside them (WCAG 2.2, 1.4.11).
pub const BORDER_CONTRAST: f64 = 3.0;

/// An sRGB colour.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Colour(pub u8, pub u8, pub u8);

/// White: cards, the header, text on the brand colour.
pub const WHITE: Colour = Colour(0xff, 0xff, 0xff);
/// The page behind the cards.
pub const PAGE_GREY: Colour = Colour(0xf0, 0xf4, 0xf5);
/// The footer.
pub const FOOTER_GREY: Colour = Colour(0xd8, 0xdd, 0xe0);
/// Warnings and the demonstration note.
pub const PALE_YELLOW: Colour = Colour(0xff, 0xf9, 0xc4);

/// A colour that is not written as `#rrggbb`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error("write it as #rrggbb")]
pub struct NotAColour;

impl FromStr for Colour {
    type Err = NotAColour;

    fn from_str(text: &str) -> Result<Self, NotAColour> {
        let digits =
            text.strip_prefix('#').filter(|d| d.len() == 6 && d.bytes().all(|b| b.is_ascii_hexdigit()));
        let number = u32::from_str_radix(digits.ok_or(NotAColour)?, 16).map_err(|_| NotAColour)?;
        let [_, red, green, blue] = number.to_be_bytes();
        Ok(Self(red, green, blue))
    }
}

impl fmt::Display for Colour {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "#{:02x}{:02x}{:02x}", self.0, self.1, self.2)
    }
}

impl Colour {
    /// Relative luminance, 0 (black) to 1 (white), as WCAG 2.2 defines it.
    pub fn luminance(self) -> f64 {
        let linear = |channel: u8| {
            let part = f64::from(channel) / 255.0;
            if part <= 0.04045 { part / 12.92 } else { ((part + 0.055) / 1.055).powf(2.4) }
        };
        0.2126 * linear(self.0) + 0.7152 * linear(self.1) + 0.0722 * linear(self.2)
    }

    /// Contrast ratio of two colours, 1 to 21, as WCAG 2.2 defines it.
    pub fn contrast(self, other: Colour) -> f64 {
        let (one, two) = (self.luminance(), other.luminance());
        (one.max(two) + 0.05) / (one.min(two) + 0.05)
    }

    /// Mixed with `percent` of black, as nhsuk-frontend's `nhsuk-shade` does.
    pub fn shade(self, percent: u8) -> Colour {
        self.mix(0, percent)
    }

    /// Mixed with `percent` of white, as nhsuk-frontend's `nhsuk-tint` does.
    pub fn tint(self, percent: u8) -> Colour {
        self.mix(255, percent)
    }

    fn mix(self, towards: u16, percent: u8) -> Colour {
        let percent = u16::from(percent.min(100));
        // At most 255 * 100 + 50, over 100: fits a byte.
        let channel = |c: u8| ((towards * percent + u16::from(c) * (100 - percent) + 50) / 100) as u8;
        Colour(channel(self.0), channel(self.1), channel(self.2))
    }

    /// The lightest shade of this colour that `fits`; black always must.
    fn darkened_until(self, fits: impl Fn(Colour) -> bool) -> Colour {
        (0..=100).map(|percent| self.shade(percent)).find(|shade| fits(*shade)).unwrap_or(Colour(0, 0, 0))
    }
}

/// The three colours of a tenant, readable wherever the stylesheet puts them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Palette {
    /// Header, large areas, marks of what is chosen.
    pub brand: Colour,
    /// Links.
    pub link: Colour,
    /// The main button.
    pub button: Colour,
}

/// What is mixed into one of the three.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Mixture {
    Plain,
    Shade(u8),
    Tint(u8),
}

/// The mixtures of the brand colour that the stylesheet uses; `styles/build` prints them.
const BRAND_MIXTURES: [Mixture; 10] = [
    Mixture::Plain,
    Mixture::Shade(10),
    Mixture::Shade(20),
    Mixture::Shade(35),
    Mixture::Shade(50),
    Mixture::Tint(20),
    Mixture::Tint(78),
    Mixture::Tint(85),
    Mixture::Tint(90),
    Mixture::Tint(93),
];
/// The same for the link colour.
const LINK_MIXTURES: [Mixture; 2] = [Mixture::Plain, Mixture::Shade(50)];
/// The same for the button colour.
const BUTTON_MIXTURES: [Mixture; 3] = [Mixture::Plain, Mixture::Shade(20), Mixture::Shade(50)];

impl Mixture {
    fn of(self, colour: Colour) -> Colour {
        match self {
            Self::Plain => colour,
            Self::Shade(percent) => colour.shade(percent),
            Self::Tint(percent) => colour.tint(percent),
        }
    }

    fn variable(self, base: &str) -> String {
        match self {
            Self::Plain => format!("--candour-{base}"),
            Self::Shade(percent) => format!("--candour-{base}-shade-{percent}"),
            Self::Tint(percent) => format!("--candour-{base}-tint-{percent}"),
        }
    }
}

impl Palette {
    /// A tenant's palette; links and buttons take the brand colour where none is given.
    pub fn from_brand(brand: Colour, link: Option<Colour>, button: Option<Colour>) -> Palette {
        Palette {
            brand: brand.darkened_until(brand_fits),
            link: link.unwrap_or(brand).darkened_until(link_fits),
            button: button.unwrap_or(brand).darkened_until(button_fits),
        }
    }

    /// Every CSS variable of the stylesheet with its value.
    pub fn variables(&self) -> Vec<(String, Colour)> {
        let of = |base: &'static str, colour: Colour, mixtures: &'static [Mixture]| {
            mixtures.iter().map(move |mixture| (mixture.variable(base), mixture.of(colour)))
        };
        of("brand", self.brand, &BRAND_MIXTURES)
            .chain(of("link", self.link, &LINK_MIXTURES))
            .chain(of("button", self.button, &BUTTON_MIXTURES))
            .collect()
    }
}

/// Text in the brand colour on everything light, white text on it and its shades, its palest tints as text on it.
fn brand_fits(brand: Colour) -> bool {
    let behind = [WHITE, PAGE_GREY, brand.tint(78), brand.tint(85), brand.tint(90), brand.tint(93)];
    behind.iter().all(|behind| brand.contrast(*behind) >= TEXT_CONTRAST)
        && brand.contrast(FOOTER_GREY) >= BORDER_CONTRAST
}

/// Links on every background that text stands on.
fn link_fits(link: Colour) -> bool {
    [WHITE, PAGE_GREY, FOOTER_GREY, PALE_YELLOW].iter().all(|behind| link.contrast(*behind) >= TEXT_CONTRAST)
}

/// White words on the button; the button's edge on every background.
fn button_fits(button: Colour) -> bool {
    button.contrast(WHITE) >= TEXT_CONTRAST && button.contrast(PAGE_GREY) >= BORDER_CONTRAST
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Every twelfth step of each channel, and both ends: 23 × 23 × 23 colours.
    fn grid() -> impl Iterator<Item = Colour> {
        let steps = || (0..=252u8).step_by(12).chain([255]);
        steps().flat_map(move |r| steps().flat_map(move |g| steps().map(move |b| Colour(r, g, b))))
    }

    #[test]
    fn reads_and_writes() {
        assert_eq!("#f5BD3b".parse(), Ok(Colour(0xf5, 0xbd, 0x3b)));
        assert_eq!(Colour(0xf5, 0xbd, 0x3b).to_string(), "#f5bd3b");
        for wrong in ["", "#fff", "f5bd3b", "#f5bd3", "#f5bd3bb", "#+5bd3b", "#f5bd3é", "red"] {
            assert_eq!(wrong.parse::<Colour>(), Err(NotAColour), "{wrong}");
        }
    }

    #[test]
    fn contrast_as_wcag_says() {
        assert!((Colour(0, 0, 0).contrast(WHITE) - 21.0).abs() < 1e-9);
        assert!((Colour(0x76, 0x76, 0x76).contrast(WHITE) - 4.54).abs() < 0.01);
        assert!((WHITE.contrast(WHITE) - 1.0).abs() < 1e-9);
    }

    #[test]
    fn every_colour_becomes_readable() {
        for colour in grid() {
            let palette = Palette::from_brand(colour, None, None);
            assert!(brand_fits(palette.brand), "{colour} as brand");
            assert!(link_fits(palette.link), "{colour} as link");
            assert!(button_fits(palette.button), "{colour} as button");
        }
    }

    #[test]
    fn hover_and_pressed_are_no_worse_than_rest() {
        for colour in grid() {
            let palette = Palette::from_brand(colour, None, None);
            for (name, shade) in palette.variables().into_iter().filter(|(name, _)| name.contains("-shade-"))
            {
                assert!(WHITE.contrast(shade) >= TEXT_CONTRAST, "{colour}: white on {name}");
            }
        }
    }

    #[test]
    fn a_readable_colour_stays_as_it_is() {
        let given = Colour(0x14, 0x49, 0x3f);
        assert_eq!(
            Palette::from_brand(given, None, None),
            Palette { brand: given, link: given, button: given }
        );
    }

    #[test]
    fn a_light_colour_keeps_its_hue_and_darkens_no_more_than_needed() {
        let palette = Palette::from_brand(Colour(0xf5, 0xbd, 0x3b), None, None);
        let Colour(red, green, blue) = palette.brand;
        assert!(red > green && green > blue);
        assert!(palette.brand.contrast(WHITE) < 8.0);
    }
}
