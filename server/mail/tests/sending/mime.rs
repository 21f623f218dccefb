//! A reader of MIME messages of its own, so that what lettre wrote is not read back by lettre.

use std::collections::HashMap;

/// A message taken apart.
#[derive(Debug)]
pub struct Mime {
    /// Names in small letters; folded lines joined. A header that comes twice is a failure.
    pub headers: HashMap<String, String>,
    /// Content type and decoded content of each part.
    pub parts: Vec<(String, String)>,
}

impl Mime {
    pub fn read(message: &str) -> Self {
        assert!(message.split("\r\n").all(|line| !line.contains(['\r', '\n'])), "lines end with CRLF only");
        assert!(message.split("\r\n").all(|line| line.len() <= 998), "no line is too long");
        let (headers, body) = split(message);
        let boundary =
            headers["content-type"].split("boundary=\"").nth(1).unwrap().split('"').next().unwrap();
        let (inner, _) = body.split_once(&format!("--{boundary}--")).expect("the last boundary");
        let opening = format!("--{boundary}\r\n");
        let parts = inner.split(&opening).skip(1).map(|part| {
            let (headers, body) = split(part);
            (headers["content-type"].clone(), decode(&headers["content-transfer-encoding"], &body))
        });
        Self { parts: parts.collect(), headers }
    }

    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", String::as_str)
    }
}

/// The headers, and what comes after them.
pub fn split(message: &str) -> (HashMap<String, String>, String) {
    let (head, body) = message.split_once("\r\n\r\n").expect("a blank line after the headers");
    let mut headers = HashMap::new();
    for line in head.replace("\r\n ", " ").split("\r\n") {
        let (name, value) = line.split_once(": ").expect("a header");
        let earlier = headers.insert(name.to_ascii_lowercase(), value.to_owned());
        assert_eq!(earlier, None, "{name} comes once");
    }
    (headers, body.to_owned())
}

fn decode(encoding: &str, body: &str) -> String {
    let bytes = match encoding {
        "7bit" => body.as_bytes().to_vec(),
        "quoted-printable" => quoted_printable(body),
        "base64" => base64(body),
        other => panic!("unexpected encoding {other}"),
    };
    String::from_utf8(bytes).unwrap().replace("\r\n", "\n")
}

fn quoted_printable(body: &str) -> Vec<u8> {
    let joined = body.replace("=\r\n", "");
    let mut rest = joined.as_bytes();
    let mut bytes = Vec::new();
    while let Some((first, after)) = rest.split_first() {
        rest = if *first == b'=' {
            let digits = std::str::from_utf8(&after[..2]).unwrap();
            bytes.push(u8::from_str_radix(digits, 16).unwrap());
            &after[2..]
        } else {
            bytes.push(*first);
            after
        };
    }
    bytes
}

pub fn base64(text: &str) -> Vec<u8> {
    let value = |c: u8| match c {
        b'A'..=b'Z' => c - b'A',
        b'a'..=b'z' => c - b'a' + 26,
        b'0'..=b'9' => c - b'0' + 52,
        b'+' => 62,
        b'/' => 63,
        _ => panic!("not base64"),
    };
    let digits: Vec<u8> = text.bytes().filter(|c| !b"=\r\n".contains(c)).map(value).collect();
    let groups = digits.chunks(4).flat_map(|group| {
        let bits =
            group.iter().fold(0_u32, |bits, digit| bits << 6 | u32::from(*digit)) << (6 * (4 - group.len()));
        bits.to_be_bytes()[1..group.len()].to_vec()
    });
    groups.collect()
}

/// RFC 2047's `=?utf-8?b?…?=`, as far as headers here use it.
pub fn decode_words(header: &str) -> String {
    let mut out = String::new();
    let mut was_encoded = false;
    for word in header.split(' ') {
        let encoded = word.trim_matches('"').strip_prefix("=?utf-8?b?").and_then(|w| w.strip_suffix("?="));
        match encoded {
            // White space between two encoded words is none.
            Some(text) => {
                if !out.is_empty() && !was_encoded {
                    out.push(' ');
                }
                out.push_str(&String::from_utf8(base64(text)).unwrap());
            }
            None => {
                if !out.is_empty() {
                    out.push(' ');
                }
                out.push_str(word);
            }
        }
        was_encoded = encoded.is_some();
    }
    out
}
