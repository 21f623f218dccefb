//! One value, many spellings: bytes as hexadecimal, base64 or UUID; instants as text, seconds or the first bits of an id.

use chrono::{DateTime, NaiveDate, NaiveDateTime};

use super::evidence::Cell;

/// Fewer bytes than this are not tried as another spelling: short words are base64 by accident.
const LEAST_BYTES: usize = 8;
/// The most bytes of a value that are compared.
const MOST_BYTES: usize = 4_096;
/// The years of plausible instants, seconds since 1970: 2015 to 2100.
const PLAUSIBLE_SECONDS: std::ops::Range<f64> = 1_420_070_400.0..4_102_444_800.0;

/// Seconds in a day.
pub const DAY_SECONDS: f64 = 86_400.0;

/// All that `cell` may stand for, as bytes with a mark of their kind; equal values share one.
pub fn spellings(cell: &Cell) -> Vec<Vec<u8>> {
    let marked = |mark: u8, bytes: &[u8]| [&[mark], bytes].concat();
    match cell {
        Cell::Null | Cell::Real(_) => Vec::new(),
        Cell::Integer(number) => vec![marked(b't', number.to_string().as_bytes())],
        Cell::Blob(bytes) if bytes.is_empty() || bytes.len() > MOST_BYTES => Vec::new(),
        Cell::Blob(bytes) => {
            let mut all = vec![marked(b'b', bytes)];
            // Bytes that are text in hexadecimal or base64.
            if let Ok(text) = str::from_utf8(bytes) {
                all.extend(decoded(text).iter().map(|bytes| marked(b'b', bytes)));
            }
            all
        }
        Cell::Text(text) if text.is_empty() || text.len() > MOST_BYTES => Vec::new(),
        Cell::Text(text) => {
            let mut all =
                vec![marked(b't', text.trim().to_lowercase().as_bytes()), marked(b'b', text.as_bytes())];
            all.extend(decoded(text).iter().map(|bytes| marked(b'b', bytes)));
            all
        }
    }
}

/// Whether two rows that share this value share it for a reason: not a small number or a short word.
pub fn is_telling(cell: &Cell) -> bool {
    match cell {
        Cell::Null | Cell::Real(_) => false,
        Cell::Integer(number) => number.unsigned_abs() >= 1 << 32,
        Cell::Text(text) => text.len() >= LEAST_BYTES && as_seconds(cell).is_none(),
        Cell::Blob(bytes) => bytes.len() >= LEAST_BYTES,
    }
}

/// The bytes that `text` spells in hexadecimal (hyphens aside, as in UUIDs) or base64 (both alphabets).
fn decoded(text: &str) -> Vec<Vec<u8>> {
    [hexadecimal(text), base64(text)]
        .into_iter()
        .flatten()
        .filter(|bytes| bytes.len() >= LEAST_BYTES)
        .collect()
}

fn hexadecimal(text: &str) -> Option<Vec<u8>> {
    let text = text.trim().trim_start_matches("\\x").trim_start_matches("0x");
    let digits = text.bytes().filter(|byte| !b"-:{}".contains(byte));
    let digits = digits.map(|byte| char::from(byte).to_digit(16)).collect::<Option<Vec<u32>>>()?;
    if digits.len() % 2 != 0 {
        return None;
    }
    digits.chunks(2).map(|pair| u8::try_from(pair[0] * 16 + pair[1]).ok()).collect()
}

fn base64(text: &str) -> Option<Vec<u8>> {
    let (mut bytes, mut bits, mut held) = (Vec::new(), 0_u32, 0_u32);
    for byte in text.trim().trim_end_matches('=').bytes() {
        let value = match byte {
            b'A'..=b'Z' => byte - b'A',
            b'a'..=b'z' => byte - b'a' + 26,
            b'0'..=b'9' => byte - b'0' + 52,
            b'+' | b'-' => 62,
            b'/' | b'_' => 63,
            _ => return None,
        };
        bits = (bits << 6) | u32::from(value);
        held += 6;
        if held >= 8 {
            held -= 8;
            bytes.push((bits >> held) as u8);
            bits &= (1 << held) - 1;
        }
    }
    (held < 6 && bits == 0).then_some(bytes)
}

