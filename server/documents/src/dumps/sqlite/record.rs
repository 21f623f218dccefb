//! SQLite's records: variable-length numbers, and values by their serial types.

use crate::dumps::{Cell, MAX_COLUMNS};

/// How texts are stored.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Encoding {
    Utf8,
    Utf16Little,
    Utf16Big,
}

/// Takes a number of one to nine bytes from the front.
pub fn varint(bytes: &mut &[u8]) -> Option<u64> {
    let mut value = 0_u64;
    for length in 1..=9 {
        let byte = u64::from(*bytes.get(length - 1)?);
        if length == 9 {
            value = (value << 8) | byte;
        } else {
            value = (value << 7) | (byte & 0x7f);
        }
        if length == 9 || byte < 0x80 {
            *bytes = &bytes[length..];
            return Some(value);
        }
    }
    None
}

/// The values of a record; none if it is not one.
pub fn values(record: &[u8], encoding: Encoding) -> Option<Vec<Cell>> {
    let mut types = record;
    let header = usize::try_from(varint(&mut types)?).ok()?;
    let prefix = record.len() - types.len();
    let mut types = record.get(prefix..header)?;
    let mut body = record.get(header..)?;
    let mut values = Vec::new();
    while !types.is_empty() {
        if values.len() == MAX_COLUMNS {
            return None;
        }
        values.push(value(varint(&mut types)?, &mut body, encoding)?);
    }
    Some(values)
}

fn value(serial_type: u64, body: &mut &[u8], encoding: Encoding) -> Option<Cell> {
    let length = match serial_type {
        0 | 8 | 9 => 0,
        1..=4 => serial_type,
        5 => 6,
        6 | 7 => 8,
        10 | 11 => return None,
        _ => (serial_type - 12) / 2,
    };
    let (bytes, rest) = body.split_at_checked(usize::try_from(length).ok()?)?;
    *body = rest;
    Some(match serial_type {
        0 => Cell::Null,
        1..=6 => Cell::Integer(integer(bytes)),
        7 => Cell::Real(f64::from_bits(integer(bytes) as u64)),
        8 => Cell::Integer(0),
        9 => Cell::Integer(1),
        even if even % 2 == 0 => Cell::Blob(bytes.to_vec()),
        _ => Cell::Text(text(bytes, encoding)),
    })
}

/// A signed number, the most significant byte first.
fn integer(bytes: &[u8]) -> i64 {
    let sign = if bytes.first().is_some_and(|first| *first >= 0x80) { -1 } else { 0 };
    bytes.iter().fold(sign, |value, byte| (value << 8) | i64::from(*byte))
}

fn text(bytes: &[u8], encoding: Encoding) -> String {
    let unit = match encoding {
        Encoding::Utf8 => return String::from_utf8_lossy(bytes).into_owned(),
        Encoding::Utf16Little => u16::from_le_bytes,
        Encoding::Utf16Big => u16::from_be_bytes,
    };
    let units: Vec<u16> = bytes.chunks_exact(2).map(|pair| unit([pair[0], pair[1]])).collect();
    String::from_utf16_lossy(&units)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_of_every_length() {
        let cases: &[(&[u8], u64)] = &[
            (&[0x00], 0),
            (&[0x7f], 127),
            (&[0x81, 0x00], 128),
            (&[0xff; 9], u64::MAX),
            (&[0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x05], 5),
        ];
        for (bytes, number) in cases {
            let mut rest = *bytes;
            assert_eq!((varint(&mut rest), rest.len()), (Some(*number), 0));
        }
        assert_eq!(varint(&mut &[0x80, 0x80][..]), None);
        assert_eq!([integer(&[0xff]), integer(&[0x80, 0]), integer(&[0, 0x80])], [-1, -32_768, 128]);
    }

    #[test]
    fn records_that_lie_about_their_lengths() {
        let good = [4, 1, 13 + 2 * 2, 0, 7, b'h', b'i'];
        let read = values(&good, Encoding::Utf8).unwrap();
        assert_eq!(read, [Cell::Integer(7), Cell::Text("hi".to_owned()), Cell::Null]);
        for cut in 0..good.len() {
            assert_eq!(values(&good[..cut], Encoding::Utf8), None, "{cut}");
        }
        assert_eq!(values(&[2, 10], Encoding::Utf8), None);
        assert_eq!(values(&[0xff; 12], Encoding::Utf8), None);
        assert_eq!(values(&[0, 0], Encoding::Utf8), None);
    }
}
