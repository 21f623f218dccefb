//! Forms as browsers send them, decoded strictly: what is not clean text is refused, not repaired.

use poem::{FromRequest, Request, RequestBody, Result};

use super::body::{BodyRefusal, MAX_FORM_BYTES, read};

/// The most fields a form may have: an activity may ask to put four times fifty things in order, and more.
pub const MAX_FORM_FIELDS: usize = 500;

/// The media type of forms.
const FORM_TYPE: &str = "application/x-www-form-urlencoded";

/// A form's fields in the order sent. As a handler's argument it reads the request's body.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Form(Vec<(String, String)>);

impl Form {
    /// Decodes `application/x-www-form-urlencoded` bytes (WHATWG URL, section 5.1), except that invalid UTF-8 is refused
    /// instead of replaced.
    ///
    /// # Errors
    /// [`BodyRefusal::NotUtf8`], [`BodyRefusal::ContainsNul`] or [`BodyRefusal::TooManyFields`].
    pub fn parse(bytes: &[u8]) -> Result<Self, BodyRefusal> {
        let mut fields = Vec::new();
        for pair in bytes.split(|byte| *byte == b'&').filter(|pair| !pair.is_empty()) {
            if fields.len() == MAX_FORM_FIELDS {
                return Err(BodyRefusal::TooManyFields { max: MAX_FORM_FIELDS });
            }
            let equals = pair.iter().position(|byte| *byte == b'=');
            let (name, value) = match equals {
                Some(at) => (&pair[..at], &pair[at + 1..]),
                None => (pair, &b""[..]),
            };
            fields.push((decode(name)?, decode(value)?));
        }
        Ok(Self(fields))
    }

    /// The first field of this name.
    pub fn get(&self, name: &str) -> Option<&str> {
        self.0.iter().find(|(field, _)| field == name).map(|(_, value)| value.as_str())
    }

    /// Every field of this name, as ticked boxes are sent.
    pub fn all<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> {
        self.0.iter().filter(move |(field, _)| field == name).map(|(_, value)| value.as_str())
    }

    /// All fields, in the order sent.
    pub fn fields(&self) -> &[(String, String)] {
        &self.0
    }
}

impl<'a> FromRequest<'a> for Form {
    async fn from_request(request: &'a Request, body: &mut RequestBody) -> Result<Self> {
        let kind = request.content_type().unwrap_or_default();
        let kind = kind.split(';').next().unwrap_or_default().trim();
        if !kind.eq_ignore_ascii_case(FORM_TYPE) {
            return Err(BodyRefusal::NotAForm.into());
        }
        Ok(Self::parse(&read(body.take()?, MAX_FORM_BYTES).await?)?)
    }
}

/// Undoes `+` and `%xx`; a `%` without two hexadecimal digits stands for itself, as browsers read it.
fn decode(bytes: &[u8]) -> Result<String, BodyRefusal> {
    let mut decoded = Vec::with_capacity(bytes.len());
    let mut rest = bytes;
    while let [first, tail @ ..] = rest {
        rest = tail;
        match (first, tail) {
            (b'+', _) => decoded.push(b' '),
            (b'%', [high, low, after @ ..]) if high.is_ascii_hexdigit() && low.is_ascii_hexdigit() => {
                decoded.push(hex_digit(*high) << 4 | hex_digit(*low));
                rest = after;
            }
            _ => decoded.push(*first),
        }
    }
    let text = String::from_utf8(decoded).map_err(|_| BodyRefusal::NotUtf8)?;
    if text.contains('\0') { Err(BodyRefusal::ContainsNul) } else { Ok(text) }
}

/// The value of a byte that is a hexadecimal digit.
fn hex_digit(digit: u8) -> u8 {
    match digit {
        b'0'..=b'9' => digit - b'0',
        _ => (digit | 0x20) - b'a' + 10,
    }
}

#[cfg(test)]
mod tests {
    use poem::{Body, http::StatusCode};

    use super::*;

    fn fields(bytes: &[u8]) -> Result<Vec<(String, String)>, BodyRefusal> {
        Form::parse(bytes).map(|form| form.0)
    }

    #[test]
    fn fields_are_decoded_in_order() {
        let form =
            Form::parse(b"text=a+b%26c%0D%0A%F0%9F%A6%89&theme=x&theme=y&&empty=&bare&eq=a=b&%74=%zz%")
                .unwrap();
        assert_eq!(form.get("text"), Some("a b&c\r\n\u{1f989}"));
        assert_eq!(form.all("theme").collect::<Vec<_>>(), ["x", "y"]);
        assert_eq!((form.get("empty"), form.get("bare"), form.get("none")), (Some(""), Some(""), None));
        assert_eq!(form.get("eq"), Some("a=b"));
        assert_eq!(form.get("t"), Some("%zz%"));
        assert_eq!(fields(b""), Ok(vec![]));
    }

    #[test]
    fn unclean_text_is_refused() {
        assert_eq!(fields(b"a=%ff"), Err(BodyRefusal::NotUtf8));
        assert_eq!(fields(b"a=\xc3"), Err(BodyRefusal::NotUtf8));
        assert_eq!(fields(b"%c3%28=a"), Err(BodyRefusal::NotUtf8));
        assert_eq!(fields(b"a=%ed%a0%80"), Err(BodyRefusal::NotUtf8));
        assert_eq!(fields(b"a=b%00c"), Err(BodyRefusal::ContainsNul));
        assert_eq!(fields(b"a\0=b"), Err(BodyRefusal::ContainsNul));
    }

    #[test]
    fn fields_are_counted() {
        let of = |count: usize| "a=b&".repeat(count).into_bytes();
        assert_eq!(fields(&of(MAX_FORM_FIELDS)).map(|fields| fields.len()), Ok(MAX_FORM_FIELDS));
        let refusal = BodyRefusal::TooManyFields { max: MAX_FORM_FIELDS };
        assert_eq!(fields(&of(MAX_FORM_FIELDS + 1)), Err(refusal));
    }

    async fn extracted(kind: &str, body: Body) -> Result<Form, StatusCode> {
        let request = Request::builder().content_type(kind).body(body);
        let (request, mut body) = request.split();
        Form::from_request(&request, &mut body).await.map_err(|error| error.status())
    }

    #[tokio::test]
    async fn the_extractor_names_its_refusals() {
        let form = extracted("Application/X-WWW-form-urlencoded; charset=UTF-8", "a=b".into()).await;
        assert_eq!(form.as_ref().map(|form| form.get("a")), Ok(Some("b")));
        assert_eq!(extracted("text/plain", "a=b".into()).await, Err(StatusCode::UNSUPPORTED_MEDIA_TYPE));
        assert_eq!(extracted(FORM_TYPE, "a=%ff".into()).await, Err(StatusCode::BAD_REQUEST));
        let large = format!("a={}", "b".repeat(MAX_FORM_BYTES));
        assert_eq!(extracted(FORM_TYPE, large.into()).await, Err(StatusCode::PAYLOAD_TOO_LARGE));
    }
}
