//! Details that say who somebody is: numbers of phones, patients and staff, and a job together with the one place where it is done.

use super::words::Word;

/// How many words may stand between a job and its place, or between "staff" and the number.
const REACH: usize = 8;
/// The fewest digits of a staff number.
const FEWEST_STAFF_DIGITS: usize = 5;

/// Jobs of which a place has one or few, each the last word of a title.
const JOBS: [&str; 34] = [
    "manager",
    "matron",
    "sister",
    "consultant",
    "registrar",
    "director",
    "lead",
    "nurse",
    "midwife",
    "doctor",
    "surgeon",
    "anaesthetist",
    "pharmacist",
    "physio",
    "physiotherapist",
    "radiographer",
    "dietitian",
    "podiatrist",
    "receptionist",
    "secretary",
    "porter",
    "housekeeper",
    "cleaner",
    "cook",
    "clerk",
    "coordinator",
    "practitioner",
    "specialist",
    "technician",
    "therapist",
    "psychologist",
    "assistant",
    "hca",
    "paramedic",
];
/// Before a job, these make one person of it.
const ONE_OF: [&str; 8] = ["the", "our", "my", "your", "his", "her", "only", "their"];
/// Places with a name or number behind them: "ward 7B", "theatre 3", "bay 2".
const NUMBERED_PLACES: [&str; 6] = ["ward", "theatre", "theatres", "bay", "clinic", "unit"];
/// Places that there is one of.
const PLACES: [&str; 26] = [
    "a&e",
    "ed",
    "icu",
    "itu",
    "hdu",
    "nicu",
    "picu",
    "ccu",
    "amu",
    "sau",
    "mau",
    "radiology",
    "oncology",
    "cardiology",
    "paediatrics",
    "maternity",
    "pharmacy",
    "theatres",
    "pathology",
    "dermatology",
    "endoscopy",
    "physiotherapy",
    "switchboard",
    "urology",
    "neurology",
    "orthopaedics",
];
/// What is said before a number of staff: "staff number 123456", "payroll no. 123456", "GMC 1234567".
const STAFF_WORDS: [&str; 8] = ["staff", "employee", "assignment", "payroll", "esr", "gmc", "nmc", "hcpc"];

/// What in `words` says who somebody is, as it stands there.
pub(super) fn find(words: &[Word<'_>]) -> impl Iterator<Item = String> {
    let mut found = numbers(words);
    found.extend(job_at_place(words));
    found.into_iter()
}

fn digits_of(text: &str) -> Option<String> {
    let plain: String = text.chars().filter(|c| *c != '-').collect();
    (!plain.is_empty() && plain.bytes().all(|byte| byte.is_ascii_digit())).then_some(plain)
}

/// Numbers, their groups put together: "0121 496 0000" is one, so is "943 476 5919".
fn numbers(words: &[Word<'_>]) -> Vec<String> {
    let mut found = Vec::new();
    let mut at = 0;
    while at < words.len() {
        let Some(mut digits) = digits_of(words[at].text) else {
            if is_nmc_pin(words[at].text) {
                found.push(words[at].text.to_owned());
            }
            at += 1;
            continue;
        };
        let (begins, international) = (at, words[at].before == Some('+'));
        at += 1;
        while let Some(more) =
            words.get(at).filter(|word| is_gap(word.before)).and_then(|word| digits_of(word.text))
        {
            digits.push_str(&more);
            at += 1;
        }
        let says_staff = words[begins.saturating_sub(4)..begins]
            .iter()
            .any(|word| STAFF_WORDS.contains(&word.lower().as_str()));
        if is_phone(&digits, international)
            || is_nhs_number(&digits)
            || (says_staff && digits.len() >= FEWEST_STAFF_DIGITS)
        {
            found.push(digits);
        }
    }
    found
}

/// Whether two groups of digits with this between them are one number; "3, 4" and "2023/24" are not.
fn is_gap(between: Option<char>) -> bool {
    matches!(between, Some(' ' | '-' | '(' | ')' | '\u{a0}') | None)
}

/// A British number: ten or eleven digits from 0, or from 44 after a plus (Ofcom's numbering plan).
fn is_phone(digits: &str, international: bool) -> bool {
    let national = matches!(digits.len(), 10 | 11) && digits.starts_with('0') && !digits.starts_with("00");
    let abroad = digits.strip_prefix("00").unwrap_or(digits);
    national || ((international || digits.starts_with("00")) && (11..=15).contains(&abroad.len()))
}

/// Ten digits, the last of which checks the others: weights 10 to 2, modulo 11 (NHS Data Dictionary, "NHS NUMBER").
pub(super) fn is_nhs_number(digits: &str) -> bool {
    let values: Vec<u32> = digits.chars().filter_map(|c| c.to_digit(10)).collect();
    let [weighted @ .., check] = &values[..] else { return false };
    if weighted.len() != 9 || values.iter().all(|digit| *digit == values[0]) {
        return false;
    }
    let sum: u32 = weighted.iter().zip((2..=10).rev()).map(|(digit, weight)| digit * weight).sum();
    match 11 - sum % 11 {
        11 => *check == 0,
        10 => false,
        expected => *check == expected,
    }
}

/// A nurse's PIN: two digits, a letter, four digits, a letter (Nursing and Midwifery Council).
fn is_nmc_pin(text: &str) -> bool {
    let shape: String = text
        .chars()
        .map(|c| {
            if c.is_ascii_digit() {
                '0'
            } else if c.is_ascii_alphabetic() {
                'A'
            } else {
                c
            }
        })
        .collect();
    shape == "00A0000A"
}

/// "our ward manager on Ward 7", "the only pharmacist in A&E": a job of one person and a place that there is one of, in one sentence.
fn job_at_place(words: &[Word<'_>]) -> Option<String> {
    let sentences = words.chunk_by(|_, next| !next.first);
    for sentence in sentences {
        let lower: Vec<String> = sentence.iter().map(Word::lower).collect();
        for (at, _) in lower.iter().enumerate().filter(|(_, word)| JOBS.contains(&word.as_str())) {
            let before = &lower[at.saturating_sub(4)..at];
            if !before.iter().any(|word| ONE_OF.contains(&word.as_str())) {
                continue;
            }
            let (from, to) = (at.saturating_sub(REACH), (at + REACH).min(lower.len()));
            if let Some(place) = (from..to).find_map(|at| place_at(&lower, at)) {
                return Some(format!("{} … {place}", sentence[at].text));
            }
        }
    }
    None
}

fn place_at(lower: &[String], at: usize) -> Option<String> {
    let word = lower[at].as_str();
    if PLACES.contains(&word) {
        return Some(word.to_owned());
    }
    let number = lower.get(at + 1).filter(|_| NUMBERED_PLACES.contains(&word))?;
    let numbered = number.len() <= 4 && number.chars().any(|c| c.is_ascii_digit());
    numbered.then(|| format!("{word} {number}"))
}
