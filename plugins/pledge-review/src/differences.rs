//! What differs between two texts, sentence by sentence.

/// How many bytes a piece has at least, if another follows: what is shorter is shown with the next.
const SHORTEST: usize = 10;
/// How many bytes a piece has at most, so that a table can show it.
const LONGEST: usize = 900;
/// The most pieces of one text. With more, pieces are made longer.
const PIECES: usize = 200;

/// A piece of one text, of the other, or of both.
#[derive(Debug, PartialEq, Eq)]
pub enum Difference {
    Same(String),
    TakenOut(String),
    New(String),
    /// What one says, and what stands in its place.
    Changed(String, String),
}

/// From `old` to `new`, in the order of both.
pub fn between(old: &str, new: &str) -> Vec<Difference> {
    let (old, new) = (pieces(old), pieces(new));
    let common = common(&old, &new);
    let (mut at, mut now) = (0, 0);
    let mut differences = Vec::new();
    while at < old.len() || now < new.len() {
        let (gone_from, new_from) = (at, now);
        // As far as the next piece that both have.
        while at < old.len() && now < new.len() && old[at] != new[now] {
            if common[at + 1][now] >= common[at][now + 1] { at += 1 } else { now += 1 }
        }
        if at == old.len() || now == new.len() {
            (at, now) = (old.len(), new.len());
        }
        differences.extend(changes(&old[gone_from..at], &new[new_from..now]));
        if let Some(same) = old.get(at) {
            differences.push(Difference::Same(same.clone()));
            (at, now) = (at + 1, now + 1);
        }
    }
    differences
}

/// What stands between two pieces that both have: one in the place of another, and what is over.
fn changes(gone: &[String], new: &[String]) -> Vec<Difference> {
    let both = gone.len().min(new.len());
    let changed = gone.iter().zip(new).map(|(one, other)| Difference::Changed(one.clone(), other.clone()));
    let taken_out = gone[both..].iter().cloned().map(Difference::TakenOut);
    let added = new[both..].iter().cloned().map(Difference::New);
    changed.chain(taken_out).chain(added).collect()
}

/// How many pieces `old` from each on and `new` from each on have in common, in order.
fn common(old: &[String], new: &[String]) -> Vec<Vec<u16>> {
    let mut common = vec![vec![0_u16; new.len() + 1]; old.len() + 1];
    for at in (0..old.len()).rev() {
        for now in (0..new.len()).rev() {
            common[at][now] = if old[at] == new[now] {
                common[at + 1][now + 1] + 1
            } else {
                common[at + 1][now].max(common[at][now + 1])
            };
        }
    }
    common
}

/// The sentences of `text`, as plain words.
fn pieces(text: &str) -> Vec<String> {
    let mut shortest = SHORTEST;
    loop {
        let pieces = pieces_of(text, shortest);
        if pieces.len() <= PIECES {
            return pieces;
        }
        shortest *= 2;
    }
}

fn pieces_of(text: &str, shortest: usize) -> Vec<String> {
    let mut pieces = Vec::new();
    let mut start = 0;
    for (at, character) in text.char_indices() {
        let (next, length) = (at + character.len_utf8(), at - start);
        let ends_sentence =
            matches!(character, '.' | '!' | '?') && text[next..].starts_with(char::is_whitespace);
        let is_whole = (ends_sentence || character == '\n') && length >= shortest;
        // At a space, or anywhere where there is none for long.
        let is_too_long = length >= LONGEST && (character == ' ' || length >= LONGEST + LONGEST / 20);
        if is_whole || is_too_long {
            pieces.push(plain(&text[start..next]));
            start = next;
        }
    }
    pieces.push(plain(&text[start..]));
    pieces.retain(|piece| !piece.is_empty());
    pieces
}

/// `text` on one line, without the marks of lists and of emphasis.
fn plain(text: &str) -> String {
    let lines = text.lines().map(|line| line.trim().trim_start_matches(['-', '*', '#', '>']).trim());
    lines.filter(|line| !line.is_empty()).collect::<Vec<_>>().join(" ").replace('*', "")
}
