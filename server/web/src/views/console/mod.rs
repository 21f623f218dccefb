//! What the pages of the console show: one file a page, as in the views of participants.

mod account;
mod answers;
mod audit;
mod campaigns;
mod case;
mod dates;
mod desk;
mod draft;
mod draft_emails;
mod draft_tenant;
mod emails;
mod emails_form;
mod emails_one;
mod figures;
mod logins;
mod passkey;
mod people;
mod platform;
mod policy;
mod queue;
mod round_types;
mod sign_in;
mod start;
mod support;
mod tenant_delete;
mod tenants;
mod toolkit;
mod toolkit_one;
mod welcome;

pub use account::{Account, PasskeyLine, SessionLine, Ways};
pub use answers::{AnswerSheets, RoundSheets, SheetLine};
pub(crate) use audit::deed_words;
pub use audit::{Audit, AuditChecked, AuditLine, AuditSide};
pub use campaigns::{CampaignLine, Campaigns, DraftLine, NewCampaign};
pub use case::{
    CaseActs, CaseFinding, CasePost, CaseReport, CaseSaid, CaseSimilar, CaseThread, CaseTyped, HiddenBy,
    ModerationCase,
};
pub use dates::{DatedEmail, DatedRound, DatesForm, DatesPage, DatesToConfirm};
pub use desk::{Desk, DeskLink};
pub(crate) use draft::STEPS;
pub use draft::{
    DraftCheck, DraftFrame, DraftPurpose, DraftRounds, DraftStep, LaunchWarning, PromptForm, RoundForm,
};
pub use draft_emails::{DraftEmails, EmailForm};
pub use draft_tenant::{
    BrandingForm, DraftBranding, DraftPages, DraftPeople, Look, LookColour, OrganisationForm,
    OrganisationLine, PageForm, RollProblem, RollReport,
};
pub use emails::{EmailAct, EmailLine, EmailRulesInWords, EmailsPage, StandingInWords};
pub use emails_form::{EmailFields, EmailPlanForm};
pub use emails_one::{EmailAsked, EmailPage, EmailWords};
pub use figures::{DayChart, DayRow, Figures, GroupRow, GroupTable, Tile};
pub use logins::{LoginsLine, LoginsPage};
pub use passkey::{AskedPasskey, NewApp};
pub use people::{Invite, People, PersonLine, PersonPage, RoleChoice};
pub use platform::{HealthLine, Platform};
pub use policy::{PolicyPage, PolicyRole, PolicyRow};
pub use queue::{ClaimedBy, DecidedBefore, ModerationQueue, QueueFilter, QueueLine, SuspendedLine};
pub use round_types::{RoundTypeLine, RoundTypes, RunningLine};
pub use sign_in::{Again, Prove, SignIn, SignInWay};
pub use start::{Start, StartCampaign, StartSupport};
pub use support::{Arrive, Support, SupportLine};
pub use tenant_delete::TenantDelete;
pub use tenants::{
    LeadForm, Switch, TenantField, TenantForm, TenantLine, TenantPage, Tenants, Undelivered, UndeliveredLine,
};
pub use toolkit::{FileState, ToolkitFile, ToolkitOrganisation, ToolkitPage};
pub use toolkit_one::{ToolkitGroup, ToolkitOne, ToolkitPieceLink};
pub use welcome::{RecoveryCodes, Welcome, WelcomeInvited};
