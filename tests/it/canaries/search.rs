//! Looks for canaries in bytes, however they may be spelt there: as they are, in any case, without their hyphens, in hexadecimal and in
//! base64 of either alphabet, also in the middle of a longer encoded text.

use std::collections::{BTreeSet, HashMap};

use base64::Engine;
use base64::engine::general_purpose::{STANDARD_NO_PAD, URL_SAFE_NO_PAD};

/// No spelling is shorter: by its first bytes it is looked up.
const SHORTEST: usize = 8;

/// What something is that must not get out.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum What {
    Email,
    Reference,
    StaffGroup,
    LoginCode,
    ConfirmationCode,
    Address,
    UserAgent,
}

/// Something that must not get out, and whose it is.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Canary {
    pub owner: usize,
    pub kind: What,
    pub text: String,
}

struct Spelling {
    canary: usize,
    bytes: Vec<u8>,
    /// Only where no letter or digit stands before or after: eight digits alone are part of many a number.
    alone: bool,
}

/// Every spelling of every canary.
pub struct Search {
    canaries: Vec<Canary>,
    /// In small letters, to be looked for in small letters.
    any_case: HashMap<[u8; SHORTEST], Vec<Spelling>>,
    this_case: HashMap<[u8; SHORTEST], Vec<Spelling>>,
}

impl Search {
    pub fn new(canaries: Vec<Canary>) -> Self {
        let mut search = Self { any_case: HashMap::new(), this_case: HashMap::new(), canaries };
        for (number, canary) in search.canaries.clone().iter().enumerate() {
            for (bytes, case_matters, alone) in spellings(canary) {
                let map = if case_matters { &mut search.this_case } else { &mut search.any_case };
                let first = bytes[..SHORTEST].try_into().expect("no spelling is so short");
                map.entry(first).or_default().push(Spelling { canary: number, bytes, alone });
            }
        }
        search
    }

    /// The canaries that are somewhere in `bytes`.
    pub fn found(&self, bytes: impl AsRef<[u8]>) -> BTreeSet<&Canary> {
        let bytes = bytes.as_ref();
        let mut found = BTreeSet::new();
        for (map, bytes) in [(&self.any_case, bytes.to_ascii_lowercase()), (&self.this_case, bytes.to_vec())]
        {
            for (at, first) in bytes.windows(SHORTEST).enumerate() {
                let Some(spellings) = map.get(first) else { continue };
                let here = spellings.iter().filter(|spelling| spelling.is_at(&bytes, at));
                found.extend(here.map(|spelling| spelling.canary));
            }
        }
        found.into_iter().map(|number: usize| &self.canaries[number]).collect()
    }

    /// None is in `bytes`.
    ///
    /// # Panics
    /// When one is; says which.
    #[track_caller]
    pub fn assert_clean(&self, what: &str, bytes: impl AsRef<[u8]>) {
        let bytes = bytes.as_ref();
        assert!(!bytes.is_empty(), "{what}: there is nothing to look at");
        assert_eq!(self.found(bytes), BTreeSet::new(), "{what} holds what must not get out");
    }
}

impl Spelling {
    fn is_at(&self, bytes: &[u8], at: usize) -> bool {
        let outside = |byte: Option<&u8>| byte.is_none_or(|byte| !byte.is_ascii_alphanumeric());
        let end = at + self.bytes.len();
        let before = at.checked_sub(1).and_then(|before| bytes.get(before));
        bytes[at..].starts_with(&self.bytes) && (!self.alone || outside(before) && outside(bytes.get(end)))
    }
}

