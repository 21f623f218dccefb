//! What can be asked of a round type. Each question begins in fresh memory on one snapshot; nothing is written by it.

use serde::{Deserialize, Serialize};
use tokio::time::timeout;

use crate::answers::{self, Sent};
use crate::contract::{Figure, Outcome, Participant, Phase, Problem, Results, Rows};
use crate::failure::CallFailure;
use crate::host::{Call, Grant, Host, Running};
use crate::limits::Budget;
use crate::output::{
    BadOutput, check, check_count, check_outcome, check_problems, check_rows, check_tally, is_page_name,
};
use crate::page::Page;
use crate::plugin::Plugin;
use crate::round_v1::migration::Old;
use crate::round_v1::types::{Block, Failure};
use crate::state::Changes;
use crate::view::Access;

/// A form that a participant sent.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct SentForm {
    /// The page that it was on.
    pub page: String,
    /// The form.
    pub form: String,
    /// The button that sent it.
    pub pressed: String,
    /// The fields with what was given.
    pub fields: Sent,
}

impl Host {
    /// What is wrong with `config`, as the guest says; it has no state for this.
    ///
    /// # Errors
    /// [`CallFailure::Unavailable`].
    pub async fn validate_config(&self, plugin: &Plugin, config: &str) -> Result<Vec<Problem>, CallFailure> {
        let mut running = self.begin(plugin, Grant::without_state()).await?;
        let called = timeout(
            Budget::PAGE.time,
            running.call::<_, Vec<Problem>>(&plugin.exports.validate_config, (config,)),
        )
        .await;
        let problems = running.end(called)?;
        checked(plugin, check_problems(&problems))?;
        Ok(problems)
    }

    /// The page called `page` for `who`, or for somebody who only reads.
    ///
    /// # Errors
    /// [`CallFailure`], by name.
    pub async fn render(
        &self,
        call: &Call,
        who: Option<&Participant>,
        page: &str,
    ) -> Result<Page, CallFailure> {
        let grant = Grant::of(call, Access::Read, who, Budget::PAGE);
        let mut running = self.begin(&call.plugin, grant).await?;
        draw(&mut running, call, who, page).await
    }

    /// Takes what `who` sent: draws the page anew, reads the answers against its form, and asks the same guest, which may remember what it worked
    /// out to draw. Gives what came of it and what to write.
    ///
    /// # Errors
    /// [`CallFailure`], by name; then there is nothing to write.
    pub async fn submit(
        &self,
        call: &Call,
        who: &Participant,
        sent: &SentForm,
    ) -> Result<(Outcome, Changes), CallFailure> {
        if call.ctx.phase != Phase::Open {
            return Err(CallFailure::NotOpen);
        }
        let grant = Grant::of(call, Access::Read, Some(who), Budget::PAGE);
        let mut running = self.begin(&call.plugin, grant).await?;
        let page = draw(&mut running, call, Some(who), &sent.page).await?;
        let form = page.form(&sent.form).ok_or(CallFailure::NoSuchForm)?;
        if !answers::has_button(form, &sent.pressed) {
            return Err(CallFailure::NoSuchForm);
        }
        let answers = answers::read(form, &sent.fields).map_err(CallFailure::Invalid)?;
        running.go_on(Access::Write, &Budget::PAGE);
        let SentForm { page, form, pressed, .. } = sent;
        let called = timeout(
            Budget::PAGE.time,
            running.call::<_, Result<Outcome, Failure>>(
                &call.plugin.exports.submit,
                (&call.ctx, who, page.as_str(), form.as_str(), pressed.as_str(), answers.as_slice()),
            ),
        )
        .await;
        let outcome = running.end(called)?;
        let outcome = said(&call.plugin, outcome)?;
        checked(&call.plugin, check_outcome(&outcome))?;
        Ok((outcome, running.into_changes()))
    }

    /// What the round comes to, before small numbers are taken out.
    ///
    /// # Errors
    /// [`CallFailure`], by name.
    pub async fn tally(&self, call: &Call) -> Result<Results, CallFailure> {
        let grant = Grant::of(call, Access::Everyone, None, Budget::COUNT);
        let mut running = self.begin(&call.plugin, grant).await?;
        let called = timeout(
            Budget::COUNT.time,
            running.call::<_, Result<Results, Failure>>(&call.plugin.exports.tally, (&call.ctx,)),
        )
        .await;
        let tally = running.end(called)?;
        let tally = said(&call.plugin, tally)?;
        checked(&call.plugin, check_tally(&tally))?;
        Ok(tally)
    }

