//! `candour openapi`.

/// Prints the description of the JSON API.
pub fn run() {
    println!("{}", web::openapi_json().trim_end());
}
