//! Invented people who review pledges: each comes in with a code and sends the forms that everybody sends, through the round type itself.

use std::collections::BTreeMap;

use actions::round_types::{SentForm, Taken};
use actions::{Actions, Campaign, Organisation, RoundInfo, Session, Tenant};
use anyhow::{Context, Result, bail};

/// How many people have taken part already.
const PEOPLE: usize = 40;
/// What some of them say, by pledge: who reads these pages sees at once that they are made up.
const COMMENTS: [(&str, &str); 8] = [
    ("rotas", "Made up for this demonstration: six weeks is still late if you have to book child care."),
    ("rotas", "Made up for this demonstration: please count swaps as well, not only the first rota."),
    ("rest", "Made up for this demonstration: a room helps nobody if there is no one to cover the ward."),
    ("training", "Made up for this demonstration: say who covers the hours, or it will not happen."),
    ("speaking-up", "Made up for this demonstration: I would use this if I could choose whom I talk to."),
    ("kit", "Made up for this demonstration: start with the logins. I lose twenty minutes a day."),
    ("getting-on", "Made up for this demonstration: publish who applied and who got the job, by group."),
    (
        "staying",
        "Made up for this demonstration: ask people what would keep them before they hand in notice.",
    ),
];

/// Has [`PEOPLE`] review the pledges of `round`, if nobody has.
///
/// # Errors
/// Database faults, and a round type that does not take what its own page offers.
pub async fn give_verdicts(
    actions: &Actions,
    tenant: &Tenant,
    (campaign, round): (&Campaign, &RoundInfo),
    organisation: &Organisation,
) -> Result<()> {
    if actions.has_been_answered(tenant, round).await? {
        return Ok(());
    }
    let pledges: Vec<&str> = round.prompts.iter().map(|prompt| prompt.slug.as_str()).collect();
    let pledges = pledges.split_last().map_or(&[][..], |(_missing, pledges)| pledges);
    for (number, code) in
        actions.issue_codes(tenant, campaign, organisation, PEOPLE).await?.iter().enumerate()
    {
        let entered = actions.enter_with_code(tenant, &code.to_string()).await?;
        let session = actions.resume_session(tenant, &entered.token).await?;
        let session = session.context("somebody who came in is in")?;
        for (place, pledge) in pledges.iter().enumerate() {
            // Not everybody answers everything.
            if (number * 7 + place * 5) % 10 < 6 {
                review(actions, tenant, (&session, round), pledge, (number, place)).await?;
            }
        }
    }
    Ok(())
}

async fn review(
    actions: &Actions,
    tenant: &Tenant,
    (session, round): (&Session, &RoundInfo),
    pledge: &str,
    (number, place): (usize, usize),
) -> Result<()> {
    // Some pledges are liked better than others.
    let is_strong = (number * 13 + place * 29) % 20 < 7 + place;
    let (verdict, reasons) =
        if is_strong { ("strong", "strong-reasons") } else { ("wrong", "wrong-reasons") };
    let reason = match (is_strong, number % 3) {
        (true, 0) => "needed",
        (true, 1) => "clear",
        (true, _) => "fair",
        (false, 0) => "vague",
        (false, 1) => "too-little",
        (false, _) => "no-money",
    };
    let mut fields = BTreeMap::from([
        ("verdict".to_owned(), vec![verdict.to_owned()]),
        (reasons.to_owned(), vec![reason.to_owned()]),
    ]);
    if let Some((_, words)) = COMMENTS.get(number).filter(|(about, _)| *about == pledge) {
        fields.insert("comment".to_owned(), vec![(*words).to_owned()]);
    }
    let sent = SentForm {
        page: format!("pledge/{pledge}"),
        form: "verdict".to_owned(),
        pressed: "stay".to_owned(),
        fields,
    };
    match actions.take_part(tenant, session, round, &sent).await? {
        Some(Taken::Done { .. }) => Ok(()),
        other => bail!("the demonstration's verdict on {pledge} was not taken: {other:?}"),
    }
}
