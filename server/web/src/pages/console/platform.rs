//! How the platform fares, for its operators.

use actions::Health;
use poem::{Response, Result, handler};

use super::tenants::only_at_the_platform;
use crate::console::Staff;
use crate::fault::PageError;
use crate::views::console::{HealthLine, Platform};

const PATH: &str = "/console/platform";

#[handler]
pub(crate) async fn show(staff: Staff) -> Result<Response> {
    only_at_the_platform(&staff)?;
    let sides = &staff.state.sides;
    let tenants = sides.tenants().all().await.map_err(PageError::from)?;
    let view = Platform {
        site: staff.dressed.chrome.clone(),
        visit: staff.visit(None),
        desk: staff.desk(PATH),
        version: env!("CARGO_PKG_VERSION").to_owned(),
        lines: lines(sides.check_health().await, tenants.len()),
        has_round_types: sides.conversation.is_some(),
    };
    staff.show(&view)
}

fn lines(health: Health, tenants: usize) -> Vec<HealthLine> {
    let line = |what: String, says: String, well| HealthLine { what, says, well };
    let mut lines: Vec<HealthLine> = Vec::new();
    for (side, answer) in health.databases {
        let what = format!("{side} database");
        lines.push(match answer {
            Ok(took) => line(what, format!("answers in {:.1} ms", took.as_secs_f64() * 1_000.0), true),
            Err(why) => line(what, format!("does not answer: {why}"), false),
        });
    }
    if let Some(waiting) = health.emails_waiting {
        lines.push(line("Emails about accounts and sign-up, waiting".to_owned(), waiting.to_string(), true));
    }
    if let Some((sent, given_up)) = health.emails_sent {
        let says = format!("{sent} sent, {given_up} given up since this process began");
        lines.push(line("Emails about accounts and sign-up, sent".to_owned(), says, given_up == 0));
        // Rows are their queue, and queues of tenants' own are not everybody's.
        let others = "Emails of campaigns, and of tenants with their own mail server".to_owned();
        lines.push(line(others, "not counted here".to_owned(), true));
    }
    lines.push(line("Tenants".to_owned(), tenants.to_string(), true));
    lines
}
