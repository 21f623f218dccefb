//! What concerns the two sides: where people find them, emails, and whether both know the same keys.

use actions::{Campaign, KeyLogEntry, Sides, Tenant};
use mail::Encryption;

use super::{Finding, Verdict};
use crate::addresses::Scheme;
use crate::config::{MailSettings, MailWay, OTHER_SIDE_MISSING, ServerSettings, Side};

/// Which side is served, and whether the other is known.
pub fn side(server: &ServerSettings) -> Finding {
    let of = |verdict, says: String| Finding::new("side", verdict, says);
    match (server.side, &server.other_side_url) {
        (Side::Both, _) => of(
            Verdict::Fine,
            "both in one process: whoever runs it holds both databases, and the anonymity page says so"
                .to_owned(),
        ),
        (side, Some(_)) => of(Verdict::Fine, format!("{} alone; the other's address is known", side.name())),
        (_, None) => of(Verdict::Problem, format!("server.other_side_url {OTHER_SIDE_MISSING}")),
    }
}

/// Whether people come by HTTPS.
pub fn public_address(server: &ServerSettings) -> Finding {
    let of = |verdict, says: &str| Finding::new("public address", verdict, says);
    match server.public_url.scheme() {
        Scheme::Https => of(Verdict::Fine, "people come by HTTPS"),
        Scheme::Http => of(
            Verdict::Advice,
            "without HTTPS: this machine alone can come in; for anybody else write an https:// address (server.public_url)",
        ),
    }
}

/// How emails leave: everybody's, and those of tenants that have a way of their own; and what is to be published of their keys.
pub fn mail(mail: &MailSettings) -> Vec<Finding> {
    let own = mail.tenants.iter().map(|(slug, own)| (format!("{slug}: "), own));
    let all = std::iter::once((String::new(), mail)).chain(own);
    all.flat_map(|(whose, way)| [Some(way_out(&whose, way)), signing(&whose, way)]).flatten().collect()
}

fn signing(whose: &str, mail: &MailSettings) -> Option<Finding> {
    let key = mail.dkim.as_ref()?;
    let (name, record) = (key.dns_name(), key.dns_record());
    let says = format!("{whose}emails are signed; publish, if you have not: {name} TXT {record}");
    Some(Finding::new("mail", Verdict::Fine, says))
}

fn way_out(whose: &str, mail: &MailSettings) -> Finding {
    let of = |verdict, says: String| Finding::new("mail", verdict, format!("{whose}{says}"));
    match &mail.way {
        MailWay::Folder(folder) => of(
            Verdict::Advice,
            format!(
                "emails are written into {}, and reach nobody: name a server (mail.host)",
                folder.display()
            ),
        ),
        MailWay::Notify(_) => of(Verdict::Fine, "through GOV.UK Notify, encrypted".to_owned()),
        MailWay::Memory => of(Verdict::Advice, "emails stay in memory, and reach nobody".to_owned()),
        MailWay::Smtp(server) if server.encryption == Encryption::None => of(
            Verdict::Advice,
            format!(
                "to {} without encryption: whoever can listen between reads codes and links (mail.encryption)",
                server.host
            ),
        ),
        MailWay::Smtp(server) => of(Verdict::Fine, format!("through {}, encrypted", server.host)),
    }
}

/// Whether the conversation side knows the keys that the identity side made, as far as can be seen from here.
pub async fn keys(sides: &Sides, tenant: &Tenant) -> Option<Finding> {
    let of =
        |verdict, says: String| Some(Finding::new("key log", verdict, format!("{}: {says}", tenant.slug)));
    let conversation = sides.conversation.as_ref()?;
    let known = match conversation.key_log(tenant).await {
        Ok(known) => known,
        Err(fault) => return of(Verdict::Problem, fault.to_string()),
    };
    let Some(identity) = &sides.identity else {
        let now = conversation.now();
        let is_open = |campaign: &&Campaign| {
            campaign.span().is_some_and(|(opens, closes)| (opens..closes).contains(&now))
        };
        let open = tenant.campaigns.iter().filter(is_open);
        let without = open.filter(|campaign| known.iter().all(|entry| entry.campaign != campaign.id));
        let without: Vec<&str> = without.map(|campaign| campaign.slug.as_str()).collect();
        return match without.is_empty() {
            true => of(Verdict::Fine, format!("{} keys", known.len())),
            false => of(
                Verdict::Advice,
                format!(
                    "no keys are known for {}, so that only sealed codes let anybody in: after the launch run `candour keys \
                     import --tenant {} FILE`",
                    without.join(", "),
                    tenant.slug
                ),
            ),
        };
    };
    match identity.key_log(tenant).await {
        Ok(made) => {
            let (verdict, says) = compared(&made, &known, &tenant.slug);
            of(verdict, says)
        }
        Err(fault) => of(Verdict::Problem, fault.to_string()),
    }
}

fn compared(made: &[KeyLogEntry], known: &[KeyLogEntry], tenant: &str) -> (Verdict, String) {
    match made.strip_prefix(known) {
        Some([]) if made.is_empty() => (Verdict::Fine, "no keys yet".to_owned()),
        Some([]) => (Verdict::Fine, format!("{} keys, the same on both sides", made.len())),
        Some(missing) => (
            Verdict::Problem,
            format!(
                "the conversation side lacks {} keys: run `candour keys export --tenant {tenant} --out keys.json`, then `candour \
                 keys import --tenant {tenant} keys.json`",
                missing.len()
            ),
        ),
        None => (
            Verdict::Problem,
            "the two sides know different keys: was one of them restored from an older backup, or changed? Find out before anybody \
             joins"
                .to_owned(),
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::ids::CampaignId;

    fn log(hashes: &[&str]) -> Vec<KeyLogEntry> {
        let entry = |(index, hash): (u64, &&str)| KeyLogEntry {
            index,
            campaign: CampaignId::named(&["x"]),
            cohort: "uhb".to_owned(),
            organisations: vec!["uhb".to_owned()],
            eligible: 50,
            public_key: String::new(),
            made_on: chrono::NaiveDate::default(),
            previous: String::new(),
            hash: (*hash).to_owned(),
        };
        (0..).zip(hashes).map(entry).collect()
    }

    #[test]
    fn logs_that_do_not_agree_are_told() {
        let verdict = |made: &[&str], known: &[&str]| compared(&log(made), &log(known), "bsol");
        assert_eq!(verdict(&[], &[]).0, Verdict::Fine);
        assert_eq!(verdict(&["a", "b"], &["a", "b"]).0, Verdict::Fine);
        let (behind, says) = verdict(&["a", "b"], &["a"]);
        assert!(
            behind == Verdict::Problem && says.contains("lacks 1 keys") && says.contains("keys import"),
            "{says}"
        );
        for (made, known) in [(&["a"][..], &["a", "b"][..]), (&["a", "c"], &["a", "b"]), (&["c"], &["a"])] {
            let (verdict, says) = verdict(made, known);
            assert!(verdict == Verdict::Problem && says.contains("different keys"), "{says}");
        }
    }
}