/// The number that `cell` is or spells.
pub fn as_number(cell: &Cell) -> Option<f64> {
    match cell {
        Cell::Integer(number) => Some(*number as f64),
        Cell::Real(number) if number.is_finite() => Some(*number),
        Cell::Text(text) if text.len() <= 24 && !text.is_empty() => {
            text.parse().ok().filter(|number: &f64| number.is_finite())
        }
        _ => None,
    }
}

/// The instant that `cell` spells, seconds since 1970: a date, a time, or seconds, milliseconds or microseconds as a number.
pub fn as_seconds(cell: &Cell) -> Option<f64> {
    if let Some(number) = as_number(cell) {
        let units = [1.0, 1e3, 1e6];
        return units.iter().map(|unit| number / unit).find(|seconds| PLAUSIBLE_SECONDS.contains(seconds));
    }
    let Cell::Text(text) = cell else { return None };
    if !(10..=40).contains(&text.len()) || !text.as_bytes()[0].is_ascii_digit() {
        return None;
    }
    let seconds = |time: DateTime<chrono::Utc>| time.timestamp_micros() as f64 / 1e6;
    if let Ok(date) = NaiveDate::parse_from_str(text, "%Y-%m-%d") {
        return Some(seconds(date.and_time(chrono::NaiveTime::MIN).and_utc()));
    }
    // PostgreSQL leaves the minutes of whole-hour zones out.
    for format in ["%Y-%m-%dT%H:%M:%S%.f%#z", "%Y-%m-%d %H:%M:%S%.f%#z"] {
        if let Ok(time) = DateTime::parse_from_str(text, format) {
            return Some(seconds(time.to_utc()));
        }
    }
    let plain = text.trim_end_matches(" UTC").trim_end_matches('Z');
    let formats = ["%Y-%m-%dT%H:%M:%S%.f", "%Y-%m-%d %H:%M:%S%.f", "%Y-%m-%d %H:%M", "%Y-%m-%dT%H:%M"];
    let time = formats.iter().find_map(|format| NaiveDateTime::parse_from_str(plain, format).ok());
    time.map(|time| seconds(time.and_utc()))
}

/// The instant in the bits of an id, seconds since 1970: UUIDs of version 1, 6 and 7, and whatever else begins with milliseconds.
pub fn seconds_in_id(cell: &Cell) -> Option<f64> {
    let bytes = match cell {
        Cell::Blob(bytes) => bytes.clone(),
        Cell::Text(text) if text.len() == 26 => return ulid(text),
        Cell::Text(text) => hexadecimal(text)?,
        _ => return None,
    };
    if !(12..=16).contains(&bytes.len()) {
        return None;
    }
    let number = |bytes: &[u8]| bytes.iter().fold(0_u64, |value, byte| (value << 8) | u64::from(*byte));
    let milliseconds = Some(number(&bytes[..6]) as f64 / 1e3).filter(|at| PLAUSIBLE_SECONDS.contains(at));
    if bytes.len() < 16 || milliseconds.is_some() {
        return milliseconds;
    }
    // Ticks of 100 nanoseconds since 1582-10-15.
    let ticks = match bytes[6] >> 4 {
        1 => (number(&bytes[6..8]) & 0xfff) << 48 | number(&bytes[4..6]) << 32 | number(&bytes[..4]),
        6 => number(&bytes[..6]) << 12 | (number(&bytes[6..8]) & 0xfff),
        _ => return None,
    };
    Some(ticks as f64 / 1e7 - 12_219_292_800.0).filter(|at| PLAUSIBLE_SECONDS.contains(at))
}

fn ulid(text: &str) -> Option<f64> {
    const ALPHABET: &str = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
    let digits = text.chars().map(|it| ALPHABET.find(it.to_ascii_uppercase())).collect::<Option<Vec<_>>>()?;
    let milliseconds = digits[..10].iter().fold(0_u64, |value, digit| (value << 5) | *digit as u64);
    Some(milliseconds as f64 / 1e3).filter(|at| PLAUSIBLE_SECONDS.contains(at))
}

