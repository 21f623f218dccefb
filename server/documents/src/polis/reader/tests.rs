use std::collections::{HashMap, HashSet};
use std::fs;
use std::io;
use std::path::PathBuf;

use super::*;
use crate::polis::{write_statements, write_votes};

const COMMENTS: &str = "timestamp,datetime,comment-id,author-id,agrees,disagrees,moderated,comment-body\n";
const VOTES: &str = "timestamp,datetime,comment-id,voter-id,vote\n";

fn statements(rows: &str) -> Result<Vec<Statement>, Vec<RowProblem>> {
    read_statements(format!("{COMMENTS}{rows}").as_bytes())
}

/// Lines and reasons of the refused rows.
fn refused<T: std::fmt::Debug>(outcome: Result<T, Vec<RowProblem>>) -> Vec<(u64, Reason)> {
    outcome.unwrap_err().into_iter().map(|problem| (problem.line, problem.reason)).collect()
}

/// The real conversation, where the checkout has it beside itself.
fn real_export() -> Option<[PathBuf; 2]> {
    let folder =
        PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../../../shared/data/polis-biodiversity"));
    folder.exists().then(|| [folder.join("comments.csv"), folder.join("votes.csv")])
}

fn counts(votes: &[Vote]) -> HashMap<(u64, i16), usize> {
    let mut counts = HashMap::new();
    for vote in votes {
        *counts.entry((vote.statement, vote.value.sign())).or_default() += 1;
    }
    counts
}

#[test]
fn the_real_conversation_and_its_round_trip() {
    let Some([comments, votes]) = real_export() else { return };
    let export = read_export(fs::File::open(comments).unwrap(), fs::File::open(votes).unwrap()).unwrap();
    assert_eq!(export.statements.len(), 316);
    assert_eq!(export.votes.len(), 29_802);
    let accepted = export.statements.iter().filter(|s| s.moderation == Moderation::Accepted).count();
    let rejected = export.statements.iter().filter(|s| s.moderation == Moderation::Rejected).count();
    assert_eq!((accepted, rejected), (154, 162));
    assert_eq!(export.votes.iter().map(|vote| vote.voter).collect::<HashSet<_>>().len(), 536);
    let last = last_votes(export.votes.clone());
    assert_eq!(last.len(), 29_719);

    let (mut comments, mut votes) = (Vec::new(), Vec::new());
    write_statements(&mut comments, &export.statements).unwrap();
    write_votes(&mut votes, &last).unwrap();
    let again = read_export(comments.as_slice(), votes.as_slice()).unwrap();
    assert_eq!(counts(&last_votes(again.votes.clone())), counts(&last));
    let bodies = |statements: &[Statement]| {
        statements
            .iter()
            .map(|s| (s.id, (s.author, s.moderation.sign(), s.body.clone())))
            .collect::<HashMap<_, _>>()
    };
    assert_eq!(bodies(&again.statements), bodies(&export.statements));

    let (mut comments_again, mut votes_again) = (Vec::new(), Vec::new());
    write_statements(&mut comments_again, &again.statements).unwrap();
    write_votes(&mut votes_again, &again.votes).unwrap();
    assert!(
        comments_again == comments && votes_again == votes,
        "the second export is the first, byte for byte"
    );
}

#[test]
fn columns_in_any_order_with_others_between() {
    let file = "\u{FEFF}vote, voter-id ,importance,comment-id,timestamp\r\n-1,7,x,3,1000\r\n0,8,,3,2000\r\n";
    let known = statements("1,d,3,4,0,0,1,Hello\n").unwrap();
    let votes = read_votes(file.as_bytes(), &known).unwrap();
    let facts: Vec<_> =
        votes.iter().map(|v| (v.statement, v.voter, v.at.timestamp_millis(), v.value)).collect();
    assert_eq!(facts, [(3, 7, 1000, VoteValue::Disagree), (3, 8, 2000, VoteValue::Pass)]);
}

#[test]
fn every_bad_statement_is_listed_with_its_line() {
    let rows = concat!(
        "1,d,1,4,0,0,1,\"Over\ntwo, \"\"lines\"\"\"\n",
        "1,d,x1,4,0,0,1,Bad id\n",
        "1,d,-1,4,0,0,1,Negative id\n",
        "1,d,+2,4,0,0,1,Signed id\n",
        "1,d,2,99999999999999999999,0,0,1,Author too large\n",
        "\n",
        "soon,d,3,4,0,0,1,Bad time\n",
        "999999999999999,d,4,4,0,0,1,Far future\n",
        "1,d,5,4,,0,1,No count\n",
        "1,d,6,4,0,0,2,Unknown moderation\n",
        "1,d,1,4,0,0,1,Again\n",
        "1,d,7,4,0,0,1,\" \n \"\n",
        "1,d,8,4,0,0,1\n",
        "1,d,9,4,0,0,1,Good\n",
    );
    let number = |column, found: &str| Reason::BadNumber { column, found: found.into() };
    assert_eq!(
        refused(statements(rows)),
        [
            (4, number("comment-id", "x1")),
            (5, number("comment-id", "-1")),
            (6, number("comment-id", "+2")),
            (7, number("author-id", "99999999999999999999")),
            (9, Reason::BadTimestamp { found: "soon".into() }),
            (10, Reason::BadTimestamp { found: "999999999999999".into() }),
            (11, number("agrees", "")),
            (12, Reason::UnknownModeration { found: "2".into() }),
            (13, Reason::RepeatedId { id: 1, first_line: 2 }),
            (14, Reason::EmptyBody),
            (16, Reason::CellCount { found: 7, expected: 8 }),
        ]
    );
}

