//! The JSON API, `/api/v1`: the pages' own actions for programs, and its description in OpenAPI.
//!
//! Here: shapes in and out, and what a refusal is called ([`refused`]). Not here: rules and use cases (`domain`, `actions`), the caps
//! and limits of every request (`edge`), the tenant (found before, by `tenancy`). A participant is known by a bearer token and never
//! by a cookie, so no other site can act in their name. Nothing that leaves here tells who wrote what, but `own`.
//!
//! To add an endpoint: `docs/how-to/add-an-endpoint.md`.

mod caller;
mod campaigns;
mod changes;
mod contributions;
mod documentation;
mod fresh;
mod mine;
mod moderation;
mod posts;
mod refused;
mod sessions;
mod shapes;

use std::sync::Arc;

use actions::Actions;
use poem::http::Method;
use poem::middleware::AddData;
use poem::{Endpoint, EndpointExt, Route};
use poem_openapi::{LicenseObject, OpenApi, OpenApiService, ServerObject, Tags};

use crate::edge::address::TrustedProxies;
use crate::edge::body::{CapBodies, MAX_JSON_BYTES};
use crate::edge::guessing::GuessLimit;

/// The groups that the documentation shows.
#[derive(Tags)]
enum Tag {
    /// Coming in with a code, and leaving.
    Sessions,
    /// What is asked, and when. Needs no session.
    Campaigns,
    /// Ideas and the comments under them.
    Contributions,
    /// Changing, taking back and answering what was written.
    Posts,
    /// What the participant wrote and answered.
    Mine,
    /// What happened since.
    Changes,
}

/// Every operation. Each path stands in one of them only: OpenAPI has it as one object.
type Operations = (
    sessions::Sessions,
    campaigns::Campaigns,
    contributions::Contributions,
    posts::Posts,
    moderation::Moderation,
    mine::MineOf,
    changes::ChangesOf,
);

/// The API's version, of its description: it grows with what is added. What would break a client gets another path than `/v1`.
const VERSION: &str = "1.0.0";

const DESCRIPTION: &str = "Take part in a conversation from a program.

Come in with a code (`POST /sessions`) and send the token that you get as `Authorization: Bearer …`. A session is good for one \
campaign of one tenant. Ids of another campaign or tenant are unknown here: the answer is the same 404 as for an id that does not exist.

Every refusal is `application/problem+json` (RFC 9457). Its `type` is stable, its words are for people. Instants are UTC (RFC 3339), \
days are days in the tenant's time zone. Bodies are JSON of at most 65,536 bytes, and fields that are not described are refused.

No answer names an author. A display name holds within one thread only, and `own` marks what the caller wrote.";

/// What every operation shares.
struct Shared {
    actions: Actions,
    guessing: Arc<GuessLimit>,
    proxies: TrustedProxies,
}

/// The API and its documentation, to be nested at `/api` behind the tenancy, which puts the tenant into the request.
///
/// It answers refusals itself, with problem+json. Its errors are faults.
pub fn service(
    actions: Actions,
    guessing: Arc<GuessLimit>,
    proxies: TrustedProxies,
) -> impl Endpoint + 'static {
    let shared = Arc::new(Shared { actions, guessing, proxies });
    let v1 =
        described().with(AddData::new(shared)).with(CapBodies { max_bytes: MAX_JSON_BYTES, uploads: &[] });
    let both = Route::new().nest("/v1", v1).nest("/docs", documentation::documentation());
    both.around(|both, request| async move { both.call(request).await.or_else(refused::answer) })
}

/// Every operation with its description, for which no state is needed.
fn described() -> OpenApiService<Operations, ()> {
    let operations = (
        sessions::Sessions,
        campaigns::Campaigns,
        contributions::Contributions,
        posts::Posts,
        moderation::Moderation,
        mine::MineOf,
        changes::ChangesOf,
    );
    OpenApiService::new(operations, "Candour", VERSION)
        .description(DESCRIPTION)
        .license(LicenseObject::new("AGPL-3.0-or-later"))
        // From the description itself (`/api/docs/openapi.json`), wherever a tenant's site begins.
        .server(
            ServerObject::new("../v1").description("The tenant at whose site this description was fetched"),
        )
}

/// Method and path of all that [`service`] answers, as `/v1/campaigns/:campaign`.
pub fn operations() -> Vec<(Method, String)> {
    let paths = Operations::meta().into_iter().flat_map(|api| api.paths);
    let operations = paths.flat_map(|path| {
        let pattern = format!("/v1{}", path.path.replace('{', ":").replace('}', ""));
        path.operations.into_iter().map(move |operation| (operation.method, pattern.clone()))
    });
    let pages = documentation::PATHS.iter().map(|path| (Method::GET, format!("/docs{path}")));
    operations.chain(pages).collect()
}

/// The OpenAPI description, as `docs/openapi.json` has it.
pub fn openapi_json() -> String {
    let mut json = described().spec();
    json.push('\n');
    json
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn the_committed_description_is_this_one() {
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/openapi.json");
        let committed = std::fs::read_to_string(path).unwrap_or_default();
        assert!(committed == openapi_json(), "run: cargo run -- openapi > docs/openapi.json");
    }

    #[test]
    fn the_description_is_steady_and_names_no_host() {
        assert_eq!(openapi_json(), openapi_json());
        assert!(!openapi_json().contains("://"));
    }

    #[test]
    fn each_path_is_one_object_and_each_operation_has_a_name() {
        let mut paths = HashSet::new();
        for path in Operations::meta().into_iter().flat_map(|api| api.paths) {
            assert!(paths.insert(path.path.clone()), "{} stands in two of the operations", path.path);
            for operation in path.operations {
                assert!(operation.operation_id.is_some() && operation.summary.is_some(), "{}", path.path);
            }
        }
        assert!(operations().contains(&(Method::PUT, "/v1/campaigns/:campaign/posts/:id/vote".to_owned())));
    }

    #[test]
    fn nothing_that_joins_a_person_is_described() {
        let json = openapi_json();
        for word in [
            "author_id",
            "participant_id",
            "\"author\"",
            "\"participant\"",
            "\"seed\"",
            "\"voice\"",
            "organisation",
        ] {
            assert!(!json.contains(word), "{word}");
        }
    }
}