/// How long `cell` is; nothing for numbers.
pub fn length(cell: &Cell) -> Option<f64> {
    match cell {
        Cell::Text(text) => Some(text.len() as f64),
        Cell::Blob(bytes) => Some(bytes.len() as f64),
        _ => None,
    }
}

/// A key to sort by: equal for equal cells, in the order in which databases keep them. UUIDs spelled out sort as their bytes do.
pub fn sort_key(cell: &Cell) -> Vec<u8> {
    match cell {
        Cell::Null | Cell::Real(_) => Vec::new(),
        Cell::Integer(number) => (number.wrapping_sub(i64::MIN) as u64).to_be_bytes().to_vec(),
        Cell::Text(text) => {
            hexadecimal(text).filter(|bytes| bytes.len() == 16).unwrap_or_else(|| text.clone().into_bytes())
        }
        Cell::Blob(bytes) => bytes.clone(),
    }
}

/// `cell` as a person would write it down.
pub fn shown(cell: &Cell) -> String {
    match cell {
        Cell::Null => String::new(),
        Cell::Integer(number) => number.to_string(),
        Cell::Real(number) => number.to_string(),
        Cell::Text(text) => {
            hexadecimal(text).filter(|bytes| bytes.len() == 16).map_or_else(|| text.clone(), |it| hex(&it))
        }
        Cell::Blob(bytes) => hex(bytes),
    }
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(text: &str) -> Cell {
        Cell::Text(text.to_owned())
    }

    fn meet(left: &Cell, right: &Cell) -> bool {
        let right = spellings(right);
        spellings(left).iter().any(|spelling| right.contains(spelling))
    }

    #[test]
    fn the_same_bytes_meet_however_they_are_spelled() {
        let bytes: Vec<u8> = (0xf0..=0xff).collect();
        let blob = Cell::Blob(bytes);
        for spelled in [
            "f0f1f2f3-f4f5-f6f7-f8f9-fafbfcfdfeff",
            "F0F1F2F3F4F5F6F7F8F9FAFBFCFDFEFF",
            "8PHy8/T19vf4+fr7/P3+/w==",
            "8PHy8_T19vf4-fr7_P3-_w",
        ] {
            assert!(meet(&blob, &text(spelled)), "{spelled}");
        }
        assert!(meet(&text("Ann@Trust.example"), &text("ann@trust.example ")));
        assert!(meet(&Cell::Integer(41), &text("41")));
        assert!(meet(&Cell::Blob(b"word of mouth".to_vec()), &text("word of mouth")));
        assert!(!meet(&blob, &text("f0f1f2f3-f4f5-f6f7-f8f9-fafbfcfdfe00")));
        assert!(!meet(&text("abcd"), &Cell::Blob(vec![0xab, 0xcd])), "too short to mean it");
        assert!(!meet(&text(""), &text("")) && !meet(&Cell::Null, &Cell::Null));
    }

    #[test]
    fn instants() {
        let noon = Some(1_800_014_400.0);
        for spelled in [
            "2027-01-15T12:00:00Z",
            "2027-01-15 12:00:00",
            "2027-01-15 14:00:00.000+02",
            "2027-01-15 12:00:00 UTC",
            "1800014400",
            "1800014400000",
        ] {
            assert_eq!(as_seconds(&text(spelled)), noon, "{spelled}");
        }
        assert_eq!(as_seconds(&Cell::Integer(1_800_014_400)), noon);
        assert_eq!(as_seconds(&text("2027-01-15")), Some(1_799_971_200.0));
        for other in [text("hello there"), text("12"), text("é027-01-15x"), Cell::Integer(5), Cell::Null] {
            assert_eq!(as_seconds(&other), None, "{other:?}");
        }
        let version_7 = text("01a31b8d-ae00-7cc3-98c4-dc0c0c07398f");
        assert!(seconds_in_id(&version_7).is_some());
        assert_eq!(seconds_in_id(&text("67e55044-10b1-426f-9247-bb680e5fe0c8")), None);
        assert!(seconds_in_id(&text("c232ab00-9414-11ec-b3c8-9f6bdeced846")).is_some(), "version 1");
        assert!(seconds_in_id(&text("1EC9414C-232A-6B00-B3C8-9F6BDECED846")).is_some(), "version 6");
    }
}
