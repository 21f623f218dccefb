//! The files that every page loads: embedded, compressed beforehand, addressed by their content.
//!
//! An address holds a hash of the file, so a browser may keep it for ever and never shows a stale one.

use std::borrow::Cow;
use std::collections::HashMap;
use std::sync::LazyLock;

use rust_embed::{Embed, EmbeddedFile};
use sha2::{Digest, Sha256};

/// What browsers are told about caching: a year, and never ask again.
pub const CACHE_CONTROL: &str = "public, max-age=31536000, immutable";

/// Bytes of the hash in an address: enough that two versions of a file never meet.
const HASH_BYTES: usize = 8;

#[derive(Embed)]
#[folder = "static/"]
struct Files;

/// A file as it goes over the wire.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Asset {
    /// Its bytes, compressed as `encoding` says.
    pub bytes: Cow<'static, [u8]>,
    /// For the `Content-Type` header.
    pub content_type: &'static str,
    /// For the `Content-Encoding` header; `None` when it is sent as it is.
    pub encoding: Option<&'static str>,
}

struct Entry {
    name: String,
    plain: Cow<'static, [u8]>,
    gzip: Option<Cow<'static, [u8]>>,
    brotli: Option<Cow<'static, [u8]>>,
}

/// Every file under its hashed name.
static ENTRIES: LazyLock<HashMap<String, Entry>> = LazyLock::new(|| {
    let bytes = |name: &str| Files::get(name).map(|EmbeddedFile { data, .. }| data);
    Files::iter()
        .filter(|name| !name.ends_with(".gz") && !name.ends_with(".br"))
        .filter_map(|name| {
            let plain = bytes(&name)?;
            let entry = Entry {
                gzip: bytes(&format!("{name}.gz")),
                brotli: bytes(&format!("{name}.br")),
                name: name.to_string(),
                plain,
            };
            Some((hashed_name(&entry.name, &entry.plain), entry))
        })
        .collect()
});

/// Hashed names by plain ones.
static URLS: LazyLock<HashMap<&'static str, String>> = LazyLock::new(|| {
    ENTRIES.iter().map(|(hashed, entry)| (entry.name.as_str(), format!("/assets/{hashed}"))).collect()
});

/// The address of a file: `candour.css` gives `/assets/candour.<hash>.css`. Empty for a file that does not exist,
/// which a test of this crate rules out for those that pages use.
pub fn url(name: &str) -> String {
    URLS.get(name).cloned().unwrap_or_default()
}

/// The file at `/assets/<hashed>`, in the smallest form that the browser's `Accept-Encoding` takes. `None` for
/// every other name, so an outdated address is a 404 and not another version.
pub fn find(hashed: &str, accept_encoding: &str) -> Option<Asset> {
    let entry = ENTRIES.get(hashed)?;
    let content_type = match entry.name.rsplit('.').next() {
        Some("css") => "text/css; charset=utf-8",
        Some("js") => "text/javascript; charset=utf-8",
        Some("png") => "image/png",
        _ => "application/octet-stream",
    };
    let compressed = [("br", &entry.brotli), ("gzip", &entry.gzip)]
        .into_iter()
        .filter(|(coding, _)| accepts(accept_encoding, coding))
        .find_map(|(coding, bytes)| bytes.as_ref().map(|bytes| (coding, bytes)));
    Some(match compressed {
        Some((coding, bytes)) => Asset { bytes: bytes.clone(), content_type, encoding: Some(coding) },
        None => Asset { bytes: entry.plain.clone(), content_type, encoding: None },
    })
}

/// Does an `Accept-Encoding` header (RFC 9110, 12.5.3) name this coding, and not with a weight of zero?
fn accepts(header: &str, coding: &str) -> bool {
    header.split(',').any(|item| {
        let mut parts = item.split(';').map(str::trim);
        let named = parts.next().is_some_and(|name| name.eq_ignore_ascii_case(coding));
        let refused = parts.any(|part| {
            part.strip_prefix("q=").or(part.strip_prefix("Q=")).is_some_and(|q| q.parse() == Ok(0.0_f32))
        });
        named && !refused
    })
}

fn hashed_name(name: &str, bytes: &[u8]) -> String {
    let hash = hex::encode(&Sha256::digest(bytes)[..HASH_BYTES]);
    match name.rsplit_once('.') {
        Some((stem, extension)) => format!("{stem}.{hash}.{extension}"),
        None => format!("{name}.{hash}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Most bytes that the stylesheet may weigh on the wire.
    const STYLESHEET_BYTES: usize = 16 * 1024;
    /// Most bytes that a script may weigh on the wire.
    const SCRIPT_BYTES: usize = 3 * 1024;
    /// Most bytes that the script of the join page may: half of it is the words, a third big numbers.
    const JOIN_SCRIPT_BYTES: usize = 44 * 1024;

    fn fetched(name: &str, accept: &str) -> Asset {
        let url = url(name);
        find(url.strip_prefix("/assets/").unwrap(), accept).unwrap()
    }

    #[test]
    fn everything_that_pages_load_exists_and_is_small() {
        for (name, most) in [
            ("candour.css", STYLESHEET_BYTES),
            ("live.js", SCRIPT_BYTES),
            ("draft.js", SCRIPT_BYTES),
            ("join.js", JOIN_SCRIPT_BYTES),
        ] {
            let brotli = fetched(name, "gzip, deflate, br");
            assert_eq!(brotli.encoding, Some("br"), "{name}");
            assert!(brotli.bytes.len() <= most, "{name}: {} bytes", brotli.bytes.len());
            assert_eq!(fetched(name, "gzip").encoding, Some("gzip"));
        }
    }

    #[test]
    fn the_encoding_is_what_the_browser_takes() {
        assert_eq!(fetched("candour.css", "").encoding, None);
        assert_eq!(fetched("candour.css", "br;q=0, gzip;q=0.5").encoding, Some("gzip"));
        assert_eq!(fetched("candour.css", "identity").content_type, "text/css; charset=utf-8");
    }

    #[test]
    fn only_hashed_names_are_served() {
        for name in ["candour.css", "candour.css.br", "candour.0000000000000000.css", "../Cargo.toml", ""] {
            assert_eq!(find(name, "br"), None, "{name}");
        }
    }
}
