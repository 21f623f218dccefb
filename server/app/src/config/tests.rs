use std::io::Write;

use super::*;

fn read(toml: &str, environment: &[(&str, &str)]) -> Result<Config, ConfigRefusal> {
    let mut file = tempfile::NamedTempFile::new().unwrap();
    file.write_all(toml.as_bytes()).unwrap();
    let environment = environment.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
    Config::read(Some(file.path()), environment, None)
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
    assert_eq!(config.server.side, Side::Both);
    let ends = |url: &Option<String>, end: &str| url.as_deref().is_some_and(|url| url.ends_with(end));
    assert!(ends(&config.storage.databases.identity_url, "/candour-data/identity.sqlite"));
    assert!(ends(&config.storage.migrate.conversation_url, "/candour-data/conversation.sqlite?mode=rwc"));
    let file =
        |source: &PepperSource, end: &str| matches!(source, PepperSource::File(path) if path.ends_with(end));
    assert!(file(&config.pepper, "candour-data/pepper"));
    assert!(file(&config.identity_secret, "candour-data/identity.secret"));
    assert!(matches!(config.mail.way, MailWay::Folder(path) if path.ends_with("candour-data/mail")));
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
    let refusal = Config::read(Some(Path::new("no-such-file.toml")), [], None).err().unwrap();
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
    assert_eq!(config.storage.migrate.identity_url.as_deref(), Some("postgres://a@db/identity"));
    assert!(refused("[storage]\nidentity_url = \"postgres://a@db/identity\"\n").contains("give both"));
    assert!(refused(&pair("mysql://a:secret@db/a", "mysql://a:secret@db/b")).contains("postgres://user"));
}

#[test]
fn the_operations_port_is_another_one() {
    let refusal = refused("[server]\naddress = \"127.0.0.1:9\"\noperations_address = \"127.0.0.1:9\"\n");
    assert!(refusal.contains("server.operations_address"), "{refusal}");
}

#[test]
fn a_side_alone_knows_its_own_database_and_where_the_other_is() {
    let with = |more: &str| {
        format!(
            "[server]\nside = \"identity\"\n{more}[storage]\nidentity_url = \"postgres://a@db/identity\"\n\
             conversation_url = \"postgres://a@db/conversation\"\n"
        )
    };
    let other = "other_side_url = \"https://talk.example.org\"\n";
    let config = read(&with(other), &[]).unwrap();
    assert!(config.server.side.identity() && !config.server.side.conversation());
    assert_eq!(config.storage.databases.conversation_url, None, "it would open the other side's database");
    assert!(config.storage.databases.identity_url.is_some());
    assert!(refused(&with("")).contains("server.other_side_url: is missing"));
    assert!(refused("[server]\nside = \"left\"\n").contains("server.side: `left` is none"));
    assert!(refused("[server]\nother_side_url = \"talk.example\"\n").contains("server.other_side_url"));
    let alone = "[server]\nside = \"conversation\"\nother_side_url = \"https://join.example.org\"\n[storage]\n\
                 identity_url = \"postgres://a@db/identity\"\n";
    assert!(refused(alone).contains("storage.conversation_url: is missing"));
}

#[test]
fn a_command_about_one_side_needs_not_know_where_the_other_is() {
    let told = |side| Config::read(None, [], Some(side)).unwrap();
    let identity = told(Side::Identity);
    assert_eq!((identity.server.side, identity.storage.databases.conversation_url), (Side::Identity, None));
    assert_eq!(told(Side::Conversation).storage.databases.identity_url, None);
}

#[test]
fn each_side_s_secret_is_given_or_in_a_file() {
    let digits = "0123456789abcdef".repeat(4);
    let given = read(&format!("[secrets]\nidentity_secret = \"{digits}\"\n"), &[]).unwrap();
    assert!(matches!(given.identity_secret, PepperSource::Given(_)));
    assert!(matches!(given.pepper, PepperSource::File(_)), "the two sides' secrets are two");
    let file = read("[secrets]\nidentity_secret_file = \"/etc/candour/identity\"\n", &[]).unwrap();
    assert!(
        matches!(file.identity_secret, PepperSource::File(path) if path == Path::new("/etc/candour/identity"))
    );
    let twice = format!("[secrets]\nidentity_secret = \"{digits}\"\nidentity_secret_file = \"x\"\n");
    assert!(refused(&twice).contains("secrets.identity_secret_file: secrets.identity_secret is given"));
    for both in [
        format!("[secrets]\npepper = \"{digits}\"\nidentity_secret = \"{digits}\"\n"),
        "[secrets]\npepper_file = \"x\"\nidentity_secret_file = \"x\"\n".to_owned(),
    ] {
        let refusal = refused(&both);
        assert!(refusal.contains("is the pepper") && !refusal.contains(&digits), "{refusal}");
    }
    let short = refused("[secrets]\nidentity_secret = \"abcd\"\n");
    assert!(short.contains("secrets.identity_secret: ") && !short.contains("abcd"), "{short}");
}

#[test]
fn emails_leave_by_one_way() {
    let smtp = |more: &str| {
        format!("[mail]\nhost = \"mail.example.org\"\nfrom_address = \"talk@example.org\"\n{more}")
    };
    let way = |toml: &str| read(toml, &[]).unwrap().mail.way;
    assert!(matches!(way(&smtp("")), MailWay::Smtp(server) if server.port == 587 && server.login.is_none()));
    assert!(matches!(way(&smtp("encryption = \"tls\"\n")), MailWay::Smtp(server) if server.port == 465));
    let login = smtp("port = 2525\nuser = \"candour\"\npassword = \"hunter2\"\n");
    assert!(matches!(way(&login), MailWay::Smtp(server) if server.port == 2525 && server.login.is_some()));
    assert!(
        matches!(way("[mail]\nfolder = \"letters\"\n"), MailWay::Folder(path) if path == Path::new("letters"))
    );
    for (toml, key) in [
        ("[mail]\nhost = \"mail.example.org\"\n", "mail.from_address: is missing"),
        (&smtp("encryption = \"perhaps\"\n"), "mail.encryption"),
        (&smtp("user = \"candour\"\n"), "mail.password"),
        (&smtp("password = \"hunter2\"\n"), "mail.password"),
        ("[mail]\nfrom_address = \"a@example.org\\r\\nBcc: b@example.org\"\n", "mail.from_address"),
        ("[mail]\nfrom_name = \"A\\r\\nBcc: b@example.org\"\n", "mail.from_name"),
    ] {
        let refusal = refused(toml);
        assert!(refusal.contains(key) && !refusal.contains("hunter2"), "{key} is not in:\n{refusal}");
    }
}

#[test]
fn the_other_sides_owner_is_named_where_there_is_one() {
    let apart = "[server]\nside = \"identity\"\nother_side_url = \"https://talk.example.net\"\n";
    assert_eq!(read(apart, &[]).unwrap().server.other_side_owner, None);
    let named = read(apart, &[("CANDOUR__SERVER__OTHER_SIDE_OWNER", " A Partner ")]).unwrap();
    assert_eq!(named.server.other_side_owner.as_deref(), Some("A Partner"));
    for toml in [
        "[server]\nother_side_owner = \"A Partner\"\n",
        &format!("{apart}other_side_owner = \"  \"\n"),
        &format!("{apart}other_side_owner = \"{}\"\n", "x".repeat(OWNER_CHARACTERS + 1)),
        &format!("{apart}other_side_owner = \"A\\nB\"\n"),
    ] {
        assert!(refused(toml).contains("server.other_side_owner: "), "{toml}");
    }
}
