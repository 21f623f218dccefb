//! The boards that this process holds: one a round, brought up to date by what changed since the revision it shows.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError, RwLock};

use domain::board::{Board, Card, fold};
use domain::ids::{ParticipantId, PostId, PromptId, RoundId, TenantId};
use domain::round::Feeling;
use domain::vote::VoteCounts;
use sea_orm::QueryResult;
use uuid::Uuid;

use super::{Conversation, Reading};
use crate::Result;
use crate::tenancy::column;

/// Boards held at once; beyond it, all are dropped and read again when asked for.
const MAX_BOARDS: usize = 500;

/// Every board that this process holds.
#[derive(Default)]
pub(super) struct Boards(Mutex<HashMap<(TenantId, RoundId), Arc<Held>>>);

#[derive(Default)]
struct Held {
    board: RwLock<Arc<Board>>,
    /// One reader brings it up to date; the others wait for that.
    renewing: tokio::sync::Mutex<()>,
}

impl Boards {
    fn held(&self, tenant: TenantId, round: RoundId) -> Arc<Held> {
        let mut boards = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if boards.len() >= MAX_BOARDS && !boards.contains_key(&(tenant, round)) {
            boards.clear();
        }
        Arc::clone(boards.entry((tenant, round)).or_default())
    }
}

impl Held {
    fn board(&self) -> Arc<Board> {
        Arc::clone(&self.board.read().unwrap_or_else(PoisonError::into_inner))
    }
}

impl Conversation {
    /// The round's board as this process has it: perhaps of an earlier revision, at first empty at revision 0.
    pub fn board(&self, tenant: TenantId, round: RoundId) -> Arc<Board> {
        self.boards.held(tenant, round).board()
    }

    /// The round's board at `revision` or later.
    ///
    /// # Errors
    /// Database faults.
    pub async fn board_at(&self, reading: &Reading, round: RoundId, revision: i64) -> Result<Arc<Board>> {
        let held = self.boards.held(reading.0.tenant(), round);
        let _renewing = held.renewing.lock().await;
        let board = held.board();
        if board.revision >= revision {
            return Ok(board);
        }
        let (changed, gone) = reading.cards_since(round, board.revision).await?;
        let note = reading.source_note(round).await?;
        let renewed = Arc::new(board.advanced(revision, changed, &gone).with_note(note));
        *held.board.write().unwrap_or_else(PoisonError::into_inner) = Arc::clone(&renewed);
        Ok(renewed)
    }
}

impl Reading {
    /// Contributions changed after `revision`: those that readers may see, and those that they may not.
    async fn cards_since(&self, round: RoundId, revision: i64) -> Result<(Vec<Card>, Vec<PostId>)> {
        let sql = "SELECT id, prompt_id, theme, feeling, body, voice, written_on, edited, agrees, disagrees, passes,
                   comments, written_at_revision, changed_at_revision, state, author_id, amended FROM post
                   WHERE tenant_id = $1 AND round_id = $2 AND changed_at_revision > $3 AND contribution_id IS NULL";
        let rows = self.0.all(sql, vec![round.0.into(), revision.into()]).await?;
        let (mut changed, mut gone) = (Vec::with_capacity(rows.len()), Vec::new());
        for row in &rows {
            match column::<String>(row, 14)?.as_str() {
                "visible" => changed.push(card_of(row)?),
                _ => gone.push(PostId(column(row, 0)?)),
            }
        }
        Ok((changed, gone))
    }
}

fn card_of(row: &QueryResult) -> Result<Card> {
    let body: String = column(row, 4)?;
    Ok(Card {
        id: PostId(column(row, 0)?),
        author: column::<Option<Uuid>>(row, 15)?.map(ParticipantId),
        prompt: PromptId(column::<Option<Uuid>>(row, 1)?.unwrap_or_default()),
        theme: column(row, 2)?,
        feeling: column::<Option<String>>(row, 3)?.as_deref().and_then(Feeling::from_slug),
        folded: fold(&body),
        body,
        voice: column(row, 5)?,
        day: column(row, 6)?,
        edited: column(row, 7)?,
        amended: column(row, 16)?,
        votes: VoteCounts { agree: column(row, 8)?, disagree: column(row, 9)?, pass: column(row, 10)? },
        comments: column(row, 11)?,
        written_at: column(row, 12)?,
        changed_at: column(row, 13)?,
    })
}
