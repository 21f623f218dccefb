//! Two contributions become one: their votes are united, one for each person.

use domain::ids::PostId;

use super::Writing;
use crate::Result;

impl Writing {
    /// Gives the votes on `source` to `target`, at `revision`. Whoever voted on both keeps the vote that they gave on `target`: no vote has a time
    /// by which one could be called the later. Both counts are then what the votes add up to. What led to `source` leads to `target` from now on.
    ///
    /// # Errors
    /// Database faults.
    pub async fn unite_votes(&self, source: PostId, target: PostId, revision: i64) -> Result<()> {
        let both = || vec![source.0.into(), target.0.into()];
        let copy = "INSERT INTO vote (tenant_id, post_id, participant_id, value)
                    SELECT v.tenant_id, $3, v.participant_id, v.value FROM vote v
                    WHERE v.tenant_id = $1 AND v.post_id = $2
                    ON CONFLICT (tenant_id, post_id, participant_id) DO NOTHING";
        self.0.execute(copy, both()).await?;
        self.0
            .execute("DELETE FROM vote WHERE tenant_id = $1 AND post_id = $2", vec![source.0.into()])
            .await?;
        let led = "UPDATE moderation_case SET merged_into = $3 WHERE tenant_id = $1 AND merged_into = $2";
        self.0.execute(led, both()).await?;
        let count = |value: i16| {
            format!(
                "(SELECT count(*) FROM vote v WHERE v.tenant_id = $1 AND v.post_id = post.id AND v.value = {value})"
            )
        };
        let sql = format!(
            "UPDATE post SET agrees = {}, disagrees = {}, passes = {}, changed_at_revision = $4
             WHERE tenant_id = $1 AND id IN ($2, $3)",
            count(1),
            count(-1),
            count(0)
        );
        let mut values = both();
        values.push(revision.into());
        self.0.execute(sql, values).await?;
        Ok(())
    }
}
