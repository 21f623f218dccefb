//! Which texts of many say about the same as one.

use std::collections::HashSet;

/// Shorter words are in every text.
const FEWEST_LETTERS: usize = 4;
/// How many letters of a word count, so that "rota" meets "rotas" and "handover" meets "handovers".
const STEM_LETTERS: usize = 6;
/// Below this share of words in common, two texts are not alike.
const LEAST_LIKENESS: f64 = 0.08;

/// The words of a text by which it is compared.
fn stems(text: &str) -> HashSet<String> {
    text.split(|c: char| !c.is_alphanumeric())
        .filter(|word| word.chars().count() >= FEWEST_LETTERS)
        .map(|word| {
            word.trim_end_matches('s').chars().take(STEM_LETTERS).flat_map(char::to_lowercase).collect()
        })
        .collect()
}

/// The places, in `others`, of at most `most` texts that are most like `text`: the share of words that both have among all that either has
/// (Jaccard, 1901), most alike first.
pub fn most_alike<'a>(text: &str, others: impl IntoIterator<Item = &'a str>, most: usize) -> Vec<usize> {
    let own = stems(text);
    let mut alike: Vec<(f64, usize)> = others
        .into_iter()
        .enumerate()
        .filter_map(|(place, other)| {
            let theirs = stems(other);
            let both = own.intersection(&theirs).count();
            let either = own.len() + theirs.len() - both;
            let share = if either == 0 { 0.0 } else { both as f64 / either as f64 };
            (share >= LEAST_LIKENESS).then_some((share, place))
        })
        .collect();
    alike.sort_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(&b.1)));
    alike.into_iter().take(most).map(|(_, place)| place).collect()
}

#[cfg(test)]
mod tests {
    use super::most_alike;

    #[test]
    fn the_most_alike_come_first() {
        let others = [
            "Hot food at night would help everyone",
            "The rota comes out too late to book childcare",
            "Rotas arrive late",
            "Parking",
        ];
        let alike = most_alike("Rotas come so late that nobody can book childcare", others, 2);
        assert_eq!(alike, [1, 2]);
        assert_eq!(most_alike("", others, 5), [] as [usize; 0]);
    }
}