    /// The page that tells what the round came to, from figures that may be seen.
    ///
    /// # Errors
    /// [`CallFailure`], by name.
    pub async fn summarise(&self, call: &Call, released: &[Figure]) -> Result<Page, CallFailure> {
        let grant = Grant::of(call, Access::None, None, Budget::PAGE);
        let mut running = self.begin(&call.plugin, grant).await?;
        let called = timeout(
            Budget::PAGE.time,
            running.call::<_, Result<Vec<Block>, Failure>>(
                &call.plugin.exports.summarise,
                (&call.ctx, released),
            ),
        )
        .await;
        let blocks = running.end(called)?;
        checked(&call.plugin, Page::read(said(&call.plugin, blocks)?))
    }

    /// Rows of `sheet` from the beginning, or from where the last call ended.
    ///
    /// # Errors
    /// [`CallFailure`], by name.
    pub async fn export(&self, call: &Call, sheet: &str, after: Option<&str>) -> Result<Rows, CallFailure> {
        let sheet = call.plugin.sheet(sheet).ok_or(CallFailure::NoSuchForm)?;
        let grant = Grant::of(call, Access::Everyone, None, Budget::COUNT);
        let mut running = self.begin(&call.plugin, grant).await?;
        let called = timeout(
            Budget::COUNT.time,
            running.call::<_, Result<Rows, Failure>>(
                &call.plugin.exports.export,
                (&call.ctx, sheet.id.as_str(), after),
            ),
        )
        .await;
        let rows = running.end(called)?;
        let rows = said(&call.plugin, rows)?;
        checked(&call.plugin, check_rows(sheet, &rows))?;
        Ok(rows)
    }

    /// The new values of `entries`, which are of the version `call.ctx.data_version`, in the same order; an empty one goes.
    ///
    /// # Errors
    /// [`CallFailure`], by name; [`CallFailure::NoSuchForm`] if the round type has no migration.
    pub async fn migrate(&self, call: &Call, entries: &[Old]) -> Result<Vec<Vec<u8>>, CallFailure> {
        let migration = call.plugin.migration.as_ref().ok_or(CallFailure::NoSuchForm)?;
        let budget = Budget::COUNT;
        let mut running = self.begin(&call.plugin, Grant::of(call, Access::None, None, budget)).await?;
        let called = timeout(budget.time, async {
            let guest = migration.instantiate_async(&mut running.store).await?;
            guest.candour_round_migration().call_migrate(&mut running.store, &call.ctx, entries).await
        })
        .await;
        let values = running.end(called)?;
        let values = said(&call.plugin, values)?;
        let is_whole = check(values.len() == entries.len(), BadOutput::OutOfBounds("migrated entries"));
        checked(&call.plugin, is_whole.and_then(|()| check_values(&values)))?;
        Ok(values)
    }
}

/// The page called `page`, drawn by a guest that begins with it.
async fn draw(
    running: &mut Running<'_>,
    call: &Call,
    who: Option<&Participant>,
    page: &str,
) -> Result<Page, CallFailure> {
    if !is_page_name(page) {
        return Err(CallFailure::NoSuchForm);
    }
    let render = &call.plugin.exports.render;
    let asked = running.call::<_, Result<Vec<Block>, Failure>>(render, (&call.ctx, who, page));
    let called = timeout(Budget::PAGE.time, asked).await;
    let blocks = running.end(called)?;
    checked(&call.plugin, Page::read(said(&call.plugin, blocks)?))
}

fn check_values(values: &[Vec<u8>]) -> Result<(), BadOutput> {
    values
        .iter()
        .try_for_each(|value| check_count("bytes of a value", value.len(), crate::limits::VALUE_BYTES))
}

/// The guest's result, or its refusal with its words checked.
fn said<T>(plugin: &Plugin, result: Result<T, Failure>) -> Result<T, CallFailure> {
    result.map_err(|failure| {
        let failure = CallFailure::of_guest(failure);
        let words = match &failure {
            CallFailure::Invalid(problems) => check_problems(problems),
            CallFailure::Refused(sentence) => crate::output::check_label("refusal", sentence),
            _ => Ok(()),
        };
        let failure = words.map_or_else(CallFailure::from, |()| failure);
        plugin.counters.count_failure(&failure);
        failure
    })
}

/// What passed a check of the guest's result; a breach is counted.
fn checked<T>(plugin: &Plugin, result: Result<T, BadOutput>) -> Result<T, CallFailure> {
    result.map_err(|bad| {
        let failure = CallFailure::from(bad);
        plugin.counters.count_failure(&failure);
        failure
    })
}
