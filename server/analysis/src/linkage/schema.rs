//! The names by which the tables are known: the only place to change when the schema does.

/// The identity side's table of eligible people.
pub const PERSON: &str = "person";
/// Its column that is filled once a credential was signed for the person: they have joined.
pub const REQUEST: &str = "request";
/// Columns of other identity tables that name a person.
pub const PERSON_COLUMNS: &[&str] = &["person_id"];

/// The conversation side's table of participants.
pub const PARTICIPANT: &str = "participant";
/// Credentials that have come in.
pub const CREDENTIAL: &str = "credential";
/// Whose they are.
pub const CREDENTIAL_OWNER: &str = "participant_id";
/// Registrations that are not yet released.
pub const WAITING: &str = "waiting";
/// A column that sets apart, where it is null, those who wait with a code from those who wait with a credential.
pub const DEVICE_KEY: &str = "device_key";
/// Columns of other conversation tables that name a participant.
pub const PARTICIPANT_COLUMNS: &[&str] = &["participant_id", "author_id"];

/// The column that names a row.
pub const ID: &str = "id";
/// The campaign, on both sides.
pub const CAMPAIGN: &str = "campaign_id";
/// The cohort, where a row says it itself.
pub const COHORT_COLUMNS: &[&str] = &["cohort_id", "cohort"];
/// Which organisations' people are in which cohort.
pub const COHORT_OF_ORGANISATION: &str = "cohort_organisation";
/// An organisation.
pub const ORGANISATION: &str = "organisation_id";
/// Columns that would date an issuance.
pub const ISSUED_COLUMNS: &[&str] = &["issued_on", "issued_at", "signed_on", "signed_at"];
/// Columns that would date a registration.
pub const REGISTERED_COLUMNS: &[&str] = &["registered_on", "registered_at", "admitted_on", "created_at"];

/// Tables that say the same on both sides, because a tenant pack or the public key log does.
pub const PUBLIC_TABLES: &[&str] = &[
    "tenant",
    "organisation",
    "campaign",
    "round",
    "cohort",
    "cohort_organisation",
    "key_log",
    "daily_count",
    "published_figure",
    "seaql_migrations",
];
/// Columns whose values a tenant pack gives, the same on both sides.
pub const PUBLIC_COLUMNS: &[&str] = &[
    "tenant_id",
    "campaign_id",
    "organisation_id",
    "round_id",
    "prompt_id",
    "cohort",
    "cohort_id",
    "theme",
    "feeling",
];
/// Tables in which what was said is kept in the order of saying it, as every reader sees it.
pub const SPOKEN_TABLES: &[&str] = &["post", "post_version"];
