//! Every statement of `storage` names the tenant for every table that it touches: read from the sources, since SQLite has no row-level
//! security behind them. Each place that names the tenant is then taken out in turn, to see that this would be noticed.

use std::collections::BTreeSet;

use super::files::SourceFile;

/// The one table that says which tenants there are.
const OPEN_TO_ALL: &str = "tenant";
/// How the name of a table begins that is put in where the statement runs.
const FILLED_IN: &str = "{";

#[derive(Debug)]
/// A statement and where it stands.
pub struct Statement {
    path: String,
    sql: String,
}

/// The tables that the migrations make.
pub fn tables(files: &[SourceFile]) -> BTreeSet<String> {
    let migrations = files.iter().filter(|file| file.path.starts_with("migrations/src/"));
    let made = migrations.flat_map(|file| words_after(&file.text, &["CREATE TABLE "]));
    made.filter(|table| table != OPEN_TO_ALL).collect()
}

/// Every text of `storage` that is a statement.
pub fn statements(files: &[SourceFile]) -> Vec<Statement> {
    let sources = files.iter().filter(|file| file.path.starts_with("server/storage/src/"));
    let mut statements = Vec::new();
    for file in sources {
        let code: Vec<&str> =
            file.text.lines().map(|line| line.split("//").next().unwrap_or_default()).collect();
        let texts = code.join("\n");
        // Every second part between quotation marks is a text; none of ours holds an escaped one in a statement.
        let texts = texts.replace("\\\"", "'");
        let texts = texts.split('"').skip(1).step_by(2);
        let is_statement =
            |text: &&str| ["SELECT", "INSERT", "UPDATE", "DELETE"].iter().any(|verb| text.contains(verb));
        statements.extend(
            texts.filter(is_statement).map(|sql| Statement { path: file.path.clone(), sql: sql.to_owned() }),
        );
    }
    statements
}

/// Statements that touch a table without naming its tenant.
pub fn without_a_tenant(statement: &Statement, tables: &BTreeSet<String>) -> Option<String> {
    let Statement { path, sql } = statement;
    let touched = words_after(sql, &["FROM ", "JOIN ", "UPDATE ", "INTO "]);
    // A name that is put in where the statement runs (`FROM {table}`) is one of ours.
    let touched = touched.into_iter().filter(|table| table == FILLED_IN || tables.contains(table)).count();
    let named = places(sql).len();
    (named < touched).then(|| format!("{path}: {touched} tables, {named} of them with their tenant: {sql}"))
}

/// The statement without one of the places that name the tenant, for each of them.
pub fn mutants(statement: &Statement) -> Vec<Statement> {
    let Statement { path, sql } = statement;
    let without = |(from, to): &(usize, usize)| Statement {
        path: path.clone(),
        sql: format!("{}TRUE{}", &sql[..*from], &sql[*to..]),
    };
    places(sql).iter().map(without).collect()
}

/// Where the tenant is named: `tenant_id = $1`, `a.tenant_id = b.tenant_id`, `INTO table (tenant_id, …`.
fn places(sql: &str) -> Vec<(usize, usize)> {
    const NAME: &str = "tenant_id";
    let mut places = Vec::new();
    let mut at = 0;
    while let Some(found) = sql[at..].find(NAME) {
        let (from, after) = (at + found, at + found + NAME.len());
        at = after;
        let inserted = sql[..from].trim_end().ends_with('(')
            && sql[..from].rfind("INTO ").is_some_and(|into| !sql[into..from].contains(')'));
        let value = sql[after..].trim_start().strip_prefix('=').map(str::trim_start);
        let compared = value.and_then(|value| {
            let end = value.find(|c: char| !c.is_alphanumeric() && !"$._".contains(c)).unwrap_or(value.len());
            let word = &value[..end];
            (word == "$1" || word.ends_with(".tenant_id")).then(|| sql.len() - value.len() + end)
        });
        if let Some(end) = compared {
            places.push((from, end));
            at = end;
        } else if inserted {
            places.push((from, after));
        }
    }
    places
}

/// The word after each of `leads` in `text`.
fn words_after(text: &str, leads: &[&str]) -> Vec<String> {
    let mut words = Vec::new();
    for lead in leads {
        for (at, _) in text.match_indices(lead) {
            let rest = text[at + lead.len()..].trim_start();
            if rest.starts_with(FILLED_IN) {
                words.push(FILLED_IN.to_owned());
                continue;
            }
            let end = rest.find(|c: char| !c.is_ascii_lowercase() && c != '_').unwrap_or(rest.len());
            words.push(rest[..end].to_owned());
        }
    }
    words
}

#[test]
fn a_statement_that_forgets_its_tenant_is_found() {
    let tables = BTreeSet::from(["post".to_owned(), "vote".to_owned()]);
    let statement = |sql: &str| Statement { path: "x.rs".to_owned(), sql: sql.to_owned() };
    let kept = [
        "SELECT id FROM post WHERE tenant_id = $1 AND id = $2",
        "SELECT 1 FROM post p JOIN vote v ON v.tenant_id = p.tenant_id WHERE p.tenant_id = $1",
        "INSERT INTO vote (tenant_id, post_id) VALUES ($1, $2)",
        "SELECT slug FROM tenant ORDER BY slug",
    ];
    for sql in kept {
        assert_eq!(without_a_tenant(&statement(sql), &tables), None, "{sql}");
        for mutant in mutants(&statement(sql)) {
            assert!(without_a_tenant(&mutant, &tables).is_some(), "{}", mutant.sql);
        }
    }
    let broken = [
        "SELECT id FROM post WHERE id = $2",
        "SELECT 1 FROM post p JOIN vote v ON v.post_id = p.id WHERE p.tenant_id = $1",
        "INSERT INTO vote (post_id) VALUES ($2)",
        "DELETE FROM vote WHERE tenant_id = $2",
    ];
    for sql in broken {
        assert!(without_a_tenant(&statement(sql), &tables).is_some(), "{sql}");
    }
}
