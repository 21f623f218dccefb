//! Moves a pack's dates so that every conversation is open.

use chrono::{DateTime, NaiveDateTime, TimeDelta, Utc};
use chrono_tz::Tz;
use domain::tenant_pack::TenantPack;
use domain::time_zone::{Ambiguous, local_date, to_instant};

/// How long ago a round has opened, and how long it stays open, days.
const DAYS: i64 = 7;

/// Moves the first round of each campaign so that it opened [`DAYS`] ago and closes in [`DAYS`], at the times of day that the pack
/// has. Later rounds keep their distance from the first one's closing, and so do emails, but those of the opening day.
pub fn open_now(pack: &mut TenantPack, now: DateTime<Utc>) {
    let (zone, today) = (pack.zone, local_date(now, pack.zone));
    for campaign in pack.campaigns.values_mut() {
        let Some((first, later)) = campaign.rounds.split_first_mut() else { continue };
        let moved_by = today + TimeDelta::days(DAYS) - first.closes.date();
        let (opening, opened_by) = (first.opens.date(), today - TimeDelta::days(DAYS) - first.opens.date());
        for email in &mut campaign.emails {
            let by = if email.send_at.date() <= opening { opened_by } else { moved_by };
            email.send_at += by;
            email.send_until = email.send_until.map(|until| until + moved_by);
        }
        first.opens = existing((today - TimeDelta::days(DAYS)).and_time(first.opens.time()), zone);
        first.closes = existing(first.closes + moved_by, zone);
        for round in later {
            round.opens = existing(round.opens + moved_by, zone);
            round.closes = existing(round.closes + moved_by, zone);
        }
    }
}

/// `local`, or an hour later where the spring clock change skips it.
fn existing(local: NaiveDateTime, zone: Tz) -> NaiveDateTime {
    match to_instant(local, zone, Ambiguous::Earliest) {
        Ok(_) => local,
        Err(_) => local + TimeDelta::hours(1),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::demo::packs;
    use domain::tenant_pack::round_times;

    fn at(text: &str) -> DateTime<Utc> {
        text.parse().unwrap()
    }

    #[test]
    fn every_conversation_is_open_at_its_own_times_of_day() {
        // Late in the evening in UTC it is tomorrow in a British summer; and on both sides of both clock changes.
        for now in
            ["2026-07-01T23:30:00Z", "2026-03-22T00:30:00Z", "2026-03-29T01:00:00Z", "2026-10-25T00:30:00Z"]
        {
            let now = at(now);
            for original in packs().unwrap() {
                let mut pack = original.clone();
                open_now(&mut pack, now);
                for (slug, campaign) in &pack.campaigns {
                    let (round, before) = (&campaign.rounds[0], &original.campaigns[slug].rounds[0]);
                    let (opens, closes) = round_times(round, pack.zone).unwrap();
                    let far = |distance: TimeDelta| (5..=9).contains(&distance.num_days());
                    assert!(far(now - opens) && far(closes - now), "{slug} at {now}: {opens} to {closes}");
                    assert_eq!(round.opens.time(), before.opens.time());
                    assert_eq!(round.closes.time(), before.closes.time());
                    assert_eq!(round.prompts, before.prompts);
                }
            }
        }
    }

    #[test]
    fn later_rounds_keep_their_distance() {
        let mut pack = packs().unwrap().remove(0);
        let campaign = pack.campaigns.values_mut().next().unwrap();
        let mut second = campaign.rounds[0].clone();
        second.opens = campaign.rounds[0].closes + TimeDelta::days(30);
        second.closes = second.opens + TimeDelta::days(10);
        campaign.rounds.push(second);
        open_now(&mut pack, at("2026-07-01T12:00:00Z"));
        let rounds = &pack.campaigns.values().next().unwrap().rounds;
        assert_eq!(rounds[1].opens - rounds[0].closes, TimeDelta::days(30));
        assert_eq!(rounds[1].closes - rounds[1].opens, TimeDelta::days(10));
    }

    #[test]
    fn an_hour_that_spring_skips_moves_on() {
        let mut pack = packs().unwrap().remove(0);
        pack.zone = chrono_tz::Europe::London;
        let round = &mut pack.campaigns.values_mut().next().unwrap().rounds[0];
        round.opens = round.opens.date().and_hms_opt(1, 30, 0).unwrap();
        open_now(&mut pack, at("2026-04-05T12:00:00Z"));
        let opens = pack.campaigns.values().next().unwrap().rounds[0].opens;
        assert_eq!(opens.to_string(), "2026-03-29 02:30:00");
    }
}
