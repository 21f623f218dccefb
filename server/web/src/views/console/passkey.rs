//! A question about passkeys to the browser, and an authenticator app to set up: parts of several pages.

use serde::Serialize;

/// A question about passkeys to the browser.
#[derive(Clone, Debug, Serialize)]
pub struct AskedPasskey {
    /// JSON.
    pub question: String,
    /// What comes back with the answer.
    pub kept: String,
}

/// An authenticator app to set up.
#[derive(Clone, Debug, Serialize)]
pub struct NewApp {
    /// What its camera reads: a picture, SVG.
    pub qr: String,
    /// The same to type.
    pub typed: String,
    /// What comes back with its first code.
    pub kept: String,
}

impl AskedPasskey {
    pub(crate) fn sample() -> Self {
        Self { question: "{\"publicKey\":{}}".into(), kept: "c2VhbGVk".into() }
    }
}

impl NewApp {
    pub(crate) fn sample() -> Self {
        let qr =
            "<svg role=\"img\" aria-label=\"QR code\" viewBox=\"0 0 8 8\"><path d=\"M2 2h4v4H2z\"/></svg>";
        Self { qr: qr.into(), typed: "ABCD EFGH IJKL MNOP QRST UVWX YZ23 4567".into(), kept: "00ff".into() }
    }
}
