use std::io::Write;

use super::*;

fn read(toml: &str, environment: &[(&str, &str)]) -> Result<Config, ConfigRefusal> {
    let mut file = tempfile::NamedTempFile::new().unwrap();
    file.write_all(toml.as_bytes()).unwrap();
    let environment = environment.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
    Config::read(Some(file.path()), environment)
}

fn refused(toml: &str) -> String {
    read(toml, &[]).err().unwrap_or_else(|| panic!("taken: {toml}")).to_string()
}

#[test]
fn nothing_written_is_a_deployment_for_this_machine() {
    let config = read("", &[]).unwrap();
    assert_eq!(config.server.address.to_string(), "127.0.0.1:8080");
    assert_eq!(config.server.operations_address.to_string(), "127.0.0.1:8081");
    assert_eq!(config.server.public_url, PublicUrl::localhost(8080));
    assert!(config.storage.databases.identity_url.ends_with("/candour-data/identity.sqlite"));
    assert!(config.storage.migrate.conversation_url.ends_with("/candour-data/conversation.sqlite?mode=rwc"));
    assert!(matches!(config.pepper, PepperSource::File(path) if path.ends_with("candour-data/pepper")));
}

#[test]
fn the_environment_wins_over_the_file() {
    let toml = "[server]\naddress = \"127.0.0.1:1\"\ntrusted_proxies = [\"10.0.0.0/8\"]\n";
    // All digits, and far too many for a number: it must stay text.
    let pepper = "12".repeat(31) + "34";
    let environment = [
        ("CANDOUR__SERVER__ADDRESS", "[::1]:2"),
        ("CANDOUR__SERVER__TRUSTED_PROXIES", "10.0.0.1, fd00::/8"),
        ("CANDOUR__SERVER__HTTPS", "false"),
        ("CANDOUR__SECRETS__PEPPER", &pepper),
        ("CANDOUR_CONFIG", "elsewhere.toml"),
        ("HOME", "/nowhere"),
    ];
    let config = read(toml, &environment).unwrap();
    assert_eq!(config.server.address.to_string(), "[::1]:2");
    assert_eq!(config.server.trusted_proxies.0.len(), 2);
    assert!(matches!(config.pepper, PepperSource::Given(_)));
    assert_eq!(read(toml, &[]).unwrap().server.trusted_proxies.0.len(), 1);
}

#[test]
fn a_file_that_was_named_must_be_there() {
    let refusal = Config::read(Some(Path::new("no-such-file.toml")), []).err().unwrap();
    assert!(refusal.to_string().contains("no-such-file.toml"), "{refusal}");
}

#[test]
fn spelling_mistakes_do_not_pass() {
    assert!(refused("[server]\nadress = \"127.0.0.1:1\"\n").contains("unknown field `adress`"));
    assert!(refused("[sever]\n").contains("unknown field `sever`"));
    let refusal = refused("[server]\nhttps = \"perhaps\"\n");
    assert!(refusal.contains("server.https"), "{refusal}");
    assert!(read("", &[("CANDOUR__STORAGE__FOLDER", "x")]).is_err());
}

#[test]
fn every_problem_is_named_with_its_key() {
    let refusal = refused(
        "[server]\naddress = \"localhost\"\npublic_url = \"talk.example\"\ntrusted_proxies = [\"proxy\"]\n\
         [secrets]\npepper = \"00\"\n[logs]\nformat = \"xml\"\nlevel = \"loud\"\n",
    );
    for key in [
        "server.address: ",
        "server.public_url: ",
        "server.trusted_proxies: ",
        "secrets.pepper: ",
        "logs.format: ",
        "logs.level: ",
    ] {
        assert!(refusal.contains(key), "{key} is not in:\n{refusal}");
    }
}

#[test]
fn https_and_the_public_address_agree() {
    assert!(
        refused("[server]\nhttps = false\npublic_url = \"https://talk.example\"\n").contains("server.https")
    );
    assert!(refused("[server]\npublic_url = \"http://talk.example\"\n").contains("in the clear"));
    let config = read("[server]\npublic_url = \"https://talk.example\"\n", &[]).unwrap();
    assert_eq!(config.server.public_url.scheme(), Scheme::Https);
}

#[test]
fn the_two_sides_are_two_databases() {
    let pair = |identity: &str, conversation: &str| {
        format!("[storage]\nidentity_url = \"{identity}\"\nconversation_url = \"{conversation}\"\n")
    };
    for (identity, conversation) in [
        (
            "postgres://a:secret@DB.example/candour",
            "postgresql://b:secret@db.example:5432/candour?sslmode=require",
        ),
        ("sqlite://x/../data.sqlite", "sqlite:x/../data.sqlite?mode=rwc"),
    ] {
        let refusal = refused(&pair(identity, conversation));
        assert!(refusal.contains("two databases") && !refusal.contains("secret"), "{refusal}");
    }
    let config = read(&pair("postgres://a@db/identity", "postgres://a@db/conversation"), &[]).unwrap();
    assert_eq!(config.storage.migrate.identity_url, "postgres://a@db/identity");
    assert!(refused("[storage]\nidentity_url = \"postgres://a@db/identity\"\n").contains("give both"));
    assert!(refused(&pair("mysql://a:secret@db/a", "mysql://a:secret@db/b")).contains("postgres://user"));
}

#[test]
fn the_operations_port_is_another_one() {
    let refusal = refused("[server]\naddress = \"127.0.0.1:9\"\noperations_address = \"127.0.0.1:9\"\n");
    assert!(refusal.contains("server.operations_address"), "{refusal}");
}
