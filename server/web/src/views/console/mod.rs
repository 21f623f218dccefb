//! What the pages of the console show: one file a page, as in the views of participants.

mod account;
mod audit;
mod campaigns;
mod case;
mod dates;
mod desk;
mod draft;
mod draft_tenant;
mod figures;
mod passkey;
mod people;
mod platform;
mod policy;
mod queue;
mod sign_in;
mod start;
mod support;
mod tenants;
mod welcome;

pub use account::{Account, PasskeyLine, SessionLine, Ways};
pub use audit::{Audit, AuditChecked, AuditLine, AuditSide};
pub use campaigns::{CampaignLine, Campaigns, DraftLine, NewCampaign};
pub use case::{
    CaseActs, CaseFinding, CasePost, CaseReport, CaseSaid, CaseSimilar, CaseThread, CaseTyped, ModerationCase,
};
pub use dates::{DatedEmail, DatedRound, DatesForm, DatesPage, DatesToConfirm};
pub use desk::{Desk, DeskLink};
pub(crate) use draft::STEPS;
pub use draft::{
    DraftCheck, DraftEmails, DraftFrame, DraftPurpose, DraftRounds, DraftStep, EmailForm, PromptForm,
    RoundForm,
};
pub use draft_tenant::{
    BrandingForm, DraftBranding, DraftPages, DraftPeople, Look, LookColour, OrganisationForm,
    OrganisationLine, PageForm, RollReport,
};
pub use figures::{DayChart, DayRow, Figures, GroupRow, GroupTable, Tile};
pub use passkey::{AskedPasskey, NewApp};
pub use people::{Invite, People, PersonLine, PersonPage, RoleChoice};
pub use platform::{HealthLine, Platform};
pub use policy::{PolicyCell, PolicyPage, PolicyRow};
pub use queue::{ClaimedBy, ModerationQueue, QueueFilter, QueueLine, SuspendedLine};
pub use sign_in::{Prove, SignIn, SignInWay};
pub use start::{Start, StartCampaign};
pub use support::{Arrive, Support, SupportLine};
pub use tenants::{Switch, TenantField, TenantForm, TenantLine, TenantPage, Tenants};
pub use welcome::{RecoveryCodes, Welcome, WelcomeInvited};
