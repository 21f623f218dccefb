//! What the browser brings back from the provider: `?code=…&state=…` or `?error=…&state=…`.

use std::borrow::Cow;

use openidconnect::AuthorizationCode;
use subtle::ConstantTimeEq;
use url::form_urlencoded;

use crate::{
    refusal::{SignOnRefusal, known_form},
    sign_on::Kept,
};

/// Real ones have a few hundred bytes; Microsoft's codes a few thousand.
const MAX_QUERY_BYTES: usize = 16_000;

/// The code out of `query`, if it answers what `kept` remembers.
pub(crate) fn read(query: &str, kept: &Kept) -> Result<AuthorizationCode, SignOnRefusal> {
    if query.len() > MAX_QUERY_BYTES {
        return Err(SignOnRefusal::not_trusted("the answer is too long"));
    }
    let query = query.strip_prefix('?').unwrap_or(query);
    let state = only(query, "state")?.ok_or_else(|| SignOnRefusal::not_trusted("the answer has no state"))?;
    // Before anything else: what does not answer our question is not to be believed even when it says no.
    if !bool::from(state.as_bytes().ct_eq(kept.state.as_bytes())) {
        return Err(SignOnRefusal::not_trusted("the answer is to another question (state)"));
    }
    // RFC 9207: an answer that names its issuer must name ours, or one provider could answer for another.
    if only(query, "iss")?.is_some_and(|issuer| issuer != kept.issuer) {
        return Err(SignOnRefusal::not_trusted("the answer is from another issuer"));
    }
    if let Some(error) = only(query, "error")? {
        return Err(match known_form(&error) {
            "access_denied" => SignOnRefusal::Cancelled,
            code @ ("server_error" | "temporarily_unavailable") => {
                SignOnRefusal::not_reachable(format!("the provider said {code}"))
            }
            code => SignOnRefusal::not_trusted(format!("the provider said {code}")),
        });
    }
    let code = only(query, "code")?.ok_or_else(|| SignOnRefusal::not_trusted("the answer has no code"))?;
    Ok(AuthorizationCode::new(code.into_owned()))
}

/// The value of a name that may come once.
fn only<'q>(query: &'q str, name: &str) -> Result<Option<Cow<'q, str>>, SignOnRefusal> {
    let mut values = form_urlencoded::parse(query.as_bytes()).filter(|(key, _)| key == name);
    let first = values.next().map(|(_, value)| value);
    match values.next() {
        None => Ok(first),
        Some(_) => Err(SignOnRefusal::not_trusted(format!("the answer has {name} twice"))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refusal(query: &str) -> SignOnRefusal {
        read(query, &Kept::sample()).unwrap_err()
    }

    fn detail(query: &str) -> String {
        refusal(query).detail().unwrap().to_owned()
    }

    #[test]
    fn a_fitting_answer_gives_its_code() {
        for query in
            ["code=a%2Fb&state=the-state", "?state=the-state&code=a%2Fb&iss=https%3A%2F%2Fid.example.org"]
        {
            assert_eq!(read(query, &Kept::sample()).unwrap().secret(), "a/b");
        }
    }

    #[test]
    fn what_does_not_fit_is_refused() {
        assert_eq!(detail(""), "the answer has no state");
        assert_eq!(detail("code=x"), "the answer has no state");
        assert_eq!(detail("code=x&state="), "the answer is to another question (state)");
        assert_eq!(detail("code=x&state=the-stat"), "the answer is to another question (state)");
        assert_eq!(detail("error=access_denied&state=other"), "the answer is to another question (state)");
        assert_eq!(detail("state=the-state"), "the answer has no code");
        assert_eq!(detail("state=the-state&state=the-state&code=x"), "the answer has state twice");
        assert_eq!(detail("state=the-state&code=x&code=y"), "the answer has code twice");
        assert_eq!(
            detail("state=the-state&code=x&iss=https://evil.example"),
            "the answer is from another issuer"
        );
        assert_eq!(detail(&format!("state=the-state&code={}", "x".repeat(16_000))), "the answer is too long");
    }

    #[test]
    fn the_providers_no_is_told_apart() {
        assert_eq!(refusal("error=access_denied&state=the-state"), SignOnRefusal::Cancelled);
        assert_eq!(
            refusal("error=temporarily_unavailable&state=the-state"),
            SignOnRefusal::not_reachable("the provider said temporarily_unavailable")
        );
        assert_eq!(detail("error=invalid_scope&state=the-state"), "the provider said invalid_scope");
        assert_eq!(
            detail("error=%0A2026+ERROR+all+lost&state=the-state"),
            "the provider said an error without a proper code"
        );
    }
}
