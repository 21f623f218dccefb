//! Forms that carry a file (RFC 7578), decoded strictly. The body is whole and bounded before it is looked at; files stay bytes.

use poem::Request;

use super::body::BodyRefusal;

/// The most parts of one form.
const MAX_PARTS: usize = 20;
/// Longest boundary (RFC 2046, 5.1.1), bytes.
const MAX_BOUNDARY_BYTES: usize = 70;

/// A form's text fields and files, by name, in the order sent.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct MultipartForm {
    fields: Vec<(String, String)>,
    files: Vec<(String, UploadedFile)>,
}

/// A file as it was sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UploadedFile {
    /// What the sender's machine calls it; may be empty. Never used as a path.
    pub name: String,
    /// Its content.
    pub bytes: Vec<u8>,
}

impl MultipartForm {
    /// Decodes `body`, whose parts `boundary` divides.
    ///
    /// # Errors
    /// [`BodyRefusal::Broken`], [`BodyRefusal::NotUtf8`], [`BodyRefusal::ContainsNul`] or [`BodyRefusal::TooManyFields`].
    pub fn parse(body: &[u8], boundary: &str) -> Result<Self, BodyRefusal> {
        let mut form = Self::default();
        let first = format!("--{boundary}");
        let between = format!("\r\n{first}");
        let mut rest = body.strip_prefix(first.as_bytes()).ok_or(BodyRefusal::Broken)?;
        for _ in 0..=MAX_PARTS {
            if rest.starts_with(b"--") {
                return Ok(form);
            }
            let part = rest.strip_prefix(b"\r\n").ok_or(BodyRefusal::Broken)?;
            let end = find(part, between.as_bytes()).ok_or(BodyRefusal::Broken)?;
            form.add(&part[..end])?;
            rest = &part[end + between.len()..];
        }
        Err(BodyRefusal::TooManyFields { max: MAX_PARTS })
    }

    fn add(&mut self, part: &[u8]) -> Result<(), BodyRefusal> {
        let end = find(part, b"\r\n\r\n").ok_or(BodyRefusal::Broken)?;
        let (head, content) = (&part[..end], &part[end + 4..]);
        let head = std::str::from_utf8(head).map_err(|_| BodyRefusal::NotUtf8)?;
        let disposition = head.lines().find_map(|line| {
            let (name, value) = line.split_once(':')?;
            name.eq_ignore_ascii_case("content-disposition").then_some(value)
        });
        let disposition = disposition.ok_or(BodyRefusal::Broken)?;
        let name = parameter(disposition, "name").ok_or(BodyRefusal::Broken)?;
        match parameter(disposition, "filename") {
            Some(file) => self.files.push((name, UploadedFile { name: file, bytes: content.to_vec() })),
            None => {
                let text = String::from_utf8(content.to_vec()).map_err(|_| BodyRefusal::NotUtf8)?;
                if text.contains('\0') {
                    return Err(BodyRefusal::ContainsNul);
                }
                self.fields.push((name, text));
            }
        }
        Ok(())
    }

    /// The first field of this name, empty if it was not sent.
    pub fn field(&self, name: &str) -> &str {
        self.fields.iter().find(|(field, _)| field == name).map_or("", |(_, value)| value)
    }

    /// The file of this name, if one was chosen.
    pub fn file(&self, name: &str) -> Option<&UploadedFile> {
        let found = self.files.iter().find(|(field, _)| field == name).map(|(_, file)| file);
        found.filter(|file| !file.bytes.is_empty())
    }
}

/// The boundary that a request's content type names, if it is such a form.
pub fn boundary(request: &Request) -> Option<String> {
    let kind = request.content_type()?;
    let (media, parameters) = kind.split_once(';')?;
    if !media.trim().eq_ignore_ascii_case("multipart/form-data") {
        return None;
    }
    let boundary = parameter(parameters, "boundary")?;
    (1..=MAX_BOUNDARY_BYTES).contains(&boundary.len()).then_some(boundary)
}

/// A header's parameter, quoted or not. Browsers write `%22` for a quotation mark inside (WHATWG HTML, multipart/form-data).
fn parameter(header: &str, name: &str) -> Option<String> {
    let mut rest = header;
    while let Some(at) = rest.find('=') {
        let key = rest[..at].rsplit([';', ' ']).next().unwrap_or_default().trim();
        let after = &rest[at + 1..];
        let (value, left) = match after.strip_prefix('"') {
            Some(quoted) => quoted.split_once('"')?,
            None => after.split_once(';').unwrap_or((after, "")),
        };
        if key.eq_ignore_ascii_case(name) {
            return Some(value.trim().replace("%22", "\""));
        }
        rest = left;
    }
    None
}

/// Where `needle` begins in `bytes`.
fn find(bytes: &[u8], needle: &[u8]) -> Option<usize> {
    bytes.windows(needle.len()).position(|window| window == needle)
}

#[cfg(test)]
mod tests {
    use super::*;

    const BODY: &str = "--xx\r\nContent-Disposition: form-data; name=\"csrf\"\r\n\r\nt\u{f6}ken\r\n--xx\r\n\
        Content-Disposition: form-data; name=\"file\"; filename=\"a; name=b.csv\"\r\nContent-Type: text/csv\r\n\r\n\
        email\r\n--x\r\n\r\n--xx--\r\n";

    #[test]
    fn fields_and_files() {
        let form = MultipartForm::parse(BODY.as_bytes(), "xx").unwrap();
        assert_eq!(form.field("csrf"), "töken");
        let file = form.file("file").unwrap();
        assert_eq!((file.name.as_str(), file.bytes.as_slice()), ("a; name=b.csv", &b"email\r\n--x\r\n"[..]));
        assert_eq!((form.field("file"), form.file("csrf")), ("", None));
    }

    #[test]
    fn what_is_cut_off_or_unclean_is_refused() {
        for end in 0..BODY.len() - 4 {
            if BODY.is_char_boundary(end) {
                assert!(MultipartForm::parse(&BODY.as_bytes()[..end], "xx").is_err(), "{end}");
            }
        }
        assert_eq!(MultipartForm::parse(BODY.as_bytes(), "yy"), Err(BodyRefusal::Broken));
        let latin =
            BODY.as_bytes().iter().map(|byte| if *byte == 0xc3 { 0xff } else { *byte }).collect::<Vec<_>>();
        assert_eq!(MultipartForm::parse(&latin, "xx"), Err(BodyRefusal::NotUtf8));
        assert_eq!(
            MultipartForm::parse(BODY.replace("ken", "k\0").as_bytes(), "xx"),
            Err(BodyRefusal::ContainsNul)
        );
        let part = "\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\nb\r\n--xx";
        let many = format!("--xx{}--", part.repeat(MAX_PARTS + 1));
        assert_eq!(
            MultipartForm::parse(many.as_bytes(), "xx"),
            Err(BodyRefusal::TooManyFields { max: MAX_PARTS })
        );
    }

    #[test]
    fn boundaries() {
        let of = |kind: &str| boundary(&Request::builder().content_type(kind).finish());
        assert_eq!(of("multipart/form-data; boundary=----abc"), Some("----abc".into()));
        assert_eq!(of("Multipart/Form-Data; charset=utf-8; boundary=\"a b\""), Some("a b".into()));
        assert_eq!(of("multipart/form-data"), None);
        assert_eq!(of("application/x-www-form-urlencoded; boundary=a"), None);
        assert_eq!(of(&format!("multipart/form-data; boundary={}", "a".repeat(71))), None);
    }
}
