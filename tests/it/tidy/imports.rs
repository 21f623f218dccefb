//! Who may import whom.

/// One package of the workspace.
pub struct Package {
    /// Its name in Cargo.toml.
    pub name: String,
    /// Its folder below the workspace's root.
    pub room: String,
    /// The names of the packages it depends on, for building, testing or running.
    pub imports: Vec<String>,
}

/// The rooms that know only the domain, and not each other.
const SPECIALISTS: &[&str] =
    &["storage", "policy", "credentials", "mail", "plugin-host", "analysis", "documents", "single-sign-on"];

/// Which of our packages a room may import.
enum May {
    Nothing,
    Only(&'static [&'static str]),
    DomainAndSpecialists,
    Everything,
}

/// The table of docs/architecture.md. A room that is not here may not exist.
const ROOMS: &[(&str, May)] = &[
    ("server/domain", May::Nothing),
    ("server/storage", May::Only(&["domain"])),
    ("server/policy", May::Only(&["domain"])),
    ("server/credentials", May::Only(&["domain"])),
    ("server/mail", May::Only(&["domain"])),
    ("server/plugin-host", May::Only(&["domain"])),
    ("server/analysis", May::Only(&["domain"])),
    ("server/documents", May::Only(&["domain"])),
    ("server/single-sign-on", May::Only(&["domain"])),
    ("server/actions", May::DomainAndSpecialists),
    ("server/web", May::Only(&["actions", "domain"])),
    ("server/jobs", May::Only(&["actions", "domain"])),
    ("server/app", May::Everything),
    ("migrations", May::Nothing),
    ("tests", May::Everything),
];

/// Plugins live in a world of their own: their kit, never the server.
const PLUGINS: (&str, May) = ("plugins/", May::Only(&["guest-sdk"]));

/// Each named package family, and the only room that may import it. The longest name that fits counts.
const VENDORS: &[(&str, &str)] = &[
    ("sea-orm", "server/storage"),
    ("sea-orm-migration", "migrations"),
    ("sqlx", "server/storage"),
    ("poem", "server/web"),
    ("casbin", "server/policy"),
    ("lettre", "server/mail"),
    ("openssl", "server/credentials"),
    ("webauthn-rs", "server/credentials"),
    ("argon2", "server/credentials"),
    ("totp-rs", "server/credentials"),
    ("openidconnect", "server/single-sign-on"),
    ("wasmtime", "server/plugin-host"),
    ("typst", "server/documents"),
    ("tokio-cron-scheduler", "server/jobs"),
];

/// Imports between our own packages that the table does not allow, and rooms that the table does not know.
pub fn strangers_among_rooms(packages: &[Package]) -> Vec<String> {
    let ours = |name: &str| packages.iter().any(|package| package.name == name);
    let mut breaches = Vec::new();
    for package in packages {
        let Some(may) = may(&package.room) else {
            breaches.push(format!("{}: no such room in the table of docs/architecture.md", package.room));
            continue;
        };
        let strangers = package.imports.iter().filter(|import| ours(import) && !allows(may, import));
        breaches.extend(strangers.map(|import| format!("{} may not import {import}", package.room)));
    }
    breaches
}

/// Vendors imported outside the one room that is theirs. Tests are free.
pub fn vendors_outside_their_room(packages: &[Package]) -> Vec<String> {
    let houses = packages.iter().filter(|package| package.room != "tests");
    let breaches = houses.flat_map(|package| {
        let outside = package.imports.iter().filter_map(|import| {
            let room = vendor_room(import)?;
            (room != package.room).then(|| format!("{} imports {import}: only {room} may", package.room))
        });
        outside.collect::<Vec<_>>()
    });
    breaches.collect()
}

fn may(room: &str) -> Option<&'static May> {
    const KIT: &May = &PLUGINS.1;
    if room.starts_with(PLUGINS.0) {
        return Some(KIT);
    }
    ROOMS.iter().find(|(name, _)| *name == room).map(|(_, may)| may)
}

fn allows(may: &May, import: &str) -> bool {
    match may {
        May::Nothing => false,
        May::Only(names) => names.contains(&import),
        May::DomainAndSpecialists => import == "domain" || SPECIALISTS.contains(&import),
        May::Everything => true,
    }
}

fn vendor_room(import: &str) -> Option<&'static str> {
    let fits = |vendor: &str| {
        import.strip_prefix(vendor).is_some_and(|rest| rest.is_empty() || rest.starts_with('-'))
    };
    let fitting = VENDORS.iter().filter(|(vendor, _)| fits(vendor));
    fitting.max_by_key(|(vendor, _)| vendor.len()).map(|(_, room)| *room)
}

/// A workspace in which `room` imports `imports` and every room of the table is there to be imported.
fn house(room: &str, imports: &[&str]) -> Vec<Package> {
    let name = |room: &str| room.rsplit('/').next().unwrap_or_default().to_owned();
    let others = ROOMS.iter().map(|(room, _)| *room).chain(["plugins/guest-sdk"]);
    let others = others.map(|room| Package { name: name(room), room: room.to_owned(), imports: Vec::new() });
    let imports = imports.iter().map(|&import| import.to_owned()).collect();
    others.chain([Package { name: "under-test".to_owned(), room: room.to_owned(), imports }]).collect()
}

#[test]
fn allowed_imports_pass() {
    let cases: &[(&str, &[&str])] = &[
        ("server/domain", &["serde", "chrono"]),
        ("server/storage", &["domain", "sea-orm"]),
        ("server/actions", &["domain", "storage", "mail"]),
        ("server/web", &["actions", "domain", "poem", "poem-openapi"]),
        ("server/app", &["web", "jobs", "migrations"]),
        ("migrations", &["sea-orm-migration"]),
        ("plugins/pledge-review", &["guest-sdk"]),
        ("tests", &["app", "sea-orm", "poem"]),
    ];
    for (room, imports) in cases {
        let packages = house(room, imports);
        assert_eq!(strangers_among_rooms(&packages), [""; 0], "{room}");
        assert_eq!(vendors_outside_their_room(&packages), [""; 0], "{room}");
    }
}

#[test]
fn forbidden_imports_between_rooms_are_found() {
    let cases = [
        ("server/domain", "storage"),
        ("server/storage", "credentials"),
        ("server/mail", "actions"),
        ("server/actions", "web"),
        ("server/actions", "migrations"),
        ("server/web", "storage"),
        ("server/web", "jobs"),
        ("server/jobs", "web"),
        ("migrations", "domain"),
        ("plugins/pledge-review", "domain"),
    ];
    for (room, import) in cases {
        assert_eq!(
            strangers_among_rooms(&house(room, &[import])),
            [format!("{room} may not import {import}")]
        );
    }
}

#[test]
fn a_room_that_the_table_does_not_know_is_found() {
    let found = strangers_among_rooms(&house("server/gateway", &[]));
    assert_eq!(found, ["server/gateway: no such room in the table of docs/architecture.md"]);
}

#[test]
fn vendors_in_another_room_are_found() {
    let cases = [
        ("server/actions", "sea-orm"),
        ("server/storage", "sea-orm-migration"),
        ("server/app", "poem"),
        ("server/domain", "poem-openapi"),
        ("server/web", "casbin"),
        ("server/actions", "webauthn-rs-proto"),
        ("server/jobs", "lettre"),
        ("server/app", "wasmtime-wasi"),
        ("server/web", "typst-pdf"),
        ("server/app", "tokio-cron-scheduler"),
    ];
    for (room, vendor) in cases {
        assert_eq!(vendors_outside_their_room(&house(room, &[vendor])).len(), 1, "{room} {vendor}");
    }
}
