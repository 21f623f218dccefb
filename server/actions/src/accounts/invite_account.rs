//! Somebody is invited to work here: an account without any way to sign in, and a link that leads to making one.

use chrono::TimeDelta;
use credentials::{ConsoleToken, TokenPurpose};
use domain::account::{AccountState, INVITATION_DAYS, MAX_ACCOUNTS, name};
use domain::clock::random_bytes;
use domain::ids::AccountId;
use domain::roll::EmailAddress;
use domain::time_zone::in_words;
use mail::{Address, Dispatch, Link, Message, PostRefusal, StaffInvitation};
use policy::Role;
use storage::identity::{Account, Writing};

use super::{AccountRefusal, Accounts, email_key};
use crate::actor::record;
use crate::{ActionError, Actor, Tenant};

/// Somebody to invite.
#[derive(Clone, Debug, Default)]
pub struct NewAccount {
    /// Their address.
    pub email: String,
    /// Their name.
    pub name: String,
    /// What they are to be.
    pub roles: Vec<Role>,
}

/// An invitation that was made.
#[derive(Clone, Debug)]
pub struct Invited {
    /// The account.
    pub account: AccountId,
    /// What was emailed: for commands, which show it to whoever types them. Pages never show it.
    pub link: String,
    /// Why its email did not leave, if it did not. The invitation stands all the same, and can be sent anew.
    pub unsent: Option<PostRefusal>,
}

impl Accounts {
    /// Invites somebody by email. `welcome` is the address of the page that the link leads to, up to and including `?token=`.
    ///
    /// # Errors
    /// An [`AccountRefusal`].
    pub async fn invite_account(
        &self,
        actor: &Actor,
        tenant: &Tenant,
        new: &NewAccount,
        welcome: &str,
    ) -> Result<Invited, AccountRefusal> {
        self.must_have_proved(actor)?;
        let write = self.identity.write(tenant.id).await?;
        self.invite_new(write, actor, tenant, new, welcome).await
    }

    /// Makes the account and its invitation in the transaction `write`, commits, and emails it.
    pub(super) async fn invite_new(
        &self,
        write: Writing,
        actor: &Actor,
        tenant: &Tenant,
        new: &NewAccount,
        welcome: &str,
    ) -> Result<Invited, AccountRefusal> {
        check_roles(tenant, &new.roles)?;
        let (email, name) = (EmailAddress::parse(&new.email)?, name(&new.name)?);
        let now = self.clock.now();
        if write.count_accounts().await? >= MAX_ACCOUNTS {
            return Err(AccountRefusal::TooMany);
        }
        let account = Account {
            id: AccountId::random(&*self.entropy),
            email: email.as_str().to_owned(),
            name,
            state: AccountState::Invited,
            created_at: now,
        };
        if !write.add_account(&account, &email_key(&email)).await? {
            return Err(AccountRefusal::Known);
        }
        for role in &new.roles {
            write.grant_role(account.id, role.slug(), now, None).await?;
        }
        let titles: Vec<&str> = new.roles.iter().map(|role| role.title()).collect();
        record(write.audit_trail(), actor, now, "account.invite", &account.name, &titles.join(", ")).await?;
        self.invite(write, actor, tenant, &account, welcome).await
    }

    /// Gives `account` a new invitation in place of any other, commits, and emails it.
    pub(super) async fn invite(
        &self,
        write: Writing,
        actor: &Actor,
        tenant: &Tenant,
        account: &Account,
        welcome: &str,
    ) -> Result<Invited, AccountRefusal> {
        let token = ConsoleToken::from_bytes(random_bytes(&*self.entropy));
        let (now, hash) = (self.clock.now(), token.hash(&self.secret, TokenPurpose::Invitation).0);
        let until = now + TimeDelta::days(INVITATION_DAYS);
        write.put_invitation(account.id, hash, until).await?;
        let link = format!("{welcome}{}", token.reveal());
        let fault = |what: String| ActionError::Fault(format!("an invitation: {what}"));
        let support = Address::parse(&tenant.contacts.questions).map_err(|error| fault(error.to_string()))?;
        let email = StaffInvitation {
            tenant_name: tenant.name.clone(),
            // The frame's title.
            campaign_title: tenant.branding.service_name.clone(),
            service_name: tenant.branding.service_name.clone(),
            name: account.name.clone(),
            invited_by: actor.name.clone(),
            until: in_words(until, tenant.zone),
            link: Link::parse(&link).map_err(|error| fault(error.to_string()))?,
            support_name: format!("the {} team", tenant.branding.service_name),
            support_address: support.clone(),
        };
        let dispatch = Dispatch {
            from: self.post.way(tenant).sender.clone(),
            to: Address::parse(&account.email)?,
            reply_to: Some(support),
            id: random_bytes(&*self.entropy),
            date: now,
            unsubscribe: None,
            bounce_address: None,
        };
        let message = Message::compose(&email, dispatch).map_err(|error| fault(error.to_string()))?;
        write.commit().await?;
        let unsent = self.post.way(tenant).outbox.post(message).err();
        Ok(Invited { account: account.id, link, unsent })
    }

    /// For what asks for it again. Whoever types commands at the server itself has shown enough.
    pub(super) fn must_have_proved(&self, actor: &Actor) -> Result<(), AccountRefusal> {
        match actor.account.is_none() || actor.has_just_proved(self.clock.now()) {
            true => Ok(()),
            false => Err(AccountRefusal::ProveFirst),
        }
    }
}

/// Whether an account of `tenant` may hold `roles`.
pub(super) fn check_roles(tenant: &Tenant, roles: &[Role]) -> Result<(), AccountRefusal> {
    if roles.is_empty() {
        return Err(AccountRefusal::NoRole);
    }
    let strange = |role: &Role| *role == Role::Support || (*role == Role::Operator) != tenant.is_platform();
    if roles.iter().any(strange) {
        return Err(AccountRefusal::OperatorsApart);
    }
    Ok(Role::together(roles)?)
}