/// Every spelling, whether its case matters, and whether it must stand alone.
fn spellings(canary: &Canary) -> Vec<(Vec<u8>, bool, bool)> {
    let text = &canary.text;
    let plain = match canary.kind {
        What::LoginCode | What::ConfirmationCode => text.replace(['-', ' '], ""),
        _ => text.clone(),
    };
    let lower = text.to_lowercase();
    let mut written: Vec<Vec<u8>> = [text, &plain, &lower].map(|text| text.clone().into_bytes()).into();
    written.push(plain.to_lowercase().into_bytes());
    if canary.kind == What::ConfirmationCode {
        written.push(text.replace(' ', "-").into_bytes());
    }
    written.extend(packed(canary));
    written.sort();
    written.dedup();
    let mut all = Vec::new();
    for bytes in written {
        let digits = canary.kind == What::ConfirmationCode && bytes.len() == SHORTEST;
        all.push((bytes.to_ascii_lowercase(), false, digits));
        all.push((hexadecimal(&bytes).into_bytes(), false, false));
        for place in 0..3 {
            all.push((inside_base64(&STANDARD_NO_PAD, &bytes, place), true, false));
            all.push((inside_base64(&URL_SAFE_NO_PAD, &bytes, place), true, false));
        }
    }
    all.sort();
    all.dedup();
    all
}

/// The bytes that a program may keep instead of the text.
fn packed(canary: &Canary) -> Option<Vec<u8>> {
    match canary.kind {
        What::LoginCode => {
            let digit = |c| "0123456789ABCDEFGHJKMNPQRSTVWXYZ".find(c).expect("Crockford's alphabet") as u128;
            let digits = canary.text.chars().filter(|c| *c != '-');
            let number = digits.fold(0, |number: u128, c| number << 5 | digit(c));
            Some(number.to_be_bytes()[6..].to_vec())
        }
        What::Address => {
            let address: std::net::Ipv6Addr = canary.text.parse().expect("an address");
            Some(address.octets().to_vec())
        }
        _ => None,
    }
}

pub fn hexadecimal(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// What base64 of a longer text has for certain, where `bytes` begin `place` bytes after a group of three.
fn inside_base64(alphabet: &impl Engine, bytes: &[u8], place: usize) -> Vec<u8> {
    let text = alphabet.encode([&vec![0; place][..], bytes].concat());
    let whole = (place + bytes.len()) * 8 / 6;
    text.as_bytes()[(place * 8).div_ceil(6)..whole].to_vec()
}

#[test]
fn every_spelling_is_found_and_nothing_else() {
    let canary = |kind, text: &str| Canary { owner: 0, kind, text: text.to_owned() };
    let canaries = vec![
        canary(What::Email, "canary.5f0c2aQ9zK"),
        canary(What::LoginCode, "7ZK3-XW09-AB4T-PQRS"),
        canary(What::ConfirmationCode, "4711 0815"),
        canary(What::Address, "2001:db8:7:1f:22:333:4:d"),
    ];
    let search = Search::new(canaries.clone());
    let noise = "Nothing of note: 147110815, 7ZK3-XW09, 2001:db8::1, 471108150";
    search.assert_clean("noise", noise);
    for canary in &canaries {
        let text = &canary.text;
        let packed = packed(canary).unwrap_or_else(|| text.clone().into_bytes());
        let in_base64 = |before: &str| URL_SAFE_NO_PAD.encode(format!("{before}{text}, and more"));
        for spelt in [
            text.clone(),
            text.to_lowercase(),
            text.to_uppercase(),
            hexadecimal(text.as_bytes()),
            hexadecimal(text.to_lowercase().as_bytes()).to_uppercase(),
            in_base64(""),
            in_base64("a"),
            in_base64("ab"),
            STANDARD_NO_PAD.encode(&packed),
            hexadecimal(&packed),
        ] {
            let found = search.found(format!("{noise} {spelt} {noise}"));
            assert_eq!(found.into_iter().collect::<Vec<_>>(), [canary], "{spelt}");
        }
        assert_eq!(search.found([noise.as_bytes(), &packed, noise.as_bytes()].concat()).len(), 1);
    }
    for spelt in ["7ZK3XW09AB4TPQRS", "7zk3xw09ab4tpqrs", "47110815", "4711-0815"] {
        assert_eq!(search.found(format!("<b>{spelt}</b>")).len(), 1, "{spelt}");
    }
}
