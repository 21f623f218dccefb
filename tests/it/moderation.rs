//! Looking after what people write: what rules and moderators do, what authors and readers see of it, and that nobody learns who wrote what.

mod decisions;
mod people_apart;
mod together;

use domain::moderation::ModerationMode;
use domain::tenant_pack::TenantPack;
use policy::Role;

use crate::harness::packs;
use crate::harness::people::Person;
use crate::harness::server::TestServer;
use crate::harness::staff::Colleague;

/// The campaign of these tests.
const CAMPAIGN: &str = "first-conversation";

/// Our packs, where BSol's moderators look before others see it.
fn looked_at_before() -> Vec<TenantPack> {
    let mut packs = packs::as_they_are();
    for pack in packs.iter_mut().filter(|pack| pack.tenant.slug == "bsol") {
        for round in pack.campaigns.values_mut().flat_map(|campaign| &mut campaign.rounds) {
            round.moderation = ModerationMode::Pre;
        }
    }
    packs
}

impl TestServer {
    /// A moderator of BSol.
    async fn moderator(&self, name: &str) -> Colleague {
        self.colleague("bsol", name, &[Role::Moderator]).await
    }
}

impl Person {
    /// Shares an idea that is held back; gives its id, as "My ideas" has it.
    async fn shares_held(&self, body: &str) -> String {
        let page = self.opens("/share").await.expect(200);
        let radio = page.body.split("<input").find(|input| input.contains("name=\"prompt\"")).unwrap();
        let prompt = crate::harness::answer::between(radio, "value=\"", "\"").unwrap().to_owned();
        let sent = self.sends_idea(&prompt, body).await;
        assert_eq!(sent.location(), self.at("/mine?done=held"));
        self.newest_case().await
    }

    /// The newest post of one's own that "My ideas" says something about.
    async fn newest_case(&self) -> String {
        let mine = self.opens("/mine").await.expect(200);
        crate::harness::answer::between(&mine.body, "id=\"case-", "\"").expect("a case").to_owned()
    }
}