#[test]
fn lines_are_right_whatever_ends_them() {
    let rows = format!("{COMMENTS}1,d,1,4,0,0,1,\"a\nb\"\n\n\n1,d,x,4,0,0,1,c\n1,d,y,4,0,0,1,d");
    for line_end in ["\n", "\r\n"] {
        let file = rows.replace('\n', line_end);
        let lines: Vec<u64> =
            refused(read_statements(file.as_bytes())).into_iter().map(|(line, _)| line).collect();
        assert_eq!(lines, [6, 7], "{line_end:?}");
    }
}

#[test]
fn bodies_too_long_or_unstorable() {
    let rows = format!("1,d,1,4,0,0,1,{}\n1,d,2,4,0,0,1,a\0b\n", "é".repeat(3_001));
    let problems = refused(statements(&rows));
    assert_eq!(problems[0], (2, Reason::BodyTooLong { characters: 3_001 }));
    assert!(matches!(problems[1], (3, Reason::UnusableBody(_))));
}

#[test]
fn bytes_that_are_not_utf8() {
    let file = [COMMENTS.as_bytes(), b"1,\xFF,1,4,0,0,1,fine\n1,d,2,4,0,0,1,caf\xE9\n"].concat();
    assert_eq!(refused(read_statements(file.as_slice())), [(3, Reason::NotUtf8 { column: "comment-body" })]);
}

#[test]
fn broken_quotes_swallow_nothing() {
    let unclosed = "1,d,1,4,0,0,1,a\n1,d,2,4,0,0,1,\"b\n1,d,3,4,0,0,1,c\n";
    assert_eq!(refused(statements(unclosed)), [(3, Reason::UnclosedQuote)]);
    let undoubled = "1,d,1,4,0,0,1,\"a \"b\" c\"\n1,d,2,4,0,0,1,5\" nail\n";
    assert_eq!(refused(statements(undoubled)), [(2, Reason::TextAfterQuote)]);
}

#[test]
fn headers() {
    let missing = |file: &str| refused(read_votes(file.as_bytes(), &[]));
    assert_eq!(missing(""), [(1, Reason::MissingColumns(VOTE_COLUMNS.to_vec()))]);
    assert_eq!(
        missing("timestamp,vote\n1,1\n"),
        [(1, Reason::MissingColumns(vec!["comment-id", "voter-id"]))]
    );
    let twice = "timestamp,comment-id,voter-id,vote,vote\n";
    assert_eq!(missing(twice), [(1, Reason::RepeatedColumn("vote"))]);
    assert_eq!(read_votes(VOTES.as_bytes(), &[]), Ok(Vec::new()));
}

#[test]
fn both_files_are_judged_at_once() {
    let comments = format!("{COMMENTS}1,d,1,4,0,0,1,a\n1,d,2,4,0,0,9,b\n");
    let votes = format!("{VOTES}1,d,1,1,1\n1,d,2,1,1\n1,d,3,1,1\n1,d,1,1,yes\nx,d,1,1,1\n1,d,1,,1\n");
    let problems = read_export(comments.as_bytes(), votes.as_bytes()).unwrap_err();
    let messages: Vec<_> = problems.iter().map(ToString::to_string).collect();
    assert_eq!(
        messages,
        [
            "comments.csv line 3: moderated must be 1 (accepted), 0 (not looked at) or -1 (rejected), and is “9”",
            "votes.csv line 4: comments.csv has no comment-id 3",
            "votes.csv line 5: vote must be 1 (agree), 0 (pass) or -1 (disagree), and is “yes”",
            "votes.csv line 6: timestamp must be milliseconds since 1970, and is “x”",
            "votes.csv line 7: voter-id must be a whole number, and is “”",
        ]
    );
}

#[test]
fn messages_are_safe_on_a_terminal_and_short() {
    let row = format!("1,d,\u{1b}[31m{},4,0,0,1,a\n", "9".repeat(100));
    let message = statements(&row).unwrap_err()[0].to_string();
    assert!(message.contains("\\u{1b}[31m999") && message.contains('…') && message.len() < 150, "{message}");
}

#[test]
fn the_last_vote_counts() {
    let known = statements("1,d,1,4,0,0,1,a\n1,d,2,4,0,0,1,b\n").unwrap();
    let rows = "9,d,1,1,1\n5,d,1,1,-1\n7,d,1,2,1\n7,d,1,2,0\n1,d,2,1,-1\n";
    let votes = read_votes(format!("{VOTES}{rows}").as_bytes(), &known).unwrap();
    let last: Vec<_> = last_votes(votes).iter().map(|v| (v.statement, v.voter, v.value.sign())).collect();
    assert_eq!(last, [(1, 1, 1), (1, 2, 0), (2, 1, -1)]);
}

#[test]
fn formulas_come_back_as_they_were_written() {
    let written = statements("1,d,1,4,0,0,1,=HYPERLINK()\n1,d,2,4,0,0,1,'-1\n").unwrap();
    let mut file = Vec::new();
    write_statements(&mut file, &written).unwrap();
    assert!(String::from_utf8(file.clone()).unwrap().contains(",'=HYPERLINK()\n"));
    let again = read_statements(file.as_slice()).unwrap();
    let bodies = |list: &[Statement]| list.iter().map(|s| s.body.clone()).collect::<Vec<_>>();
    assert_eq!(bodies(&again), bodies(&written));
}

#[test]
fn a_reader_that_fails() {
    struct Broken;
    impl Read for Broken {
        fn read(&mut self, _: &mut [u8]) -> io::Result<usize> {
            Err(io::Error::other("the disk is gone"))
        }
    }
    assert_eq!(refused(read_statements(Broken)), [(1, Reason::Unreadable("the disk is gone".into()))]);
}
