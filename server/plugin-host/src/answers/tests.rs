use super::*;
use crate::contract::{Button, OptionItem};

fn options(values: &[&str]) -> Vec<OptionItem> {
    let option =
        |value: &&str| OptionItem { value: (*value).to_owned(), label: (*value).to_owned(), hint: None };
    values.iter().map(option).collect()
}

fn form() -> Vec<Node> {
    let name = |name: &str| (name.to_owned(), name.to_owned());
    let (field, label) = name("words");
    let value = String::new();
    let words = TextInput { field, label, hint: None, required: true, max_characters: 5, rows: 3, value };
    let (field, label) = name("which");
    let (required, chosen) = (false, Vec::new());
    let which = ChoiceInput {
        field,
        label,
        hint: None,
        required,
        options: options(&["a", "b", "c"]),
        max_chosen: 2,
        chosen,
    };
    let (field, label) = name("order");
    let ranked = Vec::new();
    let order =
        RankInput { field, label, hint: None, options: options(&["a", "b", "c"]), min_ranked: 0, ranked };
    let (field, label) = name("points");
    let given = Vec::new();
    let points =
        PointsInput { field, label, hint: None, required, options: options(&["a", "b"]), total: 10, given };
    let (field, label) = name("years");
    let years = NumberInput { field, label, hint: None, required, min: 0, max: 60, value: None };
    vec![
        Node::TextInput(words),
        Node::Group("More".to_owned(), vec![Node::ChoiceInput(which), Node::RankInput(order)]),
        Node::PointsInput(points),
        Node::NumberInput(years),
        Node::Button(Button { id: "save".to_owned(), label: "Save".to_owned(), primary: true }),
    ]
}

fn sent(pairs: &[(&str, &str)]) -> Sent {
    let mut sent = Sent::new();
    for (name, value) in pairs {
        sent.entry((*name).to_owned()).or_default().push((*value).to_owned());
    }
    sent
}

fn codes(pairs: &[(&str, &str)]) -> Vec<(String, String)> {
    let problems = read(&form(), &sent(pairs)).unwrap_err();
    problems.into_iter().map(|problem| (problem.path, problem.code)).collect()
}

#[test]
fn answers_come_typed_in_the_fields_order() {
    let given = [
        ("years", " 12 "),
        ("points.a", "4"),
        ("points.b", "0"),
        ("order.a", "2"),
        ("order.c", "1"),
        ("order.b", ""),
        ("which", "c"),
        ("which", "a"),
        ("words", "a\r\nb"),
    ];
    let answers = read(&form(), &sent(&given)).unwrap();
    let text = |text: &str| text.to_owned();
    let values: Vec<Value> = answers.into_iter().map(|answer| answer.value).collect();
    assert_eq!(
        values,
        [
            Value::Text(text("a\nb")),
            Value::Choices(vec![text("a"), text("c")]),
            Value::Ranking(vec![text("c"), text("a")]),
            Value::Points(vec![Share { choice: text("a"), points: 4 }]),
            Value::Number(12),
        ]
    );
}

#[test]
fn only_what_must_be_filled_in_must_be() {
    assert_eq!(read(&form(), &sent(&[("words", "x")])).unwrap().len(), 1);
    assert_eq!(codes(&[("words", "  ")]), [("words".to_owned(), "empty".to_owned())]);
}

#[test]
fn what_does_not_fit_its_field_is_named() {
    let cases: &[(&str, &str, &str)] = &[
        ("words", "123456", "too-long"),
        ("words", "a\u{0}b", "not-text"),
        ("which", "d", "not-an-option"),
        ("order.a", "4", "no-such-place"),
        ("order.a", "0", "no-such-place"),
        ("points.a", "11", "too-many"),
        ("points.a", "-1", "not-a-number"),
        ("years", "61", "out-of-bounds"),
        ("years", "1e9", "not-a-number"),
        ("salary", "1", "unknown"),
        ("order", "a", "unknown"),
    ];
    for (name, value, code) in cases {
        let mut given = vec![(*name, *value)];
        if *name != "words" {
            given.push(("words", "x"));
        }
        let field = name.split('.').next().unwrap();
        let path = if *code == "unknown" { name } else { &field };
        assert_eq!(codes(&given), [((*path).to_owned(), (*code).to_owned())], "{name} {value}");
    }
    let twice = [("words", "x"), ("order.a", "1"), ("order.b", "1")];
    assert_eq!(codes(&twice), [("order".to_owned(), "same-place".to_owned())]);
    let three = [("words", "x"), ("which", "a"), ("which", "b"), ("which", "c")];
    assert_eq!(codes(&three), [("which".to_owned(), "too-many".to_owned())]);
}

#[test]
fn characters_are_counted_as_people_see_them() {
    assert!(read(&form(), &sent(&[("words", "👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦")])).is_ok());
}
