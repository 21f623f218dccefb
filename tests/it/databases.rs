//! What the server may rely on, and may not do, in the databases that tests and operators give it.

use sea_orm::{ConnectionTrait, Database, DatabaseConnection, DbBackend, Statement};

use crate::harness::databases::both_databases;

both_databases! {
    async fn each_test_has_two_empty_databases_of_its_own(databases: &TestDatabases) {
        assert!(databases.folder().is_dir());
        for side in [&databases.identity, &databases.conversation] {
            let owner = Database::connect(&side.owner).await.unwrap();
            owner.execute_unprepared("CREATE TABLE bird (name text)").await.unwrap();
            owner.execute_unprepared("INSERT INTO bird VALUES ('swift')").await.unwrap();
            assert_eq!(count(&owner, "SELECT count(*) AS n FROM bird").await, 1);
        }
    }

    async fn the_serving_role_may_not_change_the_schema(databases: &TestDatabases) {
        let app = Database::connect(&databases.conversation.app).await.unwrap();
        let outcome = app.execute_unprepared("CREATE TABLE bird (name text)").await;
        assert_eq!(outcome.is_err(), databases.kind == Kind::Postgres);
        if databases.kind == Kind::Postgres {
            let powers = "SELECT count(*) AS n FROM pg_roles
                          WHERE rolname = current_user AND (rolsuper OR rolbypassrls OR rolcreatedb OR rolcreaterole)";
            assert_eq!(count(&app, powers).await, 0);
        }
    }
}

async fn count(database: &DatabaseConnection, sql: &str) -> i64 {
    let backend: DbBackend = database.get_database_backend();
    let row = database.query_one_raw(Statement::from_string(backend, sql)).await.unwrap().unwrap();
    row.try_get("", "n").unwrap()
}
